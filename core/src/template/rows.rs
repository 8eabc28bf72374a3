//! Messages from rows and columns of texts: values come ready-made, as files, dataframes and other languages have them.
//!
//! A row is rendered, brought into the practice's letters and counted in one pass (`text::hot`); what that pass cannot do
//! alone goes the way of every other message, with the same result.

use super::built_in::Slot;
use super::render::{MissingValue, ValueWriter};
use super::values::Values;
use super::{Piece, Target, Template};
use crate::model::{Diacritics, ReferenceBits, Segments};
use crate::text::{self, Joined, Measure, Part, RowTable};
use std::borrow::Cow;
use std::fmt;
use std::mem::MaybeUninit;
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
///
/// ```
/// use depesza::model::TemplateSubject;
/// use depesza::template::{Batch, Catalogue, Column, RowOptions, Rows, Template};
///
/// let catalogue = Catalogue::new(TemplateSubject::Visits);
/// let template = Template::compile("Dzień dobry (imie), czekamy (data|jutro).", &catalogue).unwrap();
/// let rows = Rows::new(&template, RowOptions::default());
///
/// let mut out = String::new();
/// let segments = rows.render_into(&["Łucja", ""], &mut out).unwrap();
/// assert_eq!((out.as_str(), segments.count), ("Dzien dobry Lucja, czekamy jutro.", 1));
///
/// let names = ["Anna", "", "Jan"];
/// let mut batch = Batch::new();
/// rows.render_batch(3, &[Column::Texts(&names), Column::Same("22.11.2026")], &mut batch).unwrap();
/// assert_eq!(batch.message(2), Some("Dzien dobry Jan, czekamy 22.11.2026."));
/// assert_eq!(batch.missing()[0].row, 1);
/// ```
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
    #[inline]
    pub fn render_into(&self, row: &[&str], out: &mut String) -> Result<Segments, MissingValue> {
        let quickly = text::append(out, self.joined.most(), |room| self.row_at(row, room));
        quickly.map_or_else(|| self.row_slowly(row, out), Ok)
    }

    /// [`render_into`](Self::render_into) straight into memory of the caller's, from its beginning: how many bytes were written, all of them UTF-8, and
    /// what they cost. Beyond them, anything may have been written to `out`. Allocates nothing.
    ///
    /// `None` where that is not to be had, and [`render_into`](Self::render_into) does it, or says what is missing: when `out` has no room for the values as
    /// they are and [`SLACK`](text::SLACK) bytes more, when more than single characters have to be looked at, or without the registers of
    /// [`Level`](text::Level).
    #[inline(always)]
    #[must_use]
    pub fn render_to(&self, row: &[&str], out: &mut [MaybeUninit<u8>]) -> Option<(usize, Segments)> {
        self.row_at(row, out).map(|(text, segments)| (text.len(), segments))
    }

    /// Appends the message of one row to `out` as it is written, neither folded nor counted: what [`Template::render_into`] makes of these values.
    ///
    /// # Errors
    ///
    /// As [`render_into`](Self::render_into).
    #[inline]
    pub fn write_into(&self, row: &[&str], out: &mut String) -> Result<(), MissingValue> {
        let quickly = text::append(out, self.joined.most(), |room| self.joined.row::<false>(row, room));
        quickly.map_or_else(|| self.write_slowly(row, out), |_| Ok(()))
    }

    #[inline(never)]
    fn write_slowly(&self, row: &[&str], out: &mut String) -> Result<(), MissingValue> {
        let value = |column: usize| row.get(column).copied().unwrap_or_default();
        self.template.render_into(&RowValues { fields: &self.fields, value: &value }, out)
    }

    #[inline(always)]
    fn row_at<'o>(&self, row: &[&str], out: &'o mut [MaybeUninit<u8>]) -> Option<(&'o str, Segments)> {
        if self.folds() {
            let (message, measure) = self.joined.row::<true>(row, out)?;
            Some((message, self.cost::<true>(&measure, message)?))
        } else {
            let (message, measure) = self.joined.row::<false>(row, out)?;
            Some((message, self.cost::<false>(&measure, message)?))
        }
    }

    #[inline(never)]
    fn row_slowly(&self, row: &[&str], out: &mut String) -> Result<Segments, MissingValue> {
        let mut one = OneRow { values: row, done: Err(MissingValue { placeholder: String::new() }) };
        self.each(0..1, &mut one, out);
        one.done
    }

    /// Whether messages are folded while they are put together.
    #[inline(always)]
    fn folds(&self) -> bool {
        self.options.diacritics == Diacritics::Plain && self.joined.folds()
    }

    /// What a message costs that was put together; nothing when it is not to stay as it is.
    #[inline(always)]
    fn cost<const PLAIN: bool>(&self, measure: &Measure, message: &str) -> Option<Segments> {
        let RowOptions { diacritics, reference_bits } = self.options;
        if PLAIN {
            return text::settled(measure, message, reference_bits);
        }
        let segments = text::segments_with(message, reference_bits);
        text::stays(&segments, diacritics).then_some(segments)
    }

    /// Appends the messages of the rows to `out`, one after another; `cells` is told of each when it stands there.
    #[inline]
    pub(super) fn each<'v>(&self, rows: Range<usize>, cells: &mut impl Cells<'v>, out: &mut String) {
        let start = out.len();
        if self.folds() {
            self.joined.rows::<true>(rows, &mut Each::<_, true> { rows: self, cells, start }, out);
        } else {
            self.joined.rows::<false>(rows, &mut Each::<_, false> { rows: self, cells, start }, out);
        }
    }

    /// The way of every other message.
    fn plainly<'v>(
        &self,
        value: &dyn Fn(usize) -> &'v str,
        out: &mut String,
    ) -> Result<Segments, MissingValue> {
        let start = out.len();
        self.template.render_into(&RowValues { fields: &self.fields, value }, out)?;
        let RowOptions { diacritics, reference_bits } = self.options;
        let finished = text::finish(out.get(start..).unwrap_or_default(), diacritics, reference_bits);
        let segments = finished.segments;
        if let Cow::Owned(changed) = finished.text {
            out.truncate(start);
            out.push_str(&changed);
        }
        Ok(segments)
    }
}

/// Values of rows, and who is told of each message.
pub(super) trait Cells<'v> {
    fn value(&self, row: usize, column: usize) -> &'v str;
    fn done(&mut self, end: usize, done: Result<Segments, MissingValue>);
}

struct OneRow<'a, 'v> {
    values: &'a [&'v str],
    done: Result<Segments, MissingValue>,
}

impl<'v> Cells<'v> for OneRow<'_, 'v> {
    #[inline(always)]
    fn value(&self, _: usize, column: usize) -> &'v str {
        self.values.get(column).copied().unwrap_or_default()
    }

    #[inline(always)]
    fn done(&mut self, _: usize, done: Result<Segments, MissingValue>) {
        self.done = done;
    }
}

/// What is to be done about each row that the quick pass has written, or not.
struct Each<'a, C, const PLAIN: bool> {
    rows: &'a Rows,
    cells: &'a mut C,
    /// Where the row begins.
    start: usize,
}

impl<'v, C: Cells<'v>, const PLAIN: bool> RowTable<'v> for Each<'_, C, PLAIN> {
    #[inline(always)]
    fn value(&self, row: usize, column: usize) -> &'v str {
        self.cells.value(row, column)
    }

    #[inline(always)]
    fn written(&mut self, measure: &Measure, written: &str) -> bool {
        let in_one = if PLAIN { text::settled_in_one(measure) } else { None };
        let Some(segments) = in_one.or_else(|| self.cost(measure, written)) else { return false };
        self.start = written.len();
        self.cells.done(self.start, Ok(segments));
        true
    }

    fn plainly(&mut self, row: usize, out: &mut String) {
        let done = self.rows.plainly(&|column| self.cells.value(row, column), out);
        self.start = out.len();
        self.cells.done(self.start, done);
    }
}

impl<'v, C: Cells<'v>, const PLAIN: bool> Each<'_, C, PLAIN> {
    /// What a message costs that is no folded one of one part; nothing when it is not to stay as it is.
    fn cost(&self, measure: &Measure, written: &str) -> Option<Segments> {
        self.rows.cost::<PLAIN>(measure, written.get(self.start..)?)
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
