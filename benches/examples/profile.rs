//! Facts on a small practice in memory, for a profiler:
//! `valgrind --tool=callgrind --toggle-collect='*Clinic*apply*' target/release/examples/profile`.
#![allow(clippy::unwrap_used, reason = "a tool")]

use depesza::calendar;
use depesza::model::{VisitState, Zone};
use depesza::store::MemoryStore;
use depesza_benches::{Clinic, Facts, fill, told_visit};
use std::sync::Arc;

fn main() {
    let facts = Facts::of(3_600);
    let clinic = Clinic::over(Arc::new(MemoryStore::new()));
    let now = fill(&clinic, facts);
    let start = calendar::local(Zone::default(), now) + chrono::Days::new(20);
    for n in 0..250 {
        let visit = told_visit(facts.visits() + n, 1, n % facts.patients(), start, VisitState::Booked);
        measured(&clinic, visit, now);
    }
}

#[inline(never)]
fn measured(clinic: &Clinic, fact: depesza::model::Fact, now: depesza::model::Timestamp) {
    clinic.tell(&[fact], now);
}
