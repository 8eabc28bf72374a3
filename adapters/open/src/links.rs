//! The gateways of one engine together.

use crate::gateways::{Link, Received};
use depesza::door::Refusal;
use depesza::engine::{Engine, EngineError};
use depesza::gateway::Gateway;
use depesza::model::{GatewayId, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// The gateways of an engine that were made from JSON, each of an id of its own. A copy holds the same gateways, which are closed as the last goes.
#[derive(Clone, Debug, Default)]
pub struct Links(Vec<Arc<Link>>);

impl Links {
    /// Adds one, and answers what an engine is made with.
    pub fn add(&mut self, link: Link) -> (GatewayId, Arc<dyn Gateway>) {
        let named = (link.id().clone(), link.gateway());
        self.0.push(Arc::new(link));
        named
    }

    /// Tells the engine what came in by the connections of all, one gateway after the other: of each what [`Link::receive`] says, waiting at most
    /// `wait` for its first.
    ///
    /// # Errors
    /// Those of [`Link::receive`]; what was told before stays told.
    pub fn receive(&self, engine: &Engine, now: Timestamp, wait: Duration) -> Result<Received, EngineError> {
        self.0.iter().try_fold(Received::default(), |all, link| {
            let Received { told, unrouted } = link.receive(engine, now, wait)?;
            Ok(Received { told: all.told + told, unrouted: all.unrouted + unrouted })
        })
    }

    /// Tells the engine what a provider called the host's web server with, as [`Link::callback`].
    ///
    /// # Errors
    /// Those of [`Link::callback`]; `bad_arguments` with the field `gateway` where none has this id.
    pub fn callback(
        &self,
        engine: &Engine,
        gateway: &str,
        form: &str,
        now: Timestamp,
    ) -> Result<Received, Refusal> {
        let link = self.0.iter().find(|link| link.id().as_str() == gateway);
        link.ok_or_else(|| Refusal::field("gateway", crate::gateways::CALLED))?.callback(engine, form, now)
    }
}
