//! After a store was restored from an old copy: what may have gone since is in doubt, not sent again blindly.

use super::list_keys::named;
use super::record::{LAST, message_key, wake_at};
use super::settle::{may_have_gone, tell};
use super::tx::Tx;
use super::{Clinic, Desk, EngineError, requests, router};
use crate::message::{reference, step};
use crate::model::{Action, GatewayId, LostTime, Message, Permission, Reason, Status, Timestamp, Wiped};
use crate::store::{Index, MAX_PAGE, Order};

/// The states of what no gateway had, as far as the copy knows.
const UNSENT: [Status; 3] = [Status::Planned, Status::Claimed, Status::Submitting];

impl Clinic<'_> {
    /// Says that this practice's data were restored from a copy made at `copied_at`. Every unsent message that is due by
    /// now may have been sent in the time that was lost: it becomes [`Status::InDoubt`], and a look-up at the gateway, a
    /// report or a person settles it. So does a message of a visit told again whose time fell into the lost time (unless the
    /// host says that the visit was booked since), but no gateway knows it by its new reference. Later messages get new
    /// references, so that no gateway takes them for repeats.
    ///
    /// Returns how many messages are in doubt. To be called before the first [`dispatch`](super::Engine::dispatch)
    /// after the restoration; several times does no harm.
    ///
    /// # Errors
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn restored(&self, copied_at: Timestamp, now: Timestamp) -> Result<u64, EngineError> {
        let mut doubtful = 0;
        for status in UNSENT {
            let mut next = Some(named(status));
            while let Some(from) = next {
                let gateways = self.engine.gateways();
                let page = (status, from.as_str());
                let (found, rest) =
                    self.engine.transact(&self.id, now, |tx| doubt_due(tx, page, &gateways.ids))?;
                doubtful += found;
                next = rest;
            }
        }
        self.engine.transact(&self.id, now, |tx| {
            tx.counters().epoch += 1;
            tx.counters().lost = Some(LostTime { from: copied_at, until: now });
            Ok(())
        })?;
        Ok(doubtful)
    }
}

impl Desk<'_> {
    /// Settles a message in doubt by a person's word: it arrived, or it did not and goes again while that makes sense.
    ///
    /// # Errors
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`]; [`EngineError::MessageStep`] when it is not in doubt.
    pub fn settle_doubt(
        &self,
        message: crate::model::MessageId,
        settled: DoubtSettled,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let subject = message.to_string();
        self.act(Permission::CommunicationCenter, Action::DoubtSettled, Some(&subject), now, |tx| {
            let Some(mut message) = tx.get::<Message>(&message_key(message))? else { return Ok(()) };
            if message.status != Status::InDoubt {
                return Err(crate::message::IllegalStep { from: message.status, to: Status::InDoubt }.into());
            }
            message.reason = None;
            message.report_due = None;
            match settled {
                DoubtSettled::Arrived => step(&mut message, Status::Delivered)?,
                DoubtSettled::NeverSent => {
                    certainly_not_sent(tx, &mut message)?;
                }
            }
            tx.put(&message)?;
            tell(tx, &message)
        })
    }
}

/// What a person found out about a message in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoubtSettled {
    /// The patient has it.
    Arrived,
    /// It certainly was not sent: it goes again, while its use-by time has not passed.
    NeverSent,
}

/// A page of what is unsent in the copy and due by now: how many there were, and where the next page begins. What waits for a
/// report stands in the queue by the thousand under one instant, so pages are of a list, in which each has a place of its own.
fn doubt_due(
    tx: &mut Tx<'_>,
    (status, from): (Status, &str),
    gateways: &[GatewayId],
) -> Result<(u64, Option<String>), EngineError> {
    let range = (from.to_owned(), named(status) + LAST);
    let page = tx.scan_keys::<Message>(Index::MessageStatus, range, MAX_PAGE, Order::Ascending)?;
    let rest = page.last().map(|(last, _)| format!("{last}\0"));
    let mut doubtful = 0;
    for (_, mut message) in page {
        if wake_at(&message).is_none_or(|wake| wake > tx.now) {
            continue;
        }
        let epoch = tx.counters().epoch;
        let own = message.reference.take().unwrap_or_else(|| reference(tx.id, epoch, message.id));
        message.reference = Some(own);
        step(&mut message, Status::InDoubt)?;
        message.reason = Some(Reason::Restored {});
        if !may_have_gone(&message) {
            // which gateway had it in the lost time is certain only where no other comes into question: what the wrong one
            // does not know may have gone through the right one
            let mut routed: Vec<_> = router::routed(tx, &message, gateways).unwrap_or_default();
            routed.retain(|gateway| gateways.contains(gateway));
            message.gateway = routed.pop().filter(|_| routed.is_empty());
        }
        message.submitted_at = message.submitted_at.or(Some(message.due_at));
        message.report_due = Some(tx.now.plus_ms(1));
        if message.expects_reply && message.number.is_some() {
            requests::open(tx, &message)?;
        }
        tx.put(&message)?;
        tell(tx, &message)?;
        doubtful += 1;
    }
    Ok((doubtful, rest))
}

/// A message that was planned, and perhaps sent, in the time that was lost.
pub(super) fn doubt_lost(tx: &mut Tx<'_>, mut message: Message) -> Result<(), EngineError> {
    step(&mut message, Status::InDoubt)?;
    message.reason = Some(Reason::Restored {});
    message.submitted_at = Some(message.due_at);
    if message.expects_reply && message.number.is_some() {
        requests::open(tx, &message)?;
    }
    tx.put_new_message(&message)?;
    tell(tx, &message)
}

/// It goes again: with its frozen text and reference where it had them, else as if it had never been tried. What was
/// erased meanwhile has failed.
pub(super) fn certainly_not_sent(tx: &mut Tx<'_>, message: &mut Message) -> Result<(), EngineError> {
    if message.wiped == Wiped::Identity {
        step(message, Status::Failed)?;
        message.reason = Some(Reason::Erased {});
        message.unanswered = false;
        message.report_due = None;
        return Ok(());
    }
    step(message, Status::Planned)?;
    message.reason = None;
    message.unanswered = false;
    message.settled = false;
    message.report_due = None;
    message.due_at = tx.now;
    if message.body.is_none() {
        message.submitted_at = None;
        message.gateway = None;
    }
    requests::not_sent(tx, message.id)
}
