//! Times counted from a visit: in calendar days, in working days, in elapsed hours.

use super::{SEARCH_DAYS, holidays::is_holiday, zone::resolve};
use crate::model::{HOUR_MS, Timestamp, WorkingDays, Zone};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime};

/// The most working days that are counted back.
pub const MAX_WORKING_DAYS: u32 = 366;

/// `days` calendar days before the day of `start`, at the wall time `at`: the wall-clock hour is kept across a change
/// of the clock, so that the elapsed time may be 23 or 25 hours a day.
#[must_use]
pub fn days_before(zone: Zone, start: NaiveDateTime, days: u32, at: NaiveTime) -> Timestamp {
    let date = start.date().checked_sub_days(Days::new(days.into()));
    resolve(zone, date.unwrap_or(NaiveDate::MIN).and_time(at))
}

/// `days` calendar days after the day of `end`, at the wall time `at`.
#[must_use]
pub fn days_after(zone: Zone, end: NaiveDateTime, days: u32, at: NaiveTime) -> Timestamp {
    let date = end.date().checked_add_days(Days::new(days.into()));
    resolve(zone, date.unwrap_or(NaiveDate::MAX).and_time(at))
}

/// `hours` elapsed hours before `start`: across a change of the clock the hour on the wall differs.
#[must_use]
pub fn hours_before(start: Timestamp, hours: u32) -> Timestamp {
    start.plus_ms(-HOUR_MS * i64::from(hours))
}

/// `days` working days before the day of `start`, at the wall time `at`; `None` where
/// [`nth_working_day_before`] is.
#[must_use]
pub fn working_days_before(
    zone: Zone,
    start: NaiveDateTime,
    days: u32,
    at: NaiveTime,
    working: &WorkingDays,
) -> Option<Timestamp> {
    let date = nth_working_day_before(working, start.date(), days)?;
    Some(resolve(zone, date.and_time(at)))
}

/// Whether the practice works on a date: an open day of the week and no holiday.
#[must_use]
pub fn is_working_day(working: &WorkingDays, date: NaiveDate) -> bool {
    working.weekdays.contains(date.weekday()) && !is_holiday(&working.holidays, date)
}

/// The `days`-th working day before `date`, which itself is not counted, working or not; `date` when `days` is 0.
///
/// `None` when `days` is above [`MAX_WORKING_DAYS`], or so few days are open that they are not found within
/// 7 × `days` + [`SEARCH_DAYS`] calendar days.
#[must_use]
pub fn nth_working_day_before(working: &WorkingDays, date: NaiveDate, days: u32) -> Option<NaiveDate> {
    if days > MAX_WORKING_DAYS {
        return None;
    }
    let count = usize::try_from(days).ok()?;
    let Some(passed_over) = count.checked_sub(1) else { return Some(date) };
    let earlier = date.iter_days().rev().skip(1).take(7 * count + SEARCH_DAYS);
    earlier.filter(|day| is_working_day(working, *day)).nth(passed_over)
}
