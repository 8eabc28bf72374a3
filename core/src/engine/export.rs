//! What is held on a patient, put together for them.

use super::erasure::{cards_of, is_shared, numbers_of};
use super::record::{number_times, patient_range, told_at};
use super::tx::Tx;
use super::{Desk, EngineError, requests};
use crate::model::{
    Action, BadNumber, CallFile, Message, OptOutRecord, PatientExport, PatientFile, PatientId, Permission,
    Request, Timestamp, VisitFile,
};
use crate::store::Index;
use std::collections::BTreeMap;

impl Desk<'_> {
    /// All that is held on a patient: card and consents, opt-outs, visits with their answers, messages both ways with
    /// texts, questions asked, calls. What is not certain to be theirs is not in it: messages that were assigned to
    /// nobody, and calls with a number that another card has too.
    ///
    /// # Errors
    /// [`EngineError::UnknownPatient`] when nothing was ever told of them, [`EngineError::NotPermitted`] without
    /// [`Permission::ManageSettings`], [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn export_patient(&self, id: &PatientId, now: Timestamp) -> Result<PatientExport, EngineError> {
        self.touch(Permission::ManageSettings, now, |tx| {
            let export = collect(tx, id)?;
            if export.cards.is_empty() && export.visits.is_empty() && export.messages.is_empty() {
                return Err(EngineError::UnknownPatient(id.clone()));
            }
            self.note(tx, Action::PatientExported, Some(id.as_str()))?;
            Ok(export)
        })
    }
}

fn collect(tx: &mut Tx<'_>, id: &PatientId) -> Result<PatientExport, EngineError> {
    let ids = cards_of(tx, id)?;
    let mut export = PatientExport {
        patient: id.clone(),
        at: tx.now,
        cards: Vec::new(),
        opt_outs: Vec::new(),
        refused_numbers: Vec::new(),
        visits: Vec::new(),
        messages: Vec::new(),
        requests: Vec::new(),
        calls: Vec::new(),
    };
    let mut messages = BTreeMap::new();
    for card in &ids {
        export.cards.extend(tx.get::<PatientFile>(card.as_str())?);
        let range = patient_range(card, Timestamp::from_ms(0), Timestamp::MAX);
        export.visits.extend(tx.scan_all::<VisitFile>(Index::VisitPatient, range.clone())?);
        let theirs = tx.scan_all::<Message>(Index::MessagePatient, range)?;
        messages.extend(theirs.into_iter().map(|message| (message.id, message)));
    }
    // those that name their visits too, and went to another patient of the number
    for visit in &export.visits {
        let shared = super::facts::messages_of(tx, &visit.visit.id)?;
        messages.extend(shared.into_iter().map(|message| (message.id, message)));
    }
    let mut asked: BTreeMap<_, Request> = BTreeMap::new();
    for message in messages.keys() {
        let of_message = requests::by_message(tx, *message)?;
        asked.extend(of_message.into_iter().map(|request| (request.id, request)));
    }
    export.requests = asked.into_values().collect();
    export.messages = messages.into_values().collect();
    export.messages.sort_by_key(|message| (told_at(message), message.id));
    export.visits.sort_by_key(|file| file.starts_at);
    for number in numbers_of(tx, &ids)? {
        let hash = tx.number_hash(&number);
        export.opt_outs.extend(tx.get::<OptOutRecord>(&hash)?);
        export.refused_numbers.extend(tx.get::<BadNumber>(&hash)?);
        if !is_shared(tx, &number, &ids)? {
            let range = number_times(number.reveal(), Timestamp::from_ms(0), Timestamp::MAX);
            export.calls.extend(tx.scan_all::<CallFile>(Index::CallNumber, range)?);
        }
    }
    export.calls.sort_by_key(|file| file.call.started_at);
    Ok(export)
}
