//! All that is held on a patient, for the patient.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod world;

use depesza::engine::EngineError;
use depesza::model::*;
use world::*;

fn manager() -> User {
    User::new("kierownik", Permission::ALL)
}

fn export(world: &World, id: &str) -> PatientExport {
    world.clinic().as_user(manager()).export_patient(&id.into(), world.now).unwrap()
}

/// A patient who was reminded, answered, wrote, was called, and has a visit to come.
fn lived() -> World {
    let mut world = world();
    world.patient_with("1", "501234567", |patient| patient.last_name = Name::new("Brzeczykowska"));
    world.patient("2", "502000222");
    for (visit, patient) in [("w1", "1"), ("w2", "2")] {
        world
            .visit_with(visit, patient, "2026-11-20 12:30", |visit| visit.doctor = doctor("d", "dr Zenobia"));
    }
    world.visit("w3", "1", "2026-11-27 09:00");
    world.run_until("2026-11-19 11:00");
    world.reply("501234567", "TAK");
    world.reply("501234567", "Spoznie sie troche");
    let now = world.now;
    world.tell(Fact::CallEnded(Call {
        system: "pbx".into(),
        id: "c1".into(),
        direction: CallDirection::Incoming,
        caller: Phone::new("501 234 567"),
        called: Phone::new("221234501"),
        own_number: None,
        answered_by: None,
        started_at: now,
        ended_at: now,
        ring_s: 1,
        talk_s: 1,
        status: CallStatus::Answered,
        raw_status: String::new(),
        raw_cause: None,
    }));
    world.reply("501234567", "STOP");
    world
}

#[test]
fn everything_that_is_held_is_in_it() {
    let world = lived();
    let export = export(&world, "1");
    assert_eq!(export.cards.len(), 1);
    assert!(export.cards[0].patient.consents.visits.is_some());
    assert_eq!(export.opt_outs.len(), 1, "the STOP");
    let visits: Vec<&str> = export.visits.iter().map(|file| file.visit.id.as_str()).collect();
    assert_eq!(visits, ["w1", "w3"]);
    assert_eq!(export.visits[0].confirmation.as_ref().unwrap().reply, Reply::Yes);
    let texts: Vec<&str> =
        export.messages.iter().filter_map(|message| message.body.as_ref()).map(Body::reveal).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    assert!(texts[0].starts_with("Imie1, wizyta") && texts[1..] == ["TAK", "Spoznie sie troche", "STOP"]);
    assert_eq!(export.messages[1].answer.as_ref().unwrap().effect, ReplyEffect::Applied);
    assert!(export.messages.iter().any(|message| message.status == Status::Skipped), "what did not go, too");
    assert_eq!((export.requests.len(), export.calls.len()), (1, 1));
    let document = serde_json::to_string(&export).unwrap();
    for held in ["Brzeczykowska", "+48501234567", "501 234 567", "dr Zenobia", "Spoznie sie troche"] {
        assert!(document.contains(held), "{held}");
    }
    assert_eq!(serde_json::from_str::<PatientExport>(&document).unwrap(), export);
}

#[test]
fn nothing_of_another_patient_is_in_it_and_debug_shows_nothing() {
    let world = lived();
    let export = export(&world, "2");
    let document = serde_json::to_string(&export).unwrap();
    assert!(document.contains("Nazwisko2") && document.contains("502000222"));
    assert!(!document.contains("Brzeczykowska") && !document.contains("501234567"), "{document}");
    let shown = format!("{export:?}");
    assert!(!shown.contains("Nazwisko2") && !shown.contains("502000222") && !shown.contains("Zenobia"));
}

#[test]
fn an_export_is_written_down_each_time_and_changes_nothing_else() {
    let world = lived();
    let before = world.clinic().messages(&MessageFilter::default(), None, 100).unwrap();
    export(&world, "1");
    export(&world, "1");
    assert_eq!(world.clinic().messages(&MessageFilter::default(), None, 100).unwrap(), before);
    let filter = AuditFilter { subject: Some("1".into()), ..AuditFilter::default() };
    let trail = world.clinic().audit(&filter, None, 10).unwrap().entries;
    let actions: Vec<Action> = trail.iter().map(|line| line.action).collect();
    assert_eq!(actions, [Action::PatientExported; 2]);
}

#[test]
fn cards_that_were_merged_are_in_it_under_any_of_their_names() {
    let mut world = lived();
    world.patient_with("old", "503000333", |patient| patient.first_name = Name::new("Dawna"));
    world.visit("w9", "old", "2026-11-30 10:00");
    world.tell(Fact::PatientsMerged { from: "old".into(), into: "1".into() });
    for asked in ["1", "old"] {
        let export = export(&world, asked);
        assert_eq!((export.cards.len(), export.visits.len()), (2, 3), "{asked}");
        assert_eq!(export.patient.as_str(), asked);
    }
}

#[test]
fn calls_of_a_number_that_another_card_has_too_are_not_in_it() {
    let mut world = lived();
    world.patient("3", "501234567");
    assert_eq!(export(&world, "1").calls.len(), 0);
}

#[test]
fn who_was_never_told_of_is_not_known_and_who_was_erased_has_an_empty_card() {
    let world = lived();
    let desk = |id: &str| world.clinic().as_user(manager()).export_patient(&id.into(), world.now);
    assert!(matches!(desk("nobody"), Err(EngineError::UnknownPatient(_))));
    world.clinic().as_user(manager()).erase_patient(&"1".into(), world.now).unwrap();
    let export = export(&world, "1");
    assert!(export.cards[0].erased_at.is_some() && export.visits.is_empty() && export.messages.is_empty());
    assert!(!serde_json::to_string(&export).unwrap().contains("501234567"));
}
