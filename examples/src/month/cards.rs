//! What happens to cards: new ones, corrected ones, consents, a death, and cards of one patient made one.

use super::bookings::Booking;
use super::people::{Person, as_typed};
use super::rng::Rng;
use super::time::{FROM, day, desk_hours, instant, open_day_from, wall};
use chrono::Days;
use depesza::model::{Consent, ConsentSource, Fact, Name, Patient, PatientStatus, Phone, Timestamp};

/// Card that turn out to be another patient's second: the place of the first, and when.
const MERGED: [(usize, (u32, u32)); 2] = [(21, (10, 21)), (91, (11, 5))];

/// Numbers that change: the place of the card, and when.
const NUMBERS: [(usize, (u32, u32)); 5] =
    [(5, (10, 15)), (33, (10, 20)), (79, (10, 28)), (140, (11, 3)), (201, (11, 9))];

/// Second cards of two patients, made by mistake at another desk.
pub fn doubles(people: &mut Vec<Person>) {
    for (first, _) in MERGED {
        let Some(twin) = people.get(first).map(|person| (person.card.clone(), person.writes_from.clone()))
        else {
            continue;
        };
        let (mut card, writes_from) = twin;
        card.id = format!("p{:04}", people.len() + 1).as_str().into();
        card.revision = 1;
        card.birth_date = None;
        let family = people.len() as u32 + 1_000;
        people.push(Person { card, writes_from, new_number: None, family, is_new: false });
    }
}

/// Draws the numbers that some patients change to.
pub fn new_numbers(rng: &mut Rng, people: &mut [Person]) {
    for (place, (month, date)) in NUMBERS {
        let number = format!("+48{}", 690_000_000 + rng.below(9_999_999));
        if let Some(person) = people.get_mut(place) {
            person.new_number = Some((desk_hours(rng, day(2026, month, date)), number));
        }
    }
}

/// The facts about cards.
pub fn facts(rng: &mut Rng, people: &[Person], bookings: &mut [Booking]) -> Vec<(Timestamp, Fact)> {
    let mut facts = Vec::new();
    for person in people.iter().filter(|person| person.is_new) {
        if let Some(at) = person.card.created_at.filter(|at| *at > instant(wall(FROM, 8 * 60))) {
            facts.push((at, Fact::Patient(person.card.clone())));
        }
    }
    for person in people {
        if let Some((at, number)) = &person.new_number {
            let typed = as_typed(rng, number);
            facts.push((*at, changed(&person.card, |card| card.phone = Some(Phone::new(typed)))));
        }
    }
    for (place, person) in
        people.iter().enumerate().filter(|(_, person)| !person.is_new && person.new_number.is_none())
    {
        let date = open_day_from(FROM + Days::new(u64::from(rng.below(28))));
        let at = desk_hours(rng, date);
        let consent = |given| Some(Consent { given, at, source: ConsentSource::Person });
        let card = &person.card;
        let asked = card.consents.visits.is_some();
        let fact = match place % 30 {
            // asked at last
            7 if !asked => changed(card, |card| card.consents.visits = consent(true)),
            8 if !asked => changed(card, |card| card.consents.visits = consent(false)),
            // thought better of it
            11 if place > 100 => changed(card, |card| card.consents.visits = consent(false)),
            12 => changed(card, |card| card.consents.marketing = consent(false)),
            // saved again without a change, under the old revision
            13 => Fact::Patient(card.clone()),
            14 if place == 134 => changed(card, |card| card.last_name = Name::from("Zielińska-Żuk")),
            15 if place == 75 => changed(card, |card| card.status = PatientStatus::Deceased),
            16 if place == 166 => changed(card, |card| card.status = PatientStatus::Inactive),
            _ => continue,
        };
        facts.push((at, fact));
    }
    for (double, (first, (month, date))) in (1..).zip(MERGED) {
        let at = desk_hours(rng, day(2026, month, date));
        let from = people.get(people.len() + double - 1 - MERGED.len());
        let (Some(from), Some(into)) = (from, people.get(first)) else { continue };
        let (from, into) = (from.card.id.clone(), into.card.id.clone());
        for (told, visit) in bookings.iter_mut().flat_map(|booking| &mut booking.told) {
            if *told > at && visit.patient == from {
                visit.patient = into.clone();
            }
        }
        facts.push((at, Fact::PatientsMerged { from, into }));
    }
    facts
}

/// The card with its next revision.
fn changed(card: &Patient, change: impl FnOnce(&mut Patient)) -> Fact {
    let mut card = card.clone();
    card.revision += 1;
    change(&mut card);
    Fact::Patient(card)
}
