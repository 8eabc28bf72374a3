//! The engine: facts in, decisions out, messages to the gateway.
//!
//! One rule holds it together: **what was decided is committed before anything happens outside, and what happened
//! outside is never assumed.** So:
//!
//! 1. Open a store and the gateways, and make an [`Engine`].
//! 2. Tell it the practice ([`Engine::open_practice`]) and, as a user, its campaigns ([`Desk::create_campaign`],
//!    [`Desk::activate`]).
//! 3. Tell it facts as they happen ([`Clinic::apply`]): patients, visits, incoming messages, delivery reports. Each fact is
//!    decided on at once and committed whole.
//! 4. Call [`Engine::dispatch`] and [`Engine::work`] when [`Engine::next_due`] says, or on a timer.
//! 5. Read what was decided ([`Clinic::events`]) and show it.
//! 6. Ask whatever a screen needs ([`Clinic::messages_of_visit`], [`Clinic::figures`] …).
//!
//! The engine never reads a clock: every call that decides takes `now`. The same facts at the same times with one
//! dispatcher give the same result, byte for byte.
//!
//! This room is the only one that calls [`Store`] and [`Gateway`]. Rules stand in the rooms it calls: what a campaign
//! wants in [`campaign`](crate::campaign), what a message may become in [`message`](crate::message), what a text says in
//! [`reply`](crate::reply).

mod access;
mod account;
mod admin;
mod after_call;
mod assigning;
mod audit;
mod breaker;
mod calls;
mod claim;
mod conversation;
mod counting;
mod deliver;
mod drafting;
mod drafts;
mod dry_run;
mod erasure;
mod error;
mod explain;
mod export;
mod facts;
mod figures;
mod foresee;
mod inbound;
mod inbox;
mod jobs;
mod links;
mod list_keys;
mod lists;
mod look;
mod memo;
mod outreach;
mod person;
mod planning;
mod prepare;
mod query;
mod record;
mod render;
mod replay;
mod reports;
mod requests;
mod restore;
mod retention;
mod router;
mod routing;
mod row;
mod rules;
mod settings;
mod settle;
mod slots;
mod standing;
#[cfg(feature = "testing")]
mod stepped;
mod steps;
#[cfg(feature = "testing")]
mod stored;
mod streams;
mod surroundings;
mod sweeps;
mod templates;
mod tx;
mod writing;

pub use access::{Clinic, Desk, Host, Side, Who};
pub use audit::AuditPage;
pub use conversation::MAX_FOUND;
pub use deliver::Dispatched;
pub use drafts::{MAX_DRAFT_BYTES, MAX_DRAFTS};
pub use dry_run::MAX_DRY_RUN;
pub use erasure::Erased;
pub use error::{EngineError, FieldFault};
pub use facts::Outcome;
pub use jobs::Worked;
pub use lists::MAX_EXAMINED;
pub use query::CallPage;
pub use replay::Replay;
pub use restore::DoubtSettled;
pub use routing::Routed;
pub use rules::{MAX_RULES, RuleSwitch};
pub(crate) use settle::number_hash;
#[cfg(feature = "testing")]
pub use stepped::{SteppedTurn, TurnStep};
#[cfg(feature = "testing")]
pub use stored::{stored_message, stored_patient, stored_tally};
pub use templates::MAX_TEMPLATES;

use crate::gateway::Gateway;
use crate::model::{Fact, GatewayId, Practice, PracticeId, Timestamp, User};
use crate::store::{Index, Store, StoreError};
use std::collections::BTreeSet;
use std::sync::Arc;
use tx::{Kept, Tx};

/// How often a unit of work is decided anew when another commit of the practice came between. Each time that other one was
/// stored: a person's act on thousands of messages has to find its gap in a stream of small ones.
const MAX_RETRIES: usize = 1_000;

/// The engine over one store and its gateways. Cheap to clone; every method may be called from several threads, and
/// several processes may run one on the same store where the store allows it.
#[derive(Clone)]
pub struct Engine {
    store: Arc<dyn Store>,
    gateways: Vec<(GatewayId, Arc<dyn Gateway>)>,
    rules: Arc<rules::RuleShelf>,
    outages: Arc<router::Outages>,
}

impl Engine {
    /// An engine over a store. New messages go to the first gateway that is not paused, or by the practice's
    /// [`routes`](crate::model::Settings::routes); without one they wait.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, gateways: Vec<(GatewayId, Arc<dyn Gateway>)>) -> Self {
        Self { store, gateways, rules: Arc::default(), outages: Arc::default() }
    }

    /// Creates a practice, or changes its settings; telling the same again changes nothing. What was planned, or skipped,
    /// under other settings is planned anew. Its link markers are taken as the host gives them, whether bodies use the ones it
    /// leaves out or not: what can no longer be rendered is skipped with the reason. People's changes of links go through
    /// [`Desk::save_link`] and [`Desk::delete_link`], which look.
    ///
    /// # Errors
    /// [`EngineError::Practice`] with every fault of the settings; [`EngineError::Store`].
    pub fn open_practice(&self, practice: &Practice, now: Timestamp) -> Result<(), EngineError> {
        let faults = crate::practice::check(practice);
        if !faults.is_empty() {
            return Err(EngineError::Practice(faults));
        }
        retried(|| {
            let Some(mut tx) = Tx::begin_with(&*self.store, &self.rules, practice, now)? else {
                return Ok(());
            };
            settings::changed(&mut tx)?;
            tx.commit()
        })
    }

    /// A practice's side of the engine. Whether it is known shows at the first call.
    #[must_use]
    pub fn practice(&self, id: PracticeId) -> Clinic<'_> {
        Side { engine: self, id, who: Host }
    }

    /// When [`dispatch`](Self::dispatch) or [`work`](Self::work) will next have something to do; `None` when nothing
    /// is waiting. A time in the past means now, or that another dispatcher is at it.
    ///
    /// # Errors
    /// [`EngineError::Store`].
    pub fn next_due(&self) -> Result<Option<Timestamp>, EngineError> {
        let first =
            |queue| Ok::<_, StoreError>(self.store.due(queue, Timestamp::MAX, 1)?.first().map(|(_, at)| *at));
        Ok(first(Index::Due)?.into_iter().chain(first(Index::Work)?).min())
    }

    fn gateway(&self, id: &GatewayId) -> Option<&dyn Gateway> {
        self.gateways.iter().find(|(known, _)| known == id).map(|(_, gateway)| &**gateway)
    }

    /// Runs a unit of work; decides anew when another commit of the practice came between.
    fn transact<T>(
        &self,
        practice: &PracticeId,
        now: Timestamp,
        work: impl Fn(&mut Tx<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        self.transact_after(&mut Kept::default(), practice, now, work)
    }

    /// The same as one of several in a row: each finds what the one before it read and wrote, where nobody else stored
    /// anything in between.
    fn transact_after<T>(
        &self,
        kept: &mut Kept,
        practice: &PracticeId,
        now: Timestamp,
        work: impl Fn(&mut Tx<'_>) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        retried(|| {
            let known = std::mem::take(kept);
            let mut tx = Tx::begin_after(&*self.store, &self.rules, practice, now, known)?;
            let result = work(&mut tx)?;
            *kept = tx.commit_and_keep()?;
            Ok(result)
        })
    }
}

fn retried<T>(mut work: impl FnMut() -> Result<T, EngineError>) -> Result<T, EngineError> {
    let mut result = work();
    for _ in 0..MAX_RETRIES {
        match result {
            Err(EngineError::Store(StoreError::Conflict { .. })) => result = work(),
            other => return other,
        }
    }
    result
}

/// Practices whose store failed during a call that serves many: they are left alone for the rest of it.
#[derive(Default)]
struct Faults {
    practices: BTreeSet<PracticeId>,
    first: Option<EngineError>,
}

impl Faults {
    /// What a practice's turn gave; `None` when it failed, which is remembered.
    fn note<T>(&mut self, practice: PracticeId, result: Result<T, EngineError>) -> Option<T> {
        result
            .map_err(|error| {
                self.practices.insert(practice);
                self.first.get_or_insert(error);
            })
            .ok()
    }

    /// The practices of a queue that may still have a turn.
    fn without(&self, due: Vec<(PracticeId, Timestamp)>) -> Vec<PracticeId> {
        due.into_iter().map(|(id, _)| id).filter(|id| !self.practices.contains(id)).collect()
    }
}

impl Clinic<'_> {
    /// Tells facts, in their order: all of them are stored and decided on in one commit, or none is.
    ///
    /// A fact with an older or equal revision of its record, a report or an incoming message seen before changes
    /// nothing, and so does the whole call when it is repeated.
    ///
    /// # Errors
    /// [`EngineError::Fact`] names the first faulty one and its field; [`EngineError::UnknownPractice`],
    /// [`EngineError::Store`].
    pub fn apply(&self, facts: &[Fact], now: Timestamp) -> Result<Vec<Outcome>, EngineError> {
        self.engine.transact(&self.id, now, |tx| {
            foresee::facts(tx, facts)?;
            facts.iter().enumerate().map(|(place, fact)| facts::apply(tx, place, fact)).collect()
        })
    }

    /// What a person at the desk does and asks. The host owns users and says what each may do; whatever a user does
    /// without the permission is refused as [`EngineError::NotPermitted`].
    #[must_use]
    pub fn as_user(&self, user: User) -> Desk<'_> {
        Side { engine: self.engine, id: self.id.clone(), who: user }
    }
}
