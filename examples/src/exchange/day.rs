//! The calls of a day that is over, and the rules for them: played, or replayed without sending anything.

use super::{desk, gateway};
use crate::play::{Host, Refused};
use crate::read::facts::Told;
use depesza::engine::{Clinic, Engine, EngineError, Replay};
use depesza::model::{Call, DAY_MS, Fact, Language, Timestamp};
use depesza::store::{MemoryStore, Store};
use depesza_rules_file::{RulesFile, check, read};
use std::path::Path;
use std::sync::Arc;

/// How long after the last call a message may still go: the longest delay of a rule, and a day of use.
const AFTER_MS: i64 = 8 * DAY_MS;

/// Reads a rules file and has the engine look it over on an empty store in memory. What the engine finds is named in
/// `language`.
///
/// # Errors
/// All that is wrong with the file.
pub fn rules(path: &Path, language: Language) -> Result<RulesFile, Refused> {
    let file = read(path).map_err(|faults| Refused::Files(vec![faults]))?;
    match check(&file, &path.display().to_string(), language).map_err(Refused::Engine)? {
        Some(faults) => Err(Refused::Files(vec![faults])),
        None => Ok(file),
    }
}

/// Calls that are over, in the order of their ends, and rules that are right.
#[derive(Clone, Debug)]
pub struct Day {
    rules: RulesFile,
    calls: Vec<Call>,
}

impl Day {
    /// Takes rules from [`rules()`], and calls in any order.
    ///
    /// # Errors
    /// There is no call.
    pub fn new(rules: RulesFile, mut calls: Vec<Call>) -> Result<Self, Refused> {
        calls.sort_by(|a, b| (a.ended_at, a.started_at, &a.id).cmp(&(b.ended_at, b.started_at, &b.id)));
        if calls.is_empty() { Err(Refused::NoCalls) } else { Ok(Self { rules, calls }) }
    }

    /// The account and its rules.
    #[must_use]
    pub fn rules(&self) -> &RulesFile {
        &self.rules
    }

    /// The calls, in the order of their ends.
    #[must_use]
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// The beginning of the first call, and the instant at which nothing waits any more.
    #[must_use]
    pub fn bounds(&self) -> (Timestamp, Timestamp) {
        let first = self.calls.iter().map(|call| call.started_at).min().unwrap_or_default();
        let last = self.calls.last().map_or(first, |call| call.ended_at);
        (first, last.plus_ms(AFTER_MS))
    }

    /// Plays the day on a store, each call told at its end. On a store that knows the calls already, they are told once
    /// more, and nothing is sent twice.
    ///
    /// # Errors
    /// The store's.
    pub fn play(&self, store: Arc<dyn Store>) -> Result<Host, EngineError> {
        let (opening, closing) = self.bounds();
        let mut host = Host::with(gateway(), store, &self.rules.practice, opening.plus_ms(-1))?;
        desk::put(&host.clinic(), &self.rules, opening.plus_ms(-1))?;
        let told = |call: &Call| Told { at: call.ended_at, fact: Fact::CallEnded(call.clone()) };
        let told: Vec<Told> = self.calls.iter().map(told).collect();
        host.run(told.iter(), closing, &mut |_| {})?;
        Ok(host)
    }

    /// What the rules would have sent for these calls, with the settings and opt-outs that the store has for the account;
    /// where it does not know the account, with the settings of the file. Nothing is sent, and the store stays as it is.
    ///
    /// # Errors
    /// The store's.
    pub fn replay(&self, store: Arc<dyn Store>) -> Result<Replay, EngineError> {
        let practice = &self.rules.practice;
        let known = Engine::new(store, Vec::new());
        let replay = |clinic: Clinic<'_>| clinic.replay_calls(&self.rules.as_kept(), &self.calls);
        match replay(known.practice(practice.id.clone())) {
            Err(EngineError::UnknownPractice(_)) => {
                let engine = Engine::new(Arc::new(MemoryStore::default()), Vec::new());
                engine.open_practice(practice, self.bounds().0)?;
                replay(engine.practice(practice.id.clone()))
            }
            other => other,
        }
    }
}
