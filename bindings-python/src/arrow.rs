//! The Arrow PyCapsule interface: arrays in and out, without a copy.
//!
//! The only room of the package's columns with unsafe code: it takes over the C structures that a capsule holds. What comes
//! in is trusted to be what the Arrow C data interface promises of pointers and lengths, as every importer trusts it; that
//! texts are UTF-8 is not (`columns.rs`).
#![allow(unsafe_code, reason = "the C data interface is one of pointers")]

use crate::failure::column;
use arrow_array::array::{ArrayRef, make_array};
use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi_and_data_type, to_ffi};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{Array, LargeStringArray, NullArray, RecordBatch, RecordBatchIterator};
use arrow_buffer::{Buffer, NullBuffer, OffsetBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields};
use pyo3::exceptions::{PyException, PyImportError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use std::ffi::CStr;
use std::sync::Arc;

const ARRAY: &CStr = c"arrow_array";
const SCHEMA: &CStr = c"arrow_schema";
const STREAM: &CStr = c"arrow_array_stream";

/// What somebody else's arrays hold, and the arrays.
pub struct Imported {
    pub data_type: DataType,
    pub chunks: Vec<ArrayRef>,
}

/// A column, or a table as structs; `None` for an object that has no such interface, or cannot keep what it promises by it.
/// `name` is what faults call it. A stream is read without the GIL: what is behind it may be Python of another thread.
pub fn import(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<Imported>> {
    let py = object.py();
    let wrong = |error: ArrowError| column(py, name, &format!("arrow: {error}"));
    if let Some(capsule) = asked(object, name, "__arrow_c_stream__")? {
        let capsule = capsule.cast::<PyCapsule>()?;
        let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
        // SAFETY: a capsule of this name points to a stream that is initialised; it is moved out, and what is left is marked
        // as released, so that the capsule does not release it again
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
        return py.detach(|| drained(stream)).map(Some).map_err(wrong);
    }
    if let Some(capsules) = asked(object, name, "__arrow_c_array__")? {
        let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = capsules.extract()?;
        let schema = schema.pointer_checked(Some(SCHEMA))?.cast::<FFI_ArrowSchema>();
        let array = array.pointer_checked(Some(ARRAY))?.cast::<FFI_ArrowArray>();
        // SAFETY: capsules of these names point to structures that are initialised; both are moved out, as above
        let (schema, array) =
            unsafe { (FFI_ArrowSchema::from_raw(schema.as_ptr()), FFI_ArrowArray::from_raw(array.as_ptr())) };
        if array.is_released() || schema.release().is_none() {
            return Err(wrong(released("array")));
        }
        let data_type = DataType::try_from(&schema).map_err(wrong)?;
        let chunks = vec![imported(array, &data_type).map_err(wrong)?];
        return Ok(Some(Imported { data_type, chunks }));
    }
    Ok(None)
}

/// What a producer answers. Its exception may quote what the column holds, so only its kind goes on; one that lacks a package
/// for it (pandas without pyarrow) is asked in another way.
fn asked<'py>(object: &Bound<'py, PyAny>, name: &str, method: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = object.py();
    if !object.hasattr(method)? {
        return Ok(None);
    }
    object.call_method0(method).map(Some).or_else(|error| {
        if error.is_instance_of::<PyImportError>(py) {
            Ok(None)
        } else if error.is_instance_of::<PyException>(py) {
            Err(column(py, name, &format!("the source raised {}", error.get_type(py).name()?)))
        } else {
            Err(error)
        }
    })
}

/// What was handed over before is marked by whoever took it: nothing of it may be looked at.
fn released(what: &str) -> ArrowError {
    ArrowError::CDataInterface(format!("the {what} was read before"))
}

/// All that a stream has. The crate's own reader would do, but that it refuses polars' columns without any value (`imported`).
fn drained(mut stream: FFI_ArrowArrayStream) -> Result<Imported, ArrowError> {
    if stream.release().is_none() {
        return Err(released("stream"));
    }
    let (Some(get_schema), Some(get_next)) = (stream.get_schema(), stream.get_next()) else {
        return Err(failed());
    };
    let mut schema = FFI_ArrowSchema::empty();
    // SAFETY: the callback is the stream's own, and it and the place it writes to are ours alone
    if unsafe { get_schema(&raw mut stream, &raw mut schema) } != 0 || schema.release().is_none() {
        return Err(failed());
    }
    let data_type = DataType::try_from(&schema)?;
    let mut chunks = Vec::new();
    loop {
        let mut array = FFI_ArrowArray::empty();
        // SAFETY: as above
        if unsafe { get_next(&raw mut stream, &raw mut array) } != 0 {
            return Err(failed());
        }
        if array.is_released() {
            return Ok(Imported { data_type, chunks });
        }
        chunks.push(imported(array, &data_type)?);
    }
}

/// An array of a type. One of no values has rows and nothing else; polars exports a buffer with it, which the crate refuses.
fn imported(array: FFI_ArrowArray, data_type: &DataType) -> Result<ArrayRef, ArrowError> {
    if *data_type == DataType::Null {
        return Ok(Arc::new(NullArray::new(array.len())));
    }
    let data_type = readable(&array, data_type);
    // SAFETY: the array was moved out of where its producer put it, and is of the type that the producer told
    Ok(make_array(unsafe { from_ffi_and_data_type(array, data_type) }?))
}

/// The type with arrays without values within others as such that have rows and one buffer: structs of no field.
fn readable(array: &FFI_ArrowArray, data_type: &DataType) -> DataType {
    match data_type {
        DataType::Null if array.num_buffers() == 1 => DataType::Struct(Fields::empty()),
        DataType::Struct(fields) if fields.len() == array.num_children() => {
            let within = fields.iter().enumerate().map(|(place, field)| {
                let of = readable(array.child(place), field.data_type());
                Field::clone(field).with_data_type(of)
            });
            DataType::Struct(within.collect())
        }
        _ => data_type.clone(),
    }
}

/// A producer says why, but may quote what the column holds.
fn failed() -> ArrowError {
    ArrowError::CDataInterface("the source failed".to_owned())
}

/// What `__arrow_c_array__` answers: the schema's capsule and the array's.
pub fn export<'py>(
    py: Python<'py>,
    array: &dyn Array,
) -> PyResult<(Bound<'py, PyCapsule>, Bound<'py, PyCapsule>)> {
    let (array, schema) = to_ffi(&array.to_data()).map_err(wrong)?;
    Ok((PyCapsule::new_with_value(py, schema, SCHEMA)?, PyCapsule::new_with_value(py, array, ARRAY)?))
}

/// What `__arrow_c_schema__` answers.
pub fn export_schema<'py>(py: Python<'py>, array: &dyn Array) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(array.data_type()).map_err(wrong)?;
    PyCapsule::new_with_value(py, schema, SCHEMA)
}

/// What `__arrow_c_stream__` of a table answers.
pub fn export_table(py: Python<'_>, table: RecordBatch) -> PyResult<Bound<'_, PyCapsule>> {
    let schema = table.schema();
    let reader = RecordBatchIterator::new([Ok(table)], schema);
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), STREAM)
}

/// The messages of a batch as an array.
///
/// `bytes` are texts of Rust put one after another, and `offsets` where each of them begins and ends.
pub fn messages(offsets: OffsetBuffer<i64>, bytes: Buffer, nulls: Option<NullBuffer>) -> LargeStringArray {
    // SAFETY: the core's texts are UTF-8 and end where characters end, and so they do when they stand side by side
    unsafe { LargeStringArray::new_unchecked(offsets, bytes, nulls) }
}

/// A text, when the bytes are one.
#[inline(always)]
pub fn text(bytes: &[u8]) -> Option<&str> {
    if bytes.is_ascii() {
        // SAFETY: ASCII is UTF-8
        return Some(unsafe { str::from_utf8_unchecked(bytes) });
    }
    simdutf8::basic::from_utf8(bytes).ok()
}

/// A view's own text: the length, then the text, then zeros.
#[inline(always)]
pub fn short_text(view: &[u8; 16], length: usize) -> Option<&str> {
    const HIGH_BITS: u128 = 0x8080_8080_8080_8080_8080_8080_0000_0000;
    let bytes = view.get(4..4 + length)?;
    if u128::from_le_bytes(*view) & HIGH_BITS == 0 {
        // SAFETY: none of the bytes has its highest bit set: it is ASCII, and so UTF-8
        return Some(unsafe { str::from_utf8_unchecked(bytes) });
    }
    str::from_utf8(bytes).ok()
}

/// What comes out could not be made. The messages of the arrow crates speak of types and lengths only.
fn wrong(error: ArrowError) -> PyErr {
    PyValueError::new_err(format!("arrow: {error}"))
}
