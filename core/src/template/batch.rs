//! Many messages at once: columns in, one buffer and what each message costs out.

use super::render::MissingValue;
use super::rows::{Cells, Rows};
use crate::model::{Encoding, Segments};
use std::ops::Range;
use thiserror::Error;

/// The values of one field, a text a row. An empty text is no value.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Column<'a> {
    /// Texts.
    Texts(&'a [&'a str]),
    /// Texts, some of them missing.
    Optional(&'a [Option<&'a str>]),
    /// Texts that own their bytes.
    Strings(&'a [String]),
    /// One text for all rows.
    Same(&'a str),
    /// One text after another, as Apache Arrow's `Utf8` has them: row `n` is `offsets[n]..offsets[n + 1]`, in bytes. A
    /// range that is none of the text's is no value.
    Utf8 {
        /// One more than there are rows.
        offsets: &'a [i32],
        /// All texts.
        bytes: &'a str,
    },
    /// As [`Utf8`](Self::Utf8), as Arrow's `LargeUtf8` has them.
    LargeUtf8 {
        /// One more than there are rows.
        offsets: &'a [i64],
        /// All texts.
        bytes: &'a str,
    },
}

impl<'a> Column<'a> {
    /// Its rows; `None` for one that has as many as the others.
    fn rows(&self) -> Option<usize> {
        match self {
            Self::Texts(texts) => Some(texts.len()),
            Self::Optional(texts) => Some(texts.len()),
            Self::Strings(texts) => Some(texts.len()),
            Self::Same(_) => None,
            Self::Utf8 { offsets, .. } => Some(offsets.len().saturating_sub(1)),
            Self::LargeUtf8 { offsets, .. } => Some(offsets.len().saturating_sub(1)),
        }
    }

    #[inline(always)]
    fn value(&self, row: usize) -> &'a str {
        let value = match *self {
            Self::Texts(texts) => texts.get(row).copied(),
            Self::Optional(texts) => texts.get(row).copied().flatten(),
            Self::Strings(texts) => texts.get(row).map(String::as_str),
            Self::Same(text) => Some(text),
            Self::Utf8 { offsets, bytes } => part(offsets, row, bytes),
            Self::LargeUtf8 { offsets, bytes } => part(offsets, row, bytes),
        };
        value.unwrap_or_default()
    }
}

#[inline(always)]
fn part<'a, T: TryInto<usize> + Copy>(offsets: &[T], row: usize, bytes: &'a str) -> Option<&'a str> {
    let [start, end] = *offsets.get(row..)?.first_chunk()?;
    bytes.get(start.try_into().ok()?..end.try_into().ok()?)
}

/// Columns that do not fit the template.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ColumnsFault {
    /// Not one column for each field.
    #[error("columns: expected {expected}, one for each field, got {got}")]
    Count {
        /// Fields of the template.
        expected: usize,
        /// Columns.
        got: usize,
    },
    /// A column has more or fewer rows than are rendered.
    #[error("column of ({field}): expected {expected} rows, got {got}")]
    Rows {
        /// The placeholder's name.
        field: String,
        /// Rows that are rendered.
        expected: usize,
        /// Rows of the column.
        got: usize,
    },
}

/// A row that has no message: the first placeholder without value and fallback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRow {
    /// The row, from 0.
    pub row: usize,
    /// The placeholder's name.
    pub placeholder: String,
}

/// Messages, one after another in one text, and what each costs. Kept and filled again, it allocates nothing more.
///
/// No `Debug`: it holds bodies.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Batch {
    text: String,
    ends: Vec<usize>,
    encodings: Vec<Encoding>,
    segments: Vec<u32>,
    missing: Vec<MissingRow>,
}

/// The parts of a [`Batch`]; each is what the method of its name says.
///
/// No `Debug`: it holds bodies.
#[derive(Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the methods of Batch say what they are")]
pub struct BatchParts {
    pub text: String,
    pub ends: Vec<usize>,
    pub encodings: Vec<Encoding>,
    pub segments: Vec<u32>,
    pub missing: Vec<MissingRow>,
}

impl Batch {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All messages, one after another.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where each message ends in [`text`](Self::text), in bytes; it begins where the one before ends.
    #[must_use]
    pub fn ends(&self) -> &[usize] {
        &self.ends
    }

    /// The message of a row; empty for a row of [`missing`](Self::missing), `None` past the last.
    #[must_use]
    pub fn message(&self, row: usize) -> Option<&str> {
        let start = row.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..*self.ends.get(row)?)
    }

    /// The encoding of each message; GSM-7 for a row that has none.
    #[must_use]
    pub fn encodings(&self) -> &[Encoding] {
        &self.encodings
    }

    /// Parts of each message; 0 for a row that has none.
    #[must_use]
    pub fn segments(&self) -> &[u32] {
        &self.segments
    }

    /// What each message costs at so much a part, in thousandths of the currency's unit.
    pub fn costs_milli(&self, part_milli: i64) -> impl Iterator<Item = i64> + '_ {
        self.segments.iter().map(move |parts| i64::from(*parts).saturating_mul(part_milli))
    }

    /// Rows without a message, in their order.
    #[must_use]
    pub fn missing(&self) -> &[MissingRow] {
        &self.missing
    }

    /// Moves its messages to the end of a buffer of the caller's choice, emptied first, which has room for those that come.
    pub fn move_text_into(&mut self, mut buffer: String) {
        buffer.clear();
        buffer.push_str(&self.text);
        self.text = buffer;
    }

    /// Makes room for what is known of so many rows besides their messages.
    pub fn reserve(&mut self, rows: usize) {
        self.ends.reserve(rows);
        self.encodings.reserve(rows);
        self.segments.reserve(rows);
    }

    /// Puts the messages of another batch behind its own.
    pub fn append(&mut self, other: &Self) {
        let (rows, bytes) = (self.len(), self.text.len());
        self.text.push_str(&other.text);
        self.ends.extend(other.ends.iter().map(|end| bytes + end));
        self.encodings.extend_from_slice(&other.encodings);
        self.segments.extend_from_slice(&other.segments);
        let missing = other.missing.iter().cloned();
        self.missing.extend(missing.map(|missing| MissingRow { row: rows + missing.row, ..missing }));
    }

    /// What it is made of, without a copy.
    #[must_use]
    pub fn into_parts(self) -> BatchParts {
        let Self { text, ends, encodings, segments, missing } = self;
        BatchParts { text, ends, encodings, segments, missing }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.encodings.clear();
        self.segments.clear();
        self.missing.clear();
    }

    #[inline(always)]
    fn push(&mut self, end: usize, done: Result<Segments, MissingValue>) {
        let (encoding, count) = match done {
            Ok(segments) => (segments.encoding, segments.count),
            Err(MissingValue { placeholder }) => {
                self.missing.push(MissingRow { row: self.len(), placeholder });
                (Encoding::Gsm7, 0)
            }
        };
        self.ends.push(end);
        self.encodings.push(encoding);
        self.segments.push(count);
    }
}

impl Rows {
    /// Fills `batch` with the messages of all rows, instead of what it held. A column for each of
    /// [`fields`](Self::fields), in their order.
    ///
    /// # Errors
    ///
    /// [`ColumnsFault`]; the batch is then as it was.
    pub fn render_batch(
        &self,
        rows: usize,
        columns: &[Column<'_>],
        batch: &mut Batch,
    ) -> Result<(), ColumnsFault> {
        self.check(rows, columns)?;
        batch.clear();
        self.fill(0..rows, columns, batch);
        Ok(())
    }

    /// [`render_batch`](Self::render_batch), after what `batch` holds: rows that come in pieces make one batch. Rows of
    /// [`missing`](Batch::missing) are counted in the batch.
    ///
    /// # Errors
    ///
    /// [`ColumnsFault`]; the batch is then as it was.
    pub fn append_batch(
        &self,
        rows: usize,
        columns: &[Column<'_>],
        batch: &mut Batch,
    ) -> Result<(), ColumnsFault> {
        self.check(rows, columns)?;
        self.fill(0..rows, columns, batch);
        Ok(())
    }

    /// [`render_batch`](Self::render_batch) on all threads of the present rayon pool; the result is the same.
    ///
    /// # Errors
    ///
    /// [`ColumnsFault`]; the batch is then as it was.
    #[cfg(feature = "rayon")]
    pub fn render_batch_parallel(
        &self,
        rows: usize,
        columns: &[Column<'_>],
        batch: &mut Batch,
    ) -> Result<(), ColumnsFault> {
        use rayon::prelude::*;

        self.check(rows, columns)?;
        let pieces: Vec<Range<usize>> =
            (0..rows.div_ceil(PIECE)).map(|piece| piece * PIECE..((piece + 1) * PIECE).min(rows)).collect();
        let rendered: Vec<Batch> = pieces
            .into_par_iter()
            .map(|piece| {
                let mut batch = Batch::new();
                self.fill(piece, columns, &mut batch);
                batch
            })
            .collect();
        batch.clear();
        rendered.iter().for_each(|piece| batch.append(piece));
        Ok(())
    }

    fn check(&self, rows: usize, columns: &[Column<'_>]) -> Result<(), ColumnsFault> {
        if columns.len() != self.fields().len() {
            return Err(ColumnsFault::Count { expected: self.fields().len(), got: columns.len() });
        }
        for (field, column) in self.fields().iter().zip(columns) {
            if let Some(got) = column.rows().filter(|got| *got != rows) {
                return Err(ColumnsFault::Rows { field: field.name.clone(), expected: rows, got });
            }
        }
        Ok(())
    }

    fn fill(&self, rows: Range<usize>, columns: &[Column<'_>], batch: &mut Batch) {
        batch.reserve(rows.len());
        let mut text = std::mem::take(&mut batch.text);
        self.each(rows, &mut Filling { columns, batch }, &mut text);
        batch.text = text;
    }
}

/// A batch that is being filled; its text is with whoever writes it.
struct Filling<'a, 'v> {
    columns: &'a [Column<'v>],
    batch: &'a mut Batch,
}

impl<'v> Cells<'v> for Filling<'_, 'v> {
    #[inline(always)]
    fn value(&self, row: usize, column: usize) -> &'v str {
        self.columns.get(column).map_or("", |column| column.value(row))
    }

    #[inline(always)]
    fn done(&mut self, end: usize, done: Result<Segments, MissingValue>) {
        self.batch.push(end, done);
    }
}

/// Rows that a thread renders at once.
#[cfg(feature = "rayon")]
const PIECE: usize = 4096;
