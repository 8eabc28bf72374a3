//! A store in memory whose commits are written to a second store too: one year is lived through once and stands in both.

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{
    Commit, Entry, Found, Index, MemoryStore, RowKey, Scan, Store, StoreError, Table, Write,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows of one commit to the second store.
const ROWS: usize = 5_000;

/// Answers from memory; the second store gets many commits as one, so that filling it takes minutes and not hours.
pub struct Tee {
    memory: Arc<MemoryStore>,
    second: Arc<dyn Store>,
    waiting: Mutex<BTreeMap<RowKey, Write>>,
}

impl Tee {
    /// Both stores must be empty.
    #[must_use]
    pub fn new(memory: Arc<MemoryStore>, second: Arc<dyn Store>) -> Self {
        Self { memory, second, waiting: Mutex::default() }
    }

    /// Writes what waits to the second store.
    ///
    /// # Errors
    /// The second store's.
    pub fn flush(&self, practice: &PracticeId) -> Result<(), StoreError> {
        let writes = std::mem::take(&mut *self.waiting()).into_values().collect();
        let version = self.second.version(practice)?;
        self.second.commit(&Commit { practice: practice.clone(), version, writes }).map(drop)
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<RowKey, Write>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One change that does what two in turn do.
fn merge(first: &mut Write, then: &Write) {
    let then = then.clone();
    let stays = |entry: &Entry| !then.remove.contains(entry) && then.doc.is_some();
    first.add.retain(stays);
    first.remove.retain(|entry| !then.add.contains(entry));
    first.remove.extend(then.remove);
    first.add.extend(then.add);
    first.doc = then.doc;
}

impl Store for Tee {
    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        let version = self.memory.commit(commit)?;
        let mut waiting = self.waiting();
        for write in &commit.writes {
            match waiting.get_mut(&write.row) {
                Some(first) => merge(first, write),
                None => drop(waiting.insert(write.row.clone(), write.clone())),
            }
        }
        let full = waiting.len() >= ROWS;
        drop(waiting);
        if full {
            self.flush(&commit.practice)?;
        }
        Ok(version)
    }

    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.memory.version(practice)
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        self.memory.read(practice, rows)
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.memory.list(practice, table, from, to, limit)
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        self.memory.scan(practice, scan)
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.memory.find(index, key)
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.memory.due(queue, until, limit)
    }
}
