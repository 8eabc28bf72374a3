//! Where the store is: what the user named, or a file that goes with the run.

use depesza::store::Store;
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::sync::Arc;
use tempfile::TempDir;

/// A store, and the directory that goes when it is dropped.
pub struct Place {
    /// The store.
    pub store: Arc<dyn Store>,
    _temporary: Option<TempDir>,
}

/// Opens the store of a URL; without one, a new SQLite file in the system's temporary directory.
///
/// # Errors
/// The URL is none that [`depesza_open::open`] takes, or what it names cannot be opened.
pub fn open(url: Option<&str>) -> Result<Place, String> {
    let Some(url) = url else { return temporary() };
    let store = depesza_open::open(url).map_err(|error| format!("--store: {error}"))?;
    Ok(Place { store, _temporary: None })
}

fn temporary() -> Result<Place, String> {
    let directory = TempDir::new().map_err(|error| format!("the temporary directory: {error}"))?;
    // nobody restores this file after a power cut, so no commit waits for the disk
    let options = Options { durability: Durability::Process, ..Options::default() };
    let store = SqliteStore::open_with(directory.path().join("example.db"), options);
    let store = store.map_err(|error| format!("the temporary store: {error}"))?;
    Ok(Place { store: Arc::new(store), _temporary: Some(directory) })
}
