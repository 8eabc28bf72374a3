//! One practice's flood does not hold up the others, and commits stay small: asserted by the order in which the gateway gets
//! messages, not by time.
//!
//! The times for 10,000 practices in one PostgreSQL, one of them with 100,000 messages due at once:
//! `DEPESZA_PRACTICES=10000 DEPESZA_FLOOD=100000 cargo test --release -p depesza-trials --test fairness -- --nocapture postgres`
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "helpers of tests are tests"
)]

use depesza::engine::{Engine, stored_message};
use depesza::gateway::Simulator;
use depesza::model::{
    Message, MessageId, NewMessage, Permission, PracticeId, QuietHours, Recipient, Timestamp, User,
};
use depesza::store::{Commit, Store};
use depesza_postgres::testing::Database;
use depesza_sqlite::{Durability, Options, SqliteStore};
use depesza_trials::office::open_practice;
use depesza_trials::watched::{Moment, Watched};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// The most practices that one round of a dispatch looks at.
const ROUND: usize = 1_000;
/// The most messages that one practice hands over in a turn.
const TURN: usize = 100;

/// A message that a person wrote, due now; the practice's first.
fn write(engine: &Engine, practice: &PracticeId, now: Timestamp) -> Message {
    let clinic = engine.practice(practice.clone());
    let desk = clinic.as_user(User::new("desk", Permission::CLINIC));
    let new = NewMessage {
        to: Recipient::Number("+48501000001".into()),
        text: "Dzien dobry".into(),
        at: None,
        hours: QuietHours::Warn,
        key: None,
    };
    desk.send_message(&new, now).unwrap();
    clinic.message(MessageId(1)).unwrap().unwrap()
}

/// A number from the environment, or the usual one.
fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

#[test]
fn sqlite_a_flood_lets_299_others_send_in_the_first_round() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { durability: Durability::Process, ..Options::default() };
    let store = SqliteStore::open_with(directory.path().join("many.db"), options).unwrap();
    flood(Arc::new(store), 300, 20_000);
}

#[test]
fn postgres_a_flood_lets_the_others_send_in_the_first_rounds() {
    let database = Database::create();
    let store = depesza_open::open(database.url()).unwrap();
    flood(store, number("DEPESZA_PRACTICES", 150), number("DEPESZA_FLOOD", 3_000));
}

/// Gives one of the practices so many messages at once and each other one a message a second later, dispatches, and looks at
/// the order in which they left.
fn flood(database: Arc<dyn Store>, practices: usize, messages: usize) {
    let messages = messages as u64;
    let largest = Arc::new(AtomicUsize::new(0));
    let seen = largest.clone();
    let store = Watched::new(database.clone(), move |moment| {
        if let Moment::Begins(commit) = moment {
            seen.fetch_max(commit.writes.len(), Ordering::Relaxed);
        }
    });
    let gateway = Arc::new(Simulator::new("sim".into(), 1));
    let engine = Engine::new(Arc::new(store), vec![("sim".into(), gateway.clone())]);
    let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
    // the flood has waited longest: by age alone all of it would go first
    let flood = PracticeId::new("flood");
    let others: Vec<PracticeId> = (1..practices).map(|n| PracticeId::new(format!("p{n}"))).collect();
    open_practice(&engine, &flood, now);
    let first = write(&engine, &flood, now);
    for from in (2..=messages).step_by(1_000) {
        let copy = |id| stored_message(&Message { id: MessageId(id), ..first.clone() }).unwrap();
        let writes = (from..(from + 1_000).min(messages + 1)).map(copy).collect();
        let version = database.version(&flood).unwrap();
        database.commit(&Commit { practice: flood.clone(), version, writes }).unwrap();
    }
    let later = now.plus_ms(1_000);
    for other in &others {
        open_practice(&engine, other, later);
        write(&engine, other, later);
    }
    largest.store(0, Ordering::Relaxed);
    // each round looks at those that have waited longest: the flood and as many others
    let rounds = others.len().div_ceil(ROUND - 1);

    let limit = (others.len() + 3 * TURN) as u64;
    let clock = Instant::now();
    let mut done = engine.dispatch(later, limit).unwrap();
    while gateway.taken().len() < rounds * TURN + others.len() && done.more {
        done = engine.dispatch(later, limit).unwrap();
    }
    assert!(done.more, "the flood goes on in the next call");
    println!(
        "{practices} practices: {} messages in {:.1} s",
        gateway.taken().len(),
        clock.elapsed().as_secs_f64()
    );
    let mut owners: BTreeMap<String, &PracticeId> = BTreeMap::new();
    for practice in &others {
        let message = engine.practice(practice.clone()).message(MessageId(1)).unwrap().unwrap();
        owners.insert(message.reference.unwrap(), practice);
    }
    let taken = gateway.taken();
    let places: Vec<usize> =
        (0..taken.len()).filter(|place| owners.contains_key(&taken[*place].reference)).collect();
    assert_eq!(places.len(), others.len(), "each once");
    assert!(places.iter().all(|place| *place < rounds * TURN + others.len()), "{:?}", places.last());
    assert!(taken.len() > others.len() + TURN, "the flood has its turn in each round");
    // a claim of 100 messages writes them and the practice's counters; their submission the events and figures too
    let largest = largest.load(Ordering::Relaxed);
    assert!((2..=5 * TURN).contains(&largest), "{largest} rows in one commit");
    while engine.dispatch(later, 50_000).unwrap().more {}
    println!("all {} in {:.1} s", gateway.taken().len(), clock.elapsed().as_secs_f64());
    assert_eq!(gateway.taken().len(), others.len() + usize::try_from(messages).unwrap(), "each once");
}
