//! The whole engine on the gateway: a clinic's day through the wire, lost answers, and a process that dies between the request and
//! the commit of its answer.

use crate::server::{Provider, Reply, Seen, Server, Taken, error};
use crate::{messages, options};
use depesza::engine::Engine;
use depesza::gateway::Gateway;
use depesza::model::{
    Capabilities, Fact, Permission, Practice, Status, Submission, SubmitResult, Timestamp, User,
};
use depesza::store::{MemoryStore, Store};
use depesza_smsapi::SmsApi;
use depesza_smsapi::callback::Callbacks;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

const CLINIC: &str = "kowalska";
const GATEWAY: &str = "smsapi";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A practice with a reminder at ten the day before, and visits of as many patients.
fn clinic(store: &Arc<dyn Store>, gateway: Arc<dyn Gateway>, patients: u32, from_hour: u32) -> Engine {
    let monday = at("2026-11-16T09:00:00+01:00");
    let engine = Engine::new(store.clone(), vec![(GATEWAY.into(), gateway)]);
    let practice: Practice = serde_json::from_value(json!({
        "id": CLINIC, "name": "Dentica", "secret": "sixteen bytes or more",
        "settings": {"senders": [{"id": "48500100200", "receives": true}]}
    }))
    .unwrap();
    engine.open_practice(&practice, monday).unwrap();
    let side = engine.practice(CLINIC.into());
    let desk = side.as_user(User::new("recepcja", Permission::CLINIC));
    let reminder = serde_json::from_value(json!({
        "name": "Przypomnienie",
        "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
        "bodies": {"default": "(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE."}
    }));
    desk.create_campaign("p".into(), reminder.unwrap(), monday).unwrap();
    desk.activate(&"p".into(), monday).unwrap();
    let mut facts = Vec::new();
    for n in 1..=patients {
        facts.push(
            json!({"fact": "patient", "id": n.to_string(), "revision": 1, "first_name": format!("Imię{n}"),
            "last_name": "Żak", "phone": format!("501 {:03} {:03}", 100 + n / 900, 100 + n % 900),
            "consents": {"visits": {"given": true, "at": "2026-01-02T10:00:00Z"}}}),
        );
        // groups of three have the same time and, with the names that differ, texts of their own
        facts.push(json!({"fact": "visit", "id": n.to_string(), "revision": 1, "patient": n.to_string(),
            "start": format!("2026-11-20T{:02}:{:02}:00", from_hour + n / 3 % 9, n / 27 % 60)}));
    }
    let facts: Vec<Fact> = serde_json::from_value(facts.into()).unwrap();
    side.apply(&facts, monday).unwrap();
    while engine.work(monday, 1_000).unwrap().more {}
    engine
}

fn again(store: &Arc<dyn Store>, gateway: &Arc<SmsApi>) -> Engine {
    Engine::new(store.clone(), vec![(GATEWAY.into(), gateway.clone())])
}

/// Jumps from deadline to deadline until a time; every step is a new engine, as after a restart.
fn run_until(store: &Arc<dyn Store>, gateway: &Arc<SmsApi>, until: Timestamp) {
    loop {
        let engine = again(store, gateway);
        let Some(due) = engine.next_due().unwrap().filter(|due| *due <= until) else { return };
        while engine.work(due, 1_000).unwrap().more {}
        engine.dispatch(due, 10_000).unwrap();
    }
}

fn statuses(store: &Arc<dyn Store>, gateway: &Arc<SmsApi>, patients: u32) -> BTreeMap<String, usize> {
    let engine = again(store, gateway);
    let side = engine.practice(CLINIC.into());
    let mut counted = BTreeMap::new();
    for n in 1..=patients {
        let messages = side.messages_of_visit(&n.to_string().as_str().into()).unwrap();
        assert_eq!(messages.len(), 1);
        *counted.entry(format!("{:?}", messages[0].status)).or_default() += 1;
    }
    counted
}

/// Every message was taken once, by reference and by number.
fn assert_each_once(taken: &[Taken], patients: u32) {
    let references: BTreeSet<_> = taken.iter().map(|one| &one.idx).collect();
    let numbers: BTreeSet<_> = taken.iter().map(|one| &one.number).collect();
    assert_eq!(
        (taken.len(), references.len(), numbers.len()),
        (patients as usize, patients as usize, patients as usize)
    );
}

/// What SMSAPI would call the host with, fifty reports a call.
fn report_all(store: &Arc<dyn Store>, gateway: &Arc<SmsApi>, taken: &[Taken], now: Timestamp) {
    let engine = again(store, gateway);
    let side = engine.practice(CLINIC.into());
    let callbacks = Callbacks::new(GATEWAY.into());
    for part in taken.chunks(50) {
        let join = |field: fn(&Taken) -> &str| part.iter().map(field).collect::<Vec<_>>().join(",");
        let done = (now.ms() / 1_000).to_string();
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("MsgId", &join(|one| &one.id))
            .append_pair("idx", &join(|one| &one.idx))
            .append_pair("status", &vec!["404"; part.len()].join(","))
            .append_pair("donedate", &vec![done.as_str(); part.len()].join(","))
            .append_pair("username", "gabinet")
            .finish();
        let facts = callbacks.delivery_reports(&query, now).unwrap();
        let facts: Vec<Fact> = facts.into_iter().map(Fact::DeliveryReport).collect();
        // SMSAPI tells again until it hears OK
        for _ in 0..2 {
            side.apply(&facts, now).unwrap();
        }
    }
}

fn serving(
    behaviour: impl Fn(&Provider, &Seen) -> Reply + Send + Sync + 'static,
) -> (Server, Provider, Arc<SmsApi>) {
    let provider = Provider::default();
    let takes = provider.clone();
    let server = Server::start(move |seen| behaviour(&takes, seen));
    let gateway = Arc::new(SmsApi::new(options(&server)).unwrap());
    (server, provider, gateway)
}

#[test]
fn a_day_goes_out_and_is_reported() {
    let (_server, provider, gateway) = serving(Provider::handle);
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    clinic(&store, gateway.clone(), 60, 8);
    run_until(&store, &gateway, at("2026-11-19T12:00:00+01:00"));
    assert_each_once(&provider.taken(), 60);
    assert!(
        provider
            .taken()
            .iter()
            .any(|one| one.message == "Imie1, czekamy 20.11.2026 o 08:00. Odpisz TAK lub NIE.")
    );
    assert_eq!(statuses(&store, &gateway, 60), BTreeMap::from([("Submitted".to_owned(), 60)]));
    report_all(&store, &gateway, &provider.taken(), at("2026-11-19T12:01:00+01:00"));
    assert_eq!(statuses(&store, &gateway, 60), BTreeMap::from([("Delivered".to_owned(), 60)]));
}

#[test]
fn lost_answers_and_passing_failures_end_with_each_message_once() {
    let tries: Mutex<BTreeMap<String, u32>> = Mutex::default();
    let (server, provider, gateway) = serving(move |provider, seen| {
        let idx = seen.get("idx").unwrap().to_owned();
        let mut tries = tries.lock().unwrap();
        let tried = tries.entry(idx.clone()).or_default();
        *tried += 1;
        // by the reference alone, so that a run can be repeated
        let kind = idx.bytes().map(u32::from).sum::<u32>() % 6;
        match (kind, *tried) {
            (0, 1) => {
                provider.handle(seen);
                Reply::Close // taken, and the answer is lost
            }
            (1, 1) => Reply::Text(502, "", String::new()), // not taken, and nobody knows
            (2, 1 | 2) => error(201),
            (3, 1) => error(200),
            (4, 1) => {
                provider.handle(seen);
                Reply::Truncated(json!({"count": 1, "list": [{"id": "1"}]}))
            }
            _ => provider.handle(seen),
        }
    });
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    clinic(&store, gateway.clone(), 60, 8);
    run_until(&store, &gateway, at("2026-11-19T18:00:00+01:00"));
    assert_each_once(&provider.taken(), 60);
    assert!(server.seen().len() > 80, "the faults were not met: {} requests", server.seen().len());
    assert_eq!(statuses(&store, &gateway, 60), BTreeMap::from([("Submitted".to_owned(), 60)]));
    report_all(&store, &gateway, &provider.taken(), at("2026-11-19T18:01:00+01:00"));
    assert_eq!(statuses(&store, &gateway, 60), BTreeMap::from([("Delivered".to_owned(), 60)]));
}

/// Hands everything over and dies before the engine hears of it.
struct Dies(Arc<SmsApi>);

impl Gateway for Dies {
    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        assert!(self.0.submit(batch).iter().all(crate::is_accepted));
        panic!("the process dies here");
    }
}

/// A clinic whose process died after its first batch was taken, without the answer being stored.
fn died(store: &Arc<dyn Store>, gateway: &Arc<SmsApi>, patients: u32, from_hour: u32) {
    let engine = clinic(store, Arc::new(Dies(gateway.clone())), patients, from_hour);
    let due = engine.next_due().unwrap().unwrap();
    let died = catch_unwind(AssertUnwindSafe(|| engine.dispatch(due, 10_000)));
    assert!(died.is_err());
}

#[test]
fn after_a_crash_the_same_references_go_again_and_nothing_twice() {
    let (server, provider, gateway) = serving(Provider::handle);
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    died(&store, &gateway, 60, 8);
    assert_eq!(provider.taken().len(), 50); // one batch
    run_until(&store, &gateway, at("2026-11-19T12:00:00+01:00"));
    assert_each_once(&provider.taken(), 60);
    assert_eq!(statuses(&store, &gateway, 60), BTreeMap::from([("Submitted".to_owned(), 60)]));
    let mut given: BTreeMap<String, u32> = BTreeMap::new();
    for seen in server.seen() {
        *given.entry(seen.get("idx").unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(given.values().filter(|times| **times == 2).count(), 50);
    // reports name our reference, so those are found too whose identifier never arrived
    report_all(&store, &gateway, &provider.taken(), at("2026-11-19T12:01:00+01:00"));
    assert_eq!(statuses(&store, &gateway, 60), BTreeMap::from([("Delivered".to_owned(), 60)]));
}

#[test]
fn after_the_window_nothing_is_given_again() {
    let (server, provider, gateway) = serving(Provider::handle);
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    died(&store, &gateway, 5, 14);
    let requests = server.seen().len();
    // the host comes back after 23 and a half hours, before the visits: SMSAPI may have forgotten the references
    let later = at("2026-11-20T09:30:00+01:00");
    let engine = again(&store, &gateway);
    engine.dispatch(later, 10_000).unwrap();
    assert_eq!((server.seen().len(), provider.taken().len()), (requests, 5));
    assert_eq!(statuses(&store, &gateway, 5), BTreeMap::from([(format!("{:?}", Status::InDoubt), 5)]));
    report_all(&store, &gateway, &provider.taken(), later);
    assert_eq!(statuses(&store, &gateway, 5), BTreeMap::from([("Delivered".to_owned(), 5)]));
}

#[test]
fn an_account_without_points_waits_and_uses_no_attempt() {
    let topped_up = Arc::new(AtomicBool::new(false));
    let has_points = topped_up.clone();
    let (server, provider, gateway) =
        serving(
            move |provider, seen| {
                if has_points.load(Ordering::SeqCst) { provider.handle(seen) } else { error(103) }
            },
        );
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    clinic(&store, gateway.clone(), 60, 8);
    run_until(&store, &gateway, at("2026-11-19T10:14:00+01:00"));
    assert_eq!(provider.taken(), []);
    // of each batch a request a connection, before the gateway is paused
    assert!(server.seen().len() <= 8, "{} requests", server.seen().len());
    topped_up.store(true, Ordering::SeqCst);
    run_until(&store, &gateway, at("2026-11-19T11:00:00+01:00"));
    assert_each_once(&provider.taken(), 60);
    assert_eq!(statuses(&store, &gateway, 60), BTreeMap::from([("Submitted".to_owned(), 60)]));
    let engine = again(&store, &gateway);
    for n in 1..=60 {
        let messages =
            engine.practice(CLINIC.into()).messages_of_visit(&n.to_string().as_str().into()).unwrap();
        assert_eq!((messages[0].attempts, messages[0].failures.len()), (0, 0));
    }
}

#[test]
fn the_pretended_smsapi_refuses_what_the_makers_say_it_refuses() {
    let (_server, provider, gateway) = serving(Provider::handle);
    let batch = messages(2);
    assert!(gateway.submit(&batch).iter().all(crate::is_accepted));
    assert!(gateway.submit(&batch).iter().all(crate::is_accepted));
    assert_eq!(provider.taken().len(), 2);
}
