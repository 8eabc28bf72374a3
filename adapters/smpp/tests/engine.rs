//! A small day of a practice through the whole engine: reminders go out over SMPP, receipts come back, patients answer.
// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod smsc;

use depesza::engine::{Engine, Routed};
use depesza::model::*;
use depesza::store::MemoryStore;
use depesza_smpp::{Events, Inbound, SmppGateway};
use serde_json::json;
use smsc::*;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

const CLINIC: &str = "kowalska";
const PATIENTS: usize = 30;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn from<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_value(json).unwrap()
}

/// Monday morning: cards, and visits on Tuesday.
fn open(engine: &Engine, now: Timestamp) {
    let practice: Practice = from(json!({
        "id": CLINIC,
        "name": "Dentica",
        "secret": "a secret of the test practice",
        "settings": {
            "senders": [{"id": "48500100200", "receives": true, "approval": "approved"}],
            "diacritics": "polish",
        },
    }));
    engine.open_practice(&practice, now).unwrap();
    let clinic = engine.practice(CLINIC.into());
    let mut facts = Vec::new();
    for number in 0..PATIENTS {
        facts.push(from(json!({"fact": "patient", "id": format!("p{number}"), "revision": 1,
            "first_name": "Łucja", "last_name": format!("Żak{number}"), "phone": format!("5010{number:02}000"),
            "consents": {"visits": {"given": true, "at": "2026-01-01T10:00:00Z", "source": "person"}}})));
        facts.push(from(json!({"fact": "visit", "id": format!("v{number}"), "revision": 1,
            "patient": format!("p{number}"), "start": format!("2026-11-17T{:02}:{:02}:00", 9 + number / 4, number % 4 * 15),
            "duration_min": 15, "state": "booked"})));
    }
    clinic.apply(&facts, now).unwrap();
    let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
    let campaign: CampaignSpec = from(json!({
        "name": "Przypomnienie",
        "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
        "bodies": {"default": "(imie), przypominamy o wizycie (data) o godzinie (godzina). 🦷 Prosimy o przyjście kwadrans \
            wcześniej z dowodem osobistym. Odpisz TAK lub NIE."},
    }));
    desk.create_campaign("p".into(), campaign, now).unwrap();
    desk.activate(&"p".into(), now).unwrap();
    while engine.work(now, 1_000).unwrap().more {}
}

/// What a host's thread does with what comes in: tells the engine, and then the SMSC. It begins before the first message
/// goes, so receipts are faster than the engine's own record of the answers.
fn host(engine: &Engine, mut events: Events, now: Timestamp, told: &Sender<()>) {
    while let Some(event) = events.next() {
        let routed = match event.inbound() {
            Inbound::Report(report) => engine.delivery_report(report, now),
            Inbound::Message(message) => engine.sms_received(message, now),
        };
        match routed.unwrap() {
            Routed::To { .. } => {
                event.done();
                told.send(()).unwrap();
            }
            Routed::Unrouted => events.later(event, Duration::from_millis(20)),
        }
    }
}

#[test]
fn a_day_of_reminders_is_delivered_and_answered() {
    for kind in [Kind::Smpp34, Kind::Npm] {
        let mut smsc = Smsc::start(kind);
        let mut options = options(smsc.port);
        options.sender = Some(OWN_NUMBER.to_owned());
        let (gateway, events) = SmppGateway::start(options).unwrap();
        assert!(gateway.bound_within(LONG));
        let gateway = Arc::new(gateway);
        let engine = Engine::new(Arc::new(MemoryStore::default()), vec![("smpp".into(), gateway.clone())]);
        let (told, done) = channel();
        let ten = at("2026-11-16T09:00:00Z");
        std::thread::scope(|scope| {
            let engine = &engine;
            scope.spawn(move || host(engine, events, ten.plus_ms(HOUR_MS), &told));
            // its end ends the host's thread, when a check fails too
            let gateway = Closed(gateway);
            play(kind, engine, &mut smsc, &done, ten);
            drop(gateway);
        });
    }
}

struct Closed(Arc<SmppGateway>);

impl Drop for Closed {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn play(kind: Kind, engine: &Engine, smsc: &mut Smsc, done: &Receiver<()>, ten: Timestamp) {
    let wait =
        |count: usize| (0..count).for_each(|_| done.recv_timeout(LONG).expect("an event within a minute"));
    open(engine, at("2026-11-16T08:00:00Z"));
    let sent = engine.dispatch(ten, 1_000).unwrap();
    let count = u64::try_from(PATIENTS).unwrap();
    assert_eq!((sent.submitted, sent.accepted, sent.unknown), (count, count, 0), "{kind:?}");
    let clinic = engine.practice(CLINIC.into());
    let visit = |number: usize| VisitId::new(format!("v{number}"));
    let message = |number: usize| clinic.messages_of_visit(&visit(number)).unwrap().remove(0);
    let parts = message(0).provider_ids.len();
    assert!(parts > 1, "long enough to be cut");
    wait(PATIENTS * parts);
    for number in 0..PATIENTS {
        assert_eq!(message(number).status, Status::Delivered, "{kind:?} {number}");
    }

    // one answers in one part, another in two, the second part first
    smsc.message("48501003000", 0, &[], b"TAK");
    smsc.message("48501004000", 8, &[5, 0, 3, 77, 2, 2], &[0, b'E']);
    smsc.message("48501004000", 8, &[5, 0, 3, 77, 2, 1], &[0, b'N', 0, b'I']);
    wait(3);
    let reply = |number: usize| {
        let confirmation = clinic.visit(&visit(number)).unwrap().unwrap().confirmation;
        confirmation.map(|confirmation| confirmation.reply)
    };
    assert_eq!((reply(3), reply(4), reply(5)), (Some(Reply::Yes), Some(Reply::No), None), "{kind:?}");
    assert_eq!(engine.dispatch(ten.plus_ms(2 * HOUR_MS), 1_000).unwrap().submitted, 0, "nothing goes twice");
}
