//! What is said about a message's text: how it is coded, how many parts it takes, what was replaced in it.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The coding of a message (3GPP TS 23.038): a message has one, for all its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Encoding {
    /// The GSM 7-bit default alphabet with its extension table; a unit is a septet.
    #[serde(rename = "GSM-7")]
    Gsm7,
    /// UCS-2, in practice UTF-16; a unit is 16 bits.
    #[serde(rename = "UCS-2")]
    Ucs2,
}

/// The length of the reference number that ties the parts of a message together (3GPP TS 23.040, 9.2.3.24).
///
/// On the wire the number of bits: `8` or `16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum ReferenceBits {
    /// A header of 6 octets: parts of 153 septets or 67 units. What nearly every gateway sends.
    #[default]
    Eight,
    /// A header of 7 octets: parts of 152 septets or 66 units.
    Sixteen,
}

impl From<ReferenceBits> for u8 {
    fn from(bits: ReferenceBits) -> Self {
        match bits {
            ReferenceBits::Eight => 8,
            ReferenceBits::Sixteen => 16,
        }
    }
}

impl TryFrom<u8> for ReferenceBits {
    type Error = &'static str;

    fn try_from(bits: u8) -> Result<Self, Self::Error> {
        match bits {
            8 => Ok(Self::Eight),
            16 => Ok(Self::Sixteen),
            _ => Err("expected a reference of 8 or 16 bits"),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ReferenceBits {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReferenceBits".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "enum": [8, 16],
            "description": "bits of the reference number of a concatenated message"
        })
    }
}

/// What a text costs: its coding, its length and its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Segments {
    /// The coding of every part.
    pub encoding: Encoding,
    /// Units of the whole text, without headers and without what packing leaves empty: septets (an extension
    /// character is two) or UTF-16 units.
    pub units: u32,
    /// Parts that are sent and billed; at least 1. Above 255 the text cannot be sent.
    pub count: u32,
    /// Units still free in the last part.
    pub remaining: u32,
}

/// What becomes of the letters that GSM-7 does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Diacritics {
    /// Replaced by their plain forms, so that the message is GSM-7 where it can be.
    #[default]
    Plain,
    /// The text as it was written, whatever it costs.
    Polish,
    /// As written where that costs no part more than the plain form, otherwise plain.
    WhenFree,
}

/// What kind of character was replaced, for a report that a person can check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CharacterClass {
    /// A letter, or a mark on one.
    Letter,
    /// A quotation mark, a dash, an ellipsis and the like.
    Punct,
    /// A space or a line end.
    Space,
    /// A character that draws nothing: soft hyphen, zero width, direction mark, variation selector.
    Invisible,
    /// A control character.
    Control,
    /// A sign that carries meaning (a degree, a fraction, a micro sign): to be checked, for it may stand in a dose.
    Symbol,
    /// No safe equivalent, or part of a link: left as it is unless [`Missing`] says otherwise.
    None,
}

/// What becomes of a character that has no safe equivalent in GSM-7.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// It stays, and so the message stays UCS-2.
    #[default]
    Keep,
    /// It is left out.
    Drop,
    /// This text, all of it in GSM-7, stands in its place.
    Replace(String),
}

/// One replacement in a text, or one place where none could be made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replacement {
    /// Where it stood: byte offsets in the original text (UTF-8).
    pub range: Range<usize>,
    /// What stood there: one character, or several that make one sign (a letter and its mark, an emoji sequence).
    pub original: String,
    /// What stands there now: empty when removed, the same as `original` when left as it was.
    pub replacement: String,
    /// What kind of character it was.
    pub class: CharacterClass,
}

/// A character that forces a message into UCS-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Costly {
    /// Byte offset in the text (UTF-8).
    pub at: usize,
    /// The character.
    pub character: char,
}

/// What makes a message dearer, and what replacing it would save.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Advice {
    /// The message as it is.
    pub before: Segments,
    /// The message with everything below replaced.
    pub after: Segments,
    /// Parts saved by replacing everything below; negative when the replacements are longer than what they replace.
    pub parts_saved: i32,
    /// The dear characters, in the order in which they first occur.
    pub characters: Vec<CharacterAdvice>,
}

/// One dear character of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CharacterAdvice {
    /// The character, or the characters that make one sign.
    pub character: String,
    /// Every place where it occurs: byte offsets in the text (UTF-8).
    pub at: Vec<usize>,
    /// What could stand in its place; nothing when only other words help.
    pub replacement: Option<String>,
    /// What kind of character it is.
    pub class: CharacterClass,
    /// Parts saved by replacing this character alone, everywhere; negative when the replacement is longer.
    ///
    /// Without a `replacement`: by leaving it out, or, for an extension character of GSM-7, by a character of one
    /// septet in its place.
    pub parts_saved: i32,
}

/// How a text is cut into parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SplitOptions {
    /// The length of the reference number.
    pub reference_bits: ReferenceBits,
    /// Whether a grapheme cluster may be cut.
    pub clusters: Clusters,
    /// Whether a link may be cut.
    pub links: Links,
}

/// Whether a grapheme cluster (a letter and its marks, a flag, an emoji sequence) may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Clusters {
    /// Cut between any two characters, as the standard counts.
    #[default]
    Ignore,
    /// Kept whole unless longer than a part (CR LF may be cut); the message may take more parts than it is counted for.
    Keep,
}

/// Whether a link may be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Links {
    /// Cut between any two characters, as the standard counts.
    #[default]
    Ignore,
    /// Kept whole unless longer than a part; the message may take more parts than it is counted for.
    Keep,
}
