//! Patients as CSV, one card a row.

use super::columns::{Column, Row, Table, plain};
use super::{Faults, Lined, load, local};
use depesza::model::{
    Consent, ConsentSource, Consents, Guardian, Name, Patient, PatientId, PatientStatus, Phone, Zone,
};
use std::collections::BTreeMap;
use std::path::Path;

const ID: Column = Column::required("id", "patient_id");
const REVISION: Column = Column::optional("rewizja", "revision");
const FIRST_NAME: Column = Column::required("imie", "first_name");
const LAST_NAME: Column = Column::required("nazwisko", "last_name");
const VOCATIVE: Column = Column::optional("wolacz", "vocative");
const PHONE: Column = Column::optional("telefon", "phone");
const GUARDIAN: Column = Column::optional("opiekun", "guardian");
const GUARDIAN_PHONE: Column = Column::optional("telefon_opiekuna", "guardian_phone");
const BIRTH_DATE: Column = Column::optional("data_urodzenia", "birth_date");
const VISITS: Column = Column::optional("zgoda_wizyty", "consent_visits");
const MARKETING: Column = Column::optional("zgoda_marketing", "consent_marketing");
const OTHER: Column = Column::optional("zgoda_inne", "consent_other");
const CONSENTS_AT: Column = Column::optional("zgody_kiedy", "consents_at");
const CONSENTS_SOURCE: Column = Column::optional("zgody_zrodlo", "consents_source");
const STATUS: Column = Column::optional("status", "card_status");
const CREATED_AT: Column = Column::optional("utworzono", "created_at");

/// The columns, in the order in which the sample data has them.
const COLUMNS: [&Column; 16] = [
    &ID,
    &REVISION,
    &FIRST_NAME,
    &LAST_NAME,
    &VOCATIVE,
    &PHONE,
    &GUARDIAN,
    &GUARDIAN_PHONE,
    &BIRTH_DATE,
    &VISITS,
    &MARKETING,
    &OTHER,
    &CONSENTS_AT,
    &CONSENTS_SOURCE,
    &STATUS,
    &CREATED_AT,
];

const AN_INSTANT: &str = "a time such as 2026-11-21 14:30 or 2026-11-21T13:30:00Z";

/// Reads patients from a file; `zone` is the practice's.
///
/// # Errors
/// All that is wrong with the file.
pub fn read(path: &Path, zone: Zone) -> Result<Vec<Lined<Patient>>, Faults> {
    parse(&path.display().to_string(), &load(path)?, zone)
}

/// Reads patients from text; `file` is what faults call it.
///
/// # Errors
/// All that is wrong with the text.
pub fn parse(file: &str, text: &str, zone: Zone) -> Result<Vec<Lined<Patient>>, Faults> {
    let mut faults = Faults::of(file);
    let table = Table::read(text, &COLUMNS, &mut faults);
    let mut seen = BTreeMap::new();
    let mut patients = Vec::new();
    for row in table.rows() {
        let Some(patient) = patient(&row, zone, &mut faults) else { continue };
        if let Some(line) = seen.insert(patient.id.clone(), row.line) {
            faults.at(row.line, format!("id: expected a new one, this one stands in line {line} already"));
        }
        patients.push(Lined { line: row.line, what: patient });
    }
    faults.unless_any(patients)
}

fn patient(row: &Row<'_>, zone: Zone, faults: &mut Faults) -> Option<Patient> {
    let id = row.text(&ID, faults);
    let first_name = row.text(&FIRST_NAME, faults);
    let last_name = row.text(&LAST_NAME, faults);
    let guardian = guardian(row, faults);
    let consents = consents(row, zone, faults);
    let revision = row.value(&REVISION, "a whole number from 0", |text| text.parse().ok(), faults);
    let birth_date = row.value(&BIRTH_DATE, "a day such as 1984-03-05 or 05.03.1984", local::date, faults);
    let status = row.value(&STATUS, "aktywny, nieaktywny or zmarły", status, faults);
    let created_at = row.value(&CREATED_AT, AN_INSTANT, |text| local::instant(text, zone), faults);
    Some(Patient {
        id: PatientId::from(id?),
        revision: revision.unwrap_or(1),
        first_name: Name::from(first_name?),
        last_name: Name::from(last_name?),
        vocative: row.text(&VOCATIVE, faults).map(Name::from),
        phone: row.text(&PHONE, faults).map(Phone::from),
        guardian,
        birth_date,
        consents,
        status: status.unwrap_or_default(),
        created_at,
    })
}

fn guardian(row: &Row<'_>, faults: &mut Faults) -> Option<Guardian> {
    let name = row.text(&GUARDIAN, faults).map(Name::from);
    let phone = row.text(&GUARDIAN_PHONE, faults).map(Phone::from);
    if name.is_some() && phone.is_none() {
        faults.at(row.line, "telefon_opiekuna: expected a number, as the card names a guardian");
    }
    phone.map(|phone| Guardian { name, phone })
}

fn consents(row: &Row<'_>, zone: Zone, faults: &mut Faults) -> Consents {
    let answers = [&VISITS, &MARKETING, &OTHER].map(|column| row.yes_or_no(column, faults));
    let at = row.value(&CONSENTS_AT, AN_INSTANT, |text| local::instant(text, zone), faults);
    let source = row.value(&CONSENTS_SOURCE, "osoba, domyślna or import", consent_source, faults);
    if at.is_none() && answers.iter().any(Option::is_some) && row.text(&CONSENTS_AT, faults).is_none() {
        faults.at(row.line, "zgody_kiedy: expected the time of the consents on the card");
    }
    let [visits, marketing, other] =
        answers.map(|answer| Some(Consent { given: answer?, at: at?, source: source.unwrap_or_default() }));
    Consents { visits, marketing, other }
}

fn consent_source(text: &str) -> Option<ConsentSource> {
    match plain(text).as_str() {
        "osoba" | "person" => Some(ConsentSource::Person),
        "domyslna" | "default" => Some(ConsentSource::Default),
        "import" => Some(ConsentSource::Import),
        _ => None,
    }
}

fn status(text: &str) -> Option<PatientStatus> {
    match plain(text).as_str() {
        "aktywny" | "aktywna" | "active" => Some(PatientStatus::Active),
        "nieaktywny" | "nieaktywna" | "inactive" => Some(PatientStatus::Inactive),
        "zmarly" | "zmarla" | "deceased" => Some(PatientStatus::Deceased),
        _ => None,
    }
}
