//! Facts of a gateway that come without a practice: found by reference, else by the number they came to.

use super::facts::Outcome;
use super::record::{own_number_key, provider_key};
use super::{Engine, EngineError};
use crate::model::{DeliveryReport, Fact, GatewayId, PracticeId, SmsReceived, Timestamp};
use crate::store::Index;
use serde::{Deserialize, Serialize};

/// Where a gateway's fact went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "routed", rename_all = "snake_case")]
pub enum Routed {
    /// To one practice.
    To {
        /// The practice.
        practice: PracticeId,
        /// What became of it there.
        outcome: Outcome,
    },
    /// Nowhere: no practice of this store can be found for it, or more than one. The host decides, and tells it to
    /// a practice by [`Clinic::apply`](super::Clinic::apply).
    Unrouted,
}

impl Engine {
    /// Takes in an SMS whose practice the host does not know: by the message it answers, else by the number or sender
    /// it came to, where exactly one practice has that.
    ///
    /// # Errors
    /// As [`Clinic::apply`](super::Clinic::apply).
    pub fn sms_received(&self, sms: &SmsReceived, now: Timestamp) -> Result<Routed, EngineError> {
        let mut practice = None;
        if let Some(answered) = &sms.in_reply_to {
            practice = self.practice_of(answered, &sms.gateway)?;
        }
        if let (None, Some(to)) = (&practice, &sms.to) {
            practice =
                only(self.store.find(Index::OwnNumber, &own_number_key(to))?.into_iter().map(|(id, _)| id));
        }
        self.route(practice, Fact::SmsReceived(sms.clone()), now)
    }

    /// Takes in a delivery report whose practice the host does not know.
    ///
    /// # Errors
    /// As [`Clinic::apply`](super::Clinic::apply).
    pub fn delivery_report(&self, report: &DeliveryReport, now: Timestamp) -> Result<Routed, EngineError> {
        let mut practice = None;
        for named in [&report.reference, &report.provider_id].into_iter().flatten() {
            if practice.is_none() {
                practice = self.practice_of(named, &report.gateway)?;
            }
        }
        self.route(practice, Fact::DeliveryReport(report.clone()), now)
    }

    /// The practice of a message that a gateway names by our reference or its own identifier.
    fn practice_of(&self, named: &str, gateway: &GatewayId) -> Result<Option<PracticeId>, EngineError> {
        for (index, key) in
            [(Index::Reference, named.to_owned()), (Index::ProviderId, provider_key(gateway, named))]
        {
            let found = only(self.store.find(index, &key)?.into_iter().map(|(id, _)| id));
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn route(&self, practice: Option<PracticeId>, fact: Fact, now: Timestamp) -> Result<Routed, EngineError> {
        let Some(practice) = practice else { return Ok(Routed::Unrouted) };
        let outcome =
            self.practice(practice.clone()).apply(&[fact], now)?.pop().unwrap_or(Outcome::Unmatched);
        Ok(Routed::To { practice, outcome })
    }
}

/// The only practice of a list, however often it stands there.
fn only(mut practices: impl Iterator<Item = PracticeId>) -> Option<PracticeId> {
    let first = practices.next()?;
    practices.all(|other| other == first).then_some(first)
}
