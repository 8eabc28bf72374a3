//! A store in memory: for tests, for simulations, and for hosts that keep nothing.
//!
//! Each practice has its own lock, so practices run in parallel; the shared indexes have one. A thread that needs both
//! takes the practice's first. Nothing between the first change of a commit and its last can fail, so a lock that a
//! panicking thread left poisoned still guards whole commits and is used on.
//!
//! Not allowed here: anything that a durable store could not promise too.

use super::{Commit, Entry, Found, Index, MAX_PAGE, Order, RowKey, Scan, Store, StoreError, Table, Write};
use super::{instant_key_after, key_instant};
use crate::model::{PracticeId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A [`Store`] in memory, lost with its process. Threads share one behind an [`Arc`].
#[derive(Default)]
pub struct MemoryStore {
    practices: RwLock<BTreeMap<PracticeId, Arc<RwLock<Practice>>>>,
    shared: RwLock<Shared>,
}

/// The shared indexes: whose rows stand under a key.
type Shared = BTreeMap<Entry, BTreeSet<(PracticeId, RowKey)>>;

#[derive(Clone, Default)]
struct Practice {
    /// 0 until the first commit.
    version: u64,
    rows: BTreeMap<RowKey, Row>,
    indexes: BTreeMap<Index, BTreeSet<(String, RowKey)>>,
}

#[derive(Clone, Default)]
struct Row {
    doc: String,
    /// Its entries in all indexes, so that deleting it takes them along.
    entries: BTreeSet<Entry>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All that the store holds as text, one row a line, in a fixed order: two stores that went through the same commits
    /// give the same bytes. It shows documents, so it is for tests only.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn dump(&self) -> String {
        use std::fmt::Write as _;
        let mut out = String::new();
        for (id, practice) in read(&self.practices).iter() {
            let practice = read(practice);
            if practice.version == 0 {
                continue;
            }
            // writing to a String cannot fail
            let _ = writeln!(out, "{}", serde_json::json!([id, practice.version]));
            for (key, row) in &practice.rows {
                let entries: Vec<_> = row.entries.iter().map(|entry| (entry.index, &entry.key)).collect();
                let _ = writeln!(out, "{}", serde_json::json!([id, key.table, key.id, row.doc, entries]));
            }
        }
        out
    }

    /// A store of its own with the same content: for tests that try several ways on from one state.
    #[cfg(any(test, feature = "testing"))]
    #[must_use]
    pub fn fork(&self) -> Self {
        let practices = read(&self.practices);
        let copy = |practice: &Arc<RwLock<Practice>>| Arc::new(RwLock::new(read(practice).clone()));
        let practices = practices.iter().map(|(id, practice)| (id.clone(), copy(practice))).collect();
        Self { practices: RwLock::new(practices), shared: RwLock::new(read(&self.shared).clone()) }
    }

    fn practice(&self, id: &PracticeId) -> Option<Arc<RwLock<Practice>>> {
        read(&self.practices).get(id).cloned()
    }

    fn practice_or_new(&self, id: &PracticeId) -> Arc<RwLock<Practice>> {
        self.practice(id).unwrap_or_else(|| write(&self.practices).entry(id.clone()).or_default().clone())
    }
}

impl Store for MemoryStore {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        Ok(self.practice(practice).map_or(0, |practice| read(&practice).version))
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        let Some(practice) = self.practice(practice) else {
            return Ok(vec![None; rows.len()]);
        };
        let practice = read(&practice);
        Ok(rows.iter().map(|key| practice.rows.get(key).map(|row| row.doc.clone())).collect())
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let (Some(practice), true) = (self.practice(practice), from < to) else {
            return Ok(Vec::new());
        };
        let practice = read(&practice);
        let range = RowKey { table, id: from.to_owned() }..RowKey { table, id: to.to_owned() };
        let rows = practice.rows.range(range).take(usize_of(limit));
        Ok(rows.map(|(key, row)| (key.id.clone(), row.doc.clone())).collect())
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        let (Some(practice), true) = (self.practice(practice), scan.from < scan.to) else {
            return Ok(Vec::new());
        };
        let practice = read(&practice);
        let Some(index) = practice.indexes.get(&scan.index) else {
            return Ok(Vec::new());
        };
        let found = |(key, row): &(String, RowKey)| {
            let doc = practice.rows.get(row)?.doc.clone();
            Some(Found { key: key.clone(), row: row.clone(), doc })
        };
        let limit = usize_of(scan.limit.min(MAX_PAGE));
        let part = index.range(before_rows_of(&scan.from)..before_rows_of(&scan.to));
        Ok(match scan.order {
            Order::Ascending => part.filter_map(found).take(limit).collect(),
            Order::Descending => part.rev().filter_map(found).take(limit).collect(),
        })
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        // only a commit that may create the practice makes room for it
        let practice = match commit.version {
            0 => Some(self.practice_or_new(&commit.practice)),
            _ => self.practice(&commit.practice),
        };
        let Some(practice) = practice else {
            return Err(StoreError::Conflict { expected: commit.version, found: 0 });
        };
        let mut practice = write(&practice);
        if practice.version != commit.version {
            return Err(StoreError::Conflict { expected: commit.version, found: practice.version });
        }
        let mut shared_changes = Vec::new();
        for change in &commit.writes {
            practice.apply(change, &mut shared_changes);
        }
        if !shared_changes.is_empty() {
            let mut shared = write(&self.shared);
            for change in shared_changes {
                change.apply(&commit.practice, &mut shared);
            }
        }
        practice.version = practice.version.saturating_add(1);
        Ok(practice.version)
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        let shared = read(&self.shared);
        let rows = shared.get(&Entry { index, key: key.to_owned() });
        Ok(rows.into_iter().flatten().cloned().collect())
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        let practices: Vec<_> =
            read(&self.practices).iter().map(|(id, practice)| (id.clone(), practice.clone())).collect();
        let bound = instant_key_after(until);
        let mut due = BTreeSet::new();
        for (id, practice) in practices {
            let practice = read(&practice);
            let first = practice.indexes.get(&queue).and_then(BTreeSet::first);
            if let Some((key, _)) = first.filter(|(key, _)| *key < bound) {
                due.insert((key_instant(key).ok_or_else(|| no_instant(queue))?, id));
            }
        }
        Ok(due.into_iter().take(usize_of(limit)).map(|(at, id)| (id, at)).collect())
    }
}

/// What a write changes in the shared indexes, which are not the practice's own.
enum SharedChange {
    Link(Entry, RowKey),
    Unlink(Entry, RowKey),
}

impl SharedChange {
    fn apply(self, practice: &PracticeId, shared: &mut Shared) {
        match self {
            Self::Link(entry, row) => {
                shared.entry(entry).or_default().insert((practice.clone(), row));
            }
            Self::Unlink(entry, row) => {
                if let Some(rows) = shared.get_mut(&entry) {
                    rows.remove(&(practice.clone(), row));
                    if rows.is_empty() {
                        shared.remove(&entry);
                    }
                }
            }
        }
    }
}

impl Practice {
    fn apply(&mut self, write: &Write, shared: &mut Vec<SharedChange>) {
        let Some(doc) = &write.doc else {
            for entry in self.rows.remove(&write.row).unwrap_or_default().entries {
                self.unlink(&write.row, &entry, shared);
            }
            return;
        };
        let row = self.rows.entry(write.row.clone()).or_default();
        row.doc.clone_from(doc);
        for entry in &write.remove {
            row.entries.remove(entry);
        }
        row.entries.extend(write.add.iter().cloned());
        for entry in &write.remove {
            self.unlink(&write.row, entry, shared);
        }
        for entry in &write.add {
            self.link(&write.row, entry, shared);
        }
    }

    fn link(&mut self, row: &RowKey, entry: &Entry, shared: &mut Vec<SharedChange>) {
        if entry.index.is_shared() {
            shared.push(SharedChange::Link(entry.clone(), row.clone()));
        } else {
            self.indexes.entry(entry.index).or_default().insert((entry.key.clone(), row.clone()));
        }
    }

    fn unlink(&mut self, row: &RowKey, entry: &Entry, shared: &mut Vec<SharedChange>) {
        if entry.index.is_shared() {
            shared.push(SharedChange::Unlink(entry.clone(), row.clone()));
        } else if let Some(index) = self.indexes.get_mut(&entry.index) {
            index.remove(&(entry.key.clone(), row.clone()));
        }
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("practices", &read(&self.practices).len()).finish_non_exhaustive()
    }
}

/// Where the rows of a key begin in an index.
fn before_rows_of(key: &str) -> (String, RowKey) {
    // the lowest row there can be: the table numbered 0 with the empty id
    (key.to_owned(), RowKey { table: Table::Practice, id: String::new() })
}

fn no_instant(queue: Index) -> StoreError {
    StoreError::Corrupt(format!("a key of the index {queue} does not begin with an instant"))
}

fn usize_of(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
