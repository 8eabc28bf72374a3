//! A host's own store and gateway, written in Python, as the engine's traits.
//!
//! The engine runs without the GIL; it is taken for each call of a method and given back. What a method raises never passes the
//! engine as something else than it is: of a store it is "not available", of a gateway's answers "nobody knows", never "refused".
//! It is not lost either: a store's exception becomes the cause of the refusal, and what no refusal speaks of goes to
//! `sys.unraisablehook`. The adapters in `python/depesza/_hosting.py` turn tuples and JSON into classes.

use crate::classes::Class;
use depesza::gateway::Gateway;
use depesza::model::{Capabilities, LookupResult, PracticeId, Submission, SubmitResult, Timestamp};
use depesza::store::{Commit, Entry, Found, Index, Order, RowKey, Scan, Store, StoreError, Table, Turn};
use pyo3::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::cell::RefCell;

static CONFLICT: Class = Class::new("depesza.store", "ConflictError");
static CORRUPT: Class = Class::new("depesza.store", "CorruptError");

thread_local! {
    /// What a store of the host's raised in the call that this thread is in.
    static RAISED: Raised = const { Raised(RefCell::new(None)) };
}

/// An exception that nobody has taken yet. A thread that ends with one tells it to whoever listens.
struct Raised(RefCell<Option<PyErr>>);

impl Drop for Raised {
    fn drop(&mut self) {
        if let Some(error) = self.0.take() {
            Python::try_attach(|py| error.write_unraisable(py, None));
        }
    }
}

/// Takes what was raised in this call.
pub fn take() -> Option<PyErr> {
    RAISED.with(|raised| raised.0.take())
}

/// What was raised though the call was done, or before it: tells it to whoever listens.
pub fn report(py: Python<'_>) {
    if let Some(error) = take() {
        error.write_unraisable(py, None);
    }
}

fn keep(py: Python<'_>, error: PyErr) {
    report(py);
    RAISED.with(|raised| raised.0.replace(Some(error)));
}

/// A host's own store.
pub struct OwnStore {
    adapter: Py<PyAny>,
}

/// A row with the key it stands under: key, table, id, document.
type FoundRow = (String, String, String, String);

impl OwnStore {
    pub fn new(adapter: Bound<'_, PyAny>) -> Self {
        Self { adapter: adapter.unbind() }
    }

    fn ask<T>(&self, ask: impl for<'py> FnOnce(&Bound<'py, PyAny>) -> PyResult<T>) -> Result<T, StoreError> {
        Python::attach(|py| ask(self.adapter.bind(py)).map_err(|error| refused(py, error)))
    }
}

/// What a store's exception means to the engine.
fn refused(py: Python<'_>, error: PyErr) -> StoreError {
    let value = error.value(py);
    let is = |class: &Class| class.get(py).is_ok_and(|class| value.is_instance(class).unwrap_or(false));
    let number = |name: &str| value.getattr(name).and_then(|number| number.extract::<u64>());
    if is(&CONFLICT)
        && let (Ok(expected), Ok(found)) = (number("expected"), number("found"))
    {
        return StoreError::Conflict { expected, found };
    }
    let corrupt = is(&CORRUPT);
    // its text may quote anything, so only its kind goes on
    let kind = value.get_type().name().map(|name| name.to_string()).unwrap_or_default();
    let said = format!("the host's store raised {kind}");
    keep(py, error);
    if corrupt { StoreError::Corrupt(said) } else { StoreError::Unavailable(said) }
}

fn table(name: &str) -> PyResult<Table> {
    Table::from_name(name).ok_or_else(|| crate::failure::not_one_of("table", "the name of a table"))
}

fn pairs(entries: &[Entry]) -> Vec<(&str, &str)> {
    entries.iter().map(|entry| (entry.index.name(), entry.key.as_str())).collect()
}

fn found(rows: Vec<FoundRow>) -> PyResult<Vec<Found>> {
    rows.into_iter()
        .map(|(key, of, id, doc)| Ok(Found { key, row: RowKey { table: table(&of)?, id }, doc }))
        .collect()
}

type ScanArguments<'a> = (&'a str, &'a str, &'a str, u32, bool);

fn scanned(scan: &Scan) -> ScanArguments<'_> {
    (scan.index.name(), &scan.from, &scan.to, scan.limit, scan.order == Order::Descending)
}

impl Store for OwnStore {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.ask(|store| store.call_method1("version", (practice.as_str(),))?.extract())
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        let rows: Vec<_> = rows.iter().map(|row| (row.table.name(), row.id.as_str())).collect();
        self.ask(|store| store.call_method1("read", (practice.as_str(), rows))?.extract())
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let arguments = (practice.as_str(), table.name(), from, to, limit);
        self.ask(|store| store.call_method1("list", arguments)?.extract())
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        self.ask(|store| {
            let scan = scanned(scan);
            found(store.call_method1("scan", (practice.as_str(), scan))?.extract()?)
        })
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        let writes: Vec<_> = commit
            .writes
            .iter()
            .map(|write| {
                let RowKey { table, id } = &write.row;
                (table.name(), id, write.doc.as_deref(), pairs(&write.add), pairs(&write.remove))
            })
            .collect();
        let arguments = (commit.practice.as_str(), commit.version, writes);
        self.ask(|store| store.call_method1("commit", arguments)?.extract())
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.ask(|store| {
            let rows: Vec<(String, String, String)> =
                store.call_method1("find", (index.name(), key))?.extract()?;
            rows.into_iter()
                .map(|(practice, of, id)| Ok((PracticeId::new(practice), RowKey { table: table(&of)?, id })))
                .collect()
        })
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.ask(|store| {
            let due: Vec<(String, i64)> =
                store.call_method1("due", (queue.name(), until.ms(), limit))?.extract()?;
            Ok(due.into_iter().map(|(id, at)| (PracticeId::new(id), Timestamp::from_ms(at))).collect())
        })
    }

    fn scans(&self, practice: &PracticeId, scans: &[Scan]) -> Result<Vec<Vec<Found>>, StoreError> {
        self.ask(|store| {
            let scans: Vec<_> = scans.iter().map(scanned).collect();
            let all: Vec<Vec<FoundRow>> =
                store.call_method1("scans", (practice.as_str(), scans))?.extract()?;
            all.into_iter().map(found).collect()
        })
    }

    fn turn(
        &self,
        practice: &PracticeId,
        queue: Index,
        until: Timestamp,
    ) -> Result<Option<Turn<'_>>, StoreError> {
        let given = self.ask(|store| {
            let given = store.call_method1("turn", (practice.as_str(), queue.name(), until.ms()))?;
            Ok((!given.is_none()).then(|| given.unbind()))
        })?;
        Ok(given.map(|turn| Turn::holding(HeldTurn(turn))))
    }

    fn scrub(&self) -> Result<(), StoreError> {
        self.ask(|store| store.call_method0("scrub").map(drop))
    }
}

/// A turn that the host's store gave; it ends as this is dropped.
struct HeldTurn(Py<PyAny>);

impl Drop for HeldTurn {
    fn drop(&mut self) {
        Python::attach(|py| {
            if let Err(error) = self.0.call0(py) {
                error.write_unraisable(py, None);
            }
        });
    }
}

/// A host's own gateway.
pub struct OwnGateway {
    adapter: Py<PyAny>,
    capabilities: Capabilities,
}

impl OwnGateway {
    /// Asks for its capabilities, which are constant.
    pub fn new(adapter: &Bound<'_, PyAny>) -> PyResult<Self> {
        let capabilities: String = adapter.call_method0("capabilities")?.extract()?;
        let capabilities = read(&capabilities)?;
        Ok(Self { adapter: adapter.clone().unbind(), capabilities })
    }

    /// What it answers; what it raises is told to whoever listens, and answered for by `otherwise`.
    fn ask<T>(
        &self,
        method: &str,
        argument: Option<&str>,
        read: impl FnOnce(Bound<'_, PyAny>) -> PyResult<T>,
        otherwise: impl FnOnce(String) -> T,
    ) -> T {
        Python::attach(|py| {
            let adapter = self.adapter.bind(py);
            let answer = match argument {
                Some(argument) => adapter.call_method1(method, (argument,)),
                None => adapter.call_method0(method),
            };
            answer.and_then(read).unwrap_or_else(|error| {
                let kind = error.get_type(py).name().map(|name| name.to_string()).unwrap_or_default();
                error.write_unraisable(py, Some(adapter));
                otherwise(format!("the host's gateway raised {kind}"))
            })
        })
    }
}

fn read<T: DeserializeOwned>(text: &str) -> PyResult<T> {
    serde_json::from_str(text)
        .map_err(|_| crate::failure::not_one_of("answer", "what the gateway is to answer"))
}

fn written(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

impl Gateway for OwnGateway {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let json = |answer: Bound<'_, PyAny>| read(&answer.extract::<String>()?);
        let nobody_knows = |why: String| vec![SubmitResult::Unknown { why }; batch.len()];
        self.ask("submit", Some(&written(batch)), json, nobody_knows)
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        let json = |answer: Bound<'_, PyAny>| read(&answer.extract::<String>()?);
        self.ask("look_up", Some(reference), json, |_| LookupResult::Unsure {})
    }

    fn cancel(&self, reference: &str) -> bool {
        self.ask("cancel", Some(reference), |answer| answer.extract(), |_| false)
    }

    fn balance_milli(&self) -> Option<i64> {
        self.ask("balance_milli", None, |answer| answer.extract(), |_| None)
    }
}
