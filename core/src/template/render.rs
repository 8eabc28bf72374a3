//! One pass over a compiled body, into the caller's buffer.

use super::name::is_blank;
use super::values::Values;
use super::{Piece, Target, Template};
use crate::text::is_clean;
use std::fmt;
use std::ops::Range;
use thiserror::Error;

/// A placeholder had neither a value nor a fallback: the message is not to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("no value and no fallback for the placeholder ({placeholder})")]
pub struct MissingValue {
    /// The placeholder's name as the catalogue writes it.
    pub placeholder: String,
}

impl Template {
    /// Appends the body with its values to `out`. Allocates nothing but what `out` needs to grow.
    ///
    /// White space around a value is dropped; control characters and line separators in it become spaces. A value
    /// that is absent or shows nothing (white space, invisible characters) is replaced by the fallback.
    ///
    /// # Errors
    ///
    /// The first placeholder that has neither; `out` is then as it was.
    pub fn render_into<V: Values + ?Sized>(&self, values: &V, out: &mut String) -> Result<(), MissingValue> {
        self.render(values, out, |_| {})
    }

    /// [`render_into`](Self::render_into), and appends to `links` where in `out` the URLs of link markers stand, as
    /// byte ranges in their order: what must be neither folded nor cut through.
    ///
    /// # Errors
    ///
    /// As [`render_into`](Self::render_into); `links` too is then as it was.
    pub fn render_with_links_into<V: Values + ?Sized>(
        &self,
        values: &V,
        out: &mut String,
        links: &mut Vec<Range<usize>>,
    ) -> Result<(), MissingValue> {
        let links_before = links.len();
        self.render(values, out, |link| links.push(link)).inspect_err(|_| links.truncate(links_before))
    }

    fn render<V: Values + ?Sized>(
        &self,
        values: &V,
        out: &mut String,
        mut on_link: impl FnMut(Range<usize>),
    ) -> Result<(), MissingValue> {
        let before = out.len();
        for piece in &self.pieces {
            let placeholder = match piece {
                Piece::Text(text) => {
                    out.push_str(text);
                    continue;
                }
                Piece::Placeholder(placeholder) => placeholder,
            };
            let start = out.len();
            match (&placeholder.target, &placeholder.fallback) {
                (Target::Link(url), _) => {
                    out.push_str(url);
                    on_link(start..out.len());
                }
                (Target::Value(slot), fallback) => {
                    let mut writer = ValueWriter::new(out);
                    values.write(*slot, &mut writer);
                    if writer.finish() {
                        continue;
                    }
                    let Some(fallback) = fallback else {
                        out.truncate(before);
                        return Err(MissingValue { placeholder: placeholder.name.clone() });
                    };
                    out.push_str(fallback);
                }
            }
        }
        Ok(())
    }
}

/// Where a value is written: straight into the message, made harmless on the way.
pub struct ValueWriter<'a> {
    out: &'a mut String,
    start: usize,
}

impl<'a> ValueWriter<'a> {
    pub(super) fn new(out: &'a mut String) -> Self {
        let start = out.len();
        Self { out, start }
    }

    /// Appends to the value. What is never written to has no value.
    #[inline]
    pub fn text(&mut self, text: &str) {
        let is_trimmed = self.out.len() > self.start || !text.starts_with(' ');
        if is_trimmed && is_clean(text) {
            self.out.push_str(text);
        } else {
            self.cleaned(text);
        }
    }

    fn cleaned(&mut self, text: &str) {
        for c in text.chars() {
            if self.out.len() == self.start && is_blank(c) {
                continue;
            }
            self.out.push(if breaks_line_or_controls(c) { ' ' } else { c });
        }
    }

    pub(super) fn formatted(&mut self, value: fmt::Arguments<'_>) {
        // writing to a String cannot fail
        let _ = fmt::Write::write_fmt(self, value);
    }

    /// Drops white space at the end; says whether anything is there.
    pub(super) fn finish(self) -> bool {
        let trimmed = self.out.trim_end().len().max(self.start);
        self.out.truncate(trimmed);
        trimmed > self.start
    }
}

impl fmt::Write for ValueWriter<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}

/// U+2028 and U+2029 are no control characters, yet folding makes line feeds of them.
fn breaks_line_or_controls(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}
