//! Several processes on one file, and processes that are killed in the middle of their work.
//!
//! A test starts this test program again with the variable `DEPESZA_TEST_FILE`; the test `child` then does that process's work.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{
    Commit, Entry, Index, Order, RowKey, Scan, Store, StoreError, Table, Write, instant_key,
};
use depesza_sqlite::SqliteStore;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

const FILE: &str = "DEPESZA_TEST_FILE";
const COMMITS: &str = "DEPESZA_TEST_COMMITS";
const ROWS: u64 = 20;

/// Commit n gives every row the document n and moves its entry to the instant n.
fn step(store: &SqliteStore, practice: &PracticeId) -> Result<u64, StoreError> {
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
fn check_whole(store: &SqliteStore, practice: &PracticeId) -> u64 {
    let version = store.version(practice).unwrap();
    let (from, to) = (String::new(), "~".to_owned());
    let all = Scan { index: Index::Due, from, to, limit: 1_000, order: Order::Ascending };
    let found = store.scan(practice, &all).unwrap();
    assert_eq!(found.len() as u64, if version == 0 { 0 } else { ROWS });
    for found in found {
        assert_eq!(found.key, instant_key(Timestamp::from_ms(version as i64)));
        assert!(found.doc.starts_with(&format!(r#"{{"n":{version},"#)));
    }
    version
}

#[test]
#[ignore = "not a test: what the processes do that the tests start"]
fn child() {
    let file = std::env::var(FILE).unwrap();
    let commits: u64 = std::env::var(COMMITS).unwrap().parse().unwrap();
    let store = SqliteStore::open(file).unwrap();
    let practice = PracticeId::new("p");
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

#[test]
#[ignore = "not a test: a writer that wants to write all the time, to a practice of its own"]
fn writer() {
    let file = std::env::var(FILE).unwrap();
    let commits: u64 = std::env::var(COMMITS).unwrap().parse().unwrap();
    let store = SqliteStore::open(file).unwrap();
    let practice = PracticeId::new(format!("writer {}", std::process::id()));
    let mut longest = Duration::ZERO;
    for _ in 0..commits {
        let begun = Instant::now();
        // a time-out would be an error
        step(&store, &practice).unwrap();
        longest = longest.max(begun.elapsed());
    }
    assert_eq!(check_whole(&store, &practice), commits);
    println!("\nlongest {}", longest.as_millis());
}

fn start(file: &Path, commits: u64) -> (Child, BufReader<ChildStdout>) {
    start_as("child", file, commits)
}

fn start_as(what: &str, file: &Path, commits: u64) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", what, "--ignored", "--nocapture"])
        .env(FILE, file)
        .env(COMMITS, commits.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    (child, output)
}

fn committed(line: &str) -> Option<u64> {
    line.strip_prefix("committed ")?.trim().parse().ok()
}

#[test]
fn processes_take_turns() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.db");
    let children: Vec<_> = (0..3).map(|_| start(&file, 30)).collect();
    for (mut child, output) in children {
        let versions: Vec<u64> = output.lines().filter_map(|line| committed(&line.unwrap())).collect();
        assert!(child.wait().unwrap().success());
        assert_eq!(versions.len(), 30);
        assert!(versions.is_sorted());
    }
    assert_eq!(check_whole(&SqliteStore::open(&file).unwrap(), &"p".into()), 90);
}

#[test]
fn a_killed_process_leaves_whole_commits() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.db");
    let mut last = 0;
    for round in 0..6 {
        let (mut child, output) = start(&file, u64::MAX);
        let mut lines = output.lines();
        let reported =
            lines.by_ref().filter_map(|line| committed(&line.unwrap())).nth(5 + 17 * round).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let reported =
            lines.map_while(Result::ok).filter_map(|line| committed(&line)).last().unwrap_or(reported);
        let store = SqliteStore::open(&file).unwrap();
        let found = check_whole(&store, &"p".into());
        // it may have died between the commit and its report
        assert!(found == reported || found == reported + 1, "reported {reported}, found {found}");
        assert!(found > last);
        last = found;
    }
}

/// Four processes that do nothing but commit: none waits for longer than the time-out (5 s), or its commit would fail.
/// `--nocapture` shows the longest that each waited.
#[test]
fn no_writer_starves_among_four() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.db");
    let begun = Instant::now();
    let writers: Vec<_> = (0..4).map(|_| start_as("writer", &file, 400)).collect();
    let mut longest = Vec::new();
    for (mut child, output) in writers {
        let lines = output.lines().map_while(Result::ok);
        longest.extend(lines.filter_map(|line| line.strip_prefix("longest ").map(ToOwned::to_owned)));
        assert!(child.wait().unwrap().success());
    }
    println!("1,600 commits in {} ms; the longest of each took {longest:?} ms", begun.elapsed().as_millis());
    assert_eq!(longest.len(), 4);
}

/// Copies made while two processes write: each is of one moment, and a database like any other.
#[test]
fn a_copy_of_a_file_in_use_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("a.db");
    let mut writers: Vec<_> = (0..2).map(|_| start(&file, u64::MAX)).collect();
    for (_, output) in &mut writers {
        output.lines().map_while(Result::ok).find_map(|line| committed(&line)).unwrap();
    }
    let store = SqliteStore::open(&file).unwrap();
    let practice = PracticeId::new("p");
    let mut last = 0;
    for n in 0..4 {
        let copy = directory.path().join(format!("copy {n}.db"));
        // on a busy machine they may have paused for the whole of the copy before
        let mut before = last;
        while before <= last {
            before = store.version(&practice).unwrap();
        }
        store.backup_to(&copy).unwrap();
        let after = store.version(&practice).unwrap();
        assert!(!copy.with_extension("db.part").exists());
        let sqlite = rusqlite::Connection::open(&copy).unwrap();
        let verdict: String = sqlite.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(verdict, "ok");
        drop(sqlite);
        let found = check_whole(&SqliteStore::open(&copy).unwrap(), &practice);
        assert!((before..=after).contains(&found), "{before} {found} {after}");
        last = found;
        let refused = store.backup_to(&copy).unwrap_err().to_string();
        assert!(refused.contains("there is a file already") && refused.contains("copy"), "{refused}");
    }
    for (mut child, _) in writers {
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
