//! A look at every rule, as one would write it who does not want an index and knows his machine: plain structs side by side,
//! own numbers in canonical form beforehand, the cheapest condition first, nothing allocated.

use crate::contender::Contender;
use crate::rules;
use chrono::{Datelike, Timelike};
use depesza::call::{Seen, canonical};
use depesza::model::{CallDirection, CallRule, CallStatus, PhonePolicy};

struct Rule {
    /// A bit for each kind of call.
    kinds: u16,
    from_s: u32,
    to_s: u32,
    numbers: Box<[Box<str>]>,
    times: Box<[Hours]>,
}

struct Hours {
    days: u8,
    from: u32,
    to: u32,
    first: i32,
    last: i32,
}

pub struct Scan<'s> {
    rules: Vec<Rule>,
    calls: &'s [Seen],
}

fn kind(direction: CallDirection, status: CallStatus) -> Option<u16> {
    match direction {
        CallDirection::Incoming => Some(1 << status as u16),
        CallDirection::Outgoing => Some(1 << (8 + status as u16)),
        CallDirection::Internal => None,
    }
}

impl<'s> Scan<'s> {
    pub fn new(rules: &[CallRule], calls: &'s [Seen]) -> Self {
        let policy = PhonePolicy::default();
        let pack = |rule: &CallRule| {
            let when = &rule.spec.when;
            let kinds =
                rules::kinds(when).into_iter().filter_map(|(direction, status)| kind(direction, status));
            let hours = rules::hours(when).into_iter().map(|hours| Hours {
                days: hours.days.iter().fold(0, |days, day| days | 1 << day),
                from: hours.seconds.0,
                to: hours.seconds.1,
                first: hours.dates.map_or(i32::MIN, |(first, _)| first),
                last: hours.dates.map_or(i32::MAX, |(_, last)| last),
            });
            Rule {
                kinds: kinds.fold(0, |kinds, kind| kinds | kind),
                from_s: when.from_s.unwrap_or(0),
                to_s: when.to_s.unwrap_or(u32::MAX),
                numbers: when.own_numbers.iter().map(|number| canonical(number, &policy).into()).collect(),
                times: hours.collect(),
            }
        };
        Self { rules: rules.iter().map(pack).collect(), calls }
    }
}

impl Contender for Scan<'_> {
    fn name(&self) -> &'static str {
        "linear scan"
    }

    fn matching(&self, call: usize, places: &mut Vec<u32>) {
        places.clear();
        let seen = &self.calls[call];
        let Some(kind) = kind(seen.direction, seen.status) else { return };
        let number = seen.own_number.reveal();
        let (day_bit, day) =
            (1 << seen.local.weekday().num_days_from_monday(), seen.local.num_days_from_ce());
        let second = seen.local.num_seconds_from_midnight();
        for (place, rule) in (0_u32..).zip(&self.rules) {
            let is_met = rule.kinds & kind != 0
                && (rule.numbers.is_empty() || rule.numbers.iter().any(|own| **own == *number))
                && (rule.from_s..=rule.to_s).contains(&seen.seconds)
                && (rule.times.is_empty()
                    || rule.times.iter().any(|hours| {
                        hours.days & day_bit != 0
                            && (hours.from..hours.to).contains(&second)
                            && (hours.first..=hours.last).contains(&day)
                    }));
            if is_met {
                places.push(place);
            }
        }
    }
}
