//! A store that passes everything on, counts the calls and keeps the commits: so that the same rows can be written again
//! without an engine.

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Found, Index, RowKey, Scan, Store, StoreError, Table, Turn};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Passes on to another store.
pub struct Recorder {
    inner: Arc<dyn Store>,
    hidden: PracticeId,
    calls: AtomicU64,
    recorded: Mutex<Recorded>,
}

/// What was recorded.
#[derive(Default)]
pub struct Recorded {
    /// The commits, each with the moment it stood.
    pub commits: Vec<(Commit, Instant)>,
    /// Calls of the store, commits included.
    pub calls: u64,
    /// What recording took by itself.
    pub took: Duration,
}

impl Recorder {
    /// A recorder of a store, that nothing is ever due in for one practice: what is written there again is not to be sent again.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, hidden: PracticeId) -> Self {
        Self { inner, hidden, calls: AtomicU64::new(0), recorded: Mutex::default() }
    }

    /// What was recorded since this was last asked.
    pub fn take(&self) -> Recorded {
        let recorded = std::mem::take(&mut *self.recorded());
        Recorded { calls: self.calls.swap(0, Ordering::Relaxed), ..recorded }
    }

    fn recorded(&self) -> MutexGuard<'_, Recorded> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pass(&self) -> &dyn Store {
        self.calls.fetch_add(1, Ordering::Relaxed);
        &*self.inner
    }
}

impl Store for Recorder {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.pass().version(practice)
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        self.pass().read(practice, rows)
    }

    fn begin(
        &self,
        practice: &PracticeId,
        rows: &[RowKey],
    ) -> Result<(u64, Vec<Option<String>>), StoreError> {
        self.pass().begin(practice, rows)
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.pass().list(practice, table, from, to, limit)
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        self.pass().scan(practice, scan)
    }

    fn scans(&self, practice: &PracticeId, scans: &[Scan]) -> Result<Vec<Vec<Found>>, StoreError> {
        self.pass().scans(practice, scans)
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        let version = self.pass().commit(commit)?;
        let stands = Instant::now();
        let mut recorded = self.recorded();
        recorded.commits.push((commit.clone(), stands));
        recorded.took += stands.elapsed();
        Ok(version)
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.pass().find(index, key)
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        let mut due = self.pass().due(queue, until, limit)?;
        due.retain(|(practice, _)| *practice != self.hidden);
        Ok(due)
    }

    fn turn(
        &self,
        practice: &PracticeId,
        queue: Index,
        until: Timestamp,
    ) -> Result<Option<Turn<'_>>, StoreError> {
        self.pass().turn(practice, queue, until)
    }
}
