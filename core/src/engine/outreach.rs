//! Campaigns about patients: makes the messages that are there into those that should be, for one patient and occasion.
//!
//! **The key binds from submission**, as for visits: a bound message stands for its (campaign, patient, occasion) for ever,
//! and before that there is at most one free one. Two cards that are found to be one patient's share their messages: what
//! is left twice is withdrawn.

use super::EngineError;
use super::drafting::{create, outgoing, skip, withdraw};
use super::person::Person;
use super::planning::{is_bound, is_of_its_time, is_withdrawn_by_hand};
use super::record::{exactly, occasion_key, part, prefix_range};
use super::sweeps;
use super::tx::Tx;
use crate::calendar;
use crate::campaign::{LATE_RECALL_DAYS, Wish, approach, birthday_due, recall_due, void};
use crate::message::{is_pending, step as move_to};
use crate::model::{
    Campaign, CampaignStatus, DAY_MS, Message, Occasion, Origin, PatientFile, PatientId, Reason, Status,
    Timestamp, Timing,
};
use crate::store::{Index, MAX_PAGE, Order};
use chrono::{Datelike, Days};
use std::collections::BTreeSet;

/// How far back a message of a patient is decided on anew when the card or a visit is told.
const BACK_MS: i64 = 31 * DAY_MS;
/// The only run of a broadcast.
pub(super) const RUN: u32 = 1;

/// Whether a campaign plans, or holds what it planned.
pub(super) fn is_running(campaign: &Campaign) -> bool {
    matches!(campaign.status, CampaignStatus::Active | CampaignStatus::Paused)
}

/// Plans a patient anew for all campaigns about patients, as the card, or a visit, changed.
pub(super) fn plan_patient(tx: &mut Tx<'_>, patient: &PatientId) -> Result<(), EngineError> {
    let campaigns = super::planning::campaigns(tx)?;
    for campaign in campaigns.iter().filter(|c| c.spec.timing.kind().is_about_patients()) {
        let mut occasions = known_occasions(tx, campaign, patient)?;
        if is_running(campaign) {
            occasions.extend(present_occasions(tx, campaign, patient)?);
        }
        for occasion in occasions {
            plan_person(tx, campaign, patient, occasion)?;
        }
    }
    Ok(())
}

/// Where a campaign's messages to a patient are found.
pub(super) fn of_patient(campaign: &Campaign, patient: &PatientId) -> (String, String) {
    prefix_range(&format!("{}|{}", part(campaign.id.as_str()), part(patient.as_str())))
}

/// The occasions of a campaign for which a patient has a message that may still change.
fn known_occasions(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    patient: &PatientId,
) -> Result<BTreeSet<Occasion>, EngineError> {
    let range = of_patient(campaign, patient);
    let recent = tx.now.plus_ms(-BACK_MS);
    let messages = tx.scan::<Message>(Index::MessageOccasion, range, MAX_PAGE, Order::Descending)?;
    let open = messages.into_iter().filter(|m| is_pending(m.status) || m.due_at >= recent);
    Ok(open.filter_map(|message| message.occasion).collect())
}

/// The occasions that a sweep of these days would come to for a patient: the card may have been told after it.
fn present_occasions(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    patient: &PatientId,
) -> Result<Vec<Occasion>, EngineError> {
    let Some(file) = tx.get::<PatientFile>(patient.as_str())? else { return Ok(Vec::new()) };
    let today = tx.today();
    if file.merged_into.is_some() {
        return Ok(Vec::new());
    }
    let occasion = match &campaign.spec.timing {
        Timing::Birthday { .. } => file
            .patient
            .birth_date
            .filter(|birth| birthday_due(*birth, today))
            .map(|_| Occasion::Birthday { year: today.year() }),
        Timing::Recall { months_after, .. } => {
            let person = Person::load(tx, campaign, patient)?;
            let last = person.scene(tx.now).last.map(|visit| visit.starts_at);
            let day = last.map(|at| calendar::local_date(tx.practice().zone, at));
            let due = day.and_then(|day| recall_due(day, *months_after));
            let first = today.checked_sub_days(Days::new(LATE_RECALL_DAYS.into()));
            due.filter(|due| *due <= today && Some(*due) >= first).map(|due| Occasion::Recall { due })
        }
        Timing::Broadcast { .. } if !sweeps::is_broadcast_over(tx, campaign, tx.now) => {
            Some(Occasion::Broadcast { run: RUN })
        }
        _ => None,
    };
    Ok(occasion.into_iter().collect())
}

/// Makes the messages of a patient for an occasion into the one that should be.
pub(super) fn plan_person(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    patient: &PatientId,
    occasion: Occasion,
) -> Result<(), EngineError> {
    let person = Person::load(tx, campaign, patient)?;
    // the card that stayed has a merged one's messages; an erased one has nobody to write to
    let is_gone = |file: &PatientFile| file.merged_into.is_some() || file.erased_at.is_some();
    if person.card.patient.as_deref().is_some_and(is_gone) {
        return Ok(());
    }
    let key = exactly(&occasion_key(&campaign.id, patient, occasion));
    let mut messages: Vec<Message> = tx.scan(Index::MessageOccasion, key, MAX_PAGE, Order::Ascending)?;
    for message in messages.iter_mut().filter(|m| is_bound(m) && is_pending(m.status)) {
        wait_on(tx, campaign, occasion, &person, message)?;
    }
    let bound = messages.iter().find(|m| is_bound(m)).map(|m| m.id);
    let bound = match bound {
        None => recalled_before(tx, campaign, &person, occasion)?,
        bound => bound,
    };
    let is_free = |m: &Message| m.submitted_at.is_none() && m.status != Status::InDoubt;
    // of two cards' messages one stays, a pending one before one that was decided against
    let free = messages.iter().position(|m| is_free(m) && is_pending(m.status));
    let free = free.or_else(|| messages.iter().position(is_free));
    let kept = free.and_then(|place| messages.get(place)).map(|m| m.id);
    for message in messages.iter_mut().filter(|m| is_free(m) && Some(m.id) != kept) {
        let reason = Reason::AlreadySent { message: kept.unwrap_or(message.id) };
        withdraw(tx, message, reason)?;
    }
    let known = free.and_then(|place| messages.get(place)).cloned();
    if known.as_ref().is_some_and(is_withdrawn_by_hand) {
        return Ok(()); // what a person took back stays back
    }
    let wish = match bound {
        _ if !is_running(campaign) => Wish::Skip(Reason::CampaignEnded {}),
        Some(message) => Wish::Skip(Reason::AlreadySent { message }),
        None => {
            let this_version = known.as_ref().is_some_and(
                |m| matches!(m.origin, Origin::Campaign { version, .. } if version == campaign.version),
            );
            if this_version
                && let Some(Message { status: Status::Skipped, reason: Some(reason), .. }) = &known
                && is_of_its_time(reason)
            {
                return Ok(());
            }
            // what stands is decided on as of the time it was planned: telling the same again gives the same
            let planned = known.as_ref().filter(|m| this_version && is_pending(m.status));
            let now = planned.map_or(tx.now, |message| message.planned_at);
            approach(campaign, occasion, &person.scene(now))
        }
    };
    if bound.is_none()
        && known.is_none()
        && let Some((at, use_by)) = gone_while_lost(tx, campaign, occasion, &person)
    {
        let mut message = blank(tx, campaign, occasion, &person);
        set_plan(&mut message, at, use_by, campaign, occasion, &person);
        return super::restore::doubt_lost(tx, message);
    }
    let known = free.and_then(|place| messages.get_mut(place));
    settle(tx, campaign, occasion, &person, wish, known, bound.is_some())
}

/// Makes the free message into what is wished.
fn settle(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    occasion: Occasion,
    person: &Person,
    wish: Wish,
    free: Option<&mut Message>,
    bound: bool,
) -> Result<(), EngineError> {
    let held = campaign.status == CampaignStatus::Paused;
    match (wish, free) {
        (Wish::Late(_) | Wish::Nothing, None) => Ok(()),
        (Wish::Late(_) | Wish::Nothing, Some(free)) => {
            let reason = void(campaign, occasion, &person.scene(tx.now));
            withdraw(tx, free, reason.unwrap_or(Reason::OutsideFilters {}))
        }
        (
            Wish::Skip(
                reason @ (Reason::CampaignEnded {} | Reason::AlreadySent { .. } | Reason::VisitBooked { .. }),
            ),
            Some(free),
        ) => withdraw(tx, free, reason),
        (Wish::Skip(reason), Some(free)) => skip(tx, free, reason, None),
        (Wish::Skip(reason), None) if bound || reason == (Reason::CampaignEnded {}) => Ok(()),
        (Wish::Skip(reason), None) => {
            let mut message = blank(tx, campaign, occasion, person);
            move_to(&mut message, Status::Skipped)?;
            message.reason = Some(reason);
            create(tx, message, &mut Vec::new())
        }
        (Wish::Send { at, use_by }, Some(free)) => {
            let before = free.clone();
            let same = free.due_at == at
                && matches!(free.origin, Origin::Campaign { version, .. } if version == campaign.version);
            if !is_pending(free.status) || free.planned_at > tx.now || !same {
                free.planned_at = tx.now;
            }
            if free.status != Status::Claimed || !same {
                move_to(free, Status::Planned)?;
            }
            set_plan(free, at, use_by, campaign, occasion, person);
            free.held = held;
            free.reason = None;
            if *free != before { tx.put(free) } else { Ok(()) }
        }
        (Wish::Send { at, use_by }, None) => {
            let mut message = blank(tx, campaign, occasion, person);
            set_plan(&mut message, at, use_by, campaign, occasion, person);
            message.held = held;
            create(tx, message, &mut Vec::new())
        }
    }
}

fn blank(tx: &mut Tx<'_>, campaign: &Campaign, occasion: Occasion, person: &Person) -> Message {
    let id = tx.next_message();
    let kind = campaign.spec.timing.kind();
    let origin = Origin::Campaign { campaign: campaign.id.clone(), kind, step: 0, version: campaign.version };
    let mut message = outgoing(tx, origin, id);
    let now = tx.now;
    set_plan(&mut message, now, now, campaign, occasion, person);
    message
}

fn set_plan(
    message: &mut Message,
    at: Timestamp,
    use_by: Timestamp,
    campaign: &Campaign,
    occasion: Occasion,
    person: &Person,
) {
    let kind = campaign.spec.timing.kind();
    message.origin =
        Origin::Campaign { campaign: campaign.id.clone(), kind, step: 0, version: campaign.version };
    message.occasion = Some(occasion);
    message.patient = Some(person.id.clone());
    message.number = person.card.patient.as_ref().and_then(|file| file.number.clone().ok());
    message.sender = campaign.spec.sender.clone().or_else(|| super::render::default_sender(&person.practice));
    message.due_at = at;
    message.use_by = use_by;
    message.day = calendar::local_date(person.practice.zone, at);
}

/// A message that waits for another attempt waits on only while what it was submitted for holds.
fn wait_on(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    occasion: Occasion,
    person: &Person,
    message: &mut Message,
) -> Result<(), EngineError> {
    let number = person.card.patient.as_ref().and_then(|file| file.number.as_ref().ok());
    if !is_running(campaign) {
        return withdraw(tx, message, Reason::CampaignEnded {});
    }
    if let Some(reason) = void(campaign, occasion, &person.scene(tx.now)) {
        return withdraw(tx, message, reason);
    }
    if number.is_some() && number != message.number.as_ref() {
        return withdraw(tx, message, Reason::NumberChanged {});
    }
    let held = campaign.status == CampaignStatus::Paused;
    if message.held != held {
        message.held = held;
        tx.put(message)?;
    }
    Ok(())
}

/// A recall that went after the patient's last visit, for another day: an edit of the months does not send it again.
fn recalled_before(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    person: &Person,
    occasion: Occasion,
) -> Result<Option<crate::model::MessageId>, EngineError> {
    let (Occasion::Recall { .. }, Some(last)) = (occasion, person.scene(tx.now).last) else {
        return Ok(None);
    };
    let last = last.starts_at;
    let range = of_patient(campaign, &person.id);
    let messages = tx.scan::<Message>(Index::MessageOccasion, range, MAX_PAGE, Order::Descending)?;
    let mut went = messages.iter().filter(|m| is_bound(m) && m.submitted_at.is_some_and(|at| at > last));
    Ok(went.next().map(|message| message.id))
}

/// When a message that nobody knows of would have gone in the time that a restoration from an old copy lost.
fn gone_while_lost(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    occasion: Occasion,
    person: &Person,
) -> Option<(Timestamp, Timestamp)> {
    let lost = tx.counters().lost?;
    let activated = campaign.activated_at?;
    match approach(campaign, occasion, &person.scene(lost.from)) {
        Wish::Send { at, use_by } if at <= lost.until && activated <= lost.until && is_running(campaign) => {
            Some((at, use_by))
        }
        _ => None,
    }
}
