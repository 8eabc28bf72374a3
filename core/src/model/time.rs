//! Instants: milliseconds since 1970-01-01T00:00:00Z in memory and over C, RFC 3339 on the wire.

use crate::digits::{ascii, pair};
use chrono::{DateTime, Datelike, Timelike, Utc};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Milliseconds in a second.
pub const SECOND_MS: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE_MS: i64 = 60 * SECOND_MS;
/// Milliseconds in an hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Milliseconds in 24 elapsed hours (a calendar day may have 23 or 25).
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// An instant, in milliseconds since 1970-01-01T00:00:00Z.
///
/// On the wire it is RFC 3339 in UTC with milliseconds (`2026-11-21T13:30:00.000Z`); any offset is read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest instant the wire form can write: 0000-01-01T00:00:00.000Z.
    pub const MIN: Self = Self(-62_167_219_200_000);
    /// The latest instant the wire form can write: 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// From milliseconds since 1970-01-01T00:00:00Z, clamped to [`MIN`](Self::MIN)..=[`MAX`](Self::MAX).
    #[must_use]
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn ms(self) -> i64 {
        self.0
    }

    /// This instant moved by `ms` milliseconds (negative: earlier), staying within the range.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self::from_ms(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is later.
    #[must_use]
    pub fn since_ms(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// As RFC 3339 in UTC with milliseconds. Every document has several, so it is written digit by digit, and needs no memory.
    fn rfc3339(self) -> [u8; 24] {
        let utc = self.utc().naive_utc();
        let (date, time) = (utc.date(), utc.time());
        let ms = time.nanosecond() / 1_000_000;
        // no instant is before year 0 or after 9999
        let year = u32::try_from(date.year()).unwrap_or_default();
        let ([y, e], [a, r]) = (pair(year / 100), pair(year));
        let ([m, o], [d, n]) = (pair(date.month()), pair(date.day()));
        let ([h, i], [j, k]) = (pair(time.hour()), pair(time.minute()));
        let ([s, t], [_, u], [v, w]) = (pair(time.second()), pair(ms / 100), pair(ms));
        let (dash, colon) = (b'-', b':');
        [y, e, a, r, dash, m, o, dash, d, n, b'T', h, i, colon, j, k, colon, s, t, b'.', u, v, w, b'Z']
    }

    /// As chrono's instant.
    #[must_use]
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(at: DateTime<Utc>) -> Self {
        Self::from_ms(at.timestamp_millis())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ascii(&self.rfc3339()))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no instant of RFC 3339 with an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an instant as RFC 3339 with an offset, such as 2026-11-21T13:30:00.000Z")]
pub struct UnknownTimestamp;

impl std::str::FromStr for Timestamp {
    type Err = UnknownTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(DateTime::parse_from_rfc3339(text).map_err(|_| UnknownTimestamp)?.to_utc().into())
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(ascii(&self.rfc3339()))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Rfc3339)
    }
}

/// Reads an instant where it stands, without a copy of its text.
struct Rfc3339;

impl Visitor<'_> for Rfc3339 {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 in UTC with milliseconds"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::SecondsFormat;

    #[test]
    fn instants_are_written_as_chrono_writes_them() {
        let spread = (-3_000..12_000).map(|step: i64| step * 20_000_000_123 + step);
        for ms in spread.chain([Timestamp::MIN.ms(), -1, 0, 1, 951_782_399_999, Timestamp::MAX.ms()]) {
            let at = Timestamp::from_ms(ms);
            assert_eq!(at.to_string(), at.utc().to_rfc3339_opts(SecondsFormat::Millis, true));
            assert_eq!(at.to_string().parse(), Ok(at));
        }
    }
}
