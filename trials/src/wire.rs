//! What passes between the trial and its dispatchers: JSON lines over TCP on loopback. A dispatcher keeps one connection
//! for orders and notices, and opens one for each call of the gateway.

use depesza::model::{MessageId, PracticeId, Submission, Timestamp};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A message in the hands of a dispatcher.
pub type Held = (PracticeId, MessageId);

/// A line from a dispatcher.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case")]
pub enum Line {
    /// The first line of the connection for orders.
    Hello {
        /// Which dispatcher.
        dispatcher: u64,
    },
    /// The round is over: what now? Answered by an [`Order`].
    Next {
        /// Whether the round found nothing to do.
        idle: bool,
        /// The time of that round.
        at: Timestamp,
        /// What failed.
        error: Option<String>,
    },
    /// A notice: a commit begins.
    Begins {},
    /// A notice: a commit ended, and with it these messages are claimed, being submitted, or anything else.
    Ended {
        /// Claimed by this dispatcher.
        claimed: Vec<Held>,
        /// Being submitted by it.
        submitting: Vec<Held>,
        /// No longer in its hands.
        settled: Vec<Held>,
    },
    /// A notice: the gateway is called with so many messages.
    Calls {
        /// How many.
        messages: usize,
    },
    /// A notice: the gateway's call is over.
    Called {},
    /// To the gateway. Answered by a list of `SubmitResult`, or not at all.
    Submit {
        /// Which dispatcher.
        dispatcher: u64,
        /// The messages.
        batch: Vec<Submission>,
        /// Practice, message and version of the commit that made each of them `Submitting`.
        committed: Vec<(PracticeId, MessageId, u64)>,
    },
    /// To the gateway. Answered by a `LookupResult`.
    LookUp {
        /// Our reference.
        reference: String,
    },
}

/// What a dispatcher is to do next.
#[derive(Debug, Serialize, Deserialize)]
pub struct Order {
    /// The engine's time.
    pub now: Timestamp,
    /// Whether to end.
    pub stop: bool,
}

/// A connection that speaks in lines.
pub struct Link {
    reader: BufReader<TcpStream>,
}

impl Link {
    /// Around a connection; a line that does not come within `timeout` is an error.
    ///
    /// # Errors
    /// When the connection is gone.
    pub fn new(stream: TcpStream, timeout: Option<Duration>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(timeout)?;
        Ok(Self { reader: BufReader::new(stream) })
    }

    /// Connects.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn connect(to: SocketAddr, timeout: Duration) -> io::Result<Self> {
        Self::new(TcpStream::connect_timeout(&to, timeout)?, Some(timeout))
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn tell(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.tell_raw(&serde_json::to_string(line)?)
    }

    /// Writes a text as a line.
    ///
    /// # Errors
    /// When the other side is gone.
    pub fn tell_raw(&mut self, text: &str) -> io::Result<()> {
        self.reader.get_mut().write_all(format!("{text}\n").as_bytes())
    }

    /// Reads a line: `None` at the end.
    ///
    /// # Errors
    /// When it is not one of those expected, or does not come in time.
    pub fn hear<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        let mut line = String::new();
        if self.reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        Ok(Some(serde_json::from_str(&line)?))
    }

    /// Writes a line and reads the answer; no answer is an error.
    ///
    /// # Errors
    /// As [`tell`](Self::tell) and [`hear`](Self::hear).
    pub fn ask<T: DeserializeOwned>(&mut self, line: &impl Serialize) -> io::Result<T> {
        self.tell(line)?;
        self.hear()?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
