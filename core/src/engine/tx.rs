//! A unit of work: reads of one practice at one version, changes gathered, one commit.
//!
//! Reads see the changes made before them in the same unit. Index entries and statistics are derived here from what a
//! record was and what it becomes, so no caller can forget them.

use super::EngineError;
use super::record::{COUNTERS_ROW, PRACTICE_ROW, Record, provider_key};
use crate::model::{
    Counters, Event, GatewayId, Happening, Job, Message, MessageId, Practice, PracticeId, Tally, Timestamp,
};
use crate::store::{Commit, Entry, Found, Index, Order, RowKey, Scan, Store, StoreError, Write};
use std::collections::BTreeMap;

#[derive(Default)]
struct Slot {
    before: Option<String>,
    /// What the row was before the unit: derived when it is first changed, as most rows are only read.
    before_entries: Vec<Entry>,
    before_tally: Option<Tally>,
    /// `None`: not touched; `Some(None)`: deleted.
    after: Option<Option<String>>,
    after_entries: Vec<Entry>,
    after_tally: Option<Tally>,
}

impl Slot {
    fn doc(&self) -> Option<&str> {
        self.after.as_ref().unwrap_or(&self.before).as_deref()
    }
}

/// A unit of work on one practice.
pub(crate) struct Tx<'s> {
    store: &'s dyn Store,
    pub(crate) id: &'s PracticeId,
    version: u64,
    slots: BTreeMap<RowKey, Slot>,
    practice: Practice,
    counters: Counters,
    counters_before: Counters,
    pub(crate) now: Timestamp,
}

impl<'s> Tx<'s> {
    /// Begins on a practice that is there.
    pub(crate) fn begin(
        store: &'s dyn Store,
        id: &'s PracticeId,
        now: Timestamp,
    ) -> Result<Self, EngineError> {
        let version = store.version(id)?;
        let rows = [PRACTICE_ROW, COUNTERS_ROW].map(|row| key::<Practice>(row.to_owned()));
        let mut docs = store.read(id, &rows)?.into_iter();
        let (Some(Some(practice)), counters) = (docs.next(), docs.next().flatten()) else {
            return Err(EngineError::UnknownPractice(id.clone()));
        };
        let practice: Practice = parse(&practice)?;
        let counters: Counters = counters.map_or_else(|| Ok(Counters::default()), |doc| parse(&doc))?;
        Ok(Self {
            store,
            id,
            version,
            slots: BTreeMap::new(),
            practice,
            counters_before: counters.clone(),
            counters,
            now,
        })
    }

    /// Creates the practice, or changes what the host says of it.
    pub(crate) fn put_practice(
        store: &'s dyn Store,
        practice: &'s Practice,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let version = store.version(&practice.id)?;
        let mut tx = Self {
            store,
            id: &practice.id,
            version,
            slots: BTreeMap::new(),
            practice: practice.clone(),
            counters: Counters::default(),
            counters_before: Counters::default(),
            now,
        };
        if tx.get::<Practice>(PRACTICE_ROW)?.as_ref() == Some(practice) {
            return Ok(());
        }
        tx.put(practice)?;
        tx.commit()
    }

    pub(crate) fn practice(&self) -> &Practice {
        &self.practice
    }

    pub(crate) fn counters(&mut self) -> &mut Counters {
        &mut self.counters
    }

    pub(crate) fn get<R: Record>(&mut self, id: &str) -> Result<Option<R>, EngineError> {
        self.slot(key::<R>(id.to_owned()))?.doc().map(parse).transpose()
    }

    /// A row's slot, read from the store where it is not there yet.
    fn slot(&mut self, key: RowKey) -> Result<&mut Slot, EngineError> {
        if !self.slots.contains_key(&key) {
            let doc = self.store.read(self.id, std::slice::from_ref(&key))?.pop().flatten();
            self.keep(key.clone(), doc);
        }
        Ok(self.slots.entry(key).or_default())
    }

    fn keep(&mut self, key: RowKey, before: Option<String>) {
        self.slots.insert(key, Slot { before, ..Slot::default() });
    }

    /// The slot of a row that is about to change.
    fn changing<R: Record>(&mut self, id: String) -> Result<&mut Slot, EngineError> {
        let slot = self.slot(key::<R>(id))?;
        if slot.after.is_none()
            && let Some(before) = &slot.before
        {
            let record: R = parse(before)?;
            slot.before_entries = record.entries();
            slot.before_tally = record.tally();
        }
        Ok(slot)
    }

    pub(crate) fn put<R: Record>(&mut self, record: &R) -> Result<(), EngineError> {
        let doc = serde_json::to_string(record).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let slot = self.changing::<R>(record.row_id())?;
        slot.after = Some(Some(doc));
        slot.after_entries = record.entries();
        slot.after_tally = record.tally();
        Ok(())
    }

    /// Puts a record that is certainly new, without looking for an older one.
    fn put_new<R: Record>(&mut self, record: &R) -> Result<(), EngineError> {
        self.keep(key::<R>(record.row_id()), None);
        self.put(record)
    }

    pub(crate) fn delete<R: Record>(&mut self, id: &str) -> Result<(), EngineError> {
        let slot = self.changing::<R>(id.to_owned())?;
        slot.after = Some(None);
        slot.after_entries = Vec::new();
        slot.after_tally = None;
        Ok(())
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
        let touched = u32::try_from(self.slots.values().filter(|slot| slot.after.is_some()).count());
        let scan = Scan {
            index,
            from: from.clone(),
            to: to.clone(),
            limit: limit.saturating_add(touched.unwrap_or(u32::MAX)).min(crate::store::MAX_PAGE),
            order,
        };
        let mut rows: Vec<(String, RowKey, String)> = Vec::new();
        for Found { key, row, doc } in self.store.scan(self.id, &scan)? {
            if row.table != R::TABLE {
                continue;
            }
            if !self.slots.contains_key(&row) {
                self.keep(row.clone(), Some(doc.clone()));
            }
            if self.slots.get(&row).is_some_and(|slot| slot.after.is_none()) {
                rows.push((key, row, doc));
            }
        }
        for (row, slot) in &self.slots {
            let Some(Some(doc)) = &slot.after else { continue };
            let entries = slot.after_entries.iter();
            let inside =
                entries.filter(|e| row.table == R::TABLE && e.index == index && e.key >= from && e.key < to);
            rows.extend(inside.map(|e| (e.key.clone(), row.clone(), doc.clone())));
        }
        rows.sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        if order == Order::Descending {
            rows.reverse();
        }
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        rows.into_iter().map(|(key, _, doc)| Ok((key, parse(&doc)?))).collect()
    }

    /// All records of a table whose ids lie in a range; changes of this unit included.
    pub(crate) fn list<R: Record>(
        &mut self,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<R>, EngineError> {
        for (id, doc) in self.store.list(self.id, R::TABLE, from, to, limit)? {
            let key = key::<R>(id);
            if !self.slots.contains_key(&key) {
                self.keep(key, Some(doc));
            }
        }
        let inside = |row: &RowKey| row.table == R::TABLE && row.id.as_str() >= from && row.id.as_str() < to;
        let docs = self.slots.iter().filter(|(row, _)| inside(row)).filter_map(|(_, slot)| slot.doc());
        docs.take(usize::try_from(limit).unwrap_or(usize::MAX)).map(parse).collect()
    }

    /// The outgoing message of this practice that a gateway names by our reference or its own identifier.
    pub(crate) fn find_message(
        &mut self,
        gateway: &GatewayId,
        named: &str,
    ) -> Result<Option<Message>, EngineError> {
        for (index, key) in
            [(Index::Reference, named.to_owned()), (Index::ProviderId, provider_key(gateway, named))]
        {
            for (practice, row) in self.store.find(index, &key)? {
                if practice != *self.id {
                    continue;
                }
                // what one gateway says of another's message is not its business
                let message = self.get::<Message>(&row.id)?;
                let theirs =
                    |message: &Message| message.gateway.as_ref().is_none_or(|known| known == gateway);
                if message.as_ref().is_some_and(theirs) {
                    return Ok(message);
                }
            }
        }
        Ok(None)
    }

    /// Tells the host.
    pub(crate) fn event(&mut self, what: Happening) -> Result<(), EngineError> {
        self.counters.events += 1;
        let event = Event { no: self.counters.events, at: self.now, what };
        self.put_new(&event)
    }

    /// A number for a new message.
    pub(crate) fn next_message(&mut self) -> MessageId {
        self.counters.messages += 1;
        MessageId(self.counters.messages)
    }

    /// Puts a message under a number from [`next_message`](Self::next_message).
    pub(crate) fn put_new_message(&mut self, message: &Message) -> Result<(), EngineError> {
        self.put_new(message)
    }

    /// Records a job.
    pub(crate) fn start_job(&mut self, job: impl FnOnce(u64) -> Job) -> Result<(), EngineError> {
        self.counters.jobs += 1;
        let job = job(self.counters.jobs);
        self.put_new(&job)
    }

    /// Stores all changes, or nothing. Without changes nothing is written and the version stays.
    pub(crate) fn commit(mut self) -> Result<(), EngineError> {
        self.count()?;
        if self.counters != self.counters_before {
            let counters = self.counters.clone();
            self.put(&counters)?;
        }
        let writes: Vec<Write> = self.slots.into_iter().filter_map(|(row, slot)| write(row, slot)).collect();
        if !writes.is_empty() {
            self.store.commit(&Commit { practice: self.id.clone(), version: self.version, writes })?;
        }
        Ok(())
    }

    /// Moves the counters of statistics by what the changed records add to and take from them.
    fn count(&mut self) -> Result<(), EngineError> {
        let mut sums: BTreeMap<String, Tally> = BTreeMap::new();
        for slot in self.slots.values().filter(|slot| slot.after.is_some()) {
            for (tally, sign) in [(&slot.before_tally, -1), (&slot.after_tally, 1)] {
                let Some(tally) = tally else { continue };
                let empty = || Tally::empty(tally.campaign.clone(), tally.step, tally.day);
                sums.entry(tally.row_id()).or_insert_with(empty).add(tally, sign);
            }
        }
        for (id, change) in sums {
            let nothing = Tally::empty(change.campaign.clone(), change.step, change.day);
            if change == nothing {
                continue;
            }
            let mut tally = self.get::<Tally>(&id)?.unwrap_or(nothing);
            tally.add(&change, 1);
            self.put(&tally)?;
        }
        Ok(())
    }
}

fn key<R: Record>(id: String) -> RowKey {
    RowKey { table: R::TABLE, id }
}

fn write(row: RowKey, slot: Slot) -> Option<Write> {
    let doc = slot.after?;
    if doc == slot.before {
        return None;
    }
    let (before, after) = (slot.before_entries, slot.after_entries);
    let remove = before.iter().filter(|entry| !after.contains(entry)).cloned().collect();
    let add = after.into_iter().filter(|entry| !before.contains(entry)).collect();
    Some(Write { row, doc, add, remove })
}

/// Reads a stored document. The error names the type, never the content.
pub(crate) fn parse<R: Record>(doc: &str) -> Result<R, EngineError> {
    serde_json::from_str(doc).map_err(|error| {
        let what = format!("a row of table {} at column {}", R::TABLE, error.column());
        EngineError::Store(StoreError::Corrupt(what))
    })
}
