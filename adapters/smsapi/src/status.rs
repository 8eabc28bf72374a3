//! SMSAPI's states of a message, as one table.
//!
//! Numbers and words: the list of delivery statuses (smsapi.pl/docs, chapter 18); the words are also those of
//! `smsapi-javascript-client`, `src/types/MessageStatus.ts`.
//!
//! Not allowed here: anything but the table and how it is looked up.

use depesza::model::DeliveryState;

/// A state's number in reports, its word, and what it is for the engine.
pub const STATES: &[(u16, &str, DeliveryState)] = &[
    // "wrong ID or report has expired": it says nothing of the message
    (401, "NOT_FOUND", DeliveryState::Unknown),
    (402, "EXPIRED", DeliveryState::Expired),
    // "sent without a final report"
    (403, "SENT", DeliveryState::Sent),
    (404, "DELIVERED", DeliveryState::Delivered),
    (405, "UNDELIVERED", DeliveryState::Undelivered),
    (406, "FAILED", DeliveryState::Rejected),
    (407, "REJECTED", DeliveryState::Rejected),
    // "no report: it may have been delivered or not"
    (408, "UNKNOWN", DeliveryState::Unknown),
    (409, "QUEUE", DeliveryState::Accepted),
    // "delivered to the operator"
    (410, "ACCEPTED", DeliveryState::Sent),
    // SMSAPI tries once more
    (411, "RENEWAL", DeliveryState::Accepted),
    // "the bulk was stopped by the user"
    (412, "STOP", DeliveryState::Rejected),
];

/// The state of a number (`404`) or a word (`DELIVERED`, in any case); absent where it is neither.
#[must_use]
pub fn state(text: &str) -> Option<DeliveryState> {
    let text = text.trim();
    let number: Option<u16> = text.parse().ok();
    STATES
        .iter()
        .find(|(code, word, _)| Some(*code) == number || word.eq_ignore_ascii_case(text))
        .map(|(_, _, state)| *state)
}
