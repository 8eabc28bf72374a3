//! Exactly what is on the wire, and which messages share a request.
//!
//! Longer: `DEPESZA_TEST_REFERENCES=1000000 cargo test -p depesza-smsapi --release -- --ignored --nocapture references` gives so
//! many references twice, and says how many messages went in a second.

use crate::server::{Provider, Server, TOKEN};
use crate::{gateway, is_accepted, message, messages, now, options};
use depesza::gateway::Gateway;
use depesza::model::{Submission, SubmitResult};
use depesza_smsapi::{Options, SmsApi};

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn accepting() -> (Server, Provider) {
    let provider = Provider::default();
    let takes = provider.clone();
    (Server::start(move |seen| takes.handle(seen)), provider)
}

#[test]
fn a_message_as_a_form_in_utf_8() {
    let (server, provider) = accepting();
    let text =
        "Łucja, czekamy 20.11 | 12:30, ul. Żółta 5 + parking & 100% \"tak\"\nOdpisz TAK=1 ęóąśłżźćń 🦷";
    let results = gateway(&server).submit(&[message(1, text)]);
    let accepted = SubmitResult::Accepted {
        provider_ids: vec![format!("{:024x}", 1)],
        parts: Some(1),
        cost_milli: Some(165),
    };
    assert_eq!(results, [accepted]);

    let seen = server.seen().remove(0);
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/sms.do"));
    assert_eq!(seen.headers["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(seen.headers["content-type"], "application/x-www-form-urlencoded; charset=utf-8");
    assert!(seen.body.is_ascii() && !seen.body.contains(' '));
    let expires = (crate::NOW_MS / 1_000 + 6 * 3_600).to_string();
    let form = [
        pair("format", "json"),
        pair("encoding", "utf-8"),
        pair("details", "1"),
        pair("to", "48501000001"),
        pair("message", text),
        pair("expiration_date", &expires),
        pair("idx", "ref-00000001"),
        pair("check_idx", "1"),
        pair("time_restriction", "ignore"),
    ];
    assert_eq!(seen.form, form);
    assert_eq!(provider.taken()[0].message, text);
}

#[test]
fn options_become_parameters() {
    let (server, _) = accepting();
    let gateway = SmsApi::new(Options {
        sender: Some("Dentica".into()),
        test: true,
        normalize: true,
        max_parts: Some(4),
        notify_url: Some("https://clinic.example/dlr?key=s3cret&x=1".into()),
        extra: vec![("udh", "050003CC0201").into_pair(), ("flash", "1").into_pair()],
        ..options(&server)
    })
    .unwrap();
    assert!(!gateway.capabilities().reports);
    let other_sender = Submission { sender: Some("Doctor".into()), ..message(2, "b") };
    assert!(gateway.submit(&[message(1, "a"), other_sender]).iter().all(is_accepted));
    let mut seen = server.seen();
    seen.sort_by_key(|seen| seen.get("idx").unwrap().to_owned());
    assert_eq!((seen[0].get("from"), seen[1].get("from")), (Some("Dentica"), Some("Doctor")));
    for (name, value) in [
        ("test", "1"),
        ("normalize", "1"),
        ("max_parts", "4"),
        ("notify_url", "https://clinic.example/dlr?key=s3cret&x=1"),
        ("udh", "050003CC0201"),
        ("flash", "1"),
    ] {
        assert_eq!(seen[0].get(name), Some(value), "{name}");
    }
}

trait IntoPair {
    fn into_pair(self) -> (String, String);
}

impl IntoPair for (&str, &str) {
    fn into_pair(self) -> (String, String) {
        (self.0.to_owned(), self.1.to_owned())
    }
}

#[test]
fn numbers_with_and_without_a_plus() {
    let (server, provider) = accepting();
    let plain = Submission { to: "48501234567".into(), ..message(1, "a") };
    let abroad = Submission { to: "+4915112345678".into(), ..message(2, "b") };
    let none = Submission { to: "+48 501".into(), ..message(3, "c") };
    let results = gateway(&server).submit(&[plain, abroad, none]);
    assert!(is_accepted(&results[0]) && is_accepted(&results[1]));
    assert!(matches!(&results[2], SubmitResult::Rejected { code, .. } if code == "no number"));
    let mut numbers: Vec<_> = provider.taken().into_iter().map(|taken| taken.number).collect();
    numbers.sort();
    assert_eq!(numbers, ["48501234567", "4915112345678"]);
}

#[test]
fn one_text_to_many_is_one_request_and_answers_keep_their_order() {
    let (server, provider) = accepting();
    let mut batch = messages(7);
    for n in [0, 2, 3, 6] {
        batch[n].body = "Gabinet nieczynny w piątek".into();
    }
    batch[5].to = "+48501990000".into(); // refused
    batch[3].to = "+48501880000".into(); // refused, among three that are not
    let results = gateway(&server).submit(&batch);
    let taken = provider.taken();
    assert_eq!(taken.len(), 5);
    for (message, result) in batch.iter().zip(&results) {
        let ours = taken.iter().find(|taken| taken.idx == message.reference);
        match result {
            SubmitResult::Accepted { provider_ids, .. } => {
                let ours = ours.unwrap();
                assert_eq!(provider_ids, std::slice::from_ref(&ours.id));
                assert_eq!(format!("+{}", ours.number), message.to.reveal());
                assert_eq!(ours.message, message.body.reveal());
            }
            other => {
                assert!(ours.is_none() && message.to.reveal().ends_with("0000"));
                assert!(matches!(other, SubmitResult::Rejected { code, .. } if code == "13"));
            }
        }
    }
    let shared: Vec<_> = server.seen().into_iter().filter(|seen| seen.list("to", ',').len() > 1).collect();
    assert_eq!(shared.len(), 1);
    assert_eq!(shared[0].get("to"), Some("48501000001,48501000003,48501880000,48501000007"));
    assert_eq!(shared[0].get("idx"), Some("ref-00000001|ref-00000003|ref-00000004|ref-00000007"));
}

#[test]
fn what_differs_or_repeats_a_number_does_not_share() {
    let (server, provider) = accepting();
    let same = |n| message(n, "Ten sam tekst");
    let batch = [
        same(1),
        Submission { to: same(1).to, ..same(2) },
        Submission { sender: Some("Inny".into()), ..same(3) },
        Submission { not_after: now().plus_ms(3_600_000 * 9), ..same(4) },
        Submission { reference: "with|bar".into(), ..same(5) },
    ];
    let one_by_one = SmsApi::new(Options { connections: 1, ..options(&server) }).unwrap();
    let results = one_by_one.submit(&batch);
    assert!(results[..4].iter().all(is_accepted));
    assert_eq!(server.seen().len(), 5);
    assert_eq!(provider.taken().len(), 4);
    // the pretended SMSAPI counts two references where the bar is one's own: refused, not lost
    assert!(matches!(&results[4], SubmitResult::Rejected { code, .. } if code == "20"));

    let notified = Options { notify_url: Some("https://clinic.example/dlr".into()), ..options(&server) };
    let results = SmsApi::new(notified).unwrap().submit(&[same(11), same(12)]);
    assert!(results.iter().all(is_accepted));
    assert_eq!(server.seen().len(), 7);
}

#[test]
fn connections_are_kept() {
    let (server, provider) = accepting();
    let gateway = SmsApi::new(Options { connections: 1, ..options(&server) }).unwrap();
    for _ in 0..2 {
        assert!(gateway.submit(&messages(20)).iter().all(is_accepted));
    }
    assert_eq!(server.seen().len(), 40);
    assert!(server.seen().iter().all(|seen| seen.connection == 0));
    assert_eq!(provider.taken().len(), 20);

    let (server, _) = accepting();
    let gateway = SmsApi::new(Options { connections: 3, ..options(&server) }).unwrap();
    assert!(gateway.submit(&messages(30)).iter().all(is_accepted));
    assert!(server.seen().iter().all(|seen| seen.connection < 3));
}

#[test]
fn a_validity_is_kept_within_what_smsapi_allows() {
    let (server, _) = accepting();
    let gateway = gateway(&server);
    let cases = [
        (-5, 70), // long over: as short as can be
        (10, 70), // shorter than SMSAPI takes
        (70, 70),
        (12 * 60, 12 * 60),
        (72 * 60, 72 * 60 - 10), // longer than it takes
        (30 * 24 * 60, 72 * 60 - 10),
    ];
    for (n, (not_after_min, validity_min)) in (1..).zip(cases) {
        let one = Submission { not_after: now().plus_ms(not_after_min * 60_000), ..message(n, "x") };
        assert!(gateway.submit(&[one]).iter().all(is_accepted));
        let expires: i64 = server.seen().last().unwrap().get("expiration_date").unwrap().parse().unwrap();
        assert_eq!((expires - crate::NOW_MS / 1_000) / 60, validity_min, "{not_after_min} minutes");
    }
}

#[test]
fn a_reference_given_twice_goes_once() {
    let (server, provider) = accepting();
    let gateway = gateway(&server);
    let mut all = messages(300);
    for (n, one) in all.iter_mut().enumerate() {
        one.body = format!("Tekst {}", n % 7).as_str().into(); // shared requests too
    }
    for round in 0..2 {
        for batch in all.chunks(50) {
            for result in gateway.submit(batch) {
                let SubmitResult::Accepted { provider_ids, .. } = result else { panic!("{result:?}") };
                assert_eq!(provider_ids.len(), 1 - round);
            }
        }
    }
    // some of a batch were taken before
    let mut mixed: Vec<_> = all.iter().step_by(30).cloned().collect();
    mixed.extend((301..=305).map(|n| message(n, "Tekst 0")));
    assert!(gateway.submit(&mixed).iter().all(is_accepted));
    assert_eq!(provider.taken().len(), 305);
}

#[test]
#[ignore = "minutes with a million references: see the head of this file"]
fn references_by_the_million() {
    let count = std::env::var("DEPESZA_TEST_REFERENCES").map_or(20_000, |count| count.parse().unwrap());
    let provider = Provider::default();
    let takes = provider.clone();
    let server = Server::forgetful(move |seen| takes.handle(seen));
    let gateway = SmsApi::new(Options { batch: 100, connections: 8, ..options(&server) }).unwrap();
    for round in ["first", "again"] {
        let begun = std::time::Instant::now();
        for from in (0..count).step_by(100) {
            let batch: Vec<_> = (from..count.min(from + 100))
                // the pretended SMSAPI refuses numbers that end with four noughts
                .map(|n| Submission {
                    to: format!("+485{n:07}1").into(),
                    ..message(n, &format!("Wizyta nr {n}"))
                })
                .collect();
            assert!(gateway.submit(&batch).iter().all(is_accepted));
        }
        let rate = f64::from(count) / begun.elapsed().as_secs_f64();
        println!("{round}: {count} messages, {rate:.0} a second");
        assert_eq!(provider.taken().len(), count as usize);
    }
}
