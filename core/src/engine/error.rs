//! Why the engine did not do what was asked: one type, with a stable code for every case.

use super::{MAX_DRAFT_BYTES, MAX_DRAFTS, MAX_RULES, MAX_TEMPLATES};
use crate::call::CallRuleFault;
use crate::campaign::{CampaignFault, IllegalCampaignStep};
use crate::model::{
    CallRuleId, CampaignId, Language, LinkUser, MarkerFault, MessageId, PatientId, Permission, PracticeId,
    TemplateId, Timestamp, VisitId,
};
use crate::practice::PracticeFault;
use crate::store::StoreError;
use crate::template::StoredTemplateFault;
use serde::{Deserialize, Serialize};

/// Why the engine did not do what was asked. Nothing was changed. Texts quote no patient data.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// No such practice was opened.
    #[error("practice {0} is not known")]
    UnknownPractice(PracticeId),
    /// The user has not been given this permission.
    #[error("the user lacks the permission {0:?}")]
    NotPermitted(Permission),
    /// The practice's settings are faulty; every fault is listed.
    #[error("the settings of the practice have {} fault(s), the first: {}", .0.len(), first(.0))]
    Practice(Vec<PracticeFault>),
    /// No such campaign.
    #[error("campaign {0} is not known")]
    UnknownCampaign(CampaignId),
    /// A campaign of this name is there already.
    #[error("campaign {0} exists already")]
    CampaignExists(CampaignId),
    /// The campaign is faulty; every fault is listed with its field.
    #[error("the campaign has {} fault(s), the first: {}", .0.len(), first(.0))]
    Campaign(Vec<CampaignFault>),
    /// The campaign's life does not have this step.
    #[error(transparent)]
    CampaignStep(#[from] IllegalCampaignStep),
    /// No such rule.
    #[error("rule {0} is not known")]
    UnknownRule(CallRuleId),
    /// A rule is faulty; every fault is listed with its field.
    #[error("the rule has {} fault(s), the first: {}", .0.len(), first(.0))]
    CallRule(Vec<CallRuleFault>),
    /// The account has [`MAX_RULES`] rules.
    #[error("there are {MAX_RULES} rules already")]
    TooManyRules,
    /// An order names a rule twice.
    #[error("rule {0} is named twice")]
    RuleNamedTwice(CallRuleId),
    /// No such stored template.
    #[error("template {0} is not known")]
    UnknownTemplate(TemplateId),
    /// A stored template is faulty; every fault is listed with its field.
    #[error("the template has {} fault(s), the first: {}", .0.len(), first(.0))]
    Template(Vec<StoredTemplateFault>),
    /// The practice has [`MAX_TEMPLATES`] stored templates.
    #[error("there are {MAX_TEMPLATES} templates already")]
    TooManyTemplates,
    /// No such draft.
    #[error("draft {0} is not known")]
    UnknownDraft(CampaignId),
    /// The practice has [`MAX_DRAFTS`] drafts.
    #[error("there are {MAX_DRAFTS} drafts already")]
    TooManyDrafts,
    /// A draft is longer than [`MAX_DRAFT_BYTES`].
    #[error("draft: expected at most {MAX_DRAFT_BYTES} bytes")]
    DraftTooLong,
    /// A link marker is faulty; every fault is listed.
    #[error("the link marker has {} fault(s), the first: {}", .0.len(), first(.0))]
    Link(Vec<MarkerFault>),
    /// No such link marker.
    #[error("link marker ({0}) is not known")]
    UnknownLink(String),
    /// A link marker is used: it cannot be deleted.
    #[error("the link marker is used by {}", users(.0))]
    LinkInUse(Vec<LinkUser>),
    /// No such visit.
    #[error("visit {0} is not known")]
    UnknownVisit(VisitId),
    /// No such patient.
    #[error("patient {0} is not known")]
    UnknownPatient(PatientId),
    /// A reminder by hand needs a reminder campaign whose text it can have.
    #[error("no active reminder campaign is for visit {0}")]
    NoReminderCampaign(VisitId),
    /// A fact is faulty: the field and what was expected.
    #[error("fact {place}: {field}: {expected}")]
    Fact {
        /// Its place among the facts given, from 0.
        place: usize,
        /// The field.
        field: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// A cursor is not one that a page of this list gave.
    #[error("the cursor is not one that a page gave")]
    BadCursor,
    /// What was asked or written is faulty: the field and what was expected.
    #[error("{field}: {expected}")]
    Input {
        /// The field.
        field: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// No such message.
    #[error("message {0} is not known")]
    UnknownMessage(MessageId),
    /// An outgoing message was to be read or assigned.
    #[error("message {0} did not come in")]
    NotIncoming(MessageId),
    /// A message that is no longer planned, or that no person wrote, was to be changed.
    #[error("message {0} cannot be changed any more")]
    NotChangeable(MessageId),
    /// A text has more parts than the practice allows.
    #[error("text: {parts} parts, at most {allowed} are allowed")]
    TooManyParts {
        /// Its parts.
        parts: u32,
        /// The most allowed.
        allowed: u32,
    },
    /// A person's message would go outside the practice's sending hours.
    #[error("at: inside the practice's sending hours, or the override")]
    QuietHours {
        /// When they begin again; absent when they never do.
        opens: Option<Timestamp>,
    },
    /// A message was to take a step that its life does not have: a fault of the engine, nothing was changed.
    #[error(transparent)]
    MessageStep(#[from] crate::message::IllegalStep),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn users(users: &[LinkUser]) -> String {
    let names: Vec<String> = users.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn first<T: std::fmt::Display>(faults: &[T]) -> String {
    faults.first().map(ToString::to_string).unwrap_or_default()
}

/// One fault of what was given, in words for a screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldFault {
    /// The field, as a path (`timing.steps[0].at`).
    pub field: String,
    /// What was expected, in Polish.
    pub pl: String,
    /// What was expected, in English.
    pub en: String,
}

impl EngineError {
    /// A stable name of the case, in `snake_case`. Names are added, never changed.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownPractice(_) => "unknown_practice",
            Self::NotPermitted(_) => "not_permitted",
            Self::Practice(_) => "faulty_practice",
            Self::UnknownCampaign(_) => "unknown_campaign",
            Self::CampaignExists(_) => "campaign_exists",
            Self::Campaign(_) => "faulty_campaign",
            Self::CampaignStep(_) => "campaign_step",
            Self::UnknownRule(_) => "unknown_rule",
            Self::CallRule(_) => "faulty_rule",
            Self::TooManyRules => "too_many_rules",
            Self::RuleNamedTwice(_) => "rule_named_twice",
            Self::UnknownTemplate(_) => "unknown_template",
            Self::Template(_) => "faulty_template",
            Self::TooManyTemplates => "too_many_templates",
            Self::UnknownDraft(_) => "unknown_draft",
            Self::TooManyDrafts => "too_many_drafts",
            Self::DraftTooLong => "draft_too_long",
            Self::Link(_) => "faulty_link",
            Self::UnknownLink(_) => "unknown_link",
            Self::LinkInUse(_) => "link_in_use",
            Self::UnknownVisit(_) => "unknown_visit",
            Self::UnknownPatient(_) => "unknown_patient",
            Self::NoReminderCampaign(_) => "no_reminder_campaign",
            Self::Fact { .. } => "faulty_fact",
            Self::BadCursor => "bad_cursor",
            Self::Input { .. } => "faulty_input",
            Self::UnknownMessage(_) => "unknown_message",
            Self::NotIncoming(_) => "not_incoming",
            Self::NotChangeable(_) => "not_changeable",
            Self::TooManyParts { .. } => "too_many_parts",
            Self::QuietHours { .. } => "quiet_hours",
            Self::MessageStep(_) => "message_step",
            Self::Store(StoreError::Conflict { .. }) => "store_conflict",
            Self::Store(StoreError::Unavailable(_)) => "store_unavailable",
            Self::Store(StoreError::Corrupt(_)) => "store_corrupt",
        }
    }

    /// The field that was wrong, as a path; of several the first.
    #[must_use]
    pub fn field(&self) -> Option<String> {
        match self {
            Self::Fact { place, field, .. } => Some(format!("facts[{place}].{field}")),
            Self::Input { field, .. } => Some((*field).to_owned()),
            Self::TooManyParts { .. } => Some("text".to_owned()),
            Self::QuietHours { .. } => Some("at".to_owned()),
            Self::BadCursor => Some("from".to_owned()),
            _ => self.faults().into_iter().next().map(|fault| fault.field),
        }
    }

    /// Every fault of what was given, by field, in Polish and in English; empty where the error is no list of them.
    #[must_use]
    pub fn faults(&self) -> Vec<FieldFault> {
        fn listed<T>(
            faults: &[T],
            field: fn(&T) -> String,
            message: fn(&T, Language) -> String,
        ) -> Vec<FieldFault> {
            let one = |fault: &T| FieldFault {
                field: field(fault),
                pl: message(fault, Language::Pl),
                en: message(fault, Language::En),
            };
            faults.iter().map(one).collect()
        }
        match self {
            Self::Practice(faults) => listed(faults, |fault| fault.field.clone(), PracticeFault::message),
            Self::Campaign(faults) => listed(faults, |fault| fault.field.clone(), CampaignFault::message),
            Self::CallRule(faults) => listed(faults, |fault| fault.field.clone(), CallRuleFault::message),
            Self::Template(faults) => {
                listed(faults, |fault| fault.field.clone(), StoredTemplateFault::message)
            }
            Self::Link(faults) => listed(faults, |_| "link".to_owned(), MarkerFault::message),
            _ => Vec::new(),
        }
    }
}
