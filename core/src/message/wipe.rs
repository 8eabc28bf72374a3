//! What is taken out of a message when a patient is erased, or when it is older than the practice keeps: never what
//! figures are counted from.

use crate::model::{Direction, Message, Verbatim, Wiped};

/// Takes the text out of a message and what gateways said of it, and with [`Wiped::Identity`] also whose it was: number,
/// patient, visits. Status, reason, times, parts, cost and answers stay, and so does what a late report finds an
/// outgoing message by. What was wiped further already stays so.
pub fn wipe(message: &mut Message, to: Wiped) {
    if message.wiped >= to {
        return;
    }
    message.wiped = to;
    message.body = None;
    message.failures.iter_mut().for_each(|failure| failure.code.clear());
    message.reports.iter_mut().for_each(|report| report.raw = Verbatim::default());
    if to < Wiped::Identity {
        return;
    }
    message.patient = None;
    message.number = None;
    message.subjects.clear();
    message.inbound_keys.clear();
    if let Some(answer) = &mut message.answer {
        answer.visits.clear();
    }
    if message.direction == Direction::Incoming {
        message.sender = None;
        message.provider_ids.clear();
    }
}
