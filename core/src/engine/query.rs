//! What a host asks: events, messages, figures. Nothing here changes anything.

use super::record::{
    LAST, Record, call_key, exactly, number_id, part, patient_range, prefix_range, visit_key,
};
use super::{Clinic, EngineError, Side, Who};
use crate::call::{Seen, explain};
use crate::model::{
    AfterMatch, Call, CallExplained, CallFile, CallId, Campaign, CampaignId, Event, Message, MessageId,
    NoRule, PatientId, Permission, RuleExplained, RuleState, Tally, Timestamp, VisitFile, VisitId,
};
use crate::store::{Index, MAX_PAGE, Order, instant_key};
use serde::{Deserialize, Serialize};

/// Calls, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CallPage {
    /// The calls.
    pub calls: Vec<CallFile>,
    /// Where the next page goes on; `None` on the last.
    pub next: Option<String>,
}

impl Clinic<'_> {
    /// What the engine decided, in order, after event number `after` (0: from the start), at most `limit` (1 to 1,000).
    /// A host keeps the number of the last event it has dealt with.
    ///
    /// # Errors
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`]; the same for all queries.
    pub fn events(&self, after: u64, limit: u32) -> Result<Vec<Event>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            tx.list(&number_id(after.saturating_add(1)), "~", limit.clamp(1, MAX_PAGE))
        })
    }
}

impl<W: Who> Side<'_, W> {
    /// A visit as the engine keeps it.
    ///
    /// # Errors
    /// [`EngineError::NotPermitted`] without [`Permission::CommunicationCenter`], [`EngineError::UnknownPractice`],
    /// [`EngineError::Store`]; the same for all queries.
    pub fn visit(&self, id: &VisitId) -> Result<Option<VisitFile>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| tx.get(id.as_str()))
    }

    /// A message.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn message(&self, id: MessageId) -> Result<Option<Message>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| tx.get(&number_id(id.0)))
    }

    /// All messages about a visit, in the order of their numbers: sent, planned, and not sent with their reasons.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn messages_of_visit(&self, visit: &VisitId) -> Result<Vec<Message>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            tx.scan(Index::MessageVisit, exactly(&visit_key(visit)), MAX_PAGE, Order::Ascending)
        })
    }

    /// A patient's messages both ways, newest first.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn messages_of_patient(&self, patient: &PatientId, limit: u32) -> Result<Vec<Message>, EngineError> {
        let range = patient_range(patient, Timestamp::from_ms(0), Timestamp::MAX);
        self.read(Permission::CommunicationCenter, |tx| {
            tx.scan(Index::MessagePatient, range.clone(), limit.clamp(1, MAX_PAGE), Order::Descending)
        })
    }

    /// The practice's campaigns, in the order of their ids.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn campaigns(&self) -> Result<Vec<Campaign>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| tx.list("", LAST, super::planning::MAX_CAMPAIGNS))
    }

    /// A campaign's figures by step and local day. They are counted as messages change, so that asking costs the same
    /// however many there are.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn figures(&self, campaign: &CampaignId) -> Result<Vec<Tally>, EngineError> {
        let (from, to) = prefix_range(&part(campaign.as_str()));
        self.read(Permission::CommunicationCenter, |tx| tx.list_all(&from, &to))
    }

    /// A call as it was told, with what the rules made of it.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn call(&self, system: &str, id: &CallId) -> Result<Option<CallFile>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| tx.get(&call_key(system, id)))
    }

    /// Calls that were told, newest first, a page at a time: `from` is the `next` of the page before.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn calls(&self, from: Option<&str>, limit: u32) -> Result<CallPage, EngineError> {
        let (calls, next) = self.page(Index::CallTime, from, limit)?;
        Ok(CallPage { calls, next })
    }

    /// All messages about a call, in the order of their numbers.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn messages_of_call(&self, system: &str, id: &CallId) -> Result<Vec<Message>, EngineError> {
        let key = exactly(&call_key(system, id));
        self.read(Permission::CommunicationCenter, |tx| {
            tx.scan(Index::MessageCall, key, MAX_PAGE, Order::Ascending)
        })
    }

    /// What the rules as they are now make of a call, condition by condition, and what the engine did with it when it was
    /// told. The call need not have been told.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn explain_call(&self, call: &Call) -> Result<CallExplained, EngineError> {
        let rules = self.rules()?;
        self.read(Permission::CommunicationCenter, |tx| {
            let practice = tx.practice().clone();
            let seen = Seen::of(call, &practice);
            let explained: Vec<RuleExplained> =
                rules.iter().map(|rule| explain(rule, &seen, &practice.settings.phones)).collect();
            let mut acting = rules.iter().zip(&explained);
            let acts = |explained: &RuleExplained| explained.matches && explained.state == RuleState::On;
            let stopped_by = acting
                .find(|(rule, explained)| acts(explained) && rule.spec.after_match == AfterMatch::Stop)
                .map(|(rule, _)| rule.id.clone());
            let none = || (!explained.iter().any(acts)).then_some(NoRule::NoneMatches);
            let nothing = super::calls::nothing(tx, call).or_else(none);
            let file = tx.get(&call_key(&call.system, &call.id))?;
            Ok(CallExplained { rules: explained, stopped_by, nothing, file })
        })
    }

    /// A page of an index that is ordered by time, newest first, and where the next goes on.
    fn page<R: Record>(
        &self,
        index: Index,
        from: Option<&str>,
        limit: u32,
    ) -> Result<(Vec<R>, Option<String>), EngineError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let to = from.map_or_else(|| instant_key(Timestamp::MAX), ToOwned::to_owned);
        self.read(Permission::CommunicationCenter, |tx| {
            let found = tx.scan_keys::<R>(index, (String::new(), to), limit, Order::Descending)?;
            let full = found.len() == usize::try_from(limit).unwrap_or(usize::MAX);
            let next = found.last().filter(|_| full).map(|(key, _)| key.clone());
            Ok((found.into_iter().map(|(_, record)| record).collect(), next))
        })
    }
}
