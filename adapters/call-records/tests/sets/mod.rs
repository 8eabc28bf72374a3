#![allow(dead_code, reason = "each test file uses its part")]
//! The five real sets: rows that an Asterisk wrote, and what truly happened.

use depesza::model::{Call, Zone};
use depesza_call_records::asterisk::{Columns, Omitted, Options, Row};
use serde::Deserialize;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    A,
    B,
    B2,
    C,
    F,
}

/// A line of `truth.jsonl`.
#[derive(Debug, Deserialize)]
pub struct Truth {
    pub call_key: String,
    pub caller: String,
    pub called: String,
    pub direction: String,
    pub what_happened: String,
    pub human_answered: bool,
    pub talk_s: f64,
    pub rows: Vec<usize>,
    pub scenario: String,
}

impl Set {
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::B2, Self::C, Self::F];

    fn file(self, name: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/asterisk")
            .join(format!("{self:?}"))
            .join(name)
    }

    pub fn rows(self) -> Vec<u8> {
        std::fs::read(self.file("Master.csv")).unwrap()
    }

    pub fn truths(self) -> Vec<Truth> {
        let text = std::fs::read_to_string(self.file("truth.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What the host of these exchanges would write in its settings.
    pub fn options(self) -> Options {
        let dialled = [
            ("ivr-1/*", "221234503"),
            ("ext-queues/400", "221234504"),
            ("ext-queues/401", "221234521"),
            ("ext-queues/402", "221234522"),
        ];
        Options {
            system: format!("asterisk-{self:?}"),
            columns: match self {
                Self::A => Columns::NONE,
                Self::C => Columns::ALL,
                _ => Columns::SAMPLE,
            },
            zone: if self == Self::C { "UTC".parse().unwrap() } else { Zone::default() },
            trunks: vec!["IAX2/operator-".into()],
            dialled: dialled.map(|(place, number)| (place.to_owned(), number.to_owned())).into(),
            // their dialplan marks a call that truly happened
            omitted: Omitted::Read,
            ..Options::default()
        }
    }

    pub fn parsed(self) -> Vec<Row> {
        let columns = self.options().columns;
        let rows = self.rows();
        let lines = rows.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| Row::from_csv(1, line, columns).unwrap().unwrap()).collect()
    }

    /// The call that was read of a true one's rows: the one that spans them.
    pub fn call_of<'a>(self, truth: &Truth, calls: &'a [Call]) -> Option<&'a Call> {
        let rows = self.parsed();
        let own: Vec<&Row> = truth.rows.iter().map(|number| &rows[number - 1]).collect();
        let ids: Vec<&str> =
            own.iter().flat_map(|row| [&row.linkedid, &row.uniqueid]).flatten().map(String::as_str).collect();
        if !ids.is_empty() {
            return calls.iter().find(|call| ids.contains(&call.id.as_str()));
        }
        let start = own.iter().map(|row| row.start).min()?;
        calls.iter().find(|call| {
            let local = call.started_at.utc().with_timezone(&self.options().zone.tz()).naive_local();
            local == start
                && (digits(call.caller.reveal()) == digits(&truth.caller) || truth.direction == "out")
        })
    }
}

/// A number without what the exchange takes out of it on the way: separators, and the international prefix of our own country,
/// which the trunk's context takes off the dialled number.
pub fn digits(number: &str) -> String {
    let plain: String = number.chars().filter(|letter| !" -".contains(*letter)).collect();
    for prefix in ["+48", "48"] {
        if let Some(own) = plain.strip_prefix(prefix)
            && own.starts_with("2212345")
        {
            return own.to_owned();
        }
    }
    plain
}
