//! Records what a host calls and what its gateways answer.

use super::Act;
use super::data::{
    Bundle, Decided, Decisions, GatewayAnswer, Recorded, RecordedCall, RecordedGateway, VERSION,
};
use crate::engine::{Dispatched, Engine, EngineError, Outcome, Worked};
use crate::gateway::Gateway;
use crate::model::{
    Capabilities, Event, Fact, GatewayId, LookupResult, MessageId, Practice, PracticeId, Submission,
    SubmitResult, Timestamp, User,
};
use crate::store::{MAX_PAGE, Store};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What gateways answered since it was last taken.
pub(super) type AnswerLog = Arc<Mutex<Vec<GatewayAnswer>>>;

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Stands in for a host's engine over the store of **one** practice, empty at first, and records every call. Calls are
/// taken one after the other, as one dispatcher makes them. Questions go to [`engine`](Self::engine).
pub struct Recorder {
    engine: Engine,
    practice: PracticeId,
    gateways: Vec<RecordedGateway>,
    log: AnswerLog,
    calls: Mutex<Vec<Recorded>>,
}

impl Recorder {
    /// A recorder over an empty store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        gateways: Vec<(GatewayId, Arc<dyn Gateway>)>,
        practice: PracticeId,
    ) -> Self {
        let log = AnswerLog::default();
        let known = gateways
            .iter()
            .map(|(id, gateway)| RecordedGateway { id: id.clone(), capabilities: gateway.capabilities() });
        let known = known.collect();
        let listening = gateways.into_iter().map(|(id, inner)| {
            let gateway: Arc<dyn Gateway> =
                Arc::new(RecordingGateway { id: id.clone(), inner, log: log.clone() });
            (id, gateway)
        });
        Self {
            engine: Engine::new(store, listening.collect()),
            practice,
            gateways: known,
            log,
            calls: Mutex::default(),
        }
    }

    /// The engine, to ask. What is done by it directly is not recorded.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// [`Engine::open_practice`].
    ///
    /// # Errors
    /// Those of the engine; a call that fails is recorded too.
    pub fn open_practice(&self, practice: &Practice, now: Timestamp) -> Result<(), EngineError> {
        let call = RecordedCall::Open { practice: Box::new(practice.clone()) };
        self.record(call, now, || self.engine.open_practice(practice, now))
    }

    /// [`Clinic::apply`](crate::engine::Clinic::apply).
    ///
    /// # Errors
    /// As [`open_practice`](Self::open_practice).
    pub fn apply(&self, facts: &[Fact], now: Timestamp) -> Result<Vec<Outcome>, EngineError> {
        let call = RecordedCall::Apply { facts: facts.to_vec() };
        self.record(call, now, || self.engine.practice(self.practice.clone()).apply(facts, now))
    }

    /// An act of a user.
    ///
    /// # Errors
    /// As [`open_practice`](Self::open_practice).
    pub fn act(&self, user: &User, act: &Act, now: Timestamp) -> Result<(), EngineError> {
        let call = RecordedCall::Act { user: user.clone(), act: Box::new(act.clone()) };
        self.record(call, now, || {
            act.perform(&self.engine.practice(self.practice.clone()).as_user(user.clone()), now)
        })
    }

    /// [`Engine::dispatch`].
    ///
    /// # Errors
    /// As [`open_practice`](Self::open_practice).
    pub fn dispatch(&self, now: Timestamp, limit: u64) -> Result<Dispatched, EngineError> {
        self.record(RecordedCall::Dispatch { limit }, now, || self.engine.dispatch(now, limit))
    }

    /// [`Engine::work`].
    ///
    /// # Errors
    /// As [`open_practice`](Self::open_practice).
    pub fn work(&self, now: Timestamp, limit: u64) -> Result<Worked, EngineError> {
        self.record(RecordedCall::Work { limit }, now, || self.engine.work(now, limit))
    }

    /// [`Clinic::ask_balances`](crate::engine::Clinic::ask_balances).
    ///
    /// # Errors
    /// As [`open_practice`](Self::open_practice).
    pub fn ask_balances(&self, now: Timestamp) -> Result<(), EngineError> {
        let ask = || self.engine.practice(self.practice.clone()).ask_balances(now);
        self.record(RecordedCall::AskBalances {}, now, ask)
    }

    /// [`Engine::resume_gateway`].
    ///
    /// # Errors
    /// As [`open_practice`](Self::open_practice).
    pub fn resume_gateway(&self, gateway: &GatewayId, now: Timestamp) -> Result<(), EngineError> {
        let call = RecordedCall::ResumeGateway { gateway: gateway.clone() };
        self.record(call, now, || self.engine.resume_gateway(&self.practice, gateway, now))
    }

    /// [`Clinic::restored`](crate::engine::Clinic::restored).
    ///
    /// # Errors
    /// As [`open_practice`](Self::open_practice).
    pub fn restored(&self, copied_at: Timestamp, now: Timestamp) -> Result<u64, EngineError> {
        let restored = || self.engine.practice(self.practice.clone()).restored(copied_at, now);
        self.record(RecordedCall::Restored { copied_at }, now, restored)
    }

    fn record<T>(
        &self,
        call: RecordedCall,
        at: Timestamp,
        work: impl FnOnce() -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let mut calls = locked(&self.calls);
        let result = work();
        let answers = std::mem::take(&mut *locked(&self.log));
        let before = calls.last().map_or(0, |recorded| recorded.events);
        // a practice that could not be opened has none
        let events = last_event(&self.engine, &self.practice, before).unwrap_or(before);
        calls.push(Recorded { at, call, answers, failed: result.is_err(), events });
        result
    }

    /// What was recorded so far, with what was decided by now.
    ///
    /// # Errors
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn bundle(&self) -> Result<Bundle, EngineError> {
        let calls = locked(&self.calls);
        Ok(Bundle {
            version: VERSION,
            practice: self.practice.clone(),
            gateways: self.gateways.clone(),
            calls: calls.clone(),
            decisions: decisions(&self.engine, &self.practice)?,
        })
    }
}

/// The events of a practice after a number.
fn events_after(engine: &Engine, practice: &PracticeId, mut after: u64) -> Result<Vec<Event>, EngineError> {
    let clinic = engine.practice(practice.clone());
    let mut events = Vec::new();
    loop {
        let page = clinic.events(after, MAX_PAGE)?;
        let Some(last) = page.last() else { return Ok(events) };
        after = last.no;
        events.extend(page);
    }
}

/// The number of a practice's last event, where there were `before` at least.
pub(super) fn last_event(engine: &Engine, practice: &PracticeId, before: u64) -> Result<u64, EngineError> {
    Ok(events_after(engine, practice, before)?.last().map_or(before, |event| event.no))
}

/// What an engine has decided of a practice.
pub(super) fn decisions(engine: &Engine, practice: &PracticeId) -> Result<Decisions, EngineError> {
    let clinic = engine.practice(practice.clone());
    let mut messages = Vec::new();
    for number in 1.. {
        let Some(message) = clinic.message(MessageId(number))? else { break };
        messages.push(Decided::of(&message));
    }
    Ok(Decisions { messages, events: events_after(engine, practice, 0)? })
}

/// A gateway whose answers are noted.
struct RecordingGateway {
    id: GatewayId,
    inner: Arc<dyn Gateway>,
    log: AnswerLog,
}

impl Gateway for RecordingGateway {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let results = self.inner.submit(batch);
        let messages = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let gateway = self.id.clone();
        locked(&self.log).push(GatewayAnswer::Submitted { gateway, messages, results: results.clone() });
        results
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        let result = self.inner.look_up(reference);
        locked(&self.log).push(GatewayAnswer::LookedUp { gateway: self.id.clone(), result: result.clone() });
        result
    }

    fn cancel(&self, reference: &str) -> bool {
        let done = self.inner.cancel(reference);
        locked(&self.log).push(GatewayAnswer::Cancelled { gateway: self.id.clone(), done });
        done
    }

    fn balance_milli(&self) -> Option<i64> {
        let milli = self.inner.balance_milli();
        locked(&self.log).push(GatewayAnswer::Balance { gateway: self.id.clone(), milli });
        milli
    }
}
