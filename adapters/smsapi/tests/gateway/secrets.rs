//! The token, numbers, texts and addresses with a secret never show: not in `Debug`, not in errors, not in results, not in a log.

use crate::server::{Reply, Server};
use crate::{message, now, options};
use depesza::gateway::Gateway;
use depesza_smsapi::callback::Callbacks;
use depesza_smsapi::{Options, OptionsFault, Roots, SmsApi, Token};
use serde_json::json;
use std::sync::Mutex;
use std::time::Duration;

const SECRETS: [&str; 6] =
    ["s3cr3t-token-88", "501777888", "Zapraszamy na leczenie", "callback-k3y", "extra-s3cret", "Kowalska"];

struct Captured(Mutex<String>);

static LOG: Captured = Captured(Mutex::new(String::new()));

impl log::Log for Captured {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

fn assert_clean(what: &str, text: &str) {
    for secret in SECRETS {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{what} shows {secret}");
        let encoded: String = form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        assert!(!text.contains(&encoded), "{what} shows {secret}");
    }
}

fn secret_options(server: &Server) -> Options {
    Options {
        token: Token::new("s3cr3t-token-88"),
        notify_url: Some("https://clinic.example/dlr?callback-k3y".into()),
        extra: vec![("partner_id".into(), "extra-s3cret".into())],
        answer_ms: 2_000,
        ..options(server)
    }
}

#[test]
fn secrets_never_show() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let quoting = json!({"error": 14, "message": "Zapraszamy na leczenie 48501777888",
        "invalid_numbers": [{"number": "48501777888", "submitted_number": "48501777888", "message": "Kowalska"}]});
    let replies = [
        Reply::Json(
            200,
            json!({"count": 1, "message": "Zapraszamy na leczenie", "list": [
            {"id": "1", "number": "48501777888", "idx": "ref-00000001"}]}),
        ),
        Reply::Json(200, quoting.clone()),
        Reply::Json(500, quoting.clone()),
        Reply::Truncated(quoting),
        Reply::Text(200, "", "Kowalska 501777888".into()),
        Reply::Garbage,
        Reply::Close,
        Reply::Reset,
        Reply::Text(302, "Location: http://127.0.0.1:9/?Kowalska\r\n", String::new()),
        Reply::Drip(json!({"list": []}), Duration::from_millis(1)),
    ];
    for reply in replies {
        let server = Server::start(move |_| reply.clone());
        let gateway = SmsApi::new(secret_options(&server)).unwrap();
        let mut one = message(1, "Zapraszamy na leczenie, pani Kowalska");
        one.to = "+48501777888".into();
        let result = gateway.submit(&[one.clone()]);
        assert_clean("a result", &format!("{result:?}"));
        assert_clean("a submission", &format!("{one:?}"));
        assert_clean("the gateway", &format!("{gateway:?} {:?}", gateway.capabilities()));
        for fault in [gateway.check().err(), gateway.balance().err(), gateway.sender_names().err()] {
            assert_clean(
                "an error",
                &format!("{fault:?} {}", fault.as_ref().map(ToString::to_string).unwrap_or_default()),
            );
        }
    }
    let unreachable = Options {
        base_url: "http://127.0.0.1:9/".into(),
        ..secret_options(&Server::start(|_| Reply::Close))
    };
    assert_clean("options", &format!("{unreachable:?} {:?}", unreachable.token));
    let gateway = SmsApi::new(unreachable).unwrap();
    assert_clean(
        "an error",
        &format!("{:?} {:?}", gateway.check(), gateway.submit(&[message(1, "Kowalska")])),
    );

    let callbacks = Callbacks::new("smsapi".into());
    let report = callbacks.delivery_reports("MsgId=a&status=404&to=501777888&username=Kowalska", now());
    let sms = callbacks.sms_received("sms_from=48501777888&sms_text=Kowalska", now());
    let none = callbacks.sms_received("sms_from=48501777888&username=Kowalska", now()).unwrap_err();
    assert_clean("a callback", &format!("{report:?} {sms:?} {none} {none:?}"));

    log::trace!(target: "test", "captured");
    let log = LOG.0.lock().unwrap().clone();
    assert!(log.contains("test captured"), "the log was not captured");
    assert_clean("the log", &log);
    // nor in pieces, as a dump of what is on the wire would: what speaks to SMSAPI logs nothing, but for these lines of reqwest
    let harmless = ["reqwest::connect starting new connection '", "reqwest::retry shouldn't retry!"];
    let speaks = |line: &&str| {
        let names = ["depesza_smsapi", "rustls::", "rustls ", "hyper", "reqwest"];
        names.iter().any(|name| line.starts_with(name))
            && !harmless.iter().any(|known| line.starts_with(known))
    };
    assert_eq!(log.lines().find(speaks), None);
}

#[test]
fn options_are_checked_and_faults_name_the_field_alone() {
    let server = Server::start(|_| Reply::Close);
    let refused = |change: fn(&mut Options)| {
        let mut options = secret_options(&server);
        change(&mut options);
        let fault = SmsApi::new(options).unwrap_err();
        assert_clean("a fault", &format!("{fault} {fault:?}"));
        fault
    };
    let range = |field, least, most| OptionsFault::Range { field, least, most };
    assert_eq!(refused(|options| options.token = Token::new(" \n")), OptionsFault::Token);
    assert_eq!(refused(|options| options.token = Token::new("two words")), OptionsFault::Token);
    assert_eq!(refused(|options| options.token = Token::new("żółw")), OptionsFault::Token);
    for base_url in [
        "",
        "api.smsapi.pl",
        "ftp://api.smsapi.pl/",
        "http://api.smsapi.pl/",
        "http://127.0.0.1.example.com/",
        "https://",
        "https://user:pass@api.smsapi.pl/",
        "https://api.smsapi.pl/?token=x",
        "http://localhost@evil.example/",
    ] {
        let options = Options { base_url: base_url.into(), ..secret_options(&server) };
        assert_eq!(SmsApi::new(options).unwrap_err(), OptionsFault::BaseUrl, "{base_url}");
    }
    assert_eq!(refused(|options| options.sender = Some(String::new())), OptionsFault::Sender);
    assert_eq!(refused(|options| options.max_parts = Some(11)), OptionsFault::MaxParts);
    assert_eq!(refused(|options| options.notify_url = Some("callback-k3y".into())), OptionsFault::NotifyUrl);
    for own in ["idx", "check_idx", "encoding", "date", "test", ""] {
        let options = Options { extra: vec![(own.into(), "x".into())], ..secret_options(&server) };
        assert_eq!(SmsApi::new(options).unwrap_err(), OptionsFault::Extra, "{own}");
    }
    assert_eq!(refused(|options| options.batch = 0), range("batch", 1, 100));
    assert_eq!(refused(|options| options.connections = 17), range("connections", 1, 16));
    assert_eq!(refused(|options| options.connect_ms = 1), range("connect_ms", 100, 30_000));
    assert_eq!(refused(|options| options.answer_ms = 60_000), range("answer_ms", 100, 45_000));
    assert_eq!(refused(|options| options.call_ms = 120_000), range("call_ms", 2_000, 100_000));
    assert_eq!(refused(|options| options.point_milli = -1), range("point_milli", 0, 1_000_000_000));
    assert_eq!(refused(|options| options.roots = Roots::Pem("x".into())), OptionsFault::Roots);
    assert!(SmsApi::new(Options::new(Token::new("  token\n"))).is_ok());
}
