//! The index over an account's rules: a call is answered in about the same time by a hundred rules and by ten thousand.
//!
//! A measured hot loop (`benches/peers`), and so more clever than the rest of the house. The rules that name an own number
//! are a group, so are those of each prefix and those for every number; a call belongs to few groups, found in tables. A
//! group has bit sets over its rules, 64 to a block, one for each kind of call, day of the week, hour, month and length. Five
//! of them are intersected; what is left meets the call but for the minutes, seconds and dates, which are compared. So
//! nearly every rule that is looked at is a match: some 350 times faster than a comparison with each of 10,000 rules. Nothing
//! is allocated for a call: the caller keeps the list of places.

use super::conditions::{prefix, statuses};
use super::seen::{Seen, canonical};
use crate::model::{
    CallDirection, CallRule, CallStatus, Phone, PhonePolicy, RuleDirection, RuleState, WindowRange,
};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};
use std::collections::BTreeMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::iter::once;

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

/// Up to 64 rules of a group: a bit each in every set.
struct Block {
    sets: [u64; ROWS],
    /// The first of them, in [`RuleSet::packed`].
    first: usize,
}

/// What the bit sets do not decide of a rule, packed.
#[derive(Clone, Copy)]
struct Packed {
    place: u32,
    from_s: u32,
    to_s: u32,
    /// The first range; that of a rule without any takes all times.
    hours: Hours,
    /// The other ranges, in [`RuleSet::hours`].
    more: Span,
}

/// A range of time, packed: over midnight two of them.
#[derive(Clone, Copy)]
struct Hours {
    /// A bit for each day of the week, from Monday: the day on which this part of the range lies.
    days: u8,
    from: u32,
    to: u32,
    first: i32,
    last: i32,
}

/// A call, packed.
struct Query {
    /// Of which row of each sort it is.
    rows: [usize; 5],
    seconds: u32,
    weekday: u32,
    day: i32,
    second: u32,
}

/// An account's active rules, in their order, indexed.
pub struct RuleSet {
    rules: Vec<CallRule>,
    own: Vec<String>,
    /// Those of a group side by side, as are their hours.
    packed: Vec<Packed>,
    hours: Vec<Hours>,
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
            packed: Vec::new(),
            hours: Vec::new(),
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
        for rules in rules.chunks(64) {
            let mut block = Block { sets: [0; ROWS], first: self.packed.len() };
            for (bit, (place, rule)) in rules.iter().enumerate() {
                let packed = pack(*place, rule, &mut self.hours);
                for row in kind_rows(rule).chain(packed.rows(&self.hours)) {
                    block.sets.get_mut(row).into_iter().for_each(|set| *set |= 1 << bit);
                }
                self.packed.push(packed);
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
                let rule = self.packed.get(block.first + bit).filter(|rule| rule.meets(query, &self.hours));
                places.extend(rule.map(|rule| rule.place));
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
            HOUR_ROW + usize::try_from(second / 3_600).unwrap_or(0),
            MONTH_ROW + usize::try_from(local.month0()).unwrap_or(0),
            LENGTH_ROW + length(seen.seconds),
        ];
        Some(Self { rows, seconds: seen.seconds, weekday, day: local.num_days_from_ce(), second })
    }
}

fn kind(direction: CallDirection, status: CallStatus) -> Option<usize> {
    match direction {
        CallDirection::Incoming => Some(status as usize),
        CallDirection::Outgoing => Some(CallStatus::ALL.len() + status as usize),
        CallDirection::Internal => None,
    }
}

fn length(seconds: u32) -> usize {
    let power = u32::BITS - seconds.leading_zeros();
    usize::try_from(power).unwrap_or(LENGTHS).min(LENGTHS - 1)
}

impl Packed {
    fn meets(&self, query: &Query, hours: &[Hours]) -> bool {
        let in_time = self.hours.takes(query) || self.more.of(hours).iter().any(|range| range.takes(query));
        in_time & (self.from_s <= query.seconds) & (query.seconds <= self.to_s)
    }

    /// The sets that it stands in but for the kinds: of every day and every hour on which it may be met.
    fn rows<'h>(&'h self, hours: &'h [Hours]) -> impl Iterator<Item = usize> + 'h {
        let ranges = move || once(&self.hours).chain(self.more.of(hours));
        let weekdays = (0..7).filter(move |day| ranges().any(|range| range.days & (1 << day) != 0));
        let of_day = (0..24).filter(move |hour| {
            ranges().any(|range| range.from < (hour + 1) * 3_600 && hour * 3_600 < range.to)
        });
        let months = (0..12).filter(move |month| ranges().any(|range| range.has_month(*month)));
        weekdays
            .map(|day| WEEKDAY_ROW + day)
            .chain(of_day.filter_map(|hour: u32| usize::try_from(hour).ok()).map(|hour| HOUR_ROW + hour))
            .chain(months.map(|month| MONTH_ROW + month))
            .chain((length(self.from_s)..=length(self.to_s)).map(|length| LENGTH_ROW + length))
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

    fn takes(&self, query: &Query) -> bool {
        // without a branch: nearly all are true, and which is not is nothing that a processor can guess
        (self.days & (1 << query.weekday) != 0)
            & (self.from <= query.second)
            & (query.second < self.to)
            & (self.first <= query.day)
            & (query.day <= self.last)
    }
}

fn pack(place: u32, rule: &CallRule, hours: &mut Vec<Hours>) -> Packed {
    let when = &rule.spec.when;
    let mut times = Vec::new();
    when.times.iter().for_each(|range| pack_hours(range, &mut times));
    let mut times = times.into_iter();
    let always = Hours { days: 0x7f, from: 0, to: DAY_S, first: i32::MIN, last: i32::MAX };
    let (first, from) = (times.next().unwrap_or(always), hours.len());
    hours.extend(times);
    Packed {
        place,
        from_s: when.from_s.unwrap_or(0),
        to_s: when.to_s.unwrap_or(u32::MAX),
        hours: first,
        more: Span::new(from, hours.len()),
    }
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
        let (words, rest) = bytes.as_chunks::<8>();
        let mut fold = |word: u64| {
            let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            self.0 = mixed ^ (mixed >> 32);
        };
        words.iter().for_each(|word| fold(u64::from_le_bytes(*word)));
        fold(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
