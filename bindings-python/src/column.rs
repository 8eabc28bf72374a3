//! A column of a batch: a sequence to Python, an array to Arrow.

use crate::arrow::{export, export_schema};
use crate::text::{encoding, encoding_name};
use arrow_array::array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int64Type, UInt32Type};
use arrow_array::{Array, DictionaryArray, Int8Array, StringArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use depesza::model::Encoding;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyIndexError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList, PySlice, PyType};
use std::sync::Arc;

/// The order of the codings in the dictionary of an encodings column.
const ENCODINGS: [Encoding; 2] = [Encoding::Gsm7, Encoding::Ucs2];

/// A column of a `Batch`: a sequence whose items are made when they are asked for.
///
/// An array to anything that reads Arrow, without a copy (`polars.Series(column)`, `pyarrow.array(column)`,
/// `pandas.Series.from_arrow(column)`). A slice is a column too. Equal to a column with the same items; `repr` shows none.
#[pyclass(module = "depesza", frozen, sequence)]
pub struct Column {
    array: ArrayRef,
}

#[pymethods]
impl Column {
    fn __len__(&self) -> usize {
        self.array.len()
    }

    fn __getitem__<'py>(slf: &Bound<'py, Self>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        let length = isize::try_from(this.array.len()).unwrap_or(isize::MAX);
        if let Ok(slice) = index.cast::<PySlice>() {
            let part = slice.indices(length)?;
            if part.step != 1 {
                return Err(PyValueError::new_err("step: expected 1"));
            }
            let start = usize::try_from(part.start).unwrap_or_default();
            return Self::new(this.array.slice(start, part.slicelength)).into_bound_py_any(py);
        }
        let row = match index.extract::<isize>() {
            Ok(row) if row < 0 => row.checked_add(length),
            Ok(row) => Some(row),
            // an integer that no place has
            Err(error) if error.is_instance_of::<PyOverflowError>(py) => None,
            Err(_) => return Err(PyTypeError::new_err("index: expected an integer or a slice")),
        };
        let row = row.and_then(|row| usize::try_from(row).ok()).filter(|row| *row < this.array.len());
        this.item(py, row.ok_or_else(|| PyIndexError::new_err("index: no such row"))?)
    }

    fn __iter__(slf: Py<Self>) -> ColumnIterator {
        ColumnIterator { of: slf, next: 0.into() }
    }

    fn __eq__(&self, other: &Self) -> bool {
        *self.array == *other.array
    }

    fn __repr__(&self) -> String {
        let of = match self.array.data_type() {
            DataType::LargeUtf8 => "texts",
            DataType::Dictionary(..) => "encodings",
            _ => "integers",
        };
        format!("Column({of}, rows={})", self.array.len())
    }

    /// All items as a list.
    fn to_list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let items: PyResult<Vec<_>> = (0..self.array.len()).map(|row| self.item(py, row)).collect();
        PyList::new(py, items?)
    }

    /// The column as an Arrow array (the Arrow PyCapsule interface). `requested_schema` is not looked at.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_array__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
        let _ = requested_schema;
        export(py, &self.array)
    }

    /// The type of the column (the Arrow PyCapsule interface).
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        export_schema(py, &self.array)
    }

    /// The class with its items' type, for type checkers: `Column[int]`.
    #[classmethod]
    #[pyo3(signature = (item, /))]
    fn __class_getitem__<'py>(
        cls: &Bound<'py, PyType>,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        cls.py().import("types")?.getattr("GenericAlias")?.call1((cls, item))
    }
}

impl Column {
    pub fn new(array: ArrayRef) -> Self {
        Self { array }
    }

    fn item<'py>(&self, py: Python<'py>, row: usize) -> PyResult<Bound<'py, PyAny>> {
        let array = &self.array;
        if array.is_null(row) {
            return Ok(py.None().into_bound(py));
        }
        match array.data_type() {
            DataType::LargeUtf8 => array.as_string::<i64>().value(row).into_bound_py_any(py),
            DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into_bound_py_any(py),
            DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into_bound_py_any(py),
            _ => {
                let key = array.as_dictionary::<Int8Type>().key(row).unwrap_or_default();
                encoding(py, ENCODINGS.get(key).copied().unwrap_or(Encoding::Gsm7))
            }
        }
    }
}

/// Encodings as a dictionary of their two names.
pub fn encodings(of: &[Encoding], nulls: Option<NullBuffer>) -> PyResult<ArrayRef> {
    let key = |encoding: &Encoding| i8::from(*encoding == Encoding::Ucs2);
    let keys = Int8Array::new(of.iter().map(key).collect::<Vec<_>>().into(), nulls);
    let names = StringArray::from_iter_values(ENCODINGS.map(encoding_name));
    match DictionaryArray::try_new(keys, Arc::new(names)) {
        Ok(dictionary) => Ok(Arc::new(dictionary)),
        Err(error) => Err(PyValueError::new_err(error.to_string())),
    }
}

/// Goes through a column.
#[pyclass(module = "depesza", frozen)]
pub struct ColumnIterator {
    of: Py<Column>,
    next: std::sync::atomic::AtomicUsize,
}

#[pymethods]
impl ColumnIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let row = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let column = self.of.get();
        if row < column.array.len() { column.item(py, row).map(Some) } else { Ok(None) }
    }
}
