//! Measures commits and questions on a file, with documents and entries of the engine's usual sizes:
//! `cargo run --release -p depesza-sqlite --example measure [DIRECTORY]`.
#![allow(clippy::unwrap_used, reason = "a tool for those who work on the store")]

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Entry, Index, Order, RowKey, Scan, Store, Table, Write, instant_key};
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::path::PathBuf;
use std::time::Instant;

const ROWS: u64 = 100;
const DOC_BYTES: usize = 1_000;

/// A message with six entries, whose patient and visit are spread over the whole practice.
fn message(n: u64) -> Write {
    let spread = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let at = instant_key(Timestamp::from_ms(1_700_000_000_000 + (n * 60_000) as i64));
    let keys = [
        (Index::Due, at.clone()),
        (Index::MessageTime, at.clone()),
        (Index::MessagePatient, format!("{:05}|{at}", spread % 20_000)),
        (Index::MessageVisit, format!("{:06}", spread % 300_000)),
        (Index::MessageNumber, format!("+48{:09}", spread % 1_000_000_000)),
        (Index::Reference, format!("{spread:016x}")),
    ];
    let add = keys.into_iter().map(|(index, key)| Entry { index, key }).collect();
    let doc = Some(format!(r#"{{"n":{n},"text":"{}"}}"#, "x".repeat(DOC_BYTES)));
    Write { row: RowKey { table: Table::Message, id: format!("{n:012}") }, doc, add, remove: Vec::new() }
}

fn commit(store: &SqliteStore, practice: &PracticeId, writes: Vec<Write>) {
    let version = store.version(practice).unwrap();
    store.commit(&Commit { practice: practice.clone(), version, writes }).unwrap();
}

/// Commits `commits` times 100 new rows and says how fast.
fn fill(store: &SqliteStore, practice: &PracticeId, from: u64, commits: u64) {
    let start = Instant::now();
    for n in 0..commits {
        commit(store, practice, (0..ROWS).map(|row| message(from + n * ROWS + row)).collect());
    }
    let s = start.elapsed().as_secs_f64();
    println!("  {commits} commits of 100 rows with 6 entries: {:.0}/s", commits as f64 / s);
}

fn each(what: &str, times: u32, mut work: impl FnMut(u32)) {
    let start = Instant::now();
    (0..times).for_each(&mut work);
    println!("  {what}: {:.1} us", start.elapsed().as_secs_f64() * 1e6 / f64::from(times));
}

fn questions(store: &SqliteStore, practice: &PracticeId) {
    let scan = |index, from: String, to: String, limit, order| {
        store.scan(practice, &Scan { index, from, to, limit, order }).unwrap().len()
    };
    each("scan of one patient's messages", 2_000, |n| {
        let patient = n.wrapping_mul(7_919) % 20_000;
        scan(
            Index::MessagePatient,
            format!("{patient:05}|"),
            format!("{patient:05}}}"),
            50,
            Order::Descending,
        );
    });
    each("scan of the 100 earliest of the queue", 500, |_| {
        assert_eq!(scan(Index::Due, String::new(), "~".to_owned(), 100, Order::Ascending), 100);
    });
    each("due", 5_000, |_| assert_eq!(store.due(Index::Due, Timestamp::MAX, 100).unwrap().len(), 1));
    each("version", 5_000, |_| assert!(store.version(practice).unwrap() > 0));
    each("read of 10 rows", 2_000, |n| {
        let row = |m: u32| RowKey { table: Table::Message, id: format!("{:012}", (n * 37 + m) % 1_000) };
        assert!(
            store.read(practice, &(0..10).map(row).collect::<Vec<_>>()).unwrap().iter().all(Option::is_some)
        );
    });
}

/// How long it takes to ask what is due, and to commit what changes it, among many practices.
fn many_practices(directory: &std::path::Path) {
    let options = Options { durability: Durability::Process, ..Options::default() };
    let store = SqliteStore::open_with(directory.join("many.db"), options).unwrap();
    let name = |n: u32| PracticeId::new(format!("practice {n:05}"));
    for n in 0..10_000 {
        commit(&store, &name(n), vec![message(n.into())]);
    }
    println!("10 000 practices with one message each");
    each("due, the first 100", 500, |_| {
        assert_eq!(store.due(Index::Due, Timestamp::MAX, 100).unwrap().len(), 100);
    });
    each("due, the first 1000", 200, |_| {
        assert_eq!(store.due(Index::Due, Timestamp::MAX, 1_000).unwrap().len(), 1_000);
    });
    let early = Timestamp::from_ms(1_600_000_000_000);
    each("due, nothing", 500, |_| assert!(store.due(Index::Due, early, 100).unwrap().is_empty()));
    each("commit that changes what is first", 2_000, |n| commit(&store, &name(n), vec![message(0)]));
}

fn main() {
    let directory = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let practice = PracticeId::new("clinic");
    many_practices(tempfile::tempdir_in(&directory).unwrap().path());
    for durability in [Durability::Process, Durability::Power] {
        println!("{durability:?}");
        let directory = tempfile::tempdir_in(&directory).unwrap();
        let path = directory.path().join("measure.db");
        let store = SqliteStore::open_with(&path, Options { durability, ..Options::default() }).unwrap();
        fill(&store, &practice, 0, 17);
        println!(" at 10 000 entries");
        questions(&store, &practice);
        each("commit of one changed row", 500, |n| commit(&store, &practice, vec![message(u64::from(n))]));
        fill(&store, &practice, 1_700, 1_650);
        println!(" at 1 000 000 entries, {} MB", std::fs::metadata(&path).unwrap().len() / 1_000_000);
        questions(&store, &practice);
        each("commit of one changed row", 500, |n| commit(&store, &practice, vec![message(u64::from(n))]));
    }
}
