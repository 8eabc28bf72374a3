//! Opens the store that a URL names, and gateways from JSON: the one place that knows the adapters, for programs and bindings
//! that take both from their user.
//!
//! ```
//! let store = depesza_open::open("memory:")?;
//! assert_eq!(store.version(&"clinic".into())?, 0);
//! # Ok::<(), depesza::store::StoreError>(())
//! ```
//!
//! Not allowed here: anything of an engine or of a store; a host that wants options opens its store by itself.

mod gateways;
mod links;
#[cfg(feature = "smpp")]
mod smpp;
#[cfg(feature = "smsapi")]
mod smsapi;

pub use gateways::{KINDS, Link, Received, gateway};
pub use links::Links;

use depesza::store::{MemoryStore, Store, StoreError};
use std::sync::Arc;

/// The forms of URL that [`open`] takes in this build, in the order of their schemes.
pub const FORMS: &[&str] = &[
    "memory:",
    #[cfg(feature = "postgres")]
    "postgresql://USER@HOST/DATABASE",
    #[cfg(feature = "sqlite")]
    "sqlite:PATH",
];

/// Opens the store of a URL, with the default options of its adapter:
///
/// - `memory:` is a new store in memory,
/// - `sqlite:PATH` a file, created when it is not there (feature `sqlite`),
/// - `postgresql://…` or `postgres://…` a database, which must be there (feature `postgres`).
///
/// # Errors
/// [`StoreError::Unavailable`] for another URL, with the forms there are; else what the store says. No error quotes the URL,
/// which may hold a password.
pub fn open(url: &str) -> Result<Arc<dyn Store>, StoreError> {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme);
    match scheme {
        Some("memory") if url == "memory:" => Ok(Arc::new(MemoryStore::new())),
        #[cfg(feature = "sqlite")]
        Some("sqlite") => Ok(Arc::new(depesza_sqlite::SqliteStore::open_url(url)?)),
        #[cfg(feature = "postgres")]
        Some("postgres" | "postgresql") => Ok(Arc::new(depesza_postgres::PostgresStore::open(url)?)),
        _ => Err(StoreError::Unavailable(format!("the store's url is none of {}", FORMS.join(", ")))),
    }
}
