//! Message bodies with placeholders: parse, check against a catalogue, compile once, render many times.
//!
//! The room turns text and values into text. It counts no parts, folds no diacritics, sends nothing and knows no
//! record of the store; whoever asks brings the values.
//!
//! # Grammar
//!
//! A placeholder is `(name)`, `(name:format)`, `(name|fallback)` or `(name:format|fallback)`.
//!
//! - Names and formats match without regard to case and the nine Polish diacritics, after NFC; invisible characters
//!   do not count. Between words, white space, `-` and `_` are one: `(Dzień tygodnia)` = `(dzien_tygodnia)`.
//! - White space just inside the brackets and around `:` and `|` is ignored.
//! - The fallback runs from the first `|` to the closing bracket; it is plain text without brackets.
//! - Any other bracket is plain text: `(parter, pok. 3)`, `(tel: 22 123 45 67)`, `(pon-pt)`, `(2)`, `()`, a bracket
//!   without its pair, and several words that name nothing.
//! - A lone word (a letter, then letters, digits and `_`) that names nothing is a fault, alone, before a one-word
//!   format, or before a fallback. So is anything that names nothing before a fallback, when made of words.
//! - `((anything without brackets))` writes `(anything without brackets)`. A value stands in brackets of its own with
//!   more than itself between them: `(tel. (telefon))`.
//!
//! # Rendering
//!
//! One pass, left to right; what a value brings is never read again. See [`Template::render_into`].

mod batch;
mod built_in;
mod catalogue;
mod format;
mod link;
mod message;
mod name;
mod parse;
mod preview;
mod render;
mod rows;
mod stored;
mod values;
mod vocative;

pub use batch::{Batch, BatchParts, Column, ColumnsFault, MissingRow};
pub use built_in::Slot;
pub use catalogue::{Catalogue, CustomId, MAX_CUSTOM, MAX_LINKS, Samples};
pub use format::join_values;
pub use link::MAX_URL_CHARS;
pub(crate) use link::check as check_url;
pub use name::{MAX_NAME_CHARS, same_name};
pub use parse::{MAX_BODY_CHARS, MAX_PLACEHOLDERS};
pub use preview::preview;
pub use render::{MissingValue, ValueWriter};
pub use rows::{Field, RowOptions, Rows};
pub use stored::{MAX_TEMPLATE_NAME_CHARS, StoredTemplateFault, StoredTemplateFaultKind, check_stored};
pub use values::{CallValues, Values, VisitDetail, VisitValues};
pub use vocative::vocative;

use crate::model::{TemplateFault, TextSpan};
use std::fmt;

/// A body that was checked and is ready to be rendered any number of times.
///
/// It holds the URLs of its links and the numbers of the host's placeholders as the [`Catalogue`] had them: when those
/// change, compile again.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    source: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Placeholder(Placeholder),
}

/// A placeholder as it stands in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Placeholder {
    /// Its name as the catalogue writes it.
    pub name: String,
    /// What takes its place.
    pub target: Target,
    /// What takes its place when there is no value. Of a link it is never used.
    pub fallback: Option<String>,
    /// Where it stands, brackets included.
    pub at: TextSpan,
}

/// What takes a placeholder's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A value that rendering asks for.
    Value(Slot),
    /// A URL, exactly as its user typed it.
    Link(String),
}

impl Template {
    /// Parses and checks `source`.
    ///
    /// # Errors
    ///
    /// Every fault of the body, in the order of their places. Of a body longer than [`MAX_BODY_CHARS`] only the part
    /// within the limit is checked further.
    pub fn compile(source: &str, catalogue: &Catalogue) -> Result<Self, Vec<TemplateFault>> {
        let pieces = parse::parse(source, catalogue)?;
        Ok(Self { source: source.to_owned(), pieces })
    }

    /// The body as it was typed.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The placeholders of the body, links included, in their order; one that stands twice comes twice.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Placeholder(placeholder) => Some(placeholder),
            Piece::Text(_) => None,
        })
    }

    /// Whether the body holds the placeholder or link `name`, written in any way that matches.
    #[must_use]
    pub fn uses(&self, name: &str) -> bool {
        let key = name::key(name);
        self.placeholders().any(|placeholder| name::key(&placeholder.name) == key)
    }
}

/// Whether a body holds the placeholder or link `name`, also where it has faults and cannot be compiled.
#[must_use]
pub fn uses(body: &str, catalogue: &Catalogue, name: &str) -> bool {
    let marked = |inside: &str| {
        let inside = inside.split([')', '(']).next().unwrap_or_default();
        same_name(inside.split([':', '|']).next().unwrap_or_default(), name)
    };
    match Template::compile(body, catalogue) {
        Ok(template) => template.uses(name),
        Err(_) => body.split('(').skip(1).any(marked),
    }
}

impl fmt::Debug for Template {
    /// Bodies do not print.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Template").field("pieces", &self.pieces.len()).finish_non_exhaustive()
    }
}
