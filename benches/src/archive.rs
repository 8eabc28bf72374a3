//! A practice's messages of a year, written straight into a store as the engine would have: many in seconds, for lists.
//!
//! However many there are, they are of the same campaigns and days, each patient has as many, and as many are unread,
//! have failed on the last days, or hold the rare word: a question has the same answer at every size.

use crate::{PRACTICE, campaigns, number, practice, spread, told_patient};
use chrono::{Days, NaiveDate};
use depesza::engine::{Engine, stored_message, stored_patient, stored_tally};
use depesza::model::{
    Answer, Body, CampaignId, DAY_MS, Direction, Fact, Message, MessageId, Name, Origin, PatientFile,
    PatientId, Permission, Phone, Practice, PracticeId, Reason, Reply, ReplyEffect, ReplyPolicy, Status,
    Tally, Timestamp, User,
};
use depesza::store::{Commit, Store, Write};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The days of the year.
pub const DAYS: u64 = 365;
/// The messages of a patient.
pub const PATIENT_MESSAGES: u64 = 12;
/// Messages that hold the rare word, and those that nobody has read.
const FEW: u64 = 500;
/// Rows of one commit.
const ROWS: usize = 5_000;
/// The number of the first message: far above those that the engine gives.
const FIRST_NUMBER: u64 = 1_000_000_000;
const FIRST_NAMES: [&str; 8] = ["Anna", "Jan", "Małgorzata", "Piotr", "Łucja", "Zofia", "Tomasz", "Ewa"];
const ROOTS: [&str; 12] = [
    "Kowal", "Nowak", "Wiśniew", "Wójc", "Kamiń", "Lewandow", "Zieliń", "Szymań", "Woźniak", "Dąbrow",
    "Kozł", "Jankow",
];
const ENDS: [&str; 5] = ["ska", "czyk", "ewicz", "ik", "owa"];

/// A year of so many messages.
#[derive(Clone, Copy, Debug)]
pub struct Archive {
    /// How many.
    pub messages: u64,
}

impl Archive {
    /// How many patients it has.
    #[must_use]
    pub fn patients(self) -> u64 {
        self.messages / PATIENT_MESSAGES
    }

    /// A patient's identifier.
    #[must_use]
    pub fn patient(self, patient: u64) -> PatientId {
        PatientId::new(format!("p-{:012x}", spread(patient % self.patients())))
    }

    /// A patient's number as typed.
    #[must_use]
    pub fn number(self, patient: u64) -> Phone {
        number(patient % self.patients())
    }

    /// When the year ends.
    #[must_use]
    pub fn end(self) -> Timestamp {
        at(DAYS)
    }

    /// Writes it into an empty store.
    ///
    /// # Panics
    /// When the store refuses it.
    pub fn fill(self, store: &Arc<dyn Store>) {
        self.fill_practice(store, &PRACTICE.into());
    }

    /// Writes it under a practice that is not there yet.
    ///
    /// # Panics
    /// When the store refuses it.
    pub fn fill_practice(self, store: &Arc<dyn Store>, id: &PracticeId) {
        let engine = Engine::new(store.clone(), Vec::new());
        engine.open_practice(&Practice { id: id.clone(), ..practice() }, at(0)).unwrap();
        let clinic = engine.practice(id.clone());
        let desk = clinic.as_user(User::new("desk", Permission::CLINIC));
        for (campaign, spec) in campaigns() {
            desk.create_campaign(campaign.into(), spec, at(0)).unwrap();
        }
        let mut writes = Vec::new();
        let mut put = |write: Option<Write>| {
            let full = write.is_none() || writes.len() >= ROWS;
            writes.extend(write);
            if full {
                let version = store.version(id).unwrap();
                let writes = std::mem::take(&mut writes);
                store.commit(&Commit { practice: id.clone(), version, writes }).unwrap();
            }
        };
        for patient in 0..self.patients() {
            put(Some(stored_patient(&card(patient)).unwrap()));
        }
        let (names, template) = (campaigns(), template());
        let mut tallies: BTreeMap<(usize, u64), Tally> = BTreeMap::new();
        for no in 0..self.messages {
            let message = self.message(id, no, &template);
            put(Some(stored_message(&message).unwrap()));
            let campaign = usize::try_from(no % 5).unwrap();
            let day = no * DAYS / self.messages;
            let name = CampaignId::new(names.get(campaign).unwrap().0);
            let empty = || Tally::empty(name, 0, date(day));
            let tally = tallies.entry((campaign, day)).or_insert_with(empty);
            *tally.statuses.entry(message.status).or_default() += 1;
        }
        for tally in tallies.values() {
            put(Some(stored_tally(tally).unwrap()));
        }
        put(None);
    }

    fn message(self, id: &PracticeId, no: u64, template: &Message) -> Message {
        let mut message = template.clone();
        let patient = spread(no) % self.patients();
        let every = |share: u64| no.is_multiple_of((self.messages / share).max(1));
        let at =
            Timestamp::from_ms(at(0).ms() + i64::try_from(no * DAYS * 86_400_000 / self.messages).unwrap());
        message.id = MessageId(FIRST_NUMBER + no);
        message.patient = Some(self.patient(patient));
        message.number = Some(Phone::new(format!("+48{}", number(patient).reveal())));
        message.submitted_at = Some(at);
        message.due_at = at;
        message.day = date(no * DAYS / self.messages);
        message.reference = Some(format!("{id}-{no}"));
        if no % 10 == 7 {
            message.direction = Direction::Incoming;
            message.origin = Origin::Chat { by: None };
            message.status = Status::Received;
            message.received_at = Some(at);
            message.read = no + 10 * FEW < self.messages;
            let effect = ReplyEffect::Noted;
            message.answer = Some(Answer {
                reply: Reply::Other,
                policy: ReplyPolicy::default(),
                effect,
                visits: Vec::new(),
            });
            message.body = Some(Body::new("Dziękuję, będę na pewno"));
            return message;
        }
        let kinds = campaigns();
        let (campaign, spec) = kinds.get(usize::try_from(no % 5).unwrap()).unwrap();
        let kind = spec.timing.kind();
        message.origin = Origin::Campaign { campaign: CampaignId::new(*campaign), kind, step: 0, version: 1 };
        if every(FEW) {
            message.status = Status::Failed;
        } else if no % 10 == 3 {
            message.status = Status::Skipped;
            message.reason = Some(Reason::NoNumber {});
            message.body = None;
            return message;
        }
        let rare = if every(FEW) { " Parking: hipopotam" } else { "" };
        message.body = Some(Body::new(format!(
            "Anno, przypominamy o wizycie {}.{}.2026 o {}:30. Odpisz TAK lub NIE.{rare}",
            no % 28 + 1,
            no % 12 + 1,
            no % 10 + 8
        )));
        message
    }
}

fn date(day: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2025, 11, 20).unwrap_or_default();
    first.checked_add_days(Days::new(day)).unwrap_or_default()
}

fn at(day: u64) -> Timestamp {
    let start: Timestamp = "2025-11-20T08:00:00Z".parse().unwrap();
    start.plus_ms(i64::try_from(day).unwrap() * DAY_MS)
}

fn card(no: u64) -> PatientFile {
    let mut patient = match told_patient(no) {
        Fact::Patient(patient) => Some(patient),
        _ => None,
    }
    .unwrap();
    let pick = |list: &[&'static str], by: u64| *list.get(usize::try_from(by).unwrap() % list.len()).unwrap();
    let mixed = spread(no);
    patient.first_name = Name::new(pick(&FIRST_NAMES, mixed));
    patient.last_name = Name::new(format!("{}{}", pick(&ROOTS, mixed / 8), pick(&ENDS, mixed / 96)));
    let number = Ok(Phone::new(format!("+48{}", number(no).reveal())));
    PatientFile { patient, told_at: at(0), number, default_consent: None, merged_into: None, erased_at: None }
}

/// What all messages have in common.
fn template() -> Message {
    serde_json::from_value(json!({
        "id": 1, "direction": "outgoing", "source": "chat", "status": "delivered", "parts": 1, "cost_milli": 90,
        "encoding": "GSM-7", "created_at": "2025-11-20T08:00:00Z", "planned_at": "2025-11-20T08:00:00Z",
        "due_at": "2025-11-20T08:00:00Z", "use_by": "2026-11-20T08:00:00Z", "day": "2025-11-20",
        "sender": "48500100200", "gateway": "sink", "attempts": 1,
    }))
    .unwrap()
}
