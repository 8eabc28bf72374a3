//! What answers the question: which rules does a call meet?

use chrono::{Datelike, Timelike};
use depesza::call::{RuleSet, Seen};
use depesza::model::{CallDirection, CallRule, CallStatus, PhonePolicy};

/// Something that finds the rules a call meets. It is given the calls beforehand, in whatever form is best for it.
pub trait Contender {
    fn name(&self) -> &'static str;

    /// The places of the rules that a call of the sample meets, in ascending order.
    fn matching(&self, call: usize, places: &mut Vec<u32>);
}

/// A call as plain numbers, for contenders with a language of their own.
pub struct Plain<'s> {
    /// `incoming/no_answer`
    pub kind: String,
    pub own_number: &'s str,
    pub seconds: u32,
    /// From Monday, which is 0.
    pub weekday: u32,
    /// Of the day.
    pub second: u32,
    /// Of the common era.
    pub day: i32,
}

impl<'s> Plain<'s> {
    pub fn of(seen: &'s Seen) -> Self {
        Self {
            kind: kind(seen.direction, seen.status),
            own_number: seen.own_number.reveal(),
            seconds: seen.seconds,
            weekday: seen.local.weekday().num_days_from_monday(),
            second: seen.local.num_seconds_from_midnight(),
            day: seen.local.num_days_from_ce(),
        }
    }
}

pub fn kind(direction: CallDirection, status: CallStatus) -> String {
    let direction = match direction {
        CallDirection::Incoming => "incoming",
        CallDirection::Outgoing => "outgoing",
        CallDirection::Internal => "internal",
    };
    format!("{direction}/{}", status.code())
}

/// The index itself.
pub struct Depesza<'s> {
    set: RuleSet,
    calls: &'s [Seen],
}

impl<'s> Depesza<'s> {
    pub fn new(rules: &[CallRule], calls: &'s [Seen]) -> Self {
        Self { set: RuleSet::new(rules.to_vec(), [], &PhonePolicy::default()), calls }
    }
}

impl Contender for Depesza<'_> {
    fn name(&self) -> &'static str {
        "depesza"
    }

    fn matching(&self, call: usize, places: &mut Vec<u32>) {
        self.set.matching(&self.calls[call], places);
    }
}
