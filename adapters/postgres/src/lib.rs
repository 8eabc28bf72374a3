//! [`depesza`]'s store in PostgreSQL 15 or later: for many processes on many machines, and for more than one machine's file
//! carries.
//!
//! ```no_run
//! use depesza::store::{Commit, Store};
//! use depesza_postgres::PostgresStore;
//!
//! # fn main() -> Result<(), depesza::store::StoreError> {
//! let store = PostgresStore::open("postgresql://sms@db.example/clinic")?;
//! assert_eq!(store.commit(&Commit { practice: "clinic".into(), version: 0, writes: vec![] })?, 1);
//! # Ok(())
//! # }
//! ```
//!
//! Every call is one round trip, and every call ends in bounded time. See the README for what is guaranteed, the options, backup
//! and upkeep.
//!
//! Not allowed here: a look into a document or a key.

mod connection;
mod error;
mod options;
#[cfg(all(test, feature = "testing"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]
mod plans;
mod pool;
mod read;
mod schema;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tls")]
mod tls;
mod turn;
mod write;

pub use options::Options;

use connection::Connection;
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Found, Index, RowKey, Scan, Store, StoreError, Table, Turn};
use error::Failure;
use options::Target;
use pool::Pool;
use std::fmt;
use write::{Prepared, Tokens};

/// A [`Store`] in a PostgreSQL database.
pub struct PostgresStore {
    pool: Pool,
    tokens: Tokens,
}

impl PostgresStore {
    /// Opens the database of a URL with the default [`Options`]; as [`open_with`](Self::open_with).
    ///
    /// # Errors
    /// As [`open_with`](Self::open_with).
    pub fn open(url: &str) -> Result<Self, StoreError> {
        Self::open_with(url, Options::default())
    }

    /// Opens the database of a URL: `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`, or with `?host=/DIRECTORY` for a socket.
    /// The database must be there, in UTF8; the tables, in a schema of their own, are made when they are not there, and
    /// brought up to date when an older release made them.
    ///
    /// Behind `?`, parted by `&`, stand libpq's `host`, `hostaddr`, `port`, `target_session_attrs`, `load_balance_hosts`,
    /// `channel_binding`, `options`, `sslrootcert` (a PEM file of certificates to trust instead of the system's) and `sslmode`:
    /// `require` and `verify-full` both mean TLS with the server's certificate checked, `disable` means none. Without it,
    /// `localhost` and sockets are spoken to in clear and every other machine by TLS. `schema`, `connections` and
    /// `turn_connections` set the [`Options`] of these names.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the URL or an option is wrong or the database cannot be used: not reached within
    /// `call_timeout_ms`, too old, another encoding, no privilege. [`StoreError::Corrupt`] when the schema is another
    /// program's or a newer release's: it is left as it is. No error quotes the URL.
    pub fn open_with(url: &str, options: Options) -> Result<Self, StoreError> {
        let pool = Pool::new(Target::of(url, options)?);
        let schema = &pool.target.options.schema;
        pool.call(|connection, _, _| schema::migrate(connection, schema, schema::STEPS))?;
        Ok(Self { pool, tokens: Tokens::new() })
    }

    /// Takes the room of deleted rows and replaced documents back (`VACUUM` of all tables), as long as no transaction is open that
    /// may still see them, such as a running backup: after it nothing that is asked for leads to them, and their room is used
    /// anew. Until it is, their bytes can still be found in the files; the README says what is to be done about that, and about
    /// the log and backups. It takes minutes a million rows; calls go on meanwhile.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; nothing is lost, and the same call may succeed later.
    pub fn vacuum(&self) -> Result<(), StoreError> {
        let connection = Connection::open(&self.pool.target, self.pool.deadline());
        connection.and_then(schema::vacuum).map_err(Failure::into_error)
    }
}

impl Store for PostgresStore {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.pool.call(|connection, deadline, _| {
            connection.run(deadline, async |session| read::version(session, practice).await)
        })
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.pool.call(|connection, deadline, _| {
            connection.run(deadline, async |session| read::read(session, practice, rows).await)
        })
    }

    fn begin(
        &self,
        practice: &PracticeId,
        rows: &[RowKey],
    ) -> Result<(u64, Vec<Option<String>>), StoreError> {
        self.pool.call(|connection, deadline, _| {
            connection.run(deadline, async |session| read::begin(session, practice, rows).await)
        })
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.pool.call(|connection, deadline, _| {
            connection
                .run(deadline, async |session| read::list(session, practice, table, (from, to), limit).await)
        })
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        self.pool.call(|connection, deadline, _| {
            connection.run(deadline, async |session| read::scan(session, practice, scan).await)
        })
    }

    fn scans(&self, practice: &PracticeId, scans: &[Scan]) -> Result<Vec<Vec<Found>>, StoreError> {
        if scans.is_empty() {
            return Ok(Vec::new());
        }
        self.pool.call(|connection, deadline, _| {
            connection.run(deadline, async |session| read::scans(session, practice, scans).await)
        })
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        let prepared = Prepared::new(commit, self.tokens.next());
        self.pool.call(|connection, deadline, which| {
            connection.run(deadline, async |session| prepared.run(session, which).await)
        })
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.pool.call(|connection, deadline, _| {
            connection.run(deadline, async |session| read::find(session, index, key).await)
        })
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.pool.call(|connection, deadline, _| {
            connection.run(deadline, async |session| read::due(session, queue, until, limit).await)
        })
    }

    fn turn(
        &self,
        practice: &PracticeId,
        queue: Index,
        until: Timestamp,
    ) -> Result<Option<Turn<'_>>, StoreError> {
        let taken = self.pool.turn(|connection, deadline| {
            connection.run(deadline, async |session| turn::take(session, practice, queue, until).await)
        })?;
        Ok(match taken {
            Some((connection, true)) => Some(Turn::holding(connection)),
            Some((_, false)) => None,
            // no connection left to hold one
            None => Some(Turn::free()),
        })
    }

    fn scrub(&self) -> Result<(), StoreError> {
        self.vacuum()
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").finish_non_exhaustive()
    }
}
