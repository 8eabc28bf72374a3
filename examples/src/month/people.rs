//! The patients: singles, couples and families on one telephone, and every kind of number a card can have.

use super::cards;
use super::names::{BOYS, DEAD_ENDS, FOREIGNERS, GIRLS, LAST, MEN, WOMEN};
use super::rng::Rng;
use super::time::{FROM, day, desk_hours, open_day_until};
use chrono::{Days, NaiveDate};
use depesza::model::{
    Consent, ConsentSource, Consents, DAY_MS, Guardian, Name, Patient, PatientId, PatientStatus, Phone,
    Timestamp,
};
use std::collections::BTreeSet;

/// A patient of the sample.
pub struct Person {
    /// The card as it stood at the beginning; of a new patient as it was created.
    pub card: Patient,
    /// The number in E.164 that the patient, or who answers for them, writes from.
    pub writes_from: Option<String>,
    /// The number that the patient changes to during the month, and when.
    pub new_number: Option<(Timestamp, String)>,
    /// Which family.
    pub family: u32,
    /// The card is created during the month, with the first booking.
    pub is_new: bool,
}

impl Person {
    /// The number that an answer comes from at an instant: for a day after a change still the old one.
    pub fn writes_from(&self, at: Timestamp) -> Option<&str> {
        let new = self.new_number.as_ref().filter(|(since, _)| since.plus_ms(DAY_MS) < at);
        new.map(|(_, number)| number).or(self.writes_from.as_ref()).map(String::as_str)
    }

    /// Whether a message about a visit can be expected to reach somebody.
    pub fn is_reachable(&self) -> bool {
        let consents = self.card.consents.visits.map_or(self.is_new, |consent| consent.given);
        self.writes_from.is_some() && consents && self.card.status == PatientStatus::Active
    }
}

const OLD_CARDS: usize = 276;
const NEW_CARDS: usize = 24;

/// Draws everybody.
pub fn people(rng: &mut Rng) -> Vec<Person> {
    let mut town = Town { people: Vec::new(), numbers: BTreeSet::new(), families: 0 };
    while town.people.len() < OLD_CARDS - FOREIGNERS.len() - DEAD_ENDS.len() {
        town.family(rng, false);
    }
    for (first, last, number) in FOREIGNERS {
        town.single(rng, first, last, number, true);
    }
    for number in DEAD_ENDS {
        let (his, _) = rng.pick(LAST);
        let first = rng.pick(MEN);
        town.single(rng, first, his, number, false);
    }
    while town.people.len() < OLD_CARDS + NEW_CARDS {
        town.family(rng, true);
    }
    town.odd_cards();
    cards::doubles(&mut town.people);
    cards::new_numbers(rng, &mut town.people);
    town.people
}

/// What a card says of a person.
struct Draft<'n> {
    first: &'n str,
    last: String,
    birth_date: Option<NaiveDate>,
    phone: Option<String>,
    guardian: Option<Guardian>,
    writes_from: Option<String>,
    is_new: bool,
}

struct Town {
    people: Vec<Person>,
    numbers: BTreeSet<u32>,
    families: u32,
}

impl Town {
    fn family(&mut self, rng: &mut Rng, is_new: bool) {
        let (adults, children) =
            rng.weighted(&[(52, (1, 0)), (14, (2, 0)), (16, (1, 1)), (10, (2, 1)), (8, (2, 2))]);
        let (his, hers) = *rng.pick(LAST);
        self.families += 1;
        let mut head: Option<(Name, String)> = None;
        for _ in 0..adults {
            let woman = rng.percent(55);
            let (first, last) = if woman { (*rng.pick(WOMEN), hers) } else { (*rng.pick(MEN), his) };
            let last = if woman && rng.percent(6) {
                format!("{last}-{}", rng.pick(LAST).1)
            } else {
                last.to_owned()
            };
            let number = match &head {
                Some((_, number)) if rng.percent(45) => number.clone(),
                _ => self.mobile(rng),
            };
            let phone = rng.percent(98).then(|| as_typed(rng, &number));
            let birth_date = rng.percent(95).then(|| born(rng, 1938, 2007));
            let writes_from = phone.is_some().then(|| number.clone());
            head = head.or_else(|| Some((Name::new(format!("{first} {last}")), number)));
            self.add(rng, Draft { first, last, birth_date, phone, guardian: None, writes_from, is_new });
        }
        let Some((parent, number)) = head else { return };
        for _ in 0..children {
            let (first, last) =
                if rng.percent(50) { (*rng.pick(GIRLS), hers) } else { (*rng.pick(BOYS), his) };
            let birth_date = Some(born(rng, 2009, 2022));
            let typed = as_typed(rng, &number);
            let (phone, guardian) = if rng.percent(60) {
                (None, Some(Guardian { name: Some(parent.clone()), phone: Phone::new(typed) }))
            } else {
                (Some(typed), None)
            };
            let writes_from = Some(number.clone());
            self.add(
                rng,
                Draft { first, last: last.to_owned(), birth_date, phone, guardian, writes_from, is_new },
            );
        }
    }

    /// A patient with a given number on the card, who writes from it where it `can_write`.
    fn single(&mut self, rng: &mut Rng, first: &str, last: &str, number: &str, can_write: bool) {
        self.families += 1;
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        let writes_from = can_write.then(|| format!("+{}", digits.trim_start_matches('0')));
        let phone = Some(number.to_owned());
        let birth_date = Some(born(rng, 1945, 2004));
        let last = last.to_owned();
        self.add(rng, Draft { first, last, birth_date, phone, guardian: None, writes_from, is_new: false });
    }

    fn add(&mut self, rng: &mut Rng, draft: Draft<'_>) {
        let created = if draft.is_new { FROM } else { born(rng, 2015, 2025) };
        let created = draft.birth_date.map_or(created, |birth| created.max(birth + Days::new(90)));
        let created_at = desk_hours(rng, open_day_until(created));
        let consents = if draft.is_new { Consents::default() } else { consents(rng, created_at) };
        let card = Patient {
            id: PatientId::new(format!("p{:04}", self.people.len() + 1)),
            revision: if draft.is_new { 1 } else { u64::from(1 + rng.below(6)) },
            first_name: Name::from(draft.first),
            last_name: Name::new(draft.last),
            // the form that a host may know better than the rules
            vocative: (draft.first == "Kuba").then(|| Name::from("Kubo")),
            phone: draft.phone.map(Phone::new),
            guardian: draft.guardian,
            birth_date: draft.birth_date,
            consents,
            status: PatientStatus::Active,
            created_at: Some(created_at),
        };
        let (writes_from, family, is_new) = (draft.writes_from, self.families, draft.is_new);
        self.people.push(Person { card, writes_from, new_number: None, family, is_new });
    }

    /// A mobile number that nobody else of the sample has, in E.164.
    fn mobile(&mut self, rng: &mut Rng) -> String {
        loop {
            let prefix = *rng.pick(&[50_u32, 51, 53, 57, 60, 66, 69, 72, 73, 78, 79, 88]);
            let number = prefix * 10_000_000 + rng.below(10_000_000);
            if self.numbers.insert(number) {
                return format!("+48{number}");
            }
        }
    }

    /// Cards that every archive has: put away, of a patient who died, without birth date, of one coming of age.
    fn odd_cards(&mut self) {
        for (place, person) in self.people.iter_mut().enumerate() {
            match place {
                17 | 118 => person.card.status = PatientStatus::Inactive,
                45 => person.card.status = PatientStatus::Deceased,
                // comes of age on 30 October 2026
                30 => person.card.birth_date = Some(day(2008, 10, 30)),
                // born on a leap day, so 18 since 1 March 2026
                31 => person.card.birth_date = Some(day(2008, 2, 29)),
                _ => {}
            }
        }
    }
}

fn consents(rng: &mut Rng, at: Timestamp) -> Consents {
    let (source, visits) = rng.weighted(&[
        (74, (ConsentSource::Person, Some(true))),
        (10, (ConsentSource::Import, Some(true))),
        (5, (ConsentSource::Person, Some(false))),
        (11, (ConsentSource::Person, None)),
    ]);
    let consent = |given| Consent { given, at, source };
    let marketing = visits.and_then(|_| rng.weighted(&[(50, Some(true)), (20, Some(false)), (30, None)]));
    Consents { visits: visits.map(consent), marketing: marketing.map(consent), other: None }
}

fn born(rng: &mut Rng, first: i32, last: i32) -> NaiveDate {
    let first = day(first, 1, 1);
    let span = (day(last, 12, 31) - first).num_days();
    first + Days::new(rng.between(0, span).unsigned_abs())
}

/// A Polish mobile number as desks type them.
pub fn as_typed(rng: &mut Rng, e164: &str) -> String {
    let digits = e164.strip_prefix("+48").unwrap_or(e164);
    let part = |from: usize| digits.get(from..from + 3).unwrap_or_default();
    let (a, b, c) = (part(0), part(3), part(6));
    match rng.below(10) {
        0 => format!("+48{a}{b}{c}"),
        1 => format!("{a}-{b}-{c}"),
        2 => format!("0048 {a} {b} {c}"),
        3 => format!("(+48) {a} {b} {c}"),
        4 => format!("48{a}{b}{c}"),
        5 => format!("0{a}{b}{c}"),
        6 | 7 => format!("{a}{b}{c}"),
        _ => format!("{a} {b} {c}"),
    }
}
