//! What waits for a person at the desk.

use super::{GatewayId, MessageId, MessageRow, Name, PatientId, RejectClass, RowAction, Timestamp};
use serde::{Deserialize, Serialize};

/// Names something on the desk's list, to settle it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum InboxRef {
    /// A message.
    Message(MessageId),
    /// A number that a gateway refused, by its keyed hash.
    BadNumber(String),
    /// A gateway's pause.
    Pause(GatewayId),
    /// A gateway's account that is running out.
    Account(GatewayId),
}

/// Why something is on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InboxWhat {
    /// A message that nobody has read.
    Unread {
        /// The message.
        row: Box<MessageRow>,
    },
    /// An answer to which of several questions nobody knows: it waits for somebody to assign it.
    Ambiguous {
        /// The message.
        row: Box<MessageRow>,
    },
    /// A message that speaks of STOP.
    StopMentioned {
        /// The message.
        row: Box<MessageRow>,
    },
    /// A number's owner withdrew consent: by STOP, or at the provider.
    OptedOut {
        /// The STOP, or the message that the provider refused for it.
        row: Box<MessageRow>,
    },
    /// A message that may have been sent.
    InDoubt {
        /// The message.
        row: Box<MessageRow>,
    },
    /// A gateway refused a number for good. It goes off the list when the card has another.
    BadNumber {
        /// On whose card.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        patient: Option<PatientId>,
        /// First and last name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        patient_name: Option<Name>,
    },
    /// A gateway is not tried for a while. It goes off the list when it works again.
    GatewayPaused {
        /// The gateway.
        gateway: GatewayId,
        /// Why.
        class: RejectClass,
        /// Until when.
        until: Timestamp,
    },
    /// An account is running out.
    LowBalance {
        /// The gateway whose account it is.
        gateway: GatewayId,
        /// Messages of one part that are left.
        left: i64,
    },
}

/// Something on the desk's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InboxItem {
    /// Names it.
    pub id: InboxRef,
    /// Since when it is there.
    pub at: Timestamp,
    /// Why.
    #[serde(flatten)]
    pub what: InboxWhat,
    /// What can be done.
    pub actions: Vec<RowAction>,
}

/// A page of the desk's list, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InboxPage {
    /// What is on it.
    pub items: Vec<InboxItem>,
    /// Where the next page goes on; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
