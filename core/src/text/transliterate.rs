//! Brings a text into GSM-7, and reports every character that it replaced or could not replace.
//!
//! What GSM-7 has is never touched, and neither is a link: an address with another letter is another address.

use super::pass::Pass;
use super::table::equivalent;
use super::{gsm7, segments_with};
use crate::model::{CharacterClass, Encoding, Missing, ReferenceBits, Replacement, Segments};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

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
    // instead of the table's answer: a text, or no equivalent at all
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
            return Transliteration {
                text: Cow::Borrowed(text),
                replaced: Vec::new(),
                before,
                after: before,
            };
        }
        let (out, replaced) = Pass::run(self, text);
        let text = if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) };
        let after = segments_with(&text, self.reference);
        Transliteration { text, replaced, before, after }
    }

    /// The answer for one character outside GSM-7: what stands for it, and its class.
    pub(super) fn answer(&self, character: char) -> Option<(Cow<'_, str>, CharacterClass)> {
        match self.overrides.get(&character) {
            Some(None) => None,
            Some(Some(text)) => {
                let class = match equivalent(character) {
                    Some((_, class)) => class,
                    None if character.is_alphabetic() => CharacterClass::Letter,
                    None => CharacterClass::Symbol,
                };
                Some((Cow::Borrowed(text), class))
            }
            None => equivalent(character),
        }
    }

    /// Whether the caller has an answer for the character, which is then taken as it is.
    pub(super) fn is_overridden(&self, character: char) -> bool {
        self.overrides.contains_key(&character)
    }

    /// What stands for a character without an equivalent; `None` when it stays.
    pub(super) fn instead_of_missing(&self) -> Option<&str> {
        match &self.missing {
            Missing::Keep => None,
            Missing::Drop => Some(""),
            Missing::Replace(text) => Some(text),
        }
    }
}

fn check(replacement: &str) -> Result<(), NotGsm7> {
    match replacement.char_indices().find(|(_, character)| gsm7::septets(*character).is_none()) {
        Some((at, _)) => Err(NotGsm7 { at }),
        None => Ok(()),
    }
}
