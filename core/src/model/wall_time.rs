//! Serde for a time of day as people write it: `10:00`, or `10:00:30`.

use chrono::{NaiveTime, Timelike};
use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// Writes `HH:MM`, with seconds only where there are some.
pub fn serialize<S: Serializer>(time: &NaiveTime, serializer: S) -> Result<S::Ok, S::Error> {
    let format = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    serializer.collect_str(&time.format(format))
}

/// Reads `HH:MM` or `HH:MM:SS`.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    NaiveTime::parse_from_str(&text, "%H:%M")
        .or_else(|_| NaiveTime::parse_from_str(&text, "%H:%M:%S"))
        .map_err(|_| D::Error::custom("expected a time of day, such as 10:00"))
}
