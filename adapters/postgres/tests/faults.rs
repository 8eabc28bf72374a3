//! Connections that are lost, servers that are restarted, locks that are not free: every call ends, and what it answers is true.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests are tests"
)]

mod proxy;
mod psql;

use depesza::model::PracticeId;
use depesza::store::{Commit, RowKey, Store, StoreError, Table, Write};
use depesza_postgres::testing::{Cluster, Database, sql};
use depesza_postgres::{Options, PostgresStore};
use proxy::{Cut, Proxy};
use psql::Psql;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

fn practice() -> PracticeId {
    PracticeId::new("p")
}

fn counter() -> RowKey {
    RowKey { table: Table::Tally, id: "n".to_owned() }
}

fn to(version: u64, doc: u64) -> Commit {
    let write = Write { row: counter(), doc: Some(doc.to_string()), add: Vec::new(), remove: Vec::new() };
    Commit { practice: practice(), version, writes: vec![write] }
}

fn count(store: &PostgresStore) -> u64 {
    count_of(store, &practice())
}

fn count_of(store: &PostgresStore, practice: &PracticeId) -> u64 {
    let doc = store.read(practice, &[counter()]).unwrap().remove(0);
    doc.map_or(0, |doc| doc.parse().unwrap())
}

/// A server whose machine lost its power refuses nothing: nothing comes back from it. The next one of the url takes over.
#[test]
fn a_silent_server_leaves_time_for_the_next_one() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let silent = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        socket.listen(1).unwrap()
    });
    let address = silent.local_addr().unwrap();
    let mut waiting = Vec::new();
    // when no more may wait to be accepted, requests to connect are dropped
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
        waiting.push(stream);
        assert!(waiting.len() < 100, "the system lets more wait than it was told");
    }
    let database = Database::create();
    let (user, rest) = database.url().split_once('@').unwrap();
    let url = format!("{user}@{address},{rest}?sslmode=disable");
    let options = Options { connect_timeout_ms: 1_000, ..Options::default() };
    let store = PostgresStore::open_with(&url, options).unwrap();
    add(&store);
    assert_eq!(count(&store), 1);
}

/// Adds one, at whatever version there is.
fn add(store: &PostgresStore) {
    add_to(store, &practice());
}

fn add_to(store: &PostgresStore, practice: &PracticeId) {
    loop {
        let version = store.version(practice).unwrap();
        let commit = to(version, count_of(store, practice) + 1);
        match store.commit(&Commit { practice: practice.clone(), ..commit }) {
            Ok(_) => return,
            Err(StoreError::Conflict { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

/// Waits until a question to the server has an answer; the server says nothing by itself.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < end, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn an_answer_that_is_lost_is_found_again() {
    let database = Database::create();
    let proxy = Proxy::to(&database);
    let store = PostgresStore::open(&proxy.url()).unwrap();
    store.commit(&to(0, 0)).unwrap();
    let cuts = [Cut::BeforeAnswer, Cut::BeforeRequest, Cut::AfterRequest, Cut::BeforeAnswer];
    for (version, cut) in (1..).zip(cuts) {
        proxy.cut(cut);
        assert_eq!(store.commit(&to(version, version)), Ok(version + 1), "{cut:?}");
        assert_eq!(proxy.cuts() as u64, version);
        assert_eq!((store.version(&practice()), count(&store)), (Ok(version + 1), version));
    }
    // a first commit too
    let other = Commit { practice: "q".into(), ..to(0, 1) };
    proxy.cut(Cut::BeforeAnswer);
    assert_eq!(store.commit(&other), Ok(1));
    assert_eq!(store.commit(&other), Err(StoreError::Conflict { expected: 0, found: 1 }));
}

#[test]
fn a_commit_that_others_followed_is_still_known() {
    let database = Database::create();
    let proxy = Proxy::to(&database);
    let (store, direct) =
        (PostgresStore::open(&proxy.url()).unwrap(), PostgresStore::open(database.url()).unwrap());
    store.commit(&to(0, 0)).unwrap();
    // how the connection is cut, how many commits come in between, what is true
    let cases = [(Cut::BeforeAnswer, 3, true), (Cut::BeforeRequest, 1, false), (Cut::BeforeAnswer, 31, true)];
    for (cut, others, stands) in cases {
        let version = direct.version(&practice()).unwrap();
        let (before, counted) = (proxy.cuts(), count(&direct));
        proxy.cut_and_close(cut);
        let answer = thread::scope(|scope| {
            let waiting = scope.spawn(|| store.commit(&to(version, 77)));
            until("the connection is cut", || proxy.cuts() > before);
            (0..others).for_each(|_| add(&direct));
            proxy.open();
            waiting.join().unwrap()
        });
        let found = version + others;
        let expected =
            if stands { Ok(version + 1) } else { Err(StoreError::Conflict { expected: version, found }) };
        assert_eq!(answer, expected, "{cut:?}");
        assert_eq!(count(&direct), if stands { 77 } else { counted } + others);
    }
    // too many to know
    let version = direct.version(&practice()).unwrap();
    let before = proxy.cuts();
    proxy.cut_and_close(Cut::BeforeAnswer);
    let answer = thread::scope(|scope| {
        let waiting = scope.spawn(|| store.commit(&to(version, 77)));
        until("the connection is cut", || proxy.cuts() > before);
        (0..33).for_each(|_| add(&direct));
        proxy.open();
        waiting.join().unwrap()
    });
    assert!(matches!(&answer, Err(StoreError::Unavailable(why)) if why.contains("not known")), "{answer:?}");
}

/// The first backend still waits for a lock when the second is asked for the same: one of them does it.
#[test]
fn a_commit_that_is_under_way_twice_is_done_once() {
    let database = Database::create();
    let proxy = Proxy::to(&database);
    let store = PostgresStore::open(&proxy.url()).unwrap();
    store.commit(&to(0, 0)).unwrap();
    let mut holder = Psql::open(database.url());
    holder.run("BEGIN; SELECT 1 FROM depesza.practices FOR UPDATE");
    proxy.cut(Cut::AfterRequest);
    let answer = thread::scope(|scope| {
        let waiting = scope.spawn(|| store.commit(&to(1, 1)));
        let waiters = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        until("two backends wait for the lock", || database.sql(waiters) == ["2"]);
        holder.run("ROLLBACK");
        waiting.join().unwrap()
    });
    assert_eq!((answer, store.version(&practice()), count(&store)), (Ok(2), Ok(2), 1));
    let idle = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND application_name = 'depesza' \
        AND datname = current_database() AND pid <> pg_backend_pid()";
    until("both backends are done", || database.sql(idle) == ["0"]);
    assert_eq!((store.version(&practice()), count(&store)), (Ok(2), 1));
}

#[test]
fn a_server_that_falls_silent_is_asked_again_elsewhere() {
    let database = Database::create();
    let proxy = Proxy::to(&database);
    let options = Options { statement_timeout_ms: 500, ..Options::default() };
    let store = PostgresStore::open_with(&proxy.url(), options).unwrap();
    store.commit(&to(0, 0)).unwrap();
    proxy.cut(Cut::Silence);
    assert_eq!(store.commit(&to(1, 1)), Ok(2));
    proxy.cut(Cut::Silence);
    assert_eq!((count(&store), store.version(&practice())), (1, Ok(2)));
    assert_eq!(proxy.cuts(), 2);
}

#[test]
fn a_database_that_is_gone_for_longer_than_the_call_may_take_is_unavailable() {
    let database = Database::create();
    let proxy = Proxy::to(&database);
    let options = Options { call_timeout_ms: 300, ..Options::default() };
    let store = PostgresStore::open_with(&proxy.url(), options.clone()).unwrap();
    store.commit(&to(0, 0)).unwrap();
    proxy.cut_and_close(Cut::BeforeRequest);
    for answer in [store.commit(&to(1, 1)).map(|_| ()), store.version(&practice()).map(|_| ())] {
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    assert!(matches!(PostgresStore::open_with(&proxy.url(), options), Err(StoreError::Unavailable(_))));
    proxy.open();
    assert_eq!(store.commit(&to(1, 1)), Ok(2));
}

#[test]
fn backends_that_are_ended_in_the_middle_lose_and_double_nothing() {
    let database = Database::create();
    let store = PostgresStore::open(database.url()).unwrap();
    // of two others no more commits than are remembered can come in between
    let (threads, rounds) = (3, 15);
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..threads).map(|_| scope.spawn(|| (0..rounds).for_each(|_| add(&store)))).collect();
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut ended = 0;
        let finished = || workers.iter().all(thread::ScopedJoinHandle::is_finished);
        while !finished() {
            ended += database.sql(end)[0].parse::<u64>().unwrap();
            let before = store.version(&practice()).unwrap();
            until("commits go on", || finished() || store.version(&practice()).unwrap() > before + 2);
        }
        assert!(ended > 0);
    });
    assert_eq!(count(&store), threads * rounds);
    assert_eq!(store.version(&practice()), Ok(threads * rounds));
}

#[test]
fn calls_outlast_a_crash_of_the_server() {
    let cluster = Cluster::start();
    let database = cluster.database();
    let options = Options { call_timeout_ms: 60_000, ..Options::default() };
    let store = PostgresStore::open_with(database.url(), options).unwrap();
    let done = AtomicBool::new(false);
    // a practice each: what follows an answer that was lost is the worker's own
    let practices = ["a", "b"].map(PracticeId::new);
    thread::scope(|scope| {
        let work = |practice: &PracticeId| {
            let mut added = 0;
            while !done.load(Ordering::Relaxed) {
                add_to(&store, practice);
                added += 1;
            }
            assert_eq!((count_of(&store, practice), store.version(practice)), (added, Ok(added)));
        };
        let workers = practices.each_ref().map(|practice| scope.spawn(move || work(practice)));
        for restart in [Cluster::crash, Cluster::stop] {
            let version = || store.version(&practices[0]).unwrap();
            let before = version();
            until("commits go on", || version() > before + 20);
            restart(&cluster);
            cluster.start_again();
        }
        done.store(true, Ordering::Relaxed);
        workers.into_iter().for_each(|worker| worker.join().unwrap());
    });
    // idle connections of before as well
    cluster.crash();
    cluster.start_again();
    add(&store);
    assert_eq!(count(&store), 1);
}

#[test]
fn a_lock_or_a_statement_that_takes_too_long_is_said_and_changes_nothing() {
    let database = Database::create();
    let waits = |lock_timeout_ms, statement_timeout_ms| {
        let options = Options { lock_timeout_ms, statement_timeout_ms, ..Options::default() };
        PostgresStore::open_with(database.url(), options).unwrap()
    };
    let (lock, statement) = (waits(100, 10_000), waits(10_000, 100));
    lock.commit(&to(0, 0)).unwrap();
    let mut holder = Psql::open(database.url());
    holder.run("BEGIN; SELECT 1 FROM depesza.practices FOR UPDATE");
    for (store, said) in
        [(&lock, "lock_timeout_ms (SQLSTATE 55P03)"), (&statement, "or was cancelled (SQLSTATE 57014)")]
    {
        let answer = store.commit(&to(1, 1));
        assert!(matches!(&answer, Err(StoreError::Unavailable(why)) if why.contains(said)), "{answer:?}");
        // reads wait for nobody
        assert_eq!(count(store), 0);
    }
    holder.run("ROLLBACK");
    assert_eq!((lock.commit(&to(1, 1)), statement.commit(&to(2, 2))), (Ok(2), Ok(3)));
}

#[test]
fn more_calls_than_connections_take_their_turns() {
    let database = Database::create();
    let options = Options { connections: 1, ..Options::default() };
    let store = PostgresStore::open_with(database.url(), options).unwrap();
    thread::scope(|scope| {
        for n in 0..4 {
            let store = &store;
            scope.spawn(move || {
                let practice = PracticeId::new(n.to_string());
                for version in 0..10 {
                    let commit = Commit { practice: practice.clone(), ..to(version, 1) };
                    assert_eq!(store.commit(&commit), Ok(version + 1));
                }
            });
        }
    });
    let all = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'depesza' \
        AND datname = current_database()";
    assert_eq!(database.sql(all), ["1"]);
}

/// What the server says quotes keys; what the store says does not.
#[test]
fn errors_hold_nothing_that_was_stored() {
    let database = Database::create();
    let store = PostgresStore::open(database.url()).unwrap();
    store.commit(&to(0, 0)).unwrap();
    let (number, words) = ("+48601234567", "Anna Nowak, wizyta");
    let write = Write {
        row: RowKey { table: Table::Message, id: "1".to_owned() },
        doc: Some(format!("\"{words}\"")),
        add: vec![depesza::store::Entry {
            index: depesza::store::Index::PatientNumber,
            key: number.to_owned(),
        }],
        remove: Vec::new(),
    };
    let commit = Commit { practice: practice(), version: 1, writes: vec![write] };
    let damages = [
        "ALTER TABLE depesza.rows ADD CONSTRAINT no CHECK (doc NOT LIKE '%Anna%')",
        "ALTER TABLE depesza.rows DROP CONSTRAINT no; ALTER TABLE depesza.entries ADD CONSTRAINT no CHECK (idx < 0)",
        "ALTER TABLE depesza.entries DROP CONSTRAINT no; ALTER TABLE depesza.rows RENAME doc TO text",
        "ALTER TABLE depesza.rows RENAME text TO doc; DROP TABLE depesza.entries",
    ];
    for damage in damages {
        database.sql(damage);
        let error = store.commit(&commit).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{damage}: {error:?}");
        let said = format!("{error} {error:?} {store:?}");
        assert!(!said.contains("601234567") && !said.contains("Anna") && said.contains("SQLSTATE"), "{said}");
        assert_eq!(sql(database.url(), "SELECT version FROM depesza.practices"), ["1"]);
    }
    let secret = "postgresql://postgres:s3cr3t@127.0.0.1:1/none";
    let options = Options { call_timeout_ms: 2_000, ..Options::default() };
    let error = PostgresStore::open_with(secret, options).unwrap_err().to_string();
    assert!(!error.contains("s3cr3t") && error.contains("cannot be reached"), "{error}");
}
