//! One process of node with Twilio's calculator: lines in, lines out. It ends with its input, and is killed when the
//! test ends before.

use depesza::model::Encoding;
use serde::Deserialize;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

/// How long an answer may take. The answers of a slow machine come within milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the calculator says of a message.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    pub encoding: Encoding,
    pub units: u32,
    pub count: u32,
    /// UTF-16 units of each cluster that it keeps together.
    pub clusters: Vec<u32>,
    /// Units of each part.
    pub parts: Vec<u32>,
}

pub struct Peer {
    child: Child,
    answers: Receiver<String>,
}

impl Peer {
    /// Starts it, and asks it all the messages, in a thread: neither side waits for the other's full pipe.
    pub fn ask(messages: impl Iterator<Item = String> + Send + 'static) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/twilio/count.js");
        let mut child = Command::new("node")
            .arg(script)
            .arg(installed())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node: the Debian package nodejs");
        let mut input = child.stdin.take().expect("piped");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        std::thread::spawn(move || {
            for message in messages {
                let line = serde_json::to_string(&message).expect("a string");
                // a peer that is gone is found out by whoever waits for its answer
                if writeln!(input, "{line}").is_err() {
                    return;
                }
            }
        });
        let (sender, answers) = sync_channel(1_000);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, answers }
    }

    /// The next answer, in the order of the messages.
    pub fn answer(&self) -> Answer {
        let line =
            self.answers.recv_timeout(PATIENCE).expect("the calculator ended, or gave no answer in a minute");
        serde_json::from_str(&line).expect("an answer of count.js")
    }

    /// Sees it end, with nothing more to say.
    pub fn finish(mut self) {
        assert!(self.answers.recv_timeout(PATIENCE).is_err(), "an answer that nobody asked for, or no end");
        // its output is closed, so it has ended or is about to
        assert!(self.child.wait().expect("a child").success());
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // of one that has ended there is nothing to kill
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where it is installed: `prepare` does it, once.
fn installed() -> PathBuf {
    let prepare = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/twilio/prepare");
    let done = Command::new(prepare).stderr(Stdio::inherit()).output().expect("bash");
    assert!(done.status.success(), "tests/twilio/prepare failed: it tells above what is missing");
    PathBuf::from(String::from_utf8(done.stdout).expect("a path").trim())
}
