//! Giving an incoming message to a patient: families share phones, and people write from other numbers.
//!
//! The message moves into that patient's conversation, and an answer is applied to the one question that is open there.
//! What it had been applied to before is taken back, unless a newer answer or the staff decided since; an answer that it
//! had overridden then does not come back by itself.

use super::conversation::incoming;
use super::facts::survivor;
use super::record::{exactly, number_id, patient_range, visit_key};
use super::tx::Tx;
use super::{Desk, EngineError, requests};
use crate::model::{
    Action, Answer, ConfirmedBy, Happening, Message, MessageId, PatientFile, PatientId, Permission,
    ReplyEffect, Request, Timestamp, VisitFile, VisitId,
};
use crate::store::{Index, Order};

/// The most visits of a patient that an answer may be for.
const MAX_VISITS: u32 = 100;
/// The most open requests of one visit.
const MAX_OPEN: u32 = 50;

impl Desk<'_> {
    /// Gives an incoming message to a patient, and applies it: TAK or NIE to the patient's one open question counts as if it
    /// had been matched when it came. With several open questions it stays [`ReplyEffect::Ambiguous`], with none it is
    /// [`ReplyEffect::NoRequest`]; a STOP stays a STOP. Giving it to another patient corrects that. Returns what came of it;
    /// `None` for a message that was never read as an answer.
    ///
    /// # Errors
    /// [`EngineError::UnknownMessage`], [`EngineError::NotIncoming`], [`EngineError::UnknownPatient`],
    /// [`EngineError::NotPermitted`], [`EngineError::Store`].
    pub fn assign_message(
        &self,
        message: MessageId,
        patient: &PatientId,
        now: Timestamp,
    ) -> Result<Option<ReplyEffect>, EngineError> {
        let subject = message.to_string();
        self.act(Permission::CommunicationCenter, Action::MessageAssigned, Some(&subject), now, |tx| {
            let mut message = incoming(tx, message)?;
            let to = survivor(tx, patient.clone())?;
            if tx.get::<PatientFile>(to.as_str())?.is_none() {
                return Err(EngineError::UnknownPatient(patient.clone()));
            }
            let before = message.clone();
            let same = message.patient.as_ref() == Some(&to);
            if let Some(answer) = message.answer.clone().filter(|answer| can_change(answer.effect, same)) {
                take_back(tx, &message, &answer)?;
                let (effect, visits) = apply(tx, &message, &answer, &to)?;
                message.settled = effect != ReplyEffect::Ambiguous;
                message.answer = Some(Answer { effect, visits, ..answer });
            }
            message.patient = Some(to);
            if message != before {
                tx.put(&message)?;
            }
            Ok(message.answer.map(|answer| answer.effect))
        })
    }
}

/// Whether assigning a message can change what came of it.
fn can_change(effect: ReplyEffect, same_patient: bool) -> bool {
    match effect {
        ReplyEffect::Ambiguous | ReplyEffect::NoRequest => true,
        ReplyEffect::Applied | ReplyEffect::Noted | ReplyEffect::TooLate | ReplyEffect::StaffDecided => {
            !same_patient
        }
        ReplyEffect::OptOut | ReplyEffect::StopMentioned | ReplyEffect::Incomplete => false,
    }
}

/// Takes back what an answer did to its visits, and to the figures.
fn take_back(tx: &mut Tx<'_>, message: &Message, answer: &Answer) -> Result<(), EngineError> {
    if matches!(answer.effect, ReplyEffect::Ambiguous | ReplyEffect::NoRequest | ReplyEffect::TooLate) {
        return Ok(());
    }
    for visit in &answer.visits {
        let Some(mut file) = tx.get::<VisitFile>(visit.as_str())? else { continue };
        let ours = ConfirmedBy::Message(message.id);
        match &file.confirmation {
            Some(confirmation) if confirmation.by == ours => {
                file.confirmation = None;
                tx.put(&file)?;
                tx.event(Happening::ConfirmationVoid { visit: visit.clone() })?;
            }
            // something newer stands
            Some(confirmation) if confirmation.at > came_at(message) => continue,
            _ => {}
        }
        let key = exactly(&visit_key(visit));
        for request in tx.scan::<Request>(Index::RequestVisit, key, MAX_OPEN, Order::Descending)? {
            let Some(last) = request.messages.last() else { continue };
            let asked = tx.get::<Message>(&number_id(last.0))?;
            if let Some(mut asked) = asked.filter(|asked| asked.reply == Some(answer.reply)) {
                asked.reply = None;
                tx.put(&asked)?;
            }
        }
    }
    Ok(())
}

/// Applies an answer to the one question that is open for a patient.
fn apply(
    tx: &mut Tx<'_>,
    message: &Message,
    answer: &Answer,
    patient: &PatientId,
) -> Result<(ReplyEffect, Vec<VisitId>), EngineError> {
    let mut open = open_requests(tx, patient, came_at(message))?;
    if open.iter().any(|request| Some(&request.number) == message.number.as_ref()) {
        open.retain(|request| Some(&request.number) == message.number.as_ref());
    }
    let visits = |requests: &[Request]| -> Vec<VisitId> {
        requests.iter().flat_map(|request| &request.subjects).map(|subject| subject.visit.clone()).collect()
    };
    match open.as_slice() {
        [] => Ok((ReplyEffect::NoRequest, Vec::new())),
        [request] => requests::answer(tx, request, answer.reply, message.id, came_at(message)),
        _ => Ok((ReplyEffect::Ambiguous, visits(&open))),
    }
}

/// The questions that were open for a patient's visits to come when a message came.
fn open_requests(tx: &mut Tx<'_>, patient: &PatientId, at: Timestamp) -> Result<Vec<Request>, EngineError> {
    let range = patient_range(patient, at.plus_ms(1), Timestamp::MAX);
    let mut open: Vec<Request> = Vec::new();
    for visit in tx.scan::<VisitFile>(Index::VisitPatient, range, MAX_VISITS, Order::Ascending)? {
        let key = exactly(&visit_key(&visit.visit.id));
        for request in tx.scan::<Request>(Index::RequestVisit, key, MAX_OPEN, Order::Ascending)? {
            let known = open.iter().any(|known| known.id == request.id);
            if !known && requests::was_asked(&request, at) && at < request.closes_at {
                open.push(request);
            }
        }
    }
    Ok(open)
}

fn came_at(message: &Message) -> Timestamp {
    message.received_at.unwrap_or(message.created_at)
}
