//! One walk through a text: what becomes of each character where it stands, and the report of it.
//!
//! What may stand for a character is the table's business, what the caller wants is the `Transliterator`'s.

use super::table::{are_one_number, class_of, equivalent, follows, is_number_sign, is_superscript};
use super::{Transliterator, gsm7, links};
use crate::model::{CharacterClass, Replacement};
use std::ops::Range;
use unicode_normalization::char::{compose, is_combining_mark};
use unicode_normalization::{UnicodeNormalization, is_nfc};
use unicode_segmentation::UnicodeSegmentation;

/// One walk through a text.
pub(super) struct Pass<'a> {
    rules: &'a Transliterator,
    text: &'a str,
    out: String,
    replaced: Vec<Replacement>,
    /// What lies before is in `out`.
    done: usize,
    /// Reports of the present cluster begin here: only they may grow together.
    cluster_reports: usize,
    /// The character before, unless it went over as it is.
    previous: Option<char>,
    /// Whether the character before has no equivalent.
    after_missing: bool,
}

impl<'a> Pass<'a> {
    /// Walks through the whole text: the text that comes of it, and the report.
    pub(super) fn run(rules: &'a Transliterator, text: &'a str) -> (String, Vec<Replacement>) {
        let mut pass = Self {
            rules,
            text,
            out: String::with_capacity(text.len()),
            replaced: Vec::new(),
            done: 0,
            cluster_reports: 0,
            previous: None,
            after_missing: false,
        };
        for link in links(text) {
            pass.prose(pass.done..link.start);
            pass.link(link);
        }
        pass.prose(pass.done..text.len());
        (pass.out, pass.replaced)
    }

    /// A link goes over as it is; the report names what keeps the message from GSM-7.
    fn link(&mut self, range: Range<usize>) {
        let link = self.text.get(range.clone()).unwrap_or_default();
        self.out.push_str(link);
        for (at, character) in
            link.char_indices().filter(|(_, character)| gsm7::septets(*character).is_none())
        {
            let at = range.start + at;
            self.replaced.push(Replacement {
                range: at..at + character.len_utf8(),
                original: character.to_string(),
                replacement: character.to_string(),
                class: CharacterClass::None,
            });
        }
        self.done = range.end;
        self.previous = None;
        self.after_missing = link.chars().next_back().is_some_and(|last| gsm7::septets(last).is_none());
    }

    /// Clusters are what a reader takes for a character, and NFC never reaches over their ends.
    fn prose(&mut self, range: Range<usize>) {
        for (at, cluster) in self.text.get(range.clone()).unwrap_or_default().grapheme_indices(true) {
            if gsm7::fits(cluster) {
                self.out.push_str(cluster);
                self.previous = None;
                self.after_missing = false;
                continue;
            }
            let start = range.start + at;
            self.cluster_reports = self.replaced.len();
            if is_nfc(cluster) {
                for (at, character) in cluster.char_indices() {
                    let at = start + at;
                    self.character(at..at + character.len_utf8(), character);
                }
            } else {
                // which character came from which is lost in composing: the report speaks of the cluster
                for character in cluster.nfc() {
                    self.character(start..start + cluster.len(), character);
                }
            }
        }
        self.done = range.end;
    }

    fn character(&mut self, range: Range<usize>, character: char) {
        let after_missing = std::mem::take(&mut self.after_missing);
        if gsm7::septets(character).is_some() {
            self.unchanged(range, character);
        } else if follows(character) && after_missing {
            // a mark, a joiner, a selector: part of the sign before it
            self.missing(range, character);
        } else if is_combining_mark(character) && !self.rules.is_overridden(character) {
            let class = equivalent(character).map_or(CharacterClass::Letter, |(_, class)| class);
            self.replace(range, character, "", class);
        } else {
            match self.rules.answer(character) {
                Some((text, class)) => self.replace(range, character, &text, class),
                None => self.missing(range, character),
            }
        }
        self.previous = Some(character);
    }

    /// Whether the present cluster has a character without an equivalent so far.
    fn is_in_missing(&self) -> bool {
        let reports = self.replaced.get(self.cluster_reports..).unwrap_or_default();
        reports.last().is_some_and(|last| last.class == CharacterClass::None)
    }

    fn unchanged(&mut self, range: Range<usize>, character: char) {
        self.out.push(character);
        let original = self.text.get(range.clone()).unwrap_or_default();
        let mut buffer = [0; 4];
        let text = character.encode_utf8(&mut buffer);
        // NFC may have made it of several characters
        if original != text {
            let class = class_of(character, text);
            self.report(range, text, class);
        }
    }

    fn replace(&mut self, range: Range<usize>, character: char, text: &str, class: CharacterClass) {
        let next = self.text.get(range.end..).unwrap_or_default().chars().next();
        if text.is_empty() && next.is_some_and(|next| self.composes_with(next)) {
            // without it the next letter would join the one before
            return self.missing(range, character);
        }
        let start = self.out.len();
        if !self.rules.is_overridden(character) {
            self.out.push_str(self.apart(character, text));
            let text =
                if class == CharacterClass::Symbol && self.after_space() { text.trim_start() } else { text };
            self.out.push_str(text);
            let runs_on =
                |next: char| next.is_numeric() && !is_superscript(next) && !are_one_number(character, next);
            if is_number_sign(character) && next.is_some_and(runs_on) {
                self.out.push(' ');
            }
        } else {
            self.out.push_str(text);
        }
        let written = self.out.get(start..).unwrap_or_default().to_owned();
        self.report(range, &written, class);
    }

    /// What keeps a number from running into the digit before it.
    fn apart(&self, character: char, text: &str) -> &'static str {
        let is_digit = |character: char| character.is_ascii_digit();
        let is_one_number = self.previous.is_some_and(|previous| are_one_number(previous, character));
        if !self.out.ends_with(is_digit) || is_one_number {
            ""
        } else if is_superscript(character) {
            "^"
        } else if is_number_sign(character) && text.starts_with(is_digit) {
            " "
        } else {
            ""
        }
    }

    fn after_space(&self) -> bool {
        self.out.is_empty() || self.out.ends_with([' ', '\n', '\r'])
    }

    /// Whether NFC would join the next letter, not a mark, to what is written (the vowels and finals of Hangul).
    fn composes_with(&self, next: char) -> bool {
        let last = self.out.chars().next_back();
        !is_combining_mark(next) && last.is_some_and(|last| compose(last, next).is_some())
    }

    fn missing(&mut self, range: Range<usize>, character: char) {
        self.after_missing = true;
        let mut buffer = [0; 4];
        let text = match self.rules.instead_of_missing() {
            None => &*character.encode_utf8(&mut buffer),
            // one replacement for one sign, however many characters made it
            Some(_) if self.is_in_missing() || follows(character) => "",
            Some(text) => text,
        };
        self.out.push_str(text);
        self.report(range, text, CharacterClass::None);
    }

    /// Adds to the report; characters of one cluster that share a range or have no equivalent are one entry.
    fn report(&mut self, range: Range<usize>, text: &str, class: CharacterClass) {
        let original = self.text.get(range.clone()).unwrap_or_default();
        let last = self.replaced.get_mut(self.cluster_reports..).and_then(|reports| reports.last_mut());
        match last {
            Some(last) if last.range == range => {
                last.replacement.push_str(text);
                if class == CharacterClass::None {
                    last.class = class;
                }
            }
            Some(last)
                if last.class == CharacterClass::None
                    && class == CharacterClass::None
                    && last.range.end == range.start =>
            {
                last.range.end = range.end;
                last.original.push_str(original);
                last.replacement.push_str(text);
            }
            _ => self.replaced.push(Replacement {
                range,
                original: original.to_owned(),
                replacement: text.to_owned(),
                class,
            }),
        }
    }
}
