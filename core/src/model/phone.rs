//! Telephone numbers: what a practice accepts, what a number is, and why one is refused.

use crate::model::Phone;
use serde::{Deserialize, Serialize};

/// Which numbers a practice writes to. Checked when it is saved by [`phone::check`](crate::phone::check).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct PhonePolicy {
    /// The country of numbers typed without one: `+` and a country calling code (ITU-T E.164), by default `+48`.
    /// Its numbers are allowed.
    pub default_prefix: String,
    /// Further prefixes whose numbers are allowed: `+`, a country calling code, and as many digits of the number after
    /// it as the practice wants (`+380`, `+4915`); at most [`PhonePolicy::PREFIXES_MAX`].
    pub allowed_prefixes: Vec<String>,
}

impl PhonePolicy {
    /// The most further prefixes a practice may allow.
    pub const PREFIXES_MAX: usize = 300;
    /// The most digits of a prefix.
    pub const PREFIX_DIGITS_MAX: usize = 7;
}

impl Default for PhonePolicy {
    fn default() -> Self {
        Self { default_prefix: "+48".to_owned(), allowed_prefixes: Vec::new() }
    }
}

/// A fault in a [`PhonePolicy`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum PhonePolicyFault {
    /// `default_prefix` is not `+` and the whole calling code of a country.
    #[error("default_prefix is not a plus and the calling code of a country")]
    DefaultPrefix,
    /// An allowed prefix is not `+` and digits that begin with an assigned calling code.
    #[error("allowed_prefixes[{index}] is not a plus and digits that begin with a calling code")]
    AllowedPrefix {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// There are more than [`PhonePolicy::PREFIXES_MAX`] allowed prefixes.
    #[error("allowed_prefixes has more than {} entries", PhonePolicy::PREFIXES_MAX)]
    TooManyPrefixes,
}

/// What a number is for, as libphonenumber's metadata say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// A mobile number.
    Mobile,
    /// A landline, the closed networks of ministries and railways included.
    Landline,
    /// A landline or a mobile: the numbering plan does not tell them apart (USA, Canada).
    MobileOrLandline,
    /// Internet telephony (in Poland 39).
    Voip,
    /// A premium rate number (in Poland 70x).
    Premium,
    /// Free for the caller (in Poland 800).
    TollFree,
    /// The caller pays a part (in Poland 801).
    SharedCost,
    /// A personal number that follows its holder.
    Personal,
    /// A pager (in Poland 64).
    Pager,
    /// A company's one number for all its places (in Poland 804).
    UniversalAccess,
    /// A voice mail box.
    Voicemail,
    /// A valid number of no known kind.
    Unknown,
}

/// A number that was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Number {
    /// The number in E.164: `+` and at most 15 digits.
    pub e164: Phone,
    /// The country calling code, 1 to 999.
    pub calling_code: u16,
    /// What the number is for.
    pub kind: NumberKind,
}

/// Why a text is no telephone number.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NumberFault {
    /// Nothing was given.
    #[error("no number was given")]
    Empty,
    /// The caller's number was withheld.
    #[error("the number is withheld")]
    Withheld,
    /// Up to six digits without a country: a service number or an internal extension.
    #[error("the number is a short code or an extension")]
    ShortCode,
    /// Fewer digits than a number of its country has.
    #[error("the number has too few digits")]
    TooShort,
    /// More digits than a number of its country has, perhaps two numbers.
    #[error("the number has too many digits")]
    TooLong,
    /// Letters, an extension, two numbers with a slash, or other signs that a number has not. Nothing is guessed.
    #[error("the text is not one telephone number")]
    Malformed,
    /// No such number is assigned.
    #[error("the number is not in use in its country's numbering plan")]
    Invalid,
}

/// Why nothing may be sent to a number.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, thiserror::Error,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Refusal {
    /// No number was given ([`NumberFault::Empty`]).
    #[error("no number was given")]
    Missing,
    /// See [`NumberFault::Withheld`].
    #[error("the number is withheld")]
    Withheld,
    /// See [`NumberFault::ShortCode`].
    #[error("the number is a short code or an extension")]
    ShortCode,
    /// See [`NumberFault::TooShort`].
    #[error("the number has too few digits")]
    TooShort,
    /// See [`NumberFault::TooLong`].
    #[error("the number has too many digits")]
    TooLong,
    /// See [`NumberFault::Malformed`].
    #[error("the text is not one telephone number")]
    Malformed,
    /// See [`NumberFault::Invalid`].
    #[error("the number is not in use in its country's numbering plan")]
    Invalid,
    /// A number of a country the practice does not write to.
    #[error("the number is outside the allowed prefixes")]
    OutsidePrefixes,
    /// A number that takes no SMS.
    #[error("a number of this kind cannot receive an SMS")]
    CannotReceiveSms {
        /// What the number is.
        kind: NumberKind,
    },
}

impl From<NumberFault> for Refusal {
    fn from(fault: NumberFault) -> Self {
        match fault {
            NumberFault::Empty => Self::Missing,
            NumberFault::Withheld => Self::Withheld,
            NumberFault::ShortCode => Self::ShortCode,
            NumberFault::TooShort => Self::TooShort,
            NumberFault::TooLong => Self::TooLong,
            NumberFault::Malformed => Self::Malformed,
            NumberFault::Invalid => Self::Invalid,
        }
    }
}
