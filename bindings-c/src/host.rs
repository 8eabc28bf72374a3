//! What a host's store and a host's gateway have in common: memory of the host's, and calls into code that may fail in any way.

use crate::ffi::{depesza_str_t, str_of};
use crate::guard::{DEPESZA_PANIC, depesza_status_t};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The host's own value, given back to it when nobody uses it any more.
pub(crate) struct Userdata {
    value: *mut c_void,
    free: Option<unsafe extern "C-unwind" fn(*mut c_void)>,
}

// SAFETY: the host promises that its callbacks may be called from any thread, several at once, with this value
unsafe impl Send for Userdata {}
// SAFETY: the same
unsafe impl Sync for Userdata {}

impl Userdata {
    pub(crate) fn new(value: *mut c_void, free: Option<unsafe extern "C-unwind" fn(*mut c_void)>) -> Self {
        Self { value, free }
    }

    pub(crate) fn get(&self) -> *mut c_void {
        self.value
    }
}

impl Drop for Userdata {
    fn drop(&mut self) {
        if let Some(free) = self.free {
            let value = self.value;
            // SAFETY: the host's function for the host's value, called once
            let _ = catch_unwind(AssertUnwindSafe(|| unsafe { free(value) }));
        }
    }
}

/// Calls into the host. A callback must not unwind. Where one does all the same and shares this library's standard library (our own tests do), its panic becomes a
/// status; a panic of another standard library ends the process, and an exception of C++ must not get here, `depesza.hpp` sees to that.
pub(crate) fn host(call: impl FnOnce() -> depesza_status_t) -> depesza_status_t {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or(DEPESZA_PANIC)
}

/// A text of ours for the time of a call.
pub(crate) fn lent(text: &str) -> depesza_str_t {
    str_of(Some(text))
}
