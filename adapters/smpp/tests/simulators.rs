//! The gateway end to end at two SMSCs that were not written here.
// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod smsc;

use depesza::gateway::Gateway;
use depesza::model::{DeliveryReport, DeliveryState, InboundPart, RejectClass, SmsReceived, SubmitResult};
use depesza::text::segments;
use depesza_smpp::{Bind, Concatenation, Inbound, LinkState, Options, SmppGateway};
use serde_json::{Value, json};
use smsc::*;
use std::time::Duration;

const BOTH: [Kind; 2] = [Kind::Smpp34, Kind::Npm];

/// GSM-7 with characters of the extension table, over three parts.
fn long_gsm7() -> String {
    "Wizyta {jutro} [9:30] ~ 5 € @ ul. Dluga. ".repeat(9)
}

/// UCS-2 with characters outside of the basic plane, over five parts.
fn long_ucs2() -> String {
    "Zażółć gęślą jaźń 😀 w środę 🦷. ".repeat(10)
}

fn bound(kind: Kind, change: impl FnOnce(&mut Options)) -> (Smsc, SmppGateway, depesza_smpp::Events) {
    let smsc = Smsc::start(kind);
    let mut options = options(smsc.port);
    change(&mut options);
    let (gateway, events) = SmppGateway::start(options).unwrap();
    assert!(gateway.bound_within(LONG), "{:?}", gateway.state());
    assert_eq!(smsc.wait("bound")["system_id"], "clinic");
    (smsc, gateway, events)
}

fn ids(result: &SubmitResult) -> &[String] {
    match result {
        SubmitResult::Accepted { provider_ids, .. } => provider_ids,
        other => panic!("{other:?}"),
    }
}

fn report(inbound: Inbound) -> DeliveryReport {
    match inbound {
        Inbound::Report(report) => report,
        other => panic!("{other:?}"),
    }
}

fn message(inbound: Inbound) -> SmsReceived {
    match inbound {
        Inbound::Message(message) => message,
        other => panic!("{other:?}"),
    }
}

/// The code of a character of GSM 03.38 that is ASCII too, or one of the few others here.
fn gsm7_octets(text: &str) -> Vec<u8> {
    let code = |character: char| match character {
        '{' => vec![0x1B, 0x28],
        '}' => vec![0x1B, 0x29],
        '[' => vec![0x1B, 0x3C],
        ']' => vec![0x1B, 0x3E],
        '~' => vec![0x1B, 0x3D],
        '€' => vec![0x1B, 0x65],
        '@' => vec![0x00],
        other => vec![u8::try_from(other).unwrap()],
    };
    text.chars().flat_map(code).collect()
}

#[test]
fn long_texts_arrive_octet_by_octet() {
    let (smsc, gateway, _events) = bound(Kind::Smpp34, |options| options.registered_delivery = 0);
    for (text, coding, whole) in [
        (long_gsm7(), 0, gsm7_octets(&long_gsm7())),
        (long_ucs2(), 8, long_ucs2().encode_utf16().flat_map(u16::to_be_bytes).collect()),
    ] {
        let results = gateway.submit(&[submission("+48501234567", &text)]);
        let count = segments(&text).count as usize;
        let parts = smsc.parts(count);
        let told: Vec<&str> = parts.iter().map(|part| part["id"].as_str().unwrap()).collect();
        assert_eq!(ids(&results[0]), told);
        let mut octets: Vec<u8> = Vec::new();
        let mut references = Vec::new();
        for (part, number) in parts.iter().zip(1_u8..) {
            assert_eq!(part["esm_class"], 0x40);
            assert_eq!(part["data_coding"], coding);
            assert_eq!(part["source"], json!([5, 0, "KLINIKA"]));
            assert_eq!(part["destination"], json!([1, 1, "48501234567"]));
            let found = from_hex(part["octets"].as_str().unwrap());
            assert!(found.len() <= 160);
            assert_eq!(
                (&found[..3], &found[4..6]),
                (&[5, 0, 3][..], &[u8::try_from(count).unwrap(), number][..])
            );
            references.push(found[3]);
            octets.extend(&found[6..]);
        }
        references.dedup();
        assert_eq!(references.len(), 1, "one reference for one message");
        assert_eq!(octets, whole);
    }
}

#[test]
fn long_texts_are_read_by_the_other_side_whatever_ties_their_parts_together() {
    use Concatenation::{Payload, Sar, Udh, Udh16};
    for way in [Udh, Udh16, Sar, Payload] {
        let (smsc, gateway, _events) = bound(Kind::Npm, |options| {
            options.concatenation = way;
            options.registered_delivery = 0;
        });
        for text in ["Tak @ {€}".to_owned(), long_gsm7(), long_ucs2()] {
            let results = gateway.submit(&[submission("+48501234567", &text)]);
            let parts = smsc.parts(ids(&results[0]).len());
            let joined: String = parts
                .iter()
                .map(|part| part["payload"].as_str().or_else(|| part["text"].as_str()).unwrap())
                .collect();
            assert_eq!(joined, text, "{way:?}");
            let last = parts.last().unwrap();
            let long = segments(&text).count > 1;
            let count = parts.len();
            match way {
                Udh | Udh16 => assert_eq!(last["header"].as_str().unwrap().is_empty(), !long),
                Sar if long => assert_eq!((&last["sar"][1], &last["sar"][2]), (&json!(count), &json!(count))),
                Sar => assert_eq!(last["sar"], json!([null, null, null])),
                Payload => assert_eq!(count, 1),
            }
        }
    }
}

#[test]
fn receipts_become_reports_that_name_their_part() {
    for kind in BOTH {
        let (smsc, gateway, events) = bound(kind, |_| ());
        let results = gateway
            .submit(&[submission("+48501234567", &long_gsm7()), submission("+48501234505", "Nie dojdzie")]);
        let mut expected: Vec<(String, DeliveryState)> =
            ids(&results[0]).iter().map(|id| (id.clone(), DeliveryState::Delivered)).collect();
        expected.push((ids(&results[1])[0].clone(), DeliveryState::Undelivered));
        let mut told: Vec<(String, DeliveryState)> = (0..expected.len())
            .map(|_| report(take(&events)))
            .map(|report| (report.provider_id.unwrap(), report.state))
            .collect();
        for _ in 0..told.len() {
            assert_eq!(smsc.wait("delivered")["status"], 0);
        }
        told.sort();
        expected.sort();
        assert_eq!(told, expected, "{kind:?}");
    }
}

#[test]
fn incoming_messages_come_with_their_parts_and_are_answered_when_the_host_has_them() {
    for kind in BOTH {
        let (mut smsc, gateway, events) = bound(kind, |_| ());
        smsc.message("48501234567", 0, &[], b"TAK \x1B\x65");
        let event = next(&events);
        let Inbound::Message(tak) = event.inbound() else { panic!("{kind:?}") };
        assert_eq!((tak.from.reveal(), tak.to.as_deref()), ("+48501234567", Some(OWN_NUMBER)));
        assert_eq!((tak.body.reveal(), tak.part), ("TAK €", None));
        // nothing is answered yet: the SMSC is told first what came after it
        smsc.message("48501234567", 8, &[5, 0, 3, 200, 2, 2], &[0x01, 0x7C]);
        let second = message(take(&events));
        assert_eq!(
            (second.body.reveal(), second.part),
            ("ż", Some(InboundPart { reference: 200, part: 2, parts: 2 }))
        );
        assert_eq!(smsc.wait("delivered")["status"], 0);
        event.done();
        assert_eq!(smsc.wait("delivered")["status"], 0);
        // the host could not take it: the SMSC keeps it
        smsc.message("48501234567", 3, &[], b"NIE\xF3");
        drop(next(&events));
        assert_eq!(smsc.wait("delivered")["status"], 0x64);
        drop(gateway);
        assert!(events.try_next().is_none());
    }
}

#[test]
fn refusals_and_throttling() {
    for kind in BOTH {
        let (_smsc, gateway, _events) = bound(kind, |_| ());
        let batch = ["+48501234511", "+48501234558", "+48501234567"].map(|to| submission(to, "Dzien dobry"));
        let results = gateway.submit(&batch);
        let refused =
            SubmitResult::Rejected { class: RejectClass::RecipientInvalid, code: "0x0000000B".into() };
        assert_eq!(results[0], refused, "{kind:?}");
        assert_eq!(results[1], SubmitResult::TryLater { after_ms: 1_000 });
        assert_eq!(ids(&results[2]).len(), 1);
        assert_eq!(gateway.state().slowed, 1);
        // after its time it goes, and so do parts that are throttled behind a first one
        let again = gateway.submit(&[batch[1].clone(), submission("+48501234558", &long_gsm7())]);
        assert_eq!(ids(&again[0]).len(), 1);
        assert_eq!(again[1], SubmitResult::TryLater { after_ms: 1_000 }, "its first part is new to the SMSC");
    }
}

#[test]
fn a_part_that_was_never_answered_leaves_the_outcome_unknown() {
    for kind in BOTH {
        let (_smsc, gateway, _events) = bound(kind, |options| {
            options.response_timeout = Duration::from_secs(1);
            options.submit_timeout = Duration::from_secs(10);
        });
        let results = gateway
            .submit(&[submission("+48501234599", "Bez odpowiedzi"), submission("+48501234567", "Tak")]);
        assert_eq!(results[0], SubmitResult::Unknown { why: "no answer in time".into() }, "{kind:?}");
        assert_eq!(ids(&results[1]).len(), 1);
        assert_eq!(gateway.state().unanswered, 1);
    }
}

#[test]
fn an_smsc_that_dies_leaves_its_window_unknown_and_the_rest_unsent_and_is_found_again() {
    for kind in BOTH {
        let (smsc, gateway, _events) = bound(kind, |options| {
            options.window = 4;
            options.connect_wait = Duration::from_millis(300);
        });
        let batch = vec![submission("+48501234599", "Bez odpowiedzi"); 10];
        let (results, port) = std::thread::scope(|scope| {
            let waiting = scope.spawn(|| gateway.submit(&batch));
            until("the window is full", || gateway.state().in_flight == 4);
            let port = smsc.kill();
            (waiting.join().unwrap(), port)
        });
        let unknown = results.iter().filter(|result| matches!(result, SubmitResult::Unknown { .. })).count();
        let later = results.iter().filter(|result| matches!(result, SubmitResult::TryLater { .. })).count();
        assert_eq!((unknown, later), (4, 6), "{kind:?}: {results:?}");
        assert!(matches!(gateway.state().link, LinkState::Connecting { why: Some(_) }));
        let down = gateway.submit(&batch[..1]);
        assert!(matches!(down[..], [SubmitResult::TryLater { .. }]), "nobody is there: certainly not sent");

        let smsc = Smsc::start_on(kind, port);
        smsc.wait("bound");
        assert!(gateway.bound_within(LONG));
        assert_eq!(ids(&gateway.submit(&[submission("+48501234567", "Znowu")])[0]).len(), 1);
        assert_eq!(gateway.state().binds, 2);
    }
}

#[test]
fn a_wrong_password_is_the_accounts_fault_and_is_told_at_once() {
    let smsc = Smsc::start(Kind::Npm);
    let mut options = options(smsc.port);
    options.password = "wrong".into();
    let (gateway, _events) = SmppGateway::start(options).unwrap();
    let refused = SubmitResult::Rejected { class: RejectClass::AccountAuth, code: "0x0000000E".into() };
    for _ in 0..2 {
        let results = gateway.submit(&[submission("+48501234567", "Tak")]);
        assert_eq!(results, std::slice::from_ref(&refused));
        let link = LinkState::Refused { class: RejectClass::AccountAuth, code: "0x0000000E".into() };
        assert_eq!(gateway.state().link, link);
    }
    assert!(!format!("{gateway:?}").contains("wrong"));
}

#[test]
fn the_link_is_kept_alive_from_both_sides_and_unbound_by_both() {
    let (mut smsc, gateway, _events) =
        bound(Kind::Npm, |options| options.enquire_link = Duration::from_secs(1));
    smsc.wait("enquired");
    smsc.deliver(&json!({"enquire": true}));
    smsc.wait("alive");
    smsc.deliver(&json!({"unbind": true}));
    smsc.wait("bound");
    assert!(gateway.bound_within(LONG));
    gateway.close();
    smsc.wait("unbound");
    assert_eq!(gateway.state().link, LinkState::Closed);
    assert_eq!(
        gateway.submit(&[submission("+48501234567", "Tak")]),
        [SubmitResult::TryLater { after_ms: 60_000 }]
    );
    gateway.close();
}

#[test]
fn closing_waits_for_answers_but_not_for_ever() {
    let (smsc, gateway, _events) = bound(Kind::Smpp34, |options| {
        options.close_timeout = Duration::from_millis(500);
    });
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| gateway.submit(&[submission("+48501234599", "Bez odpowiedzi")]));
        until("the message is sent", || gateway.state().in_flight == 1);
        gateway.close();
        let results = waiting.join().unwrap();
        assert_eq!(results, [SubmitResult::Unknown { why: "the gateway was closed".into() }]);
    });
    smsc.wait("unbound");
}

#[test]
fn a_transmitter_sends_and_promises_no_reports() {
    let (smsc, gateway, _events) = bound(Kind::Npm, |options| options.bind = Bind::Transmitter);
    assert!(!gateway.capabilities().reports);
    assert_eq!(ids(&gateway.submit(&[submission("+48501234567", "Tak")])[0]).len(), 1);
    let part: Value = smsc.wait("submit");
    assert_eq!(part["text"], "Tak");
}

#[test]
fn ten_thousand_messages_go_through_the_window_each_once() {
    let (smsc, gateway, events) = bound(Kind::Smpp34, |options| options.window = 100);
    const MESSAGES: usize = 10_000;
    let (told, seen) = std::thread::scope(|scope| {
        let reports = scope.spawn(move || {
            let mut seen = Vec::with_capacity(MESSAGES);
            while seen.len() < MESSAGES {
                seen.push(report(take(&events)).provider_id.unwrap());
            }
            seen
        });
        let senders: Vec<_> = (0..4)
            .map(|sender| {
                let gateway = &gateway;
                scope.spawn(move || {
                    let mut told = Vec::new();
                    for batch in 0..MESSAGES / 400 {
                        let texts = (0..100).map(|number| format!("{sender}/{batch}/{number}"));
                        let batch: Vec<_> = texts.map(|text| submission("+48501234567", &text)).collect();
                        let results = gateway.submit(&batch);
                        let ids = results.iter().map(|result| ids(result)[0].clone());
                        told.extend(batch.iter().map(|one| one.body.reveal().to_owned()).zip(ids));
                    }
                    told
                })
            })
            .collect();
        let told: Vec<_> = senders.into_iter().flat_map(|sender| sender.join().unwrap()).collect();
        (told, reports.join().unwrap())
    });
    // what the SMSC has, by its own account: each text once, under the identifier that its sender was told
    let mut there: Vec<(String, String)> = smsc
        .parts(MESSAGES)
        .iter()
        .map(|part| {
            let text = String::from_utf8(from_hex(part["octets"].as_str().unwrap())).unwrap();
            (text, part["id"].as_str().unwrap().to_owned())
        })
        .collect();
    let mut told = told;
    there.sort();
    told.sort();
    assert_eq!(there, told);
    let mut reported = seen;
    let mut submitted: Vec<String> = told.into_iter().map(|(_, id)| id).collect();
    reported.sort();
    submitted.sort();
    assert_eq!(reported, submitted, "a report for each");
}
