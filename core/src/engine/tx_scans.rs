//! Parts of indexes in a unit of work: what the store finds there, with the changes of this unit.

use super::super::EngineError;
use super::super::record::Record;
use super::super::row::{Change, Slot};
use super::Tx;
use crate::store::{Found, Index, MAX_PAGE, Order, RowKey, Scan};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A part of an index, read before it is asked for: its end, its order, the most rows that were asked for and what was found.
/// The rows themselves stand in the slots.
pub(super) struct Foreseen {
    to: String,
    order: Order,
    limit: u32,
    found: Vec<(String, RowKey)>,
}

/// Parts of indexes that were read, by the index and where they begin.
pub(super) type Parts = BTreeMap<(Index, String), Foreseen>;

impl Tx<'_> {
    /// Reads parts of indexes in one call that will be asked for one by one.
    pub(in super::super) fn foresee_scans(&mut self, mut scans: Vec<Scan>) -> Result<(), EngineError> {
        let mut known = BTreeSet::new();
        scans.retain(|scan| known.insert((scan.index, scan.from.clone())));
        if scans.is_empty() {
            return Ok(());
        }
        let parts = self.store.scans(self.id, &scans)?;
        for (Scan { index, from, to, limit, order }, found) in scans.into_iter().zip(parts) {
            let found = self.seen(found);
            self.foreseen.insert((index, from), Foreseen { to, order, limit, found });
        }
        Ok(())
    }

    /// Keeps the rows of what was found.
    fn seen(&mut self, found: Vec<Found>) -> Vec<(String, RowKey)> {
        let keep = |Found { key, row, doc }| {
            self.keep(row.clone(), doc);
            (key, row)
        };
        found.into_iter().map(keep).collect()
    }

    /// What a scan finds of one type, from what was read before where that is enough: all there is, or as much as the scan asks
    /// for, or the first `limit` records that this unit does not change (whatever else there is comes after them).
    fn look<R: Record>(&mut self, scan: &Scan, limit: u32) -> Result<Vec<(String, RowKey)>, EngineError> {
        let unchanged = |(_, row): &&(String, RowKey)| {
            let slot = self.slots.get(row.table, &row.id);
            row.table == R::TABLE && slot.is_none_or(|slot| slot.change.is_none())
        };
        let known = self.foreseen.get(&(scan.index, scan.from.clone())).filter(|known| {
            let count = |rows: usize| u32::try_from(rows).unwrap_or(u32::MAX);
            let whole = count(known.found.len()) < known.limit || known.limit >= scan.limit;
            let enough = || count(known.found.iter().filter(unchanged).count()) >= limit;
            known.to == scan.to && known.order == scan.order && (whole || enough())
        });
        let of_type = |(_, row): &(String, RowKey)| row.table == R::TABLE;
        match known {
            Some(known) => Ok(known.found.iter().filter(|found| of_type(found)).cloned().collect()),
            None => {
                let found = self.store.scan(self.id, scan)?;
                let mut found = self.seen(found);
                found.retain(of_type);
                Ok(found)
            }
        }
    }

    /// The records of one type in a part of an index, changes of this unit included.
    pub(crate) fn scan<R: Record>(
        &mut self,
        index: Index,
        (from, to): (String, String),
        limit: u32,
        order: Order,
    ) -> Result<Vec<R>, EngineError> {
        let found = self.scan_keys::<R>(index, (from, to), limit, order)?;
        found.into_iter().map(|(_, record)| Ok(record)).collect()
    }

    /// The same with each record's key.
    pub(crate) fn scan_keys<R: Record>(
        &mut self,
        index: Index,
        (from, to): (String, String),
        limit: u32,
        order: Order,
    ) -> Result<Vec<(String, R)>, EngineError> {
        let scan = Scan {
            index,
            from: from.clone(),
            to: to.clone(),
            limit: limit.saturating_add(self.changed).min(MAX_PAGE),
            order,
        };
        let mut rows: Vec<(String, String, Rc<R>)> = Vec::new();
        for (key, row) in self.look::<R>(&scan, limit)? {
            if let Some(Slot { before: Some(before), change: None }) = self.slots.get(R::TABLE, &row.id) {
                let record = before.record()?;
                rows.push((key, row.id, record));
            }
        }
        for (id, slot) in self.slots.of(R::TABLE) {
            let Some(Change { to: Some(after), .. }) = &slot.change else { continue };
            let entries = after.entries::<R>()?.iter().chain(after.lasting::<R>()?);
            for inside in entries.filter(|e| e.index == index && e.key >= from && e.key < to) {
                rows.push((inside.key.clone(), id.to_owned(), after.record()?));
            }
        }
        rows.sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        rows.dedup_by(|a, b| (&a.0, &a.1) == (&b.0, &b.1));
        if order == Order::Descending {
            rows.reverse();
        }
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(rows.into_iter().map(|(key, _, record)| (key, R::clone(&record))).collect())
    }

    /// What a part of an index points at, of whatever type, as it is stored: without the changes of this unit.
    pub(crate) fn found(
        &self,
        index: Index,
        (from, to): (String, String),
        limit: u32,
        order: Order,
    ) -> Result<Vec<Found>, EngineError> {
        Ok(self.store.scan(self.id, &Scan { index, from, to, limit, order })?)
    }

    /// The records of one type in a part of an index, in its order, however many there are.
    pub(crate) fn scan_all<R: Record>(
        &mut self,
        index: Index,
        (mut from, to): (String, String),
    ) -> Result<Vec<R>, EngineError> {
        let (mut records, mut seen) = (Vec::new(), BTreeSet::new());
        loop {
            let page = self.scan_keys::<R>(index, (from, to.clone()), MAX_PAGE, Order::Ascending)?;
            let Some((last, _)) = page.last() else { return Ok(records) };
            let (last, before) = (last.clone(), records.len());
            let mut at_last = BTreeSet::new();
            for (key, record) in page {
                let id = record.row_id();
                if key == last {
                    at_last.insert(id.clone());
                }
                if !seen.contains(&id) {
                    records.push(record);
                }
            }
            // the page may have ended among the rows of one key
            from = if records.len() == before { format!("{last}\0") } else { last };
            seen = at_last;
        }
    }
}
