//! Counters on node and Python: processes beside this one that are asked for a batch at a time. They measure themselves,
//! without their start and without the reading of the messages; they end with their input.

use super::contender::{Contender, Cost, Out, Work};
use super::rows::Messages;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// The longest that a script may take for one answer, and that installing them may take.
const PATIENCE: Duration = Duration::from_secs(300);

const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts");
const SCRATCH: &str = env!("CARGO_TARGET_TMPDIR");

/// Installs what is not there yet. What cannot be installed is left out later, with a note.
pub fn prepare() -> PathBuf {
    let directory = Path::new(SCRATCH).join("text-peers");
    let installing =
        Command::new(Path::new(SCRIPTS).join("prepare")).arg(&directory).stdin(Stdio::null()).spawn();
    match installing {
        Ok(mut child) => {
            let start = Instant::now();
            while let Ok(None) = child.try_wait() {
                if start.elapsed() > PATIENCE {
                    eprintln!("scripts/prepare takes too long: without it");
                    let _ = child.kill();
                    let _ = child.wait();
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        Err(error) => eprintln!("scripts/prepare does not run: {error}"),
    }
    directory
}

/// The counters that run here, for these messages.
pub fn peers(messages: &Messages, directory: &Path) -> Vec<Box<dyn Contender>> {
    let file = Path::new(SCRATCH).join(format!("messages-{}.json", messages.letters.name()));
    std::fs::write(&file, serde_json::to_string(messages.texts).unwrap()).unwrap();
    let node = |which: &str| {
        let mut command = Command::new("node");
        command.arg(Path::new(SCRIPTS).join("node.js")).arg(which).arg(directory.join("node")).arg(&file);
        command
    };
    let mut python = Command::new(directory.join("python/bin/python"));
    python.arg(Path::new(SCRIPTS).join("python.py")).arg(&file);
    let scripts = [
        ("split-sms 0.1.7 (node)", node("split-sms")),
        ("sms-segments-calculator 1.3.0 (node)", node("twilio")),
        ("smsutil 1.1.3 (Python)", python),
    ];
    let mut peers: Vec<Box<dyn Contender>> = Vec::new();
    for (name, command) in scripts {
        match Script::start(name, command) {
            Ok(script) => peers.push(Box::new(script)),
            Err(why) => println!(
                "{} of {} messages: without {name}: {why}",
                Work::Count.name(),
                messages.letters.name()
            ),
        }
    }
    peers
}

struct Script {
    name: &'static str,
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    costs: Vec<(bool, u32)>,
}

impl Script {
    fn start(name: &'static str, mut command: Command) -> Result<Self, String> {
        let spawned = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = spawned.map_err(|error| error.to_string())?;
        let output = child.stdout.take().ok_or("no output")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let mut script = Self { name, input: child.stdin.take(), child, lines, costs: Vec::new() };
        let costs = script.line().ok_or("it prints no costs (is it installed?)")?;
        script.costs = serde_json::from_str(&costs).map_err(|error| error.to_string())?;
        Ok(script)
    }

    fn line(&self) -> Option<String> {
        self.lines.recv_timeout(PATIENCE).ok()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Contender for Script {
    fn name(&self) -> &str {
        self.name
    }

    fn one(&mut self, message: usize, _: &mut Out) -> Option<Cost> {
        self.costs.get(message).map(|(is_gsm7, segments)| Cost { is_gsm7: *is_gsm7, segments: *segments })
    }

    fn pass(&mut self, messages: usize) {
        self.batch(messages, 1);
    }

    fn batch(&mut self, messages: usize, passes: u32) -> Duration {
        let asked = self.input.as_mut().and_then(|input| writeln!(input, "{messages} {passes}").ok());
        let took = asked.and_then(|()| self.line()?.parse().ok());
        Duration::from_nanos(took.unwrap_or_else(|| panic!("{} answers no more", self.name)))
    }
}
