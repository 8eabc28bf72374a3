//! The connections to one database: one that writes, and as many that read as threads read at once.

use crate::error::store_error;
use crate::schema;
use depesza::store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Readers that are kept open while nobody reads.
const IDLE_READERS: usize = 8;
/// How often, and how long apart, the change to WAL is tried: SQLite does not wait by itself there.
const WAL_TRIES: u32 = 100;
const WAL_PAUSE: Duration = Duration::from_millis(10);
/// How long the log grows before it is moved into the file, in pages of 4 KiB. A page that many commits changed is then
/// moved once: a quarter more commits than with SQLite's own 1000.
const WAL_PAGES: i64 = 4_000;
/// What the log shrinks to after that, in bytes.
const WAL_LIMIT: i64 = WAL_PAGES * 4_096;
/// More than there are different statements, so that each is prepared once a connection.
const STATEMENTS: usize = 32;

/// What a commit waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Nothing is lost when the process dies. When the machine loses power or its system crashes, the last commits may be
    /// gone, though never a part of one: the host should then say `restored`, since what they sent may be sent again.
    Process,
    /// Nothing is lost when the machine loses power either: each commit waits until the disk has it.
    #[default]
    Power,
}

/// How to open a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What a commit waits for.
    pub durability: Durability,
    /// How long a call waits for another process that is writing before it answers
    /// [`StoreError::Unavailable`], in milliseconds.
    pub busy_timeout_ms: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { durability: Durability::default(), busy_timeout_ms: 5_000 }
    }
}

pub(crate) struct Connections {
    writer: Mutex<Connection>,
    /// None for a database in memory, which only its one connection sees.
    readers: Option<Readers>,
}

struct Readers {
    path: PathBuf,
    options: Options,
    idle: Mutex<Vec<Connection>>,
}

impl Connections {
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory().map_err(store_error)?;
        prepare_once(&connection)?;
        schema::migrate(&mut connection, schema::STEPS)?;
        Ok(Self { writer: Mutex::new(connection), readers: None })
    }

    /// `path` is absolute: readers are opened later, when the working directory may be another.
    pub(crate) fn on_file(path: PathBuf, options: Options) -> Result<Self, StoreError> {
        let writer = open_writer(&path, options).map_err(|error| at_path(error, &path))?;
        let readers = Readers { path, options, idle: Mutex::new(Vec::new()) };
        Ok(Self { writer: Mutex::new(writer), readers: Some(readers) })
    }

    /// Runs `work` on the connection that writes; one at a time.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // a thread that panicked has rolled back on its way
        work(&mut lock(&self.writer))
    }

    /// Runs `work` on a connection of its own.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(readers) = &self.readers else {
            return self.write(work);
        };
        let idle = lock(&readers.idle).pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => {
                open_reader(&readers.path, readers.options).map_err(|error| at_path(error, &readers.path))?
            }
        };
        let result = work(&mut connection);
        let mut idle = lock(&readers.idle);
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
        result
    }
}

fn open_writer(path: &Path, options: Options) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = open(path, flags, options)?;
    // first, since it tells whether the file is ours to change
    schema::migrate(&mut connection, schema::STEPS)?;
    change_to_wal(&connection)?;
    let synchronous = match options.durability {
        Durability::Process => "NORMAL",
        Durability::Power => "FULL",
    };
    for (name, value) in [("synchronous", synchronous), ("secure_delete", "ON")] {
        connection.pragma_update(None, name, value).map_err(store_error)?;
    }
    for (name, value) in [("wal_autocheckpoint", WAL_PAGES), ("journal_size_limit", WAL_LIMIT)] {
        connection.pragma_update(None, name, value).map_err(store_error)?;
    }
    Ok(connection)
}

fn open_reader(path: &Path, options: Options) -> Result<Connection, StoreError> {
    // not read-only: a reader may have to restore the shared index of the log after a crash
    let connection =
        open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX, options)?;
    connection.pragma_update(None, "query_only", true).map_err(store_error)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags, options: Options) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).map_err(store_error)?;
    connection.busy_timeout(Duration::from_millis(options.busy_timeout_ms.into())).map_err(store_error)?;
    prepare_once(&connection)?;
    // a file from elsewhere shall not make its own schema call functions
    connection.pragma_update(None, "trusted_schema", false).map_err(store_error)?;
    Ok(connection)
}

/// Keeps statements, and keeps SQLite from planning them anew for each value they are given: that took ten times as long
/// as a short scan.
fn prepare_once(connection: &Connection) -> Result<(), StoreError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(store_error)?;
    Ok(())
}

fn change_to_wal(connection: &Connection) -> Result<(), StoreError> {
    let mut tries = 0;
    loop {
        let changed = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match changed {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(mode) => return Err(StoreError::Unavailable(format!("no write-ahead log here, only {mode}"))),
            Err(error) if tries >= WAL_TRIES || !is_busy(&error) => return Err(store_error(error)),
            Err(_) => {
                tries += 1;
                std::thread::sleep(WAL_PAUSE);
            }
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseBusy, DatabaseLocked};
    matches!(error.sqlite_error_code(), Some(DatabaseBusy | DatabaseLocked))
}

fn at_path(error: StoreError, path: &Path) -> StoreError {
    let shown = path.display();
    match error {
        StoreError::Unavailable(_) if path.parent().is_some_and(|parent| !parent.is_dir()) => {
            StoreError::Unavailable(format!("{shown}: there is no such directory"))
        }
        StoreError::Unavailable(what) => StoreError::Unavailable(format!("{shown}: {what}")),
        StoreError::Corrupt(what) => StoreError::Corrupt(format!("{shown}: {what}")),
        conflict @ StoreError::Conflict { .. } => conflict,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
