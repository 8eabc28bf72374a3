//! The journal of facts: JSON lines, each with the instant at which the host told it, in order of time.

use super::{Faults, Lined, load};
use depesza::model::{Fact, Timestamp};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// A fact, and when the host told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// When the host told it.
    pub at: Timestamp,
    /// What it told, in the engine's wire form.
    pub fact: Fact,
}

/// Reads a journal from a file.
///
/// # Errors
/// All that is wrong with the file.
pub fn read(path: &Path) -> Result<Vec<Lined<Told>>, Faults> {
    parse(&path.display().to_string(), &load(path)?)
}

/// Reads a journal from text; `file` is what faults call it. Empty lines do not count.
///
/// # Errors
/// All that is wrong with the text.
pub fn parse(file: &str, text: &str) -> Result<Vec<Lined<Told>>, Faults> {
    let mut faults = Faults::of(file);
    let mut journal: Vec<Lined<Told>> = Vec::new();
    for (line, json) in (1..).zip(text.lines()).filter(|(_, json)| !json.trim().is_empty()) {
        match serde_json::from_str::<Told>(json) {
            Ok(told) => {
                if let Some(last) = journal.last().filter(|last| told.at < last.what.at) {
                    faults.at(line, format!("at: expected {} or later, as in the line above", last.what.at));
                }
                journal.push(Lined { line, what: told });
            }
            Err(error) if error.is_data() => faults.at(line, expected(&error)),
            Err(error) => {
                faults.at_column(line, error.column(), format!("expected JSON: {}", expected(&error)))
            }
        }
    }
    faults.unless_any(journal)
}

/// The error's text without its place and without quoted values, which may be a patient's.
fn expected(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    match (text.find('"'), text.rfind('"')) {
        (Some(first), Some(last)) if first < last => {
            let (before, after) =
                (text.get(..first).unwrap_or_default(), text.get(last + 1..).unwrap_or_default());
            format!("{before}…{after}")
        }
        _ => text.to_owned(),
    }
}
