//! What becomes of messages when visits are booked late, moved, called off, reopened, or come several at once.

mod world;

use depesza::model::*;
use world::*;

const DELIVERED: (Status, Option<&str>) = (Status::Delivered, None);
const PLANNED: (Status, Option<&str>) = (Status::Planned, None);

fn skipped(reason: &'static str) -> (Status, Option<&'static str>) {
    (Status::Skipped, Some(reason))
}

fn cancelled(reason: &'static str) -> (Status, Option<&'static str>) {
    (Status::Cancelled, Some(reason))
}

/// Monday 2026-11-16 at nine, patient 1, a reminder the day before at ten.
fn world() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world
}

fn late(policy: LatePolicy, expects_reply: bool) -> CampaignSpec {
    let mut spec = day_before("10:00");
    spec.late = policy;
    spec.expects_reply = Some(expects_reply);
    spec
}

// Booked late (21)

#[test]
fn edge_021_without_a_booking_message_a_late_reminder_goes_at_once() {
    let mut world = world();
    world.run_until("2026-11-19 15:00");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 15:00"]);
}

#[test]
fn edge_021_but_not_with_less_than_the_least_lead() {
    let mut world = world();
    world.run_until("2026-11-20 10:01");
    world.visit("w", "1", "2026-11-20 12:00");
    world.visit_with("x", "1", "2026-11-20 12:01", |visit| visit.patient = "2".into());
    world.patient("2", "501234568");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w"), [skipped("booked_late")]);
    assert_eq!(world.fates("x"), [DELIVERED]);
    assert_eq!(world.sent_at(), ["2026-11-20 10:01"]);
}

#[test]
fn edge_021_with_a_booking_message_it_is_skipped() {
    let mut world = world();
    world.start("u", booking(10));
    world.run_until("2026-11-19 15:00");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 15:10"]);
    assert_eq!(world.fates("w"), [DELIVERED, skipped("booked_late")]);
}

#[test]
fn edge_021_every_policy_with_and_without_a_booking_message() {
    use LatePolicy::{Auto, Merge, SendNow, Skip};
    for (policy, with_booking, reminder) in [
        (Auto, false, DELIVERED),
        (Auto, true, skipped("booked_late")),
        (Skip, false, skipped("booked_late")),
        (Skip, true, skipped("booked_late")),
        (SendNow, false, DELIVERED),
        (SendNow, true, DELIVERED),
        (Merge, false, DELIVERED),
        (Merge, true, skipped("merged_into_booking")),
    ] {
        let mut world = World::new("2026-11-19 15:00");
        world.patient("1", "501234567");
        if with_booking {
            world.start("u", booking(10));
        }
        world.start("p", late(policy, true));
        world.visit("w", "1", "2026-11-20 12:00");
        world.run_until("2026-11-20 11:00");
        assert_eq!(world.fates("w").last(), Some(&reminder), "{policy:?} {with_booking}");
        if policy == Merge {
            world.reply("501234567", "TAK"); // the message that went asks what the reminder would have
            assert_eq!(world.confirmation("w"), Some(Reply::Yes), "{with_booking}");
        }
    }
}

#[test]
fn edge_021_a_merged_reminder_goes_itself_when_its_booking_campaign_ends() {
    let mut world = World::new("2026-11-19 15:00");
    world.patient("1", "501234567");
    world.start("u", booking(60));
    world.start("p", late(LatePolicy::Merge, true));
    world.visit("w", "1", "2026-11-20 12:00");
    assert_eq!(world.fates("w"), [PLANNED, skipped("merged_into_booking")]);
    world.end("u");
    world.run_until("2026-11-20 12:00");
    assert_eq!(world.fates("w"), [cancelled("campaign_ended"), DELIVERED]);
}

#[test]
fn edge_021_of_two_late_steps_one_goes() {
    let mut world = World::new("2026-11-19 15:00");
    world.patient("1", "501234567");
    world.start(
        "p",
        campaign("P", Timing::Reminder { steps: vec![step_days(7, "10:00"), step_days(1, "10:00")] }),
    );
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 15:00"]);
    assert_eq!(world.fates("w"), [skipped("booked_late"), DELIVERED]);
}

#[test]
fn edge_021_a_late_step_leaves_it_to_the_one_ahead() {
    let mut world = World::new("2026-11-16 15:00");
    world.patient("1", "501234567");
    world.start(
        "p",
        campaign("P", Timing::Reminder { steps: vec![step_days(1, "10:00"), step_days(7, "10:00")] }),
    );
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
    assert_eq!(world.fates("w"), [DELIVERED, skipped("booked_late")]);
}

// Moved (22-26)

#[test]
fn edge_022_moved_before_the_reminder_it_is_the_same_message_for_the_new_time() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    let first = world.message("w").id;
    world.visit("w", "1", "2026-11-25 14:30");
    world.run_until("2026-11-26 00:00");
    assert_eq!(world.message("w").id, first);
    assert_eq!(world.sent_at(), ["2026-11-24 10:00"]);
    assert_eq!(world.texts(), ["Imie1, wizyta 25.11.2026 o 14:30. Odpisz TAK lub NIE."]);
}

#[test]
fn edge_022_moved_while_the_message_is_claimed_the_old_time_does_not_go() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    // a gateway that is paused leaves it planned until later; then it moves
    world
        .gateway
        .script([SubmitResult::Rejected { class: RejectClass::AccountNoCredit, code: "103".into() }]);
    world.run_until("2026-11-19 10:05");
    world.visit("w", "1", "2026-11-25 14:30");
    world.run_until("2026-11-26 00:00");
    assert_eq!(world.sent_at(), ["2026-11-24 10:00"]);
    assert!(world.texts()[0].contains("25.11.2026 o 14:30"));
}

#[test]
fn edge_023_moved_after_the_reminder_a_new_one_goes_and_the_confirmation_is_void() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 11:00");
    world.reply("501234567", "TAK");
    assert_eq!(world.confirmation("w"), Some(Reply::Yes));
    world.visit("w", "1", "2026-11-27 12:00");
    assert_eq!(world.confirmation("w"), None);
    assert!(world.events().iter().any(|event| matches!(event, Happening::ConfirmationVoid { .. })));
    world.reply("501234567", "NIE"); // to a time that no longer holds
    assert_eq!(world.confirmation("w"), None);
    world.run_until("2026-11-26 11:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-26 10:00"]);
    world.reply("501234567", "TAK");
    assert_eq!(world.confirmation("w"), Some(Reply::Yes));
}

#[test]
fn edge_024_moved_and_moved_back_reminds_once() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 11:00");
    for start in ["2026-11-27 12:00", "2026-11-20 12:00", "2026-11-28 12:00", "2026-11-20 12:00"] {
        world.visit("w", "1", start);
    }
    assert_eq!(world.fates("w"), [DELIVERED, cancelled("already_sent")]);
    world.run_until("2026-11-30 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
}

#[test]
fn edge_024_moved_back_after_both_times_were_reminded_of() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 11:00");
    world.visit("w", "1", "2026-11-20 18:00");
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-19 11:00"]);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at().len(), 2);
}

#[test]
fn edge_025_moved_earlier_past_its_time_it_is_late() {
    let mut world = world();
    world.visit("w", "1", "2026-11-27 12:00");
    world.run_until("2026-11-19 15:00");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-28 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 15:00"]);
    assert!(world.texts()[0].contains("20.11.2026"));
}

#[test]
fn edge_025_a_booking_message_about_the_old_time_does_not_stand_for_it() {
    let mut world = world();
    world.start("u", booking(0));
    world.visit("w", "1", "2026-11-27 12:00");
    world.run_until("2026-11-19 15:00");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-28 00:00");
    assert_eq!(world.sent_at(), ["2026-11-16 09:00", "2026-11-19 15:00"]);
    assert!(world.texts()[1].contains("wizyta 20.11.2026"));
}

#[test]
fn edge_025_moved_earlier_too_near_it_is_skipped() {
    let mut world = world();
    world.visit("w", "1", "2026-11-27 12:00");
    world.run_until("2026-11-20 11:00");
    world.visit("w", "1", "2026-11-20 12:00");
    assert_eq!(world.fates("w"), [skipped("booked_late")]);
    world.visit("w", "1", "2026-11-27 12:00"); // and back: as before
    world.run_until("2026-11-28 00:00");
    assert_eq!(world.sent_at(), ["2026-11-26 10:00"]);
}

#[test]
fn edge_026_a_move_within_the_tolerance_sends_nothing_and_keeps_the_confirmation() {
    let mut world = world();
    world.set(|settings| settings.move_tolerance_min = 10);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 11:00");
    world.reply("501234567", "TAK");
    world.visit("w", "1", "2026-11-20 12:05");
    world.visit("w", "1", "2026-11-20 12:10");
    assert_eq!(world.confirmation("w"), Some(Reply::Yes));
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
    world.reply("501234567", "NIE");
    assert_eq!(world.confirmation("w"), Some(Reply::No)); // its request is still open
    // small moves add up
    world.visit("w", "1", "2026-11-20 12:15");
    assert_eq!(world.confirmation("w"), None);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-19 12:00"]);
}

#[test]
fn edge_026_by_default_five_minutes_are_a_move() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 11:00");
    world.visit("w", "1", "2026-11-20 12:05");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-19 11:00"]);
}

#[test]
fn edge_026_a_small_move_keeps_the_reminder_by_hand_in_force() {
    let mut world = world();
    world.set(|settings| settings.move_tolerance_min = 10);
    world.visit("w", "1", "2026-11-20 12:00");
    world.remind("w");
    world.run_until("2026-11-17 09:00");
    world.visit("w", "1", "2026-11-20 12:05");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-16 09:00"]);
}

#[test]
fn re_telling_the_same_visit_changes_nothing() {
    let mut world = world();
    world.start("u", booking(10));
    world.start("z", day_before("09:00"));
    world.visit("w", "1", "2026-11-20 12:00");
    world.visit_state("z", "1", "2026-11-18 12:00", VisitState::Booked);
    for time in
        ["2026-11-16 09:05", "2026-11-16 12:00", "2026-11-19 09:30", "2026-11-19 12:00", "2026-11-20 15:00"]
    {
        world.run_until(time);
        let before = world.messages("w");
        let events = world.events().len();
        world.visit("w", "1", "2026-11-20 12:00");
        assert_eq!(world.messages("w"), before, "{time}");
        assert_eq!(world.events().len(), events, "{time}");
    }
}

#[test]
fn re_telling_keeps_the_reason_of_what_was_not_sent() {
    let mut world = world();
    world.start("u", booking(0));
    let mut spec = day_before("12:00");
    spec.bodies.default = "(imie), (lekarz)".into();
    world.start("z", spec);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 13:00");
    assert_eq!(world.fates("w"), [DELIVERED, DELIVERED, skipped("missing_value")]);
    world.visit("w", "1", "2026-11-20 12:00");
    world.patient("1", "501234567");
    world.run_until("2026-11-19 14:00");
    assert_eq!(world.fates("w"), [DELIVERED, DELIVERED, skipped("missing_value")]);
}

#[test]
fn one_booking_message_for_one_booking_however_often_it_moves() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("u", booking(10));
    world.visit("w", "1", "2026-11-20 12:00");
    world.visit("w", "1", "2026-11-20 13:00"); // before it left: the same message with the right hour
    world.run_until("2026-11-16 10:00");
    world.visit("w", "1", "2026-11-21 12:00");
    world.run_until("2026-11-19 10:00");
    world.visit("w", "1", "2026-11-22 12:00");
    assert_eq!(world.texts(), ["Imie1, zapisano wizyte 20.11.2026 o 13:00."]);
    assert_eq!(world.fates("w"), [DELIVERED]);
}

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

// First visits and bodies (36-38)

fn bodies(mut spec: CampaignSpec) -> CampaignSpec {
    spec.bodies = Bodies {
        default: "zwykla".into(),
        first_visit: Some("pierwsza".into()),
        minor: Some("dziecko".into()),
    };
    spec
}

#[test]
fn edge_036_the_first_visit_is_the_one_before_which_none_took_place() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    world.start("p", bodies(day_before("10:00")));
    for (id, start) in [("a", "2026-11-05 12:00"), ("b", "2026-11-13 12:00"), ("c", "2026-11-20 12:00")] {
        world.visit_with(id, "1", start, |visit| visit.first_visit = None);
    }
    world.run_until("2026-11-05 09:00");
    world.visit_with("a", "1", "2026-11-05 12:00", |visit| {
        visit.first_visit = None;
        visit.state = VisitState::Cancelled;
    });
    world.run_until("2026-11-13 13:00");
    world.visit_with("b", "1", "2026-11-13 12:00", |visit| {
        visit.first_visit = None;
        visit.state = VisitState::TookPlace;
    });
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["pierwsza", "pierwsza", "zwykla"]);
}

#[test]
fn edge_036_a_filter_on_first_visits_is_decided_anew_when_a_visit_took_place() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    let filtered = |first_visits| {
        let mut spec = day_before("10:00");
        spec.filters.first_visits = first_visits;
        spec
    };
    world.start("tylko", filtered(FirstVisits::Only));
    world.start("nigdy", filtered(FirstVisits::Never));
    for (id, start) in [("a", "2026-11-05 12:00"), ("b", "2026-11-20 12:00")] {
        world.run_until(if id == "a" { "2026-11-02 10:00" } else { "2026-11-02 11:00" });
        world.visit_with(id, "1", start, |visit| visit.first_visit = None);
    }
    let took_place = |visit: &mut Visit| {
        visit.first_visit = None;
        visit.state = VisitState::TookPlace;
    };
    world.run_until("2026-11-05 13:00");
    world.visit_with("a", "1", "2026-11-05 12:00", took_place);
    world.run_until("2026-11-21 00:00");
    let of: Vec<_> =
        world.messages("b").iter().map(|m| (m.origin.step().unwrap().0.to_string(), m.status)).collect();
    assert_eq!(of, [("tylko".into(), Status::Cancelled), ("nigdy".into(), Status::Delivered)]);
    assert_eq!(world.sent_at(), ["2026-11-04 10:00", "2026-11-19 10:00"]);
}

#[test]
fn edge_037_a_minors_body_wins_over_the_first_visits() {
    for (born, first, text) in [
        (Some("2015-01-01"), true, "dziecko"),
        (Some("2015-01-01"), false, "dziecko"),
        (Some("1990-01-01"), true, "pierwsza"),
        (Some("1990-01-01"), false, "zwykla"),
        (None, true, "pierwsza"), // edge 38: unknown is an adult
        (None, false, "zwykla"),
    ] {
        let mut world = World::new("2026-11-16 09:00");
        world.patient_with("1", "501234567", |patient| {
            patient.birth_date = born.map(|born| born.parse().unwrap())
        });
        world.start("p", bodies(day_before("10:00")));
        world.visit_with("w", "1", "2026-11-20 12:00", |visit| visit.first_visit = Some(first));
        world.run_until("2026-11-20 00:00");
        assert_eq!(world.texts(), [text], "{born:?} {first}");
    }
}

#[test]
fn edge_037_without_a_minors_body_the_next_in_order_is_taken() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient_with("1", "501234567", |patient| patient.birth_date = Some("2015-01-01".parse().unwrap()));
    let mut spec = bodies(day_before("10:00"));
    spec.bodies.minor = None;
    world.start("p", spec);
    world.visit_with("w", "1", "2026-11-20 12:00", |visit| visit.first_visit = Some(true));
    world.run_until("2026-11-20 00:00");
    assert_eq!(world.texts(), ["pierwsza"]);
}

// Several visits (39-41)

fn same_day(policy: SameDay) -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.same_day = policy;
    world.start("p", spec);
    world.visit("pop", "1", "2026-11-20 16:00");
    world.visit("rano", "1", "2026-11-20 09:00");
    world
}

#[test]
fn edge_039_two_visits_of_a_day_are_one_reminder_of_the_first() {
    let mut world = same_day(SameDay::First);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent().len(), 1);
    assert!(world.texts()[0].contains("o 09:00"));
    assert_eq!(world.fates("pop"), [skipped("same_day")]);
}

#[test]
fn edge_039_or_one_that_names_both_and_one_answer_is_for_both() {
    let mut world = same_day(SameDay::Joint);
    world.run_until("2026-11-19 11:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
    assert_eq!(world.texts(), ["Imie1, wizyta 20.11.2026 o 09:00 i 16:00. Odpisz TAK lub NIE."]);
    world.reply("501234567", "TAK");
    assert_eq!((world.confirmation("rano"), world.confirmation("pop")), (Some(Reply::Yes), Some(Reply::Yes)));
    // re-telling changes nothing, not even the reason
    let (rano, pop) = (world.messages("rano"), world.messages("pop"));
    world.visit("pop", "1", "2026-11-20 16:00");
    world.visit("rano", "1", "2026-11-20 09:00");
    assert_eq!((world.messages("rano"), world.messages("pop")), (rano, pop));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn edge_039_or_each_its_own() {
    let mut world = same_day(SameDay::Each);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-19 10:00"]);
}

#[test]
fn edge_039_when_the_first_is_called_off_the_other_is_reminded_of() {
    let mut world = same_day(SameDay::First);
    world.visit_state("rano", "1", "2026-11-20 09:00", VisitState::Cancelled);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent().len(), 1);
    assert!(world.texts()[0].contains("o 16:00"));
}

#[test]
fn edge_039_when_the_first_moves_to_another_day_both_are() {
    let mut world = same_day(SameDay::First);
    world.visit("rano", "1", "2026-11-23 09:00");
    world.run_until("2026-11-24 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-22 10:00"]);
}

#[test]
fn edge_039_a_patient_who_came_to_the_first_is_not_reminded_of_the_second_anew() {
    for state in [VisitState::Arrived, VisitState::TookPlace] {
        let mut world = same_day(SameDay::First);
        world.run_until("2026-11-20 09:00");
        world.visit_state("rano", "1", "2026-11-20 09:00", state);
        world.run_until("2026-11-21 00:00");
        assert_eq!(world.sent_at(), ["2026-11-19 10:00"], "{state:?}");
    }
}

#[test]
fn edge_039_a_first_visit_outside_the_filters_does_not_stand_for_the_other() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.filters.first_visits = FirstVisits::Never;
    world.start("p", spec);
    world.visit_with("rano", "1", "2026-11-20 09:00", |visit| visit.first_visit = Some(true));
    world.visit_with("pop", "1", "2026-11-20 16:00", |visit| visit.first_visit = Some(false));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("pop"), [DELIVERED]);
}

#[test]
fn edge_039_a_first_visit_too_near_to_be_reminded_of_does_not_stand_for_the_other() {
    let mut world = World::new("2026-11-20 08:00");
    world.patient("1", "501234567");
    world.start("p", hours_before(3));
    world.visit("rano", "1", "2026-11-20 09:00");
    world.visit("pop", "1", "2026-11-20 16:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("rano"), [skipped("booked_late")]);
    assert_eq!(world.sent_at(), ["2026-11-20 13:00"]);
}

#[test]
fn edge_040_two_days_that_collapse_on_friday_are_two_messages() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.window = Some(window(&["mon", "tue", "wed", "thu", "fri"], "08:00", "20:00"));
    world.start("p", spec);
    world.visit("so", "1", "2026-11-21 10:00");
    world.visit("nd", "1", "2026-11-22 10:00");
    world.visit("pn", "1", "2026-11-23 10:00");
    world.run_until("2026-11-24 00:00");
    assert_eq!(world.sent_at(), ["2026-11-20 10:00", "2026-11-20 19:59", "2026-11-20 19:59"]);
    let texts = world.texts();
    for (text, day) in texts.iter().zip(["21.11", "22.11", "23.11"]) {
        assert!(text.contains(day), "{text}");
    }
}

#[test]
fn edge_041_a_series_of_twelve_has_one_booking_message_and_twelve_reminders() {
    let mut world = world();
    world.start("u", booking(10));
    for no in 0..12 {
        let start = format!("2026-12-{:02} 12:00", 1 + no);
        world.visit_with(&format!("s{no}"), "1", &start, |visit| visit.series = Some("rehabilitacja".into()));
    }
    world.run_until("2026-12-20 00:00");
    let texts = world.texts();
    assert_eq!(texts.iter().filter(|text| text.contains("zapisano")).count(), 1);
    assert_eq!(texts[0], "Imie1, zapisano wizyte 01.12.2026 o 12:00.");
    assert_eq!(texts.len(), 13);
}

#[test]
fn edge_041_a_series_that_grows_after_its_booking_message_gets_no_second() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("u", booking(10));
    let in_series = |visit: &mut Visit| visit.series = Some("r".into());
    world.visit_with("b", "1", "2026-12-10 12:00", in_series);
    world.visit_with("c", "1", "2026-12-11 12:00", in_series);
    world.run_until("2026-11-16 12:00");
    world.visit_with("a", "1", "2026-12-01 12:00", in_series); // before all others
    world.visit_with("d", "1", "2026-12-20 12:00", in_series);
    world.visit_with("b", "1", "2026-12-10 12:00", |visit| {
        visit.series = Some("r".into());
        visit.state = VisitState::Cancelled;
    });
    world.run_until("2026-11-17 12:00");
    assert_eq!(world.texts(), ["Imie1, zapisano wizyte 10.12.2026 o 12:00."]);
    for visit in ["a", "c", "d"] {
        assert_eq!(world.fates(visit), [skipped("covered_by_series")], "{visit}");
    }
}

#[test]
fn edge_041_when_the_first_of_a_series_is_called_off_in_time_the_next_has_the_message() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("u", booking(10));
    for (id, start) in [("a", "2026-12-01 12:00"), ("b", "2026-12-02 12:00"), ("c", "2026-12-03 12:00")] {
        world.visit_with(id, "1", start, |visit| visit.series = Some("r".into()));
    }
    world.visit_with("a", "1", "2026-12-01 12:00", |visit| {
        visit.series = Some("r".into());
        visit.state = VisitState::Cancelled;
    });
    world.run_until("2026-11-17 12:00");
    assert_eq!(world.texts(), ["Imie1, zapisano wizyte 02.12.2026 o 12:00."]);
}

// Rooms and doctors (48, 49)

#[test]
fn edge_048_a_changed_doctor_or_room_changes_the_text_and_sends_nothing() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.bodies.default = "(imie), (lekarz), (gabinet)".into();
    world.start("p", spec);
    let with = |name: &'static str, id: &'static str| {
        move |visit: &mut Visit| (visit.doctor, visit.room) = (doctor("1", name), room(id))
    };
    world.visit_with("w", "1", "2026-11-20 12:00", with("dr Nowak", "1"));
    world.run_until("2026-11-18 12:00");
    world.visit_with("w", "1", "2026-11-20 12:00", with("dr Lis", "2"));
    world.run_until("2026-11-19 12:00");
    world.visit_with("w", "1", "2026-11-20 12:00", with("dr Wilk", "3"));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["Imie1, dr Lis, gabinet 2"]);
}

#[test]
fn edge_048_the_room_filter_is_decided_anew() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.filters.rooms = vec!["1".into()];
    world.start("p", spec);
    let put = |world: &mut World, id: &str| {
        world.visit_with("w", "1", "2026-11-20 12:00", |visit| visit.room = room(id))
    };
    put(&mut world, "1");
    assert_eq!(world.fates("w"), [PLANNED]);
    put(&mut world, "2");
    assert_eq!(world.fates("w"), [cancelled("outside_filters")]);
    put(&mut world, "1");
    assert_eq!(world.fates("w"), [PLANNED]);
    world.run_until("2026-11-19 12:00");
    put(&mut world, "2");
    put(&mut world, "1");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
}

#[test]
fn edge_049_a_visit_without_a_room_is_not_in_a_list_of_rooms() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.filters.rooms = vec!["1".into()];
    world.start("p", spec);
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
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

// Everything that gets nothing has its reason

#[test]
fn a_visit_that_matches_and_gets_nothing_has_a_skipped_message_with_the_reason() {
    let mut world = world();
    world.patient_with("bez zgody", "501234561", |patient| patient.consents = Consents::default());
    world.patient("bez numeru", "");
    world.patient("stacjonarny", "48 362 12 34");
    world.patient("zagraniczny", "+49 1512 3456789");
    world.patient("zly", "501 234");
    for (id, reason) in [
        ("bez zgody", "no_consent"),
        ("bez numeru", "no_number"),
        ("stacjonarny", "cannot_receive_sms"),
        ("zagraniczny", "outside_prefixes"),
        ("zly", "bad_number"),
        ("nieznany", "patient_unknown"),
    ] {
        world.visit(id, id, "2026-11-20 12:00");
        assert_eq!(world.fates(id), [skipped(reason)], "{id}");
    }
    world.run_until("2026-11-21 00:00");
    assert!(world.sent().is_empty());
}
