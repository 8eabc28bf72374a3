//! How zones, windows and holidays are written, and what is refused when they are read.

use chrono::{NaiveTime, Weekday};
use depesza::model::{HolidayCalendar, SendWindow, TimeOfDay, Weekdays, WorkingDays, Zone};
use serde_json::{from_value, json, to_value};

#[test]
fn a_zone_is_its_iana_name() {
    assert_eq!(to_value(Zone::default()).unwrap(), json!("Europe/Warsaw"));
    assert_eq!(from_value::<Zone>(json!("America/New_York")).unwrap().tz(), chrono_tz::America::New_York);
    for unknown in ["", "Warsaw", "CEST", "+02:00", "europe/warsaw"] {
        let error = from_value::<Zone>(json!(unknown)).unwrap_err().to_string();
        assert_eq!(error, "unknown time zone: expected an IANA name such as Europe/Warsaw", "{unknown}");
    }
}

#[test]
fn a_time_of_day_is_hours_and_minutes_with_seconds_where_there_are_some() {
    for (written, read_back, seconds) in [
        ("00:00", "00:00", 0),
        ("08:00", "08:00", 28_800),
        ("08:00:00", "08:00", 28_800),
        ("23:59:59", "23:59:59", 86_399),
        ("24:00", "24:00", 86_400),
        ("24:00:00", "24:00", 86_400),
    ] {
        let time: TimeOfDay = from_value(json!(written)).unwrap();
        assert_eq!(time.seconds(), seconds);
        assert_eq!(to_value(time).unwrap(), json!(read_back));
    }
    for wrong in [
        "",
        ":",
        "8:00",
        "08",
        "08:0",
        "08:60",
        "24:01",
        "24:00:01",
        "25:00",
        "08:00:60",
        "08:00:",
        "08:00:00:00",
    ]
    .into_iter()
    .chain(["+8:00", " 08:00", "08:00 ", "08.00", "-1:00", "٠٨:٠٠"])
    {
        assert!(from_value::<TimeOfDay>(json!(wrong)).is_err(), "{wrong:?}");
    }
    assert!(from_value::<TimeOfDay>(json!(8)).is_err());
    assert_eq!(TimeOfDay::from(NaiveTime::from_hms_opt(8, 0, 30).unwrap()).to_string(), "08:00:30");
}

#[test]
fn weekdays_are_a_list_from_monday_on() {
    let days: Weekdays = from_value(json!(["sun", "tue", "mon", "tue"])).unwrap();
    assert_eq!(to_value(days).unwrap(), json!(["mon", "tue", "sun"]));
    assert!(days.contains(Weekday::Sun) && !days.contains(Weekday::Wed));
    assert_eq!(format!("{days:?}"), r#"{"mon", "tue", "sun"}"#);
    for wrong in [json!(["Monday"]), json!(["Mon"]), json!("mon"), json!([1])] {
        assert!(from_value::<Weekdays>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn a_window_has_defaults_and_refuses_what_it_does_not_know() {
    let short: SendWindow = from_value(json!({ "ranges": [{ "from": "08:00", "to": "20:00" }] })).unwrap();
    assert_eq!(short, SendWindow::default());
    assert_eq!(
        to_value(&short).unwrap(),
        json!({
            "ranges": [{
                "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "08:00", "to": "20:00"
            }],
            "holidays": "avoid",
            "holiday_calendar": { "computed": "poland" },
        })
    );
    let range = |extra: &str| json!({ "ranges": [{ "from": "08:00", "to": "20:00", extra: 1 }] });
    assert!(from_value::<SendWindow>(range("until")).is_err());
    assert!(from_value::<SendWindow>(json!({ "ranges": [], "zone": "Europe/Warsaw" })).is_err());
    assert!(from_value::<HolidayCalendar>(json!({ "add": [] })).is_err());
    assert!(from_value::<WorkingDays>(json!({ "days": [] })).is_err());
    assert_eq!(from_value::<WorkingDays>(json!({})).unwrap(), WorkingDays::default());
}
