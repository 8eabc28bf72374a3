//! What a body looks like before it is saved: rendered three ways, with what each costs.

use super::{Advice, Encoding};
use serde::{Deserialize, Serialize};

/// A body rendered with typical values, and with the shortest and the longest that are realistic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Preview {
    /// With the samples of the legend, and the practice's own name, address and telephone.
    pub typical: PreviewText,
    /// With the shortest values that are realistic.
    pub shortest: PreviewText,
    /// With the longest values that are realistic.
    pub longest: PreviewText,
    /// The dear characters of the typical text, as it would be sent.
    pub advice: Advice,
    /// Those of them that the body itself holds: other words would help.
    pub dear_in_body: Vec<String>,
    /// Those of them that come with values: another patient's message may do without.
    pub dear_in_values: Vec<String>,
    /// Placeholders that have neither a value in this practice nor a fallback: as things stand every message is skipped.
    pub missing: Vec<String>,
}

/// One rendering of a body, as it would be sent. No patient is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PreviewText {
    /// The text.
    pub text: String,
    /// How it is coded.
    pub encoding: Encoding,
    /// Its length in units of that coding.
    pub units: u32,
    /// Its parts.
    pub parts: u32,
    /// Units still free in the last part.
    pub remaining: u32,
    /// Its cost in thousandths of the practice's currency.
    pub cost_milli: i64,
}
