//! The connections to one database: one that writes, and as many that read as threads read at once.

use crate::error::store_error;
use crate::schema;
use depesza::store::StoreError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// Readers that are kept open while nobody reads.
const IDLE_READERS: usize = 8;
/// How often, and how long apart, the change to WAL is tried: SQLite does not wait by itself there.
const WAL_TRIES: u32 = 100;
const WAL_PAUSE: Duration = Duration::from_millis(10);
/// How often a call that waits for another process's commit looks whether it is over.
const BUSY_PAUSE: Duration = Duration::from_micros(500);
/// How long the log grows before it is moved into the file, in pages of 4 KiB. A page that many commits changed is then
/// moved once: a quarter more commits than with SQLite's own 1000.
const WAL_PAGES: i64 = 4_000;
/// What the log shrinks to after that, in bytes.
const WAL_LIMIT: i64 = WAL_PAGES * 4_096;
/// From this size of the log on a commit waits a moment for the readers, so that the log can begin anew. SQLite by itself
/// never waits for them, and while there is always one that reads the log, it would grow for ever. In bytes.
const WAL_CROWDED: u64 = 2 * WAL_LIMIT as u64;
/// How long it waits, in milliseconds; other commits wait as long.
const WAL_WAIT_MS: u32 = 250;
/// The most that the writer keeps of the file in memory, in KiB: what a hundred messages touch in a file of millions.
const WRITER_KIB: i64 = 16_384;
/// How many commits pass between two looks at the log's size.
const WAL_LOOK: u32 = 16;
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
    /// The most that the file may grow to, in bytes (whole pages of 4 KiB): a quota. A commit that needs more answers
    /// [`StoreError::Unavailable`] and has changed nothing; reads go on, and so does all when the file is opened with more.
    /// It holds for the commits of this store, not for those of other processes, nor for the log beside the file. A file
    /// that is larger already stays readable and does not grow. `None`: as the disk allows.
    pub max_bytes: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self { durability: Durability::default(), busy_timeout_ms: 5_000, max_bytes: None }
    }
}

pub(crate) struct Connections {
    writer: Mutex<Connection>,
    /// Who waits for the connection that writes: questions leave it to them.
    waiting: AtomicUsize,
    /// None for a database in memory, which only its one connection sees.
    readers: Option<Readers>,
}

struct Readers {
    path: PathBuf,
    options: Options,
    idle: Mutex<Vec<Connection>>,
    log: Mutex<Log>,
}

/// What is known of the log's size.
#[derive(Default)]
struct Log {
    /// Commits since it was looked at.
    commits: u32,
    /// From which size on the readers are waited for.
    crowded: u64,
}

impl Connections {
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory().map_err(store_error)?;
        prepare_once(&connection)?;
        schema::migrate(&mut connection, schema::STEPS)?;
        Ok(Self { writer: Mutex::new(connection), waiting: AtomicUsize::new(0), readers: None })
    }

    /// `path` is absolute: readers are opened later, when the working directory may be another.
    pub(crate) fn on_file(path: PathBuf, options: Options) -> Result<Self, StoreError> {
        let writer = open_writer(&path, options).map_err(|error| at_path(error, &path))?;
        let log = Mutex::new(Log { commits: 0, crowded: WAL_CROWDED });
        let readers = Readers { path, options, idle: Mutex::new(Vec::new()), log };
        Ok(Self { writer: Mutex::new(writer), waiting: AtomicUsize::new(0), readers: Some(readers) })
    }

    /// Runs `work` on the connection that writes; one at a time.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let mut writer = lock(&self.writer);
        self.waiting.fetch_sub(1, Ordering::AcqRel);
        // a thread that panicked has rolled back on its way
        work(&mut writer)
    }

    /// Runs `work`, a commit, on the connection that writes, and looks after the log.
    pub(crate) fn commit<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.write(|connection| {
            let done = work(connection)?;
            if let Some(readers) = &self.readers {
                readers.tend_log(connection);
            }
            Ok(done)
        })
    }

    /// Runs `work` on a new connection that may write elsewhere; in memory on the only one.
    pub(crate) fn aside<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match &self.readers {
            None => self.write(work),
            Some(Readers { path, options, .. }) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let mut connection = open(path, flags, *options).map_err(|error| at_path(error, path))?;
                work(&mut connection)
            }
        }
    }

    /// Runs `work`, a short question, on the connection that writes, where that is free: what the last commits wrote is in
    /// its cache, while every commit empties those of all other connections.
    pub(crate) fn ask<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        // a mutex is not fair: questions one after another would keep a commit out
        if self.waiting.load(Ordering::Acquire) > 0 {
            return self.read(work);
        }
        match self.writer.try_lock() {
            Ok(mut writer) => work(&mut writer),
            Err(TryLockError::Poisoned(writer)) => work(&mut writer.into_inner()),
            Err(TryLockError::WouldBlock) => self.read(work),
        }
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

impl Readers {
    /// Begins the log anew when it has become long. That it does not succeed is no fault: the commit stands, and it is tried
    /// again after so much more.
    fn tend_log(&self, connection: &mut Connection) {
        let mut log = lock(&self.log);
        log.commits += 1;
        if log.commits < WAL_LOOK {
            return;
        }
        log.commits = 0;
        let mut name = self.path.clone().into_os_string();
        name.push("-wal");
        let size = std::fs::metadata(name).map_or(0, |file| file.len());
        if size < log.crowded {
            return;
        }
        let restarted = connection
            .busy_handler(Some(patience(WAL_WAIT_MS)))
            .and_then(|()| {
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))
            })
            .is_ok_and(|busy| busy == 0);
        // as it was; only a lack of memory could keep it from that
        let _ = connection.busy_handler(Some(patience(self.options.busy_timeout_ms)));
        log.crowded = if restarted { WAL_CROWDED } else { size + WAL_CROWDED / 2 };
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
    if let Some(bytes) = options.max_bytes {
        limit(&connection, bytes)?;
    }
    for (name, value) in
        [("wal_autocheckpoint", WAL_PAGES), ("journal_size_limit", WAL_LIMIT), ("cache_size", -WRITER_KIB)]
    {
        connection.pragma_update(None, name, value).map_err(store_error)?;
    }
    Ok(connection)
}

fn limit(connection: &Connection, bytes: u64) -> Result<(), StoreError> {
    let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(store_error);
    let page = u64::try_from(number("PRAGMA page_size")?).unwrap_or(4_096).max(1);
    // SQLite has fewer pages than 2^32, and takes a number below the present size for that size
    let pages = (bytes / page).clamp(1, u64::from(u32::MAX) - 1);
    number(&format!("PRAGMA max_page_count = {pages}")).map(|_| ())
}

fn open_reader(path: &Path, options: Options) -> Result<Connection, StoreError> {
    // not read-only: a reader may have to restore the shared index of the log after a crash
    let connection =
        open(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX, options)?;
    connection.pragma_update(None, "query_only", true).map_err(store_error)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags, options: Options) -> Result<Connection, StoreError> {
    let mut connection = Connection::open_with_flags(path, flags).map_err(store_error)?;
    connection.busy_handler(Some(patience(options.busy_timeout_ms))).map_err(store_error)?;
    prepare_once(&connection)?;
    // a file from elsewhere shall not make its own schema call functions
    connection.pragma_update(None, "trusted_schema", false).map_err(store_error)?;
    Ok(connection)
}

/// Waits for others to finish writing, in short steps of one length. SQLite's own handler waits ever longer, up to 100 ms, and
/// whoever has waited long finds the file free less and less often: with four writers one waited for over 4 s.
fn patience(timeout_ms: u32) -> impl FnMut(i32) -> bool + Send + 'static {
    let (timeout, mut begun) = (Duration::from_millis(timeout_ms.into()), Instant::now());
    move |tries| {
        if tries == 0 {
            begun = Instant::now();
        }
        let waits = begun.elapsed() < timeout;
        if waits {
            std::thread::sleep(BUSY_PAUSE);
        }
        waits
    }
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

pub(crate) fn at_path(error: StoreError, path: &Path) -> StoreError {
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
