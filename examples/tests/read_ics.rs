//! Calendar exports: what is read, and what each fault says.

use depesza::model::{Visit, VisitState, Zone};
use depesza_examples::read::{Faults, ics};

fn parse(text: &str) -> Result<Vec<Visit>, Faults> {
    let visits = ics::parse("v.ics", text, Zone::default())?;
    Ok(visits.into_iter().map(|visit| visit.what).collect())
}

/// A calendar with one event of these lines beside what every event needs; they begin in line 5.
fn event(lines: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:w1\r\nX-DEPESZA-PATIENT:p1\r\n{}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        lines.replace('\n', "\r\n")
    )
}

fn one(lines: &str) -> Result<Visit, Faults> {
    parse(&event(lines)).map(|mut visits| visits.remove(0))
}

#[test]
fn a_whole_event() {
    let visit = one(
        "SEQUENCE:4\nDTSTART;TZID=Europe/Warsaw:20261121T143000\nDTEND;TZID=Europe/Warsaw:20261121T151500\n\
        STATUS:CONFIRMED\nCREATED:20261102T081500Z\nCATEGORIES:przegląd\\, kontrola,zęby\n\
        LOCATION;X-ID=g2:Gabinet 2\\; piętro\\, I\nX-DEPESZA-DOCTOR;X-ID=\"d:1\":dr Ewa Nowak\\, ortodonta\n\
        X-DEPESZA-SERIES:s1\nX-DEPESZA-FIRST-VISIT:TRUE\nSUMMARY:x\nBEGIN:VALARM\nUID:other\nEND:VALARM",
    )
    .unwrap();
    assert_eq!((visit.id.as_str(), visit.revision, visit.patient.as_str()), ("w1", 5, "p1"));
    assert_eq!((visit.start.to_string(), visit.zone), ("2026-11-21 14:30:00".to_owned(), None));
    assert_eq!((visit.duration_min, visit.state), (45, VisitState::Booked));
    assert_eq!(visit.visit_type.as_deref(), Some("przegląd, kontrola"));
    let (room, doctor) = (visit.room.unwrap(), visit.doctor.unwrap());
    assert_eq!((room.id.as_str(), room.name.as_str()), ("g2", "Gabinet 2; piętro, I"));
    assert_eq!((doctor.id.as_str(), doctor.name.reveal()), ("d:1", "dr Ewa Nowak, ortodonta"));
    assert_eq!(visit.booked_at.unwrap().to_string(), "2026-11-02T08:15:00.000Z");
    assert_eq!((visit.series.as_deref(), visit.first_visit), (Some("s1"), Some(true)));
}

#[test]
fn times_in_every_form() {
    let utc = one("DTSTART:20261121T133000Z").unwrap();
    assert_eq!(
        (utc.start.to_string(), utc.zone, utc.duration_min),
        ("2026-11-21 14:30:00".to_owned(), None, 30)
    );
    let floating = one("DTSTART:20261121T143000").unwrap();
    assert_eq!((floating.start, floating.zone), (utc.start, None));
    let elsewhere = one("DTSTART;TZID=Europe/Kyiv:20261121T143000").unwrap();
    assert_eq!((elsewhere.start, elsewhere.zone.unwrap().name()), (utc.start, "Europe/Kyiv"));
}

#[test]
fn lengths_are_elapsed_time() {
    for (text, minutes) in [("PT45M", 45), ("PT1H30M", 90), ("+PT90S", 1), ("P1D", 1440), ("P0DT20M", 20)] {
        assert_eq!(
            one(&format!("DTSTART:20261121T143000\nDURATION:{text}")).unwrap().duration_min,
            minutes,
            "{text}"
        );
    }
    // the clocks go back in between
    assert_eq!(one("DTSTART:20261025T013000\nDTEND:20261025T033000").unwrap().duration_min, 180);
    // start and end in different zones
    assert_eq!(one("DTSTART:20261121T143000\nDTEND:20261121T140000Z").unwrap().duration_min, 30);
}

#[test]
fn states() {
    for (line, state) in [
        ("STATUS:CANCELLED", VisitState::Cancelled),
        ("STATUS:TENTATIVE", VisitState::Booked),
        ("STATUS:CONFIRMED\nX-DEPESZA-STATE:took_place", VisitState::TookPlace),
        ("STATUS:CANCELLED\nX-DEPESZA-STATE:NO-SHOW", VisitState::NoShow),
    ] {
        assert_eq!(one(&format!("DTSTART:20261121T143000\n{line}")).unwrap().state, state, "{line}");
    }
}

#[test]
fn folding_anywhere_changes_nothing() {
    let text = event("DTSTART;TZID=Europe/Warsaw:20261121T143000\nLOCATION;X-ID=g2:Sala ćwiczeń (parter)");
    let plain = parse(&text).unwrap();
    for width in [2, 3, 7, 20] {
        let mut folded = String::new();
        for line in text.lines() {
            let characters: Vec<char> = line.chars().collect();
            let pieces: Vec<String> = characters.chunks(width).map(|piece| piece.iter().collect()).collect();
            folded += &(pieces.join("\r\n ") + "\r\n");
        }
        assert_eq!(parse(&folded).unwrap(), plain, "folded at {width}");
        assert_eq!(parse(&folded.replace("\r\n ", "\n\t").replace("\r\n", "\n")).unwrap(), plain);
    }
}

#[test]
fn each_fault_has_its_line() {
    let start = "DTSTART:20261121T143000";
    for (lines, expected) in [
        (
            "DTSTART;VALUE=DATE:20261121".to_owned(),
            "v.ics:5: DTSTART: expected a date with a time, a visit is no whole day",
        ),
        (
            "DTSTART;TZID=Central European:20261121T143000".to_owned(),
            "v.ics:5: DTSTART: expected an IANA name as TZID",
        ),
        (
            "DTSTART:21.11.2026 14:30".to_owned(),
            "v.ics:5: DTSTART: expected a date and time such as 20261121T143000",
        ),
        ("DTSTART:20261332T143000".to_owned(), "v.ics:5: DTSTART: expected a date and time"),
        (
            "DTSTART:20261025T013000Z".to_owned(),
            "v.ics:5: DTSTART: expected a time other than the hour that the clocks repeat",
        ),
        ("SUMMARY:x".to_owned(), "v.ics:2: expected a DTSTART in this event"),
        (format!("{start}\nDURATION:45"), "v.ics:6: DURATION: expected 1 minute to 24 hours after the start"),
        (format!("{start}\nDURATION:PT0M"), "v.ics:6: DURATION: expected 1 minute"),
        (format!("{start}\nDURATION:P99999999999999999999W"), "v.ics:6: DURATION: expected 1 minute"),
        (format!("{start}\nDTEND:20261121T140000"), "v.ics:6: DTEND: expected 1 minute"),
        (
            format!("{start}\nSUMMARY:a\n b\nSTATUS:MAYBE"),
            "v.ics:8: STATUS: expected CONFIRMED, TENTATIVE or CANCELLED",
        ),
        (format!("{start}\nX-DEPESZA-STATE:gone"), "v.ics:6: X-DEPESZA-STATE: expected booked, arrived"),
        (
            format!("{start}\nX-DEPESZA-FIRST-VISIT:TAK"),
            "v.ics:6: X-DEPESZA-FIRST-VISIT: expected TRUE or FALSE",
        ),
        (format!("{start}\nSEQUENCE:-1"), "v.ics:6: SEQUENCE: expected a whole number from 0"),
        (format!("{start}\nRRULE:FREQ=WEEKLY"), "v.ics:6: RRULE: expected one event for each visit"),
        (format!("{start}\nno colon here"), "v.ics:6: expected NAME:value"),
        (format!("{start}\nEND:VALARM"), "v.ics:6: expected END:VEVENT for the line 2"),
    ] {
        let text = parse(&event(&lines)).expect_err(&lines).to_string();
        assert!(text.starts_with(expected), "{lines}\n{text}");
    }
}

#[test]
fn events_need_an_identifier_of_their_own_and_a_patient() {
    let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261121T143000\nEND:VEVENT\nEND:VCALENDAR\n";
    let faults = parse(text).unwrap_err().to_string();
    assert_eq!(
        faults,
        "v.ics:2: expected a value of UID in this event\nv.ics:2: expected a value of X-DEPESZA-PATIENT in this event"
    );
    let event = "BEGIN:VEVENT\nUID:w1\nX-DEPESZA-PATIENT:p1\nDTSTART:20261121T143000\nEND:VEVENT\n";
    let faults = parse(&format!("BEGIN:VCALENDAR\n{event}{event}END:VCALENDAR\n")).unwrap_err().to_string();
    assert_eq!(faults, "v.ics:7: UID: expected a new one, the event in line 2 has it already");
}

#[test]
fn what_is_no_calendar_is_said_in_one_line() {
    for text in ["", "\n", "id;imie\n1;Anna\n", "{}"] {
        assert_eq!(parse(text).unwrap_err().to_string(), "v.ics:1: expected BEGIN:VCALENDAR", "{text:?}");
    }
    let cut = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:w1\nX-DEPESZA-PATIENT:p1\nDTSTART:20261121T143000\n";
    assert_eq!(
        parse(cut).unwrap_err().to_string(),
        "v.ics:2: expected an END:VEVENT for this line before the end of the file"
    );
}

#[test]
fn many_faults_are_counted_and_bounded() {
    let events = "BEGIN:VEVENT\nEND:VEVENT\n".repeat(100);
    let faults = parse(&format!("BEGIN:VCALENDAR\n{events}END:VCALENDAR\n")).unwrap_err();
    assert_eq!((faults.shown().len(), faults.more()), (Faults::SHOWN, 300 - Faults::SHOWN));
    assert!(faults.to_string().ends_with("v.ics: and 280 more"));
}
