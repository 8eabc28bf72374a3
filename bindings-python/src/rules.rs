//! The rules file of SMS after a call, read and indexed.

use crate::classes::{Class, RULES_FAULT};
use crate::failure::raise;
use crate::values::language;
use depesza::call::{RuleSet, Seen};
use depesza::model::{Call, CallRule, Practice, RuleState};
use depesza_rules_file::{Faults, check, decode, parse};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

static RULES: Class = Class::error("CallRulesError");

/// A rules file that was read and checked; `depesza.CallRules` is made of it.
#[pyclass(module = "depesza._native", frozen)]
pub struct RuleBook {
    practice: Practice,
    rules: Vec<CallRule>,
    set: RuleSet,
    /// Where each rule of the set stands in the file.
    places: Vec<usize>,
}

#[pymethods]
impl RuleBook {
    /// Read and check a rules file from its bytes. `name` is what faults call it, in the words of `language`.
    #[staticmethod]
    #[pyo3(name = "read")]
    fn from_bytes(py: Python<'_>, name: &str, content: Vec<u8>, language: &str) -> PyResult<Self> {
        let language = self::language(language)?;
        let file = decode(name, content).and_then(|text| parse(name, &text));
        let file = file.map_err(|faults| faulty(py, &faults))?;
        match check(&file, name, language) {
            Ok(None) => {}
            Ok(Some(faults)) => return Err(faulty(py, &faults)),
            Err(error) => return Err(PyRuntimeError::new_err(error.to_string())),
        }
        let rules = file.as_kept();
        // which numbers are the account's own matters to who is written to, and that is not asked here
        let set = RuleSet::new(rules.clone(), [], &file.practice.settings.phones);
        let is_on = |(_, rule): &(usize, &CallRule)| rule.state == RuleState::On;
        let places = rules.iter().enumerate().filter(is_on).map(|(place, _)| place).collect();
        Ok(Self { practice: file.practice, rules, set, places })
    }

    /// The account as JSON, with its secret.
    fn practice(&self) -> PyResult<String> {
        json(&self.practice)
    }

    /// The rules as JSON, in the order of the file.
    fn rules(&self) -> PyResult<String> {
        json(&self.rules)
    }

    /// The places of the rules that are on and whose conditions a call (as JSON) meets, ascending.
    fn matching(&self, call: &str) -> PyResult<Vec<usize>> {
        // what serde says of a faulty call would quote it
        let call: Call =
            serde_json::from_str(call).map_err(|_| PyValueError::new_err("call: expected a call"))?;
        let mut found = Vec::new();
        self.set.matching(&Seen::of(&call, &self.practice), &mut found);
        let places = found.iter().filter_map(|place| self.places.get(usize::try_from(*place).ok()?).copied());
        Ok(places.collect())
    }
}

fn json(value: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| PyRuntimeError::new_err(error.to_string()))
}

fn faulty(py: Python<'_>, faults: &Faults) -> PyErr {
    let made: PyResult<Vec<_>> = faults
        .shown()
        .iter()
        .map(|fault| RULES_FAULT.make(py, (&fault.file, fault.line, fault.column, &fault.what)))
        .collect();
    match made.and_then(|faults| PyTuple::new(py, faults)) {
        Ok(made) => raise(py, &RULES, (faults.to_string(), made)),
        Err(error) => error,
    }
}
