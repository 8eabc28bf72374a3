//! Visits from a calendar export (iCalendar, RFC 5545): one `VEVENT` a visit.
//!
//! | property | in the visit |
//! | --- | --- |
//! | `UID` | id |
//! | `SEQUENCE` | revision, counted from 1: `SEQUENCE` + 1 |
//! | `DTSTART` with `TZID`, in UTC, or floating | start; a floating time is meant in the practice's zone |
//! | `DTEND` or `DURATION` | planned length, half an hour without |
//! | `STATUS` | `CANCELLED` is cancelled, all else booked |
//! | `CREATED` | when it was booked |
//! | `CATEGORIES`, the first | type of visit |
//! | `LOCATION`, its parameter `X-ID` | room, its identifier |
//! | `X-DEPESZA-PATIENT` | the patient's id |
//! | `X-DEPESZA-DOCTOR`, its parameter `X-ID` | who sees the patient, and the identifier |
//! | `X-DEPESZA-STATE` | state by its wire name, where the practice closed the visit (`took_place`, `no_show` …) |
//! | `X-DEPESZA-SERIES` | series |
//! | `X-DEPESZA-FIRST-VISIT` | `TRUE` or `FALSE` |
//!
//! Refused: whole days (a visit has a time), and events that repeat (each visit is told by itself). Other properties
//! and components are not this reader's business.

use super::ics_lines::{Event, events, parameter};
use super::{Faults, Lined, local};
use chrono::{NaiveDateTime, TimeDelta};
use depesza::model::{Doctor, Name, PatientId, Room, RoomId, Visit, VisitId, VisitState, Zone};
use icalendar::parser::Property;
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};
use std::collections::BTreeMap;

/// Reads visits from text; `file` is what faults call it, `zone` the practice's.
///
/// # Errors
/// All that is wrong with the text.
pub fn parse(file: &str, text: &str, zone: Zone) -> Result<Vec<Lined<Visit>>, Faults> {
    let mut faults = Faults::of(file);
    let mut seen = BTreeMap::new();
    let mut visits = Vec::new();
    for event in events(text, &mut faults) {
        let Some(visit) = visit(&event, zone, &mut faults) else { continue };
        if let Some(line) = seen.insert(visit.id.clone(), event.line) {
            faults
                .at(event.line, format!("UID: expected a new one, the event in line {line} has it already"));
        }
        visits.push(Lined { line: event.line, what: visit });
    }
    faults.unless_any(visits)
}

fn visit(event: &Event, zone: Zone, faults: &mut Faults) -> Option<Visit> {
    for repeating in ["RRULE", "RDATE", "RECURRENCE-ID"] {
        if let Some((line, _)) = event.property(repeating) {
            faults.at(line, format!("{repeating}: expected one event for each visit, none that repeats"));
        }
    }
    let id = required(event, "UID", faults);
    let patient = required(event, "X-DEPESZA-PATIENT", faults);
    let when = event.property("DTSTART").map(|(line, property)| (line, moment(line, property, zone, faults)));
    if when.is_none() {
        faults.at(event.line, "expected a DTSTART in this event");
    }
    let revision = number(event, "SEQUENCE", faults).unwrap_or(0).saturating_add(1);
    let start = when.and_then(|(_, moment)| moment);
    let duration_min = start.as_ref().and_then(|start| duration_min(event, start, zone, faults));
    let state = state(event, faults);
    let booked_at = event.property("CREATED").and_then(|(line, property)| {
        let created = moment(line, property, zone, faults)?;
        local::on_the_wall(created.local, created.zone.unwrap_or(zone))
    });
    let first_visit = flag(event, "X-DEPESZA-FIRST-VISIT", faults);
    let start = start?;
    Some(Visit {
        id: VisitId::new(id?),
        revision,
        patient: PatientId::new(patient?),
        start: start.local,
        zone: start.zone,
        duration_min: duration_min.unwrap_or(30),
        state,
        visit_type: event.property("CATEGORIES").map(|(_, property)| first_of_list(property)),
        doctor: named(event, "X-DEPESZA-DOCTOR").map(|(id, name)| Doctor { id, name: Name::new(name) }),
        room: named(event, "LOCATION").map(|(id, name)| Room { id: RoomId::new(id), name }),
        booked_at,
        series: text(event, "X-DEPESZA-SERIES"),
        first_visit,
    })
}

/// A time on a wall; none for the practice's own zone.
#[derive(Clone, Copy)]
struct Moment {
    local: NaiveDateTime,
    zone: Option<Zone>,
}

const FORM: &str = "%Y%m%dT%H%M%S";

fn moment(line: usize, property: &Property<'static>, zone: Zone, faults: &mut Faults) -> Option<Moment> {
    let (name, value) = (property.name.as_str(), property.val.as_str().trim());
    if parameter(property, "VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("DATE")) {
        faults.at(line, format!("{name}: expected a date with a time, a visit is no whole day"));
        return None;
    }
    if let Some(utc) = value.strip_suffix(['Z', 'z']) {
        if let Ok(utc) = NaiveDateTime::parse_from_str(utc, FORM) {
            let local = utc.and_utc().with_timezone(&zone.tz()).naive_local();
            if local::on_the_wall(local, zone) != Some(utc.and_utc().into()) {
                faults.at(
                    line,
                    format!("{name}: expected a time other than the hour that the clocks repeat in autumn"),
                );
            }
            return Some(Moment { local, zone: None });
        }
    } else if let Ok(local) = NaiveDateTime::parse_from_str(value, FORM) {
        let Some(name_of_zone) = parameter(property, "TZID") else {
            return Some(Moment { local, zone: None });
        };
        if let Ok(own) = name_of_zone.parse::<Zone>() {
            return Some(Moment { local, zone: Some(own).filter(|own| *own != zone) });
        }
        faults.at(line, format!("{name}: expected an IANA name as TZID, such as Europe/Warsaw"));
        return None;
    }
    faults.at(
        line,
        format!("{name}: expected a date and time such as 20261121T143000, or 20261121T133000Z in UTC"),
    );
    None
}

fn duration_min(event: &Event, start: &Moment, zone: Zone, faults: &mut Faults) -> Option<u32> {
    let (line, name, length) = if let Some((line, property)) = event.property("DTEND") {
        let end = moment(line, property, zone, faults)?;
        let instant = |moment: &Moment| local::on_the_wall(moment.local, moment.zone.unwrap_or(zone));
        let length = match (instant(start), instant(&end)) {
            (Some(start), Some(end)) => TimeDelta::milliseconds(end.since_ms(start)),
            _ => end.local - start.local,
        };
        (line, "DTEND", Some(length))
    } else {
        let (line, property) = event.property("DURATION")?;
        (line, "DURATION", length(property.val.as_str().trim()))
    };
    let minutes = length.and_then(|length| u32::try_from(length.num_minutes()).ok());
    let minutes = minutes.filter(|minutes| (1..=1440).contains(minutes));
    if minutes.is_none() {
        faults.at(
            line,
            format!("{name}: expected 1 minute to 24 hours after the start, as PT45M or as a time"),
        );
    }
    minutes
}

/// A `DURATION` (RFC 5545, 3.3.6) of weeks, days, hours, minutes and seconds.
fn length(text: &str) -> Option<TimeDelta> {
    let mut rest = text.strip_prefix('+').unwrap_or(text).strip_prefix('P')?;
    let (mut seconds, mut in_time) = (0_i64, false);
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('T') {
            (rest, in_time) = (time, true);
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i64 = rest.get(..digits)?.parse().ok()?;
        let unit_s = match (rest.as_bytes().get(digits)?, in_time) {
            (b'W', false) => 7 * 86_400,
            (b'D', false) => 86_400,
            (b'H', true) => 3_600,
            (b'M', true) => 60,
            (b'S', true) => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(count.checked_mul(unit_s)?)?;
        rest = rest.get(digits + 1..)?;
    }
    TimeDelta::try_seconds(seconds)
}

fn state(event: &Event, faults: &mut Faults) -> VisitState {
    if let Some((line, property)) = event.property("X-DEPESZA-STATE") {
        let word = property.val.as_str().trim().to_ascii_lowercase().replace('-', "_");
        let state = VisitState::deserialize(StrDeserializer::<ValueError>::new(&word));
        return state.unwrap_or_else(|_| {
            let expected = "booked, arrived, took_place, no_show, cancelled or deleted";
            faults.at(line, format!("X-DEPESZA-STATE: expected {expected}"));
            VisitState::default()
        });
    }
    let Some((line, property)) = event.property("STATUS") else { return VisitState::default() };
    match property.val.as_str().trim().to_ascii_uppercase().as_str() {
        "CANCELLED" => VisitState::Cancelled,
        "CONFIRMED" | "TENTATIVE" => VisitState::Booked,
        _ => {
            faults.at(line, "STATUS: expected CONFIRMED, TENTATIVE or CANCELLED");
            VisitState::default()
        }
    }
}

fn number(event: &Event, name: &str, faults: &mut Faults) -> Option<u64> {
    let (line, property) = event.property(name)?;
    let number = property.val.as_str().trim().parse().ok();
    if number.is_none() {
        faults.at(line, format!("{name}: expected a whole number from 0"));
    }
    number
}

fn flag(event: &Event, name: &str, faults: &mut Faults) -> Option<bool> {
    let (line, property) = event.property(name)?;
    match property.val.as_str().trim().to_ascii_uppercase().as_str() {
        "TRUE" => Some(true),
        "FALSE" => Some(false),
        _ => {
            faults.at(line, format!("{name}: expected TRUE or FALSE"));
            None
        }
    }
}

fn required(event: &Event, name: &str, faults: &mut Faults) -> Option<String> {
    let text = text(event, name);
    if text.is_none() {
        let line = event.property(name).map_or(event.line, |(line, _)| line);
        faults.at(line, format!("expected a value of {name} in this event"));
    }
    text
}

fn text(event: &Event, name: &str) -> Option<String> {
    let (_, property) = event.property(name)?;
    Some(plain_text(property)).filter(|text| !text.is_empty())
}

/// An identifier (the parameter `X-ID`, else the name) and a name.
fn named(event: &Event, name: &str) -> Option<(String, String)> {
    let called = text(event, name)?;
    let (_, property) = event.property(name)?;
    Some((parameter(property, "X-ID").map_or_else(|| called.clone(), str::to_owned), called))
}

/// A value of type TEXT. The crate has undone the escapes of the properties that RFC 5545 names, but `X-` ones.
fn plain_text(property: &Property<'static>) -> String {
    let value = property.val.clone();
    let own = property.name.as_str().to_ascii_uppercase().starts_with("X-");
    let undone = parameter(property, "VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("TEXT"));
    let value = if own && !undone { value.unescape_text() } else { value };
    value.as_str().trim().to_owned()
}

/// The first item of a list of texts, whose escapes the crate leaves.
fn first_of_list(property: &Property<'static>) -> String {
    let list = property.val.as_str();
    let mut escaped = false;
    let end = list.find(|letter| {
        let ends = letter == ',' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    });
    let first = list.get(..end.unwrap_or(list.len())).unwrap_or(list).to_owned();
    icalendar::parser::ParseString::from(first).unescape_text().as_str().trim().to_owned()
}
