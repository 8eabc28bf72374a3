//! A row in a unit of work: its document, what that says, and what follows from it. Each is made when it is first asked for
//! and kept: most of what is read is never changed, and what is changed twice is written once.

use super::EngineError;
use super::counting::Sums;
use super::record::Record;
use crate::store::{Entry, RowKey, StoreError, Table, Write};
use std::any::Any;
use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

/// A document, a record, or both.
#[derive(Clone, Default)]
pub(super) struct Row {
    doc: OnceCell<String>,
    record: OnceCell<Rc<dyn Any>>,
    entries: OnceCell<Vec<Entry>>,
    lasting: OnceCell<Vec<Entry>>,
}

impl Row {
    /// A row as it was read.
    pub fn read(doc: String) -> Self {
        Self { doc: doc.into(), ..Self::default() }
    }

    /// A row that has no entries.
    fn nothing() -> Self {
        Self { entries: Vec::new().into(), lasting: Vec::new().into(), ..Self::default() }
    }

    /// A row as it is to be.
    pub fn of<R: Record>(record: R) -> Self {
        let record: Rc<dyn Any> = Rc::new(record);
        Self { record: record.into(), ..Self::default() }
    }

    /// What it says.
    pub fn record<R: Record>(&self) -> Result<Rc<R>, EngineError> {
        // a row is asked for as one type only, but for that the types do not vouch
        if let Some(Ok(record)) = self.record.get().cloned().map(Rc::downcast::<R>) {
            return Ok(record);
        }
        let record = Rc::new(parse::<R>(self.doc.get().map(String::as_str).unwrap_or_default())?);
        let _ = self.record.set(record.clone());
        Ok(record)
    }

    /// Its document. What is made of it on the way stands in `scratch`, so that the memory of one serves the next.
    pub fn doc<R: Record>(&self, scratch: &mut Vec<u8>) -> Result<&str, EngineError> {
        if self.doc.get().is_none() {
            scratch.clear();
            let corrupt = |error: &dyn fmt::Display| StoreError::Corrupt(error.to_string());
            serde_json::to_writer(&mut *scratch, &*self.record::<R>()?).map_err(|error| corrupt(&error))?;
            let doc = std::str::from_utf8(scratch).map_err(|error| corrupt(&error))?;
            let _ = self.doc.set(doc.to_owned());
        }
        Ok(self.doc.get().map(String::as_str).unwrap_or_default())
    }

    /// Its document as it was stored or made, whatever its type.
    pub fn text(&self) -> Option<&str> {
        self.doc.get().map(String::as_str)
    }

    /// Its entries but for the lasting ones, in no order.
    pub fn entries<R: Record>(&self) -> Result<&[Entry], EngineError> {
        derived(&self.entries, || Ok(self.record::<R>()?.entries()))
    }

    /// Its lasting entries, in no order.
    pub fn lasting<R: Record>(&self) -> Result<&[Entry], EngineError> {
        derived(&self.lasting, || Ok(self.record::<R>()?.lasting()))
    }

    /// Takes its entries, in order and each once.
    fn take_entries<R: Record>(&mut self) -> Result<Vec<Entry>, EngineError> {
        self.entries::<R>()?;
        Ok(in_order(self.entries.take()))
    }

    /// Takes its lasting entries, in order and each once.
    fn take_lasting<R: Record>(&mut self) -> Result<Vec<Entry>, EngineError> {
        self.lasting::<R>()?;
        Ok(in_order(self.lasting.take()))
    }
}

/// Entries that are made once.
fn derived(
    kept: &OnceCell<Vec<Entry>>,
    make: impl FnOnce() -> Result<Vec<Entry>, EngineError>,
) -> Result<&[Entry], EngineError> {
    if kept.get().is_none() {
        let _ = kept.set(make()?);
    }
    Ok(kept.get().map(Vec::as_slice).unwrap_or_default())
}

fn in_order(entries: Option<Vec<Entry>>) -> Vec<Entry> {
    let mut entries = entries.unwrap_or_default();
    entries.sort_unstable();
    entries.dedup();
    entries
}

/// All entries of a record.
#[cfg(feature = "testing")]
pub(super) fn all_entries<R: Record>(record: &R) -> Vec<Entry> {
    let mut entries = record.entries();
    entries.extend(record.lasting());
    entries
}

/// The entries that a change adds and those that it takes away. They are moved out of the rows: few of a unit's allocations
/// are for anything else, and what is added comes back with [`Slot::stored`].
#[derive(Default)]
pub(super) struct Changes {
    add: Vec<Entry>,
    /// Where the lasting ones begin among them.
    lasting_from: usize,
    remove: Vec<Entry>,
}

impl Changes {
    fn of<R: Record>(from: Option<&mut Row>, to: Option<&mut Row>) -> Result<Self, EngineError> {
        let mut changes = Self::default();
        let (mut nothing, mut gone) = (Row::nothing(), Row::nothing());
        let lasts = match (&from, &to) {
            (Some(from), Some(to)) => to.record::<R>()?.lasts_from(&*from.record::<R>()?),
            _ => false,
        };
        let (from, to) = (from.unwrap_or(&mut nothing), to.unwrap_or(&mut gone));
        to.entries = changes.note(from.take_entries::<R>()?, to.take_entries::<R>()?).into();
        changes.lasting_from = changes.add.len();
        if !lasts {
            to.lasting = changes.note(from.take_lasting::<R>()?, to.take_lasting::<R>()?).into();
        } else if to.lasting.get().is_none() {
            to.lasting = std::mem::take(&mut from.lasting);
        }
        Ok(changes)
    }

    /// Notes how one list becomes another, both in order; what stays is left.
    fn note(&mut self, from: Vec<Entry>, mut to: Vec<Entry>) -> Vec<Entry> {
        if from.is_empty() {
            self.add.append(&mut to);
            return to;
        }
        let mut from = from.into_iter().peekable();
        self.add.extend(to.extract_if(.., |entry| {
            while let Some(gone) = from.next_if(|other| *other < *entry) {
                self.remove.push(gone);
            }
            from.next_if_eq(entry).is_none()
        }));
        self.remove.extend(from);
        to
    }
}

/// Adds `sign` times what a row counts for in statistics.
fn count<R: Record>(row: &Row, sign: i64, sums: &mut Sums) -> Result<(), EngineError> {
    row.record::<R>()?.count(sign, sums);
    Ok(())
}

/// The type of a row's record, where only its questions are of interest.
pub(super) struct Kind {
    doc: for<'r> fn(&'r Row, &mut Vec<u8>) -> Result<&'r str, EngineError>,
    count: fn(&Row, i64, &mut Sums) -> Result<(), EngineError>,
    changes: fn(Option<&mut Row>, Option<&mut Row>) -> Result<Changes, EngineError>,
}

impl Kind {
    pub fn of<R: Record>() -> &'static Self {
        const { &Self { doc: Row::doc::<R>, count: count::<R>, changes: Changes::of::<R> } }
    }

    fn doc_of<'r>(
        &self,
        row: Option<&'r Row>,
        scratch: &mut Vec<u8>,
    ) -> Result<Option<&'r str>, EngineError> {
        row.map(|row| (self.doc)(row, scratch)).transpose()
    }
}

/// A row as it was read, and what this unit makes of it. Rows are boxed: units of work go through maps of slots, and sort
/// their keys.
#[derive(Clone, Default)]
pub(super) struct Slot {
    pub before: Option<Box<Row>>,
    pub change: Option<Change>,
}

/// What a row becomes: `to` is `None` when it is deleted.
#[derive(Clone)]
pub(super) struct Change {
    pub to: Option<Box<Row>>,
    pub kind: &'static Kind,
    /// Where the lasting ones begin among the entries that are lent to the store.
    lasting_from: usize,
}

impl Change {
    pub fn of<R: Record>(to: Option<R>) -> Self {
        Self { to: to.map(|record| Row::of(record).into()), kind: Kind::of::<R>(), lasting_from: 0 }
    }
}

impl Slot {
    pub fn read(doc: Option<String>) -> Self {
        Self { before: doc.map(|doc| Row::read(doc).into()), change: None }
    }

    /// As it is in this unit.
    pub fn now(&self) -> Option<&Row> {
        self.change.as_ref().map_or(&self.before, |change| &change.to).as_deref()
    }

    /// Counts what its change adds to statistics and takes from them.
    pub fn count(&self, sums: &mut Sums) -> Result<(), EngineError> {
        let Some(Change { to, kind, .. }) = &self.change else { return Ok(()) };
        for (row, sign) in [(&self.before, -1), (to, 1)] {
            if let Some(row) = row {
                (kind.count)(row, sign, sums)?;
            }
        }
        Ok(())
    }

    /// What is to be stored of it under its name; nothing where it is as it was, and then it is no change any more. The
    /// document and the entries are lent to the store: [`stored`](Self::stored) takes them back.
    pub fn write(
        &mut self,
        table: Table,
        id: &str,
        scratch: &mut Vec<u8>,
    ) -> Result<Option<Write>, EngineError> {
        let Some(Change { to, kind, lasting_from }) = &mut self.change else { return Ok(None) };
        let (old, new) = (self.before.as_deref_mut(), to.as_deref_mut());
        if kind.doc_of(old.as_deref(), scratch)? == kind.doc_of(new.as_deref(), scratch)? {
            self.change = None;
            return Ok(None);
        }
        let Changes { add, remove, lasting_from: from } = (kind.changes)(old, new)?;
        *lasting_from = from;
        let doc = to.as_mut().and_then(|row| row.doc.take());
        Ok(Some(Write { row: RowKey { table, id: id.to_owned() }, doc, add, remove }))
    }

    /// What was changed is stored: from now on the row is so, with the document and the entries that it was stored with.
    pub fn stored(&mut self, written: Write) {
        let Some(Change { mut to, lasting_from, .. }) = self.change.take() else { return };
        if let (Some(row), Some(doc)) = (&mut to, written.doc) {
            let _ = row.doc.set(doc);
            let mut changing = written.add;
            let lasting = changing.split_off(lasting_from.min(changing.len()));
            for (kept, lent) in [(&mut row.entries, changing), (&mut row.lasting, lasting)] {
                if let Some(kept) = kept.get_mut() {
                    kept.extend(lent);
                }
            }
        }
        self.before = to;
    }
}

/// Reads a stored document. The error names the type, never the content.
pub(crate) fn parse<R: Record>(doc: &str) -> Result<R, EngineError> {
    serde_json::from_str(doc).map_err(|error| {
        let what = format!("a row of table {} at column {}", R::TABLE, error.column());
        EngineError::Store(StoreError::Corrupt(what))
    })
}
