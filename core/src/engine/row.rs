//! A row in a unit of work: its document, what that says, and what follows from it. Each is made when it is first asked for
//! and kept: most of what is read is never changed, and what is changed twice is written once.

use super::EngineError;
use super::record::Record;
use crate::model::Tally;
use crate::store::{Entry, RowKey, StoreError, Write};
use std::any::Any;
use std::cell::OnceCell;
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

    /// Its document.
    pub fn doc<R: Record>(&self) -> Result<&str, EngineError> {
        if self.doc.get().is_none() {
            let doc = serde_json::to_string(&*self.record::<R>()?);
            let _ = self.doc.set(doc.map_err(|error| StoreError::Corrupt(error.to_string()))?);
        }
        Ok(self.doc.get().map(String::as_str).unwrap_or_default())
    }

    /// Its document as it was stored or made, whatever its type.
    pub fn text(&self) -> Option<&str> {
        self.doc.get().map(String::as_str)
    }

    /// Its entries but for the lasting ones, in order.
    pub fn entries<R: Record>(&self) -> Result<&[Entry], EngineError> {
        derived(&self.entries, || Ok(self.record::<R>()?.entries()))
    }

    /// Its lasting entries, in order.
    pub fn lasting<R: Record>(&self) -> Result<&[Entry], EngineError> {
        derived(&self.lasting, || Ok(self.record::<R>()?.lasting()))
    }
}

/// Entries that are made once, in order and each once.
fn derived(
    kept: &OnceCell<Vec<Entry>>,
    make: impl FnOnce() -> Result<Vec<Entry>, EngineError>,
) -> Result<&[Entry], EngineError> {
    if kept.get().is_none() {
        let mut entries = make()?;
        entries.sort_unstable();
        entries.dedup();
        let _ = kept.set(entries);
    }
    Ok(kept.get().map(Vec::as_slice).unwrap_or_default())
}

/// All entries of a record.
#[cfg(feature = "testing")]
pub(super) fn all_entries<R: Record>(record: &R) -> Vec<Entry> {
    let mut entries = record.entries();
    entries.extend(record.lasting());
    entries
}

/// The entries that a change adds and those that it takes away.
fn changes<R: Record>(from: Option<&Row>, to: Option<&Row>) -> Result<(Vec<Entry>, Vec<Entry>), EngineError> {
    let record = |row: Option<&Row>| row.map(Row::record::<R>).transpose();
    let lasts = record(from)?.zip(record(to)?).is_some_and(|(from, to)| to.lasts_from(&from));
    let (mut add, mut remove) = differences(entries_of::<R>(from)?, entries_of::<R>(to)?);
    if !lasts {
        let (added, removed) = differences(lasting_of::<R>(from)?, lasting_of::<R>(to)?);
        add.extend(added);
        remove.extend(removed);
    }
    Ok((add, remove))
}

fn entries_of<R: Record>(row: Option<&Row>) -> Result<&[Entry], EngineError> {
    row.map_or(Ok(&[]), Row::entries::<R>)
}

fn lasting_of<R: Record>(row: Option<&Row>) -> Result<&[Entry], EngineError> {
    row.map_or(Ok(&[]), Row::lasting::<R>)
}

/// What the second list has and the first has not, and the other way round.
fn differences(from: &[Entry], to: &[Entry]) -> (Vec<Entry>, Vec<Entry>) {
    (without(to, from), without(from, to))
}

/// What a record counts for in statistics.
fn tally<R: Record>(row: &Row) -> Result<Option<Tally>, EngineError> {
    Ok(row.record::<R>()?.tally())
}

/// The type of a row's record, where only its questions are of interest.
pub(super) struct Kind {
    pub doc: fn(&Row) -> Result<&str, EngineError>,
    pub tally: fn(&Row) -> Result<Option<Tally>, EngineError>,
    pub changes: Changes,
}

type Changes = fn(Option<&Row>, Option<&Row>) -> Result<(Vec<Entry>, Vec<Entry>), EngineError>;

impl Kind {
    pub fn of<R: Record>() -> &'static Self {
        const { &Self { doc: Row::doc::<R>, tally: tally::<R>, changes: changes::<R> } }
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
}

impl Slot {
    pub fn read(doc: Option<String>) -> Self {
        Self { before: doc.map(|doc| Row::read(doc).into()), change: None }
    }

    /// As it is in this unit.
    pub fn now(&self) -> Option<&Row> {
        self.change.as_ref().map_or(&self.before, |change| &change.to).as_deref()
    }

    /// What is to be stored of it under its name; nothing where it is as it was, and then it is no change any more. The
    /// document is lent to the store: [`stored`](Self::stored) takes it back.
    pub fn write(&mut self, row: &RowKey) -> Result<Option<Write>, EngineError> {
        let Some(Change { to, kind }) = &mut self.change else { return Ok(None) };
        let (old, new) = (self.before.as_deref(), to.as_deref());
        if old.map(kind.doc).transpose()? == new.map(kind.doc).transpose()? {
            self.change = None;
            return Ok(None);
        }
        let (add, remove) = (kind.changes)(old, new)?;
        let doc = to.as_mut().and_then(|row| row.doc.take());
        Ok(Some(Write { row: row.clone(), doc, add, remove }))
    }

    /// What was changed is stored: from now on the row is so, with the document that it was stored as.
    pub fn stored(&mut self, doc: Option<String>) {
        let Some(Change { to, .. }) = self.change.take() else { return };
        if let (Some(row), Some(doc)) = (&to, doc) {
            let _ = row.doc.set(doc);
        }
        self.before = to;
    }
}

/// Entries of `these` that are not among `those`; both in their order.
fn without(these: &[Entry], those: &[Entry]) -> Vec<Entry> {
    let mut those = those.iter().peekable();
    let is_new = |entry: &&Entry| {
        while those.next_if(|other| other < entry).is_some() {}
        those.peek() != Some(entry)
    };
    these.iter().filter(is_new).cloned().collect()
}

/// Reads a stored document. The error names the type, never the content.
pub(crate) fn parse<R: Record>(doc: &str) -> Result<R, EngineError> {
    serde_json::from_str(doc).map_err(|error| {
        let what = format!("a row of table {} at column {}", R::TABLE, error.column());
        EngineError::Store(StoreError::Corrupt(what))
    })
}
