//! Erasing a patient: what waits is withdrawn, all that names them goes, figures and reasons stay, and nothing brings it
//! back.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod rig;
mod world;

use depesza::engine::{Engine, EngineError, Erased, Outcome};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza::store::MemoryStore;
use rig::{Trip, Wire, WiredGateway, WiredStore, idempotent, look_up_only, plain, survives};
use std::sync::Arc;
use world::*;

/// Everything that is told of the patient who is erased: none of it may stand in the store afterwards.
const SENTINELS: [&str; 12] = [
    "Wielimira",
    "Wielimiro",
    "Brzeczykowska",
    "Dobromila",
    "1987-03-14",
    "601777111",
    "601777222",
    "601777333",
    "implant-siodemka",
    "dr Zenobia",
    "nie-zdaze-na-czas",
    "odpowiedz-recepcji",
];

fn named(patient: &mut Patient) {
    patient.first_name = Name::new("Wielimira");
    patient.last_name = Name::new("Brzeczykowska");
    patient.vocative = Some(Name::new("Wielimiro"));
    patient.birth_date = Some("1987-03-14".parse().unwrap());
    patient.guardian =
        Some(Guardian { name: Some(Name::new("Dobromila")), phone: Phone::new("+48 601-777-222") });
}

/// A practice where patient 1 has been through everything, beside patient 2, who shares nothing with them.
fn lived(store: Arc<dyn depesza::store::Store>) -> World {
    let mut world = World::on(store, "2026-11-16 09:00", practice(), Simulator::new(GATEWAY.into(), 1));
    let mut spec = day_before("10:00");
    spec.bodies.default = "(imie) (nazwisko), (lekarz|-). Odpisz TAK lub NIE.".into();
    world.start("p", spec);
    world.start("b", booking(10));
    let rule = serde_json::json!({
        "name": "r", "body": "Oddzwonimy.", "when": {"statuses": ["no_answer"]}, "min_gap_s": 0,
    });
    world.desk(|desk, now| desk.save_rule("r".into(), serde_json::from_value(rule.clone()).unwrap(), now));
    world.patient_with("1", "601777333", named); // a number they had before
    world.visit("w0", "1", "2026-11-17 12:30");
    world.run_until("2026-11-16 10:05");
    world.patient_with("1", "601 777 111", named);
    world.patient("2", "502000222");
    for (visit, patient) in [("w1", "1"), ("w2", "2")] {
        world.visit_with(visit, patient, "2026-11-20 12:30", |visit| {
            visit.doctor = doctor("d", "dr Zenobia");
            visit.visit_type = Some("implant-siodemka".into());
        });
    }
    world.run_until("2026-11-19 11:00");
    world.reply("601777111", "TAK");
    world.reply("48601777111", "nie-zdaze-na-czas, Wielimira");
    world.reply("601777222", "nie-zdaze-na-czas, Dobromila"); // the guardian's: nobody's
    world.reply_with("601777111", "nie-zdaze-na-czas cz. 1", |sms| {
        sms.part = Some(InboundPart { reference: 7, part: 1, parts: 2 });
    });
    world.remind("w1");
    world.step();
    let now = world.now;
    for (id, status) in [("c1", CallStatus::NoAnswer), ("c2", CallStatus::Answered)] {
        world.tell(Fact::CallEnded(Call {
            system: "pbx".into(),
            id: id.into(),
            direction: CallDirection::Incoming,
            caller: Phone::new("601 777 111"),
            called: Phone::new("221234501"),
            own_number: None,
            answered_by: None,
            started_at: now,
            ended_at: now,
            ring_s: 1,
            talk_s: 1,
            status,
            raw_status: String::new(),
            raw_cause: None,
        }));
    }
    world.run_until("2026-11-19 13:00");
    world.visit("w3", "1", "2026-11-27 09:00"); // its reminder waits
    world.visit("w4", "1", "2026-12-27 09:00");
    world.run_until("2026-11-19 14:00");
    world
}

fn manager() -> User {
    User::new("kierownik", Permission::ALL)
}

fn erase(world: &World, id: &str) -> Result<Erased, EngineError> {
    world.clinic().as_user(manager()).erase_patient(&id.into(), world.now)
}

/// The sentinels that stand anywhere in the store, keys included.
fn found(store: &MemoryStore) -> Vec<&'static str> {
    let dump = store.dump();
    let folded: String = dump.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let plain = |text: &str| text.replace([' ', '-'], "");
    SENTINELS
        .into_iter()
        .filter(|sentinel| dump.contains(sentinel) || folded.contains(&plain(sentinel)))
        .collect()
}

/// A store's practice without what another patient shares: the doctor and the type of visit of patient 2.
fn of_others() -> [&'static str; 2] {
    ["implant-siodemka", "dr Zenobia"]
}

#[test]
fn edge_108_what_waits_is_withdrawn_and_all_that_names_the_patient_goes() {
    let store = Arc::new(MemoryStore::default());
    let world = lived(store.clone());
    let before = found(&store);
    assert_eq!(
        before.len(),
        SENTINELS.len() - 1,
        "all of it is there, but for a reply of the desk: {before:?}"
    );
    assert_eq!(world.message_of("w3"), Status::Planned);
    let messages = world.newest(1_000);
    let waiting: Vec<MessageId> = messages
        .iter()
        .filter(|message| message.status == Status::Planned)
        .map(|message| message.id)
        .collect();
    assert!(!waiting.is_empty());

    let erased = erase(&world, "1").unwrap();
    assert_eq!(erased.visits, 4);
    assert!(erased.messages > 8 && erased.scrubbed, "{erased:?}");
    assert_eq!(found(&store), of_others());
    for id in waiting {
        let message = world.clinic().message(id).unwrap().unwrap();
        assert_eq!((message.status, message.reason), (Status::Cancelled, Some(Reason::Erased {})));
    }
    let told = |event: &Happening| *event == Happening::PatientErased { patient: "1".into() };
    assert_eq!(world.events().iter().filter(|event| told(event)).count(), 1);
    let trail =
        world.clinic().audit(&AuditFilter { subject: Some("1".into()), ..Default::default() }, None, 10);
    let actions: Vec<Action> = trail.unwrap().entries.iter().map(|line| line.action).collect();
    assert_eq!(actions, [Action::PatientErased]);
    // the other patient is as they were
    let others = world.clinic().messages_of_patient(&"2".into(), 100).unwrap();
    assert!(others.iter().all(|message| message.wiped.is_nothing() && message.number.is_some()));
    assert!(world.clinic().visit(&"w2".into()).unwrap().is_some());
}

trait Told {
    fn message_of(&self, visit: &str) -> Status;
}

impl Told for World {
    /// The status of the last message of a visit.
    fn message_of(&self, visit: &str) -> Status {
        self.messages(visit).last().unwrap().status
    }
}

#[test]
fn edge_108_figures_times_and_reasons_of_what_went_stay() {
    let mut world = lived(Arc::new(MemoryStore::default()));
    for visit in ["w3", "w4"] {
        let start = if visit == "w3" { "2026-11-27 09:00" } else { "2026-12-27 09:00" };
        world.visit_state(visit, "1", start, VisitState::Cancelled); // nothing waits any more
    }
    let figures =
        |world: &World| ["p", "b"].map(|campaign| world.clinic().figures(&campaign.into()).unwrap());
    let bare = |world: &World| -> Vec<_> {
        let messages = world.newest(1_000);
        let kept = |m: Message| {
            (m.id, m.status, m.reason, m.parts, m.cost_milli, m.submitted_at, m.delivered_at, m.reply, m.day)
        };
        messages.into_iter().map(kept).collect()
    };
    let before = (figures(&world), bare(&world));
    assert!(before.0[0].iter().any(|tally| tally.yes == 1), "{:?}", before.0);
    erase(&world, "1").unwrap();
    assert_eq!((figures(&world), bare(&world)), before);
}

#[test]
fn an_opt_out_outlives_the_erasure() {
    let store = Arc::new(MemoryStore::default());
    let mut world = lived(store.clone());
    world.reply("601777111", "STOP");
    erase(&world, "1").unwrap();
    assert_eq!(found(&store), of_others());
    // told anew, as a new patient with the same number
    world.patient_with("9", "601777111", named);
    world.visit("w9", "9", "2026-11-27 09:00");
    assert_eq!(world.fates("w9").iter().filter(|fate| fate.1 == Some("opted_out")).count(), 2);
}

#[test]
fn the_same_card_told_again_brings_nothing_back_and_a_newer_one_is_a_new_card() {
    let store = Arc::new(MemoryStore::default());
    let mut world = lived(store.clone());
    let old = world.clinic().as_user(manager()).export_patient(&"1".into(), world.now).unwrap();
    erase(&world, "1").unwrap();
    let file = old.cards[0].clone();
    assert_eq!(world.tell(Fact::Patient(file.patient)), Outcome::Known);
    for file in old.visits {
        let newer = Visit { revision: file.visit.revision + 5, ..file.visit };
        assert_eq!(world.tell(Fact::Visit(newer)), Outcome::Known, "nothing is kept of an erased patient");
    }
    assert_eq!(found(&store), of_others());
    assert_eq!(world.patient_with("1", "601777111", named), Outcome::Applied);
    assert_eq!(world.visit("w5", "1", "2026-11-27 09:00"), Outcome::Applied);
    assert_eq!(world.fates("w5").last(), Some(&PLANNED));
}

#[test]
fn an_erased_card_takes_no_other_in() {
    let mut world = lived(Arc::new(MemoryStore::default()));
    erase(&world, "1").unwrap();
    let merged = Fact::PatientsMerged { from: "2".into(), into: "1".into() };
    assert_eq!(world.tell(merged), Outcome::Known);
}

#[test]
fn cards_that_were_merged_go_together() {
    for asked in ["1", "old", "older"] {
        let store = Arc::new(MemoryStore::default());
        let mut world = lived(store.clone());
        for card in ["older", "old"] {
            world.patient_with(card, "601777333", named);
        }
        for (from, into) in [("older", "old"), ("old", "1")] {
            let merged = Fact::PatientsMerged { from: from.into(), into: into.into() };
            assert_eq!(world.tell(merged), Outcome::Applied);
        }
        erase(&world, asked).unwrap();
        assert_eq!(found(&store), of_others(), "{asked}");
    }
}

/// Patient 1 shares a number with patient 2; one message is to remind both of visits of one day.
fn joint() -> (Arc<MemoryStore>, World) {
    let store = Arc::new(MemoryStore::default());
    let mut world =
        World::on(store.clone(), "2026-11-16 09:00", practice(), Simulator::new(GATEWAY.into(), 1));
    let mut spec = day_before("10:00");
    spec.shared_number = SharedNumber::Joint;
    world.start("p", spec);
    world.patient_with("1", "601777111", named);
    world.patient("2", "601777111");
    world.visit("w1", "1", "2026-11-20 12:30");
    world.visit("w2", "2", "2026-11-20 13:00");
    (store, world)
}

#[test]
fn a_joint_message_loses_its_text_and_stays_the_other_patient_s() {
    let (store, mut world) = joint();
    world.run_until("2026-11-19 11:00");
    assert_eq!(world.sent().len(), 1);
    let figures = world.clinic().figures(&"p".into()).unwrap();
    erase(&world, "1").unwrap();
    assert_eq!(found(&store), ["601777111"], "the number is on the other card");
    assert_eq!(world.clinic().figures(&"p".into()).unwrap(), figures);
    let theirs = world.clinic().messages_of_patient(&"2".into(), 10).unwrap();
    let joint = theirs.iter().find(|message| message.status == Status::Delivered).unwrap();
    assert_eq!((joint.wiped, joint.body.is_none(), joint.subjects.len()), (Wiped::Text, true, 1));
    // and its question is the other's alone
    world.reply("601777111", "TAK");
    assert_eq!(world.confirmation("w2"), Some(Reply::Yes));
}

#[test]
fn a_joint_message_that_waits_is_planned_anew_for_the_other_patient() {
    let (_, mut world) = joint();
    world.gateway.script([SubmitResult::Rejected { class: RejectClass::Transient, code: "x".into() }]);
    world.run_until("2026-11-19 10:00");
    assert!(world.sent().is_empty());
    erase(&world, "1").unwrap();
    world.run_until("2026-11-20 09:00");
    let sent = world.sent();
    assert_eq!(sent.len(), 1, "{:?}", world.fates("w2"));
    assert!(sent[0].2.starts_with("Imie2") && !sent[0].2.contains("Wielimira"), "{sent:?}");
}

/// A reminder that a gateway has and has not answered for.
fn in_flight(
    can: Capabilities,
    answer: SubmitResult,
) -> (World, Arc<MemoryStore>, Arc<WiredGateway>, Engine) {
    let store = Arc::new(MemoryStore::default());
    let mut world =
        World::on(store.clone(), "2026-11-16 09:00", practice(), Simulator::new("unused".into(), 1));
    world.start("p", day_before("10:00"));
    world.patient_with("1", "601777111", named);
    world.visit("w1", "1", "2026-11-20 12:30");
    let wire = Arc::new(Wire::default());
    let gateway = Arc::new(WiredGateway::new(wire.clone(), can));
    gateway.script([answer]);
    let engine = Engine::new(store.clone(), vec![(GATEWAY.into(), gateway.clone() as Arc<dyn Gateway>)]);
    world.now = at("2026-11-19 10:00");
    // while the gateway is being called, the patient is erased
    let (other, now) = (Engine::new(store.clone(), Vec::new()), world.now);
    let erasing = move || {
        other.practice(CLINIC.into()).as_user(manager()).erase_patient(&"1".into(), now).unwrap();
    };
    wire.arm(0, Trip::Meanwhile(Arc::new(erasing)));
    engine.dispatch(world.now, 10).unwrap();
    assert!(wire.disarm(), "the erasure came while the gateway was called");
    (world, store, gateway, engine)
}

fn only(world: &World) -> Message {
    let messages = world.newest(10);
    assert_eq!(messages.len(), 1, "{messages:?}");
    messages[0].clone()
}

#[test]
fn what_a_gateway_has_goes_on_and_its_report_stores_nothing_personal() {
    let taken =
        SubmitResult::Accepted { provider_ids: vec!["p-1".into()], parts: None, cost_milli: Some(90) };
    let (mut world, store, ..) = in_flight(plain(), taken);
    assert_eq!(only(&world).status, Status::Submitted);
    world.tell(Fact::DeliveryReport(DeliveryReport {
        gateway: GATEWAY.into(),
        provider_id: Some("p-1".into()),
        reference: None,
        part: None,
        state: DeliveryState::Delivered,
        at: world.now,
        raw: "id:1 text:Wielimira to:601777111".into(),
        cost_milli: None,
    }));
    let message = only(&world);
    assert_eq!((message.status, message.reports.len()), (Status::Delivered, 1));
    assert_eq!(found(&store), Vec::<&str>::new());
}

#[test]
fn what_a_gateway_refused_meanwhile_is_not_sent_again() {
    let answers = [
        SubmitResult::Rejected { class: RejectClass::Transient, code: "busy 601777111".into() },
        SubmitResult::Rejected { class: RejectClass::RecipientInvalid, code: "601777111".into() },
        SubmitResult::Rejected { class: RejectClass::AccountNoCredit, code: "x".into() },
        SubmitResult::TryLater { after_ms: 1_000 },
    ];
    for answer in answers {
        let (mut world, store, gateway, engine) = in_flight(plain(), answer.clone());
        let message = only(&world);
        assert_eq!(message.status, Status::Failed, "{answer:?}");
        world.now = at("2026-11-20 10:00");
        engine.dispatch(world.now, 10).unwrap();
        assert_eq!(gateway.handed().len(), 1, "{answer:?}");
        assert_eq!(found(&store), Vec::<&str>::new(), "{answer:?}");
    }
}

#[test]
fn what_a_gateway_never_answered_for_is_looked_up_and_never_sent_again() {
    for can in [plain(), idempotent(), look_up_only()] {
        let (world, store, gateway, engine) = in_flight(can.clone(), rig::unknown());
        for hours in 1..30 {
            engine.dispatch(world.now.plus_ms(hours * HOUR_MS), 10).unwrap();
        }
        assert_eq!(gateway.handed().len(), 1, "{can:?}");
        let status = only(&world).status;
        let wanted = if can.look_up { Status::Failed } else { Status::InDoubt };
        assert_eq!(status, wanted, "{can:?}");
        assert_eq!(found(&store), Vec::<&str>::new());
    }
}

#[test]
fn an_erasure_that_was_killed_is_finished_by_the_same_call() {
    let reference = {
        let store = Arc::new(WiredStore::new(Arc::default()));
        let world = lived(store.clone());
        erase(&world, "1").unwrap();
        store.inner.dump()
    };
    assert!(!reference.is_empty());
    for (step, trip) in (0..).step_by(3).flat_map(|step| [(step, Trip::DieBefore), (step, Trip::DieAfter)]) {
        let wire = Arc::new(Wire::default());
        let store = Arc::new(WiredStore::new(wire.clone()));
        let world = lived(store.clone());
        wire.arm(step, trip);
        let finished = survives(|| {
            erase(&world, "1").unwrap();
        });
        wire.disarm();
        let again = erase(&world, "1").unwrap();
        assert!(again.scrubbed);
        assert_eq!(found(&store.inner), of_others(), "killed at step {step}");
        let told = |event: &Happening| *event == Happening::PatientErased { patient: "1".into() };
        assert_eq!(world.events().iter().filter(|event| told(event)).count(), 1, "killed at step {step}");
        if finished {
            return;
        }
    }
}

#[test]
fn an_erasure_of_thousands_of_messages_takes_several_commits_and_takes_all() {
    let store = Arc::new(MemoryStore::default());
    let mut world =
        World::on(store.clone(), "2026-11-16 09:00", practice(), Simulator::new(GATEWAY.into(), 1));
    world.patient_with("1", "601777111", named);
    for n in 0..1_150 {
        world.reply("601777111", &format!("nie-zdaze-na-czas {n}"));
    }
    let erased = erase(&world, "1").unwrap();
    assert_eq!(erased.messages, 1_150);
    assert_eq!(found(&store), Vec::<&str>::new());
    let trail = world.clinic().audit(&AuditFilter::default(), None, 10).unwrap();
    assert_eq!(trail.entries.len(), 1);
}

#[test]
fn who_was_never_told_of_is_not_known_and_twice_is_no_fault() {
    let world = lived(Arc::new(MemoryStore::default()));
    assert!(matches!(erase(&world, "nobody"), Err(EngineError::UnknownPatient(_))));
    erase(&world, "1").unwrap();
    let again = erase(&world, "1").unwrap();
    assert_eq!((again.messages, again.visits), (0, 0));
    let filter = AuditFilter { subject: Some("1".into()), ..AuditFilter::default() };
    assert_eq!(world.clinic().audit(&filter, None, 10).unwrap().entries.len(), 1);
}

#[test]
fn a_shared_number_keeps_its_calls_for_the_other_card() {
    let mut world = lived(Arc::new(MemoryStore::default()));
    world.patient("3", "601777111");
    erase(&world, "1").unwrap();
    assert!(world.clinic().call("pbx", &"c1".into()).unwrap().unwrap().other_party.is_some());
    erase(&world, "3").unwrap();
    let call = world.clinic().call("pbx", &"c1".into()).unwrap().unwrap();
    assert!(call.other_party.is_none() && call.call.caller.is_empty());
}

#[test]
fn an_erased_patient_is_of_no_campaign_about_patients() {
    let mut world = World::new("2026-11-16 09:00");
    let about = |timing: serde_json::Value| -> CampaignSpec {
        let json = serde_json::json!({"name": "K", "timing": timing, "bodies": {"default": "Zapraszamy."}});
        serde_json::from_value(json).unwrap()
    };
    let birth = |patient: &mut Patient| patient.birth_date = Some("1987-11-20".parse().unwrap());
    for (id, phone) in [("1", "601777111"), ("2", "502000222")] {
        world.patient_with(id, phone, birth);
        world.visit_state(&format!("w{id}"), id, "2026-10-20 12:00", VisitState::TookPlace);
    }
    world.start("birthday", about(serde_json::json!({"kind": "birthday", "at": "10:00"})));
    world.start("recall", about(serde_json::json!({"kind": "recall", "months_after": 1, "at": "10:00"})));
    let later = serde_json::json!({"kind": "broadcast", "at": "2026-11-20T10:00:00"});
    world.start("planned", about(later.clone()));
    erase(&world, "1").unwrap();
    // planned afterwards, and planned again: neither finds a card to write to
    world.start("after", about(later.clone()));
    world.edit("planned", CampaignSpec { name: "Inna".into(), ..about(later) });
    world.run_until("2026-11-22 09:00");
    let to: Vec<String> = world.sent().into_iter().map(|(_, number, _)| number).collect();
    assert_eq!(to, ["+48502000222"; 4]);
    // not even a line that says why not
    assert_eq!(world.clinic().messages_of_patient(&"1".into(), 100).unwrap(), []);
    let messages = world.newest(100);
    assert_eq!(messages.len(), 5, "{messages:#?}");
    let erased: Vec<_> = messages.iter().filter(|message| message.patient.is_none()).collect();
    assert_eq!(erased.len(), 1);
    assert_eq!((erased[0].status, erased[0].reason.clone()), (Status::Cancelled, Some(Reason::Erased {})));
    // and the card still says what it was
    world.run_until("2027-11-22 09:00");
    let numbers: Vec<String> = world.sent().into_iter().map(|(_, number, _)| number).collect();
    assert!(numbers.iter().all(|number| number == "+48502000222"), "{numbers:?}");
    // a newer card is a new patient
    world.patient_with("1", "601777111", birth);
    world.run_until("2028-11-22 09:00");
    let numbers: Vec<String> = world.sent().into_iter().map(|(_, number, _)| number).collect();
    assert_eq!(
        numbers.iter().filter(|number| *number == "+48601777111").count(),
        1,
        "the birthday: {numbers:?}"
    );
}

#[test]
fn a_message_about_a_visit_that_is_anothers_by_now_keeps_no_number_of_theirs() {
    let store = Arc::new(MemoryStore::default());
    let mut world =
        World::on(store.clone(), "2026-11-16 09:00", practice(), Simulator::new(GATEWAY.into(), 1));
    world.start("p", day_before("10:00"));
    world.patient_with("1", "601777111", named);
    world.patient("2", "502000222");
    world.visit("w", "1", "2026-11-20 12:30");
    world.run_until("2026-11-19 11:00");
    world.visit("w", "2", "2026-11-20 12:30");
    erase(&world, "1").unwrap();
    assert_eq!(found(&store), [""; 0]);
}
