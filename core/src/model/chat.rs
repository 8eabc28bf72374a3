//! What a person writes to a patient.

use super::{Advice, Body, PatientId, Phone, Segments, Timestamp};
use serde::{Deserialize, Serialize};

/// To whom a person writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Recipient {
    /// To a patient, by the number of the card or the guardian's.
    Patient(PatientId),
    /// To a number, as typed; where it is on exactly one card, it is that patient's conversation.
    Number(Phone),
}

/// What happens to a message whose time is outside the practice's sending hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum QuietHours {
    /// It is refused, so that the person can be asked.
    #[default]
    Warn,
    /// It goes: the person was asked.
    Override,
}

/// A message as a person writes it. Placeholders in brackets are not filled in: the text goes as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMessage {
    /// To whom.
    pub to: Recipient,
    /// The text, with at least one visible character and no more parts than the practice allows.
    pub text: Body,
    /// When, at most 366 days ahead; absent or past: now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Outside the practice's sending hours.
    #[serde(default)]
    pub hours: QuietHours,
    /// Makes writing it again the same message (a click that was repeated, an answer that was lost): 1 to 100 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// A change of a message that is still planned.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MessageEdit {
    /// The new text; absent: as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Body>,
    /// The new time; absent: as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Outside the practice's sending hours.
    pub hours: QuietHours,
}

/// What a text would be as a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChatPreview {
    /// The text as it would go, by the practice's way with Polish letters.
    pub text: Body,
    /// Its encoding, units and parts.
    pub segments: Segments,
    /// The most parts that are allowed.
    pub allowed_parts: u32,
    /// Cost in thousandths of the currency's unit.
    pub cost_milli: i64,
    /// What makes the text as it would go dearer.
    pub advice: Advice,
}
