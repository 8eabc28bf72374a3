//! Which gateway a message goes to, and gateways that are left alone because their account failed.
//!
//! A message sticks to the gateway it was given to; another is tried only after a definite rejection, and an attempt without
//! an answer binds it for good. An account error is the gateway's, not the message's: it uses no attempt, the practice is
//! told once, and what waits goes on when the pause ends or by another gateway. So it is with a gateway that is out of reach:
//! one that has taken nothing for some minutes and put off all it was given.

use super::planning::is_bound;
use super::settle::may_have_gone;
use super::tx::Tx;
use super::{Engine, EngineError, account};
use crate::message::reference;
use crate::model::{
    FailedAttempt, GatewayId, GatewayPause, Happening, MINUTE_MS, Message, Origin, PracticeId, RejectClass,
    SubmitResult, Timestamp,
};
use crate::route;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How long a gateway whose account failed is left alone, in milliseconds.
const PAUSE_MS: i64 = 15 * MINUTE_MS;
/// How long a gateway may put off all that it is given before others take over, and how long it is then left alone, in
/// milliseconds.
const PATIENCE_MS: i64 = 5 * MINUTE_MS;

/// Where a message goes.
pub(super) enum Way {
    /// To this gateway.
    Through(GatewayId),
    /// Nowhere before this instant.
    Wait(Timestamp),
    /// No route is for its number.
    None,
}

/// The gateways of this process, and which of them are known not to work.
pub(super) struct Gateways<'e> {
    pub ids: Vec<GatewayId>,
    pub outages: &'e Outages,
}

impl Engine {
    pub(super) fn gateways(&self) -> Gateways<'_> {
        let ids = self.gateways.iter().map(|(id, _)| id.clone()).collect();
        Gateways { ids, outages: &self.outages }
    }

    /// Says that a gateway's account is in order again: it is tried at once.
    ///
    /// # Errors
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn resume_gateway(
        &self,
        practice: &PracticeId,
        gateway: &GatewayId,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        self.outages.over(gateway);
        self.transact(practice, now, |tx| resume(tx, gateway))
    }
}

/// Chooses: the message's own gateway as long as it has not failed there, else the next of its routes that can.
pub(super) fn choose(
    tx: &mut Tx<'_>,
    message: &Message,
    gateways: &Gateways<'_>,
) -> Result<Way, EngineError> {
    let own = message.gateway.as_ref().filter(|_| is_bound(message));
    let mut candidates = if may_have_gone(message) {
        own.cloned().into_iter().collect()
    } else {
        let Some(routed) = routed(tx, message, &gateways.ids) else { return Ok(Way::None) };
        routed
    };
    candidates.retain(|gateway| gateways.ids.contains(gateway));
    // a refusal that may pass is the next one's turn; whoever refused least comes first
    let refused = |failure: &FailedAttempt, by: &GatewayId| {
        failure.class == RejectClass::Transient && failure.gateway.as_ref() == Some(by)
    };
    let times = |gateway: &GatewayId| message.failures.iter().filter(|one| refused(one, gateway)).count();
    let last = message.failures.last();
    let stays = own.filter(|own| !last.is_some_and(|last| refused(last, own)));
    candidates.sort_by_key(|gateway| (times(gateway), stays != Some(gateway)));
    let by_person = matches!(message.origin, Origin::ManualReminder { .. } | Origin::Chat { by: Some(_) });
    let mut wait = tx.now.plus_ms(PAUSE_MS);
    for gateway in candidates {
        if let Some(until) = paused_until(tx, &gateway, gateways.outages)? {
            wait = wait.min(until);
        } else if by_person || !account::is_used_up(tx, &gateway)? {
            // on an account that is used up only what a person wrote is tried
            return Ok(Way::Through(gateway));
        }
    }
    Ok(Way::Wait(wait))
}

/// The gateways for a message, the first choice first, whether this process has them or not; `None` where no route is for its
/// number.
pub(super) fn routed(tx: &mut Tx<'_>, message: &Message, all: &[GatewayId]) -> Option<Vec<GatewayId>> {
    let practice = tx.practice().clone();
    if practice.settings.routes.is_empty() {
        return Some(all.to_vec());
    }
    let epoch = tx.counters().epoch;
    let own = message.reference.clone().unwrap_or_else(|| reference(tx.id, epoch, message.id));
    let number = message.number.as_ref().map_or("", |number| number.reveal());
    let order = route::order(&practice.settings.routes, number, &own);
    (!order.is_empty()).then(|| order.into_iter().cloned().collect())
}

/// Until when a gateway is left alone. What another practice met on the same account is taken over, and this practice told.
fn paused_until(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    outages: &Outages,
) -> Result<Option<Timestamp>, EngineError> {
    let pause = tx.get::<GatewayPause>(gateway.as_str())?.filter(|pause| pause.until > tx.now);
    if let Some(pause) = pause {
        return Ok(Some(pause.until));
    }
    let Some(Outage { class, until, .. }) = outages.of(gateway, tx.now) else { return Ok(None) };
    pause_until(tx, gateway, class, until)?;
    Ok(Some(until))
}

/// Whether a refusal is the account's and not the message's.
pub(super) fn is_of_account(class: RejectClass) -> bool {
    matches!(class, RejectClass::AccountNoCredit | RejectClass::AccountAuth | RejectClass::AccountBlocked)
}

/// What a batch's answers say of the gateway's account; `newest` is when the latest of its messages were handed over. An
/// answer from before the pause does not end it.
pub(super) fn account_says(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    answers: &[SubmitResult],
    newest: Timestamp,
) -> Result<(), EngineError> {
    if let Some(class) = refused(answers) {
        let until = tx.now.plus_ms(PAUSE_MS);
        return pause_until(tx, gateway, class, until);
    }
    let taken = answers.iter().any(|answer| matches!(answer, SubmitResult::Accepted { .. }));
    let pause = tx.get::<GatewayPause>(gateway.as_str())?;
    if taken && pause.is_some_and(|pause| pause.since < newest) { resume(tx, gateway) } else { Ok(()) }
}

/// The first account error among a batch's answers.
fn refused(answers: &[SubmitResult]) -> Option<RejectClass> {
    answers.iter().find_map(|answer| match answer {
        SubmitResult::Rejected { class, .. } if is_of_account(*class) => Some(*class),
        _ => None,
    })
}

/// Leaves a gateway alone for a while; the practice is told once, however often the pause is made longer.
fn pause_until(
    tx: &mut Tx<'_>,
    gateway: &GatewayId,
    class: RejectClass,
    until: Timestamp,
) -> Result<(), EngineError> {
    let known = tx.get::<GatewayPause>(gateway.as_str())?;
    let since = known.as_ref().map_or(tx.now, |pause| pause.since);
    let settled = known.as_ref().is_some_and(|pause| pause.settled);
    tx.put(&GatewayPause { gateway: gateway.clone(), class, since, until, settled })?;
    if known.is_none() {
        tx.event(Happening::GatewayPaused { gateway: gateway.clone(), class, until })?;
    }
    Ok(())
}

/// A gateway works again.
fn resume(tx: &mut Tx<'_>, gateway: &GatewayId) -> Result<(), EngineError> {
    if tx.get::<GatewayPause>(gateway.as_str())?.is_some() {
        tx.delete::<GatewayPause>(gateway.as_str())?;
        tx.event(Happening::GatewayResumed { gateway: gateway.clone() })?;
    }
    Ok(())
}

/// Gateways that do not work, as this process met it: practices share them, and a provider that refused one of them is not
/// asked again for each of the others. It spares calls and promises nothing; a process that starts anew asks once more.
#[derive(Default)]
pub(super) struct Outages(Mutex<BTreeMap<GatewayId, Outage>>);

#[derive(Clone, Copy)]
struct Outage {
    class: RejectClass,
    /// Since when there was nothing else.
    since: Timestamp,
    /// Until when the gateway is left alone; when it last put something off, where it is only watched.
    until: Timestamp,
}

impl Outages {
    /// What a batch's answers say, for all practices. That an account is blocked for something may be one practice's alone.
    pub fn note(&self, gateway: &GatewayId, answers: &[SubmitResult], now: Timestamp) {
        match refused(answers) {
            Some(class @ (RejectClass::AccountNoCredit | RejectClass::AccountAuth)) => {
                let outage = Outage { class, since: now, until: now.plus_ms(PAUSE_MS) };
                self.known().insert(gateway.clone(), outage);
            }
            Some(_) => {}
            None if answers.iter().any(|answer| matches!(answer, SubmitResult::Accepted { .. })) => {
                self.over(gateway);
            }
            None if answers.iter().all(|answer| matches!(answer, SubmitResult::TryLater { .. })) => {
                self.put_off(gateway, now);
            }
            None => {}
        }
    }

    /// A gateway put off all that it was given.
    fn put_off(&self, gateway: &GatewayId, now: Timestamp) {
        let mut outages = self.known();
        let known = outages.get(gateway).filter(|known| now.since_ms(known.until) <= PAUSE_MS);
        if known.is_some_and(|known| known.class != RejectClass::Transient) {
            return;
        }
        let since = known.map_or(now, |known| known.since);
        let patience = if now.since_ms(since) < PATIENCE_MS { 0 } else { PATIENCE_MS };
        let outage = Outage { class: RejectClass::Transient, since, until: now.plus_ms(patience) };
        outages.insert(gateway.clone(), outage);
    }

    fn over(&self, gateway: &GatewayId) {
        self.known().remove(gateway);
    }

    fn of(&self, gateway: &GatewayId, now: Timestamp) -> Option<Outage> {
        self.known().get(gateway).filter(|outage| outage.until > now).copied()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<GatewayId, Outage>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
