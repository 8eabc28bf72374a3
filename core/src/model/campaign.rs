//! Campaigns: what a user writes (`CampaignSpec`), and the campaign as it lives (`Campaign`).

use super::{CampaignId, OutsidePolicy, Purpose, RoomId, SendWindow, TimeOfDay, Timestamp, UserId};
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// The most reminder steps of one campaign.
pub const MAX_STEPS: usize = 8;

/// When a campaign's messages go, and by that its kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Timing {
    /// After booking.
    Booking {
        /// Minutes after booking, 0 to 10,080 (a week).
        #[serde(default)]
        delay_min: u32,
        /// Visits booked longer ago than this many minutes get none: a bulk import of old visits stays silent.
        #[serde(default = "one_day_min")]
        max_age_min: u32,
    },
    /// Before the visit, in one step or several.
    Reminder {
        /// The steps; a step is known by its place, so add new ones at the end.
        steps: Vec<ReminderStep>,
    },
    /// After a visit that took place.
    FollowUp {
        /// When.
        after: FollowUpTime,
        /// No later than this many hours after the planned end.
        #[serde(default = "three_days_h")]
        max_age_h: u32,
    },
    /// After the time of a visit was changed.
    Rescheduled {
        /// Minutes after the change.
        #[serde(default)]
        delay_min: u32,
    },
    /// After a visit was called off.
    Cancelled {
        /// Minutes after the change.
        #[serde(default)]
        delay_min: u32,
    },
    /// So many months after the last visit that took place and that the filters match, where no later one is booked.
    Recall {
        /// Calendar months after the day of that visit, 1 to 120; a day that its month lacks means the month's last.
        months_after: u32,
        /// Local time of day.
        at: TimeOfDay,
        /// At activation also for those who were due in so many days before it, 0 to 730.
        #[serde(default)]
        overdue_days: u32,
    },
    /// On the patient's birthday; one of 29 February is on 1 March in other years.
    Birthday {
        /// Local time of day.
        at: TimeOfDay,
    },
    /// Once to everybody of an audience.
    Broadcast {
        /// When, in the practice's local time.
        at: NaiveDateTime,
        /// To whom.
        #[serde(default)]
        audience: Audience,
    },
}

/// To whom a broadcast goes: every patient, or those with a visit in a span of days that the campaign's filters match.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// Only patients with a visit between these days, past or to come, that was not called off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visits: Option<DayRange>,
}

/// A span of local days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DayRange {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

fn one_day_min() -> u32 {
    1_440
}

fn three_days_h() -> u32 {
    72
}

/// A campaign's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CampaignKind {
    /// After booking.
    Booking,
    /// Before the visit.
    Reminder,
    /// After the visit.
    FollowUp,
    /// After a change of the visit's time.
    Rescheduled,
    /// After the visit was called off.
    Cancelled,
    /// Months after the last visit.
    Recall,
    /// On the patient's birthday.
    Birthday,
    /// Once, to many.
    Broadcast,
}

impl CampaignKind {
    /// All of them, in the order in which a screen offers them.
    pub const ALL: [Self; 8] = [
        Self::Booking,
        Self::Reminder,
        Self::FollowUp,
        Self::Rescheduled,
        Self::Cancelled,
        Self::Recall,
        Self::Birthday,
        Self::Broadcast,
    ];

    /// Whether its messages are about a patient and not about one visit.
    #[must_use]
    pub fn is_about_patients(self) -> bool {
        matches!(self, Self::Recall | Self::Birthday | Self::Broadcast)
    }
}

impl Timing {
    /// The kind this timing makes.
    #[must_use]
    pub fn kind(&self) -> CampaignKind {
        match self {
            Self::Booking { .. } => CampaignKind::Booking,
            Self::Reminder { .. } => CampaignKind::Reminder,
            Self::FollowUp { .. } => CampaignKind::FollowUp,
            Self::Rescheduled { .. } => CampaignKind::Rescheduled,
            Self::Cancelled { .. } => CampaignKind::Cancelled,
            Self::Recall { .. } => CampaignKind::Recall,
            Self::Birthday { .. } => CampaignKind::Birthday,
            Self::Broadcast { .. } => CampaignKind::Broadcast,
        }
    }
}

/// When a reminder goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, deny_unknown_fields)]
pub enum ReminderStep {
    /// So many calendar days before the visit, at a time on the wall.
    Days {
        /// Days before, 0 to 365.
        days_before: u32,
        /// Local time of day.
        at: TimeOfDay,
    },
    /// So many working days before the visit, at a time on the wall.
    WorkingDays {
        /// Open days before, 0 to 60.
        working_days_before: u32,
        /// Local time of day.
        at: TimeOfDay,
    },
    /// So many elapsed hours before the visit.
    Hours {
        /// Hours before, 1 to 8,760.
        hours_before: u32,
    },
}

/// When a follow-up goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, deny_unknown_fields)]
pub enum FollowUpTime {
    /// So many minutes after the planned end.
    Delay {
        /// Minutes, 0 to 43,200 (30 days).
        delay_min: u32,
    },
    /// So many calendar days after the visit's day, at a time on the wall.
    Days {
        /// Days after, 0 to 365.
        days_after: u32,
        /// Local time of day.
        at: TimeOfDay,
    },
}

/// The texts: a minor's body wins over the first visit's, that over the default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bodies {
    /// For everybody else.
    pub default: String,
    /// For a first visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_visit: Option<String>,
    /// For a patient under 18.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minor: Option<String>,
}

/// Which of a campaign's bodies a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BodyVariant {
    /// The default body.
    Default,
    /// The first visit's.
    FirstVisit,
    /// The minor's.
    Minor,
}

/// Which visits a campaign is for. An empty list takes every value.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Filters {
    /// Rooms; a visit without a room is not in a list that names some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rooms: Vec<RoomId>,
    /// Doctors, by the host's identifier.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doctors: Vec<String>,
    /// Types of visit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub visit_types: Vec<String>,
    /// First visits.
    pub first_visits: FirstVisits,
}

/// One of the [`Filters`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum VisitFilter {
    /// Rooms.
    Rooms,
    /// Doctors.
    Doctors,
    /// Types of visit.
    VisitTypes,
    /// First visits.
    FirstVisits,
}

/// Whether a campaign takes first visits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FirstVisits {
    /// First visits and others.
    #[default]
    Any,
    /// First visits only.
    Only,
    /// Never first visits.
    Never,
}

/// What becomes of a reminder whose visit was booked after the reminder's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LatePolicy {
    /// Skip when the visit has a booking message, else send at once while the minimum lead is left.
    #[default]
    Auto,
    /// Never.
    Skip,
    /// Send at once while the minimum lead is left.
    SendNow,
    /// The booking message stands for it and asks what the reminder would ask; without one, as `send_now`.
    Merge,
}

/// What becomes of the automatic reminder after one was sent by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ManualPolicy {
    /// It is not sent.
    #[default]
    Skip,
    /// It is sent.
    Allow,
    /// It is sent, and the desk is told.
    Warn,
}

/// What becomes of several visits of one patient on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SameDay {
    /// One message for the first of them, naming its time.
    #[default]
    First,
    /// One message that names them all; an answer to it answers for all.
    Joint,
    /// One message each.
    Each,
}

/// What becomes of messages to several patients who share a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SharedNumber {
    /// One message each, with the patient's name.
    #[default]
    Each,
    /// One message for visits of one day, naming all; an answer to it answers for all.
    Joint,
}

/// What becomes of a rendered text of more parts than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OverLength {
    /// It is sent, whatever it costs.
    #[default]
    Send,
    /// It is cut to the allowed parts, never inside a link.
    Cut,
    /// It is skipped with the reason.
    Refuse,
}

/// On which day a patient's age is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgeOn {
    /// On the day of the visit, in the practice's zone.
    #[default]
    VisitDate,
    /// On the day of sending.
    SendDate,
}

/// A campaign as its author writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CampaignSpec {
    /// The name on the list, 1 to 100 characters.
    pub name: String,
    /// Kind and times.
    pub timing: Timing,
    /// Texts.
    pub bodies: Bodies,
    /// What it is for, which decides the consent it needs.
    #[serde(default)]
    pub purpose: Purpose,
    /// Which visits.
    #[serde(default)]
    pub filters: Filters,
    /// Whether it asks for TAK or NIE; by default a reminder does and no other kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expects_reply: Option<bool>,
    /// The sender id; the practice's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// When it may be sent, inside the practice's own sending hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<SendWindow>,
    /// What to do when the time falls outside; by default a reminder is brought forward, all else deferred.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<OutsidePolicy>,
    /// The least time before the visit, in minutes.
    #[serde(default = "two_hours_min")]
    pub min_lead_min: u32,
    /// Visits booked after the reminder's time.
    #[serde(default)]
    pub late: LatePolicy,
    /// Reminders sent by hand.
    #[serde(default)]
    pub manual: ManualPolicy,
    /// Several visits of one patient on one day.
    #[serde(default)]
    pub same_day: SameDay,
    /// Several patients on one number.
    #[serde(default)]
    pub shared_number: SharedNumber,
    /// The most parts of a message, 1 to 10; absent: the practice's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parts: Option<u32>,
    /// What to do with a longer one.
    #[serde(default)]
    pub over_length: OverLength,
    /// On which day a patient's age is taken.
    #[serde(default)]
    pub age_on: AgeOn,
}

fn two_hours_min() -> u32 {
    120
}

impl CampaignSpec {
    /// Whether its messages ask for an answer.
    #[must_use]
    pub fn expects_reply(&self) -> bool {
        self.expects_reply.unwrap_or(self.timing.kind() == CampaignKind::Reminder)
    }

    /// What it does with a time outside the window.
    #[must_use]
    pub fn outside(&self) -> OutsidePolicy {
        self.outside.unwrap_or(match self.timing.kind() {
            CampaignKind::Reminder => OutsidePolicy::BringForward,
            _ => OutsidePolicy::Defer,
        })
    }

    /// How many steps it has: 1, or as many as a reminder lists.
    #[must_use]
    pub fn steps(&self) -> u8 {
        match &self.timing {
            Timing::Reminder { steps } => u8::try_from(steps.len()).unwrap_or(u8::MAX),
            _ => 1,
        }
    }
}

/// Where a campaign stands in its life: `Draft → Ready → Active ⇄ Paused → Ended → Archived`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CampaignStatus {
    /// Being written; may be faulty.
    Draft,
    /// Complete and checked, not yet started.
    Ready,
    /// Running.
    Active,
    /// Held: what is planned waits.
    Paused,
    /// Over: what was planned is withdrawn.
    Ended,
    /// Over and off the list.
    Archived,
}

/// A step in a campaign's life, or an edit of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CampaignChange {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: UserId,
    /// The status after it; unchanged by an edit.
    pub status: CampaignStatus,
    /// The version after it; grows with every edit.
    pub version: u32,
}

/// A campaign as it lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Campaign {
    /// Its identifier, unique in the practice.
    pub id: CampaignId,
    /// What its author wrote.
    pub spec: CampaignSpec,
    /// Where it stands.
    pub status: CampaignStatus,
    /// Counts edits, from 1; every message carries the version it was planned by.
    pub version: u32,
    /// When it was last activated from `Ready`: bookings, changes and ends before that are not its business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<Timestamp>,
    /// Who changed what and when, oldest first.
    pub history: Vec<CampaignChange>,
}
