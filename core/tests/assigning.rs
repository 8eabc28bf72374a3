//! Giving incoming messages to patients: families share phones, and people write from other numbers.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::{EngineError, Outcome};
use depesza::model::*;
use world::*;

use Reply::{No, Yes};

const SHARED: &str = "501 234 567";

/// A mother and a child share a number; both were reminded on the 19th of visits on the 20th.
fn family() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    for patient in ["matka", "dziecko"] {
        world.patient(patient, SHARED);
    }
    world.patient("obcy", "502 222 222");
    world.visit("wm", "matka", "2026-11-20 12:30");
    world.visit("wd", "dziecko", "2026-11-20 13:30");
    world.run_until("2026-11-19 10:05");
    world
}

fn says(world: &mut World, from: &str, text: &str) -> MessageId {
    world.now = world.now.plus_ms(60_000);
    let Outcome::Received(id) = world.reply(from, text) else { panic!("known") };
    id
}

fn assign(world: &mut World, message: MessageId, patient: &str) -> Option<ReplyEffect> {
    world.now = world.now.plus_ms(60_000);
    world.desk(|desk, now| desk.assign_message(message, &patient.into(), now))
}

fn confirmed(world: &World) -> [Option<Reply>; 2] {
    [world.confirmation("wm"), world.confirmation("wd")]
}

/// Answers counted: TAK, NIE, otherwise.
fn counted(world: &World) -> [i64; 3] {
    let figures = world.clinic().campaign(&"p".into()).unwrap().unwrap().totals;
    [figures.yes, figures.no, figures.other]
}

#[test]
fn edge_069_an_ambiguous_answer_is_applied_when_it_is_assigned_to_a_patient() {
    let mut world = family();
    let tak = says(&mut world, SHARED, "TAK");
    assert_eq!((confirmed(&world), counted(&world)), ([None, None], [0, 0, 0]));
    let at_first = world.clinic().unread(&"dziecko".into()).unwrap().count;
    assert_eq!(assign(&mut world, tak, "dziecko"), Some(ReplyEffect::Applied));
    assert_eq!((confirmed(&world), counted(&world)), ([None, Some(Yes)], [1, 0, 0]));
    let message = world.clinic().message(tak).unwrap().unwrap();
    assert_eq!((message.patient, message.settled), (Some("dziecko".into()), true));
    let chat = world.clinic().chat(&"dziecko".into(), ChatShows::Exchanged, None, 10).unwrap();
    assert!(chat.rows.iter().any(|row| row.message.id == tak));
    assert_eq!(world.clinic().unread(&"dziecko".into()).unwrap().count, at_first + 1);
    let answered = |what: &Happening| matches!(what, Happening::VisitAnswered { reply: Yes, .. });
    assert_eq!(world.events().iter().filter(|what| answered(what)).count(), 1);
}

#[test]
fn edge_068_of_a_patient_with_two_open_questions_it_stays_ambiguous() {
    let mut world = family();
    world.visit("wm2", "matka", "2026-11-21 12:30");
    world.run_until("2026-11-20 10:05");
    let tak = says(&mut world, SHARED, "TAK");
    assert_eq!(assign(&mut world, tak, "matka"), Some(ReplyEffect::Ambiguous));
    assert_eq!(confirmed(&world), [None, None]);
    let message = world.clinic().message(tak).unwrap().unwrap();
    assert_eq!(message.patient, Some("matka".into()), "it is in her conversation");
    assert_eq!(message.answer.unwrap().visits.len(), 2, "between which is known");
    assert!(!message.settled);
}

#[test]
fn edge_075_an_answer_from_another_number_counts_when_it_is_assigned() {
    let mut world = family();
    let nie = says(&mut world, "600 000 000", "NIE");
    assert_eq!(world.clinic().message(nie).unwrap().unwrap().patient, None);
    assert_eq!(assign(&mut world, nie, "matka"), Some(ReplyEffect::Applied));
    assert_eq!((confirmed(&world), counted(&world)), ([Some(No), None], [0, 1, 0]));
    assert_eq!(assign(&mut world, nie, "matka"), Some(ReplyEffect::Applied), "again it changes nothing");
    assert_eq!(counted(&world), [0, 1, 0]);
}

/// The gateway's clock is behind ours: the answer seems to come before its question.
#[test]
fn an_answer_by_a_clock_that_is_behind_counts_when_it_is_assigned() {
    let mut world = family();
    let outcome = world.reply_with(SHARED, "TAK", |sms| sms.received_at = at("2026-11-19 09:59"));
    let Outcome::Received(tak) = outcome else { panic!("known") };
    assert_eq!(assign(&mut world, tak, "dziecko"), Some(ReplyEffect::Applied));
    assert_eq!(confirmed(&world), [None, Some(Yes)]);
}

#[test]
fn assigning_it_anew_takes_back_what_it_had_confirmed() {
    let mut world = family();
    let tak = says(&mut world, SHARED, "TAK");
    assign(&mut world, tak, "dziecko");
    assert_eq!(assign(&mut world, tak, "matka"), Some(ReplyEffect::Applied));
    assert_eq!((confirmed(&world), counted(&world)), ([Some(Yes), None], [1, 0, 0]));
    assert!(world.events().contains(&Happening::ConfirmationVoid { visit: "wd".into() }));
    assert_eq!(assign(&mut world, tak, "obcy"), Some(ReplyEffect::NoRequest));
    assert_eq!((confirmed(&world), counted(&world)), ([None, None], [0, 0, 0]));
}

#[test]
fn an_answer_that_was_matched_by_itself_is_corrected_too() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.patient("matka", SHARED);
    world.patient("dziecko", "502 222 222");
    world.visit("wm", "matka", "2026-11-20 12:30");
    world.visit("wd", "dziecko", "2026-11-20 13:30");
    world.run_until("2026-11-19 10:05");
    let nie = says(&mut world, SHARED, "NIE");
    assert_eq!(confirmed(&world), [Some(No), None]);
    assert_eq!(assign(&mut world, nie, "dziecko"), Some(ReplyEffect::Applied));
    assert_eq!((confirmed(&world), counted(&world)), ([None, Some(No)], [0, 1, 0]));
}

#[test]
fn neither_a_newer_answer_nor_what_the_staff_set_gives_way() {
    let mut world = family();
    let old = says(&mut world, SHARED, "TAK");
    let new = says(&mut world, SHARED, "NIE");
    assert_eq!(assign(&mut world, new, "matka"), Some(ReplyEffect::Applied));
    assert_eq!(assign(&mut world, old, "matka"), Some(ReplyEffect::Noted));
    assert_eq!(confirmed(&world), [Some(No), None]);
    world.tell(Fact::ConfirmationSet { visit: "wd".into(), reply: Yes, by: "anna".into() });
    assert_eq!(assign(&mut world, new, "dziecko"), Some(ReplyEffect::StaffDecided));
    assert_eq!(confirmed(&world), [None, Some(Yes)]);
    assert_eq!(assign(&mut world, new, "matka"), Some(ReplyEffect::Applied));
    assert_eq!(confirmed(&world), [Some(No), Some(Yes)], "taking it back leaves what the staff set");
}

#[test]
fn an_answer_counts_as_of_the_time_it_came() {
    let mut world = family();
    let in_time = says(&mut world, SHARED, "TAK");
    world.now = at("2026-11-20 12:40");
    let late = says(&mut world, "600 000 000", "NIE");
    assert_eq!(assign(&mut world, late, "matka"), Some(ReplyEffect::NoRequest), "her visit had begun");
    assert_eq!(assign(&mut world, in_time, "matka"), Some(ReplyEffect::Applied));
    assert_eq!(confirmed(&world), [Some(Yes), None]);
}

#[test]
fn a_stop_stays_a_stop_and_moves_into_the_conversation() {
    let mut world = family();
    let stop = says(&mut world, SHARED, "STOP");
    assert_eq!(assign(&mut world, stop, "matka"), Some(ReplyEffect::OptOut));
    assert_eq!(world.clinic().message(stop).unwrap().unwrap().patient, Some("matka".into()));
    assert_eq!(confirmed(&world), [None, None]);
}

#[test]
fn only_what_came_in_is_assigned_and_only_to_a_known_patient_by_somebody_permitted() {
    let mut world = family();
    let tak = says(&mut world, SHARED, "TAK");
    let out = world.message("wm").id;
    let clinic = world.clinic();
    let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
    let guest = clinic.as_user(User::new("gosc", [Permission::ManageCampaigns]));
    let matka = "matka".into();
    assert!(matches!(desk.assign_message(out, &matka, world.now), Err(EngineError::NotIncoming(_))));
    let nobody = desk.assign_message(tak, &"nikt".into(), world.now);
    assert!(matches!(nobody, Err(EngineError::UnknownPatient(_))));
    let unknown = desk.assign_message(MessageId(999), &matka, world.now);
    assert!(matches!(unknown, Err(EngineError::UnknownMessage(_))));
    assert!(matches!(guest.assign_message(tak, &matka, world.now), Err(EngineError::NotPermitted(_))));
    assert_eq!(clinic.message(tak).unwrap().unwrap().patient, None);
}
