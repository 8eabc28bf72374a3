//! Cards and numbers: consent, merged cards, deaths, changed and shared numbers, guardians.

mod world;

use depesza::engine::DoubtSettled;
use depesza::gateway::Simulator;
use depesza::model::*;
use world::*;

/// Monday 2026-11-16 at nine, patient 1 with a visit on Friday, a reminder the day before at ten.
fn world() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.patient("1", "501234567");
    world.start("p", day_before("10:00"));
    world.visit("w", "1", "2026-11-20 12:00");
    world
}

fn numbers(world: &World) -> Vec<String> {
    world.sent().into_iter().map(|(_, number, _)| number).collect()
}

fn transient(world: &World) {
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "201".into() }]);
}

fn merge(world: &mut World, from: &str, into: &str) {
    world.tell(Fact::PatientsMerged { from: from.into(), into: into.into() });
}

// Merged cards (32)

#[test]
fn edge_032_messages_of_a_merged_card_move_to_the_one_that_stays() {
    let mut world = world();
    world.patient("2", "601234567");
    merge(&mut world, "1", "2");
    world.run_until("2026-11-21 00:00");
    assert_eq!(numbers(&world), ["+48601234567"]);
    assert_eq!(world.texts(), ["Imie2, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE."]);
    assert_eq!(world.message("w").patient, Some("2".into()));
}

#[test]
fn edge_032_doubles_of_one_day_collapse() {
    let mut world = world();
    world.patient("2", "601234567");
    world.visit("z", "2", "2026-11-20 12:00");
    merge(&mut world, "1", "2");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn edge_032_a_visit_told_with_the_old_card_is_the_survivors_however_often_cards_merged() {
    let mut world = world();
    for (id, number) in [("2", "601234567"), ("3", "731234567"), ("4", "781234567")] {
        world.patient(id, number);
    }
    merge(&mut world, "1", "2");
    merge(&mut world, "2", "3");
    merge(&mut world, "4", "2"); // into a card that was merged itself
    world.visit("w", "1", "2026-11-20 15:00");
    world.visit("z", "4", "2026-11-24 15:00");
    merge(&mut world, "3", "1"); // and not in a circle
    world.run_until("2026-11-25 00:00");
    assert_eq!(numbers(&world), ["+48731234567", "+48731234567"]);
}

#[test]
fn edge_032_the_old_card_told_again_brings_nothing_back() {
    let mut world = world();
    world.patient("2", "601234567");
    merge(&mut world, "1", "2");
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(numbers(&world), ["+48601234567"]);
}

// Deaths and cards put away (33)

#[test]
fn edge_033_nothing_goes_to_the_dead_or_those_put_away() {
    for (status, reason) in
        [(PatientStatus::Deceased, "patient_deceased"), (PatientStatus::Inactive, "patient_inactive")]
    {
        let mut world = world();
        world.start("s", follow_up(60));
        world.run_until("2026-11-18 09:00");
        world.patient_with("1", "501234567", |patient| patient.status = status);
        assert_eq!(world.fates("w"), [skipped(reason), skipped(reason)]);
        world.run_until("2026-11-20 13:00");
        world.visit_state("w", "1", "2026-11-20 12:00", VisitState::TookPlace);
        world.visit("z", "1", "2026-11-27 12:00");
        world.run_until("2026-12-01 00:00");
        assert!(world.sent().is_empty());
    }
}

#[test]
fn edge_033_a_mistake_is_made_good() {
    let mut world = world();
    world.patient_with("1", "501234567", |patient| patient.status = PatientStatus::Deceased);
    world.patient("1", "501234567");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.fates("w"), [DELIVERED]);
}

#[test]
fn edge_033_what_waits_for_another_attempt_does_not_go_either() {
    let mut world = world();
    transient(&world);
    world.now = at("2026-11-19 10:00");
    world.step();
    world.patient_with("1", "501234567", |patient| patient.status = PatientStatus::Deceased);
    world.run_until("2026-11-21 00:00");
    assert!(world.sent().is_empty());
    assert_eq!(world.fates("w"), [(Status::Failed, Some("patient_deceased"))]);
}

// Foreign numbers (55, 56)

#[test]
fn edge_055_a_foreign_number_is_skipped_and_planned_when_its_prefix_is_allowed() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.patient("1", "+49 1512 3456789");
    world.visit("w", "1", "2026-11-20 12:00");
    assert_eq!(world.fates("w"), [skipped("outside_prefixes")]);
    assert_eq!(world.message("w").attempts, 0);
    world.set(|settings| settings.phones.allowed_prefixes.push("+49".into()));
    world.run_until("2026-11-21 00:00");
    assert_eq!(numbers(&world), ["+4915123456789"]);
}

// Shared numbers (57, 59)

fn family(shared: SharedNumber) -> World {
    let mut world = World::new("2026-11-16 09:00");
    let mut spec = day_before("10:00");
    spec.shared_number = shared;
    world.start("p", spec);
    world.patient("1", "501234567");
    world.patient("2", "501 234 567");
    world.visit("a", "1", "2026-11-20 12:00");
    world.visit("b", "2", "2026-11-20 14:00");
    world.visit("c", "2", "2026-11-21 14:00");
    world.run_until("2026-11-19 11:00");
    world
}

#[test]
fn edge_057_two_patients_of_one_number_get_two_messages_with_their_names() {
    let world = family(SharedNumber::Each);
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-19 10:00"]);
    assert!(world.texts()[0].starts_with("Imie1, ") && world.texts()[1].starts_with("Imie2, "));
}

#[test]
fn edge_057_or_one_that_names_both_for_visits_of_one_day() {
    let mut world = family(SharedNumber::Joint);
    assert_eq!(world.texts(), ["Imie1 i Imie2, wizyta 20.11.2026 o 12:00 i 14:00. Odpisz TAK lub NIE."]);
    world.reply("501234567", "TAK");
    assert_eq!((world.confirmation("a"), world.confirmation("b")), (Some(Reply::Yes), Some(Reply::Yes)));
    world.run_until("2026-11-22 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-20 10:00"]);
    assert_eq!(world.fates("b").last(), Some(&skipped("joined_into")));
}

#[test]
fn edge_057_who_may_not_be_written_to_is_not_named() {
    let mut world = World::new("2026-11-16 09:00");
    let mut spec = day_before("10:00");
    spec.shared_number = SharedNumber::Joint;
    world.start("p", spec);
    world.patient("1", "501234567");
    world.patient("2", "501234567");
    world.visit("a", "1", "2026-11-20 12:00");
    world.visit("b", "2", "2026-11-20 14:00");
    world.patient_with("2", "501234567", |patient| patient.consents = Consents::default());
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["Imie1, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE."]);
    assert_eq!(world.fates("b"), [skipped("no_consent")]);
}

#[test]
fn edge_057_one_of_a_joint_message_called_off_while_it_waits_leaves_the_other() {
    let mut world = World::new("2026-11-16 09:00");
    let mut spec = day_before("10:00");
    spec.shared_number = SharedNumber::Joint;
    world.start("p", spec);
    world.patient("1", "501234567");
    world.patient("2", "501234567");
    world.visit("a", "1", "2026-11-20 12:00");
    world.visit("b", "2", "2026-11-20 14:00");
    transient(&world);
    world.now = at("2026-11-19 10:00");
    world.step(); // joined, rendered, refused for the moment
    world.visit_state("a", "1", "2026-11-20 12:00", VisitState::Cancelled);
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["Imie2, wizyta 20.11.2026 o 14:00. Odpisz TAK lub NIE."]);
}

#[test]
fn edge_058_after_a_change_nothing_more_goes_to_the_old_number_but_its_answer_counts() {
    let mut world = World::new("2026-11-02 09:00");
    world.patient("1", "501234567");
    world.start(
        "p",
        campaign("P", Timing::Reminder { steps: vec![step_days(7, "10:00"), step_days(1, "10:00")] }),
    );
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-14 09:00");
    world.patient("1", "601234567");
    world.reply("501234567", "TAK");
    assert_eq!(world.confirmation("w"), Some(Reply::Yes));
    world.run_until("2026-11-21 00:00");
    assert_eq!(numbers(&world), ["+48501234567", "+48601234567"]);
}

#[test]
fn edge_058_nor_does_what_waits_for_another_attempt() {
    let mut world = world();
    transient(&world);
    world.now = at("2026-11-19 10:00");
    world.step();
    world.patient("1", "601234567");
    world.run_until("2026-11-21 00:00");
    assert_eq!(numbers(&world), ["+48601234567"]);
    assert_eq!(world.fates("w"), [(Status::Cancelled, Some("number_changed")), DELIVERED]);
}

#[test]
fn edge_059_a_number_that_went_to_another_card_takes_no_messages_along() {
    let mut world = world();
    world.patient("1", "");
    world.patient("2", "501234567");
    world.visit("z", "2", "2026-11-25 12:00");
    world.run_until("2026-11-26 00:00");
    assert_eq!(world.fates("w"), [skipped("no_number")]);
    assert_eq!(world.texts(), ["Imie2, wizyta 25.11.2026 o 12:00. Odpisz TAK lub NIE."]);
}

// Refused numbers (60)

#[test]
fn edge_060_a_refused_number_is_marked_until_it_is_edited() {
    let mut world = world();
    world.visit("z", "1", "2026-11-25 12:00");
    let class = RejectClass::RecipientInvalid;
    world.gateway.script([SubmitResult::Rejected { class, code: "13".into() }]);
    world.run_until("2026-11-20 09:00");
    assert_eq!(world.fates("w"), [(Status::Failed, Some("rejected"))]);
    // the number, not the patient: another card with it, and the same card with another
    world.patient("2", "501234567");
    world.visit("inna", "2", "2026-11-26 12:00");
    assert_eq!(world.fates("inna"), [skipped("number_marked_bad")]);
    world.patient("1", "601234567");
    world.run_until("2026-11-24 11:00");
    assert_eq!(world.fates("z"), [DELIVERED]);
    assert_eq!(numbers(&world), ["+48601234567"]);
    // typed anew, it is tried again
    world.patient("2", "+48 501 234 567");
    assert_eq!(world.fates("inna"), [PLANNED]);
}

// Guardians (61)

#[test]
fn edge_061_a_child_without_a_number_is_written_to_at_the_guardians_by_the_childs_name() {
    let mut world = world();
    let guardian = Some(Guardian { name: Some(Name::new("Ewa")), phone: Phone::new("601234567") });
    world.patient_with("dziecko", "", |patient| patient.guardian = guardian.clone());
    world.patient_with("z numerem", "731234567", |patient| patient.guardian = guardian.clone());
    world.visit("d", "dziecko", "2026-11-25 12:00");
    world.visit("n", "z numerem", "2026-11-26 12:00");
    world.run_until("2026-11-27 00:00");
    assert_eq!(numbers(&world)[1..], ["+48601234567", "+48731234567"]);
    assert!(world.texts()[1].starts_with("Imiedziecko, "));
}

// Consent

#[test]
fn consent_given_later_plans_what_was_skipped() {
    let mut world = world();
    let without = |patient: &mut Patient| patient.consents = Consents::default();
    world.patient_with("1", "501234567", without);
    assert_eq!(world.fates("w"), [skipped("no_consent")]);
    world.patient("1", "501234567");
    assert_eq!(world.fates("w"), [PLANNED]);
    world.patient_with("1", "501234567", without);
    world.run_until("2026-11-19 15:00");
    assert_eq!(world.fates("w"), [skipped("no_consent")]);
    world.patient("1", "501234567"); // after its time: at once
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-19 15:00"]);
}

#[test]
fn consent_is_for_its_purpose() {
    let mut world = World::new("2026-11-16 09:00");
    let mut spec = follow_up(60);
    spec.purpose = Purpose::Marketing;
    world.start("s", spec);
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-17 12:00");
    assert_eq!(world.message("w").reason, Some(Reason::NoConsent { purpose: Purpose::Marketing }));
}

#[test]
fn the_default_consent_is_for_cards_created_while_it_is_on() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.set(|settings| settings.default_consent_since = Some(at("2026-11-15 00:00")));
    let created = |time: Option<&'static str>| {
        move |patient: &mut Patient| {
            patient.consents = Consents::default();
            patient.created_at = time.map(at);
        }
    };
    world.patient_with("nowa", "501234561", created(Some("2026-11-15 12:00")));
    world.patient_with("stara", "501234562", created(Some("2020-01-01 12:00")));
    world.patient_with("bez daty", "501234563", created(None));
    for (visit, fate) in
        [("nowa", PLANNED), ("stara", skipped("no_consent")), ("bez daty", skipped("no_consent"))]
    {
        world.visit(visit, visit, "2026-11-20 12:00");
        assert_eq!(world.fates(visit), [fate], "{visit}");
    }
    world.patient_with("nowa", "501234561", |patient| {
        let no = Consent { given: false, at: at("2026-11-16 09:00"), source: ConsentSource::Person };
        patient.consents = Consents { visits: Some(no), marketing: None, other: None };
    });
    assert_eq!(world.fates("nowa"), [skipped("no_consent")]);
}

#[test]
fn a_visit_may_be_told_before_its_patient() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("u", booking(10));
    world.start("p", day_before("10:00"));
    world.visit("w", "1", "2026-11-20 12:00");
    assert_eq!(world.fates("w"), [skipped("patient_unknown"), skipped("patient_unknown")]);
    world.patient("1", "501234567");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent_at(), ["2026-11-16 09:10", "2026-11-19 10:00"]);
}

#[test]
fn a_visit_given_to_another_patient_is_told_of_to_that_one() {
    let mut world = world();
    world.patient("2", "601234567");
    world.visit("w", "2", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["Imie2, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE."]);
    assert_eq!(numbers(&world), ["+48601234567"]);
}

#[test]
fn a_visit_given_to_another_patient_after_its_reminder_reminds_that_one_too() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.patient("1", "501234567");
    world.patient("2", "601234567");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 11:00");
    assert_eq!(numbers(&world), ["+48501234567"]);
    world.visit("w", "2", "2026-11-20 12:00");
    world.run_until("2026-11-19 12:00");
    assert_eq!(numbers(&world), ["+48501234567", "+48601234567"]);
    world.reply("601234567", "TAK");
    assert_eq!(world.confirmation("w"), Some(Reply::Yes));
    // told again it is the same visit
    world.visit("w", "2", "2026-11-20 12:00");
    // and put right it has reminded its patient
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn a_booking_message_of_a_series_tells_whom_its_visits_were_given_to() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("u", booking(10));
    world.patient("1", "501234567");
    world.patient("2", "601234567");
    let given = |world: &mut World, patient: &str| {
        for (visit, start) in [("a", "2026-11-24 12:00"), ("b", "2026-12-01 12:00")] {
            world.visit_with(visit, patient, start, |visit| visit.series = Some("s".into()));
        }
    };
    given(&mut world, "1");
    world.run_until("2026-11-16 10:00");
    given(&mut world, "2");
    world.run_until("2026-11-16 12:00");
    assert_eq!(numbers(&world), ["+48501234567", "+48601234567"]);
}

#[test]
fn a_reminder_by_hand_stands_for_no_other_patient_s() {
    let mut world = world();
    world.patient("2", "601234567");
    world.visit("w", "1", "2026-11-20 12:00");
    world.remind("w");
    world.run_until("2026-11-17 09:00");
    world.visit("w", "2", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(numbers(&world), ["+48501234567", "+48601234567"]);
}

#[test]
fn nobody_is_told_that_a_visit_moved_which_was_another_s_then() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world.start("z", campaign("Przeniesiona", Timing::Rescheduled { delay_min: 10 }));
    world.patient("1", "501234567");
    world.patient("2", "601234567");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-19 12:00");
    world.visit("w", "2", "2026-11-24 12:00");
    world.run_until("2026-11-25 00:00");
    assert_eq!(numbers(&world), ["+48501234567", "+48601234567"]);
    assert_eq!(world.sent_at(), ["2026-11-19 10:00", "2026-11-23 10:00"]);
}

#[test]
fn another_number_on_a_card_is_no_other_patient() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("u", booking(10));
    world.patient("1", "501234567");
    world.visit("w", "1", "2026-11-20 12:00");
    world.run_until("2026-11-16 10:00");
    world.patient("1", "601234567");
    world.visit("w", "1", "2026-11-20 12:00");
    // nor is a second card of the same person
    world.patient("2", "601234567");
    world.visit("w", "2", "2026-11-20 12:00");
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn a_corrected_name_is_the_one_that_is_read() {
    let mut world = world();
    world.run_until("2026-11-18 00:00");
    world.patient_with("1", "501234567", |patient| patient.first_name = Name::new("Żółć"));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["Zolc, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE."]);
}

#[test]
fn edge_057_what_does_not_fit_together_goes_apart() {
    let mut world = World::new("2026-11-16 09:00");
    let mut spec = day_before("10:00");
    (spec.shared_number, spec.max_parts, spec.over_length) =
        (SharedNumber::Joint, Some(1), OverLength::Refuse);
    spec.bodies.default = format!("(imie), wizyta (data) o (godzina). {}", "x".repeat(118));
    world.start("p", spec);
    world.patient("1", "501234567");
    world.patient("2", "501234567");
    world.visit("a", "1", "2026-11-20 12:00");
    world.visit("b", "2", "2026-11-20 14:00");
    world.run_until("2026-11-19 11:00");
    let texts = world.texts();
    let heads: Vec<_> = texts.iter().filter_map(|text| text.strip_suffix(&"x".repeat(118))).collect();
    assert_eq!(heads, ["Imie1, wizyta 20.11.2026 o 12:00. ", "Imie2, wizyta 20.11.2026 o 14:00. "]);
    assert_eq!((world.message("a").subjects.len(), world.message("b").subjects.len()), (1, 1));
}

#[test]
fn a_text_that_names_one_patient_does_not_go_to_whom_the_visit_was_given_meanwhile() {
    // a gateway that cannot say what became of a message
    let own_reference = OwnReference::None;
    let can = Capabilities { own_reference, look_up: false, batch: 100, reports: true, cancel: false };
    let gateway = Simulator::new(GATEWAY.into(), 1).with_capabilities(can);
    let mut world = World::with("2026-11-16 09:00", practice(), gateway);
    world.start("p", day_before("10:00"));
    world.patient("1", "501234567");
    world.patient("2", "601234567");
    world.visit("w", "1", "2026-11-20 12:00");
    world.gateway.script([SubmitResult::Unknown { why: "no answer".into() }]);
    world.run_until("2026-11-19 12:00");
    let asked = world.message("w");
    assert_eq!(asked.status, Status::InDoubt);
    world.visit("w", "2", "2026-11-20 12:00");
    world.desk(|desk, now| desk.settle_doubt(asked.id, DoubtSettled::NeverSent, now));
    world.run_until("2026-11-21 00:00");
    assert_eq!(world.texts(), ["Imie2, wizyta 20.11.2026 o 12:00. Odpisz TAK lub NIE."]);
    assert_eq!(numbers(&world), ["+48601234567"]);
}
