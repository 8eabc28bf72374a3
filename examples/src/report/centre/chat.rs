//! A conversation as a screen shows it: oldest first, what is planned at the end.

use super::super::print::{heading, line};
use chrono::NaiveDateTime;
use depesza::calendar;
use depesza::engine::{Clinic, EngineError};
use depesza::model::{
    BoundedCount, ChatShows, Direction, Language, Message, MessageRow, PatientId, Timestamp, Zone,
};
use depesza::words::Label;

/// The most messages of a conversation that are printed.
const SHOWN: u32 = 1_000;

/// What went, goes and came in a patient's conversation, skipped and withdrawn messages with their reasons included.
///
/// # Errors
/// The engine's.
pub fn chat(
    clinic: &Clinic<'_>,
    patient: &PatientId,
    zone: Zone,
    language: Language,
) -> Result<String, EngineError> {
    let page = clinic.chat(patient, ChatShows::Everything, None, SHOWN)?;
    let BoundedCount { count: unread, .. } = clinic.unread(patient)?;
    let name = page.rows.iter().find_map(|row| row.patient_name.as_ref());
    let (chat, unread_words, nothing) = match language {
        Language::Pl => ("Czat", "nieprzeczytane", "Nie ma wiadomości."),
        Language::En => ("Chat", "unread", "There are no messages."),
    };
    let mut text = String::new();
    let who = name.map_or(patient.as_str(), |name| name.reveal());
    heading(&mut text, &format!("{chat}: {who} ({unread_words}: {unread})"));
    if page.rows.is_empty() {
        line(&mut text, nothing);
    }
    for MessageRow { message, .. } in page.rows.iter().rev() {
        let arrow = if message.direction == Direction::Incoming { '←' } else { '→' };
        let local: NaiveDateTime = calendar::local(zone, told_at(message));
        line(
            &mut text,
            &format!("{}  {arrow} {}", local.format("%d.%m.%Y %H:%M"), status(message, language)),
        );
        for body in message.body.iter().flat_map(|body| body.reveal().lines()) {
            line(&mut text, &format!("                      {body}"));
        }
    }
    Ok(text)
}

fn told_at(message: &Message) -> Timestamp {
    message.received_at.or(message.submitted_at).unwrap_or(message.due_at)
}

/// Where it stands, why it did not go, and what an answer was found to be.
fn status(message: &Message, language: Language) -> String {
    let mut status = message.status.label(language).to_owned();
    let details = [
        message.reason.as_ref().map(|reason| reason.label(language)),
        message.answer.as_ref().map(|answer| answer.reply.label(language)),
        message.answer.as_ref().map(|answer| answer.effect.label(language)),
    ];
    for detail in details.into_iter().flatten() {
        status.push_str(", ");
        status.push_str(detail);
    }
    status
}
