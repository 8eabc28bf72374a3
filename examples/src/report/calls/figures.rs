//! The figures of a day of calls.

use super::super::figures::{Counts, ReasonCount};
use crate::play::Told;
use chrono::{NaiveDate, NaiveDateTime};
use depesza::model::{CallDirection, CallFile, CallStatus, Message, Status};
use serde::Serialize;

/// A call with all that came of it; as JSON the engine's own form of the call, with its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The call, and what the rules made of it.
    #[serde(flatten)]
    pub file: CallFile,
    /// Its messages, in the order of their numbers.
    pub messages: Vec<Message>,
}

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It sent.
    Sent {
        /// Messages that left in this run.
        messages: usize,
        /// The calls that it told.
        told: Told,
    },
    /// It only said what would be sent.
    Replayed {
        /// Messages that would have gone.
        messages: usize,
        /// Their parts.
        parts: u64,
        /// Their cost, in thousandths of the currency's unit.
        cost_milli: i64,
    },
}

/// A day of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReport {
    /// The account's name.
    pub practice: String,
    /// ISO 4217 code of the currency of all costs.
    pub currency: String,
    /// The first and the last day on which a call began; none without calls.
    pub days: Option<(NaiveDate, NaiveDate)>,
    /// What this run did.
    pub news: News,
    /// The rules, in their order.
    pub rules: Vec<RuleFigures>,
    /// The calls after which something went or is to go, in the order of their ends.
    pub answered_by_sms: Vec<CallLine>,
    /// The other calls.
    pub nothing: Vec<CallLine>,
    /// Why they got nothing, the most frequent first.
    pub reasons: Vec<ReasonCount>,
}

/// What a rule did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFigures {
    /// Its name.
    pub name: String,
    /// Whether it acts.
    pub on: bool,
    /// Calls that it matched.
    pub matched: u32,
    /// Its messages, and its decisions not to send.
    pub counts: Counts,
    /// Parts of what was sent.
    pub parts: u32,
    /// Cost of what was sent, in thousandths of the currency's unit.
    pub cost_milli: i64,
}

/// A call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallLine {
    /// When it began, on the account's wall.
    pub started: NaiveDateTime,
    /// Which way it went.
    pub direction: CallDirection,
    /// How it ended.
    pub status: CallStatus,
    /// Seconds of talk when it was answered, else of ringing.
    pub seconds: u32,
    /// Who called; empty where no number was shown.
    pub caller: String,
    /// Who was called.
    pub called: String,
    /// What went, or is to go.
    pub messages: Vec<MessageLine>,
    /// Why nothing went, or nothing more.
    pub why: Vec<String>,
}

/// A message about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageLine {
    /// When it went or is to go, on the account's wall.
    pub at: NaiveDateTime,
    /// To whom.
    pub to: String,
    /// By which rule.
    pub rule: String,
    /// What became of it.
    pub status: Status,
    /// Its parts.
    pub parts: u32,
    /// Its cost, in thousandths of the currency's unit.
    pub cost_milli: i64,
}
