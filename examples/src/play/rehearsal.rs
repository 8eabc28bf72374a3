//! What the engine finds wrong with files that could be read: asked on an empty store in memory, before the real one is
//! opened, and named by file and line.

use crate::read::{Faults, Inputs, Paths};
use depesza::engine::{Clinic, Engine, EngineError};
use depesza::model::{Fact, Language, Permission, Timestamp, User};
use depesza::store::MemoryStore;
use std::path::Path;
use std::sync::Arc;

/// All faults, by file; empty when there are none.
pub(super) fn faults(
    inputs: &Inputs,
    paths: Paths<'_>,
    language: Language,
) -> Result<Vec<Faults>, EngineError> {
    let plan = &inputs.plan;
    let mut campaigns = faults_of(paths.campaigns);
    let engine = Engine::new(Arc::new(MemoryStore::default()), Vec::new());
    let at = inputs.facts.first().map(|told| told.what.at).unwrap_or_default();
    match engine.open_practice(&plan.practice, at) {
        Ok(()) => {}
        Err(EngineError::Practice(faults)) => {
            for fault in faults {
                let in_settings = fault.field.starts_with("settings");
                let line = if in_settings { plan.settings_line } else { plan.practice_line };
                campaigns.at(line, format!("{}: {}", fault.field, fault.message(language)));
            }
            return Ok(vec![campaigns]); // without a practice nothing else can be asked
        }
        Err(error) => return Err(error),
    }
    let clinic = engine.practice(plan.practice.id.clone());
    let cards = inputs.patients.iter().map(|card| (card.line, at, Fact::Patient(card.what.clone())));
    let cards = tell(&clinic, paths.patients, cards)?;
    let visits = inputs.visits.iter().map(|visit| (visit.line, at, Fact::Visit(visit.what.clone())));
    let visits = tell(&clinic, paths.visits, visits)?;
    let facts = inputs.facts.iter().map(|told| (told.line, told.what.at, told.what.fact.clone()));
    let facts = tell(&clinic, paths.facts, facts)?;
    // last, so that nothing is planned for all of these
    let desk = clinic.as_user(User::new("rehearsal", Permission::CLINIC));
    for planned in &plan.campaigns {
        let created = desk.create_campaign(planned.id.clone(), planned.spec.clone(), at);
        match created.and_then(|()| desk.activate(&planned.id, at)) {
            Err(EngineError::Campaign(faults)) => {
                for fault in faults {
                    campaigns.at(planned.line, format!("{}: {}", fault.field, fault.message(language)));
                }
            }
            other => other?,
        }
    }
    Ok([campaigns, cards, visits, facts].into_iter().filter(|faults| !faults.shown().is_empty()).collect())
}

fn faults_of(path: &Path) -> Faults {
    Faults::of(&path.display().to_string())
}

/// Tells facts one by one, so that every faulty one is found.
fn tell(
    clinic: &Clinic<'_>,
    path: &Path,
    facts: impl Iterator<Item = (usize, Timestamp, Fact)>,
) -> Result<Faults, EngineError> {
    let mut faults = faults_of(path);
    for (line, at, fact) in facts {
        match clinic.apply(&[fact], at) {
            Ok(_) => {}
            Err(EngineError::Fact { field, expected, .. }) => {
                faults.at(line, format!("{field}: expected {expected}"))
            }
            Err(error) => return Err(error),
        }
    }
    Ok(faults)
}
