//! Easter and the public holidays of Poland against published tables.

use chrono::{Datelike, NaiveDate};
use depesza::calendar::{Holiday, easter_sunday, is_holiday, polish_holiday, polish_holidays};
use depesza::model::{ComputedHolidays, HolidayCalendar};

/// Month and day of Easter Sunday, 2000 to 2049, as python-dateutil 2.9 gives them.
#[rustfmt::skip]
const EASTER_2000_2049: [(u32, u32); 50] = [
    (4, 23), (4, 15), (3, 31), (4, 20), (4, 11), (3, 27), (4, 16), (4, 8), (3, 23), (4, 12),
    (4, 4), (4, 24), (4, 8), (3, 31), (4, 20), (4, 5), (3, 27), (4, 16), (4, 1), (4, 21),
    (4, 12), (4, 4), (4, 17), (4, 9), (3, 31), (4, 20), (4, 5), (3, 28), (4, 16), (4, 1),
    (4, 21), (4, 13), (3, 28), (4, 17), (4, 9), (3, 25), (4, 13), (4, 5), (4, 25), (4, 10),
    (4, 1), (4, 21), (4, 6), (3, 29), (4, 17), (4, 9), (3, 25), (4, 14), (4, 5), (4, 18),
];

#[test]
fn easter_is_on_the_published_dates() {
    for (year, (month, day)) in (2000..).zip(EASTER_2000_2049) {
        assert_eq!(easter_sunday(year), NaiveDate::from_ymd_opt(year, month, day));
    }
    // the first year of the calendar, the earliest and the latest possible dates, the two corrected Aprils
    for date in
        ["1583-04-10", "1818-03-22", "2285-03-22", "1943-04-25", "1954-04-18", "1981-04-19", "2100-03-28"]
    {
        let date: NaiveDate = date.parse().unwrap();
        assert_eq!(easter_sunday(date.year()), Some(date));
    }
    for year in [i32::MIN, 0, 1582, i32::MAX] {
        assert_eq!(easter_sunday(year), None, "{year}");
    }
}

#[test]
fn holidays_are_those_of_the_published_lists() {
    // python `holidays`, country PL; 12.11.2018 was a holiday once, 6.01. is one since 2011, 24.12. since 2025
    for (year, days) in [
        (2000, "01-01 04-23 04-24 05-01 05-03 06-11 06-22 08-15 11-01 11-11 12-25 12-26"),
        (2010, "01-01 04-04 04-05 05-01 05-03 05-23 06-03 08-15 11-01 11-11 12-25 12-26"),
        (2011, "01-01 01-06 04-24 04-25 05-01 05-03 06-12 06-23 08-15 11-01 11-11 12-25 12-26"),
        (2018, "01-01 01-06 04-01 04-02 05-01 05-03 05-20 05-31 08-15 11-01 11-11 11-12 12-25 12-26"),
        (2024, "01-01 01-06 03-31 04-01 05-01 05-03 05-19 05-30 08-15 11-01 11-11 12-25 12-26"),
        (2025, "01-01 01-06 04-20 04-21 05-01 05-03 06-08 06-19 08-15 11-01 11-11 12-24 12-25 12-26"),
        (2026, "01-01 01-06 04-05 04-06 05-01 05-03 05-24 06-04 08-15 11-01 11-11 12-24 12-25 12-26"),
        (2027, "01-01 01-06 03-28 03-29 05-01 05-03 05-16 05-27 08-15 11-01 11-11 12-24 12-25 12-26"),
        (2030, "01-01 01-06 04-21 04-22 05-01 05-03 06-09 06-20 08-15 11-01 11-11 12-24 12-25 12-26"),
    ] {
        let computed: Vec<String> =
            polish_holidays(year).map(|(day, _)| day.format("%m-%d").to_string()).collect();
        assert_eq!(computed.join(" "), days, "{year}");
    }
}

#[test]
fn every_holiday_has_its_name_in_both_languages() {
    let on = |text: &str| polish_holiday(text.parse().unwrap());
    assert_eq!(on("2026-06-04"), Some(Holiday::CorpusChristi));
    assert_eq!(on("2026-12-24"), Some(Holiday::ChristmasEve));
    assert_eq!(on("2018-11-12"), Some(Holiday::IndependenceCentenary));
    assert_eq!(on("2026-06-05"), None);
    assert_eq!(Holiday::CorpusChristi.name_pl(), "Boże Ciało");
    assert_eq!(Holiday::CorpusChristi.name_en(), "Corpus Christi");

    let names: std::collections::BTreeSet<_> =
        polish_holidays(2025).flat_map(|(_, holiday)| [holiday.name_pl(), holiday.name_en()]).collect();
    assert_eq!(names.len(), 2 * 14, "no two share a name");
}

#[test]
fn edge_015_the_list_of_holidays_is_replaceable_data() {
    let own: HolidayCalendar = serde_json::from_str(
        r#"{ "computed": "none", "added": ["2026-07-04", "2026-07-05"], "removed": ["2026-07-05"] }"#,
    )
    .unwrap();
    let day = |text: &str| text.parse().unwrap();
    assert!(is_holiday(&own, day("2026-07-04")));
    assert!(!is_holiday(&own, day("2026-07-05")), "removed is stronger than added");
    assert!(!is_holiday(&own, day("2026-12-25")), "nothing is computed");
    assert!(is_holiday(&HolidayCalendar::default(), day("2026-12-25")));
    assert_eq!(HolidayCalendar::default().computed, ComputedHolidays::Poland);
}
