//! Shadow mode: everything is planned and decided as usual, and nothing is sent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable
)]

mod world;

use depesza::gateway::Simulator;
use depesza::model::*;
use world::*;

fn watching() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.set(|settings| settings.shadow = true);
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world
}

#[test]
fn in_shadow_mode_nothing_is_sent_and_the_text_with_its_cost_is_on_record() {
    let mut world = watching();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert!(world.sent().is_empty());
    let message = world.message("w");
    assert_eq!((message.status, message.reason), (Status::Skipped, Some(Reason::Shadow {})));
    let body = message.body.unwrap();
    assert_eq!(body.reveal(), "Imie1, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE.");
    assert_eq!((message.parts, message.cost_milli), (1, 90));
    assert_eq!(message.day, "2026-11-19".parse().unwrap());
    assert_eq!(message.submitted_at, None);
}

#[test]
fn what_shadow_mode_kept_does_not_go_when_it_ends() {
    let mut world = watching();
    world.visit("w", "1", "2026-11-20 12:00");
    world.visit("x", "1", "2026-11-24 12:00");
    world.run_until("2026-11-19 12:00");
    world.set(|settings| settings.shadow = false);
    world.work();
    world.visit_with("w", "1", "2026-11-20 12:00", |visit| visit.room = room("2")); // told again
    world.run_until("2026-11-25 00:00");
    assert_eq!(world.fates("w"), [skipped("shadow")]);
    assert_eq!(world.sent_at(), ["2026-11-23 10:00"]);
}

#[test]
fn a_reminder_by_hand_is_not_sent_either() {
    let mut world = watching();
    world.visit("w", "1", "2026-11-20 12:00");
    let id = world.remind("w");
    world.run_until("2026-11-16 10:00");
    let message = world.clinic().message(id).unwrap().unwrap();
    assert_eq!(message.reason, Some(Reason::Shadow {}));
    assert!(world.sent().is_empty());
}

#[test]
fn what_bars_a_message_bars_it_in_shadow_mode_too() {
    let mut world = watching();
    world.visit("w", "1", "2026-11-20 12:00");
    world.patient_with("1", "501234567", |patient| patient.consents.visits = None);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w"), [skipped("no_consent")]);
}

#[test]
fn the_first_visit_of_a_day_stands_for_the_second_as_it_would() {
    let mut world = watching();
    world.visit("w", "1", "2026-11-20 12:00");
    world.visit("x", "1", "2026-11-20 15:00");
    world.run_until("2026-11-19 12:00");
    world.visit_with("x", "1", "2026-11-20 15:30", |_| {});
    world.run_until("2026-11-21 00:00");
    assert_eq!((world.fates("w"), world.fates("x")), (vec![skipped("shadow")], vec![skipped("same_day")]));
}

#[test]
fn a_practice_without_a_gateway_can_watch() {
    let mut world = World::with("2026-11-16 09:00", practice(), Simulator::new(GATEWAY.into(), 1));
    world.set(|settings| settings.shadow = true);
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world.visit("w", "1", "2026-11-18 12:00");
    let bare = depesza::engine::Engine::new(world.store.clone(), Vec::new());
    bare.dispatch(at("2026-11-17 10:00"), 100).unwrap();
    assert_eq!(world.fates("w"), [skipped("shadow")]);
}
