//! What planning makes of a message: drawn up, moved to another time, skipped, taken back.

use super::EngineError;
use super::planning::{campaigns, is_bound, plan, plan_visit};
use super::settle::{doubt, may_have_gone};
use super::standing::is_booking;
use super::surroundings::Surroundings;
use super::tx::Tx;
use crate::calendar;
use crate::message::{is_pending, step as move_to};
use crate::model::{
    Campaign, CampaignKind, Direction, Message, MessageId, Origin, Reason, Status, Subject, Timestamp,
    VisitFile, VisitState, Wiped,
};

/// Whether a message is planned as this campaign now wants it.
pub(super) fn same_plan(
    message: &Message,
    at: Timestamp,
    campaign: &Campaign,
    around: &Surroundings,
) -> bool {
    message.due_at == at
        && matches!(message.origin, Origin::Campaign { version, .. } if version == campaign.version)
        && message.subjects.first().is_some_and(|subject| subject.starts_at == around.visit.starts_at)
}

/// Plans a message of a step: for whom, when, until when.
pub(super) fn set_plan(
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
    follow_up
        && around.visit.visit.state != VisitState::TookPlace
        && [message.due_at, message.use_by] == [use_by; 2]
}

/// A message of the step with nothing decided yet.
pub(super) fn blank(tx: &mut Tx<'_>, campaign: &Campaign, step: u8, around: &Surroundings) -> Message {
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
        occasion: None,
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
        key: None,
        day: calendar::local_date(tx.practice().zone, now),
        report_due: None,
        submitted_at: None,
        sent_at: None,
        delivered_at: None,
        received_at: None,
        unanswered: false,
        attempts: 0,
        failures: Vec::new(),
        part_states: Vec::new(),
        reports: Vec::new(),
        may_still_arrive: false,
        read: false,
        settled: false,
        answer: None,
        reply: None,
        wiped: Wiped::default(),
    }
}

/// Puts a new message.
pub(super) fn create(
    tx: &mut Tx<'_>,
    message: Message,
    messages: &mut Vec<Message>,
) -> Result<(), EngineError> {
    tx.put_new_message(&message)?;
    if message.status == Status::Skipped {
        super::settle::tell(tx, &message)?;
    }
    messages.push(message);
    Ok(())
}

/// Decides that a message does not go, about a visit at its start where it is about one.
pub(super) fn skip(
    tx: &mut Tx<'_>,
    message: &mut Message,
    reason: Reason,
    starts_at: Option<Timestamp>,
) -> Result<(), EngineError> {
    let before = message.clone();
    move_to(message, Status::Skipped)?;
    message.reason = Some(reason);
    message.held = false;
    if let (Some(subject), Some(starts_at)) = (message.subjects.first_mut(), starts_at) {
        subject.starts_at = starts_at;
    }
    if *message == before {
        return Ok(());
    }
    tx.put(message)?;
    // the same reason for another time is no news
    let news = before.status != Status::Skipped || before.reason != message.reason;
    if news { super::settle::tell(tx, message) } else { Ok(()) }
}

/// Takes back a message that was not submitted, or waits for another attempt. One whose last attempt was never answered
/// may have gone: it is in doubt.
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
    make_way(tx, message)
}

/// A message that ended and certainly did not go stands for no other: the automatic reminder behind one by hand is planned
/// anew, and visits that shared a message get one of their own again.
pub(super) fn make_way(tx: &mut Tx<'_>, message: &Message) -> Result<(), EngineError> {
    let by_hand = matches!(message.origin, Origin::ManualReminder { .. });
    // what was skipped before it was tried is decided anew with its visits, as any other
    let ended = message.status == Status::Cancelled || is_bound(message);
    let shared = message.subjects.len() > 1 && ended;
    // shadow mode decides as if it had gone
    if may_have_gone(message) || message.reason == Some(Reason::Shadow {}) || !(by_hand || shared) {
        return Ok(());
    }
    for subject in &message.subjects {
        let Some(mut file) = tx.get::<VisitFile>(subject.visit.as_str())? else { continue };
        if by_hand {
            file.manual_reminders.retain(|known| *known != message.id);
            tx.put(&file)?;
            plan_visit(tx, &file)?;
        } else {
            let around = Surroundings::load(tx, file)?;
            let campaigns = campaigns(tx)?;
            plan(tx, &campaigns, &around)?;
        }
    }
    Ok(())
}
