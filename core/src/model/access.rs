//! Who does something at the desk, and what they may do. The host owns users and their grants; the engine holds to them.

use super::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a user may do. The first two are enough for everything of a clinic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See everything of the communication centre, write messages, answer for what came in.
    CommunicationCenter,
    /// Change campaigns and templates; settings and rules too, unless the practice asks for those apart.
    ManageCampaigns,
    /// Change rules for SMS after a call, where [`Practice::separate_permissions`](super::Practice) names it.
    ManageRules,
    /// Change settings and deal with personal data, where [`Practice::separate_permissions`](super::Practice) names it.
    ManageSettings,
}

impl Permission {
    /// Both permissions of a clinic.
    pub const CLINIC: [Self; 2] = [Self::CommunicationCenter, Self::ManageCampaigns];
    /// All there are.
    pub const ALL: [Self; 4] =
        [Self::CommunicationCenter, Self::ManageCampaigns, Self::ManageRules, Self::ManageSettings];
}

/// A person at the desk with what the host lets them do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What they may do.
    pub permissions: BTreeSet<Permission>,
}

impl User {
    /// A user with these permissions.
    pub fn new(id: impl Into<UserId>, permissions: impl IntoIterator<Item = Permission>) -> Self {
        Self { id: id.into(), permissions: permissions.into_iter().collect() }
    }
}

/// What a user did. Marking as read is not kept: it would drown the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A half-filled campaign was kept.
    DraftKept,
    /// A half-filled campaign was thrown away.
    DraftDiscarded,
    /// A campaign was saved.
    CampaignCreated,
    /// A campaign was changed.
    CampaignEdited,
    /// A campaign was started.
    CampaignActivated,
    /// A campaign was held.
    CampaignPaused,
    /// A held campaign was let go on.
    CampaignResumed,
    /// A campaign was ended.
    CampaignEnded,
    /// A campaign was taken off the list.
    CampaignArchived,
    /// A stored template was added or changed.
    TemplateSaved,
    /// A stored template was deleted.
    TemplateDeleted,
    /// A link marker was added or changed.
    LinkSaved,
    /// A link marker was deleted.
    LinkDeleted,
    /// A rule was added or changed.
    RuleSaved,
    /// A rule was switched on or off.
    RuleSwitched,
    /// A rule was deleted.
    RuleDeleted,
    /// Rules were put into another order.
    RulesOrdered,
    /// A reminder was sent by hand.
    VisitReminded,
    /// A message was written.
    MessageWritten,
    /// A planned message was changed.
    MessageEdited,
    /// A planned message was withdrawn.
    MessageCancelled,
    /// A message was given to another patient.
    MessageAssigned,
    /// Something on the desk's list was dealt with.
    InboxSettled,
    /// A message in doubt was settled.
    DoubtSettled,
    /// Messages that the circuit breaker held were let through.
    BreakerReleased,
    /// Settings were changed.
    SettingsChanged,
    /// A patient was erased.
    PatientErased,
    /// What is held on a patient was exported.
    PatientExported,
}

/// A line of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditEntry {
    /// Its number in the practice: 1, 2, 3 …
    pub no: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: UserId,
    /// What.
    pub action: Action,
    /// The identifier of what it was done to: a campaign, a message, a patient …; never a name, a number or a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

/// Which lines of the audit trail are asked for; everything by default.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AuditFilter {
    /// What this user did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// What was done to this campaign, message, patient …, by its identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl AuditFilter {
    /// Whether a line is asked for.
    #[must_use]
    pub fn takes(&self, line: &AuditEntry) -> bool {
        self.by.as_ref().is_none_or(|by| *by == line.by)
            && self.subject.as_ref().is_none_or(|subject| Some(subject) == line.subject.as_ref())
    }
}
