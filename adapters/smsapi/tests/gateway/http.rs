//! What HTTP can do: framings, damaged answers, connections that the server closed meanwhile, a host's own runtime.

use crate::server::{Provider, Reply, Server};
use crate::{is_accepted, message, messages, options};
use depesza::gateway::Gateway;
use depesza::model::SubmitResult;
use depesza_smsapi::{Options, SmsApi};

const BODY: &str = r#"{"count":1,"list":[{"id":"77","idx":"ref-00000001"}]}"#;

/// The result of a message that is answered by these bytes, and the end of the connection.
fn answered(bytes: impl Into<Vec<u8>>) -> SubmitResult {
    let bytes = bytes.into();
    let server = Server::start(move |_| Reply::RawEnd(bytes.clone()));
    SmsApi::new(options(&server)).unwrap().submit(&[message(1, "Tekst")]).remove(0)
}

fn unknown(why: &str) -> SubmitResult {
    SubmitResult::Unknown { why: why.to_owned() }
}

#[test]
fn framings() {
    let length = BODY.len();
    for (name, answer) in [
        ("a length", format!("HTTP/1.1 200 OK\r\ncontent-LENGTH:  {length} \r\n\r\n{BODY}")),
        ("the end of the connection", format!("HTTP/1.1 200 OK\r\n\r\n{BODY}")),
        ("HTTP/1.0", format!("HTTP/1.0 200 OK\r\n\r\n{BODY}")),
        ("no reason", format!("HTTP/1.1 200\r\nContent-Length: {length}\r\n\r\n{BODY}")),
        (
            "one chunk",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:X}\r\n{BODY}\r\n0\r\n\r\n"),
        ),
        (
            "chunks with an extension and trailers",
            format!(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n4;a=b\r\n{}\r\n{:x}\r\n{}\r\n0\r\nA: b\r\nC: d\r\n\r\n",
                &BODY[..4],
                length - 4,
                &BODY[4..]
            ),
        ),
        (
            "100 and 103 before it",
            format!(
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
                 HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{BODY}"
            ),
        ),
    ] {
        assert!(is_accepted(&answered(answer)), "{name}");
    }
}

#[test]
fn broken_framings_are_unknown() {
    let length = BODY.len();
    for (name, answer, why) in [
        ("nothing", String::new(), "connection lost"),
        ("half a head", "HTTP/1.1 200 OK\r\nContent-".to_owned(), "connection lost"),
        ("a wrong length", format!("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{BODY}"), "malformed answer"),
        (
            "a length too long",
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", length + 1),
            "answer cut short",
        ),
        (
            "a length too short",
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{BODY}", length - 1),
            "answer not understood",
        ),
        (
            "a huge length",
            format!("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n{BODY}"),
            "answer cut short",
        ),
        (
            "a chunk cut short",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{BODY}"),
            "answer cut short",
        ),
        (
            "no last chunk",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{BODY}\r\n"),
            "answer cut short",
        ),
        (
            "no chunk",
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{BODY}"),
            "answer cut short",
        ),
        ("a head without end", format!("HTTP/1.1 200 OK\r\nA: {}", "x".repeat(600_000)), "malformed answer"),
        (
            "many lines",
            format!("HTTP/1.1 200 OK\r\n{}\r\n{BODY}", "A: b\r\n".repeat(200)),
            "malformed answer",
        ),
        ("an endless body", format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(2 << 20)), "answer cut short"),
    ] {
        assert_eq!(answered(answer), unknown(why), "{name}");
    }
    assert_eq!(answered(vec![0xff; 300]), unknown("malformed answer"));
}

#[test]
fn damaged_answers_never_break_it() {
    let whole = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{BODY}\r\n0\r\n\r\n",
        BODY.len()
    );
    // a generator of its own (xorshift), so that a run can be repeated
    let mut state: u64 = 0x2545_f491_4f6c_dd1d;
    let mut next = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut kinds = std::collections::BTreeSet::new();
    for _ in 0..400 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..=next(3) {
            let place = next(bytes.len());
            match next(3) {
                0 => bytes[place] = u8::try_from(next(256)).unwrap(),
                1 => bytes.truncate(place.max(1)),
                _ => {
                    bytes.remove(place);
                }
            }
        }
        let result = answered(bytes);
        kinds.insert(format!("{result:?}"));
    }
    // taken, cut short, malformed, not understood, lost, of another status …
    assert!(kinds.len() >= 5, "{kinds:?}");
}

#[test]
fn a_connection_that_the_server_closed_is_not_used() {
    let provider = Provider::default();
    let server = Server::start(move |seen| match provider.handle(seen) {
        // no word of closing in the answer
        Reply::Json(_, body) => {
            let body = body.to_string();
            Reply::RawEnd(
                format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes(),
            )
        }
        other => other,
    });
    let gateway = SmsApi::new(Options { connections: 1, ..options(&server) }).unwrap();
    for (n, one) in (1..).zip(messages(4)) {
        assert!(is_accepted(&gateway.submit(&[one])[0]), "message {n}");
        server.wait_closed(n);
    }
}

#[test]
fn a_connection_with_something_left_on_it_is_not_used() {
    let answer = |n: u32| {
        let body = format!(r#"{{"count":1,"list":[{{"id":"{n}","idx":"ref-{n:08}"}}]}}"#);
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    };
    // each answer is followed by one to a question that nobody asked
    let server = Server::start(move |seen| {
        let n: u32 = seen.get("idx").unwrap()[4..].parse().unwrap();
        Reply::Raw(format!("{}{}", answer(n), answer(n + 1)).into_bytes())
    });
    let gateway = SmsApi::new(Options { connections: 1, ..options(&server) }).unwrap();
    for result in gateway.submit(&messages(3)) {
        assert!(is_accepted(&result), "{result:?}");
    }
    let connections: Vec<u64> = server.seen().iter().map(|seen| seen.connection).collect();
    assert_eq!(connections, [0, 1, 2]);
}

#[test]
fn base_addresses() {
    let server = Server::start(|seen| {
        assert_eq!(seen.path, "/smsapi/v1/sms.do");
        Reply::RawEnd(format!("HTTP/1.1 200 OK\r\n\r\n{BODY}").into_bytes())
    });
    for base in ["smsapi/v1", "smsapi/v1/", "smsapi/v1//"] {
        let base_url = format!("{}{base}", server.url());
        let gateway = SmsApi::new(Options { base_url, ..options(&server) }).unwrap();
        assert!(is_accepted(&gateway.submit(&[message(1, "Tekst")])[0]), "{base}");
    }
    assert_eq!(server.seen()[0].headers["host"], server.address.to_string());
    for good in ["https://api2.smsapi.pl", "https://[2001:db8::1]:8443/", "http://[::1]:80/x"] {
        assert!(SmsApi::new(Options { base_url: good.into(), ..options(&server) }).is_ok(), "{good}");
    }
}

#[test]
fn a_kept_connection_that_ends_with_the_next_request_is_not_tried_again() {
    for end in [Reply::Close, Reply::Reset] {
        let provider = Provider::default();
        let server = Server::start(move |seen| {
            if seen.get("idx") == Some("ref-00000002") { end.clone() } else { provider.handle(seen) }
        });
        let gateway = SmsApi::new(Options { connections: 1, ..options(&server) }).unwrap();
        let results = gateway.submit(&messages(3));
        assert!(is_accepted(&results[0]) && is_accepted(&results[2]), "{results:?}");
        assert_eq!(results[1], unknown("connection lost"));
        let seen: Vec<(String, u64)> =
            server.seen().iter().map(|seen| (seen.get("idx").unwrap().to_owned(), seen.connection)).collect();
        let on = |n: u32, connection| (format!("ref-{n:08}"), connection);
        assert_eq!(seen, [on(1, 0), on(2, 0), on(3, 1)]);
    }
}

#[test]
fn a_host_calls_from_within_its_own_runtime() {
    let provider = Provider::default();
    let server = Server::start(move |seen| match seen.path.as_str() {
        "/ping" => Reply::Json(200, serde_json::json!({"authorized": true})),
        _ => provider.handle(seen),
    });
    let single = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let several = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    for (runtime, first) in [(single, 1), (several, 3)] {
        runtime.block_on(async {
            // made, used and dropped here; one request, then two side by side
            let gateway = SmsApi::new(options(&server)).unwrap();
            for batch in [&[message(first, "Tekst")][..], &messages(first + 1)[first as usize..]] {
                assert!(gateway.submit(batch).iter().all(is_accepted));
            }
            gateway.check().unwrap();
        });
    }
}
