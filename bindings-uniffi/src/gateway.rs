//! Gateways: those of the adapters, made from JSON, and a host's own.
//!
//! A host's gateway that throws has not answered: its messages count as unknown, never as rejected, and are settled as any
//! answer that was lost. The exception's text, which may quote a number, goes nowhere.

use crate::engine::Engine;
use crate::error::EngineError;
use depesza::gateway;
use depesza::model::{Capabilities, GatewayId, LookupResult, Submission, SubmitResult, Timestamp};
use depesza_open::{Link, Received};
use std::sync::Arc;
use std::time::Duration;

/// A gateway could not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum GatewayError {
    /// Nobody knows what became of it.
    #[error("{reason}")]
    NoAnswer {
        /// Why, without patient data.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for GatewayError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::NoAnswer { reason: "the gateway threw an exception".to_owned() }
    }
}

/// An SMS gateway of the host's own. Every method may be called from several threads.
#[uniffi::export(foreign)]
pub trait Gateway: Send + Sync {
    /// What it can do. Asked once.
    ///
    /// # Errors
    /// [`GatewayError`]: the gateway is then not taken.
    fn capabilities(&self) -> Result<Capabilities, GatewayError>;

    /// Hands over the messages and answers for each, in their order. An answer that is missing counts as unknown.
    ///
    /// # Errors
    /// [`GatewayError`], as any exception: nobody knows what became of all of them.
    fn submit(&self, batch: Vec<Submission>) -> Result<Vec<SubmitResult>, GatewayError>;

    /// Asks what became of the message with our reference. Called only where the capabilities say so.
    ///
    /// # Errors
    /// [`GatewayError`]: it cannot tell.
    fn look_up(&self, reference: String) -> Result<LookupResult, GatewayError>;

    /// Takes a submitted message back; true only when it certainly will not arrive. Called only where the capabilities say so.
    ///
    /// # Errors
    /// [`GatewayError`]: it may arrive.
    fn cancel(&self, reference: String) -> Result<bool, GatewayError>;

    /// What is left on the account, in thousandths of its currency's unit, where the gateway tells.
    ///
    /// # Errors
    /// [`GatewayError`]: it does not tell.
    fn balance_milli(&self) -> Result<Option<i64>, GatewayError>;
}

/// A host's gateway as the core's.
struct HostGateway {
    gateway: Arc<dyn Gateway>,
    capabilities: Capabilities,
}

impl gateway::Gateway for HostGateway {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        self.gateway.submit(batch.to_vec()).unwrap_or_else(|error| {
            let GatewayError::NoAnswer { reason } = error;
            batch.iter().map(|_| SubmitResult::Unknown { why: reason.clone() }).collect()
        })
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        self.gateway.look_up(reference.to_owned()).unwrap_or(LookupResult::Unsure {})
    }

    fn cancel(&self, reference: &str) -> bool {
        self.gateway.cancel(reference.to_owned()).unwrap_or(false)
    }

    fn balance_milli(&self) -> Option<i64> {
        self.gateway.balance_milli().ok().flatten()
    }
}

enum Kind {
    Provider(Link),
    Host(GatewayId, Arc<HostGateway>),
}

/// What a provider brought in by one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct BroughtIn {
    /// Reports and messages that the engine has now.
    pub told: u64,
    /// Those of no practice or message of this store.
    pub unrouted: u64,
}

impl From<Received> for BroughtIn {
    fn from(received: Received) -> Self {
        Self { told: received.told, unrouted: received.unrouted }
    }
}

/// A gateway under its name for the engine.
#[derive(uniffi::Object)]
pub struct GatewayLink(Kind);

#[uniffi::export]
impl GatewayLink {
    /// A gateway of an adapter, from a JSON object with `id`, `kind` (`smsapi`, `smpp`) and its options.
    ///
    /// # Errors
    /// [`EngineError::Faulty`] with the field; no value is quoted.
    #[uniffi::constructor]
    pub fn from_json(json: &str) -> Result<Self, EngineError> {
        Ok(Self(Kind::Provider(depesza_open::gateway(json)?)))
    }

    /// A gateway of the host's own.
    ///
    /// # Errors
    /// [`GatewayError`] when it does not say what it can do.
    #[uniffi::constructor]
    pub fn of_host(id: GatewayId, gateway: Arc<dyn Gateway>) -> Result<Self, GatewayError> {
        let capabilities = gateway.capabilities()?;
        Ok(Self(Kind::Host(id, Arc::new(HostGateway { gateway, capabilities }))))
    }

    /// Its name for the engine.
    #[must_use]
    pub fn id(&self) -> GatewayId {
        match &self.0 {
            Kind::Provider(link) => link.id().clone(),
            Kind::Host(id, _) => id.clone(),
        }
    }

    /// Tells the engine what came in by the provider's connection, waiting at most `wait_ms` for the first; a host's own
    /// gateway brings nothing: it tells the engine by itself.
    ///
    /// # Errors
    /// [`EngineError`]; what was not stored comes again.
    pub fn receive(&self, engine: &Engine, now: Timestamp, wait_ms: u32) -> Result<BroughtIn, EngineError> {
        match &self.0 {
            Kind::Provider(link) => {
                Ok(link.receive(engine.core(), now, Duration::from_millis(wait_ms.into()))?.into())
            }
            Kind::Host(..) => Ok(Received::default().into()),
        }
    }

    /// Tells the engine what the provider called the host's web server with (a query or a form). Answer it with success
    /// only when this succeeds.
    ///
    /// # Errors
    /// [`EngineError`]; `Faulty` for what cannot be understood, and where this gateway's provider calls nobody.
    pub fn callback(&self, engine: &Engine, form: &str, now: Timestamp) -> Result<BroughtIn, EngineError> {
        match &self.0 {
            Kind::Provider(link) => Ok(link.callback(engine.core(), form, now)?.into()),
            Kind::Host(..) => Err(depesza::door::Refusal::field(
                "gateway",
                "one whose provider calls the host's web server",
            )
            .into()),
        }
    }
}

impl GatewayLink {
    /// As the engine takes it.
    pub(crate) fn entry(&self) -> (GatewayId, Arc<dyn gateway::Gateway>) {
        match &self.0 {
            Kind::Provider(link) => (link.id().clone(), link.gateway()),
            Kind::Host(id, gateway) => (id.clone(), gateway.clone()),
        }
    }
}
