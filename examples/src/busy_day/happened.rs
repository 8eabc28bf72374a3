//! A call as it happened, before an exchange writes it down. Times are seconds since the day's first midnight.

use crate::month::time::{day, instant};
use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use depesza::model::Timestamp;

/// The day: a Friday, and the night after it.
pub const DAY: NaiveDate = day(2026, 11, 13);

/// Somebody outside: the number as the operator passes it, and the name.
#[derive(Clone, Debug)]
pub struct Party {
    pub number: String,
    pub name: String,
}

/// Which way a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Incoming,
    Outgoing,
    Internal,
}

/// What a channel did for a while: a row of Asterisk.
#[derive(Clone, Debug)]
pub struct Leg {
    pub context: &'static str,
    pub dst: String,
    /// The phone that was rung; empty where none was.
    pub to: String,
    pub app: &'static str,
    pub data: String,
    pub start: i64,
    pub answer: Option<i64>,
    pub end: i64,
    pub disposition: &'static str,
}

/// A call.
#[derive(Clone, Debug)]
pub struct Happened {
    pub way: Way,
    pub party: Party,
    /// The own number that was dialled or shown; on an internal call the other phone.
    pub own: &'static str,
    /// Our phone that called, or the first one that was rung.
    pub phone: &'static str,
    pub start: i64,
    /// When the exchange answered: a person, a menu, or a voice mail box.
    pub answer: Option<i64>,
    /// From when people talked, and at which phone.
    pub talk: Option<(i64, &'static str)>,
    pub end: i64,
    pub voicemail: bool,
    /// Why it ended, as FreeSWITCH has it.
    pub cause: (&'static str, u32),
    pub legs: Vec<Leg>,
}

/// A moment of the day: hours, minutes, seconds since its first midnight.
pub const fn at(hour: i64, minute: i64, second: i64) -> i64 {
    hour * 3_600 + minute * 60 + second
}

/// The time on the wall.
pub fn wall(second: i64) -> NaiveDateTime {
    DAY.and_time(NaiveTime::MIN) + TimeDelta::seconds(second)
}

/// Seconds since 1970, UTC.
pub fn epoch(second: i64) -> i64 {
    let moment: Timestamp = instant(wall(second));
    moment.ms() / 1_000
}
