//! One practice's turn of `dispatch`, as the steps it is made of.
//!
//! A step is one unit of work or one call of a gateway, never both, and knows all that it needs. `dispatch` runs them in
//! order; a process may die, sleep or be overtaken between any two. As a unit of work is atomic (a conflict makes it decide
//! anew on what is there by then), whatever two dispatchers do at once comes to the same as some order of their whole steps:
//! that is what `core/tests/dispatch_model` goes through, step by step.
//!
//! Not allowed here: what an answer means for a message. That stands in `deliver`, `claim` and `prepare`.

use super::claim::claim;
use super::deliver::{Dispatched, answers, looked_up, taken_back};
use super::prepare::{Handed, Prepared, prepare};
use super::tx::Kept;
use super::{Engine, EngineError};
use crate::model::{
    GatewayId, LookupResult, Message, MessageId, PracticeId, Submission, SubmitResult, Timestamp,
};
#[cfg(feature = "testing")]
use crate::store::RowKey;
use std::collections::VecDeque;

/// What a dispatcher still has before it in a practice's turn.
#[derive(Clone)]
pub(super) struct Steps {
    practice: PracticeId,
    /// The dispatcher's time, the same for the whole turn.
    now: Timestamp,
    steps: VecDeque<Step>,
    /// What the unit of work before left to the next.
    kept: Kept,
    /// Whether anything was due.
    pub any: bool,
}

/// The next thing to do.
#[derive(Clone)]
pub(super) enum Step {
    /// Takes what is due from the queue. Unit of work.
    Claim { limit: u32 },
    /// Asks the gateway what became of a message in doubt. Gateway call.
    LookUp(AtGateway),
    /// Stores what it said. Unit of work.
    LookedUp(AtGateway, LookupResult),
    /// Asks the gateway to take a message back. Gateway call.
    TakeBack(AtGateway),
    /// Stores that it did. Unit of work.
    TakenBack(MessageId),
    /// Decides on a batch, and commits what goes as `Submitting`. Unit of work.
    Prepare(Vec<(MessageId, u64)>),
    /// Hands messages over. Gateway call.
    Submit(GatewayId, Vec<Handed>, Vec<Submission>),
    /// Stores the answers. Unit of work.
    Answered(GatewayId, Vec<Handed>, Vec<SubmitResult>),
}

/// A message that a gateway may have.
#[derive(Clone)]
pub(super) struct AtGateway {
    pub message: MessageId,
    pub gateway: GatewayId,
    pub reference: String,
    /// When it is to be asked again: tells this look-up from earlier and later ones.
    pub again: Option<Timestamp>,
}

impl AtGateway {
    fn of(message: &Message) -> Option<Self> {
        let (gateway, reference) = (message.gateway.clone()?, message.reference.clone()?);
        Some(Self { message: message.id, gateway, reference, again: message.report_due })
    }
}

impl Steps {
    /// A turn from its beginning: at most `limit` messages.
    pub fn new(practice: PracticeId, limit: u32, now: Timestamp) -> Self {
        Self { practice, now, steps: [Step::Claim { limit }].into(), kept: Kept::default(), any: false }
    }

    /// The steps that are known so far, the next one first; a step can bring further ones.
    #[cfg(feature = "testing")]
    pub fn ahead(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter()
    }

    /// The version at which the next unit of work can use rows that are known, and these.
    #[cfg(feature = "testing")]
    pub fn kept(&self) -> (u64, impl Iterator<Item = (RowKey, Option<&str>)>) {
        self.kept.documents()
    }

    /// Does the next step; false when none is left. After an error the turn is over.
    pub fn advance(&mut self, engine: &Engine, done: &mut Dispatched) -> Result<bool, EngineError> {
        let Some(step) = self.steps.pop_front() else { return Ok(false) };
        // what a step brings comes before what was to follow it
        for next in self.run(step, engine, done)?.into_iter().rev() {
            self.steps.push_front(next);
        }
        Ok(true)
    }

    fn run(&mut self, step: Step, engine: &Engine, done: &mut Dispatched) -> Result<Vec<Step>, EngineError> {
        let (practice, now, kept) = (&self.practice, self.now, &mut self.kept);
        Ok(match step {
            Step::Claim { limit } => {
                let capabilities = |message: &Message| {
                    let gateway = message.gateway.as_ref().and_then(|id| engine.gateway(id))?;
                    Some(gateway.capabilities())
                };
                let claimed =
                    engine.transact_after(kept, practice, now, |tx| claim(tx, limit, capabilities))?;
                self.any = claimed.any;
                let asked = claimed.look_up.iter().filter_map(AtGateway::of).map(Step::LookUp);
                let recalled = claimed.recall.iter().filter_map(AtGateway::of).map(Step::TakeBack);
                let batches = claimed.ready.chunks(engine.smallest_batch());
                asked.chain(recalled).chain(batches.map(|batch| Step::Prepare(batch.to_vec()))).collect()
            }
            Step::LookUp(asked) => {
                let Some(gateway) = engine.gateway(&asked.gateway) else { return Ok(Vec::new()) };
                let found = gateway.look_up(&asked.reference);
                vec![Step::LookedUp(asked, found)]
            }
            Step::LookedUp(asked, found) => {
                engine.transact_after(kept, practice, now, |tx| looked_up(tx, &asked, &found))?;
                Vec::new()
            }
            Step::TakeBack(asked) => {
                let taken = engine.gateway(&asked.gateway).is_some_and(|it| it.cancel(&asked.reference));
                // else it stays marked: it may still arrive
                if taken { vec![Step::TakenBack(asked.message)] } else { Vec::new() }
            }
            Step::TakenBack(message) => {
                engine.transact_after(kept, practice, now, |tx| taken_back(tx, message))?;
                Vec::new()
            }
            Step::Prepare(batch) => {
                let gateways = engine.gateways();
                let mut prepared =
                    engine.transact_after(kept, practice, now, |tx| prepare(tx, &batch, &gateways))?;
                let mut steps = Vec::new();
                for gateway in gateways.ids {
                    let mine = prepared.extract_if(.., |one| one.gateway == gateway);
                    let (handed, submissions): (Vec<_>, _) =
                        mine.map(|Prepared { handed, submission, .. }| (handed, submission)).unzip();
                    if !handed.is_empty() {
                        steps.push(Step::Submit(gateway, handed, submissions));
                    }
                }
                steps
            }
            Step::Submit(id, batch, submissions) => {
                let Some(gateway) = engine.gateway(&id) else { return Ok(Vec::new()) };
                let mut answers = gateway.submit(&submissions);
                answers.resize_with(batch.len(), || SubmitResult::Unknown { why: "no answer".into() });
                done.count(&answers);
                vec![Step::Answered(id, batch, answers)]
            }
            Step::Answered(gateway, batch, given) => {
                engine.outages.note(&gateway, &given, now);
                engine.transact_after(kept, practice, now, |tx| answers(tx, &gateway, &batch, &given))?;
                Vec::new()
            }
        })
    }
}
