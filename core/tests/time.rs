//! When messages leave: clock changes, sending hours, holidays, working days, the host's own clock.

mod world;

use depesza::campaign::{CampaignFaultKind, check};
use depesza::model::*;
use world::*;

fn all_day() -> SendWindow {
    let mut window = window(&[], "00:00", "24:00");
    window.holidays = HolidayPolicy::Send;
    window
}

/// A world whose practice sends day and night.
fn night_and_day(now: &str) -> World {
    let mut world = World::new(now);
    world.set(|settings| settings.sending_hours = all_day());
    world.patient("1", "501234567");
    world
}

/// When the only message for a visit at `visit` leaves, told at `now`.
fn leaves(now: &str, visit: &str, spec: CampaignSpec) -> Vec<String> {
    let mut world = World::new(now);
    world.patient("1", "501234567");
    world.start("c", spec);
    world.visit("w", "1", visit);
    world.run_until("2027-06-01 00:00");
    world.sent_at()
}

fn with_window(mut spec: CampaignSpec, window: SendWindow) -> CampaignSpec {
    spec.window = Some(window);
    spec
}

#[test]
fn edge_001_a_time_in_the_spring_gap_moves_to_three_the_same_day() {
    let mut world = night_and_day("2026-03-20 09:00");
    world.start("c", day_before("02:30"));
    world.visit("w", "1", "2026-03-30 10:00");
    world.run_until("2026-03-31 00:00");
    assert_eq!(world.sent_at(), ["2026-03-29 03:00"]);
    assert_eq!(world.sent()[0].2, "Imie1, wizyta 30.03.2026 o 10:00. Odpisz TAK lub NIE.");
}

#[test]
fn edge_001_a_visit_told_for_a_missing_hour_starts_when_the_clock_goes_on() {
    let mut world = night_and_day("2026-03-20 09:00");
    world.start("c", hours_before(1));
    world.visit("w", "1", "2026-03-29 02:30");
    world.run_until("2026-03-30 00:00");
    assert_eq!(world.sent_at(), ["2026-03-29 01:00"]); // one elapsed hour before 03:00, which follows 01:59
}

#[test]
fn edge_002_in_the_autumn_fold_the_first_occurrence_counts_and_the_message_goes_once() {
    let mut world = night_and_day("2026-10-20 09:00");
    world.start("c", day_before("02:30"));
    world.visit("w", "1", "2026-10-26 10:00");
    world.run_until("2026-10-27 00:00");
    assert_eq!(world.gateway.taken().len(), 1);
    assert_eq!(world.gateway.taken()[0].at.to_string(), "2026-10-25T00:30:00.000Z"); // 02:30 summer time
    assert_eq!(world.fates("w"), [(Status::Delivered, None)]);
}

#[test]
fn edge_002_sending_hours_inside_the_fold_send_once() {
    let mut world = night_and_day("2026-10-20 09:00");
    world.start("c", with_window(day_before("10:00"), window(&["sun"], "02:00", "03:00")));
    world.visit("w", "1", "2026-10-26 10:00");
    world.run_until("2026-10-27 00:00");
    assert_eq!(world.sent_at().len(), 1);
}

#[test]
fn edge_003_one_day_before_keeps_the_hour_on_the_wall_over_a_clock_change() {
    for (visit, leaves_at) in [
        ("2026-03-29 10:00", "2026-03-28 10:00"),
        ("2026-03-30 10:00", "2026-03-29 10:00"),
        ("2026-10-25 10:00", "2026-10-24 10:00"),
        ("2026-10-26 10:00", "2026-10-25 10:00"),
    ] {
        assert_eq!(leaves("2026-03-01 09:00", visit, day_before("10:00")), [leaves_at], "{visit}");
    }
}

#[test]
fn edge_004_twenty_four_hours_before_is_elapsed_time() {
    for (visit, leaves_at) in [
        ("2026-03-29 10:00", "2026-03-28 09:00"), // the night had 23 hours
        ("2026-03-30 10:00", "2026-03-29 10:00"),
        ("2026-10-25 10:00", "2026-10-24 11:00"), // and this one 25
    ] {
        assert_eq!(leaves("2026-03-01 09:00", visit, hours_before(24)), [leaves_at], "{visit}");
    }
}

#[test]
fn edge_005_a_visits_own_zone_gives_its_hour_and_its_day() {
    let mut world = World::new("2026-11-10 09:00");
    world.patient("1", "501234567");
    world.start("dzien", day_before("12:00"));
    world.start("godzina", hours_before(2));
    let london: Zone = serde_json::from_str("\"Europe/London\"").unwrap();
    world.visit_with("w", "1", "2026-11-20 13:00", |visit| visit.zone = Some(london));
    world.run_until("2026-11-21 00:00");
    // 12:00 and 11:00 in London; what the patient reads is the clock there
    assert_eq!(world.sent_at(), ["2026-11-19 13:00", "2026-11-20 12:00"]);
    assert!(world.texts().iter().all(|text| text.contains("20.11.2026 o 13:00")));
}

#[test]
fn edge_006_outside_the_hours_the_policy_decides() {
    let mut spec = day_before("21:30");
    let by = |spec: &CampaignSpec| leaves("2026-11-10 09:00", "2026-11-20 12:00", spec.clone());
    assert_eq!(by(&spec), ["2026-11-19 19:45"]);
    spec.outside = Some(OutsidePolicy::Defer);
    assert_eq!(by(&spec), ["2026-11-20 08:00"]);
    spec.outside = Some(OutsidePolicy::Drop);
    assert!(by(&spec).is_empty());
}

#[test]
fn edge_006_what_was_dropped_says_so() {
    let mut world = World::new("2026-11-10 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("21:30");
    spec.outside = Some(OutsidePolicy::Drop);
    world.start("c", spec);
    world.visit("w", "1", "2026-11-20 12:00");
    assert_eq!(world.fates("w"), [(Status::Skipped, Some("no_allowed_slot"))]);
}

#[test]
fn edge_006_a_booking_message_waits_for_the_morning() {
    assert_eq!(leaves("2026-11-12 21:30", "2026-11-20 12:00", booking(10)), ["2026-11-13 08:00"]);
    // the 11th is a holiday: the age limit is for what is told late, not for what waits for its hours
    assert_eq!(leaves("2026-11-10 19:55", "2026-11-20 12:00", booking(10)), ["2026-11-12 08:00"]);
}

#[test]
fn edge_006_a_follow_up_waits_for_the_morning() {
    let mut world = World::new("2026-11-12 09:00");
    world.patient("1", "501234567");
    world.start("c", follow_up(60));
    world.visit("w", "1", "2026-11-12 19:00");
    world.run_until("2026-11-12 19:40");
    world.visit_state("w", "1", "2026-11-12 19:00", VisitState::TookPlace);
    world.run_until("2026-11-14 00:00");
    assert_eq!(world.sent_at(), ["2026-11-13 08:00"]);
}

#[test]
fn edge_007_a_deferral_that_would_land_after_the_visit_is_brought_forward() {
    let mut spec = day_before("21:30");
    spec.outside = Some(OutsidePolicy::Defer);
    // 08:00 is later than two hours before 09:00
    assert_eq!(leaves("2026-11-10 09:00", "2026-11-20 09:00", spec), ["2026-11-19 19:45"]);
}

#[test]
fn edge_007_where_neither_is_possible_it_is_skipped() {
    let mut world = World::new("2026-11-19 20:30");
    world.patient("1", "501234567");
    let mut spec = day_before("21:30");
    spec.outside = Some(OutsidePolicy::Defer);
    world.start("c", spec);
    world.visit("w", "1", "2026-11-20 09:00");
    assert_eq!(world.fates("w"), [(Status::Skipped, Some("no_allowed_slot"))]);
}

#[test]
fn edge_008_what_cannot_be_brought_forward_goes_later_while_the_lead_is_left() {
    // 19:45 is past already: the next allowed time is 08:00
    assert_eq!(leaves("2026-11-19 20:30", "2026-11-20 12:00", day_before("21:30")), ["2026-11-20 08:00"]);
    assert!(leaves("2026-11-19 20:30", "2026-11-20 09:30", day_before("21:30")).is_empty());
    assert_eq!(leaves("2026-11-19 20:30", "2026-11-20 10:00", day_before("21:30")), ["2026-11-20 08:00"]);
}

#[test]
fn edge_012_a_day_without_sending_moves_to_the_day_before_not_after() {
    let weekdays = window(&["mon", "tue", "wed", "thu", "fri"], "08:00", "20:00");
    // Monday's visit: Sunday is closed, so Friday evening
    let spec = with_window(day_before("10:00"), weekdays);
    assert_eq!(leaves("2026-11-10 09:00", "2026-11-23 12:00", spec), ["2026-11-20 19:45"]);
}

#[test]
fn edge_013_no_allowed_day_before_the_visit_is_a_skip() {
    let mut world = World::new("2026-11-18 09:00");
    world.patient("1", "501234567");
    world.start("c", with_window(day_before("10:00"), window(&["mon"], "08:00", "20:00")));
    world.visit("w", "1", "2026-11-19 12:00"); // told on Wednesday, for Thursday
    world.run_until("2026-11-20 00:00");
    assert_eq!(world.fates("w"), [(Status::Skipped, Some("no_allowed_slot"))]);
    assert!(world.sent().is_empty());
}

#[test]
fn edge_014_a_window_without_a_day_is_refused_when_the_campaign_is_saved() {
    let mut no_day = window(&["mon"], "08:00", "20:00");
    no_day.ranges[0].weekdays = Weekdays::from_iter([]);
    let faults = check(&with_window(day_before("10:00"), no_day), &practice());
    assert!(
        matches!(&faults[..], [fault] if fault.field == "window"
            && matches!(&fault.kind, CampaignFaultKind::Window { fault } if fault.kind == WindowFaultKind::NoWeekday)),
        "{faults:?}"
    );
    let empty = with_window(day_before("10:00"), window(&[], "10:00", "10:00"));
    assert_eq!(check(&empty, &practice()).len(), 1); // edge 10: start and end the same
}

#[test]
fn edge_015_a_holiday_is_a_closed_day() {
    for (visit, leaves_at) in [
        ("2026-12-25 10:00", "2026-12-23 19:45"), // 24 December
        ("2026-11-12 10:00", "2026-11-10 19:45"), // 11 November
        ("2026-04-07 10:00", "2026-04-04 19:45"), // Easter Monday, and Sunday before it
        ("2026-06-05 10:00", "2026-06-03 19:45"), // Corpus Christi
    ] {
        assert_eq!(leaves("2026-03-01 09:00", visit, day_before("10:00")), [leaves_at], "{visit}");
    }
}

#[test]
fn edge_015_the_list_is_the_practices_and_can_be_switched_off() {
    let mut world = World::new("2026-12-01 09:00");
    world.patient("1", "501234567");
    world.set(|settings| settings.sending_hours.holidays = HolidayPolicy::Send);
    world.start("c", day_before("10:00"));
    world.visit("w", "1", "2026-12-25 10:00");
    // and a campaign of its own mind, closed on the practice's own day off
    let mut closed = window(&[], "08:00", "20:00");
    closed.holiday_calendar.added.insert("2026-12-10".parse().unwrap());
    world.start("d", with_window(hours_before(24), closed));
    world.visit("x", "1", "2026-12-11 10:00");
    world.run_until("2026-12-31 00:00");
    let of = |visit| world.messages(visit).into_iter().map(|message| message.due_at).collect::<Vec<_>>();
    assert_eq!(of("w"), [at("2026-12-24 10:00"), at("2026-12-23 19:45")]);
    assert_eq!(of("x"), [at("2026-12-10 10:00"), at("2026-12-09 19:45")]);
}

#[test]
fn edge_016_two_working_days_before_count_open_days_only() {
    let two = |at: &str| {
        let step = ReminderStep::WorkingDays { working_days_before: 2, at: at.parse().unwrap() };
        campaign("Przypomnienie", Timing::Reminder { steps: vec![step] })
    };
    for (visit, leaves_at) in [
        // the long weekend of Corpus Christi, Thursday 4 June 2026
        ("2026-06-05 12:00", "2026-06-02 10:00"),
        ("2026-06-08 12:00", "2026-06-03 10:00"),
        ("2026-06-09 12:00", "2026-06-05 10:00"),
        ("2026-06-10 12:00", "2026-06-08 10:00"),
        // Christmas: Thursday 24 to Saturday 26 December
        ("2026-12-28 12:00", "2026-12-22 10:00"),
    ] {
        assert_eq!(leaves("2026-03-01 09:00", visit, two("10:00")), [leaves_at], "{visit}");
    }
}

#[test]
fn edge_017_a_clock_that_jumps_back_sends_nothing_twice() {
    let mut world = World::new("2026-11-10 09:00");
    world.patient("1", "501234567");
    world.start("c", day_before("10:00"));
    world.start("u", booking(0));
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.sent_at(), ["2026-11-10 09:00", "2026-11-19 10:00"]);
    world.now = at("2026-11-05 09:00");
    world.step();
    world.visit_with("w", "1", "2026-11-20 12:00", |visit| visit.doctor = doctor("1", "dr Nowak"));
    world.patient("1", "501 234 567");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at().len(), 2);
}

#[test]
fn edge_017_a_clock_that_jumps_ahead_skips_what_is_past_its_use_by_time() {
    let mut world = World::new("2026-11-10 09:00");
    world.patient("1", "501234567");
    world.start("c", day_before("10:00"));
    world.start("u", booking(60));
    for (id, start) in [("w", "2026-11-20 12:00"), ("x", "2026-11-27 12:00")] {
        world.visit_with(id, "1", start, |visit| visit.series = Some(id.into()));
    }
    world.now = at("2026-11-24 12:00");
    world.step();
    assert!(world.sent().is_empty());
    assert_eq!(
        world.fates("w"),
        [(Status::Skipped, Some("past_use_by")), (Status::Skipped, Some("past_use_by"))]
    );
    assert_eq!(world.fates("x"), [(Status::Skipped, Some("past_use_by")), (Status::Planned, None)]);
    world.now = at("2026-11-10 10:00"); // and back: what was given up may be planned again, what goes goes once
    world.run_until("2026-11-28 00:00");
    assert_eq!(world.sent_at(), ["2026-11-26 10:00"]);
}

#[test]
fn edge_018_a_host_that_was_away_sends_what_still_makes_sense_oldest_first() {
    let mut world = World::new("2026-11-18 09:00");
    for (patient, visit) in [("1", "2026-11-19 12:00"), ("2", "2026-11-19 15:00"), ("3", "2026-11-20 12:00")]
    {
        world.patient(patient, &format!("50123456{patient}"));
        world.visit(patient, patient, visit);
    }
    world.start("c", hours_before(3)); // 09:00, 12:00, and 09:00 a day later
    world.now = at("2026-11-19 13:00"); // nobody dispatched since the 18th
    world.step();
    assert_eq!(world.fates("1"), [(Status::Skipped, Some("past_use_by"))]);
    assert_eq!(world.sent_at(), ["2026-11-19 13:00"]);
    assert_eq!(world.sent()[0].1, "+48501234562");
}

#[test]
fn edge_018_what_waited_goes_in_the_order_in_which_it_was_due() {
    let mut world = World::new("2026-11-18 09:00");
    for no in [4, 2, 0, 3, 1] {
        world.patient(&no.to_string(), &format!("50123456{no}"));
        world.visit(&no.to_string(), &no.to_string(), &format!("2026-11-20 1{no}:00"));
    }
    world.start("c", hours_before(24));
    world.now = at("2026-11-19 19:00");
    world.step();
    let numbers: Vec<_> = world.sent().into_iter().map(|(_, number, _)| number).collect();
    assert_eq!(numbers, ["0", "1", "2", "3", "4"].map(|no| format!("+4850123456{no}")));
}

#[test]
fn edge_018_back_in_the_night_it_waits_for_the_morning() {
    let mut world = World::new("2026-11-18 09:00");
    world.patient("1", "501234567");
    world.patient("2", "501234568");
    world.start("c", day_before("18:00"));
    world.visit("spat", "1", "2026-11-20 07:30");
    world.visit("w", "2", "2026-11-20 12:00");
    world.now = at("2026-11-19 23:00");
    world.step();
    assert_eq!(world.fates("spat"), [(Status::Skipped, Some("no_allowed_slot"))]);
    world.run_until("2026-11-20 11:00");
    assert_eq!(world.sent_at(), ["2026-11-20 08:00"]);
}

#[test]
fn edge_020_the_minors_body_goes_to_those_under_18_on_the_day_of_the_visit() {
    let text = |born: &str, visit: &str, age_on: AgeOn| {
        let mut world = World::new("2026-02-01 09:00");
        world.patient_with("1", "501234567", |patient| patient.birth_date = Some(born.parse().unwrap()));
        let mut spec = day_before("10:00");
        spec.bodies.minor = Some("dziecko".into());
        spec.bodies.default = "dorosly".into();
        spec.age_on = age_on;
        world.start("c", spec);
        world.visit("w", "1", visit);
        world.run_until("2026-12-01 00:00");
        world.texts().pop().unwrap()
    };
    assert_eq!(text("2008-05-20", "2026-05-19 12:00", AgeOn::VisitDate), "dziecko");
    assert_eq!(text("2008-05-20", "2026-05-20 12:00", AgeOn::VisitDate), "dorosly");
    assert_eq!(text("2008-05-20", "2026-05-20 12:00", AgeOn::SendDate), "dziecko");
    assert_eq!(text("2008-02-29", "2026-02-28 12:00", AgeOn::VisitDate), "dziecko");
    assert_eq!(text("2008-02-29", "2026-03-01 12:00", AgeOn::VisitDate), "dorosly");
    assert_eq!(text("2030-01-01", "2026-03-01 12:00", AgeOn::VisitDate), "dorosly"); // a mistake on the card
}

#[test]
fn new_hours_move_what_is_planned() {
    let mut world = World::new("2026-11-10 09:00");
    world.patient("1", "501234567");
    world.start("c", day_before("10:00"));
    world.visit("w", "1", "2026-11-20 12:00");
    world.set(|settings| settings.sending_hours = window(&[], "14:00", "18:00"));
    world.run_until("2026-11-20 12:00");
    assert_eq!(world.sent_at(), ["2026-11-18 17:45"]); // brought forward, as a reminder is
}
