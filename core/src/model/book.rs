//! What the engine keeps for itself in a practice: counters, jobs, statistics, pauses, waiting parts.

use super::{CampaignId, GatewayId, PatientId, RejectClass, SmsReceived, Status, Timestamp};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A practice's counters.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Counters {
    /// The last message's number.
    pub messages: u64,
    /// The last event's number.
    pub events: u64,
    /// The last job's number.
    pub jobs: u64,
    /// The last lease's token.
    pub tokens: u64,
    /// The last number of the audit trail.
    pub audits: u64,
    /// How often the rules for SMS after a call were changed.
    pub rules: u64,
    /// How many such rules there are.
    pub rules_known: u64,
    /// The last place given to such a rule.
    pub rule_places: u64,
    /// How often the data were restored from an old copy.
    pub epoch: u32,
    /// What the last such restoration lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<LostTime>,
    /// The local day of `spent_milli`.
    pub budget_day: NaiveDate,
    /// What automatic messages cost on that day, in thousandths.
    pub spent_milli: i64,
    /// Whether the desk was told on that day that the budget is used up.
    pub budget_told: bool,
    /// How many automatic messages go a day, for the circuit breaker.
    pub volume: Volume,
}

/// How many automatic messages a practice sends a day.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Volume {
    /// The local day of `sent`.
    pub day: NaiveDate,
    /// Messages submitted on that day, each once.
    pub sent: u64,
    /// The same for the last 28 days before it that had any, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<u64>,
    /// Whether that day was stopped, and the desk told.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stopped: bool,
    /// Whether somebody let the rest of that day through.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub released: bool,
}

/// The time of which nothing is known any more: from the making of the copy that was restored to the restoration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LostTime {
    /// When the copy was made.
    pub from: Timestamp,
    /// When the host said that it was restored.
    pub until: Timestamp,
}

/// Work over many visits that `work` advances in small commits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Job {
    /// Its number in the practice.
    pub id: u64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it wants to go on, where that is not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// The campaign whose messages are planned; none where it is not about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// What it goes through.
    pub phase: JobPhase,
    /// The day it is at, where it goes day by day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<NaiveDate>,
    /// The key it goes on after.
    pub cursor: String,
    /// Visits gone through.
    pub visits: u64,
    /// Whether it is done.
    #[serde(default)]
    pub done: bool,
}

/// What a job goes through, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum JobPhase {
    /// The campaign's messages that may still change.
    Messages,
    /// The visits to come.
    Visits,
    /// The patients of a broadcast.
    People,
    /// Those whose birthday or recall comes, day by day.
    Days,
    /// What is older than the practice keeps.
    Retention,
}

/// Figures of a campaign's step on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tally {
    /// The campaign.
    pub campaign: CampaignId,
    /// The step, from 0.
    pub step: u8,
    /// The local day.
    pub day: NaiveDate,
    /// Messages by status.
    pub statuses: BTreeMap<Status, i64>,
    /// Skipped messages by the code of their reason.
    pub skipped: BTreeMap<String, i64>,
    /// Parts of the messages that went.
    pub parts: i64,
    /// Their cost in thousandths.
    pub cost_milli: i64,
    /// Messages that ask for an answer and that a gateway took, those it called lost aside.
    #[serde(default)]
    pub asked: i64,
    /// Messages answered TAK.
    pub yes: i64,
    /// Messages answered NIE.
    pub no: i64,
    /// Messages answered otherwise.
    pub other: i64,
}

impl Tally {
    /// Figures of nothing yet.
    #[must_use]
    pub fn empty(campaign: CampaignId, step: u8, day: NaiveDate) -> Self {
        Self {
            campaign,
            step,
            day,
            statuses: BTreeMap::new(),
            skipped: BTreeMap::new(),
            parts: 0,
            cost_milli: 0,
            asked: 0,
            yes: 0,
            no: 0,
            other: 0,
        }
    }

    /// Adds `sign` times the other's figures; its campaign, step and day do not matter.
    pub fn add(&mut self, other: &Self, sign: i64) {
        for (status, count) in &other.statuses {
            *self.statuses.entry(*status).or_default() += sign * count;
        }
        for (code, count) in &other.skipped {
            *self.skipped.entry(code.clone()).or_default() += sign * count;
        }
        self.statuses.retain(|_, count| *count != 0);
        self.skipped.retain(|_, count| *count != 0);
        self.parts += sign * other.parts;
        self.cost_milli += sign * other.cost_milli;
        self.asked += sign * other.asked;
        self.yes += sign * other.yes;
        self.no += sign * other.no;
        self.other += sign * other.other;
    }

    /// How many messages have this status.
    #[must_use]
    pub fn count(&self, status: Status) -> i64 {
        self.statuses.get(&status).copied().unwrap_or(0)
    }
}

/// A gateway that is not tried for a while, as its account needs a person or it is out of reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GatewayPause {
    /// The gateway.
    pub gateway: GatewayId,
    /// Why.
    pub class: RejectClass,
    /// Since when.
    pub since: Timestamp,
    /// Until when; then one batch tries again.
    pub until: Timestamp,
    /// Whether the desk has dealt with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
}

/// A number that a gateway refused for good, under its keyed hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BadNumber {
    /// HMAC-SHA-256 of the E.164 number under the practice's secret, in hexadecimal.
    pub number_hash: String,
    /// When.
    pub at: Timestamp,
    /// On whose card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// Whether the desk has dealt with it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
}

/// Parts of a long incoming message that wait for the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InboundParts {
    /// Gateway, number and reference of the message they belong to.
    pub id: String,
    /// The parts so far, by their place.
    pub parts: BTreeMap<u8, SmsReceived>,
    /// After this instant what is there is taken for incomplete.
    pub wait_until: Timestamp,
}
