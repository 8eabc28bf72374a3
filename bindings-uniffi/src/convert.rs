//! Types that UniFFI does not know by itself: identifiers, names and bodies, instants and dates, counts.
//!
//! Each crosses as a plain type; `uniffi.toml` says what stands for it on the other side: `java.time.Instant`, or a class
//! whose `toString` shows nothing.

use crate::error::EngineError;
use chrono::{NaiveDate, NaiveDateTime, Timelike};
use depesza::door::Refusal;
use depesza::model::{
    Body, CallId, CallRuleId, CampaignId, GatewayId, MessageId, Name, PatientId, Permission, Phone,
    PracticeId, ReplyLanguage, RoomId, Timestamp, UserId, Verbatim, VisitId, Zone,
};
use std::collections::BTreeSet;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A value of the other side that cannot be read; it is not quoted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {0}")]
pub struct Unreadable(&'static str);

macro_rules! identifiers {
    ($($name:ident),*) => {$(
        uniffi::custom_type!($name, String, {
            remote,
            lower: |id| id.as_str().to_owned(),
            try_lift: |id| Ok($name::new(id)),
        });
    )*};
}

identifiers!(PracticeId, PatientId, VisitId, RoomId, CampaignId, CallId, CallRuleId, UserId, GatewayId);

macro_rules! redacted {
    ($($name:ident),*) => {$(
        uniffi::custom_type!($name, String, {
            remote,
            lower: |text| text.reveal().to_owned(),
            try_lift: |text| Ok($name::new(text)),
        });
    )*};
}

redacted!(Name, Phone, Body, Verbatim);

uniffi::custom_type!(MessageId, u64, {
    remote,
    lower: |id| id.0,
    try_lift: |id| Ok(MessageId(id)),
});

uniffi::custom_type!(Timestamp, SystemTime, {
    remote,
    lower: |at| system_time(at),
    try_lift: |at| Ok(timestamp(at)),
});

/// An instant as the platform's own type.
fn system_time(at: Timestamp) -> SystemTime {
    let distance = Duration::from_millis(at.ms().unsigned_abs());
    let moved = if at.ms() < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    moved.unwrap_or(UNIX_EPOCH)
}

/// The platform's instant, to the millisecond it lies in; one out of range is the nearest there is.
fn timestamp(at: SystemTime) -> Timestamp {
    let ms = match at.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => {
            let nanos = before.duration().as_nanos().div_ceil(1_000_000);
            i64::try_from(nanos).map_or(i64::MIN, |ms| -ms)
        }
    };
    Timestamp::from_ms(ms)
}

// Days and local times are told with facts only. One beyond chrono's years lifts as the nearest there is, so that the
// core's own rule refuses it, by the fact and the field.

uniffi::custom_type!(NaiveDate, String, {
    remote,
    lower: |day| day.to_string(),
    try_lift: |day| Ok(nearest(&day, NaiveDate::MIN, NaiveDate::MAX).ok_or_else(|| faulty("facts", "days as 2026-11-21"))?),
});

uniffi::custom_type!(NaiveDateTime, String, {
    remote,
    lower: |at| written(at),
    try_lift: |at| {
        let read = nearest(&at, NaiveDateTime::MIN, NaiveDateTime::MAX);
        Ok(read.ok_or_else(|| faulty("facts", "local times as 2026-11-21T14:30:00"))?)
    },
});

/// What a text of ISO 8601 says, or the first or last there is where its year has more digits than chrono takes:
/// `java.time` counts to 999999999.
fn nearest<T: FromStr>(text: &str, first: T, last: T) -> Option<T> {
    if let Ok(read) = text.parse() {
        return Some(read);
    }
    let (end, digits) = match text.strip_prefix('-') {
        Some(digits) => (first, digits),
        None => (last, text.strip_prefix('+')?),
    };
    let (year, rest) = digits.split_once('-')?;
    let is_year = (5..=10).contains(&year.len()) && year.bytes().all(|digit| digit.is_ascii_digit());
    // the rest of the text must be right, too: 2000 has every day that a year can have
    (is_year && format!("2000-{rest}").parse::<T>().is_ok()).then_some(end)
}

/// Local time as ISO 8601; a second 60, which an older release may have stored and no platform's type holds, as second 59.
fn written(at: NaiveDateTime) -> String {
    let at = at.with_nanosecond(at.nanosecond() % 1_000_000_000).unwrap_or(at);
    at.format("%Y-%m-%dT%H:%M:%S%.f").to_string()
}

/// Local time as the other side wrote it, without a zone: what stands on the wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WallTime(String);

impl WallTime {
    /// The time, if it is one.
    pub(crate) fn read(&self) -> Option<NaiveDateTime> {
        self.0.parse().ok()
    }
}

uniffi::custom_type!(WallTime, String, {
    lower: |at| at.0,
    try_lift: |at| Ok(WallTime(at)),
});

uniffi::custom_type!(Zone, String, {
    remote,
    lower: |zone| zone.name().to_owned(),
    try_lift: |name| Ok(zone_of(name).ok_or_else(|| faulty("facts", ZONE))?),
});

const ZONE: &str = "a zone of the IANA database, such as Europe/Warsaw";

/// The zone of this name. Offsets (`+02:00`, `GMT+2`) are no zones: a visit keeps its local time when the law changes.
///
/// # Errors
/// [`EngineError::Faulty`] with the field `zone`.
#[uniffi::export]
pub fn zone(name: String) -> Result<Zone, EngineError> {
    zone_of(name).ok_or_else(|| faulty("zone", ZONE))
}

fn zone_of(name: String) -> Option<Zone> {
    serde_json::from_value(serde_json::Value::String(name)).ok()
}

/// What an argument that cannot be read is refused with; UniFFI throws it as the called function's own error.
fn faulty(field: &str, expected: &str) -> EngineError {
    Refusal::field(field, expected).into()
}

/// A count, a length, or a byte offset in UTF-8.
pub type Count = usize;

uniffi::custom_type!(Count, u64, {
    remote,
    lower: |count| u64::try_from(count).unwrap_or(u64::MAX),
    try_lift: |count| usize::try_from(count).map_err(|_| Unreadable("a count that fits").into()),
});

/// One character (a Unicode scalar value).
pub type OneCharacter = char;

uniffi::custom_type!(OneCharacter, String, {
    remote,
    lower: |character| character.to_string(),
    try_lift: |text| {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(character),
            _ => Err(Unreadable("one character").into()),
        }
    },
});

/// Languages of answers, each once.
pub type ReplyLanguages = BTreeSet<ReplyLanguage>;

uniffi::custom_type!(ReplyLanguages, Vec<ReplyLanguage>, {
    remote,
    lower: |languages| languages.into_iter().collect(),
    try_lift: |languages| Ok(languages.into_iter().collect()),
});

/// Permissions, each once.
pub type Permissions = BTreeSet<Permission>;

uniffi::custom_type!(Permissions, Vec<Permission>, {
    remote,
    lower: |permissions| permissions.into_iter().collect(),
    try_lift: |permissions| Ok(permissions.into_iter().collect()),
});

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::unreachable)]
mod tests {
    use super::*;

    #[test]
    fn a_year_that_chrono_has_not_is_the_nearest_there_is_and_what_is_no_date_is_none() {
        let read = |text| nearest(text, NaiveDateTime::MIN, NaiveDateTime::MAX);
        assert_eq!(read("+999999999-12-31T23:59:59.999999999"), Some(NaiveDateTime::MAX));
        assert_eq!(read("-999999999-01-01T00:00:00"), Some(NaiveDateTime::MIN));
        let usual = "2026-11-20T12:30:00";
        assert_eq!(read(usual).map(written).as_deref(), Some(usual));
        for text in
            ["", "+", "-", "jutro", "+999999999-02-30T00:00:00", "+99999-12-31", "99999-12-31T00:00:00"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(nearest("-999999999-01-01", NaiveDate::MIN, NaiveDate::MAX), Some(NaiveDate::MIN));
    }

    #[test]
    fn a_second_60_is_written_as_a_time_that_every_platform_reads() {
        let leap: NaiveDateTime = "2016-12-31T23:59:60.5".parse().unwrap();
        assert_eq!(written(leap), "2016-12-31T23:59:59.500");
    }

    #[test]
    fn what_is_no_zone_of_the_database_is_refused_by_its_field_and_not_quoted() {
        assert_eq!(zone("America/Coyhaique".to_owned()).unwrap().name(), "America/Coyhaique");
        for name in ["GMT+02:00", "+01:00", "Europe/Atlantis", ""] {
            let error = zone(name.to_owned()).unwrap_err();
            let EngineError::Faulty { refusal } = &error else { unreachable!("{error}") };
            assert_eq!((refusal.code.as_str(), refusal.field.as_deref()), ("bad_arguments", Some("zone")));
            assert!(name.is_empty() || !error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn instants_are_the_same_there_and_back() {
        for ms in [Timestamp::MIN.ms(), -1_001, -1, 0, 1, 1_763_200_000_123, Timestamp::MAX.ms()] {
            let at = Timestamp::from_ms(ms);
            assert_eq!(timestamp(system_time(at)), at);
        }
    }

    #[test]
    fn an_instant_between_two_milliseconds_is_the_earlier_one_on_both_sides_of_1970() {
        let half = Duration::from_micros(500);
        assert_eq!(timestamp(UNIX_EPOCH + half).ms(), 0);
        assert_eq!(timestamp(UNIX_EPOCH - half).ms(), -1);
    }
}
