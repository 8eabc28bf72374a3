//! What the person at the desk does with a rules file: the account's rules become those of the file.

use crate::play::DESK;
use depesza::engine::{Clinic, EngineError};
use depesza::model::{Permission, Timestamp, User};
use depesza_rules_file::RulesFile;

/// Saves the rules of a file, switches them, puts them into its order, and deletes those that are no longer in it. What is
/// as it should be already is left alone.
///
/// # Errors
/// [`EngineError::CallRule`], [`EngineError::Store`].
pub fn put(clinic: &Clinic<'_>, rules: &RulesFile, now: Timestamp) -> Result<(), EngineError> {
    rules.save(clinic, &User::new(DESK, Permission::CLINIC), now)
}
