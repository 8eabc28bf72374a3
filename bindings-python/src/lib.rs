//! The native half of the Python package `depesza`: arguments are converted, the core is called, answers are converted.
//!
//! No rule lives here. What a function takes and answers is said twice, in its doc comment and in
//! `python/depesza/_native.pyi`, and a test (stubtest) holds them together. Enums, exceptions and plain data are Python
//! classes (`python/depesza/_enums.py`, `_errors.py`, `_data.py`), so that they are what Python has for it; this half
//! makes them by name (`classes.rs`).

mod arrow;
mod batch;
mod classes;
mod column;
mod columns;
mod conformance;
mod engine;
mod failure;
mod host;
mod interpreter;
mod numbers;
mod places;
mod replies;
mod room;
mod rules;
mod template;
mod text;
mod values;

/// The native half of `depesza`; import the package instead.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    /// Classes are kept for the whole process (`classes.rs`), and objects of two interpreters must not meet.
    #[pymodule_init]
    fn only_the_main_interpreter(module: &pyo3::Bound<'_, pyo3::types::PyModule>) -> pyo3::PyResult<()> {
        crate::interpreter::is_main(pyo3::Bound::py(module))
    }

    #[pymodule_export]
    use crate::batch::Batch;
    #[pymodule_export]
    use crate::column::Column;
    #[pymodule_export]
    use crate::conformance::{indexes, run_store_check, store_checks, tables};
    #[pymodule_export]
    use crate::engine::{Door, Gate};
    #[pymodule_export]
    use crate::numbers::{parse_number, recipient, withheld};
    #[pymodule_export]
    use crate::replies::{classify_reply, opt_out};
    #[pymodule_export]
    use crate::rules::RuleBook;
    #[pymodule_export]
    use crate::template::{Template, vocative};
    #[pymodule_export]
    use crate::text::{Segments, advice, finish, links, segments, split, transliterate};
}
