//! Telephone calls, as an exchange tells them once they have ended, and what became of each.

use super::{CallId, CallRuleId, MessageId, Phone, Reason, Timestamp};
use serde::{Deserialize, Serialize};

/// Which way a call went, as the account sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallDirection {
    /// Somebody outside called the account.
    Incoming,
    /// The account called somebody outside.
    Outgoing,
    /// Between two extensions: no rule is for it.
    Internal,
}

impl CallDirection {
    /// The wire name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
            Self::Internal => "internal",
        }
    }
}

/// How a call ended (its disposition).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallStatus {
    /// A person answered. A menu, queue music or an announcement is none.
    Answered,
    /// Nobody answered.
    NoAnswer,
    /// The called side was busy, or refused.
    Busy,
    /// It could not be put through.
    Failed,
    /// A network or the exchange was overloaded.
    Congestion,
    /// The caller gave up.
    Cancelled,
    /// A voice mail box answered.
    Voicemail,
}

impl CallStatus {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 7] = [
        Self::Answered,
        Self::NoAnswer,
        Self::Busy,
        Self::Failed,
        Self::Congestion,
        Self::Cancelled,
        Self::Voicemail,
    ];

    /// The wire name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::Congestion => "congestion",
            Self::Cancelled => "cancelled",
            Self::Voicemail => "voicemail",
        }
    }
}

/// A call that has ended: all its legs as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Call {
    /// The exchange it comes from, 1 to 100 bytes. A call is known by `system` and `id`: told again it changes nothing.
    pub system: String,
    /// Its identifier in that exchange, 1 to 200 bytes.
    pub id: CallId,
    /// Which way it went.
    pub direction: CallDirection,
    /// Who called, as the exchange has it. Empty, a word (`anonymous`), or a code for a withheld number is no number.
    #[serde(default)]
    pub caller: Phone,
    /// The number that was dialled, as the exchange has it.
    #[serde(default)]
    pub called: Phone,
    /// The account's own number or extension that the call concerns; absent: `called` on an incoming call, `caller` on an
    /// outgoing one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_number: Option<Phone>,
    /// The extension or agent that answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended, not before `started_at`.
    pub ended_at: Timestamp,
    /// How long it rang, in seconds.
    #[serde(default)]
    pub ring_s: u32,
    /// How long people talked, in seconds; 0 where nobody answered.
    #[serde(default)]
    pub talk_s: u32,
    /// How it ended.
    pub status: CallStatus,
    /// The exchange's own word for it (`NO ANSWER`, `ORIGINATOR_CANCEL`).
    #[serde(default)]
    pub raw_status: String,
    /// The exchange's own code for the cause (Q.850), where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw_cause: Option<String>,
}

/// A call as the engine keeps it: with what the rules made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallFile {
    /// The call as told.
    pub call: Call,
    /// When it was told.
    pub told_at: Timestamp,
    /// The other party's number in E.164, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_party: Option<Phone>,
    /// What the rules that match did, in their order, a line for each recipient.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acted: Vec<RuleActed>,
    /// Why no rule was asked, or matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<NoRule>,
}

/// What a rule that matches a call did for one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleActed {
    /// The rule.
    pub rule: CallRuleId,
    /// Its version then.
    pub version: u32,
    /// For whom.
    pub recipient: CallRecipient,
    /// The message it planned, or why it planned none.
    #[serde(flatten)]
    pub outcome: RuleOutcome,
}

/// A recipient of a rule's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum CallRecipient {
    /// The caller of an incoming call, the called party of an outgoing one.
    OtherParty {},
    /// A fixed number of the rule.
    Fixed {
        /// Its place on the list, from 0.
        place: u32,
    },
}

/// What came of a rule that matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum RuleOutcome {
    /// A message was planned; what became of it is its own.
    Planned {
        /// The message.
        message: MessageId,
    },
    /// Nothing is sent.
    Skipped {
        /// Why.
        reason: Reason,
    },
}

/// Why no rule acted on a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoRule {
    /// The account's service is not active.
    ServiceInactive,
    /// It was a call between extensions.
    Internal,
    /// The conditions of no active rule are met.
    NoneMatches,
}

/// A condition of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallCondition {
    /// Which way the call went.
    Direction,
    /// How it ended.
    Status,
    /// The account's own number that it concerns.
    OwnNumber,
    /// Its length.
    Seconds,
    /// When it was.
    Time,
}

/// What a condition wanted of a call, and what it saw: in wire names and figures, the same in every language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConditionSeen {
    /// The condition.
    pub condition: CallCondition,
    /// What it wants.
    pub wanted: String,
    /// What the call was.
    pub saw: String,
    /// Whether it is met.
    pub met: bool,
}

/// Why a rule matches a call, or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RuleExplained {
    /// The rule.
    pub rule: CallRuleId,
    /// Its name.
    pub name: String,
    /// Whether it acts at all.
    pub state: super::RuleState,
    /// Whether every condition is met.
    pub matches: bool,
    /// Its conditions; those that take everything are left out.
    pub conditions: Vec<ConditionSeen>,
}

/// What an account's rules make of a call, as they are now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallExplained {
    /// Every rule in its order, those that are switched off included.
    pub rules: Vec<RuleExplained>,
    /// The rule that stopped the rest from being asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_by: Option<CallRuleId>,
    /// Why no rule acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nothing: Option<NoRule>,
    /// What the engine did when the call was told; absent when it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<CallFile>,
}
