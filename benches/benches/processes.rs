//! Messages sent a second by 1, 2 and 4 processes on one database, each message once:
//! `cargo bench -p depesza-benches --bench processes`, with `-- sqlite` or `-- postgres` for that store alone, with
//! `-- 1000 100` for so many practices with so many messages each.
//!
//! Each round books as many visits in every practice as it is to send messages; then the processes dispatch until nothing is
//! due, over a gateway that takes everything. The clock starts when all of them stand ready.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark may fail by panicking and take its arguments"
)]

use chrono::Days;
use depesza::calendar;
use depesza::engine::Engine;
use depesza::model::{
    DAY_MS, Fact, MINUTE_MS, Permission, Practice, PracticeId, Timestamp, User, VisitState, Zone,
};
use depesza::store::Store;
use depesza_benches::{Clinic, campaigns, practice, told_patient, told_visit};
use depesza_postgres::testing::Database;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

const PROCESSES: [usize; 3] = [1, 2, 4];
/// Visits told in one commit.
const TOGETHER: usize = 50;
/// For a child: the database, and the engine's time.
const CHILD: &str = "DEPESZA_BENCH_CHILD";

fn open(url: &str) -> Arc<dyn Store> {
    depesza_open::open(url).unwrap()
}

fn id(no: u64) -> PracticeId {
    PracticeId::new(format!("practice-{no:05}"))
}

fn at(round: u64) -> Timestamp {
    let start: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
    start.plus_ms(i64::try_from(round).unwrap() * DAY_MS)
}

/// Opens the practices with the campaign that writes ten minutes after a booking.
fn furnish(engine: &Engine, practices: u64) {
    let (campaign, spec) = campaigns().into_iter().next().unwrap();
    for no in 0..practices {
        engine.open_practice(&Practice { id: id(no), ..practice() }, at(0)).unwrap();
        let clinic = engine.practice(id(no));
        let desk = clinic.as_user(User::new("desk", Permission::CLINIC));
        desk.create_campaign(campaign.into(), spec.clone(), at(0)).unwrap();
        desk.activate(&campaign.into(), at(0)).unwrap();
    }
    while engine.work(at(0), 1_000).unwrap().more {}
}

fn book(engine: &Engine, practices: u64, messages: u64, round: u64) {
    let now = at(round);
    let start = calendar::local(Zone::default(), now) + Days::new(20);
    for no in 0..practices {
        let first = (round * practices + no) * messages;
        let facts: Vec<Fact> = (first..first + messages)
            .flat_map(|n| [told_patient(n), told_visit(n, 1, n, start, VisitState::Booked)])
            .collect();
        facts.chunks(2 * TOGETHER).for_each(|facts| drop(engine.practice(id(no)).apply(facts, now).unwrap()));
    }
}

/// What a child does: stands ready, waits for a line, dispatches until nothing is due, says how many it handed over.
fn child(task: &str) {
    let (at, url) = task.split_once(' ').unwrap();
    let now = Timestamp::from_ms(at.parse().unwrap());
    let clinic = Clinic::over(open(url));
    clinic.engine.next_due().unwrap();
    println!("ready");
    std::io::stdin().lock().read_line(&mut String::new()).unwrap();
    let mut submitted = 0;
    loop {
        let done = clinic.engine.dispatch(now, u64::MAX).unwrap();
        submitted += done.submitted;
        if !done.more {
            break;
        }
    }
    println!("{submitted}");
}

fn start(url: &str, now: Timestamp) -> (Child, BufReader<ChildStdout>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .env(CHILD, format!("{} {url}", now.ms()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    (child, output)
}

fn line(output: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    line.trim().to_owned()
}

fn main() {
    if let Ok(task) = std::env::var(CHILD) {
        return child(&task);
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<u64> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    let number = |place: usize, usual| numbers.get(place).copied().unwrap_or(usual);
    let (practices, messages) = (number(0, 100), number(1, 100));
    println!("{practices} practices, {messages} messages each");
    let names = ["sqlite", "postgres"];
    let wanted = |name: &&str| !arguments.iter().any(|a| names.contains(&a.as_str()) && a != name);
    for name in names.into_iter().filter(wanted) {
        let directory = tempfile::tempdir().unwrap();
        let database = (name == "postgres").then(Database::create);
        let file = format!("sqlite:{}", directory.path().join("a.db").display());
        measure(name, database.as_ref().map_or(&file, |database| database.url()), practices, messages);
    }
}

fn measure(name: &str, url: &str, practices: u64, messages: u64) {
    let engine = Clinic::over(open(url)).engine;
    furnish(&engine, practices);
    println!("{name:<10}{:>10}{:>12}   of each process", "processes", "sent/s");
    for (round, processes) in (1..).zip(PROCESSES) {
        book(&engine, practices, messages, round);
        let now = at(round).plus_ms(10 * MINUTE_MS);
        let mut children: Vec<_> = (0..processes).map(|_| start(url, now)).collect();
        children.iter_mut().for_each(|(_, output)| assert_eq!(line(output), "ready"));
        let clock = Instant::now();
        children.iter_mut().for_each(|(child, _)| child.stdin.take().unwrap().write_all(b"go\n").unwrap());
        let sent: Vec<u64> = children.iter_mut().map(|(_, output)| line(output).parse().unwrap()).collect();
        let seconds = clock.elapsed().as_secs_f64();
        children.iter_mut().for_each(|(child, _)| assert!(child.wait().unwrap().success()));
        assert_eq!(sent.iter().sum::<u64>(), practices * messages, "each message once");
        println!("{:<10}{processes:>10}{:>12.0}   {sent:?}", "", (practices * messages) as f64 / seconds);
    }
}
