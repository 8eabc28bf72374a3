//! The month's days and hours, on the wall of Warsaw.

use super::rng::Rng;
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Weekday};
use depesza::model::{Timestamp, Zone};

/// The first day: what was booked before it is in the calendar file.
pub const FROM: NaiveDate = day(2026, 10, 12);

/// The last day. The clocks go back on 25.10.2026; 1.11 and 11.11 are public holidays.
pub const TO: NaiveDate = day(2026, 11, 14);

/// The public holidays in between.
pub const HOLIDAYS: [NaiveDate; 2] = [day(2026, 11, 1), day(2026, 11, 11)];

/// A day of the calendar.
pub const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// A time on a day's wall, by minutes since midnight.
pub fn wall(date: NaiveDate, minutes: u32) -> NaiveDateTime {
    date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minutes))
}

/// The instant of a time on the wall: the first of two.
pub fn instant(local: NaiveDateTime) -> Timestamp {
    let zone = Zone::default().tz();
    zone.from_local_datetime(&local).earliest().map_or(Timestamp::MIN, |at| at.to_utc().into())
}

/// The day and time on the wall at an instant.
pub fn local(at: Timestamp) -> NaiveDateTime {
    at.utc().with_timezone(&Zone::default().tz()).naive_local()
}

/// Whether the practice is open at all.
pub fn is_open(date: NaiveDate) -> bool {
    date.weekday() != Weekday::Sun && !HOLIDAYS.contains(&date)
}

/// The days of the month on which the practice is open.
pub fn open_days() -> Vec<NaiveDate> {
    FROM.iter_days().take_while(|date| *date <= TO).filter(|date| is_open(*date)).collect()
}

/// The nearest open day on or before a day.
pub fn open_day_until(mut date: NaiveDate) -> NaiveDate {
    while !is_open(date) {
        date = date - Days::new(1);
    }
    date
}

/// The nearest open day on or after a day.
pub fn open_day_from(mut date: NaiveDate) -> NaiveDate {
    while !is_open(date) {
        date = date + Days::new(1);
    }
    date
}

/// Some moment of a day at which the desk is there, 08:00-19:00, on Saturday to 13:00.
pub fn desk_hours(rng: &mut Rng, date: NaiveDate) -> Timestamp {
    let until = if date.weekday() == Weekday::Sat { 13 * 60 } else { 19 * 60 };
    let second = rng.between(8 * 3600, until * 60 - 1);
    instant(date.and_time(NaiveTime::MIN) + TimeDelta::seconds(second))
}
