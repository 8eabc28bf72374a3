//! Messages from rows and columns of texts: values come ready-made, as files, dataframes and other languages have them.
//!
//! A row is rendered, brought into the practice's letters and counted in one pass (`text::hot`); what that pass cannot do
//! alone goes the way of every other message, with the same result.

use super::built_in::Slot;
use super::render::{MissingValue, ValueWriter};
use super::values::Values;
use super::{Piece, Target, Template};
use crate::model::{Diacritics, ReferenceBits, Segments};
use crate::text::{self, Joined, Part, Unusual};
use std::fmt;
use std::ops::Range;

/// A value that a row brings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// The placeholder's name as the catalogue writes it.
    pub name: String,
    /// What is asked for: the placeholder in one of its formats.
    pub slot: Slot,
}

/// What becomes of a rendered text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowOptions {
    /// What becomes of letters that GSM-7 does not have.
    pub diacritics: Diacritics,
    /// By which parts are counted.
    pub reference_bits: ReferenceBits,
}

/// A template that is filled from rows.
#[derive(Clone)]
pub struct Rows {
    template: Template,
    fields: Vec<Field>,
    joined: Joined,
    options: RowOptions,
}

impl Rows {
    /// Prepares the template for many rows.
    #[must_use]
    pub fn new(template: &Template, options: RowOptions) -> Self {
        let mut fields: Vec<Field> = Vec::new();
        let mut parts = Vec::new();
        for piece in &template.pieces {
            parts.push(match piece {
                Piece::Text(text) => Part::Fixed(text),
                Piece::Placeholder(placeholder) => match &placeholder.target {
                    Target::Link(url) => Part::Fixed(url),
                    Target::Value(slot) => {
                        let known = fields.iter().position(|field| field.slot == *slot);
                        let column = known.unwrap_or_else(|| {
                            fields.push(Field { name: placeholder.name.clone(), slot: *slot });
                            fields.len() - 1
                        });
                        Part::Value(column, placeholder.fallback.as_deref())
                    }
                },
            });
        }
        let joined = Joined::new(parts.into_iter());
        Self { template: template.clone(), fields, joined, options }
    }

    /// The values of a row, each once, in the order in which the body first asks for them.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// Appends the message of one row to `out`: its values in the order of [`fields`](Self::fields), an empty or a missing
    /// one being no value. What the message costs.
    ///
    /// Values are cleaned as [`Template::render_into`] does it, and the text is what [`text::finish`] makes of it.
    ///
    /// # Errors
    ///
    /// The first placeholder without value and fallback; `out` is then as it was.
    pub fn render_into(&self, row: &[&str], out: &mut String) -> Result<Segments, MissingValue> {
        let mut result = None;
        self.each(
            0..1,
            |_, column| row.get(column).copied().unwrap_or_default(),
            out,
            |_, done, _| result = Some(done),
        );
        result.unwrap_or_else(|| Err(MissingValue { placeholder: String::new() }))
    }

    /// Appends the messages of the rows to `out`, one after another; `on_row` is told of each when it stands there.
    #[inline]
    pub(super) fn each<'v>(
        &self,
        rows: Range<usize>,
        value: impl Fn(usize, usize) -> &'v str + Copy,
        out: &mut String,
        mut on_row: impl FnMut(usize, Result<Segments, MissingValue>, &mut String),
    ) {
        let reference = self.options.reference_bits;
        let mut start = out.len();
        let slowly = |row: usize, out: &mut String| self.slowly(&|column| value(row, column), out);
        if self.options.diacritics == Diacritics::Plain && self.joined.folds() {
            self.joined.rows::<true>(rows, value, out, |row, quick, out| {
                let settled = quick.map(|tally| {
                    text::settled(&tally, out.get(start..).unwrap_or_default(), reference)
                });
                let done = match settled {
                    Ok(Some(segments)) => Ok(segments),
                    Ok(None) => {
                        out.truncate(start);
                        slowly(row, out)
                    }
                    Err(unusual) => self.unusual(unusual, || slowly(row, out)),
                };
                on_row(row, done, out);
                start = out.len();
            });
        } else {
            self.joined.rows::<false>(rows, value, out, |row, quick, out| {
                let done = match quick {
                    Ok(_) => Ok(self.as_written(start, out)),
                    Err(unusual) => self.unusual(unusual, || slowly(row, out)),
                };
                on_row(row, done, out);
                start = out.len();
            });
        }
    }

    /// Brings what was rendered from `start` on into the letters that are asked for.
    fn as_written(&self, start: usize, out: &mut String) -> Segments {
        let RowOptions { diacritics, reference_bits } = self.options;
        let rendered = out.get(start..).unwrap_or_default();
        if diacritics == Diacritics::Polish {
            return text::segments_with(rendered, reference_bits);
        }
        let finished = text::finish(rendered, diacritics, reference_bits);
        let segments = finished.segments;
        if let std::borrow::Cow::Owned(changed) = finished.text {
            out.truncate(start);
            out.push_str(&changed);
        }
        segments
    }

    #[cold]
    fn unusual(
        &self,
        unusual: Unusual,
        slowly: impl FnOnce() -> Result<Segments, MissingValue>,
    ) -> Result<Segments, MissingValue> {
        match unusual {
            Unusual::Other => slowly(),
            Unusual::Missing(column) => {
                let placeholder = self.fields.get(column).map(|field| field.name.clone()).unwrap_or_default();
                Err(MissingValue { placeholder })
            }
        }
    }

    /// The way of every other message.
    #[cold]
    fn slowly<'v>(
        &self,
        value: &dyn Fn(usize) -> &'v str,
        out: &mut String,
    ) -> Result<Segments, MissingValue> {
        let start = out.len();
        self.template.render_into(&RowValues { fields: &self.fields, value }, out)?;
        Ok(self.as_written(start, out))
    }
}

impl fmt::Debug for Rows {
    /// Bodies do not print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("fields", &self.fields.len()).finish_non_exhaustive()
    }
}

struct RowValues<'a, 'v> {
    fields: &'a [Field],
    value: &'a dyn Fn(usize) -> &'v str,
}

impl Values for RowValues<'_, '_> {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        if let Some(column) = self.fields.iter().position(|field| field.slot == slot) {
            out.text((self.value)(column));
        }
    }
}
