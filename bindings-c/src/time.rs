//! Local times, as a clock on the wall shows them. Instants are milliseconds since 1970-01-01T00:00:00Z everywhere.

use crate::guard::Fault;
use chrono::{NaiveDate, NaiveDateTime};

/// A local time, without a zone. Zeroed it is none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_local_time_t {
    /// Year, 1 to 9999; 0 with everything else 0 is no time.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
}

impl depesza_local_time_t {
    pub(crate) fn optional(self, name: &'static str) -> Result<Option<NaiveDateTime>, Fault> {
        let Self { year, month, day, hour, minute, second } = self;
        if year == 0 && [month, day, hour, minute, second] == [0; 5] {
            return Ok(None);
        }
        NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())
            .filter(|_| (1..=9999).contains(&year))
            .and_then(|date| date.and_hms_opt(hour.into(), minute.into(), second.into()))
            .map(Some)
            .ok_or_else(|| Fault::value(name, "a day and time that exist"))
    }

    pub(crate) fn required(self, name: &'static str) -> Result<NaiveDateTime, Fault> {
        self.optional(name)?.ok_or_else(|| Fault::value(name, "a day and time"))
    }
}
