//! What breaks on purpose: a store and a gateway that fall over, or let somebody else in, at a chosen call.
//!
//! Every call of the engine to the outside is a step with a number. So a test can go through all of them: "the process
//! dies at step 17", "the other dispatcher runs while this one is at step 17".
// every test file uses another part of it, and a test kit may fail by panicking
#![allow(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod bench;

pub use bench::*;

use depesza::gateway::Gateway;
use depesza::model::*;
use depesza::store::{Commit, Found, Index, MemoryStore, RowKey, Scan, Store, StoreError, Table};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};

/// What happens at the chosen step.
#[derive(Clone)]
pub enum Trip {
    /// The process is killed before the call has any effect.
    DieBefore,
    /// The process is killed after the call had its effect and before anybody learns of it.
    DieAfter,
    /// The store says that it is not available, and has done nothing. (A gateway call is not touched.)
    RefuseBefore,
    /// The store has done it, but the answer is lost.
    RefuseAfter,
    /// Something else happens first, such as another dispatcher's whole turn.
    Meanwhile(Arc<dyn Fn() + Send + Sync>),
}

/// Counts steps and trips once.
#[derive(Default)]
pub struct Wire {
    state: Mutex<(usize, Option<(usize, Trip)>)>,
}

impl Wire {
    /// Arms it: the `step`-th call from now on (from 0) trips.
    pub fn arm(&self, step: usize, trip: Trip) {
        *self.state.lock().unwrap() = (0, Some((step, trip)));
    }

    /// Disarms it; true when it had tripped.
    pub fn disarm(&self) -> bool {
        self.state.lock().unwrap().1.take().is_none()
    }

    fn step(&self) -> Option<Trip> {
        let mut state = self.state.lock().unwrap();
        let now = state.0;
        state.0 += 1;
        if matches!(&state.1, Some((at, _)) if *at == now) {
            state.1.take().map(|(_, trip)| trip)
        } else {
            None
        }
    }

    fn store<T>(&self, call: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let gone = || Err(StoreError::Unavailable("the disk is gone".into()));
        match self.step() {
            None => call(),
            Some(Trip::DieBefore) => die(),
            Some(Trip::DieAfter) => {
                let _ = call();
                die()
            }
            Some(Trip::RefuseBefore) => gone(),
            Some(Trip::RefuseAfter) => {
                let _ = call();
                gone()
            }
            Some(Trip::Meanwhile(other)) => {
                other();
                call()
            }
        }
    }

    fn gateway<T>(&self, call: impl FnOnce() -> T) -> T {
        match self.step() {
            None | Some(Trip::RefuseBefore | Trip::RefuseAfter) => call(),
            Some(Trip::DieBefore) => die(),
            Some(Trip::DieAfter) => {
                let _ = call();
                die()
            }
            Some(Trip::Meanwhile(other)) => {
                other();
                call()
            }
        }
    }
}

/// Unwinds like a panic, without its noise.
fn die() -> ! {
    std::panic::resume_unwind(Box::new("killed"))
}

/// Runs something that may be killed; true when it came to its end.
pub fn survives(work: impl FnOnce()) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_ok()
}

/// A store on a wire, and with practices whose commits fail.
pub struct WiredStore {
    pub inner: Arc<MemoryStore>,
    pub wire: Arc<Wire>,
    pub broken: Mutex<BTreeSet<PracticeId>>,
}

impl WiredStore {
    pub fn new(wire: Arc<Wire>) -> Self {
        Self { inner: Arc::default(), wire, broken: Mutex::default() }
    }
}

impl Store for WiredStore {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.wire.store(|| self.inner.version(practice))
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        self.wire.store(|| self.inner.read(practice, rows))
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.wire.store(|| self.inner.list(practice, table, from, to, limit))
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        self.wire.store(|| self.inner.scan(practice, scan))
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        if self.broken.lock().unwrap().contains(&commit.practice) {
            return Err(StoreError::Unavailable("this practice's file is read-only".into()));
        }
        self.wire.store(|| self.inner.commit(commit))
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.wire.store(|| self.inner.find(index, key))
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.wire.store(|| self.inner.due(queue, until, limit))
    }
}

/// A gateway on a wire that knows what reached a handset.
pub struct WiredGateway {
    pub wire: Arc<Wire>,
    pub can: Capabilities,
    state: Mutex<GatewayState>,
}

#[derive(Default)]
struct GatewayState {
    /// Our references, once for every text that reached a handset.
    handsets: Vec<(String, Body)>,
    /// All submissions, refused ones too.
    handed: Vec<Submission>,
    script: VecDeque<SubmitResult>,
    known: BTreeMap<String, String>,
    /// How many answers a call gives at most.
    answers: Option<usize>,
    /// An answer that is given before the reference is looked at.
    first: Option<SubmitResult>,
}

impl WiredGateway {
    pub fn new(wire: Arc<Wire>, can: Capabilities) -> Self {
        Self { wire, can, state: Mutex::default() }
    }

    /// Forces the next answers; an `Unknown` whose cause is "taken" is taken all the same.
    pub fn script(&self, answers: impl IntoIterator<Item = SubmitResult>) {
        self.state.lock().unwrap().script.extend(answers);
    }

    /// Takes the forced answers back.
    pub fn unscript(&self) {
        self.state.lock().unwrap().script.clear();
    }

    /// Gives this answer next, without looking whether the reference is known.
    pub fn answer_first(&self, answer: SubmitResult) {
        self.state.lock().unwrap().first = Some(answer);
    }

    /// The idempotency window ends: references are no longer known.
    pub fn forget(&self) {
        self.state.lock().unwrap().known.clear();
    }

    pub fn answer_at_most(&self, answers: usize) {
        self.state.lock().unwrap().answers = Some(answers);
    }

    /// Our references in the order in which texts reached handsets.
    pub fn handsets(&self) -> Vec<String> {
        self.state.lock().unwrap().handsets.iter().map(|(reference, _)| reference.clone()).collect()
    }

    pub fn handed(&self) -> Vec<Submission> {
        self.state.lock().unwrap().handed.clone()
    }

    fn submit_one(&self, message: &Submission) -> SubmitResult {
        let mut state = self.state.lock().unwrap();
        state.handed.push(message.clone());
        if let Some(answer) = state.first.take() {
            return answer;
        }
        let accepted =
            |id: String| SubmitResult::Accepted { provider_ids: vec![id], parts: None, cost_milli: None };
        let unique = matches!(self.can.own_reference, OwnReference::Unique { .. });
        if unique && let Some(id) = state.known.get(&message.reference) {
            return accepted(id.clone());
        }
        let scripted = state.script.pop_front();
        let taken = match &scripted {
            None | Some(SubmitResult::Accepted { .. }) => true,
            Some(SubmitResult::Unknown { why }) => why == "taken",
            Some(_) => false,
        };
        let id = format!("p-{}", state.handsets.len() + 1);
        if taken {
            state.handsets.push((message.reference.clone(), message.body.clone()));
            state.known.insert(message.reference.clone(), id.clone());
        }
        scripted.unwrap_or_else(|| accepted(id))
    }
}

impl Gateway for WiredGateway {
    fn capabilities(&self) -> Capabilities {
        self.can.clone()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let mut answers =
            self.wire.gateway(|| batch.iter().map(|one| self.submit_one(one)).collect::<Vec<_>>());
        if let Some(most) = self.state.lock().unwrap().answers {
            answers.truncate(most);
        }
        answers
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        self.wire.gateway(|| match self.state.lock().unwrap().known.get(reference) {
            Some(id) => {
                LookupResult::Known { provider_ids: vec![id.clone()], state: DeliveryState::Accepted }
            }
            None => LookupResult::NotFound {},
        })
    }
}

/// A gateway that keeps our reference as an idempotency key for a day.
pub fn idempotent() -> Capabilities {
    let own_reference = OwnReference::Unique { window_ms: DAY_MS };
    Capabilities { own_reference, look_up: false, batch: 2, reports: true, cancel: false }
}

/// A gateway that can be asked by our reference, and would send the same reference twice.
pub fn look_up_only() -> Capabilities {
    let own_reference = OwnReference::Stored {};
    Capabilities { own_reference, look_up: true, batch: 2, reports: true, cancel: false }
}

/// A gateway that can do nothing but send.
pub fn plain() -> Capabilities {
    let own_reference = OwnReference::None;
    Capabilities { own_reference, look_up: false, batch: 2, reports: true, cancel: false }
}

pub fn rejected(class: RejectClass) -> SubmitResult {
    SubmitResult::Rejected { class, code: "test".into() }
}

pub fn unknown() -> SubmitResult {
    SubmitResult::Unknown { why: "time-out".into() }
}

/// The gateway took it, and the answer is lost.
pub fn taken_unknown() -> SubmitResult {
    SubmitResult::Unknown { why: "taken".into() }
}
