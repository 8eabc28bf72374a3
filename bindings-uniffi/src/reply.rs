//! What an answer says: TAK, NIE, STOP, or anything else. See `depesza::reply`.

use depesza::model::{Body, ReplyClass, ReplyPolicy};

/// Reads an answer.
#[uniffi::export(default(policy = None))]
#[must_use]
pub fn classify_reply(text: Body, policy: Option<ReplyPolicy>) -> ReplyClass {
    depesza::reply::classify(text.reveal(), &policy.unwrap_or_default())
}
