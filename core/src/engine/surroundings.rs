//! What there is around a visit, read from the store: what the rules of the room `campaign` look at.

use super::EngineError;
use super::person::Card;
use super::record::{exactly, patient_range, series_key};
use super::tx::Tx;
use crate::calendar;
use crate::campaign::Scene;
use crate::model::{
    BadNumber, Campaign, MINUTE_MS, Message, OptOutRecord, PatientFile, Practice, Timestamp, VisitFile,
    VisitState,
};
use crate::store::{Index, Order};
use std::rc::Rc;

/// The most visits of one patient on one day, or of one series.
const MAX_SIBLINGS: u32 = 100;

/// What planning loads around a visit; [`Scene`] borrows from it.
pub(super) struct Surroundings {
    pub practice: Rc<Practice>,
    pub visit: Rc<VisitFile>,
    pub patient: Option<Rc<PatientFile>>,
    pub opt_out: Option<OptOutRecord>,
    pub bad_number: Option<BadNumber>,
    pub first_visit: bool,
    pub same_day: Vec<VisitFile>,
    pub series: Vec<VisitFile>,
}

/// Where the visits around a visit are found: parts of indexes.
pub(super) struct Near {
    /// Earlier visits that took place; absent where nobody has to look.
    pub took_place: Option<(String, String)>,
    /// Its patient's visits of the same local day, itself included.
    pub same_day: (String, String),
    /// What was booked with it, itself included.
    pub series: (String, String),
}

impl Near {
    pub(super) fn of(practice: &Practice, visit: &VisitFile) -> Self {
        let zone = practice.zone;
        let day = calendar::local_date(zone, visit.starts_at);
        let midnight =
            |date: chrono::NaiveDate| calendar::resolve(zone, date.and_time(chrono::NaiveTime::MIN));
        let next = day.succ_opt().unwrap_or(day);
        Self {
            took_place: took_place_before(visit),
            same_day: patient_range(&visit.visit.patient, midnight(day), midnight(next)),
            series: exactly(&series_key(visit)),
        }
    }
}

/// Where earlier visits of its patient that took place are found, unless the host tells whether it is the first.
fn took_place_before(visit: &VisitFile) -> Option<(String, String)> {
    let before = || patient_range(&visit.visit.patient, Timestamp::from_ms(0), visit.starts_at);
    visit.visit.first_visit.is_none().then(before)
}

/// Whether the text of a campaign's messages depends on whether a visit is the first.
pub(super) fn tells_first_visits(campaign: &Campaign) -> bool {
    campaign.spec.bodies.first_visit.is_some()
}

/// Whether no earlier visit of its patient took place.
pub(super) fn is_first_visit(tx: &mut Tx<'_>, visit: &VisitFile) -> Result<bool, EngineError> {
    let Some(earlier) = took_place_before(visit) else {
        return Ok(visit.visit.first_visit.unwrap_or_default());
    };
    Ok(tx.scan::<VisitFile>(Index::VisitTookPlace, earlier, 1, Order::Ascending)?.is_empty())
}

impl Surroundings {
    pub(super) fn load(tx: &mut Tx<'_>, visit: impl Into<Rc<VisitFile>>) -> Result<Self, EngineError> {
        let visit = visit.into();
        let practice = tx.practice().clone();
        let Card { patient, opt_out, bad_number } = Card::load(tx, &visit.visit.patient)?;
        let first_visit = is_first_visit(tx, &visit)?;
        let near = Near::of(&practice, &visit);
        let mut same_day =
            tx.scan::<VisitFile>(Index::VisitPatient, near.same_day, MAX_SIBLINGS, Order::Ascending)?;
        let stands = |state: VisitState| !state.is_off() && state != VisitState::NoShow;
        same_day.retain(|other| other.visit.id != visit.visit.id && stands(other.visit.state));
        let mut series =
            tx.scan::<VisitFile>(Index::VisitSeries, near.series, MAX_SIBLINGS, Order::Ascending)?;
        series.retain(|other| other.visit.id != visit.visit.id);
        Ok(Self { practice, visit, patient, opt_out, bad_number, first_visit, same_day, series })
    }

    /// What a message is looked at with before it goes: who may be told, and what its text says. The visits around it were of
    /// interest to planning alone, and are left out.
    pub(super) fn to_send(
        tx: &mut Tx<'_>,
        visit: Rc<VisitFile>,
        campaign: Option<&Campaign>,
    ) -> Result<Self, EngineError> {
        let practice = tx.practice().clone();
        let Card { patient, opt_out, bad_number } = Card::load(tx, &visit.visit.patient)?;
        let first_visit = campaign.is_some_and(tells_first_visits) && is_first_visit(tx, &visit)?;
        let (same_day, series) = (Vec::new(), Vec::new());
        Ok(Self { practice, visit, patient, opt_out, bad_number, first_visit, same_day, series })
    }

    /// The start of this visit that a message is about.
    pub(super) fn start_in(&self, message: &Message) -> Option<Timestamp> {
        let subject = message.subjects.iter().find(|subject| subject.visit == self.visit.visit.id)?;
        Some(subject.starts_at)
    }

    /// Whether a message is about this visit as it stands, within the tolerance.
    pub(super) fn is_about(&self, message: &Message) -> bool {
        let tolerance = i64::from(self.practice.settings.move_tolerance_min) * MINUTE_MS;
        self.start_in(message).is_some_and(|start| start.since_ms(self.visit.starts_at).abs() <= tolerance)
    }

    pub(super) fn scene(&self, now: Timestamp) -> Scene<'_> {
        Scene {
            now,
            practice: &self.practice,
            visit: &self.visit,
            patient: self.patient.as_deref(),
            opt_out: self.opt_out.as_ref(),
            bad_number: self.bad_number.is_some(),
            first_visit: self.first_visit,
            same_day: &self.same_day,
            series: &self.series,
        }
    }
}
