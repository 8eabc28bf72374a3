//! Refusals of the core as the package's exceptions.

use crate::classes::{Class, LINK_FAULT, NUMBER_KIND, TEMPLATE_FAULT};
use crate::places::Places;
use depesza::model::{Language, MarkerFault, NumberFault, Refusal, TemplateFault};
use depesza::template::MissingValue;
use depesza::text::{NotGsm7, TooLong};
use pyo3::call::PyCallArgs;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use serde::Serialize;
use serde_json::Value;

static LINK: Class = Class::error("LinkError");
static MISSING: Class = Class::error("MissingValueError");
static NOT_GSM7: Class = Class::error("NotGsm7Error");
static NUMBER: Class = Class::error("NumberError");
static TEMPLATE: Class = Class::error("TemplateError");
static TOO_LONG: Class = Class::error("TextTooLongError");

/// An exception of a class; what kept it from being made, if anything did.
pub fn raise<'py>(py: Python<'py>, class: &Class, arguments: impl PyCallArgs<'py>) -> PyErr {
    match class.make(py, arguments) {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
    }
}

/// A word that is none of its set.
pub fn not_one_of(field: &str, known: &str) -> PyErr {
    PyValueError::new_err(format!("{field}: expected {known}"))
}

pub fn too_long(py: Python<'_>, fault: TooLong) -> PyErr {
    raise(py, &TOO_LONG, (fault.to_string(), fault.parts))
}

/// The place is that of a character in `replacement`.
pub fn not_gsm7(py: Python<'_>, fault: NotGsm7, replacement: &str, field: &str) -> PyErr {
    let at = Places::of(replacement).character(fault.at);
    let message = format!("{field}: the character at index {at} is not in the GSM 7-bit alphabet");
    raise(py, &NOT_GSM7, (message, at, field))
}

pub fn number(py: Python<'_>, fault: NumberFault) -> PyErr {
    raise(py, &NUMBER, (format!("text: {fault}"), code(&fault)))
}

pub fn refusal(py: Python<'_>, refusal: Refusal) -> PyErr {
    let wire = serde_json::to_value(refusal).unwrap_or_default();
    let code = wire.get("reason").and_then(Value::as_str).unwrap_or_default();
    let kind = match refusal {
        Refusal::CannotReceiveSms { kind } => NUMBER_KIND.member(py, &kind).map(Some),
        _ => Ok(None),
    };
    match kind {
        Ok(kind) => raise(py, &NUMBER, (format!("text: {refusal}"), code, "text", kind)),
        Err(error) => error,
    }
}

pub fn missing(py: Python<'_>, fault: MissingValue) -> PyErr {
    let message = fault.to_string();
    raise(py, &MISSING, (message, fault.placeholder))
}

pub fn template(py: Python<'_>, body: &str, faults: &[TemplateFault]) -> PyErr {
    let message = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let mut places = Places::of(body);
    let made = faults.iter().map(|fault| {
        let wire = serde_json::to_value(fault).unwrap_or_default();
        let (start, end) = (places.character(fault.at.start), places.character(fault.at.end));
        TEMPLATE_FAULT.make(
            py,
            (
                fault.kind.code(),
                start,
                end,
                fault.at.line,
                fault.at.column,
                details(py, &wire)?,
                fault.message(Language::En),
                fault.message(Language::Pl),
            ),
        )
    });
    let made: PyResult<Vec<_>> = made.collect();
    match made.and_then(|faults| PyTuple::new(py, faults)) {
        Ok(faults) => raise(py, &TEMPLATE, (message, faults)),
        Err(error) => error,
    }
}

/// Faults of a link marker or of a placeholder of the host's; `field` is the argument.
pub fn marker(py: Python<'_>, faults: &[MarkerFault], field: &str) -> PyErr {
    let message = faults.iter().map(|fault| format!("{field}: {fault}")).collect::<Vec<_>>().join("; ");
    let made = faults.iter().map(|fault| {
        let wire = serde_json::to_value(fault).unwrap_or_default();
        let code = wire.get("code").and_then(Value::as_str).unwrap_or_default();
        LINK_FAULT
            .make(py, (code, details(py, &wire)?, fault.message(Language::En), fault.message(Language::Pl)))
    });
    let made: PyResult<Vec<_>> = made.collect();
    match made.and_then(|faults| PyTuple::new(py, faults)) {
        Ok(faults) => raise(py, &LINK, (message, faults, field)),
        Err(error) => error,
    }
}

/// What a fault's wire form says beside its code and its place.
fn details<'py>(py: Python<'py>, wire: &Value) -> PyResult<Bound<'py, PyDict>> {
    let details = PyDict::new(py);
    for (key, value) in wire.as_object().into_iter().flatten() {
        if key != "code" && key != "at" {
            details.set_item(key, plain(py, value)?)?;
        }
    }
    Ok(details)
}

/// JSON as Python has it.
fn plain<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::String(text) => Ok(text.into_pyobject(py)?.into_any()),
        Value::Array(items) => {
            let items: PyResult<Vec<_>> = items.iter().map(|item| plain(py, item)).collect();
            Ok(PyTuple::new(py, items?)?.into_any())
        }
        Value::Number(number) => Ok(number.as_i64().into_pyobject(py)?),
        Value::Bool(yes) => Ok(yes.into_pyobject(py)?.to_owned().into_any()),
        Value::Null | Value::Object(_) => Ok(py.None().into_bound(py)),
    }
}

fn code(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
