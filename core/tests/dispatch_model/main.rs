//! The dispatch protocol, explored: every order in which two dispatchers, a gateway that fails, patients, and the clock can
//! act on two due messages of a practice, within bounds.
//!
//! It is the engine itself that runs, not a copy of its rules: a turn of `dispatch` stops between its steps (`SteppedTurn`),
//! each of which is one unit of work or one call of the gateway, and the search goes through all that may happen there: the
//! other dispatcher's next step, the death of either, each answer of the gateway, the clock's jump to the next deadline (so
//! that answers come after leases have run out), a delivery report, a visit that is called off or moved, a STOP. A unit of
//! work is atomic, so orders of whole steps are all that two processes can do to each other.
//!
//! In every state (`oracle.rs`): no handset gets a message twice; a gateway that can do nothing but send is never given a
//! message again unless it refused it; nothing that went is called unsent, and the other way round; statuses go forward; what is
//! prepared after a cancellation, a move or a STOP was stored heeds it. From every state: when time goes on without
//! faults, each message comes to an end, and none stays in the queue.
//!
//! **What has to be assumed.** No engine can call back what a process holds in its hands as it falls asleep. So a gateway
//! that cannot tell a repeat (look-up only) needs a hand-over to be written before the two minutes of its lease are over, an
//! idempotent one before its window ends. `a_process_that_sleeps…` shows what happens else. A plain gateway needs nothing.
//!
//! **That it can fail.** The last tests break the protocol (`Broken`) and expect the search to find the double: `Submitting`
//! committed after the hand-over; an expired submission taken for an expired claim; "not found" believed of a gateway
//! that cannot look up; an old token's rejection taken for the holder's.
//!
//! `cargo test -p depesza --test dispatch_model -- --nocapture` says how much was explored. More of everything, in minutes
//! or hours:
//!
//! ```text
//! DEPESZA_DEPTH=2 cargo test -p depesza --release --test dispatch_model explored -- --nocapture
//! ```
// a test may fail by panicking, and reads its surroundings
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod act;
mod gate;
mod oracle;
mod search;
mod state;
#[path = "../world/mod.rs"]
mod world;

use gate::Kind;
use search::{Bounds, explore};
use state::{Broken, Model};

/// How much may go wrong on one way: 1 in the quick run.
fn depth() -> u8 {
    std::env::var("DEPESZA_DEPTH").map_or(1, |depth| depth.parse().expect("DEPESZA_DEPTH: a small number"))
}

/// Explores and prints how much that was.
fn holds(model: &Model, bounds: Bounds) {
    let counts = explore(model, bounds).unwrap_or_else(|found| panic!("{model:?}, {bounds:?}: {found}"));
    println!("{model:?}, {bounds:?}: {counts}");
    assert!(counts.ends > 0 && counts.handed_twice_or_more > 0, "nothing was ever tried again: {counts}");
}

/// Two messages in one batch, two one by one, and one alone with which more goes wrong.
fn holds_on(kind: Kind) {
    let depth = depth();
    let few = Bounds {
        faults: depth,
        deaths: depth,
        jumps: depth + 1,
        outside: depth,
        reports: depth,
        in_all: depth + 2,
    };
    // where a message may be handed over often there is most to go through
    let in_all = if kind == Kind::Idempotent { depth + 3 } else { depth + 4 };
    let long = Bounds { faults: depth + 1, jumps: depth + 2, outside: 0, reports: 0, in_all, ..few };
    holds(&Model::new(kind, 2), few);
    holds(&Model { batch: 1, ..Model::new(kind, 2) }, Bounds { in_all: depth + 1, ..few });
    holds(&Model::new(kind, 1), long);
}

#[test]
fn explored_on_an_idempotent_gateway() {
    holds_on(Kind::Idempotent);
}

#[test]
fn explored_on_a_gateway_that_can_be_asked() {
    holds_on(Kind::LookUp);
}

#[test]
fn explored_on_a_gateway_that_can_do_nothing_but_send() {
    holds_on(Kind::Plain);
}

/// Explores a broken model as far as the quick run goes, and says what was found.
fn breaks(kind: Kind, broken: Broken, bounds: Bounds) -> String {
    let model = Model { broken, ..Model::new(kind, 1) };
    match explore(&model, bounds) {
        Ok(counts) => panic!("{model:?}: nothing was found in {counts}"),
        Err(found) => {
            println!("{model:?}: {found}");
            found.what
        }
    }
}

const FEW: Bounds = Bounds { faults: 1, deaths: 1, jumps: 2, outside: 0, reports: 0, in_all: 4 };

#[test]
fn broken_submitting_is_committed_after_the_hand_over() {
    let what = breaks(Kind::Plain, Broken::CommitsLate, FEW);
    assert!(what.contains("handed over again"), "{what}");
}

#[test]
fn broken_an_expired_submission_is_taken_for_an_expired_claim() {
    let what = breaks(Kind::Plain, Broken::TakesUpSubmissions, FEW);
    assert!(what.contains("handed over again"), "{what}");
}

#[test]
fn broken_not_found_is_believed_of_a_gateway_that_cannot_look_up() {
    let what = breaks(Kind::Plain, Broken::BelievesNotFound, FEW);
    assert!(what.contains("handed over again"), "{what}");
}

#[test]
fn broken_an_old_tokens_rejection_counts() {
    let what = breaks(Kind::LookUp, Broken::IgnoresTokens, FEW);
    assert!(what.contains("twice"), "{what}");
}

#[test]
fn a_process_that_sleeps_between_taking_and_handing_over_can_double_where_no_repeat_is_recognised() {
    assert!(breaks(Kind::LookUp, Broken::Sleeps, FEW).contains("twice"));
    // a gateway that can do nothing but send is never given it again, so nothing can go wrong there
    let model = Model { broken: Broken::Sleeps, ..Model::new(Kind::Plain, 1) };
    holds(&model, FEW);
}
