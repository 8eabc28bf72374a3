//! What passes between the engine and a gateway: submissions and their results, reports, incoming messages.

use super::{Body, DeliveryState, Encoding, GatewayId, Phone, Purpose, SmsMode, Timestamp, Verbatim};
use serde::{Deserialize, Serialize};

/// A kind of refusal, and by that what to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RejectClass {
    /// The recipient's number is invalid, a landline or unsupported: final, the number is marked.
    RecipientInvalid,
    /// The recipient opted out at the gateway: final, the opt-out is kept.
    RecipientOptedOut,
    /// The text was refused: final.
    Content,
    /// The text is too long for the gateway: final.
    TooLong,
    /// The sender id is not allowed: final.
    SenderNotAllowed,
    /// No credit: the gateway pauses, no attempt is used.
    AccountNoCredit,
    /// The key or password is wrong: the gateway pauses, no attempt is used.
    AccountAuth,
    /// The account may not do this (address filter, foreign numbers locked …): the gateway pauses, no attempt is used.
    AccountBlocked,
    /// A passing failure at the provider or operator: tried again, an attempt is used.
    Transient,
    /// The telephone is off or out of reach: tried again once after a long while, an attempt is used.
    Unreachable,
    /// The message's validity ended at the gateway: final.
    Expired,
}

/// What a gateway's account allows and has left, as the provider or the host tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AccountState {
    /// The gateway.
    pub gateway: GatewayId,
    /// When it was so; an older one is ignored.
    pub at: Timestamp,
    /// The mode that the account was bought with; absent where the provider does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<SmsMode>,
    /// What is left in thousandths of the currency's unit; absent where it has no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_milli: Option<i64>,
    /// Messages of one part that are left; where absent, the balance divided by the dearest price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages_left: Option<i64>,
}

/// One message handed to a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Submission {
    /// Our reference: at most 36 of `0-9a-z-`, the same over all attempts of this message.
    pub reference: String,
    /// Recipient in E.164.
    pub to: Phone,
    /// Sender id; the account's default when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<String>,
    /// The finished text.
    pub body: Body,
    /// Its encoding.
    pub encoding: Encoding,
    /// Its parts by our count.
    pub parts: u32,
    /// What it is for.
    pub purpose: Purpose,
    /// The engine's time of this attempt.
    pub at: Timestamp,
    /// After this instant it must not arrive any more; adapters map it to the gateway's validity.
    pub not_after: Timestamp,
}

/// A gateway's answer for one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum SubmitResult {
    /// Taken. A duplicate of our own reference is this too.
    Accepted {
        /// The gateway's identifiers, one or one a part.
        provider_ids: Vec<String>,
        /// Parts by the gateway's count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parts: Option<u32>,
        /// Cost in thousandths of the currency's unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cost_milli: Option<i64>,
    },
    /// Refused, definitely not sent.
    Rejected {
        /// The kind of refusal.
        class: RejectClass,
        /// The gateway's own code or word, without patient data.
        code: String,
    },
    /// Not now: definitely not sent, no attempt is used.
    TryLater {
        /// After so many milliseconds.
        after_ms: i64,
    },
    /// Nobody knows: a time-out after writing, a reset, a 5xx without a body.
    Unknown {
        /// The cause, without patient data.
        why: String,
    },
}

/// What a look-up found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum LookupResult {
    /// The gateway has it.
    Known {
        /// The gateway's identifiers.
        provider_ids: Vec<String>,
        /// Its state.
        state: DeliveryState,
    },
    /// The gateway never got it: it may go again.
    NotFound {},
    /// The gateway cannot tell.
    Unsure {},
}

/// How far a gateway keeps our own reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kept", rename_all = "snake_case")]
pub enum OwnReference {
    /// Not at all.
    #[default]
    None,
    /// Stored, shown in reports and look-ups.
    Stored {},
    /// Enforced as an idempotency key: within the window the same reference is never sent twice.
    Unique {
        /// The window, in milliseconds from the first submission.
        window_ms: i64,
    },
}

/// What a gateway can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Capabilities {
    /// Own reference.
    pub own_reference: OwnReference,
    /// Whether [`Gateway::look_up`](crate::gateway::Gateway::look_up) can find a message by our reference.
    pub look_up: bool,
    /// The most messages of one call, at least 1.
    pub batch: u32,
    /// Whether it sends delivery reports.
    pub reports: bool,
    /// Whether a submitted message can be taken back.
    pub cancel: bool,
}

/// What the gateway says of a message after it took it: a delivery report (DLR).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DeliveryReport {
    /// Which gateway was authenticated.
    pub gateway: GatewayId,
    /// The gateway's identifier of the message or part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Our reference, where the gateway returns it; it decides before the identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Which part, from 1, where it reports parts one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<u32>,
    /// What it says.
    pub state: DeliveryState,
    /// When it happened, by the gateway.
    pub at: Timestamp,
    /// The gateway's own words, for the record.
    #[serde(default)]
    pub raw: Verbatim,
    /// Cost in thousandths of the currency's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_milli: Option<i64>,
}

/// An SMS that came in (mobile originated).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SmsReceived {
    /// Which gateway was authenticated.
    pub gateway: GatewayId,
    /// The gateway's identifier: the same twice is one message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<String>,
    /// Who wrote, as the gateway gives it.
    pub from: Phone,
    /// The number or sender it came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The text.
    pub body: Body,
    /// When, by the gateway.
    pub received_at: Timestamp,
    /// The gateway's identifier, or our reference, of the message that is answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
    /// Its place among the parts of a long message, where the gateway does not join them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<InboundPart>,
    /// The gateway itself took it for an opt-out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub opt_out: bool,
}

/// A part of a long incoming message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct InboundPart {
    /// Reference of the concatenated message (3GPP TS 23.040, 9.2.3.24.1).
    pub reference: u16,
    /// This part, from 1.
    pub part: u8,
    /// Parts in all.
    pub parts: u8,
}
