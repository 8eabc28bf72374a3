//! The check of a stored template: every fault at once, by field, before it is saved.

use super::{Catalogue, Template};
use crate::model::{Language, StoredTemplate, TemplateFault, TemplateId};
use crate::words;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest name of a stored template, in characters.
pub const MAX_TEMPLATE_NAME_CHARS: usize = 100;

/// A fault of a stored template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoredTemplateFault {
    /// The field: `name` or `body`.
    pub field: String,
    /// What is wrong.
    pub kind: StoredTemplateFaultKind,
}

/// What is wrong with a field of a stored template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum StoredTemplateFaultKind {
    /// Nothing was written where something is needed.
    Missing {},
    /// Too many characters.
    TooMany {
        /// The most there may be.
        limit: usize,
    },
    /// Another template has that name, when capitals are set aside.
    NameTaken {
        /// Which.
        by: TemplateId,
    },
    /// A body that cannot be compiled.
    Body {
        /// Where, and what is wrong.
        fault: TemplateFault,
    },
}

impl fmt::Display for StoredTemplateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message(Language::En))
    }
}

impl StoredTemplateFault {
    /// The fault in words, for a screen.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        use StoredTemplateFaultKind::{Body, Missing, NameTaken, TooMany};
        match &self.kind {
            Missing {} => words::needed(language).to_owned(),
            TooMany { limit } => words::at_most(*limit, language),
            NameTaken { .. } => {
                words::pick(language, "tę nazwę ma inny szablon", "another template has that name").to_owned()
            }
            Body { fault } => fault.message(language),
        }
    }
}

/// Every fault of a template's name and body; `others` are the practice's other templates.
#[must_use]
pub fn check_stored(
    name: &str,
    body: &str,
    catalogue: &Catalogue,
    others: &[StoredTemplate],
) -> Vec<StoredTemplateFault> {
    use StoredTemplateFaultKind::{Body, Missing, NameTaken, TooMany};
    let mut faults = Vec::new();
    let mut fault = |field: &str, kind| faults.push(StoredTemplateFault { field: field.to_owned(), kind });
    let folded = |name: &str| name.trim().to_lowercase();
    let wanted = folded(name);
    if name.trim().is_empty() {
        fault("name", Missing {});
    } else if name.trim().chars().count() > MAX_TEMPLATE_NAME_CHARS {
        fault("name", TooMany { limit: MAX_TEMPLATE_NAME_CHARS });
    } else if let Some(other) = others.iter().find(|other| folded(&other.name) == wanted) {
        fault("name", NameTaken { by: other.id.clone() });
    }
    for wrong in Template::compile(body, catalogue).err().into_iter().flatten() {
        fault("body", Body { fault: wrong });
    }
    faults
}
