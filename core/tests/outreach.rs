//! Recalls, birthday wishes and broadcasts: who gets one, when, once, and why somebody gets none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable
)]

mod world;

use depesza::campaign::CampaignFaultKind;
use depesza::engine::EngineError;
use depesza::gateway::Simulator;
use depesza::model::*;
use depesza::store::MemoryStore;
use serde_json::json;
use std::sync::Arc;
use world::*;

const NOW: &str = "2026-11-16 09:00"; // a Monday

fn spec(timing: serde_json::Value, body: &str) -> CampaignSpec {
    serde_json::from_value(json!({"name": "K", "timing": timing, "bodies": {"default": body}})).unwrap()
}

fn birthday(at: &str) -> CampaignSpec {
    spec(json!({"kind": "birthday", "at": at}), "(imie), wszystkiego najlepszego! (placowka)")
}

fn recall(months: u32, overdue: u32) -> CampaignSpec {
    let timing = json!({"kind": "recall", "months_after": months, "at": "10:00", "overdue_days": overdue});
    spec(timing, "(imie), zapraszamy na kontrole. (telefon)")
}

fn broadcast(at: &str) -> CampaignSpec {
    let at = at.replace(' ', "T") + ":00";
    spec(json!({"kind": "broadcast", "at": at}), "(pacjent): zmieniamy adres na (adres)")
}

fn born(world: &mut World, id: &str, phone: &str, date: &str) {
    world.patient_with(id, phone, |patient| patient.birth_date = Some(date.parse().unwrap()));
}

fn took_place(world: &mut World, id: &str, patient: &str, start: &str) {
    world.visit_state(id, patient, start, VisitState::TookPlace);
}

/// Status and reason code of each message of a patient about no visit, in the order of their numbers.
fn fates(world: &World, patient: &str) -> Vec<(Status, Option<&'static str>)> {
    let mut messages = world.clinic().messages_of_patient(&patient.into(), 1_000).unwrap();
    messages.retain(|message| message.occasion.is_some());
    messages.sort_by_key(|message| message.id);
    messages.iter().map(|message| (message.status, message.reason.as_ref().map(Reason::code))).collect()
}

// Birthdays

#[test]
fn a_birthday_wish_goes_on_the_day_every_year_and_wakes_the_host() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "1980-11-20");
    born(&mut world, "2", "502234567", "1990-05-05");
    world.start("b", birthday("09:30"));
    assert!(fates(&world, "1").is_empty()); // nothing is planned long ahead
    assert_eq!(world.engine.next_due().unwrap(), Some(at("2026-11-17 00:00")));
    world.run_until("2028-01-01 00:00");
    assert_eq!(world.sent_at(), ["2026-11-20 09:30", "2027-05-05 09:30", "2027-11-20 09:30"]);
    assert_eq!(world.texts()[0], "Imie1, wszystkiego najlepszego! Dentica");
}

#[test]
fn a_birthday_of_29_february_is_kept_on_1_march_in_common_years() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "2000-02-29");
    world.start("b", birthday("12:00"));
    world.run_until("2028-03-02 00:00");
    assert_eq!(world.sent_at(), ["2027-03-01 12:00", "2028-02-29 12:00"]);
}

#[test]
fn who_is_told_on_the_birthday_itself_gets_the_wish_once() {
    let mut world = World::new(NOW);
    world.start("b", birthday("12:00"));
    world.run_until("2026-11-20 09:00");
    born(&mut world, "1", "501234567", "1980-11-20");
    born(&mut world, "1", "501234567", "1980-11-20");
    world.run_until("2026-11-22 00:00");
    assert_eq!(world.sent_at(), ["2026-11-20 12:00"]);
    assert_eq!(fates(&world, "1"), [DELIVERED]);
}

#[test]
fn a_corrected_birth_date_moves_the_wish() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "1980-11-20");
    world.start("b", birthday("12:00"));
    world.run_until("2026-11-20 09:00");
    assert_eq!(fates(&world, "1"), [PLANNED]);
    born(&mut world, "1", "501234567", "1980-12-20");
    world.run_until("2027-01-01 00:00");
    assert_eq!(world.sent_at(), ["2026-12-20 12:00"]);
    assert_eq!(fates(&world, "1"), [DELIVERED]);
    // none is known any more: nothing is wished, and what went stays
    world.run_until("2027-12-20 09:00");
    world.patient("1", "501234567");
    world.run_until("2028-01-01 00:00");
    assert_eq!(fates(&world, "1"), [DELIVERED, cancelled("outside_filters")]);
}

#[test]
fn a_host_that_was_down_sends_wishes_of_the_same_day_only() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "1980-11-20");
    born(&mut world, "2", "502234567", "1990-11-24");
    world.start("b", birthday("09:30"));
    world.now = at("2026-11-24 15:00");
    world.run_until("2026-11-25 00:00");
    assert_eq!(world.sent_at(), ["2026-11-24 15:00"]);
    assert_eq!(fates(&world, "1"), [skipped("past_use_by")]);
    assert_eq!(fates(&world, "2"), [DELIVERED]);
}

#[test]
fn a_minor_has_the_minors_body_by_the_age_on_the_day_of_sending() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "2008-11-20"); // 18 on that day
    born(&mut world, "2", "502234567", "2009-11-20");
    let mut spec = birthday("12:00");
    spec.bodies.minor = Some("Hej (imie)!".into());
    world.start("b", spec);
    world.run_until("2026-11-21 00:00");
    let mut texts = world.texts();
    texts.sort();
    assert_eq!(texts, ["Hej Imie2!", "Imie1, wszystkiego najlepszego! Dentica"]);
}

// Recalls

#[test]
fn a_recall_goes_months_after_the_last_visit_that_took_place() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.start("r", recall(6, 0));
    took_place(&mut world, "w1", "1", "2026-06-20 12:00");
    took_place(&mut world, "w2", "1", "2026-07-20 12:00");
    world.visit_state("w3", "1", "2026-08-20 12:00", VisitState::NoShow);
    world.run_until("2027-12-31 00:00");
    assert_eq!(world.sent_at(), ["2027-01-20 10:00"]);
    assert_eq!(world.texts(), ["Imie1, zapraszamy na kontrole. 48 362 12 34"]);
}

#[test]
fn days_that_a_month_lacks_are_recalled_on_its_last() {
    let mut world = World::new("2026-08-25 09:00");
    for (id, day) in ["28", "29", "30", "31"].iter().enumerate() {
        world.patient(&id.to_string(), &format!("50123456{id}"));
        took_place(&mut world, &id.to_string(), &id.to_string(), &format!("2026-08-{day} 08:00"));
    }
    world.start("r", recall(6, 0));
    world.run_until("2027-06-01 00:00");
    assert_eq!(world.sent_at(), ["2027-02-28 10:00"; 4]); // a Sunday, inside the hours
}

#[test]
fn the_filters_of_a_recall_choose_the_visit_it_counts_from() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    let mut spec = recall(6, 0);
    spec.filters.visit_types = vec!["higienizacja".into()];
    world.start("r", spec);
    world.visit_with("w1", "1", "2026-06-20 12:00", |visit| {
        visit.state = VisitState::TookPlace;
        visit.visit_type = Some("higienizacja".into());
    });
    took_place(&mut world, "w2", "1", "2026-07-20 12:00");
    world.run_until("2027-06-01 00:00");
    assert_eq!(world.sent_at(), ["2026-12-20 10:00"]);
}

#[test]
fn activation_reaches_those_who_were_due_in_the_days_before_once() {
    let mut world = World::new(NOW);
    for (id, visit) in ["2026-05-01", "2026-05-10", "2026-05-20"].iter().enumerate() {
        world.patient(&id.to_string(), &format!("50123456{id}"));
        took_place(&mut world, &id.to_string(), &id.to_string(), &format!("{visit} 12:00"));
    }
    world.start("r", recall(6, 10)); // due on 1, 10 and 20 November
    world.run_until("2027-06-01 00:00");
    assert_eq!(world.sent_at(), ["2026-11-16 09:00", "2026-11-20 10:00"]);
    assert!(fates(&world, "0").is_empty());
}

#[test]
fn who_has_booked_gets_no_recall_and_says_which_visit() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.patient("2", "502234567");
    for id in ["1", "2"] {
        took_place(&mut world, &format!("w{id}"), id, "2026-05-20 12:00");
    }
    world.visit("n", "1", "2026-12-24 12:00");
    world.start("r", recall(6, 0));
    world.run_until("2026-11-20 09:00");
    assert_eq!((fates(&world, "1"), fates(&world, "2")), (vec![skipped("visit_booked")], vec![PLANNED]));
    // the other one books an hour before it goes: withdrawn at once, and there again when that is called off
    world.visit("m", "2", "2026-12-24 13:00");
    assert_eq!(fates(&world, "2"), [cancelled("visit_booked")]);
    world.visit_state("m", "2", "2026-12-24 13:00", VisitState::Cancelled);
    assert_eq!(fates(&world, "2"), [PLANNED]);
    world.run_until("2026-11-30 00:00");
    assert_eq!(world.sent_at(), ["2026-11-20 10:00"]);
}

#[test]
fn missed_days_of_recalls_are_caught_up_for_a_week() {
    let mut world = World::new(NOW);
    for (id, visit) in ["2026-05-17", "2026-05-21"].iter().enumerate() {
        world.patient(&id.to_string(), &format!("50123456{id}"));
        took_place(&mut world, &id.to_string(), &id.to_string(), &format!("{visit} 12:00"));
    }
    world.start("r", recall(6, 0)); // due on 17 and 21 November
    world.now = at("2026-11-26 12:00");
    world.run_until("2027-01-01 00:00");
    assert_eq!(world.sent_at(), ["2026-11-26 12:00"]);
    assert_eq!((fates(&world, "0"), fates(&world, "1")), (vec![skipped("past_use_by")], vec![DELIVERED]));
}

#[test]
fn an_edit_of_the_months_recalls_nobody_twice_for_one_visit() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    took_place(&mut world, "w", "1", "2026-05-20 12:00");
    world.start("r", recall(6, 0));
    world.run_until("2026-12-01 00:00");
    world.edit("r", recall(7, 0));
    world.run_until("2027-06-01 00:00");
    assert_eq!(world.sent_at(), ["2026-11-20 10:00"]);
    assert_eq!(fates(&world, "1"), [DELIVERED]);
    took_place(&mut world, "w2", "1", "2027-05-31 12:00"); // another visit, another recall
    world.run_until("2028-06-01 00:00");
    assert_eq!(world.sent_at(), ["2026-11-20 10:00", "2027-12-31 10:00"]);
}

// Broadcasts

#[test]
fn a_broadcast_goes_to_every_patient_once_at_its_time() {
    let mut world = World::new(NOW);
    for id in 0..60 {
        world.patient(&format!("{id:02}"), &format!("5012345{id:02}"));
    }
    world.start("b", broadcast("2026-11-18 11:00"));
    world.patient("new", "601234567"); // told before its time
    world.run_until("2026-11-18 12:00");
    world.patient("late", "602234567"); // told after it
    let mut edited = broadcast("2026-11-18 11:00");
    edited.bodies.default = "poprawka".into();
    world.edit("b", edited);
    world.set(|settings| settings.report_wait_h = 24);
    world.run_until("2026-12-31 00:00");
    assert_eq!(world.sent_at(), vec!["2026-11-18 11:00"; 61]);
    assert_eq!(
        world.texts()[0],
        "Imie00 Nazwisko00: zmieniamy adres na ul. Długa 5, Radom".replace('ł', "l")
    );
    assert!(fates(&world, "late").is_empty());
    let figures = world.clinic().figures(&"b".into()).unwrap();
    assert_eq!(figures.iter().map(|tally| tally.count(Status::Delivered)).sum::<i64>(), 61);
}

#[test]
fn a_message_about_a_patient_that_a_person_withdrew_stays_withdrawn() {
    let mut world = world();
    world.patient("2", "501000002");
    world.start("b", broadcast("2026-11-18 10:00"));
    world.work();
    let planned = world.newest(10);
    let taken_back = planned.iter().find(|message| message.patient == Some("2".into())).unwrap().id;
    world.desk(|desk, now| desk.cancel_message(taken_back, now));
    world.patient_with("2", "501000002", |patient| patient.last_name = "Nowak".into());
    world.edit("b", broadcast("2026-11-18 11:00"));
    world.run_until("2026-11-19 12:00");
    let message = world.clinic().message(taken_back).unwrap().unwrap();
    assert_eq!((message.status, message.reason), (Status::Cancelled, Some(Reason::Withdrawn {})));
    let to_two = world.newest(100).into_iter().filter(|message| message.patient == Some("2".into()));
    assert_eq!(to_two.count(), 1);
}

#[test]
fn a_broadcast_to_visits_of_some_days_takes_the_filters_and_each_patient_once() {
    let mut world = World::new(NOW);
    for id in ["1", "2", "3", "4"] {
        world.patient(id, &format!("50123456{id}"));
    }
    let in_room = |id: &'static str| move |visit: &mut Visit| visit.room = room(id);
    world.visit_with("a", "1", "2026-11-20 10:00", in_room("x"));
    world.visit_with("b", "1", "2026-11-21 10:00", in_room("x"));
    world.visit_with("c", "2", "2026-11-20 10:00", in_room("y"));
    world.visit_with("d", "3", "2026-11-25 10:00", in_room("x"));
    world.visit_with("e", "4", "2026-11-20 12:00", in_room("x"));
    let mut spec = broadcast("2026-11-18 11:00");
    let Timing::Broadcast { audience, .. } = &mut spec.timing else { unreachable!() };
    let day = |text: &str| text.parse().unwrap();
    audience.visits = Some(DayRange { from: day("2026-11-20"), to: day("2026-11-21") });
    spec.filters.rooms = vec!["x".into()];
    world.start("b", spec);
    world.visit_state("e", "4", "2026-11-20 12:00", VisitState::Cancelled);
    assert_eq!(fates(&world, "4"), [cancelled("outside_filters")]);
    world.run_until("2026-11-19 00:00");
    assert_eq!(world.sent().iter().map(|(_, to, _)| to.as_str()).collect::<Vec<_>>(), ["+48501234561"]);
}

#[test]
fn a_broadcast_in_quiet_hours_waits_for_the_morning_and_not_for_ever() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.start("b", broadcast("2026-11-18 21:00"));
    world.run_until("2026-11-20 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 08:00"]);

    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.start("b", broadcast("2026-11-18 12:00"));
    world.pause("b");
    world.run_until("2026-11-22 00:00");
    world.resume("b");
    world.run_until("2026-11-23 00:00");
    assert!(world.sent().is_empty());
    assert_eq!(fates(&world, "1"), [skipped("campaign_paused")]);
}

#[test]
fn a_broadcast_goes_on_after_a_crash_and_doubles_nothing() {
    let mut world = World::new(NOW);
    for id in 0..120 {
        world.patient(&id.to_string(), &format!("501{id:06}"));
    }
    {
        let clinic = world.clinic();
        let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
        desk.create_campaign("b".into(), broadcast("2026-11-16 09:00"), world.now).unwrap();
        desk.activate(&"b".into(), world.now).unwrap();
        assert!(world.engine.work(world.now, 3).unwrap().more);
        world.engine.dispatch(world.now, 1_000).unwrap();
    }
    world.run_until("2026-11-17 00:00"); // every call is a new engine, as after a restart
    assert_eq!(world.sent().len(), 120);
}

// What holds for all of them

#[test]
fn edge_106_a_campaign_about_patients_needs_the_consent_of_its_purpose() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.patient_with("2", "502234567", |patient| patient.consents.marketing = patient.consents.visits);
    let mut spec = broadcast("2026-11-18 11:00");
    spec.purpose = Purpose::Marketing;
    world.start("b", spec);
    world.run_until("2026-11-19 00:00");
    assert_eq!((fates(&world, "1"), fates(&world, "2")), (vec![skipped("no_consent")], vec![DELIVERED]));
}

#[test]
fn all_is_decided_again_at_the_moment_of_sending() {
    let mut world = World::new(NOW);
    for id in ["1", "2", "3", "4", "5"] {
        world.patient(id, &format!("50123456{id}"));
    }
    world.start("b", broadcast("2026-11-18 11:00"));
    world.run_until("2026-11-18 10:00");
    assert!(["1", "2", "3", "4", "5"].iter().all(|id| fates(&world, id) == [PLANNED]));
    world.reply("501234561", "STOP");
    world.patient_with("2", "501234562", |patient| patient.status = PatientStatus::Deceased);
    world.patient_with("3", "501234563", |patient| patient.consents.visits = None);
    world.patient_with("4", "", |_| {});
    world.patient("5", "601234565"); // another number
    world.run_until("2026-11-19 00:00");
    let fate = |id| fates(&world, id)[0];
    assert_eq!(fate("1"), skipped("opted_out"));
    assert_eq!(fate("2"), skipped("patient_deceased"));
    assert_eq!(fate("3"), skipped("no_consent"));
    assert_eq!(fate("4"), skipped("no_number"));
    assert_eq!(fate("5"), DELIVERED);
    assert_eq!(world.sent().iter().filter(|(.., text)| text.contains("adres")).count(), 1);
    assert!(world.sent().iter().any(|(_, to, _)| to == "+48601234565"));
}

#[test]
fn the_daily_cap_and_the_mode_hold_for_them_too() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    world.set(|settings| settings.daily_cap = Some(1));
    world.start("b", broadcast("2026-11-18 11:00"));
    world.start("c", broadcast("2026-11-18 12:00"));
    world.run_until("2026-11-18 13:00");
    assert_eq!(fates(&world, "1"), [DELIVERED, skipped("daily_cap")]);
    world.set(|settings| settings.mode = SmsMode::None);
    world.start("d", broadcast("2026-11-19 12:00"));
    world.run_until("2026-11-20 00:00");
    assert_eq!(fates(&world, "1")[2], skipped("mode_none"));
}

#[test]
fn merged_cards_get_one_message() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "1980-11-20");
    born(&mut world, "2", "502234567", "1980-11-20");
    born(&mut world, "3", "503234567", "1980-11-20");
    world.start("b", birthday("12:00"));
    world.start("c", broadcast("2026-11-18 11:00"));
    world.tell(Fact::PatientsMerged { from: "3".into(), into: "1".into() });
    world.run_until("2026-11-20 09:00");
    world.tell(Fact::PatientsMerged { from: "2".into(), into: "1".into() });
    world.run_until("2026-11-21 00:00");
    let sent = world.sent();
    let wishes: Vec<_> = sent.iter().filter(|(.., text)| text.contains("najlepszego")).collect();
    assert_eq!(wishes.iter().map(|(_, to, _)| to.as_str()).collect::<Vec<_>>(), ["+48501234567"]);
    let mut told: Vec<_> = sent.iter().filter(|(.., text)| text.contains("adres")).collect();
    told.sort();
    assert_eq!(
        told.iter().map(|(_, to, _)| to.as_str()).collect::<Vec<_>>(),
        ["+48501234567", "+48502234567"]
    );
}

#[test]
fn a_pause_holds_and_a_resumption_sends_what_still_makes_sense() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "1980-11-20");
    took_place(&mut world, "w", "1", "2026-05-20 12:00");
    world.start("b", birthday("12:00"));
    world.start("r", recall(6, 0));
    world.pause("b");
    world.pause("r");
    world.run_until("2026-11-22 12:00");
    world.resume("b");
    world.resume("r");
    world.run_until("2026-11-30 00:00");
    assert_eq!(world.sent_at(), ["2026-11-22 12:00"]); // the recall, two days late; the wish is void
    assert!(world.texts()[0].contains("kontrole"));
    assert_eq!(fates(&world, "1"), [skipped("campaign_paused"), DELIVERED]);
}

#[test]
fn an_end_withdraws_and_sweeps_no_more() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "1980-11-20");
    born(&mut world, "2", "502234567", "1980-11-25");
    world.start("b", birthday("12:00"));
    world.run_until("2026-11-20 09:00");
    world.end("b");
    assert_eq!(fates(&world, "1"), [cancelled("campaign_ended")]);
    assert_eq!(world.engine.next_due().unwrap(), None);
    world.run_until("2026-12-30 00:00");
    assert!(world.sent().is_empty() && fates(&world, "2").is_empty());
}

#[test]
fn an_edit_plans_the_unsent_anew_once() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "1980-11-20");
    world.start("b", birthday("12:00"));
    world.run_until("2026-11-20 09:00");
    let mut edited = birthday("15:00");
    edited.bodies.default = "Sto lat".into();
    world.edit("b", edited);
    world.edit("b", birthday("16:00"));
    assert_eq!(fates(&world, "1"), [PLANNED]);
    world.run_until("2026-11-22 00:00");
    assert_eq!(world.sent_at(), ["2026-11-20 16:00"]);
    // edits leave one sweep behind, not one each
    let worked = world.engine.work(at("2026-11-22 00:00"), 1_000).unwrap();
    assert!(worked.commits <= 2, "{worked:?}");
}

#[test]
fn an_edit_to_another_kind_leaves_no_message_and_no_sweep_of_the_old_one() {
    let mut world = World::new(NOW);
    born(&mut world, "1", "501234567", "1980-11-20");
    world.visit("w", "1", "2026-11-25 12:00");
    world.start("b", birthday("12:00"));
    world.run_until("2026-11-20 09:00");
    world.edit("b", day_before("10:00"));
    assert_eq!(fates(&world, "1"), [cancelled("outside_filters")]);
    assert_eq!(world.engine.next_due().unwrap(), Some(at("2026-11-24 10:00")));
    world.edit("b", birthday("12:00"));
    assert_eq!((fates(&world, "1"), world.fates("w")), (vec![PLANNED], vec![cancelled("outside_filters")]));
    world.run_until("2026-12-01 00:00");
    assert_eq!(world.sent_at(), ["2026-11-20 12:00"]);
}

#[test]
fn who_came_again_meanwhile_is_recalled_after_that_visit() {
    let mut world = World::new(NOW);
    world.patient("1", "501234567");
    took_place(&mut world, "w", "1", "2026-05-20 12:00");
    world.start("r", recall(6, 0));
    world.run_until("2026-11-20 09:00");
    assert_eq!(fates(&world, "1"), [PLANNED]);
    took_place(&mut world, "x", "1", "2026-11-20 08:00");
    assert_eq!(fates(&world, "1"), [cancelled("visit_booked")]);
    world.run_until("2027-06-01 00:00");
    assert_eq!(world.sent_at(), ["2027-05-20 10:00"]);
}

#[test]
fn what_went_while_an_old_copy_was_made_is_in_doubt_and_not_sent_twice() {
    let store = Arc::new(MemoryStore::default());
    let mut world = World::on(store, NOW, practice(), Simulator::new(GATEWAY.into(), 1));
    world.patient("1", "501234567");
    took_place(&mut world, "w", "1", "2026-05-20 12:00");
    world.start("r", recall(6, 0));
    // the copy was made here; the host restores it on the 22nd, and the recall of the 20th may have gone since
    world.now = at("2026-11-22 12:00");
    world.clinic().restored(at("2026-11-16 10:00"), world.now).unwrap();
    world.run_until("2026-11-30 00:00");
    assert!(world.sent().is_empty());
    assert_eq!(fates(&world, "1").len(), 1);
    assert_ne!(fates(&world, "1")[0].0, Status::Planned);
}

#[test]
fn what_asks_something_of_a_visit_is_refused() {
    let world = World::new(NOW);
    let clinic = world.clinic();
    let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
    let faults = |spec: CampaignSpec| match desk.create_campaign("x".into(), spec, world.now) {
        Err(EngineError::Campaign(faults)) => {
            faults.into_iter().map(|fault| (fault.field, fault.kind)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let mut spec = birthday("10:00");
    spec.expects_reply = Some(true);
    spec.bodies.first_visit = Some("pierwsza".into());
    spec.filters.rooms = vec!["1".into()];
    let fields: Vec<String> = faults(spec).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["bodies.first_visit", "expects_reply", "filters"]);
    let mut spec = recall(6, 0);
    spec.bodies.default = "(imie), wizyta (data)".into();
    let found = faults(spec);
    assert_eq!(found[0].0, "bodies.default");
    let CampaignFaultKind::Body { fault } = &found[0].1 else { panic!("{found:?}") };
    assert!(
        fault.message(Language::Pl).contains("pacjenta, a nie wizyty"),
        "{}",
        fault.message(Language::Pl)
    );
    assert!(fault.message(Language::En).contains("patients, not visits"));
    assert_eq!(faults(recall(0, 731)).len(), 2);
}
