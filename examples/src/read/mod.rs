//! Readers of a practice's files: calendar, patients, campaigns, the journal of facts and call records; that of rules is `depesza_rules_file`.
//!
//! A reader returns the whole file or all that is wrong with it, by line, and never half of it. Not allowed here: the
//! engine's rules. Whether a number can be written to or a body has a wrong placeholder is the engine's to say.

pub mod campaigns;
mod columns;
pub mod facts;
pub mod ics;
mod ics_lines;
mod inputs;
mod local;
pub mod patients;
pub mod records;
pub mod visits_csv;

pub use depesza_rules_file::{Fault, Faults, Lined, Places, PracticeTable, decode, load};
pub use inputs::{Inputs, Paths, read};

use depesza::model::{Visit, Zone};
use std::path::Path;

/// Reads visits from an iCalendar file (`.ics`) or from CSV (any other name).
///
/// `zone` is the practice's: times without a zone are meant in it.
///
/// # Errors
/// All that is wrong with the file.
pub fn visits(path: &Path, zone: Zone) -> Result<Vec<Lined<Visit>>, Faults> {
    let text = load(path)?;
    let file = path.display().to_string();
    let is_calendar = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ics"));
    if is_calendar { ics::parse(&file, &text, zone) } else { visits_csv::parse(&file, &text, zone) }
}
