//! A store that tells of every commit, before and after.

use depesza::model::{Message, PracticeId, Status, Timestamp};
use depesza::store::{Commit, Found, Index, RowKey, Scan, Store, StoreError, Table, Turn};
use std::sync::Arc;

/// A moment of a commit.
pub enum Moment<'c> {
    /// It begins.
    Begins(&'c Commit),
    /// It ended.
    Ended(&'c Commit, &'c Result<u64, StoreError>),
}

type Watch = Box<dyn Fn(Moment<'_>) + Send + Sync>;

/// A store with somebody who watches its commits.
pub struct Watched {
    store: Arc<dyn Store>,
    watch: Watch,
}

impl Watched {
    /// Watches `store`.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, watch: impl Fn(Moment<'_>) + Send + Sync + 'static) -> Self {
        Self { store, watch: Box::new(watch) }
    }
}

/// The messages that a commit writes.
#[must_use]
pub fn messages_of(commit: &Commit) -> Vec<Message> {
    let docs = commit.writes.iter().filter(|write| write.row.table == Table::Message);
    docs.filter_map(|write| serde_json::from_str(write.doc.as_ref()?).ok()).collect()
}

/// Whether a dispatcher holds a message of this status.
#[must_use]
pub fn is_held(status: Status) -> bool {
    matches!(status, Status::Claimed | Status::Submitting)
}

impl Store for Watched {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.store.version(practice)
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        self.store.read(practice, rows)
    }

    fn begin(
        &self,
        practice: &PracticeId,
        rows: &[RowKey],
    ) -> Result<(u64, Vec<Option<String>>), StoreError> {
        self.store.begin(practice, rows)
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.store.list(practice, table, from, to, limit)
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        self.store.scan(practice, scan)
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        (self.watch)(Moment::Begins(commit));
        let result = self.store.commit(commit);
        (self.watch)(Moment::Ended(commit, &result));
        result
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.store.find(index, key)
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.store.due(queue, until, limit)
    }

    fn scans(&self, practice: &PracticeId, scans: &[Scan]) -> Result<Vec<Vec<Found>>, StoreError> {
        self.store.scans(practice, scans)
    }

    fn turn(
        &self,
        practice: &PracticeId,
        queue: Index,
        until: Timestamp,
    ) -> Result<Option<Turn<'_>>, StoreError> {
        self.store.turn(practice, queue, until)
    }

    fn scrub(&self) -> Result<(), StoreError> {
        self.store.scrub()
    }
}
