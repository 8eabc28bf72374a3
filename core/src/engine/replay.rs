//! What rules would have sent for calls that are over: the engine itself, on a store of its own and a gateway that takes
//! everything. So throttles, delays, quiet hours and texts are those of a real day.

use super::dry_run::prepare_rehearsal;
use super::record::LAST;
use super::{Engine, EngineError, Side, Who};
use crate::call::check;
use crate::gateway::Gateway;
use crate::model::{
    BadNumber, Call, CallFile, CallRule, Capabilities, DAY_MS, Fact, GatewayId, Message, OptOutRecord,
    OwnReference, Permission, Submission, SubmitResult, Timestamp,
};
use crate::store::MemoryStore;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The name of the gateway that takes everything.
const NOWHERE: &str = "replay";
/// How long after the last call what was planned may still go: the longest delay, and a day of use.
const AFTER_MS: i64 = 8 * DAY_MS;

/// What rules would have sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replay {
    /// The calls in the order of their ends, with what the rules would have made of each.
    pub calls: Vec<CallFile>,
    /// The messages planned, in the order of their numbers; those with `submitted_at` would have been sent.
    pub messages: Vec<Message>,
    /// Parts of those that would have been sent.
    pub parts: u64,
    /// Their cost, in thousandths of the currency's unit.
    pub cost_milli: i64,
}

/// What one call of `work` or `dispatch` does at most.
const LIMIT: u64 = 1_000;

struct Nowhere;

impl Gateway for Nowhere {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            own_reference: OwnReference::None,
            look_up: false,
            batch: 1_000,
            reports: false,
            cancel: false,
        }
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let taken = |_: &Submission| SubmitResult::Accepted {
            provider_ids: Vec::new(),
            parts: None,
            cost_milli: None,
        };
        batch.iter().map(taken).collect()
    }
}

impl<W: Who> Side<'_, W> {
    /// What these rules would have sent for these calls, each told at its end, under the account's settings and opt-outs
    /// as they are now, but for the circuit breaker and shadow mode. Nothing is sent and nothing is stored. A call named twice
    /// counts once.
    ///
    /// # Errors
    /// [`EngineError::CallRule`] with the faults of the first faulty rule, [`EngineError::Fact`] for a faulty call,
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn replay_calls(&self, rules: &[CallRule], calls: &[Call]) -> Result<Replay, EngineError> {
        let (mut practice, opt_outs, bad) = self.read(Permission::CommunicationCenter, |tx| {
            let (opt_outs, bad) =
                (tx.list_all::<OptOutRecord>("", LAST)?, tx.list_all::<BadNumber>("", LAST)?);
            Ok(((**tx.practice()).clone(), opt_outs, bad))
        })?;
        for rule in rules {
            let faults = check(&rule.spec, &practice);
            if !faults.is_empty() {
                return Err(EngineError::CallRule(faults));
            }
        }
        let nowhere = GatewayId::new(NOWHERE);
        prepare_rehearsal(&mut practice, &nowhere);
        let engine = Engine::new(Arc::new(MemoryStore::new()), vec![(nowhere, Arc::new(Nowhere))]);
        let mut calls: Vec<&Call> = calls.iter().collect();
        calls.sort_by_key(|call| (call.ended_at, call.started_at));
        let begin = calls.first().map_or(Timestamp::default(), |call| call.ended_at);
        engine.open_practice(&practice, begin)?;
        engine.transact(&practice.id, begin, |tx| {
            rules.iter().try_for_each(|rule| tx.put(rule))?;
            opt_outs.iter().try_for_each(|record| tx.put(record))?;
            bad.iter().try_for_each(|record| tx.put(record))?;
            tx.counters().rules += 1;
            Ok(())
        })?;
        let clinic = engine.practice(practice.id.clone());
        let mut replay = Replay::default();
        let mut now = begin;
        for call in calls {
            now = dispatch_until(&engine, now, call.ended_at)?;
            let known = clinic.call(&call.system, &call.id)?.is_some();
            clinic.apply(&[Fact::CallEnded(call.clone())], now)?;
            if !known {
                replay.calls.extend(clinic.call(&call.system, &call.id)?);
            }
        }
        dispatch_until(&engine, now, now.plus_ms(AFTER_MS))?;
        for id in 1.. {
            let Some(message) = clinic.message(crate::model::MessageId(id))? else { break };
            if message.submitted_at.is_some() {
                replay.parts += u64::from(message.parts);
                replay.cost_milli += message.cost_milli;
            }
            replay.messages.push(message);
        }
        Ok(replay)
    }
}

/// Sends what is due up to a time, and says the time that it is then.
fn dispatch_until(engine: &Engine, mut now: Timestamp, until: Timestamp) -> Result<Timestamp, EngineError> {
    while let Some(due) = engine.next_due()?.filter(|due| *due <= until) {
        let at = due.max(now);
        engine.work(at, LIMIT)?;
        engine.dispatch(at, LIMIT)?;
        // what could not be done at this instant has a later one
        let stuck = at == now && engine.next_due()? == Some(due);
        now = if stuck { at.plus_ms(1) } else { at };
    }
    Ok(now.max(until))
}
