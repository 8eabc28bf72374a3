//! Messages planned and sent a second, beside the same rows written without an engine, by the number of messages stored:
//! `cargo bench -p depesza-benches --bench throughput`, with numbers (`-- 10000 50000`) for those sizes, with `sqlite`,
//! `postgres` or `memory` for that store alone. PostgreSQL is a throw-away cluster, or the server that `DEPESZA_POSTGRES` names.
//!
//! One round tells 1,000 new visits in commits of 50, then dispatches the 1,000 messages that are due by them. The commits
//! of both are recorded and made again right after under a second practice of the same database, that holds as many
//! messages: every row, index entry, event and figure of them, and not one read. Rounds alternate, so that what else the
//! machine does falls on all alike. The *claim* is a part of sending: from the last commit to the one that claims a hundred.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark may fail by panicking")]

use chrono::{Days, NaiveDateTime};
use depesza::calendar;
use depesza::model::{Fact, MINUTE_MS, Permission, PracticeId, Timestamp, User, VisitState, Zone};
use depesza::store::{Commit, MemoryStore, Store};
use depesza_benches::{Archive, Clinic, PRACTICE, Recorded, Recorder, told_patient, told_visit};
use depesza_postgres::testing::Database;
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const STORES: [&str; 3] = ["memory", "sqlite", "postgres"];
const SIZES: [u64; 2] = [10_000, 1_000_000];
const ROUNDS: u64 = 9;
/// Visits of a round, and of one commit.
const VISITS: u64 = 1_000;
const TOGETHER: u64 = 50;
/// The practice that has the same rows written bare.
const BARE: &str = "bare";

/// What one round took, in nanoseconds, and how often the store was asked: for all of its messages, or for each.
#[derive(Clone, Copy)]
struct Lap {
    engine_ns: f64,
    bare_ns: f64,
    calls: f64,
    /// The median time from one commit to the next that is the first of three: the claim, where they are a dispatch's.
    claim_ns: f64,
}

impl Lap {
    /// A message's share where it was of so many.
    fn of(&self, messages: u64) -> Self {
        let share = |figure: f64| figure / messages as f64;
        Self {
            engine_ns: share(self.engine_ns),
            bare_ns: share(self.bare_ns),
            calls: share(self.calls),
            claim_ns: self.claim_ns,
        }
    }

    /// One after the other.
    fn and(&self, then: &Self) -> Self {
        Self {
            engine_ns: self.engine_ns + then.engine_ns,
            bare_ns: self.bare_ns + then.bare_ns,
            calls: self.calls + then.calls,
            claim_ns: then.claim_ns,
        }
    }
}

struct Subject {
    name: &'static str,
    messages: u64,
    store: Arc<dyn Store>,
    recorder: Arc<Recorder>,
    clinic: Clinic,
    first_visit: u64,
    plan: Vec<Lap>,
    send: Vec<Lap>,
}

fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let start = Instant::now();
    let result = work();
    (result, nanoseconds(start.elapsed()))
}

impl Subject {
    fn new(name: &'static str, messages: u64, store: Arc<dyn Store>) -> (Self, Timestamp) {
        let archive = Archive { messages: messages / 2 };
        let bare: PracticeId = BARE.into();
        archive.fill_practice(&store, &PRACTICE.into());
        archive.fill_practice(&store, &bare);
        let now = archive.end();
        let recorder = Arc::new(Recorder::new(store.clone(), bare));
        let clinic = Clinic::over(recorder.clone());
        let practice = clinic.engine.practice(PRACTICE.into());
        let desk = practice.as_user(User::new("desk", Permission::CLINIC));
        for (campaign, _) in depesza_benches::campaigns() {
            desk.activate(&campaign.into(), now).unwrap();
        }
        while clinic.engine.work(now, 1_000).unwrap().more {}
        recorder.take();
        let first_visit = 5_000_000; // and first new patient, past those of the archive
        let (plan, send) = (Vec::new(), Vec::new());
        (Self { name, messages, store, recorder, clinic, first_visit, plan, send }, now)
    }

    /// The same rows under the other practice.
    fn again(&self, commits: Vec<(Commit, Instant)>) -> u64 {
        let practice: PracticeId = BARE.into();
        let mut version = self.store.version(&practice).unwrap();
        let commits: Vec<Commit> = commits
            .into_iter()
            .map(|(commit, _)| {
                assert_eq!(commit.practice, PRACTICE.into(), "nothing but what is measured is made again");
                let commit = Commit { practice: practice.clone(), version, writes: commit.writes };
                version += 1;
                commit
            })
            .collect();
        let ((), ns) = timed(|| {
            for commit in &commits {
                self.store.commit(commit).unwrap();
            }
        });
        ns
    }

    fn lap(&self, work: impl FnOnce(&Clinic)) -> Lap {
        self.recorder.take();
        // glibc puts freed pieces together at the next large request: those of the recording are not the engine's to tidy
        drop(std::hint::black_box(Vec::<u8>::with_capacity(1 << 16)));
        let ((), engine_ns) = timed(|| work(&self.clinic));
        let Recorded { commits, calls, took } = self.recorder.take();
        let engine_ns = engine_ns - nanoseconds(took);
        let stood: Vec<Instant> = commits.iter().map(|(_, stands)| *stands).collect();
        let mut claims: Vec<u64> =
            stood.windows(2).skip(2).step_by(3).map(|two| nanoseconds(two[1] - two[0])).collect();
        claims.sort_unstable();
        let claim_ns = claims.get(claims.len() / 2).copied().unwrap_or_default();
        Lap {
            engine_ns: engine_ns as f64,
            bare_ns: self.again(commits) as f64,
            calls: calls as f64,
            claim_ns: claim_ns as f64,
        }
    }

    fn round(&mut self, now: Timestamp) {
        let start: NaiveDateTime = calendar::local(Zone::default(), now) + Days::new(20);
        let first = self.first_visit;
        self.first_visit += VISITS;
        let facts: Vec<Fact> = (first..first + VISITS)
            .flat_map(|n| [told_patient(n), told_visit(n, 1, n, start, VisitState::Booked)])
            .collect();
        let together = usize::try_from(2 * TOGETHER).unwrap();
        self.plan.push(self.lap(|clinic| facts.chunks(together).for_each(|facts| clinic.tell(facts, now))));
        let due = now.plus_ms(10 * MINUTE_MS);
        let lap = self.lap(|clinic| {
            let done = clinic.engine.dispatch(due, 10 * VISITS).unwrap();
            assert_eq!(
                (done.submitted, done.accepted),
                (VISITS, VISITS),
                "only this round's messages are due"
            );
        });
        self.send.push(lap);
        drop(self.clinic.sink.delivered(due));
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut sizes: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = SIZES.to_vec();
    }
    let wanted: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|name| STORES.contains(name)).collect();
    let directory = tempfile::tempdir().unwrap();
    let mut databases = Vec::new();
    let mut all = Vec::new();
    let mut now = Timestamp::from_ms(0);
    for size in sizes {
        for (name, store) in stores(directory.path(), size, &mut databases, &wanted) {
            let ((subject, end), ns) = timed(|| Subject::new(name, size, store));
            eprintln!("{name}, {size} messages: filled in {} s", ns / 1_000_000_000);
            all.push(subject);
            now = end;
        }
    }
    for round in 0..ROUNDS {
        for subject in &mut all {
            subject.round(now.plus_ms(i64::try_from(round).unwrap() * 15 * MINUTE_MS));
        }
    }
    println!(
        "{:<10}{:>10}  {:<18}{:>10}{:>10}{:>8}{:>8}{:>10}",
        "store", "stored", "", "engine/s", "bare/s", "ratio", "calls", "claim us"
    );
    for subject in &all {
        // a visit has three messages
        let planned: Vec<Lap> = subject.plan.iter().map(|lap| lap.of(3 * VISITS)).collect();
        let sent: Vec<Lap> = subject.send.iter().map(|lap| lap.of(VISITS)).collect();
        let both = planned.iter().zip(&sent).map(|(planned, sent)| planned.and(sent)).collect();
        for (what, laps) in [("planned", planned), ("claimed and sent", sent), ("from plan to sent", both)] {
            let of = |figure: &dyn Fn(&Lap) -> f64| median(laps.iter().map(figure).collect());
            println!(
                "{:<10}{:>10}  {what:<18}{:>10.0}{:>10.0}{:>8.2}{:>8.3}{:>10.0}",
                subject.name,
                subject.messages,
                of(&|lap| 1e9 / lap.engine_ns),
                of(&|lap| 1e9 / lap.bare_ns),
                of(&|lap| lap.bare_ns / lap.engine_ns),
                of(&|lap| lap.calls),
                of(&|lap| lap.claim_ns / 1e3),
            );
        }
    }
    println!("\nmedians of {ROUNDS} rounds; calls: of the store, a message");
}

/// Empty stores, of all kinds or of those that were asked for.
fn stores(
    directory: &Path,
    size: u64,
    databases: &mut Vec<Database>,
    wanted: &[&str],
) -> Vec<(&'static str, Arc<dyn Store>)> {
    let mut stores = Vec::new();
    for name in STORES.into_iter().filter(|name| wanted.is_empty() || wanted.contains(name)) {
        let store: Arc<dyn Store> = match name {
            "memory" => Arc::new(MemoryStore::new()),
            "sqlite" => {
                // a commit does not wait for the disk, as it does not in the cluster
                let options = Options { durability: Durability::Process, ..Options::default() };
                Arc::new(SqliteStore::open_with(directory.join(format!("{size}.db")), options).unwrap())
            }
            _ => {
                databases.push(Database::create());
                depesza_open::open(databases.last().unwrap().url()).unwrap()
            }
        };
        stores.push((name, store));
    }
    stores
}
