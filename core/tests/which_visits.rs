//! First visits, several visits of one day, series, rooms and doctors: which visit has the message, and which text.

mod world;

use depesza::model::*;
use world::*;

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
fn edge_038_an_unknown_birth_date_is_an_adults() {
    for (first, text) in [(true, "pierwsza"), (false, "zwykla")] {
        let mut world = World::new("2026-11-16 09:00");
        world.patient_with("1", "501234567", |patient| patient.birth_date = None);
        world.start("p", bodies(day_before("10:00")));
        world.visit_with("w", "1", "2026-11-20 12:00", |visit| visit.first_visit = Some(first));
        world.run_until("2026-11-20 00:00");
        assert_eq!(world.texts(), [text], "first visit: {first}");
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
    assert_eq!(world.sent_at(), ["2026-11-20 10:00", "2026-11-20 19:45", "2026-11-20 19:45"]);
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

#[test]
fn edge_039_two_steps_that_a_holiday_moves_to_its_eve_are_one_message() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    let steps = vec![step_days(1, "10:00"), ReminderStep::Hours { hours_before: 3 }];
    world.start("p", campaign("Przypomnienie", Timing::Reminder { steps }));
    world.visit("w", "1", "2026-11-12 08:30"); // 11.11 is a holiday, and 05:30 is at night
    world.run_until("2026-11-13 00:00");
    assert_eq!(world.sent_at(), ["2026-11-10 19:45"]);
    assert_eq!(world.fates("w")[1], (Status::Skipped, Some("same_time")));
}

#[test]
fn edge_039_a_first_visit_that_cannot_be_written_of_does_not_stand_for_the_other() {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    let mut spec = day_before("10:00");
    spec.bodies.default = "(imie), wizyta o (godzina), (lekarz).".into();
    world.start("p", spec);
    world.visit("rano", "1", "2026-11-20 09:00");
    world.visit_with("pop", "1", "2026-11-20 16:00", |visit| visit.doctor = doctor("n", "Nowak"));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("rano"), [skipped("missing_value")]);
    assert_eq!(world.texts(), ["Imie1, wizyta o 16:00, Nowak."]);
}
