//! Brings a text into GSM-7, and reports every character that it replaced or could not replace.
//!
//! What GSM-7 has is never touched, and neither is a link: an address with another letter is another address.

use super::table::{class_of, equivalent, follows, is_number_sign, is_superscript};
use super::{gsm7, links, segments_with};
use crate::model::{CharacterClass, Encoding, Missing, ReferenceBits, Replacement, Segments};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

/// A replacement that is not GSM-7 itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("replacement: the character at byte {at} is not in the GSM 7-bit alphabet")]
pub struct NotGsm7 {
    /// Byte offset of the first such character in the replacement.
    pub at: usize,
}

/// A text brought into GSM-7 as far as it goes, and what was done to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Transliteration<'a> {
    /// The text; borrowed when nothing changed.
    pub text: Cow<'a, str>,
    /// What was replaced, and what stayed for want of an equivalent, in the order of the text; a range never
    /// overlaps another.
    pub replaced: Vec<Replacement>,
    /// What the original costs.
    pub before: Segments,
    /// What the text costs now. Replacements can be longer than what they replace, so this may be more.
    pub after: Segments,
}

impl fmt::Debug for Transliteration<'_> {
    // the text of a message is never printed
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transliteration")
            .field("replaced", &self.replaced.len())
            .field("before", &self.before)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}

/// Transliterates with the table as it is; what has no equivalent stays.
///
/// A text that is GSM-7 comes back as it is. Otherwise NFC first, then character by character: the table, else the
/// compatibility decomposition without marks. The result is GSM-7 unless a character of class
/// [`None`](CharacterClass::None) is reported, and doing it again changes nothing.
///
/// A number next to a number stays apart: `1½` becomes `1 1/2`, `10²` becomes `10^2`.
#[must_use]
pub fn transliterate(text: &str) -> Transliteration<'_> {
    Transliterator::default().apply(text)
}

/// Transliteration with a caller's own choices.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Transliterator {
    missing: Missing,
    reference: ReferenceBits,
    /// What the caller wants instead of the table's answer: a text, or no equivalent at all.
    overrides: BTreeMap<char, Option<String>>,
}

impl Transliterator {
    /// What becomes of a character that has no equivalent. Characters inside links stay in any case.
    ///
    /// # Errors
    ///
    /// [`NotGsm7`] when the text of [`Missing::Replace`] is not GSM-7.
    pub fn missing(mut self, missing: Missing) -> Result<Self, NotGsm7> {
        if let Missing::Replace(text) = &missing {
            check(text)?;
        }
        self.missing = missing;
        Ok(self)
    }

    /// The length of reference by which [`before`](Transliteration::before) and [`after`](Transliteration::after) count.
    #[must_use]
    pub fn reference(mut self, reference: ReferenceBits) -> Self {
        self.reference = reference;
        self
    }

    /// Puts `replacement`, as it is, in the place of `character`. No effect on a character that GSM-7 has.
    ///
    /// # Errors
    ///
    /// [`NotGsm7`] when the replacement is not GSM-7.
    pub fn with(mut self, character: char, replacement: impl Into<String>) -> Result<Self, NotGsm7> {
        let replacement = replacement.into();
        check(&replacement)?;
        self.overrides.insert(character, Some(replacement));
        Ok(self)
    }

    /// Takes `character` off the table: it has no equivalent.
    #[must_use]
    pub fn without(mut self, character: char) -> Self {
        self.overrides.insert(character, None);
        self
    }

    /// Transliterates the text; see [`transliterate`].
    #[must_use]
    pub fn apply<'a>(&self, text: &'a str) -> Transliteration<'a> {
        let before = segments_with(text, self.reference);
        if before.encoding == Encoding::Gsm7 {
            return Transliteration { text: Cow::Borrowed(text), replaced: Vec::new(), before, after: before };
        }
        let mut pass = Pass::new(self, text);
        for link in links(text) {
            pass.prose(pass.done..link.start);
            pass.link(link);
        }
        pass.prose(pass.done..text.len());
        let Pass { out, replaced, .. } = pass;
        let text = if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) };
        let after = segments_with(&text, self.reference);
        Transliteration { text, replaced, before, after }
    }

    /// The answer for one character outside GSM-7.
    fn answer(&self, character: char) -> Option<(Cow<'_, str>, CharacterClass)> {
        match self.overrides.get(&character) {
            Some(None) => None,
            Some(Some(text)) => {
                let class = equivalent(character).map_or_else(|| class_of(character, text), |(_, class)| class);
                Some((Cow::Borrowed(text), class))
            }
            None => equivalent(character),
        }
    }
}

fn check(replacement: &str) -> Result<(), NotGsm7> {
    match replacement.char_indices().find(|(_, character)| gsm7::septets(*character).is_none()) {
        Some((at, _)) => Err(NotGsm7 { at }),
        None => Ok(()),
    }
}

/// One walk through a text.
struct Pass<'a> {
    rules: &'a Transliterator,
    text: &'a str,
    out: String,
    replaced: Vec<Replacement>,
    /// What lies before is in `out`.
    done: usize,
    /// Reports of the present cluster begin here: only they may grow together.
    cluster_reports: usize,
    /// Whether the character before was an exponent.
    after_superscript: bool,
}

impl<'a> Pass<'a> {
    fn new(rules: &'a Transliterator, text: &'a str) -> Self {
        Self {
            rules,
            text,
            out: String::with_capacity(text.len()),
            replaced: Vec::new(),
            done: 0,
            cluster_reports: 0,
            after_superscript: false,
        }
    }

    /// A link goes over as it is; the report names what keeps the message from GSM-7.
    fn link(&mut self, range: Range<usize>) {
        let link = self.text.get(range.clone()).unwrap_or_default();
        self.out.push_str(link);
        for (at, character) in link.char_indices().filter(|(_, character)| gsm7::septets(*character).is_none()) {
            let at = range.start + at;
            self.replaced.push(Replacement {
                range: at..at + character.len_utf8(),
                original: character.to_string(),
                replacement: character.to_string(),
                class: CharacterClass::None,
            });
        }
        self.done = range.end;
        self.after_superscript = false;
    }

    /// Clusters are what a reader takes for a character, and NFC never reaches over their ends.
    fn prose(&mut self, range: Range<usize>) {
        for (at, cluster) in self.text.get(range.clone()).unwrap_or_default().grapheme_indices(true) {
            if gsm7::fits(cluster) {
                self.out.push_str(cluster);
                self.after_superscript = false;
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
        if gsm7::septets(character).is_some() {
            self.unchanged(range, character);
        } else if follows(character) && self.last_is_missing() {
            // a mark, a joiner, a selector: part of the sign before it
            self.missing(range, character);
        } else if is_combining_mark(character) && !self.rules.overrides.contains_key(&character) {
            let class = equivalent(character).map_or(CharacterClass::Letter, |(_, class)| class);
            self.replace(range, character, "", class);
        } else {
            match self.rules.answer(character) {
                Some((text, class)) => self.replace(range, character, &text, class),
                None => self.missing(range, character),
            }
        }
        self.after_superscript = is_superscript(character);
    }

    fn last_is_missing(&self) -> bool {
        self.reports().last().is_some_and(|last| last.class == CharacterClass::None)
    }

    /// The reports of the present cluster.
    fn reports(&self) -> &[Replacement] {
        self.replaced.get(self.cluster_reports..).unwrap_or_default()
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
        if text.is_empty() && next.is_some_and(composes_backwards) {
            // without it the next letter would join the one before
            return self.missing(range, character);
        }
        let start = self.out.len();
        if !self.rules.overrides.contains_key(&character) {
            if is_number_sign(character) || is_superscript(character) {
                self.out.push_str(self.apart(character, text));
            }
            let text = if class == CharacterClass::Symbol && self.after_space() { text.trim_start() } else { text };
            self.out.push_str(text);
            if is_number_sign(character) && next.is_some_and(|next| next.is_ascii_digit()) {
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
        let after_digit = self.out.ends_with(|last: char| last.is_ascii_digit());
        if is_superscript(character) {
            if after_digit && !self.after_superscript { "^" } else { "" }
        } else if after_digit && text.starts_with(|first: char| first.is_ascii_digit()) {
            " "
        } else {
            ""
        }
    }

    fn after_space(&self) -> bool {
        self.out.is_empty() || self.out.ends_with([' ', '\n', '\r'])
    }

    fn missing(&mut self, range: Range<usize>, character: char) {
        let mut buffer = [0; 4];
        let rules = self.rules;
        let text = match &rules.missing {
            Missing::Keep => &*character.encode_utf8(&mut buffer),
            Missing::Drop => "",
            // one replacement for one sign, however many characters made it
            Missing::Replace(_) if self.last_is_missing() => "",
            Missing::Replace(text) => text,
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

/// A letter that NFC can join to the letter before it without being a mark (the vowels and finals of Hangul).
fn composes_backwards(character: char) -> bool {
    !is_combining_mark(character) && is_nfc_quick(std::iter::once(character)) == IsNormalized::Maybe
}
