//! What becomes of messages when visits are called off, reopened, take place or do not, and what is told of that.
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod world;

use depesza::model::*;
use world::*;

// Called off (27-31)

#[test]
fn edge_027_called_off_before_the_reminder_nothing_goes() {
    for state in [VisitState::Cancelled, VisitState::Deleted] {
        let mut world = world();
        world.visit("w", "1", "2026-11-20 12:00");
        world.run_until("2026-11-19 09:59");
        world.visit_state("w", "1", "2026-11-20 12:00", state);
        world.run_until("2026-11-21 00:00");
        assert!(world.sent().is_empty());
        assert_eq!(world.fates("w"), [cancelled("visit_cancelled")]);
    }
}

#[test]
fn edge_027_called_off_while_it_waits_for_another_attempt_nothing_goes() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "201".into() }]);
    world.now = at("2026-11-19 10:00");
    world.step();
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    world.run_until("2026-11-21 00:00");
    assert!(world.sent().is_empty());
    assert_eq!(world.fates("w"), [cancelled("visit_cancelled")]);
}

#[test]
fn edge_028_called_off_after_the_reminder_it_is_marked() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.now = at("2026-11-19 10:00");
    world.step();
    assert_eq!(world.message("w").status, Status::Submitted);
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    assert!(world.message("w").may_still_arrive);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w"), [DELIVERED]);
}

#[test]
fn edge_028_called_off_while_nobody_knows_and_re_opened_it_does_not_go_twice() {
    let faults = depesza::gateway::Faults { answer_lost: 1_000, ..Default::default() };
    let gateway = depesza::gateway::Simulator::new(GATEWAY.into(), 1).with_faults(faults);
    let mut world = World::with("2026-11-16 09:00", practice(), gateway);
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world.visit("w", "1", "2026-11-20 12:00");
    world.now = at("2026-11-19 10:00");
    world.engine.dispatch(world.now, 10).unwrap(); // taken, the answer lost
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    world.now = at("2026-11-19 10:03");
    world.engine.dispatch(world.now, 10).unwrap(); // the submission's time is up
    assert_ne!(world.message("w").status, Status::Cancelled, "it may well have gone");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
    assert_eq!(world.fates("w"), [DELIVERED]);
}

#[test]
fn edge_029_the_gateway_gets_messages_when_they_are_due_and_not_before() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 09:59");
    assert!(world.gateway.taken().is_empty());
}

#[test]
fn edge_031_a_deleted_visit_is_a_called_off_one() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Deleted);
    assert_eq!(world.fates("w"), [cancelled("visit_cancelled")]);
    world.run_until("2026-11-21 00:00");
    assert!(world.gateway.taken().is_empty());
}

#[test]
fn edge_030_re_opened_it_is_planned_again_and_again() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    for _ in 0..2 {
        world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
        assert_eq!(world.fates("w"), [cancelled("visit_cancelled")]);
        world.visit("w", "1", "2026-11-20 12:00");
        assert_eq!(world.fates("w"), [PLANNED]);
    }
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
}

#[test]
fn edge_030_re_opened_after_its_reminder_left_it_is_not_sent_again() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 11:00");
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
}

#[test]
fn edge_030_re_opened_at_another_time_past_the_reminders_it_is_late() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-18 11:00");
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    world.run_until("2026-11-18 15:00");
    world.visit("w", "1", "2026-11-19 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-18 15:00"]);
}

#[test]
fn edge_030_a_visit_first_told_as_called_off_is_nobodys_business_until_it_is_opened() {
    let mut world = world();
    world.start("u", booking(0));
    let mut off = campaign("Odwolana", Timing::Cancelled { delay_min: 0 });
    off.bodies.default = "Odwolano (data).".into();
    world.start("o", off);
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    assert!(world.messages("w").is_empty());
    world.run_until("2026-11-17 10:00");
    assert!(world.sent().is_empty());
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at().last().map(String::as_str), Some("2026-11-19 10:00"));
    assert!(world.texts().iter().all(|text| !text.contains("Odwolano")));
}

// Follow-ups (34, 35)

fn after_a_visit(closing: &[(&str, VisitState)]) -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("s", follow_up(60));
    world.visit("w", "1", "2026-11-17 12:00"); // ends 12:30
    for (time, state) in closing {
        world.run_until(time);
        world.visit_state("w", "1", "2026-11-17 12:00", *state);
    }
    world.run_until("2026-11-30 00:00");
    world
}

#[test]
fn edge_034_only_a_visit_that_took_place_gets_a_follow_up() {
    use VisitState::{Arrived, Cancelled, NoShow, TookPlace};
    let world = after_a_visit(&[("2026-11-17 12:40", TookPlace)]);
    assert_eq!(world.sent_at(), ["2026-11-17 13:30"]);
    assert_eq!(world.texts(), ["Imie1, dziekujemy za wizyte 17.11.2026."]);
    for (closing, fate) in [
        (vec![("2026-11-17 12:40", NoShow)], skipped("not_took_place")),
        (vec![("2026-11-17 11:00", Cancelled)], cancelled("visit_cancelled")),
        (vec![("2026-11-17 12:00", Arrived)], skipped("outcome_unknown")),
        (vec![], skipped("outcome_unknown")),
        (vec![("2026-11-17 12:40", TookPlace), ("2026-11-17 12:45", NoShow)], skipped("not_took_place")),
    ] {
        let world = after_a_visit(&closing);
        assert!(world.sent().is_empty(), "{closing:?}");
        assert_eq!(world.fates("w"), [fate], "{closing:?}");
    }
}

#[test]
fn edge_034_a_no_show_that_was_a_mistake_is_made_good() {
    let world = after_a_visit(&[
        ("2026-11-17 12:40", VisitState::NoShow),
        ("2026-11-17 15:00", VisitState::TookPlace),
    ]);
    assert_eq!(world.sent_at(), ["2026-11-17 15:00"]);
}

#[test]
fn edge_035_closed_late_the_follow_up_goes_at_once_inside_the_hours() {
    for (closed, leaves) in [
        ("2026-11-17 16:00", vec!["2026-11-17 16:00"]),
        ("2026-11-17 22:15", vec!["2026-11-18 08:00"]),
        ("2026-11-19 09:00", vec!["2026-11-19 09:00"]),
        ("2026-11-20 12:29", vec!["2026-11-20 12:29"]), // the 72nd hour after 12:30
        ("2026-11-20 12:31", vec![]),
    ] {
        assert_eq!(after_a_visit(&[(closed, VisitState::TookPlace)]).sent_at(), leaves, "{closed}");
    }
}

#[test]
fn a_follow_up_of_a_visit_moved_to_an_earlier_day_is_due_after_the_new_end() {
    let mut world = World::new("2026-10-19 09:00");
    world.patient("1", "501234567");
    world.start("survey", follow_up(60));
    // the follow-up to the first time is due when the one to the second may no longer go
    world.visit("w", "1", "2026-10-27 16:00");
    world.visit("w", "1", "2026-10-24 18:00");
    assert_eq!(world.messages("w")[0].due_at, at("2026-10-24 19:30"));
}

#[test]
fn edge_035_an_offset_in_days_counts_from_the_planned_end() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let after = FollowUpTime::Days { days_after: 1, at: "11:00".parse().unwrap() };
    world.start("s", campaign("Po wizycie", Timing::FollowUp { after, max_age_h: 72 }));
    world.visit("w", "1", "2026-11-17 12:00");
    world.run_until("2026-11-18 12:00");
    world.visit_state("w", "1", "2026-11-17 12:00", VisitState::TookPlace);
    world.run_until("2026-11-30 00:00");
    assert_eq!(world.sent_at(), ["2026-11-18 12:00"]);
}

#[test]
fn edge_035_a_corrected_start_sends_no_second_follow_up_a_new_appointment_does() {
    let mut world = after_a_visit(&[("2026-11-17 12:40", VisitState::TookPlace)]);
    world.now = at("2026-11-17 14:00");
    world.visit_state("w", "1", "2026-11-17 12:10", VisitState::TookPlace);
    world.run_until("2026-11-18 00:00");
    assert_eq!(world.sent_at(), ["2026-11-17 13:30"]);
    // the host uses the same record for the next appointment
    world.visit("w", "1", "2026-11-24 12:00");
    world.run_until("2026-11-24 12:40");
    world.visit_state("w", "1", "2026-11-24 12:00", VisitState::TookPlace);
    world.run_until("2026-11-25 00:00");
    assert_eq!(world.sent_at(), ["2026-11-17 13:30", "2026-11-24 13:30"]);
}

#[test]
fn edge_034_visits_that_ended_before_activation_get_no_follow_up() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-17 12:00");
    world.run_until("2026-11-17 12:40");
    world.visit_state("w", "1", "2026-11-17 12:00", VisitState::TookPlace);
    world.start("s", follow_up(60));
    world.run_until("2026-11-30 00:00");
    assert!(world.messages("w").is_empty());
}

// Changes and cancellations of their own (Rescheduled, Cancelled)

fn told_of_changes() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut moved = campaign("Przeniesiona", Timing::Rescheduled { delay_min: 10 });
    moved.bodies.default = "Nowy termin (data) (godzina).".into();
    let mut off = campaign("Odwolana", Timing::Cancelled { delay_min: 10 });
    off.bodies.default = "Odwolano (data) (godzina).".into();
    world.start("r", moved);
    world.start("o", off);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-16 12:00");
    world
}

#[test]
fn a_moved_visit_is_told_of_once_with_its_last_time() {
    let mut world = told_of_changes();
    world.visit("w", "1", "2026-11-21 12:00");
    world.run_until("2026-11-16 12:05");
    world.visit("w", "1", "2026-11-22 12:00");
    world.run_until("2026-11-18 12:00");
    assert_eq!(world.sent_at(), ["2026-11-16 12:15"]);
    assert_eq!(world.texts(), ["Nowy termin 22.11.2026 12:00."]);
    world.visit("w", "1", "2026-11-22 12:00");
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn a_visit_moved_and_moved_back_at_once_is_not_told_of() {
    let mut world = told_of_changes();
    world.visit("w", "1", "2026-11-21 12:00");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-18 12:00");
    assert!(world.sent().is_empty());
    assert_eq!(world.fates("w"), [cancelled("visit_moved")]);
}

#[test]
fn a_move_within_the_tolerance_is_not_told_of_but_small_moves_add_up() {
    let mut world = told_of_changes();
    world.set(|settings| settings.move_tolerance_min = 15);
    world.visit("w", "1", "2026-11-20 12:10");
    world.run_until("2026-11-16 13:00");
    assert!(world.sent().is_empty());
    world.visit("w", "1", "2026-11-20 12:20");
    world.run_until("2026-11-16 14:00");
    assert_eq!(world.texts(), ["Nowy termin 20.11.2026 12:20."]);
}

#[test]
fn a_visit_called_off_is_told_of_once() {
    let mut world = told_of_changes();
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    world.run_until("2026-11-16 13:00");
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Deleted);
    world.run_until("2026-11-18 12:00");
    assert_eq!(world.sent_at(), ["2026-11-16 12:10"]);
    assert_eq!(world.texts(), ["Odwolano 20.11.2026 12:00."]);
}

#[test]
fn a_visit_called_off_and_re_opened_at_once_is_not_told_of() {
    let mut world = told_of_changes();
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-18 12:00");
    assert!(world.sent().is_empty());
    assert_eq!(world.fates("w"), [cancelled("visit_reopened")]);
}

#[test]
fn a_visit_moved_and_then_called_off_is_told_of_as_called_off() {
    let mut world = told_of_changes();
    world.visit("w", "1", "2026-11-21 12:00");
    world.visit_state("w", "1", "2026-11-21 12:00", VisitState::Cancelled);
    world.run_until("2026-11-18 12:00");
    assert_eq!(world.texts(), ["Odwolano 21.11.2026 12:00."]);
}

#[test]
fn a_visit_called_off_after_it_began_is_not_told_of() {
    let mut world = told_of_changes();
    world.run_until("2026-11-20 13:00");
    world.visit_state("w", "1", "2026-11-20 12:00", VisitState::Cancelled);
    world.run_until("2026-11-21 12:00");
    assert!(world.sent().is_empty());
}

/// A gateway that holds what it took, and gives it back when asked.
#[derive(Default)]
struct Holding(std::sync::Mutex<Vec<String>>);

impl depesza::gateway::Gateway for Holding {
    fn capabilities(&self) -> Capabilities {
        let own_reference = OwnReference::Unique { window_ms: DAY_MS };
        Capabilities { own_reference, look_up: false, batch: 10, reports: true, cancel: true }
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let mut held = self.0.lock().unwrap();
        held.extend(batch.iter().map(|one| one.reference.clone()));
        let taken = |one: &Submission| SubmitResult::Accepted {
            provider_ids: vec![one.reference.clone()],
            parts: None,
            cost_milli: None,
        };
        batch.iter().map(taken).collect()
    }

    fn look_up(&self, _: &str) -> LookupResult {
        LookupResult::Unsure {}
    }

    fn cancel(&self, reference: &str) -> bool {
        self.0.lock().unwrap().retain(|held| held != reference);
        true
    }
}

/// The visits' reminders are at the gateway; one visit is called off, and the gateway asked to give its message back.
fn given_back(spec: CampaignSpec, visits: &[(&str, &str)], then: impl FnOnce(&mut World)) -> (World, usize) {
    let gateway = std::sync::Arc::new(Holding::default());
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("p", spec);
    for (visit, start) in visits {
        world.visit(visit, "1", start);
    }
    let of: std::sync::Arc<dyn depesza::gateway::Gateway> = gateway.clone();
    let engine = depesza::engine::Engine::new(world.store.clone(), vec![(GATEWAY.into(), of)]);
    world.now = at("2026-11-19 10:00");
    engine.dispatch(world.now, 10).unwrap();
    let (visit, start) = visits[0];
    world.visit_state(visit, "1", start, VisitState::Cancelled);
    then(&mut world);
    world.now = at("2026-11-19 10:01");
    while engine.dispatch(world.now, 10).unwrap().more {}
    world.now = at("2026-11-19 10:02");
    engine.dispatch(world.now, 10).unwrap();
    let held = gateway.0.lock().unwrap().len();
    (world, held)
}

#[test]
fn edge_028_taken_back_from_the_gateway_nothing_arrives() {
    let (world, held) = given_back(day_before("10:00"), &[("w", "2026-11-20 12:00")], |_| {});
    assert_eq!((world.fates("w"), held), (vec![cancelled("visit_cancelled")], 0));
}

#[test]
fn edge_030_taken_back_although_the_visit_was_re_opened_another_goes() {
    let start = "2026-11-20 12:00";
    let reopen = |world: &mut World| {
        world.visit("w", "1", start);
    };
    let (mut world, held) = given_back(day_before("10:00"), &[("w", start)], reopen);
    assert_eq!((world.fates("w")[0], held), (cancelled("visit_cancelled"), 1));
    assert_eq!(world.fates("w")[1], (Status::Submitted, None));
    world.reply("501234567", "TAK");
    assert_eq!(world.confirmation("w"), Some(Reply::Yes));
}

#[test]
fn edge_040_taken_back_for_one_of_its_visits_the_other_is_reminded_of() {
    let spec = CampaignSpec { same_day: SameDay::Joint, ..day_before("10:00") };
    for visits in [
        [("a", "2026-11-20 12:00"), ("b", "2026-11-20 16:00")],
        [("b", "2026-11-20 16:00"), ("a", "2026-11-20 12:00")],
    ] {
        let (world, held) = given_back(spec.clone(), &visits, |_| {});
        let other = world.fates(visits[1].0);
        assert_eq!(held, 1, "{other:?}");
        assert!(other.contains(&(Status::Submitted, None)), "{other:?}");
    }
}
