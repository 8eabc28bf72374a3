//! The keys of lists: of messages by what a screen filters them by, of patients by what one types of them.
//!
//! Every key of a message ends in its *position*: its instant and its number. So all lists are in one order, two parts of
//! an index can be merged, and a position says where a page ends, whatever index it was read from.

use super::record::{number_id, part, push_number_id, told_at};
use crate::message::waits;
use crate::model::{CampaignKind, Direction, Message, Origin, PatientFile, PatientId};
use crate::store::{Entry, Index, Table, instant_key, push_instant_key};
use crate::text;
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// The most words of a name that are indexed.
const MAX_NAME_WORDS: usize = 8;

/// The length of a position: an instant, a bar, a number.
const POSITION: usize = 28;

/// Longer than the wire names that are keyed.
const NAME: usize = 16;

/// Where a message stands in every list.
pub(super) fn position(message: &Message) -> String {
    let mut position = String::with_capacity(POSITION);
    push_instant_key(&mut position, told_at(message));
    position.push('|');
    push_number_id(&mut position, message.id.0);
    position
}

/// The beginning of the keys of a text, before their positions, instants or days.
pub(super) fn keyed(text: &str) -> String {
    // room for a position, which comes next
    let mut key = String::with_capacity(text.len() + 1 + POSITION);
    key.push_str(&part(text));
    key.push('|');
    key
}

/// The same for a value with a wire name, such as a status: no such name needs an escape.
pub(super) fn named(value: impl Serialize) -> String {
    let mut key = String::with_capacity(NAME + 1 + POSITION);
    // a value with content has no name, and no caller has one
    let _ = fmt::Write::write_fmt(&mut key, format_args!("{}", WireName(value)));
    key.push('|');
    key
}

/// The name of a value without content, as the wire has it.
struct WireName<T>(T);

impl<T: Serialize> fmt::Display for WireName<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

/// The beginning of the keys of unread messages: of all, or of a patient.
pub(super) fn unread(patient: Option<&PatientId>) -> String {
    patient.map_or_else(|| "all|".to_owned(), |patient| format!("of|{}|", part(patient.as_str())))
}

/// The key under which a person's message is known again: no gateway's key begins like it.
pub(super) fn written_key(key: &str) -> String {
    format!("|{}", part(key))
}

/// The kind of the campaign whose text a message has.
pub(super) fn kind(message: &Message) -> Option<CampaignKind> {
    match &message.origin {
        Origin::Campaign { kind, .. } => Some(*kind),
        Origin::ManualReminder { .. } => Some(CampaignKind::Reminder),
        Origin::OptOutAck { .. } | Origin::AfterCall { .. } | Origin::Chat { .. } => None,
    }
}

/// Whether two states of one message have the same lasting entries: what those are made of is the same.
pub(super) fn lasts(before: &Message, after: &Message) -> bool {
    let small = |message: &Message| (message.id, told_at(message), kind(message));
    small(before) == small(after)
        && before.origin.campaign() == after.origin.campaign()
        && (&before.patient, &before.number, &before.body) == (&after.patient, &after.number, &after.body)
}

/// A message's entries in lists that only its time, text, patient, number or campaign changes.
pub(super) fn lasting_of_message(message: &Message) -> Vec<Entry> {
    let position = position(message);
    // where there is a text there are words
    let mut entries = Vec::with_capacity(if message.body.is_some() { 32 } else { 5 });
    let mut add = |index, before: String| entries.push(Entry { index, key: before + &position });
    add(Index::MessageTime, String::with_capacity(POSITION));
    if let Some(campaign) = message.origin.campaign() {
        add(Index::MessageCampaign, keyed(campaign.as_str()));
    }
    if let Some(kind) = kind(message) {
        add(Index::MessageKind, named(kind));
    }
    if let Some(patient) = &message.patient {
        add(Index::MessagePatient, keyed(patient.as_str()));
    }
    if let Some(number) = &message.number {
        add(Index::MessagePhone, keyed(number.reveal()));
    }
    if let Some(body) = &message.body {
        let folded = text::fold(body.reveal());
        text::different(&folded).into_iter().for_each(|word| add(Index::MessageWord, keyed(word)));
    }
    entries
}

/// A message's other entries in lists.
pub(super) fn of_message(message: &Message) -> Vec<Entry> {
    let position = position(message);
    // with room for those that are no lists'
    let mut entries = Vec::with_capacity(8);
    let mut add = |index, before: String| entries.push(Entry { index, key: before + &position });
    add(Index::MessageStatus, named(message.status));
    if message.direction == Direction::Incoming && !message.read {
        add(Index::MessageUnread, unread(None));
        if let Some(patient) = &message.patient {
            add(Index::MessageUnread, unread(Some(patient)));
        }
    }
    if waits(message).is_some() {
        entries.push(Entry {
            index: Index::Inbox,
            key: inbox(told_at(message), Table::Message.name(), &number_id(message.id.0)),
        });
    }
    if let Some(key) = &message.key {
        entries.push(Entry { index: Index::MessageInbound, key: written_key(key) });
    }
    entries
}

/// The key of something that waits for a person.
pub(super) fn inbox(at: crate::model::Timestamp, table: &str, id: &str) -> String {
    format!("{}|{table}|{}", instant_key(at), part(id))
}

/// Where a piece of a word stands: words that begin so come before those that have it within.
pub(super) const BEGINS: &str = "0";
/// Within a word.
pub(super) const WITHIN: &str = "1";

/// What a patient is found by: the words of the name, and the digits of the number.
pub(super) fn found_by(file: &PatientFile) -> BTreeSet<String> {
    let patient = &file.patient;
    let name = format!("{} {}", patient.first_name.reveal(), patient.last_name.reveal());
    let mut found: BTreeSet<String> = text::words(&name).into_iter().take(MAX_NAME_WORDS).collect();
    let typed = patient.phone.as_ref().or(patient.guardian.as_ref().map(|guardian| &guardian.phone));
    if let Some(number) = file.number.as_ref().ok().or(typed) {
        let digits = number.reveal().chars().filter(char::is_ascii_digit);
        found.insert(digits.take(text::MAX_WORD_CHARS).collect());
    }
    found
}

/// A patient's entries: every end, of two characters or more, of every word.
pub(super) fn of_patient(file: &PatientFile) -> Vec<Entry> {
    if file.merged_into.is_some() {
        return Vec::new();
    }
    let id = part(file.patient.id.as_str());
    let mut keys = BTreeSet::new();
    for word in found_by(file) {
        for (at, _) in word.char_indices() {
            let end = word.get(at..).unwrap_or_default();
            if end.chars().nth(text::MIN_WORD_CHARS - 1).is_some() {
                // '!' comes before letters and digits: a whole word before the longer ones that begin with it
                keys.insert(format!("{}{end}!{id}", if at == 0 { BEGINS } else { WITHIN }));
            }
        }
    }
    keys.into_iter().map(|key| Entry { index: Index::PatientWord, key }).collect()
}
