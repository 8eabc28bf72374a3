//! What another system sent before this one took over is not sent again.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable
)]

mod world;

use depesza::engine::{EngineError, Outcome};
use depesza::model::*;
use world::*;

fn elsewhere(visit: &str, kind: CampaignKind) -> Fact {
    Fact::SentElsewhere { visit: visit.into(), kind, at: at("2026-11-15 10:00") }
}

#[test]
fn a_message_that_another_system_sent_is_skipped_with_its_time() {
    let mut world = world();
    world.start("s", follow_up(60));
    world.visit("w", "1", "2026-11-20 12:00");
    assert_eq!(world.tell(elsewhere("w", CampaignKind::Reminder)), Outcome::Applied);
    let reminder = &world.messages("w")[0];
    assert_eq!(reminder.reason, Some(Reason::SentElsewhere { at: at("2026-11-15 10:00") }));
    world.run_until("2026-11-20 13:00");
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::TookPlace);
    world.run_until("2026-11-22 00:00");
    assert_eq!(world.fates("w"), [skipped("sent_elsewhere"), DELIVERED]); // the follow-up is another kind
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn it_holds_for_campaigns_that_are_activated_later() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-20 12:00");
    world.tell(elsewhere("w", CampaignKind::Reminder));
    world.start("p", day_before("10:00"));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w"), [skipped("sent_elsewhere")]);
}

#[test]
fn a_visit_that_moves_gets_a_new_one_beyond_the_tolerance() {
    let mut world = world();
    world.set(|settings| settings.move_tolerance_min = 15);
    world.visit("w", "1", "2026-11-20 12:00");
    world.visit("x", "1", "2026-11-24 12:00");
    world.tell(elsewhere("w", CampaignKind::Reminder));
    world.tell(elsewhere("x", CampaignKind::Reminder));
    world.visit("w", "1", "2026-11-20 12:10");
    world.visit("x", "1", "2026-11-25 12:00");
    world.run_until("2026-11-26 00:00");
    assert_eq!(world.fates("w"), [skipped("sent_elsewhere")]);
    assert_eq!(world.sent_at(), ["2026-11-24 10:00"]);
}

#[test]
fn a_booking_is_told_of_once_wherever_the_visit_is_moved() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("u", booking(30));
    world.visit("w", "1", "2026-11-20 12:00");
    world.tell(elsewhere("w", CampaignKind::Booking));
    world.visit("w", "1", "2026-11-27 12:00");
    world.run_until("2026-11-28 00:00");
    assert_eq!(world.fates("w"), [skipped("sent_elsewhere")]);
}

#[test]
fn telling_it_again_changes_nothing_and_an_unknown_visit_is_a_fault() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.tell(elsewhere("w", CampaignKind::Reminder));
    assert_eq!(world.tell(elsewhere("w", CampaignKind::Reminder)), Outcome::Known);
    let refused = |fact: Fact| match world.clinic().apply(&[fact], world.now) {
        Err(EngineError::Fact { place: 0, field, .. }) => field,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(elsewhere("nie ma", CampaignKind::Reminder)), "visit");
    assert_eq!(refused(elsewhere("w", CampaignKind::Birthday)), "kind");
}
