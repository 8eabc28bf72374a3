//! Reminders by hand that did not go: EDGE_CASES 47 the other way round. Only what went, or may yet, stands for the automatic
//! one.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::model::*;
use world::*;

const START: &str = "2026-11-20 12:00";

/// A visit on the 20th, whose automatic reminder goes the day before at ten.
fn booked() -> World {
    let mut world = world();
    world.visit("w", "1", START);
    world
}

fn refused(class: RejectClass) -> SubmitResult {
    SubmitResult::Rejected { class, code: "201".into() }
}

#[test]
fn edge_047_a_reminder_by_hand_that_failed_stands_for_no_automatic_one() {
    let mut world = booked();
    world.gateway.script(vec![refused(RejectClass::Transient); 3]);
    world.remind("w");
    world.run_until("2026-11-18 09:00");
    assert_eq!(world.fates("w"), [PLANNED, (Status::Failed, Some("attempts_used_up"))]);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
}

#[test]
fn edge_047_one_that_fails_after_the_automatic_one_was_due_lets_that_go_late() {
    for late in [LatePolicy::Auto, LatePolicy::Skip] {
        let mut world = World::new("2026-11-16 09:00");
        world.patient("1", "501234567");
        world.start("p", CampaignSpec { late, ..day_before("10:00") });
        world.visit("w", "1", START);
        world.now = at("2026-11-19 09:59");
        world.gateway.script(vec![refused(RejectClass::Transient); 3]);
        world.remind("w");
        world.run_until("2026-11-21 00:00");
        assert_eq!(world.sent().len(), 1, "it was in time, whatever is done with late ones: {late:?}");
        assert_eq!(world.fates("w"), [DELIVERED, (Status::Failed, Some("attempts_used_up"))]);
    }
}

#[test]
fn edge_047_nor_does_one_that_was_taken_back_with_its_visit() {
    let mut world = booked();
    world.gateway.script([refused(RejectClass::Transient)]);
    world.remind("w");
    world.step();
    world.visit_state("w", "1", START, VisitState::Cancelled);
    world.run_until("2026-11-17 09:00");
    assert_eq!(world.fates("w")[1], cancelled("visit_cancelled"));
    world.visit("w", "1", START);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
}

#[test]
fn edge_047_nor_one_that_the_last_look_skipped() {
    let mut world = booked();
    world.remind("w");
    world.patient_with("1", "501234567", |patient| patient.consents = Consents::default());
    world.step();
    assert_eq!(world.fates("w")[1], skipped("no_consent"));
    world.patient("1", "501234567");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
}

#[test]
fn edge_047_nor_one_that_a_stop_withdrew_before_the_patient_consented_anew() {
    let mut world = booked();
    world.gateway.script([refused(RejectClass::Transient)]);
    world.remind("w");
    world.step();
    world.reply("501234567", "STOP");
    assert_eq!(world.fates("w"), [skipped("opted_out"), skipped("opted_out")]);
    let anew = Consent { given: true, at: at("2026-11-17 10:00"), source: ConsentSource::Person };
    world.now = at("2026-11-17 10:00");
    world.patient_with("1", "501234567", |patient| patient.consents.visits = Some(anew));
    world.run_until("2026-11-21 00:00");
    assert!(world.sent_at().ends_with(&["2026-11-19 10:00".to_owned()]), "{:?}", world.sent_at());
}

#[test]
fn edge_047_one_in_doubt_and_one_in_shadow_mode_stand_for_it() {
    let mut world = booked();
    world.gateway.script([SubmitResult::Unknown { why: String::new() }]);
    world.remind("w");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w")[0], skipped("manual_reminder"), "it may have gone");
    let mut world = booked();
    world.set(|settings| settings.shadow = true);
    world.remind("w");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w"), [skipped("manual_reminder"), skipped("shadow")]);
}

#[test]
fn edge_047_asked_for_twice_before_it_went_it_is_one() {
    let mut world = booked();
    let first = world.remind("w");
    assert_eq!(world.remind("w"), first, "a second click");
    world.gateway.script([refused(RejectClass::Transient)]);
    world.step();
    assert_eq!(world.remind("w"), first, "it waits for another attempt");
    world.run_until("2026-11-16 12:00");
    assert_eq!(world.sent().len(), 1);
    // what went is another matter: a person may remind again
    assert_ne!(world.remind("w"), first);
    world.run_until("2026-11-16 13:00");
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn edge_047_asked_for_again_at_another_time_of_the_visit_it_is_another() {
    let mut world = booked();
    let first = world.remind("w");
    world.visit("w", "1", "2026-11-24 12:00");
    let second = world.remind("w");
    assert_ne!(second, first);
    world.run_until("2026-11-16 12:00");
    assert_eq!(world.texts(), ["Imie1, wizyta 24.11.2026 o 12:00. Odpisz TAK lub NIE."]);
}
