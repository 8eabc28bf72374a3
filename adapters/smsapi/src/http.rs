//! One request and what is certain of it: answered, certainly not sent, or nobody knows.
//!
//! HTTP/1.1 (RFC 9112) as far as it takes to post a form to one host and read the answer; heads and chunks are parsed by `httparse`.
//! It is written here because ureq, tried first, writes whole requests, token and text, to the log at its finest level
//! (`ureq-proto` 0.7, `util.rs`).
//!
//! The head of a request is written before its body: a connection that was refused, a name that was not found, a certificate
//! that was not trusted, a connection lost by then come before the body, and without its body no request is taken. Whatever goes
//! wrong after that is unknown. No redirects, no proxies, and nothing is sent a second time.
//!
//! Not allowed here: what an answer means (`answer.rs`); logging.

use crate::options::{Options, OptionsFault};
use crate::wire::{Base, Target, Wire};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The longest answer that is read, in bytes: a batch of 100 takes 30 KB.
const BODY_MAX: usize = 1 << 20;
/// The longest head, in bytes.
const HEAD_MAX: usize = 64 << 10;
/// The most header lines.
const LINES_MAX: usize = 100;
/// How long an unused connection is kept: servers close theirs after a minute or so, and a request that meets the closing
/// one is in doubt.
const IDLE: Duration = Duration::from_secs(10);

/// What came of a request.
pub(crate) enum Outcome {
    /// The server answered.
    Answer(Answer),
    /// It certainly never got the request; why, in a few words.
    NotSent(&'static str),
    /// It may have got it; why, in a few words.
    Lost(&'static str),
}

/// An answer.
pub(crate) struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// What `Retry-After` says, in seconds.
    pub retry_after_s: Option<i64>,
    /// The body; absent where it did not arrive whole.
    pub body: Option<Vec<u8>>,
}

/// The connections to one SMSAPI host.
pub(crate) struct Client {
    target: Target,
    /// Request lines and headers that every request has; with the token.
    path: String,
    headers: String,
    patience: Duration,
    keep: usize,
    kept: Mutex<Vec<(Instant, Wire)>>,
}

impl Client {
    pub(crate) fn new(options: &Options) -> Result<Self, OptionsFault> {
        let base = Base::parse(&options.base_url).ok_or(OptionsFault::BaseUrl)?;
        let ordinary = if base.tls { 443 } else { 80 };
        let host = if base.host.contains(':') { format!("[{}]", base.host) } else { base.host.to_owned() };
        let port = if base.port == ordinary { String::new() } else { format!(":{}", base.port) };
        let headers = format!(
            "Host: {host}{port}\r\nUser-Agent: depesza-smsapi/{}\r\nAccept: application/json\r\nAuthorization: Bearer {}\r\n",
            env!("CARGO_PKG_VERSION"),
            options.token.reveal(),
        );
        let path = if base.path.is_empty() { "/".to_owned() } else { format!("/{}/", base.path) };
        Ok(Self {
            target: Target::new(options)?,
            path,
            headers,
            patience: Duration::from_millis(options.answer_ms),
            keep: usize::try_from(options.connections).unwrap_or(1),
            kept: Mutex::default(),
        })
    }

    /// Sends a form; takes at most `within`, and no longer than the time-out of the options.
    pub(crate) fn post(&self, path: &str, form: &str, within: Duration) -> Outcome {
        let until = Instant::now() + within.min(self.patience);
        let head = format!(
            "POST {}{path} HTTP/1.1\r\n{}Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n\
             Content-Length: {}\r\n\r\n",
            self.path,
            self.headers,
            form.len()
        );
        let mut wire = match self.begun(&head, until) {
            Ok(wire) => wire,
            Err(why) => return Outcome::NotSent(why),
        };
        if let Err(error) = wire.write(form.as_bytes(), until) {
            return Outcome::Lost(lost(&error));
        }
        self.answer(wire, until)
    }

    /// Asks for something; asking changes nothing, so it does not matter how far a failure came.
    pub(crate) fn get(&self, path: &str) -> Outcome {
        let until = Instant::now() + self.patience;
        let head = format!("GET {}{path} HTTP/1.1\r\n{}\r\n", self.path, self.headers);
        match self.begun(&head, until) {
            Ok(wire) => self.answer(wire, until),
            Err(why) => Outcome::NotSent(why),
        }
    }

    /// A connection on which the head of a request was written: one that was kept, else a new one.
    fn begun(&self, head: &str, until: Instant) -> Result<Wire, &'static str> {
        while let Some(mut wire) = self.take() {
            if wire.write(head.as_bytes(), until).is_ok() {
                return Ok(wire);
            }
        }
        let mut wire = self.target.connect(until)?;
        wire.write(head.as_bytes(), until).map_err(|error| lost(&error))?;
        Ok(wire)
    }

    fn take(&self) -> Option<Wire> {
        loop {
            let (since, mut wire) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < IDLE && wire.is_open() {
                return Some(wire);
            }
        }
    }

    fn answer(&self, wire: Wire, until: Instant) -> Outcome {
        let mut reader = Reader { wire, data: Vec::new(), until };
        let head = match reader.head() {
            Ok(head) => head,
            Err(error) => return Outcome::Lost(lost(&error)),
        };
        let body = reader.body(&head).ok();
        if head.keep && body.is_some() && reader.data.is_empty() {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() < self.keep {
                kept.push((Instant::now(), reader.wire));
            }
        }
        Outcome::Answer(Answer { status: head.status, retry_after_s: head.retry_after_s, body })
    }
}

fn lost(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "no answer in time",
        io::ErrorKind::InvalidData => "malformed answer",
        _ => "connection lost",
    }
}

/// The head of an answer.
struct Head {
    status: u16,
    retry_after_s: Option<i64>,
    framing: Framing,
    /// Whether the connection can be used again.
    keep: bool,
}

/// How the end of a body is known (RFC 9112, 6.3).
enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

/// What has been read and not been used, and where more comes from.
struct Reader {
    wire: Wire,
    data: Vec<u8>,
    until: Instant,
}

impl Reader {
    /// Reads more; false at the orderly end of the connection.
    fn more(&mut self) -> io::Result<bool> {
        let mut some = [0; 8 << 10];
        let count = self.wire.read(&mut some, self.until)?;
        self.data.extend_from_slice(some.get(..count).unwrap_or_default());
        if self.data.len() > BODY_MAX + HEAD_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(count > 0)
    }

    /// Reads more, as there must be.
    fn need(&mut self) -> io::Result<()> {
        if self.more()? { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn head(&mut self) -> io::Result<Head> {
        loop {
            let mut lines = [httparse::EMPTY_HEADER; LINES_MAX];
            let mut parsed = httparse::Response::new(&mut lines);
            match parsed.parse(&self.data).map_err(|_| io::ErrorKind::InvalidData)? {
                httparse::Status::Complete(length) => {
                    let head = read_head(&parsed).ok_or(io::ErrorKind::InvalidData)?;
                    self.data.drain(..length);
                    // what comes before the answer itself (100 Continue)
                    if head.status >= 200 {
                        return Ok(head);
                    }
                }
                httparse::Status::Partial if self.data.len() > HEAD_MAX => {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                httparse::Status::Partial => self.need()?,
            }
        }
    }

    fn body(&mut self, head: &Head) -> io::Result<Vec<u8>> {
        match head.framing {
            Framing::Length(length) => self.take(length),
            Framing::Chunked => self.chunks(),
            Framing::UntilClose => {
                while self.more()? {}
                Ok(std::mem::take(&mut self.data))
            }
        }
    }

    /// So many bytes.
    fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        if length > BODY_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        while self.data.len() < length {
            self.need()?;
        }
        Ok(self.data.drain(..length).collect())
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let parsed = httparse::parse_chunk_size(&self.data).map_err(|_| io::ErrorKind::InvalidData)?;
            let httparse::Status::Complete((line, size)) = parsed else {
                if self.data.len() > HEAD_MAX {
                    return Err(io::ErrorKind::InvalidData.into());
                }
                self.need()?;
                continue;
            };
            self.data.drain(..line);
            if size == 0 {
                // trailer lines, then an empty one
                while self.line()? != b"\r\n" {}
                return Ok(body);
            }
            let size = usize::try_from(size).map_err(|_| io::ErrorKind::InvalidData)?;
            body.extend(self.take(size)?);
            if self.take(2)? != b"\r\n" || body.len() > BODY_MAX {
                return Err(io::ErrorKind::InvalidData.into());
            }
        }
    }

    /// A line with its end.
    fn line(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some(place) = self.data.iter().position(|byte| *byte == b'\n') {
                return self.take(place + 1);
            }
            if self.data.len() > HEAD_MAX {
                return Err(io::ErrorKind::InvalidData.into());
            }
            self.need()?;
        }
    }
}

fn read_head(parsed: &httparse::Response<'_, '_>) -> Option<Head> {
    let values = |name: &'static str| {
        parsed
            .headers
            .iter()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .filter_map(|header| std::str::from_utf8(header.value).ok())
            .map(str::trim)
    };
    let says = |name: &'static str, word: &str| {
        values(name).flat_map(|value| value.split(',')).any(|said| said.trim().eq_ignore_ascii_case(word))
    };
    let status = parsed.code?;
    let framing = if values("transfer-encoding").next().is_some() {
        says("transfer-encoding", "chunked").then_some(Framing::Chunked)?
    } else if matches!(status, 100..=199 | 204 | 304) {
        Framing::Length(0)
    } else {
        match values("content-length").next() {
            Some(length) => Framing::Length(length.parse().ok()?),
            None => Framing::UntilClose,
        }
    };
    let keep =
        parsed.version == Some(1) && !says("connection", "close") && !matches!(framing, Framing::UntilClose);
    let seconds = values("retry-after").next().and_then(|value| value.parse().ok());
    Some(Head { status, retry_after_s: seconds.filter(|seconds| *seconds >= 0), framing, keep })
}
