//! Many practices in one store: nothing crosses from one to another, and none holds up the rest. EDGE_CASES 5, with the
//! zone of each practice.
// helpers of tests may fail by panicking
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod rig;
mod world;

use depesza::calendar;
use depesza::engine::{Clinic, Engine, EngineError, Outcome, Routed};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza::store::{MemoryStore, Store, StoreError};
use rig::*;
use std::sync::Arc;
use world::{GATEWAY, at, day_before, local, practice};

/// Practices with the same identifiers and numbers of everything, on one store and one gateway.
struct Twins {
    store: Arc<WiredStore>,
    gateway: Arc<Simulator>,
    now: Timestamp,
}

const TWINS: [&str; 2] = ["a", "b"];

/// A twin of the practice: two-way on the same number.
fn twin(id: &str) -> Practice {
    Practice { id: id.into(), name: format!("Dentica {id}"), ..practice() }
}

fn patient(id: &str, number: &str) -> Fact {
    let yes = Consent { given: true, at: at("2026-01-01 10:00"), source: ConsentSource::Person };
    Fact::Patient(Patient {
        id: id.into(),
        revision: 1,
        first_name: "Anna".into(),
        last_name: "Nowak".into(),
        vocative: None,
        phone: Some(number.into()),
        guardian: None,
        birth_date: None,
        consents: Consents { visits: Some(yes), ..Consents::default() },
        status: PatientStatus::Active,
        created_at: None,
    })
}

fn visit(id: &str, patient: &str, start: &str, revision: u64) -> Visit {
    let json = serde_json::json!({
        "id": id, "revision": revision, "patient": patient, "start": local(start), "first_visit": false,
    });
    serde_json::from_value(json).unwrap()
}

impl Twins {
    fn new() -> Self {
        let store = Arc::new(WiredStore::new(Arc::default()));
        let twins =
            Self { store, gateway: Arc::new(Simulator::new(GATEWAY.into(), 1)), now: at("2026-11-16 09:00") };
        for id in TWINS {
            twins.open(&twin(id));
        }
        twins
    }

    /// Opens a practice with a reminder campaign.
    fn open(&self, practice: &Practice) {
        let engine = self.engine();
        engine.open_practice(practice, self.now).unwrap();
        let clinic = engine.practice(practice.id.clone());
        let desk = clinic.as_user(User::new("u", Permission::CLINIC));
        desk.create_campaign("p".into(), day_before("10:00"), self.now).unwrap();
        desk.activate(&"p".into(), self.now).unwrap();
        engine.work(self.now, 1_000).unwrap();
    }

    fn engine(&self) -> Engine {
        let store: Arc<dyn Store> = self.store.clone();
        let gateway: Arc<dyn Gateway> = self.gateway.clone();
        Engine::new(store, vec![(GATEWAY.into(), gateway)])
    }

    fn tell(&self, practice: &str, facts: &[Fact]) -> Vec<Outcome> {
        self.engine().practice(practice.into()).apply(facts, self.now).unwrap()
    }

    /// All that a practice holds.
    fn all_of(&self, practice: &str) -> String {
        let begins = format!("[\"{practice}\",");
        self.store.inner.dump().lines().filter(|line| line.starts_with(&begins)).collect()
    }

    /// Both were told the same, and both reminders went out.
    fn reminded() -> Self {
        let mut twins = Self::new();
        for id in TWINS {
            let visit = Fact::Visit(visit("w1", "1", "2026-11-20 12:30", 1));
            twins.tell(id, &[patient("1", "501234567"), visit]);
        }
        twins.now = at("2026-11-19 10:00");
        twins.engine().dispatch(twins.now, 100).unwrap();
        twins
    }

    fn message(&self, practice: &str) -> Message {
        with(&self.engine(), practice, |clinic| {
            clinic.messages_of_visit(&"w1".into()).unwrap().pop().unwrap()
        })
    }

    fn confirmation(&self, practice: &str) -> Option<Reply> {
        with(&self.engine(), practice, |clinic| {
            clinic.visit(&"w1".into()).unwrap().unwrap().confirmation.map(|said| said.reply)
        })
    }

    fn sms(&self, body: &str) -> SmsReceived {
        SmsReceived {
            gateway: GATEWAY.into(),
            provider_id: Some("mo-1".into()),
            from: "+48501234567".into(),
            to: None,
            body: body.into(),
            received_at: self.now,
            in_reply_to: None,
            part: None,
            opt_out: false,
        }
    }

    fn report(&self, state: DeliveryState) -> DeliveryReport {
        DeliveryReport {
            gateway: GATEWAY.into(),
            provider_id: None,
            reference: None,
            part: None,
            state,
            at: self.now,
            raw: "x".into(),
            cost_milli: None,
        }
    }
}

fn with<T>(engine: &Engine, practice: &str, ask: impl FnOnce(&Clinic<'_>) -> T) -> T {
    ask(&engine.practice(practice.into()))
}

#[test]
fn the_same_identifiers_in_two_practices_are_different_things() {
    let twins = Twins::reminded();
    let (a, b) = (twins.message("a"), twins.message("b"));
    assert_eq!((a.id, a.status), (b.id, b.status));
    assert_ne!(a.reference, b.reference, "one account of a gateway serves both");
    assert_eq!(twins.gateway.taken().len(), 2);
    let rows = |practice| twins.all_of(practice).replace(&format!("[\"{practice}\","), "").len();
    assert!(rows("a") > 0 && rows("b") > 0);
}

#[test]
fn what_one_practice_is_told_changes_no_byte_of_the_other() {
    let mut twins = Twins::reminded();
    twins.now = at("2026-11-19 11:00");
    let named = |twins: &Twins, state| DeliveryReport {
        reference: twins.message("a").reference,
        ..twins.report(state)
    };
    let facts = [
        patient("2", "502000002"),
        Fact::Visit(visit("w2", "2", "2026-11-28 10:00", 1)),
        Fact::SmsReceived(twins.sms("TAK")),
        Fact::DeliveryReport(named(&twins, DeliveryState::Delivered)),
        Fact::ConfirmationSet { visit: "w1".into(), reply: Reply::No, by: "u".into() },
        Fact::SmsReceived(SmsReceived { provider_id: Some("mo-2".into()), ..twins.sms("STOP") }),
        Fact::Visit(visit("w1", "1", "2026-11-21 12:30", 2)),
        Fact::PatientsMerged { from: "1".into(), into: "2".into() },
    ];
    let before = twins.all_of("b");
    for fact in facts {
        let outcome = twins.tell("a", std::slice::from_ref(&fact));
        assert!(matches!(outcome[0], Outcome::Applied | Outcome::Received(_)), "{fact:?}: {outcome:?}");
        assert_eq!(twins.all_of("b"), before, "{fact:?}");
    }
    with(&twins.engine(), "a", |clinic| {
        let desk = clinic.as_user(User::new("u", Permission::CLINIC));
        desk.pause(&"p".into(), twins.now).unwrap();
        clinic.restored(twins.now, twins.now).unwrap();
    });
    twins.engine().work(twins.now, 100).unwrap();
    assert_eq!(twins.all_of("b"), before);
    assert_eq!(twins.confirmation("b"), None);
}

#[test]
fn questions_of_one_practice_are_not_answered_with_the_others_data() {
    let twins = Twins::new();
    twins.tell("a", &[patient("1", "501234567"), Fact::Visit(visit("w1", "1", "2026-11-20 12:30", 1))]);
    with(&twins.engine(), "b", |clinic| {
        assert_eq!(clinic.visit(&"w1".into()).unwrap(), None);
        assert_eq!(clinic.message(MessageId(1)).unwrap(), None);
        assert!(clinic.messages_of_visit(&"w1".into()).unwrap().is_empty());
        assert!(clinic.messages_of_patient(&"1".into(), 10).unwrap().is_empty());
        assert!(clinic.messages(&MessageFilter::default(), None, 10).unwrap().rows.is_empty());
        assert!(clinic.figures(&"p".into()).unwrap().is_empty());
        let changed = |event: &Event| matches!(event.what, Happening::CampaignChanged { .. });
        assert!(clinic.events(0, 100).unwrap().iter().all(changed));
    });
    let nobody = with(&twins.engine(), "c", |clinic| clinic.events(0, 10));
    assert!(matches!(nobody, Err(EngineError::UnknownPractice(_))));
    let nobody = with(&twins.engine(), "c", |clinic| clinic.apply(&[patient("1", "501234567")], twins.now));
    assert!(matches!(nobody, Err(EngineError::UnknownPractice(_))));
}

#[test]
fn identifiers_cannot_reach_out_of_their_practice_or_their_neighbours_range() {
    let twins = Twins::new();
    let nasty = ["a|b", "a", "a%7cb", "a}", "%", "|", "\u{10ffff}", "a\0", "w1|000"];
    for practice in ["a|", "a|b", "%", "b\0"] {
        twins.open(&twin(practice));
    }
    for (no, id) in nasty.iter().enumerate() {
        let fact = Fact::Visit(visit(id, id, "2026-11-20 12:30", 1));
        twins.tell("a", &[patient(id, &format!("5010000{no:02}")), fact]);
    }
    with(&twins.engine(), "a", |clinic| {
        for id in nasty {
            assert_eq!(clinic.messages_of_visit(&id.into()).unwrap().len(), 1, "{id:?}");
            assert_eq!(clinic.messages_of_patient(&id.into(), 10).unwrap().len(), 1, "{id:?}");
        }
    });
    for practice in ["b", "a|", "a|b", "%", "b\0"] {
        with(&twins.engine(), practice, |clinic| {
            assert!(
                clinic.messages(&MessageFilter::default(), None, 10).unwrap().rows.is_empty(),
                "{practice:?}"
            );
        });
    }
}

#[test]
fn a_reply_without_a_practice_finds_it_by_the_message_it_answers() {
    let twins = Twins::reminded();
    for named in [twins.message("b").reference, twins.message("b").provider_ids.pop()] {
        let sms = SmsReceived { in_reply_to: named, provider_id: None, ..twins.sms("TAK") };
        let routed = twins.engine().sms_received(&sms, twins.now).unwrap();
        assert!(matches!(routed, Routed::To { practice: id, .. } if id.as_str() == "b"));
    }
    assert_eq!((twins.confirmation("a"), twins.confirmation("b")), (None, Some(Reply::Yes)));
}

#[test]
fn a_reply_to_a_number_of_two_practices_is_unrouted_and_changes_nothing() {
    let twins = Twins::reminded();
    let before = twins.store.inner.dump();
    let to_both = SmsReceived { to: Some("48500100200".into()), ..twins.sms("TAK") };
    let to_nobody = SmsReceived { to: Some("48999999999".into()), ..twins.sms("TAK") };
    let empty = SmsReceived { to: Some(String::new()), ..twins.sms("TAK") };
    let wrong = SmsReceived { in_reply_to: Some("no such message".into()), ..twins.sms("TAK") };
    for sms in [to_both, to_nobody, empty, wrong, twins.sms("TAK")] {
        assert_eq!(twins.engine().sms_received(&sms, twins.now).unwrap(), Routed::Unrouted, "{sms:?}");
    }
    assert_eq!(twins.store.inner.dump(), before);
}

#[test]
fn a_reply_to_a_number_of_one_practice_is_its_own() {
    let twins = Twins::reminded();
    let mut own = twin("b");
    own.settings.senders = vec![
        Sender { id: "48500100300".into(), receives: true, approval: SenderApproval::Approved },
        Sender { id: "Klinika".into(), receives: true, approval: SenderApproval::Approved },
    ];
    twins.engine().open_practice(&own, twins.now).unwrap();
    for (no, to) in ["48500100300", "+48 500 100 300", "KLINIKA"].into_iter().enumerate() {
        let sms =
            SmsReceived { to: Some(to.into()), provider_id: Some(format!("mo-{no}")), ..twins.sms("TAK") };
        let routed = twins.engine().sms_received(&sms, twins.now).unwrap();
        assert!(
            matches!(routed, Routed::To { practice: id, outcome: Outcome::Received(_) } if id.as_str() == "b"),
            "{to}"
        );
    }
    // and the number it gave up is the other's alone now
    let sms = SmsReceived { to: Some("48500100200".into()), ..twins.sms("TAK") };
    let routed = twins.engine().sms_received(&sms, twins.now).unwrap();
    assert!(matches!(routed, Routed::To { practice: id, .. } if id.as_str() == "a"));
}

#[test]
fn a_report_without_a_practice_finds_it_by_reference_or_identifier() {
    let twins = Twins::reminded();
    let by_reference =
        DeliveryReport { reference: twins.message("b").reference, ..twins.report(DeliveryState::Sent) };
    let by_id = DeliveryReport {
        provider_id: twins.message("a").provider_ids.pop(),
        ..twins.report(DeliveryState::Delivered)
    };
    let unknown =
        DeliveryReport { provider_id: Some("nobody's".into()), ..twins.report(DeliveryState::Sent) };
    let foreign = DeliveryReport { gateway: "other".into(), ..by_id.clone() };
    let tell = |report: &DeliveryReport| twins.engine().delivery_report(report, twins.now).unwrap();
    assert_eq!(tell(&by_reference), Routed::To { practice: "b".into(), outcome: Outcome::Applied });
    assert_eq!(tell(&by_id), Routed::To { practice: "a".into(), outcome: Outcome::Applied });
    assert_eq!(tell(&unknown), Routed::Unrouted);
    assert_eq!(tell(&foreign), Routed::Unrouted, "identifiers are a gateway's own");
    assert_eq!((twins.message("a").status, twins.message("b").status), (Status::Delivered, Status::Sent));
}

#[test]
fn a_gateways_identifier_that_two_practices_have_decides_for_neither_but_in_each() {
    // accounts of their own at one provider that numbers each account from 1
    let twins = Twins::new();
    for id in TWINS {
        let visit = Fact::Visit(visit("w1", "1", "2026-11-20 12:30", 1));
        twins.tell(id, &[patient("1", "501234567"), visit]);
        let same = SubmitResult::Accepted { provider_ids: vec!["1".into()], parts: None, cost_milli: None };
        let gateway = Arc::new(WiredGateway::new(Arc::default(), plain()));
        gateway.script([same]);
        let store = Arc::new(Only(twins.store.clone(), id.into()));
        let engine = Engine::new(store, vec![(GATEWAY.into(), gateway as Arc<dyn Gateway>)]);
        engine.dispatch(at("2026-11-19 10:00"), 10).unwrap();
    }
    let report = DeliveryReport { provider_id: Some("1".into()), ..twins.report(DeliveryState::Delivered) };
    assert_eq!(twins.engine().delivery_report(&report, twins.now).unwrap(), Routed::Unrouted);
    let sms = SmsReceived { in_reply_to: Some("1".into()), ..twins.sms("TAK") };
    assert_eq!(twins.engine().sms_received(&sms, twins.now).unwrap(), Routed::Unrouted);
    assert_eq!(twins.tell("a", &[Fact::DeliveryReport(report)]), [Outcome::Applied]);
    assert_eq!(
        (twins.message("a").status, twins.message("b").status),
        (Status::Delivered, Status::Submitted)
    );
    twins.tell("b", &[Fact::SmsReceived(sms)]);
    assert_eq!((twins.confirmation("a"), twins.confirmation("b")), (None, Some(Reply::Yes)));
}

/// A store that shows one practice's queue only.
struct Only(Arc<WiredStore>, PracticeId);

impl Store for Only {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.0.version(practice)
    }

    fn read(
        &self,
        practice: &PracticeId,
        rows: &[depesza::store::RowKey],
    ) -> Result<Vec<Option<String>>, StoreError> {
        self.0.read(practice, rows)
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: depesza::store::Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.0.list(practice, table, from, to, limit)
    }

    fn scan(
        &self,
        practice: &PracticeId,
        scan: &depesza::store::Scan,
    ) -> Result<Vec<depesza::store::Found>, StoreError> {
        self.0.scan(practice, scan)
    }

    fn commit(&self, commit: &depesza::store::Commit) -> Result<u64, StoreError> {
        self.0.commit(commit)
    }

    fn find(
        &self,
        index: depesza::store::Index,
        key: &str,
    ) -> Result<Vec<(PracticeId, depesza::store::RowKey)>, StoreError> {
        self.0.find(index, key)
    }

    fn due(
        &self,
        queue: depesza::store::Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        let mut due = self.0.due(queue, until, limit)?;
        due.retain(|(practice, _)| *practice == self.1);
        Ok(due)
    }
}

#[test]
fn an_opt_out_and_a_bad_number_are_one_practices_own() {
    let twins = Twins::reminded();
    twins.tell("a", &[Fact::SmsReceived(twins.sms("STOP"))]);
    for id in TWINS {
        twins.tell(id, &[Fact::Visit(visit("w2", "1", "2026-11-28 10:00", 1))]);
    }
    let fate = |practice: &str| {
        with(&twins.engine(), practice, |clinic| clinic.messages_of_visit(&"w2".into()).unwrap()[0].status)
    };
    assert_eq!((fate("a"), fate("b")), (Status::Skipped, Status::Planned));
}

#[test]
fn an_account_without_credit_pauses_for_all_and_what_is_blocked_for_one_for_that_one_alone() {
    let fates = |class| {
        let mut twins = Twins::new();
        for id in TWINS {
            let visit = Fact::Visit(visit("w1", "1", "2026-11-20 12:30", 1));
            twins.tell(id, &[patient("1", "501234567"), visit]);
        }
        twins.gateway.script([rejected(class)]);
        twins.now = at("2026-11-19 10:00");
        twins.engine().dispatch(twins.now, 100).unwrap();
        (twins.message("a").status, twins.message("b").status)
    };
    // the account is the gateway's, and the gateway is everybody's
    assert_eq!(fates(RejectClass::AccountNoCredit), (Status::Planned, Status::Planned));
    assert_eq!(fates(RejectClass::AccountBlocked), (Status::Planned, Status::Submitted));
}

/// Fills a practice's queue.
fn flood(twins: &Twins, practice: &str, size: usize, start: &str) {
    for chunk in (0..size).collect::<Vec<_>>().chunks(250) {
        let facts: Vec<Fact> = chunk
            .iter()
            .flat_map(|no| {
                let id = format!("f{no}");
                let visit = Fact::Visit(visit(&id, &id, start, 1));
                [patient(&id, &format!("50{no:07}")), visit]
            })
            .collect();
        twins.tell(practice, &facts);
    }
}

#[test]
fn a_flood_of_one_practice_does_not_hold_up_another() {
    let mut twins = Twins::new();
    let mut practice = twin("a");
    practice.settings.breaker = None; // a flood is what this is about
    twins.engine().open_practice(&practice, twins.now).unwrap();
    flood(&twins, "a", 5_000, "2026-11-20 12:30");
    // told last, and due a minute later than the flood
    let visit = Fact::Visit(visit("w1", "1", "2026-11-20 12:30", 1));
    twins.tell("b", &[patient("1", "501234567"), visit]);
    twins.now = at("2026-11-19 10:01");
    for limit in [1, 10, 100] {
        let done = twins.engine().dispatch(twins.now, limit).unwrap();
        assert!(done.more && done.submitted <= limit + 1, "{done:?}");
        assert_eq!(twins.message("b").status, Status::Submitted, "in the first round");
    }
    let done = twins.engine().dispatch(twins.now, 10_000).unwrap();
    assert!(!done.more);
    assert_eq!(twins.gateway.taken().len(), 5_001);
}

#[test]
fn a_long_job_of_one_practice_does_not_hold_up_anothers() {
    let twins = Twins::new();
    flood(&twins, "a", 200, "2026-11-20 12:30");
    let change = |practice: &str| {
        with(&twins.engine(), practice, |clinic| {
            clinic
                .as_user(User::new("u", Permission::CLINIC))
                .edit_campaign(&"p".into(), day_before("11:00"), twins.now)
                .unwrap();
        });
    };
    change("a");
    change("b");
    let mut finished = 0;
    for _ in 0..3 {
        finished += twins.engine().work(twins.now, 1).unwrap().finished;
    }
    assert_eq!(finished, 1, "the short one is done while the long one goes on");
}

#[test]
fn a_practice_whose_store_fails_does_not_stop_the_others() {
    for broken in TWINS {
        let mut twins = Twins::new();
        for id in TWINS {
            let visit = Fact::Visit(visit("w1", "1", "2026-11-20 12:30", 1));
            twins.tell(id, &[patient("1", "501234567"), visit]);
            with(&twins.engine(), id, |clinic| {
                clinic
                    .as_user(User::new("u", Permission::CLINIC))
                    .edit_campaign(&"p".into(), day_before("09:00"), twins.now)
                    .unwrap();
            });
        }
        twins.store.broken.lock().unwrap().insert(broken.into());
        let sound = if broken == "a" { "b" } else { "a" };
        let failed = twins.engine().work(twins.now, 1_000);
        assert!(matches!(failed, Err(EngineError::Store(StoreError::Unavailable(_)))), "{failed:?}");
        twins.now = at("2026-11-19 10:00");
        let failed = twins.engine().dispatch(twins.now, 1_000);
        assert!(matches!(failed, Err(EngineError::Store(StoreError::Unavailable(_)))), "{failed:?}");
        assert_eq!(twins.message(sound).status, Status::Submitted, "{broken} is broken");
        assert_eq!(twins.gateway.taken().len(), 1, "nothing of the broken one was handed over");
        // repaired, it catches up
        twins.store.broken.lock().unwrap().clear();
        twins.engine().work(twins.now, 1_000).unwrap();
        twins.engine().dispatch(twins.now, 1_000).unwrap();
        assert_eq!(twins.message(broken).status, Status::Submitted);
    }
}

#[test]
fn practices_live_side_by_side_in_threads() {
    let store = Arc::new(MemoryStore::default());
    let gateway = Arc::new(Simulator::new(GATEWAY.into(), 1));
    let engine = Engine::new(store, vec![(GATEWAY.into(), gateway.clone() as Arc<dyn Gateway>)]);
    std::thread::scope(|scope| {
        for no in 0..4 {
            let engine = engine.clone();
            scope.spawn(move || {
                let now = at("2026-11-16 09:00");
                let mine = twin(&format!("t{no}"));
                engine.open_practice(&mine, now).unwrap();
                let clinic = engine.practice(mine.id.clone());
                let desk = clinic.as_user(User::new("u", Permission::CLINIC));
                desk.create_campaign("p".into(), day_before("10:00"), now).unwrap();
                desk.activate(&"p".into(), now).unwrap();
                for visits in 0..20 {
                    let id = format!("v{visits}");
                    let visit = Fact::Visit(visit(&id, &id, "2026-11-20 12:30", 1));
                    clinic.apply(&[patient(&id, &format!("5010000{visits:02}")), visit], now).unwrap();
                }
                engine.dispatch(at("2026-11-19 10:00"), 1_000).unwrap();
            });
        }
    });
    engine.dispatch(at("2026-11-19 10:00"), 1_000).unwrap();
    assert_eq!(gateway.taken().len(), 80);
    for no in 0..4 {
        with(&engine, &format!("t{no}"), |clinic| {
            let numbers: Vec<u64> = clinic.events(0, 1_000).unwrap().iter().map(|event| event.no).collect();
            let gapless: Vec<u64> = (1..).take(numbers.len()).collect();
            assert_eq!(numbers, gapless);
        });
    }
}

#[test]
fn edge_005_a_visits_time_is_read_in_its_own_zone_else_in_the_practices() {
    let zone = |name: &str| name.parse::<Zone>().unwrap();
    let twins = Twins::new();
    let mut abroad = twin("london");
    abroad.zone = zone("Europe/London");
    twins.open(&abroad);
    let starts = |practice: &str, told: Option<&str>| {
        let mut visit = visit("w1", "1", "2026-11-20 12:30", 1);
        visit.zone = told.map(zone);
        twins.tell(practice, &[patient("1", "501234567"), Fact::Visit(visit)]);
        with(&twins.engine(), practice, |clinic| clinic.visit(&"w1".into()).unwrap().unwrap().starts_at)
    };
    let noon = |name| calendar::resolve(zone(name), local("2026-11-20 12:30"));
    assert_eq!(starts("a", None), noon("Europe/Warsaw"));
    assert_eq!(starts("london", None), noon("Europe/London"));
    assert_eq!(starts("b", Some("America/New_York")), noon("America/New_York"));
}
