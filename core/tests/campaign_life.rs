//! Campaigns over their life: activation, edits, pauses, ends; reminders by hand.

mod world;

use depesza::engine::EngineError;
use depesza::model::*;
use world::*;

fn steps(days: &[u32]) -> CampaignSpec {
    campaign("P", Timing::Reminder { steps: days.iter().map(|days| step_days(*days, "10:00")).collect() })
}

fn versions(world: &World, visit: &str) -> Vec<u32> {
    let version = |message: &Message| match message.origin {
        Origin::Campaign { version, .. } => version,
        _ => 0,
    };
    world.messages(visit).iter().map(version).collect()
}

// Activation (42, 43)

#[test]
fn edge_042_an_import_of_old_visits_sends_no_booking_messages() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("u", booking(10));
    let booked = |at_: &'static str| move |visit: &mut Visit| visit.booked_at = Some(at(at_));
    world.visit_with("minela", "1", "2026-03-02 12:00", booked("2026-03-01 12:00"));
    world.run_until("2026-12-01 00:00");
    assert!(world.messages("minela").is_empty());

    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("u", booking(10));
    world.run_until("2026-11-20 09:00");
    world.visit_with("dawna", "1", "2026-12-02 12:00", booked("2026-11-17 12:00"));
    world.visit_with("swieza", "1", "2026-12-03 12:00", booked("2026-11-19 18:00"));
    world.visit_with("sprzed", "1", "2026-12-04 12:00", booked("2026-11-15 12:00"));
    world.run_until("2026-12-01 00:00");
    assert_eq!(world.fates("dawna"), [skipped("booked_long_ago")]);
    assert_eq!(world.fates("sprzed"), [skipped("booked_long_ago")]);
    assert_eq!(world.fates("swieza"), [DELIVERED]);
    assert_eq!(world.sent_at(), ["2026-11-20 09:00"]);
}

#[test]
fn edge_042_a_visit_booked_before_activation_and_told_after_has_that_reason() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("u", booking(10));
    world.visit_with("w", "1", "2026-12-02 12:00", |visit| visit.booked_at = Some(at("2026-11-16 08:30")));
    assert_eq!(world.fates("w"), [skipped("before_activation")]);
}

#[test]
fn edge_043_activation_covers_the_visits_ahead_with_reminders_only() {
    let mut world = World::new("2026-11-16 09:00");
    for no in 0..400 {
        world.patient(&no.to_string(), &format!("501{no:06}"));
        world.visit(
            &no.to_string(),
            &no.to_string(),
            &format!("2026-11-{} {:02}:00", 20 + no % 3, 8 + no % 10),
        );
    }
    world.run_until("2026-11-16 12:00");
    world.start("u", booking(10));
    world.start("s", follow_up(60));
    world.start("p", day_before("10:00"));
    world.run_until("2026-11-18 12:00");
    assert!(world.sent().is_empty());
    for no in [0, 199, 399] {
        assert_eq!(world.fates(&no.to_string()), [PLANNED, PLANNED], "{no}"); // the reminder and the follow-up
    }
    world.run_until("2026-11-30 00:00");
    assert_eq!(world.sent().len(), 400);
    assert!(world.texts().iter().all(|text| text.contains("Odpisz")));
}

#[test]
fn edge_043_past_visits_get_nothing_from_a_new_campaign() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-17 12:00");
    world.run_until("2026-11-17 12:00");
    world.start("p", day_before("10:00"));
    assert!(world.messages("w").is_empty());
}

#[test]
fn edge_043_a_crash_in_the_middle_of_activation_loses_nothing_and_doubles_nothing() {
    let mut world = World::new("2026-11-16 09:00");
    for no in 0..60 {
        world.patient(&no.to_string(), &format!("501{no:06}"));
        world.visit(&no.to_string(), &no.to_string(), "2026-11-20 12:00");
    }
    let spec = day_before("10:00");
    let clinic = world.clinic();
    let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
    desk.create_campaign("p".into(), spec, world.now).unwrap();
    desk.activate(&"p".into(), world.now).unwrap();
    assert!(world.engine.work(world.now, 1).unwrap().more);
    assert!(world.engine.work(world.now, 1).unwrap().more);
    drop(clinic);
    world.visit("7", "7", "2026-11-20 15:00"); // facts go on meanwhile
    world.run_until("2026-11-21 00:00"); // every call is a new engine, as after a restart
    assert_eq!(world.sent().len(), 60);
    assert!((0..60).all(|no| world.fates(&no.to_string()) == [DELIVERED]));
}

#[test]
fn edge_043_a_visit_that_begins_before_its_activation_is_worked_off_has_a_reason() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.patient_with("2", "502234567", |patient| patient.consents.visits = None);
    world.visit("trwa", "1", "2026-11-16 09:00");
    world.visit("zaraz", "1", "2026-11-16 09:02");
    world.visit("bez_zgody", "2", "2026-11-16 09:02");
    world.visit("poludnie", "1", "2026-11-16 12:00");
    world.visit("jutro", "1", "2026-11-17 12:00");
    let mut spec = hours_before(2);
    spec.same_day = SameDay::Each;
    {
        let clinic = world.clinic();
        let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
        desk.create_campaign("p".into(), spec, world.now).unwrap();
        desk.activate(&"p".into(), world.now).unwrap();
    }
    world.now = at("2026-11-16 13:00"); // the host was down
    world.run_until("2026-11-18 00:00");
    assert!(world.messages("trwa").is_empty());
    assert_eq!(world.fates("zaraz"), [skipped("booked_late")]);
    assert_eq!(world.fates("bez_zgody"), [skipped("no_consent")]);
    assert_eq!(world.fates("poludnie"), [skipped("past_use_by")]); // it would have gone at ten
    assert_eq!(world.fates("jutro"), [DELIVERED]);
    // it is closed later: what was decided stays
    world.visit_state("poludnie", "1", "2026-11-16 12:00", VisitState::TookPlace);
    assert_eq!(world.fates("poludnie"), [skipped("past_use_by")]);
}

#[test]
fn two_campaigns_serve_one_visit() {
    let mut world = world();
    let mut other = day_before("15:00");
    other.bodies.default = "drugie".into();
    world.start("q", other);
    world.visit("w", "1", "2026-11-20 12:00");
    world.end("q");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
    assert_eq!(world.fates("w"), [DELIVERED, cancelled("campaign_ended")]);
}

#[test]
fn several_steps_go_each_at_its_time_and_are_one_request() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    world.start("p", steps(&[7, 2, 1]));
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 12:00");
    assert_eq!(world.sent_at(), ["2026-11-13 10:00", "2026-11-18 10:00", "2026-11-19 10:00"]);
    world.reply("501234567", "tak");
    assert_eq!(world.confirmation("w"), Some(Reply::Yes));
}

// Edits (44)

#[test]
fn edge_044_an_edit_plans_the_unsent_anew_once_and_leaves_the_sent() {
    let mut world = world();
    world.visit("byla", "1", "2026-11-17 12:00");
    world.visit("bedzie", "1", "2026-11-20 12:00");
    world.run_until("2026-11-18 12:00");
    let sent = world.messages("byla");
    let mut spec = day_before("16:00");
    spec.bodies.default = "Nowa tresc (godzina)".into();
    world.edit("p", spec);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.messages("byla"), sent);
    assert_eq!(world.sent_at(), ["2026-11-16 10:00", "2026-11-19 16:00"]);
    assert_eq!(world.texts()[1], "Nowa tresc 12:00");
    assert_eq!((versions(&world, "byla"), versions(&world, "bedzie")), (vec![1], vec![2]));
}

#[test]
fn edge_044_an_edit_to_an_earlier_time_goes_at_once_booking_message_or_not() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    world.start("u", booking(0));
    world.start("p", day_before("10:00"));
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-18 12:00");
    world.edit("p", steps(&[3]));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-02 09:00", "2026-11-18 12:00"]);
}

#[test]
fn edge_044_an_edit_that_drops_a_step_leaves_no_message_of_it() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    world.start("p", steps(&[7, 1]));
    world.visit("w", "1", "2026-11-20 12:00");
    world.edit("p", steps(&[7]));
    assert_eq!(world.fates("w"), [PLANNED, cancelled("campaign_ended")]);
    world.edit("p", steps(&[7, 2]));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-13 10:00", "2026-11-18 10:00"]);
}

#[test]
fn edge_044_an_edit_while_paused_holds_on() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.pause("p");
    world.edit("p", day_before("16:00"));
    world.run_until("2026-11-19 15:00");
    assert_eq!(world.fates("w"), [PLANNED]);
    world.resume("p");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 16:00"]);
}

#[test]
fn edge_044_an_edit_that_narrows_the_filters_withdraws() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    let mut spec = day_before("10:00");
    spec.filters.rooms = vec!["1".into()];
    world.edit("p", spec);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w"), [cancelled("outside_filters")]);
}

#[test]
fn edge_044_a_visit_that_begins_before_an_edit_is_worked_off_has_a_reason_for_what_is_new() {
    let mut world = World::new("2026-11-16 09:00");
    for patient in ["1", "2", "3"] {
        world.patient(patient, &format!("50123456{patient}"));
    }
    let mut spec = steps(&[1]);
    spec.filters.rooms = vec!["a".into()];
    world.start("p", spec.clone());
    let in_room = |id: &'static str| move |visit: &mut Visit| visit.room = room(id);
    world.visit_with("w", "1", "2026-11-20 12:00", in_room("a"));
    world.visit_with("minela", "2", "2026-11-20 09:30", in_room("b"));
    world.visit_with("z", "3", "2026-11-20 12:00", in_room("a"));
    world.visit_with("z", "3", "2026-11-20 12:00", in_room("b"));
    world.run_until("2026-11-20 10:00");
    spec = steps(&[1, 0]);
    spec.filters.rooms = vec!["a".into(), "b".into()];
    world
        .clinic()
        .as_user(User::new("recepcja", Permission::CLINIC))
        .edit_campaign(&"p".into(), spec, world.now)
        .unwrap();
    world.now = at("2026-11-20 13:00"); // the host was down
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w"), [DELIVERED, skipped("past_use_by")]);
    assert_eq!(world.fates("z"), [skipped("booked_late"), skipped("past_use_by")]);
    assert!(world.messages("minela").is_empty()); // it was over when the campaign changed
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
}

// Pauses (45)

#[test]
fn edge_045_paused_over_its_time_it_goes_on_resume_while_it_makes_sense() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 09:00");
    world.pause("p");
    world.run_until("2026-11-19 14:00");
    assert!(world.sent().is_empty());
    world.resume("p");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 14:00"]);
}

#[test]
fn edge_045_resumed_after_the_visit_it_is_skipped() {
    let mut world = world();
    for no in 0..30 {
        world.visit(&no.to_string(), "1", &format!("2026-11-{} 12:00", 18 + no % 3));
    }
    world.pause("p");
    world.run_until("2026-11-22 14:00");
    world.resume("p");
    world.run_until("2026-11-24 00:00");
    assert!(world.sent().is_empty());
    assert_eq!(world.fates("0"), [skipped("campaign_paused")]);
}

#[test]
fn edge_045_visits_told_during_a_pause_are_planned_and_held() {
    let mut world = world();
    world.pause("p");
    world.visit("w", "1", "2026-11-20 12:00");
    world.visit("z", "1", "2026-11-25 12:00");
    world.run_until("2026-11-19 14:00");
    assert!(world.sent().is_empty());
    world.visit_state("z", "1", "2026-11-25 12:00", VisitState::Cancelled);
    world.resume("p");
    world.run_until("2026-11-26 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 14:00"]);
    assert_eq!(world.fates("z"), [cancelled("visit_cancelled")]);
}

#[test]
fn edge_045_a_retry_held_over_a_pause_goes_on() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "201".into() }]);
    world.now = at("2026-11-19 10:00");
    world.step();
    world.pause("p");
    world.run_until("2026-11-19 14:00");
    assert!(world.sent().is_empty());
    world.resume("p");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 14:00"]);
    assert_eq!(world.fates("w"), [DELIVERED]);
}

// Ends (46)

#[test]
fn edge_046_an_ended_campaign_withdraws_with_the_reason() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.patient_with("2", "501234568", |patient| patient.consents = Consents::default());
    world.visit("z", "2", "2026-11-20 12:00");
    world.end("p");
    assert_eq!(world.fates("w"), [cancelled("campaign_ended")]);
    assert_eq!(world.fates("z"), [skipped("no_consent")]); // what was decided before keeps its reason
    world.desk(|desk, now| desk.archive(&"p".into(), now));
    world.visit("w", "1", "2026-11-20 15:00");
    world.visit("z", "2", "2026-11-20 15:00");
    world.visit("nowa", "1", "2026-11-23 15:00");
    world.run_until("2026-11-24 00:00");
    assert!(world.sent().is_empty());
    assert!(world.messages("nowa").is_empty());
    assert_eq!(world.fates("z"), [skipped("no_consent")]);
}

#[test]
fn edge_046_a_retry_that_waits_is_withdrawn_too() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "201".into() }]);
    world.now = at("2026-11-19 10:00");
    world.step();
    world.end("p");
    assert_eq!(world.fates("w"), [cancelled("campaign_ended")]);
    world.run_until("2026-11-21 00:00");
    assert!(world.sent().is_empty());
}

#[test]
fn edge_046_what_ended_cannot_be_changed_or_started_again() {
    let mut world = world();
    world.end("p");
    let clinic = world.clinic();
    let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
    let (id, now) = ("p".into(), world.now);
    for refused in [
        desk.activate(&id, now),
        desk.resume(&id, now),
        desk.pause(&id, now),
        desk.edit_campaign(&id, day_before("11:00"), now),
    ] {
        assert!(matches!(refused, Err(EngineError::CampaignStep(_))), "{refused:?}");
    }
    let history = clinic.campaigns().unwrap().pop().unwrap().history;
    let statuses: Vec<_> = history.iter().map(|change| change.status).collect();
    assert_eq!(statuses, [CampaignStatus::Ready, CampaignStatus::Active, CampaignStatus::Ended]);
    assert!(history.iter().all(|change| change.by == "recepcja".into()));
}

// Reminders by hand (47)

fn by_hand(policy: ManualPolicy) -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.manual = policy;
    world.start("p", spec);
    world.visit("w", "1", "2026-11-20 12:00");
    world.now = at("2026-11-17 21:30"); // a person may at night
    world.remind("w");
    world.run_until("2026-11-21 00:00");
    world
}

#[test]
fn edge_047_after_a_reminder_by_hand_the_automatic_one_is_skipped() {
    let world = by_hand(ManualPolicy::Skip);
    assert_eq!(world.sent_at(), ["2026-11-17 21:30"]);
    assert_eq!(world.fates("w"), [skipped("manual_reminder"), DELIVERED]);
}

#[test]
fn edge_047_or_sent_or_sent_with_a_warning() {
    for (policy, warned) in [(ManualPolicy::Allow, 0), (ManualPolicy::Warn, 1)] {
        let world = by_hand(policy);
        assert_eq!(world.sent_at(), ["2026-11-17 21:30", "2026-11-19 10:00"]);
        let warnings =
            world.events().into_iter().filter(|event| matches!(event, Happening::RemindedTwice { .. }));
        assert_eq!(warnings.count(), warned, "{policy:?}");
    }
}

#[test]
fn edge_047_a_reminder_by_hand_of_another_time_does_not_count() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.remind("w");
    world.run_until("2026-11-16 12:00");
    world.visit("w", "1", "2026-11-27 12:00");
    world.run_until("2026-11-18 12:00");
    world.visit("w", "1", "2026-11-20 12:00"); // back to the time that was reminded of
    world.run_until("2026-11-20 00:00");
    assert_eq!(world.sent_at(), ["2026-11-16 09:00"]);
    world.visit("w", "1", "2026-11-27 12:00");
    world.run_until("2026-11-28 00:00");
    assert_eq!(world.sent_at(), ["2026-11-16 09:00", "2026-11-26 10:00"]);
}

#[test]
fn edge_047_a_reminder_by_hand_without_consent_is_skipped() {
    let mut world = world();
    world.patient_with("2", "501234568", |patient| patient.consents = Consents::default());
    world.visit("z", "2", "2026-11-20 12:00");
    world.remind("z");
    world.run_until("2026-11-21 00:00");
    assert!(world.sent().is_empty());
    assert_eq!(world.fates("z"), [skipped("no_consent"), skipped("no_consent")]);
}

#[test]
fn edge_047_an_answer_to_a_reminder_by_hand_confirms() {
    let mut world = world();
    world.visit("w", "1", "2026-11-20 12:00");
    world.remind("w");
    world.run_until("2026-11-16 10:00");
    world.reply("501234567", "nie");
    assert_eq!(world.confirmation("w"), Some(Reply::No));
}

// The practice's mode

#[test]
fn with_mode_none_nothing_goes_and_what_was_skipped_is_planned_when_it_ends() {
    let mut world = world();
    world.visit("przed", "1", "2026-11-20 12:00");
    world.set(|settings| settings.mode = SmsMode::None);
    world.work();
    world.visit("w", "1", "2026-11-24 12:00");
    world.run_until("2026-11-21 00:00");
    assert!(world.sent().is_empty());
    assert_eq!(world.fates("przed"), [skipped("mode_none")]);
    assert_eq!(world.fates("w"), [skipped("mode_none")]);
    world.set(|settings| settings.mode = SmsMode::Standard);
    world.run_until("2026-11-25 00:00");
    assert_eq!(world.sent_at(), ["2026-11-23 10:00"]);
}

#[test]
fn the_daily_cap_counts_a_retry_on_the_day_on_which_it_goes() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.set(|settings| settings.daily_cap = Some(1));
    world.start("wieczor", day_before("19:59"));
    world.start("rano", day_before("10:00"));
    world.visit("a", "1", "2026-11-20 12:00");
    world.visit("b", "1", "2026-11-21 12:00");
    world.run_until("2026-11-19 11:00"); // the message of the morning
    assert_eq!(world.sent_at(), ["2026-11-19 10:00"]);
    world.set(|settings| settings.daily_cap = Some(2));
    world.gateway.script([SubmitResult::TryLater { after_ms: 10 * MINUTE_MS }]);
    world.run_until("2026-11-20 09:00"); // that of the evening, put off over the night
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-20 08:00"]);
    world.set(|settings| settings.daily_cap = Some(1));
    world.run_until("2026-11-20 19:00");
    assert_eq!(world.sent_at().len(), 2);
    let morning = |message: &Message| message.origin.step().is_some_and(|(id, _)| *id == "rano".into());
    let reason = world.messages("b").into_iter().find(morning).unwrap().reason;
    assert_eq!(reason, Some(Reason::DailyCap {}));
}

#[test]
fn the_daily_cap_does_not_count_what_no_gateway_took() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.set(|settings| settings.daily_cap = Some(1));
    world.start("rano", day_before("10:00"));
    world.visit("a", "1", "2026-11-20 12:00");
    let passing = SubmitResult::Rejected { class: RejectClass::Transient, code: "201".into() };
    world.gateway.script([passing]);
    world.run_until("2026-11-19 10:00");
    // tried once, and taken back: the visit is on another day, and another is on its day
    world.visit("a", "1", "2026-11-24 12:00");
    world.visit("b", "1", "2026-11-20 16:00");
    world.run_until("2026-11-19 20:00");
    assert_eq!(world.fates("b"), [DELIVERED]);
}

#[test]
fn edge_047_a_reminder_by_hand_within_the_hours_does_not_try_again_at_night() {
    let mut world = world();
    world.set(|settings| settings.sending_hours = window(&[], "08:00", "20:00"));
    world.visit("w", "1", "2026-11-20 12:00");
    world.now = at("2026-11-16 18:00");
    world.remind("w");
    // the telephone is off, and is tried again four hours later
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Unreachable, code: "off".into() }]);
    world.run_until("2026-11-17 09:00");
    assert_eq!(world.sent_at(), ["2026-11-17 08:00"]);
}
