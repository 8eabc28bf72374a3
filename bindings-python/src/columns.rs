//! Columns of texts as Python has them: Arrow arrays by their buffers, lists, one text for all rows, nothing.
//!
//! No Python object is made for a row of an Arrow column. A missing value is an empty text, as the core has it.

use crate::arrow::{Imported, import, short_text, text};
use crate::failure::{self, column as fault};
use crate::values::{is_key, key};
use arrow_array::array::{ArrayRef, LargeStringArray};
use arrow_array::builder::LargeStringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, GenericStringArray, OffsetSizeTrait, StringArray, StringViewArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use depesza::template::Field;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyMapping, PyString};
use std::ops::Range;

/// The longest text that stands in a view itself.
const INLINE_BYTES: usize = 12;
/// The bytes of a view.
const VIEW_BYTES: usize = 16;

/// The values of one field.
pub enum Column {
    /// None, in any row.
    Missing,
    /// One text for all rows.
    Same(String),
    /// Chunks one after another, and before which row each of them ends.
    Chunks { chunks: Vec<Chunk>, ends: Vec<usize> },
}

/// Rows that lie in one array.
pub enum Chunk {
    Utf8(StringArray),
    LargeUtf8(LargeStringArray),
    Views(StringViewArray),
    /// A place in a list of texts for each row.
    Dictionary {
        keys: Vec<usize>,
        nulls: Option<NullBuffer>,
        texts: Box<Chunk>,
    },
    /// So many rows without a value.
    Null(usize),
}

/// Bytes that are no UTF-8.
pub struct NotUtf8;

impl Column {
    /// Its rows; `None` where it has as many as the others.
    pub fn rows(&self) -> Option<usize> {
        match self {
            Self::Missing | Self::Same(_) => None,
            Self::Chunks { ends, .. } => Some(ends.last().copied().unwrap_or_default()),
        }
    }

    fn of(chunks: Vec<Chunk>) -> Self {
        let mut rows = 0;
        let ends = chunks.iter().map(|chunk| {
            rows += chunk.rows();
            rows
        });
        Self::Chunks { ends: ends.collect(), chunks }
    }

    /// The chunk in which a row lies, and the rows of the column that the chunk has.
    pub fn chunk(&self, row: usize) -> Option<(&Chunk, Range<usize>)> {
        let Self::Chunks { chunks, ends } = self else { return None };
        let place = ends.partition_point(|end| *end <= row);
        let start = place.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or_default();
        Some((chunks.get(place)?, start..*ends.get(place)?))
    }
}

impl Chunk {
    fn rows(&self) -> usize {
        match self {
            Self::Utf8(array) => array.len(),
            Self::LargeUtf8(array) => array.len(),
            Self::Views(array) => array.len(),
            Self::Dictionary { keys, .. } => keys.len(),
            Self::Null(rows) => *rows,
        }
    }

    fn of(array: &ArrayRef) -> Option<Self> {
        match array.data_type() {
            DataType::Utf8 => Some(Self::Utf8(array.as_string::<i32>().clone())),
            DataType::LargeUtf8 => Some(Self::LargeUtf8(array.as_string::<i64>().clone())),
            DataType::Utf8View => Some(Self::Views(array.as_string_view().clone())),
            DataType::Null => Some(Self::Null(array.len())),
            // as `arrow.rs` reads what has no values
            DataType::Struct(fields) if fields.is_empty() => Some(Self::Null(array.len())),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary_opt()?;
                if dictionary.values().is_empty() {
                    return Some(Self::Null(array.len()));
                }
                let texts = Box::new(Self::of(dictionary.values())?);
                // an index of a dictionary in a dictionary is nobody's
                (!matches!(*texts, Self::Dictionary { .. })).then_some(())?;
                Some(Self::Dictionary {
                    keys: dictionary.normalized_keys(),
                    nulls: array.nulls().cloned(),
                    texts,
                })
            }
            _ => None,
        }
    }

    /// The texts of some of its rows, after what `into` holds.
    pub fn read<'a>(&'a self, rows: Range<usize>, into: &mut Vec<&'a str>) -> Result<(), NotUtf8> {
        match self {
            Self::Utf8(array) => by_offsets(array, rows, into),
            Self::LargeUtf8(array) => by_offsets(array, rows, into),
            Self::Views(array) => by_views(array, rows, into),
            Self::Null(_) => {
                into.extend(rows.map(|_| ""));
                Ok(())
            }
            Self::Dictionary { keys, nulls, texts } => {
                for row in rows {
                    match keys.get(row).filter(|_| is_valid(nulls.as_ref(), row)) {
                        Some(key) => texts.read(*key..*key + 1, into)?,
                        None => into.push(""),
                    }
                }
                Ok(())
            }
        }
    }
}

fn is_valid(nulls: Option<&NullBuffer>, row: usize) -> bool {
    nulls.is_none_or(|nulls| nulls.is_valid(row))
}

/// One look at all bytes of the rows, then a text between each two offsets; what lies in a null row is nobody's.
fn by_offsets<'a, O: OffsetSizeTrait>(
    array: &'a GenericStringArray<O>,
    rows: Range<usize>,
    into: &mut Vec<&'a str>,
) -> Result<(), NotUtf8> {
    let offsets = array.value_offsets().get(rows.start..=rows.end).unwrap_or_default();
    let (Some(first), Some(last)) = (offsets.first(), offsets.last()) else { return Ok(()) };
    let first = first.as_usize();
    let bytes = array.value_data().get(first..last.as_usize()).ok_or(NotUtf8)?;
    let Some(mut texts) = text(bytes) else { return one_by_one(array, rows, into) };
    let (before, mut is_cut) = (into.len(), false);
    let between = offsets.array_windows().map(|[start, end]| {
        match texts.split_at_checked(end.as_usize().wrapping_sub(start.as_usize())) {
            Some((text, after)) => {
                texts = after;
                text
            }
            None => {
                is_cut = true;
                ""
            }
        }
    });
    match array.nulls() {
        None => into.extend(between),
        Some(nulls) => {
            let known = |(row, text)| if nulls.is_valid(row) { text } else { "" };
            into.extend(rows.clone().zip(between).map(known));
        }
    }
    if is_cut {
        into.truncate(before);
        return one_by_one(array, rows, into);
    }
    Ok(())
}

/// Each text for itself: what is no UTF-8 may lie in null rows.
fn one_by_one<'a, O: OffsetSizeTrait>(
    array: &'a GenericStringArray<O>,
    rows: Range<usize>,
    into: &mut Vec<&'a str>,
) -> Result<(), NotUtf8> {
    let nulls = array.nulls().ok_or(NotUtf8)?;
    let offsets = array.value_offsets().get(rows.start..=rows.end).unwrap_or_default();
    for (row, pair) in rows.zip(offsets.windows(2)) {
        into.push(match pair {
            [start, end] if nulls.is_valid(row) => {
                let bytes = array.value_data().get(start.as_usize()..end.as_usize());
                bytes.and_then(text).ok_or(NotUtf8)?
            }
            _ => "",
        });
    }
    Ok(())
}

/// A view is its length, then the text or where it lies (Arrow, "Variable-size Binary View Layout").
fn by_views<'a>(
    array: &'a StringViewArray,
    rows: Range<usize>,
    into: &mut Vec<&'a str>,
) -> Result<(), NotUtf8> {
    let views = array.views().inner().as_slice();
    let buffers = array.data_buffers();
    let nulls = array.nulls();
    let views = views.get(rows.start * VIEW_BYTES..rows.end * VIEW_BYTES).unwrap_or_default();
    let found = |view: &'a [u8; VIEW_BYTES]| {
        let [number, _, buffer, offset] = view.as_chunks::<4>().0 else { return None };
        let word = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).unwrap_or(usize::MAX);
        let length = word(number);
        if length <= INLINE_BYTES {
            return short_text(view, length);
        }
        let start = word(offset);
        text(buffers.get(word(buffer))?.get(start..start.checked_add(length)?)?)
    };
    let mut is_text = true;
    into.extend(rows.zip(views.as_chunks::<VIEW_BYTES>().0).map(|(row, view)| {
        if !is_valid(nulls, row) {
            return "";
        }
        let text = found(view);
        is_text &= text.is_some();
        text.unwrap_or_default()
    }));
    if is_text { Ok(()) } else { Err(NotUtf8) }
}

/// The columns of a template's fields, by name, from a mapping, a dataframe or a table, and how many rows they have.
pub fn read(data: &Bound<'_, PyAny>, fields: &[Field]) -> PyResult<(Vec<Column>, usize)> {
    let table = Table::of(data)?;
    let mut columns = Vec::new();
    for field in fields {
        let name = key(&field.name, field.slot);
        columns.push(table.column(&name)?);
    }
    let rows = table.rows(&columns)?;
    for (field, column) in fields.iter().zip(&columns) {
        if let Some(got) = column.rows().filter(|got| *got != rows) {
            let name = key(&field.name, field.slot);
            return Err(fault(data.py(), &name, &format!("expected {rows} rows, got {got}")));
        }
    }
    Ok((columns, rows))
}

/// What a host gave, by names.
enum Table<'py> {
    /// Something that is asked by name: a mapping, pandas, polars, pyarrow.
    Named { of: Bound<'py, PyAny>, names: Vec<String> },
    /// Any other producer of a table.
    Chunks { py: Python<'py>, names: Vec<String>, chunks: Vec<ArrayRef> },
}

impl<'py> Table<'py> {
    fn of(data: &Bound<'py, PyAny>) -> PyResult<Self> {
        let names = match data.cast::<PyMapping>() {
            Ok(mapping) => Some(mapping.keys()?.into_any()),
            Err(_) => match data.getattr_opt("column_names")? {
                Some(names) => Some(names),
                None => data.getattr_opt("columns")?,
            },
        };
        if let Some(names) = names.filter(|names| !names.is_callable())
            && data.hasattr("__getitem__")?
        {
            let mut texts = Vec::new();
            for name in names.try_iter()? {
                // dataframes may have other names than texts
                texts.extend(name?.extract::<String>().ok());
            }
            return Ok(Self::Named { of: data.clone(), names: texts });
        }
        let Imported { data_type, chunks } = import(data, "columns")?.ok_or_else(|| {
            PyTypeError::new_err(
                "columns: expected a mapping, a dataframe, or a table with __arrow_c_stream__",
            )
        })?;
        let DataType::Struct(fields) = data_type else {
            return Err(PyTypeError::new_err("columns: expected a table, got one column"));
        };
        let names = fields.iter().map(|field| field.name().clone()).collect();
        Ok(Self::Chunks { py: data.py(), names, chunks })
    }

    /// The exact name counts first, then any way to write it.
    fn column(&self, name: &str) -> PyResult<Column> {
        let (py, names) = match self {
            Self::Named { of, names } => (of.py(), names),
            Self::Chunks { py, names, .. } => (*py, names),
        };
        let place = names
            .iter()
            .position(|known| known == name)
            .or_else(|| names.iter().position(|known| is_key(known, name)));
        let (Some(place), Some(written)) = (place, place.and_then(|place| names.get(place))) else {
            return Err(fault(py, name, "not there; give None to have the fallback in every row"));
        };
        match self {
            Self::Named { of, .. } => column(name, &of.get_item(written)?),
            Self::Chunks { chunks, .. } => {
                let of_it =
                    chunks.iter().filter_map(|chunk| Some(chunk.as_struct_opt()?.column(place).clone()));
                chunked(py, name, of_it)
            }
        }
    }

    /// Those of the columns that have their own; of a table without such, its own.
    fn rows(&self, columns: &[Column]) -> PyResult<usize> {
        if let Some(rows) = columns.iter().find_map(Column::rows) {
            return Ok(rows);
        }
        match self {
            Self::Chunks { chunks, .. } => Ok(chunks.iter().map(|chunk| chunk.len()).sum()),
            Self::Named { of, .. } if of.cast::<PyMapping>().is_ok() => Ok(1),
            Self::Named { of, .. } => of.len(),
        }
    }
}

fn column(name: &str, values: &Bound<'_, PyAny>) -> PyResult<Column> {
    let py = values.py();
    if values.is_none() {
        return Ok(Column::Missing);
    }
    if let Ok(text) = values.cast::<PyString>() {
        return Ok(Column::Same(text.to_str()?.to_owned()));
    }
    if let Some(imported) = import(values, name)? {
        return chunked(py, name, imported.chunks.into_iter());
    }
    let mut texts = LargeStringBuilder::new();
    let Ok(rows) = values.try_iter() else {
        return Err(fault(py, name, &format!("expected texts, got {}", values.get_type().name()?)));
    };
    for (row, value) in rows.enumerate() {
        let value = value?;
        match value.cast::<PyString>() {
            Ok(text) => texts.append_value(text.to_str()?),
            Err(_) if is_missing(&value)? => texts.append_null(),
            Err(_) => {
                let got = value.get_type().name()?;
                return Err(failure::row(py, name, row, &format!("expected str or None, got {got}")));
            }
        }
    }
    Ok(Column::of(vec![Chunk::LargeUtf8(texts.finish())]))
}

/// `None`, and what pandas has in its stead: NaN, `NaT`, `NA`.
fn is_missing(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    if let Ok(number) = value.cast::<PyFloat>() {
        return Ok(number.value().is_nan());
    }
    Ok(value.is_none() || matches!(value.get_type().name()?.to_str()?, "NAType" | "NaTType"))
}

fn chunked(py: Python<'_>, name: &str, arrays: impl Iterator<Item = ArrayRef>) -> PyResult<Column> {
    let mut chunks = Vec::new();
    for array in arrays.filter(|array| !array.is_empty()) {
        let chunk = Chunk::of(&array).ok_or_else(|| {
            fault(py, name, &format!("expected texts, got {}; make texts of it first", array.data_type()))
        })?;
        chunks.push(chunk);
    }
    Ok(Column::of(chunks))
}
