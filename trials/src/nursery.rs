//! The dispatcher processes: started, killed at planned points, buried and started anew. Each death is written down with
//! what was in the dead one's hands.
//!
//! A dispatcher tells its every step in notices that it does not wait for, so a kill that a notice sets off meets it a few
//! microseconds to a few milliseconds further on: anywhere in the protocol.

use crate::dispatcher::{CHARGE, Charge};
use crate::wire::{Held, Line};
use depesza::model::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When a dispatcher is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// As it begins a commit.
    Begins,
    /// As it has claimed.
    Claimed,
    /// As it has committed `Submitting`.
    Submitting,
    /// As it calls the gateway.
    Calls,
    /// As the gateway has taken its messages and has not answered.
    Taken,
    /// As the gateway has answered.
    Called,
    /// At any time.
    AnyTime,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Begins,
        Self::Claimed,
        Self::Submitting,
        Self::Calls,
        Self::Taken,
        Self::Called,
        Self::AnyTime,
    ];
}

/// What a kill met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Death {
    /// A commit had begun and was not known to have ended.
    pub in_commit: bool,
    /// Messages that it had claimed.
    pub claimed: usize,
    /// Messages that it had committed as `Submitting`, without an answer stored.
    pub submitting: usize,
    /// The gateway was being called.
    pub in_call: bool,
}

#[derive(Default)]
struct Life {
    child: Option<Child>,
    /// It has connected: only then will its silence be noticed.
    greeted: bool,
    /// Its connection for orders has ended, and all that it wrote was read.
    silent: bool,
    /// It was killed by us, or told to stop.
    meant: bool,
    in_commit: bool,
    in_call: bool,
    claimed: BTreeSet<Held>,
    submitting: BTreeSet<Held>,
    idle_at: Option<Timestamp>,
}

#[derive(Default)]
struct State {
    lives: BTreeMap<u64, Life>,
    next: u64,
    armed: Option<(Point, u32)>,
    kills: BTreeMap<Point, u64>,
    deaths: Vec<Death>,
    errors: BTreeMap<String, u64>,
    stop: bool,
}

/// The dispatchers of a trial.
pub struct Nursery {
    program: PathBuf,
    charge: Mutex<Charge>,
    state: Mutex<State>,
}

impl Nursery {
    /// Nobody yet. `program` is the dispatcher's binary, `charge` what each is told, but for its number.
    #[must_use]
    pub fn new(program: PathBuf, charge: Charge) -> Self {
        Self { program, charge: Mutex::new(charge), state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Buries the dead and starts as many as are missing.
    ///
    /// # Panics
    /// When one died of itself, or cannot be started.
    pub fn tend(&self, wanted: usize) {
        let mut state = self.state();
        let mut dead = Vec::new();
        for (number, life) in &mut state.lives {
            let child = life.child.as_mut().unwrap();
            if let Some(status) = child.try_wait().unwrap() {
                assert!(life.meant, "dispatcher {number} died of itself: {status}");
                if life.silent || !life.greeted {
                    dead.push(*number);
                }
            }
        }
        for number in dead {
            let life = state.lives.remove(&number).unwrap();
            state.deaths.push(Death {
                in_commit: life.in_commit,
                claimed: life.claimed.len(),
                submitting: life.submitting.len(),
                in_call: life.in_call,
            });
        }
        while state.lives.len() < wanted {
            state.next += 1;
            let number = state.next;
            let charge = Charge { dispatcher: number, ..self.charge.lock().unwrap().clone() };
            let child = Command::new(&self.program)
                .env(CHARGE, serde_json::to_string(&charge).unwrap())
                .stdin(Stdio::null())
                .spawn()
                .expect("the dispatcher's binary starts");
            state.lives.insert(number, Life { child: Some(child), ..Life::default() });
        }
    }

    /// Kills all; those that follow open another store.
    pub fn reopen(&self, url: &str) {
        self.charge.lock().unwrap().url = url.to_owned();
        let mut state = self.state();
        let living: Vec<u64> = state.lives.keys().copied().collect();
        for number in living {
            kill(&mut state, number, Point::AnyTime);
        }
    }

    /// Kills a dispatcher the `after`th time that one comes to a point. [`Point::AnyTime`] kills at once.
    pub fn arm(&self, point: Point, after: u32, victim: usize) {
        let mut state = self.state();
        if point == Point::AnyTime {
            let living: Vec<u64> = state
                .lives
                .iter()
                .filter(|(_, life)| life.greeted && !life.meant)
                .map(|(number, _)| *number)
                .collect();
            if !living.is_empty() {
                kill(&mut state, living[victim % living.len()], point);
            }
        } else {
            state.armed = Some((point, after));
        }
    }

    /// Whether a kill is planned and has not come.
    pub fn is_armed(&self) -> bool {
        self.state().armed.is_some()
    }

    /// No more kills.
    pub fn disarm(&self) {
        self.state().armed = None;
    }

    /// A dispatcher came to a point.
    pub fn at(&self, dispatcher: u64, point: Point) {
        reached(&mut self.state(), dispatcher, point);
    }

    /// A notice of a dispatcher; `None`: its connection has ended.
    pub fn noticed(&self, dispatcher: u64, line: Option<Line>) {
        let mut state = self.state();
        let Some(life) = state.lives.get_mut(&dispatcher) else { return };
        let point = match line {
            None => {
                life.silent = true;
                return;
            }
            Some(Line::Begins {}) => {
                life.in_commit = true;
                Some(Point::Begins)
            }
            Some(Line::Ended { claimed, submitting, settled }) => {
                life.in_commit = false;
                let point = match (claimed.is_empty(), submitting.is_empty()) {
                    (false, _) => Some(Point::Claimed),
                    (true, false) => Some(Point::Submitting),
                    (true, true) => None,
                };
                for held in submitting.iter().chain(&settled) {
                    life.claimed.remove(held);
                }
                for held in claimed.iter().chain(&settled) {
                    life.submitting.remove(held);
                }
                life.claimed.extend(claimed);
                life.submitting.extend(submitting);
                point
            }
            Some(Line::Calls { .. }) => {
                life.in_call = true;
                Some(Point::Calls)
            }
            Some(Line::Called {}) => {
                life.in_call = false;
                Some(Point::Called)
            }
            Some(Line::Next { idle, at, error }) => {
                // a round is over: what it could not settle waits for its lease, in nobody's hands
                life.claimed.clear();
                life.submitting.clear();
                life.idle_at = idle.then_some(at);
                if let Some(error) = error {
                    *state.errors.entry(error).or_default() += 1;
                }
                None
            }
            Some(Line::Hello { .. }) => {
                life.greeted = true;
                None
            }
            Some(Line::Submit { .. } | Line::LookUp { .. }) => None,
        };
        if let Some(point) = point {
            reached(&mut state, dispatcher, point);
        }
    }

    /// Whether every dispatcher found nothing to do at `since` or later.
    #[must_use]
    pub fn is_idle(&self, since: Timestamp) -> bool {
        let state = self.state();
        !state.lives.is_empty() && state.lives.values().all(|life| life.idle_at.is_some_and(|at| at >= since))
    }

    /// Whether dispatchers are to end.
    #[must_use]
    pub fn stops(&self) -> bool {
        self.state().stop
    }

    /// Tells all to end, and waits until they have.
    ///
    /// # Panics
    /// When one goes on for more than 30 s.
    pub fn stop(&self) {
        {
            let mut state = self.state();
            (state.stop, state.armed) = (true, None);
            state.lives.values_mut().for_each(|life| life.meant = true);
        }
        let begun = Instant::now();
        loop {
            let mut state = self.state();
            state.lives.retain(|_, life| life.child.as_mut().unwrap().try_wait().unwrap().is_none());
            if state.lives.is_empty() {
                return;
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "a dispatcher does not end");
            drop(state);
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills all, so that nobody is left behind, also when the trial failed.
    pub fn end(&self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.stop = true;
        for child in state.lives.values_mut().filter_map(|life| life.child.as_mut()) {
            // one that has ended already is what is wanted
            let _ = child.kill();
            let _ = child.wait();
        }
        state.lives.clear();
    }

    /// How many were killed at each point.
    #[must_use]
    pub fn kills(&self) -> BTreeMap<Point, u64> {
        self.state().kills.clone()
    }

    /// What the kills met.
    #[must_use]
    pub fn deaths(&self) -> Vec<Death> {
        self.state().deaths.clone()
    }

    /// What rounds failed with, and how often.
    #[must_use]
    pub fn errors(&self) -> BTreeMap<String, u64> {
        self.state().errors.clone()
    }
}

fn reached(state: &mut State, dispatcher: u64, point: Point) {
    let Some((armed, after)) = state.armed else { return };
    if armed != point {
        return;
    }
    if after > 0 {
        state.armed = Some((armed, after - 1));
    } else {
        state.armed = None;
        kill(state, dispatcher, point);
    }
}

fn kill(state: &mut State, dispatcher: u64, point: Point) {
    let Some(life) = state.lives.get_mut(&dispatcher).filter(|life| !life.meant) else { return };
    life.meant = true;
    // SIGKILL; that it has ended already cannot be, or `tend` will tell
    let _ = life.child.as_mut().unwrap().kill();
    *state.kills.entry(point).or_default() += 1;
}
