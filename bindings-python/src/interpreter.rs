//! Which interpreter of the process this is.
#![allow(unsafe_code, reason = "pyo3 has no other way to ask")]

use pyo3::exceptions::PyImportError;
use pyo3::ffi::{PyInterpreterState_Get, PyInterpreterState_GetID};
use pyo3::prelude::*;

/// Refuses every interpreter but the first.
pub fn is_main(_py: Python<'_>) -> PyResult<()> {
    // SAFETY: a thread is attached to the interpreter, as the argument shows
    match unsafe { PyInterpreterState_GetID(PyInterpreterState_Get()) } {
        0 => Ok(()),
        _ => Err(PyImportError::new_err(
            "depesza works in the main interpreter alone, not in a sub-interpreter",
        )),
    }
}
