//! A gateway that sends nothing and remembers everything: for tests, examples and dry practice.
//!
//! What happens to a message follows from the seed and its reference alone, so a run can be repeated. Faults are
//! rates out of a thousand; [`Simulator::script`] forces the next answers instead.

use super::Gateway;
use crate::model::{
    Body, Capabilities, DeliveryReport, DeliveryState, GatewayId, LookupResult, MINUTE_MS, OwnReference,
    Phone, RejectClass, SECOND_MS, Submission, SubmitResult, Timestamp,
};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How often the simulated gateway fails, out of 1,000 submissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// A passing failure.
    pub transient: u16,
    /// "Try later" (rate limit).
    pub try_later: u16,
    /// Taken, but the answer is lost.
    pub answer_lost: u16,
    /// Not taken, and the answer is lost.
    pub request_lost: u16,
    /// The number is refused for good.
    pub invalid: u16,
    /// Taken, but the handset never gets it.
    pub undelivered: u16,
    /// Taken and delivered, but no report ever comes.
    pub no_report: u16,
    /// Reports come twice, and out of order.
    pub messy_reports: u16,
}

/// A message that the simulator sent to a handset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Our reference.
    pub reference: String,
    /// The simulator's own identifier.
    pub provider_id: String,
    /// To whom.
    pub to: Phone,
    /// What.
    pub body: Body,
    /// When, by the engine's time.
    pub at: Timestamp,
    /// Until when it might arrive.
    pub not_after: Timestamp,
}

#[derive(Default)]
struct State {
    taken: Vec<Taken>,
    /// The place in `taken` of the last message under a reference.
    places: BTreeMap<String, usize>,
    tries: BTreeMap<String, u32>,
    script: VecDeque<SubmitResult>,
    reports: BTreeMap<(Timestamp, u64), DeliveryReport>,
    next_report: u64,
}

impl State {
    fn find(&self, reference: &str) -> Option<&Taken> {
        self.places.get(reference).and_then(|place| self.taken.get(*place))
    }
}

/// The simulated gateway.
pub struct Simulator {
    id: GatewayId,
    seed: u64,
    faults: Faults,
    capabilities: Capabilities,
    state: Mutex<State>,
}

impl Simulator {
    /// A gateway without faults that keeps our reference as an idempotency key for a day, looks messages up and
    /// reports on them.
    #[must_use]
    pub fn new(id: GatewayId, seed: u64) -> Self {
        let capabilities = Capabilities {
            own_reference: OwnReference::Unique { window_ms: 24 * 60 * MINUTE_MS },
            look_up: true,
            batch: 100,
            reports: true,
            cancel: false,
        };
        Self { id, seed, faults: Faults::default(), capabilities, state: Mutex::default() }
    }

    /// The same with faults.
    #[must_use]
    pub fn with_faults(self, faults: Faults) -> Self {
        Self { faults, ..self }
    }

    /// The same with other capabilities.
    #[must_use]
    pub fn with_capabilities(self, capabilities: Capabilities) -> Self {
        Self { capabilities, ..self }
    }

    /// Forces the answers to the next submissions, in order. `Accepted` takes the message; `Unknown` does not.
    pub fn script(&self, answers: impl IntoIterator<Item = SubmitResult>) {
        self.state().script.extend(answers);
    }

    /// Everything that went to a handset so far, in order.
    #[must_use]
    pub fn taken(&self) -> Vec<Taken> {
        self.taken_from(0)
    }

    /// The same without the first `place` messages: what is new since so many were seen.
    #[must_use]
    pub fn taken_from(&self, place: usize) -> Vec<Taken> {
        self.state().taken.iter().skip(place).cloned().collect()
    }

    /// Delivery reports that are due by `now`; each is given once.
    #[must_use]
    pub fn reports(&self, now: Timestamp) -> Vec<DeliveryReport> {
        let mut state = self.state();
        let later = state.reports.split_off(&(now.plus_ms(1), 0));
        std::mem::replace(&mut state.reports, later).into_values().collect()
    }

    /// When the next delivery report is due.
    #[must_use]
    pub fn next_report(&self) -> Option<Timestamp> {
        self.state().reports.keys().next().map(|(at, _)| *at)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A number from 0 to 999 that depends on the seed, the message and what is asked, and on nothing else.
    fn chance(&self, reference: &str, try_no: u32, what: &str) -> u16 {
        let digest = Sha256::new()
            .chain_update(self.seed.to_be_bytes())
            .chain_update(reference)
            .chain_update(try_no.to_be_bytes())
            .chain_update(what)
            .finalize();
        let number = digest.iter().take(4).fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
        u16::try_from(number % 1_000).unwrap_or(0)
    }

    fn answer(&self, state: &mut State, message: &Submission) -> SubmitResult {
        let unique = matches!(self.capabilities.own_reference, OwnReference::Unique { .. });
        if unique && let Some(known) = state.find(&message.reference) {
            return accepted(known.provider_id.clone(), message.parts);
        }
        if let Some(scripted) = state.script.pop_front() {
            if let SubmitResult::Accepted { .. } = scripted {
                self.take(state, message);
            }
            return scripted;
        }
        let tries = state.tries.entry(message.reference.clone()).or_default();
        *tries += 1;
        let tries = *tries;
        let mut chance = self.chance(&message.reference, tries, "submit");
        let mut hit = |rate: u16| {
            let inside = chance < rate;
            chance = chance.saturating_sub(rate);
            inside
        };
        let faults = &self.faults;
        if hit(faults.transient) {
            return SubmitResult::Rejected { class: RejectClass::Transient, code: "sim-201".into() };
        }
        if hit(faults.try_later) {
            return SubmitResult::TryLater { after_ms: 30 * SECOND_MS };
        }
        if hit(faults.request_lost) {
            return SubmitResult::Unknown { why: "connection reset before the answer".into() };
        }
        if hit(faults.invalid) && self.chance(message.to.reveal(), 0, "number") < 500 {
            return SubmitResult::Rejected { class: RejectClass::RecipientInvalid, code: "sim-2001".into() };
        }
        let lost = hit(faults.answer_lost);
        let provider_id = self.take(state, message);
        if lost {
            return SubmitResult::Unknown { why: "time-out after the request was written".into() };
        }
        accepted(provider_id, message.parts)
    }

    fn take(&self, state: &mut State, message: &Submission) -> String {
        let provider_id = format!("{}-{}", self.id, state.taken.len() + 1);
        state.places.insert(message.reference.clone(), state.taken.len());
        state.taken.push(Taken {
            reference: message.reference.clone(),
            provider_id: provider_id.clone(),
            to: message.to.clone(),
            body: message.body.clone(),
            at: message.at,
            not_after: message.not_after,
        });
        if self.capabilities.reports {
            self.plan_reports(state, message, &provider_id);
        }
        provider_id
    }

    fn plan_reports(&self, state: &mut State, message: &Submission, provider_id: &str) {
        if self.chance(&message.reference, 0, "no report") < self.faults.no_report {
            return;
        }
        let delay = |what: &str| i64::from(self.chance(&message.reference, 0, what));
        let end = if self.chance(&message.reference, 0, "undelivered") < self.faults.undelivered {
            DeliveryState::Undelivered
        } else {
            DeliveryState::Delivered
        };
        let sent_at = message.at.plus_ms(SECOND_MS + delay("sent"));
        let end_at = sent_at.plus_ms(SECOND_MS + 60 * delay("end"));
        let mut reports = vec![(sent_at, DeliveryState::Sent), (end_at, end)];
        if self.chance(&message.reference, 0, "messy") < self.faults.messy_reports {
            reports.push((end_at.plus_ms(SECOND_MS), DeliveryState::Sent));
            reports.push((end_at.plus_ms(2 * SECOND_MS), end));
        }
        for (at, what) in reports {
            state.next_report += 1;
            let report = DeliveryReport {
                gateway: self.id.clone(),
                provider_id: Some(provider_id.to_owned()),
                reference: (self.capabilities.own_reference != OwnReference::None)
                    .then(|| message.reference.clone()),
                part: None,
                state: what,
                at,
                raw: format!("{what:?}").into(),
                cost_milli: None,
            };
            state.reports.insert((at, state.next_report), report);
        }
    }
}

fn accepted(provider_id: String, parts: u32) -> SubmitResult {
    SubmitResult::Accepted { provider_ids: vec![provider_id], parts: Some(parts), cost_milli: None }
}

impl Gateway for Simulator {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let mut state = self.state();
        batch.iter().map(|message| self.answer(&mut state, message)).collect()
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        match self.state().find(reference) {
            Some(taken) => LookupResult::Known {
                provider_ids: vec![taken.provider_id.clone()],
                state: DeliveryState::Accepted,
            },
            None => LookupResult::NotFound {},
        }
    }
}
