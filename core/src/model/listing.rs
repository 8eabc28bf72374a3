//! Lists of messages: what is asked for, the rows, and what can be done with each.

use super::{
    Body, CampaignId, CampaignKind, CampaignStatus, Direction, Message, MessageId, Name, PatientId, Phone,
    Status, Timestamp,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Which messages a list shows: those that meet all of it. The default is every message.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct MessageFilter {
    /// Of this patient's conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// Of this campaign, reminders sent by hand with its text included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<CampaignId>,
    /// Of campaigns of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<CampaignKind>,
    /// In one of these statuses; empty: in any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<Status>,
    /// One way only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// To or from this number, as typed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<Phone>,
    /// With these words in their text, in any order, without regard to case and diacritics; the last one may be the
    /// beginning of a word. At least one word of two characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Body>,
    /// Of this instant or later. A message's instant is when it was received or first submitted, else when it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
    /// Read or not; absent: both.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
}

/// Whether the desk has read an incoming message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Incoming ones that nobody has read.
    Unread,
    /// Incoming ones that were read.
    Read,
}

/// What a person can do with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RowAction {
    /// Mark it as read.
    MarkRead,
    /// Mark it as not read.
    MarkUnread,
    /// Give it to a patient.
    Assign,
    /// Open the conversation.
    OpenChat,
    /// Change text or time of what is still planned.
    Edit,
    /// Withdraw what is still planned.
    Cancel,
    /// Say that it was dealt with.
    Settle,
    /// Say what became of a message in doubt.
    SettleDoubt,
    /// Correct the number on the card.
    CorrectNumber,
    /// Say that the gateway's account is in order again.
    ResumeGateway,
    /// Top the account up.
    TopUp,
}

/// A message in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessageRow {
    /// The message.
    pub message: Message,
    /// First and last name of its patient, where the card is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient_name: Option<Name>,
    /// What can be done with it now.
    pub actions: Vec<RowAction>,
}

/// A page of messages, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MessagePage {
    /// The messages. A page can be short, even empty, and still have a next one.
    pub rows: Vec<MessageRow>,
    /// Where the next page goes on; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// What a conversation shows beside what went, goes and came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChatShows {
    /// Nothing else.
    #[default]
    Exchanged,
    /// Skipped and withdrawn messages too, with their reasons.
    Everything,
}

/// A number that is counted no further than its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BoundedCount {
    /// How many, up to 1,000.
    pub count: u32,
    /// Whether there are more.
    pub more: bool,
}

/// A patient that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PatientFound {
    /// Who.
    pub id: PatientId,
    /// First name.
    pub first_name: Name,
    /// Last name.
    pub last_name: Name,
    /// The number that messages go to, or the one on the card where nothing can go to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Phone>,
    /// Date of birth, to tell namesakes apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// Messages of the patient that nobody has read.
    pub unread: BoundedCount,
}

/// A campaign that a patient had messages of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PatientCampaign {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: CampaignKind,
    /// Where it stands.
    pub status: CampaignStatus,
    /// How many of the patient's messages are its, not sent ones included.
    pub messages: u32,
    /// The newest of them.
    pub last: MessageId,
    /// The newest one's instant.
    pub last_at: Timestamp,
    /// The newest one's status.
    pub last_status: Status,
}
