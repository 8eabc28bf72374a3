//! Visits as CSV, one a row: the plain alternative to a calendar.

use super::columns::{Column, Row, Table, plain};
use super::{Faults, Lined, local};
use depesza::model::{Doctor, Name, PatientId, Room, RoomId, Visit, VisitId, VisitState, Zone};
use std::collections::BTreeMap;

const ID: Column = Column::required("id", "visit_id");
const REVISION: Column = Column::optional("rewizja", "revision");
const PATIENT: Column = Column::required("pacjent", "patient");
const DATE: Column = Column::required("data", "date");
const TIME: Column = Column::required("godzina", "time");
const ZONE: Column = Column::optional("strefa", "zone");
const DURATION: Column = Column::optional("czas_min", "duration_min");
const STATE: Column = Column::optional("stan", "state");
const VISIT_TYPE: Column = Column::optional("rodzaj", "visit_type");
const DOCTOR_ID: Column = Column::optional("lekarz_id", "doctor_id");
const DOCTOR: Column = Column::optional("lekarz", "doctor");
const ROOM_ID: Column = Column::optional("gabinet_id", "room_id");
const ROOM: Column = Column::optional("gabinet", "room");
const BOOKED_AT: Column = Column::optional("umowiono", "booked_at");
const SERIES: Column = Column::optional("seria", "series");
const FIRST_VISIT: Column = Column::optional("pierwsza", "first_visit");

/// The columns, in the order in which the sample data has them.
const COLUMNS: [&Column; 16] = [
    &ID,
    &REVISION,
    &PATIENT,
    &DATE,
    &TIME,
    &ZONE,
    &DURATION,
    &STATE,
    &VISIT_TYPE,
    &DOCTOR_ID,
    &DOCTOR,
    &ROOM_ID,
    &ROOM,
    &BOOKED_AT,
    &SERIES,
    &FIRST_VISIT,
];

/// Reads visits from text; `file` is what faults call it, `zone` the practice's.
///
/// # Errors
/// All that is wrong with the text.
pub fn parse(file: &str, text: &str, zone: Zone) -> Result<Vec<Lined<Visit>>, Faults> {
    let mut faults = Faults::of(file);
    let table = Table::read(text, &COLUMNS, &mut faults);
    let mut seen = BTreeMap::new();
    let mut visits = Vec::new();
    for row in table.rows() {
        let Some(visit) = visit(&row, zone, &mut faults) else { continue };
        if let Some(line) = seen.insert(visit.id.clone(), row.line) {
            faults.at(row.line, format!("id: expected a new one, this one stands in line {line} already"));
        }
        visits.push(Lined { line: row.line, what: visit });
    }
    faults.unless_any(visits)
}

fn visit(row: &Row<'_>, zone: Zone, faults: &mut Faults) -> Option<Visit> {
    let id = row.text(&ID, faults);
    let patient = row.text(&PATIENT, faults);
    let date = row.value(&DATE, "a day such as 2026-11-21 or 21.11.2026", local::date, faults);
    let time = row.value(&TIME, "a time such as 14:30", local::time, faults);
    let revision = row.value(&REVISION, "a whole number from 0", |text| text.parse().ok(), faults);
    let own_zone = row.value(&ZONE, "an IANA name such as Europe/Warsaw", |text| text.parse().ok(), faults);
    let duration_min = row.value(&DURATION, "minutes from 1 to 1440", minutes, faults);
    let state = row.value(
        &STATE,
        "umówiona, przybył, odbyła się, nie przyszedł, odwołana or usunięta",
        state,
        faults,
    );
    let booked_at = |text: &str| local::instant(text, zone);
    let booked_at = row.value(&BOOKED_AT, "a time such as 2026-11-02 09:15", booked_at, faults);
    let doctor = named(row, &DOCTOR_ID, &DOCTOR, faults);
    let room = named(row, &ROOM_ID, &ROOM, faults);
    Some(Visit {
        id: VisitId::from(id?),
        revision: revision.unwrap_or(1),
        patient: PatientId::from(patient?),
        start: date?.and_time(time?),
        zone: own_zone,
        duration_min: duration_min.unwrap_or(30),
        state: state.unwrap_or_default(),
        visit_type: row.text(&VISIT_TYPE, faults).map(str::to_owned),
        doctor: doctor.map(|(id, name)| Doctor { id: id.to_owned(), name: Name::from(name) }),
        room: room.map(|(id, name)| Room { id: RoomId::from(id), name: name.to_owned() }),
        booked_at,
        series: row.text(&SERIES, faults).map(str::to_owned),
        first_visit: row.yes_or_no(&FIRST_VISIT, faults),
    })
}

/// An identifier and a name; the name is the identifier where the table has only names.
fn named<'r>(row: &Row<'r>, id: &Column, name: &Column, faults: &mut Faults) -> Option<(&'r str, &'r str)> {
    let (id_text, name_text) = (row.text(id, faults), row.text(name, faults));
    if id_text.is_some() && name_text.is_none() {
        faults.at(row.line, format!("{}: expected a name beside the identifier", name.polish));
    }
    name_text.map(|name| (id_text.unwrap_or(name), name))
}

fn minutes(text: &str) -> Option<u32> {
    text.parse().ok().filter(|minutes| (1..=1440).contains(minutes))
}

fn state(text: &str) -> Option<VisitState> {
    match plain(text).as_str() {
        "umowiona" | "booked" => Some(VisitState::Booked),
        "przybyl" | "przybyla" | "arrived" => Some(VisitState::Arrived),
        "odbyla_sie" | "took_place" => Some(VisitState::TookPlace),
        "nie_przyszedl" | "nie_przyszla" | "no_show" => Some(VisitState::NoShow),
        "odwolana" | "cancelled" => Some(VisitState::Cancelled),
        "usunieta" | "deleted" => Some(VisitState::Deleted),
        _ => None,
    }
}
