//! The door: a practice's whole day by names and JSON comes to what the typed calls come to, and what is refused says where and
//! what was expected, without what was given.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use depesza::door::{self, Refusal};
use depesza::engine::Engine;
use depesza::gateway::Simulator;
use depesza::model::*;
use depesza::store::MemoryStore;
use serde_json::{Value, json};
use std::sync::Arc;

struct Behind {
    engine: Engine,
    gateway: Arc<Simulator>,
}

impl Behind {
    fn open() -> Self {
        let gateway = Arc::new(Simulator::new("sim".into(), 1));
        let engine =
            Engine::new(Arc::new(MemoryStore::new()), vec![("sim".into(), gateway.clone() as Arc<_>)]);
        let behind = Self { engine, gateway };
        let practice = json!({
            "id": "kowalska", "name": "Dentica", "secret": "sixteen bytes or more",
            "settings": {"senders": [{"id": "48500100200", "receives": true}]}
        });
        assert_eq!(
            behind.call("open_practice", json!({"practice": practice, "now": "2026-11-16T08:00:00Z"})),
            Value::Null
        );
        behind
    }

    fn try_call(&self, method: &str, arguments: &Value) -> Result<Value, Refusal> {
        door::call(&self.engine, method, &arguments.to_string())
            .map(|answer| serde_json::from_str(&answer).unwrap())
    }

    fn call(&self, method: &str, arguments: Value) -> Value {
        self.try_call(method, &arguments).unwrap_or_else(|refusal| panic!("{method}: {refusal:?}"))
    }

    /// As a user with both permissions of a clinic.
    fn act(&self, method: &str, now: &str, mut arguments: Value) -> Result<Value, Refusal> {
        let fields = arguments.as_object_mut().unwrap();
        fields.insert("practice".into(), json!("kowalska"));
        fields.insert("user".into(), json!({"id": "anna", "permissions": Permission::CLINIC}));
        fields.insert("now".into(), json!(now));
        self.try_call(method, &arguments)
    }
}

fn facts() -> Value {
    json!([
        {"fact": "patient", "id": "7", "revision": 1, "first_name": "Łucja", "last_name": "Żak",
         "phone": "501 234 567", "consents": {"visits": {"given": true, "at": "2026-01-02T10:00:00Z"}}},
        {"fact": "visit", "id": "120", "revision": 1, "patient": "7", "start": "2026-11-20T12:30:00"}
    ])
}

fn reminder() -> Value {
    json!({
        "name": "Przypomnienie",
        "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
        "bodies": {"default": "(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE."}
    })
}

#[test]
fn a_practice_lives_behind_the_door() {
    let behind = Behind::open();
    let monday = "2026-11-16T09:00:00+01:00";
    behind.act("create_campaign", monday, json!({"campaign": "p", "spec": reminder()})).unwrap();
    behind.act("activate", monday, json!({"campaign": "p"})).unwrap();
    let outcomes = behind.call("apply", json!({"practice": "kowalska", "facts": facts(), "now": monday}));
    assert_eq!(outcomes, json!([{"outcome": "applied"}, {"outcome": "applied"}]));
    behind.call("work", json!({"now": monday, "limit": 100}));
    let due = behind.call("next_due", json!({}));
    assert_eq!(due, json!("2026-11-19T09:00:00.000Z"));
    let sent = behind.call("dispatch", json!({"now": due, "limit": 10}));
    assert_eq!(sent, json!({"submitted": 1, "accepted": 1, "unknown": 0, "more": false}));
    assert_eq!(
        behind.gateway.taken()[0].body.reveal(),
        "Lucja, czekamy 20.11.2026 o 12:30. Odpisz TAK lub NIE."
    );

    let sms = json!({"gateway": "sim", "id": "m1", "from": "+48501234567", "to": "48500100200", "body": "tak",
        "received_at": "2026-11-19T10:00:00Z"});
    let routed = behind.call("sms_received", json!({"sms": sms, "now": "2026-11-19T10:00:01Z"}));
    assert_eq!(
        routed,
        json!({"routed": "to", "practice": "kowalska", "outcome": {"outcome": "received", "message": 2}})
    );
    let visit = behind.call("visit", json!({"practice": "kowalska", "visit": "120"}));
    assert_eq!(visit["confirmation"]["reply"], "yes", "{visit}");

    // what is typed asks the same store
    let typed =
        behind.engine.practice("kowalska".into()).messages(&MessageFilter::default(), None, 10).unwrap();
    let asked = behind.call("messages", json!({"practice": "kowalska", "limit": 10}));
    assert_eq!(asked, serde_json::to_value(typed).unwrap());
    let told = behind.act(
        "send_message",
        "2026-11-19T11:00:00+01:00",
        json!({"message": {
        "to": {"patient": "7"}, "text": "Zapraszamy."}}),
    );
    assert_eq!(told.unwrap(), json!(3));
}

#[test]
fn a_refusal_has_a_code_and_names_the_field() {
    let behind = Behind::open();
    let now = "2026-11-16T09:00:00Z";
    let practice = json!("kowalska");
    let nobody = json!({"id": "jan", "permissions": []});
    let cases = [
        ("nothing", json!({}), "unknown_method", None),
        ("campaigns", json!({}), "bad_arguments", Some("practice")),
        ("campaigns", json!({"practice": 5}), "bad_arguments", Some("practice")),
        ("campaigns", json!({"practice": "nowak"}), "unknown_practice", None),
        ("campaigns", json!({"practice": practice, "now": now}), "bad_arguments", Some("now")),
        ("campaigns", json!({"practice": practice, "user": nobody}), "not_permitted", None),
        ("pause", json!({"practice": practice, "campaign": "p", "now": now}), "bad_arguments", Some("user")),
        ("events", json!({"practice": practice, "user": nobody}), "bad_arguments", Some("user")),
        ("dispatch", json!({"now": "yesterday", "limit": 1}), "bad_arguments", Some("now")),
        ("dispatch", json!({"now": now, "limit": -1}), "bad_arguments", Some("limit")),
        ("messages", json!({"practice": practice, "limit": 1, "from": "x"}), "bad_cursor", Some("from")),
        (
            "apply",
            json!({"practice": practice, "now": now, "facts": [{"fact": "visit", "id": 5}]}),
            "bad_arguments",
            Some("facts[0].id"),
        ),
        (
            "apply",
            json!({"practice": practice, "now": now, "facts": [{"fact": "patient", "id": "5"}]}),
            "bad_arguments",
            Some("facts[0].revision"),
        ),
        (
            "apply",
            json!({"practice": practice, "now": now, "facts": [{"fact": "gossip"}]}),
            "bad_arguments",
            Some("facts[0].fact"),
        ),
    ];
    for (method, arguments, code, field) in cases {
        let refusal = behind.try_call(method, &arguments).unwrap_err();
        assert_eq!((refusal.code.as_str(), refusal.field.as_deref()), (code, field), "{method}: {refusal:?}");
    }
    for text in ["", "{", "[1]", "nonsense"] {
        assert_eq!(door::call(&behind.engine, "next_due", text).unwrap_err().code, "bad_arguments", "{text}");
    }
}

#[test]
fn what_no_calendar_or_database_can_hold_is_refused_by_its_field() {
    let behind = Behind::open();
    let cases = [
        (0, "revision", json!(9_223_372_036_854_775_808_u64), Some("facts[0].revision")),
        (0, "revision", json!(9_223_372_036_854_775_807_u64), None),
        (0, "birth_date", json!("+10000-01-01"), Some("facts[0].birth_date")),
        (0, "birth_date", json!("9999-12-31"), None),
        (1, "revision", json!(9_223_372_036_854_775_808_u64), Some("facts[1].revision")),
        // a leap second stands in no clinic's calendar, and java.time, datetime and PostgreSQL have none
        (1, "start", json!("2026-12-31T23:59:60"), Some("facts[1].start")),
        (1, "start", json!("2026-12-31T23:59:59"), None),
        (1, "start", json!("0000-12-31T23:59:59"), Some("facts[1].start")),
        (1, "start", json!("+10000-01-01T00:00:00"), Some("facts[1].start")),
    ];
    for (place, field, value, refused) in cases {
        let mut facts = facts();
        facts[place][field] = value.clone();
        let arguments = json!({"practice": "kowalska", "facts": facts, "now": "2026-11-16T09:00:00Z"});
        let answer = behind.try_call("apply", &arguments);
        let seen = answer.as_ref().err().map(|it| (it.code.as_str(), it.field.as_deref()));
        assert_eq!(seen, refused.map(|field| ("faulty_fact", Some(field))), "{field}: {value}");
    }
}

#[test]
fn every_fault_is_listed_in_both_languages() {
    let behind = Behind::open();
    let mut spec = reminder();
    spec["name"] = json!("");
    spec["bodies"]["default"] = json!("(niewiadoma), czekamy");
    let now = "2026-11-16T09:00:00Z";
    let refusal = behind.act("create_campaign", now, json!({"campaign": "p", "spec": spec})).unwrap_err();
    assert_eq!(refusal.code, "faulty_campaign");
    let fields: Vec<&str> = refusal.faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["name", "bodies.default"]);
    assert!(refusal.faults.iter().all(|fault| fault.pl != fault.en && !fault.pl.is_empty()), "{refusal:?}");
    let checked = behind.call("check_campaign", json!({"practice": "kowalska", "spec": spec}));
    assert_eq!(checked, serde_json::to_value(&refusal.faults).unwrap());
}

#[test]
fn no_refusal_quotes_what_was_given() {
    let behind = Behind::open();
    let secret = "Brzeczyszczykiewicz";
    // the name in place of every value of facts, one after the other
    let whole = facts();
    let mut refused = 0;
    for (place, fact) in whole.as_array().unwrap().iter().enumerate() {
        for field in fact.as_object().unwrap().keys() {
            for wrong in [json!(secret), json!({secret: secret}), json!([secret])] {
                let mut facts = whole.clone();
                facts[place][field] = wrong;
                let arguments =
                    json!({"practice": "kowalska", "facts": facts, "now": "2026-11-16T09:00:00Z"});
                if let Err(refusal) = behind.try_call("apply", &arguments) {
                    let text = format!("{refusal:?} {}", serde_json::to_string(&refusal).unwrap());
                    assert!(!text.contains(secret), "{field}: {text}");
                    refused += 1;
                }
            }
        }
    }
    assert!(refused > 20, "{refused}");
    let refusal = door::call(&behind.engine, secret, "{}").unwrap_err();
    assert!(!refusal.message.contains(secret));
}
