//! PostgreSQL keeps every promise of a store.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::store::{Store, suite};
use depesza_postgres::PostgresStore;
use depesza_postgres::testing::Database;
use std::sync::Arc;

/// One database, a schema for each store.
fn schemas(database: &Database) -> impl FnMut() -> Arc<dyn Store> {
    let mut schemas = 0;
    move || {
        schemas += 1;
        Arc::new(PostgresStore::open(&format!("{}?schema=s{schemas}", database.url())).unwrap())
    }
}

#[test]
fn every_promise() {
    let database = Database::create();
    suite::run(&mut schemas(&database));
}

#[test]
fn reopened() {
    let database = Database::create();
    suite::reopens(&mut || Arc::new(PostgresStore::open(database.url()).unwrap()));
}

#[test]
fn two_handles_on_one_database() {
    let database = Database::create();
    let open = || -> Arc<dyn Store> { Arc::new(PostgresStore::open(database.url()).unwrap()) };
    suite::two_handles(&open(), &open());
}
