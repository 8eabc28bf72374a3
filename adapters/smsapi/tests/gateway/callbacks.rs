//! What SMSAPI tells the host.

use crate::now;
use depesza::model::{DeliveryState, Timestamp};
use depesza_smsapi::callback::{CallbackFault, Callbacks, FORM_MAX, REPORTS_MAX};
use depesza_smsapi::status::STATES;

fn callbacks() -> Callbacks {
    Callbacks { point_milli: 1_000, ..Callbacks::new("smsapi".into()) }
}

#[test]
fn a_report() {
    let query = "MsgId=613F1B14346335B944450980&status=404&status_name=DELIVERED&donedate=1631525653&idx=ref-1\
        &username=gabinet%40example.pl&to=48501234567&from=Dentica&points=0.16&mcc=260&mnc=1&sent_at=1631525640";
    let reports = callbacks().delivery_reports(query, now()).unwrap();
    assert_eq!(reports.len(), 1);
    let report = &reports[0];
    assert_eq!(report.provider_id.as_deref(), Some("613F1B14346335B944450980"));
    assert_eq!(report.reference.as_deref(), Some("ref-1"));
    assert_eq!((report.state, report.at), (DeliveryState::Delivered, Timestamp::from_ms(1_631_525_653_000)));
    assert_eq!((report.cost_milli, report.part), (Some(160), None));
    assert_eq!(report.raw.reveal(), "404 DELIVERED");
    assert_eq!(callbacks().delivery_reports(&format!("?{query}"), now()).unwrap(), reports);
}

#[test]
fn several_reports_in_one_call() {
    let form = "MsgId=a,b,c&status=404,405,403&donedate=1631525653,1631525676,1631525677&idx=r-1,,r-3&points=0.1,0.2,0.3";
    let reports = callbacks().delivery_reports(form, now()).unwrap();
    let all: Vec<_> = reports
        .iter()
        .map(|one| (one.provider_id.as_deref().unwrap(), one.reference.as_deref(), one.state, one.cost_milli))
        .collect();
    use DeliveryState::*;
    let expected = [
        ("a", Some("r-1"), Delivered, Some(100)),
        ("b", None, Undelivered, Some(200)),
        ("c", Some("r-3"), Sent, Some(300)),
    ];
    assert_eq!(all, expected);
    assert_eq!(reports[1].at, Timestamp::from_ms(1_631_525_676_000));

    // values that cannot be assigned are left out; one date counts for all
    let form = "MsgId=a%2Cb&status=404%2C404&donedate=1631525653&idx=r-1&points=0.1";
    for report in callbacks().delivery_reports(form, now()).unwrap() {
        assert_eq!((report.reference, report.cost_milli), (None, None));
        assert_eq!(report.at, Timestamp::from_ms(1_631_525_653_000));
    }
}

#[test]
fn every_state_by_number_and_word() {
    for (code, word, state) in STATES {
        for form in [
            format!("MsgId=a&status={code}"),
            format!("MsgId=a&status={word}"),
            format!("MsgId=a&status_name={}", word.to_lowercase()),
            format!("MsgId=a&status=999&status_name={word}"),
        ] {
            let reports = callbacks().delivery_reports(&form, now()).unwrap();
            assert_eq!((reports[0].state, reports[0].at), (*state, now()), "{form}");
        }
    }
    let newer = callbacks().delivery_reports("MsgId=a&status=499&status_name=READ", now()).unwrap();
    assert_eq!(newer[0].state, DeliveryState::Accepted);
}

#[test]
fn a_report_that_cannot_be_read_is_refused_whole() {
    use CallbackFault::*;
    for (form, fault) in [
        (String::new(), Missing("MsgId")),
        ("status=404".into(), Missing("MsgId")),
        ("MsgId=&status=404".into(), Missing("MsgId")),
        ("MsgId=a,&status=404,404".into(), Missing("MsgId")),
        ("MsgId=a".into(), Missing("status")),
        ("MsgId=a&status=".into(), Missing("status")),
        ("MsgId=a,b&status=404".into(), Count("status")),
        ("MsgId=a&status=404,405".into(), Count("status")),
        ("MsgId=a,b&status=404,404&status_name=DELIVERED".into(), Count("status_name")),
        ("x".repeat(FORM_MAX + 1), TooLong),
        (format!("MsgId=a{}&status=404", ",a".repeat(REPORTS_MAX)), TooLong),
    ] {
        assert_eq!(callbacks().delivery_reports(&form, now()), Err(fault));
    }
    for odd in [
        "MsgId=a&status=404&donedate=yesterday",
        "MsgId=a&status=404&donedate=-5",
        "MsgId=a&status=404&points=x",
    ] {
        let reports = callbacks().delivery_reports(odd, now()).unwrap();
        assert_eq!((reports[0].at, reports[0].cost_milli), (now(), None));
    }
}

#[test]
fn an_incoming_message() {
    let form = "sms_to=48500100200&sms_from=48501234567&sms_text=Tak%2C+b%C4%99d%C4%99+%2B+m%C4%85%C5%BC+%26+dzieci%21%0Aok\
        &sms_date=1631525653&username=gabinet&MsgId=613F1B14346335B944450980";
    let sms = callbacks().sms_received(form, now()).unwrap();
    assert_eq!(sms.from.reveal(), "+48501234567");
    assert_eq!(sms.to.as_deref(), Some("48500100200"));
    assert_eq!(sms.body.reveal(), "Tak, będę + mąż & dzieci!\nok");
    assert_eq!(sms.received_at, Timestamp::from_ms(1_631_525_653_000));
    assert_eq!(sms.in_reply_to.as_deref(), Some("613F1B14346335B944450980"));
    assert_eq!((sms.provider_id, sms.part, sms.opt_out), (None, None, false));
}

#[test]
fn who_wrote() {
    for (from, expected) in [
        ("48501234567", "+48501234567"),
        ("%2B48501234567", "+48501234567"),
        ("4915112345678", "+4915112345678"),
        ("501234567", "501234567"),
        ("60016", "60016"),
        ("PLAY", "PLAY"),
        ("0048501234567", "0048501234567"),
    ] {
        let form = format!("sms_from={from}&sms_text=TAK");
        let sms = callbacks().sms_received(&form, now()).unwrap();
        assert_eq!((sms.from.reveal(), sms.received_at), (expected, now()));
        assert_eq!((sms.to, sms.in_reply_to), (None, None));
    }
}

#[test]
fn odd_incoming_messages() {
    let read = |form: &str| callbacks().sms_received(form, now());
    assert_eq!(read("sms_text=TAK"), Err(CallbackFault::Missing("sms_from")));
    assert_eq!(read("sms_from=48501234567"), Err(CallbackFault::Missing("sms_text")));
    assert_eq!(read("sms_from=+&sms_text=TAK"), Err(CallbackFault::Missing("sms_from")));
    assert_eq!(read("sms_from=48501234567&sms_text=").unwrap().body.reveal(), "");
    // bytes that are no UTF-8: what can be read stays
    assert_eq!(read("sms_from=48501234567&sms_text=TAK+%B1").unwrap().body.reveal(), "TAK \u{fffd}");
    assert_eq!(read(&"x".repeat(FORM_MAX + 1)), Err(CallbackFault::TooLong));
}

#[test]
fn a_message_that_is_told_twice_is_the_same_also_without_a_time() {
    let read = |form: &str, after_ms: i64| callbacks().sms_received(form, now().plus_ms(after_ms)).unwrap();
    for (form, has_id) in [
        ("sms_from=48501234567&sms_text=TAK&sms_date=1631525653", false),
        ("sms_from=48501234567&sms_text=TAK&sms_date=2026-11-16+09%3A00%3A00", true),
        ("sms_from=48501234567&sms_text=TAK&MsgId=613F", true),
    ] {
        let (first, again) = (read(form, 0), read(form, 60_000));
        assert_eq!(first.provider_id.is_some(), has_id, "{form}");
        assert_eq!(first.provider_id, again.provider_id);
        assert!(has_id || first == again);
        let other = read(&form.replace("TAK", "NIE"), 0);
        assert!(!has_id || other.provider_id != first.provider_id);
        let other = read(&form.replace("4567", "4568"), 0);
        assert!(!has_id || other.provider_id != first.provider_id);
    }
    // nothing tells two of them apart but the time they came at: none is lost
    assert_eq!(read("sms_from=48501234567&sms_text=TAK", 0).provider_id, None);
}
