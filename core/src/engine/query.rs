//! What a host asks: events, messages, figures. Nothing here changes anything.

use super::record::{Record, exactly, number_id, part, patient_range, prefix_range, visit_key};
use super::tx::Tx;
use super::{Clinic, EngineError};
use crate::model::{
    Campaign, CampaignId, Event, Message, MessageId, PatientId, Tally, Timestamp, VisitFile, VisitId,
};
use crate::store::{Index, MAX_PAGE, Order, instant_key};

/// Messages, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessagePage {
    /// The messages.
    pub messages: Vec<Message>,
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
        self.read(|tx| tx.list(&number_id(after.saturating_add(1)), "~", limit.clamp(1, MAX_PAGE)))
    }

    /// A visit as the engine keeps it.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn visit(&self, id: &VisitId) -> Result<Option<VisitFile>, EngineError> {
        self.read(|tx| tx.get(id.as_str()))
    }

    /// A message.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn message(&self, id: MessageId) -> Result<Option<Message>, EngineError> {
        self.read(|tx| tx.get(&number_id(id.0)))
    }

    /// All messages about a visit, in the order of their numbers: sent, planned, and not sent with their reasons.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn messages_of_visit(&self, visit: &VisitId) -> Result<Vec<Message>, EngineError> {
        self.read(|tx| tx.scan(Index::MessageVisit, exactly(&visit_key(visit)), MAX_PAGE, Order::Ascending))
    }

    /// A patient's messages both ways, newest first.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn messages_of_patient(&self, patient: &PatientId, limit: u32) -> Result<Vec<Message>, EngineError> {
        let range = patient_range(patient, Timestamp::from_ms(0), Timestamp::MAX);
        self.read(|tx| {
            tx.scan(Index::MessagePatient, range.clone(), limit.clamp(1, MAX_PAGE), Order::Descending)
        })
    }

    /// All messages, newest first, a page at a time: `from` is the `next` of the page before.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn messages(&self, from: Option<&str>, limit: u32) -> Result<MessagePage, EngineError> {
        let limit = limit.clamp(1, MAX_PAGE);
        let to = from.map_or_else(|| instant_key(Timestamp::MAX), ToOwned::to_owned);
        self.read(|tx| {
            let range = (String::new(), to.clone());
            let found = tx.scan_keys::<Message>(Index::MessageTime, range, limit, Order::Descending)?;
            let full = found.len() == usize::try_from(limit).unwrap_or(usize::MAX);
            let next = found.last().filter(|_| full).map(|(key, _)| key.clone());
            Ok(MessagePage { messages: found.into_iter().map(|(_, message)| message).collect(), next })
        })
    }

    /// The practice's campaigns, in the order of their ids.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn campaigns(&self) -> Result<Vec<Campaign>, EngineError> {
        self.read(|tx| tx.list("", "\u{10ffff}", super::planning::MAX_CAMPAIGNS))
    }

    /// A campaign's figures by step and local day. They are counted as messages change, so that asking costs the same
    /// however many there are.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn figures(&self, campaign: &CampaignId) -> Result<Vec<Tally>, EngineError> {
        let (mut from, to) = prefix_range(&part(campaign.as_str()));
        self.read(|tx| {
            let mut figures = Vec::new();
            loop {
                let page: Vec<Tally> = tx.list(&from, &to, MAX_PAGE)?;
                let Some(last) = page.last() else { return Ok(figures) };
                from = format!("{}\0", last.row_id());
                figures.extend(page);
            }
        })
    }

    fn read<T>(&self, work: impl FnOnce(&mut Tx<'_>) -> Result<T, EngineError>) -> Result<T, EngineError> {
        work(&mut Tx::begin(&*self.engine.store, &self.id, Timestamp::default())?)
    }
}
