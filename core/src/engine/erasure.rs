//! Erasing a patient: all that names them goes, in bounded commits; figures, reasons, and the hash of a number that opted
//! out stay.
//!
//! What goes: name, number, guardian, birth date and consents of the card (and of cards merged into it); visits, whole;
//! requests; number, text, visits and whose it was of every message in and out, of those from the same number that were
//! assigned to nobody, and the text of joint messages that name them; waiting parts of messages from the number; the
//! number on calls that no other card has. What stays is the card's identifier and revision, so that the same old card
//! told again brings nothing back. Events and the audit trail name identifiers only.
//!
//! The order makes a killed erasure repeatable: first what is found by number, then what is found by the card, the
//! card itself last, in the same commit as the line of the audit trail.

use super::facts::{messages_of, survivor};
use super::planning::plan_visit;
use super::record::{LAST, exactly, number_times, part, patient_range, prefix_range};
use super::settle::{doubt, may_have_gone, tell};
use super::tx::Tx;
use super::{Desk, EngineError, inbound, requests};
use crate::call::other_party_mut;
use crate::message::{is_pending, step, wipe};
use crate::model::{
    Action, BadNumber, CallFile, Consents, Happening, InboundParts, Message, Name, Patient, PatientFile,
    PatientId, PatientStatus, Permission, Phone, Reason, Request, Status, Timestamp, VisitFile, VisitId,
    Wiped,
};
use crate::phone;
use crate::store::{Index, MAX_PAGE, Order};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most visits and messages of one commit.
const STEP: u32 = 200;

/// What an erasure did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Erased {
    /// Messages that were emptied.
    pub messages: u64,
    /// Visits that were deleted.
    pub visits: u64,
    /// Whether the store has also dropped what deleted rows leave in its files. Where it could not just now, the same
    /// call again does it.
    pub scrubbed: bool,
}

impl Desk<'_> {
    /// Erases a patient for good: what waits is withdrawn, and all that names them goes (the head of `erasure.rs` lists
    /// it). What a gateway has already goes on, and its reports bring nothing back. A newer revision of the card that
    /// the host tells is a new card.
    ///
    /// It works in small commits; when it is interrupted, the same call goes on.
    ///
    /// # Errors
    /// [`EngineError::UnknownPatient`] when nothing was ever told of them, [`EngineError::NotPermitted`] without
    /// [`Permission::ManageSettings`], [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn erase_patient(&self, id: &PatientId, now: Timestamp) -> Result<Erased, EngineError> {
        let mut erased = Erased::default();
        loop {
            let before = erased;
            let (step, finished) = self.touch(Permission::ManageSettings, now, |tx| {
                let mut sweep = Sweep::new(tx, id)?;
                let finished = sweep.go(tx)?;
                let done = sweep.done;
                let any = tx.is_changed() || before != Erased::default();
                if finished && any {
                    tx.event(Happening::PatientErased { patient: id.clone() })?;
                    self.note(tx, Action::PatientErased, Some(id.as_str()))?;
                } else if finished && !sweep.known {
                    return Err(EngineError::UnknownPatient(id.clone()));
                }
                Ok((done, finished))
            })?;
            erased.messages += step.messages;
            erased.visits += step.visits;
            if finished {
                break;
            }
        }
        erased.scrubbed = self.engine.store.scrub().is_ok();
        Ok(erased)
    }
}

/// One commit's part of an erasure.
struct Sweep {
    /// The card that stands, and those merged into it.
    cards: Vec<PatientId>,
    /// Whether there is a card.
    known: bool,
    left: u32,
    done: Erased,
    /// Visits of others that shared a message which was withdrawn.
    bereft: BTreeSet<VisitId>,
}

impl Sweep {
    fn new(tx: &mut Tx<'_>, id: &PatientId) -> Result<Self, EngineError> {
        let cards = cards_of(tx, id)?;
        let known = tx.get::<PatientFile>(id.as_str())?.is_some();
        Ok(Self { cards, known, left: STEP, done: Erased::default(), bereft: BTreeSet::new() })
    }

    /// Goes through what is left; false when it stopped at its limit.
    fn go(&mut self, tx: &mut Tx<'_>) -> Result<bool, EngineError> {
        let finished = self.by_number(tx)? && self.visits(tx)? && self.messages(tx)?;
        for visit in std::mem::take(&mut self.bereft) {
            if let Some(file) = tx.get::<VisitFile>(visit.as_str())? {
                plan_visit(tx, &file)?;
            }
        }
        if finished {
            self.empty_cards(tx)?;
        }
        Ok(finished)
    }

    fn theirs(&self, patient: &PatientId) -> bool {
        self.cards.contains(patient)
    }

    /// What stands under a number and belongs to nobody else.
    fn by_number(&mut self, tx: &mut Tx<'_>) -> Result<bool, EngineError> {
        let numbers = numbers_of(tx, &self.cards)?;
        for number in &numbers {
            let range = prefix_range(&part(number.reveal()));
            let all = tx.scan_all::<Message>(Index::MessagePhone, range)?;
            for message in all.into_iter().filter(|message| message.patient.is_none()) {
                if self.left == 0 {
                    return Ok(false);
                }
                self.message(tx, message)?;
            }
            let hash = tx.number_hash(number);
            if let Some(mut bad) = tx.get::<BadNumber>(&hash)?
                && bad.patient.take().is_some_and(|patient| self.theirs(&patient))
            {
                tx.put(&bad)?; // the number stays marked, by its hash
            }
            if !is_shared(tx, number, &self.cards)? && !self.calls(tx, number)? {
                return Ok(false);
            }
        }
        let policy = tx.practice().settings.phones.clone();
        for waiting in tx.list_all::<InboundParts>("", LAST)? {
            let mut from = waiting.parts.values().map(|part| inbound::number_of(&part.from, &policy));
            if from.any(|from| numbers.contains(&from)) {
                tx.delete::<InboundParts>(&waiting.id)?;
            }
        }
        Ok(true)
    }

    fn calls(&mut self, tx: &mut Tx<'_>, number: &Phone) -> Result<bool, EngineError> {
        let range = number_times(number.reveal(), Timestamp::from_ms(0), Timestamp::MAX);
        for mut file in tx.scan::<CallFile>(Index::CallNumber, range, self.left + 1, Order::Ascending)? {
            if self.left == 0 {
                return Ok(false);
            }
            self.left -= 1;
            forget_number(&mut file);
            tx.put(&file)?;
        }
        Ok(true)
    }

    fn visits(&mut self, tx: &mut Tx<'_>) -> Result<bool, EngineError> {
        for card in self.cards.clone() {
            let range = patient_range(&card, Timestamp::from_ms(0), Timestamp::MAX);
            for file in tx.scan::<VisitFile>(Index::VisitPatient, range, STEP + 1, Order::Ascending)? {
                if self.left == 0 {
                    return Ok(false);
                }
                self.left -= 1;
                // the row first: nothing is planned for it any more
                tx.delete::<VisitFile>(file.visit.id.as_str())?;
                self.done.visits += 1;
                for message in messages_of(tx, &file.visit.id)? {
                    self.message(tx, message)?;
                }
            }
        }
        Ok(true)
    }

    fn messages(&mut self, tx: &mut Tx<'_>) -> Result<bool, EngineError> {
        for card in self.cards.clone() {
            let range = patient_range(&card, Timestamp::from_ms(0), Timestamp::MAX);
            for message in tx.scan::<Message>(Index::MessagePatient, range, STEP + 1, Order::Ascending)? {
                if self.left == 0 {
                    return Ok(false);
                }
                self.message(tx, message)?;
            }
        }
        Ok(true)
    }

    /// Empties a message; one that also names others' visits stays theirs, without its text, and with its number where that
    /// is on another card.
    fn message(&mut self, tx: &mut Tx<'_>, mut message: Message) -> Result<(), EngineError> {
        self.left = self.left.saturating_sub(1);
        let mut others = Vec::new();
        for subject in &message.subjects {
            if let Some(file) = tx.get::<VisitFile>(subject.visit.as_str())?
                && !self.theirs(&file.visit.patient)
            {
                others.push((subject.clone(), file.visit.patient));
            }
        }
        if is_pending(message.status) {
            self.withdraw(tx, &mut message)?;
            self.bereft.extend(others.iter().map(|(subject, _)| subject.visit.clone()));
        }
        // a joint message went to a number that the others have too; a visit may have been another's when it went
        let keeps_number = match &message.number {
            Some(number) => !others.is_empty() && is_shared(tx, number, &self.cards)?,
            None => false,
        };
        for mut request in requests::by_message(tx, message.id)? {
            request.subjects.retain(|subject| others.iter().any(|(other, _)| other == subject));
            request.patient = request.patient.filter(|patient| !self.theirs(patient));
            if keeps_number && !request.subjects.is_empty() {
                tx.put(&request)?;
            } else {
                tx.delete::<Request>(&super::record::number_id(request.id.0))?;
            }
        }
        match others.first() {
            None => wipe(&mut message, Wiped::Identity),
            Some((_, other)) => {
                wipe(&mut message, Wiped::Text);
                if message.patient.as_ref().is_some_and(|patient| self.theirs(patient)) {
                    message.patient = Some(other.clone());
                }
                message.number = message.number.filter(|_| keeps_number);
                message.subjects = others.iter().map(|(subject, _)| subject.clone()).collect();
            }
        }
        self.done.messages += 1;
        tx.put(&message)
    }

    /// Takes back what waits; what may have gone is in doubt, and is only looked up.
    fn withdraw(&self, tx: &mut Tx<'_>, message: &mut Message) -> Result<(), EngineError> {
        if may_have_gone(message) {
            return doubt(tx, message);
        }
        step(message, Status::Cancelled)?;
        message.reason = Some(Reason::Erased {});
        message.held = false;
        tell(tx, message)
    }

    /// Nothing is left but the identifier and the revision.
    fn empty_cards(&self, tx: &mut Tx<'_>) -> Result<(), EngineError> {
        for card in &self.cards {
            let Some(file) = tx.get::<PatientFile>(card.as_str())? else { continue };
            if file.erased_at.is_some() {
                continue;
            }
            tx.put(&PatientFile {
                patient: Patient {
                    id: file.patient.id,
                    revision: file.patient.revision,
                    first_name: Name::default(),
                    last_name: Name::default(),
                    vocative: None,
                    phone: None,
                    guardian: None,
                    birth_date: None,
                    consents: Consents::default(),
                    status: PatientStatus::Inactive,
                    created_at: None,
                },
                told_at: file.told_at,
                number: Err(Reason::Erased {}),
                default_consent: None,
                merged_into: file.merged_into,
                erased_at: Some(tx.now),
            })?;
        }
        Ok(())
    }
}

/// The number of the other party of a call goes, in every form it was told in.
pub(super) fn forget_number(file: &mut CallFile) {
    file.other_party = None;
    *other_party_mut(&mut file.call) = Phone::default();
}

/// Whether a card beside these has the number too.
pub(super) fn is_shared(tx: &mut Tx<'_>, number: &Phone, cards: &[PatientId]) -> Result<bool, EngineError> {
    let key = exactly(&part(number.reveal()));
    let with_it = tx.scan::<PatientFile>(Index::PatientNumber, key, MAX_PAGE, Order::Ascending)?;
    Ok(with_it.iter().any(|file| !cards.contains(&file.patient.id)))
}

/// The card that an identifier stands for now, and every card that was merged into it.
pub(super) fn cards_of(tx: &mut Tx<'_>, id: &PatientId) -> Result<Vec<PatientId>, EngineError> {
    let mut cards = vec![survivor(tx, id.clone())?];
    let mut next = 0;
    while let Some(card) = cards.get(next).cloned() {
        let key = exactly(&part(card.as_str()));
        let merged = tx.scan::<PatientFile>(Index::PatientMerged, key, MAX_PAGE, Order::Ascending)?;
        cards.extend(merged.into_iter().map(|file| file.patient.id));
        next += 1;
    }
    Ok(cards)
}

/// Every number, E.164, that the cards have or that their messages went to or came from.
pub(super) fn numbers_of(tx: &mut Tx<'_>, cards: &[PatientId]) -> Result<BTreeSet<Phone>, EngineError> {
    let policy = tx.practice().settings.phones.clone();
    let mut numbers = BTreeSet::new();
    for card in cards {
        if let Some(file) = tx.get::<PatientFile>(card.as_str())? {
            let guardian = file.patient.guardian.map(|guardian| guardian.phone);
            let typed = [file.patient.phone, guardian].into_iter().flatten();
            numbers.extend(typed.filter_map(|typed| Some(phone::parse(typed.reveal(), &policy).ok()?.e164)));
            numbers.extend(file.number.ok());
        }
        let range = patient_range(card, Timestamp::from_ms(0), Timestamp::MAX);
        let messages = tx.scan_all::<Message>(Index::MessagePatient, range)?;
        numbers.extend(messages.into_iter().filter_map(|message| message.number));
    }
    Ok(numbers)
}
