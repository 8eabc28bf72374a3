//! Telephone numbers.

use crate::classes::{NUMBER, NUMBER_KIND};
use crate::failure;
use depesza::model::PhonePolicy;
use depesza::phone;
use pyo3::prelude::*;

/// Read a text as one telephone number.
///
/// `default_prefix` is the country of numbers typed without one: `+` and a calling code (ITU-T E.164). The answer says what
/// the number is, not whether anybody may write to it; `recipient` does.
///
/// Raises `NumberError` when the text is no number, with `.code`; `invalid` also for a number without a country when
/// `default_prefix` is no calling code.
#[pyfunction]
#[pyo3(signature = (text, default_prefix="+48"))]
pub fn parse_number<'py>(py: Python<'py>, text: &str, default_prefix: &str) -> PyResult<Bound<'py, PyAny>> {
    let policy = policy(default_prefix, Vec::new());
    let number = phone::parse(text, &policy).map_err(|fault| failure::number(py, fault))?;
    let kind = NUMBER_KIND.member(py, &number.kind)?;
    NUMBER.make(py, (number.e164.reveal(), number.calling_code, kind, phone::receives_sms(number.kind)))
}

/// The number to send to, in E.164, when the text is one that is written to and that takes an SMS.
///
/// Numbers of `default_prefix` are written to, and those that begin with one of `allowed_prefixes` (`+380`, `+4915`).
///
/// Raises `NumberError` otherwise: what is wrong with the number is `.code`, of one that takes no SMS `.kind` is what it is.
#[pyfunction]
#[pyo3(signature = (text, default_prefix="+48", allowed_prefixes=Vec::new()), text_signature = "(text, default_prefix='+48', allowed_prefixes=())")]
pub fn recipient(
    py: Python<'_>,
    text: &str,
    default_prefix: &str,
    allowed_prefixes: Vec<String>,
) -> PyResult<String> {
    let policy = policy(default_prefix, allowed_prefixes);
    match phone::recipient(text, &policy) {
        Ok(phone) => Ok(phone.reveal().to_owned()),
        Err(refusal) => Err(failure::refusal(py, refusal)),
    }
}

/// Whether a caller's number, as an exchange tells it, is withheld: empty, a word for it (`anonymous`), `-1`, only zeros, or
/// a word spelled on the keys (`266696687`). A SIP address counts by its user part.
#[pyfunction]
pub fn withheld(caller: &str) -> bool {
    phone::withheld(caller)
}

fn policy(default_prefix: &str, allowed_prefixes: Vec<String>) -> PhonePolicy {
    PhonePolicy { default_prefix: default_prefix.to_owned(), allowed_prefixes }
}
