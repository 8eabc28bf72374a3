//! SMS text: what a message costs, where it is cut, how it is brought into GSM-7. See `depesza::text`.
//!
//! Offsets count bytes of the text in UTF-8.

use depesza::model::{
    Advice, Body, CharacterClass, Costly, Diacritics, Missing, ReferenceBits, Segments, SplitOptions,
};
use depesza::text::{self, NotGsm7, TooLong, Transliterator};

/// Why a text was not cut or transliterated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TextError {
    /// It has more parts than a message can have (255).
    #[error("{parts} parts, more than a message can have")]
    TooLong {
        /// Its parts.
        parts: u32,
    },
    /// A replacement is not GSM-7 itself.
    #[error("a replacement is not GSM-7, from byte {at} on")]
    NotGsm7 {
        /// Where in the replacement, in bytes.
        at: u64,
    },
    /// What stands in an override for a character is none, or several.
    #[error("overrides[{place}].character: expected one character")]
    NotOneCharacter {
        /// Its place among the overrides, from 0.
        place: u64,
    },
}

impl From<TooLong> for TextError {
    fn from(TooLong { parts }: TooLong) -> Self {
        Self::TooLong { parts }
    }
}

impl From<NotGsm7> for TextError {
    fn from(NotGsm7 { at }: NotGsm7) -> Self {
        Self::NotGsm7 { at: at as u64 }
    }
}

/// One replacement in a text, or one place where none could be made.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Replacement {
    /// Where it stood: the first byte in the original text.
    pub start: u64,
    /// The byte after its last.
    pub end: u64,
    /// What stood there: one character, or several that make one sign.
    pub original: String,
    /// What stands there now: empty when removed, the same as `original` when left as it was.
    pub replacement: String,
    /// What kind of character it was.
    pub class: CharacterClass,
}

/// A text brought into GSM-7 as far as it goes, and what was done to it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Transliteration {
    /// The text.
    pub text: Body,
    /// What was replaced, and what stayed for want of an equivalent, in the order of the text.
    pub replaced: Vec<Replacement>,
    /// What the original costs.
    pub before: Segments,
    /// What the text costs now.
    pub after: Segments,
}

/// A text as it is sent, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Finished {
    /// The text.
    pub text: Body,
    /// What it costs.
    pub segments: Segments,
}

/// What stands for a character instead of the table's answer.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CharacterOverride {
    /// The character: one Unicode scalar value.
    pub character: String,
    /// What stands for it; absent: it has no equivalent.
    pub replacement: Option<String>,
}

/// What a text costs: encoding, units, parts.
#[uniffi::export(default(reference_bits = None))]
#[must_use]
pub fn segments(text: &str, reference_bits: Option<ReferenceBits>) -> Segments {
    text::segments_with(text, reference_bits.unwrap_or_default())
}

/// The characters that force a text into UCS-2.
#[uniffi::export]
#[must_use]
pub fn costly(text: &str) -> Vec<Costly> {
    text::costly(text)
}

/// The links of a text.
#[uniffi::export]
#[must_use]
pub fn links(text: &str) -> Vec<String> {
    text::links(text).filter_map(|link| text.get(link)).map(ToOwned::to_owned).collect()
}

/// Cuts a text into the parts of one message.
///
/// # Errors
/// [`TextError::TooLong`].
#[uniffi::export]
pub fn split(text: &str, options: SplitOptions) -> Result<Vec<Body>, TextError> {
    Ok(text::split(text, options)?.into_iter().map(Body::from).collect())
}

/// Brings a text into GSM-7, with a caller's own choices.
///
/// # Errors
/// [`TextError::NotGsm7`] for a replacement that is not GSM-7, [`TextError::NotOneCharacter`].
#[uniffi::export(default(missing = None, overrides = []))]
pub fn transliterate(
    text: &str,
    missing: Option<Missing>,
    overrides: Vec<CharacterOverride>,
) -> Result<Transliteration, TextError> {
    let mut rules = Transliterator::default().missing(missing.unwrap_or_default())?;
    for (place, CharacterOverride { character, replacement }) in overrides.into_iter().enumerate() {
        let mut characters = character.chars();
        let (Some(character), None) = (characters.next(), characters.next()) else {
            return Err(TextError::NotOneCharacter { place: place as u64 });
        };
        rules = match replacement {
            Some(replacement) => rules.with(character, replacement)?,
            None => rules.without(character),
        };
    }
    let done = rules.apply(text);
    let replaced = done.replaced.into_iter().map(|it| Replacement {
        start: it.range.start as u64,
        end: it.range.end as u64,
        original: it.original,
        replacement: it.replacement,
        class: it.class,
    });
    Ok(Transliteration {
        replaced: replaced.collect(),
        text: Body::new(done.text),
        before: done.before,
        after: done.after,
    })
}

/// A text as a practice sends it.
#[uniffi::export(default(reference_bits = None))]
#[must_use]
pub fn finish(text: &str, diacritics: Diacritics, reference_bits: Option<ReferenceBits>) -> Finished {
    let done = text::finish(text, diacritics, reference_bits.unwrap_or_default());
    Finished { text: Body::new(done.text), segments: done.segments }
}

/// What makes a text dearer, and what replacing it would save.
#[uniffi::export(default(reference_bits = None))]
#[must_use]
pub fn advice(text: &str, reference_bits: Option<ReferenceBits>) -> Advice {
    text::advice(text, reference_bits.unwrap_or_default())
}

/// A first name as one calls out to its bearer (Anno), by the rules of Polish.
#[uniffi::export]
#[must_use]
pub fn vocative(first_name: depesza::model::Name) -> depesza::model::Name {
    depesza::model::Name::new(depesza::template::vocative(first_name.reveal()))
}
