//! Small things several parts of the engine settle: hashes of numbers, doubt, and telling the host what a message became.

use super::EngineError;
use super::tx::Tx;
use crate::message::step;
use crate::model::{Happening, Message, Phone, Reason, Secret, Status};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// HMAC-SHA-256 of a number under the practice's secret, in hexadecimal: what is kept of a number for ever.
pub(crate) fn number_hash(secret: &Secret, number: &Phone) -> String {
    // HMAC takes keys of any length: the constructor's error cannot happen
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes()) else {
        return String::new();
    };
    mac.update(number.reveal().as_bytes());
    crate::digits::hex(&mac.finalize().into_bytes())
}

/// Tells the host what a message became. Plans and claims are not worth an event.
pub(super) fn tell(tx: &mut Tx<'_>, message: &Message) -> Result<(), EngineError> {
    if matches!(message.status, Status::Planned | Status::Claimed | Status::Submitting) {
        return Ok(());
    }
    let reason = message.reason.clone();
    tx.event(Happening::MessageChanged { message: message.id, status: message.status, reason })
}

/// Whether an earlier submission of a message that is to go again may have been taken: no gateway said that it was not.
pub(super) fn may_have_gone(message: &Message) -> bool {
    message.unanswered
}

/// What may have gone and will not go again is in doubt; a gateway that can is asked at the next dispatch.
pub(super) fn doubt(tx: &mut Tx<'_>, message: &mut Message) -> Result<(), EngineError> {
    step(message, Status::InDoubt)?;
    message.reason = Some(Reason::NoAnswer {});
    message.held = false;
    message.report_due = Some(tx.now.plus_ms(1));
    tx.put(message)?;
    tell(tx, message)
}
