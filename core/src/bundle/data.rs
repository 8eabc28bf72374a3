//! The document itself.

use crate::door::Act;
use crate::model::{
    Capabilities, Direction, Encoding, Event, Fact, GatewayId, LookupResult, Message, MessageId, Practice,
    PracticeId, Reason, Reply, ReplyEffect, Status, SubmitResult, Timestamp, User,
};
use serde::{Deserialize, Serialize};

/// The version of bundles that this release writes.
pub const VERSION: u32 = 1;

/// A practice's calls of the engine over a time, what gateways answered, and what was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Bundle {
    /// The version of this document, 1.
    pub version: u32,
    /// Whose it is.
    pub practice: PracticeId,
    /// The gateways, in the order in which the engine had them.
    pub gateways: Vec<RecordedGateway>,
    /// The calls, in their order, from an empty store on.
    pub calls: Vec<Recorded>,
    /// What was decided by the end.
    pub decisions: Decisions,
}

/// A gateway of a recorded engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordedGateway {
    /// Its name.
    pub id: GatewayId,
    /// What it can do.
    pub capabilities: Capabilities,
}

/// One call of the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recorded {
    /// The `now` it was given.
    pub at: Timestamp,
    /// What was called.
    #[serde(flatten)]
    pub call: RecordedCall,
    /// What gateways answered during it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<GatewayAnswer>,
    /// Whether the engine returned an error.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
    /// The number of the practice's last event afterwards.
    pub events: u64,
}

/// What was called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum RecordedCall {
    /// The practice was opened, or its settings were changed by the host.
    Open {
        /// The practice.
        practice: Box<Practice>,
    },
    /// Facts were told.
    Apply {
        /// The facts.
        facts: Vec<Fact>,
    },
    /// A user did something.
    Act {
        /// Who, with what they may do.
        user: User,
        /// What.
        act: Box<Act>,
    },
    /// What was due was sent.
    Dispatch {
        /// How much at most.
        limit: u64,
    },
    /// Jobs went on.
    Work {
        /// How many commits at most.
        limit: u64,
    },
    /// The gateways were asked for their balances.
    AskBalances {},
    /// The host said that a gateway's account is in order again.
    ResumeGateway {
        /// The gateway.
        gateway: GatewayId,
    },
    /// The host said that an old copy was restored.
    Restored {
        /// When the copy was made.
        copied_at: Timestamp,
    },
}

/// What a gateway answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum GatewayAnswer {
    /// To a batch.
    Submitted {
        /// Which gateway.
        gateway: GatewayId,
        /// How many messages it was given.
        messages: u64,
        /// Its answers, in their order.
        results: Vec<SubmitResult>,
    },
    /// To a look-up.
    LookedUp {
        /// Which gateway.
        gateway: GatewayId,
        /// What it found.
        result: LookupResult,
    },
    /// To the wish to take a message back.
    Cancelled {
        /// Which gateway.
        gateway: GatewayId,
        /// Whether it did.
        done: bool,
    },
    /// To the question for its balance.
    Balance {
        /// Which gateway.
        gateway: GatewayId,
        /// Thousandths of the currency's unit, where it tells.
        milli: Option<i64>,
    },
}

/// What an engine decided: who, when and why, and no name, number or text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decisions {
    /// The messages, in the order of their numbers.
    pub messages: Vec<Decided>,
    /// The events, in the order of their numbers.
    pub events: Vec<Event>,
}

/// What was decided of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Decided {
    /// The message.
    pub message: MessageId,
    /// Which way it goes.
    pub direction: Direction,
    /// Where it stands.
    pub status: Status,
    /// Why it was not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// When it was planned for.
    pub due_at: Timestamp,
    /// Until when it made sense.
    pub use_by: Timestamp,
    /// When it was submitted first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    /// When it reached the handset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// Its encoding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Its parts.
    pub parts: u32,
    /// Its cost in thousandths.
    pub cost_milli: i64,
    /// Attempts used up.
    pub attempts: u8,
    /// The answer it got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// What came of it, if it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<ReplyEffect>,
}

impl Decided {
    /// What was decided of this message.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        Self {
            message: message.id,
            direction: message.direction,
            status: message.status,
            reason: message.reason.clone(),
            due_at: message.due_at,
            use_by: message.use_by,
            submitted_at: message.submitted_at,
            delivered_at: message.delivered_at,
            encoding: message.encoding,
            parts: message.parts,
            cost_milli: message.cost_milli,
            attempts: message.attempts,
            reply: message.reply,
            effect: message.answer.as_ref().map(|answer| answer.effect),
        }
    }
}
