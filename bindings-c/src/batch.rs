//! Many messages at once: columns in, one batch out, kept and filled again.

use crate::codes::depesza_encoding_t;
use crate::ffi::{Handle, array, depesza_str_t, free, give, held, held_mut, out, str_of};
use crate::guard::{Fault, depesza_status_t, guard};
use crate::template::depesza_template_t;
use crate::text::encoding;
use depesza::template::{Batch, Column};

/// How a column holds its texts.
pub type depesza_column_kind_t = u32;
/// `texts` and `count`: a text a row; no text is no value.
pub const DEPESZA_COLUMN_TEXTS: depesza_column_kind_t = 0;
/// `bytes`: one text for all rows.
pub const DEPESZA_COLUMN_SAME: depesza_column_kind_t = 1;
/// `bytes` and `count + 1` offsets of 32 bits, as Apache Arrow's `Utf8` has them.
pub const DEPESZA_COLUMN_UTF8: depesza_column_kind_t = 2;
/// `bytes` and `count + 1` offsets of 64 bits, as Apache Arrow's `LargeUtf8` has them.
pub const DEPESZA_COLUMN_LARGE_UTF8: depesza_column_kind_t = 3;

/// The values of one field, row by row.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_column_t {
    /// How it holds them.
    pub kind: depesza_column_kind_t,
    /// How many rows it has; not read for `DEPESZA_COLUMN_SAME`.
    pub count: usize,
    /// Of `DEPESZA_COLUMN_TEXTS`.
    pub texts: *const depesza_str_t,
    /// Of the others.
    pub bytes: depesza_str_t,
    /// Of `DEPESZA_COLUMN_UTF8`.
    pub offsets: *const i32,
    /// Of `DEPESZA_COLUMN_LARGE_UTF8`.
    pub large_offsets: *const i64,
}

/// A message of a batch. The text is the batch's, until it is filled again.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_message_t {
    /// The text; none for a row that has no message.
    pub text: depesza_str_t,
    /// How it is coded.
    pub encoding: depesza_encoding_t,
    /// Its parts; 0 for a row that has no message.
    pub parts: u32,
    /// The placeholder that had no value, where there is no message.
    pub missing: depesza_str_t,
}

/// All messages of a batch. The memory is the batch's, until it is filled again.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_batch_view_t {
    /// All texts, one after another.
    pub text: depesza_str_t,
    /// Rows.
    pub count: usize,
    /// Where each row's text ends in `text`, in bytes; it begins where the one before ends.
    pub ends: *const usize,
    /// Parts of each row's message; 0 for a row that has none.
    pub parts: *const u32,
    /// Rows that have no message.
    pub missing_count: usize,
}

/// Messages of many rows. Used by one thread at a time.
pub struct depesza_batch_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_batch_t {
    type Holds = Batch;
    const TAG: u64 = 0x6461_6261_7463_6803;
    const NAME: &'static str = "batch";
}

/// Makes an empty batch.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_batch_new(batch: *mut *mut depesza_batch_t) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let place = unsafe { out(batch, "batch")? };
        place.write(give(Batch::new()));
        Ok(())
    })
}

/// Frees a batch and sets the pointer to NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_batch_free(batch: *mut *mut depesza_batch_t) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe { free(batch) })
}

/// Renders all rows into the batch, instead of what it held: a column for each of `depesza_template_fields`, in their order. A row without a value and
/// fallback has no message, and the others have theirs. Refused as `columns` when the columns do not fit; the batch is then as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_render_batch(
    compiled: *const depesza_template_t,
    rows: usize,
    columns: *const depesza_column_t,
    columns_count: usize,
    batch: *mut depesza_batch_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (template, told, batch) =
            unsafe { (held(compiled)?, array(columns, columns_count, "columns")?, held_mut(batch)?) };
        if rows > crate::ffi::DEPESZA_MAX_ITEMS {
            return Err(Fault::value("rows", "at most DEPESZA_MAX_ITEMS"));
        }
        // texts of a column become slices first, and those have to live as long as the columns
        let mut texts: Vec<Vec<&str>> = Vec::with_capacity(told.len());
        for column in told {
            // SAFETY: the same
            texts.push(unsafe { texts_of(column)? });
        }
        let mut columns = Vec::with_capacity(told.len());
        for (column, texts) in told.iter().zip(&texts) {
            // SAFETY: the same
            columns.push(unsafe { column_of(column, texts)? });
        }
        template.rows.render_batch(rows, &columns, batch).map_err(|fault| {
            Fault::new(crate::guard::DEPESZA_REFUSED, "columns", fault.to_string()).of("columns")
        })
    })
}

unsafe fn texts_of<'a>(column: &depesza_column_t) -> Result<Vec<&'a str>, Fault> {
    if column.kind != DEPESZA_COLUMN_TEXTS {
        return Ok(Vec::new());
    }
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    let texts = unsafe { array(column.texts, column.count, "columns.texts")? };
    let mut slices = Vec::with_capacity(texts.len());
    for text in texts {
        // SAFETY: the same
        slices.push(unsafe { text.required("columns.texts")? });
    }
    Ok(slices)
}

unsafe fn column_of<'a>(column: &depesza_column_t, texts: &'a [&'a str]) -> Result<Column<'a>, Fault> {
    let offsets = column.count.saturating_add(1);
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    unsafe {
        Ok(match column.kind {
            DEPESZA_COLUMN_TEXTS => Column::Texts(texts),
            DEPESZA_COLUMN_SAME => Column::Same(column.bytes.required("columns.bytes")?),
            DEPESZA_COLUMN_UTF8 => Column::Utf8 {
                offsets: array(column.offsets, offsets, "columns.offsets")?,
                bytes: column.bytes.required("columns.bytes")?,
            },
            DEPESZA_COLUMN_LARGE_UTF8 => Column::LargeUtf8 {
                offsets: array(column.large_offsets, offsets, "columns.large_offsets")?,
                bytes: column.bytes.required("columns.bytes")?,
            },
            _ => return Err(Fault::value("columns.kind", "one of DEPESZA_COLUMN_…")),
        })
    }
}

/// The message of a row, from 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_batch_message(
    batch: *const depesza_batch_t,
    row: usize,
    message: *mut depesza_message_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (batch, place) = unsafe { (held(batch)?, out(message, "message")?) };
        let facts = (batch.message(row), batch.encodings().get(row), batch.segments().get(row));
        let (Some(text), Some(coding), Some(parts)) = facts else {
            return Err(Fault::value("row", "a row of the batch"));
        };
        let gone = batch.missing().binary_search_by_key(&row, |missing| missing.row);
        let missing = gone.ok().and_then(|place| batch.missing().get(place));
        place.write(depesza_message_t {
            text: str_of(missing.is_none().then_some(text)),
            encoding: encoding(*coding),
            parts: *parts,
            missing: str_of(missing.map(|missing| missing.placeholder.as_str())),
        });
        Ok(())
    })
}

/// All messages of a batch.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_batch_view(
    batch: *const depesza_batch_t,
    view: *mut depesza_batch_view_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (batch, view) = unsafe { (held(batch)?, out(view, "view")?) };
        view.write(depesza_batch_view_t {
            text: str_of(Some(batch.text())),
            count: batch.len(),
            ends: batch.ends().as_ptr(),
            parts: batch.segments().as_ptr(),
            missing_count: batch.missing().len(),
        });
        Ok(())
    })
}
