//! What stands for what: a message that went for its visit, a booking message for a late reminder, the first visit of a
//! day or of a series for the others.

use super::EngineError;
use super::facts::messages_of;
use super::planning::is_bound;
use super::settle::may_have_gone;
use super::surroundings::Surroundings;
use super::tx::Tx;
use crate::calendar;
use crate::campaign::{Late, Scene, Wish, wish};
use crate::model::{
    Campaign, CampaignKind, LatePolicy, Message, Origin, PatientFile, Reason, Status, Timestamp, VisitFile,
    VisitId,
};

/// Whether a message about this visit went to whom it belongs to now: see [`is_theirs`].
pub(super) fn went_to_them(message: &Message, around: &Surroundings) -> bool {
    is_theirs(message, &around.visit, around.patient.as_deref())
}

/// Whether a message about a visit went to this patient, whose it is now: it may have been given to another one since.
fn is_theirs(message: &Message, visit: &VisitFile, patient: Option<&PatientFile>) -> bool {
    let at = message.submitted_at.unwrap_or(message.created_at);
    let number = patient.and_then(|file| file.number.as_ref().ok());
    visit.given_at.is_none_or(|given_at| given_at < at)
        || message.patient.as_ref().is_none_or(|patient| *patient == visit.visit.patient)
        || number.is_some() && number == message.number.as_ref()
}

/// Whether a bound message stands for its step of the visit as that is now: it went to whom the visit belongs to, and it named this
/// start, or what it is about happens once. A booking does, whenever the visit is; and so does a visit that is over, unless
/// its record begins anew.
pub(super) fn stands_for(message: &Message, around: &Surroundings) -> bool {
    let once = match message.origin {
        Origin::Campaign { kind: CampaignKind::Booking, .. } => true,
        Origin::Campaign { kind: CampaignKind::FollowUp, .. } => {
            message.submitted_at.is_some_and(|at| around.visit.starts_at <= at)
        }
        _ => false,
    };
    went_to_them(message, around) && (once || around.is_about(message))
}

/// Whether a message for several visits ended without going, and left behind this one, whose own message had joined it.
pub(super) fn left_behind(message: &Message, own: Option<&Message>) -> bool {
    // what a gateway said of it after it took it has no reason of ours
    let ended = matches!(message.status, Status::Failed | Status::Skipped) && message.reason.is_some();
    let joined = own.is_some_and(|own| message.submitted_at.is_some_and(|at| own.created_at <= at));
    ended && joined && message.subjects.len() > 1 && !may_have_gone(message)
}

/// What a step of a campaign comes to for a visit, with an eye on what became of the messages it depends on; and whether
/// it was late.
pub(super) fn decide(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    step: u8,
    around: &Surroundings,
    now: Timestamp,
    messages: &[Message],
) -> Result<(Wish, bool), EngineError> {
    let mut same_day = around.same_day.clone();
    loop {
        let decided = wish(campaign, step, &Scene { same_day: &same_day, ..around.scene(now) });
        let late = matches!(decided, Wish::Late(_));
        let wish = match decided {
            // a first visit that nobody is reminded of stands for no other
            Wish::Skip(Reason::SameDay { visit }) if !is_reminded_of(tx, campaign, step, around, &visit)? => {
                same_day.retain(|other| other.visit.id != visit);
                continue;
            }
            Wish::Send { .. } if campaign.spec.timing.kind() == CampaignKind::Booking => {
                let told = told_in_series(tx, campaign, step, around)?;
                told.map_or(decided, |visit| Wish::Skip(Reason::CoveredBySeries { visit }))
            }
            Wish::Late(late) => decide_late(late, campaign, around, messages),
            decided => decided,
        };
        return Ok((wish, late));
    }
}

/// Whether the message of another visit of this day goes or went, by this step or by hand.
fn is_reminded_of(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    step: u8,
    around: &Surroundings,
    visit: &VisitId,
) -> Result<bool, EngineError> {
    let day = calendar::local_date(around.practice.zone, around.visit.starts_at);
    let of_this_day = |message: &Message| {
        let mut subjects = message.subjects.iter().filter(|subject| subject.visit == *visit);
        subjects.any(|subject| calendar::local_date(around.practice.zone, subject.starts_at) == day)
    };
    Ok(messages_of(tx, visit)?.iter().any(|message| {
        let of_step = matches!(message.origin, Origin::ManualReminder { .. })
            || message.origin.step() == Some((&campaign.id, step));
        of_step && (goes(message) || went_otherwise(message)) && of_this_day(message)
    }))
}

/// The visit of this series whose booking message was sent.
fn told_in_series(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    step: u8,
    around: &Surroundings,
) -> Result<Option<VisitId>, EngineError> {
    for other in &around.series {
        let messages = messages_of(tx, &other.visit.id)?;
        let told = |m: &Message| {
            let theirs = is_theirs(m, other, around.patient.as_deref());
            m.origin.step() == Some((&campaign.id, step)) && is_bound(m) && theirs
        };
        if messages.iter().any(told) {
            return Ok(Some(other.visit.id.clone()));
        }
    }
    Ok(None)
}

/// What a late reminder comes to.
fn decide_late(late: Late, campaign: &Campaign, around: &Surroundings, messages: &[Message]) -> Wish {
    // a booking message of long ago, or of another time, tells nobody of a visit that is near
    let booking = find_booking(around, messages).filter(|_| late.booked_late);
    if late.later_step {
        return Wish::Skip(Reason::BookedLate {});
    }
    match (late.policy, booking.and_then(|place| messages.get(place))) {
        (LatePolicy::Skip, _) | (LatePolicy::Auto, Some(_)) => return Wish::Skip(Reason::BookedLate {}),
        (LatePolicy::Merge, Some(booking))
            if goes(booking)
                && (!is_bound(booking) || booking.expects_reply || !campaign.spec.expects_reply()) =>
        {
            return Wish::Skip(Reason::MergedIntoBooking {});
        }
        _ => {}
    }
    match late.at_once {
        Ok((at, use_by)) => Wish::Send { at, use_by },
        Err(reason) => Wish::Skip(reason),
    }
}

/// The place of the booking message that tells of the visit as it stands.
fn find_booking(around: &Surroundings, messages: &[Message]) -> Option<usize> {
    messages.iter().position(|message| {
        is_booking(message)
            && (goes(message) || went_otherwise(message))
            && around.is_about(message)
            && went_to_them(message, around)
    })
}

/// Whether a message is a step's for the visit as it stands.
pub(super) fn is_for(message: &Message, campaign: &Campaign, step: u8, around: &Surroundings) -> bool {
    message.origin.step() == Some((&campaign.id, step)) && stands_for(message, around)
}

pub(super) fn is_booking(message: &Message) -> bool {
    matches!(message.origin, Origin::Campaign { kind: CampaignKind::Booking, .. })
}

/// Whether a message will go or went.
pub(super) fn goes(message: &Message) -> bool {
    !matches!(message.status, Status::Skipped | Status::Cancelled | Status::Failed)
}

/// Whether a message did not go as another system sends it, by what was told or as this one only watches.
fn went_otherwise(message: &Message) -> bool {
    matches!(message.reason, Some(Reason::Shadow {} | Reason::SentElsewhere { .. }))
}

/// A booking message that stands for a reminder asks what that would ask.
pub(super) fn ask_in_booking_message(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    around: &Surroundings,
    messages: &mut [Message],
) -> Result<(), EngineError> {
    let booking = find_booking(around, messages).and_then(|place| messages.get_mut(place));
    let asks = campaign.spec.expects_reply();
    if let Some(booking) = booking.filter(|booking| asks && !is_bound(booking) && !booking.expects_reply) {
        booking.expects_reply = true;
        tx.put(booking)?;
    }
    Ok(())
}
