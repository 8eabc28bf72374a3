//! A unit of work: reads of one practice at one version, changes gathered, one commit.
//!
//! Reads see the changes made before them in the same unit. Index entries and statistics are derived here from what a
//! record was and what it becomes, so no caller can forget them.

use super::EngineError;
use super::record::{COUNTERS_ROW, PRACTICE_ROW, Record, provider_key};
use super::rules::RuleShelf;
use crate::model::{
    Campaign, Counters, Event, GatewayId, Happening, Job, Message, MessageId, Practice, PracticeId, Tally,
    Timestamp,
};
use crate::store::{
    Commit, Entry, Found, Index, MAX_PAGE, Order, RowKey, Scan, Store, StoreError, Table, Write,
};
use std::collections::btree_map::Entry as BTreeEntry;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A row as it was read, and what this unit makes of it.
struct Slot {
    before: Option<String>,
    change: Option<Change>,
}

/// What a row becomes: `doc` is `None` when it is deleted.
struct Change {
    before: Derived,
    doc: Option<String>,
    after: Derived,
}

/// What follows from a record: nothing where there is none.
#[derive(Default)]
struct Derived {
    entries: Vec<Entry>,
    tally: Option<Tally>,
}

impl Derived {
    fn of<R: Record>(record: &R) -> Self {
        Self { entries: record.entries(), tally: record.tally() }
    }
}

impl Slot {
    fn doc(&self) -> Option<&str> {
        self.change.as_ref().map_or(&self.before, |change| &change.doc).as_deref()
    }
}

/// A unit of work on one practice.
pub(crate) struct Tx<'s> {
    store: &'s dyn Store,
    shelf: &'s RuleShelf,
    pub(crate) id: &'s PracticeId,
    version: u64,
    slots: BTreeMap<RowKey, Slot>,
    /// How many of them change, or more.
    changed: u32,
    practice: Rc<Practice>,
    /// What planning made of the campaigns; forgotten when one changes.
    pub(crate) campaigns: Option<Rc<[Campaign]>>,
    counters: Counters,
    counters_before: Counters,
    pub(crate) now: Timestamp,
}

impl<'s> Tx<'s> {
    /// Begins on a practice that is there.
    pub(crate) fn begin(
        store: &'s dyn Store,
        shelf: &'s RuleShelf,
        id: &'s PracticeId,
        now: Timestamp,
    ) -> Result<Self, EngineError> {
        let version = store.version(id)?;
        let rows = [PRACTICE_ROW, COUNTERS_ROW].map(|row| key::<Practice>(row.to_owned()));
        let mut docs = store.read(id, &rows)?.into_iter();
        let (Some(Some(practice)), counters) = (docs.next(), docs.next().flatten()) else {
            return Err(EngineError::UnknownPractice(id.clone()));
        };
        let practice = Rc::new(parse::<Practice>(&practice)?);
        let counters: Counters = counters.map_or_else(|| Ok(Counters::default()), |doc| parse(&doc))?;
        Ok(Self {
            store,
            shelf,
            id,
            version,
            slots: BTreeMap::new(),
            changed: 0,
            campaigns: None,
            practice,
            counters_before: counters.clone(),
            counters,
            now,
        })
    }

    /// Begins on a practice that is created, or changed, by this unit; `None` when it is as the host says already.
    pub(crate) fn begin_with(
        store: &'s dyn Store,
        shelf: &'s RuleShelf,
        practice: &'s Practice,
        now: Timestamp,
    ) -> Result<Option<Self>, EngineError> {
        let mut tx = match Self::begin(store, shelf, &practice.id, now) {
            Ok(tx) if *tx.practice == *practice => return Ok(None),
            Ok(tx) => tx,
            Err(EngineError::UnknownPractice(_)) => Self {
                store,
                shelf,
                id: &practice.id,
                version: store.version(&practice.id)?,
                slots: BTreeMap::new(),
                changed: 0,
                campaigns: None,
                practice: Rc::new(practice.clone()),
                counters: Counters::default(),
                counters_before: Counters::default(),
                now,
            },
            Err(error) => return Err(error),
        };
        tx.change_practice(practice.clone())?;
        Ok(Some(tx))
    }

    pub(crate) fn practice(&self) -> &Rc<Practice> {
        &self.practice
    }

    /// Stores the practice as it is from now on.
    pub(crate) fn change_practice(&mut self, practice: Practice) -> Result<(), EngineError> {
        self.put(&practice)?;
        self.practice = Rc::new(practice);
        Ok(())
    }

    /// What the engine remembers of rules.
    pub(crate) fn shelf(&self) -> &'s RuleShelf {
        self.shelf
    }

    /// Whether this unit changed a rule.
    pub(crate) fn rules_changed(&self) -> bool {
        self.counters.rules != self.counters_before.rules
    }

    /// Whether this unit changed anything.
    pub(crate) fn is_changed(&self) -> bool {
        self.changed > 0 || self.counters != self.counters_before
    }

    /// Whether no other commit came between so far.
    pub(crate) fn is_current(&self) -> Result<bool, EngineError> {
        Ok(self.store.version(self.id)? == self.version)
    }

    pub(crate) fn counters(&mut self) -> &mut Counters {
        &mut self.counters
    }

    pub(crate) fn get<R: Record>(&mut self, id: &str) -> Result<Option<R>, EngineError> {
        self.slot(key::<R>(id.to_owned()))?.doc().map(parse).transpose()
    }

    /// A row's document as it is in this unit.
    pub(crate) fn document(&mut self, row: &RowKey) -> Result<Option<String>, EngineError> {
        Ok(self.slot(row.clone())?.doc().map(ToOwned::to_owned))
    }

    /// The row's slot, read from the store the first time.
    fn slot(&mut self, key: RowKey) -> Result<&mut Slot, EngineError> {
        Ok(match self.slots.entry(key) {
            BTreeEntry::Occupied(slot) => slot.into_mut(),
            BTreeEntry::Vacant(slot) => {
                let before = self.store.read(self.id, std::slice::from_ref(slot.key()))?.pop().flatten();
                slot.insert(Slot { before, change: None })
            }
        })
    }

    pub(crate) fn put<R: Record>(&mut self, record: &R) -> Result<(), EngineError> {
        let doc = serde_json::to_string(record).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        self.change::<R>(record.row_id(), Some(doc), Derived::of(record))
    }

    /// Puts a record that is certainly new, without looking for an older one.
    fn put_new<R: Record>(&mut self, record: &R) -> Result<(), EngineError> {
        self.slots.insert(key::<R>(record.row_id()), Slot { before: None, change: None });
        self.put(record)
    }

    pub(crate) fn delete<R: Record>(&mut self, id: &str) -> Result<(), EngineError> {
        self.change::<R>(id.to_owned(), None, Derived::default())
    }

    fn change<R: Record>(
        &mut self,
        id: String,
        doc: Option<String>,
        after: Derived,
    ) -> Result<(), EngineError> {
        if R::TABLE == Table::Campaign {
            self.campaigns = None;
        }
        let slot = self.slot(key::<R>(id))?;
        if let Some(change) = &mut slot.change {
            (change.doc, change.after) = (doc, after);
            return Ok(());
        }
        // only now: most of what is read is not changed
        let record: Option<R> = slot.before.as_deref().map(parse).transpose()?;
        let before = record.as_ref().map(Derived::of).unwrap_or_default();
        slot.change = Some(Change { before, doc, after });
        self.changed = self.changed.saturating_add(1);
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
        let scan = Scan {
            index,
            from: from.clone(),
            to: to.clone(),
            limit: limit.saturating_add(self.changed).min(MAX_PAGE),
            order,
        };
        let mut rows: Vec<(String, RowKey, String)> = Vec::new();
        for Found { key, row, doc } in self.store.scan(self.id, &scan)? {
            if row.table != R::TABLE {
                continue;
            }
            let slot = self
                .slots
                .entry(row.clone())
                .or_insert_with(|| Slot { before: Some(doc.clone()), change: None });
            if slot.change.is_none() {
                rows.push((key, row, doc));
            }
        }
        let of_type =
            self.slots.range(key::<R>(String::new())..).take_while(|(row, _)| row.table == R::TABLE);
        for (row, slot) in of_type {
            let Some(Change { doc: Some(doc), after, .. }) = &slot.change else { continue };
            let inside = after.entries.iter().filter(|e| e.index == index && e.key >= from && e.key < to);
            rows.extend(inside.map(|e| (e.key.clone(), row.clone(), doc.clone())));
        }
        rows.sort_unstable_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        if order == Order::Descending {
            rows.reverse();
        }
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        rows.into_iter().map(|(key, _, doc)| Ok((key, parse(&doc)?))).collect()
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

    /// All records of a table whose ids lie in a range; changes of this unit included.
    pub(crate) fn list<R: Record>(
        &mut self,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<R>, EngineError> {
        self.load::<R>(from, to, limit)?;
        self.loaded::<R>(from, to).take(usize::try_from(limit).unwrap_or(usize::MAX)).map(parse).collect()
    }

    /// The same however many there are, a page after the other.
    pub(crate) fn list_all<R: Record>(&mut self, from: &str, to: &str) -> Result<Vec<R>, EngineError> {
        let mut next = from.to_owned();
        while let Some(last) = self.load::<R>(&next, to, MAX_PAGE)? {
            next = format!("{last}\0");
        }
        self.loaded::<R>(from, to).map(parse).collect()
    }

    /// Reads the rows of a table whose ids lie in a range; the id of the last one.
    fn load<R: Record>(&mut self, from: &str, to: &str, limit: u32) -> Result<Option<String>, EngineError> {
        let page = self.store.list(self.id, R::TABLE, from, to, limit)?;
        let last = page.last().map(|(id, _)| id.clone());
        for (id, doc) in page {
            self.slots.entry(key::<R>(id)).or_insert(Slot { before: Some(doc), change: None });
        }
        Ok(last)
    }

    /// The documents of a table as they are in this unit, of those that were read.
    fn loaded<R: Record>(&self, from: &str, to: &str) -> impl Iterator<Item = &str> {
        let rows = self.slots.range(key::<R>(from.to_owned())..key::<R>(to.to_owned()));
        rows.filter_map(|(_, slot)| slot.doc())
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
        for change in self.slots.values().filter_map(|slot| slot.change.as_ref()) {
            for (derived, sign) in [(&change.before, -1), (&change.after, 1)] {
                let Some(tally) = &derived.tally else { continue };
                let empty = || Tally::empty(tally.campaign.clone(), tally.step, tally.day);
                sums.entry(tally.row_id()).or_insert_with(empty).add(tally, sign);
            }
        }
        for (id, change) in sums {
            let nothing = Tally::empty(change.campaign.clone(), change.step, change.day);
            if change == nothing {
                continue;
            }
            let mut tally = self.get::<Tally>(&id)?.unwrap_or_else(|| nothing.clone());
            tally.add(&change, 1);
            // figures of nothing are not kept: what was taken back leaves no trace of the way it went
            if tally == nothing { self.delete::<Tally>(&id)? } else { self.put(&tally)? }
        }
        Ok(())
    }
}

fn key<R: Record>(id: String) -> RowKey {
    RowKey { table: R::TABLE, id }
}

fn write(row: RowKey, slot: Slot) -> Option<Write> {
    let Change { before, doc, after } = slot.change?;
    if doc == slot.before {
        return None;
    }
    let (before, after) = (before.entries, after.entries);
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
