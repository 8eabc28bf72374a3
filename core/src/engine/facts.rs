//! Facts: each is checked, stored, and decided on.

use super::planning::{campaigns, is_bound, plan, plan_patient, plan_visit};
use super::record::{exactly, patient_range, visit_key};
use super::standing::{goes, stands_for};
use super::surroundings::Surroundings;
use super::tx::Tx;
use super::{EngineError, account, calls, inbound, outreach, reports, requests};
use crate::calendar;
use crate::message::{is_pending, is_underway};
use crate::model::{
    BadNumber, CampaignKind, Confirmation, ConfirmedBy, Consent, ConsentSource, Fact, Happening, MINUTE_MS,
    Message, MessageId, Moved, Origin, Patient, PatientFile, PatientId, Phone, Reason, Refusal, Reply,
    SentElsewhere, Timestamp, UserId, Visit, VisitFile, VisitId, VisitState, Zone,
};
use crate::phone;
use crate::store::{Index, MAX_PAGE, Order};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use serde::{Deserialize, Serialize};

/// The longest identifier a host may give, in bytes.
pub const MAX_ID: usize = 200;
/// The longest name or label a host may give, in bytes.
pub const MAX_TEXT: usize = 500;
/// The greatest revision a host may give: databases and most languages have signed numbers.
const MAX_REVISION: u64 = i64::MAX.unsigned_abs();

/// What became of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "outcome", content = "message", rename_all = "snake_case")]
pub enum Outcome {
    /// It was new, and was decided on.
    Applied,
    /// It was known: an older or equal revision, or seen before.
    Known,
    /// An incoming message was taken in under this number.
    Received(MessageId),
    /// No message of this practice is what the report is about. A report can come before the submission's answer
    /// is stored: tell it again later.
    Unmatched,
}

pub(super) fn apply(tx: &mut Tx<'_>, place: usize, fact: &Fact) -> Result<Outcome, EngineError> {
    if let Some((field, expected)) = fault(fact) {
        return Err(EngineError::Fact { place, field, expected });
    }
    match fact {
        Fact::Patient(patient) => tell_patient(tx, patient),
        Fact::PatientsMerged { from, into } => merge(tx, from, into),
        Fact::Visit(visit) => tell_visit(tx, visit),
        Fact::ConfirmationSet { visit, reply, by } => set_confirmation(tx, place, visit, *reply, by),
        Fact::CallEnded(call) => calls::tell(tx, call),
        Fact::SentElsewhere { visit, kind, at } => sent_elsewhere(tx, place, visit, *kind, *at),
        Fact::AccountTold(state) => account::tell(tx, state),
        Fact::SmsReceived(sms) => inbound::receive(tx, sms),
        Fact::DeliveryReport(report) => reports::apply(tx, report),
    }
}

/// The first field that is out of its range, and what was expected.
fn fault(fact: &Fact) -> Option<(&'static str, &'static str)> {
    const ID: &str = "1 to 200 bytes";
    const TEXT: &str = "at most 500 bytes";
    const REVISION: &str = "at most 9223372036854775807";
    let bad_id = |id: &str| id.is_empty() || id.len() > MAX_ID;
    let long = |text: Option<&str>| text.is_some_and(|text| text.len() > MAX_TEXT);
    match fact {
        Fact::Patient(patient) => {
            let guardian = patient.guardian.as_ref();
            let faults = [
                (bad_id(patient.id.as_str()), "id", ID),
                (patient.revision > MAX_REVISION, "revision", REVISION),
                (
                    patient.birth_date.is_some_and(out_of_calendar),
                    "birth_date",
                    "a day of the years 1 to 9999",
                ),
                (long(Some(patient.first_name.reveal())), "first_name", TEXT),
                (long(Some(patient.last_name.reveal())), "last_name", TEXT),
                (long(patient.vocative.as_ref().map(crate::model::Name::reveal)), "vocative", TEXT),
                (long(patient.phone.as_ref().map(Phone::reveal)), "phone", TEXT),
                (long(guardian.map(|guardian| guardian.phone.reveal())), "guardian.phone", TEXT),
            ];
            first_of(&faults)
        }
        Fact::PatientsMerged { from, into } => first_of(&[
            (bad_id(from.as_str()), "from", ID),
            (bad_id(into.as_str()), "into", ID),
            (from == into, "into", "another card than `from`"),
        ]),
        Fact::Visit(visit) => {
            let room = visit.room.as_ref();
            let faults = [
                (bad_id(visit.id.as_str()), "id", ID),
                (visit.revision > MAX_REVISION, "revision", REVISION),
                (bad_id(visit.patient.as_str()), "patient", ID),
                (out_of_calendar(visit.start.date()), "start", "local time of the years 1 to 9999"),
                (is_leap_second(visit.start), "start", "local time with seconds from 0 to 59"),
                (!(1..=1_440).contains(&visit.duration_min), "duration_min", "1 to 1440 minutes"),
                (long(visit.visit_type.as_deref()), "visit_type", TEXT),
                (long(visit.series.as_deref()), "series", TEXT),
                (long(visit.doctor.as_ref().map(|doctor| doctor.name.reveal())), "doctor.name", TEXT),
                (room.is_some_and(|room| bad_id(room.id.as_str())), "room.id", ID),
                (long(room.map(|room| room.name.as_str())), "room.name", TEXT),
            ];
            first_of(&faults)
        }
        Fact::ConfirmationSet { visit, by, .. } => {
            first_of(&[(bad_id(visit.as_str()), "visit", ID), (bad_id(by.as_str()), "by", ID)])
        }
        Fact::CallEnded(call) => calls::fault(call),
        Fact::SentElsewhere { visit, kind, .. } => first_of(&[
            (bad_id(visit.as_str()), "visit", ID),
            (kind.is_about_patients(), "kind", "a kind of message about visits"),
        ]),
        Fact::AccountTold(state) => account::fault(state),
        Fact::SmsReceived(sms) => inbound::fault(sms),
        Fact::DeliveryReport(report) => {
            let named = report.reference.is_some() || report.provider_id.is_some();
            let part = report.part.is_none_or(|part| (1..=255).contains(&part));
            first_of(&[
                (!named, "provider_id", "the gateway's identifier, or our reference"),
                (!part, "part", "a part from 1 to 255"),
            ])
        }
    }
}

/// Whether a day is none that RFC 3339, databases and other languages can write.
fn out_of_calendar(day: NaiveDate) -> bool {
    !(1..=9_999).contains(&day.year())
}

/// Whether it is the second 60 of a minute, which chrono keeps as more than a second's nanoseconds.
fn is_leap_second(time: NaiveDateTime) -> bool {
    time.nanosecond() >= 1_000_000_000
}

pub(super) fn first_of(
    faults: &[(bool, &'static str, &'static str)],
) -> Option<(&'static str, &'static str)> {
    faults.iter().find(|(faulty, ..)| *faulty).map(|(_, field, expected)| (*field, *expected))
}

fn tell_patient(tx: &mut Tx<'_>, patient: &Patient) -> Result<Outcome, EngineError> {
    let known = tx.get::<PatientFile>(patient.id.as_str())?;
    if known.as_ref().is_some_and(|known| known.patient.revision >= patient.revision) {
        return Ok(Outcome::Known);
    }
    // who was erased and is told anew is a new patient
    let known = known.filter(|known| known.erased_at.is_none());
    let settings = &tx.practice().settings;
    let default_consent = match &known {
        Some(known) => known.default_consent,
        // only a card created while the default is on, so that importing an old archive consents nobody
        None => settings
            .default_consent_since
            .filter(|since| {
                patient.consents.visits.is_none() && patient.created_at.is_some_and(|at| at >= *since)
            })
            .map(|_| Consent { given: true, at: tx.now, source: ConsentSource::Default }),
    };
    let number = contact(patient, &settings.phones);
    if let Ok(number) = &number
        && known.as_ref().is_some_and(|known| {
            (&known.patient.phone, guardians(&known.patient)) != (&patient.phone, guardians(patient))
        })
    {
        let hash = tx.number_hash(number);
        tx.delete::<BadNumber>(&hash)?;
    }
    tx.put(&PatientFile {
        patient: patient.clone(),
        told_at: known.as_ref().map_or(tx.now, |known| known.told_at),
        number,
        default_consent,
        merged_into: known.and_then(|known| known.merged_into),
        erased_at: None,
    })?;
    plan_patient(tx, &patient.id)?;
    Ok(Outcome::Applied)
}

fn guardians(patient: &Patient) -> Option<&Phone> {
    patient.guardian.as_ref().map(|guardian| &guardian.phone)
}

/// The number to send to: the card's, else the guardian's.
pub(super) fn contact(patient: &Patient, policy: &crate::model::PhonePolicy) -> Result<Phone, Reason> {
    let number = typed(patient).ok_or(Refusal::Missing)?;
    Ok(phone::recipient(number.reveal(), policy)?)
}

/// The number on a card, as it was typed.
fn typed(patient: &Patient) -> Option<&Phone> {
    let own = patient.phone.as_ref().filter(|phone| !phone.reveal().trim().is_empty());
    own.or(guardians(patient))
}

/// Whether a card's number is today's, told quickly; it may say no where it is.
pub(super) fn is_still_its_number(file: &PatientFile, policy: &crate::model::PhonePolicy) -> bool {
    let (Ok(known), Some(typed)) = (&file.number, typed(&file.patient)) else { return false };
    phone::still(typed.reveal(), known, policy)
}

fn merge(tx: &mut Tx<'_>, from: &PatientId, into: &PatientId) -> Result<Outcome, EngineError> {
    let Some(mut ended) = tx.get::<PatientFile>(from.as_str())? else { return Ok(Outcome::Known) };
    let into = &survivor(tx, into.clone())?;
    let stands = tx.get::<PatientFile>(into.as_str())?.is_some_and(|file| file.erased_at.is_none());
    if ended.merged_into.is_some() || from == into || !stands {
        return Ok(Outcome::Known);
    }
    ended.merged_into = Some(into.clone());
    tx.put(&ended)?;
    let all = patient_range(from, Timestamp::from_ms(0), Timestamp::MAX);
    for mut visit in tx.scan::<VisitFile>(Index::VisitPatient, all.clone(), MAX_PAGE, Order::Descending)? {
        visit.visit.patient = into.clone();
        tx.put(&visit)?;
    }
    for mut message in tx.scan::<Message>(Index::MessagePatient, all, MAX_PAGE, Order::Descending)? {
        message.patient = Some(into.clone());
        tx.put(&message)?;
    }
    plan_patient(tx, into)?;
    Ok(Outcome::Applied)
}

/// The card that a card's visits belong to: itself, or the one it was merged into, which may have been merged too.
pub(super) fn survivor(tx: &mut Tx<'_>, mut id: PatientId) -> Result<PatientId, EngineError> {
    // a card is merged only into one that stands, so this ends
    while let Some(into) = tx.get::<PatientFile>(id.as_str())?.and_then(|file| file.merged_into) {
        id = into;
    }
    Ok(id)
}

fn tell_visit(tx: &mut Tx<'_>, visit: &Visit) -> Result<Outcome, EngineError> {
    let known = tx.get::<VisitFile>(visit.id.as_str())?;
    if known.as_ref().is_some_and(|known| known.visit.revision >= visit.revision) {
        return Ok(Outcome::Known);
    }
    let mut visit = visit.clone();
    visit.patient = survivor(tx, visit.patient)?;
    if tx.get::<PatientFile>(visit.patient.as_str())?.is_some_and(|file| file.erased_at.is_some()) {
        return Ok(Outcome::Known); // nothing is kept of an erased patient until a newer card is told
    }
    let zone = visit.zone.unwrap_or(tx.practice().zone);
    let told_at = known.as_ref().map_or(tx.now, |known| known.told_at);
    let mut file = file_of(visit, zone, told_at, tx.now);
    let took_place = |visit: &Visit| visit.state == VisitState::TookPlace;
    // which of the patient's visits is the first
    let first_changed =
        known.as_ref().is_some_and(|known| took_place(&known.visit)) != took_place(&file.visit);
    let patient_before = known.as_ref().map(|known| known.visit.patient.clone());
    // those that shared a day or a series with the visit as it was
    let mut left_behind = Vec::new();
    if let Some(known) = known {
        let around = Surroundings::load(tx, known.clone())?;
        left_behind = around.same_day.into_iter().chain(around.series).collect();
        carry_over(tx, &mut file, known)?;
    }
    tx.put(&file)?;
    requests::visit_changed(tx, &file)?;
    if file.off_at == Some(tx.now) {
        recall(tx, &file)?;
    }
    plan_visit(tx, &file)?;
    if !left_behind.is_empty() {
        let campaigns = campaigns(tx)?;
        for sibling in left_behind {
            let around = Surroundings::load(tx, sibling)?;
            plan(tx, &campaigns, &around)?;
        }
    }
    if first_changed {
        plan_patient(tx, &file.visit.patient)?;
    } else {
        outreach::plan_patient(tx, &file.visit.patient)?;
    }
    if let Some(before) = patient_before.filter(|before| *before != file.visit.patient) {
        outreach::plan_patient(tx, &before)?;
    }
    Ok(Outcome::Applied)
}

/// A visit as the host tells it, with nothing that the engine knows beyond that.
pub(super) fn file_of(visit: Visit, zone: Zone, told_at: Timestamp, now: Timestamp) -> VisitFile {
    let starts_at = calendar::resolve(zone, visit.start);
    VisitFile {
        starts_at,
        ends_at: starts_at.plus_ms(i64::from(visit.duration_min) * MINUTE_MS),
        booked_at: visit.booked_at.unwrap_or(told_at),
        given_at: None,
        told_at,
        moved: None,
        off_at: visit.state.is_off().then_some(now),
        confirmation: None,
        manual_reminders: Vec::new(),
        sent_elsewhere: Vec::new(),
        visit,
    }
}

/// What the engine knows of a visit beyond what the host tells, after a change.
fn carry_over(tx: &mut Tx<'_>, file: &mut VisitFile, known: VisitFile) -> Result<(), EngineError> {
    let tolerance = i64::from(tx.practice().settings.move_tolerance_min) * MINUTE_MS;
    if file.off_at.is_some() {
        file.off_at = known.off_at.or(file.off_at);
    }
    file.moved = known.moved.clone();
    file.manual_reminders = known.manual_reminders;
    file.sent_elsewhere = known.sent_elsewhere;
    let taken_away = !same_number(tx, &known.visit.patient, &file.visit.patient)?;
    file.given_at = if taken_away { Some(tx.now) } else { known.given_at };
    file.booked_at = file.given_at.map_or(file.booked_at, |given_at| file.booked_at.max(given_at));
    if taken_away || file.starts_at != known.starts_at {
        let messages = messages_of(tx, &file.visit.id)?;
        let now = Surroundings::load(tx, file.clone())?;
        let stand = |message: &&Message| {
            let by_hand = matches!(message.origin, Origin::ManualReminder { .. });
            by_hand && goes(message) && stands_for(message, &now)
        };
        file.manual_reminders = messages.iter().filter(stand).map(|message| message.id).collect();
        // where the visit moved from, as the patient knows it: a time nobody was told of does not count
        let told = messages.iter().any(|message| {
            is_bound(message) && message.subjects.iter().any(|subject| subject.starts_at == known.starts_at)
        });
        let from = match known.moved {
            Some(moved) if !told => moved.from,
            _ => known.starts_at,
        };
        file.moved = (from != file.starts_at && !taken_away).then_some(Moved { from, at: tx.now });
    }
    if taken_away {
        requests::taken_away(tx, &file.visit.id)?;
    }
    if let Some(confirmation) = known.confirmation {
        let theirs = !taken_away || matches!(confirmation.by, ConfirmedBy::Staff(_));
        let holds = theirs && confirmation.starts_at.since_ms(file.starts_at).abs() <= tolerance;
        if holds && file.off_at.is_none() {
            file.confirmation = Some(confirmation);
        } else {
            tx.event(Happening::ConfirmationVoid { visit: file.visit.id.clone() })?;
        }
    }
    Ok(())
}

/// Whether two cards are one, or have one number: then whoever answered for the one answers for the other.
pub(super) fn same_number(tx: &mut Tx<'_>, one: &PatientId, other: &PatientId) -> Result<bool, EngineError> {
    if one == other {
        return Ok(true);
    }
    let mut number = |card: &PatientId| -> Result<Option<Phone>, EngineError> {
        Ok(tx.look_at::<PatientFile>(card.as_str())?.and_then(|file| file.number.clone().ok()))
    };
    let number_of_one = number(one)?;
    Ok(number_of_one.is_some() && number_of_one == number(other)?)
}

pub(super) fn messages_of(tx: &mut Tx<'_>, visit: &VisitId) -> Result<Vec<Message>, EngineError> {
    tx.scan(Index::MessageVisit, exactly(&visit_key(visit)), MAX_PAGE, Order::Ascending)
}

/// Messages about a called-off visit that a gateway already has are marked: the dispatcher tries to take them back
/// where the gateway can.
fn recall(tx: &mut Tx<'_>, file: &VisitFile) -> Result<(), EngineError> {
    for mut message in messages_of(tx, &file.visit.id)? {
        let about_coming = matches!(
            message.origin,
            Origin::Campaign {
                kind: CampaignKind::Booking | CampaignKind::Reminder | CampaignKind::Rescheduled,
                ..
            } | Origin::ManualReminder { .. }
        );
        if about_coming
            && is_underway(message.status)
            && !message.may_still_arrive
            && !is_pending(message.status)
        {
            message.may_still_arrive = true;
            if message.report_due.is_some() {
                message.report_due = Some(tx.now);
            }
            tx.put(&message)?;
        }
    }
    Ok(())
}

fn set_confirmation(
    tx: &mut Tx<'_>,
    place: usize,
    visit: &VisitId,
    reply: Reply,
    by: &UserId,
) -> Result<Outcome, EngineError> {
    let Some(mut file) = tx.get::<VisitFile>(visit.as_str())? else {
        return Err(EngineError::Fact { place, field: "visit", expected: "a visit that was told before" });
    };
    let by = ConfirmedBy::Staff(by.clone());
    let same =
        |known: &Confirmation| known.reply == reply && known.by == by && known.starts_at == file.starts_at;
    // a called-off visit has nothing to confirm: a journal told again must not bring an ended answer back
    if file.visit.state.is_off() || file.confirmation.as_ref().is_some_and(same) {
        return Ok(Outcome::Known);
    }
    file.confirmation = Some(Confirmation { reply, starts_at: file.starts_at, at: tx.now, by });
    tx.put(&file)?;
    Ok(Outcome::Applied)
}

/// What another system sent about a visit is kept with its start: a visit that moves is another occasion.
fn sent_elsewhere(
    tx: &mut Tx<'_>,
    place: usize,
    visit: &VisitId,
    kind: CampaignKind,
    at: Timestamp,
) -> Result<Outcome, EngineError> {
    let Some(mut file) = tx.get::<VisitFile>(visit.as_str())? else {
        return Err(EngineError::Fact { place, field: "visit", expected: "a visit that was told before" });
    };
    let sent = SentElsewhere { kind, starts_at: file.starts_at, at };
    if file.sent_elsewhere.contains(&sent) {
        return Ok(Outcome::Known);
    }
    file.sent_elsewhere.push(sent);
    tx.put(&file)?;
    plan_visit(tx, &file)?;
    Ok(Outcome::Applied)
}

/// Whether a visit still stands and can be confirmed.
pub(super) fn can_be_answered(file: &VisitFile) -> bool {
    matches!(file.visit.state, VisitState::Booked | VisitState::Arrived)
}
