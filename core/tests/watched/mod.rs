//! A store in memory that tells of every call, so that a test can count what it wants to count.
// a test kit may fail by panicking
#![allow(dead_code, clippy::unwrap_used)]

use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Found, Index, MemoryStore, RowKey, Scan, Store, StoreError, Table};
use std::sync::Mutex;

/// A call of the store, with what it found or is to store.
pub enum Asked<'a> {
    Version,
    /// The version, in one call with the rows that are told next.
    Begin,
    Read(&'a [Option<String>]),
    List(&'a [(String, String)]),
    Scan(&'a Scan, &'a [Found]),
    /// The so many scans that are told next came in one call.
    Together(usize),
    Commit(&'a Commit),
    Find(&'a [(PracticeId, RowKey)]),
    Due,
}

/// The store, and what was counted so far.
pub struct Watched<C> {
    store: MemoryStore,
    counted: Mutex<C>,
    count: fn(&mut C, Asked<'_>),
}

impl<C: Default> Watched<C> {
    pub fn new(count: fn(&mut C, Asked<'_>)) -> Self {
        Self { store: MemoryStore::new(), counted: Mutex::default(), count }
    }

    /// What was counted since it was last taken.
    pub fn take(&self) -> C {
        std::mem::take(&mut *self.counted.lock().unwrap())
    }

    fn tell(&self, call: Asked<'_>) {
        (self.count)(&mut *self.counted.lock().unwrap(), call);
    }
}

impl<C: Default + Send> Store for Watched<C> {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.tell(Asked::Version);
        self.store.version(practice)
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        let found = self.store.read(practice, rows)?;
        self.tell(Asked::Read(&found));
        Ok(found)
    }

    fn begin(
        &self,
        practice: &PracticeId,
        rows: &[RowKey],
    ) -> Result<(u64, Vec<Option<String>>), StoreError> {
        self.tell(Asked::Begin);
        Ok((self.store.version(practice)?, self.read(practice, rows)?))
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let found = self.store.list(practice, table, from, to, limit)?;
        self.tell(Asked::List(&found));
        Ok(found)
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        let found = self.store.scan(practice, scan)?;
        self.tell(Asked::Scan(scan, &found));
        Ok(found)
    }

    fn scans(&self, practice: &PracticeId, scans: &[Scan]) -> Result<Vec<Vec<Found>>, StoreError> {
        self.tell(Asked::Together(scans.len()));
        scans.iter().map(|scan| self.scan(practice, scan)).collect()
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        self.tell(Asked::Commit(commit));
        self.store.commit(commit)
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        let found = self.store.find(index, key)?;
        self.tell(Asked::Find(&found));
        Ok(found)
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.tell(Asked::Due);
        self.store.due(queue, until, limit)
    }
}
