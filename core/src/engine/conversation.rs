//! Conversations: what went and came between a practice and a patient, what nobody has read, and finding the patient.

use super::list_keys::{BEGINS, WITHIN, found_by, unread};
use super::lists::page;
use super::record::{number_id, part};
use super::tx::Tx;
use super::{Desk, EngineError, Side, Who};
use crate::model::{
    BoundedCount, ChatShows, Direction, Message, MessageFilter, MessageId, MessagePage, PatientFile,
    PatientFound, PatientId, Permission, Status, Timestamp,
};
use crate::store::{Index, MAX_PAGE, Order};
use crate::text;
use std::collections::BTreeSet;

/// The most patients of one answer.
pub const MAX_FOUND: u32 = 100;
/// The most words and numbers of a question.
const MAX_TERMS: usize = 8;
/// The most entries that a question looks at.
const MAX_LOOKED_AT: u32 = MAX_PAGE;

impl<W: Who> Side<'_, W> {
    /// A patient's conversation, newest first and so what is planned on top: at most `limit` (1 to 1,000) from where
    /// `from`, the `next` of the page before, left off.
    ///
    /// # Errors
    /// As [`messages`](Self::messages).
    pub fn chat(
        &self,
        patient: &PatientId,
        shows: ChatShows,
        from: Option<&str>,
        limit: u32,
    ) -> Result<MessagePage, EngineError> {
        let filter = MessageFilter { patient: Some(patient.clone()), ..MessageFilter::default() };
        let shown = |message: &Message| {
            shows == ChatShows::Everything || !matches!(message.status, Status::Skipped | Status::Cancelled)
        };
        self.read(Permission::CommunicationCenter, |tx| page(tx, &filter, shown, from, limit))
    }

    /// How many messages of a patient nobody has read.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn unread(&self, patient: &PatientId) -> Result<BoundedCount, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| count(tx, Some(patient)))
    }

    /// How many messages nobody has read.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn unread_total(&self) -> Result<BoundedCount, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| count(tx, None))
    }

    /// Patients by a part of their name or number, without regard to case and diacritics: "zolc" and "ółć" find Żółć,
    /// "501 23" finds a number. Of several words all have to be there. Those with a word that begins so come first, in the
    /// order of those words; at most `limit`, 1 to [`MAX_FOUND`].
    ///
    /// # Errors
    /// [`EngineError::Input`] when `query` has no word or number of two characters; else as [`visit`](Self::visit).
    pub fn find_patients(&self, query: &str, limit: u32) -> Result<Vec<PatientFound>, EngineError> {
        let terms = terms(query);
        let term = terms.iter().max_by_key(|term| term.chars().count());
        let term = term.filter(|term| term.chars().nth(text::MIN_WORD_CHARS - 1).is_some());
        let expected = "a word or number of 2 characters, or more";
        let term = term.ok_or(EngineError::Input { field: "query", expected })?;
        let limit = usize::try_from(limit.clamp(1, MAX_FOUND)).unwrap_or(usize::MAX);
        self.read(Permission::CommunicationCenter, |tx| {
            let mut found = Vec::new();
            for file in find(tx, term, &terms, limit)? {
                found.push(described(tx, file)?);
            }
            Ok(found)
        })
    }
}

impl Desk<'_> {
    /// Says that an incoming message was read.
    ///
    /// # Errors
    /// [`EngineError::UnknownMessage`], [`EngineError::NotIncoming`], [`EngineError::NotPermitted`],
    /// [`EngineError::Store`].
    pub fn mark_read(&self, message: MessageId, now: Timestamp) -> Result<(), EngineError> {
        self.mark(message, true, now)
    }

    /// Takes it back: nobody has read it.
    ///
    /// # Errors
    /// As [`mark_read`](Self::mark_read).
    pub fn mark_unread(&self, message: MessageId, now: Timestamp) -> Result<(), EngineError> {
        self.mark(message, false, now)
    }

    fn mark(&self, message: MessageId, read: bool, now: Timestamp) -> Result<(), EngineError> {
        self.touch(Permission::CommunicationCenter, now, |tx| {
            let mut message = incoming(tx, message)?;
            if message.read == read {
                return Ok(());
            }
            message.read = read;
            tx.put(&message)
        })
    }
}

/// A message that came in.
pub(super) fn incoming(tx: &mut Tx<'_>, id: MessageId) -> Result<Message, EngineError> {
    let message = tx.get::<Message>(&number_id(id.0))?.ok_or(EngineError::UnknownMessage(id))?;
    if message.direction == Direction::Incoming { Ok(message) } else { Err(EngineError::NotIncoming(id)) }
}

fn count(tx: &mut Tx<'_>, patient: Option<&PatientId>) -> Result<BoundedCount, EngineError> {
    let patient = patient.map(|patient| super::facts::survivor(tx, patient.clone())).transpose()?;
    let before = unread(patient.as_ref());
    let range = (before.clone(), format!("{before}~"));
    let found = tx.found(Index::MessageUnread, range.clone(), MAX_PAGE, Order::Ascending)?;
    let count = u32::try_from(found.len()).unwrap_or(MAX_PAGE);
    // whether it is exactly as many, one key more tells
    let more = match found.last() {
        Some(last) if count == MAX_PAGE => {
            let rest = (format!("{}\0", last.key), range.1);
            !tx.found(Index::MessageUnread, rest, 1, Order::Ascending)?.is_empty()
        }
        _ => false,
    };
    Ok(BoundedCount { count, more })
}

/// What is asked for: folded words, and the digits of what is typed as a number, however it is grouped.
fn terms(query: &str) -> Vec<String> {
    let mut digits = String::new();
    let mut words = Vec::new();
    for typed in query.split_whitespace() {
        if typed.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')' | '.' | '/')) {
            digits.extend(typed.chars().filter(char::is_ascii_digit));
        } else {
            let folded = text::fold(typed);
            words.extend(folded.split(|c: char| !c.is_alphanumeric()).map(ToOwned::to_owned));
        }
    }
    // an international number is kept without what one dials before it
    let number = digits.strip_prefix("00").unwrap_or(&digits).to_owned();
    words.push(number);
    let cut = |word: String| word.chars().take(text::MAX_WORD_CHARS).collect::<String>();
    words.into_iter().filter(|word| !word.is_empty()).map(cut).take(MAX_TERMS).collect()
}

/// The patients in whose words all terms are; looked up by the longest of them.
fn find(
    tx: &mut Tx<'_>,
    term: &str,
    terms: &[String],
    limit: usize,
) -> Result<Vec<PatientFile>, EngineError> {
    let mut found: Vec<PatientFile> = Vec::new();
    let mut known: BTreeSet<PatientId> = BTreeSet::new();
    let mut looked_at = 0;
    for place in [BEGINS, WITHIN] {
        let mut from = format!("{place}{}", part(term));
        let to = format!("{from}\u{10ffff}");
        // as many as are wanted, and more and more where the other terms let few of them through
        let mut batch = u32::try_from(limit).unwrap_or(MAX_FOUND);
        while found.len() < limit && looked_at < MAX_LOOKED_AT {
            batch = batch.min(MAX_LOOKED_AT - looked_at);
            let page = tx.scan_keys::<PatientFile>(
                Index::PatientWord,
                (from.clone(), to.clone()),
                batch,
                Order::Ascending,
            )?;
            let read = u32::try_from(page.len()).unwrap_or(batch);
            looked_at += read;
            let Some((last, _)) = page.last() else { break };
            from = format!("{last}\0"); // a key ends in the patient's id: no two rows have the same
            for (_, file) in page {
                let words = found_by(&file);
                let has = |term: &String| words.iter().any(|word| word.contains(term.as_str()));
                if found.len() < limit && terms.iter().all(has) && known.insert(file.patient.id.clone()) {
                    found.push(file);
                }
            }
            if read < batch {
                break;
            }
            batch *= 2;
        }
    }
    Ok(found)
}

fn described(tx: &mut Tx<'_>, file: PatientFile) -> Result<PatientFound, EngineError> {
    let unread = count(tx, Some(&file.patient.id))?;
    let patient = file.patient;
    let typed = patient.phone.or(patient.guardian.map(|guardian| guardian.phone));
    Ok(PatientFound {
        id: patient.id,
        first_name: patient.first_name,
        last_name: patient.last_name,
        number: file.number.ok().or(typed),
        birth_date: patient.birth_date,
        unread,
    })
}
