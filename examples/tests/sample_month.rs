//! The files in `examples/data/` are what the generator makes, and the readers read them whole.

use depesza::model::{Fact, Patient, PatientStatus, Visit, VisitState, Zone};
use depesza_examples::{month, read};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

fn inputs() -> Result<read::Inputs, Vec<read::Faults>> {
    let (visits, patients) = (data("visits.ics"), data("patients.csv"));
    let (campaigns, facts) = (data("campaigns.toml"), data("facts.jsonl"));
    read::read(read::Paths { visits: &visits, patients: &patients, campaigns: &campaigns, facts: &facts })
}

#[test]
fn the_files_are_what_the_generator_makes() {
    for (name, text) in month::generate(month::SEED).named() {
        let stored = std::fs::read_to_string(data(name)).unwrap();
        let drift = stored.lines().zip(text.lines()).position(|(stored, made)| stored != made);
        assert_eq!(drift, None, "{name}: run the example generate_month");
        assert_eq!(stored.len(), text.len(), "{name}: run the example generate_month");
    }
}

#[test]
fn another_seed_makes_another_month() {
    let (one, other) = (month::generate(1), month::generate(2));
    assert_ne!(one.facts_jsonl, other.facts_jsonl);
    assert_ne!(one.visits_ics, other.visits_ics);
}

#[test]
fn both_calendars_say_the_same() {
    let csv = read::visits(&data("visits.csv"), Zone::default()).unwrap();
    let plain =
        |visits: Vec<read::Lined<Visit>>| visits.into_iter().map(|visit| visit.what).collect::<Vec<_>>();
    assert_eq!(plain(inputs().unwrap().visits), plain(csv));
}

#[test]
fn the_month_has_what_its_description_says() {
    let inputs = inputs().unwrap();
    let (mut cards, mut visits): (BTreeMap<_, Patient>, BTreeMap<_, Vec<Visit>>) = Default::default();
    cards.extend(inputs.patients.iter().map(|card| (card.what.id.clone(), card.what.clone())));
    for visit in inputs.visits.iter().map(|visit| &visit.what) {
        visits.entry(visit.id.clone()).or_default().push(visit.clone());
    }
    let (mut parts, mut ids, mut repeated, mut merged) = (0, BTreeSet::new(), 0, 0);
    for told in &inputs.facts {
        match &told.what.fact {
            Fact::Patient(card) => drop(cards.insert(card.id.clone(), card.clone())),
            Fact::Visit(visit) => {
                assert!(cards.contains_key(&visit.patient), "{} comes before the patient's card", visit.id);
                visits.entry(visit.id.clone()).or_default().push(visit.clone());
            }
            Fact::SmsReceived(sms) => {
                parts += usize::from(sms.part.is_some());
                repeated += usize::from(!ids.insert(sms.provider_id.clone()));
            }
            Fact::PatientsMerged { .. } => merged += 1,
            Fact::ConfirmationSet { .. }
            | Fact::DeliveryReport(_)
            | Fact::CallEnded(_)
            | Fact::SentElsewhere { .. }
            | Fact::AccountTold(_) => {}
        }
    }
    assert!((290..=310).contains(&cards.len()), "{} cards", cards.len());
    assert!((1_190..=1_210).contains(&visits.len()), "{} visits", visits.len());
    let state =
        |wanted| visits.values().filter(|told| told.iter().any(|visit| visit.state == wanted)).count();
    let moved = |told: &&Vec<Visit>| told.windows(2).any(|pair| pair[0].start != pair[1].start);
    assert!(visits.values().filter(moved).count() > 30);
    assert!(
        state(VisitState::Cancelled) > 80 && state(VisitState::Deleted) > 3 && state(VisitState::NoShow) > 30
    );
    assert!(cards.values().any(|card| card.status == PatientStatus::Deceased));
    assert!(cards.values().any(|card| card.guardian.is_some() && card.phone.is_none()));
    assert!(cards.values().any(|card| card.guardian.is_none() && card.phone.is_none()));
    assert!(parts == 9 && repeated > 5 && merged == 2, "{parts} parts, {repeated} repeated, {merged} merged");
    assert_eq!(inputs.days(), Some((month::FROM, month::TO)));
}

#[test]
fn no_two_visits_are_in_one_place_at_one_time_when_the_month_begins() {
    let visits: Vec<Visit> = inputs().unwrap().visits.into_iter().map(|visit| visit.what).collect();
    let mut taken = BTreeSet::new();
    for visit in visits.iter().filter(|visit| !visit.state.is_off() && visit.room.is_some()) {
        assert!(taken.insert((visit.room.as_ref().unwrap().id.clone(), visit.start)), "{}", visit.id);
    }
}
