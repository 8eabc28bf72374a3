//! The log beside the file: it begins anew although somebody always reads, and grows only while one reader stays.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::model::PracticeId;
use depesza::store::{Commit, RowKey, Store, Table, Write};
use depesza_sqlite::{Durability, Options, SqliteStore};
use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const MB: u64 = 1 << 20;

fn open(path: &Path) -> SqliteStore {
    let options = Options { durability: Durability::Process, ..Options::default() };
    SqliteStore::open_with(path, options).unwrap()
}

/// Replaces the same 200 documents of 2 KB, so that the file stays small and the log takes it all.
fn commit(store: &SqliteStore) {
    let practice = PracticeId::new("p");
    let version = store.version(&practice).unwrap();
    let doc = format!(r#"{{"n":{version},"text":"{}"}}"#, "x".repeat(2_000));
    let write = |n| Write {
        row: RowKey { table: Table::Message, id: format!("{n:03}") },
        doc: Some(doc.clone()),
        add: Vec::new(),
        remove: Vec::new(),
    };
    store.commit(&Commit { practice, version, writes: (0..200).map(write).collect() }).unwrap();
}

fn log(path: &Path) -> u64 {
    std::fs::metadata(path.with_extension("db-wal")).map_or(0, |file| file.len())
}

#[test]
fn the_log_stays_small_under_constant_readers() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    commit(&store);
    let (done, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    let mut longest = 0;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let rows = store.list(&"p".into(), Table::Message, "", "~", 1_000).unwrap();
                    assert_eq!(rows.len(), 200);
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for _ in 0..300 {
            commit(&store);
            longest = longest.max(log(&path));
        }
        done.store(true, Ordering::Relaxed);
    });
    println!("300 commits of 0.4 MB, {} reads: the log had {} MB", reads.into_inner(), longest / MB);
    assert!(longest < 64 * MB, "{} MB", longest / MB);
}

#[test]
fn a_reader_that_stays_lets_the_log_grow_and_holds_no_commit_up_for_long() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = open(&path);
    commit(&store);
    let reader = Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM rows").unwrap();
    while log(&path) < 50 * MB {
        commit(&store);
    }
    reader.execute_batch("COMMIT").unwrap();
    // looked at every 16th commit, once it has grown by another 16 MB
    for _ in 0..120 {
        commit(&store);
    }
    assert!(log(&path) < 50 * MB, "{} MB", log(&path) / MB);
}
