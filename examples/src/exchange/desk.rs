//! What the person at the desk does with a rules file: the account's rules become those of the file.

use crate::play::DESK;
use depesza::engine::{Clinic, EngineError};
use depesza::model::{CallRuleId, Permission, Timestamp, User};
use depesza_rules_file::Written;

/// Saves the rules of a file, switches them, puts them into its order, and deletes those that are no longer in it. What is
/// as it should be already is left alone.
///
/// # Errors
/// [`EngineError::CallRule`], [`EngineError::Store`].
pub fn put(clinic: &Clinic<'_>, rules: &[Written], now: Timestamp) -> Result<(), EngineError> {
    let desk = clinic.as_user(User::new(DESK, Permission::CLINIC));
    for known in clinic.rules()? {
        if !rules.iter().any(|rule| rule.id == known.id) {
            desk.delete_rule(&known.id, now)?;
        }
    }
    for rule in rules {
        desk.save_rule(rule.id.clone(), rule.spec.clone(), now)?;
        desk.switch_rule(&rule.id, rule.state.into(), now)?;
    }
    let order: Vec<CallRuleId> = rules.iter().map(|rule| rule.id.clone()).collect();
    desk.order_rules(&order, now)
}
