//! From wishes to messages: loads the scene of a visit, asks every campaign, and makes the messages that are there
//! into those that should be.
//!
//! **The key binds from submission.** A message whose body was frozen by a submission is *bound*: it stands for its
//! (campaign, step, visit, start) for ever. Every other message of the step is *free*, there is at most one of them, and
//! planning moves it, withdraws it or brings it back as the wish changes.

use super::EngineError;
use super::record::{exactly, patient_range, series_key, visit_key};
use super::settle::{doubt, may_have_gone};
use super::tx::Tx;
use crate::calendar;
use crate::campaign::{Scene, Wish, wish};
use crate::message::{is_pending, step as move_to};
use crate::model::{
    BadNumber, Campaign, CampaignKind, CampaignStatus, DAY_MS, Direction, LatePolicy, MINUTE_MS, Message,
    MessageId, OptOutRecord, Origin, PatientFile, PatientId, Practice, Reason, Status, Subject, Timestamp,
    VisitFile, VisitState,
};
use crate::store::{Index, Order};

/// The most messages of one visit that planning looks at.
const MAX_VISIT_MESSAGES: u32 = 500;
/// The most visits of one patient on one day, or of one series.
const MAX_SIBLINGS: u32 = 100;
/// The most campaigns of a practice.
pub(super) const MAX_CAMPAIGNS: u32 = 500;

/// What planning loads around a visit; [`Scene`] borrows from it.
pub(super) struct Surroundings {
    pub practice: Practice,
    pub visit: VisitFile,
    pub patient: Option<PatientFile>,
    pub opt_out: Option<OptOutRecord>,
    pub bad_number: Option<BadNumber>,
    pub first_visit: bool,
    pub same_day: Vec<VisitFile>,
    pub series: Vec<VisitFile>,
}

impl Surroundings {
    pub(super) fn load(tx: &mut Tx<'_>, visit: VisitFile) -> Result<Self, EngineError> {
        let practice = tx.practice().clone();
        let patient = tx.get::<PatientFile>(visit.visit.patient.as_str())?;
        let hash = patient
            .as_ref()
            .and_then(|file| file.number.as_ref().ok())
            .map(|number| super::settle::number_hash(&practice.secret, number));
        let (opt_out, bad_number) = match &hash {
            Some(hash) => (tx.get::<OptOutRecord>(hash)?, tx.get::<BadNumber>(hash)?),
            None => (None, None),
        };
        let first_visit = match visit.visit.first_visit {
            Some(told) => told,
            None => {
                let earlier = patient_range(&visit.visit.patient, Timestamp::from_ms(0), visit.starts_at);
                tx.scan::<VisitFile>(Index::VisitTookPlace, earlier, 1, Order::Ascending)?.is_empty()
            }
        };
        let zone = practice.zone;
        let day = calendar::local_date(zone, visit.starts_at);
        let midnight =
            |date: chrono::NaiveDate| calendar::resolve(zone, date.and_time(chrono::NaiveTime::MIN));
        let next = day.succ_opt().unwrap_or(day);
        let range = patient_range(&visit.visit.patient, midnight(day), midnight(next));
        let mut same_day =
            tx.scan::<VisitFile>(Index::VisitPatient, range, MAX_SIBLINGS, Order::Ascending)?;
        same_day.retain(|other| other.visit.id != visit.visit.id && other.visit.state == VisitState::Booked);
        let key = exactly(&series_key(&visit));
        let mut series = tx.scan::<VisitFile>(Index::VisitSeries, key, MAX_SIBLINGS, Order::Ascending)?;
        series.retain(|other| other.visit.id != visit.visit.id && !other.visit.state.is_off());
        Ok(Self { practice, visit, patient, opt_out, bad_number, first_visit, same_day, series })
    }

    pub(super) fn scene(&self, now: Timestamp) -> Scene<'_> {
        Scene {
            now,
            practice: &self.practice,
            visit: &self.visit,
            patient: self.patient.as_ref(),
            opt_out: self.opt_out.as_ref(),
            bad_number: self.bad_number.is_some(),
            first_visit: self.first_visit,
            same_day: &self.same_day,
            series: &self.series,
        }
    }
}

/// The practice's campaigns that can still do something, in the order in which they are asked: booking messages first,
/// as late reminders depend on them.
pub(super) fn campaigns(tx: &mut Tx<'_>) -> Result<Vec<Campaign>, EngineError> {
    let mut campaigns = tx.list::<Campaign>("", "\u{10ffff}", MAX_CAMPAIGNS)?;
    campaigns.retain(|campaign| campaign.activated_at.is_some());
    campaigns.sort_by_key(|campaign| campaign.spec.timing.kind() != CampaignKind::Booking);
    Ok(campaigns)
}

/// Plans a visit for all campaigns, and its siblings of the same day or series, whose messages depend on it.
pub(super) fn plan_visit(tx: &mut Tx<'_>, visit: &VisitFile) -> Result<(), EngineError> {
    let campaigns = campaigns(tx)?;
    let around = Surroundings::load(tx, visit.clone())?;
    for sibling in around.same_day.iter().chain(&around.series) {
        let sibling = Surroundings::load(tx, sibling.clone())?;
        plan(tx, &campaigns, &sibling)?;
    }
    plan(tx, &campaigns, &around)
}

/// Plans anew what is left of a patient's visits: those still to come, and those a follow-up may still be for.
pub(super) fn plan_patient(tx: &mut Tx<'_>, patient: &PatientId) -> Result<(), EngineError> {
    let campaigns = campaigns(tx)?;
    let range = patient_range(patient, tx.now.plus_ms(-31 * DAY_MS), Timestamp::MAX);
    for visit in tx.scan::<VisitFile>(Index::VisitPatient, range, crate::store::MAX_PAGE, Order::Ascending)? {
        let around = Surroundings::load(tx, visit)?;
        plan(tx, &campaigns, &around)?;
    }
    Ok(())
}

/// Plans one visit for the given campaigns.
pub(super) fn plan(
    tx: &mut Tx<'_>,
    campaigns: &[Campaign],
    around: &Surroundings,
) -> Result<(), EngineError> {
    let key = exactly(&visit_key(&around.visit.visit.id));
    let mut messages: Vec<Message> =
        tx.scan(Index::MessageVisit, key, MAX_VISIT_MESSAGES, Order::Ascending)?;
    messages.retain(|message| message.direction == Direction::Outgoing);
    for campaign in campaigns {
        for step in 0..campaign.spec.steps() {
            plan_step(tx, campaign, step, around, &mut messages)?;
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

fn plan_step(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    step: u8,
    around: &Surroundings,
    messages: &mut Vec<Message>,
) -> Result<(), EngineError> {
    let of_step = |message: &Message| message.origin.step() == Some((&campaign.id, step));
    let about = |message: &Message| {
        let visit = &around.visit.visit.id;
        message.subjects.iter().find(|subject| subject.visit == *visit).map(|subject| subject.starts_at)
    };
    let tolerance = i64::from(around.practice.settings.move_tolerance_min) * MINUTE_MS;
    let starts_at = around.visit.starts_at;
    let same_time = |at: Timestamp| at.since_ms(starts_at).abs() <= tolerance;

    for message in messages.iter_mut().filter(|m| of_step(m) && is_bound(m) && is_pending(m.status)) {
        if about(message).is_some_and(same_time) {
            keep_trying(tx, message, campaign, around)?;
        } else {
            // it is about a time that no longer holds
            withdraw(tx, message, Reason::VisitMoved {})?;
        }
    }
    let bound =
        messages.iter().find(|m| of_step(m) && is_bound(m) && about(m).is_some_and(same_time)).map(|m| m.id);
    let free =
        messages.iter().position(|m| of_step(m) && m.submitted_at.is_none() && m.status != Status::InDoubt);
    let wish = match (campaign.status, bound) {
        (CampaignStatus::Active | CampaignStatus::Paused, Some(message)) => {
            Wish::Skip(Reason::AlreadySent { message })
        }
        (CampaignStatus::Active | CampaignStatus::Paused, None) => {
            let planned = free.and_then(|place| messages.get(place)).filter(|message| {
                is_pending(message.status)
                    && about(message) == Some(starts_at)
                    && matches!(message.origin, Origin::Campaign { version, .. } if version == campaign.version)
            });
            // what stands is decided on as of the time it was planned: telling the same again gives the same
            let now = planned.map_or(tx.now, |message| message.planned_at);
            decide_late(wish(campaign, step, &around.scene(now)), campaign, messages)
        }
        _ => Wish::Skip(Reason::CampaignEnded {}),
    };
    if bound.is_none()
        && free.is_none()
        && let Some((at, use_by)) = gone_while_lost(tx, campaign, step, around, messages)
    {
        let mut message = blank(tx, campaign, step, around);
        set_plan(&mut message, at, use_by, campaign, step, around);
        return super::restore::doubt_lost(tx, message);
    }
    if wish == Wish::Skip(Reason::MergedIntoBooking {}) {
        ask_in_booking_message(tx, campaign, messages)?;
    }
    let held = campaign.status == CampaignStatus::Paused;
    let bound = bound.is_some();
    match (wish, free.and_then(|place| messages.get_mut(place))) {
        (Wish::Late(_), _) => Ok(()), // decided above
        (Wish::Nothing, None) => Ok(()),
        (Wish::Nothing, Some(free)) => {
            let reason = match around.visit.off_at {
                Some(_) => Reason::VisitCancelled {},
                None => Reason::OutsideFilters {},
            };
            withdraw(tx, free, reason)
        }
        (Wish::Skip(reason), Some(free)) => {
            if is_pending(free.status) && withdraws(&reason) {
                return withdraw(tx, free, reason);
            }
            if free.status == Status::Cancelled && withdraws(&reason) {
                return Ok(());
            }
            skip(tx, free, reason, around)
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

/// What was submitted before and waits for another attempt goes on when its campaign does, to the number on the card.
fn keep_trying(
    tx: &mut Tx<'_>,
    message: &mut Message,
    campaign: &Campaign,
    around: &Surroundings,
) -> Result<(), EngineError> {
    let number = around.patient.as_ref().and_then(|file| file.number.as_ref().ok());
    let moved = number.is_some_and(|number| message.number.as_ref() != Some(number));
    if moved && may_have_gone(message) {
        return doubt(tx, message);
    }
    let waits = message.held && campaign.status == CampaignStatus::Paused;
    if moved || message.held != waits {
        if moved {
            super::requests::not_sent(tx, message.id)?;
            message.number = number.cloned();
        }
        message.held = waits;
        tx.put(message)?;
    }
    Ok(())
}

/// When a message that nobody knows of would have gone in the time that a restoration from an old copy lost.
fn gone_while_lost(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    step: u8,
    around: &Surroundings,
    messages: &[Message],
) -> Option<(Timestamp, Timestamp)> {
    let lost = tx.counters().lost?;
    campaign.activated_at.filter(|activated| *activated <= lost.until)?;
    match decide_late(wish(campaign, step, &around.scene(lost.from)), campaign, messages) {
        Wish::Send { at, use_by } if at <= lost.until => Some((at, use_by)),
        _ => None,
    }
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

/// What a late reminder comes to, with an eye on the booking message of the same visit.
fn decide_late(wish: Wish, campaign: &Campaign, messages: &[Message]) -> Wish {
    let Wish::Late(late) = wish else { return wish };
    let booking = messages.iter().find(|message| is_booking(message) && goes(message));
    let late_reason = || Wish::Skip(Reason::BookedLate {});
    if late.later_step_ahead {
        return late_reason();
    }
    match (late.policy, booking) {
        (LatePolicy::Skip, _) | (LatePolicy::Auto, Some(_)) => return late_reason(),
        (LatePolicy::Merge, Some(booking))
            if !is_bound(booking) || booking.expects_reply || !campaign.spec.expects_reply() =>
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

fn is_booking(message: &Message) -> bool {
    matches!(message.origin, Origin::Campaign { kind: CampaignKind::Booking, .. })
}

/// Whether a message will go or went.
fn goes(message: &Message) -> bool {
    !matches!(message.status, Status::Skipped | Status::Cancelled | Status::Failed)
}

/// A booking message that stands for a reminder asks what that would ask.
fn ask_in_booking_message(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    messages: &mut [Message],
) -> Result<(), EngineError> {
    let booking =
        messages.iter_mut().find(|message| is_booking(message) && goes(message) && !is_bound(message));
    if let Some(booking) = booking.filter(|booking| campaign.spec.expects_reply() && !booking.expects_reply) {
        booking.expects_reply = true;
        tx.put(booking)?;
    }
    Ok(())
}

fn same_plan(message: &Message, at: Timestamp, campaign: &Campaign, around: &Surroundings) -> bool {
    message.due_at == at
        && matches!(message.origin, Origin::Campaign { version, .. } if version == campaign.version)
        && message.subjects.first().is_some_and(|subject| subject.starts_at == around.visit.starts_at)
}

fn set_plan(
    message: &mut Message,
    at: Timestamp,
    use_by: Timestamp,
    campaign: &Campaign,
    step: u8,
    around: &Surroundings,
) {
    let waits = waits_for_outcome(message, around, use_by);
    message.origin = Origin::Campaign {
        campaign: campaign.id.clone(),
        kind: campaign.spec.timing.kind(),
        step,
        version: campaign.version,
    };
    message.subjects =
        vec![Subject { visit: around.visit.visit.id.clone(), starts_at: around.visit.starts_at }];
    message.patient = Some(around.visit.visit.patient.clone());
    message.number = around.patient.as_ref().and_then(|file| file.number.clone().ok());
    message.sender = campaign.spec.sender.clone().or_else(|| super::render::default_sender(&around.practice));
    // a booking message that was merged with a reminder keeps asking
    message.expects_reply = campaign.spec.expects_reply() || (is_booking(message) && message.expects_reply);
    if !waits {
        message.due_at = at;
    }
    message.use_by = use_by;
    message.day = calendar::local_date(around.practice.zone, at);
}

/// A follow-up that was looked at before its visit was closed waits until it is, or until its use-by time.
fn waits_for_outcome(message: &Message, around: &Surroundings, use_by: Timestamp) -> bool {
    let follow_up = matches!(message.origin, Origin::Campaign { kind: CampaignKind::FollowUp, .. });
    follow_up && around.visit.visit.state != VisitState::TookPlace && message.due_at == use_by
}

/// A message of the step with nothing decided yet.
fn blank(tx: &mut Tx<'_>, campaign: &Campaign, step: u8, around: &Surroundings) -> Message {
    let id = tx.next_message();
    let kind = campaign.spec.timing.kind();
    let origin = Origin::Campaign { campaign: campaign.id.clone(), kind, step, version: campaign.version };
    let mut message = outgoing(tx, origin, id);
    let now = tx.now;
    set_plan(&mut message, now, now, campaign, step, around);
    message
}

/// An outgoing message with nothing decided yet.
pub(super) fn outgoing(tx: &Tx<'_>, origin: Origin, id: MessageId) -> Message {
    let now = tx.now;
    Message {
        id,
        direction: Direction::Outgoing,
        origin,
        subjects: Vec::new(),
        patient: None,
        number: None,
        sender: None,
        status: Status::Planned,
        reason: None,
        variant: None,
        body: None,
        encoding: None,
        parts: 0,
        cost_milli: 0,
        expects_reply: false,
        created_at: now,
        planned_at: now,
        due_at: now,
        use_by: now,
        held: false,
        lease: None,
        reference: None,
        gateway: None,
        provider_ids: Vec::new(),
        inbound_keys: Vec::new(),
        day: calendar::local_date(tx.practice().zone, now),
        report_due: None,
        submitted_at: None,
        sent_at: None,
        delivered_at: None,
        received_at: None,
        attempts: 0,
        failures: Vec::new(),
        part_states: Vec::new(),
        reports: Vec::new(),
        may_still_arrive: false,
        read: false,
        answer: None,
        reply: None,
    }
}

fn create(tx: &mut Tx<'_>, message: Message, messages: &mut Vec<Message>) -> Result<(), EngineError> {
    tx.put_new_message(&message)?;
    if message.status == Status::Skipped {
        super::settle::tell(tx, &message)?;
    }
    messages.push(message);
    Ok(())
}

fn skip(
    tx: &mut Tx<'_>,
    message: &mut Message,
    reason: Reason,
    around: &Surroundings,
) -> Result<(), EngineError> {
    if message.status == Status::Skipped && message.reason.as_ref() == Some(&reason) {
        return Ok(());
    }
    move_to(message, Status::Skipped)?;
    message.reason = Some(reason);
    message.held = false;
    if let Some(subject) = message.subjects.first_mut() {
        subject.starts_at = around.visit.starts_at;
    }
    tx.put(message)?;
    super::settle::tell(tx, message)
}

/// Takes back a message that was not submitted, or waits for another attempt.
pub(super) fn withdraw(tx: &mut Tx<'_>, message: &mut Message, reason: Reason) -> Result<(), EngineError> {
    if !is_pending(message.status) {
        return Ok(());
    }
    if may_have_gone(message) {
        return doubt(tx, message);
    }
    move_to(message, Status::Cancelled)?;
    message.reason = Some(reason);
    message.held = false;
    tx.put(message)?;
    super::settle::tell(tx, message)?;
    if message.submitted_at.is_some() {
        super::requests::not_sent(tx, message.id)?;
    }
    // visits that shared this message get one of their own again
    if message.subjects.len() > 1 {
        for subject in &message.subjects {
            if let Some(file) = tx.get::<VisitFile>(subject.visit.as_str())? {
                let around = Surroundings::load(tx, file)?;
                let campaigns = campaigns(tx)?;
                plan(tx, &campaigns, &around)?;
            }
        }
    }
    Ok(())
}
