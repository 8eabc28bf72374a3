//! What a unit of work will ask the store for one by one, asked for at once: over a network a hundred small questions
//! take a hundred times as long as one that holds them all.
//!
//! Nothing depends on this file but the number of calls: what is forgotten here is asked for when it is needed.

use super::EngineError;
use super::facts::file_of;
use super::look::submitted_today;
use super::outreach::of_patient;
use super::planning::campaigns;
use super::record::{Record, call_key, exactly, message_key, number_id, visit_key};
use super::surroundings::{Near, tells_first_visits};
use super::tx::Tx;
use crate::model::{
    Account, BadNumber, CallFile, CallRule, Campaign, Fact, GatewayId, GatewayPause, Message, MessageId,
    OptOutRecord, Origin, PatientFile, PatientId, Phone, Request, VisitFile, VisitId,
};
use crate::store::{Index, MAX_PAGE, Order, RowKey, Scan};

fn row<R: Record>(id: &str) -> RowKey {
    RowKey { table: R::TABLE, id: id.to_owned() }
}

fn scan(index: Index, (from, to): (String, String), limit: u32, order: Order) -> Scan {
    Scan { index, from, to, limit, order }
}

/// For facts that are to be applied.
pub(super) fn facts(tx: &mut Tx<'_>, facts: &[Fact]) -> Result<(), EngineError> {
    let mut rows = Vec::new();
    for fact in facts {
        match fact {
            Fact::Patient(patient) => rows.push(row::<PatientFile>(patient.id.as_str())),
            Fact::Visit(visit) => {
                rows.push(row::<VisitFile>(visit.id.as_str()));
                rows.push(row::<PatientFile>(visit.patient.as_str()));
            }
            _ => {}
        }
    }
    if rows.is_empty() {
        return Ok(()); // the others ask little
    }
    tx.foresee_rows(rows)?;
    let campaigns = campaigns(tx)?;
    let (mut numbers, mut scans) = (Vec::new(), Vec::new());
    for fact in facts {
        match fact {
            Fact::Patient(patient) => {
                numbers.extend(super::facts::contact(patient, &tx.practice().settings.phones));
                scans.push(scan(
                    Index::VisitPatient,
                    super::planning::of_patient(tx, &patient.id),
                    MAX_PAGE,
                    Order::Ascending,
                ));
                of_patient_scans(&campaigns, &patient.id, &mut scans);
            }
            Fact::Visit(visit) => {
                let known = tx.get::<VisitFile>(visit.id.as_str())?;
                let told_at = known.as_ref().map_or(tx.now, |known| known.told_at);
                let zone = visit.zone.unwrap_or(tx.practice().zone);
                let file = file_of(visit.clone(), zone, told_at, tx.now);
                let card = tx.get::<PatientFile>(visit.patient.as_str())?;
                numbers.extend(card.and_then(|card| card.number.ok()));
                known.iter().chain([&file]).for_each(|file| near(tx, file, &mut scans));
                scans.push(messages_of(&visit.id));
                of_patient_scans(&campaigns, &visit.patient, &mut scans);
            }
            _ => {}
        }
    }
    barred(tx, &numbers)?;
    tx.foresee_scans(scans)
}

fn of_patient_scans(campaigns: &[Campaign], patient: &PatientId, scans: &mut Vec<Scan>) {
    for campaign in campaigns.iter().filter(|campaign| campaign.spec.timing.kind().is_about_patients()) {
        scans.push(scan(Index::MessageOccasion, of_patient(campaign, patient), MAX_PAGE, Order::Descending));
    }
}

/// For what bars messages to numbers.
fn barred(tx: &mut Tx<'_>, numbers: &[Phone]) -> Result<(), EngineError> {
    let hashes = numbers.iter().map(|number| tx.number_hash(number));
    let rows = hashes.flat_map(|hash| [row::<OptOutRecord>(&hash), row::<BadNumber>(&hash)]).collect();
    tx.foresee_rows(rows)
}

/// For what there is around a visit.
fn near(tx: &Tx<'_>, file: &VisitFile, scans: &mut Vec<Scan>) {
    let Near { took_place, same_day, series } = Near::of(tx.practice(), file);
    scans.extend(took_place.map(|range| scan(Index::VisitTookPlace, range, 1, Order::Ascending)));
    scans.push(scan(Index::VisitPatient, same_day, MAX_PAGE, Order::Ascending));
    scans.push(scan(Index::VisitSeries, series, MAX_PAGE, Order::Ascending));
    scans.push(requests_of(&file.visit.id));
}

fn messages_of(visit: &VisitId) -> Scan {
    scan(Index::MessageVisit, exactly(&visit_key(visit)), MAX_PAGE, Order::Ascending)
}

fn requests_of(visit: &VisitId) -> Scan {
    scan(Index::RequestVisit, exactly(&visit_key(visit)), MAX_PAGE, Order::Descending)
}

/// For a queue that is read once for each kind of what stands in it.
pub(super) fn queue(tx: &mut Tx<'_>, until: &(String, String), limit: u32) -> Result<(), EngineError> {
    tx.foresee_scans(vec![scan(Index::Due, until.clone(), limit, Order::Ascending)])
}

/// For messages that a gateway answered for.
pub(super) fn answered(
    tx: &mut Tx<'_>,
    messages: impl Iterator<Item = MessageId>,
) -> Result<(), EngineError> {
    tx.foresee_rows(messages.map(|id| row::<Message>(&message_key(id))).collect())
}

/// For messages that are to be prepared.
pub(super) fn prepared(
    tx: &mut Tx<'_>,
    claimed: &[(MessageId, u64)],
    gateways: &[GatewayId],
) -> Result<(), EngineError> {
    answered(tx, claimed.iter().map(|(id, _)| *id))?;
    let mut messages = Vec::new();
    let mut rows = Vec::new();
    for gateway in gateways {
        rows.extend([row::<GatewayPause>(gateway.as_str()), row::<Account>(gateway.as_str())]);
    }
    for (id, _) in claimed {
        let Some(message) = tx.look_at::<Message>(&message_key(*id))? else { continue };
        rows.extend(message.origin.campaign().map(|campaign| row::<Campaign>(campaign.as_str())));
        if let Origin::AfterCall { rule, system, call, .. } = &message.origin {
            rows.push(row::<CallRule>(rule.as_str()));
            rows.push(row::<CallFile>(&call_key(system, call)));
        }
        rows.extend(message.subjects.iter().map(|subject| row::<VisitFile>(subject.visit.as_str())));
        if message.expects_reply {
            rows.push(row::<Request>(&number_id(message.id.0)));
        }
        rows.extend(message.patient.iter().map(|patient| row::<PatientFile>(patient.as_str())));
        messages.push(message);
    }
    tx.foresee_rows(rows)?;
    let (mut scans, mut numbers) = (Vec::new(), Vec::new());
    for message in &messages {
        numbers.extend(message.number.clone());
        for subject in &message.subjects {
            if message.expects_reply {
                scans.push(requests_of(&subject.visit));
            }
        }
        if let (Some(first), Some(campaign)) = (message.subjects.first(), message.origin.campaign())
            && tx.look_at::<Campaign>(campaign.as_str())?.is_some_and(|it| tells_first_visits(&it))
            && let Some(file) = tx.look_at::<VisitFile>(first.visit.as_str())?
        {
            let earlier = Near::of(tx.practice(), &file).took_place;
            scans.extend(earlier.map(|range| scan(Index::VisitTookPlace, range, 1, Order::Ascending)));
        }
        let today = submitted_today(tx, message);
        scans.extend(today.map(|range| scan(Index::MessageSubmitted, range, MAX_PAGE, Order::Ascending)));
    }
    barred(tx, &numbers)?;
    tx.foresee_scans(scans)
}
