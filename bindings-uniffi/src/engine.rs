//! The engine: facts in, decisions out, messages to the gateway. See `depesza::engine`. What is asked of it stands in
//! `questions`, what users do in `acts`.

use crate::convert::Permissions;
use crate::error::EngineError;
use crate::gateway::GatewayLink;
use crate::store::{HostStore, Store};
use depesza::door;
use depesza::engine::{self, Dispatched, Outcome, Routed, Worked};
use depesza::model::{
    Body, CampaignId, DeliveryReport, Event, Fact, GatewayId, PracticeId, SmsReceived, Timestamp, UserId,
};
use std::sync::Arc;

/// A person at the desk with what the host lets them do.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct User {
    /// Who.
    pub id: UserId,
    /// What they may do.
    pub permissions: Permissions,
}

impl From<User> for depesza::model::User {
    fn from(user: User) -> Self {
        Self { id: user.id, permissions: user.permissions }
    }
}

/// The engine over one store and its gateways. Every method may be called from several threads; none reads a clock.
///
/// What has no method of its own is reached by [`call`](Self::call).
#[derive(uniffi::Object)]
pub struct Engine(pub(crate) engine::Engine);

#[uniffi::export]
impl Engine {
    /// An engine over the store that a URL names: `memory:`, `sqlite:PATH`, `postgresql://USER@HOST/DATABASE`.
    ///
    /// # Errors
    /// [`EngineError::StoreFailed`]; the URL, which may hold a password, is not quoted.
    #[uniffi::constructor(default(gateways = []))]
    pub fn open(url: &str, gateways: Vec<Arc<GatewayLink>>) -> Result<Self, EngineError> {
        Ok(Self(engine::Engine::new(depesza_open::open(url)?, entries(&gateways))))
    }

    /// An engine over a store of the host's own.
    #[uniffi::constructor(default(gateways = []))]
    #[must_use]
    pub fn over_store(store: Arc<dyn Store>, gateways: Vec<Arc<GatewayLink>>) -> Self {
        Self(engine::Engine::new(Arc::new(HostStore(store)), entries(&gateways)))
    }

    /// Calls an operation by its name, with its arguments as a JSON object, and returns its answer as JSON; the operations
    /// and their schemas stand in `schemas/operations.json`.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn call(&self, method: &str, arguments: &Body) -> Result<Body, EngineError> {
        Ok(door::call(&self.0, method, arguments.reveal()).map(Body::new)?)
    }

    /// Creates a practice, or changes its settings: `practice` is the JSON of `depesza::model::Practice`.
    ///
    /// # Errors
    /// [`EngineError::Faulty`] with every fault.
    pub fn open_practice(&self, practice: &Body, now: Timestamp) -> Result<(), EngineError> {
        Ok(self.0.open_practice(&door::read(practice.reveal())?, now)?)
    }

    /// Tells facts, in their order: all are stored and decided on in one commit, or none is.
    ///
    /// # Errors
    /// [`EngineError::Faulty`] names the first faulty one and its field.
    pub fn apply(
        &self,
        practice: PracticeId,
        facts: Vec<Fact>,
        now: Timestamp,
    ) -> Result<Vec<Outcome>, EngineError> {
        Ok(self.0.practice(practice).apply(&facts, now)?)
    }

    /// Takes in an SMS whose practice the host does not know.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn sms_received(&self, sms: SmsReceived, now: Timestamp) -> Result<Routed, EngineError> {
        Ok(self.0.sms_received(&sms, now)?)
    }

    /// Takes in a delivery report whose practice the host does not know.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn delivery_report(&self, report: DeliveryReport, now: Timestamp) -> Result<Routed, EngineError> {
        Ok(self.0.delivery_report(&report, now)?)
    }

    /// When `dispatch` or `work` will next have something to do; nothing when nothing is waiting.
    ///
    /// # Errors
    /// [`EngineError::StoreFailed`].
    pub fn next_due(&self) -> Result<Option<Timestamp>, EngineError> {
        Ok(self.0.next_due()?)
    }

    /// Sends what is due, about `limit` messages.
    ///
    /// # Errors
    /// [`EngineError::StoreFailed`]; the same call may be made again, and nothing is sent twice.
    pub fn dispatch(&self, now: Timestamp, limit: u32) -> Result<Dispatched, EngineError> {
        Ok(self.0.dispatch(now, limit.into())?)
    }

    /// Goes on with jobs, in about `limit` commits.
    ///
    /// # Errors
    /// [`EngineError::StoreFailed`]; the same call may be made again.
    pub fn work(&self, now: Timestamp, limit: u32) -> Result<Worked, EngineError> {
        Ok(self.0.work(now, limit.into())?)
    }

    /// Says that a gateway's account is in order again.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn resume_gateway(
        &self,
        practice: PracticeId,
        gateway: GatewayId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.0.resume_gateway(&practice, &gateway, now)?)
    }

    /// Events of a practice after a number, oldest first.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn events(&self, practice: PracticeId, after: u64, limit: u32) -> Result<Vec<Event>, EngineError> {
        Ok(self.0.practice(practice).events(after, limit)?)
    }

    /// Saves a new campaign: ready, not active. `spec` is the JSON of `depesza::model::CampaignSpec`.
    ///
    /// # Errors
    /// [`EngineError::Faulty`] with every fault; [`EngineError::NotPermitted`], as for all acts.
    pub fn create_campaign(
        &self,
        practice: PracticeId,
        user: User,
        campaign: CampaignId,
        spec: &str,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let spec = door::read(spec)?;
        Ok(self.0.practice(practice).as_user(user.into()).create_campaign(campaign, spec, now)?)
    }
}

impl Engine {
    pub(crate) fn core(&self) -> &engine::Engine {
        &self.0
    }
}

fn entries(gateways: &[Arc<GatewayLink>]) -> Vec<(GatewayId, Arc<dyn depesza::gateway::Gateway>)> {
    gateways.iter().map(|gateway| gateway.entry()).collect()
}
