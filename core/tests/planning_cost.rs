//! What a fact reads and writes does not depend on how much is stored: counted in rows and bytes at the store, so that the
//! result is the same on every machine.

// a test kit may fail by panicking
#![allow(clippy::panic, clippy::unwrap_used)]

mod watched;
mod world;

use depesza::model::*;
use depesza::store::Write;
use std::sync::Arc;
use watched::{Asked, Watched};
use world::*;

/// What was asked of a store: calls, rows and bytes read, rows, index entries and bytes written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cost {
    calls: u64,
    rows_read: u64,
    bytes_read: u64,
    rows_written: u64,
    entries_written: u64,
    bytes_written: u64,
}

fn count(cost: &mut Cost, call: Asked<'_>) {
    cost.calls += u64::from(!matches!(call, Asked::Together(_) | Asked::Begin));
    let docs: Vec<&String> = match call {
        Asked::Version | Asked::Begin | Asked::Due | Asked::Together(_) => Vec::new(),
        Asked::Read(found) => found.iter().flatten().collect(),
        Asked::List(found) => found.iter().map(|(_, doc)| doc).collect(),
        Asked::Scan(_, found) => found.iter().map(|found| &found.doc).collect(),
        Asked::Find(found) => found.iter().map(|(_, row)| &row.id).collect(),
        Asked::Commit(commit) => {
            for Write { doc, add, remove, .. } in &commit.writes {
                cost.rows_written += 1;
                cost.entries_written += (add.len() + remove.len()) as u64;
                cost.bytes_written += doc.as_ref().map_or(0, String::len) as u64;
            }
            Vec::new()
        }
    };
    cost.rows_read += docs.len() as u64;
    cost.bytes_read += docs.iter().map(|doc| doc.len() as u64).sum::<u64>();
}

/// A booking message and four reminders.
const MESSAGES_PER_VISIT: usize = 5;

/// What facts on a new visit cost in a practice that has so many messages already, a fifth of them sent.
fn costs(stored: usize) -> Vec<(&'static str, Cost)> {
    let store = Arc::new(Watched::new(count));
    let simulator = depesza::gateway::Simulator::new(GATEWAY.into(), 1);
    let mut practice = practice();
    practice.settings.breaker = None; // thousands go at once
    let mut world = World::on(store.clone(), "2026-11-16 09:00", practice, simulator);
    world.start("umowienie", booking(10));
    let steps = [14, 7, 3, 1].map(|days| step_days(days, "10:00")).to_vec();
    world.start("przypomnienie", campaign("Przypomnienie", Timing::Reminder { steps }));
    let new = stored / MESSAGES_PER_VISIT;
    let booked = VisitState::Booked;
    let facts: Vec<Fact> = (0..new)
        .flat_map(|n| [numbered_patient(&world, n), numbered_visit(n, 1, "2026-12-10 12:30", booked)])
        .chain([numbered_patient(&world, new)])
        .collect();
    for facts in facts.chunks(50) {
        world.clinic().apply(facts, world.now).unwrap();
    }
    world.now = at("2026-11-16 09:10");
    world.step();
    let mut costs = Vec::new();
    store.take();
    let mut cost = |what| costs.push((what, store.take()));
    world.tell(numbered_visit(new, 1, "2026-12-11 12:30", booked));
    cost("a new visit");
    assert_eq!(world.messages(&format!("v{new:06}")).first().unwrap().id.0, stored as u64 + 1);
    store.take();
    world.tell(numbered_visit(new, 2, "2026-12-14 12:30", booked));
    cost("a visit moved");
    world.now = at("2026-11-16 09:20");
    let done = world.engine.dispatch(world.now, 100).unwrap();
    assert_eq!(done.submitted, 1);
    cost("dispatch of one message");
    world.reply(&format!("5010{new:05}"), "tak");
    cost("an answer");
    world.tell(numbered_visit(new, 3, "2026-12-14 12:30", VisitState::Cancelled));
    cost("a visit cancelled");
    costs
}

#[test]
fn the_cost_of_a_fact_does_not_depend_on_how_much_is_stored() {
    let few = costs(100);
    let many = costs(20_000);
    for ((what, few), (_, many)) in few.iter().zip(&many) {
        // numbers get longer, nothing else does
        assert!(few.bytes_read.abs_diff(many.bytes_read) <= few.bytes_read / 50, "{what}: {few:?} {many:?}");
        assert!(
            few.bytes_written.abs_diff(many.bytes_written) <= few.bytes_written / 50,
            "{what}: {few:?} {many:?}"
        );
        let rows = |cost: &Cost| Cost { bytes_read: 0, bytes_written: 0, ..*cost };
        assert_eq!(rows(few), rows(many), "{what}");
    }
    // the bound is of use only if something was read and written
    let [(_, new), ..] = few.as_slice() else { panic!("nothing was measured") };
    assert!(new.rows_read > 0 && new.rows_written as usize > MESSAGES_PER_VISIT, "{new:?}");
}
