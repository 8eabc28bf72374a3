//! Requests for an answer: opened when a message that asks is submitted, closed when their visits move, end or are
//! called off, answered by what comes in.

use super::EngineError;
use super::facts::{can_be_answered, messages_of, same_number, survivor};
use super::record::{exactly, message_key, number_range, visit_key};
use super::tx::Tx;
use crate::model::{
    Confirmation, ConfirmedBy, DAY_MS, Happening, MINUTE_MS, Message, MessageId, PatientId, Phone, Reply,
    ReplyEffect, Request, Subject, Timestamp, VisitFile, VisitId,
};
use crate::store::{Index, Order};
use std::collections::BTreeSet;

/// The most open requests of one number; more are all ambiguous anyway.
const MAX_OPEN: u32 = 50;
/// How far a gateway's clock may be behind the host's, in milliseconds: an answer may seem to come before its question.
const CLOCKS_MS: i64 = 10 * MINUTE_MS;
/// How long after a question is closed an answer still is a late one to it, in milliseconds. Numbers change hands, and families
/// share them: what was asked long ago says nothing of who writes now.
const LATE_MS: i64 = 3 * DAY_MS;

/// Opens the request of a message that asks, or adds the message to the one that is open for its visits. A visit that moved
/// within the tolerance is still the one that was asked about.
pub(super) fn open(tx: &mut Tx<'_>, message: &Message) -> Result<(), EngineError> {
    let (Some(number), Some(first)) = (&message.number, message.subjects.iter().map(|s| s.starts_at).min())
    else {
        return Ok(());
    };
    let visits = |subjects: &[Subject]| subjects.iter().map(|s| s.visit.clone()).collect::<BTreeSet<_>>();
    for subject in &message.subjects {
        let key = exactly(&visit_key(&subject.visit));
        for mut known in tx.scan::<Request>(Index::RequestVisit, key, MAX_OPEN, Order::Descending)? {
            if known.number == *number && visits(&known.subjects) == visits(&message.subjects) {
                if !known.messages.contains(&message.id) {
                    known.messages.push(message.id);
                }
                known.subjects.clone_from(&message.subjects);
                known.closes_at = first;
                return tx.put(&known);
            }
        }
    }
    let patient = only_patient(tx, message)?;
    tx.give(Request {
        id: message.id,
        number: number.clone(),
        patient,
        subjects: message.subjects.clone(),
        messages: vec![message.id],
        // what went in the time that a restored copy lost may have been answered then
        opened_at: message.submitted_at.unwrap_or(tx.now),
        closes_at: first,
        closed: false,
    })
}

/// The patient of a message, unless patients share it.
fn only_patient(tx: &mut Tx<'_>, message: &Message) -> Result<Option<PatientId>, EngineError> {
    for subject in &message.subjects {
        let file = tx.look_at::<VisitFile>(subject.visit.as_str())?;
        if file.is_some_and(|file| Some(&file.visit.patient) != message.patient.as_ref()) {
            return Ok(None);
        }
    }
    Ok(message.patient.clone())
}

/// A message that certainly was not sent asks nothing.
pub(super) fn not_sent(tx: &mut Tx<'_>, message: MessageId) -> Result<(), EngineError> {
    for mut request in by_message(tx, message)? {
        let id = super::record::number_id(request.id.0);
        tx.delete::<Request>(&id)?;
        request.messages.retain(|asked| *asked != message);
        if let Some(first) = request.messages.first() {
            request.id = *first; // the other message may yet open one of its own
            tx.put(&request)?;
        }
    }
    Ok(())
}

/// A visit that moved beyond the tolerance, ended or was called off cannot be answered any more; one that is as it was asked about
/// again can: no other message goes for it.
pub(super) fn visit_changed(tx: &mut Tx<'_>, file: &VisitFile) -> Result<(), EngineError> {
    let key = exactly(&visit_key(&file.visit.id));
    let mut open = false;
    for mut request in tx.scan::<Request>(Index::RequestVisit, key, MAX_OPEN, Order::Descending)? {
        if any_stands(tx, &request)? {
            open = true;
        } else {
            request.closed = true;
            tx.put(&request)?;
        }
    }
    if open { Ok(()) } else { open_again(tx, file) }
}

/// Opens the latest closed question about a visit that is as it was asked about.
fn open_again(tx: &mut Tx<'_>, file: &VisitFile) -> Result<(), EngineError> {
    let messages = messages_of(tx, &file.visit.id)?;
    for message in messages.iter().rev().filter(|one| one.expects_reply && one.submitted_at.is_some()) {
        for mut request in by_message(tx, message.id)? {
            if request.closed && any_stands(tx, &request)? && is_of_same(tx, &request, file)? {
                request.closed = false;
                return tx.put(&request);
            }
        }
    }
    Ok(())
}

/// Whether a visit still is as it was asked about.
fn any_stands(tx: &mut Tx<'_>, request: &Request) -> Result<bool, EngineError> {
    for subject in &request.subjects {
        let file = tx.look_at::<VisitFile>(subject.visit.as_str())?;
        if file.is_some_and(|file| stands(tx, &file, subject.starts_at)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the visit still is of the patient who was asked, or of their number.
fn is_of_same(tx: &mut Tx<'_>, request: &Request, file: &VisitFile) -> Result<bool, EngineError> {
    let Some(asked) = request.patient.clone() else { return Ok(false) };
    let asked = survivor(tx, asked)?;
    same_number(tx, &asked, &file.visit.patient)
}

/// A visit that is another patient's now is no longer answered for by whom it was taken from.
pub(super) fn taken_away(tx: &mut Tx<'_>, visit: &VisitId) -> Result<(), EngineError> {
    let key = exactly(&visit_key(visit));
    for mut request in tx.scan::<Request>(Index::RequestVisit, key, MAX_OPEN, Order::Descending)? {
        if request.subjects.iter().all(|subject| subject.visit == *visit) {
            request.closed = true; // what is answered still is known to be too late
        } else {
            request.subjects.retain(|subject| subject.visit != *visit);
        }
        tx.put(&request)?;
    }
    Ok(())
}

/// Whether a visit can still be answered for as it was asked about.
fn stands(tx: &Tx<'_>, file: &VisitFile, asked_start: Timestamp) -> bool {
    let tolerance = i64::from(tx.practice().settings.move_tolerance_min) * MINUTE_MS;
    can_be_answered(file) && file.starts_at.since_ms(asked_start).abs() <= tolerance
}

/// The requests that a message asked.
pub(super) fn by_message(tx: &mut Tx<'_>, message: MessageId) -> Result<Vec<Request>, EngineError> {
    tx.scan(Index::RequestMessage, exactly(&message_key(message)), MAX_OPEN, Order::Descending)
}

/// Whether what came at an instant can answer a question: it may be told later than what was asked since.
pub(super) fn was_asked(request: &Request, at: Timestamp) -> bool {
    request.opened_at <= at.plus_ms(CLOCKS_MS)
}

/// The requests of a number that were open at an instant, and the latest one that had closed not long before.
pub(super) fn by_number(
    tx: &mut Tx<'_>,
    number: &Phone,
    at: Timestamp,
) -> Result<(Vec<Request>, Option<Request>), EngineError> {
    let open_range = number_range(number.reveal(), at.plus_ms(1));
    let mut ahead = tx.scan::<Request>(Index::RequestNumber, open_range, MAX_OPEN, Order::Ascending)?;
    ahead.retain(|request| was_asked(request, at));
    let (open, mut closed): (Vec<_>, Vec<_>) = ahead.into_iter().partition(|request| !request.closed);
    if closed.is_empty() {
        let (start, _) = number_range(number.reveal(), at.plus_ms(-LATE_MS));
        let (end, _) = number_range(number.reveal(), at.plus_ms(1));
        closed = tx.scan::<Request>(Index::RequestNumber, (start, end), 1, Order::Descending)?;
    }
    Ok((open, closed.pop()))
}

/// Applies an answer to a request and says what came of it and for which visits.
pub(super) fn answer(
    tx: &mut Tx<'_>,
    request: &Request,
    reply: Reply,
    message: MessageId,
    at: Timestamp,
) -> Result<(ReplyEffect, Vec<VisitId>), EngineError> {
    let asked = || request.subjects.iter().map(|subject| subject.visit.clone()).collect::<Vec<_>>();
    let too_late = request.closed || at >= request.closes_at;
    if !too_late && reply != Reply::Other && is_answered_since(tx, request, at)? {
        return Ok((ReplyEffect::Noted, asked())); // it was delivered, or assigned, late
    }
    if !too_late {
        note_on_messages(tx, request, reply)?;
    }
    if reply == Reply::Other {
        return Ok((ReplyEffect::Noted, asked()));
    }
    if too_late {
        return Ok((ReplyEffect::TooLate, asked()));
    }
    let mut applied = Vec::new();
    let mut staff = Vec::new();
    for subject in &request.subjects {
        let Some(mut file) = tx.get::<VisitFile>(subject.visit.as_str())? else { continue };
        if !stands(tx, &file, subject.starts_at) || at >= file.starts_at {
            continue;
        }
        if matches!(&file.confirmation, Some(Confirmation { by: ConfirmedBy::Staff(_), .. })) {
            staff.push(subject.visit.clone());
            continue;
        }
        file.confirmation =
            Some(Confirmation { reply, starts_at: subject.starts_at, at, by: ConfirmedBy::Message(message) });
        tx.put(&file)?;
        let colours = &tx.practice().settings.colours;
        let colour = if reply == Reply::Yes { colours.yes.clone() } else { colours.no.clone() };
        tx.event(Happening::VisitAnswered { visit: subject.visit.clone(), reply, colour, message })?;
        applied.push(subject.visit.clone());
    }
    Ok(match (applied.is_empty(), staff.is_empty()) {
        (false, _) => (ReplyEffect::Applied, applied),
        (true, false) => (ReplyEffect::StaffDecided, staff),
        (true, true) => (ReplyEffect::TooLate, asked()),
    })
}

/// Whether an answer that came later already decided on a visit of a request.
fn is_answered_since(tx: &mut Tx<'_>, request: &Request, at: Timestamp) -> Result<bool, EngineError> {
    for subject in &request.subjects {
        let file = tx.look_at::<VisitFile>(subject.visit.as_str())?;
        let known = file.and_then(|file| file.confirmation.clone());
        if known.is_some_and(|known| matches!(known.by, ConfirmedBy::Message(_)) && known.at > at) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The latest answer stands on the messages that asked, where statistics count it; `Other` takes no Yes or No away.
fn note_on_messages(tx: &mut Tx<'_>, request: &Request, reply: Reply) -> Result<(), EngineError> {
    // one answer, one count: it stands on the last message that asked
    let Some(last) = request.messages.last() else { return Ok(()) };
    for id in &request.messages {
        let Some(mut message) = tx.get::<Message>(&message_key(*id))? else { continue };
        let before = message.reply;
        if id != last {
            message.reply = None;
        } else if reply != Reply::Other || message.reply.is_none() {
            message.reply = Some(reply);
        }
        if message.reply != before {
            tx.put(&message)?;
        }
    }
    Ok(())
}
