//! Visits as the host tells them, and what the engine keeps beside: what changed, and the confirmation.

use super::{CampaignKind, MessageId, Name, PatientId, Reply, RoomId, Timestamp, UserId, VisitId, Zone};
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// What became of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VisitState {
    /// Booked and still to come, or not yet closed by the practice.
    #[default]
    Booked,
    /// The patient is there.
    Arrived,
    /// It took place: only such a visit gets a follow-up, and only such a one makes the next not the first.
    TookPlace,
    /// The patient did not come.
    NoShow,
    /// Called off.
    Cancelled,
    /// Deleted from the host's calendar: the same as called off.
    Deleted,
}

impl VisitState {
    /// Whether the visit is called off.
    #[must_use]
    pub fn is_off(self) -> bool {
        matches!(self, Self::Cancelled | Self::Deleted)
    }
}

/// Where a visit takes place (Polish: gabinet).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Room {
    /// The host's identifier, which filters use.
    pub id: RoomId,
    /// The name that patients read.
    pub name: String,
}

/// Who sees the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Doctor {
    /// The host's identifier, which filters use.
    pub id: String,
    /// The name that patients read ("dr Ewa Nowak").
    pub name: Name,
}

/// A visit. Its time is local time plus zone: what the patient reads on the wall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Visit {
    /// The host's identifier.
    pub id: VisitId,
    /// The host's revision of this visit: grows with every change, up to 2^63-1; an older or equal one is ignored.
    pub revision: u64,
    /// Whose visit.
    pub patient: PatientId,
    /// Start in local time (`2026-11-21T14:30:00`), never with an offset; years 1 to 9999, seconds 0 to 59.
    pub start: NaiveDateTime,
    /// The zone of `start`; the practice's when absent, never the machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Zone>,
    /// Planned length in minutes, 1 to 1440.
    #[serde(default = "half_an_hour")]
    pub duration_min: u32,
    /// What became of it.
    #[serde(default)]
    pub state: VisitState,
    /// The host's type of visit ("higienizacja"), which filters use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_type: Option<String>,
    /// Who sees the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doctor: Option<Doctor>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Room>,
    /// When it was booked; the moment the engine first hears of it when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_at: Option<Timestamp>,
    /// Visits booked together share this name and get one booking message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    /// Whether it is the patient's first, where the host knows more than the engine has seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_visit: Option<bool>,
}

fn half_an_hour() -> u32 {
    30
}

/// A visit as the engine keeps it: as last told, and what happened to it on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VisitFile {
    /// As the host last told it.
    pub visit: Visit,
    /// When the engine first heard of it.
    pub told_at: Timestamp,
    /// `visit.start` in its zone, as an instant.
    pub starts_at: Timestamp,
    /// `starts_at` plus the planned length.
    pub ends_at: Timestamp,
    /// When it was booked (`visit.booked_at`, else `told_at`), or given to its patient.
    pub booked_at: Timestamp,
    /// When it was last given to a patient with another number: what went before is theirs only where it went to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_at: Option<Timestamp>,
    /// The last change of its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<Moved>,
    /// When it was called off; absent while it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub off_at: Option<Timestamp>,
    /// What the patient or the staff said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmation: Option<Confirmation>,
    /// Reminders asked for by hand, newest last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub manual_reminders: Vec<MessageId>,
    /// What another system sent about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent_elsewhere: Vec<SentElsewhere>,
}

/// A message about a visit that another system sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SentElsewhere {
    /// Its kind.
    pub kind: CampaignKind,
    /// The visit's start at that time.
    pub starts_at: Timestamp,
    /// When it was sent.
    pub at: Timestamp,
}

/// A change of a visit's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moved {
    /// The start before the change, as an instant.
    pub from: Timestamp,
    /// When the engine was told.
    pub at: Timestamp,
}

/// The state of a visit's confirmation. The host keeps its own calendar and reads this from events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Confirmation {
    /// What it says.
    pub reply: Reply,
    /// The start that was confirmed or declined: the answer is void for any other.
    pub starts_at: Timestamp,
    /// When.
    pub at: Timestamp,
    /// Who: the patient's message, or a person at the desk, whose word no later reply overrides.
    pub by: ConfirmedBy,
}

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedBy {
    /// The patient, by this inbound message.
    Message(MessageId),
    /// The staff, by hand.
    Staff(UserId),
}
