//! A unit of work: reads of one practice at one version, changes gathered, one commit.
//!
//! Reads see the changes made before them in the same unit. Index entries and statistics are derived here from what a
//! record was and what it becomes, so no caller can forget them.

// beside this file: the engine has no folders
#[path = "tx_kept.rs"]
mod kept;
#[path = "tx_scans.rs"]
mod scans;

pub(crate) use kept::Kept;

use super::EngineError;
use super::counting::Sums;
use super::memo::Memo;
use super::record::{COUNTERS_ROW, PRACTICE_ROW, Record, provider_key};
use super::render::Compiled;
use super::row::{Change, Row, Slot};
use super::rules::RuleShelf;
use super::slots::Slots;
use crate::model::{
    Campaign, Counters, Event, GatewayId, Happening, Job, Message, MessageId, Phone, Practice, PracticeId,
    Reason, SendWindow, Tally, TemplateSubject, Timestamp,
};
use crate::store::{Commit, Index, MAX_PAGE, RowKey, Store, Table};
use crate::template::Template;
use chrono::NaiveDate;
use scans::Parts;
use std::rc::Rc;

/// A unit of work on one practice.
pub(crate) struct Tx<'s> {
    store: &'s dyn Store,
    shelf: &'s RuleShelf,
    pub(crate) id: &'s PracticeId,
    version: u64,
    slots: Slots,
    /// How many of them change, or more.
    changed: u32,
    foreseen: Parts,
    practice: Rc<Practice>,
    /// What planning made of the campaigns; forgotten when one changes.
    pub(crate) campaigns: Option<Rc<[Campaign]>>,
    compiled: Compiled,
    memo: Memo,
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
        Self::begin_after(store, shelf, id, now, Kept::default())
    }

    /// The same with what an earlier unit left: it is used where nothing was stored since.
    pub(crate) fn begin_after(
        store: &'s dyn Store,
        shelf: &'s RuleShelf,
        id: &'s PracticeId,
        now: Timestamp,
        kept: Kept,
    ) -> Result<Self, EngineError> {
        let rows = [PRACTICE_ROW, COUNTERS_ROW].map(|row| key::<Practice>(row.to_owned()));
        let (version, docs) = store.begin(id, &rows)?;
        let mut docs = docs.into_iter();
        let [its_row, counters_row] = rows;
        let (its_doc, counters_doc) = (docs.next().flatten(), docs.next().flatten());
        let known = kept.rows_at(version, [(&its_row, &its_doc), (&counters_row, &counters_doc)]);
        let slots = known.unwrap_or_else(|| {
            [(its_row, Slot::read(its_doc)), (counters_row, Slot::read(counters_doc))].into_iter().collect()
        });
        let row = |id| slots.get(Table::Practice, id).and_then(Slot::now);
        let Some(practice) = row(PRACTICE_ROW) else { return Err(EngineError::UnknownPractice(id.clone())) };
        let practice = practice.record::<Practice>()?;
        let counters = match row(COUNTERS_ROW) {
            Some(row) => Counters::clone(&*row.record()?),
            None => Counters::default(),
        };
        Ok(Self {
            store,
            shelf,
            id,
            version,
            slots,
            changed: 0,
            foreseen: Parts::new(),
            campaigns: None,
            compiled: Compiled::default(),
            memo: Memo::default(),
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
                slots: Slots::default(),
                foreseen: Parts::new(),
                changed: 0,
                campaigns: None,
                compiled: Compiled::default(),
                memo: Memo::default(),
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
        self.compiled = Compiled::default();
        self.memo = Memo::default();
        Ok(())
    }

    /// A body as it is now; it is compiled once in this unit.
    pub(crate) fn template(
        &mut self,
        subject: TemplateSubject,
        source: &str,
    ) -> Result<Rc<Template>, Reason> {
        self.compiled.template(&self.practice, subject, source)
    }

    /// The practice's day.
    pub(crate) fn today(&mut self) -> NaiveDate {
        self.memo.today(&self.practice, self.now)
    }

    /// When the practice's hours, and a campaign's window, allow sending: from now on.
    pub(crate) fn allowed(&mut self, window: Option<&SendWindow>) -> Option<Timestamp> {
        self.memo.allowed(&self.practice, window, self.now)
    }

    /// What the practice keeps of a number for ever.
    pub(crate) fn number_hash(&mut self, number: &Phone) -> Rc<str> {
        self.memo.hash(&self.practice, number)
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
        Ok(self.look_at::<R>(id)?.map(|record| R::clone(&record)))
    }

    /// The same, to read only.
    pub(crate) fn look_at<R: Record>(&mut self, id: &str) -> Result<Option<Rc<R>>, EngineError> {
        self.at(R::TABLE, id, |slot| slot.now().map(Row::record).transpose())?
    }

    /// A row's document as it is in this unit.
    pub(crate) fn document<R: Record>(&mut self, id: &str) -> Result<Option<String>, EngineError> {
        self.at(R::TABLE, id, |slot| {
            let Some(row) = slot.now() else { return Ok(None) };
            Ok(Some(row.doc::<R>(&mut Vec::new())?.to_owned()))
        })?
    }

    /// Works on the row's slot, which is read from the store the first time.
    fn at<T>(&mut self, table: Table, id: &str, work: impl FnOnce(&mut Slot) -> T) -> Result<T, EngineError> {
        if let Some(slot) = self.slots.get_mut(table, id) {
            return Ok(work(slot));
        }
        let row = RowKey { table, id: id.to_owned() };
        let mut slot = Slot::read(self.store.read(self.id, std::slice::from_ref(&row))?.pop().flatten());
        let done = work(&mut slot);
        self.slots.insert(row, slot);
        Ok(done)
    }

    /// Reads rows in one call that will be asked for one by one.
    pub(super) fn foresee_rows(&mut self, mut rows: Vec<RowKey>) -> Result<(), EngineError> {
        rows.sort_unstable();
        rows.dedup();
        rows.retain(|row| !self.slots.has(row));
        if rows.is_empty() {
            return Ok(());
        }
        let docs = self.store.read(self.id, &rows)?;
        self.slots.extend(rows.into_iter().zip(docs.into_iter().map(Slot::read)));
        Ok(())
    }

    pub(crate) fn put<R: Record>(&mut self, record: &R) -> Result<(), EngineError> {
        self.give(record.clone())
    }

    /// The same with a record that is of no more use.
    pub(crate) fn give<R: Record>(&mut self, record: R) -> Result<(), EngineError> {
        self.change::<R>(&record.row_id(), Some(record))
    }

    /// Puts a record that is certainly new, without looking for an older one.
    fn give_new<R: Record>(&mut self, record: R) {
        let row = key::<R>(record.row_id());
        self.slots.insert(row, Slot { before: None, change: Some(Change::of(Some(record))) });
        self.changed = self.changed.saturating_add(1);
    }

    pub(crate) fn delete<R: Record>(&mut self, id: &str) -> Result<(), EngineError> {
        self.change::<R>(id, None)
    }

    fn change<R: Record>(&mut self, id: &str, to: Option<R>) -> Result<(), EngineError> {
        if R::TABLE == Table::Campaign {
            self.campaigns = None;
        }
        let first = self.at(R::TABLE, id, |slot| slot.change.replace(Change::of(to)).is_none())?;
        self.changed = self.changed.saturating_add(u32::from(first));
        Ok(())
    }

    /// All records of a table whose ids lie in a range; changes of this unit included.
    pub(crate) fn list<R: Record>(
        &mut self,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<R>, EngineError> {
        self.load::<R>(from, to, limit)?;
        self.loaded::<R>(from, to).take(usize::try_from(limit).unwrap_or(usize::MAX)).collect()
    }

    /// The same however many there are, a page after the other.
    pub(crate) fn list_all<R: Record>(&mut self, from: &str, to: &str) -> Result<Vec<R>, EngineError> {
        let mut next = from.to_owned();
        while let Some(last) = self.load::<R>(&next, to, MAX_PAGE)? {
            next = format!("{last}\0");
        }
        self.loaded::<R>(from, to).collect()
    }

    /// Reads the rows of a table whose ids lie in a range; the id of the last one.
    fn load<R: Record>(&mut self, from: &str, to: &str, limit: u32) -> Result<Option<String>, EngineError> {
        let page = self.store.list(self.id, R::TABLE, from, to, limit)?;
        let last = page.last().map(|(id, _)| id.clone());
        for (id, doc) in page {
            self.keep(key::<R>(id), doc);
        }
        Ok(last)
    }

    /// The records of a table as they are in this unit, of those that were read.
    fn loaded<R: Record>(&self, from: &str, to: &str) -> impl Iterator<Item = Result<R, EngineError>> {
        let slots = self.slots.between(R::TABLE, from, to);
        slots.filter_map(Slot::now).map(|row| Ok(R::clone(&*row.record()?)))
    }

    /// Keeps a row that was read along with others, unless it is known.
    fn keep(&mut self, row: RowKey, doc: String) {
        if !self.slots.has(&row) {
            self.slots.insert(row, Slot::read(Some(doc)));
        }
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
        self.give_new(event);
        Ok(())
    }

    /// A number for a new message.
    pub(crate) fn next_message(&mut self) -> MessageId {
        self.counters.messages += 1;
        MessageId(self.counters.messages)
    }

    /// Puts a message under a number from [`next_message`](Self::next_message).
    pub(crate) fn put_new_message(&mut self, message: &Message) -> Result<(), EngineError> {
        self.give_new(message.clone());
        Ok(())
    }

    /// Records a job.
    pub(crate) fn start_job(&mut self, job: impl FnOnce(u64) -> Job) -> Result<(), EngineError> {
        self.counters.jobs += 1;
        let job = job(self.counters.jobs);
        self.give_new(job);
        Ok(())
    }

    /// Stores all changes, or nothing. Without changes nothing is written and the version stays.
    pub(crate) fn commit(self) -> Result<(), EngineError> {
        self.commit_and_keep().map(drop)
    }

    /// The same; what it read and wrote is left to the next unit.
    pub(crate) fn commit_and_keep(mut self) -> Result<Kept, EngineError> {
        self.count()?;
        if self.counters != self.counters_before {
            let counters = self.counters.clone();
            self.give(counters)?;
        }
        let Self { store, id, mut version, mut slots, .. } = self;
        let changed = usize::try_from(self.changed).unwrap_or_default();
        let (mut writes, mut scratch) = (Vec::with_capacity(changed), Vec::new());
        for (table, id, slot) in slots.iter_mut() {
            writes.extend(slot.write(table, id, &mut scratch)?);
        }
        if !writes.is_empty() {
            let commit = Commit { practice: id.clone(), version, writes };
            store.commit(&commit)?;
            // the version that this commit made, whatever came after it before the answer
            version = version.saturating_add(1);
            // both in the order of rows, and a slot that is changed still was written
            let written = slots.iter_mut().map(|(.., slot)| slot).filter(|slot| slot.change.is_some());
            for (slot, write) in written.zip(commit.writes) {
                slot.stored(write);
            }
        }
        Ok(Kept { version, slots })
    }

    /// Moves the counters of statistics by what the changed records add to and take from them.
    fn count(&mut self) -> Result<(), EngineError> {
        let mut sums = Sums::default();
        for (.., slot) in self.slots.iter() {
            slot.count(&mut sums)?;
        }
        let changes: Vec<Tally> = sums.changes().collect();
        self.foresee_rows(changes.iter().map(|sum| key::<Tally>(sum.row_id())).collect())?;
        for change in changes {
            let id = change.row_id();
            let nothing = Tally::empty(change.campaign.clone(), change.step, change.day);
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
