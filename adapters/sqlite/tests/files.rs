//! Files: whose they are, which release wrote them, what is damaged, and what deletion leaves behind.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Entry, Index, Order, RowKey, Scan, Store, StoreError, Table, Write};
use depesza_sqlite::{Options, SqliteStore};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::sync::Barrier;

fn row(id: &str) -> RowKey {
    RowKey { table: Table::Message, id: id.to_owned() }
}

fn write(id: &str, doc: &str, key: &str) -> Write {
    let add = vec![
        Entry { index: Index::MessageNumber, key: key.to_owned() },
        Entry { index: Index::Reference, key: key.to_owned() },
    ];
    Write { row: row(id), doc: Some(doc.to_owned()), add, remove: Vec::new() }
}

fn commit(store: &SqliteStore, writes: Vec<Write>) -> Result<u64, StoreError> {
    let practice = PracticeId::new("p");
    let version = store.version(&practice)?;
    store.commit(&Commit { practice, version, writes })
}

fn refusal(path: &Path) -> String {
    SqliteStore::open(path).unwrap_err().to_string()
}

/// A version-1 file as release 0.1 wrote it: every later release must read it.
#[test]
fn a_frozen_file_of_schema_1_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old.db");
    Connection::open(&path).unwrap().execute_batch(include_str!("schema_1_dump.sql")).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    let (a, b) = (PracticeId::new("gabinet|ż"), PracticeId::new("b"));
    assert_eq!((store.version(&a), store.version(&b)), (Ok(2), Ok(1)));
    let docs = store.read(&a, &[row("1"), RowKey { table: Table::Parts, id: "ż'\"%".to_owned() }]);
    assert_eq!(docs, Ok(vec![Some(r#"{"text":"zażółć 'x'"}"#.to_owned()), Some("{}".to_owned())]));
    let (from, to) = (String::new(), "~".to_owned());
    let due =
        store.scan(&a, &Scan { index: Index::Due, from, to, limit: 9, order: Order::Descending }).unwrap();
    let due: Vec<_> = due.iter().map(|found| (found.row.table, found.key.as_str())).collect();
    assert_eq!(due, [(Table::Parts, "000000000000010"), (Table::Message, "000000000000005")]);
    let found = store.find(Index::OwnNumber, "+48221234567").unwrap();
    assert_eq!(found, [(b, RowKey { table: Table::Practice, id: "practice".to_owned() })]);

    // schema 2 keeps what stands first in each queue
    assert_eq!(store.due(Index::Due, Timestamp::MAX, 9), Ok(vec![(a.clone(), Timestamp::from_ms(5))]));
    assert_eq!(store.due(Index::Work, Timestamp::MAX, 9), Ok(Vec::new()));

    // it has become what a new file is
    let new = directory.path().join("new.db");
    drop(SqliteStore::open(&new).unwrap());
    let schema = |path| {
        let connection = Connection::open(path).unwrap();
        let mut sql =
            connection.prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name").unwrap();
        let all = sql.query_map([], |row| row.get::<_, String>(0)).unwrap();
        all.collect::<Result<Vec<_>, _>>().unwrap()
    };
    assert_eq!(schema(&path), schema(&new));
}

#[test]
fn a_newer_release_s_file_is_refused_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("new.db");
    drop(SqliteStore::open(&path).unwrap());
    Connection::open(&path).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    let before = fs::read(&path).unwrap();
    let refused = refusal(&path);
    assert!(refused.contains("newer release: schema 99") && refused.contains("new.db"), "{refused}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn another_program_s_file_is_refused_and_kept() {
    let directory = tempfile::tempdir().unwrap();
    for (name, sql) in [
        ("plain.db", "CREATE TABLE patients (name)"),
        ("marked.db", "PRAGMA application_id = 7; PRAGMA user_version = 1"),
        ("versioned.db", "PRAGMA user_version = 1"),
    ] {
        let path = directory.path().join(name);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        let before = fs::read(&path).unwrap();
        let refused = refusal(&path);
        assert!(refused.contains("another program's") && refused.contains(name), "{refused}");
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    let text = directory.path().join("letter.txt");
    fs::write(&text, "Dear patient, ".repeat(500)).unwrap();
    let refused = SqliteStore::open(&text).unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt(_)) && !refused.to_string().contains("Dear"), "{refused}");
}

#[test]
fn a_damaged_file_is_said_to_be_corrupt() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = SqliteStore::open(&path).unwrap();
    let doc = format!(r#"{{"to":"+48501000001","text":"{}"}}"#, "secret ".repeat(150));
    commit(&store, (0..200).map(|n| write(&n.to_string(), &doc, "k")).collect()).unwrap();
    drop(store);
    // all but the header and the schema
    let mut bytes = fs::read(&path).unwrap();
    bytes[4_096..].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    let store = SqliteStore::open(&path).unwrap();
    let failures = [
        store.version(&"p".into()).unwrap_err(),
        store.read(&"p".into(), &[row("1")]).unwrap_err(),
        store.commit(&Commit { practice: "p".into(), version: 1, writes: Vec::new() }).unwrap_err(),
    ];
    for failure in failures {
        assert!(matches!(failure, StoreError::Corrupt(_)), "{failure}");
        assert!(!failure.to_string().contains("secret"), "{failure}");
    }
}

#[test]
fn a_missing_directory_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("no-such").join("a.db");
    let refused = SqliteStore::open(&path).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)));
    let said = refused.to_string();
    assert!(said.contains(&*path.to_string_lossy()) && said.contains("no such directory"), "{said}");
    let said = refusal(directory.path());
    assert!(said.contains(&*directory.path().to_string_lossy()), "{said}");
}

#[test]
fn urls() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ż %20.db");
    let shown = path.to_str().unwrap();
    commit(&SqliteStore::open_url(&format!("sqlite:{shown}")).unwrap(), Vec::new()).unwrap();
    let again = SqliteStore::open_url(&format!("sqlite://{shown}")).unwrap();
    assert_eq!(again.version(&"p".into()), Ok(1));
    assert_eq!(SqliteStore::open(&path).unwrap().version(&"p".into()), Ok(1));
    assert_eq!(SqliteStore::open_url("sqlite::memory:").unwrap().version(&"p".into()), Ok(0));
    for url in ["", "sqlite", "sqlite:", "sqlite://", "sqlite://a.db", "postgres:a", "sqlite:a.db?mode=ro"] {
        let refused = SqliteStore::open_url(url).unwrap_err().to_string();
        assert!(refused.contains("sqlite:PATH"), "{url}: {refused}");
    }
}

#[test]
fn many_open_a_new_file_at_once() {
    let directory = tempfile::tempdir().unwrap();
    for n in 0..10 {
        let path = directory.path().join(format!("{n}.db"));
        let start = Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    start.wait();
                    SqliteStore::open(&path).unwrap();
                });
            }
        });
    }
}

#[test]
fn a_writer_that_holds_the_file_makes_it_unavailable() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let options = Options { busy_timeout_ms: 30, ..Options::default() };
    let store = SqliteStore::open_with(&path, options).unwrap();
    commit(&store, vec![write("1", "{}", "k")]).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; DELETE FROM rows").unwrap();
    let refused = commit(&store, vec![write("2", "{}", "k")]).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    let docs = store.read(&"p".into(), &[row("1"), row("2")]);
    assert_eq!(docs, Ok(vec![Some("{}".to_owned()), None]), "reads go on, and see what was committed");
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(commit(&store, vec![write("2", "{}", "k")]), Ok(2));
}

/// How many times a text stands in the file and its log.
fn traces(path: &Path, text: &str) -> usize {
    let log = path.with_extension("db-wal");
    let count = |path: &Path| {
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
    };
    count(path) + count(&log)
}

#[test]
fn after_a_vacuum_no_byte_of_the_deleted_is_left() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let store = SqliteStore::open(&path).unwrap();
    // rows of all sizes among others, so that pages split, merge and overflow
    for round in 0..20 {
        let writes = (0..60).map(|n: usize| {
            let (word, size) = if n.is_multiple_of(3) { ("MARKED", 1) } else { ("others", 2) };
            let doc =
                format!(r#"{{"text":"{}"}}"#, word.repeat(1 + (n * 7_919 + round * 104_729) % 900 * size));
            write(&format!("{:02}-{round}", n * 17 % 60), &doc, &format!("{word}{n}"))
        });
        commit(&store, writes.collect()).unwrap();
    }
    assert!(traces(&path, "MARKED") > 1_000);
    for round in 0..20 {
        let all = (0_usize..60).filter(|n| n.is_multiple_of(3)).map(|n| {
            let id = format!("{:02}-{round}", n * 17 % 60);
            let write = write(&id, "{}", "short");
            // some are deleted, some replaced
            if n.is_multiple_of(2) {
                Write { doc: None, ..write }
            } else {
                Write { remove: self::write(&id, "", &format!("MARKED{n}")).add, ..write }
            }
        });
        commit(&store, all.collect()).unwrap();
    }
    store.vacuum().unwrap();
    assert_eq!(traces(&path, "MARKED"), 0);
    assert!(traces(&path, "others") > 1_000);
}

#[test]
fn a_quota_refuses_whole_commits_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.db");
    let quota = |bytes| Options { max_bytes: Some(bytes), ..Options::default() };
    let store = SqliteStore::open_with(&path, quota(400_000)).unwrap();
    let doc = "x".repeat(1_000);
    let some = |n: u64| (0..20).map(|row| write(&format!("{n}-{row}"), &doc, "k")).collect();
    let mut stored = 0;
    let refused = loop {
        match commit(&store, some(stored)) {
            Ok(_) => stored += 1,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(&refused, StoreError::Unavailable(why) if why.contains("full")), "{refused}");
    assert!((5..20).contains(&stored), "{stored}");
    let check = |store: &SqliteStore| {
        assert_eq!(store.version(&"p".into()), Ok(stored));
        let rows = store.list(&"p".into(), Table::Message, "", "~", 1_000).unwrap();
        assert_eq!(rows.len() as u64, stored * 20, "whole commits");
    };
    check(&store);
    commit(&store, some(stored)).unwrap_err();
    check(&store);
    drop(store);
    // one that is smaller than the file: it is read, and does not grow
    let smaller = SqliteStore::open_with(&path, quota(4_096)).unwrap();
    check(&smaller);
    commit(&smaller, some(stored)).unwrap_err();
    drop(smaller);
    let larger = SqliteStore::open_with(&path, quota(10_000_000)).unwrap();
    check(&larger);
    commit(&larger, some(stored)).unwrap();
    assert!(fs::metadata(&path).unwrap().len() < 1_000_000);
}
