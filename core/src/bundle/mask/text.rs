//! Texts of the same shape: the same length, letter for letter of the same class, so that encoding, parts,
//! transliteration and cutting come out the same.

use super::{Draws, Key};
use crate::model::{Diacritics, ReferenceBits};
use crate::template::{Catalogue, Template};
use crate::text::{finish, gsm7, links};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

// without h and w: no link comes about where there was none
const LOWER: &str = "abcdefgijklmnopqrstuvxyz";
const UPPER: &str = "ABCDEFGIJKLMNOPQRSTUVXYZ";
const DIGITS: &str = "0123456789";
const POLISH_LOWER: &str = "ąćęłńóśźż";
const POLISH_UPPER: &str = "ĄĆĘŁŃÓŚŹŻ";

/// Stand-ins of texts: equal texts have equal ones, different texts different ones.
pub(super) struct Texts<'k> {
    key: &'k Key,
    known: BTreeMap<String, String>,
    /// Those of bodies, which keep their placeholders: the same words may have come as a text without any.
    bodies: BTreeMap<String, String>,
    given: BTreeSet<String>,
}

impl<'k> Texts<'k> {
    pub(super) fn new(key: &'k Key) -> Self {
        Self { key, known: BTreeMap::new(), bodies: BTreeMap::new(), given: BTreeSet::new() }
    }

    /// A stand-in of a text. Links keep their scheme, `www.` and last domain.
    pub(super) fn text(&mut self, original: &str) -> String {
        self.made(original, |key, attempt| scramble(key, attempt, original))
    }

    /// The same of a text in which these words stay.
    pub(super) fn text_but(&mut self, original: &str, stays: fn(&str) -> bool) -> String {
        self.made(original, |key, attempt| scramble_but(key, attempt, original, stays))
    }

    /// A stand-in of an address, with or without a scheme.
    pub(super) fn url(&mut self, original: &str) -> String {
        self.made(original, |key, attempt| {
            let mut writer = Writer::new(key, attempt, original);
            link(original, &mut writer);
            writer.masked
        })
    }

    /// A stand-in of a body: its placeholders stay, their fallbacks do not. It is the same whatever the body speaks about,
    /// as drafts and templates change that. Of a faulty one the names of placeholders stay.
    pub(super) fn body(&mut self, original: &str, catalogues: &[Catalogue]) -> String {
        if let Some(known) = self.bodies.get(original) {
            return known.clone();
        }
        let sound = catalogues.iter().find_map(|catalogue| Template::compile(original, catalogue).ok());
        let spans: Vec<Range<usize>> = match &sound {
            Some(template) => template.placeholders().map(|found| found.at.start..found.at.end).collect(),
            None => named(original, catalogues),
        };
        let masked = self.given(|key, attempt| {
            let mut masked = String::new();
            let mut at = 0;
            let part = |from: usize, to: usize| original.get(from..to).unwrap_or_default();
            for span in &spans {
                masked.push_str(&scramble(key, attempt, part(at, span.start)));
                let placeholder = part(span.start, span.end);
                let bar = placeholder.find('|').unwrap_or(placeholder.len());
                let (name, fallback) = placeholder.split_at(bar);
                masked.push_str(name);
                masked.push_str(&scramble(key, attempt, fallback));
                at = span.end;
            }
            masked.push_str(&scramble(key, attempt, part(at, original.len())));
            masked
        });
        self.bodies.insert(original.to_owned(), masked.clone());
        masked
    }

    /// The texts and bodies that were given stand-ins.
    pub(super) fn originals(&self) -> impl Iterator<Item = &str> {
        self.known.keys().chain(self.bodies.keys()).map(String::as_str)
    }

    fn made(&mut self, original: &str, make: impl Fn(&Key, u32) -> String) -> String {
        if let Some(known) = self.known.get(original) {
            return known.clone();
        }
        let masked = self.given(make);
        self.known.insert(original.to_owned(), masked.clone());
        masked
    }

    /// A stand-in that nothing else has.
    fn given(&mut self, make: impl Fn(&Key, u32) -> String) -> String {
        let mut masked = make(self.key, 0);
        for attempt in 1..1_000 {
            if !self.given.contains(&masked) {
                break;
            }
            masked = make(self.key, attempt);
        }
        self.given.insert(masked.clone());
        masked
    }
}

/// Where the names of placeholders and links stand in a body that cannot be compiled, the bracket before them included.
fn named(body: &str, catalogues: &[Catalogue]) -> Vec<Range<usize>> {
    let brackets = body.match_indices('(').filter_map(|(at, _)| {
        let inside = body.get(at + 1..)?;
        let name = inside.split(['(', ')', ':', '|']).next()?;
        let known = catalogues.iter().any(|catalogue| catalogue.has(name));
        known.then_some(at..at + 1 + name.len())
    });
    brackets.collect()
}

/// Every letter and digit replaced by another of its class.
pub(super) fn scramble(key: &Key, attempt: u32, text: &str) -> String {
    scramble_but(key, attempt, text, |_| false)
}

fn scramble_but(key: &Key, attempt: u32, text: &str, stays: fn(&str) -> bool) -> String {
    let mut writer = Writer::new(key, attempt, text);
    let mut at = 0;
    for link in links(text) {
        plain(text.get(at..link.start).unwrap_or_default(), stays, &mut writer);
        self::link(text.get(link.clone()).unwrap_or_default(), &mut writer);
        at = link.end;
    }
    plain(text.get(at..).unwrap_or_default(), stays, &mut writer);
    writer.masked
}

/// Writes stand-ins of signs, drawn one after the other.
struct Writer<'k> {
    telling: &'k BTreeSet<Letters>,
    draws: Draws,
    masked: String,
    /// The last letters written, without anything else between them.
    last: Vec<char>,
}

impl<'k> Writer<'k> {
    fn new(key: &'k Key, attempt: u32, text: &str) -> Self {
        let draws = key.stream("text", attempt, text);
        Self { telling: &key.telling, draws, masked: String::with_capacity(text.len()), last: Vec::new() }
    }

    fn keep(&mut self, text: &str) {
        self.masked.push_str(text);
        self.last.clear();
    }

    /// Another letter or digit of the same class, that makes no four letters with those before it that some original has,
    /// as they are or plainly written; any other sign as it is.
    fn stand_in(&mut self, c: char) {
        let pool = pool(c);
        // one is drawn for every sign, so that the rest does not depend on the pools
        let drawn = self.draws.draw();
        let tells = |other: &char| {
            let letters: Vec<char> = self.last.iter().copied().chain(other.to_lowercase()).collect();
            Letters::try_from(letters).is_ok_and(|letters| {
                self.telling.contains(&letters) || self.telling.contains(&letters.map(plainly))
            })
        };
        let from = drawn % pool.len().max(1);
        let turned = pool.iter().cycle().skip(from).take(pool.len());
        let chosen = turned.clone().copied().find(|other| !tells(other));
        let chosen = chosen.or_else(|| turned.copied().next()).unwrap_or(c);
        self.masked.push(chosen);
        if chosen.is_alphabetic() {
            self.last.extend(chosen.to_lowercase());
            let before = self.last.len().saturating_sub(3);
            self.last.drain(..before);
        } else {
            self.last.clear();
        }
    }
}

/// Four letters in a row, in lower case.
pub(super) type Letters = [char; 4];

/// A Polish letter as it is plainly written.
fn plainly(letter: char) -> char {
    let mut polish = POLISH_LOWER.chars().zip("acelnoszz".chars());
    polish.find(|(marked, _)| *marked == letter).map_or(letter, |(_, plain)| plain)
}

/// All that a text could be told by: each four letters in a row, as they are and plainly written.
pub(super) fn telling(text: &str, into: &mut BTreeSet<Letters>) {
    let lower = text.to_lowercase();
    let plainly = finish(&lower, Diacritics::Plain, ReferenceBits::default()).text.into_owned();
    for text in [lower, plainly] {
        for word in text.split(|c: char| !c.is_alphabetic()) {
            let letters: Vec<char> = word.chars().collect();
            into.extend(letters.windows(4).filter_map(|four| Letters::try_from(four).ok()));
        }
    }
}

fn plain(text: &str, stays: fn(&str) -> bool, writer: &mut Writer<'_>) {
    let mut rest = text;
    while !rest.is_empty() {
        let is_word = rest.starts_with(char::is_alphanumeric);
        let end = rest.find(|c: char| c.is_alphanumeric() != is_word).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_word && !stays(run) {
            let mut chars = run.chars().chain(after.chars().next()).peekable();
            for _ in 0..run.chars().count() {
                let Some(c) = chars.next() else { break };
                // what composes with the mark after it stays as it is
                let marked = chars.peek().is_some_and(|next| is_combining_mark(*next));
                if marked { writer.keep(c.encode_utf8(&mut [0; 4])) } else { writer.stand_in(c) }
            }
        } else {
            writer.keep(run);
        }
        rest = after;
    }
}

/// A link of the same shape.
fn link(url: &str, writer: &mut Writer<'_>) {
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = url.split_at(host_at);
    let (host, path) = rest.split_at(rest.find(['/', '?', '#', ':']).unwrap_or(rest.len()));
    let (labels, top) = host.split_at(host.rfind('.').unwrap_or(0));
    writer.keep(scheme);
    let www = labels.get(..4).filter(|start| start.eq_ignore_ascii_case("www."));
    writer.keep(www.unwrap_or_default());
    let own = labels.get(www.map_or(0, str::len)..).unwrap_or_default();
    own.chars().for_each(|c| writer.stand_in(c));
    writer.keep(top);
    // a port has its range
    let (port, path) = match path.strip_prefix(':') {
        Some(after) => path.split_at(1 + after.find(['/', '?', '#']).unwrap_or(after.len())),
        None => ("", path),
    };
    writer.keep(port);
    path.chars().for_each(|c| writer.stand_in(c));
}

/// The other letters or digits of a sign's class.
fn pool(c: char) -> Vec<char> {
    let pools = [LOWER, UPPER, DIGITS, POLISH_LOWER, POLISH_UPPER];
    let known = match c {
        'h' | 'w' => Some(LOWER),
        'H' | 'W' => Some(UPPER),
        _ => pools.into_iter().find(|pool| pool.contains(c)),
    };
    match known {
        Some(pool) => pool.chars().filter(|other| *other != c).collect(),
        None if c.is_alphanumeric() => neighbours(c),
        None => Vec::new(),
    }
}

/// Letters of other scripts and accents: those around it that take the same room in every encoding, also when written
/// plainly.
fn neighbours(c: char) -> Vec<char> {
    let first = u32::from(c) & !0x3f;
    let wanted = shape(c);
    let around = (first..first.saturating_add(64)).filter_map(char::from_u32);
    around.filter(|other| *other != c && shape(*other) == wanted).collect()
}

#[derive(PartialEq)]
struct Shape {
    kind: [bool; 4],
    bytes: usize,
    units: usize,
    septets: Option<u32>,
    plain: Vec<Option<u32>>,
}

fn shape(c: char) -> Shape {
    let text = c.to_string();
    let plain = finish(&text, Diacritics::Plain, ReferenceBits::default()).text;
    Shape {
        kind: [c.is_alphabetic(), c.is_numeric(), c.is_lowercase(), c.is_uppercase()],
        bytes: c.len_utf8(),
        units: c.len_utf16(),
        septets: gsm7::septets(c),
        plain: plain.chars().map(gsm7::septets).collect(),
    }
}
