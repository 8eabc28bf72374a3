//! Each form of URL opens its store, and what is none says so.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::store::{Commit, Store, StoreError};
use depesza_open::{FORMS, open};
use depesza_postgres::testing::Database;
use std::sync::Arc;

fn commit(store: &Arc<dyn Store>) -> u64 {
    let practice = "clinic".into();
    let version = store.version(&practice).unwrap();
    store.commit(&Commit { practice, version, writes: Vec::new() }).unwrap()
}

#[test]
fn memory_is_new_each_time() {
    assert_eq!((commit(&open("memory:").unwrap()), commit(&open("memory:").unwrap())), (1, 1));
}

#[test]
fn a_file_and_a_database_are_there_the_next_time() {
    let directory = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", directory.path().join("sms.db").display());
    let database = Database::create();
    let short = database.url().replacen("postgresql://", "postgres://", 1);
    for (first, second) in [(file.as_str(), file.as_str()), (database.url(), &short)] {
        assert_eq!(commit(&open(first).unwrap()), 1);
        assert_eq!(commit(&open(second).unwrap()), 2);
    }
}

#[test]
fn other_urls_are_refused_with_the_forms_there_are_and_without_the_url() {
    for url in ["", "memory", "memory:x", "mysql://u:s3cr3t@h/d", "/var/lib/s3cr3t.db", "SQLITE:s3cr3t"] {
        let Err(StoreError::Unavailable(why)) = open(url).map(|_| ()) else { panic!("{url} was opened") };
        assert!(FORMS.iter().all(|form| why.contains(form)) && !why.contains("s3cr3t"), "{why}");
    }
    let Err(StoreError::Unavailable(why)) =
        open("postgresql://u:s3cr3t@127.0.0.1:1/d?sslmode=no").map(|_| ())
    else {
        panic!("it was opened")
    };
    assert!(!why.contains("s3cr3t"), "{why}");
}
