//! What the engine finds wrong with a rules file that could be read: asked on an empty store in memory, and named by the
//! line of the field.

use super::{Faults, RulesFile};
use depesza::call::{self, CallRuleFault, CallRuleFaultKind};
use depesza::engine::{Engine, EngineError};
use depesza::model::{Language, Timestamp};
use depesza::store::MemoryStore;
use std::sync::Arc;

/// All faults of a file that was read, in the words of `language`; none when there are none. `name` is what faults call it.
///
/// # Errors
/// The engine's, where it is not the file that is wrong.
pub fn check(file: &RulesFile, name: &str, language: Language) -> Result<Option<Faults>, EngineError> {
    let mut faults = Faults::of(name);
    let mut at = |field: &str, message: String| {
        let (line, column) = file.places.of(field);
        faults.at_column(line, column, format!("{field}: {message}"));
    };
    let engine = Engine::new(Arc::new(MemoryStore::default()), Vec::new());
    match engine.open_practice(&file.practice, Timestamp::default()) {
        Ok(()) => {}
        Err(EngineError::Practice(faults)) => {
            for fault in faults {
                let table = if fault.field.starts_with("settings") { "" } else { "practice." };
                at(&format!("{table}{}", fault.field), fault.message(language));
            }
        }
        Err(error) => return Err(error),
    }
    for (place, rule) in file.rules.iter().enumerate() {
        for fault in call::check(&rule.spec, &file.practice) {
            let (field, message) = named(&fault, language);
            at(&format!("rules[{place}].{field}"), message);
        }
    }
    Ok((!faults.shown().is_empty()).then(|| faults.in_order()))
}

/// A fault's field and what is wrong with it; a faulty time names its own field.
fn named(fault: &CallRuleFault, language: Language) -> (String, String) {
    match &fault.kind {
        CallRuleFaultKind::Window { fault: window } => {
            let inner = window.field.strip_prefix("ranges").unwrap_or_default();
            (format!("{}{inner}", fault.field), window.kind.to_string())
        }
        _ => (fault.field.clone(), fault.message(language)),
    }
}
