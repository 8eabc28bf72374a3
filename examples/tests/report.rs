//! The report as a receptionist sees it.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use depesza::model::Language;
use depesza_examples::report::{CampaignFigures, Counts, Day, ReasonCount, Report, VisitAnswer, print};

fn day(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap_or_default()
}

fn at(date: NaiveDate, hour: i64) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN) + TimeDelta::minutes(60 * hour + 30)
}

fn answer(start: NaiveDateTime, patient: &str, doctor: &str, by_staff: bool) -> VisitAnswer {
    VisitAnswer { start, patient: patient.into(), doctor: doctor.into(), by_staff, called_off: false }
}

fn sample() -> Report {
    let figures = |date, holiday, figures: [u32; 6]| {
        let [sent, delivered, failed, skipped, open, replies] = figures;
        Day { date, holiday, counts: Counts { sent, delivered, failed, skipped, open }, replies }
    };
    let campaign = |name: &str, figures: [u32; 6], cost_milli, answers: [u32; 3]| {
        let [sent, delivered, failed, skipped, open, parts] = figures;
        let [yes, no, other] = answers;
        CampaignFigures {
            name: name.into(),
            counts: Counts { sent, delivered, failed, skipped, open },
            parts,
            cost_milli,
            yes,
            no,
            other,
        }
    };
    Report {
        practice: "Przychodnia Lipowa".into(),
        currency: "PLN".into(),
        new_facts: 100,
        known_facts: 7,
        new_messages: 78,
        days: vec![
            figures(day(10, 31), false, [48, 40, 2, 10, 1, 21]),
            figures(day(11, 1), true, [0, 0, 0, 0, 0, 1]),
            figures(day(11, 2), false, [30, 30, 0, 1, 0, 12]),
        ],
        campaigns: vec![
            campaign("Przypomnienie o wizycie", [60, 55, 2, 8, 1, 121], 10_894, [30, 3, 1]),
            campaign("Potwierdzenie", [18, 15, 0, 3, 0, 20], 1_805, [0, 0, 0]),
        ],
        confirmed: vec![
            answer(at(day(11, 2), 9), "Żaneta Gęś", "dr Ewa Nowak", false),
            answer(at(day(11, 2), 10), "Jan Brzęczyszczykiewicz", "", true),
        ],
        declined: (1..=14)
            .map(|date| VisitAnswer {
                called_off: date == 3,
                ..answer(at(day(11, date), 8), "Anna Nowak", "dr Żak", false)
            })
            .collect(),
        reasons: (1..=11)
            .map(|place| ReasonCount { reason: format!("powód {place}"), count: 100 / place })
            .collect(),
    }
}

#[test]
fn in_polish() {
    let expected = include_str!("report_pl.txt");
    assert_eq!(print(&sample(), Language::Pl), expected);
}

#[test]
fn in_english() {
    let text = print(&sample(), Language::En);
    assert!(text.starts_with("Przychodnia Lipowa: messages, 31.10.2026 – 02.11.2026\n"), "{text}");
    let words = [
        "78 new messages; 100 new facts, 7 known.",
        "Day by day",
        "01.11.2026 Sun",
        "holiday",
        "12.70 PLN",
        "Visits confirmed: 2",
        "(desk)",
        "… and 2 more",
    ];
    for words in words {
        assert!(text.contains(words), "{words}\n{text}");
    }
}

#[test]
fn an_empty_month() {
    let report = Report {
        days: vec![],
        campaigns: vec![],
        confirmed: vec![],
        declined: vec![],
        reasons: vec![],
        ..sample()
    };
    let text = print(&report, Language::Pl);
    assert!(
        text.contains("0,00 zł")
            && text.contains("Wizyty potwierdzone: 0")
            && text.trim_end().ends_with("brak"),
        "{text}"
    );
}
