//! What a fact costs by the number of messages stored: `cargo bench -p depesza-benches --bench planning`, with `-- --quick`
//! up to 100,000 messages, with numbers (`-- 10000 50000`) for those sizes.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]

use chrono::{Days, NaiveDateTime};
use depesza::calendar;
use depesza::model::{Fact, MINUTE_MS, Timestamp, VisitState, Zone};
use depesza::store::{MemoryStore, Store};
use depesza_benches::{Clinic, Facts, PRACTICE, Tee, answer, fill, told_patient, told_visit};
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
/// Rounds over all stores in turn, so that what else the machine does falls on all alike.
const ROUNDS: u64 = 8;
/// Facts of each kind in a round; also the messages of a dispatch.
const FACTS: u64 = 100;
const OPERATIONS: [&str; 6] = [
    "a new visit",
    "a visit moved",
    "a visit cancelled",
    "dispatch of 100 due messages",
    "a delivery report",
    "an answer TAK",
];

/// A filled practice and what was measured on it, in nanoseconds.
struct Subject {
    store: &'static str,
    messages: u64,
    clinic: Clinic,
    facts: Facts,
    times_ns: BTreeMap<&'static str, Vec<u64>>,
}

impl Subject {
    fn time<T>(&mut self, operation: &'static str, work: impl FnOnce(&Clinic) -> T) -> T {
        let start = Instant::now();
        let result = work(&self.clinic);
        let took = u64::try_from(start.elapsed().as_nanos()).unwrap();
        self.times_ns.entry(operation).or_default().push(took);
        result
    }

    fn median_us(&self, operation: &str) -> f64 {
        let mut times = self.times_ns.get(operation).cloned().unwrap_or_default();
        times.sort_unstable();
        times.get(times.len() / 2).map_or(f64::NAN, |ns| *ns as f64 / 1_000.0)
    }

    fn round(&mut self, round: u64, now: Timestamp) {
        let [new, moved, cancelled, dispatch, report, tak] = OPERATIONS;
        let first_visit = self.facts.visits() + 2 * round * FACTS;
        let first_patient = self.facts.patients() + round * FACTS;
        let start = |in_days: u64| calendar::local(Zone::default(), now) + Days::new(in_days);
        // of patients who have been here before, one after the other through all of them
        let old = |n: u64| (round * FACTS + n) * 7_919 % self.facts.patients();
        let visits: Vec<(u64, u64)> = (0..FACTS).map(|n| (first_visit + n, old(n))).collect();
        for (operation, revision, in_days, state) in [
            (new, 1, 20, VisitState::Booked),
            (moved, 2, 23, VisitState::Booked),
            (cancelled, 3, 23, VisitState::Cancelled),
        ] {
            for (visit, patient) in &visits {
                let fact = told_visit(*visit, revision, *patient, start(in_days + visit % 20), state);
                self.time(operation, |clinic| clinic.tell(&[fact], now));
            }
        }
        // of new patients, so that an answer belongs to one visit
        let booked = |n: u64| {
            [told_patient(first_patient + n), new_visit(first_visit + FACTS + n, first_patient + n, start(5))]
        };
        let facts: Vec<Fact> = (0..FACTS).flat_map(booked).collect();
        facts.chunks(50).for_each(|facts| self.clinic.tell(facts, now));
        let now = now.plus_ms(10 * MINUTE_MS);
        let done = self.time(dispatch, |clinic| clinic.engine.dispatch(now, 1_000).unwrap());
        assert_eq!((done.submitted, done.accepted), (FACTS, FACTS), "only this round's messages are due");
        for delivered in self.clinic.sink.delivered(now) {
            self.time(report, |clinic| clinic.tell(&[delivered], now));
        }
        for n in 0..FACTS {
            let fact = answer(first_patient + n, "TAK", first_visit + n, now);
            self.time(tak, |clinic| clinic.tell(&[fact], now));
        }
    }
}

fn new_visit(visit: u64, patient: u64, start: NaiveDateTime) -> Fact {
    told_visit(visit, 1, patient, start, VisitState::Booked)
}

/// A practice of a size, in memory and in a file.
fn subjects(messages: u64, directory: &Path) -> ([Subject; 2], Timestamp) {
    let start = Instant::now();
    let facts = Facts::of(messages);
    let memory = Arc::new(MemoryStore::new());
    let path = directory.join(format!("{messages}.db"));
    // a commit does not wait for the disk: what is measured is what the engine and the store do
    let options = Options { durability: Durability::Process, ..Options::default() };
    let file: Arc<dyn Store> = Arc::new(SqliteStore::open_with(&path, options).unwrap());
    let tee = Arc::new(Tee::new(memory.clone(), file.clone()));
    let now = fill(&Clinic::over(tee.clone()), facts);
    tee.flush(&PRACTICE.into()).unwrap();
    let megabytes = std::fs::metadata(&path).unwrap().len() / 1_000_000;
    eprintln!(
        "{messages} messages: filled in {:.0} s, the file has {megabytes} MB",
        start.elapsed().as_secs_f64()
    );
    let subject = |store, clinic| Subject { store, messages, clinic, facts, times_ns: BTreeMap::new() };
    ([subject("memory", Clinic::over(memory)), subject("sqlite", Clinic::over(file))], now)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
        sizes.truncate(if arguments.iter().any(|argument| argument == "--quick") { 2 } else { 3 });
    }
    let directory = tempfile::tempdir().unwrap();
    let mut all = Vec::new();
    let mut now = Timestamp::from_ms(0);
    for size in &sizes {
        let (subjects, end) = subjects(*size, directory.path());
        all.extend(subjects);
        now = end;
    }
    for round in 0..ROUNDS {
        for subject in &mut all {
            subject.round(round, now.plus_ms(i64::try_from(round).unwrap() * 15 * MINUTE_MS));
        }
    }
    for store in ["memory", "sqlite"] {
        let mine: Vec<&Subject> = all.iter().filter(|subject| subject.store == store).collect();
        let sizes: Vec<String> = mine.iter().map(|subject| format!("{:>10}", subject.messages)).collect();
        println!("\n{store:<30}{}   ratio", sizes.concat());
        for operation in OPERATIONS {
            let medians: Vec<f64> = mine.iter().map(|subject| subject.median_us(operation)).collect();
            let shown: Vec<String> = medians.iter().map(|us| format!("{us:>10.1}")).collect();
            let ratio = medians.last().unwrap() / medians.first().unwrap();
            println!("{operation:<30}{}   {ratio:>5.2}", shown.concat());
        }
    }
    println!("\nmedians of {ROUNDS} rounds, in microseconds; ratio: largest to smallest");
}
