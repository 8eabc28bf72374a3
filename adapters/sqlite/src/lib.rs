//! [`depesza`]'s store in one SQLite file: the default for a host on one machine.
//!
//! ```
//! use depesza::store::{Commit, Store};
//! use depesza_sqlite::SqliteStore;
//!
//! # fn main() -> Result<(), depesza::store::StoreError> {
//! let store = SqliteStore::open_in_memory()?;
//! assert_eq!(store.commit(&Commit { practice: "clinic".into(), version: 0, writes: vec![] })?, 1);
//! # Ok(())
//! # }
//! ```
//!
//! SQLite is compiled in. The file is in WAL mode: reads go on, from any number of threads and processes, while one commit
//! at a time is written. See the README for durability, several processes and backup.
//!
//! Not allowed here: a look into a document or a key.

mod backup;
mod connections;
mod error;
mod read;
mod schema;
mod write;

pub use connections::{Durability, Options};

use connections::Connections;
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Found, Index, RowKey, Scan, Store, StoreError, Table};
use error::store_error;
use std::fmt;
use std::path::Path;

/// A [`Store`] in an SQLite database.
pub struct SqliteStore {
    connections: Connections,
}

impl SqliteStore {
    /// Opens a file, or creates it (its directory must be there), with the default [`Options`].
    ///
    /// # Errors
    /// As [`open_with`](Self::open_with).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Options::default())
    }

    /// Opens a file, or creates it (its directory must be there). An older release's file is brought up to date.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the file cannot be opened or created, [`StoreError::Corrupt`] when it is no SQLite
    /// database, another program's, or a newer release's: it is left as it is. Both name the path.
    pub fn open_with(path: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let absolute = std::path::absolute(path)
            .map_err(|error| StoreError::Unavailable(format!("{}: {error}", path.display())))?;
        Ok(Self { connections: Connections::on_file(absolute, options)? })
    }

    /// Opens an empty database in memory, which goes when the store is dropped.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no memory for it.
    pub fn open_in_memory() -> Result<Self, StoreError> {
        Ok(Self { connections: Connections::in_memory()? })
    }

    /// Opens what a URL names: `sqlite:PATH`, `sqlite:///ABSOLUTE/PATH` or `sqlite::memory:`. The path is taken as it
    /// is, without escapes.
    ///
    /// # Errors
    /// As [`open`](Self::open); [`StoreError::Unavailable`] for any other URL, and for one with a `?`.
    pub fn open_url(url: &str) -> Result<Self, StoreError> {
        let refused =
            || Err(StoreError::Unavailable("the url is not sqlite:PATH or sqlite::memory:".to_owned()));
        let path = match url.strip_prefix("sqlite:") {
            Some(":memory:") => return Self::open_in_memory(),
            Some(rest) => match rest.strip_prefix("//") {
                Some(path) if path.starts_with('/') => path,
                // sqlite://name would have a host called name
                Some(_) => return refused(),
                None => rest,
            },
            None => return refused(),
        };
        if path.is_empty() || path.contains('?') {
            return refused();
        }
        Self::open(path)
    }

    /// Writes a copy of the whole database, as it is at one moment, to a new file, while threads and processes go on reading
    /// and writing. The copy is on the disk when the call returns; until then there is only `PATH.part`. What was deleted is
    /// not in it. It takes seconds a gigabyte; the log grows meanwhile by what is committed.
    ///
    /// Whoever puts the copy in the place of the file says `restored` to the engine.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is a file already, no room or no right to write; the error names the path, and
    /// nothing is left there.
    pub fn backup_to(&self, path: impl AsRef<Path>) -> Result<(), StoreError> {
        self.connections.aside(|connection| backup::copy(connection, path.as_ref()))
    }

    /// Rewrites the file without the room of what was deleted or replaced, and empties the log: after it no byte of that
    /// is left in either. (Deletion by itself overwrites, but copies stay behind where pages were split.) It takes seconds
    /// a gigabyte, and as much room again; commits wait, reads go on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no room, or when others were reading or writing for longer than the
    /// timeout; nothing is lost, and the same call may succeed later.
    pub fn vacuum(&self) -> Result<(), StoreError> {
        self.connections.write(|connection| {
            connection.execute_batch("VACUUM").map_err(store_error)?;
            let empty_log = "PRAGMA wal_checkpoint(TRUNCATE)";
            match connection.query_row(empty_log, [], |row| row.get(0)).map_err(store_error)? {
                0 => Ok(()),
                _ => Err(StoreError::Unavailable("others are using the log".to_owned())),
            }
        })
    }
}

impl Store for SqliteStore {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.connections.ask(|connection| read::version(connection, practice))
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        self.connections.ask(|connection| read::read(connection, practice, rows))
    }

    fn begin(
        &self,
        practice: &PracticeId,
        rows: &[RowKey],
    ) -> Result<(u64, Vec<Option<String>>), StoreError> {
        self.connections.ask(|connection| read::begin(connection, practice, rows))
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.connections.read(|connection| read::list(connection, practice, table, (from, to), limit))
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        self.connections.read(|connection| read::scan(connection, practice, scan))
    }

    fn scans(&self, practice: &PracticeId, scans: &[Scan]) -> Result<Vec<Vec<Found>>, StoreError> {
        self.connections.ask(|connection| read::scans(connection, practice, scans))
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        self.connections.commit(|connection| write::commit(connection, commit))
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.connections.read(|connection| read::find(connection, index, key))
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.connections.read(|connection| read::due(connection, queue, until, limit))
    }

    fn scrub(&self) -> Result<(), StoreError> {
        self.vacuum()
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}
