//! Several processes on one database, and processes that are killed in the middle of their work.
//!
//! A test starts this test program again with the variable `DEPESZA_TEST_URL`; the test `child` then does that process's work.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{
    Commit, Entry, Index, Order, RowKey, Scan, Store, StoreError, Table, Write, instant_key,
};
use depesza_postgres::PostgresStore;
use depesza_postgres::testing::Database;
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const URL: &str = "DEPESZA_TEST_URL";
const WORK: &str = "DEPESZA_TEST_WORK";
const ROWS: u64 = 20;

/// Commit n gives every row the document n and moves its entry to the instant n.
fn step(store: &PostgresStore, practice: &PracticeId) -> Result<u64, StoreError> {
    let version = store.version(practice)?;
    let entry = |n| vec![Entry { index: Index::Due, key: instant_key(Timestamp::from_ms(n)) }];
    let at = version as i64;
    let writes = (0..ROWS).map(|n| Write {
        row: RowKey { table: Table::Message, id: format!("{n:03}") },
        doc: Some(format!(r#"{{"n":{},"text":"{}"}}"#, at + 1, "x".repeat(800))),
        add: entry(at + 1),
        remove: entry(at),
    });
    store.commit(&Commit { practice: practice.clone(), version, writes: writes.collect() })
}

/// Everything is of the commit that the version names.
fn check_whole(store: &PostgresStore, practice: &PracticeId) -> u64 {
    let version = store.version(practice).unwrap();
    let (from, to) = (String::new(), "~".to_owned());
    let all = Scan { index: Index::Due, from, to, limit: 1_000, order: Order::Ascending };
    let found = store.scan(practice, &all).unwrap();
    assert_eq!(found.len() as u64, if version == 0 { 0 } else { ROWS });
    for found in found {
        assert_eq!(found.key, instant_key(Timestamp::from_ms(version as i64)));
        assert!(found.doc.starts_with(&format!(r#"{{"n":{version},"#)));
    }
    let first = store.due(Index::Due, Timestamp::MAX, 9).unwrap();
    assert_eq!(first, [(practice.clone(), Timestamp::from_ms(version as i64))]);
    version
}

#[test]
#[ignore = "not a test: what the processes do that the tests start"]
fn child() {
    let (url, work) = (std::env::var(URL).unwrap(), std::env::var(WORK).unwrap());
    let store = PostgresStore::open(&url).unwrap();
    let practice = PracticeId::new("p");
    if work == "turn" {
        let turn = store.turn(&practice, Index::Due, Timestamp::MAX).unwrap();
        println!("\nturn {}", turn.is_some());
        // until it is killed, or its parent is gone
        let _ = std::io::stdin().lines().next();
        return;
    }
    let commits: u64 = work.parse().unwrap();
    let mut done = 0;
    while done < commits {
        match step(&store, &practice) {
            Ok(version) => {
                done += 1;
                println!("\ncommitted {version}");
            }
            Err(StoreError::Conflict { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
}

/// A child that is killed with the test.
struct Process {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    fn start(url: &str, work: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child", "--ignored", "--nocapture"])
            .env(URL, url)
            .env(WORK, work)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, output }
    }

    /// The versions that it says it committed, as it says them.
    fn committed(&mut self) -> impl Iterator<Item = u64> {
        let version = |line: String| line.strip_prefix("committed ")?.trim().parse().ok();
        self.output.by_ref().map_while(Result::ok).filter_map(version)
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Four processes open an empty database at once: one of them makes the tables.
#[test]
fn processes_start_and_commit_side_by_side() {
    let database = Database::create();
    let mut children: Vec<_> = (0..4).map(|_| Process::start(database.url(), "25")).collect();
    for process in &mut children {
        let versions: Vec<u64> = process.committed().collect();
        assert!(process.child.wait().unwrap().success());
        assert_eq!(versions.len(), 25);
        assert!(versions.is_sorted());
    }
    assert_eq!(check_whole(&PostgresStore::open(database.url()).unwrap(), &"p".into()), 100);
}

#[test]
fn a_killed_process_leaves_whole_commits() {
    let database = Database::create();
    let store = PostgresStore::open(database.url()).unwrap();
    let mut last = 0;
    for round in 0..6 {
        let mut process = Process::start(database.url(), &u64::MAX.to_string());
        let reported = process.committed().nth(5 + 17 * round).unwrap();
        process.kill();
        let reported = process.committed().last().unwrap_or(reported);
        // its backend may still be at the last commit
        let idle = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'depesza' \
            AND datname = current_database() AND state <> 'idle'";
        let end = Instant::now() + Duration::from_secs(30);
        while database.sql(idle) != ["0"] {
            assert!(Instant::now() < end, "the killed process's backend goes on");
        }
        let found = check_whole(&store, &"p".into());
        // it may have died between the commit and its report
        assert!(found == reported || found == reported + 1, "reported {reported}, found {found}");
        assert!(found > last);
        last = found;
    }
}

#[test]
fn a_turn_ends_with_its_process() {
    let database = Database::create();
    let (store, practice) = (PostgresStore::open(database.url()).unwrap(), PracticeId::new("p"));
    step(&store, &practice).unwrap();
    let mut process = Process::start(database.url(), "turn");
    let said = process.output.by_ref().map_while(Result::ok).find(|line| line.starts_with("turn"));
    assert_eq!(said.as_deref(), Some("turn true"));
    let turn = || store.turn(&practice, Index::Due, Timestamp::MAX).unwrap();
    assert!(turn().is_none());
    // which holds up nobody who commits
    step(&store, &practice).unwrap();
    process.kill();
    let end = Instant::now() + Duration::from_secs(30);
    while turn().is_none() {
        assert!(Instant::now() < end, "a killed process keeps its turn");
    }
}
