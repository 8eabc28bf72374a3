//! Messages, both ways, and the requests for an answer that outgoing ones open.

use super::{
    Body, BodyVariant, CallId, CallRuleId, CampaignId, CampaignKind, Encoding, GatewayId, MessageId,
    PatientId, Phone, Reason, RejectClass, Reply, Timestamp, UserId, Verbatim, VisitId,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The most visits one message can name.
pub const MAX_JOINED_VISITS: usize = 8;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// To the patient (mobile terminated).
    Outgoing,
    /// From the patient (mobile originated).
    Incoming,
}

/// Where a message stands.
///
/// `Planned → Claimed → Submitting → Submitted → Sent → Delivered` and the ends beside; see
/// the room `message` for the legal steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// To be sent at `due_at`.
    Planned,
    /// Taken by a dispatcher, nothing submitted yet; free again when the lease runs out.
    Claimed,
    /// Handed to the gateway, answer not yet known; never free again by itself.
    Submitting,
    /// The gateway took it.
    Submitted,
    /// The operator has it.
    Sent,
    /// It reached the handset.
    Delivered,
    /// Some parts reached the handset, some did not.
    PartlyDelivered,
    /// No report came in time; it may well have arrived.
    Unconfirmed,
    /// The operator gave up.
    Undelivered,
    /// Its validity ended on the way (the gateway's word).
    Expired,
    /// Refused for good, or all attempts used up.
    Failed,
    /// Withdrawn before it was submitted.
    Cancelled,
    /// Decided not to send, with the reason.
    Skipped,
    /// Nobody knows whether it was sent: a look-up, a report or a person settles it.
    InDoubt,
    /// An incoming message.
    Received,
}

/// What a message comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum Origin {
    /// A campaign's step.
    Campaign {
        /// The campaign.
        campaign: CampaignId,
        /// Its kind.
        kind: CampaignKind,
        /// The step, from 0.
        step: u8,
        /// The version it was planned by.
        version: u32,
    },
    /// A reminder sent by hand from the calendar.
    ManualReminder {
        /// Who asked for it.
        by: UserId,
        /// The campaign whose texts it has.
        campaign: CampaignId,
    },
    /// The acknowledgement of a STOP.
    OptOutAck {
        /// The message that said STOP.
        answers: MessageId,
    },
    /// A rule for SMS after a call.
    AfterCall {
        /// The rule.
        rule: CallRuleId,
        /// The version that matched.
        version: u32,
        /// The exchange of the call.
        system: String,
        /// The call.
        call: CallId,
    },
    /// A person's own text, or an incoming message.
    Chat {
        /// Who wrote it; none for incoming ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
}

impl Origin {
    /// The rule, where one planned it after a call.
    #[must_use]
    pub fn rule(&self) -> Option<&CallRuleId> {
        match self {
            Self::AfterCall { rule, .. } => Some(rule),
            _ => None,
        }
    }

    /// The campaign whose text a message has: by itself, or at a person's wish.
    #[must_use]
    pub fn campaign(&self) -> Option<&CampaignId> {
        match self {
            Self::Campaign { campaign, .. } | Self::ManualReminder { campaign, .. } => Some(campaign),
            Self::OptOutAck { .. } | Self::AfterCall { .. } | Self::Chat { .. } => None,
        }
    }

    /// The campaign and step, where one planned it.
    #[must_use]
    pub fn step(&self) -> Option<(&CampaignId, u8)> {
        match self {
            Self::Campaign { campaign, step, .. } => Some((campaign, *step)),
            _ => None,
        }
    }
}

/// What a message is about: part of the key that keeps it from going twice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Subject {
    /// The visit.
    pub visit: VisitId,
    /// Its start at the time of planning: the occasion.
    pub starts_at: Timestamp,
}

/// What a message about a patient, not about a visit, is for: part of the key that keeps it from going twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Occasion {
    /// A birthday.
    Birthday {
        /// The year in which it is kept.
        year: i32,
    },
    /// A recall.
    Recall {
        /// The day on which it is due.
        due: NaiveDate,
    },
    /// A broadcast.
    Broadcast {
        /// The run of the campaign, from 1.
        run: u32,
    },
}

/// The right to act on a message until a time, proved by a token that grows with every claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Lease {
    /// Fencing token: an older holder's is refused.
    pub token: u64,
    /// When the right ends.
    pub until: Timestamp,
}

/// A failed attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FailedAttempt {
    /// When.
    pub at: Timestamp,
    /// What kind of failure.
    pub class: RejectClass,
    /// The gateway's own code, as it gave it.
    pub code: String,
    /// Which gateway; absent in what older releases wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<GatewayId>,
}

/// The state of one part by its reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PartState {
    /// The part, from 1.
    pub part: u32,
    /// Its latest state.
    pub state: DeliveryState,
}

/// A report as it came, kept as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ReportSeen {
    /// When it happened, by the gateway.
    pub at: Timestamp,
    /// What it said.
    pub state: DeliveryState,
    /// The gateway's own words.
    pub raw: Verbatim,
    /// Whether it contradicts what was final already, and so changed nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub conflict: bool,
}

/// What a delivery report says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The gateway has it.
    Accepted,
    /// The operator has it.
    Sent,
    /// It reached the handset.
    Delivered,
    /// The operator gave up.
    Undelivered,
    /// Its validity ended.
    Expired,
    /// Refused.
    Rejected,
    /// The gateway does not know.
    Unknown,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Message {
    /// Its number in the practice.
    pub id: MessageId,
    /// Which way it goes.
    pub direction: Direction,
    /// What it comes from.
    #[serde(flatten)]
    pub origin: Origin,
    /// What it is about; empty for chat.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<Subject>,
    /// What it is for, where it is about a patient and not about visits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occasion: Option<Occasion>,
    /// Whose conversation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The other side's number in E.164; absent where none could be decided on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Phone>,
    /// The sender id it goes out with; for an incoming one the number it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// Where it stands.
    pub status: Status,
    /// Why it is not sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Which body it has; absent until rendered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<BodyVariant>,
    /// The text as sent or received; absent until the first submission freezes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
    /// Encoding of `body`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
    /// Parts of `body`; the gateway's own figure wins.
    #[serde(default)]
    pub parts: u32,
    /// Cost in thousandths of the currency's unit; the gateway's own figure wins.
    #[serde(default)]
    pub cost_milli: i64,
    /// Whether it asks for TAK or NIE.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub expects_reply: bool,
    /// When it was planned, or received by the engine.
    pub created_at: Timestamp,
    /// When its time was last decided: deciding anew from the same facts gives the same time.
    pub planned_at: Timestamp,
    /// When it is to be sent. With `Claimed` and `Submitting` the lease decides when it is looked at again.
    pub due_at: Timestamp,
    /// After this instant it is not sent any more.
    pub use_by: Timestamp,
    /// Held by a pause of its campaign: not due until that resumes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// Who may act on it, while `Claimed` or `Submitting`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
    /// The stable reference it is submitted under: at most 36 of `0-9a-z-`, the same over all attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The gateway it sticks to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<GatewayId>,
    /// The gateway's identifiers, one or one a part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provider_ids: Vec<String>,
    /// What makes a second delivery of this incoming message, or of a part of it, the same one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inbound_keys: Vec<String>,
    /// What a person's message was written under: written again under it, it is this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The local day it counts for in statistics: of its sending, or of the time planned for it.
    pub day: NaiveDate,
    /// When to stop waiting for a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_due: Option<Timestamp>,
    /// First submission.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    /// When the operator had it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<Timestamp>,
    /// When it reached the handset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// When an incoming one was received, by the gateway.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<Timestamp>,
    /// Whether an attempt is under way whose outcome nobody knows: it may have been sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unanswered: bool,
    /// Attempts used up.
    #[serde(default)]
    pub attempts: u8,
    /// What went wrong in each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<FailedAttempt>,
    /// Parts reported one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub part_states: Vec<PartState>,
    /// Reports as they came, the newest 16.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<ReportSeen>,
    /// The gateway could not take a submitted message back after its visit was called off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_still_arrive: bool,
    /// Whether the desk has read it (incoming only).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub read: bool,
    /// Whether the desk has dealt with what it asked for: an ambiguous answer, a mention of STOP.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub settled: bool,
    /// What an incoming message was found to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// The latest answer that an outgoing message got.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// What was taken out of it: nothing of that kind is stored on it any more, whatever comes.
    #[serde(default, skip_serializing_if = "Wiped::is_nothing")]
    pub wiped: Wiped,
}

/// What was taken out of a message, by age or as its patient was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Wiped {
    /// Nothing.
    #[default]
    Nothing,
    /// The text, and what gateways said of it.
    Text,
    /// That, and whose it was: number, patient, visits.
    Identity,
}

impl Wiped {
    /// Whether all is there.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// What an incoming message was found to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Answer {
    /// The class of its text.
    pub reply: Reply,
    /// The policy that classified it.
    pub policy: super::ReplyPolicy,
    /// What came of it.
    pub effect: ReplyEffect,
    /// The visits it was applied to, or may belong to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<VisitId>,
}

/// What came of an incoming message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReplyEffect {
    /// It confirmed or declined its visits.
    Applied,
    /// It belongs to a request but is neither TAK nor NIE: kept, nothing changed.
    Noted,
    /// Several requests are open: nothing is confirmed, the desk decides.
    Ambiguous,
    /// Its request was closed: the visit moved, began, ended or was called off.
    TooLate,
    /// The staff set the state by hand, which no reply overrides.
    StaffDecided,
    /// No request is open for the number.
    NoRequest,
    /// It withdrew consent.
    OptOut,
    /// It speaks of STOP inside a sentence: the desk decides.
    StopMentioned,
    /// Parts of it never came.
    Incomplete,
}

/// A question that is open at a number: TAK or NIE to these visits?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Request {
    /// Named after the message that opened it.
    pub id: MessageId,
    /// The number asked, E.164: an answer from it belongs here even after the card has another.
    pub number: Phone,
    /// Whom it is about; none where patients share it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient: Option<PatientId>,
    /// The visits asked about.
    pub subjects: Vec<Subject>,
    /// The messages that asked.
    pub messages: Vec<MessageId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// The start of the first visit: no answer counts from then on.
    pub closes_at: Timestamp,
    /// Whether it is closed before that: every visit moved, ended or was called off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub closed: bool,
}
