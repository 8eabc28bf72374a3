//! Records as a store keeps them, with the entries the engine derives: to fill a store for a measurement without living
//! through the years.

use super::record::Record;
use super::row::all_entries;
use crate::model::{Message, PatientFile, Tally};
use crate::store::{RowKey, StoreError, Write};

/// A message as a store keeps it.
///
/// # Errors
/// [`StoreError::Corrupt`] when it cannot be written down; the same for the others.
pub fn stored_message(message: &Message) -> Result<Write, StoreError> {
    stored(message)
}

/// A patient as a store keeps them.
///
/// # Errors
/// As [`stored_message`].
pub fn stored_patient(patient: &PatientFile) -> Result<Write, StoreError> {
    stored(patient)
}

/// A counter as a store keeps it.
///
/// # Errors
/// As [`stored_message`].
pub fn stored_tally(tally: &Tally) -> Result<Write, StoreError> {
    stored(tally)
}

fn stored<R: Record>(record: &R) -> Result<Write, StoreError> {
    let doc = serde_json::to_string(record).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let row = RowKey { table: R::TABLE, id: record.row_id() };
    Ok(Write { row, doc: Some(doc), add: all_entries(record), remove: Vec::new() })
}
