//! What becomes of messages when visits are booked late or moved; and that what gets nothing has its reason.

mod world;

use depesza::model::*;
use world::*;

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

#[test]
fn a_step_that_a_holiday_moved_to_another_steps_time_keeps_that_reason_after_it() {
    let mut world = World::new("2027-03-08 09:00");
    world.patient("1", "501234567");
    // both fall into Easter and go on the Saturday before it
    let steps = vec![step_days(2, "09:00"), ReminderStep::Hours { hours_before: 24 }];
    world.start("p", campaign("P", Timing::Reminder { steps }));
    world.visit("w", "1", "2027-03-30 09:40");
    assert_eq!(world.fates("w"), [PLANNED, skipped("same_time")]);
    world.run_until("2027-03-28 18:00");
    world.visit_with("w", "1", "2027-03-30 09:40", |visit| visit.doctor = doctor("d", "dr Ewa Nowak"));
    assert_eq!(world.fates("w"), [DELIVERED, skipped("same_time")]);
}

#[test]
fn a_booking_message_that_waits_is_withdrawn_when_its_visit_is_moved_to_what_is_over() {
    for over in ["2026-11-19 15:00", "2026-11-19 14:30"] {
        let mut world = world();
        world.start("u", booking(10));
        world.run_until("2026-11-19 15:00");
        world.visit("w", "1", "2026-11-20 12:00");
        world.visit("w", "1", over);
        assert_eq!(world.fates("w").first(), Some(&cancelled("visit_moved")), "{over}");
        world.run_until("2026-11-21 00:00");
        assert!(world.sent().is_empty());
    }
}
