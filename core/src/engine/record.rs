//! How model types become rows: their table, id, index entries and what they count for in statistics.
//!
//! The only place that knows the keys. A key's parts are joined by `|`; text parts have `|` and `%` escaped, so that no
//! host identifier can reach into a neighbour's range.

use super::counting::{self, Sums};
use super::list_keys;
use crate::digits::{push_date, push_padded};
use crate::message::is_pending;
use crate::model::{
    Account, AuditEntry, BadNumber, CallFile, CallId, CallRule, CallRuleId, Campaign, CampaignId, Counters,
    Direction, Event, GatewayId, GatewayPause, InboundParts, Job, KeptDraft, Message, MessageId, Occasion,
    OptOutRecord, Origin, PatientFile, PatientId, Practice, Request, Status, StoredTemplate, Tally,
    Timestamp, VisitFile, VisitId,
};
use crate::store::{Entry, Index, Table, instant_key, push_instant_key};
use chrono::{Datelike, NaiveDate};
use serde::{Serialize, de::DeserializeOwned};
use std::borrow::Cow;

/// A type that is stored as rows of one table.
pub(crate) trait Record: Serialize + DeserializeOwned + Clone + 'static {
    const TABLE: Table;

    fn row_id(&self) -> String;

    /// Its entries, but for the lasting ones.
    fn entries(&self) -> Vec<Entry> {
        Vec::new()
    }

    /// Entries that most changes leave as they are.
    fn lasting(&self) -> Vec<Entry> {
        Vec::new()
    }

    /// Whether `before` had the same lasting entries, told without making them. It may say no where it did.
    fn lasts_from(&self, before: &Self) -> bool {
        let _ = before;
        false
    }

    /// Adds `sign` times what it counts for in statistics.
    fn count(&self, sign: i64, sums: &mut Sums) {
        let _ = (sign, sums);
    }
}

/// A text part of a key.
pub(crate) fn part(text: &str) -> Cow<'_, str> {
    if text.contains(['%', '|']) { text.replace('%', "%25").replace('|', "%7c").into() } else { text.into() }
}

/// The digits of a number as an id.
const ID_DIGITS: usize = 12;

/// Appends a number as an id that sorts.
pub(crate) fn push_number_id(id: &mut String, number: u64) {
    push_padded(id, number, ID_DIGITS);
}

/// A number as an id that sorts.
pub(crate) fn number_id(number: u64) -> String {
    let mut id = String::with_capacity(ID_DIGITS);
    push_number_id(&mut id, number);
    id
}

/// After every id of a table.
pub(crate) const LAST: &str = "\u{10ffff}";

/// Where the keys that begin with `prefix` and `|` end.
pub(crate) fn prefix_range(prefix: &str) -> (String, String) {
    (format!("{prefix}|"), format!("{prefix}}}")) // '}' follows '|'
}

fn entry(index: Index, key: impl Into<String>) -> Entry {
    Entry { index, key: key.into() }
}

fn timed(id: &str, at: Timestamp) -> String {
    let mut key = list_keys::keyed(id);
    push_instant_key(&mut key, at);
    key
}

/// Parts of a key, joined.
fn joined(parts: &[&str]) -> String {
    parts.join("|")
}

/// The row of a practice itself.
pub(crate) const PRACTICE_ROW: &str = "practice";
/// The row of a practice's counters.
pub(crate) const COUNTERS_ROW: &str = "counters";

impl Record for Practice {
    const TABLE: Table = Table::Practice;

    fn row_id(&self) -> String {
        PRACTICE_ROW.into()
    }

    fn entries(&self) -> Vec<Entry> {
        let senders = self.settings.senders.iter().filter(|sender| sender.receives);
        senders.map(|sender| entry(Index::OwnNumber, own_number_key(&sender.id))).collect()
    }
}

impl Record for Counters {
    const TABLE: Table = Table::Practice;

    fn row_id(&self) -> String {
        COUNTERS_ROW.into()
    }
}

/// The key of a sender or own number: letters compare without case, numbers by their digits alone.
pub(crate) fn own_number_key(sender: &str) -> String {
    let digits: String = sender.chars().filter(char::is_ascii_digit).collect();
    if sender.chars().any(char::is_alphabetic) { part(&sender.to_lowercase()).into_owned() } else { digits }
}

impl Record for PatientFile {
    const TABLE: Table = Table::Patient;

    fn row_id(&self) -> String {
        self.patient.id.as_str().into()
    }

    fn entries(&self) -> Vec<Entry> {
        let mut entries = list_keys::of_patient(self);
        match (&self.number, &self.merged_into) {
            (_, Some(into)) => entries.push(entry(Index::PatientMerged, part(into.as_str()))),
            (Ok(number), None) => entries.push(entry(Index::PatientNumber, part(number.reveal()))),
            (Err(_), None) => {}
        }
        let birth = self.patient.birth_date.filter(|_| self.merged_into.is_none());
        entries.extend(birth.map(|birth| {
            let key = format!("{}|{}", birth.format("%m-%d"), part(self.patient.id.as_str()));
            entry(Index::PatientBirthday, key)
        }));
        entries
    }
}

/// The range of those born on this day of a year; on 1 March of a common year those of 29 February too.
pub(crate) fn birthday_range(day: NaiveDate) -> (String, String) {
    let (from, to) = prefix_range(&day.format("%m-%d").to_string());
    let after_february = (day.month(), day.day()) == (3, 1) && !day.leap_year();
    if after_february { (prefix_range("02-29").0, to) } else { (from, to) }
}

/// The name that visits booked together share.
pub(crate) fn series_key(file: &VisitFile) -> String {
    let patient = part(file.visit.patient.as_str());
    match &file.visit.series {
        Some(series) => format!("{patient}|s{}", part(series)),
        None => {
            let mut key = joined(&[&patient, "t"]);
            push_instant_key(&mut key, file.booked_at);
            key
        }
    }
}

impl Record for VisitFile {
    const TABLE: Table = Table::Visit;

    fn row_id(&self) -> String {
        self.visit.id.as_str().into()
    }

    fn entries(&self) -> Vec<Entry> {
        let by_patient = timed(self.visit.patient.as_str(), self.starts_at);
        let mut entries = vec![
            entry(Index::VisitPatient, by_patient.clone()),
            entry(Index::VisitSeries, series_key(self)),
            entry(Index::VisitStart, joined(&[&instant_key(self.starts_at), &part(self.visit.id.as_str())])),
        ];
        if self.visit.state == crate::model::VisitState::TookPlace {
            entries.push(entry(Index::VisitTookPlace, by_patient));
        }
        entries
    }
}

impl Record for CallRule {
    const TABLE: Table = Table::CallRule;

    fn row_id(&self) -> String {
        self.id.as_str().into()
    }
}

/// The id of a call, and the key of its messages.
pub(crate) fn call_key(system: &str, call: &CallId) -> String {
    joined(&[&part(system), &part(call.as_str())])
}

impl Record for CallFile {
    const TABLE: Table = Table::Call;

    fn row_id(&self) -> String {
        call_key(&self.call.system, &self.call.id)
    }

    fn entries(&self) -> Vec<Entry> {
        let by_time = format!("{}|{}", instant_key(self.call.started_at), self.row_id());
        let by_number = self
            .other_party
            .iter()
            .map(|number| entry(Index::CallNumber, timed(number.reveal(), self.call.started_at)));
        by_number.chain([entry(Index::CallTime, by_time)]).collect()
    }
}

impl Record for AuditEntry {
    const TABLE: Table = Table::Audit;

    fn row_id(&self) -> String {
        number_id(self.no)
    }
}

impl Record for Account {
    const TABLE: Table = Table::Account;

    fn row_id(&self) -> String {
        self.state.gateway.as_str().into()
    }

    fn entries(&self) -> Vec<Entry> {
        let since = self.passed_at.into_iter();
        since.flat_map(|at| waiting(self.settled, at, Self::TABLE, self.state.gateway.as_str())).collect()
    }
}

impl Record for StoredTemplate {
    const TABLE: Table = Table::Template;

    fn row_id(&self) -> String {
        self.id.as_str().into()
    }
}

impl Record for KeptDraft {
    const TABLE: Table = Table::Draft;

    fn row_id(&self) -> String {
        self.id.as_str().into()
    }
}

impl Record for Campaign {
    const TABLE: Table = Table::Campaign;

    fn row_id(&self) -> String {
        self.id.as_str().into()
    }
}

/// When the dispatcher has to look at a message again.
pub(crate) fn wake_at(message: &Message) -> Option<Timestamp> {
    match message.status {
        // what a pause holds is looked at when it can no longer go
        Status::Planned if message.held => Some(message.use_by.plus_ms(1).max(message.due_at)),
        Status::Planned => Some(message.due_at),
        Status::Claimed | Status::Submitting => message.lease.map(|lease| lease.until),
        Status::Submitted | Status::Sent | Status::InDoubt => message.report_due,
        _ => None,
    }
}

/// The instant a message has in lists and conversations.
pub(crate) fn told_at(message: &Message) -> Timestamp {
    message.received_at.or(message.submitted_at).unwrap_or(message.due_at)
}

impl Record for Message {
    const TABLE: Table = Table::Message;

    fn row_id(&self) -> String {
        number_id(self.id.0)
    }

    fn entries(&self) -> Vec<Entry> {
        let mut entries = list_keys::of_message(self);
        let mut add = |index, key: Cow<'_, str>| entries.push(entry(index, key));
        for subject in &self.subjects {
            add(Index::MessageVisit, part(subject.visit.as_str()));
        }
        if let Some(wake) = wake_at(self) {
            add(Index::Due, instant_key(wake).into());
        }
        if let Some(patient) = self.patient.as_ref().filter(|_| self.submitted_at.is_some()) {
            add(Index::MessageSubmitted, patient_day(patient, self.day).into());
        }
        if is_pending(self.status) {
            if let Some((campaign, _)) = self.origin.step() {
                add(Index::MessageOpen, joined(&[&part(campaign.as_str()), &number_id(self.id.0)]).into());
            }
            if let Some(number) = &self.number {
                add(Index::MessageNumber, part(number.reveal()));
            }
        }
        if let (Some((campaign, _)), Some(patient), Some(occasion)) =
            (self.origin.step(), &self.patient, self.occasion)
        {
            add(Index::MessageOccasion, occasion_key(campaign, patient, occasion).into());
        }
        if let Origin::AfterCall { rule, system, call, .. } = &self.origin {
            add(Index::MessageCall, call_key(system, call).into());
            if is_pending(self.status) {
                add(Index::MessageRule, format!("{}|{}", rule_key(rule), number_id(self.id.0)).into());
            }
            let goes = !matches!(self.status, Status::Skipped | Status::Cancelled | Status::Failed);
            if let Some(number) = self.number.as_ref().filter(|_| goes) {
                add(Index::MessageGap, timed(number.reveal(), told_at(self)).into());
            }
        }
        if let Some(reference) = &self.reference {
            add(Index::Reference, reference.into());
        }
        for key in &self.inbound_keys {
            add(Index::MessageInbound, key.into());
        }
        if let Some(gateway) = &self.gateway {
            for id in self.provider_ids.iter().filter(|_| self.direction == Direction::Outgoing) {
                add(Index::ProviderId, provider_key(gateway, id).into());
            }
        }
        entries
    }

    fn lasting(&self) -> Vec<Entry> {
        list_keys::lasting_of_message(self)
    }

    fn lasts_from(&self, before: &Self) -> bool {
        list_keys::lasts(before, self)
    }

    fn count(&self, sign: i64, sums: &mut Sums) {
        counting::count(self, sign, sums);
    }
}

/// The entry of what waits for a person, until it is settled.
fn waiting(settled: bool, since: Timestamp, table: Table, id: &str) -> Vec<Entry> {
    if settled { Vec::new() } else { vec![entry(Index::Inbox, list_keys::inbox(since, table.name(), id))] }
}

/// The key of a campaign's message about a patient.
pub(crate) fn occasion_key(campaign: &CampaignId, patient: &PatientId, occasion: Occasion) -> String {
    let occasion = match occasion {
        Occasion::Birthday { year } => format!("birthday {year:06}"),
        Occasion::Recall { due } => format!("recall {due}"),
        Occasion::Broadcast { run } => format!("broadcast {run:06}"),
    };
    format!("{}|{}|{occasion}", part(campaign.as_str()), part(patient.as_str()))
}

/// The key of a gateway's own identifier.
pub(crate) fn provider_key(gateway: &GatewayId, id: &str) -> String {
    joined(&[&part(gateway.as_str()), &part(id)])
}

impl Record for Request {
    const TABLE: Table = Table::Request;

    fn row_id(&self) -> String {
        number_id(self.id.0)
    }

    fn entries(&self) -> Vec<Entry> {
        let mut entries = vec![entry(Index::RequestNumber, timed(self.number.reveal(), self.closes_at))];
        entries.extend(self.messages.iter().map(|id| entry(Index::RequestMessage, number_id(id.0))));
        if !self.closed {
            let visits = self.subjects.iter().map(|subject| part(subject.visit.as_str()));
            entries.extend(visits.map(|visit| entry(Index::RequestVisit, visit)));
        }
        entries
    }
}

impl Record for OptOutRecord {
    const TABLE: Table = Table::OptOut;

    fn row_id(&self) -> String {
        self.number_hash.clone()
    }
}

impl Record for BadNumber {
    const TABLE: Table = Table::BadNumber;

    fn row_id(&self) -> String {
        self.number_hash.clone()
    }

    fn entries(&self) -> Vec<Entry> {
        waiting(self.settled, self.at, Self::TABLE, &self.number_hash)
    }
}

impl Record for Event {
    const TABLE: Table = Table::Event;

    fn row_id(&self) -> String {
        number_id(self.no)
    }
}

impl Record for Job {
    const TABLE: Table = Table::Job;

    fn row_id(&self) -> String {
        number_id(self.id)
    }

    fn entries(&self) -> Vec<Entry> {
        if self.done {
            Vec::new()
        } else {
            vec![entry(Index::Work, instant_key(self.due_at.unwrap_or(self.created_at)))]
        }
    }
}

impl Record for Tally {
    const TABLE: Table = Table::Tally;

    fn row_id(&self) -> String {
        let mut id = tally_id(&self.campaign, self.step, "");
        push_date(&mut id, self.day);
        id
    }
}

/// The id of a campaign's counters, or with fewer parts the beginning of such ids.
pub(crate) fn tally_id(campaign: &CampaignId, step: u8, day: &str) -> String {
    let mut id = list_keys::keyed(campaign.as_str());
    push_padded(&mut id, step.into(), 3);
    id.push('|');
    id.push_str(day);
    id
}

impl Record for GatewayPause {
    const TABLE: Table = Table::Pause;

    fn row_id(&self) -> String {
        self.gateway.as_str().into()
    }

    fn entries(&self) -> Vec<Entry> {
        waiting(self.settled, self.since, Self::TABLE, self.gateway.as_str())
    }
}

impl Record for InboundParts {
    const TABLE: Table = Table::Parts;

    fn row_id(&self) -> String {
        self.id.clone()
    }

    fn entries(&self) -> Vec<Entry> {
        vec![entry(Index::Due, instant_key(self.wait_until))]
    }
}

/// The range of a patient's time-ordered index from an instant on.
pub(crate) fn patient_range(patient: &PatientId, from: Timestamp, to: Timestamp) -> (String, String) {
    (timed(patient.as_str(), from), timed(patient.as_str(), to))
}

/// The key of a patient's messages submitted, last, on a local day.
pub(crate) fn patient_day(patient: &PatientId, day: NaiveDate) -> String {
    let mut key = list_keys::keyed(patient.as_str());
    push_date(&mut key, day);
    key
}

/// The range of a number's requests that close after an instant.
pub(crate) fn number_range(number: &str, from: Timestamp) -> (String, String) {
    (timed(number, from), format!("{}}}", part(number)))
}

/// The key, and the end of the range, of exactly one key.
pub(crate) fn exactly(key: &str) -> (String, String) {
    (key.to_owned(), [key, "\0"].concat())
}

/// The range of a number's time-ordered index from an instant on, `to` excluded.
pub(crate) fn number_times(number: &str, from: Timestamp, to: Timestamp) -> (String, String) {
    (timed(number, from), timed(number, to))
}

/// The key of a rule in indexes by rule.
pub(crate) fn rule_key(rule: &CallRuleId) -> String {
    part(rule.as_str()).into_owned()
}

/// The key of a visit in indexes by visit.
pub(crate) fn visit_key(visit: &VisitId) -> String {
    part(visit.as_str()).into_owned()
}

/// The key of a message in indexes by message.
pub(crate) fn message_key(message: MessageId) -> String {
    number_id(message.0)
}
