//! A small HTTP server on a free port of the loopback interface, which can also be slow, broken or silent, and an SMSAPI that
//! answers as the makers' OpenAPI description says. Both end with the value that holds them.
#![allow(dead_code)]

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

pub const TOKEN: &str = "tok3n-of-the-tests-4711";

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// The body as a form, in its order.
    pub form: Vec<(String, String)>,
    /// Which connection it came on, from 0.
    pub connection: u64,
}

impl Seen {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.form.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn list(&self, name: &str, separator: char) -> Vec<String> {
        self.get(name).map(|value| value.split(separator).map(str::to_owned).collect()).unwrap_or_default()
    }
}

/// How the server answers a request.
#[derive(Clone, Debug)]
pub enum Reply {
    Json(u16, Value),
    /// A status, further header lines, a body.
    Text(u16, &'static str, String),
    Chunked(Value),
    /// The head promises everything, half of it comes, the connection ends.
    Truncated(Value),
    /// A byte every so often.
    Drip(Value, Duration),
    /// These bytes, and the connection stays open.
    Raw(Vec<u8>),
    /// These bytes, then the connection ends.
    RawEnd(Vec<u8>),
    /// No HTTP.
    Garbage,
    /// Reads everything and closes.
    Close,
    /// Resets the connection once the body has come.
    Reset,
    /// Reads everything and says nothing.
    Silence,
}

pub fn error(code: u16) -> Reply {
    Reply::Json(200, json!({"error": code, "message": "words that may quote 501234567"}))
}

type Behaviour = dyn Fn(&Seen) -> Reply + Send + Sync;

pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    ended: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Server {
    pub fn start(behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::run(behaviour, true)
    }

    /// One that keeps nothing of what it saw.
    pub fn forgetful(behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self::run(behaviour, false)
    }

    fn run(behaviour: impl Fn(&Seen) -> Reply + Send + Sync + 'static, keep: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let connections = AtomicU64::new(0);
        let behaviour: Arc<Behaviour> = Arc::new(behaviour);
        let ended = Arc::new(AtomicU64::new(0));
        let (all, stopped, closed) = (seen.clone(), stop.clone(), ended.clone());
        let accepting = std::thread::spawn(move || {
            let mut threads = Vec::new();
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let (Ok(stream), connection) = (stream, connections.fetch_add(1, Ordering::SeqCst)) else {
                    continue;
                };
                let (all, stopped, closed) = (all.clone(), stopped.clone(), closed.clone());
                let behaviour = behaviour.clone();
                threads.push(std::thread::spawn(move || {
                    let _ = serve(stream, connection, &*behaviour, keep.then_some(&*all), &stopped);
                    closed.fetch_add(1, Ordering::SeqCst);
                }));
            }
            for thread in threads {
                let _ = thread.join();
            }
        });
        Self { address, seen, ended, stop, accepting: Some(accepting) }
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// All requests so far, in the order of their end.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Server {
    /// Waits until the server has closed so many connections, ten seconds at the most.
    pub fn wait_closed(&self, connections: u64) {
        for _ in 0..1_000 {
            if self.ended.load(Ordering::SeqCst) >= connections {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server has not closed {connections} connections within 10 s");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address); // wakes the one that accepts
        if let Some(thread) = self.accepting.take() {
            let _ = thread.join();
        }
    }
}

/// Reads one byte; `None` when the peer closed or the server ends.
fn byte(stream: &mut TcpStream, stop: &AtomicBool) -> Option<u8> {
    let mut one = [0];
    loop {
        match stream.read(&mut one) {
            Ok(0) => return None,
            Ok(_) => return Some(one[0]),
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                if stop.load(Ordering::SeqCst) {
                    return None;
                }
            }
            Err(_) => return None,
        }
    }
}

fn serve(
    mut stream: TcpStream,
    connection: u64,
    behaviour: &Behaviour,
    all: Option<&Mutex<Vec<Seen>>>,
    stop: &AtomicBool,
) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_millis(50))).ok()?;
    stream.set_nodelay(true).ok()?;
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(byte(&mut stream, stop)?);
        }
        let head = String::from_utf8(head).ok()?;
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ');
        let mut seen = Seen {
            method: words.next()?.to_owned(),
            path: words.next()?.to_owned(),
            connection,
            ..Seen::default()
        };
        for line in lines {
            if let Some((name, value)) = line.split_once(':') {
                seen.headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        let length: usize = seen.headers.get("content-length").map_or(0, |length| length.parse().unwrap());
        // all but the last byte, so that one is left unread for a reset
        let mut body = Vec::new();
        while body.len() + 1 < length {
            body.push(byte(&mut stream, stop)?);
        }
        if length > 0 {
            let mut last = [0];
            while !matches!(stream.peek(&mut last), Ok(1)) {
                if stop.load(Ordering::SeqCst) {
                    return None;
                }
            }
            body.push(last[0]);
        }
        seen.body = String::from_utf8(body).unwrap();
        seen.form = form_urlencoded::parse(seen.body.as_bytes()).into_owned().collect();
        let reply = behaviour(&seen);
        if let Some(all) = all {
            all.lock().unwrap().push(seen);
        }
        if let Reply::Reset = reply {
            return None; // closed with a byte unread: the system sends a reset
        }
        if length > 0 {
            byte(&mut stream, stop)?;
        }
        answer(&mut stream, reply, stop)?;
    }
}

/// Answers; `None` ends the connection.
fn answer(stream: &mut TcpStream, reply: Reply, stop: &AtomicBool) -> Option<()> {
    let whole = |status: u16, lines: &str, body: &str| {
        format!("HTTP/1.1 {status} x\r\n{lines}Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let json_lines = "Content-Type: application/json\r\n";
    match reply {
        Reply::Json(status, body) => {
            stream.write_all(whole(status, json_lines, &body.to_string()).as_bytes()).ok()
        }
        Reply::Text(status, lines, body) => stream.write_all(whole(status, lines, &body).as_bytes()).ok(),
        Reply::Chunked(body) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ok()?;
            for part in body.to_string().as_bytes().chunks(7) {
                stream.write_all(format!("{:x}\r\n", part.len()).as_bytes()).ok()?;
                stream.write_all(part).ok()?;
                stream.write_all(b"\r\n").ok()?;
            }
            stream.write_all(b"0\r\n\r\n").ok()
        }
        Reply::Truncated(body) => {
            let text = whole(200, json_lines, &body.to_string());
            let half = text.len() - body.to_string().len() / 2;
            stream.write_all(&text.as_bytes()[..half]).ok()?;
            None
        }
        Reply::Drip(body, pause) => {
            for one in whole(200, json_lines, &body.to_string()).as_bytes() {
                stream.write_all(&[*one]).ok()?;
                std::thread::sleep(pause);
                if stop.load(Ordering::SeqCst) {
                    return None;
                }
            }
            Some(())
        }
        Reply::Raw(bytes) => stream.write_all(&bytes).ok(),
        Reply::RawEnd(bytes) => {
            stream.write_all(&bytes).ok()?;
            None
        }
        Reply::Garbage => {
            stream.write_all(b"\x16\x03\x01 this is no http\r\n\r\n").ok()?;
            None
        }
        Reply::Close | Reply::Reset => None,
        Reply::Silence => {
            byte(stream, stop);
            None
        }
    }
}

/// A message that the pretended SMSAPI took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub id: String,
    pub idx: String,
    pub number: String,
    pub message: String,
}

#[derive(Default)]
struct Books {
    taken: Vec<Taken>,
    idx: BTreeSet<String>,
}

/// What SMSAPI does with `sms.do`, by the makers' description: takes a list of numbers with their `idx`, refuses an `idx` that
/// was used, drops a number that comes twice, names invalid numbers.
#[derive(Clone, Default)]
pub struct Provider(Arc<Mutex<Books>>);

impl Provider {
    pub fn taken(&self) -> Vec<Taken> {
        self.0.lock().unwrap().taken.clone()
    }

    pub fn handle(&self, seen: &Seen) -> Reply {
        let bearer = format!("Bearer {TOKEN}");
        if seen.headers.get("authorization") != Some(&bearer) {
            return error(101);
        }
        assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/sms.do"));
        assert_eq!((seen.get("format"), seen.get("encoding")), (Some("json"), Some("utf-8")));
        assert_eq!((seen.get("check_idx"), seen.get("time_restriction")), (Some("1"), Some("ignore")));
        let (numbers, idx) = (seen.list("to", ','), seen.list("idx", '|'));
        if numbers.len() != idx.len() {
            return error(20);
        }
        let mut books = self.0.lock().unwrap();
        if idx.iter().any(|idx| books.idx.contains(idx)) {
            return error(53);
        }
        let message = seen.get("message").unwrap().to_owned();
        let (mut list, mut invalid, mut known) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (number, idx) in numbers.iter().zip(&idx) {
            if !number.bytes().all(|digit| digit.is_ascii_digit()) || number.ends_with("0000") {
                let entry =
                    json!({"number": number, "submitted_number": number, "message": "Invalid phone number"});
                invalid.push(entry);
            } else if known.insert(number.clone()) {
                let id = format!("{:024x}", books.taken.len() + 1);
                list.push(json!({
                    "id": id, "points": 0.165, "number": number, "date_sent": 1_795_000_000,
                    "submitted_number": number, "status": "QUEUE", "error": null, "idx": idx, "parts": 1,
                }));
                books.idx.insert(idx.clone());
                let (idx, number, message) = (idx.clone(), number.clone(), message.clone());
                books.taken.push(Taken { id, idx, number, message });
            }
        }
        if list.is_empty() {
            let refusal =
                json!({"error": 13, "message": "No correct phone numbers", "invalid_numbers": invalid});
            return Reply::Json(200, refusal);
        }
        let mut answer = json!({
            "count": list.len(), "list": list, "message": message, "length": message.chars().count(), "parts": 1,
        });
        if !invalid.is_empty() {
            answer["invalid_numbers"] = invalid.into();
        }
        Reply::Json(200, answer)
    }
}
