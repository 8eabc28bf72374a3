//! FreeSWITCH: documents of `mod_json_cdr` and lines of `mod_cdr_csv`, joined into calls. Not allowed here: another exchange.

mod call;
mod cause;
mod document;
mod leg;
mod options;
mod template;

use call::call_of;
pub use cause::{Cause, cause_of};
pub use document::{DOCUMENT_BYTES, documents};
pub use leg::{Leg, Side};
pub use options::{Doubtful, Options, Template};
pub use template::read_csv;

use crate::fault::{Fault, OptionsError, Told};
use std::collections::BTreeMap;

/// The most legs of one call: what comes beyond is left aside.
pub const CALL_LEGS: usize = 1_000;

/// Reads documents: one, an array, or one a line. Legs of one call are joined wherever they stand.
///
/// # Errors
/// As [`Options::check`]. What is wrong with documents stands in [`Told::faults`], by line; the others are read.
pub fn read_json(bytes: &[u8], options: &Options) -> Result<Told, OptionsError> {
    options.check()?;
    let mut told = Told::default();
    let mut legs = Vec::new();
    for document in documents(bytes) {
        match document.and_then(|(line, document)| Leg::from_json(line, &document, options)) {
            Ok(leg) => legs.push(leg),
            Err(fault) => told.wrong(fault),
        }
    }
    told.calls = join(legs, options);
    Ok(told)
}

/// Legs of any number of calls, in any order, into calls: by the leg that each belongs to.
#[must_use]
pub fn join(legs: Vec<Leg>, options: &Options) -> Vec<depesza::model::Call> {
    let of: BTreeMap<String, String> =
        legs.iter().filter_map(|leg| Some((leg.id.clone(), leg.belongs_to.clone()?))).collect();
    let mut calls: BTreeMap<String, Vec<Leg>> = BTreeMap::new();
    for leg in legs {
        let mut first = leg.id.clone();
        // a leg of a leg; a ring of legs ends at the limit
        for _ in 0..CALL_LEGS {
            match of.get(&first) {
                Some(next) if *next != first => first.clone_from(next),
                _ => break,
            }
        }
        let legs = calls.entry(first).or_default();
        if legs.len() < CALL_LEGS {
            legs.push(leg);
        }
    }
    let mut calls: Vec<_> = calls.into_values().filter_map(|legs| call_of(legs, options)).collect();
    calls.sort_by(|a, b| (a.ended_at, &a.id).cmp(&(b.ended_at, &b.id)));
    calls
}

fn expected(line: u64, what: &str) -> Fault {
    Fault::new(line, format!("expected {what}"))
}
