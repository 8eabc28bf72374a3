//! Patients found by a part of their name or number.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::EngineError;
use depesza::model::*;
use world::*;

fn named(world: &mut World, id: &str, first: &str, last: &str, phone: &str) {
    world.patient_with(id, phone, |patient| {
        patient.first_name = Name::new(first);
        patient.last_name = Name::new(last);
        patient.birth_date = "1980-05-17".parse().ok();
    });
}

fn card_index() -> World {
    let mut world = World::new("2026-11-16 09:00");
    named(&mut world, "1", "Stanisław", "Żółć", "501 234 567");
    named(&mut world, "2", "Anna", "Kowalska", "502 345 678");
    named(&mut world, "3", "Jan", "Makowalski", "503 456 789");
    named(&mut world, "4", "Anna Maria", "Nowak-Kowal", "48 362 12 34");
    named(&mut world, "5", "Zażółcia", "Gęślą", "");
    world
}

fn found(world: &World, query: &str) -> Vec<String> {
    let found = world.clinic().find_patients(query, 100).unwrap();
    found.into_iter().map(|patient| patient.id.to_string()).collect()
}

#[test]
fn patients_are_found_by_a_part_of_their_name_without_case_and_diacritics() {
    let world = card_index();
    assert_eq!(found(&world, "zolc"), ["1", "5"], "those with a word that begins so come first");
    assert_eq!(found(&world, "ŻÓŁĆ"), ["1", "5"]);
    assert_eq!(found(&world, "owal"), ["4", "2", "3"]);
    assert_eq!(found(&world, "kowalska"), ["2"]);
    assert_eq!(found(&world, "gesla"), ["5"]);
    assert_eq!(found(&world, "wak"), ["4"]);
    assert!(found(&world, "nikogo").is_empty());
}

#[test]
fn of_two_words_both_have_to_be_there() {
    let world = card_index();
    assert_eq!(found(&world, "anna kow"), ["2", "4"]);
    assert_eq!(found(&world, "kow a"), ["4", "2", "3"]);
    assert_eq!(found(&world, "Kowal, Maria"), ["4"]);
    assert_eq!(found(&world, "Nowak-Kowal"), ["4"]);
    assert!(found(&world, "jan kowalska").is_empty());
    assert_eq!(found(&world, "anna 345"), ["2"]);
}

#[test]
fn patients_are_found_by_a_part_of_their_number_however_it_is_grouped() {
    let world = card_index();
    for query in ["501 23", "50123", "+48 501-234-567", "0048501234567", "1234567", "501 2345 "] {
        assert_eq!(found(&world, query)[0], "1", "{query}");
    }
    assert_eq!(found(&world, "362 12 34"), ["4"], "also by a number that takes no SMS");
}

#[test]
fn what_is_found_tells_namesakes_apart_and_counts_what_is_unread() {
    let mut world = card_index();
    world.reply("501234567", "Dzien dobry");
    world.reply("501234567", "Halo?");
    let found = world.clinic().find_patients("zolc", 1).unwrap();
    assert_eq!(found.len(), 1, "no more than asked for");
    let patient = &found[0];
    assert_eq!((patient.first_name.reveal(), patient.last_name.reveal()), ("Stanisław", "Żółć"));
    assert_eq!(patient.number.as_ref().unwrap().reveal(), "+48501234567");
    assert_eq!(patient.birth_date, "1980-05-17".parse().ok());
    assert_eq!(patient.unread, BoundedCount { count: 2, more: false });
}

#[test]
fn a_card_is_found_by_what_it_says_now_and_not_after_it_was_merged() {
    let mut world = card_index();
    named(&mut world, "2", "Anna", "Wiśniewska", "504 000 111");
    assert_eq!(found(&world, "kowalska"), Vec::<String>::new());
    assert_eq!(found(&world, "wisniew"), ["2"]);
    assert_eq!(found(&world, "504000"), ["2"]);
    assert_eq!(found(&world, "502345"), Vec::<String>::new());
    world.tell(Fact::PatientsMerged { from: "2".into(), into: "1".into() });
    assert_eq!(found(&world, "wisniew"), Vec::<String>::new());
}

#[test]
fn a_question_of_one_letter_is_refused_and_a_long_one_harmless() {
    let world = card_index();
    for query in ["", " ", "a", "ż 5", "?!"] {
        let refused = world.clinic().find_patients(query, 10);
        assert!(matches!(refused, Err(EngineError::Input { field: "query", .. })), "{query}: {refused:?}");
    }
    assert!(found(&world, &"kowal ".repeat(500)).contains(&"2".to_owned()));
    assert!(found(&world, &"x".repeat(5_000)).is_empty());
    let guest = User::new("gosc", [Permission::ManageCampaigns]);
    let refused = world.clinic().as_user(guest).find_patients("kowal", 10);
    assert!(matches!(refused, Err(EngineError::NotPermitted(_))));
}

#[test]
fn of_many_namesakes_as_many_as_asked_for_are_found_each_once() {
    let mut world = World::new("2026-11-16 09:00");
    for no in 0..250 {
        named(&mut world, &format!("{no:03}"), "Banan", "Ananas", "501 234 567");
    }
    let mut ids = found(&world, "an");
    assert_eq!(ids.len(), 100);
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100);
}
