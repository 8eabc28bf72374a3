//! The status of a call, from the words of its rows; the table stands in the README. Not allowed here: times.

use super::leg::Leg;
use super::options::Options;
use depesza::model::CallStatus;

/// What a row's word means, where no person and no voice mail box answered.
///
/// `ANSWERED` is then a menu, music, or an announcement: nobody. A word that Asterisk does not have (`UNKNOWN` among them) is a
/// failure; it stays in the call's `raw_status`.
#[must_use]
pub fn status_of(disposition: &str) -> CallStatus {
    match disposition {
        "ANSWERED" | "NO ANSWER" => CallStatus::NoAnswer,
        "BUSY" => CallStatus::Busy,
        "CONGESTION" => CallStatus::Congestion,
        "CANCEL" => CallStatus::Cancelled,
        _ => CallStatus::Failed,
    }
}

/// The status of a call and the word it was read from.
///
/// A person, else a voice mail box, else the legs that rang somebody, else the rows without one. Of several legs, one that
/// rang says more than one that was busy, and that more than one that failed: the caller was let wait.
pub(crate) fn outcome(legs: &[Leg], people: &[&Leg], options: &Options) -> (CallStatus, String) {
    if let Some(leg) = people.first() {
        return (CallStatus::Answered, leg.row.disposition.clone());
    }
    if let Some(leg) = legs.iter().find(|leg| leg.voicemail(options)) {
        return (CallStatus::Voicemail, leg.row.disposition.clone());
    }
    // a Local channel's rows say the same as those of its other half, or that the exchange answered itself
    let real = |leg: &&Leg| leg.rang() && !leg.answered();
    let rang = legs.iter().filter(real).min_by_key(|leg| weight(leg));
    let deciding = rang.or_else(|| legs.iter().min_by_key(|leg| weight(leg)));
    let word = deciding.map(|leg| leg.row.disposition.clone()).unwrap_or_default();
    (status_of(&word), word)
}

fn weight(leg: &Leg) -> u8 {
    match status_of(&leg.row.disposition) {
        CallStatus::Cancelled => 0,
        CallStatus::NoAnswer => 1,
        CallStatus::Busy => 2,
        CallStatus::Congestion => 3,
        _ => 4,
    }
}
