//! A small day of a practice through the whole engine: reminders go out over SMPP, receipts come back, patients answer.
// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod smsc;

use depesza::engine::{Engine, Routed};
use depesza::gateway::Gateway;
use depesza::model::*;
use depesza::store::MemoryStore;
use depesza_smpp::{Inbound, SmppGateway};
use serde_json::json;
use smsc::*;
use std::sync::Arc;

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

/// What a host's thread does with what comes in: tells the engine, then the SMSC.
fn tell(engine: &Engine, events: &depesza_smpp::Events, now: Timestamp, count: usize) {
    for _ in 0..count {
        let event = next(events);
        let routed = match event.inbound() {
            Inbound::Report(report) => engine.delivery_report(report, now),
            Inbound::Message(message) => engine.sms_received(message, now),
        };
        assert!(matches!(routed.unwrap(), Routed::To(..)));
        event.done();
    }
}

#[test]
fn a_day_of_reminders_is_delivered_and_answered() {
    for kind in [Kind::Smpp34, Kind::Npm] {
        let mut smsc = Smsc::start(kind);
        let mut options = options(smsc.port);
        options.sender = Some("48500100200".into());
        let (gateway, events) = SmppGateway::start(options).unwrap();
        assert!(gateway.bound_within(LONG));
        let gateway: Arc<dyn Gateway> = Arc::new(gateway);
        let engine = Engine::new(Arc::new(MemoryStore::default()), vec![("smpp".into(), gateway)]);
        open(&engine, at("2026-11-16T08:00:00Z"));

        let ten = at("2026-11-16T09:00:00Z");
        let done = engine.dispatch(ten, 1_000).unwrap();
        let count = u64::try_from(PATIENTS).unwrap();
        assert_eq!((done.submitted, done.accepted, done.unknown), (count, count, 0), "{kind:?}");
        let clinic = engine.practice(CLINIC.into());
        let message = |number: usize| {
            clinic.messages_of_visit(&format!("v{number}").as_str().into()).unwrap().remove(0)
        };
        let parts = message(0).provider_ids.len();
        assert!(parts > 1, "long enough to be cut");
        assert!((0..PATIENTS).all(|number| message(number).status == Status::Submitted));

        tell(&engine, &events, ten.plus_ms(MINUTE_MS), PATIENTS * parts);
        for number in 0..PATIENTS {
            assert_eq!(message(number).status, Status::Delivered, "{kind:?} {number}");
        }

        // one answers in one part, another in two, the second part first
        smsc.message("48501003000", 0, &[], b"TAK");
        smsc.message("48501004000", 8, &[5, 0, 3, 77, 2, 2], &[0, b'E']);
        smsc.message("48501004000", 8, &[5, 0, 3, 77, 2, 1], &[0, b'N', 0, b'I']);
        tell(&engine, &events, ten.plus_ms(HOUR_MS), 3);
        let reply = |number: usize| {
            let visit = clinic.visit(&format!("v{number}").as_str().into()).unwrap().unwrap();
            visit.confirmation.map(|confirmation| confirmation.reply)
        };
        assert_eq!((reply(3), reply(4), reply(5)), (Some(Reply::Yes), Some(Reply::No), None), "{kind:?}");
        let more = engine.dispatch(ten.plus_ms(2 * HOUR_MS), 1_000).unwrap();
        assert_eq!(more.submitted, 0, "nothing goes twice");
    }
}
