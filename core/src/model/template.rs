//! Templates as data: what a screen shows, what a user configures, what a check of a body answers.

use super::{CallRuleId, CampaignId, TemplateId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// The language of what people read: day and month names, labels, messages for a screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Polish.
    #[default]
    Pl,
    /// English.
    En,
}

/// What a body speaks about, and so which built-in placeholders it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TemplateSubject {
    /// A patient and their visits: campaigns.
    Visits,
    /// A telephone call: SMS-after-call rules.
    Calls,
    /// A patient, and no visit: recalls, birthdays, broadcasts.
    People,
}

/// A body that is kept under a name, to be taken into campaigns and rules. Those copy its text: a later change or the end
/// of the template leaves them alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StoredTemplate {
    /// Its identifier, unique in the practice.
    pub id: TemplateId,
    /// The name on the list, 1 to 100 characters.
    pub name: String,
    /// The text with placeholders.
    pub body: String,
    /// What it speaks about, and so which placeholders it may hold.
    #[serde(default = "visits")]
    pub subject: TemplateSubject,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// By whom.
    pub changed_by: UserId,
}

fn visits() -> TemplateSubject {
    TemplateSubject::Visits
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LocalText {
    /// In Polish.
    pub pl: String,
    /// In English.
    pub en: String,
}

/// A placeholder that a user defines and that stands for a URL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LinkMarker {
    /// What is written in round brackets: at most 32 letters, digits, `_`, `-` and spaces, a letter first.
    pub name: String,
    /// Where the link leads: at most 500 characters, `http`, `https` or no scheme; sent exactly as typed.
    pub url: String,
}

/// Who uses a link marker.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkUser {
    /// A campaign that has not ended.
    Campaign(CampaignId),
    /// A stored template.
    Template(TemplateId),
    /// A half-filled campaign.
    Draft(CampaignId),
    /// A rule for SMS after a call.
    CallRule(CallRuleId),
}

impl fmt::Display for LinkUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Campaign(id) => write!(f, "campaign {id}"),
            Self::Template(id) => write!(f, "template {id}"),
            Self::Draft(id) => write!(f, "draft {id}"),
            Self::CallRule(id) => write!(f, "rule {id}"),
        }
    }
}

/// A placeholder that the host defines and supplies values for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CustomPlaceholder {
    /// What is written in round brackets; the same rule as for [`LinkMarker::name`].
    pub name: String,
    /// What it stands for, for the legend.
    pub description: LocalText,
    /// What it may look like when filled in, for the legend and for previews.
    pub sample: String,
}

/// Where a placeholder comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlaceholderKind {
    /// Depesza has it.
    BuiltIn,
    /// The host registered it.
    Custom,
    /// A user's link marker.
    Link,
}

/// One line of the legend beside the field in which a body is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LegendEntry {
    /// What to write, brackets included: `(data:slownie)`.
    pub marker: String,
    /// Where it comes from.
    pub kind: PlaceholderKind,
    /// What it stands for, in the language asked for.
    pub description: String,
    /// What it may look like when filled in; of a link, its URL.
    pub sample: String,
}

/// A stretch of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TextSpan {
    /// First byte of the stretch in the body's UTF-8, from 0; always on a character's border.
    pub start: usize,
    /// The byte after its last, from 0; always on a character's border.
    pub end: usize,
    /// Line on which it starts, from 1. Lines end with LF.
    pub line: usize,
    /// Column at which it starts, from 1, in characters (Unicode scalar values).
    pub column: usize,
}

/// What is wrong with a body, and where.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[error("template fault {} at line {}, column {}", .kind.code(), .at.line, .at.column)]
pub struct TemplateFault {
    /// Where: the whole bracket, or the part of the body that is too much.
    pub at: TextSpan,
    /// What.
    #[serde(flatten)]
    pub kind: TemplateFaultKind,
}

/// What can be wrong with a body. On the wire the variant is the field `code`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum TemplateFaultKind {
    /// The body has nothing that could be read.
    EmptyBody,
    /// The body is longer than allowed.
    BodyTooLong {
        /// Its length, in characters.
        chars: usize,
        /// The most that is allowed, in characters.
        limit: usize,
    },
    /// The body holds more placeholders than allowed.
    TooManyPlaceholders {
        /// The most that is allowed.
        limit: usize,
    },
    /// A word in brackets that names no placeholder.
    UnknownPlaceholder {
        /// The word as typed, shortened to 32 characters.
        name: String,
        /// The known name nearest to it, when one is near enough to be meant.
        nearest: Option<String>,
    },
    /// A built-in placeholder of the other subject, such as `(imie)` in a call rule.
    NotForSubject {
        /// The placeholder's name.
        name: String,
        /// What this body speaks about.
        subject: TemplateSubject,
    },
    /// A format that the placeholder does not have.
    UnknownFormat {
        /// The placeholder's name.
        name: String,
        /// The format as typed, shortened to 32 characters.
        format: String,
        /// The formats it has; may be none.
        known: Vec<String>,
    },
    /// `(name|)`: a fallback that would leave a hole.
    EmptyFallback {
        /// The placeholder's name.
        name: String,
    },
    /// `(name|… (`: a fallback is plain text and holds no brackets.
    BracketInFallback {
        /// The placeholder's name.
        name: String,
    },
}

impl TemplateFaultKind {
    /// The code on the wire.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyBody => "empty_body",
            Self::BodyTooLong { .. } => "body_too_long",
            Self::TooManyPlaceholders { .. } => "too_many_placeholders",
            Self::UnknownPlaceholder { .. } => "unknown_placeholder",
            Self::NotForSubject { .. } => "not_for_subject",
            Self::UnknownFormat { .. } => "unknown_format",
            Self::EmptyFallback { .. } => "empty_fallback",
            Self::BracketInFallback { .. } => "bracket_in_fallback",
        }
    }
}

/// Why a link marker or a host's placeholder is refused. On the wire the variant is the field `code`.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MarkerFault {
    /// The name is not made of words.
    #[error("name: expected letters, digits, `_`, `-` and spaces, a letter first")]
    NameMalformed,
    /// The name is too long.
    #[error("name: longer than {limit} characters")]
    NameTooLong {
        /// The most that is allowed, in characters.
        limit: usize,
    },
    /// Another placeholder has that name, when case and Polish diacritics are set aside.
    #[error("name: already taken")]
    NameTaken {
        /// Whose name it is.
        by: PlaceholderKind,
    },
    /// The catalogue holds as many of this kind as it may.
    #[error("more than {limit} of this kind")]
    TooMany {
        /// The most that is allowed.
        limit: usize,
    },
    /// The URL is too long.
    #[error("url: longer than {limit} characters")]
    UrlTooLong {
        /// The most that is allowed, in characters.
        limit: usize,
    },
    /// The URL holds white space, control or invisible characters.
    #[error("url: white space or invisible characters")]
    UrlWhiteSpace,
    /// The URL has a scheme other than `http` and `https`.
    #[error("url: expected http, https or no scheme")]
    UrlScheme,
    /// The URL does not begin with a host's name such as `www.estomed.pl`.
    #[error("url: expected a host name such as www.estomed.pl")]
    UrlHost,
}
