//! From a body to pieces, or to every fault in it, in time linear in the body.

use super::built_in;
use super::catalogue::{Catalogue, Known};
use super::name::{self, Shape, is_blank};
use super::{Piece, Placeholder, Target};
use crate::model::{TemplateFault, TemplateFaultKind as Kind, TextSpan};

/// The longest body, in characters (Unicode scalar values) as typed: about ten GSM-7 parts.
pub const MAX_BODY_CHARS: usize = 1600;
/// The most placeholders in one body, links included.
pub const MAX_PLACEHOLDERS: usize = 50;

pub(super) fn parse(source: &str, catalogue: &Catalogue) -> Result<Vec<Piece>, Vec<TemplateFault>> {
    let limit = source.char_indices().nth(MAX_BODY_CHARS).map(|(at, _)| at);
    let body = limit.and_then(|limit| source.get(..limit)).unwrap_or(source);
    let mut parser = Parser {
        body,
        catalogue,
        text: String::new(),
        pieces: Vec::new(),
        placeholders: 0,
        faults: Vec::new(),
    };
    if body.chars().all(is_blank) {
        parser.fault(0, body.len(), Kind::EmptyBody);
    }
    parser.body();
    if let Some(limit) = limit {
        let kind = Kind::BodyTooLong { chars: source.chars().count(), limit: MAX_BODY_CHARS };
        parser.faults.push(TemplateFault { at: span(source, limit, source.len()), kind });
    }
    parser.end_text();
    if parser.faults.is_empty() { Ok(parser.pieces) } else { Err(parser.faults) }
}

fn span(body: &str, start: usize, end: usize) -> TextSpan {
    let before = body.get(..start).unwrap_or_default();
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    TextSpan {
        start,
        end,
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
    }
}

struct Parser<'a> {
    body: &'a str,
    catalogue: &'a Catalogue,
    /// Plain text not yet made a piece.
    text: String,
    pieces: Vec<Piece>,
    placeholders: usize,
    faults: Vec<TemplateFault>,
}

/// The inside of a bracket taken apart.
struct Marker<'a> {
    name: &'a str,
    format: Option<&'a str>,
    fallback: Option<&'a str>,
}

impl<'a> Marker<'a> {
    fn split(inside: &'a str) -> Self {
        let (head, fallback) = split_at(inside, '|');
        let (name, format) = split_at(head, ':');
        Self { name, format, fallback }
    }

    /// Whether it looks like a placeholder's although nothing has its name.
    fn seems_meant(&self) -> bool {
        let name = Shape::of(self.name);
        self.fallback.is_some() || (name == Shape::Word && self.has_word_for_format())
    }

    fn has_word_for_format(&self) -> bool {
        self.format.is_none_or(|format| Shape::of(format) == Shape::Word)
    }
}

fn split_at(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before.trim(), Some(after.trim())),
        None => (text.trim(), None),
    }
}

impl<'a> Parser<'a> {
    fn body(&mut self) {
        let mut rest = self.body;
        while let Some((before, from_bracket)) = rest.find('(').and_then(|open| rest.split_at_checked(open)) {
            self.text.push_str(before);
            let taken = self.bracket(self.body.len() - from_bracket.len(), from_bracket);
            rest = from_bracket.get(taken..).unwrap_or_default();
        }
        self.text.push_str(rest);
    }

    /// Reads the bracket that opens at `start`, where `rest` begins; says how many bytes it took.
    fn bracket(&mut self, start: usize, rest: &'a str) -> usize {
        if let Some(literal) = doubled(rest) {
            self.text.push_str(literal);
            return literal.len() + 2;
        }
        let after = rest.get(1..).unwrap_or_default();
        let length = after.find(['(', ')']).unwrap_or(after.len());
        let (inside, tail) = after.split_at_checked(length).unwrap_or((after, ""));
        let closed = tail.starts_with(')');
        let end = start + 1 + length + usize::from(closed);
        if (closed || tail.starts_with('(')) && self.marker(inside, closed, start, end) {
            return end - start;
        }
        self.text.push('(');
        1
    }

    /// Takes the inside of a bracket as a placeholder or a fault; `false` when it is plain text.
    fn marker(&mut self, inside: &str, closed: bool, start: usize, end: usize) -> bool {
        let marker = Marker::split(inside);
        if Shape::of(marker.name) == Shape::Other {
            return false;
        }
        let key = name::key(marker.name);
        let known = self.catalogue.find(&key);
        if !closed {
            let Some(known) = known.filter(|_| marker.fallback.is_some()) else { return false };
            let name = known.name().to_owned();
            self.fault(start, end, Kind::BracketInFallback { name });
            return true;
        }
        let Some(known) = known else {
            if marker.seems_meant() {
                self.fault(start, end, self.unknown(marker.name, &key));
            }
            return marker.seems_meant();
        };
        let is_remark =
            marker.fallback.is_none() && !marker.has_word_for_format() && marker.format != Some("");
        if is_remark {
            return false;
        }
        self.known(&known, &marker, start, end);
        true
    }

    fn unknown(&self, typed: &str, key: &str) -> Kind {
        match built_in::named(key).next() {
            Some(row) => Kind::NotForSubject { name: row.name.to_owned(), subject: self.catalogue.subject() },
            None => Kind::UnknownPlaceholder {
                name: name::excerpt(typed),
                nearest: self.catalogue.nearest(key).map(str::to_owned),
            },
        }
    }

    fn known(&mut self, known: &Known<'_>, marker: &Marker<'_>, start: usize, end: usize) {
        let name = known.name().to_owned();
        self.placeholders += 1;
        if self.placeholders == MAX_PLACEHOLDERS + 1 {
            self.fault(start, end, Kind::TooManyPlaceholders { limit: MAX_PLACEHOLDERS });
        }
        if marker.fallback.is_some_and(|fallback| fallback.chars().all(is_blank)) {
            self.fault(start, end, Kind::EmptyFallback { name: name.clone() });
        }
        let Some(target) = target(known, marker.format) else {
            let known = built_in::named(&name).filter_map(|row| row.format).map(str::to_owned).collect();
            let format = name::excerpt(marker.format.unwrap_or_default());
            return self.fault(start, end, Kind::UnknownFormat { name, format, known });
        };
        self.end_text();
        let fallback = marker.fallback.map(str::to_owned);
        let at = span(self.body, start, end);
        self.pieces.push(Piece::Placeholder(Placeholder { name, target, fallback, at }));
    }

    fn fault(&mut self, start: usize, end: usize, kind: Kind) {
        self.faults.push(TemplateFault { at: span(self.body, start, end), kind });
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(std::mem::take(&mut self.text)));
        }
    }
}

/// `((…))` at the beginning of `rest`: what it writes, one pair of brackets included.
fn doubled(rest: &str) -> Option<&str> {
    let literal = rest.strip_prefix('(').filter(|literal| literal.starts_with('('))?;
    let close = literal.get(1..)?.find(['(', ')'])? + 1;
    let is_closed_twice = literal.get(close..)?.starts_with("))");
    literal.get(..=close).filter(|_| is_closed_twice)
}

fn target(known: &Known<'_>, format: Option<&str>) -> Option<Target> {
    match (known, format) {
        (Known::BuiltIn(name), format) => {
            let format = format.map(name::key);
            built_in::named(name)
                .find(|row| row.format == format.as_deref())
                .map(|row| Target::Value(row.slot))
        }
        (Known::Custom(id, _), None) => Some(Target::Value(built_in::Slot::Custom(*id))),
        (Known::Link(link), None) => Some(Target::Link(link.url.clone())),
        (Known::Custom(..) | Known::Link(_), Some(_)) => None,
    }
}
