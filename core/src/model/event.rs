//! What the engine decided, for the host: numbered events, read at least once and in order.

use super::{
    CallRuleId, CampaignId, GatewayId, MessageId, PatientId, Reason, RejectClass, Reply, ReplyEffect,
    RuleState, Status, Timestamp, UserId, VisitId,
};
use serde::{Deserialize, Serialize};

/// An event. Numbers of a practice are 1, 2, 3 … without gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// Its number in the practice.
    pub no: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub what: Happening,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happening {
    /// A message reached a status worth knowing: submitted, skipped, failed, delivered, in doubt …
    MessageChanged {
        /// The message.
        message: MessageId,
        /// Its status now.
        status: Status,
        /// Why, where it was not sent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
    /// The patient answered for a visit: show it in the calendar.
    VisitAnswered {
        /// The visit.
        visit: VisitId,
        /// Yes or No.
        reply: Reply,
        /// The colour configured for it.
        colour: String,
        /// The message that said so.
        message: MessageId,
    },
    /// An earlier answer no longer holds, as the visit moved.
    ConfirmationVoid {
        /// The visit.
        visit: VisitId,
    },
    /// An incoming message was read.
    Received {
        /// The message.
        message: MessageId,
        /// Whose, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        patient: Option<PatientId>,
        /// What came of it; all but `applied` and `opt_out` want the desk's eye.
        effect: ReplyEffect,
        /// Its class.
        reply: Reply,
    },
    /// A number's owner withdrew consent.
    OptedOut {
        /// Whose, where known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        patient: Option<PatientId>,
    },
    /// A gateway refused a number for good.
    NumberBad {
        /// On whose card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        patient: Option<PatientId>,
        /// The message that failed.
        message: MessageId,
    },
    /// A gateway is paused: its account needs a person, or (class `transient`) it is out of reach. Raised once a pause.
    GatewayPaused {
        /// The gateway.
        gateway: GatewayId,
        /// Why.
        class: RejectClass,
        /// Until when it is not tried.
        until: Timestamp,
    },
    /// A gateway works again.
    GatewayResumed {
        /// The gateway.
        gateway: GatewayId,
    },
    /// The day's budget is used up: automatic messages stop until midnight. Raised once a day.
    BudgetReached {},
    /// An automatic reminder went out although one was sent by hand.
    RemindedTwice {
        /// The visit.
        visit: VisitId,
        /// The automatic message.
        message: MessageId,
    },
    /// A rule for SMS after a call was saved, switched, moved or deleted.
    RuleChanged {
        /// The rule.
        rule: CallRuleId,
        /// Its state now.
        state: RuleState,
        /// Its version.
        version: u32,
        /// Who did it.
        by: UserId,
    },
    /// The practice's settings were changed.
    SettingsChanged {
        /// Who did it.
        by: UserId,
    },
    /// An account is running out. Raised when it falls to another threshold; a fall through several is one event.
    LowBalance {
        /// The gateway whose account it is.
        gateway: GatewayId,
        /// Messages of one part that are left.
        left: i64,
    },
    /// Far more than on a usual day would go out: automatic messages wait until somebody lets them through. Raised once
    /// a day.
    BreakerOpened {
        /// Messages sent on that day so far.
        sent: u64,
        /// The most that go without asking.
        limit: u64,
    },
    /// All that was held on a patient was erased.
    PatientErased {
        /// Who it was.
        patient: PatientId,
    },
    /// A campaign's life went on.
    CampaignChanged {
        /// The campaign.
        campaign: CampaignId,
        /// Its status now.
        status: super::CampaignStatus,
        /// Its version.
        version: u32,
    },
}
