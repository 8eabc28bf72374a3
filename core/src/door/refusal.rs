//! Why a call was refused, as data.

use crate::engine::{EngineError, FieldFault};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a call was refused. Nothing was changed; no text quotes a patient's data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Refusal {
    /// A stable name: `unknown_method`, `bad_arguments`, or that of [`EngineError::code`].
    pub code: String,
    /// What it says, in English.
    pub message: String,
    /// The field that was wrong, as a path; of several the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Every fault of what was given, where there can be several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FieldFault>,
}

impl Refusal {
    fn new(code: &str, message: String, field: Option<&str>) -> Self {
        Self { code: code.to_owned(), message, field: field.map(ToOwned::to_owned), faults: Vec::new() }
    }

    pub(super) fn unknown_method(method: &str) -> Self {
        // a method is a name of ours or a slip of the pen; what is longer or stranger may be anything
        let is_name = method.len() <= 40 && method.bytes().all(|c| c.is_ascii_lowercase() || c == b'_');
        let named = if is_name { format!(" {method}") } else { String::new() };
        Self::new("unknown_method", format!("there is no method{named}"), None)
    }

    /// `bad_arguments`: a field, and what was expected of it, which quotes no patient's data.
    #[must_use]
    pub fn field(field: &str, expected: &str) -> Self {
        Self::arguments(Some(field), &format!("expected {expected}"), None)
    }

    pub(super) fn arguments(field: Option<&str>, message: &str, place: Option<&str>) -> Self {
        let at = field.or(place).unwrap_or("arguments");
        Self::new("bad_arguments", format!("{at}: {message}"), field)
    }

    pub(super) fn unwritable() -> Self {
        Self::new("store_corrupt", "the answer cannot be written as JSON".to_owned(), None)
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self {
            code: error.code().to_owned(),
            message: error.to_string(),
            field: error.field(),
            faults: error.faults(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
