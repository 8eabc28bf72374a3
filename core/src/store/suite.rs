//! The conformance suite: what the engine relies on, as checks that any [`Store`] can be put through.
//!
//! Whoever writes a store calls [`run`] from a test with a function that opens an empty one, and where they apply
//! [`reopens`] (the store outlives its process) and [`two_handles`] (several processes may open it):
//!
//! ```
//! use depesza::store::{MemoryStore, suite};
//! use std::sync::Arc;
//!
//! suite::run(&mut || Arc::new(MemoryStore::new()));
//! ```
//!
//! Each check has a name that says the promise and takes a store of its own; [`run`] goes through all of them and then
//! panics with the names of those that failed. Nothing is random but the check against a model, whose seeds are fixed.
//!
//! Not allowed here: a check of what the trait does not promise, and any use of the clock.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the suite is test code that hosts can run, and a test speaks by panicking"
)]

mod indexes;
mod model;
mod rows;
mod threads;

use super::{Commit, Entry, Index, Order, RowKey, Scan, Store, StoreError, Table, Write};
use crate::model::PracticeId;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub use threads::{reopens, two_handles};

/// One promise of a store.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The promise, in a few words.
    pub name: &'static str,
    /// Puts an empty store to it. Panics where the store breaks the promise.
    pub run: fn(&Arc<dyn Store>),
}

/// All checks, for a test harness that wants to run them one by one.
pub fn checks() -> impl Iterator<Item = Check> {
    [rows::CHECKS, indexes::CHECKS, threads::CHECKS, model::CHECKS].into_iter().flatten().copied()
}

/// Runs every check on a store of its own.
///
/// # Panics
/// After the last check, when any failed, with their names; each failure itself went to the panic hook before.
pub fn run(open: &mut dyn FnMut() -> Arc<dyn Store>) {
    let mut failed = Vec::new();
    for check in checks() {
        let store = open();
        if catch_unwind(AssertUnwindSafe(|| (check.run)(&store))).is_err() {
            failed.push(check.name);
        }
    }
    assert!(failed.is_empty(), "the store breaks {} promises: {}", failed.len(), failed.join("; "));
}

fn practice(id: &str) -> PracticeId {
    PracticeId::new(id)
}

fn row(table: Table, id: &str) -> RowKey {
    RowKey { table, id: id.to_owned() }
}

fn entries(of: &[(Index, &str)]) -> Vec<Entry> {
    of.iter().map(|&(index, key)| Entry { index, key: key.to_owned() }).collect()
}

/// A row with entries; the document is a function of its name.
fn put(table: Table, id: &str, add: &[(Index, &str)]) -> Write {
    Write { row: row(table, id), doc: Some(doc(id)), add: entries(add), remove: Vec::new() }
}

fn put_doc(table: Table, id: &str, doc: &str) -> Write {
    Write { row: row(table, id), doc: Some(doc.to_owned()), add: Vec::new(), remove: Vec::new() }
}

fn delete(table: Table, id: &str) -> Write {
    Write { row: row(table, id), doc: None, add: Vec::new(), remove: Vec::new() }
}

fn doc(id: &str) -> String {
    format!(r#"{{"id":{id:?}}}"#)
}

/// Commits at the version the practice is at.
#[track_caller]
fn commit(store: &dyn Store, practice: &PracticeId, writes: Vec<Write>) -> u64 {
    let version = store.version(practice).expect("version");
    store
        .commit(&Commit { practice: practice.clone(), version, writes })
        .expect("commit at the present version")
}

#[track_caller]
fn read_one(store: &dyn Store, practice: &PracticeId, table: Table, id: &str) -> Option<String> {
    let mut docs = store.read(practice, &[row(table, id)]).expect("read");
    assert_eq!(docs.len(), 1, "read answers for each row that it was asked for");
    docs.remove(0)
}

#[track_caller]
fn ids(
    store: &dyn Store,
    practice: &PracticeId,
    table: Table,
    from: &str,
    to: &str,
    limit: u32,
) -> Vec<String> {
    let rows = store.list(practice, table, from, to, limit).expect("list");
    rows.into_iter()
        .map(|(id, found)| {
            assert_eq!(found, doc(&id), "list gives each id its own document");
            id
        })
        .collect()
}

/// The (key, id) pairs of a part of an index.
#[track_caller]
fn scan(
    store: &dyn Store,
    practice: &PracticeId,
    index: Index,
    (from, to): (&str, &str),
    order: Order,
    limit: u32,
) -> Vec<(String, String)> {
    let scan = Scan { index, from: from.to_owned(), to: to.to_owned(), limit, order };
    let found = store.scan(practice, &scan).expect("scan");
    found
        .into_iter()
        .map(|found| {
            assert_eq!(found.doc, doc(&found.row.id), "scan gives each row its own document");
            (found.key, found.row.id)
        })
        .collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|&(a, b)| (a.to_owned(), b.to_owned())).collect()
}

/// The end of a range that includes every key and id.
const END: &str = "\u{10ffff}";

/// Ids and keys that a store built on text, patterns or collations would confuse; sorted byte by byte.
const ODD: &[&str] = &[
    " ",
    "\"",
    "%",
    "'",
    "'; DROP TABLE x; --",
    "A",
    "B",
    "\\",
    "_",
    "a",
    "a ",
    "a%",
    "a|",
    "a|b",
    "a||b",
    "b",
    "z",
    "z\u{307}",
    "|",
    "ß",
    "ż",
    "日本",
    "\u{1f600}",
];
