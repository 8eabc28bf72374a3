//! SMS after a call: the rules a user writes, the rule as it lives, and what an account sets.

use super::{CallRuleId, CallStatus, Phone, Timestamp, UserId, WindowRange};
use serde::{Deserialize, Serialize};

/// The most fixed recipients of a rule.
pub const MAX_RECIPIENTS: usize = 20;
/// The most own numbers a rule can name, and the most of an account.
pub const MAX_OWN_NUMBERS: usize = 1_000;
/// The most time ranges of a rule.
pub const MAX_RULE_RANGES: usize = 50;

/// Which calls a rule is for by their direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleDirection {
    /// Incoming calls.
    #[default]
    Incoming,
    /// Outgoing calls.
    Outgoing,
    /// Both.
    Either,
}

/// What a missed call is that the caller gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GivenUp {
    /// On incoming calls `no_answer` takes `cancelled` in: nobody answered.
    #[default]
    IsNoAnswer,
    /// `cancelled` is a status of its own.
    IsItsOwn,
}

/// Which messages count for a rule's least time between two to one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GapScope {
    /// This rule's.
    #[default]
    ThisRule,
    /// Those of all rules.
    AllRules,
}

/// What becomes of a planned message when the other party is talked to before it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AnsweredMeanwhile {
    /// A message about a call that nobody answered is withdrawn.
    #[default]
    Withdraw,
    /// It goes.
    Send,
}

/// Whether rules after this one are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AfterMatch {
    /// They are.
    #[default]
    GoOn,
    /// Not when this one matches.
    Stop,
}

/// Which calls a rule is for. Every condition has to be met; an empty list takes every value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CallConditions {
    /// Their direction.
    #[serde(default)]
    pub direction: RuleDirection,
    /// Own numbers that the call concerns: dialled on an incoming call, shown on an outgoing one. A number of the
    /// account's list in any spelling, an extension as it stands, or a prefix that ends with `*` (`+4822*`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own_numbers: Vec<String>,
    /// How they ended; at least one.
    pub statuses: Vec<CallStatus>,
    /// Whether a caller who gave up counts as not answered.
    #[serde(default)]
    pub given_up: GivenUp,
    /// The least time in seconds, itself included: talk time of an answered call, ring time of any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_s: Option<u32>,
    /// The most time in seconds, itself included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_s: Option<u32>,
    /// Times at which a call is taken, any of them, in the account's zone, holidays like other days; over midnight a
    /// range belongs to the day it starts on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<WindowRange>,
    /// Calls told more than so many minutes after their end are too old, 1 to 10,080.
    #[serde(default = "one_hour_min")]
    pub max_age_min: u32,
}

fn one_hour_min() -> u32 {
    60
}

/// Who gets a rule's message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CallRecipients {
    /// The other party: the caller of an incoming call, the called party of an outgoing one.
    #[serde(default = "yes")]
    pub other_party: bool,
    /// Fixed numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Phone>,
}

impl Default for CallRecipients {
    fn default() -> Self {
        Self { other_party: true, numbers: Vec::new() }
    }
}

fn yes() -> bool {
    true
}

/// A rule as its author writes it (Polish: regułka).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CallRuleSpec {
    /// The name on the list, 1 to 100 characters.
    pub name: String,
    /// Which calls.
    pub when: CallConditions,
    /// The text, with placeholders for calls.
    pub body: String,
    /// The sender id, one of the account's approved ones; its default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Who gets it.
    #[serde(default)]
    pub recipients: CallRecipients,
    /// Seconds from the end of the call to the message, 0 to 604,800 (a week).
    #[serde(default)]
    pub delay_s: u32,
    /// The least time between two messages to one number, in seconds, 0 to 31,536,000 (a year). A planned one counts.
    #[serde(default)]
    pub min_gap_s: u32,
    /// Which messages that is about.
    #[serde(default)]
    pub gap_scope: GapScope,
    /// Whether talking to the other party in the meantime withdraws it.
    #[serde(default)]
    pub answered_meanwhile: AnsweredMeanwhile,
    /// Whether later rules are asked when this one matches.
    #[serde(default)]
    pub after_match: AfterMatch,
    /// The most parts of a message, 1 to 10; absent: the practice's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parts: Option<u32>,
    /// What to do with a longer one.
    #[serde(default)]
    pub over_length: super::OverLength,
}

/// Whether a saved rule acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleState {
    /// It does.
    On,
    /// It is kept, and does not.
    Off,
    /// It was deleted (an event's word; no stored rule has it).
    Deleted,
}

/// A rule as it lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallRule {
    /// Its identifier, unique in the account.
    pub id: CallRuleId,
    /// What its author wrote.
    pub spec: CallRuleSpec,
    /// Whether it acts.
    pub state: RuleState,
    /// Counts edits, from 1.
    pub version: u32,
    /// Its place: rules act in ascending order.
    pub place: u64,
    /// Who changed it and when, oldest first, the newest 100.
    pub history: Vec<CallRuleChange>,
}

/// A change of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallRuleChange {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: UserId,
    /// The state after it.
    pub state: RuleState,
    /// The version after it.
    pub version: u32,
}

/// Which moment of a call the conditions of time are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallMoment {
    /// Its beginning.
    #[default]
    Start,
    /// Its end.
    End,
}

/// Whether an account may use SMS after a call, and where it is bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CallService {
    /// While it is not, rules match nothing and say so.
    pub active: bool,
    /// The plan, as people read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The price, as people read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// Where it is switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Default for CallService {
    fn default() -> Self {
        Self { active: true, plan: None, price: None, link: None }
    }
}

/// A number of the account's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OwnNumber {
    /// The number in any spelling, or an extension.
    pub number: String,
    /// What people call it (`rejestracja`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What an account sets for its calls.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CallSettings {
    /// The service.
    pub service: CallService,
    /// The account's own numbers: rules choose from them, and none of them is ever sent to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own_numbers: Vec<OwnNumber>,
    /// Which moment of a call the rules' conditions of time are about.
    pub time_of: CallMoment,
    /// What a call counts as that a voice mail box answered; absent: a status of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voicemail_as: Option<CallStatus>,
}
