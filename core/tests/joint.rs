//! A message for several visits that could not be sent takes none of them with it: EDGE_CASES 39, 40 and 57.
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

const MORNING: &str = "2026-11-20 10:00";
const AFTERNOON: &str = "2026-11-20 16:00";

/// Two visits of one day whose reminders are joined, and a gateway that refuses the joint one three times.
fn refused() -> World {
    joint(CampaignSpec { same_day: SameDay::Joint, ..day_before("10:00") }, "1")
}

fn joint(spec: CampaignSpec, other: &str) -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.patient("2", "501234567");
    world.start("p", spec);
    world.visit("a", "1", MORNING);
    world.visit("b", other, AFTERNOON);
    let refused = SubmitResult::Rejected { class: RejectClass::Transient, code: "201".into() };
    world.gateway.script(vec![refused; 3]);
    world
}

const FAILED: (Status, Option<&str>) = (Status::Failed, Some("attempts_used_up"));

/// The fates of the visit's own message, and of the one that was to name both.
fn both(world: &World, visit: &str) -> Vec<(Status, Option<&'static str>)> {
    let mut fates = world.fates(visit);
    fates.sort_by_key(|fate| fate.0 == Status::Failed);
    fates
}

#[test]
fn edge_040_a_joint_message_that_failed_loses_no_other_visit_s_reminder() {
    for late in [LatePolicy::Auto, LatePolicy::Skip] {
        let mut world = joint(CampaignSpec { late, same_day: SameDay::Joint, ..day_before("10:00") }, "1");
        world.run_until("2026-11-21 00:00");
        assert_eq!(world.texts(), ["Imie1, wizyta 20.11.2026 o 16:00. Odpisz TAK lub NIE."], "{late:?}");
        assert_eq!(world.fates("a"), [FAILED], "as a message for it alone would have");
        assert_eq!(both(&world, "b"), [DELIVERED, FAILED]);
    }
}

#[test]
fn edge_040_whatever_is_told_afterwards_it_goes_once() {
    let mut world = refused();
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.sent().len(), 1);
    let before = (world.messages("a"), world.messages("b"));
    world.visit("b", "1", AFTERNOON);
    world.visit("a", "1", MORNING);
    world.edit("p", CampaignSpec { same_day: SameDay::Joint, ..day_before("11:00") });
    world.pause("p");
    world.resume("p");
    world.visit("b", "1", "2026-11-23 16:00");
    world.visit("b", "1", AFTERNOON);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent().len(), 1);
    assert_eq!(before.0, world.messages("a"));
    assert_eq!(both(&world, "b")[0], DELIVERED);
}

#[test]
fn edge_040_a_fact_told_while_its_own_message_waits_leaves_it() {
    let mut world = joint(CampaignSpec { same_day: SameDay::Joint, ..hours_before(24) }, "1");
    world.run_until("2026-11-19 12:00");
    assert_eq!((world.fates("a"), both(&world, "b")), (vec![FAILED], vec![PLANNED, FAILED]));
    world.visit("b", "1", AFTERNOON);
    world.visit("a", "1", MORNING);
    assert_eq!(both(&world, "b"), [PLANNED, FAILED]);
    let explained = world.clinic().explain_visit(&"b".into(), world.now).unwrap();
    let outcome = &explained.campaigns[0].steps[0].outcome;
    assert!(matches!(outcome, StepOutcome::Sends { .. }), "{outcome:?}");
    world.visit_state("b", "1", AFTERNOON, VisitState::Cancelled);
    world.visit("b", "1", AFTERNOON);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 16:00"]);
}

#[test]
fn edge_057_nor_the_reminder_of_another_patient_with_the_number() {
    let mut world = joint(CampaignSpec { shared_number: SharedNumber::Joint, ..day_before("10:00") }, "2");
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.texts(), ["Imie2, wizyta 20.11.2026 o 16:00. Odpisz TAK lub NIE."]);
    assert_eq!((world.fates("a"), both(&world, "b")), (vec![FAILED], vec![DELIVERED, FAILED]));
    world.reply("501234567", "TAK");
    assert_eq!((world.confirmation("a"), world.confirmation("b")), (None, Some(Reply::Yes)));
}

#[test]
fn edge_057_nor_where_the_last_look_drops_it_before_another_attempt() {
    let mut world = joint(CampaignSpec { shared_number: SharedNumber::Joint, ..day_before("10:00") }, "2");
    world.run_until("2026-11-19 10:00");
    world.patient_with("1", "501234567", |patient| patient.consents = Consents::default());
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("a"), [(Status::Failed, Some("no_consent"))]);
    assert_eq!(both(&world, "b").len(), 2);
    assert!(world.texts().iter().all(|text| text.starts_with("Imie2, wizyta 20.11.2026 o 16:00")));
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn edge_040_three_joined_and_refused_again_end_one_by_one() {
    let mut world = refused();
    world.visit("c", "1", "2026-11-20 18:00");
    let refused = SubmitResult::Rejected { class: RejectClass::Transient, code: "201".into() };
    world.gateway.script(vec![refused; 20]);
    world.run_until("2026-11-21 00:00");
    assert!(world.sent().is_empty());
    for visit in ["a", "b", "c"] {
        let fates = world.fates(visit);
        assert!(fates.iter().all(|fate| *fate == FAILED), "{visit}: {fates:?}");
    }
}

#[test]
fn edge_040_one_that_may_have_gone_binds_them_all() {
    let own_reference = OwnReference::None;
    let can = Capabilities { own_reference, look_up: false, batch: 10, reports: false, cancel: false };
    let gateway = depesza::gateway::Simulator::new(GATEWAY.into(), 1).with_capabilities(can);
    let mut world = World::with("2026-11-16 09:00", practice(), gateway);
    world.patient("1", "501234567");
    world.start("p", CampaignSpec { same_day: SameDay::Joint, ..day_before("10:00") });
    world.visit("a", "1", MORNING);
    world.visit("b", "1", AFTERNOON);
    world.gateway.script([SubmitResult::Unknown { why: String::new() }]);
    world.run_until("2026-11-21 00:00");
    world.visit("b", "1", AFTERNOON);
    let in_doubt = (Status::InDoubt, Some("no_answer"));
    assert_eq!(world.fates("a"), [in_doubt]);
    assert!(world.fates("b").contains(&in_doubt) && world.fates("b").contains(&skipped("joined_into")));
}

#[test]
fn edge_040_a_joint_message_in_shadow_mode_stands_for_all_its_visits() {
    for late in [LatePolicy::Auto, LatePolicy::Skip] {
        let mut world = World::new("2026-11-16 09:00");
        world.patient("1", "501234567");
        world.start("p", CampaignSpec { late, same_day: SameDay::Joint, ..hours_before(24) });
        // the later one was told first
        world.visit("b", "1", AFTERNOON);
        world.visit("a", "1", MORNING);
        world.set(|settings| settings.shadow = true);
        world.run_until("2026-11-19 12:00");
        world.set(|settings| settings.shadow = false);
        world.visit("b", "1", AFTERNOON);
        world.visit("a", "1", MORNING);
        world.run_until("2026-11-21 00:00");
        assert_eq!(world.fates("b"), [skipped("joined_into"), skipped("shadow")], "{late:?}");
        assert!(world.sent().is_empty(), "{late:?}: {:?}", world.texts());
    }
}
