//! What would go out, and what a visit gets of each campaign: questions about what is not yet.

use super::{
    Body, CampaignId, CampaignKind, CampaignStatus, MessageId, Name, PatientId, Reason, Status, Timestamp,
    VisitFilter, VisitId,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What to rehearse.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DryRunRequest {
    /// The first local day, today or later.
    pub from: NaiveDate,
    /// The last local day, at most 366 days from today.
    pub to: NaiveDate,
    /// Which campaigns, as if all of them were active; absent: all that are ready, active or paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaigns: Option<Vec<CampaignId>>,
}

/// What would go out.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DryRun {
    /// The messages in the order of their times, those that would be skipped included.
    pub messages: Vec<DryRunMessage>,
    /// Figures by campaign and day.
    pub totals: Vec<DryRunTotal>,
}

/// A message that would go, or be skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DryRunMessage {
    /// Whose card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The name on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The visits it is about, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<VisitId>,
    /// The campaign; absent for one that is not saved yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// Its step, from 0.
    pub step: u8,
    /// When it would go, or be decided against.
    pub at: Timestamp,
    /// The text; absent where it was decided against before it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Parts of the text.
    pub parts: u32,
    /// Cost in thousandths of the currency's unit.
    pub cost_milli: i64,
    /// Why it would be skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// A campaign's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DryRunTotal {
    /// The campaign; absent for one that is not saved yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// The local day.
    pub day: NaiveDate,
    /// Messages that would go.
    pub messages: u64,
    /// Messages that would be skipped.
    pub skipped: u64,
    /// Parts of those that would go.
    pub parts: u64,
    /// Their cost in thousandths of the currency's unit.
    pub cost_milli: i64,
}

/// What a visit gets of every campaign of its practice, and why not more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VisitExplained {
    /// The visit.
    pub visit: VisitId,
    /// Each campaign, in the order of their ids.
    pub campaigns: Vec<CampaignExplained>,
}

/// What a visit gets of one campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CampaignExplained {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Its kind. One about patients has no steps here: it is not about visits.
    pub kind: CampaignKind,
    /// Where it stands. What is said of one that is not running is said as if it were activated now.
    pub status: CampaignStatus,
    /// The filters that do not take the visit, with what they wanted and saw.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmatched: Vec<FilterExplained>,
    /// Each step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepExplained>,
}

/// A filter that does not take a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FilterExplained {
    /// Which.
    pub filter: VisitFilter,
    /// What it takes: identifiers of rooms or doctors, types of visit; `only` or `never` of first visits.
    pub wanted: Vec<String>,
    /// What the visit has; absent where it has none. Of first visits `first` or `later`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub saw: Option<String>,
}

/// What a visit gets of one step of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepExplained {
    /// The step, from 0.
    pub step: u8,
    /// What comes of it.
    pub outcome: StepOutcome,
    /// The message that is there already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageId>,
    /// Where that message stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// What comes of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum StepOutcome {
    /// A message is to go.
    Sends {
        /// When.
        at: Timestamp,
        /// After this instant not any more.
        use_by: Timestamp,
        /// The text as it would be now.
        body: Body,
        /// Parts of the text.
        parts: u32,
        /// Cost in thousandths of the currency's unit.
        cost_milli: i64,
    },
    /// A message went; it stands for this step.
    Went {
        /// When it was submitted first.
        at: Timestamp,
        /// Its text; absent where it is no longer kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        body: Option<Body>,
    },
    /// Nothing is sent.
    Skips {
        /// Why.
        reason: Reason,
    },
    /// The visit is not this campaign's business: a filter does not take it, or what the campaign is about did not happen.
    Nothing {},
}
