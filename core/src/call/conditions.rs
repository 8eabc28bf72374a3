//! The conditions of a rule one by one, as they are written: what [`RuleSet`](super::RuleSet) does fast, and what people
//! are told when they ask why.

use super::seen::{Seen, canonical};
use crate::model::{
    CallCondition, CallConditions, CallDirection, CallRule, CallStatus, ConditionSeen, GivenUp, PhonePolicy,
    RuleDirection, RuleExplained, TimeOfDay, Weekdays, WindowRange,
};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Weekday};
use std::fmt::Write;

/// Whether a call meets every condition. The reference that the index is held against.
#[must_use]
pub fn meets(when: &CallConditions, seen: &Seen, policy: &PhonePolicy) -> bool {
    direction(when, seen)
        && own_number(when, seen, policy)
        && statuses(when, seen.direction).contains(&seen.status)
        && seconds(when, seen)
        && times(when, seen.local)
}

/// What each condition of a rule wanted of a call, and what it saw.
#[must_use]
pub fn explain(rule: &CallRule, seen: &Seen, policy: &PhonePolicy) -> RuleExplained {
    let when = &rule.spec.when;
    let statuses = statuses(when, seen.direction);
    let mut conditions = vec![
        ConditionSeen {
            condition: CallCondition::Direction,
            wanted: match when.direction {
                RuleDirection::Incoming => "incoming",
                RuleDirection::Outgoing => "outgoing",
                RuleDirection::Either => "incoming, outgoing",
            }
            .to_owned(),
            saw: seen.direction.code().to_owned(),
            met: direction(when, seen),
        },
        ConditionSeen {
            condition: CallCondition::Status,
            wanted: statuses.iter().map(|status| status.code()).collect::<Vec<_>>().join(", "),
            saw: seen.status.code().to_owned(),
            met: statuses.contains(&seen.status),
        },
    ];
    if !when.own_numbers.is_empty() {
        conditions.push(ConditionSeen {
            condition: CallCondition::OwnNumber,
            wanted: when.own_numbers.join(", "),
            saw: seen.own_number.reveal().to_owned(),
            met: own_number(when, seen, policy),
        });
    }
    if when.from_s.is_some() || when.to_s.is_some() {
        let bound = |bound: Option<u32>| bound.map(|seconds| seconds.to_string()).unwrap_or_default();
        conditions.push(ConditionSeen {
            condition: CallCondition::Seconds,
            wanted: format!("{}-{} s", bound(when.from_s), bound(when.to_s)),
            saw: format!("{} s", seen.seconds),
            met: seconds(when, seen),
        });
    }
    if !when.times.is_empty() {
        conditions.push(ConditionSeen {
            condition: CallCondition::Time,
            wanted: when.times.iter().map(range_text).collect::<Vec<_>>().join("; "),
            saw: format!("{} {}", days([seen.local.weekday()]), seen.local.format("%Y-%m-%d %H:%M:%S")),
            met: times(when, seen.local),
        });
    }
    RuleExplained {
        rule: rule.id.clone(),
        name: rule.spec.name.clone(),
        state: rule.state,
        matches: conditions.iter().all(|condition| condition.met),
        conditions,
    }
}

fn direction(when: &CallConditions, seen: &Seen) -> bool {
    match (when.direction, seen.direction) {
        (_, CallDirection::Internal) => false,
        (RuleDirection::Either, _) => true,
        (RuleDirection::Incoming, direction) => direction == CallDirection::Incoming,
        (RuleDirection::Outgoing, direction) => direction == CallDirection::Outgoing,
    }
}

/// The statuses a rule takes of calls of a direction.
pub(super) fn statuses(when: &CallConditions, direction: CallDirection) -> Vec<CallStatus> {
    let mut statuses: Vec<CallStatus> =
        CallStatus::ALL.into_iter().filter(|status| when.statuses.contains(status)).collect();
    let missed = direction == CallDirection::Incoming
        && when.given_up == GivenUp::IsNoAnswer
        && statuses.contains(&CallStatus::NoAnswer);
    if missed && !statuses.contains(&CallStatus::Cancelled) {
        statuses.push(CallStatus::Cancelled);
    }
    statuses
}

fn own_number(when: &CallConditions, seen: &Seen, policy: &PhonePolicy) -> bool {
    when.own_numbers.is_empty()
        || when.own_numbers.iter().any(|wanted| match prefix(wanted) {
            Some(prefix) => seen.own_number.reveal().starts_with(&prefix),
            None => canonical(wanted, policy) == seen.own_number.reveal(),
        })
}

/// What an own number's pattern begins with, where it is a prefix: `+` and digits for telephone numbers, anything else
/// for extensions.
pub(super) fn prefix(wanted: &str) -> Option<String> {
    let prefix = wanted.trim().strip_suffix('*')?;
    let bare: String = prefix.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    Some(match bare.strip_prefix("00") {
        Some(digits) => format!("+{digits}"),
        None => bare.to_lowercase(),
    })
}

fn seconds(when: &CallConditions, seen: &Seen) -> bool {
    when.from_s.is_none_or(|from| from <= seen.seconds) && when.to_s.is_none_or(|to| seen.seconds <= to)
}

fn times(when: &CallConditions, local: NaiveDateTime) -> bool {
    when.times.is_empty() || when.times.iter().any(|range| takes(range, local))
}

/// Whether a range takes a local time. Over midnight a range belongs to the day it starts on.
fn takes(range: &WindowRange, local: NaiveDateTime) -> bool {
    let (day, time) = (local.date(), TimeOfDay::from(local.time()));
    let open = |day: NaiveDate| {
        range.weekdays.contains(day.weekday()) && range.dates.is_none_or(|dates| dates.contains(day))
    };
    if range.from <= range.to {
        return range.from <= time && time < range.to && open(day);
    }
    let yesterday = day.checked_sub_days(Days::new(1));
    range.from <= time && open(day) || time < range.to && yesterday.is_some_and(open)
}

/// Days by their wire names.
fn days(days: impl IntoIterator<Item = Weekday>) -> String {
    days.into_iter().collect::<Weekdays>().names().collect::<Vec<_>>().join(",")
}

fn range_text(range: &WindowRange) -> String {
    let mut text = days(range.weekdays.iter());
    // writing to a string does not fail
    let _ = write!(text, " {}-{}", range.from, range.to);
    if let Some(dates) = range.dates {
        let _ = write!(text, " {}..{}", dates.first, dates.last);
    }
    text
}
