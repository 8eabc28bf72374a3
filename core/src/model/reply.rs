//! What a patient's answer says.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a practice reads answers.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ReplyPolicy {
    /// How much beside the bare word may stand in an answer.
    pub grammar: ReplyGrammar,
    /// Languages read beside Polish; none by default.
    pub languages: BTreeSet<ReplyLanguage>,
}

/// How much beside the bare word may stand in an answer. The grammars are written down in [`reply`](crate::reply).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplyGrammar {
    /// Exactly TAK or NIE.
    #[default]
    Strict,
    /// Also the words, phrases, typos and smileys of a closed list.
    Tolerant,
}

/// A language in which answers are read beside Polish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplyLanguage {
    /// Ukrainian, in Cyrillic letters.
    Ukrainian,
}

/// What an answer says to the question whether the patient comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// TAK: the visit is confirmed.
    Yes,
    /// NIE: the patient does not come.
    No,
    /// Anything else: for people to read.
    Other,
}

/// Whether a text asks that no more be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OptOut {
    /// STOP is no word of the text.
    Absent,
    /// STOP is the whole text: consent is withdrawn.
    Alone,
    /// STOP is one word among others: people decide.
    Mentioned,
}

/// How a text was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReplyClass {
    /// The answer; [`Reply::Other`] whenever `opt_out` is not [`OptOut::Absent`].
    pub reply: Reply,
    /// The wish to receive no more.
    pub opt_out: OptOut,
}
