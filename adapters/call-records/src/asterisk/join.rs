//! Which rows are one call, and when it is complete. Not allowed here: what became of the call.
//!
//! Rows share an identifier (`uniqueid`, `linkedid`) or a channel at the same time; whatever hangs together is one call, in
//! whichever order the rows come. Asterisk writes all rows of a calling channel when that channel hangs up: the latest `end`
//! so far is the time at which a row was written.

use super::call::calls_of;
use super::leg::Leg;
use super::options::Options;
use super::row::Row;
use crate::fault::{OptionsError, Place};
use depesza::model::{Call, SECOND_MS, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

/// The most legs of one call: with more it is told, and what comes later is the same call told again.
pub const CALL_LEGS: usize = 1_000;
/// The most calls that wait for more rows: with more the oldest is told.
pub const OPEN_CALLS: usize = 10_000;
/// How long a channel may leave no row within a call, in seconds, where rows have no identifier: an announcement between two
/// dials leaves none.
pub const CHANNEL_GAP_S: u32 = 300;
/// How many complete calls are remembered for where to resume; beyond, the oldest is forgotten.
pub const REMEMBERED: usize = 100_000;

/// Takes rows as they come, and tells calls when they are complete.
pub struct Joiner {
    options: Options,
    /// The latest end of a row.
    clock: Option<Timestamp>,
    /// The call of the last row: that row was written between its own end and that of the row after it.
    last: Option<u64>,
    open: BTreeMap<u64, Open>,
    next: u64,
    /// Open calls by identifier and by channel.
    keys: BTreeMap<Key, BTreeSet<u64>>,
    /// Open calls by the time at which they are complete.
    due: BTreeSet<(Timestamp, u64)>,
    /// Complete calls: their first and last row.
    told: VecDeque<(Place, Place)>,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Id(String),
    Channel(String),
}

struct Open {
    legs: Vec<Leg>,
    due: Timestamp,
    /// The host's time when no row had come since, from its first look on.
    looked_at: Option<Timestamp>,
}

impl Open {
    fn is_fragment(&self) -> bool {
        self.legs.iter().all(Leg::is_fragment)
    }

    fn settle_ms(&self, options: &Options) -> i64 {
        let seconds = if self.is_fragment() { options.fragment_settle_s } else { options.settle_s };
        i64::from(seconds) * SECOND_MS
    }

    fn first(&self) -> Place {
        self.legs.iter().map(|leg| leg.place).min().unwrap_or_default()
    }

    fn last(&self) -> Place {
        self.legs.iter().map(|leg| leg.place).max().unwrap_or_default()
    }
}

// names of channels have numbers in them
impl fmt::Debug for Joiner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Joiner").field("waiting", &self.open.len()).finish_non_exhaustive()
    }
}

impl Joiner {
    /// No rows yet.
    ///
    /// # Errors
    /// As [`Options::check`].
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        options.check()?;
        Ok(Self {
            options,
            clock: None,
            last: None,
            open: BTreeMap::new(),
            next: 0,
            keys: BTreeMap::new(),
            due: BTreeSet::new(),
            told: VecDeque::new(),
        })
    }

    /// What it was made with.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Takes a row, and gives the calls that are complete by the time it was written.
    pub fn take(&mut self, row: Row, place: Place) -> Vec<Call> {
        if Leg::left_out(&row, &self.options) {
            return Vec::new();
        }
        let leg = Leg::new(row, place, &self.options, self.clock);
        let clock = self.clock.map_or(leg.end, |clock| clock.max(leg.end));
        self.clock = Some(clock);
        let call = self.put(leg);
        for call in self.last.replace(call).into_iter().chain([call]) {
            self.wait(call, clock);
        }

        let mut done = Vec::new();
        while let Some(&(due, call)) = self.due.first()
            && (due < clock || self.open.len() > OPEN_CALLS)
        {
            self.complete(call, &mut done);
        }
        if self.open.get(&call).is_some_and(|open| open.legs.len() >= CALL_LEGS) {
            self.complete(call, &mut done);
        }
        done
    }

    /// Tells the host's time, and gives the calls of which no row came for the settle time by the host's clock. A file to which
    /// nothing is added has no other clock.
    pub fn advance(&mut self, now: Timestamp) -> Vec<Call> {
        let mut ready = Vec::new();
        for (number, open) in &mut self.open {
            let since = open.looked_at.filter(|since| *since <= now).unwrap_or(now);
            open.looked_at = Some(since);
            if now.since_ms(since) >= open.settle_ms(&self.options) {
                ready.push((open.due, *number));
            }
        }
        ready.sort_unstable();
        let mut done = Vec::new();
        for (_, number) in ready {
            self.complete(number, &mut done);
        }
        done
    }

    /// Gives all calls, complete or not: at the end of a file that does not grow any more.
    pub fn flush(&mut self) -> Vec<Call> {
        let mut done = Vec::new();
        while let Some(&(_, call)) = self.due.first() {
            self.complete(call, &mut done);
        }
        done
    }

    /// How many calls wait for more rows.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.open.len()
    }

    /// Where to read again from after a restart so that no call is cut: the first row of a call that waits, or of one whose
    /// rows stand on both sides of that. None where all that was read may be passed over.
    pub fn resume_at(&self) -> Option<Place> {
        let mut from = self.open.values().map(Open::first).min()?;
        loop {
            let cut = self.told.iter().filter(|(first, last)| *first < from && from < *last);
            match cut.map(|(first, _)| *first).min() {
                Some(first) => from = first,
                None => return Some(from),
            }
        }
    }

    /// Puts a leg to the calls it hangs together with, and makes those one.
    fn put(&mut self, leg: Leg) -> u64 {
        let found = self.related(&leg);
        let mut joined = Open { legs: vec![leg], due: Timestamp::MAX, looked_at: None };
        let call = found.first().copied().unwrap_or(self.next);
        if found.is_empty() {
            self.next += 1;
        }
        for number in found {
            if let Some(mut other) = self.remove(number) {
                joined.legs.append(&mut other.legs);
            }
        }
        for leg in &joined.legs {
            for key in keys_of(leg) {
                self.keys.entry(key).or_default().insert(call);
            }
        }
        self.open.insert(call, joined);
        call
    }

    fn related(&self, leg: &Leg) -> BTreeSet<u64> {
        let mut found = BTreeSet::new();
        for key in keys_of(leg) {
            for number in self.keys.get(&key).into_iter().flatten() {
                let near = match &key {
                    Key::Id(_) => true,
                    Key::Channel(name) => {
                        self.open.get(number).is_some_and(|open| self.near(open, leg, name))
                    }
                };
                if near {
                    found.insert(*number);
                }
            }
        }
        found
    }

    /// Names of channels are used again after a while: they tell only of one time.
    fn near(&self, open: &Open, leg: &Leg, channel: &str) -> bool {
        open.legs.iter().filter(|other| other.channels().any(|name| name == channel)).any(|other| {
            let gap_s = match (&other.row.uniqueid, &leg.row.uniqueid) {
                (Some(_), Some(_)) => self.options.settle_s,
                _ => CHANNEL_GAP_S,
            };
            other.apart_ms(leg) <= i64::from(gap_s) * SECOND_MS
        })
    }

    fn wait(&mut self, call: u64, clock: Timestamp) {
        if let Some(open) = self.open.get_mut(&call) {
            self.due.remove(&(open.due, call));
            open.due = clock.plus_ms(open.settle_ms(&self.options));
            self.due.insert((open.due, call));
        }
    }

    fn remove(&mut self, call: u64) -> Option<Open> {
        let open = self.open.remove(&call)?;
        self.due.remove(&(open.due, call));
        for key in open.legs.iter().flat_map(keys_of) {
            if let Some(numbers) = self.keys.get_mut(&key) {
                numbers.remove(&call);
                if numbers.is_empty() {
                    self.keys.remove(&key);
                }
            }
        }
        Some(open)
    }

    fn complete(&mut self, call: u64, done: &mut Vec<Call>) {
        let Some(open) = self.remove(call) else { return };
        if self.told.len() >= REMEMBERED {
            self.told.pop_front();
        }
        self.told.push_back((open.first(), open.last()));
        if self.open.is_empty() {
            self.told.clear();
        }
        done.extend(calls_of(open.legs, &self.options));
    }
}

fn keys_of(leg: &Leg) -> Vec<Key> {
    let ids = leg.ids().map(|id| Key::Id(id.to_owned()));
    ids.chain(leg.channels().map(|name| Key::Channel(name.to_owned()))).collect()
}
