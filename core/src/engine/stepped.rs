//! A practice's turn of `dispatch` that stops between its steps: for tests that let others act, or a process die, there.

use super::deliver::Dispatched;
use super::steps::{AtGateway, Step, Steps};
use super::{Engine, EngineError};
use crate::model::{GatewayId, MessageId, PracticeId, Submission, Timestamp};
use crate::store::RowKey;
use serde_json::{Value, json};

/// A dispatcher inside a practice's turn. It is the code that [`Engine::dispatch`] runs, not a copy of it.
#[derive(Clone)]
pub struct SteppedTurn {
    steps: Steps,
    now: Timestamp,
}

/// What a [`SteppedTurn`] does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnStep {
    /// Takes what is due from the queue.
    Claim,
    /// Decides on a batch, and commits what goes as `Submitting`.
    Prepare(Vec<MessageId>),
    /// Hands messages to a gateway.
    Submit(GatewayId, Vec<Submission>),
    /// Stores its answers, each with the token that the message was committed under.
    Answered(Vec<(MessageId, u64)>),
    /// Asks a gateway what became of a message, by our reference.
    LookUp(String),
    /// Stores what it said.
    LookedUp(MessageId),
    /// Asks a gateway to take a message back, by our reference.
    TakeBack(String),
    /// Stores that it did.
    TakenBack(MessageId),
}

impl SteppedTurn {
    /// A turn from its beginning: at most `limit` messages, all steps at the dispatcher's time `now`.
    #[must_use]
    pub fn new(practice: PracticeId, limit: u32, now: Timestamp) -> Self {
        Self { steps: Steps::new(practice, limit, now), now }
    }

    /// What it does next; `None` when it is over.
    #[must_use]
    pub fn next_step(&self) -> Option<TurnStep> {
        self.steps().next()
    }

    /// What is known of it so far, the next step first; a step can bring further ones.
    pub fn steps(&self) -> impl Iterator<Item = TurnStep> {
        self.steps.ahead().map(shown)
    }

    /// The dispatcher's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Does the next step; false when none is left. `engine` may be another one each time, as long as its gateways are the
    /// same.
    ///
    /// # Errors
    /// As [`Engine::dispatch`]; then the turn is over.
    pub fn advance(&mut self, engine: &Engine) -> Result<bool, EngineError> {
        self.steps.advance(engine, &mut Dispatched::default())
    }

    /// The rows that its next unit of work need not read where the store is at this version, each with its document, or none
    /// where there is no such row. They show numbers and texts.
    pub fn kept(&self) -> (u64, impl Iterator<Item = (RowKey, Option<&str>)>) {
        self.steps.kept()
    }

    /// All that it holds, as JSON: two turns that hold the same go on in the same way. It shows numbers and texts.
    #[must_use]
    pub fn held(&self) -> Value {
        let steps: Vec<Value> = self.steps.ahead().map(held).collect();
        json!({ "now": self.now, "steps": steps })
    }
}

fn shown(step: &Step) -> TurnStep {
    match step {
        Step::Claim { .. } => TurnStep::Claim,
        Step::Prepare(batch) => TurnStep::Prepare(batch.iter().map(|(id, _)| *id).collect()),
        Step::Submit(gateway, _, submissions) => TurnStep::Submit(gateway.clone(), submissions.clone()),
        Step::Answered(_, batch, _) => {
            TurnStep::Answered(batch.iter().map(|one| (one.message, one.token)).collect())
        }
        Step::LookUp(asked) => TurnStep::LookUp(asked.reference.clone()),
        Step::LookedUp(asked, _) => TurnStep::LookedUp(asked.message),
        Step::TakeBack(asked) => TurnStep::TakeBack(asked.reference.clone()),
        Step::TakenBack(message) => TurnStep::TakenBack(*message),
    }
}

fn held(step: &Step) -> Value {
    let asked = |asked: &AtGateway| json!([asked.message, asked.gateway, asked.reference, asked.again]);
    match step {
        Step::Claim { limit } => json!({ "claim": limit }),
        Step::Prepare(batch) => {
            let claimed = batch.iter().map(|(id, token)| json!({ "message": id, "token": token }));
            json!({ "prepare": claimed.collect::<Vec<_>>() })
        }
        Step::Submit(gateway, batch, submissions) => {
            let given = batch
                .iter()
                .zip(submissions)
                .map(|(one, given)| json!({ "message": one.message, "token": one.token, "given": given }));
            json!({ "submit": gateway, "batch": given.collect::<Vec<_>>() })
        }
        Step::Answered(gateway, batch, answers) => {
            let given =
                batch.iter().map(|one| json!({ "message": one.message, "token": one.token, "at": one.at }));
            json!({ "answered": gateway, "batch": given.collect::<Vec<_>>(), "answers": answers })
        }
        Step::LookUp(of) => json!({ "look_up": asked(of) }),
        Step::LookedUp(of, found) => json!({ "looked_up": asked(of), "found": found }),
        Step::TakeBack(of) => json!({ "take_back": asked(of) }),
        Step::TakenBack(message) => json!({ "taken_back": message }),
    }
}
