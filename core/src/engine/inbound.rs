//! What comes in: parts are joined, repeats recognised, the text classified, and matched to the request it answers.
//!
//! The gateway's own reference to the answered message decides first; else a number with exactly one open request.
//! With several nothing is confirmed: "the most recent wins" confirms the wrong child's visit.

use super::facts::{Outcome, survivor};
use super::look::is_opted_out;
use super::record::{exactly, provider_key};
use super::tx::Tx;
use super::{EngineError, drafting, requests, retention, settle};
use crate::calendar;
use crate::message::wipe;
use crate::model::{
    Answer, Body, DAY_MS, Direction, Happening, InboundParts, MINUTE_MS, Message, OptOut, OptOutRecord,
    OptOutSource, Origin, PatientFile, Phone, PhonePolicy, Reason, Reply, ReplyEffect, Request, SmsReceived,
    Status, Timestamp,
};
use crate::phone;
use crate::reply::classify;
use crate::store::{Index, MAX_PAGE, Order};
use sha2::{Digest, Sha256};

/// How long parts of a message wait for the rest, in milliseconds.
const PARTS_WAIT_MS: i64 = 10 * MINUTE_MS;
/// The longest incoming text, in bytes: 255 parts of 153 characters, of up to four bytes.
const MAX_BODY: usize = 255 * 153 * 4;

pub(super) fn fault(sms: &SmsReceived) -> Option<(&'static str, &'static str)> {
    if sms.from.is_empty() || sms.from.reveal().len() > 100 {
        return Some(("from", "1 to 100 bytes"));
    }
    if sms.body.reveal().len() > MAX_BODY {
        return Some(("body", "at most 255 parts"));
    }
    match sms.part {
        Some(part) if part.part == 0 || part.part > part.parts => Some(("part", "a part from 1 to `parts`")),
        _ => None,
    }
}

/// Takes an incoming message in.
pub(super) fn receive(tx: &mut Tx<'_>, sms: &SmsReceived) -> Result<Outcome, EngineError> {
    if known(tx, sms)? {
        return Ok(Outcome::Known);
    }
    match sms.part {
        Some(part) if part.parts > 1 => gather(tx, sms, part.reference, part.part, part.parts),
        _ => take(tx, sms, vec![inbound_key(sms)], true).map(Outcome::Received),
    }
}

/// Whether this very message was taken in before: by the gateway's identifier, else by number, text and time.
fn known(tx: &mut Tx<'_>, sms: &SmsReceived) -> Result<bool, EngineError> {
    let key = exactly(&inbound_key(sms));
    Ok(!tx.scan::<Message>(Index::MessageInbound, key, 1, Order::Ascending)?.is_empty())
}

/// What makes two deliveries of an incoming message the same.
fn inbound_key(sms: &SmsReceived) -> String {
    match &sms.provider_id {
        Some(id) => provider_key(&sms.gateway, id),
        None => {
            let digest = Sha256::new()
                .chain_update(sms.from.reveal())
                .chain_update([0])
                .chain_update(sms.body.reveal())
                .chain_update(sms.received_at.ms().to_be_bytes())
                .chain_update(sms.part.map_or([0, 0], |part| [part.part, part.parts]))
                .finalize();
            let hash: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
            format!("{}|#{hash}", super::record::part(sms.gateway.as_str()))
        }
    }
}

/// Keeps a part until all are there, in whatever order they come.
fn gather(
    tx: &mut Tx<'_>,
    sms: &SmsReceived,
    reference: u16,
    part: u8,
    parts: u8,
) -> Result<Outcome, EngineError> {
    // a row's id never shows a number
    let from = tx.number_hash(&sms.from);
    let id = format!("{}|{from}|{reference}|{parts}", super::record::part(sms.gateway.as_str()));
    let wait_until = tx.now.plus_ms(PARTS_WAIT_MS);
    let mut waiting = tx.get::<InboundParts>(&id)?.unwrap_or_else(|| InboundParts {
        id: id.clone(),
        parts: Default::default(),
        wait_until,
    });
    if waiting.parts.insert(part, sms.clone()).is_some() {
        return Ok(Outcome::Known);
    }
    if waiting.parts.len() < usize::from(parts) {
        tx.put(&waiting)?;
        return Ok(Outcome::Applied);
    }
    tx.delete::<InboundParts>(&id)?;
    take(tx, &joined(&waiting), part_keys(&waiting), true).map(Outcome::Received)
}

/// What is there of a message whose other parts did not come in time.
pub(super) fn give_up_waiting(tx: &mut Tx<'_>, waiting: &InboundParts) -> Result<(), EngineError> {
    tx.delete::<InboundParts>(&waiting.id)?;
    take(tx, &joined(waiting), part_keys(waiting), false)?;
    Ok(())
}

/// What a repetition of any part is recognised by after they were joined.
fn part_keys(waiting: &InboundParts) -> Vec<String> {
    waiting.parts.values().map(inbound_key).collect()
}

fn joined(waiting: &InboundParts) -> SmsReceived {
    let body: String = waiting.parts.values().map(|part| part.body.reveal()).collect();
    let first = waiting.parts.values().next();
    let in_reply_to = waiting.parts.values().find_map(|part| part.in_reply_to.clone());
    let empty = SmsReceived {
        gateway: crate::model::GatewayId::new(""),
        provider_id: None,
        from: Phone::default(),
        to: None,
        body: Body::default(),
        received_at: waiting.wait_until,
        in_reply_to: None,
        part: None,
        opt_out: false,
    };
    SmsReceived { body: Body::new(body), in_reply_to, part: None, ..first.cloned().unwrap_or(empty) }
}

/// Who wrote, in E.164. Gateways give international numbers without the plus; an alphanumeric sender or a short code is
/// kept as it is.
pub(super) fn number_of(from: &Phone, policy: &PhonePolicy) -> Phone {
    let parse = |text: &str| phone::parse(text, policy).ok().map(|number| number.e164);
    let number = parse(from.reveal()).or_else(|| parse(&format!("+{}", from.reveal())));
    number.unwrap_or_else(|| from.clone())
}

fn take(
    tx: &mut Tx<'_>,
    sms: &SmsReceived,
    inbound_keys: Vec<String>,
    complete: bool,
) -> Result<crate::model::MessageId, EngineError> {
    let policy = tx.practice().settings.replies.clone();
    let number = number_of(&sms.from, &tx.practice().settings.phones);
    let class = classify(sms.body.reveal(), &policy);
    let reply = if complete { class.reply } else { Reply::Other };
    let at = sms.received_at.min(tx.now);
    let id = tx.next_message();
    let asked = find_request(tx, sms, &number, at)?;
    let mut first_stop = false;
    let (effect, visits) = if sms.opt_out || (complete && class.opt_out == OptOut::Alone) {
        let before = opt_out(tx, &number, OptOutSource::Stop, at)?;
        first_stop = before.is_none_or(|before| at.since_ms(before.at) >= DAY_MS);
        (ReplyEffect::OptOut, Vec::new())
    } else if !complete {
        (ReplyEffect::Incomplete, Vec::new())
    } else if class.opt_out == OptOut::Mentioned {
        (ReplyEffect::StopMentioned, Vec::new())
    } else {
        match &asked {
            Asked::One(request) => requests::answer(tx, request, reply, id, at)?,
            Asked::Several(requests) => {
                let visits = requests.iter().flat_map(|request| &request.subjects).map(|s| s.visit.clone());
                (ReplyEffect::Ambiguous, visits.collect())
            }
            Asked::Closed(request) if reply != Reply::Other => {
                (ReplyEffect::TooLate, request.subjects.iter().map(|s| s.visit.clone()).collect())
            }
            Asked::Closed(_) | Asked::Nothing => (ReplyEffect::NoRequest, Vec::new()),
        }
    };
    let patient = match &asked {
        // what is no answer to a question that is over is like any other message of the number
        Asked::Closed(_) if reply == Reply::Other => only_patient(tx, &number)?,
        // the card that was asked may have been merged since
        Asked::One(Request { patient: Some(patient), .. })
        | Asked::Closed(Request { patient: Some(patient), .. }) => Some(survivor(tx, patient.clone())?),
        Asked::One(_) | Asked::Closed(_) | Asked::Several(_) => None,
        Asked::Nothing => only_patient(tx, &number)?,
    };
    let base = drafting::outgoing(tx, Origin::Chat { by: None }, id);
    let mut message = Message {
        direction: Direction::Incoming,
        status: Status::Received,
        patient: patient.clone(),
        number: Some(number.clone()),
        sender: sms.to.clone(),
        body: Some(sms.body.clone()),
        received_at: Some(at),
        due_at: at,
        day: calendar::local_date(tx.practice().zone, at),
        gateway: Some(sms.gateway.clone()),
        inbound_keys,
        answer: Some(Answer { reply, policy, effect, visits }),
        ..base
    };
    message.provider_ids.extend(sms.provider_id.clone());
    wipe(&mut message, retention::past(tx, at));
    tx.put_new_message(&message)?;
    if effect == ReplyEffect::OptOut {
        tx.event(Happening::OptedOut { patient: patient.clone() })?;
        if first_stop {
            acknowledge(tx, &message)?;
        }
    }
    tx.event(Happening::Received { message: id, patient, effect, reply })?;
    Ok(id)
}

/// The request a message answers.
enum Asked {
    One(Request),
    Several(Vec<Request>),
    Closed(Request),
    Nothing,
}

fn find_request(
    tx: &mut Tx<'_>,
    sms: &SmsReceived,
    number: &Phone,
    at: Timestamp,
) -> Result<Asked, EngineError> {
    if let Some(answered) = &sms.in_reply_to
        && let Some(message) = tx.find_message(&sms.gateway, answered)?
        && let Some(request) = requests::by_message(tx, message.id)?.pop()
    {
        return Ok(Asked::One(request));
    }
    let (mut open, closed) = requests::by_number(tx, number, at)?;
    Ok(match (open.pop(), open.is_empty(), closed) {
        (Some(request), true, _) => Asked::One(request),
        (Some(request), false, _) => {
            open.push(request);
            Asked::Several(open)
        }
        (None, _, Some(request)) => Asked::Closed(request),
        (None, _, None) => Asked::Nothing,
    })
}

/// The patient of a number, where it is on exactly one card.
pub(super) fn only_patient(
    tx: &mut Tx<'_>,
    number: &Phone,
) -> Result<Option<crate::model::PatientId>, EngineError> {
    let key = exactly(&super::record::part(number.reveal()));
    let mut files = tx.scan::<PatientFile>(Index::PatientNumber, key, 2, Order::Ascending)?;
    let first = files.pop();
    Ok(first.filter(|_| files.is_empty()).map(|file| file.patient.id))
}

/// Withdraws consent for a number, and of what waits for it all that may not go any more. Returns the opt-out that stood
/// before.
pub(super) fn opt_out(
    tx: &mut Tx<'_>,
    number: &Phone,
    source: OptOutSource,
    at: Timestamp,
) -> Result<Option<OptOutRecord>, EngineError> {
    let number_hash: String = tx.number_hash(number).as_ref().into();
    let before = tx.get::<OptOutRecord>(&number_hash)?;
    if before.as_ref().is_none_or(|before| before.at < at) {
        tx.put(&OptOutRecord { number_hash, at, source })?;
    }
    let key = exactly(&super::record::part(number.reveal()));
    let mut skipped = Vec::new();
    for mut message in tx.scan::<Message>(Index::MessageNumber, key, MAX_PAGE, Order::Ascending)? {
        if !is_opted_out(tx, &message)? {
            continue;
        }
        if settle::may_have_gone(&message) {
            settle::doubt(tx, &mut message)?;
            continue;
        }
        crate::message::step(&mut message, Status::Skipped)?;
        message.reason = Some(Reason::OptedOut {});
        message.held = false;
        tx.put(&message)?;
        requests::not_sent(tx, message.id)?;
        settle::tell(tx, &message)?;
        skipped.push(message);
    }
    for message in &skipped {
        drafting::make_way(tx, message)?;
    }
    Ok(before)
}

/// The one message that may still follow a STOP; repeated within a day it is not acknowledged again. Where nothing may be sent to,
/// abroad or to a short code, it is skipped.
fn acknowledge(tx: &mut Tx<'_>, stop: &Message) -> Result<(), EngineError> {
    if !tx.practice().settings.acknowledge_opt_out {
        return Ok(());
    }
    let id = tx.next_message();
    let mut ack = drafting::outgoing(tx, Origin::OptOutAck { answers: stop.id }, id);
    ack.patient = stop.patient.clone();
    ack.number = stop.number.clone();
    ack.sender = super::render::default_sender(tx.practice());
    ack.use_by = tx.now.plus_ms(DAY_MS);
    match phone::recipient(stop.number.as_ref().map_or("", Phone::reveal), &tx.practice().settings.phones) {
        Ok(_) => tx.put_new_message(&ack),
        Err(refusal) => drafting::skip(tx, &mut ack, refusal.into(), None),
    }
}
