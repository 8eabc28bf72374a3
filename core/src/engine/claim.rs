//! The queue of a practice: what is due is claimed under a lease, or settled where it has been waiting too long.
//!
//! A claim that expired is free again. A submission that expired never is: only an idempotent gateway is given it again,
//! under the same reference; else it is looked up, and where that cannot tell it is in doubt, for a report or a person to
//! settle.

use super::EngineError;
use super::record::wake_at;
use super::settle::{may_have_gone, tell};
use super::tx::Tx;
use super::{foresee, inbound};
use crate::message::step;
use crate::model::{
    Capabilities, HOUR_MS, InboundParts, Lease, MINUTE_MS, Message, MessageId, OwnReference, Reason, Status,
    Timestamp, Wiped,
};
use crate::store::{Index, Order, StoreError, instant_key};

/// How long a dispatcher may take from claim to submission, in milliseconds.
pub(super) const CLAIM_MS: i64 = MINUTE_MS;
/// How long a gateway may take to answer before the outcome counts as unknown, in milliseconds.
pub(super) const SUBMIT_MS: i64 = 2 * MINUTE_MS;

/// What one look at the queue gives.
#[derive(Default)]
pub(super) struct Claimed {
    /// To be prepared, each with the token of its claim.
    pub ready: Vec<(MessageId, u64)>,
    /// Submitted with an unknown outcome: to be looked up at the gateway.
    pub look_up: Vec<Message>,
    /// At the gateway, their visits called off: to be taken back.
    pub recall: Vec<Message>,
    /// Whether anything was due at all.
    pub any: bool,
}

/// Claims up to `limit` of what is due.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    limit: u32,
    capabilities: impl Fn(&Message) -> Option<Capabilities>,
) -> Result<Claimed, EngineError> {
    let mut claimed = Claimed::default();
    let due = (String::new(), instant_key(tx.now.plus_ms(1)));
    foresee::queue(tx, &due, limit)?;
    for waiting in tx.scan::<InboundParts>(Index::Due, due.clone(), limit, Order::Ascending)? {
        claimed.any = true;
        inbound::give_up_waiting(tx, &waiting)?;
    }
    let mut stray = None;
    for mut message in tx.scan::<Message>(Index::Due, due, limit, Order::Ascending)? {
        if wake_at(&message).is_none_or(|wake| wake > tx.now) {
            stray = Some(message.id);
            continue;
        }
        claimed.any = true;
        match message.status {
            Status::Planned | Status::Claimed if !may_have_gone(&message) => {
                let lease = new_lease(tx, CLAIM_MS);
                step(&mut message, Status::Planned)?;
                step(&mut message, Status::Claimed)?;
                message.lease = Some(lease);
                claimed.ready.push((message.id, lease.token));
                tx.give(message)?;
            }
            // each time anew: a gateway forgets our reference after a while
            Status::Planned | Status::Claimed | Status::Submitting => {
                unanswered(tx, message, &capabilities, &mut claimed)?;
            }
            Status::InDoubt => {
                message.report_due = None;
                if capabilities(&message).is_some_and(|can| can.look_up) {
                    message.report_due = Some(tx.now.plus_ms(HOUR_MS));
                    claimed.look_up.push(message.clone());
                }
                tx.put(&message)?;
            }
            Status::Submitted | Status::Sent => no_report_yet(tx, message, &capabilities, &mut claimed)?,
            // nothing else waits for anything
            _ => {}
        }
    }
    match stray {
        // every dispatch would find it again
        Some(id) if !claimed.any => {
            let what = format!("message {} stands in the queue and is not due", id.0);
            Err(StoreError::Corrupt(what).into())
        }
        _ => Ok(claimed),
    }
}

/// A right to act, with a token that is greater than every earlier one of the practice.
pub(super) fn new_lease(tx: &mut Tx<'_>, length_ms: i64) -> Lease {
    let until = tx.now.plus_ms(length_ms);
    let counters = tx.counters();
    counters.tokens += 1;
    Lease { token: counters.tokens, until }
}

/// A submission whose answer never came.
fn unanswered(
    tx: &mut Tx<'_>,
    mut message: Message,
    capabilities: &impl Fn(&Message) -> Option<Capabilities>,
    claimed: &mut Claimed,
) -> Result<(), EngineError> {
    message.unanswered = true;
    let can = capabilities(&message);
    let idempotent = |can: &Capabilities| match can.own_reference {
        OwnReference::Unique { window_ms } => {
            message.submitted_at.is_some_and(|first| tx.now.since_ms(first) < window_ms - SUBMIT_MS)
        }
        _ => false,
    };
    // of what was erased meanwhile nothing is left to send
    if message.wiped != Wiped::Identity && can.as_ref().is_some_and(idempotent) {
        // the same reference again is the same message: it cannot go twice
        let lease = new_lease(tx, CLAIM_MS);
        step(&mut message, Status::Planned)?;
        step(&mut message, Status::Claimed)?;
        message.lease = Some(lease);
        tx.put(&message)?;
        claimed.ready.push((message.id, lease.token));
        return Ok(());
    }
    step(&mut message, Status::InDoubt)?;
    message.reason = Some(Reason::NoAnswer {});
    if can.is_some_and(|can| can.look_up) {
        message.report_due = Some(tx.now.plus_ms(HOUR_MS));
        claimed.look_up.push(message.clone());
    }
    tx.put(&message)?;
    tell(tx, &message)
}

/// At the gateway, and its time is up: to be taken back, or no longer waited for.
fn no_report_yet(
    tx: &mut Tx<'_>,
    mut message: Message,
    capabilities: &impl Fn(&Message) -> Option<Capabilities>,
    claimed: &mut Claimed,
) -> Result<(), EngineError> {
    let wait_ms = i64::from(tx.practice().settings.report_wait_h) * HOUR_MS;
    let give_up: Timestamp = message.submitted_at.unwrap_or(tx.now).plus_ms(wait_ms);
    if tx.now < give_up {
        if message.may_still_arrive && capabilities(&message).is_some_and(|can| can.cancel) {
            claimed.recall.push(message.clone());
        }
        message.report_due = Some(give_up);
        return tx.put(&message);
    }
    step(&mut message, Status::Unconfirmed)?;
    message.report_due = None;
    tx.put(&message)?;
    tell(tx, &message)
}
