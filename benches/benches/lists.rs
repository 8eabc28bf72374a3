//! What a screen's question costs by the number of messages stored: `cargo bench -p depesza-benches --bench lists`, with
//! `-- --quick` up to 100,000 messages, with numbers (`-- 10000 50000`) for those sizes.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]

use depesza::engine::{Clinic as Side, Engine};
use depesza::model::{
    CampaignKind, ChatShows, DAY_MS, Direction, MessageFilter, Reading, Recipient, StatisticsFilter, Status,
};
use depesza::store::Store;
use depesza_benches::{Archive, PRACTICE, spread};
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const SIZES: [u64; 2] = [10_000, 1_000_000];
const QUICK: [u64; 2] = [10_000, 100_000];
/// Rounds over all stores in turn, so that what else the machine does falls on all alike.
const ROUNDS: u64 = 101;
/// Rows of a page.
const PAGE: u32 = 50;

/// A question: it says how many rows it found, so that sizes can be compared.
type Ask = fn(&Subject, u64) -> usize;

const QUESTIONS: &[(&str, Ask)] = &[
    ("list: newest", |subject, _| subject.list(MessageFilter::default())),
    ("list: a patient", |subject, round| {
        subject.list(MessageFilter { patient: Some(subject.archive.patient(spread(round))), ..none() })
    }),
    ("list: a number", |subject, round| {
        subject.list(MessageFilter { number: Some(subject.archive.number(spread(round))), ..none() })
    }),
    ("list: a campaign", |subject, _| {
        subject.list(MessageFilter { campaign: Some("reminder".into()), ..none() })
    }),
    ("list: a kind", |subject, _| {
        subject.list(MessageFilter { kind: Some(CampaignKind::FollowUp), ..none() })
    }),
    ("list: failed", |subject, _| subject.list(MessageFilter { statuses: vec![Status::Failed], ..none() })),
    ("list: delivered or skipped", |subject, _| {
        subject.list(MessageFilter { statuses: vec![Status::Delivered, Status::Skipped], ..none() })
    }),
    ("list: incoming", |subject, _| {
        subject.list(MessageFilter { direction: Some(Direction::Incoming), ..none() })
    }),
    ("list: outgoing", |subject, _| {
        subject.list(MessageFilter { direction: Some(Direction::Outgoing), ..none() })
    }),
    ("list: unread", |subject, _| subject.list(MessageFilter { reading: Some(Reading::Unread), ..none() })),
    ("list: before a day", |subject, round| {
        let to = subject.archive.end().plus_ms(-i64::try_from(round * 3 + 1).unwrap() * DAY_MS);
        subject.list(MessageFilter { to: Some(to), ..none() })
    }),
    ("words: a common one", |subject, _| {
        subject.list(MessageFilter { words: Some("wizycie przypominamy".into()), ..none() })
    }),
    ("words: a rare one", |subject, _| {
        subject.list(MessageFilter { words: Some("hipopotam".into()), ..none() })
    }),
    ("words: half-typed", |subject, _| subject.list(MessageFilter { words: Some("hip".into()), ..none() })),
    ("words: rare, of a campaign", |subject, _| {
        let campaign = Some("booking".into());
        subject.list(MessageFilter { words: Some("hipopotam".into()), campaign, ..none() })
    }),
    ("a conversation", |subject, round| {
        let patient = subject.archive.patient(spread(round + 7_000));
        subject.ask().chat(&patient, ChatShows::Everything, None, PAGE).unwrap().rows.len()
    }),
    ("patients: part of a name", |subject, _| subject.ask().find_patients("owals", 10).unwrap().len()),
    ("patients: two words", |subject, _| subject.ask().find_patients("anna kow", 5).unwrap().len()),
    ("patients: a number", |subject, round| {
        let number = subject.archive.number(spread(round));
        subject.ask().find_patients(number.reveal(), 10).unwrap().len()
    }),
    ("the desk's inbox", |subject, _| subject.ask().inbox(None, PAGE).unwrap().items.len()),
    ("unread in all", |subject, _| {
        usize::try_from(subject.ask().unread_total().unwrap().count).unwrap_or(usize::MAX)
    }),
    ("statistics of a month", |subject, round| {
        let from = "2026-01-01".parse::<chrono::NaiveDate>().unwrap() + chrono::Days::new(round);
        let filter = StatisticsFilter { from, to: from + chrono::Days::new(30), campaign: None, kind: None };
        subject.ask().statistics(&filter).unwrap().by_day.len()
    }),
    ("statistics of the year", |subject, _| {
        let day = |text: &str| text.parse().unwrap();
        let (from, to) = (day("2025-11-01"), day("2026-12-01"));
        subject
            .ask()
            .statistics(&StatisticsFilter { from, to, campaign: None, kind: None })
            .unwrap()
            .by_day
            .len()
    }),
    ("preview of a text", |subject, round| {
        let to = Recipient::Patient(subject.archive.patient(spread(round)));
        usize::from(
            subject.ask().chat_preview(&"Prosimy o telefon".into(), Some(&to)).unwrap().cost_milli > 0,
        )
    }),
];

fn none() -> MessageFilter {
    MessageFilter::default()
}

/// A filled practice and what was measured on it: nanoseconds of each question, round by round.
struct Subject {
    archive: Archive,
    engine: Engine,
    times_ns: Vec<Vec<u64>>,
    first_ns: Vec<Vec<u64>>,
    rows: Vec<usize>,
}

impl Subject {
    fn filled(messages: u64, directory: &Path) -> Self {
        let start = Instant::now();
        let archive = Archive { messages };
        let path = directory.join(format!("{messages}.db"));
        let options = Options { durability: Durability::Process, ..Options::default() };
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open_with(&path, options).unwrap());
        archive.fill(&store);
        let megabytes = std::fs::metadata(&path).unwrap().len() / 1_000_000;
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("{messages} messages: filled in {seconds:.0} s, the file has {megabytes} MB");
        let engine = Engine::new(store, Vec::new());
        let nothing = || vec![Vec::new(); QUESTIONS.len()];
        Self { archive, engine, times_ns: nothing(), first_ns: nothing(), rows: vec![0; QUESTIONS.len()] }
    }

    fn ask(&self) -> Side<'_> {
        self.engine.practice(PRACTICE.into())
    }

    fn list(&self, filter: MessageFilter) -> usize {
        self.ask().messages(&filter, None, PAGE).unwrap().rows.len()
    }

    fn round(&mut self, round: u64) {
        for (place, (_, ask)) in QUESTIONS.iter().enumerate() {
            let timed = |subject: &Self| {
                let start = Instant::now();
                let rows = ask(subject, round);
                (rows, u64::try_from(start.elapsed().as_nanos()).unwrap())
            };
            // a page of a large file may have to come from the disk: that is told apart
            let (_, first) = timed(self);
            let (rows, again) = timed(self);
            self.first_ns.get_mut(place).unwrap().push(first);
            self.times_ns.get_mut(place).unwrap().push(again);
            *self.rows.get_mut(place).unwrap() += rows;
        }
    }

    /// The lower quartile: what else the machine does makes a question slower, never faster.
    fn quartile_us(times: &[u64]) -> f64 {
        let mut times = times.to_vec();
        times.sort_unstable();
        times.get(times.len() / 4).map_or(f64::NAN, |ns| *ns as f64 / 1_000.0)
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        let quick = arguments.iter().any(|argument| argument == "--quick");
        sizes = if quick { QUICK } else { SIZES }.to_vec();
    }
    let directory = tempfile::tempdir().unwrap();
    let mut all: Vec<Subject> = sizes.iter().map(|size| Subject::filled(*size, directory.path())).collect();
    for round in 0..ROUNDS {
        for subject in &mut all {
            subject.round(round);
        }
    }
    let shown: Vec<String> = sizes.iter().map(|size| format!("{size:>10}")).collect();
    println!("\n{:<30}{}   ratio   first asked   rows", "sqlite", shown.concat());
    for (place, (question, _)) in QUESTIONS.iter().enumerate() {
        let times: Vec<f64> =
            all.iter().map(|of| Subject::quartile_us(of.times_ns.get(place).unwrap())).collect();
        let shown: Vec<String> = times.iter().map(|us| format!("{us:>10.1}")).collect();
        let ratio = times.last().unwrap() / times.first().unwrap();
        let rows: Vec<u64> = all.iter().map(|s| *s.rows.get(place).unwrap() as u64 / ROUNDS).collect();
        let first = all.last().map(|of| Subject::quartile_us(of.first_ns.get(place).unwrap())).unwrap();
        println!("{question:<30}{}   {ratio:>5.2}   {first:>10.1}   {rows:?}", shown.concat());
    }
    println!(
        "\nlower quartiles of {ROUNDS} rounds, in microseconds; ratio: largest to smallest; first asked: of the largest,\nwhen its pages may not be in memory; rows of an answer, on average"
    );
}
