//! How often a store is asked: over a network each call is a round trip, so a hundred messages must not cost a hundred times
//! the calls of one. What a unit of work will ask for, it asks for at once (`engine/foresee.rs`).

// a test kit may fail by panicking
#![allow(clippy::panic, clippy::unwrap_used)]

mod watched;
mod world;

use depesza::model::*;
use std::sync::Arc;
use watched::{Asked, Watched};
use world::*;

/// Counts calls: several scans in one are one.
fn count(calls: &mut i64, call: Asked<'_>) {
    *calls += match call {
        Asked::Begin => 0,
        Asked::Together(scans) => 1 - i64::try_from(scans).unwrap(),
        _ => 1,
    };
}

/// The calls for so many new visits in one call of the host, and for the dispatch of their messages.
fn calls(visits: usize) -> (i64, i64) {
    let store = Arc::new(Watched::new(count));
    let simulator = depesza::gateway::Simulator::new(GATEWAY.into(), 1);
    let mut practice = practice();
    practice.settings.daily_cap = Some(3);
    let mut world = World::on(store.clone(), "2026-11-16 09:00", practice, simulator);
    let mut booked = booking(10);
    // whether it is a patient's first visit is asked where a body speaks of it
    booked.bodies.first_visit = Some("Witamy, (imie)! Wizyta (data) o (godzina).".into());
    world.start("umowienie", booked);
    let mut wishes = campaign("Urodziny", Timing::Birthday { at: "10:00".parse().unwrap() });
    wishes.bodies.default = "Wszystkiego najlepszego, (imie)!".into();
    world.start("urodziny", wishes);
    let visit = |n| numbered_visit(n, 1, "2026-12-10 12:30", VisitState::Booked);
    let earlier = |n| match visit(n) {
        Fact::Visit(visit) => Fact::Visit(Visit {
            id: VisitId::new(format!("e{n:06}")),
            start: local("2026-09-10 12:30"),
            booked_at: Some(at("2026-09-01 09:00")),
            state: VisitState::TookPlace,
            ..visit
        }),
        other => other,
    };
    let before: Vec<Fact> = (0..visits).flat_map(|n| [numbered_patient(&world, n), earlier(n)]).collect();
    world.clinic().apply(&before, world.now).unwrap();
    let facts: Vec<Fact> = (0..visits).flat_map(|n| [numbered_patient(&world, n), visit(n)]).collect();
    store.take();
    world.clinic().apply(&facts, world.now).unwrap();
    let told = store.take();
    world.now = at("2026-11-16 09:10");
    let done = world.engine.dispatch(world.now, 1_000).unwrap();
    assert_eq!(done.accepted, visits as u64);
    (told, store.take())
}

#[test]
fn many_messages_are_planned_and_sent_in_as_many_calls_as_one() {
    let (one, many) = (calls(1), calls(100));
    // another look at the queue, as there was something in the first
    assert!(many.0 <= one.0 && many.1 <= one.1 + 1, "{one:?} {many:?}");
    // the version with the practice, rows, what bars, scans, campaigns, figures, the commit
    assert!(many.0 <= 11, "{} calls to plan", many.0);
    assert!(many.1 <= 13, "{} calls to dispatch", many.1);
}
