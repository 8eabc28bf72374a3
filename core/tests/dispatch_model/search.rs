//! The search: depth first through all states, each once, and from each one to the end when nothing more goes wrong.

use super::act::{Action, apply, possible};
use super::oracle;
use super::state::{Model, State};
use std::collections::HashSet;
use std::fmt;

/// The most steps on the way to quiet: more means that it never comes.
const MAX_CALM: usize = 500;

/// How much may go wrong on one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// Answers of the gateway other than that it took the message.
    pub faults: u8,
    /// Deaths of dispatchers.
    pub deaths: u8,
    /// Jumps of the clock.
    pub jumps: u8,
    /// Cancellations, moves, STOPs.
    pub outside: u8,
    /// Delivery reports.
    pub reports: u8,
    /// All of these together.
    pub in_all: u8,
}

impl Bounds {
    fn take(mut self, which: fn(&mut Self) -> &mut u8, how_many: usize) -> Option<Self> {
        let how_many = u8::try_from(how_many).ok()?;
        let left = which(&mut self);
        *left = left.checked_sub(how_many)?;
        self.in_all = self.in_all.checked_sub(how_many)?;
        Some(self)
    }

    pub fn fault(self, how_many: usize) -> Option<Self> {
        self.take(|it| &mut it.faults, how_many)
    }

    pub fn death(self) -> Option<Self> {
        self.take(|it| &mut it.deaths, 1)
    }

    pub fn jump(self) -> Option<Self> {
        self.take(|it| &mut it.jumps, 1)
    }

    pub fn outside(self) -> Option<Self> {
        self.take(|it| &mut it.outside, 1)
    }

    pub fn report(self) -> Option<Self> {
        self.take(|it| &mut it.reports, 1)
    }
}

/// How much was explored.
#[derive(Debug, Default)]
pub struct Counts {
    /// States that differ, with what was left of the bounds.
    pub states: usize,
    /// Actions tried.
    pub transitions: usize,
    /// States from which time was let go on, those on the way not counted again.
    pub ends: usize,
    /// States in which some message was handed over more than once.
    pub handed_twice_or_more: usize,
    /// The most actions on one way.
    pub deepest: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, transitions, ends, handed_twice_or_more, deepest } = self;
        write!(
            f,
            "{states} states, {transitions} transitions, {ends} ends, {handed_twice_or_more} states with a message handed over again, ways of up to {deepest} actions"
        )
    }
}

/// What went wrong, and the way there.
pub struct Found {
    pub what: String,
    pub way: Vec<Action>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.what)?;
        self.way.iter().enumerate().try_for_each(|(no, action)| write!(f, "\n  {:2} {action:?}", no + 1))
    }
}

struct Search<'m> {
    model: &'m Model,
    /// Bounds with which a state was seen.
    seen: HashSet<(u64, Bounds)>,
    /// States from which all comes to a good end.
    quiet: HashSet<u64>,
    counts: Counts,
    way: Vec<Action>,
}

/// Goes through all that can happen within the bounds.
pub fn explore(model: &Model, bounds: Bounds) -> Result<Counts, Box<Found>> {
    let begin = State::begin(model);
    let (seen, quiet) = (HashSet::new(), HashSet::new());
    let mut search = Search { model, seen, quiet, counts: Counts::default(), way: Vec::new() };
    search.seen.insert((begin.identity(), bounds));
    search.visit(&begin, begin.identity(), bounds)?;
    search.counts.states = search.seen.len();
    Ok(search.counts)
}

impl Search<'_> {
    fn visit(&mut self, state: &State, identity: u64, left: Bounds) -> Result<(), Box<Found>> {
        self.counts.deepest = self.counts.deepest.max(self.way.len());
        if state.fates.values().any(|fate| fate.handed > 1) {
            self.counts.handed_twice_or_more += 1;
        }
        let calm = calm_action(state);
        for (action, left) in possible(self.model, state, left) {
            self.counts.transitions += 1;
            let is_calm = calm.as_ref() == Some(&action);
            self.way.push(action);
            let action = self.way.last().unwrap();
            let next = self.found(apply(self.model, state, action))?;
            let reached = next.identity();
            if self.seen.insert((reached, left)) {
                self.visit(&next, reached, left)?;
            }
            self.way.pop();
            if is_calm && self.quiet.contains(&reached) {
                self.quiet.insert(identity);
            }
        }
        self.calm(state, identity)
    }

    fn found<T>(&self, result: Result<T, String>) -> Result<T, Box<Found>> {
        result.map_err(|what| Box::new(Found { what, way: self.way.clone() }))
    }

    /// Lets time go on without faults until nothing is waiting, and looks whether all has come to a good end. What was on the
    /// way of an earlier one is known to.
    fn calm(&mut self, from: &State, identity: u64) -> Result<(), Box<Found>> {
        if self.quiet.contains(&identity) {
            return Ok(());
        }
        self.counts.ends += 1;
        let begun = self.way.len();
        let mut on_the_way = vec![identity];
        let mut state = from.clone();
        while let Some(action) = calm_action(&state) {
            self.way.push(action.clone());
            if self.way.len() - begun > MAX_CALM {
                return self.found(Err("it never comes to rest".into()));
            }
            state = self.found(apply(self.model, &state, &action))?;
            let identity = state.identity();
            if self.quiet.contains(&identity) {
                break;
            }
            on_the_way.push(identity);
        }
        if calm_action(&state).is_none() {
            self.found(oracle::end(self.model, from, &state))?;
        }
        self.way.truncate(begun);
        self.quiet.extend(on_the_way);
        Ok(())
    }
}

/// What happens next when nothing goes wrong: dispatchers do what they have begun, then what is due, then time goes on.
fn calm_action(state: &State) -> Option<Action> {
    let busy = (0..2).find(|worker| state.workers[*worker].is_some()).map(Action::Step);
    let due = || state.is_anything_due().then_some(Action::Begin(0));
    busy.or_else(due).or_else(|| state.next_deadline().map(Action::Jump))
}
