//! One practice's flood does not hold up the others, and commits stay small: asserted by the order in which the gateway gets
//! messages, not by time.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::engine::{Engine, stored_message};
use depesza::gateway::Simulator;
use depesza::model::{
    Message, MessageId, NewMessage, Permission, PracticeId, QuietHours, Recipient, Timestamp, User,
};
use depesza::store::{Commit, Store};
use depesza_sqlite::{Durability, Options, SqliteStore};
use depesza_trials::office::open_practice;
use depesza_trials::watched::{Moment, Watched};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const PRACTICES: usize = 300;
const FLOOD: u64 = 20_000;
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

#[test]
fn a_flood_in_one_practice_lets_299_others_send_in_the_first_round() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { durability: Durability::Process, ..Options::default() };
    let sqlite = SqliteStore::open_with(directory.path().join("many.db"), options).unwrap();
    let sqlite: Arc<dyn Store> = Arc::new(sqlite);
    let largest = Arc::new(AtomicUsize::new(0));
    let seen = largest.clone();
    let store = Watched::new(sqlite.clone(), move |moment| {
        if let Moment::Begins(commit) = moment {
            seen.fetch_max(commit.writes.len(), Ordering::Relaxed);
        }
    });
    let gateway = Arc::new(Simulator::new("sim".into(), 1));
    let engine = Engine::new(Arc::new(store), vec![("sim".into(), gateway.clone())]);
    let now: Timestamp = "2026-11-16T09:00:00Z".parse().unwrap();
    // the flood has waited longest: by age alone all of it would go first
    let flood = PracticeId::new("flood");
    let others: Vec<PracticeId> = (1..PRACTICES).map(|n| PracticeId::new(format!("p{n}"))).collect();
    open_practice(&engine, &flood, now);
    let first = write(&engine, &flood, now);
    for from in (2..=FLOOD).step_by(1_000) {
        let copy = |id| stored_message(&Message { id: MessageId(id), ..first.clone() }).unwrap();
        let writes = (from..(from + 1_000).min(FLOOD + 1)).map(copy).collect();
        let version = sqlite.version(&flood).unwrap();
        sqlite.commit(&Commit { practice: flood.clone(), version, writes }).unwrap();
    }
    let later = now.plus_ms(1_000);
    for other in &others {
        open_practice(&engine, other, later);
        write(&engine, other, later);
    }
    largest.store(0, Ordering::Relaxed);

    let done = engine.dispatch(later, 5_000).unwrap();
    assert!(done.more, "the flood goes on in the next call");
    let mut owners: BTreeMap<String, &PracticeId> = BTreeMap::new();
    for practice in &others {
        let message = engine.practice(practice.clone()).message(MessageId(1)).unwrap().unwrap();
        owners.insert(message.reference.unwrap(), practice);
    }
    let taken = gateway.taken();
    let places: Vec<usize> =
        (0..taken.len()).filter(|place| owners.contains_key(&taken[*place].reference)).collect();
    assert_eq!(places.len(), others.len(), "each once");
    assert!(places.iter().all(|place| *place < TURN + others.len()), "{:?}", places.last());
    assert!(taken.len() > 2 * TURN + others.len(), "the flood has its turn in each round");
    // a claim of 100 messages writes them and the practice's counters; their submission the events and figures too
    let largest = largest.load(Ordering::Relaxed);
    assert!((TURN..=5 * TURN).contains(&largest), "{largest} rows in one commit");
}
