//! What there is to see around one visit, and which campaigns it is for.

use crate::model::{
    Consent, ConsentSource, Consents, Filters, FirstVisits, OptOutRecord, PatientFile, PatientStatus,
    Practice, Purpose, Reason, SmsMode, Timestamp, VisitFile, VisitFilter, Zone,
};
use chrono::NaiveDate;

/// All that planning a visit's messages looks at.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// The engine's time.
    pub now: Timestamp,
    /// The practice with its settings.
    pub practice: &'a Practice,
    /// The visit.
    pub visit: &'a VisitFile,
    /// Whose it is; `None` when the host never told that card.
    pub patient: Option<&'a PatientFile>,
    /// The opt-out of the patient's number.
    pub opt_out: Option<&'a OptOutRecord>,
    /// Whether a gateway refused the patient's number for good.
    pub bad_number: bool,
    /// Whether no earlier visit of the patient took place.
    pub first_visit: bool,
    /// The patient's other visits of the same local day that were not called off or missed.
    pub same_day: &'a [VisitFile],
    /// The patient's other visits that were booked together with this one, those called off since included.
    pub series: &'a [VisitFile],
}

/// Whom a message goes to, and all that can bar it.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'a> {
    /// The practice with its settings.
    pub practice: &'a Practice,
    /// The card; `None` when the host never told it.
    pub patient: Option<&'a PatientFile>,
    /// The opt-out of the patient's number.
    pub opt_out: Option<&'a OptOutRecord>,
    /// Whether a gateway refused the patient's number for good.
    pub bad_number: bool,
}

impl Scene<'_> {
    /// The visit's own zone, else the practice's.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.visit.visit.zone.unwrap_or(self.practice.zone)
    }

    /// The local day of the visit.
    #[must_use]
    pub fn day(&self) -> NaiveDate {
        self.visit.visit.start.date()
    }

    /// Why nothing may be sent to the visit's patient for this purpose: see [`Recipient::barred`].
    #[must_use]
    pub fn barred(&self, purpose: Purpose) -> Option<Reason> {
        let (opt_out, bad_number) = (self.opt_out, self.bad_number);
        Recipient { practice: self.practice, patient: self.patient, opt_out, bad_number }.barred(purpose)
    }
}

impl Recipient<'_> {
    /// Why nothing may be sent to this patient for this purpose, whatever the time; `None` when it may.
    ///
    /// The order is fixed: the practice's mode, the card, the consent, the number.
    #[must_use]
    pub fn barred(&self, purpose: Purpose) -> Option<Reason> {
        if self.practice.settings.mode == SmsMode::None {
            return Some(Reason::ModeNone {});
        }
        let Some(file) = self.patient else { return Some(Reason::PatientUnknown {}) };
        match file.patient.status {
            PatientStatus::Active => {}
            PatientStatus::Inactive => return Some(Reason::PatientInactive {}),
            PatientStatus::Deceased => return Some(Reason::PatientDeceased {}),
        }
        let consent = consent(file, purpose);
        if let Some(opt_out) = self.opt_out
            && !lifts(consent, opt_out)
        {
            return Some(Reason::OptedOut {});
        }
        if !consent.is_some_and(|consent| consent.given) {
            return Some(Reason::NoConsent { purpose });
        }
        match &file.number {
            Err(reason) => Some(reason.clone()),
            Ok(_) if self.bad_number => Some(Reason::NumberMarkedBad {}),
            Ok(_) => None,
        }
    }
}

/// The consent that counts: what the card says, else what the practice's default gave it.
fn consent(file: &PatientFile, purpose: Purpose) -> Option<Consent> {
    file.patient.consents.of(purpose).or(file.default_consent.filter(|_| purpose == Purpose::Visits))
}

/// Whether a consent was given by a person after the opt-out.
fn lifts(consent: Option<Consent>, opt_out: &OptOutRecord) -> bool {
    consent.is_some_and(|consent| {
        consent.given && consent.source == ConsentSource::Person && consent.at > opt_out.at
    })
}

/// Whether a person consented to anything after the opt-out: then what has no purpose of its own may go.
pub(crate) fn lifted(consents: &Consents, opt_out: &OptOutRecord) -> bool {
    let purposes = [Purpose::Visits, Purpose::Marketing, Purpose::Other];
    purposes.into_iter().any(|purpose| lifts(consents.of(purpose), opt_out))
}

/// Whether a campaign with these filters is for this visit.
#[must_use]
pub fn matches(filters: &Filters, visit: &VisitFile, first_visit: bool) -> bool {
    unmatched(filters, visit, first_visit).next().is_none()
}

/// Which of a campaign's filters do not take this visit.
pub fn unmatched(
    filters: &Filters,
    visit: &VisitFile,
    first_visit: bool,
) -> impl Iterator<Item = VisitFilter> {
    let visit = &visit.visit;
    let takes = |list: &[String], value: Option<&str>| {
        list.is_empty() || value.is_some_and(|value| list.iter().any(|listed| listed == value))
    };
    let room = visit.room.as_ref().map(|room| &room.id);
    let doctor = visit.doctor.as_ref().map(|doctor| doctor.id.as_str());
    let first = match filters.first_visits {
        FirstVisits::Any => true,
        FirstVisits::Only => first_visit,
        FirstVisits::Never => !first_visit,
    };
    let taken = [
        (
            VisitFilter::Rooms,
            filters.rooms.is_empty() || room.is_some_and(|room| filters.rooms.contains(room)),
        ),
        (VisitFilter::Doctors, takes(&filters.doctors, doctor)),
        (VisitFilter::VisitTypes, takes(&filters.visit_types, visit.visit_type.as_deref())),
        (VisitFilter::FirstVisits, first),
    ];
    taken.into_iter().filter(|(_, takes)| !takes).map(|(filter, _)| filter)
}
