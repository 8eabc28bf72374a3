//! Hang-up causes (Q.850 and FreeSWITCH's own) into statuses; the table stands in the README. Not allowed here: legs.

use super::options::{Doubtful, Options};
use depesza::model::CallStatus;

/// What a cause says of a call that was not bridged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It decides.
    Decides(CallStatus),
    /// It says how one leg ended, never how the call did: a lost race, a pick-up, a transfer.
    LegOnly,
    /// It says nothing: the answer time decides, else it failed.
    Silent,
}

/// The meaning of a cause by its name. One that is not known is a failure; it stays in the call's `raw_status`.
#[must_use]
pub fn cause_of(name: &str, options: &Options) -> Cause {
    Cause::Decides(match name {
        "NORMAL_CLEARING" | "NO_ANSWER" | "NO_USER_RESPONSE" | "ALLOTTED_TIMEOUT" | "PROGRESS_TIMEOUT"
        | "NO_PICKUP" => CallStatus::NoAnswer,
        "ORIGINATOR_CANCEL" => CallStatus::Cancelled,
        "USER_BUSY" | "BUSY_EVERYWHERE" => CallStatus::Busy,
        "CALL_REJECTED" | "DECLINE" => doubtful(options.rejected),
        "SUBSCRIBER_ABSENT" | "USER_NOT_REGISTERED" => doubtful(options.absent),
        "NORMAL_CIRCUIT_CONGESTION" | "SWITCH_CONGESTION" => CallStatus::Congestion,
        "LOSE_RACE" | "PICKED_OFF" | "BLIND_TRANSFER" | "ATTENDED_TRANSFER" => return Cause::LegOnly,
        "" | "NONE" | "SUCCESS" | "NORMAL_UNSPECIFIED" => return Cause::Silent,
        _ => CallStatus::Failed,
    })
}

fn doubtful(status: Doubtful) -> CallStatus {
    match status {
        Doubtful::NoAnswer => CallStatus::NoAnswer,
        Doubtful::Busy => CallStatus::Busy,
        Doubtful::Failed => CallStatus::Failed,
    }
}

/// FusionPBX's own status; none where the word is another program's.
pub(crate) fn fusion_status(word: &str) -> Option<CallStatus> {
    Some(match word {
        "answered" => CallStatus::Answered,
        "no_answer" | "missed" => CallStatus::NoAnswer,
        "cancelled" => CallStatus::Cancelled,
        "busy" => CallStatus::Busy,
        "failed" => CallStatus::Failed,
        "voicemail" => CallStatus::Voicemail,
        _ => return None,
    })
}
