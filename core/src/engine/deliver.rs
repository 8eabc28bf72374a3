//! `dispatch`: practice by practice in fair turns; and what a gateway's answers make of messages.

use super::drafting::make_way;
use super::planning::plan_visit;
use super::prepare::Handed;
use super::record::message_key;
use super::restore::certainly_not_sent;
use super::settle::{doubt, may_have_gone, tell};
use super::steps::{AtGateway, Steps};
use super::tx::Tx;
use super::{Engine, EngineError, Faults, foresee, inbound, requests, router};
use crate::message::{UNREACHABLE_WAIT_MS, is_pending, retry_delay_ms, step};
use crate::model::{
    BadNumber, DAY_MS, DeliveryState, FailedAttempt, GatewayId, HOUR_MS, Happening, LookupResult, Message,
    MessageId, OptOutSource, PracticeId, Reason, RejectClass, SECOND_MS, Status, SubmitResult, Timestamp,
    VisitFile, Wiped,
};
use crate::store::Index;
use serde::{Deserialize, Serialize};

/// The most messages of one practice in one turn; then the next practice has its turn.
const TURN: u32 = 100;
/// The most practices that one round looks at.
const PRACTICES: u32 = 1_000;
/// The most reports of "telephone off" before a message has failed: behind many stands a landline.
const MAX_UNREACHABLE: usize = 2;

/// What a dispatch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dispatched {
    /// Messages handed to a gateway.
    pub submitted: u64,
    /// Of these, taken.
    pub accepted: u64,
    /// Of these, with an outcome that nobody knows.
    pub unknown: u64,
    /// Whether something is still due that no other dispatcher has in hand: call again.
    pub more: bool,
}

impl Dispatched {
    pub(super) fn count(&mut self, answers: &[SubmitResult]) {
        for answer in answers {
            self.submitted += 1;
            match answer {
                SubmitResult::Accepted { .. } => self.accepted += 1,
                SubmitResult::Unknown { .. } => self.unknown += 1,
                SubmitResult::Rejected { .. } | SubmitResult::TryLater { .. } => {}
            }
        }
    }
}

impl Engine {
    /// Sends what is due at `now`: oldest first in each practice, practices in rounds in which each has its turn of at most
    /// 100, so that a flood in one does not hold up the rest. A round shares out what is left of `limit`, at least one to
    /// each, and is finished once begun.
    ///
    /// Safe to call from several threads and processes at once, and to be killed at any point: nothing is sent twice.
    ///
    /// All of a call happens at `now`, its leases too, however long it takes: a hand-over's is two minutes. A message whose lease
    /// is over another dispatcher looks up, or gives to an idempotent gateway again. So where several dispatch through a
    /// gateway that only looks up, a call should be over within the two minutes (a smaller `limit`, called more often), and
    /// their clocks should agree to some seconds.
    ///
    /// # Errors
    /// [`EngineError::Store`]; what was committed before stays, and the same call may be made again. When it is one
    /// practice that fails, the others have their turns all the same, and the first such error is returned at the end.
    pub fn dispatch(&self, now: Timestamp, limit: u64) -> Result<Dispatched, EngineError> {
        let mut done = Dispatched::default();
        let mut faults = Faults::default();
        let mut moved = true;
        loop {
            let practices = faults.without(self.store.due(Index::Due, now, PRACTICES)?);
            if practices.is_empty() {
                break;
            }
            if !moved || done.submitted >= limit {
                done.more = true;
                break;
            }
            let mut others = true;
            let each = (limit - done.submitted) / u64::try_from(practices.len()).unwrap_or(u64::MAX);
            let turn = u32::try_from(each).unwrap_or(TURN).clamp(1, TURN);
            moved = false;
            for practice in practices {
                let any = self.turn(&practice, turn, now, &mut done);
                let any = faults.note(practice, any).unwrap_or(Some(true));
                others &= any.is_none();
                moved |= any == Some(true);
            }
            if others {
                break; // all that is due is in other dispatchers' hands
            }
        }
        faults.first.map_or(Ok(done), Err)
    }

    /// One practice's turn: says whether anything was due; `None` where another dispatcher has the turn.
    fn turn(
        &self,
        practice: &PracticeId,
        limit: u32,
        now: Timestamp,
        done: &mut Dispatched,
    ) -> Result<Option<bool>, EngineError> {
        let Some(_turn) = self.store.turn(practice, Index::Due, now)? else { return Ok(None) };
        let mut steps = Steps::new(practice.clone(), limit, now);
        while steps.advance(self, done)? {}
        Ok(Some(steps.any))
    }

    /// The most messages that every gateway takes in one call. No more is committed as `Submitting` at once: what dies with
    /// this process is one batch.
    pub(super) fn smallest_batch(&self) -> usize {
        let batches = self.gateways.iter().map(|(_, gateway)| gateway.capabilities().batch);
        usize::try_from(batches.min().unwrap_or(TURN)).unwrap_or(usize::MAX).max(1)
    }
}

/// Stores a gateway's answers to one batch.
pub(super) fn answers(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    batch: &[Handed],
    answers: &[SubmitResult],
) -> Result<(), EngineError> {
    foresee::answered(tx, batch.iter().map(|one| one.message))?;
    let newest = batch.iter().map(|one| one.at).max().unwrap_or(tx.now);
    router::account_says(tx, gateway, answers, newest)?;
    for (one, answer) in batch.iter().zip(answers) {
        answered(tx, one, answer)?;
    }
    Ok(())
}

/// Stores what a look-up found of a message in doubt. That it is there is certain whenever it was asked; that it is not there
/// was so before whatever came since.
pub(super) fn looked_up(tx: &mut Tx<'_>, asked: &AtGateway, found: &LookupResult) -> Result<(), EngineError> {
    let Some(mut message) = tx.get::<Message>(&message_key(asked.message))? else { return Ok(()) };
    if message.status != Status::InDoubt {
        return Ok(()); // settled meanwhile
    }
    match found {
        LookupResult::Known { provider_ids, state } => {
            accept(tx, &mut message, provider_ids)?;
            let to = match state {
                DeliveryState::Delivered => Status::Delivered,
                DeliveryState::Sent => Status::Sent,
                DeliveryState::Undelivered => Status::Undelivered,
                DeliveryState::Expired => Status::Expired,
                DeliveryState::Rejected => Status::Failed,
                DeliveryState::Accepted | DeliveryState::Unknown => Status::Submitted,
            };
            step(&mut message, to)?;
        }
        // asked again meanwhile, or sent again and in doubt once more
        LookupResult::NotFound {} if message.report_due != asked.again => return Ok(()),
        // certainly not sent: it may go again, and that attempt did not count
        LookupResult::NotFound {} => certainly_not_sent(tx, &mut message)?,
        LookupResult::Unsure {} => return Ok(()),
    }
    tx.put(&message)?;
    tell(tx, &message)
}

/// Stores that the gateway took a submitted message back, whose visit was called off. Visits that stand, as others of that
/// message or as they were re-opened meanwhile, are planned anew.
pub(super) fn taken_back(tx: &mut Tx<'_>, message: MessageId) -> Result<(), EngineError> {
    let Some(mut message) = tx.get::<Message>(&message_key(message))? else { return Ok(()) };
    if message.status != Status::Submitted {
        return Ok(());
    }
    step(&mut message, Status::Cancelled)?;
    message.reason = Some(Reason::VisitCancelled {});
    message.may_still_arrive = false;
    message.report_due = None;
    tx.put(&message)?;
    requests::not_sent(tx, message.id)?;
    tell(tx, &message)?;
    make_way(tx, &message)?;
    for subject in &message.subjects {
        let file = tx.get::<VisitFile>(subject.visit.as_str())?;
        if let Some(file) = file.filter(|file| !file.visit.state.is_off()) {
            plan_visit(tx, &file)?;
        }
    }
    Ok(())
}

/// Stores a gateway's answer. That it was taken is certain whoever holds the message now; anything else counts only while
/// it is still this dispatcher's.
fn answered(tx: &mut Tx<'_>, one: &Handed, answer: &SubmitResult) -> Result<(), EngineError> {
    let Some(message) = tx.get::<Message>(&message_key(one.message))? else { return Ok(()) };
    if let SubmitResult::Accepted { provider_ids, parts, cost_milli } = answer {
        return taken(tx, message, provider_ids, *parts, *cost_milli);
    }
    if message.status != Status::Submitting || message.lease.is_none_or(|lease| lease.token != one.token) {
        return Ok(()); // a report, a look-up or another worker was faster
    }
    match answer {
        SubmitResult::Rejected { class, code } => rejected(tx, message, *class, code),
        SubmitResult::TryLater { after_ms } => again(tx, message, (*after_ms).clamp(1_000, DAY_MS)),
        // left as it is: when its lease runs out it is settled
        SubmitResult::Accepted { .. } | SubmitResult::Unknown { .. } => Ok(()),
    }
}

/// The gateway says that it took the message. A report or a look-up may have told more already.
fn taken(
    tx: &mut Tx<'_>,
    mut message: Message,
    provider_ids: &[String],
    parts: Option<u32>,
    cost_milli: Option<i64>,
) -> Result<(), EngineError> {
    message.parts = parts.unwrap_or(message.parts);
    message.cost_milli = cost_milli.unwrap_or(message.cost_milli);
    if is_pending(message.status) {
        step(&mut message, Status::InDoubt)?; // another worker was about to try again
    }
    if matches!(message.status, Status::Submitting | Status::InDoubt) {
        accept(tx, &mut message, provider_ids)?;
        tell(tx, &message)?;
    } else if message.provider_ids.is_empty() {
        message.provider_ids = provider_ids.to_vec();
    }
    tx.give(message)
}

/// The gateway has the message.
fn accept(tx: &mut Tx<'_>, message: &mut Message, provider_ids: &[String]) -> Result<(), EngineError> {
    step(message, Status::Submitted)?;
    message.provider_ids = provider_ids.to_vec();
    message.unanswered = false;
    message.reason = None;
    let wait = i64::from(tx.practice().settings.report_wait_h) * HOUR_MS;
    message.report_due = Some(if message.may_still_arrive { tx.now } else { tx.now.plus_ms(wait) });
    Ok(())
}

/// A definite rejection: nothing was sent.
fn rejected(
    tx: &mut Tx<'_>,
    mut message: Message,
    class: RejectClass,
    code: &str,
) -> Result<(), EngineError> {
    if router::is_of_account(class) {
        // at once to another gateway where there is one; else it waits for the end of the pause
        return again(tx, message, SECOND_MS);
    }
    message.attempts = message.attempts.saturating_add(1);
    let code = if message.wiped.is_nothing() { code.chars().take(100).collect() } else { String::new() };
    let gateway = message.gateway.clone();
    message.failures.push(FailedAttempt { at: tx.now, class, code, gateway });
    let unreachable =
        message.failures.iter().filter(|failure| failure.class == RejectClass::Unreachable).count();
    let own = message.reference.clone().unwrap_or_default();
    let wait_ms = match class {
        RejectClass::Transient => retry_delay_ms(&own, message.attempts),
        RejectClass::Unreachable if unreachable < MAX_UNREACHABLE => UNREACHABLE_WAIT_MS,
        RejectClass::Unreachable => return failed(tx, message, Reason::AttemptsUsedUp {}),
        _ => {
            mark_recipient(tx, &message, class)?;
            return failed(tx, message, Reason::Rejected { class });
        }
    };
    let more =
        message.attempts < tx.practice().settings.attempts && tx.now.plus_ms(wait_ms) <= message.use_by;
    if more { again(tx, message, wait_ms) } else { failed(tx, message, Reason::AttemptsUsedUp {}) }
}

/// Back to `Planned`, to go again under the same reference with the same text.
fn again(tx: &mut Tx<'_>, mut message: Message, wait_ms: i64) -> Result<(), EngineError> {
    if message.wiped == Wiped::Identity {
        return failed(tx, message, Reason::Erased {});
    }
    step(&mut message, Status::Planned)?;
    message.due_at = tx.now.plus_ms(wait_ms);
    tx.put(&message)?;
    requests::not_sent(tx, message.id)
}

fn failed(tx: &mut Tx<'_>, mut message: Message, reason: Reason) -> Result<(), EngineError> {
    if may_have_gone(&message) && reason == (Reason::AttemptsUsedUp {}) {
        return doubt(tx, &mut message); // those attempts failed, but an earlier one had no answer
    }
    step(&mut message, Status::Failed)?;
    message.reason = Some(reason);
    tx.put(&message)?;
    requests::not_sent(tx, message.id)?;
    tell(tx, &message)?;
    make_way(tx, &message)
}

/// What a final rejection says of the recipient: the number is marked, never the patient.
fn mark_recipient(tx: &mut Tx<'_>, message: &Message, class: RejectClass) -> Result<(), EngineError> {
    let Some(number) = &message.number else { return Ok(()) };
    match class {
        RejectClass::RecipientInvalid => {
            let number_hash = tx.number_hash(number).as_ref().into();
            let patient = message.patient.clone();
            tx.put(&BadNumber { number_hash, at: tx.now, patient, settled: false })?;
            tx.event(Happening::NumberBad { patient: message.patient.clone(), message: message.id })
        }
        RejectClass::RecipientOptedOut => {
            inbound::opt_out(tx, number, OptOutSource::Gateway, tx.now)?;
            tx.event(Happening::OptedOut { patient: message.patient.clone() })
        }
        _ => Ok(()),
    }
}
