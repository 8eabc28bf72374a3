//! Gateways from JSON: faulty specifications say what was expected and quote nothing, and what a provider brings reaches the
//! engine.
#![cfg(all(feature = "smpp", feature = "smsapi"))]
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../../smpp/tests/smsc/mod.rs"]
mod smsc;

use depesza::door;
use depesza::engine::Engine;
use depesza::model::{HOUR_MS, Timestamp};
use depesza::store::MemoryStore;
use depesza_open::{KINDS, Received, gateway};
use serde_json::{Value, json};
use smsc::{Kind, LONG, OWN_NUMBER, Smsc};
use std::sync::Arc;
use std::time::Duration;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_faulty_specification_names_the_field_and_quotes_nothing() {
    let smsapi = json!({"id": "g", "kind": "smsapi", "token": "s3cr3t"});
    let smpp =
        json!({"id": "g", "kind": "smpp", "host": "127.0.0.1", "system_id": "us3r", "password": "s3cr3t"});
    let cases = [
        (&smsapi, "id", json!("")),
        (&smsapi, "kind", json!("s3cr3t")),
        (&smsapi, "token", json!("")),
        (&smsapi, "token", json!({"s3cr3t": 1})),
        (&smsapi, "base_url", json!("http://s3cr3t.example/")),
        (&smsapi, "batch", json!(1_000)),
        (&smsapi, "batch", json!("s3cr3t")),
        (&smsapi, "nonsense", json!(1)),
        (&smpp, "host", json!("")),
        (&smpp, "password", json!("longer than s3cr3t may be")),
        (&smpp, "window", json!(0)),
        (&smpp, "bind", json!("s3cr3t")),
        (&smpp, "response_timeout_ms", json!(1)),
        (&smpp, "statuses", json!([[1, "s3cr3t"]])),
    ];
    for (whole, field, value) in cases {
        let mut spec = whole.clone();
        spec[field] = value;
        let refusal = gateway(&spec.to_string()).unwrap_err();
        assert_eq!(refusal.code, "bad_arguments", "{field}");
        assert_eq!(refusal.field.unwrap().split('[').next().unwrap(), field);
        assert!(!refusal.message.contains("s3cr3t"), "{}", refusal.message);
    }
    for field in ["host", "system_id", "password"] {
        let mut spec = smpp.clone();
        spec.as_object_mut().unwrap().remove(field);
        assert_eq!(gateway(&spec.to_string()).unwrap_err().field.as_deref(), Some(field));
    }
    let unknown = gateway(r#"{"id": "g", "kind": "pigeon"}"#).unwrap_err();
    assert!(KINDS.iter().all(|kind| unknown.message.contains(kind)), "{}", unknown.message);
}

fn practice(engine: &Engine, now: &str) {
    let call = |method: &str, mut arguments: Value| {
        arguments["now"] = json!(now);
        door::call(engine, method, &arguments.to_string()).unwrap()
    };
    let user = json!({"id": "anna", "permissions": ["communication_center", "manage_campaigns"]});
    call(
        "open_practice",
        json!({"practice": {"id": "kowalska", "name": "Dentica", "secret": "sixteen bytes or more",
            "settings": {"senders": [{"id": OWN_NUMBER, "receives": true}]}}}),
    );
    let spec = json!({"name": "Przypomnienie",
        "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
        "bodies": {"default": "Czekamy (data) o (godzina). Odpisz TAK lub NIE."}});
    call("create_campaign", json!({"practice": "kowalska", "user": user, "campaign": "p", "spec": spec}));
    call("activate", json!({"practice": "kowalska", "user": user, "campaign": "p"}));
    let facts = json!([
        {"fact": "patient", "id": "7", "revision": 1, "first_name": "Łucja", "last_name": "Żak",
         "phone": "501 234 567", "consents": {"visits": {"given": true, "at": "2026-01-02T10:00:00Z"}}},
        {"fact": "visit", "id": "120", "revision": 1, "patient": "7", "start": "2026-11-20T12:30:00"}
    ]);
    call("apply", json!({"practice": "kowalska", "facts": facts}));
    call("work", json!({"limit": 100}));
}

fn visit(engine: &Engine) -> Value {
    let answer = door::call(engine, "visit", r#"{"practice": "kowalska", "visit": "120"}"#).unwrap();
    serde_json::from_str(&answer).unwrap()
}

fn status(engine: &Engine) -> Value {
    let answer =
        door::call(engine, "messages_of_visit", r#"{"practice": "kowalska", "visit": "120"}"#).unwrap();
    serde_json::from_str::<Value>(&answer).unwrap()[0]["status"].clone()
}

#[test]
fn what_an_smsc_brings_reaches_the_engine() {
    let mut smsc = Smsc::start(Kind::Smpp34);
    let link = gateway(
        &json!({"id": "smpp", "kind": "smpp", "host": "127.0.0.1", "port": smsc.port, "system_id": "clinic",
            "password": "secret08", "sender": OWN_NUMBER, "rate": 1_000, "connect_wait_ms": 30_000})
        .to_string(),
    )
    .unwrap();
    let engine = Engine::new(Arc::new(MemoryStore::new()), vec![(link.id().clone(), link.gateway())]);
    practice(&engine, "2026-11-16T09:00:00Z");
    let ten = at("2026-11-19T09:00:00Z");
    assert_eq!(engine.dispatch(ten, 10).unwrap().accepted, 1);
    let later = ten.plus_ms(HOUR_MS);
    let told = link.receive(&engine, later, LONG).unwrap();
    assert_eq!(told, Received { told: 1, unrouted: 0 });
    assert_eq!(status(&engine), json!("delivered"));

    assert_eq!(link.receive(&engine, later, Duration::ZERO).unwrap(), Received::default(), "nothing waits");
    smsc.message("48501234567", 0, &[], b"TAK");
    assert_eq!(link.receive(&engine, later, LONG).unwrap().told, 1);
    assert_eq!(visit(&engine)["confirmation"]["reply"], json!("yes"));
    let refusal = link.callback(&engine, "MsgId=a&status=404", later).unwrap_err();
    assert_eq!(refusal.field.as_deref(), Some("gateway"));
}

#[test]
fn what_smsapi_calls_with_reaches_the_engine() {
    let link =
        gateway(r#"{"id": "smsapi", "kind": "smsapi", "token": "none", "base_url": "http://127.0.0.1:1/"}"#)
            .unwrap();
    let engine = Engine::new(Arc::new(MemoryStore::new()), vec![(link.id().clone(), link.gateway())]);
    practice(&engine, "2026-11-16T09:00:00Z");
    let now = at("2026-11-18T09:00:00Z");
    let told = |form: &str| link.callback(&engine, form, now);
    let sms = format!("sms_to={OWN_NUMBER}&sms_from=48501234567&sms_text=NIE&sms_date=1795000000");
    assert_eq!(told(&sms).unwrap(), Received { told: 1, unrouted: 0 });
    assert_eq!(told("MsgId=a,b&status=404,405&idx=r-1,r-2").unwrap(), Received { told: 0, unrouted: 2 });
    // a report that names a message of another gateway is of none of this one's
    engine.dispatch(at("2026-11-19T09:00:00Z"), 1).unwrap();
    let messages = engine.practice("kowalska".into()).messages_of_visit(&"120".into()).unwrap();
    let reference = messages[0].reference.clone().expect("it was tried");
    let elsewhere = gateway(r#"{"id": "other", "kind": "smsapi", "token": "none"}"#).unwrap();
    let report = format!("MsgId=a&status=404&idx={reference}");
    assert_eq!(elsewhere.callback(&engine, &report, now).unwrap(), Received { told: 0, unrouted: 1 });
    let refusal = told("sms_text=Brzeczyszczykiewicz").unwrap_err();
    assert_eq!((refusal.code.as_str(), refusal.field.as_deref()), ("bad_arguments", Some("form")));
    assert!(!refusal.message.contains("Brzeczyszczykiewicz"));
    assert_eq!(link.receive(&engine, now, Duration::ZERO).unwrap(), Received::default());
}
