//! Types that UniFFI does not know by itself: identifiers, names and bodies, instants and dates, counts.
//!
//! Each crosses as a plain type; `uniffi.toml` says what stands for it on the other side: `java.time.Instant`, or a class
//! whose `toString` shows nothing.

use chrono::{NaiveDate, NaiveDateTime};
use depesza::model::{
    Body, CallId, CallRuleId, CampaignId, GatewayId, MessageId, Name, PatientId, Permission, Phone,
    PracticeId, ReplyLanguage, RoomId, Timestamp, UserId, Verbatim, VisitId, Zone,
};
use std::collections::BTreeSet;
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

uniffi::custom_type!(NaiveDate, String, {
    remote,
    lower: |day| day.to_string(),
    try_lift: |day| day.parse().map_err(|_| Unreadable("a date as 2026-11-21").into()),
});

/// A day of the calendar.
pub type LocalDate = NaiveDate;

/// Local time without a zone: what stands on the wall.
pub type LocalTime = NaiveDateTime;

uniffi::custom_type!(NaiveDateTime, String, {
    remote,
    lower: |at| at.format("%Y-%m-%dT%H:%M:%S%.f").to_string(),
    try_lift: |at| at.parse().map_err(|_| Unreadable("local time as 2026-11-21T14:30:00").into()),
});

uniffi::custom_type!(Zone, String, {
    remote,
    lower: |zone| zone.name().to_owned(),
    try_lift: |zone| {
        serde_json::from_value(serde_json::Value::String(zone)).map_err(|_| Unreadable("a zone of the IANA database").into())
    },
});

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
mod tests {
    use super::*;

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
