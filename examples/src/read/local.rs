//! Dates and times as people and programs write them in tables.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use depesza::model::{Timestamp, Zone};

/// A day: `2026-11-21` or `21.11.2026`.
pub fn date(text: &str) -> Option<NaiveDate> {
    ["%Y-%m-%d", "%d.%m.%Y"].into_iter().find_map(|form| NaiveDate::parse_from_str(text, form).ok())
}

/// A time on the wall: `14:30` or `14:30:00`.
pub fn time(text: &str) -> Option<NaiveTime> {
    ["%H:%M", "%H:%M:%S"].into_iter().find_map(|form| NaiveTime::parse_from_str(text, form).ok())
}

/// An instant: RFC 3339 with an offset, or a date and time on the wall of `zone`.
pub fn instant(text: &str, zone: Zone) -> Option<Timestamp> {
    if let Ok(at) = text.parse() {
        return Some(at);
    }
    let (day, hour) = text.split_once([' ', 'T'])?;
    on_the_wall(date(day)?.and_time(time(hour)?), zone)
}

/// The instant of a time on the wall of `zone`: the first of two, none where the clocks skip it.
pub fn on_the_wall(local: NaiveDateTime, zone: Zone) -> Option<Timestamp> {
    zone.tz().from_local_datetime(&local).earliest().map(|at| at.to_utc().into())
}
