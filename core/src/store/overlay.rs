//! A store over another one that keeps what is committed to itself: what would be, without any of it happening.
//!
//! Reads see the lower store with the commits made here on top; the lower one is never written. It is as consistent as the
//! lower store is quiet: commits made there meanwhile show through where nothing was laid over them.
//!
//! Not allowed here: anything that writes below.

use super::{Commit, Entry, Found, Index, MAX_PAGE, Order, RowKey, Scan, Store, StoreError, Table, Write};
use super::{instant_key_after, key_instant};
use crate::model::{PracticeId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How many rows more than asked for are looked at below at first, as some may be hidden.
const MARGIN: u32 = 16;

/// A [`Store`] over another, for one practice.
pub(crate) struct Overlay {
    below: Arc<dyn Store>,
    practice: PracticeId,
    layer: RwLock<Layer>,
}

#[derive(Default)]
struct Layer {
    /// The lower store's version at the first commit, and the commits since.
    version: Option<u64>,
    rows: BTreeMap<RowKey, Laid>,
    indexes: BTreeMap<Index, BTreeSet<(String, RowKey)>>,
    /// Indexes of which nothing below shows.
    closed: BTreeSet<Index>,
}

/// A row that was written here.
#[derive(Default)]
struct Laid {
    doc: Option<String>,
    /// None of its entries below shows.
    anew: bool,
    /// Entries below that do not show.
    hidden: BTreeSet<Entry>,
    added: BTreeSet<Entry>,
}

impl Overlay {
    pub(crate) fn new(below: Arc<dyn Store>, practice: PracticeId) -> Self {
        Self { below, practice, layer: RwLock::default() }
    }

    /// Lets nothing of an index below show.
    pub(crate) fn close(&self, index: Index) {
        self.write_layer().closed.insert(index);
    }

    /// Lays an entry over a row that stays as it is.
    pub(crate) fn lay(&self, row: &RowKey, doc: String, entry: Entry) {
        let write = Write { row: row.clone(), doc: Some(doc), add: vec![entry], remove: Vec::new() };
        self.write_layer().apply(&write);
    }

    fn layer(&self) -> RwLockReadGuard<'_, Layer> {
        self.layer.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_layer(&self) -> RwLockWriteGuard<'_, Layer> {
        self.layer.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Up to `limit` of what shows of a part of an index below.
    fn shown(&self, layer: &Layer, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        let mut shown = Vec::new();
        if layer.closed.contains(&scan.index) {
            return Ok(shown);
        }
        let limit = usize_of(scan.limit.min(MAX_PAGE));
        let mut part = Scan { limit: scan.limit.saturating_add(MARGIN).min(MAX_PAGE), ..scan.clone() };
        while shown.len() < limit {
            let mut page = self.below.scan(&self.practice, &part)?;
            let full = page.len() >= usize_of(part.limit);
            let Some(last) = page.last().map(|found| found.key.clone()).filter(|_| full) else {
                shown.extend(page.into_iter().filter_map(|found| layer.show(scan.index, found)));
                break;
            };
            // more may stand under the last key: the next page begins with it
            if page.iter().any(|found| found.key != last) {
                page.retain(|found| found.key != last);
                match scan.order {
                    Order::Ascending => part.from = last,
                    Order::Descending => part.to = format!("{last}\0"),
                }
            } else if part.limit == MAX_PAGE {
                // a full page of one key is all that a store shows of it
                match scan.order {
                    Order::Ascending => part.from = format!("{last}\0"),
                    Order::Descending => part.to = last,
                }
            } else {
                page.clear();
            }
            shown.extend(page.into_iter().filter_map(|found| layer.show(scan.index, found)));
            part.limit = MAX_PAGE;
        }
        shown.truncate(limit);
        Ok(shown)
    }
}

impl Layer {
    /// A row found below as it shows from here.
    fn show(&self, index: Index, found: Found) -> Option<Found> {
        let Some(laid) = self.rows.get(&found.row) else { return Some(found) };
        let entry = Entry { index, key: found.key };
        if laid.anew || laid.hidden.contains(&entry) {
            return None;
        }
        Some(Found { key: entry.key, row: found.row, doc: laid.doc.clone()? })
    }

    fn apply(&mut self, write: &Write) {
        let laid = self.rows.entry(write.row.clone()).or_default();
        laid.doc.clone_from(&write.doc);
        let mut unlink = |entry: &Entry| {
            if let Some(index) = self.indexes.get_mut(&entry.index) {
                index.remove(&(entry.key.clone(), write.row.clone()));
            }
        };
        if write.doc.is_none() {
            laid.anew = true;
            std::mem::take(&mut laid.added).iter().for_each(unlink);
            return;
        }
        for entry in &write.remove {
            if laid.added.remove(entry) {
                unlink(entry);
            }
            laid.hidden.insert(entry.clone());
        }
        for entry in &write.add {
            // one below does not show twice
            laid.hidden.insert(entry.clone());
            laid.added.insert(entry.clone());
            let index = self.indexes.entry(entry.index).or_default();
            index.insert((entry.key.clone(), write.row.clone()));
        }
    }

    /// What was laid of a part of an index, in ascending order.
    fn laid<'l>(&'l self, scan: &Scan) -> impl DoubleEndedIterator<Item = Found> + 'l {
        let first = |key: &str| (key.to_owned(), RowKey { table: Table::Practice, id: String::new() });
        let range = first(&scan.from)..first(&scan.to);
        let part = (scan.from < scan.to).then(|| self.indexes.get(&scan.index)).flatten();
        let rows = part.map(|index| index.range(range)).into_iter().flatten();
        rows.filter_map(|(key, row)| {
            let doc = self.rows.get(row)?.doc.clone()?;
            Some(Found { key: key.clone(), row: row.clone(), doc })
        })
    }
}

impl Store for Overlay {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.layer().version.map_or_else(|| self.below.version(practice), Ok)
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        let layer = self.layer();
        let mut docs = self.below.read(practice, rows)?;
        for (doc, row) in docs.iter_mut().zip(rows) {
            if let Some(laid) = layer.rows.get(row) {
                doc.clone_from(&laid.doc);
            }
        }
        Ok(docs)
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let layer = self.layer();
        let key = |id: &str| RowKey { table, id: id.to_owned() };
        let mut rows = BTreeMap::new();
        let (mut next, mut size) = (from.to_owned(), limit.saturating_add(MARGIN).min(MAX_PAGE));
        loop {
            let page = self.below.list(practice, table, &next, to, size)?;
            let full = page.len() >= usize_of(size);
            let last = page.last().map(|(id, _)| format!("{id}\0"));
            rows.extend(page.into_iter().filter(|(id, _)| !layer.rows.contains_key(&key(id))));
            match last {
                Some(last) if full && rows.len() < usize_of(limit) => (next, size) = (last, MAX_PAGE),
                _ => break,
            }
        }
        let laid = (from < to).then(|| layer.rows.range(key(from)..key(to))).into_iter().flatten();
        rows.extend(laid.filter_map(|(row, laid)| Some((row.id.clone(), laid.doc.clone()?))));
        Ok(rows.into_iter().take(usize_of(limit)).collect())
    }

    fn scan(&self, _: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        let layer = self.layer();
        let limit = usize_of(scan.limit.min(MAX_PAGE));
        let mut found = self.shown(&layer, scan)?;
        match scan.order {
            Order::Ascending => found.extend(layer.laid(scan).take(limit)),
            Order::Descending => found.extend(layer.laid(scan).rev().take(limit)),
        }
        found.sort_unstable_by(|a, b| (&a.key, &a.row).cmp(&(&b.key, &b.row)));
        if scan.order == Order::Descending {
            found.reverse();
        }
        found.truncate(limit);
        Ok(found)
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        let mut layer = self.write_layer();
        let found = layer.version.map_or_else(|| self.below.version(&commit.practice), Ok)?;
        if found != commit.version || commit.practice != self.practice {
            return Err(StoreError::Conflict { expected: commit.version, found });
        }
        for write in &commit.writes {
            layer.apply(write);
        }
        layer.version = Some(found.saturating_add(1));
        Ok(found.saturating_add(1))
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        let layer = self.layer();
        let entry = Entry { index, key: key.to_owned() };
        let shows =
            |row: &RowKey| layer.rows.get(row).is_none_or(|laid| !laid.anew && !laid.hidden.contains(&entry));
        let below = self.below.find(index, key)?.into_iter();
        let mut rows: BTreeSet<_> =
            below.filter(|(practice, row)| *practice == self.practice && shows(row)).collect();
        let laid = layer.indexes.get(&index).into_iter().flatten().filter(|(laid, _)| laid == key);
        rows.extend(laid.map(|(_, row)| (self.practice.clone(), row.clone())));
        Ok(rows.into_iter().collect())
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        _: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        let (from, to) = (String::new(), instant_key_after(until));
        let scan = Scan { index: queue, from, to, limit: 1, order: Order::Ascending };
        let first = self.scan(&self.practice, &scan)?.pop();
        let at = first.and_then(|found| key_instant(&found.key));
        Ok(at.map(|at| (self.practice.clone(), at)).into_iter().collect())
    }
}

fn usize_of(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    const INDEX: Index = Index::VisitStart;

    fn write(id: u32, doc: Option<&str>, add: &[&str], remove: &[&str]) -> Write {
        let entries = |keys: &[&str]| {
            keys.iter().map(|key| Entry { index: INDEX, key: (*key).to_owned() }).collect::<Vec<_>>()
        };
        let row = RowKey { table: Table::Visit, id: id.to_string() };
        Write { row, doc: doc.map(ToOwned::to_owned), add: entries(add), remove: entries(remove) }
    }

    fn shown(store: &dyn Store, order: Order, limit: u32) -> Vec<(String, String)> {
        let scan = Scan { index: INDEX, from: String::new(), to: "z".into(), limit, order };
        let found = store.scan(&"p".into(), &scan).unwrap();
        found.into_iter().map(|found| (found.key, found.doc)).collect()
    }

    /// The same commits laid over the first ones show what a store shows that has them all; below nothing changes.
    #[test]
    fn it_shows_what_a_store_with_all_the_commits_shows_and_writes_nothing_below() {
        let below = [
            vec![write(1, Some("a"), &["k1", "k3"], &[]), write(2, Some("b"), &["k2"], &[])],
            vec![write(3, Some("c"), &["k2", "k4"], &[]), write(4, Some("d"), &["k5"], &[])],
        ];
        let above = [
            vec![write(1, Some("a2"), &[], &["k1"]), write(5, Some("e"), &["k0", "k2"], &[])],
            vec![write(2, None, &[], &[]), write(3, Some("c2"), &["k6"], &["k4"])],
            vec![write(2, Some("b2"), &["k1"], &[]), write(1, Some("a3"), &["k1"], &["k3"])],
            vec![write(4, None, &[], &[]), write(5, Some("e2"), &[], &["k0"])],
        ];
        let (lower, whole) = (Arc::new(MemoryStore::new()), MemoryStore::new());
        let commit = |version: usize, writes: &[Write]| Commit {
            practice: "p".into(),
            version: version as u64,
            writes: writes.to_vec(),
        };
        for (version, writes) in below.iter().enumerate() {
            lower.commit(&commit(version, writes)).unwrap();
            whole.commit(&commit(version, writes)).unwrap();
        }
        let before = lower.dump();
        let overlay = Overlay::new(lower.clone(), "p".into());
        for (version, writes) in above.iter().enumerate() {
            assert!(overlay.commit(&commit(version + 1, writes)).is_err()); // an older version
            overlay.commit(&commit(version + 2, writes)).unwrap();
            whole.commit(&commit(version + 2, writes)).unwrap();
            assert_eq!(overlay.version(&"p".into()).unwrap(), whole.version(&"p".into()).unwrap());
            for order in [Order::Ascending, Order::Descending] {
                for limit in 1..10 {
                    assert_eq!(
                        shown(&overlay, order, limit),
                        shown(&whole, order, limit),
                        "{version} {limit}"
                    );
                }
            }
            let list = |store: &dyn Store| store.list(&"p".into(), Table::Visit, "", "9", 9).unwrap();
            assert_eq!(list(&overlay), list(&whole));
            let rows: Vec<RowKey> =
                (1..6).map(|id: u32| RowKey { table: Table::Visit, id: id.to_string() }).collect();
            let read = |store: &dyn Store| store.read(&"p".into(), &rows).unwrap();
            assert_eq!(read(&overlay), read(&whole));
        }
        assert_eq!(lower.dump(), before);
        overlay.close(INDEX);
        assert_eq!(shown(&overlay, Order::Ascending, 9)[0].0, "k1"); // only what was laid
    }

    #[test]
    fn many_rows_under_one_key_are_all_there_whatever_was_hidden_before_them() {
        let lower = Arc::new(MemoryStore::new());
        let many: Vec<Write> =
            (0..500).map(|id| write(id, Some("a"), &[if id < 100 { "k0" } else { "k1" }], &[])).collect();
        lower.commit(&Commit { practice: "p".into(), version: 0, writes: many }).unwrap();
        let overlay = Overlay::new(lower, "p".into());
        let gone: Vec<Write> = (0..300)
            .map(|id| write(id, None, &[], &[]))
            .chain([write(300, Some("b"), &[], &["k1"])])
            .collect();
        overlay.commit(&Commit { practice: "p".into(), version: 1, writes: gone }).unwrap();
        for limit in [1, 17, 100, 199, 1_000] {
            for order in [Order::Ascending, Order::Descending] {
                assert_eq!(shown(&overlay, order, limit).len(), usize_of(limit).min(199));
            }
        }
    }
}
