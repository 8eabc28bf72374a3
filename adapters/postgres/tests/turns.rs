//! Turns: one dispatcher a practice and queue, and none where nothing is due.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Entry, Index, RowKey, Store, Table, Turn, Write, instant_key};
use depesza_postgres::testing::Database;
use depesza_postgres::{Options, PostgresStore};
use std::time::{Duration, Instant};

fn at() -> Timestamp {
    Timestamp::from_ms(1_000)
}

fn queue(store: &PostgresStore, practice: &PracticeId, queue: Index) {
    let key = instant_key(at());
    let write = Write {
        row: RowKey { table: Table::Message, id: queue.name().to_owned() },
        doc: Some("{}".to_owned()),
        add: vec![Entry { index: queue, key: format!("{key}|1") }],
        remove: Vec::new(),
    };
    let version = store.version(practice).unwrap();
    store.commit(&Commit { practice: practice.clone(), version, writes: vec![write] }).unwrap();
}

fn due<'s>(store: &'s PostgresStore, practice: &PracticeId) -> Option<Turn<'s>> {
    store.turn(practice, Index::Due, at()).unwrap()
}

#[test]
fn a_practice_has_one_turn_a_queue_over_all_stores() {
    let database = Database::create();
    let (one, two) =
        (PostgresStore::open(database.url()).unwrap(), PostgresStore::open(database.url()).unwrap());
    let (p, q) = (PracticeId::new("p"), PracticeId::new("q"));
    assert!(due(&one, &p).is_none(), "no such practice");
    for practice in [&p, &q] {
        queue(&one, practice, Index::Due);
        queue(&one, practice, Index::Work);
    }
    let earlier = one.turn(&p, Index::Due, Timestamp::from_ms(999)).unwrap();
    assert!(earlier.is_none(), "nothing is due yet");
    let turn = due(&one, &p).unwrap();
    for store in [&one, &two] {
        assert!(due(store, &p).is_none(), "taken");
        assert!(due(store, &q).is_some(), "another practice");
        assert!(store.turn(&p, Index::Work, at()).unwrap().is_some(), "another queue");
    }
    // whoever has no turn may commit all the same
    queue(&two, &p, Index::Due);
    drop(turn);
    let turn = due(&two, &p).unwrap();
    assert!(due(&one, &p).is_none());
    // done meanwhile
    let gone = Write {
        row: RowKey { table: Table::Message, id: "due".to_owned() },
        doc: None,
        add: Vec::new(),
        remove: Vec::new(),
    };
    let version = two.version(&p).unwrap();
    two.commit(&Commit { practice: p.clone(), version, writes: vec![gone] }).unwrap();
    drop(turn);
    assert!(due(&one, &p).is_none(), "nothing is left to do");
}

#[test]
fn turns_use_few_connections_and_are_free_beyond_them() {
    let database = Database::create();
    let options = Options { turn_connections: 2, connections: 1, ..Options::default() };
    let store = PostgresStore::open_with(database.url(), options).unwrap();
    let practices: Vec<_> = (0..5).map(|n| PracticeId::new(n.to_string())).collect();
    for practice in &practices {
        queue(&store, practice, Index::Due);
    }
    for _ in 0..3 {
        let turns: Vec<_> = practices.iter().map(|practice| due(&store, practice).unwrap()).collect();
        let free = format!("{:?}", Turn::free());
        assert_eq!(turns.iter().filter(|turn| format!("{turn:?}") == free).count(), 3);
        let all = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'depesza' AND datname = current_database()";
        assert_eq!(database.sql(all), ["3"]);
        // commits go on, while all connections for turns are held
        queue(&store, &practices[0], Index::Due);
    }
}

#[test]
fn a_turn_ends_with_its_connection_and_with_its_time() {
    let database = Database::create();
    let options = Options { turn_timeout_ms: 200, ..Options::default() };
    let short = PostgresStore::open_with(database.url(), options).unwrap();
    let other = PostgresStore::open(database.url()).unwrap();
    let p = PracticeId::new("p");
    queue(&other, &p, Index::Due);
    let freed = |why: &str| {
        let end = Instant::now() + Duration::from_secs(30);
        while due(&other, &p).is_none() {
            assert!(Instant::now() < end, "{why}");
        }
    };
    let still = due(&short, &p).unwrap();
    freed("a process that stands still keeps its turn");
    drop(still);
    let turn = due(&other, &p).unwrap();
    assert!(due(&short, &p).is_none());
    database.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE state = 'idle in transaction' AND datname = current_database()",
    );
    drop(turn);
    freed("a turn outlives its connection");
    // connections that were ended are replaced
    assert!(due(&short, &p).is_some());
}
