//! A gateway that takes everything and reports on it when asked.

use depesza::gateway::Gateway;
use depesza::model::{
    Capabilities, DAY_MS, DeliveryReport, DeliveryState, Fact, OwnReference, Submission, SubmitResult,
    Timestamp,
};
use std::sync::{Mutex, PoisonError};

/// The gateway's identifier.
pub const GATEWAY: &str = "sink";

/// Takes everything, keeps only what it has not reported on yet.
#[derive(Default)]
pub struct Sink {
    taken: Mutex<Vec<String>>,
}

impl Sink {
    /// Reports the delivery of all that was taken since the last call.
    #[must_use]
    pub fn delivered(&self, at: Timestamp) -> Vec<Fact> {
        let taken = std::mem::take(&mut *self.taken.lock().unwrap_or_else(PoisonError::into_inner));
        let report = |reference: String| DeliveryReport {
            gateway: GATEWAY.into(),
            provider_id: Some(provider_id(&reference)),
            reference: Some(reference),
            part: None,
            state: DeliveryState::Delivered,
            at,
            raw: "DELIVRD".into(),
            cost_milli: None,
        };
        taken.into_iter().map(|reference| Fact::DeliveryReport(report(reference))).collect()
    }
}

fn provider_id(reference: &str) -> String {
    format!("mt-{reference}")
}

impl Gateway for Sink {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            own_reference: OwnReference::Unique { window_ms: DAY_MS },
            look_up: false,
            batch: 100,
            reports: true,
            cancel: false,
        }
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.extend(batch.iter().map(|message| message.reference.clone()));
        let accepted = |message: &Submission| SubmitResult::Accepted {
            provider_ids: vec![provider_id(&message.reference)],
            parts: None,
            cost_milli: None,
        };
        batch.iter().map(accepted).collect()
    }
}
