//! The legal steps between statuses. Everything that changes a status goes through [`step`].

use crate::model::{Message, Status};

/// A step that the life of a message does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a message cannot go from {from:?} to {to:?}")]
pub struct IllegalStep {
    /// Where it stands.
    pub from: Status,
    /// Where it was to go.
    pub to: Status,
}

/// Not submitted, and to be sent.
#[must_use]
pub fn is_pending(status: Status) -> bool {
    matches!(status, Status::Planned | Status::Claimed)
}

/// Handed to a gateway, the last word not yet said.
#[must_use]
pub fn is_underway(status: Status) -> bool {
    matches!(status, Status::Submitting | Status::Submitted | Status::Sent | Status::InDoubt)
}

/// Nothing the engine does by itself changes it any more (a late report still may, upwards).
#[must_use]
pub fn is_final(status: Status) -> bool {
    !is_pending(status) && !is_underway(status)
}

/// Moves a message to a status, if its life has that step. A step to the same status is legal and changes nothing.
///
/// # Errors
/// [`IllegalStep`]; the message stays as it was.
pub fn step(message: &mut Message, to: Status) -> Result<(), IllegalStep> {
    let from = message.status;
    if from != to && !legal(from, to) {
        return Err(IllegalStep { from, to });
    }
    message.status = to;
    if !matches!(to, Status::Claimed | Status::Submitting) {
        message.lease = None;
    }
    Ok(())
}

fn legal(from: Status, to: Status) -> bool {
    use Status::{
        Cancelled, Claimed, Delivered, Expired, Failed, InDoubt, PartlyDelivered, Planned, Received, Sent,
        Skipped, Submitted, Submitting, Unconfirmed, Undelivered,
    };
    match from {
        // a decision not to send may be taken back while the message was never submitted
        Planned | Claimed | Skipped | Cancelled => match to {
            Planned | Cancelled | Skipped => true,
            Claimed => matches!(from, Planned),
            Submitting => matches!(from, Claimed),
            InDoubt | Failed => is_pending(from),
            _ => false,
        },
        // a definite rejection that can pass brings it back to Planned; nothing calls it unsent before one
        Submitting => !matches!(to, Claimed | Skipped | Cancelled | Received),
        Submitted => {
            // taken back from the gateway
            to == Cancelled
                || matches!(
                    to,
                    Sent | Delivered
                        | PartlyDelivered
                        | Undelivered
                        | Expired
                        | Failed
                        | Unconfirmed
                        | InDoubt
                )
        }
        Sent => {
            matches!(to, Delivered | PartlyDelivered | Undelivered | Expired | Failed | Unconfirmed | InDoubt)
        }
        // settled by a look-up, a report or a person
        InDoubt => !matches!(to, Claimed | Submitting | Skipped | Cancelled | Received),
        // "no report" is not a failure: a late one still counts
        Unconfirmed => matches!(to, Delivered | PartlyDelivered | Undelivered | Expired | Failed),
        PartlyDelivered => matches!(to, Delivered),
        Delivered | Undelivered | Expired | Failed | Received => false,
    }
}
