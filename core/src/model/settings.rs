//! A practice and its settings.

use super::{
    CallSettings, Diacritics, Language, LinkMarker, Permission, PhonePolicy, PracticeId, ReferenceBits,
    ReplyPolicy, Route, SendWindow, Timestamp, WorkingDays, Zone,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// How the practice sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SmsMode {
    /// Nothing is sent.
    None,
    /// By the provider's common sender.
    #[default]
    Standard,
    /// By the practice's own sender ids.
    Premium,
}

/// A sender the practice may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Alphanumeric (at most 11 characters) or a number.
    pub id: String,
    /// Whether an answer to it can come back.
    #[serde(default)]
    pub receives: bool,
    /// Whether the provider lets it be used.
    #[serde(default)]
    pub approval: SenderApproval,
}

/// Whether a provider lets a sender id be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SenderApproval {
    /// It does.
    #[default]
    Approved,
    /// It has not decided yet.
    Pending,
    /// It does not.
    Refused,
}

/// A price of one part to numbers with a prefix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// E.164 prefix (`+48`); the longest that matches decides.
    pub prefix: String,
    /// Thousandths of the currency's unit for each part.
    pub part_milli: i64,
}

/// The colours in which a host shows answers in its calendar, as the user typed them (`#2e7d32`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Colours {
    /// For TAK.
    pub yes: String,
    /// For NIE.
    pub no: String,
    /// For any other answer.
    pub other: String,
}

impl Default for Colours {
    fn default() -> Self {
        Self { yes: "#2e7d32".into(), no: "#c62828".into(), other: "#f9a825".into() }
    }
}

/// What a practice sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How it sends.
    pub mode: SmsMode,
    /// Attempts of a message, 1 to 5.
    pub attempts: u8,
    /// Since when new cards are given consent for information on visits; absent: they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_consent_since: Option<Timestamp>,
    /// What happens to Polish letters.
    pub diacritics: Diacritics,
    /// Concatenation reference the gateway uses.
    pub reference_bits: ReferenceBits,
    /// The most parts of a message, 1 to 10.
    pub max_parts: u32,
    /// Link markers.
    pub links: Vec<LinkMarker>,
    /// Numbers that may be sent to.
    pub phones: PhonePolicy,
    /// The sending hours of the practice: outside of them nothing leaves by itself.
    pub sending_hours: SendWindow,
    /// The days the practice is open, for reminders in working days.
    pub working_days: WorkingDays,
    /// A move of a visit by no more than this many minutes sends nothing anew and voids no answer.
    pub move_tolerance_min: u32,
    /// How answers are read.
    pub replies: ReplyPolicy,
    /// Senders; the first approved one is the default.
    pub senders: Vec<Sender>,
    /// Prices by prefix.
    pub prices: Vec<Price>,
    /// ISO 4217 code of the prices' currency.
    pub currency: String,
    /// The most messages to one patient in one day, people's own messages not counted; absent: no cap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_cap: Option<u32>,
    /// The most that a day's automatic messages may cost, in thousandths; absent: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub daily_budget_milli: Option<i64>,
    /// Hours after which a submitted message without a report counts as `unconfirmed`, 1 to 168.
    pub report_wait_h: u32,
    /// Whether a STOP is acknowledged by one message.
    pub acknowledge_opt_out: bool,
    /// Colours of the answers.
    pub colours: Colours,
    /// SMS after a call.
    pub calls: CallSettings,
    /// Whether everything is planned and decided as usual, and nothing sent: for the weeks before a practice switches
    /// over.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
    /// When a day with far more messages than usual stops and asks; `null`: never.
    pub breaker: Option<Breaker>,
    /// How long texts and identities are kept.
    pub retention: Retention,
    /// Where the account is topped up; shown beside the balance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_up_link: Option<String>,
    /// Messages left on the account at which the desk is told; at 0 automatic messages wait.
    pub low_balance: Vec<i64>,
    /// Which gateways messages go through, at most 100 routes; empty: all gateways, in their order. A message whose number is
    /// on none is skipped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<Route>,
}

/// When a day stops and asks: it would send more than `floor` messages, and more than `factor` times a usual day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Breaker {
    /// Times the average of the practice's last 28 days with messages, 2 to 100.
    pub factor: u32,
    /// Messages a day that are never asked about, 1 to 1,000,000.
    pub floor: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { factor: 5, floor: 500 }
    }
}

/// How long data are kept, in days after the message, 1 to 36,500; absent: for good. Texts go first, then who it was;
/// figures stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Texts of messages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub texts_days: Option<u32>,
    /// Numbers, and whose a message was; no less than `texts_days`. It stays longer where the message still keeps another
    /// from going: 31 days after its visit; for a recall, a birthday wish or a broadcast of a running campaign up to 730
    /// days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identities_days: Option<u32>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: SmsMode::default(),
            attempts: 3,
            default_consent_since: None,
            diacritics: Diacritics::default(),
            reference_bits: ReferenceBits::default(),
            max_parts: 6,
            links: Vec::new(),
            phones: PhonePolicy::default(),
            sending_hours: SendWindow::default(),
            working_days: WorkingDays::default(),
            move_tolerance_min: 0,
            replies: ReplyPolicy::default(),
            senders: Vec::new(),
            prices: Vec::new(),
            currency: "PLN".into(),
            daily_cap: None,
            daily_budget_milli: None,
            report_wait_h: 72,
            acknowledge_opt_out: false,
            colours: Colours::default(),
            calls: CallSettings::default(),
            shadow: false,
            breaker: Some(Breaker::default()),
            retention: Retention::default(),
            top_up_link: None,
            low_balance: vec![50, 30, 0],
            routes: Vec::new(),
        }
    }
}

/// The key under which opted-out numbers are hashed; at least 16 bytes, the host's to keep.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Takes the key as text.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The key, for hashing only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// A practice: a clinic or a PBX account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Practice {
    /// Its identifier.
    pub id: PracticeId,
    /// The name that patients read.
    pub name: String,
    /// The address that patients read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The telephone that patients read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The practice's time zone.
    #[serde(default)]
    pub zone: Zone,
    /// The language of dates and days in texts.
    #[serde(default)]
    pub language: Language,
    /// The key of the opt-outs.
    pub secret: Secret,
    /// Permissions that the host asks for apart from [`Permission::ManageCampaigns`]: `manage_rules`, `manage_settings`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub separate_permissions: BTreeSet<Permission>,
    /// Its settings.
    #[serde(default)]
    pub settings: Settings,
}
