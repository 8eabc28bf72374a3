//! The time on the wall that an exchange writes, into instants; the autumn hour exists twice. Not allowed here: rows.

use chrono::{MappedLocalTime, NaiveDateTime, TimeZone};
use depesza::model::{SECOND_MS, Timestamp, Zone};

/// How far back the clock of a file may go before the other autumn hour is taken for the reason.
pub(crate) const BACK_MS: i64 = 30 * 60 * SECOND_MS;

/// The instants a local time may be: the same twice, but in the autumn hour. In the spring gap, which no clock shows, as if
/// the clock had not been moved yet.
pub(crate) fn instants(zone: Zone, local: NaiveDateTime) -> (Timestamp, Timestamp) {
    match zone.tz().from_local_datetime(&local) {
        MappedLocalTime::Single(at) => (at.to_utc().into(), at.to_utc().into()),
        MappedLocalTime::Ambiguous(one, other) => {
            let (one, other) = (Timestamp::from(one.to_utc()), Timestamp::from(other.to_utc()));
            (one.min(other), one.max(other))
        }
        MappedLocalTime::None => {
            let day = chrono::TimeDelta::days(1);
            let before = zone.tz().from_local_datetime(&(local - day)).earliest();
            let at = before.map_or_else(|| local.and_utc(), |at| at.to_utc() + day);
            (at.into(), at.into())
        }
    }
}

/// What is known of a time beside its figures.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hints {
    /// It is not before this instant (the second in which the channel was made).
    pub not_before: Option<Timestamp>,
    /// The local time at its end, and how long it took, in seconds.
    pub end: Option<(NaiveDateTime, u32)>,
    /// The latest end in the file so far.
    pub file: Option<Timestamp>,
}

/// The instant of a local time, by what is known; the first of the two where nothing tells them apart.
pub(crate) fn resolve(zone: Zone, local: NaiveDateTime, hints: Hints) -> Timestamp {
    let (first, second) = instants(zone, local);
    if first == second {
        return first;
    }
    if let Some(bound) = hints.not_before {
        return if first >= bound.plus_ms(-2 * SECOND_MS) { first } else { second };
    }
    if let Some((end, took_s)) = hints.end {
        if crossed(local, end, took_s) {
            return first;
        }
        if hints
            .file
            .is_some_and(|file| first.plus_ms(i64::from(took_s) * SECOND_MS) < file.plus_ms(-BACK_MS))
        {
            return second;
        }
    }
    first
}

/// Whether the clock was put back between the two.
fn crossed(start: NaiveDateTime, end: NaiveDateTime, took_s: u32) -> bool {
    (end - start).num_seconds() < i64::from(took_s) - 60
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
    }

    fn resolved(text: &str, hints: Hints) -> String {
        resolve(Zone::default(), at(text), hints).to_string()
    }

    #[test]
    fn edge_128_the_autumn_hour_is_told_by_the_unique_id_or_the_order_of_the_file() {
        let second = Hints { not_before: Some(Timestamp::from_ms(1_792_891_801_000)), ..Hints::default() };
        assert_eq!(resolved("2026-10-25 02:30:01", second), "2026-10-25T01:30:01.000Z");
        let first = Hints { not_before: Some(Timestamp::from_ms(1_792_888_200_000)), ..Hints::default() };
        assert_eq!(resolved("2026-10-25 02:30:00", first), "2026-10-25T00:30:00.000Z");
        assert_eq!(resolved("2026-10-25 02:30:00", Hints::default()), "2026-10-25T00:30:00.000Z");
        let after = Hints {
            end: Some((at("2026-10-25 02:01:00"), 60)),
            file: Some("2026-10-25T00:59:00Z".parse().unwrap()),
            ..Hints::default()
        };
        assert_eq!(resolved("2026-10-25 02:00:00", after), "2026-10-25T01:00:00.000Z");
        let across = Hints {
            end: Some((at("2026-10-25 02:00:03"), 16)),
            file: Some("2026-10-25T01:59:00Z".parse().unwrap()),
            ..Hints::default()
        };
        assert_eq!(resolved("2026-10-25 02:59:47", across), "2026-10-25T00:59:47.000Z");
    }

    #[test]
    fn a_time_that_no_clock_shows_is_an_hour_later() {
        assert_eq!(resolved("2026-03-29 02:30:00", Hints::default()), "2026-03-29T01:30:00.000Z");
    }
}
