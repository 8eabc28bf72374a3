//! SQLite keeps every promise of a store, in a file and in memory.

use depesza::store::{Store, suite};
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::sync::Arc;

#[test]
fn in_memory() {
    suite::run(&mut || Arc::new(SqliteStore::open_in_memory().unwrap()));
}

#[test]
fn on_file() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = 0;
    suite::run(&mut || {
        files += 1;
        Arc::new(SqliteStore::open(directory.path().join(format!("{files}.db"))).unwrap())
    });
}

#[test]
fn reopened() {
    let directory = tempfile::tempdir().unwrap();
    let options = Options { durability: Durability::Power, ..Options::default() };
    suite::reopens(&mut || Arc::new(SqliteStore::open_with(directory.path().join("a.db"), options).unwrap()));
}

#[test]
fn two_handles_on_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let open = || -> Arc<dyn Store> { Arc::new(SqliteStore::open(directory.path().join("a.db")).unwrap()) };
    suite::two_handles(&open(), &open());
}
