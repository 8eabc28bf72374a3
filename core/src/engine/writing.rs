//! What a person writes: sent now or at a time, changed or withdrawn while it is planned, and the last look at it.
//!
//! A person's own message needs no consent on record, and neither the daily cap nor the budget counts it. What bars it is
//! what bars a person too: the mode, a card that is put away, a STOP that it does not answer, a number that takes none.

use super::drafting::{outgoing, withdraw};
use super::facts::{contact, survivor};
use super::inbound::only_patient;
use super::list_keys::{keyed, written_key};
use super::look::{Verdict, quiet_for_person};
use super::prepare::price;
use super::record::{exactly, number_id};
use super::render::default_sender;
use super::tx::Tx;
use super::{Desk, EngineError, Side, Who, settle};
use crate::calendar;
use crate::campaign::lifted;
use crate::invisible::is_invisible;
use crate::message::{can_cancel, can_edit, step};
use crate::model::{
    Action, BadNumber, Body, ChatPreview, DAY_MS, Direction, HOUR_MS, Message, MessageEdit, MessageId,
    NewMessage, OptOutRecord, Origin, PatientFile, PatientStatus, Permission, Phone, Practice, Purpose,
    QuietHours, Reason, Recipient, ReplyEffect, SmsMode, Status, Timestamp, UserId,
};
use crate::phone;
use crate::store::{Index, Order, instant_key};
use crate::text::{self, Finished};

/// How long a patient's own message can be answered after a STOP.
const ANSWERED_WITHIN_MS: i64 = 72 * HOUR_MS;
/// The most messages of a number that are looked at for one that can be answered.
const MAX_OWN: u32 = 50;
/// After its time a person's message is not sent any more.
const USE_WITHIN_MS: i64 = DAY_MS;
/// How far ahead a message can be written.
const MAX_AHEAD_MS: i64 = 366 * DAY_MS;
/// The longest text that is looked at, in bytes: far more than any practice allows parts for.
const MAX_TEXT: usize = 20_000;
/// The longest key, in bytes.
const MAX_KEY: usize = 100;

impl<W: Who> Side<'_, W> {
    /// What a text would be as a message to somebody, or to a number of the practice's own country.
    ///
    /// # Errors
    /// [`EngineError::Input`] when the text is empty or far too long, [`EngineError::UnknownPatient`]; else as
    /// [`visit`](Self::visit). That it has too many parts is no error here.
    pub fn chat_preview(&self, text: &Body, to: Option<&Recipient>) -> Result<ChatPreview, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            let practice = tx.practice().clone();
            let settings = &practice.settings;
            let number = match to {
                Some(to) => addressed(tx, to)?.1.ok(),
                None => Some(Phone::new(settings.phones.default_prefix.clone())),
            };
            let finished = finished(&practice, text)?;
            Ok(ChatPreview {
                segments: finished.segments,
                allowed_parts: settings.max_parts,
                cost_milli: price(&practice, number.as_ref()) * i64::from(finished.segments.count),
                advice: text::advice(&finished.text, settings.reference_bits),
                text: Body::new(finished.text),
            })
        })
    }
}

impl Desk<'_> {
    /// Sends a message that a person wrote, now or at a time: the next [`dispatch`](super::Engine::dispatch) after its time
    /// hands it to a gateway. Written again under the same key it is the same message, whatever else it says.
    ///
    /// That nothing may be sent is no error: the message is skipped with its reason.
    ///
    /// # Errors
    /// [`EngineError::QuietHours`], [`EngineError::TooManyParts`], [`EngineError::Input`] for an empty text, a key or a time
    /// out of range, [`EngineError::UnknownPatient`], [`EngineError::NotPermitted`], [`EngineError::Store`].
    pub fn send_message(&self, new: &NewMessage, now: Timestamp) -> Result<MessageId, EngineError> {
        self.act_on_new(Permission::CommunicationCenter, Action::MessageWritten, now, |tx| {
            let id = write(tx, self.user(), new)?;
            Ok((id, Some(id.to_string())))
        })
    }

    /// Changes text or time of a person's message that is still planned.
    ///
    /// # Errors
    /// [`EngineError::UnknownMessage`]; [`EngineError::NotChangeable`] when it was submitted, or no person wrote it; else as
    /// [`send_message`](Self::send_message).
    pub fn edit_message(&self, id: MessageId, edit: &MessageEdit, now: Timestamp) -> Result<(), EngineError> {
        let subject = id.to_string();
        self.act(Permission::CommunicationCenter, Action::MessageEdited, Some(&subject), now, |tx| {
            let mut message = known(tx, id)?;
            if !can_edit(&message) {
                return Err(EngineError::NotChangeable(id));
            }
            let before = message.clone();
            step(&mut message, Status::Planned)?; // a dispatcher that has just claimed it loses it
            if let Some(text) = &edit.text {
                set_text(tx, &mut message, text)?;
            }
            if let Some(at) = edit.at {
                set_time(tx, &mut message, Some(at), edit.hours)?;
            }
            if message == before { Ok(()) } else { tx.put(&message) }
        })
    }

    /// Withdraws a message that is still to be sent, whoever planned it. What a campaign planned stays withdrawn for this
    /// time of its visit, however often that is told; a visit that moves gets a message again.
    ///
    /// # Errors
    /// [`EngineError::UnknownMessage`]; [`EngineError::NotChangeable`] when it was, or may have been, sent;
    /// [`EngineError::NotPermitted`], [`EngineError::Store`].
    pub fn cancel_message(&self, id: MessageId, now: Timestamp) -> Result<(), EngineError> {
        let subject = id.to_string();
        self.act(Permission::CommunicationCenter, Action::MessageCancelled, Some(&subject), now, |tx| {
            let mut message = known(tx, id)?;
            if !can_cancel(&message) {
                return Err(EngineError::NotChangeable(id));
            }
            withdraw(tx, &mut message, Reason::Withdrawn {})
        })
    }
}

fn known(tx: &mut Tx<'_>, id: MessageId) -> Result<Message, EngineError> {
    tx.get::<Message>(&number_id(id.0))?.ok_or(EngineError::UnknownMessage(id))
}

fn write(tx: &mut Tx<'_>, by: &UserId, new: &NewMessage) -> Result<MessageId, EngineError> {
    if let Some(key) = &new.key {
        if key.is_empty() || key.len() > MAX_KEY {
            return Err(EngineError::Input { field: "key", expected: "1 to 100 bytes" });
        }
        let range = exactly(&written_key(key));
        if let Some(message) = tx.scan::<Message>(Index::MessageInbound, range, 1, Order::Ascending)?.pop() {
            return Ok(message.id);
        }
    }
    let (patient, number) = addressed(tx, &new.to)?;
    let id = tx.next_message();
    let mut message = outgoing(tx, Origin::Chat { by: Some(by.clone()) }, id);
    message.key.clone_from(&new.key);
    message.patient = patient.as_ref().map(|file| file.patient.id.clone());
    message.number = number.as_ref().ok().cloned();
    message.sender = default_sender(tx.practice());
    set_text(tx, &mut message, &new.text)?;
    set_time(tx, &mut message, new.at, new.hours)?;
    let barred = match &number {
        Ok(number) => barred(tx, patient.as_ref(), number)?,
        Err(reason) => Some(reason.clone()),
    };
    if let Some(reason) = barred {
        step(&mut message, Status::Skipped)?;
        message.reason = Some(reason);
    }
    tx.put_new_message(&message)?;
    settle::tell(tx, &message)?;
    Ok(id)
}

/// Whose conversation it is, and the number; or why there is none.
fn addressed(
    tx: &mut Tx<'_>,
    to: &Recipient,
) -> Result<(Option<PatientFile>, Result<Phone, Reason>), EngineError> {
    let policy = tx.practice().settings.phones.clone();
    match to {
        Recipient::Patient(id) => {
            let stays = survivor(tx, id.clone())?;
            let file = tx.get::<PatientFile>(stays.as_str())?;
            let file = file.ok_or_else(|| EngineError::UnknownPatient(id.clone()))?;
            let number = contact(&file.patient, &policy);
            Ok((Some(file), number))
        }
        Recipient::Number(typed) => {
            let number = phone::recipient(typed.reveal(), &policy).map_err(Reason::from);
            let patient = match &number {
                Ok(number) => only_patient(tx, number)?,
                Err(_) => None,
            };
            let file = patient.map(|patient| tx.get::<PatientFile>(patient.as_str())).transpose()?.flatten();
            Ok((file, number))
        }
    }
}

/// A text as it goes.
fn finished<'t>(practice: &Practice, text: &'t Body) -> Result<Finished<'t>, EngineError> {
    let shown = |c: char| !c.is_whitespace() && !c.is_control() && !is_invisible(c);
    if !text.reveal().chars().any(shown) {
        return Err(EngineError::Input { field: "text", expected: "something to read" });
    }
    if text.reveal().len() > MAX_TEXT {
        return Err(EngineError::Input { field: "text", expected: "at most 20000 bytes" });
    }
    let settings = &practice.settings;
    Ok(text::finish(text.reveal(), settings.diacritics, settings.reference_bits))
}

fn set_text(tx: &Tx<'_>, message: &mut Message, text: &Body) -> Result<(), EngineError> {
    let practice = tx.practice();
    let finished = finished(practice, text)?;
    let (parts, allowed) = (finished.segments.count, practice.settings.max_parts);
    if parts > allowed {
        return Err(EngineError::TooManyParts { parts, allowed });
    }
    message.encoding = Some(finished.segments.encoding);
    message.parts = parts;
    message.cost_milli = price(practice, message.number.as_ref()) * i64::from(parts);
    message.body = Some(Body::new(finished.text));
    Ok(())
}

fn set_time(
    tx: &Tx<'_>,
    message: &mut Message,
    at: Option<Timestamp>,
    hours: QuietHours,
) -> Result<(), EngineError> {
    let at = at.unwrap_or(tx.now).max(tx.now);
    if at.since_ms(tx.now) > MAX_AHEAD_MS {
        return Err(EngineError::Input { field: "at", expected: "at most 366 days ahead" });
    }
    let practice = tx.practice();
    let opens = opens(practice, at);
    if hours == QuietHours::Warn && opens != Some(at) {
        return Err(EngineError::QuietHours { opens });
    }
    message.planned_at = tx.now;
    message.due_at = at;
    message.use_by = at.plus_ms(USE_WITHIN_MS);
    message.day = calendar::local_date(practice.zone, at);
    Ok(())
}

/// The first instant from `at` on in the practice's sending hours.
fn opens(practice: &Practice, at: Timestamp) -> Option<Timestamp> {
    calendar::next_allowed(&[&practice.settings.sending_hours], practice.zone, at)
}

/// Why not even a person can write to this number.
fn barred(
    tx: &mut Tx<'_>,
    patient: Option<&PatientFile>,
    number: &Phone,
) -> Result<Option<Reason>, EngineError> {
    if tx.practice().settings.mode == SmsMode::None {
        return Ok(Some(Reason::ModeNone {}));
    }
    match patient.map(|file| file.patient.status) {
        Some(PatientStatus::Inactive) => return Ok(Some(Reason::PatientInactive {})),
        Some(PatientStatus::Deceased) => return Ok(Some(Reason::PatientDeceased {})),
        Some(PatientStatus::Active) | None => {}
    }
    let hash = tx.number_hash(number);
    if let Some(opt_out) = tx.get::<OptOutRecord>(&hash)? {
        let lifted = patient.is_some_and(|file| lifted(&file.patient.consents, &opt_out));
        if !lifted && !answers(tx, number)? {
            return Ok(Some(Reason::OptedOut {}));
        }
    }
    Ok(tx.get::<BadNumber>(&hash)?.map(|_| Reason::NumberMarkedBad {}))
}

/// Whether a message to this number answers one of its own: a STOP does not end that.
fn answers(tx: &mut Tx<'_>, number: &Phone) -> Result<bool, EngineError> {
    let before = keyed(number.reveal());
    let since = instant_key(tx.now.plus_ms(-ANSWERED_WITHIN_MS));
    let range = (format!("{before}{since}"), format!("{before}~"));
    let own = tx.scan::<Message>(Index::MessagePhone, range, MAX_OWN, Order::Descending)?;
    Ok(own.iter().any(|message| {
        let stop = message.answer.as_ref().is_some_and(|answer| answer.effect == ReplyEffect::OptOut);
        message.direction == Direction::Incoming && !stop
    }))
}

/// What the last look at a person's message decides; the mode is looked at before.
pub(super) fn look(tx: &mut Tx<'_>, message: &Message) -> Result<Verdict, EngineError> {
    if tx.now > message.use_by {
        return Ok(Verdict::Skip(Reason::PastUseBy {}));
    }
    let patient = match &message.patient {
        Some(patient) => tx.get::<PatientFile>(patient.as_str())?,
        None => None,
    };
    if let Some(file) = &patient {
        // the card may have another number by now: nothing more goes to the old one
        let now = contact(&file.patient, &tx.practice().settings.phones).ok();
        if now.as_ref() != message.number.as_ref() {
            return Ok(Verdict::Withdraw(Reason::NumberChanged {}));
        }
    }
    let Some(number) = &message.number else { return Ok(Verdict::Skip(Reason::NoNumber {})) };
    if let Some(reason) = barred(tx, patient.as_ref(), number)? {
        return Ok(Verdict::Skip(reason));
    }
    // its due time moves with every attempt; its use-by time does not
    let meant_for = message.use_by.plus_ms(-USE_WITHIN_MS);
    if let Some(verdict) = quiet_for_person(tx, message, meant_for) {
        return Ok(verdict);
    }
    Ok(Verdict::Go { purpose: Purpose::Other })
}
