//! Many messages at once: rows of columns are rendered, on as many threads as asked for, without the interpreter's lock.

use crate::arrow::export_table;
use crate::classes::MISSING_ROW;
use crate::column::{Column, encodings};
use crate::columns::{self, Chunk};
use crate::failure;
use crate::room;
use crate::values::key;
use arrow_array::array::ArrayRef;
use arrow_array::{Array, Int64Array, LargeStringArray, RecordBatch, UInt32Array};
use arrow_buffer::{BooleanBuffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use depesza::model::Encoding;
use depesza::template::{self as core, BatchParts, ColumnsFault, MissingRow, Rows};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyTuple};
use std::ops::Range;
use std::sync::Arc;

/// Rows that are read and rendered before the next ones are: their places stay in the processor's cache.
const PIECE_ROWS: usize = 2048;
/// The most threads.
const MAX_THREADS: usize = 256;

/// Why rows could not be rendered.
enum Fault {
    /// The texts of a field's column.
    NotUtf8(usize),
    Columns(ColumnsFault),
    Thread,
}

/// The messages of a batch, and what each costs. Made by `Template.render_batch`.
///
/// `len` is the number of rows. It is a table to anything that reads Arrow (`polars.DataFrame(batch)`,
/// `pyarrow.table(batch)`, `pandas.DataFrame.from_arrow(batch)`), with the columns `text`, `encoding`, `segments` and
/// `cost_milli`. `repr` shows no text.
#[pyclass(module = "depesza", frozen)]
pub struct Batch {
    texts: LargeStringArray,
    encodings: Vec<Encoding>,
    segments: UInt32Array,
    missing: Vec<MissingRow>,
    part_milli: i64,
}

#[pymethods]
impl Batch {
    /// The messages: a `Column` of texts, `None` for a row without.
    #[getter]
    fn texts(&self) -> Column {
        Column::new(Arc::new(self.texts.clone()))
    }

    /// The coding of each message: a `Column` of `Encoding`, `None` for a row without message.
    #[getter]
    fn encodings(&self) -> PyResult<Column> {
        Ok(Column::new(self.encoding_array()?))
    }

    /// The parts of each message: a `Column` of integers, 0 for a row without message.
    #[getter]
    fn segments(&self) -> Column {
        Column::new(Arc::new(self.segments.clone()))
    }

    /// What each message costs: a `Column` of integers, in thousandths of the currency's unit.
    #[getter]
    fn costs_milli(&self) -> Column {
        Column::new(Arc::new(self.cost_array()))
    }

    /// Parts of all messages together.
    #[getter]
    fn parts(&self) -> u64 {
        self.segments.values().iter().map(|parts| u64::from(*parts)).sum()
    }

    /// What all messages cost together, in the currency's unit: an exact `decimal.Decimal`.
    #[getter]
    fn cost<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let milli = i128::from(self.parts()) * i128::from(self.part_milli);
        let sign = if milli < 0 { "-" } else { "" };
        let (units, rest) = (milli.unsigned_abs() / 1000, milli.unsigned_abs() % 1000);
        // from text: what is computed of a Decimal is rounded as the caller's context says
        py.import("decimal")?.getattr("Decimal")?.call1((format!("{sign}{units}.{rest:03}"),))
    }

    /// The rows without a message, as `MissingRow`, in their order.
    #[getter]
    fn missing<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let made: PyResult<Vec<_>> = self
            .missing
            .iter()
            .map(|missing| MISSING_ROW.make(py, (missing.row, &missing.placeholder)))
            .collect();
        PyTuple::new(py, made?)
    }

    fn __len__(&self) -> usize {
        self.texts.len()
    }

    fn __repr__(&self) -> String {
        format!("Batch(rows={}, parts={}, missing={})", self.texts.len(), self.parts(), self.missing.len())
    }

    /// The table as an Arrow stream (the Arrow PyCapsule interface). `requested_schema` is not looked at.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let _ = requested_schema;
        let columns: [(&str, ArrayRef); 4] = [
            ("text", Arc::new(self.texts.clone())),
            ("encoding", self.encoding_array()?),
            ("segments", Arc::new(self.segments.clone())),
            ("cost_milli", Arc::new(self.cost_array())),
        ];
        let table =
            RecordBatch::try_from_iter(columns).map_err(|error| PyValueError::new_err(error.to_string()))?;
        export_table(py, table)
    }
}

impl Batch {
    fn encoding_array(&self) -> PyResult<ArrayRef> {
        encodings(&self.encodings, self.texts.nulls().cloned())
    }

    fn cost_array(&self) -> Int64Array {
        let cost = |parts: &u32| i64::from(*parts).saturating_mul(self.part_milli);
        self.segments.values().iter().map(cost).collect::<Vec<_>>().into()
    }
}

/// Renders the rows of what a host gave.
pub fn render(data: &Bound<'_, PyAny>, rows: &Rows, threads: usize, part_milli: i64) -> PyResult<Batch> {
    let py = data.py();
    if !(1..=MAX_THREADS).contains(&threads) {
        return Err(PyValueError::new_err(format!("threads: expected 1 to {MAX_THREADS}")));
    }
    let (columns, count) = columns::read(data, rows.fields())?;
    let done = py.detach(|| all(rows, &columns, count, threads));
    let done = done.map_err(|fault| match fault {
        Fault::NotUtf8(field) => {
            let field = rows.fields().get(field);
            let name = field.map(|field| key(&field.name, field.slot)).unwrap_or_default();
            failure::column(py, &name, "a text that is not UTF-8")
        }
        Fault::Columns(fault) => PyValueError::new_err(fault.to_string()),
        Fault::Thread => PyRuntimeError::new_err("a thread could not be started, or ended early"),
    });
    // the producers' arrays are given back under the lock
    drop(columns);
    let BatchParts { text, ends, encodings, segments, missing } = done?.into_parts();
    Ok(Batch {
        texts: texts(text.into_bytes(), ends, &missing),
        encodings,
        segments: segments.into(),
        missing,
        part_milli,
    })
}

/// The rows in as many runs as there are threads, put together.
fn all(rows: &Rows, columns: &[columns::Column], count: usize, threads: usize) -> Result<core::Batch, Fault> {
    let length = count.div_ceil(threads).next_multiple_of(64).max(PIECE_ROWS);
    if count <= length {
        return some(rows, columns, 0..count, count);
    }
    let runs = (0..count).step_by(length).map(|start| start..count.min(start + length));
    let rendered = at_once(runs.map(|run| {
        // behind the first one there is room for the others
        let of = if run.start == 0 { count } else { run.len() };
        move || some(rows, columns, run, of)
    }))?;
    let mut rendered = rendered.into_iter();
    let mut first = rendered.next().unwrap_or_else(|| Ok(core::Batch::new()))?;
    for other in rendered {
        let other = other?;
        first.append(&other);
        room::keep(other.into_parts().text.into_bytes());
    }
    Ok(first)
}

/// The messages of some rows, with room for those `of` so many rows. Rows without one are counted from the first of these.
fn some(
    rows: &Rows,
    columns: &[columns::Column],
    run: Range<usize>,
    of: usize,
) -> Result<core::Batch, Fault> {
    let mut batch = core::Batch::new();
    let mut texts: Vec<Vec<&str>> = columns.iter().map(|_| Vec::with_capacity(PIECE_ROWS)).collect();
    let mut at = run.start;
    while at < run.end {
        // a piece lies in one chunk of every column
        let chunks: Vec<Option<(&Chunk, Range<usize>)>> =
            columns.iter().map(|column| column.chunk(at)).collect();
        let end = chunks.iter().flatten().map(|(_, rows)| rows.end).fold(run.end, usize::min);
        let end = end.min(at + PIECE_ROWS);
        let mut values = Vec::with_capacity(columns.len());
        for (field, ((column, chunk), texts)) in columns.iter().zip(&chunks).zip(&mut texts).enumerate() {
            texts.clear();
            if let Some((chunk, rows)) = chunk {
                let within = at - rows.start..end - rows.start;
                chunk.read(within, texts).map_err(|_| Fault::NotUtf8(field))?;
            }
            values.push(match column {
                columns::Column::Missing => core::Column::Same(""),
                columns::Column::Same(text) => core::Column::Same(text),
                columns::Column::Chunks { .. } => core::Column::Texts(texts),
            });
        }
        rows.append_batch(end - at, &values, &mut batch).map_err(Fault::Columns)?;
        if at == run.start && end < run.start + of {
            // by the first rows, and a little more: what is never written to costs nothing
            let bytes = batch.text().len().div_ceil(end - at).saturating_mul(of);
            batch.reserve(of);
            batch.move_text_into(room::of(bytes.saturating_add(bytes / 8)));
        }
        at = end;
    }
    Ok(batch)
}

/// Runs each on a thread of its own; the answers in their order.
fn at_once<T: Send>(work: impl Iterator<Item = impl FnOnce() -> T + Send>) -> Result<Vec<T>, Fault> {
    std::thread::scope(|scope| {
        let threads: Result<Vec<_>, _> =
            work.map(|work| std::thread::Builder::new().spawn_scoped(scope, work)).collect();
        let threads = threads.map_err(|_| Fault::Thread)?;
        threads.into_iter().map(|thread| thread.join().map_err(|_| Fault::Thread)).collect()
    })
}

/// The messages as Arrow has them; a row without one is null.
fn texts(bytes: Vec<u8>, mut ends: Vec<usize>, missing: &[MissingRow]) -> LargeStringArray {
    let rows = ends.len();
    ends.insert(0, 0);
    // in the same place; an allocation is never longer than an i64 counts
    let offsets: Vec<i64> = ends.into_iter().map(|end| i64::try_from(end).unwrap_or(i64::MAX)).collect();
    let nulls = (!missing.is_empty()).then(|| {
        let mut valid = vec![true; rows];
        for place in missing.iter().map(|missing| missing.row) {
            valid.get_mut(place).into_iter().for_each(|valid| *valid = false);
        }
        NullBuffer::new(BooleanBuffer::from(valid))
    });
    crate::arrow::messages(OffsetBuffer::new(ScalarBuffer::from(offsets)), room::kept(bytes), nulls)
}
