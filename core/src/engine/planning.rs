//! From wishes to messages: asks every campaign about a visit, and makes the messages that are there
//! into those that should be.
//!
//! **The key binds from submission.** A message whose body was frozen by a submission is *bound*: it stands for its
//! (campaign, step, visit, start) for ever, as long as the visit is not given to a patient with another number. Every other
//! message of the step is *free*, there is at most one of them, and planning moves it, withdraws it or brings it back as the
//! wish changes. A message for several visits that certainly did not go binds the one it was planned for; those that had joined
//! it have free messages of their own.

use super::EngineError;
use super::drafting::{blank, create, same_plan, set_plan, skip, withdraw};
use super::record::{LAST, exactly, patient_range, visit_key};
use super::standing::{ask_in_booking_message, decide, left_behind, stands_for, went_to_them};
use super::surroundings::Surroundings;
use super::tx::Tx;
use crate::campaign::Wish;
use crate::message::{is_pending, step as move_to};
use crate::model::{
    Campaign, CampaignKind, CampaignStatus, DAY_MS, Direction, Message, Origin, PatientId, Reason, Status,
    Timestamp, VisitFile,
};
use crate::store::{Index, Order};
use std::rc::Rc;

/// The most messages of one visit that planning looks at.
const MAX_VISIT_MESSAGES: u32 = 500;
/// The most campaigns of a practice.
pub(super) const MAX_CAMPAIGNS: u32 = 500;

/// The practice's campaigns that can still do something, in the order in which they are asked: booking messages first,
/// as late reminders depend on them.
pub(super) fn campaigns(tx: &mut Tx<'_>) -> Result<Rc<[Campaign]>, EngineError> {
    if let Some(known) = &tx.campaigns {
        return Ok(known.clone());
    }
    let mut campaigns = tx.list::<Campaign>("", LAST, MAX_CAMPAIGNS)?;
    campaigns.retain(|campaign| campaign.activated_at.is_some());
    campaigns.sort_by_key(|campaign| campaign.spec.timing.kind() != CampaignKind::Booking);
    Ok(tx.campaigns.insert(campaigns.into()).clone())
}

/// Plans a visit for all campaigns, and its siblings of the same day or series, whose messages depend on it.
pub(super) fn plan_visit(tx: &mut Tx<'_>, visit: &VisitFile) -> Result<(), EngineError> {
    let campaigns = campaigns(tx)?;
    let around = Surroundings::load(tx, visit.clone())?;
    let mut siblings: Vec<&VisitFile> = around.same_day.iter().chain(&around.series).collect();
    siblings.push(&around.visit);
    // from the first on: whether that is reminded of decides on the others
    siblings.sort_by_key(|sibling| (sibling.starts_at, &sibling.visit.id));
    siblings.dedup_by_key(|sibling| &sibling.visit.id);
    for sibling in siblings {
        let sibling = Surroundings::load(tx, sibling.clone())?;
        plan(tx, &campaigns, &sibling)?;
    }
    Ok(())
}

/// Where the visits of a patient are found that something may still be for.
pub(super) fn of_patient(tx: &Tx<'_>, patient: &PatientId) -> (String, String) {
    patient_range(patient, tx.now.plus_ms(-31 * DAY_MS), Timestamp::MAX)
}

/// Plans anew what a patient is to get: for the visits still to come and those a follow-up may still be for, and by the
/// campaigns about patients.
pub(super) fn plan_patient(tx: &mut Tx<'_>, patient: &PatientId) -> Result<(), EngineError> {
    let campaigns = campaigns(tx)?;
    let range = of_patient(tx, patient);
    for visit in tx.scan::<VisitFile>(Index::VisitPatient, range, crate::store::MAX_PAGE, Order::Ascending)? {
        let around = Surroundings::load(tx, visit)?;
        plan(tx, &campaigns, &around)?;
    }
    super::outreach::plan_patient(tx, patient)
}

/// Plans one visit for the given campaigns.
pub(super) fn plan(
    tx: &mut Tx<'_>,
    campaigns: &[Campaign],
    around: &Surroundings,
) -> Result<(), EngineError> {
    let now = tx.now;
    plan_since(tx, campaigns, around, now)
}

/// The same for what was asked for earlier, as a job comes to it. A visit that began since is decided on as of then: what
/// would have gone is past its use-by time.
pub(super) fn plan_since(
    tx: &mut Tx<'_>,
    campaigns: &[Campaign],
    around: &Surroundings,
    asked_at: Timestamp,
) -> Result<(), EngineError> {
    let key = exactly(&visit_key(&around.visit.visit.id));
    let mut messages: Vec<Message> =
        tx.scan(Index::MessageVisit, key, MAX_VISIT_MESSAGES, Order::Ascending)?;
    messages.retain(|message| message.direction == Direction::Outgoing);
    for campaign in campaigns {
        for step in 0..campaign.spec.steps() {
            plan_step(tx, campaign, step, around, asked_at, &mut messages)?;
        }
    }
    withdraw_dropped_steps(tx, campaigns, &mut messages)
}

/// A step that an edit took out of its campaign leaves no message behind.
fn withdraw_dropped_steps(
    tx: &mut Tx<'_>,
    campaigns: &[Campaign],
    messages: &mut [Message],
) -> Result<(), EngineError> {
    for message in messages.iter_mut().filter(|message| is_pending(message.status)) {
        let Some((id, step)) = message.origin.step() else { continue };
        let dropped = campaigns.iter().any(|campaign| campaign.id == *id && step >= campaign.spec.steps());
        if dropped {
            withdraw(tx, message, Reason::CampaignEnded {})?;
        }
    }
    Ok(())
}

/// Whether a message stands for its key for ever: it was submitted once, and not taken back after a definite rejection.
pub(super) fn is_bound(message: &Message) -> bool {
    message.status == Status::InDoubt
        || (message.submitted_at.is_some() && message.status != Status::Cancelled)
}

/// Whether a person took a message back: planning leaves it so.
pub(super) fn is_withdrawn_by_hand(message: &Message) -> bool {
    message.status == Status::Cancelled && message.reason == Some(Reason::Withdrawn {})
}

fn plan_step(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    step: u8,
    around: &Surroundings,
    asked_at: Timestamp,
    messages: &mut Vec<Message>,
) -> Result<(), EngineError> {
    let of_step = |message: &Message| message.origin.step() == Some((&campaign.id, step));
    let over = around.visit.starts_at <= tx.now && campaign.spec.timing.kind() != CampaignKind::FollowUp;
    if over {
        // what is over stays as it was decided; what is pending for this start is settled when it is due; what a job came
        // too late for has a reason too
        let about_another = |m: &&mut Message| of_step(m) && !around.is_about(m);
        for message in messages.iter_mut().filter(about_another) {
            withdraw(tx, message, Reason::VisitMoved {})?;
        }
        let decided = |m: &Message| of_step(m) && around.is_about(m) && m.status != Status::Cancelled;
        if around.visit.starts_at <= asked_at || messages.iter().any(decided) {
            return Ok(());
        }
    }
    for message in messages.iter_mut().filter(|m| of_step(m) && is_bound(m) && is_pending(m.status)) {
        wait_on(tx, campaign, around, message)?;
    }
    // what a person withdrew stays withdrawn for this time of the visit
    let theirs = |m: &Message| around.is_about(m) && went_to_them(m, around);
    if messages.iter().any(|m| of_step(m) && is_withdrawn_by_hand(m) && theirs(m)) {
        return Ok(());
    }
    let starts_at = around.visit.starts_at;
    // in shadow mode a message for several visits stands for those that joined it, and is never submitted
    let shadows = |m: &Message| m.subjects.len() > 1 && m.reason == Some(Reason::Shadow {});
    let is_free = |m: &Message| of_step(m) && m.submitted_at.is_none() && m.status != Status::InDoubt;
    let own = messages.iter().position(|m| is_free(m) && !shadows(m));
    if own.is_some() && messages.iter().any(|m| is_free(m) && shadows(m) && around.is_about(m)) {
        return Ok(());
    }
    let free = own.or_else(|| messages.iter().position(is_free));
    let mine = free.and_then(|place| messages.get(place));
    let binds = |m: &&Message| of_step(m) && is_bound(m) && stands_for(m, around) && !left_behind(m, mine);
    let bound = messages.iter().find(binds).map(|m| m.id);
    let wish = match (campaign.status, bound) {
        (CampaignStatus::Active | CampaignStatus::Paused, Some(message)) => {
            Wish::Skip(Reason::AlreadySent { message })
        }
        (CampaignStatus::Active | CampaignStatus::Paused, None) => {
            let known = free.and_then(|place| messages.get(place));
            let known = known.filter(|m| around.start_in(m) == Some(starts_at));
            let this_version = known.is_some_and(
                |m| matches!(m.origin, Origin::Campaign { version, .. } if version == campaign.version),
            );
            // what stands is decided on as of the time it was planned: telling the same again gives the same; so is what was
            // in time, and stood back for another that did not go
            let planned =
                known.filter(|message| this_version && (is_pending(message.status) || stood_back(message)));
            let unplanned = if over { asked_at } else { tx.now };
            let now = planned.map_or(unplanned, |message| message.planned_at);
            let (wish, late) = decide(tx, campaign, step, around, now, messages)?;
            // what was decided when its time came was not booked late: no later fact decides it anew
            if let Some(Message { status: Status::Skipped, reason: Some(reason), .. }) = known
                && (is_of_its_time(reason) && (late || this_version)
                    || late && wish == Wish::Skip(Reason::BookedLate {})
                    // the message that went for both steps has gone
                    || *reason == (Reason::SameTime {}) && wish == Wish::Skip(Reason::NoAllowedSlot {}))
            {
                return Ok(());
            }
            match wish {
                Wish::Send { .. } if over => Wish::Skip(Reason::PastUseBy {}),
                wish => wish,
            }
        }
        _ => Wish::Skip(Reason::CampaignEnded {}),
    };
    if bound.is_none()
        && free.is_none()
        && let Some((at, use_by)) = gone_while_lost(tx, campaign, step, around, messages)?
    {
        let mut message = blank(tx, campaign, step, around);
        set_plan(&mut message, at, use_by, campaign, step, around);
        return super::restore::doubt_lost(tx, message);
    }
    if wish == Wish::Skip(Reason::MergedIntoBooking {}) {
        ask_in_booking_message(tx, campaign, around, messages)?;
    }
    let held = campaign.status == CampaignStatus::Paused;
    let bound = bound.is_some();
    match (wish, free.and_then(|place| messages.get_mut(place))) {
        (Wish::Late(_), _) => Ok(()), // decided above
        (Wish::Nothing, None) => Ok(()),
        (Wish::Nothing, Some(free)) => {
            let reason = match (campaign.spec.timing.kind(), around.visit.off_at) {
                (_, Some(_)) => Reason::VisitCancelled {},
                (CampaignKind::Cancelled, None) => Reason::VisitReopened {},
                (CampaignKind::Rescheduled, None) if around.visit.moved.is_none() => Reason::VisitMoved {},
                _ => Reason::OutsideFilters {},
            };
            withdraw(tx, free, reason)
        }
        (Wish::Skip(reason), Some(free)) => {
            if withdraws(&reason) {
                return withdraw(tx, free, reason); // what was decided not to go keeps its reason
            }
            let skipped = free.status == Status::Skipped && around.start_in(free) == Some(starts_at);
            if skipped && reason == (Reason::BookedLate {}) {
                return Ok(()); // it was in time once, and did not go for another reason
            }
            skip(tx, free, reason, Some(starts_at))
        }
        (Wish::Skip(reason), None) if bound || reason == (Reason::CampaignEnded {}) => Ok(()),
        (Wish::Skip(reason), None) => {
            let mut message = blank(tx, campaign, step, around);
            move_to(&mut message, Status::Skipped)?;
            message.reason = Some(reason);
            create(tx, message, messages)
        }
        (Wish::Send { at, use_by }, Some(free)) => {
            let before = free.clone();
            if !is_pending(free.status) || free.planned_at > tx.now || !same_plan(free, at, campaign, around)
            {
                free.planned_at = tx.now;
            }
            if free.status != Status::Claimed || !same_plan(free, at, campaign, around) {
                move_to(free, Status::Planned)?;
            }
            set_plan(free, at, use_by, campaign, step, around);
            free.held = held;
            free.reason = None;
            if *free != before {
                tx.put(free)?;
            }
            Ok(())
        }
        (Wish::Send { at, use_by }, None) => {
            let mut message = blank(tx, campaign, step, around);
            set_plan(&mut message, at, use_by, campaign, step, around);
            message.held = held;
            create(tx, message, messages)
        }
    }
}

/// A message that was submitted once and waits for another attempt waits on only while all it was submitted for holds:
/// then it goes again as it is.
fn wait_on(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    around: &Surroundings,
    message: &mut Message,
) -> Result<(), EngineError> {
    let number = around.patient.as_ref().and_then(|file| file.number.as_ref().ok());
    let held = match campaign.status {
        CampaignStatus::Active => false,
        CampaignStatus::Paused => true,
        _ => return withdraw(tx, message, Reason::CampaignEnded {}),
    };
    if !around.is_about(message) {
        return withdraw(tx, message, Reason::VisitMoved {});
    }
    if number.is_some() && number != message.number.as_ref() {
        return withdraw(tx, message, Reason::NumberChanged {});
    }
    if message.held != held {
        message.held = held;
        tx.put(message)?;
    }
    Ok(())
}

/// Reasons that hold for the time at which a message was to go, whatever is told afterwards.
pub(super) fn is_of_its_time(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::DailyCap {}
            | Reason::DailyBudget {}
            | Reason::PastUseBy {}
            | Reason::CampaignPaused {}
            | Reason::Shadow {}
    )
}

/// Whether a message was decided not to go as another went in its place.
fn stood_back(message: &Message) -> bool {
    let for_another =
        matches!(message.reason, Some(Reason::ManualReminder { .. } | Reason::JoinedInto { .. }));
    message.status == Status::Skipped && for_another
}

/// When a message that nobody knows of would have gone in the time that a restoration from an old copy lost.
fn gone_while_lost(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    step: u8,
    around: &Surroundings,
    messages: &[Message],
) -> Result<Option<(Timestamp, Timestamp)>, EngineError> {
    let Some(lost) = tx.counters().lost else { return Ok(None) };
    // the host's own word alone: a visit that was told again may be older than the engine takes it for
    let booked_since = around.visit.visit.booked_at.is_some_and(|booked| booked > lost.until);
    if booked_since || campaign.activated_at.is_none_or(|activated| activated > lost.until) {
        return Ok(None);
    }
    Ok(match decide(tx, campaign, step, around, lost.from, messages)? {
        (Wish::Send { at, use_by }, _) if at <= lost.until => Some((at, use_by)),
        _ => None,
    })
}

/// Reasons that take a message back, as against those that decide not to send one.
fn withdraws(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::VisitCancelled {}
            | Reason::VisitMoved {}
            | Reason::CampaignEnded {}
            | Reason::AlreadySent { .. }
    )
}
