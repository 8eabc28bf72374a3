//! Slow, broken and hostile answers: an answer says only what is certain.

use crate::server::{Provider, Reply, Server, error};
use crate::{gateway, is_accepted, message, messages, options};
use depesza::gateway::Gateway;
use depesza::model::{RejectClass, SubmitResult};
use depesza_smsapi::{Options, SmsApi};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

fn taken() -> Value {
    json!({"count": 1, "list": [{"id": "77", "points": 0.2, "number": "48501000001", "idx": "ref-00000001",
        "date_sent": 1, "submitted_number": "48501000001", "status": "QUEUE", "error": null, "parts": 1}]})
}

/// The result of one message with this reply to every request, and how many requests there were.
fn with(reply: Reply, answer_ms: u64) -> (SubmitResult, usize) {
    let server = Server::start(move |_| reply.clone());
    let gateway = SmsApi::new(Options { answer_ms, ..options(&server) }).unwrap();
    let result = gateway.submit(&[message(1, "Tekst")]).remove(0);
    (result, server.seen().len())
}

fn unknown(reply: Reply, why: &str) {
    let (result, requests) = with(reply.clone(), 20_000);
    assert_eq!(result, SubmitResult::Unknown { why: why.to_owned() }, "{reply:?}");
    assert_eq!(requests, 1, "what may have been taken is not sent again by the adapter: {reply:?}");
}

#[test]
fn what_was_written_and_not_answered_is_unknown() {
    unknown(Reply::Close, "connection lost");
    unknown(Reply::Reset, "connection lost");
    unknown(Reply::Truncated(taken()), "answer cut short");
    unknown(Reply::Garbage, "malformed answer");
    unknown(Reply::Text(200, "", String::new()), "answer not understood");
    unknown(Reply::Text(200, "", "<html>przerwa techniczna</html>".into()), "answer not understood");
    unknown(Reply::Text(200, "", "{\"count\":1,\"list\":[{\"id\":".into()), "answer not understood");
    unknown(Reply::Text(500, "", String::new()), "http 500");
    unknown(Reply::Text(502, "", "<html>bad gateway</html>".into()), "http 502");
    unknown(Reply::Text(503, "Retry-After: 5\r\n", String::new()), "http 503");
    unknown(Reply::Text(504, "", String::new()), "http 504");
    unknown(Reply::Text(302, "Location: http://127.0.0.1:9/\r\n", String::new()), "http 302");
    unknown(Reply::Json(200, json!({"count": 0, "list": []})), "not in the answer");
}

#[test]
fn silence_ends_with_the_time_out() {
    let (result, requests) = with(Reply::Silence, 300);
    assert_eq!(result, SubmitResult::Unknown { why: "no answer in time".into() });
    assert_eq!(requests, 1);
}

#[test]
fn an_answer_that_takes_longer_than_allowed_is_unknown() {
    // half a second a byte: the head alone would take a minute
    let (result, _) = with(Reply::Drip(taken(), Duration::from_millis(500)), 600);
    assert!(matches!(result, SubmitResult::Unknown { .. }), "{result:?}");
}

#[test]
fn slow_and_chunked_answers_are_answers() {
    for reply in
        [Reply::Drip(taken(), Duration::from_millis(1)), Reply::Chunked(taken()), Reply::Json(201, taken())]
    {
        assert!(is_accepted(&with(reply.clone(), 20_000).0), "{reply:?}");
    }
}

#[test]
fn without_a_connection_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = free.local_addr().unwrap();
    drop(free);
    let server = Server::start(|_| Reply::Silence);
    for base_url in [
        format!("http://{closed}/"),
        "https://name-that-is-not-there.invalid/".to_owned(),
        // no TLS there: the handshake fails before anything of the message is written
        format!("https://{}/", server.address),
    ] {
        let gateway = SmsApi::new(Options { base_url: base_url.clone(), ..options(&server) }).unwrap();
        let result = gateway.submit(&[message(1, "Tekst")]).remove(0);
        assert_eq!(result, SubmitResult::TryLater { after_ms: 60_000 }, "{base_url}");
    }
    assert!(server.seen().is_empty());
}

#[test]
fn a_handshake_without_answer_ends_in_time_and_nothing_was_sent() {
    // connections wait to be accepted for ever
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = Server::start(|_| Reply::Silence);
    let base_url = format!("https://{}/", silent.local_addr().unwrap());
    // the time for a connection ends first, then the time for the request
    for (connect_ms, answer_ms) in [(200, 20_000), (20_000, 200)] {
        let gateway =
            SmsApi::new(Options { base_url: base_url.clone(), connect_ms, answer_ms, ..options(&server) });
        let result = gateway.unwrap().submit(&[message(1, "Tekst")]).remove(0);
        assert_eq!(result, SubmitResult::TryLater { after_ms: 60_000 });
    }
}

#[test]
fn a_limit_says_when() {
    let busy = |lines| with(Reply::Text(429, lines, String::new()), 20_000).0;
    assert_eq!(busy("Retry-After: 7\r\n"), SubmitResult::TryLater { after_ms: 7_000 });
    assert_eq!(busy("Retry-After: 0\r\n"), SubmitResult::TryLater { after_ms: 1_000 });
    assert_eq!(busy("Retry-After: 99999999999\r\n"), SubmitResult::TryLater { after_ms: 3_600_000 });
    assert_eq!(
        busy("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n"),
        SubmitResult::TryLater { after_ms: 60_000 }
    );
    assert_eq!(busy(""), SubmitResult::TryLater { after_ms: 60_000 });
}

#[test]
fn statuses_without_an_error_of_smsapi() {
    use RejectClass::{AccountAuth, AccountBlocked, AccountNoCredit, Transient};
    for (status, class) in [
        (301, AccountBlocked),
        (307, AccountBlocked),
        (308, AccountBlocked),
        (400, Transient),
        (401, AccountAuth),
        (402, AccountNoCredit),
        (403, AccountBlocked),
        (404, AccountBlocked),
        (418, Transient),
    ] {
        let (result, _) = with(Reply::Text(status, "", String::new()), 20_000);
        assert_eq!(result, SubmitResult::Rejected { class, code: format!("http {status}") });
    }
    // the newer interfaces of SMSAPI name errors by words
    let word = json!({"message": "Authorization failed", "error": "authorization_failed", "code": 401});
    let (result, _) = with(Reply::Json(401, word), 20_000);
    assert_eq!(result, SubmitResult::Rejected { class: AccountAuth, code: "http 401".into() });
}

/// What an account may not send to abroad says nothing of the number, and holds up nobody else.
#[test]
fn a_number_that_the_account_may_not_send_to_is_not_marked() {
    for code in [32, 33, 112] {
        let (result, _) = with(error(code), 20_000);
        assert_eq!(result, SubmitResult::Rejected { class: RejectClass::Transient, code: code.to_string() });
    }
}

#[test]
fn every_code_in_the_table_is_of_its_class() {
    use depesza_smsapi::codes::{CODES, Meaning};
    for row in CODES {
        let (result, requests) = with(error(row.code), 20_000);
        let code = row.code.to_string();
        let expected = match row.meaning {
            Meaning::Duplicate => {
                SubmitResult::Accepted { provider_ids: vec![], parts: None, cost_milli: None }
            }
            Meaning::Rejected(class) => SubmitResult::Rejected { class, code },
            Meaning::Later(after_ms) | Meaning::NumberLater(after_ms) => SubmitResult::TryLater { after_ms },
            Meaning::Unclear => SubmitResult::Unknown { why: "internal error of smsapi".into() },
            Meaning::Alone | Meaning::ShorterValidity => {
                SubmitResult::Rejected { class: RejectClass::Transient, code }
            }
        };
        assert_eq!(result, expected, "{row:?}");
        assert_eq!(requests, if row.meaning == Meaning::ShorterValidity { 2 } else { 1 });
    }
}

#[test]
fn unknown_codes_are_neither_lost_nor_tried_for_ever() {
    for body in [
        json!({"error": 4_711, "message": "nobody knows"}),
        json!({"error": "4711", "message": "nobody knows"}),
        json!({"error": -1}),
    ] {
        let (result, _) = with(Reply::Json(200, body), 20_000);
        let SubmitResult::Rejected { class, .. } = result else { panic!("{result:?}") };
        assert_eq!(class, RejectClass::Transient); // uses an attempt: ends after a few
    }
    let (result, _) = with(Reply::Text(200, "", "ERROR:105".into()), 20_000);
    assert_eq!(result, SubmitResult::Rejected { class: RejectClass::AccountBlocked, code: "105".into() });
}

#[test]
fn one_that_gets_no_answer_does_not_hold_up_the_others() {
    let provider = Provider::default();
    let server = Server::start(move |seen| {
        if seen.get("idx") == Some("ref-00000003") { Reply::Silence } else { provider.handle(seen) }
    });
    let gateway = SmsApi::new(Options { answer_ms: 1_500, ..options(&server) }).unwrap();
    let results = gateway.submit(&messages(10));
    for (n, result) in (1..).zip(&results) {
        assert_eq!(is_accepted(result), n != 3, "{n}: {result:?}");
    }
    assert_eq!(results[2], SubmitResult::Unknown { why: "no answer in time".into() });
}

#[test]
fn an_account_that_is_refused_is_not_asked_fifty_times() {
    for (code, class) in [(101, RejectClass::AccountAuth), (103, RejectClass::AccountNoCredit)] {
        let server = Server::start(move |_| error(code));
        let gateway = SmsApi::new(Options { connections: 2, ..options(&server) }).unwrap();
        let results = gateway.submit(&messages(50));
        assert!(server.seen().len() <= 2, "{} requests", server.seen().len());
        let refused = SubmitResult::Rejected { class, code: code.to_string() };
        assert!(results.contains(&refused));
        let waits = SubmitResult::TryLater { after_ms: 60_000 };
        assert!(results.iter().all(|result| *result == refused || *result == waits), "{results:?}");
    }
}

#[test]
fn a_limit_of_one_number_does_not_stop_the_others() {
    let provider = Provider::default();
    let server =
        Server::start(
            move |seen| {
                if seen.get("to") == Some("48501000001") { error(52) } else { provider.handle(seen) }
            },
        );
    let results = gateway(&server).submit(&messages(5));
    assert_eq!(results[0], SubmitResult::TryLater { after_ms: 60_000 });
    assert!(results[1..].iter().all(is_accepted));
}

#[test]
fn a_request_of_several_that_is_refused_for_some_is_asked_one_by_one() {
    for code in [13, 19, 20, 52, 53, 57, 59, 72] {
        let provider = Provider::default();
        let server =
            Server::start(
                move |seen| {
                    if seen.list("to", ',').len() > 1 { error(code) } else { provider.handle(seen) }
                },
            );
        let batch: Vec<_> = (1..=4).map(|n| message(n, "Ten sam tekst")).collect();
        let results = gateway(&server).submit(&batch);
        assert!(results.iter().all(is_accepted), "{code}: {results:?}");
        assert_eq!(server.seen().len(), 5);
    }
}

#[test]
fn a_shorter_validity_is_learned() {
    let provider = Provider::default();
    let server = Server::start(move |seen| {
        let expires: i64 = seen.get("expiration_date").unwrap().parse().unwrap();
        if expires - crate::NOW_MS / 1_000 > 12 * 3_600 { error(56) } else { provider.handle(seen) }
    });
    let gateway = SmsApi::new(Options { connections: 1, ..options(&server) }).unwrap();
    let mut batch = messages(3);
    for one in &mut batch {
        one.not_after = one.at.plus_ms(40 * 3_600_000);
    }
    assert!(gateway.submit(&batch).iter().all(is_accepted));
    assert_eq!(server.seen().len(), 4); // the first was asked twice
}

#[test]
fn numbers_are_refused_one_by_one_and_marked_only_when_they_are_bad() {
    let refusal = |words: &str, code: Option<u16>| {
        let mut entry =
            json!({"number": "48501000001", "submitted_number": "+48 501 000 001", "message": words});
        if let Some(code) = code {
            entry["error_code"] = code.into();
        }
        let all = json!({"error": 13, "message": "No correct phone numbers", "invalid_numbers": [entry]});
        match with(Reply::Json(200, all), 20_000).0 {
            SubmitResult::Rejected { class, code } => (class, code),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refusal("Invalid phone number", None), (RejectClass::RecipientInvalid, "13".into()));
    assert_eq!(refusal("Number is on the blacklist", None), (RejectClass::RecipientOptedOut, "13".into()));
    assert_eq!(refusal("anything", Some(59)), (RejectClass::RecipientOptedOut, "59".into()));
    assert_eq!(refusal("You have reached the monthly limit.", Some(96)).0, RejectClass::AccountNoCredit);
    assert_eq!(refusal("You have reached the monthly limit.", None), (RejectClass::Transient, "13".into()));
}

#[test]
fn an_answer_for_another_message_is_no_answer() {
    let other = json!({"count": 1, "list": [{"id": "77", "idx": "ref-of-another", "number": "48501000001"}]});
    assert_eq!(
        with(Reply::Json(200, other), 20_000).0,
        SubmitResult::Unknown { why: "not in the answer".into() }
    );
    let both = json!({"count": 1, "list": [{"id": "77", "idx": null, "error": 13}]});
    assert_eq!(
        with(Reply::Json(200, both), 20_000).0,
        SubmitResult::Unknown { why: "an entry with id and error".into() }
    );
    let old = json!({"count": 1, "list": [{"id": "", "idx": null, "error": "13"}]});
    assert!(matches!(
        with(Reply::Json(200, old), 20_000).0,
        SubmitResult::Rejected { class: RejectClass::RecipientInvalid, .. }
    ));
}

#[test]
fn an_error_beside_messages_is_not_the_word_on_all_of_them() {
    let server = Server::start(|_| {
        let one = json!({"id": "77", "idx": "ref-00000001", "number": "48501000001"});
        Reply::Json(200, json!({"error": 103, "message": "x", "count": 1, "list": [one]}))
    });
    let batch: Vec<_> = (1..=2).map(|n| message(n, "Ten sam tekst")).collect();
    let results = gateway(&server).submit(&batch);
    assert!(is_accepted(&results[0]));
    assert_eq!(results[1], SubmitResult::Unknown { why: "not in the answer".into() });
}

#[test]
fn answers_without_references_are_told_apart_by_number() {
    let server = Server::start(|seen| {
        let list: Vec<Value> = seen.list("to", ',').iter().rev()
            .map(|number| json!({"id": format!("id-{number}"), "number": number, "idx": null, "points": "0.07"}))
            .collect();
        Reply::Json(200, json!({"count": list.len(), "list": list, "parts": "2"}))
    });
    let batch: Vec<_> = (1..=3).map(|n| message(n, "Ten sam tekst")).collect();
    for (n, result) in (1..).zip(gateway(&server).submit(&batch)) {
        let expected = SubmitResult::Accepted {
            provider_ids: vec![format!("id-4850100000{n}")],
            parts: Some(2),
            cost_milli: Some(70),
        };
        assert_eq!(result, expected);
    }
}

#[test]
fn a_call_ends_in_its_time_and_says_what_was_not_begun() {
    let server = Server::start(|_| Reply::Silence);
    let slow = Options { answer_ms: 500, call_ms: 2_500, connections: 2, ..options(&server) };
    let gateway = SmsApi::new(slow).unwrap();
    let (done, finished) = mpsc::channel();
    std::thread::spawn(move || done.send(gateway.submit(&messages(50))));
    // fifty answers of half a second, two at a time, would take 12.5 s; the bound is far off, for a machine under load
    let results = finished.recv_timeout(Duration::from_secs(60)).expect("the call ends");
    let is_unknown = |result: &SubmitResult| matches!(result, SubmitResult::Unknown { .. });
    let begun = results.iter().filter(|result| is_unknown(result)).count();
    assert!((1..=10).contains(&begun), "{begun} requests");
    assert!(server.seen().len() <= begun);
    let later = SubmitResult::TryLater { after_ms: 60_000 };
    assert!(results.iter().all(|result| is_unknown(result) || *result == later));
}
