//! Trials: what needs processes, several adapters and real faults at once.
//!
//! A trial's own process holds what must outlive the dispatchers: the offices that tell facts, the gateway with its log of
//! what reached handsets, the clock. Dispatchers are processes that are killed with SIGKILL at planned points. When all is
//! over, [`oracle`] accounts for every message.
//!
//! ```text
//!   trial (test process)                         dispatcher (process, 4 of them)
//!   offices --facts--> engine --> store  <------ engine: work, dispatch
//!   gateway, its log  <--------- JSON lines ---- RemoteGateway
//!   clock, kills      <--------- notices ------- Watched store
//! ```
//!
//! Not allowed here: anything that the product needs.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code, of which the dispatcher's binary is a part; a test speaks by panicking"
)]

pub mod clock;
pub mod dice;
pub mod dispatcher;
pub mod gateway;
pub mod nursery;
pub mod office;
pub mod oracle;
pub mod post;
pub mod trial;
pub mod watched;
pub mod wire;

use depesza::store::{Store, StoreError};
use depesza_postgres::PostgresStore;
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::sync::Arc;

/// Opens the store that a URL names: `postgresql://…` or `sqlite:PATH`, and what only trials set in a URL: `call_timeout_ms=N`
/// at the end of the first, `busy_timeout_ms=N` and `max_bytes=N` after a `?`, joined by `&`, in the second.
///
/// # Errors
/// As the store's own.
///
/// # Panics
/// When it cannot be read.
pub fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    if url.starts_with("postgres") {
        return open_postgres(url);
    }
    let (url, more) = url.split_once('?').unwrap_or((url, ""));
    let path = url.strip_prefix("sqlite:").expect("a url sqlite:PATH");
    // what a killed process has committed stands without waiting for the disk
    let mut options = Options { durability: Durability::Process, ..Options::default() };
    for (name, value) in more.split('&').filter_map(|option| option.split_once('=')) {
        match name {
            "busy_timeout_ms" => options.busy_timeout_ms = value.parse().expect("milliseconds"),
            "max_bytes" => options.max_bytes = Some(value.parse().expect("bytes")),
            _ => panic!("{name} is no option of a trial"),
        }
    }
    Ok(Arc::new(SqliteStore::open_with(path, options)?))
}

fn open_postgres(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    let mut options = depesza_postgres::Options::default();
    let Some((before, call_timeout_ms)) = url.split_once("call_timeout_ms=") else {
        return Ok(Arc::new(PostgresStore::open(url)?));
    };
    options.call_timeout_ms = call_timeout_ms.parse().expect("milliseconds");
    Ok(Arc::new(PostgresStore::open_with(before.trim_end_matches(['?', '&']), options)?))
}
