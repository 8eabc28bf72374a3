//! Why a question to SMSAPI had no answer.
//!
//! Not allowed here: SMSAPI's own words, which may quote a number.

use depesza::model::RejectClass;

/// Why SMSAPI did not answer a question (balance, sender names, states).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SmsApiFault {
    /// No answer came: no connection, none in time, or a broken one.
    #[error("no answer from smsapi: {0}")]
    NoAnswer(&'static str),
    /// The account is refused.
    #[error("refused by smsapi (code {code})")]
    Refused {
        /// The kind of refusal.
        class: RejectClass,
        /// SMSAPI's code (see [`codes`](crate::codes)), or `http` and the status.
        code: String,
    },
    /// Too many requests.
    #[error("too many requests, again after {after_ms} ms")]
    Later {
        /// After so many milliseconds.
        after_ms: i64,
    },
    /// The answer is not of the form that SMSAPI describes.
    #[error("answer of smsapi: expected {0}")]
    Malformed(&'static str),
}
