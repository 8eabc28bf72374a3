//! The calendar: who sees whom when, and when each visit was booked.

use super::people::Person;
use super::rng::Rng;
use super::time::{FROM, day, desk_hours, instant, is_open, open_day_until, open_days, wall};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Weekday};
use depesza::model::{Doctor, MINUTE_MS, Name, Room, RoomId, Timestamp, Visit, VisitId, VisitState};
use std::collections::BTreeSet;

/// How many visits the month has.
const VISITS: usize = 1_200;

/// A visit's life: what the host said of it, and when.
pub struct Booking {
    /// Whose it is, by place in the list of people.
    pub person: usize,
    /// Where it takes place, by place in the list of chairs.
    pub chair: usize,
    /// Every state it was in, oldest first; the first is its booking.
    pub told: Vec<(Timestamp, Visit)>,
    /// The staff's word on it, where there is one.
    pub set_by_hand: bool,
}

impl Booking {
    /// The last that was told, and when.
    pub fn last(&self) -> Option<&(Timestamp, Visit)> {
        self.told.last()
    }

    /// What had been told by an instant.
    pub fn at(&self, at: Timestamp) -> Option<&Visit> {
        self.told.iter().rfind(|(told, _)| *told <= at).map(|(_, visit)| visit)
    }

    /// Tells a change, with the next revision. It must not be earlier than the last.
    pub fn tell(&mut self, at: Timestamp, change: impl FnOnce(&mut Visit)) {
        if let Some((_, visit)) = self.told.last() {
            let mut visit = visit.clone();
            visit.revision += 1;
            change(&mut visit);
            self.told.push((at, visit));
        }
    }
}

/// A place of work: a doctor, a room, and what is done there.
struct Chair {
    doctor: (&'static str, &'static str),
    room: Option<(&'static str, &'static str)>,
    types: &'static [&'static str],
    minutes: u32,
    on_saturday: bool,
}

const CHAIRS: [Chair; 6] = [
    Chair {
        doctor: ("d1", "dr Ewa Nowak"),
        room: Some(("g1", "Gabinet 1")),
        types: &["przegląd", "leczenie zachowawcze", "leczenie kanałowe"],
        minutes: 30,
        on_saturday: true,
    },
    Chair {
        doctor: ("d2", "dr Piotr Żak"),
        room: Some(("g2", "Gabinet 2, chirurgia; piętro I")),
        types: &["usunięcie zęba", "implant", "konsultacja chirurgiczna"],
        minutes: 30,
        on_saturday: false,
    },
    Chair {
        doctor: ("d3", "dr Anna Dąbrowska-Kłos"),
        room: Some(("g3", "Gabinet 3")),
        types: &["aparat, wizyta kontrolna", "konsultacja ortodontyczna"],
        minutes: 20,
        on_saturday: false,
    },
    Chair {
        doctor: ("d4", "lek. Tomasz Świątek"),
        room: None,
        types: &["teleporada", "konsultacja internistyczna"],
        minutes: 15,
        on_saturday: true,
    },
    Chair {
        doctor: ("d5", "mgr Kinga Wróbel"),
        room: Some(("s1", "Sala ćwiczeń (parter)")),
        types: &["fizjoterapia"],
        minutes: 30,
        on_saturday: false,
    },
    Chair {
        doctor: ("d6", "Magda Ostrowska"),
        room: Some(("g6", "Gabinet 6")),
        types: &["higienizacja", "fluoryzacja"],
        minutes: 30,
        on_saturday: true,
    },
];

const THERAPY: usize = 4;

/// Draws the month's visits. Who comes for the first time gets their card with the first booking.
pub fn bookings(rng: &mut Rng, people: &mut [Person]) -> Vec<Booking> {
    let mut diary = Diary { days: open_days(), ..Diary::default() };
    diary.duty(people);
    diary.coming_of_age(rng, people);
    for place in 0..14 {
        diary.series(rng, people, if place == 0 { 12 } else { 10 });
    }
    diary.families(rng, people);
    while diary.bookings.len() < VISITS {
        let person = rng.below(u32::try_from(people.len()).unwrap_or(0)) as usize;
        if let Some(date) = diary.visit(rng, people, person) {
            // a second visit on the same day
            if rng.percent(4) {
                diary.visit_on(rng, people, person, date);
            }
        }
    }
    diary.bookings.sort_by_key(|booking| booking.last().map(|(_, visit)| (visit.start, visit.id.clone())));
    new_cards(people, &diary.bookings);
    diary.bookings
}

#[derive(Default)]
struct Diary {
    days: Vec<NaiveDate>,
    taken: BTreeSet<(usize, NaiveDateTime)>,
    busy: BTreeSet<(usize, NaiveDate)>,
    seated: BTreeSet<(usize, NaiveDateTime)>,
    bookings: Vec<Booking>,
}

impl Diary {
    /// Somebody with a toothache in the night in which an hour comes twice.
    fn duty(&mut self, people: &[Person]) {
        let booked_at = instant(wall(day(2026, 10, 24), 22 * 60 + 10));
        self.book(people, 60, 1, wall(day(2026, 10, 25), 2 * 60 + 30), booked_at, None);
    }

    /// The day before and the day of a patient's eighteenth birthday.
    fn coming_of_age(&mut self, rng: &mut Rng, people: &[Person]) {
        for date in [day(2026, 10, 29), day(2026, 10, 30)] {
            let booked_at = desk_hours(rng, day(2026, 10, 5));
            if let Some(start) = self.free(rng, 2, date) {
                self.book(people, 30, 2, start, booked_at, None);
            }
        }
    }

    /// Therapy on so many open days in a row, at one hour, booked at once.
    fn series(&mut self, rng: &mut Rng, people: &[Person], length: usize) {
        let person = rng.below(u32::try_from(people.len()).unwrap_or(0)) as usize;
        let first = rng.below(8) as usize;
        let days: Vec<_> = self.days.iter().copied().filter(|date| date.weekday() != Weekday::Sat).collect();
        let days = days.into_iter().skip(first).take(length);
        let Some(hour) = days.clone().next().and_then(|date| self.free(rng, THERAPY, date)) else { return };
        let booked_on = open_day_until(hour.date() - Days::new(3 + u64::from(rng.below(12))));
        let booked_at = desk_hours(rng, booked_on);
        let name = format!("s{:02}", self.bookings.len());
        for date in days {
            let start = date.and_time(hour.time());
            if self.taken.contains(&(THERAPY, start)) {
                continue;
            }
            self.book(people, person, THERAPY, start, booked_at, Some(name.clone()));
        }
    }

    /// Families that come together: one after the other to one doctor.
    fn families(&mut self, rng: &mut Rng, people: &[Person]) {
        for first in 0..people.len() {
            let Some(family) = people.get(first).map(|person| person.family) else { continue };
            let second = first + 1;
            let together = people.get(second).is_some_and(|person| person.family == family);
            if !together || !rng.percent(45) {
                continue;
            }
            let date = *rng.pick(&self.days);
            let chair = *rng.pick(&[0_usize, 2, 5]);
            let (Some(one), Some(other)) = (self.free(rng, chair, date), self.free(rng, chair, date)) else {
                continue;
            };
            let booked_at = self.booked_at(rng, one.min(other));
            self.book(people, first, chair, one, booked_at, None);
            if one != other {
                self.book(people, second, chair, other, booked_at, None);
            }
        }
    }

    fn visit(&mut self, rng: &mut Rng, people: &[Person], person: usize) -> Option<NaiveDate> {
        let date = *rng.pick(&self.days);
        if self.busy.contains(&(person, date)) {
            return None;
        }
        self.visit_on(rng, people, person, date)
    }

    fn visit_on(
        &mut self,
        rng: &mut Rng,
        people: &[Person],
        person: usize,
        date: NaiveDate,
    ) -> Option<NaiveDate> {
        let chair = rng.below(u32::try_from(CHAIRS.len()).unwrap_or(0)) as usize;
        let start = self.free(rng, chair, date).filter(|start| !self.seated.contains(&(person, *start)))?;
        let booked_at = self.booked_at(rng, start);
        self.book(people, person, chair, start, booked_at, None);
        Some(date)
    }

    /// A free half hour of a doctor on a day.
    fn free(&self, rng: &mut Rng, chair: usize, date: NaiveDate) -> Option<NaiveDateTime> {
        (0..12)
            .map(|_| slot(rng, chair, date))
            .find_map(|slot| slot.filter(|slot| !self.taken.contains(&(chair, *slot))))
    }

    /// When a visit at `start` was booked: at the desk, by telephone, or in the evening on the web.
    fn booked_at(&self, rng: &mut Rng, start: NaiveDateTime) -> Timestamp {
        let lead = rng.weighted(&[(5, (0, 0)), (7, (1, 1)), (25, (2, 6)), (40, (7, 20)), (23, (21, 45))]);
        let days_before = rng.between(lead.0, lead.1);
        if days_before == 0 {
            return instant(start).plus_ms(-rng.between(45, 300) * MINUTE_MS);
        }
        let date = start.date() - Days::new(days_before.unsigned_abs());
        if rng.percent(12) {
            return instant(wall(date, 20 * 60 + rng.below(200)));
        }
        desk_hours(rng, open_day_until(date))
    }

    fn book(
        &mut self,
        people: &[Person],
        person: usize,
        chair: usize,
        start: NaiveDateTime,
        booked_at: Timestamp,
        series: Option<String>,
    ) {
        let (Some(chair_of), Some(whose)) = (CHAIRS.get(chair), people.get(person)) else { return };
        // a new patient is not known before the month
        let opening = instant(wall(FROM, 8 * 60 + 5));
        let booked_at = if whose.is_new { booked_at.max(opening) } else { booked_at };
        if booked_at.plus_ms(30 * MINUTE_MS) > instant(start) {
            return;
        }
        self.taken.insert((chair, start));
        self.busy.insert((person, start.date()));
        self.seated.insert((person, start));
        let number = self.bookings.len() + 1;
        let kind = chair_of.types.get(number % chair_of.types.len());
        let visit = Visit {
            id: VisitId::new(format!("w{number:05}@lipowa.example")),
            revision: 1,
            patient: whose.card.id.clone(),
            start,
            zone: None,
            duration_min: chair_of.minutes,
            state: VisitState::Booked,
            visit_type: kind.map(|kind| (*kind).to_owned()),
            // the web form does not always say who will see the patient
            doctor: (!number.is_multiple_of(40))
                .then(|| Doctor { id: chair_of.doctor.0.to_owned(), name: Name::from(chair_of.doctor.1) }),
            room: chair_of.room.map(|(id, name)| Room { id: RoomId::from(id), name: name.to_owned() }),
            booked_at: Some(booked_at),
            series,
            // the archive knows old patients, for new ones the engine sees the whole history
            first_visit: if whose.is_new { None } else { Some(number.is_multiple_of(60)) },
        };
        self.bookings.push(Booking { person, chair, told: vec![(booked_at, visit)], set_by_hand: false });
    }
}

/// Some half hour in which a doctor works: mornings and afternoons by turns, Saturdays to 13:00.
pub fn slot(rng: &mut Rng, chair: usize, date: NaiveDate) -> Option<NaiveDateTime> {
    if !is_open(date) {
        return None;
    }
    let half_hour = 30 * rng.below(10);
    if date.weekday() == Weekday::Sat {
        let works = CHAIRS.get(chair).is_some_and(|chair| chair.on_saturday);
        return (works && half_hour < 240).then(|| wall(date, 9 * 60 + half_hour));
    }
    let morning = (date.weekday().num_days_from_monday() as usize + chair).is_multiple_of(2);
    Some(wall(date, if morning { 8 * 60 } else { 13 * 60 + 30 } + half_hour))
}

/// A new patient's card is created a minute before the first booking.
fn new_cards(people: &mut [Person], bookings: &[Booking]) {
    for (place, person) in people.iter_mut().enumerate().filter(|(_, person)| person.is_new) {
        let own = bookings.iter().filter(|booking| booking.person == place);
        if let Some(first) = own.filter_map(|booking| booking.told.first()).map(|(at, _)| *at).min() {
            person.card.created_at = Some(first.plus_ms(-MINUTE_MS));
        }
    }
}
