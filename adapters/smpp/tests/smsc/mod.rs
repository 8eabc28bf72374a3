//! SMSCs of other authors as child processes, and what the tests need around them. `tests/simulators/README.md` says what
//! they do.
// every test file uses another part of it, and a test kit may fail by panicking
#![allow(dead_code, clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use depesza::model::{DAY_MS, Phone, Submission, Timestamp};
use depesza::text::segments;
use depesza_smpp::{Event, Events, Inbound, Options};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant, SystemTime};

/// Longer than anything here takes: what is waited for so long will not come.
pub const LONG: Duration = Duration::from_secs(60);

/// The number that incoming messages come to.
pub const OWN_NUMBER: &str = "48500100200";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Smpp34,
    Npm,
}

/// A running SMSC. It ends with this value, and when its input is closed because the test died.
pub struct Smsc {
    pub port: u16,
    kind: Kind,
    child: Child,
    input: ChildStdin,
    told: Receiver<Value>,
}

impl Smsc {
    pub fn start(kind: Kind) -> Self {
        Self::start_on(kind, free_port())
    }

    pub fn start_on(kind: Kind, port: u16) -> Self {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../smpp/tests/simulators");
        let mut command = match kind {
            Kind::Smpp34 => {
                let mut command = Command::new(simulators(&["smpp34"]).join("python/bin/python"));
                command.arg(scripts.join("smsc_smpp34.py"));
                command
            }
            Kind::Npm => {
                let mut command = Command::new("node");
                let modules = simulators(&["npm"]).join("node/node_modules");
                command.env("NODE_PATH", modules).arg(scripts.join("smsc_npm.js"));
                command
            }
        };
        let command = command.arg(port.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the simulator starts");
        let (lines, told) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in output.lines() {
                let told = serde_json::from_str(&line.unwrap()).expect("a line of JSON");
                if lines.send(told).is_err() {
                    break;
                }
            }
        });
        let input = child.stdin.take().unwrap();
        let smsc = Self { port, kind, child, input, told };
        smsc.wait("listening");
        smsc
    }

    /// The next thing of this kind that it tells; others are passed over.
    pub fn wait(&self, event: &str) -> Value {
        loop {
            let told = self.told.recv_timeout(LONG);
            let told = told.unwrap_or_else(|_| panic!("{:?}: no `{event}` within {LONG:?}", self.kind));
            if told["event"] == event {
                return told;
            }
        }
    }

    /// So many parts, in the order in which they came.
    pub fn parts(&self, count: usize) -> Vec<Value> {
        (0..count).map(|_| self.wait("submit")).collect()
    }

    /// Has it deliver something.
    pub fn deliver(&mut self, what: &Value) {
        writeln!(self.input, "{what}").unwrap();
        self.input.flush().unwrap();
    }

    /// An incoming message, or a part of one by its header.
    pub fn message(&mut self, from: &str, coding: u8, header: &[u8], text: &[u8]) {
        self.deliver(&serde_json::json!({
            "source_addr_ton": 1, "source_addr_npi": 1, "source_addr": from, "destination_addr": OWN_NUMBER,
            "esm_class": if header.is_empty() { 0 } else { 0x40 }, "data_coding": coding,
            "octets": hex(&[header, text].concat()),
        }));
    }

    /// Ends it at once, as a crash does.
    pub fn kill(mut self) -> u16 {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.port
    }
}

impl Drop for Smsc {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where they are installed: `prepare` does it, once.
pub fn simulators(which: &[&str]) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    let prepare = Path::new(env!("CARGO_MANIFEST_DIR")).join("../smpp/tests/simulators/prepare");
    let done = Command::new(prepare).args(which).stderr(Stdio::inherit()).output().expect("bash");
    assert!(done.status.success(), "tests/simulators/prepare failed: it tells above what is missing");
    PathBuf::from(String::from_utf8(done.stdout).unwrap().trim())
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

pub fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// An account at an SMSC on this machine that connects anew without delay.
pub fn options(port: u16) -> Options {
    let mut options = Options::new("smpp".into(), "127.0.0.1", port, "clinic", "secret08");
    options.reconnect_min = Duration::from_millis(20);
    options.reconnect_max = Duration::from_millis(100);
    options
}

pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap())
}

pub fn submission(to: &str, text: &str) -> Submission {
    let counted = segments(text);
    Submission {
        reference: "ref-1".into(),
        to: Phone::new(to),
        sender: Some("KLINIKA".into()),
        body: text.into(),
        encoding: counted.encoding,
        parts: counted.count,
        purpose: Default::default(),
        at: now(),
        not_after: now().plus_ms(DAY_MS),
    }
}

/// Waits for what nobody tells of.
pub fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !is_so() {
        assert!(Instant::now() < end, "not within {LONG:?}: {what}");
        std::thread::yield_now();
    }
}

/// The next event.
pub fn next(events: &Events) -> Event {
    events.next_within(LONG).expect("an event within a minute")
}

/// The next event, taken for good.
pub fn take(events: &Events) -> Inbound {
    let event = next(events);
    let inbound = event.inbound().clone();
    event.done();
    inbound
}
