//! A year of a practice, day by day: visits are told 3 to 60 days ahead, messages go out and are reported on, every third
//! patient answers, visits take place. It ends at noon with 60 days of visits ahead and nothing due before the next
//! morning.

use crate::{Clinic, GATEWAY, PRACTICE, campaigns, practice};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use depesza::calendar;
use depesza::model::{
    Body, Consent, ConsentSource, Consents, Doctor, Fact, Name, Patient, PatientId, PatientStatus,
    Permission, Phone, Room, SmsReceived, Timestamp, User, Visit, VisitId, VisitState, Zone,
};

const PAST_DAYS: u64 = 365;
const AHEAD_DAYS: u64 = 60;
/// The longest time between booking and visit, and so what the year needs to get going.
const LEAD_DAYS: u64 = 60;
/// Of one commit while filling.
const BATCH: usize = 50;
/// Booking message, reminder and follow-up.
const MESSAGES_PER_VISIT: u64 = 3;
const VISITS_PER_PATIENT: u64 = 4;

/// The patients and visits of a practice of a size.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    visits: u64,
}

impl Facts {
    /// Of a practice with at least so many messages.
    #[must_use]
    pub fn of(messages: u64) -> Self {
        Self { visits: messages.div_ceil(MESSAGES_PER_VISIT) }
    }

    /// How many patients the year has; from here on numbers are free.
    #[must_use]
    pub fn patients(self) -> u64 {
        self.visits / VISITS_PER_PATIENT + 1
    }

    /// How many visits the year has; from here on numbers are free.
    #[must_use]
    pub fn visits(self) -> u64 {
        self.visits
    }

    fn start_day(self, visit: u64) -> u64 {
        LEAD_DAYS + spread(visit) % (PAST_DAYS + AHEAD_DAYS)
    }

    fn told_day(self, visit: u64) -> u64 {
        let lead = 3 + spread(visit) / 1_000 % (LEAD_DAYS - 3);
        (self.start_day(visit) - lead).min(LEAD_DAYS + PAST_DAYS)
    }

    fn visit(self, visit: u64, revision: u64, state: VisitState) -> Fact {
        let start = day(self.start_day(visit)).and_time(time(8 + spread(visit) % 11, spread(visit) / 7 % 60));
        told_visit(visit, revision, visit % self.patients(), start, state)
    }
}

/// Identifiers without order, as a host's UUIDs are: the worst case for a tree.
#[must_use]
pub fn spread(number: u64) -> u64 {
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 16
}

fn day(number: u64) -> NaiveDate {
    let first = NaiveDate::from_ymd_opt(2025, 9, 17).unwrap_or_default();
    first.checked_add_days(Days::new(number)).unwrap_or_default()
}

fn time(hour: u64, minute: u64) -> NaiveTime {
    let seconds = u32::try_from(hour * 3_600 + minute * 60).unwrap_or_default();
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default()
}

fn at(number: u64, hour: u64, minute: u64) -> Timestamp {
    calendar::resolve(Zone::default(), day(number).and_time(time(hour, minute)))
}

/// A patient's number as typed.
#[must_use]
pub fn number(patient: u64) -> Phone {
    Phone::new(format!("50{patient:07}"))
}

/// A patient with a consent and a number of their own.
#[must_use]
pub fn told_patient(patient: u64) -> Fact {
    let yes = Consent { given: true, at: at(0, 8, 0), source: ConsentSource::Person };
    Fact::Patient(Patient {
        id: PatientId::new(format!("p-{:012x}", spread(patient))),
        revision: 1,
        first_name: Name::new("Małgorzata"),
        last_name: Name::new("Wiśniewska"),
        vocative: None,
        phone: Some(number(patient)),
        guardian: None,
        birth_date: NaiveDate::from_ymd_opt(1980, 5, 17),
        consents: Consents { visits: Some(yes), marketing: None, other: None },
        status: PatientStatus::Active,
        created_at: None,
    })
}

/// A visit.
#[must_use]
pub fn told_visit(visit: u64, revision: u64, patient: u64, start: NaiveDateTime, state: VisitState) -> Fact {
    Fact::Visit(Visit {
        id: VisitId::new(format!("v-{:012x}", spread(visit))),
        revision,
        patient: PatientId::new(format!("p-{:012x}", spread(patient))),
        start,
        zone: None,
        duration_min: 30,
        state,
        visit_type: Some("kontrola".into()),
        doctor: Some(Doctor { id: "d1".into(), name: Name::new("lek. dent. Anna Kowalska") }),
        room: Some(Room { id: "r1".into(), name: "Gabinet 1".into() }),
        booked_at: None,
        series: None,
        first_visit: None,
    })
}

/// An answer from a patient's number.
#[must_use]
pub fn answer(patient: u64, text: &str, no: u64, now: Timestamp) -> Fact {
    Fact::SmsReceived(SmsReceived {
        gateway: GATEWAY.into(),
        provider_id: Some(format!("mo-{no}")),
        from: number(patient),
        to: None,
        body: Body::new(text),
        received_at: now,
        in_reply_to: None,
        part: None,
        opt_out: false,
    })
}

/// Lets a practice live through its year; says when it ends.
///
/// # Panics
/// When the engine or the store refuses anything.
pub fn fill(clinic: &Clinic, facts: Facts) -> Timestamp {
    let engine = &clinic.engine;
    engine.open_practice(&practice(), at(0, 8, 0)).unwrap();
    let practice = engine.practice(PRACTICE.into());
    let desk = practice.as_user(User::new("desk", Permission::CLINIC));
    for (id, spec) in campaigns() {
        desk.create_campaign(id.into(), spec, at(0, 8, 0)).unwrap();
        desk.activate(&id.into(), at(0, 8, 0)).unwrap();
    }
    while engine.work(at(0, 8, 0), 100).unwrap().more {}
    let last = LEAD_DAYS + PAST_DAYS;
    let days = usize::try_from(last + AHEAD_DAYS + 1).unwrap();
    let (mut told, mut held) = (vec![Vec::new(); days], vec![Vec::new(); days]);
    for visit in 0..facts.visits {
        told.get_mut(usize::try_from(facts.told_day(visit)).unwrap()).unwrap().push(visit);
        held.get_mut(usize::try_from(facts.start_day(visit)).unwrap()).unwrap().push(visit);
    }
    let tell = |facts: Vec<Fact>, now| facts.chunks(BATCH).for_each(|batch| clinic.tell(batch, now));
    let send = |now| {
        while engine.dispatch(now, 100_000).unwrap().more {}
        tell(clinic.sink.delivered(now), now);
    };
    tell((0..facts.patients()).map(told_patient).collect(), at(0, 8, 0));
    for today in 0..=last {
        let of = |days: &[Vec<u64>], day: u64| days.get(usize::try_from(day).unwrap()).unwrap().clone();
        tell(
            of(&told, today).iter().map(|v| facts.visit(*v, 1, VisitState::Booked)).collect(),
            at(today, 9, 0),
        );
        send(at(today, 9, 30));
        send(at(today, 10, 0));
        let tomorrow = of(&held, today + 1).into_iter().filter(|visit| visit % 3 == 0);
        let now = at(today, 10, 30);
        tell(tomorrow.map(|v| answer(v % facts.patients(), "Tak", v, now)).collect(), now);
        send(at(today, 11, 0));
        if today < last {
            let took_place = VisitState::TookPlace;
            tell(of(&held, today).iter().map(|v| facts.visit(*v, 2, took_place)).collect(), at(today, 20, 0));
        }
    }
    at(last, 12, 0)
}
