//! People, numbers and consent: EDGE_CASES 53 to 61 and 105 to 107 through the engine.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::Outcome;
use depesza::model::*;
use world::*;

fn reminded() -> World {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", day_before("10:00"));
    world
}

/// What becomes of a visit of a patient with this number.
fn fate(phone: &str) -> (Status, Option<&'static str>) {
    let mut world = reminded();
    world.patient("1", phone);
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.sent().is_empty(), world.fates("w1")[0].0 == Status::Skipped);
    world.fates("w1")[0]
}

#[test]
fn edge_053_what_cannot_receive_an_sms_is_skipped_with_the_reason() {
    let no_sms = (Status::Skipped, Some("cannot_receive_sms"));
    for phone in ["48 362 12 34", "39 123 45 67", "701 234 567", "800 123 456", "801 123 456", "804 123 456"]
    {
        assert_eq!(fate(phone), no_sms, "{phone}");
    }
    assert_eq!(fate("211234567").0, Status::Skipped);
    assert_eq!(fate("212345678").0, Status::Delivered);
}

#[test]
fn edge_054_nothing_is_guessed_of_a_number_that_is_not_one() {
    for phone in ["501 234 567 w. 12", "501234567/502345678", "brak", "112", "50123456", "5012345678"] {
        assert_eq!(fate(phone), (Status::Skipped, Some("bad_number")), "{phone}");
    }
    assert_eq!(fate(""), (Status::Skipped, Some("no_number")));
    assert_eq!(fate("  "), (Status::Skipped, Some("no_number")));
}

#[test]
fn edge_055_a_foreign_number_outside_the_prefixes_is_skipped_without_an_attempt() {
    let mut world = reminded();
    world.patient("1", "+380 50 123 45 67");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-20 13:00");
    let message = world.message("w1");
    assert_eq!((message.status, message.attempts), (Status::Skipped, 0));
    assert_eq!(message.reason, Some(Reason::OutsidePrefixes {}));
    assert!(message.body.is_none() && world.sent().is_empty());
}

#[test]
fn edge_056_an_allowed_foreign_number_keeps_the_clinics_hours() {
    let mut world = World::new("2026-11-16 09:00");
    world.set(|settings| settings.phones.allowed_prefixes = vec!["+1".into()]);
    world.start("p", day_before("06:00"));
    world.patient("1", "+1 202 456 1111");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.sent_at(), ["2026-11-18 19:45"], "before the clinic's night, not the patient's");
}

#[test]
fn edge_057_two_patients_on_one_number_get_one_message_each_with_their_names() {
    let mut world = reminded();
    for no in ["1", "2"] {
        world.patient(no, "501 234 567");
        world.visit(&format!("w{no}"), no, "2026-11-20 12:30");
    }
    world.run_until("2026-11-19 11:00");
    let texts: Vec<_> = world
        .sent()
        .into_iter()
        .map(|(_, number, text)| (number, text.chars().take(5).collect::<String>()))
        .collect();
    let number = || "+48501234567".to_owned();
    assert_eq!(texts, [(number(), "Imie1".into()), (number(), "Imie2".into())]);
}

#[test]
fn edge_057_or_one_message_that_names_both() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", CampaignSpec { shared_number: SharedNumber::Joint, ..day_before("10:00") });
    for no in ["1", "2"] {
        world.patient(no, "501 234 567");
        world.visit(&format!("w{no}"), no, "2026-11-20 12:30");
    }
    world.run_until("2026-11-19 11:00");
    let sent = world.sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].2.contains("Imie1") && sent[0].2.contains("Imie2"), "{}", sent[0].2);
}

#[test]
fn edge_058_after_a_change_of_number_nothing_goes_to_the_old_one() {
    let mut world = reminded();
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-18 09:00");
    world.patient("1", "502 000 000");
    world.run_until("2026-11-19 11:00");
    let numbers: Vec<_> = world.sent().into_iter().map(|(_, number, _)| number).collect();
    assert_eq!(numbers, ["+48502000000"]);
}

#[test]
fn edge_059_pending_messages_do_not_follow_a_number_to_another_card() {
    let mut world = reminded();
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.patient("1", "502 000 000");
    world.patient("2", "501 234 567");
    world.run_until("2026-11-19 11:00");
    let sent = world.sent();
    assert_eq!((sent.len(), sent[0].1.as_str()), (1, "+48502000000"));
    assert!(world.clinic().messages_of_patient(&"2".into(), 10).unwrap().is_empty());
}

/// Patient 1's number was refused for good; a second visit is to come.
fn refused() -> World {
    let mut world = reminded();
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "1", "2026-11-27 12:30");
    world
        .gateway
        .script([SubmitResult::Rejected { class: RejectClass::RecipientInvalid, code: "2001".into() }]);
    world.run_until("2026-11-19 11:00");
    assert_eq!(world.fates("w1"), [(Status::Failed, Some("rejected"))]);
    world
}

#[test]
fn edge_060_a_permanent_error_marks_the_number() {
    let mut world = refused();
    let told = |what: &Happening| matches!(what, Happening::NumberBad { patient: Some(id), .. } if id.as_str() == "1");
    assert_eq!(world.events().iter().filter(|what| told(what)).count(), 1);
    world.run_until("2026-11-27 11:00");
    assert_eq!(world.fates("w2"), [(Status::Skipped, Some("number_marked_bad"))]);
    // not the patient: another card with that number has it too, the same patient with another number has not
    world.patient("2", "+48501234567");
    world.visit("w3", "2", "2026-12-04 12:30");
    assert_eq!(world.fates("w3"), [(Status::Skipped, Some("number_marked_bad"))]);
    world.patient("1", "502 000 000");
    world.visit("w4", "1", "2026-12-04 12:30");
    assert_eq!(world.fates("w4"), [(Status::Planned, None)]);
}

#[test]
fn edge_060_editing_the_number_clears_the_mark() {
    let mut world = refused();
    world.patient_with("1", "501 234 567", |patient| patient.last_name = "Inne".into());
    world.visit("w3", "1", "2026-12-04 12:30");
    assert_eq!(
        world.fates("w3"),
        [(Status::Skipped, Some("number_marked_bad"))],
        "saving the card is no edit of it"
    );
    world.patient("1", "502 000 000");
    world.patient("1", "501 234 567");
    assert_eq!(world.fates("w3"), [(Status::Planned, None)], "typed anew, it is tried anew");
    world.run_until("2026-12-05 09:00");
    assert_eq!(world.fates("w3"), [(Status::Delivered, None)]);
}

fn guarded(phone: &str) -> impl FnOnce(&mut Patient) {
    let phone = Phone::new(phone);
    move |patient| patient.guardian = Some(Guardian { name: Some("Maria".into()), phone })
}

#[test]
fn edge_060_editing_the_guardians_number_clears_its_mark_too() {
    let mut world = reminded();
    world.patient_with("1", "", guarded("501 234 567"));
    world.visit("w1", "1", "2026-11-20 12:30");
    world
        .gateway
        .script([SubmitResult::Rejected { class: RejectClass::RecipientInvalid, code: "2001".into() }]);
    world.run_until("2026-11-19 11:00");
    world.visit("w2", "1", "2026-11-27 12:30");
    assert_eq!(world.fates("w2"), [(Status::Skipped, Some("number_marked_bad"))]);
    world.patient_with("1", "", guarded("502 000 000"));
    world.patient_with("1", "", guarded("501 234 567"));
    assert_eq!(world.fates("w2"), [(Status::Planned, None)]);
}

#[test]
fn edge_061_a_child_without_a_number_is_written_to_at_the_guardians_with_the_childs_name() {
    let mut world = reminded();
    world.patient_with("1", "", guarded("501 234 567"));
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-19 11:00");
    let sent = world.sent();
    assert_eq!((sent.len(), sent[0].1.as_str()), (1, "+48501234567"));
    assert!(sent[0].2.starts_with("Imie1,"));
    let own = {
        world.patient_with("1", "503 000 000", guarded("501 234 567"));
        world.visit("w2", "1", "2026-11-27 12:30");
        world.run_until("2026-11-26 11:00");
        world.sent()[1].1.clone()
    };
    assert_eq!(own, "+48503000000", "a number of one's own comes first");
}

fn no_consent(patient: &mut Patient) {
    let no = Consent { given: false, at: at("2026-11-17 10:00"), source: ConsentSource::Person };
    patient.consents.visits = Some(no);
}

#[test]
fn edge_105_consent_withdrawn_before_the_dispatch_stops_the_message() {
    let mut world = reminded();
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.run_until("2026-11-19 09:59");
    world.patient_with("1", "501 234 567", no_consent);
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.fates("w1"), [(Status::Skipped, Some("no_consent"))]);
    assert!(world.sent().is_empty());
}

#[test]
fn edge_105_consent_withdrawn_between_two_attempts_stops_the_second() {
    let mut world = reminded();
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "8".into() }]);
    world.run_until("2026-11-19 10:00");
    world.patient_with("1", "501 234 567", no_consent);
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.fates("w1"), [(Status::Failed, Some("no_consent"))]);
    assert!(world.sent().is_empty());
}

#[test]
fn edge_105_a_stop_between_two_attempts_stops_the_second() {
    let mut world = reminded();
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "8".into() }]);
    world.run_until("2026-11-19 10:00");
    world.reply("501234567", "STOP");
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.fates("w1")[0].1, Some("opted_out"));
    assert!(world.sent().is_empty());
    // and what never went asks nothing
    let outcome = world.reply("501234567", "TAK");
    let Outcome::Received(id) = outcome else { panic!("{outcome:?}") };
    let answer = world.clinic().message(id).unwrap().unwrap().answer.unwrap();
    assert_eq!(answer.effect, ReplyEffect::NoRequest);
}

#[test]
fn edge_106_marketing_needs_its_own_consent() {
    let survey = || CampaignSpec { purpose: Purpose::Marketing, ..day_before("10:00") };
    let mut world = World::new("2026-11-16 09:00");
    world.start("m", survey());
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    let message = world.message("w1");
    assert_eq!(message.reason, Some(Reason::NoConsent { purpose: Purpose::Marketing }));
    world.patient_with("1", "501 234 567", |patient| patient.consents.marketing = patient.consents.visits);
    assert_eq!(world.fates("w1"), [(Status::Planned, None)]);
}

/// A practice that gives new cards consent by default since the 1st.
fn with_default() -> World {
    let mut world = reminded();
    world.set(|settings| settings.default_consent_since = Some(at("2026-11-01 00:00")));
    world
}

fn never_asked(created: &str) -> impl FnOnce(&mut Patient) {
    let created = at(created);
    move |patient| {
        patient.consents = Consents::default();
        patient.created_at = Some(created);
    }
}

#[test]
fn edge_107_the_default_consent_is_for_new_cards_only() {
    for (created, wanted) in [("2026-11-16 08:00", None), ("2026-10-31 08:00", Some("no_consent"))] {
        let mut world = with_default();
        world.patient_with("1", "501 234 567", never_asked(created));
        world.visit("w1", "1", "2026-11-20 12:30");
        assert_eq!(world.fates("w1")[0].1, wanted, "{created}");
    }
}

#[test]
fn edge_107_the_default_covers_visits_and_never_marketing() {
    let mut world = with_default();
    world.start("m", CampaignSpec { purpose: Purpose::Marketing, ..day_before("11:00") });
    world.patient_with("1", "501 234 567", never_asked("2026-11-16 08:00"));
    world.visit("w1", "1", "2026-11-20 12:30");
    assert_eq!(world.fates("w1"), [skipped("no_consent"), PLANNED]);
}

#[test]
fn edge_107_a_card_whose_age_the_host_does_not_tell_gets_no_default() {
    let mut world = with_default();
    world.patient_with("1", "501 234 567", |patient| patient.consents = Consents::default());
    world.visit("w1", "1", "2026-11-20 12:30");
    assert_eq!(world.fates("w1"), [skipped("no_consent")]);
}

#[test]
fn edge_107_who_was_asked_and_said_no_gets_no_default() {
    let mut world = with_default();
    world.patient_with("1", "501 234 567", |patient| {
        let no = Consent { given: false, at: at("2026-11-16 08:00"), source: ConsentSource::Person };
        patient.consents.visits = Some(no);
        patient.created_at = Some(at("2026-11-16 08:00"));
    });
    world.visit("w1", "1", "2026-11-20 12:30");
    assert_eq!(world.fates("w1"), [skipped("no_consent")]);
}

#[test]
fn edge_107_an_earlier_opt_out_outlives_the_default_and_every_saving_of_the_card() {
    let mut world = with_default();
    world.reply("501 234 567", "STOP");
    for _ in 0..3 {
        world.patient_with("1", "501 234 567", never_asked("2026-11-16 08:00"));
    }
    world.visit("w1", "1", "2026-11-20 12:30");
    assert_eq!(world.fates("w1"), [(Status::Skipped, Some("opted_out"))]);
    // a new card with the same number is the same number
    world.patient_with("2", "501 234 567", never_asked("2026-11-16 09:00"));
    world.visit("w2", "2", "2026-11-20 12:30");
    assert_eq!(world.fates("w2"), [(Status::Skipped, Some("opted_out"))]);
    // only a person's later word lifts it
    world.now = at("2026-11-17 09:00");
    world.patient_with("1", "501 234 567", |patient| {
        let yes = Consent { given: true, at: at("2026-11-17 08:00"), source: ConsentSource::Import };
        patient.consents.visits = Some(yes);
    });
    assert_eq!(world.fates("w1")[0].1, Some("opted_out"), "an import asks nobody");
    world.patient_with("1", "501 234 567", |patient| {
        let yes = Consent { given: true, at: at("2026-11-17 08:00"), source: ConsentSource::Person };
        patient.consents.visits = Some(yes);
    });
    assert_eq!(world.fates("w1"), [(Status::Planned, None)]);
}

#[test]
fn an_opt_out_at_the_gateway_is_kept_like_one_told_to_us() {
    let mut world = reminded();
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "1", "2026-11-27 12:30");
    world
        .gateway
        .script([SubmitResult::Rejected { class: RejectClass::RecipientOptedOut, code: "21610".into() }]);
    world.run_until("2026-11-19 11:00");
    assert_eq!(world.fates("w1"), [(Status::Failed, Some("rejected"))]);
    assert_eq!(world.fates("w2"), [(Status::Skipped, Some("opted_out"))]);
}

#[test]
fn edge_105_a_stop_told_late_does_not_withdraw_what_a_newer_consent_allows() {
    let mut world = reminded();
    world.patient("1", "501 234 567");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.now = at("2026-11-16 12:00");
    let anew = Consent { given: true, at: world.now, source: ConsentSource::Person };
    world.patient_with("1", "501 234 567", |patient| patient.consents.visits = Some(anew));
    world.now = at("2026-11-16 13:00");
    world.reply_with("501234567", "STOP", |sms| sms.received_at = at("2026-11-16 09:00"));
    assert_eq!(world.fates("w1"), [PLANNED]);
    world.run_until("2026-11-20 13:00");
    assert_eq!(world.fates("w1"), [DELIVERED]);
    assert_eq!(world.sent_at().last().map(String::as_str), Some("2026-11-19 10:00"));
}

#[test]
fn edge_105_a_stop_withdraws_a_joint_message_for_those_alone_who_did_not_consent_since() {
    let mut world = World::new("2026-11-16 09:00");
    world.start("p", CampaignSpec { shared_number: SharedNumber::Joint, ..day_before("10:00") });
    for no in ["1", "2"] {
        world.patient(no, "501 234 567");
        world.visit(&format!("w{no}"), no, "2026-11-20 12:30");
    }
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "8".into() }]);
    world.now = at("2026-11-19 10:00");
    world.step(); // joined, and refused for the moment
    let anew = Consent { given: true, at: world.now, source: ConsentSource::Person };
    world.patient_with("2", "501 234 567", |patient| patient.consents.visits = Some(anew));
    world.reply_with("501234567", "STOP", |sms| sms.received_at = at("2026-11-19 09:00"));
    world.run_until("2026-11-20 13:00");
    let texts: Vec<_> = world.texts().into_iter().filter(|text| text.contains("wizyta")).collect();
    assert_eq!(texts, ["Imie2, wizyta 20.11.2026 o 12:30. Odpisz TAK lub NIE."]);
}
