//! The gateway of the model: what it knows and what reached handsets is a value that can be copied and compared.

use super::world::GATEWAY;
use depesza::gateway::Gateway;
use depesza::model::*;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// What a gateway can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Keeps our reference as an idempotency key for a day.
    Idempotent,
    /// Can be asked by our reference, and would send the same reference twice.
    LookUp,
    /// Can do nothing but send.
    Plain,
}

pub const WINDOW_MS: i64 = DAY_MS;

impl Kind {
    pub fn capabilities(self, batch: u32) -> Capabilities {
        let (own_reference, look_up) = match self {
            Self::Idempotent => (OwnReference::Unique { window_ms: WINDOW_MS }, false),
            Self::LookUp => (OwnReference::Stored {}, true),
            Self::Plain => (OwnReference::None, false),
        };
        Capabilities { own_reference, look_up, batch, reports: true, cancel: false }
    }
}

/// What the gateway does with one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Takes,
    Refuses,
    Later,
    NoCredit,
    /// It takes it, and nobody hears of it.
    TakesInSilence,
    /// It never gets it, and nobody hears of it.
    Lost,
}

pub const FAULTS: [Answer; 5] =
    [Answer::Refuses, Answer::Later, Answer::NoCredit, Answer::TakesInSilence, Answer::Lost];

/// What became of a message at the gateway.
#[derive(Clone, Default, Serialize)]
pub struct Fate {
    /// How often it reached a handset.
    pub handset: u8,
    /// When it did last, by the gateway's clock.
    pub taken_at: Option<Timestamp>,
    /// What it was handed over for last was refused.
    pub refused: bool,
    /// A delivery report on it was given.
    pub reported: bool,
    /// How often it was handed over.
    pub handed: u8,
}

impl Fate {
    /// Whether a repeat of the reference would be recognised at `now`.
    fn is_known(&self, now: Timestamp) -> bool {
        self.taken_at.is_some_and(|taken| now.since_ms(taken) < WINDOW_MS)
    }
}

/// All that the gateway knows, by our references.
pub type Fates = BTreeMap<String, Fate>;

/// The gateway during one step.
pub struct Gate {
    pub kind: Kind,
    /// What it says it can do: a lie in some of the broken models.
    pub says: Capabilities,
    pub now: Timestamp,
    /// What it does with the messages of the call, in their order; then it takes them.
    pub answers: Vec<Answer>,
    /// Whether it cannot tell when it is asked.
    pub unsure: bool,
    pub inside: Mutex<Inside>,
}

pub struct Inside {
    pub fates: Fates,
    /// What must not have happened.
    pub wrong: Option<String>,
}

impl Gate {
    fn take(&self, fates: &mut Fates, reference: &str) {
        let fate = fates.entry(reference.to_owned()).or_default();
        if self.kind != Kind::Idempotent || !fate.is_known(self.now) {
            fate.handset += 1;
            fate.taken_at = Some(self.now);
        }
    }

    fn one(&self, inside: &mut Inside, message: &Submission, answer: Answer) -> SubmitResult {
        let fate = inside.fates.entry(message.reference.clone()).or_default();
        if self.kind == Kind::Plain && fate.handed > 0 && !fate.refused {
            inside.wrong = Some(format!("{} was handed over again, and never refused", message.reference));
        }
        fate.handed += 1;
        fate.refused = matches!(answer, Answer::Refuses | Answer::Later | Answer::NoCredit);
        if matches!(answer, Answer::Takes | Answer::TakesInSilence) {
            self.take(&mut inside.fates, &message.reference);
        }
        let rejected = |class| SubmitResult::Rejected { class, code: "model".into() };
        match answer {
            Answer::Takes => SubmitResult::Accepted {
                provider_ids: vec![provider_id(&message.reference)],
                parts: None,
                cost_milli: None,
            },
            Answer::Refuses => rejected(RejectClass::Transient),
            Answer::NoCredit => rejected(RejectClass::AccountNoCredit),
            Answer::Later => SubmitResult::TryLater { after_ms: MINUTE_MS },
            Answer::TakesInSilence | Answer::Lost => SubmitResult::Unknown { why: "model".into() },
        }
    }
}

impl Gateway for Gate {
    fn capabilities(&self) -> Capabilities {
        self.says.clone()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let mut inside = self.inside.lock().unwrap();
        let mut answers = self.answers.iter().copied();
        batch.iter().map(|one| self.one(&mut inside, one, answers.next().unwrap_or(Answer::Takes))).collect()
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        let inside = self.inside.lock().unwrap();
        // a gateway that cannot look up has nothing to find
        let taken = inside.fates.get(reference).is_some_and(|fate| fate.handset > 0);
        match (self.unsure, taken && self.kind != Kind::Plain) {
            (true, _) => LookupResult::Unsure {},
            (false, true) => LookupResult::Known {
                provider_ids: vec![provider_id(reference)],
                state: DeliveryState::Accepted,
            },
            (false, false) => LookupResult::NotFound {},
        }
    }
}

pub fn provider_id(reference: &str) -> String {
    format!("id-{reference}")
}

/// What the gateway reports of a message that reached its handset.
pub fn report(kind: Kind, reference: &str, at: Timestamp) -> DeliveryReport {
    DeliveryReport {
        gateway: GATEWAY.into(),
        provider_id: Some(provider_id(reference)),
        reference: (kind != Kind::Plain).then(|| reference.to_owned()),
        part: None,
        state: DeliveryState::Delivered,
        at,
        raw: "delivered".into(),
        cost_milli: None,
    }
}
