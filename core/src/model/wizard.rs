//! The campaign wizard as data: what a screen draws, and what its user has filled in so far.

use super::{
    CampaignId, CampaignKind, Encoding, Language, SenderApproval, TemplateId, TemplateSubject, Timestamp,
    UserId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// The wizard for one kind: its steps in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Wizard {
    /// The kind it is for.
    pub kind: CampaignKind,
    /// The steps.
    pub steps: Vec<WizardStep>,
}

/// A page of the wizard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WizardStep {
    /// Which.
    pub id: WizardStepId,
    /// Its title, in the language asked for.
    pub title: String,
    /// Its fields, in the order in which they are drawn.
    pub fields: Vec<WizardField>,
}

/// The pages of the wizard, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WizardStepId {
    /// What kind of campaign.
    Kind,
    /// Name, times, texts.
    Basics,
    /// Everything that has a sensible default.
    Advanced,
    /// What will be sent when, in words.
    Summary,
}

impl WizardStepId {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Kind, Self::Basics, Self::Advanced, Self::Summary];
}

/// A field of the wizard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WizardField {
    /// Where its value stands in [`CampaignDraft::values`], and which field faults and warnings name
    /// (`timing.steps`, `bodies.default`); `kind` is [`CampaignDraft::kind`].
    pub path: String,
    /// Its label, in the language asked for.
    pub label: String,
    /// A sentence of help beside it; may be empty.
    pub help: String,
    /// What its value is, with its limits.
    pub value: FieldType,
    /// What holds when nothing is written there; absent where nothing is a value of its own.
    pub default: Option<Value>,
    /// Whether something has to be written there.
    pub required: bool,
}

/// What the value of a field is. Where a number or a time is wanted, the text that a user typed will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldType {
    /// A line of text.
    Text {
        /// The most characters.
        most_chars: usize,
    },
    /// A text with placeholders: `{"text": …}` or `{"template": id}`.
    Body {
        /// Whose placeholders.
        subject: TemplateSubject,
        /// The most characters.
        most_chars: usize,
    },
    /// A whole number.
    Integer {
        /// What it counts.
        unit: FieldUnit,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A time on the wall, `HH:MM`.
    Time {},
    /// A local day with a time, `2026-11-20T10:00:00`.
    DateTime {},
    /// A span of days, `{"from": …, "to": …}`.
    Days {},
    /// Yes or no.
    YesNo {},
    /// One of several.
    Choice {
        /// What there is to choose from, in order.
        options: Vec<FieldOption>,
    },
    /// Any number of the host's own values; the host knows which there are.
    List {
        /// What they are.
        of: ListOf,
    },
    /// Hours of sending, as a [`SendWindow`](super::SendWindow).
    Window {},
    /// One of the practice's senders.
    Sender {
        /// They.
        options: Vec<SenderOption>,
    },
    /// A value of one of several shapes.
    Form {
        /// The shapes.
        forms: Vec<FieldForm>,
    },
    /// A list of such values.
    Forms {
        /// The shapes.
        forms: Vec<FieldForm>,
        /// The most values.
        most: usize,
    },
}

/// One shape of a value: an object with these fields, whose paths are names within it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldForm {
    /// Its label.
    pub label: String,
    /// Its fields, all required.
    pub fields: Vec<WizardField>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldUnit {
    /// Minutes.
    Minutes,
    /// Hours.
    Hours,
    /// Calendar days.
    Days,
    /// Working days.
    WorkingDays,
    /// Months.
    Months,
    /// Parts of a message.
    Parts,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldOption {
    /// The value.
    pub value: String,
    /// What the user reads.
    pub label: String,
}

/// A sender to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SenderOption {
    /// The value.
    pub value: String,
    /// Whether an answer to it can come back.
    pub receives: bool,
    /// Whether the provider lets it be used.
    pub approval: SenderApproval,
}

/// Which of the host's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ListOf {
    /// Identifiers of rooms.
    Rooms,
    /// Identifiers of doctors.
    Doctors,
    /// Types of visit.
    VisitTypes,
}

/// A campaign that is being filled in. Nothing that was typed is lost: a value is kept as it is, whether it is a number
/// already or still a text, and those of another kind wait for the user to change their mind.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CampaignDraft {
    /// The kind, once it is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<CampaignKind>,
    /// What was filled in, by the path of its field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Value>,
}

/// Where a draft's body comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BodySource {
    /// It was written here.
    Text(String),
    /// From a stored template: its text at the moment of saving.
    Template(TemplateId),
}

/// A draft as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptDraft {
    /// The identifier that the campaign will have.
    pub id: CampaignId,
    /// What was filled in.
    pub draft: CampaignDraft,
    /// When it was last kept.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: UserId,
}

/// What a campaign will do, in words. Made of a sample: no patient is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CampaignSummary {
    /// The language of the words.
    pub language: Language,
    /// What is sent when, to whom, and what becomes of the exceptions, a sentence each.
    pub sentences: Vec<String>,
    /// A worked example for each of its steps, in the order in which the messages would go.
    pub examples: Vec<WorkedExample>,
    /// What to think about before it is saved, a sentence each.
    pub warnings: Vec<String>,
}

/// What would go in one case, by the rules that decide on real ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WorkedExample {
    /// The case and the time, or why nothing goes: `wizyta w piątek 20.11.2026 o 12:30 → wiadomość w czwartek …`.
    pub words: String,
    /// When the message would go; absent when none would.
    pub at: Option<Timestamp>,
    /// Its text, as it would be sent.
    pub text: String,
    /// How that is coded.
    pub encoding: Encoding,
    /// Its parts.
    pub parts: u32,
    /// Its cost in thousandths of the practice's currency, by the price for Polish numbers or those of the practice's own
    /// prefix.
    pub cost_milli: i64,
    /// Parts and cost in words: `1 część, 0,09 PLN`.
    pub cost: String,
}
