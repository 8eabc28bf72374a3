//! A call that ended, as C tells it.

use crate::codes::{call_status, depesza_call_status_t, depesza_direction_t, direction};
use crate::ffi::depesza_str_t;
use crate::guard::Fault;
use depesza::model::{Call, CallId, Phone, Timestamp};

/// A call that has ended: all its legs as one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_call_t {
    /// The exchange it comes from, 1 to 100 bytes. A call is known by `system` and `id`: told again it changes nothing.
    pub system: depesza_str_t,
    /// Its identifier in that exchange, 1 to 200 bytes.
    pub id: depesza_str_t,
    /// Which way it went.
    pub direction: depesza_direction_t,
    /// How it ended.
    pub status: depesza_call_status_t,
    /// Who called, as the exchange has it. Empty, a word (`anonymous`), or a code for a withheld number is no number.
    pub caller: depesza_str_t,
    /// The number that was dialled, as the exchange has it.
    pub called: depesza_str_t,
    /// The account's own number or extension that the call concerns; absent: `called` on an incoming call, `caller` on an outgoing one.
    pub own_number: depesza_str_t,
    /// The extension or agent that answered; may be absent.
    pub answered_by: depesza_str_t,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub started_at_ms: i64,
    /// When it ended, not before it began.
    pub ended_at_ms: i64,
    /// How long it rang, in seconds.
    pub ring_s: u32,
    /// How long people talked, in seconds; 0 where nobody answered.
    pub talk_s: u32,
    /// The exchange's own word for how it ended; may be absent.
    pub raw_status: depesza_str_t,
    /// The exchange's own code for the cause (Q.850); may be absent.
    pub raw_cause: depesza_str_t,
}

/// An instant of the caller's, which must lie in what the wire can write.
pub(crate) fn instant(ms: i64, name: &'static str) -> Result<Timestamp, Fault> {
    let at = Timestamp::from_ms(ms);
    if at.ms() == ms { Ok(at) } else { Err(Fault::value(name, "milliseconds of the years 0 to 9999")) }
}

impl depesza_call_t {
    pub(crate) unsafe fn read(&self) -> Result<Call, Fault> {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            Ok(Call {
                system: self.system.required("system")?.to_owned(),
                id: CallId::new(self.id.required("id")?),
                direction: direction(self.direction)?,
                caller: Phone::new(self.caller.required("caller")?),
                called: Phone::new(self.called.required("called")?),
                own_number: self.own_number.optional("own_number")?.map(Phone::new),
                answered_by: self.answered_by.optional("answered_by")?.map(str::to_owned),
                started_at: instant(self.started_at_ms, "started_at_ms")?,
                ended_at: instant(self.ended_at_ms, "ended_at_ms")?,
                ring_s: self.ring_s,
                talk_s: self.talk_s,
                status: call_status(self.status)?,
                raw_status: self.raw_status.required("raw_status")?.to_owned(),
                raw_cause: self.raw_cause.optional("raw_cause")?.map(str::to_owned),
            })
        }
    }
}
