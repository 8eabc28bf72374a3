//! Questions about the account.

use crate::server::{Reply, Server, TOKEN, error};
use crate::{gateway, now, options};
use depesza::gateway::Gateway;
use depesza::model::{DeliveryState, RejectClass};
use depesza_smsapi::{Options, SenderName, SenderState, SmsApi, SmsApiFault};
use serde_json::{Value, json};

fn answering(path: &'static str, body: Value) -> Server {
    Server::start(move |seen| {
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("GET", path));
        assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
        Reply::Json(200, body.clone())
    })
}

#[test]
fn the_token_is_checked() {
    let good = answering("/ping", json!({"authorized": true, "unavailable": []}));
    assert_eq!(gateway(&good).check(), Ok(()));
    let bad = answering("/ping", json!({"authorized": false, "unavailable": []}));
    let refused = SmsApiFault::Refused { class: RejectClass::AccountAuth, code: "ping".into() };
    assert_eq!(gateway(&bad).check(), Err(refused));
    let words = Server::start(|_| Reply::Json(401, json!({"error": "authorization_failed", "message": "x"})));
    let refused = SmsApiFault::Refused { class: RejectClass::AccountAuth, code: "http 401".into() };
    assert_eq!(gateway(&words).check(), Err(refused));
    let odd = answering("/ping", json!({"hello": 1}));
    assert!(matches!(gateway(&odd).check(), Err(SmsApiFault::Malformed(_))));
}

#[test]
fn points_become_money() {
    let body = json!({"name": "x", "username": "x", "payment_type": "prepaid", "points": 123.4567});
    let server = answering("/profile", body);
    assert_eq!(gateway(&server).balance(), Ok(Some(123_457)));
    let cheap = SmsApi::new(Options { point_milli: 70, ..options(&server) }).unwrap();
    assert_eq!(cheap.balance_milli(), Some(8_642));
    assert_eq!(gateway(&answering("/profile", json!({"points": "10.5"}))).balance(), Ok(Some(10_500)));
    assert_eq!(gateway(&answering("/profile", json!({"points": -0.165}))).balance(), Ok(Some(-165)));
    assert_eq!(gateway(&answering("/profile", json!({"payment_type": "postpaid"}))).balance(), Ok(None));
    for odd in [json!({"points": "many"}), json!({"points": 1e300}), json!([1]), json!({"points": [1]})] {
        let server = answering("/profile", odd);
        let odd = gateway(&server);
        assert!(matches!(odd.balance(), Err(SmsApiFault::Malformed(_))));
        assert_eq!(odd.balance_milli(), None);
    }
}

#[test]
fn questions_that_fail_say_why() {
    for (reply, expected) in [
        (error(105), SmsApiFault::Refused { class: RejectClass::AccountBlocked, code: "105".into() }),
        (Reply::Text(429, "Retry-After: 9\r\n", String::new()), SmsApiFault::Later { after_ms: 9_000 }),
        (Reply::Text(500, "", String::new()), SmsApiFault::Later { after_ms: 60_000 }),
        (Reply::Text(200, "", "<html>".into()), SmsApiFault::Malformed("an object as JSON")),
        (Reply::Close, SmsApiFault::NoAnswer("connection lost")),
        (Reply::Garbage, SmsApiFault::NoAnswer("malformed answer")),
    ] {
        let server = Server::start(move |_| reply.clone());
        assert_eq!(gateway(&server).balance(), Err(expected.clone()), "{expected}");
    }
}

#[test]
fn sender_names_have_a_state() {
    let entry = |sender: &str, status: &str, is_default: bool| json!({"sender": sender, "is_default": is_default, "status": status, "created_at": "2026-01-02T10:00:00+01:00"});
    let body = json!({"size": 6, "collection": [
        entry("Dentica", "ACTIVE", true), entry("Stara", "INACTIVE", false), entry("Nowa", "PENDING", false),
        entry("Zła", "REJECTED", false), entry("Była", "DELETED", false), entry("Inna", "SOMETHING", false)]});
    let server = answering("/sms/sendernames", body);
    let names = gateway(&server).sender_names().unwrap();
    let states: Vec<_> = names.iter().map(|name| name.state).collect();
    use SenderState::*;
    assert_eq!(states, [Active, Inactive, Pending, Rejected, Deleted, Other]);
    assert_eq!(names[0], SenderName { sender: "Dentica".into(), state: Active, is_default: true });
    for odd in
        [json!({}), json!({"collection": [{"sender": "x"}]}), json!({"collection": [{"status": "ACTIVE"}]})]
    {
        assert!(matches!(
            gateway(&answering("/sms/sendernames", odd)).sender_names(),
            Err(SmsApiFault::Malformed(_))
        ));
    }
}

#[test]
fn states_can_be_asked_for() {
    let server = Server::start(|seen| {
        let ids = seen.list("status", '|');
        assert!(ids.len() <= 100);
        if ids == ["gone"] {
            return error(301);
        }
        let list: Vec<Value> = ids
            .iter()
            .map(|id| {
                let status = match id.as_str() {
                    "a" => "DELIVERED",
                    "b" => "NOT_FOUND",
                    _ => "SENT",
                };
                json!({"id": id, "status": status, "idx": format!("r-{id}"), "points": 0.1, "number": "48500100200",
                    "date_sent": 1, "error": null})
            })
            .collect();
        Reply::Json(200, json!({"count": list.len(), "list": list}))
    });
    let gateway = gateway(&server);
    let ask = |ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        gateway.reports(&"smsapi".into(), &ids, now()).unwrap()
    };
    let reports = ask(&["a", "b", "c", "not|one"]);
    let states: Vec<_> = reports.iter().map(|one| (one.provider_id.as_deref().unwrap(), one.state)).collect();
    assert_eq!(states, [("a", DeliveryState::Delivered), ("c", DeliveryState::Sent)]);
    assert_eq!(reports[0].reference.as_deref(), Some("r-a"));
    assert_eq!(ask(&["gone"]), []);
    assert_eq!(ask(&[]), []);
    let many: Vec<String> = (0..250).map(|n| format!("m{n}")).collect();
    assert_eq!(ask(&many.iter().map(String::as_str).collect::<Vec<_>>()).len(), 250);
    assert_eq!(server.seen().len(), 5);
}
