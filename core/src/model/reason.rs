//! Why something was not sent: the typed reason on every message that is skipped, cancelled or failed.

use super::{MessageId, NumberKind, Purpose, Refusal, RejectClass, Timestamp, VisitId};
use serde::{Deserialize, Serialize};

/// Why a message was not sent, or not anew. The wire form is a tagged object; `code` never changes its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Reason {
    /// The practice's mode is `none`.
    ModeNone {},
    /// No consent for this purpose, or it was withdrawn.
    NoConsent {
        /// The purpose that lacks it.
        purpose: Purpose,
    },
    /// The number's owner wrote STOP, or the gateway has it on its blacklist.
    OptedOut {},
    /// The visit's patient was never told.
    PatientUnknown {},
    /// The card is put away.
    PatientInactive {},
    /// The patient has died.
    PatientDeceased {},
    /// Neither the card nor a guardian has a number.
    NoNumber {},
    /// The number cannot be read.
    BadNumber {
        /// What is wrong with it.
        refusal: Refusal,
    },
    /// The number is outside the practice's allowed prefixes.
    OutsidePrefixes {},
    /// The number cannot receive an SMS.
    CannotReceiveSms {
        /// What it is.
        kind: NumberKind,
    },
    /// A gateway refused this number for good; cleared when the number on the card is edited.
    NumberMarkedBad {},
    /// No allowed time is left between now and the visit.
    NoAllowedSlot {},
    /// The visit was booked, or moved, after this reminder's time, and the campaign's policy is not to send late.
    BookedLate {},
    /// The booking message stands for this reminder.
    MergedIntoBooking {},
    /// Its use-by time passed before it could be sent.
    PastUseBy {},
    /// A placeholder has no value and its body no fallback.
    MissingValue {
        /// The placeholder's name.
        placeholder: String,
    },
    /// The rendered text has more parts than allowed.
    TooManyParts {
        /// Parts of the text.
        parts: u32,
        /// The most allowed.
        allowed: u32,
    },
    /// Another visit of the same patient on the same day has the message.
    SameDay {
        /// The first visit of that day.
        visit: VisitId,
    },
    /// The booking message of another visit of the same series stands for this one's.
    CoveredBySeries {
        /// The first visit of the series.
        visit: VisitId,
    },
    /// Joined into another message to the same number.
    JoinedInto {
        /// The message that names this visit too.
        message: MessageId,
    },
    /// A reminder was sent by hand.
    ManualReminder {
        /// The message sent by hand.
        message: MessageId,
    },
    /// Another step of the campaign goes to this visit's patient within the same minute.
    SameTime {},
    /// The time named was already the subject of a sent message of this campaign and step.
    AlreadySent {
        /// That message.
        message: MessageId,
    },
    /// The visit was called off.
    VisitCancelled {},
    /// The visit moved by more than the tolerance; another message has its new time.
    VisitMoved {},
    /// The visit stands again: what was to be said of its cancellation is void.
    VisitReopened {},
    /// The card has another number by now.
    NumberChanged {},
    /// The visit is over, began, or is too near.
    VisitStarted {},
    /// The patient did not come.
    NotTookPlace {},
    /// Nobody said whether the visit took place.
    OutcomeUnknown {},
    /// The visit was booked, moved or closed before the campaign was activated.
    BeforeActivation {},
    /// The visit was booked longer ago than the campaign's limit.
    BookedLongAgo {},
    /// The visit no longer matches the campaign's filters.
    OutsideFilters {},
    /// The campaign ended or was archived.
    CampaignEnded {},
    /// The campaign was paused over its time.
    CampaignPaused {},
    /// The patient has had the practice's most messages of a day.
    DailyCap {},
    /// The practice's budget of the day is used up.
    DailyBudget {},
    /// A person withdrew it.
    Withdrawn {},
    /// All attempts failed in ways that could have passed.
    AttemptsUsedUp {},
    /// The gateway refused it for good.
    Rejected {
        /// The kind of refusal.
        class: RejectClass,
    },
    /// It may have been sent before the store was restored from an old copy.
    Restored {},
    /// A gateway did not say whether it took it.
    NoAnswer {},
    /// The account's service for SMS after a call is not active.
    ServiceInactive {},
    /// The rule was switched off or deleted.
    RuleOff {},
    /// The number is the account's own, or its sender's.
    OwnNumber {},
    /// The call was told too long after its end.
    CallTooOld {},
    /// The number has, or is to have, another message within the rule's least time.
    TooSoon {
        /// That message.
        message: MessageId,
    },
    /// The other party was talked to meanwhile.
    AnsweredMeanwhile {},
    /// The provider does not let the sender id be used.
    SenderNotApproved {},
    /// The practice only watches what would be sent.
    Shadow {},
    /// Another system sent it before.
    SentElsewhere {
        /// When.
        at: Timestamp,
    },
    /// The patient has booked a visit meanwhile.
    VisitBooked {
        /// The visit.
        visit: VisitId,
    },
    /// The patient was erased.
    Erased {},
    /// None of the practice's routes is for numbers of this beginning.
    NoRoute {},
}

impl Reason {
    /// The stable machine-readable code: the wire form's tag.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ModeNone {} => "mode_none",
            Self::NoConsent { .. } => "no_consent",
            Self::OptedOut {} => "opted_out",
            Self::PatientUnknown {} => "patient_unknown",
            Self::PatientInactive {} => "patient_inactive",
            Self::PatientDeceased {} => "patient_deceased",
            Self::NoNumber {} => "no_number",
            Self::BadNumber { .. } => "bad_number",
            Self::OutsidePrefixes {} => "outside_prefixes",
            Self::CannotReceiveSms { .. } => "cannot_receive_sms",
            Self::NumberMarkedBad {} => "number_marked_bad",
            Self::NoAllowedSlot {} => "no_allowed_slot",
            Self::BookedLate {} => "booked_late",
            Self::MergedIntoBooking {} => "merged_into_booking",
            Self::PastUseBy {} => "past_use_by",
            Self::MissingValue { .. } => "missing_value",
            Self::TooManyParts { .. } => "too_many_parts",
            Self::SameDay { .. } => "same_day",
            Self::CoveredBySeries { .. } => "covered_by_series",
            Self::JoinedInto { .. } => "joined_into",
            Self::ManualReminder { .. } => "manual_reminder",
            Self::SameTime {} => "same_time",
            Self::AlreadySent { .. } => "already_sent",
            Self::VisitCancelled {} => "visit_cancelled",
            Self::VisitMoved {} => "visit_moved",
            Self::VisitReopened {} => "visit_reopened",
            Self::NumberChanged {} => "number_changed",
            Self::VisitStarted {} => "visit_started",
            Self::NotTookPlace {} => "not_took_place",
            Self::OutcomeUnknown {} => "outcome_unknown",
            Self::BeforeActivation {} => "before_activation",
            Self::BookedLongAgo {} => "booked_long_ago",
            Self::OutsideFilters {} => "outside_filters",
            Self::CampaignEnded {} => "campaign_ended",
            Self::CampaignPaused {} => "campaign_paused",
            Self::DailyCap {} => "daily_cap",
            Self::DailyBudget {} => "daily_budget",
            Self::Withdrawn {} => "withdrawn",
            Self::AttemptsUsedUp {} => "attempts_used_up",
            Self::Rejected { .. } => "rejected",
            Self::Restored {} => "restored",
            Self::NoAnswer {} => "no_answer",
            Self::ServiceInactive {} => "service_inactive",
            Self::RuleOff {} => "rule_off",
            Self::OwnNumber {} => "own_number",
            Self::CallTooOld {} => "call_too_old",
            Self::TooSoon { .. } => "too_soon",
            Self::AnsweredMeanwhile {} => "answered_meanwhile",
            Self::SenderNotApproved {} => "sender_not_approved",
            Self::Shadow {} => "shadow",
            Self::SentElsewhere { .. } => "sent_elsewhere",
            Self::VisitBooked { .. } => "visit_booked",
            Self::Erased {} => "erased",
            Self::NoRoute {} => "no_route",
        }
    }
}

impl From<Refusal> for Reason {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing => Self::NoNumber {},
            Refusal::OutsidePrefixes => Self::OutsidePrefixes {},
            Refusal::CannotReceiveSms { kind } => Self::CannotReceiveSms { kind },
            _ => Self::BadNumber { refusal },
        }
    }
}
