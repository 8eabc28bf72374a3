//! What a message is to the people at the desk: why it waits for them, and what they can do with it.

use super::is_pending;
use crate::model::{Direction, Message, Origin, Reason, RejectClass, ReplyEffect, RowAction, Status};

/// Why a message waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waits {
    /// An answer to which of several questions nobody knows.
    Ambiguous,
    /// It speaks of STOP.
    StopMentioned,
    /// A STOP, or a refusal of the provider that means the same.
    OptedOut,
    /// Nobody knows whether it was sent.
    InDoubt,
    /// Nobody has read it.
    Unread,
}

/// Why a message waits for a person; `None` when it does not. It waits for one thing at a time, the weightiest.
#[must_use]
pub fn waits(message: &Message) -> Option<Waits> {
    let unsettled = !message.settled;
    if message.direction == Direction::Outgoing {
        let opted_out = Some(Reason::Rejected { class: RejectClass::RecipientOptedOut });
        return match message.status {
            Status::InDoubt if unsettled => Some(Waits::InDoubt),
            Status::Failed if unsettled && message.reason == opted_out => Some(Waits::OptedOut),
            _ => None,
        };
    }
    match message.answer.as_ref().map(|answer| answer.effect) {
        Some(ReplyEffect::Ambiguous) if unsettled => Some(Waits::Ambiguous),
        Some(ReplyEffect::StopMentioned) if unsettled => Some(Waits::StopMentioned),
        Some(ReplyEffect::OptOut) if !message.read => Some(Waits::OptedOut),
        _ => (!message.read).then_some(Waits::Unread),
    }
}

/// Whether text and time of a message can still be changed: a person wrote it, and it was never submitted.
#[must_use]
pub fn can_edit(message: &Message) -> bool {
    let written = matches!(message.origin, Origin::Chat { by: Some(_) });
    written && is_pending(message.status) && message.submitted_at.is_none()
}

/// Whether a message can still be withdrawn: it is to be sent, and no earlier attempt may have been taken.
#[must_use]
pub fn can_cancel(message: &Message) -> bool {
    is_pending(message.status) && !message.unanswered
}

/// What can be done with a message, in the order in which a screen offers it.
#[must_use]
pub fn actions(message: &Message) -> Vec<RowAction> {
    let incoming = message.direction == Direction::Incoming;
    let settles = matches!(waits(message), Some(waits) if waits != Waits::Unread);
    let offered = [
        (incoming && !message.read, RowAction::MarkRead),
        (incoming && message.read, RowAction::MarkUnread),
        (message.patient.is_some() || message.number.is_some(), RowAction::OpenChat),
        (incoming, RowAction::Assign),
        (can_edit(message), RowAction::Edit),
        (can_cancel(message), RowAction::Cancel),
        (message.status == Status::InDoubt, RowAction::SettleDoubt),
        (settles, RowAction::Settle),
    ];
    offered.into_iter().filter(|(can, _)| *can).map(|(_, action)| action).collect()
}
