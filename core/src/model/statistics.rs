//! Lists of campaigns, and what campaigns came to.

use super::{Campaign, CampaignId, CampaignKind, CampaignStatus};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which campaigns a list shows: those that meet all of it. The default is all but the archived ones.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CampaignFilter {
    /// With this in their name, without regard to case and diacritics.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Of one of these kinds; empty: of any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<CampaignKind>,
    /// In one of these statuses; empty: in any but `archived`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<CampaignStatus>,
}

/// A campaign, and what all its days came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CampaignDetails {
    /// The campaign.
    pub campaign: Campaign,
    /// Its figures.
    pub totals: Figures,
}

/// Of what statistics are asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StatisticsFilter {
    /// The first local day.
    pub from: NaiveDate,
    /// The last local day; the span has at most 3,660 days.
    pub to: NaiveDate,
    /// One campaign only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// Campaigns of one kind only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<CampaignKind>,
}

/// What campaigns came to. Each message counts once, on the local day of its last submission, else of the time planned for
/// it. Messages that a campaign did not plan (reminders by hand, a person's own, those after calls, incoming ones) are not
/// in it.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Statistics {
    /// All together.
    pub total: Figures,
    /// By campaign, in the order of their ids; those without a message are left out.
    pub by_campaign: Vec<CampaignFigures>,
    /// By campaign and step.
    pub by_step: Vec<StepFigures>,
    /// By local day, in their order; days without a message are left out.
    pub by_day: Vec<DayFigures>,
}

/// A campaign's figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CampaignFigures {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its figures.
    pub figures: Figures,
}

/// A step's figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepFigures {
    /// The campaign.
    pub campaign: CampaignId,
    /// The step, from 0.
    pub step: u8,
    /// Its figures.
    pub figures: Figures,
}

/// A day's figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayFigures {
    /// The local day.
    pub day: NaiveDate,
    /// Its figures.
    pub figures: Figures,
}

/// Counted messages. `planned`, `sent`, `failed`, `in_doubt`, `skipped` and `cancelled` together are all of them.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// To be sent, or being sent just now.
    pub planned: i64,
    /// A gateway took them and nobody called them lost: `delivered` and those whose report has not come.
    pub sent: i64,
    /// Of those sent, the ones that reached the handset, in whole or in part.
    pub delivered: i64,
    /// Refused, all attempts used up, or lost on the way.
    pub failed: i64,
    /// Nobody knows whether they were sent.
    pub in_doubt: i64,
    /// Decided not to send.
    pub skipped: i64,
    /// The same by the code of their reason.
    pub skipped_by_reason: BTreeMap<String, i64>,
    /// Withdrawn.
    pub cancelled: i64,
    /// Parts of the messages that went, lost ones included: they are billed.
    pub parts: i64,
    /// Their cost in thousandths of the currency's unit.
    pub cost_milli: i64,
    /// Of those sent, the ones that asked for an answer.
    pub asked: i64,
    /// Answered TAK. Where several messages asked about one visit, the answer counts for the last of them.
    pub yes: i64,
    /// Answered NIE.
    pub no: i64,
    /// Answered otherwise.
    pub other: i64,
    /// Confirmation rate in thousandths: `yes` of `asked`, rounded down; absent when nothing was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_per_mille: Option<u32>,
}
