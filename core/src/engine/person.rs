//! What there is around a patient, read from the store: what the rules of campaigns about patients look at.

use super::EngineError;
use super::facts::{contact, is_still_its_number};
use super::record::patient_range;
use super::tx::Tx;
use crate::calendar;
use crate::campaign::{PersonScene, Recipient, matches};
use crate::model::{
    BadNumber, Campaign, DayRange, OptOutRecord, PatientFile, PatientId, Practice, Timestamp, Timing,
    VisitFile, VisitId, VisitState,
};
use crate::store::{Index, MAX_PAGE, Order};
use chrono::NaiveTime;
use std::rc::Rc;

/// The most visits of one patient that a recall looks back over.
const MAX_BACK: u32 = 200;

/// A card, and all that can bar a message to it.
#[derive(Default)]
pub(super) struct Card {
    pub patient: Option<Rc<PatientFile>>,
    pub opt_out: Option<OptOutRecord>,
    pub bad_number: Option<BadNumber>,
}

impl Card {
    pub(super) fn load(tx: &mut Tx<'_>, id: &PatientId) -> Result<Self, EngineError> {
        let practice = tx.practice().clone();
        let Some(mut file) = tx.look_at::<PatientFile>(id.as_str())? else { return Ok(Self::default()) };
        // the allowed prefixes may be others than when the card was told
        let policy = &practice.settings.phones;
        if file.erased_at.is_none() && !is_still_its_number(&file, policy) {
            let number = contact(&file.patient, policy);
            if file.number != number {
                let told_anew = PatientFile { number, ..PatientFile::clone(&file) };
                tx.put(&told_anew)?;
                file = Rc::new(told_anew);
            }
        }
        let hash = file.number.as_ref().ok().map(|number| tx.number_hash(number));
        let (opt_out, bad_number) = match &hash {
            Some(hash) => (tx.get::<OptOutRecord>(hash)?, tx.get::<BadNumber>(hash)?),
            None => (None, None),
        };
        Ok(Self { patient: Some(file), opt_out, bad_number })
    }

    /// The same as rules look at it.
    pub(super) fn recipient<'a>(&'a self, practice: &'a Practice) -> Recipient<'a> {
        Recipient {
            practice,
            patient: self.patient.as_deref(),
            opt_out: self.opt_out.as_ref(),
            bad_number: self.bad_number.is_some(),
        }
    }
}

/// What planning loads around a patient; [`PersonScene`] borrows from it.
pub(super) struct Person {
    pub practice: Rc<Practice>,
    pub id: PatientId,
    pub card: Card,
    last: Option<VisitFile>,
    booked: Option<VisitId>,
    in_audience: bool,
}

impl Person {
    /// What a campaign looks at for a patient.
    pub(super) fn load(tx: &mut Tx<'_>, campaign: &Campaign, id: &PatientId) -> Result<Self, EngineError> {
        let practice = tx.practice().clone();
        let card = Card::load(tx, id)?;
        let mut person =
            Self { practice, id: id.clone(), card, last: None, booked: None, in_audience: false };
        match &campaign.spec.timing {
            Timing::Recall { .. } => {
                person.last = last_visit(tx, campaign, id)?;
                person.booked = booked_visit(tx, id)?;
            }
            Timing::Broadcast { audience, .. } => {
                person.in_audience = match audience.visits {
                    None => true,
                    Some(days) => has_visit(tx, campaign, id, days)?,
                };
            }
            _ => {}
        }
        Ok(person)
    }

    pub(super) fn scene(&self, now: Timestamp) -> PersonScene<'_> {
        PersonScene {
            now,
            recipient: self.card.recipient(&self.practice),
            last: self.last.as_ref(),
            booked: self.booked.as_ref(),
            in_audience: self.in_audience,
        }
    }
}

/// The span of time of local days, the last one included.
pub(super) fn days_span(practice: &Practice, days: DayRange) -> (Timestamp, Timestamp) {
    let midnight = |day: chrono::NaiveDate| calendar::resolve(practice.zone, day.and_time(NaiveTime::MIN));
    (midnight(days.from), midnight(days.to.succ_opt().unwrap_or(days.to)))
}

/// The last of a patient's visits that took place and that the campaign's filters match.
fn last_visit(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    id: &PatientId,
) -> Result<Option<VisitFile>, EngineError> {
    let all = patient_range(id, Timestamp::from_ms(0), Timestamp::MAX);
    let first = tx.scan::<VisitFile>(Index::VisitTookPlace, all.clone(), 1, Order::Ascending)?.pop();
    let Some(first) = first else { return Ok(None) };
    let visits = tx.scan::<VisitFile>(Index::VisitTookPlace, all, MAX_BACK, Order::Descending)?;
    let is_first = |visit: &VisitFile| visit.visit.first_visit.unwrap_or(visit.visit.id == first.visit.id);
    Ok(visits.into_iter().find(|visit| matches(&campaign.spec.filters, visit, is_first(visit))))
}

/// The first of a patient's visits that is booked from now on.
fn booked_visit(tx: &mut Tx<'_>, id: &PatientId) -> Result<Option<VisitId>, EngineError> {
    let ahead = patient_range(id, tx.now, Timestamp::MAX);
    let visits = tx.scan::<VisitFile>(Index::VisitPatient, ahead, MAX_PAGE, Order::Ascending)?;
    let booked = visits.into_iter().find(|file| file.visit.state == VisitState::Booked);
    Ok(booked.map(|file| file.visit.id))
}

/// Whether a patient has a visit in these days that stands and that the campaign's filters match.
fn has_visit(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    id: &PatientId,
    days: DayRange,
) -> Result<bool, EngineError> {
    let (from, to) = days_span(tx.practice(), days);
    let range = patient_range(id, from, to);
    for visit in tx.scan::<VisitFile>(Index::VisitPatient, range, MAX_PAGE, Order::Ascending)? {
        let first = super::surroundings::is_first_visit(tx, &visit)?;
        if !visit.visit.state.is_off() && matches(&campaign.spec.filters, &visit, first) {
            return Ok(true);
        }
    }
    Ok(false)
}
