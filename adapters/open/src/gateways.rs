//! Gateways from JSON, and what they bring in.
//!
//! Not allowed here: anything that a provider means by its answers; that stands in its adapter.

use depesza::door::{self, Refusal};
use depesza::engine::{Engine, EngineError};
use depesza::gateway::Gateway;
use depesza::model::{GatewayId, Timestamp};
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;

/// Makes a gateway of one kind from its JSON.
type Make = fn(&str) -> Result<Box<dyn Connection>, Refusal>;

/// The kinds of this build, each with what makes it, as [`KINDS`] names them.
const MAKES: &[(&str, Make)] = &[
    #[cfg(feature = "smpp")]
    ("smpp", |json| Ok(Box::new(crate::smpp::connect(json)?))),
    #[cfg(feature = "smsapi")]
    ("smsapi", |json| Ok(Box::new(crate::smsapi::connect(json)?))),
];

/// The kinds of gateway that [`gateway`] knows in this build.
pub const KINDS: &[&str] = &[
    #[cfg(feature = "smpp")]
    "smpp",
    #[cfg(feature = "smsapi")]
    "smsapi",
];

/// How many reports and incoming messages one call of [`Link::receive`] takes at most.
const MAX_RECEIVED: u64 = 1_000;
/// What is expected of a gateway that somebody's call is for.
pub(crate) const CALLED: &str = "one whose provider calls the host's web server";

/// What came in by one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Reports and messages that the engine has now.
    pub told: u64,
    /// Those of no practice or message of this store: told in vain. A report may come before the answer to its message is
    /// stored; so let a provider that calls come again with one, for a minute or two.
    pub unrouted: u64,
}

/// A gateway that was made from JSON.
pub struct Link {
    id: GatewayId,
    connection: Box<dyn Connection>,
}

/// Whether a practice took it as its own: one that is of no message may be of one whose answer is not stored yet.
#[cfg(any(feature = "smpp", feature = "smsapi"))]
pub(crate) fn is_known(routed: &depesza::engine::Routed) -> bool {
    use depesza::engine::{Outcome, Routed};
    match routed {
        Routed::To { outcome, .. } => *outcome != Outcome::Unmatched,
        Routed::Unrouted => false,
    }
}

/// What an adapter offers beside its gateway.
pub(crate) trait Connection: Send + Sync {
    fn gateway(&self) -> Arc<dyn Gateway>;

    /// Takes what came in by the connection, at most `limit`, and waits for the first.
    fn receive(
        &self,
        engine: &Engine,
        now: Timestamp,
        wait: Duration,
        limit: u64,
    ) -> Result<Received, EngineError> {
        let _ = (engine, now, wait, limit);
        Ok(Received::default())
    }

    /// Takes what the provider called the host's address with; `None` when it calls none.
    fn callback(&self, engine: &Engine, form: &str, now: Timestamp) -> Option<Result<Received, Refusal>> {
        let _ = (engine, form, now);
        None
    }
}

/// Makes a gateway from a JSON object with `id`, its name for the engine, `kind`, one of [`KINDS`], and the options of that
/// kind, named as in its adapter, times in milliseconds (`_ms`):
///
/// - `smsapi`: `token`, and if wanted `base_url`, `sender`, `test`, `normalize`, `max_parts`, `notify_url`, `extra` (an object),
///   `batch`, `connections`, `connect_ms`, `answer_ms`, `call_ms`, `point_milli`, `roots_pem`;
/// - `smpp`: `host`, `system_id`, `password`, and if wanted `port`, `system_type`, `service_type`, `sender`, `bind`
///   (`transceiver`, `transmitter`), `window`, `rate`, `concatenation` (`udh`, `udh16`, `sar`, `payload`), `message_ids` (`same`,
///   `hex_then_decimal`, `decimal_then_hex`), `gsm7_data_coding`, `registered_delivery`, `receipt_zone`, `response_timeout_ms`,
///   `submit_timeout_ms`, `connect_wait_ms`, `enquire_link_ms`, `reconnect_min_ms`, `reconnect_max_ms`, `close_timeout_ms`,
///   `events`, `statuses` (pairs of a code and what it means).
///
/// # Errors
/// `bad_arguments` with the field and what was expected; no refusal quotes a value.
pub fn gateway(json: &str) -> Result<Link, Refusal> {
    /// What all kinds have; the rest is read by the kind's own reader.
    #[derive(Deserialize)]
    struct Common {
        id: GatewayId,
        kind: String,
    }
    let Common { id, kind } = door::read(json)?;
    if id.as_str().is_empty() {
        return Err(Refusal::field("id", "at least one character"));
    }
    let Some((_, make)) = MAKES.iter().find(|(known, _)| *known == kind) else {
        let expected = match KINDS {
            [] => "a build with gateways".to_owned(),
            kinds => format!("one of {}", kinds.join(", ")),
        };
        return Err(Refusal::field("kind", &expected));
    };
    let connection = make(json)?;
    Ok(Link { id, connection })
}

impl Link {
    /// Its name for the engine.
    #[must_use]
    pub fn id(&self) -> &GatewayId {
        &self.id
    }

    /// The gateway to make an engine with.
    #[must_use]
    pub fn gateway(&self) -> Arc<dyn Gateway> {
        self.connection.gateway()
    }

    /// Tells the engine the reports and messages that came in by the connection, at most 1,000, waiting at most `wait` for the
    /// first; a gateway whose provider calls the host's web server instead has none. What the engine could not store comes again.
    ///
    /// # Errors
    /// Those of [`Engine::sms_received`] and [`Engine::delivery_report`].
    pub fn receive(&self, engine: &Engine, now: Timestamp, wait: Duration) -> Result<Received, EngineError> {
        self.connection.receive(engine, now, wait, MAX_RECEIVED)
    }

    /// Tells the engine what the provider called the host's web server with: the query of the call, or its form
    /// (`application/x-www-form-urlencoded`). Of SMSAPI both delivery reports and incoming messages; answer it with `OK`
    /// when this succeeds, with an error status when it does not, and it comes again.
    ///
    /// # Errors
    /// [`Refusal`]: `bad_arguments` for what cannot be understood, or when this kind's provider calls nobody; what the engine says.
    pub fn callback(&self, engine: &Engine, form: &str, now: Timestamp) -> Result<Received, Refusal> {
        let told = self.connection.callback(engine, form, now);
        told.unwrap_or_else(|| Err(Refusal::field("gateway", CALLED)))
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_that_are_named_are_those_that_are_made() {
        assert!(MAKES.iter().map(|(kind, _)| kind).eq(KINDS));
    }
}
