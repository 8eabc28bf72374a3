//! How zones, times of day and weekdays are written and read.

use super::{TimeOfDay, Weekdays, Zone};
use chrono::Weekday;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::{borrow::Cow, fmt, str::FromStr};

/// A name that the IANA database of this build does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone: expected an IANA name such as Europe/Warsaw")]
pub struct UnknownZone;

/// A text that is no time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a time of day from 00:00 to 24:00, such as 08:00 or 08:00:30")]
pub struct UnknownTimeOfDay;

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        name.parse().map(Self::new).map_err(|_| UnknownZone)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for TimeOfDay {
    type Err = UnknownTimeOfDay;

    fn from_str(text: &str) -> Result<Self, UnknownTimeOfDay> {
        let mut parts = text.split(':').map(two_digits);
        let (hour, minute) = (parts.next().flatten(), parts.next().flatten());
        let second = parts.next().unwrap_or(Some(0));
        match (hour, minute, second, parts.next()) {
            (Some(hour), Some(minute), Some(second), None) => Self::hms(hour, minute, second),
            _ => None,
        }
        .ok_or(UnknownTimeOfDay)
    }
}

fn two_digits(text: &str) -> Option<u32> {
    match text.as_bytes() {
        &[tens @ b'0'..=b'9', units @ b'0'..=b'9'] => {
            Some(u32::from(tens - b'0') * 10 + u32::from(units - b'0'))
        }
        _ => None,
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (minutes, second) = (self.seconds() / 60, self.seconds() % 60);
        write!(f, "{:02}:{:02}", minutes / 60, minutes % 60)?;
        if second > 0 { write!(f, ":{second:02}") } else { Ok(()) }
    }
}

const DAY_NAMES: [(Weekday, &str); 7] = [
    (Weekday::Mon, "mon"),
    (Weekday::Tue, "tue"),
    (Weekday::Wed, "wed"),
    (Weekday::Thu, "thu"),
    (Weekday::Fri, "fri"),
    (Weekday::Sat, "sat"),
    (Weekday::Sun, "sun"),
];

impl Weekdays {
    /// The days' wire names, from Monday to Sunday.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        DAY_NAMES.into_iter().filter(move |(day, _)| self.contains(*day)).map(|(_, name)| name)
    }
}

impl fmt::Debug for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

impl Serialize for Weekdays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for Weekdays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        names
            .iter()
            .map(|name| DAY_NAMES.iter().find(|(_, known)| known == name).map(|(day, _)| *day))
            .collect::<Option<Self>>()
            .ok_or_else(|| D::Error::custom("expected days of the week: mon, tue, wed, thu, fri, sat, sun"))
    }
}

/// Types that are one text on the wire: by `Display` and `FromStr`.
macro_rules! text_on_the_wire {
    ($($name:ident: $schema:tt;)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!($schema)
            }
        }
    )*};
}

text_on_the_wire! {
    Zone: { "type": "string", "description": "IANA time zone, such as Europe/Warsaw" };
    TimeOfDay: {
        "type": "string",
        "pattern": "^(([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?|24:00(:00)?)$",
        "description": "time of day, HH:MM or HH:MM:SS; 24:00 is the end of the day"
    };
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Weekdays {
    fn schema_name() -> Cow<'static, str> {
        "Weekdays".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "array",
            "items": { "type": "string", "enum": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] }
        })
    }
}
