//! The engine: facts in, decisions out, messages to the gateway. See `depesza::engine`.

use crate::convert::Permissions;
use crate::error::EngineError;
use crate::gateway::GatewayLink;
use crate::store::{HostStore, Store};
use depesza::door;
use depesza::engine::{self, Dispatched, Outcome, Routed, Worked};
use depesza::model::{
    Body, BoundedCount, CampaignId, ChatShows, DeliveryReport, Event, Fact, GatewayId, Message, MessageEdit,
    MessageFilter, MessageId, MessagePage, NewMessage, PatientFound, PatientId, PracticeId, ReplyEffect,
    SmsReceived, Timestamp, UserId, VisitFile, VisitId,
};
use std::sync::Arc;

/// A question of the host, or of a user.
macro_rules! ask {
    ($engine:ident, $practice:ident, $user:ident, $method:ident($($argument:expr),*)) => {{
        let clinic = $engine.0.practice($practice);
        Ok(match $user {
            None => clinic.$method($($argument),*)?,
            Some(user) => clinic.as_user(user.into()).$method($($argument),*)?,
        })
    }};
}

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
pub struct Engine(engine::Engine);

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

    /// A visit with what happened to it; nothing when it is not known.
    ///
    /// # Errors
    /// [`EngineError`]; the same for all questions. Without a user the host asks.
    #[uniffi::method(default(user = None))]
    pub fn visit(
        &self,
        practice: PracticeId,
        visit: VisitId,
        user: Option<User>,
    ) -> Result<Option<VisitFile>, EngineError> {
        ask!(self, practice, user, visit(&visit))
    }

    /// A message; nothing when there is none.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    #[uniffi::method(default(user = None))]
    pub fn message(
        &self,
        practice: PracticeId,
        message: MessageId,
        user: Option<User>,
    ) -> Result<Option<Message>, EngineError> {
        ask!(self, practice, user, message(message))
    }

    /// Messages about a visit.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    #[uniffi::method(default(user = None))]
    pub fn messages_of_visit(
        &self,
        practice: PracticeId,
        visit: VisitId,
        user: Option<User>,
    ) -> Result<Vec<Message>, EngineError> {
        ask!(self, practice, user, messages_of_visit(&visit))
    }

    /// Messages, newest first, at most 100; `from` is the `next` of the page before.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    #[uniffi::method(default(from = None, user = None))]
    pub fn messages(
        &self,
        practice: PracticeId,
        filter: MessageFilter,
        limit: u32,
        from: Option<String>,
        user: Option<User>,
    ) -> Result<MessagePage, EngineError> {
        ask!(self, practice, user, messages(&filter, from.as_deref(), limit))
    }

    /// A patient's conversation, newest first; `from` is the `next` of the page before.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    #[uniffi::method(default(from = None, user = None))]
    pub fn chat(
        &self,
        practice: PracticeId,
        patient: PatientId,
        shows: ChatShows,
        limit: u32,
        from: Option<String>,
        user: Option<User>,
    ) -> Result<MessagePage, EngineError> {
        ask!(self, practice, user, chat(&patient, shows, from.as_deref(), limit))
    }

    /// How many messages are unread.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    #[uniffi::method(default(user = None))]
    pub fn unread_total(
        &self,
        practice: PracticeId,
        user: Option<User>,
    ) -> Result<BoundedCount, EngineError> {
        ask!(self, practice, user, unread_total())
    }

    /// Patients by parts of names and numbers.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    #[uniffi::method(default(user = None))]
    pub fn find_patients(
        &self,
        practice: PracticeId,
        query: Body,
        limit: u32,
        user: Option<User>,
    ) -> Result<Vec<PatientFound>, EngineError> {
        ask!(self, practice, user, find_patients(query.reveal(), limit))
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

    /// Starts a campaign.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn activate(
        &self,
        practice: PracticeId,
        user: User,
        campaign: CampaignId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).activate(&campaign, now)?)
    }

    /// Holds a campaign.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn pause(
        &self,
        practice: PracticeId,
        user: User,
        campaign: CampaignId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).pause(&campaign, now)?)
    }

    /// Goes on with a campaign that was held.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn resume(
        &self,
        practice: PracticeId,
        user: User,
        campaign: CampaignId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).resume(&campaign, now)?)
    }

    /// Ends a campaign for good.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn end(
        &self,
        practice: PracticeId,
        user: User,
        campaign: CampaignId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).end(&campaign, now)?)
    }

    /// Reminds of a visit now.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn remind(
        &self,
        practice: PracticeId,
        user: User,
        visit: VisitId,
        now: Timestamp,
    ) -> Result<MessageId, EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).remind(&visit, now)?)
    }

    /// Sends a message that a person wrote.
    ///
    /// # Errors
    /// [`EngineError`]; `quiet_hours` asks for the person's word.
    pub fn send_message(
        &self,
        practice: PracticeId,
        user: User,
        message: NewMessage,
        now: Timestamp,
    ) -> Result<MessageId, EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).send_message(&message, now)?)
    }

    /// Changes a message that waits.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn edit_message(
        &self,
        practice: PracticeId,
        user: User,
        message: MessageId,
        edit: MessageEdit,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).edit_message(message, &edit, now)?)
    }

    /// Takes a message back.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn cancel_message(
        &self,
        practice: PracticeId,
        user: User,
        message: MessageId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).cancel_message(message, now)?)
    }

    /// Marks a message as read.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn mark_read(
        &self,
        practice: PracticeId,
        user: User,
        message: MessageId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).mark_read(message, now)?)
    }

    /// Gives an incoming message to a patient; answers what its text then did.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn assign_message(
        &self,
        practice: PracticeId,
        user: User,
        message: MessageId,
        patient: PatientId,
        now: Timestamp,
    ) -> Result<Option<ReplyEffect>, EngineError> {
        Ok(self.0.practice(practice).as_user(user.into()).assign_message(message, &patient, now)?)
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
