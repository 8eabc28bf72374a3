//! Facts and sending on a small practice in memory, for a profiler:
//! `cargo build --release -p depesza-benches --example profile`, then
//! `valgrind --tool=callgrind '--toggle-collect=profile::told*' target/release/examples/profile`, or `profile::sent*`.

use chrono::Days;
use depesza::calendar;
use depesza::model::{Fact, MINUTE_MS, Timestamp, VisitState, Zone};
use depesza::store::MemoryStore;
use depesza_benches::{Clinic, Facts, fill, told_visit};
use std::sync::Arc;

fn main() {
    let facts = Facts::of(3_600);
    let clinic = Clinic::over(Arc::new(MemoryStore::new()));
    let now = fill(&clinic, facts);
    let start = calendar::local(Zone::default(), now) + Days::new(20);
    for n in 0..250 {
        let visit = told_visit(facts.visits() + n, 1, n % facts.patients(), start, VisitState::Booked);
        told(&clinic, visit, now);
    }
    sent(&clinic, now.plus_ms(10 * MINUTE_MS));
}

/// What is profiled: telling a new visit.
#[inline(never)]
fn told(clinic: &Clinic, fact: Fact, now: Timestamp) {
    clinic.tell(&[fact], now);
}

/// What is profiled: sending the messages that are due.
#[inline(never)]
fn sent(clinic: &Clinic, now: Timestamp) {
    let done = clinic.engine.dispatch(now, 1_000);
    println!("{} messages sent", done.map_or(0, |done| done.accepted));
}
