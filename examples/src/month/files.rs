//! The month as files: what the practice's programs would export.

use super::bookings::Booking;
use super::people::Person;
use super::time::{FROM, instant, local, wall};
use crate::read::facts::Told;
use depesza::model::{ConsentSource, Fact, Patient, PatientStatus, Timestamp, Visit, VisitState};
use icalendar::{Calendar, CalendarDateTime, Component, Event, EventLike, EventStatus, Property};

/// The files' texts.
pub struct Files {
    /// `visits.ics`: the calendar on the evening before the month.
    pub visits_ics: String,
    /// `visits.csv`: the same visits.
    pub visits_csv: String,
    /// `patients.csv`: the cards on that evening.
    pub patients_csv: String,
    /// `facts.jsonl`: what happened since.
    pub facts_jsonl: String,
}

impl Files {
    /// Every file's name and text.
    #[must_use]
    pub fn named(&self) -> [(&'static str, &str); 4] {
        [
            ("visits.ics", &self.visits_ics),
            ("visits.csv", &self.visits_csv),
            ("patients.csv", &self.patients_csv),
            ("facts.jsonl", &self.facts_jsonl),
        ]
    }
}

/// Writes the month down.
pub fn write(people: &[Person], bookings: &[Booking], told: Vec<(Timestamp, Fact)>) -> Files {
    let opening = instant(wall(FROM, 0));
    let eve = opening.plus_ms(-1);
    let known: Vec<&Visit> = bookings.iter().filter_map(|booking| booking.at(eve)).collect();
    let cards = people.iter().filter(|person| !person.is_new).map(|person| &person.card);
    let visits = bookings.iter().flat_map(|booking| &booking.told);
    let visits = visits.filter(|(at, _)| *at >= opening).map(|(at, visit)| (*at, Fact::Visit(visit.clone())));
    Files {
        visits_ics: calendar(&known, eve),
        visits_csv: table(&VISIT_COLUMNS, known.iter().map(|visit| visit_row(visit))),
        patients_csv: table(&PATIENT_COLUMNS, cards.map(patient_row)),
        facts_jsonl: journal(told.into_iter().chain(visits).collect()),
    }
}

fn journal(mut facts: Vec<(Timestamp, Fact)>) -> String {
    facts.sort_by_key(|(at, _)| *at);
    let lines = facts.into_iter().filter_map(|(at, fact)| serde_json::to_string(&Told { at, fact }).ok());
    lines.map(|line| line + "\n").collect()
}

const TIME_ZONE: &str = "BEGIN:VTIMEZONE\r\nTZID:Europe/Warsaw\r\n\
    BEGIN:DAYLIGHT\r\nDTSTART:19960331T020000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nTZNAME:CEST\r\n\
    TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nEND:DAYLIGHT\r\n\
    BEGIN:STANDARD\r\nDTSTART:19961027T030000\r\nRRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nTZNAME:CET\r\n\
    TZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";

fn calendar(visits: &[&Visit], exported_at: Timestamp) -> String {
    let mut calendar = Calendar::empty();
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//depesza//generate_month//PL"),
        ("CALSCALE", "GREGORIAN"),
        ("X-WR-CALNAME", "Przychodnia Lipowa"),
    ] {
        calendar.append_property((name, value));
    }
    for visit in visits {
        calendar.push(event(visit, exported_at));
    }
    // the crate would give the zone an identifier by chance and the hour of today
    let text = calendar.to_string();
    let (head, events) = text.split_once("BEGIN:VEVENT").unwrap_or((&text, ""));
    format!("{head}{TIME_ZONE}BEGIN:VEVENT{events}")
}

fn event(visit: &Visit, exported_at: Timestamp) -> Event {
    let mut event = Event::with_uid(visit.id.as_str());
    event.timestamp(exported_at.utc());
    event.sequence(u32::try_from(visit.revision - 1).unwrap_or(u32::MAX));
    event.starts(CalendarDateTime::WithTimezone { date_time: visit.start, tzid: "Europe/Warsaw".to_owned() });
    event.add_property("DURATION", format!("PT{}M", visit.duration_min));
    event.status(if visit.state.is_off() { EventStatus::Cancelled } else { EventStatus::Confirmed });
    event.add_property("X-DEPESZA-PATIENT", visit.patient.as_str());
    if let Some(at) = visit.booked_at {
        event.created(at.utc());
    }
    if let Some(kind) = &visit.visit_type {
        event.summary(kind);
        event.categories([kind]);
    }
    if let Some(doctor) = &visit.doctor {
        let mut property = Property::new("X-DEPESZA-DOCTOR", doctor.name.reveal());
        event.append_property(property.add_parameter("X-ID", &doctor.id).done());
    }
    if let Some(room) = &visit.room {
        event.append_property(
            Property::new("LOCATION", &room.name).add_parameter("X-ID", room.id.as_str()).done(),
        );
    }
    if visit.state == VisitState::Deleted {
        event.add_property("X-DEPESZA-STATE", "deleted");
    }
    if let Some(series) = &visit.series {
        event.add_property("X-DEPESZA-SERIES", series);
    }
    if let Some(first) = visit.first_visit {
        event.add_property("X-DEPESZA-FIRST-VISIT", if first { "TRUE" } else { "FALSE" });
    }
    event.done()
}

const VISIT_COLUMNS: [&str; 15] = [
    "id",
    "rewizja",
    "pacjent",
    "data",
    "godzina",
    "czas_min",
    "stan",
    "rodzaj",
    "lekarz_id",
    "lekarz",
    "gabinet_id",
    "gabinet",
    "umówiono",
    "seria",
    "pierwsza",
];

fn visit_row(visit: &Visit) -> [String; 15] {
    let state = match visit.state {
        VisitState::Booked => "umówiona",
        VisitState::Arrived => "przybył",
        VisitState::TookPlace => "odbyła się",
        VisitState::NoShow => "nie przyszedł",
        VisitState::Cancelled => "odwołana",
        VisitState::Deleted => "usunięta",
    };
    let (doctor, room) = (visit.doctor.as_ref(), visit.room.as_ref());
    [
        visit.id.as_str().to_owned(),
        visit.revision.to_string(),
        visit.patient.as_str().to_owned(),
        visit.start.format("%Y-%m-%d").to_string(),
        visit.start.format("%H:%M").to_string(),
        visit.duration_min.to_string(),
        state.to_owned(),
        visit.visit_type.clone().unwrap_or_default(),
        doctor.map(|doctor| doctor.id.clone()).unwrap_or_default(),
        doctor.map(|doctor| doctor.name.reveal().to_owned()).unwrap_or_default(),
        room.map(|room| room.id.as_str().to_owned()).unwrap_or_default(),
        room.map(|room| room.name.clone()).unwrap_or_default(),
        visit.booked_at.map(on_the_wall).unwrap_or_default(),
        visit.series.clone().unwrap_or_default(),
        yes_or_no(visit.first_visit),
    ]
}

const PATIENT_COLUMNS: [&str; 15] = [
    "id",
    "rewizja",
    "imię",
    "nazwisko",
    "wołacz",
    "telefon",
    "opiekun",
    "telefon_opiekuna",
    "data_urodzenia",
    "zgoda_wizyty",
    "zgoda_marketing",
    "zgody_kiedy",
    "zgody_źródło",
    "status",
    "utworzono",
];

fn patient_row(card: &Patient) -> [String; 15] {
    let status = match card.status {
        PatientStatus::Active => "aktywny",
        PatientStatus::Inactive => "nieaktywny",
        PatientStatus::Deceased => "zmarły",
    };
    let source = |source| match source {
        ConsentSource::Person => "osoba",
        ConsentSource::Default => "domyślna",
        ConsentSource::Import => "import",
    };
    let consents = &card.consents;
    let any = consents.visits.or(consents.marketing);
    let text = |name: Option<&str>| name.unwrap_or_default().to_owned();
    let guardian = card.guardian.as_ref();
    [
        card.id.as_str().to_owned(),
        card.revision.to_string(),
        card.first_name.reveal().to_owned(),
        card.last_name.reveal().to_owned(),
        text(card.vocative.as_ref().map(|name| name.reveal())),
        text(card.phone.as_ref().map(|phone| phone.reveal())),
        text(guardian.and_then(|guardian| guardian.name.as_ref()).map(|name| name.reveal())),
        text(guardian.map(|guardian| guardian.phone.reveal())),
        card.birth_date.map(|date| date.to_string()).unwrap_or_default(),
        yes_or_no(consents.visits.map(|consent| consent.given)),
        yes_or_no(consents.marketing.map(|consent| consent.given)),
        any.map(|consent| on_the_wall(consent.at)).unwrap_or_default(),
        any.map(|consent| source(consent.source).to_owned()).unwrap_or_default(),
        status.to_owned(),
        card.created_at.map(on_the_wall).unwrap_or_default(),
    ]
}

fn on_the_wall(at: Timestamp) -> String {
    local(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

fn yes_or_no(answer: Option<bool>) -> String {
    answer.map_or("", |yes| if yes { "tak" } else { "nie" }).to_owned()
}

/// A table as spreadsheets in Poland write it: `;`, CRLF, and a byte order mark.
fn table<const N: usize>(columns: &[&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let terminator = csv::Terminator::CRLF;
    let mut writer = csv::WriterBuilder::new().delimiter(b';').terminator(terminator).from_writer(Vec::new());
    let mut written = writer.write_record(columns);
    for row in rows {
        written = written.and_then(|()| writer.write_record(row));
    }
    let bytes = written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default();
    format!("\u{feff}{}", String::from_utf8(bytes).unwrap_or_default())
}
