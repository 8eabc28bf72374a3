//! The last look before a message goes: what was noted when it was planned is decided here, on the facts of this moment.
//! What passes is rendered, frozen and committed as `Submitting` before a gateway sees it.

use super::claim::{SUBMIT_MS, new_lease};
use super::drafting::{make_way, skip, withdraw};
use super::look::{About, Verdict, about_visits, look, next_midnight};
use super::person::Person;
use super::planning::{is_bound, plan, plan_visit};
use super::record::{exactly, message_key, part};
use super::render::{self, Rendered};
use super::router::{self, Gateways, Way};
use super::settle::{doubt, may_have_gone, tell};
use super::surroundings::Surroundings;
use super::tx::Tx;
use super::{EngineError, after_call, breaker, foresee, requests};
use crate::message::{reference, step};
use crate::model::{
    Campaign, CampaignKind, Encoding, GatewayId, Happening, MAX_JOINED_VISITS, ManualPolicy, Message,
    MessageId, Origin, Phone, Practice, Purpose, Reason, SameDay, SharedNumber, Status, Submission,
    Timestamp, VisitFile,
};
use crate::practice::part_price;
use crate::store::{Index, MAX_PAGE, Order};

/// A message on its way to a gateway.
#[derive(Clone)]
pub(super) struct Prepared {
    pub gateway: GatewayId,
    pub handed: Handed,
    pub submission: Submission,
}

/// What is known again of a message by the gateway's answer.
#[derive(Clone, Copy)]
pub(super) struct Handed {
    pub message: MessageId,
    pub token: u64,
    pub at: Timestamp,
}

/// Prepares the messages of a claim. What another call took meanwhile is left alone.
pub(super) fn prepare(
    tx: &mut Tx<'_>,
    claimed: &[(MessageId, u64)],
    gateways: &Gateways<'_>,
) -> Result<Vec<Prepared>, EngineError> {
    foresee::prepared(tx, claimed, &gateways.ids)?;
    let mut prepared = Vec::with_capacity(claimed.len());
    for (id, token) in claimed {
        let Some(message) = tx.get::<Message>(&message_key(*id))? else { continue };
        let mine =
            message.status == Status::Claimed && message.lease.is_some_and(|lease| lease.token == *token);
        if mine {
            prepared.extend(prepare_one(tx, message, gateways)?);
        }
    }
    Ok(prepared)
}

fn prepare_one(
    tx: &mut Tx<'_>,
    mut message: Message,
    gateways: &Gateways<'_>,
) -> Result<Option<Prepared>, EngineError> {
    let campaign = match message.origin.campaign() {
        Some(id) => tx.look_at::<Campaign>(id.as_str())?,
        None => None,
    };
    let campaign = campaign.as_deref();
    let about = about(tx, &message, campaign)?;
    // the card may have been changed between two attempts: nothing more goes to the old number
    let number = about.card().and_then(|card| card.number.clone().ok());
    let new_number = number.filter(|number| message.number.as_ref() != Some(number));
    if new_number.is_some() && message.unanswered {
        doubt(tx, &mut message)?;
        return Ok(None);
    }
    // a frozen text names whom it was for; the visit may be another patient's by now, who gets a text of their own
    let anothers = about.card().is_some_and(|card| message.patient.as_ref() != Some(&card.patient.id));
    if new_number.is_some() && message.body.is_some() && anothers {
        withdraw(tx, &mut message, Reason::NumberChanged {})?;
        if let Some(around) = about.visit() {
            plan_visit(tx, &around.visit)?;
        }
        return Ok(None);
    }
    let rule_and_call = after_call::rule_and_call(tx, &message)?;
    let rule = rule_and_call.as_ref().map(|(rule, _)| rule);
    let purpose = match look(tx, &message, campaign, &about, rule)? {
        Verdict::Go { purpose } => purpose,
        Verdict::Wait(at) => return put_off(tx, message, at),
        Verdict::Hold => {
            message.held = true;
            step(&mut message, Status::Planned)?;
            tx.put(&message)?;
            return Ok(None);
        }
        Verdict::Skip(reason) => return drop_it(tx, message, reason),
        Verdict::Withdraw(reason) => {
            withdraw(tx, &mut message, reason)?;
            return Ok(None);
        }
    };
    if new_number.is_some() {
        requests::not_sent(tx, message.id)?;
        message.number = new_number;
    }
    let shadow = tx.practice().settings.shadow;
    let gateway = match router::choose(tx, &message, gateways)? {
        Way::Through(gateway) => gateway,
        // a practice that only watches needs none
        Way::Wait(_) if shadow => GatewayId::new(""),
        Way::Wait(until) => return put_off(tx, message, until),
        Way::None => return drop_it(tx, message, Reason::NoRoute {}),
    };
    if let Some(rule) = rule.filter(|_| message.body.is_none()) {
        // as the rule is now
        message.sender = after_call::sender(tx, rule).unwrap_or_default();
    }
    if message.body.is_none() {
        let render = |tx: &mut Tx<'_>, message: &Message| match (campaign, &about, &rule_and_call) {
            (Some(campaign), About::Visit(around), _) => {
                render::render(tx, campaign, around, message, tx.now)
            }
            (Some(campaign), About::Patient(person), _) => {
                Ok(render::render_person(tx, campaign, person, tx.now))
            }
            (_, _, Some((rule, call))) => Ok(after_call::render(tx, rule, call)),
            _ => Ok(Ok(render::opt_out_ack(tx.practice()))),
        };
        match render(tx, &message)? {
            Ok(rendered) => freeze(tx, &mut message, rendered),
            Err(reason) => {
                drop_it(tx, message, reason)?;
                if let (Some(campaign), Some(around)) = (campaign, about.visit()) {
                    plan_rest_of_day(tx, campaign, around)?;
                }
                return Ok(None);
            }
        }
        if !shadow && let Some(until) = breaker::stopped(tx, &message)? {
            message.body = None;
            return put_off(tx, message, until);
        }
        if !shadow && let Some(until) = over_budget(tx, &message)? {
            message.body = None;
            return if until < message.use_by {
                put_off(tx, message, until)
            } else {
                drop_it(tx, message, Reason::DailyBudget {})
            };
        }
        let others = joinable(tx, &message, campaign, about.visit())?;
        if !others.is_empty() {
            let joint = joined(&message, &others);
            // several visits can lack a value, or be too long, where one is not: then each has a message of its own
            if let Ok(rendered) = render(tx, &joint)? {
                message = joint;
                freeze(tx, &mut message, rendered);
                for mut other in others {
                    skip(tx, &mut other, Reason::JoinedInto { message: message.id }, None)?;
                }
            }
        }
        if !shadow {
            breaker::count(tx, &message);
        }
    }
    if shadow {
        // text, parts and cost stay, so that a report can show them
        return drop_it(tx, message, Reason::Shadow {});
    }
    submitting(tx, message, gateway, purpose, campaign).map(Some)
}

/// A visit that cannot be written of stands for no later one of its day.
fn plan_rest_of_day(tx: &mut Tx<'_>, campaign: &Campaign, around: &Surroundings) -> Result<(), EngineError> {
    let is_reminder = campaign.spec.timing.kind() == CampaignKind::Reminder;
    if !is_reminder || campaign.spec.same_day != SameDay::First {
        return Ok(());
    }
    let visit = around.visit.clone();
    let place = |visit: &VisitFile| (visit.starts_at, visit.visit.id.clone());
    // later ones alone, so that two of them never bring each other back
    let mut rest = Surroundings::load(tx, visit.clone())?.same_day;
    rest.retain(|other| place(other) > place(&visit));
    for other in rest {
        let other = Surroundings::load(tx, other)?;
        plan(tx, std::slice::from_ref(campaign), &other)?;
    }
    Ok(())
}

/// What a message is about, as it is now.
fn about(tx: &mut Tx<'_>, message: &Message, campaign: Option<&Campaign>) -> Result<About, EngineError> {
    if let (Some(campaign), Some(patient), Some(_)) = (campaign, &message.patient, message.occasion) {
        return Ok(About::Patient(Box::new(Person::load(tx, campaign, patient)?)));
    }
    let Some(subject) = message.subjects.first() else { return Ok(About::Other) };
    let Some(file) = tx.look_at::<VisitFile>(subject.visit.as_str())? else { return Ok(About::Other) };
    Ok(About::Visit(Box::new(Surroundings::to_send(tx, file, campaign)?)))
}

/// Until when the day's budget stops automatic messages, if this one would exceed it.
fn over_budget(tx: &mut Tx<'_>, message: &Message) -> Result<Option<Timestamp>, EngineError> {
    let Some(budget) = tx.practice().settings.daily_budget_milli else { return Ok(None) };
    if matches!(message.origin, Origin::ManualReminder { .. }) {
        return Ok(None); // a person's own wish
    }
    let day = tx.today();
    let midnight = next_midnight(tx.practice(), tx.now);
    let counters = tx.counters();
    if counters.budget_day != day {
        counters.budget_day = day;
        counters.spent_milli = 0;
        counters.budget_told = false;
    }
    if counters.spent_milli + message.cost_milli <= budget {
        counters.spent_milli += message.cost_milli;
        return Ok(None);
    }
    if !counters.budget_told {
        counters.budget_told = true;
        tx.event(Happening::BudgetReached {})?;
    }
    Ok(Some(midnight))
}

/// Other pending messages of the same step that this one can stand for, where the campaign wants one message for several
/// visits of a day.
fn joinable(
    tx: &mut Tx<'_>,
    message: &Message,
    campaign: Option<&Campaign>,
    around: Option<&Surroundings>,
) -> Result<Vec<Message>, EngineError> {
    let mut others = Vec::new();
    let (Some(campaign), Some(around), Some(number)) = (campaign, around, &message.number) else {
        return Ok(others);
    };
    let (same_day, shared) = (campaign.spec.same_day, campaign.spec.shared_number);
    if message.origin.step().is_none() || (same_day != SameDay::Joint && shared != SharedNumber::Joint) {
        return Ok(others);
    }
    let key = exactly(&part(number.reveal()));
    for other in tx.scan::<Message>(Index::MessageNumber, key, MAX_PAGE, Order::Ascending)? {
        let same_patient = other.patient == message.patient;
        let wanted = if same_patient { same_day == SameDay::Joint } else { shared == SharedNumber::Joint };
        let room = message.subjects.len() + others.len() < MAX_JOINED_VISITS;
        if other.id == message.id || other.origin != message.origin || !wanted || !room || is_bound(&other) {
            continue;
        }
        let Some(subject) = other.subjects.first() else { continue };
        let Some(file) = tx.look_at::<VisitFile>(subject.visit.as_str())? else { continue };
        let theirs = Surroundings::to_send(tx, file, None)?;
        if theirs.visit.visit.start.date() != around.visit.visit.start.date() {
            continue;
        }
        if theirs.scene(tx.now).barred(campaign.spec.purpose).is_some()
            || about_visits(tx, &other, campaign.spec.timing.kind())?.is_some()
        {
            continue;
        }
        others.push(other);
    }
    Ok(others)
}

/// A message that names the visits of others too.
fn joined(message: &Message, others: &[Message]) -> Message {
    let mut joint = message.clone();
    for other in others {
        joint.subjects.extend(other.subjects.first().cloned());
        joint.use_by = joint.use_by.min(other.use_by);
    }
    joint.subjects.sort_by_key(|subject| (subject.starts_at, subject.visit.clone()));
    joint
}

fn freeze(tx: &Tx<'_>, message: &mut Message, rendered: Rendered) {
    message.variant = Some(rendered.variant);
    message.body = Some(rendered.body);
    message.encoding = Some(rendered.encoding);
    message.parts = rendered.parts;
    message.cost_milli = price(tx.practice(), message.number.as_ref()) * i64::from(rendered.parts);
}

/// The price of one part to a number.
pub(super) fn price(practice: &Practice, number: Option<&Phone>) -> i64 {
    number.map_or(0, |number| part_price(practice, number.reveal()))
}

fn submitting(
    tx: &mut Tx<'_>,
    mut message: Message,
    gateway: GatewayId,
    purpose: Purpose,
    campaign: Option<&Campaign>,
) -> Result<Prepared, EngineError> {
    let lease = new_lease(tx, SUBMIT_MS);
    step(&mut message, Status::Submitting)?;
    message.lease = Some(lease);
    message.gateway = Some(gateway.clone());
    let epoch = tx.counters().epoch;
    let own = message.reference.take().unwrap_or_else(|| reference(tx.id, epoch, message.id));
    message.reference = Some(own.clone());
    message.submitted_at = message.submitted_at.or(Some(tx.now));
    message.reason = None;
    message.day = tx.today();
    if message.expects_reply {
        requests::open(tx, &message)?;
    }
    warn_of_second_reminder(tx, &message, campaign)?;
    let prepared = Prepared {
        gateway,
        handed: Handed { message: message.id, token: lease.token, at: tx.now },
        submission: Submission {
            reference: own,
            to: message.number.clone().unwrap_or_default(),
            sender: message.sender.clone(),
            body: message.body.clone().unwrap_or_default(),
            encoding: message.encoding.unwrap_or(Encoding::Gsm7),
            parts: message.parts,
            purpose,
            at: tx.now,
            not_after: message.use_by,
        },
    };
    tx.give(message)?;
    Ok(prepared)
}

/// `ManualPolicy::Warn`: the automatic reminder goes although one was sent by hand, and the desk is told.
fn warn_of_second_reminder(
    tx: &mut Tx<'_>,
    message: &Message,
    campaign: Option<&Campaign>,
) -> Result<(), EngineError> {
    let warns = campaign.is_some_and(|campaign| {
        campaign.spec.manual == ManualPolicy::Warn && campaign.spec.timing.kind() == CampaignKind::Reminder
    });
    if !warns || message.origin.step().is_none() || message.attempts > 0 {
        return Ok(());
    }
    for subject in &message.subjects {
        let file = tx.look_at::<VisitFile>(subject.visit.as_str())?;
        if file.is_some_and(|file| !file.manual_reminders.is_empty()) {
            tx.event(Happening::RemindedTwice { visit: subject.visit.clone(), message: message.id })?;
        }
    }
    Ok(())
}

fn put_off(tx: &mut Tx<'_>, mut message: Message, at: Timestamp) -> Result<Option<Prepared>, EngineError> {
    step(&mut message, Status::Planned)?;
    message.due_at = at.max(tx.now.plus_ms(1));
    tx.put(&message)?;
    Ok(None)
}

fn drop_it(tx: &mut Tx<'_>, mut message: Message, reason: Reason) -> Result<Option<Prepared>, EngineError> {
    if may_have_gone(&message) {
        doubt(tx, &mut message)?;
        return Ok(None);
    }
    // what was tried before and can no longer go has failed; what was never tried is skipped
    let to = if is_bound(&message) { Status::Failed } else { Status::Skipped };
    step(&mut message, to)?;
    message.reason = Some(reason);
    tx.put(&message)?;
    tell(tx, &message)?;
    if to == Status::Failed {
        requests::not_sent(tx, message.id)?;
    }
    make_way(tx, &message)?;
    Ok(None)
}
