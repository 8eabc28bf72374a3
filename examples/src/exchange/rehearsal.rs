//! What the engine finds wrong with a rules file that could be read: asked on an empty store in memory, and named by the
//! line of the field.

use crate::read::Faults;
use crate::read::rules::RulesFile;
use depesza::call::{CallRuleFault, CallRuleFaultKind, check};
use depesza::engine::{Engine, EngineError};
use depesza::model::{Language, Timestamp};
use depesza::store::MemoryStore;
use std::path::Path;
use std::sync::Arc;

/// All faults; none when there are none.
pub(super) fn faults(
    file: &RulesFile,
    path: &Path,
    language: Language,
) -> Result<Option<Faults>, EngineError> {
    let mut faults = Faults::of(&path.display().to_string());
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
        for fault in check(&rule.spec, &file.practice) {
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
