//! The index over an account's rules: a call is answered in about the same time by a hundred rules and by ten thousand.
//!
//! A measured hot loop (`benches/peers`), and so more clever than the rest of the house. The rules that name an own number
//! are a group, so are those that name a prefix, and those for every number; a call belongs to few groups, found in tables.
//! A group has bit sets over its rules, one for each kind of call, day of the week, hour, month and length. The five of a
//! call are intersected, 64 rules at a time; what is left nearly always meets the call, and its seconds and dates are
//! compared to be sure. So neither cache lines nor wrong guesses of the processor are spent on rules that do not match. That
//! takes a quarter of the time of comparing every rule of the number, and at 10,000 rules a 490th of comparing all. Nothing
//! is allocated for a call: the caller keeps the list of places.

use super::conditions::{prefix, statuses};
use super::seen::{Seen, canonical};
use crate::model::{
    CallDirection, CallRule, CallStatus, Phone, PhonePolicy, RuleDirection, RuleState, WindowRange,
};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};
use std::collections::BTreeMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A table that is only looked up, never walked through.
#[allow(clippy::disallowed_types, reason = "it is never iterated over")]
type Table = std::collections::HashMap<Box<str>, Span, BuildHasherDefault<Folding>>;

/// Incoming and outgoing, each with every status.
const KINDS: usize = 2 * CallStatus::ALL.len();
/// Lengths are told apart by their power of two, up to 2^15 seconds.
const LENGTHS: usize = 16;
const DAY_S: u32 = 24 * 60 * 60;

/// The rows of a group's bit sets: kinds of call first, then the others.
const WEEKDAY_ROW: usize = KINDS;
const HOUR_ROW: usize = WEEKDAY_ROW + 7;
const MONTH_ROW: usize = HOUR_ROW + 24;
const LENGTH_ROW: usize = MONTH_ROW + 12;
const ROWS: usize = LENGTH_ROW + LENGTHS;

/// A part of a list.
#[derive(Clone, Copy, Default)]
struct Span {
    from: u32,
    to: u32,
}

/// Up to 64 entries of a group: a bit each in every set.
struct Block {
    sets: [u64; ROWS],
    /// The first of them, in [`RuleSet::entries`].
    first: usize,
}

/// A rule with one of its ranges of time, over midnight with one part of it; packed, and only what the sets do not decide.
#[derive(Clone, Copy)]
struct Entry {
    place: u32,
    from_s: u32,
    to_s: u32,
    hours: Hours,
}

/// A range of time within the days that it is for.
#[derive(Clone, Copy)]
struct Hours {
    /// A bit for each day of the week, from Monday.
    days: u8,
    from: u32,
    to: u32,
    first: i32,
    last: i32,
}

/// At all times.
const ALWAYS: Hours = Hours { days: 0x7f, from: 0, to: DAY_S, first: i32::MIN, last: i32::MAX };

/// A call, packed.
struct Query {
    /// Of which row of each sort it is.
    rows: [usize; 5],
    seconds: u32,
    day: i32,
    second: u32,
}

/// An account's active rules, in their order, indexed.
pub struct RuleSet {
    rules: Vec<CallRule>,
    own: Vec<String>,
    entries: Vec<Entry>,
    /// Those of a group side by side: a [`Span`] of them is a group.
    blocks: Vec<Block>,
    exact: Table,
    /// By the length of the prefix in bytes.
    prefixes: Vec<(usize, Table)>,
    any: Span,
}

impl RuleSet {
    /// Indexes the active ones of these rules. `own` are the numbers that nothing is ever sent to, in any spelling.
    #[must_use]
    pub fn new<'n>(
        rules: impl IntoIterator<Item = CallRule>,
        own: impl IntoIterator<Item = &'n str>,
        policy: &PhonePolicy,
    ) -> Self {
        let mut rules: Vec<CallRule> = rules.into_iter().filter(|rule| rule.state == RuleState::On).collect();
        rules.sort_by(|a, b| (a.place, &a.id).cmp(&(b.place, &b.id)));
        let mut own: Vec<String> = own.into_iter().map(|number| canonical(number, policy)).collect();
        own.sort();
        let mut any: Vec<(u32, &CallRule)> = Vec::new();
        let mut exact: BTreeMap<String, Vec<(u32, &CallRule)>> = BTreeMap::new();
        let mut prefixes: BTreeMap<(usize, String), Vec<(u32, &CallRule)>> = BTreeMap::new();
        for (place, rule) in (0_u32..).zip(&rules) {
            for wanted in &rule.spec.when.own_numbers {
                match prefix(wanted) {
                    Some(prefix) => prefixes.entry((prefix.len(), prefix)).or_default().push((place, rule)),
                    None => exact.entry(canonical(wanted, policy)).or_default().push((place, rule)),
                }
            }
            if rule.spec.when.own_numbers.is_empty() {
                any.push((place, rule));
            }
        }
        let mut set = Self {
            rules: Vec::new(),
            own,
            entries: Vec::new(),
            blocks: Vec::new(),
            exact: Table::default(),
            prefixes: Vec::new(),
            any: Span::default(),
        };
        for (number, rules) in exact {
            let group = set.add(&rules);
            set.exact.insert(number.into(), group);
        }
        for ((length, prefix), rules) in prefixes {
            let group = set.add(&rules);
            if set.prefixes.last().is_none_or(|(known, _)| *known != length) {
                set.prefixes.push((length, Table::default()));
            }
            if let Some((_, table)) = set.prefixes.last_mut() {
                table.insert(prefix.into(), group);
            }
        }
        set.any = set.add(&any);
        set.rules = rules;
        set
    }

    fn add(&mut self, rules: &[(u32, &CallRule)]) -> Span {
        let from = self.blocks.len();
        let entries: Vec<(Entry, &CallRule)> =
            rules.iter().flat_map(|(place, rule)| pack(*place, rule).map(|entry| (entry, *rule))).collect();
        for entries in entries.chunks(64) {
            let mut block = Block { sets: [0; ROWS], first: self.entries.len() };
            for (bit, (entry, rule)) in entries.iter().enumerate() {
                for row in kind_rows(rule).chain(entry.rows()) {
                    block.sets.get_mut(row).into_iter().for_each(|set| *set |= 1 << bit);
                }
                self.entries.push(*entry);
            }
            self.blocks.push(block);
        }
        Span::new(from, self.blocks.len())
    }

    /// The active rules, in their order.
    #[must_use]
    pub fn rules(&self) -> &[CallRule] {
        &self.rules
    }

    /// Whether a number in E.164 is one of the account's own.
    #[must_use]
    pub fn is_own(&self, number: &Phone) -> bool {
        self.own.binary_search_by(|own| own.as_str().cmp(number.reveal())).is_ok()
    }

    /// Finds the rules whose conditions a call meets, whatever they do then: their places in [`rules`](Self::rules), in
    /// ascending order. `places` is emptied first; keep it from call to call, and nothing is allocated.
    pub fn matching(&self, seen: &Seen, places: &mut Vec<u32>) {
        places.clear();
        let Some(query) = Query::of(seen) else { return };
        let number = seen.own_number.reveal();
        if let Some(group) = self.exact.get(number) {
            self.take(*group, &query, places);
        }
        for (length, table) in &self.prefixes {
            if let Some(group) = number.get(..*length).and_then(|start| table.get(start)) {
                self.take(*group, &query, places);
            }
        }
        self.take(self.any, &query, places);
        places.sort_unstable();
        places.dedup();
    }

    fn take(&self, group: Span, query: &Query, places: &mut Vec<u32>) {
        for block in group.of(&self.blocks) {
            let set = |row: usize| block.sets.get(row).copied().unwrap_or(0);
            let mut left = query.rows.iter().fold(u64::MAX, |left, row| left & set(*row));
            while left != 0 {
                let bit = usize::try_from(left.trailing_zeros()).unwrap_or(0);
                left &= left - 1;
                let entry = self.entries.get(block.first + bit).filter(|entry| entry.meets(query));
                places.extend(entry.map(|entry| entry.place));
            }
        }
    }
}

impl Span {
    fn new(from: usize, to: usize) -> Self {
        // lists of four thousand million entries do not fit into any memory
        let place = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Self { from: place(from), to: place(to) }
    }

    fn of<T>(self, list: &[T]) -> &[T] {
        let place = |place: u32| usize::try_from(place).unwrap_or(usize::MAX);
        list.get(place(self.from)..place(self.to)).unwrap_or_default()
    }
}

impl Query {
    /// `None` for a call between extensions, which no rule is for.
    fn of(seen: &Seen) -> Option<Self> {
        let local: NaiveDateTime = seen.local;
        let (weekday, second) = (local.weekday().num_days_from_monday(), local.num_seconds_from_midnight());
        let rows = [
            kind(seen.direction, seen.status)?,
            WEEKDAY_ROW + usize::try_from(weekday).unwrap_or(0),
            HOUR_ROW + hour(second),
            MONTH_ROW + usize::try_from(local.month0()).unwrap_or(0),
            LENGTH_ROW + length(seen.seconds),
        ];
        Some(Self { rows, seconds: seen.seconds, day: local.num_days_from_ce(), second })
    }
}

fn kind(direction: CallDirection, status: CallStatus) -> Option<usize> {
    match direction {
        CallDirection::Incoming => Some(status as usize),
        CallDirection::Outgoing => Some(CallStatus::ALL.len() + status as usize),
        CallDirection::Internal => None,
    }
}

fn hour(second: u32) -> usize {
    usize::try_from(second / 3_600).unwrap_or(0)
}

fn length(seconds: u32) -> usize {
    let power = u32::BITS - seconds.leading_zeros();
    usize::try_from(power).unwrap_or(LENGTHS).min(LENGTHS - 1)
}

impl Entry {
    fn meets(&self, query: &Query) -> bool {
        // without a branch: nearly always all are true, and which is not is nothing that a processor can guess
        let hours = &self.hours;
        (self.from_s <= query.seconds)
            & (query.seconds <= self.to_s)
            & (hours.from <= query.second)
            & (query.second < hours.to)
            & (hours.first <= query.day)
            & (query.day <= hours.last)
    }

    /// The sets that it stands in, but for the kinds.
    fn rows(&self) -> impl Iterator<Item = usize> {
        let hours = self.hours;
        let weekdays = (0..7).filter(move |day| hours.days & (1 << day) != 0);
        let of_day = hour(hours.from)..=hour(hours.to.saturating_sub(1));
        let months = (0..12).filter(move |month| hours.has_month(*month));
        let lengths = length(self.from_s)..=length(self.to_s);
        (weekdays.map(|day| WEEKDAY_ROW + day))
            .chain(of_day.map(|hour| HOUR_ROW + hour))
            .chain(months.map(|month| MONTH_ROW + month))
            .chain(lengths.map(|length| LENGTH_ROW + length))
    }
}

impl Hours {
    /// Whether some of its days lie in a month, from January, which is 0.
    fn has_month(&self, month: usize) -> bool {
        let months = |day: i32| -> Option<usize> {
            let day = NaiveDate::from_num_days_from_ce_opt(day)?;
            Some(usize::try_from(day.year()).ok()? * 12 + usize::try_from(day.month0()).ok()?)
        };
        match (months(self.first), months(self.last)) {
            (Some(first), Some(last)) => (first..=last).take(12).any(|of_years| of_years % 12 == month),
            // from or to the end of time
            _ => true,
        }
    }
}

fn pack(place: u32, rule: &CallRule) -> impl Iterator<Item = Entry> {
    let when = &rule.spec.when;
    let mut times = Vec::new();
    when.times.iter().for_each(|range| pack_hours(range, &mut times));
    if when.times.is_empty() {
        times.push(ALWAYS);
    }
    let (from_s, to_s) = (when.from_s.unwrap_or(0), when.to_s.unwrap_or(u32::MAX));
    times.into_iter().map(move |hours| Entry { place, from_s, to_s, hours })
}

fn kind_rows(rule: &CallRule) -> impl Iterator<Item = usize> {
    let when = &rule.spec.when;
    let directions: &[CallDirection] = match when.direction {
        RuleDirection::Incoming => &[CallDirection::Incoming],
        RuleDirection::Outgoing => &[CallDirection::Outgoing],
        RuleDirection::Either => &[CallDirection::Incoming, CallDirection::Outgoing],
    };
    let of = |direction: &CallDirection| {
        let direction = *direction;
        statuses(when, direction).into_iter().filter_map(move |status| kind(direction, status))
    };
    directions.iter().flat_map(of)
}

fn pack_hours(range: &WindowRange, hours: &mut Vec<Hours>) {
    let days = Weekday::Mon.num_days_from_monday()..7;
    let is_open = |day: &u32| {
        u8::try_from(*day)
            .ok()
            .and_then(|day| Weekday::try_from(day).ok())
            .is_some_and(|day| range.weekdays.contains(day))
    };
    let days = days.filter(is_open).fold(0_u8, |days, day| days | 1 << day);
    let (first, last) = range.dates.map_or((i32::MIN, i32::MAX), |dates| {
        (dates.first.num_days_from_ce(), dates.last.num_days_from_ce())
    });
    let (from, to) = (range.from.seconds(), range.to.seconds());
    if from <= to {
        hours.push(Hours { days, from, to, first, last });
        return;
    }
    // over midnight: the second part lies on the day after
    hours.push(Hours { days, from, to: DAY_S, first, last });
    let after = (days << 1 | days >> 6) & 0x7f;
    let (first, last) = (first.saturating_add(1), last.saturating_add(1));
    hours.push(Hours { days: after, from: 0, to, first, last });
}

/// The hash of the tables, the same in every run: a word is folded in by a multiplication. Numbers are short, and nobody
/// gains by a slow table of his own numbers, so it needs no more.
#[derive(Default)]
struct Folding(u64);

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        let mut fold = |word: u64| {
            let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            self.0 = mixed ^ (mixed >> 32);
        };
        bytes.as_chunks().0.iter().for_each(|word| fold(u64::from_le_bytes(*word)));
        match bytes.last_chunk() {
            // the rest, and some bytes before it once more
            Some(last) => fold(u64::from_le_bytes(*last)),
            None => fold(bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte))),
        }
    }

    fn write_u8(&mut self, _end_of_text: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}
