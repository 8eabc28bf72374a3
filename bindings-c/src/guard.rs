//! What every function does around its work: catch panics, note what went wrong, answer with a status.
//!
//! Not allowed here: pointers of the caller; those are `ffi`'s.

use crate::ffi::{Out, out, str_of};
use std::borrow::Cow;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How a call ended. Append-only: a code once released keeps its meaning.
pub type depesza_status_t = u32;

/// It was done.
pub const DEPESZA_OK: depesza_status_t = 0;
/// A pointer that must not be NULL was.
pub const DEPESZA_NULL_POINTER: depesza_status_t = 1;
/// A text is not UTF-8.
pub const DEPESZA_BAD_UTF8: depesza_status_t = 2;
/// A length or a count is past `DEPESZA_MAX_BYTES` or `DEPESZA_MAX_ITEMS`; most often it was negative.
pub const DEPESZA_BAD_LENGTH: depesza_status_t = 3;
/// A code, a number or a structure is not what it can be; the error names it.
pub const DEPESZA_BAD_VALUE: depesza_status_t = 4;
/// A handle is of another kind, was freed, or is none.
pub const DEPESZA_BAD_HANDLE: depesza_status_t = 5;
/// What was to be written does not fit into the caller's memory; the length that is needed was written.
pub const DEPESZA_TOO_SMALL: depesza_status_t = 6;
/// Depesza refused: `depesza_last_error` has the code and, where there are several faults, all of them.
pub const DEPESZA_REFUSED: depesza_status_t = 7;
/// A message lacks a value: its placeholder has neither value nor fallback, so it is not to be sent.
pub const DEPESZA_MISSING_VALUE: depesza_status_t = 8;
/// The store cannot be used now; the same call may succeed later. A host's store answers so too.
pub const DEPESZA_UNAVAILABLE: depesza_status_t = 9;
/// What a host's store answers to a commit at another version than the practice has.
pub const DEPESZA_CONFLICT: depesza_status_t = 10;
/// The stored data cannot be read. A host's store answers so too.
pub const DEPESZA_CORRUPT: depesza_status_t = 11;
/// The library failed in a way that it should not: a bug. No answer was written; what was committed before stays, handles stay usable, and the same call may
/// be made again.
pub const DEPESZA_PANIC: depesza_status_t = 12;

/// What went wrong in the last call of this thread that failed.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_error_t {
    /// Its status; `DEPESZA_OK` when nothing has failed yet.
    pub status: depesza_status_t,
    /// A stable name for programs: `bad_utf8`, `unknown_campaign`, `too_short` …
    pub code: crate::ffi::depesza_str_t,
    /// For people, in English: names the argument or field, and what was expected. It quotes no patient's data.
    pub message: crate::ffi::depesza_str_t,
    /// The argument or field; none where nothing is at fault by itself.
    pub field: crate::ffi::depesza_str_t,
    /// All faults as a JSON array, where there can be several; otherwise none.
    pub faults: crate::ffi::depesza_str_t,
}

/// What went wrong, before it is a status. One address wide, so that calls that succeed do not carry room for it about.
#[derive(Debug)]
pub(crate) struct Fault(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: depesza_status_t,
    code: Cow<'static, str>,
    message: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    faults: Option<String>,
}

impl Fault {
    #[cold]
    pub(crate) fn new(
        status: depesza_status_t,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Parts {
            status,
            code: code.into(),
            message: message.into(),
            field: None,
            faults: None,
        }))
    }

    pub(crate) fn of(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    pub(crate) fn with(mut self, faults: &impl serde::Serialize) -> Self {
        self.0.faults = serde_json::to_string(faults).ok();
        self
    }

    /// An argument that is none of its values.
    #[cold]
    pub(crate) fn value(field: &'static str, expected: &str) -> Self {
        Self::new(DEPESZA_BAD_VALUE, "bad_value", format!("{field}: expected {expected}")).of(field)
    }
}

thread_local! {
    static LAST: RefCell<Option<Fault>> = const { RefCell::new(None) };
}

#[cold]
fn note(fault: Fault) -> depesza_status_t {
    let status = fault.0.status;
    // a thread that is ending has nobody left to ask
    let _ = LAST.try_with(|last| last.replace(Some(fault)));
    status
}

#[cold]
fn panicked() -> depesza_status_t {
    note(Fault::new(DEPESZA_PANIC, "panic", "the library failed by a fault of its own"))
}

/// Does the work of a function of the ABI: a fault and a panic become its status.
#[inline(always)]
pub(crate) fn guard(work: impl FnOnce() -> Result<(), Fault>) -> depesza_status_t {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => DEPESZA_OK,
        Ok(Err(fault)) => note(fault),
        Err(_) => panicked(),
    }
}

/// What went wrong in the last call of this thread that failed. The texts are the library's, and stay until another call of this
/// thread fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_last_error(error: *mut depesza_error_t) -> depesza_status_t {
    // not `guard`: asking must not replace what is asked for
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    let Ok(error) = (unsafe { out(error, "error") }) else { return DEPESZA_NULL_POINTER };
    let told = LAST.try_with(|last| {
        let last = last.borrow();
        let fault = last.as_ref().map(|fault| &*fault.0);
        depesza_error_t {
            status: fault.map_or(DEPESZA_OK, |fault| fault.status),
            code: str_of(fault.map(|fault| &*fault.code)),
            message: str_of(fault.map(|fault| &*fault.message)),
            field: str_of(fault.and_then(|fault| fault.field.as_deref())),
            faults: str_of(fault.and_then(|fault| fault.faults.as_deref())),
        }
    });
    told.map_or(DEPESZA_UNAVAILABLE, |told| {
        Out::write(error, told);
        DEPESZA_OK
    })
}

/// Panics inside the library and answers `DEPESZA_PANIC`: what a host calls to see that its build of the library catches panics (one
/// with `panic = "abort"` would end the process here).
#[unsafe(no_mangle)]
pub extern "C" fn depesza_panic_check() -> depesza_status_t {
    #[allow(clippy::panic, reason = "what it is for")]
    guard(|| panic!("depesza_panic_check was called"))
}
