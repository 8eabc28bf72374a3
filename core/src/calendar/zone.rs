//! Between instants and the clock on the wall.

use crate::model::{DAY_MS, SECOND_MS, Timestamp, Zone};
use chrono::{MappedLocalTime, NaiveDate, NaiveDateTime, Offset, TimeZone};

/// The instant of a local time.
///
/// A local time that does not exist, because the clock jumped over it, means the next one that does (on 29.03.2026 in
/// Warsaw 02:30 means 03:00; on the day that Samoa left out in 2011, the start of the next). One that exists twice means
/// its first occurrence. The result never decreases when `time` grows.
#[must_use]
pub fn resolve(zone: Zone, time: NaiveDateTime) -> Timestamp {
    let wall_ms = time.and_utc().timestamp_millis();
    let at = |offset: &<chrono_tz::Tz as TimeZone>::Offset| {
        Timestamp::from_ms(wall_ms.saturating_sub(i64::from(offset.fix().local_minus_utc()) * SECOND_MS))
    };
    match zone.tz().offset_from_local_datetime(&time) {
        MappedLocalTime::Single(offset) => at(&offset),
        MappedLocalTime::Ambiguous(one, other) => at(&one).min(at(&other)),
        MappedLocalTime::None => end_of_gap(zone, time, wall_ms),
    }
}

/// The first instant whose local time is not before `time`, which the clock jumped over.
///
/// It lies within two days of the same figures in UTC: no offset is larger than a day, nor is any gap.
fn end_of_gap(zone: Zone, time: NaiveDateTime, wall_ms: i64) -> Timestamp {
    let mut before = wall_ms.saturating_sub(2 * DAY_MS);
    let mut after = wall_ms.saturating_add(2 * DAY_MS);
    while after.saturating_sub(before) > 1 {
        let middle = before.midpoint(after);
        if local(zone, Timestamp::from_ms(middle)) < time { before = middle } else { after = middle }
    }
    Timestamp::from_ms(after)
}

/// What the clock on the wall shows at an instant.
#[must_use]
pub fn local(zone: Zone, at: Timestamp) -> NaiveDateTime {
    at.utc().with_timezone(&zone.tz()).naive_local()
}

/// The date on the wall at an instant.
#[must_use]
pub fn local_date(zone: Zone, at: Timestamp) -> NaiveDate {
    local(zone, at).date()
}
