//! The suite that every store runs, for stores written in Python.

use crate::host::{self, OwnStore};
use depesza::store::{Index, Store, Table, suite};
use pyo3::exceptions::{PyAssertionError, PyKeyError};
use pyo3::prelude::*;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The names of the suite's checks.
#[pyfunction]
pub fn store_checks() -> Vec<&'static str> {
    suite::checks().map(|check| check.name).collect()
}

/// Puts an empty store to one check.
#[pyfunction]
pub fn run_store_check(py: Python<'_>, name: &str, store: Bound<'_, PyAny>) -> PyResult<()> {
    let Some(check) = suite::checks().find(|check| check.name == name) else {
        return Err(PyKeyError::new_err("name: expected one of store_checks()"));
    };
    let store: Arc<dyn Store> = Arc::new(OwnStore::new(store));
    host::report(py);
    let result = py.detach(|| catch_unwind(AssertUnwindSafe(|| (check.run)(&store))));
    let raised = host::take();
    let Err(panic) = result else { return Ok(()) };
    let error = PyAssertionError::new_err(format!("{name}: {}", said(&*panic)));
    error.set_cause(py, raised);
    Err(error)
}

/// What a panic said.
fn said(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or_default()
}

/// The names of tables, in their order.
#[pyfunction]
pub fn tables() -> Vec<&'static str> {
    Table::ALL.iter().map(|table| table.name()).collect()
}

/// The names of indexes, in their order, each with whether it spans all practices.
#[pyfunction]
pub fn indexes() -> Vec<(&'static str, bool)> {
    Index::ALL.iter().map(|index| (index.name(), index.is_shared())).collect()
}
