//! A call as conditions look at it.

use crate::calendar;
use crate::model::{Call, CallDirection, CallMoment, CallStatus, Phone, PhonePolicy, Practice};
use crate::phone;
use chrono::NaiveDateTime;

/// A call as conditions look at it: made once, asked by every rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which way it went.
    pub direction: CallDirection,
    /// How it ended; voice mail as the account's settings say.
    pub status: CallStatus,
    /// Seconds of talk when it was answered, else of ringing.
    pub seconds: u32,
    /// The account's own number that it concerns, in [canonical](canonical) form.
    pub own_number: Phone,
    /// Local time of its beginning, or of its end, as the account's settings say.
    pub local: NaiveDateTime,
}

impl Seen {
    /// Sees a call as an account does.
    #[must_use]
    pub fn of(call: &Call, practice: &Practice) -> Self {
        let settings = &practice.settings.calls;
        let status = match (call.status, settings.voicemail_as) {
            (CallStatus::Voicemail, Some(status)) => status,
            (status, _) => status,
        };
        let moment = match settings.time_of {
            CallMoment::Start => call.started_at,
            CallMoment::End => call.ended_at,
        };
        Self {
            direction: call.direction,
            status,
            seconds: if status == CallStatus::Answered { call.talk_s } else { call.ring_s },
            own_number: Phone::new(canonical(own_number(call).reveal(), &practice.settings.phones)),
            local: calendar::local(practice.zone, moment),
        }
    }
}

/// The account's own number that a call concerns: as told, else the dialled one of an incoming call and the caller's of
/// any other.
#[must_use]
pub fn own_number(call: &Call) -> &Phone {
    call.own_number.as_ref().unwrap_or(match call.direction {
        CallDirection::Incoming => &call.called,
        CallDirection::Outgoing | CallDirection::Internal => &call.caller,
    })
}

/// The number on the other side: the caller's of an incoming call, else the called one.
#[must_use]
pub fn other_party(call: &Call) -> &Phone {
    match call.direction {
        CallDirection::Incoming => &call.caller,
        CallDirection::Outgoing | CallDirection::Internal => &call.called,
    }
}

/// The same, to be changed.
pub(crate) fn other_party_mut(call: &mut Call) -> &mut Phone {
    match call.direction {
        CallDirection::Incoming => &mut call.caller,
        CallDirection::Outgoing | CallDirection::Internal => &mut call.called,
    }
}

/// One form for all spellings of an own number: E.164 for a telephone number, anything else (an extension, a name) as it
/// stands, without white space around it and in lower case.
#[must_use]
pub fn canonical(number: &str, policy: &PhonePolicy) -> String {
    match phone::parse(number, policy) {
        Ok(number) => number.e164.reveal().to_owned(),
        Err(_) => number.trim().to_lowercase(),
    }
}
