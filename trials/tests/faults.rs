//! What fails around the dispatchers: the database, the gateway, the clock. Each trial ends with everything accounted for.
//!
//! `DEPESZA_SEED=n` gives other plans.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::model::{HOUR_MS, MINUTE_MS};
use depesza_trials::dice::Dice;
use depesza_trials::gateway::{Fate, Habits, Kind};
use depesza_trials::oracle::Excuses;
use depesza_trials::trial::{Plan, Report, Trial};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn plan(url: &str, kind: Kind) -> Plan {
    Plan { dispatchers: 2, ..Plan::new(url, env!("CARGO_BIN_EXE_depesza-trial-dispatcher"), kind) }
}

fn file(directory: &TempDir) -> PathBuf {
    directory.path().join("trial.db")
}

fn sqlite(directory: &TempDir) -> String {
    format!("sqlite:{}", file(directory).display())
}

fn errors(report: &Report) -> u64 {
    report.trial().nursery().errors().values().sum()
}

#[test]
fn a_file_that_another_process_locks_for_longer_than_the_time_out() {
    let directory = tempfile::tempdir().unwrap();
    let url = format!("{}?busy_timeout_ms=100", sqlite(&directory));
    let mut trial = Trial::start(plan(&url, Kind::Idempotent));
    trial.live(80);
    for _ in 0..3 {
        let (locked, is_locked) = mpsc::channel();
        let path = file(&directory);
        // what a backup tool or a person with a shell does
        let locker = std::thread::spawn(move || {
            let other = rusqlite::Connection::open(path).unwrap();
            other.busy_timeout(Duration::from_secs(20)).unwrap();
            other.execute_batch("BEGIN EXCLUSIVE").unwrap();
            locked.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(500));
            other.execute_batch("ROLLBACK").unwrap();
        });
        is_locked.recv().unwrap();
        trial.live(60);
        locker.join().unwrap();
    }
    let report = trial.end(Excuses::None);
    println!("{report}");
    assert!(report.trial().office.refused > 0 && errors(&report) > 0, "{report}");
}

#[test]
fn a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let url = sqlite(&directory);
    let mut trial = Trial::start(plan(&format!("{url}?max_bytes=1500000"), Kind::Idempotent));
    trial.office.gives_up = true;
    let mut turns = 0;
    // until it is full for offices and dispatchers
    while trial.office.refused < 20 || trial.nursery().errors().is_empty() {
        turns += 1;
        assert!(turns < 20_000, "it does not become full");
        trial.live(1);
        trial.clock().shift_ms(MINUTE_MS / 2);
    }
    let (visits, refused) = (trial.office.visits.len(), trial.office.refused);
    // questions are answered, and nothing is half-written
    assert!(trial.office.engine().next_due().unwrap().is_some());
    trial.reopen(&format!("{url}?max_bytes=100000000"));
    trial.live(100);
    assert_eq!(trial.office.refused, refused);
    assert!(trial.office.visits.len() > visits + 50, "all goes on with more room");
    let report = trial.end(Excuses::None);
    println!("{report}");
    let full = |error: &String| error.contains("full");
    assert!(report.trial().nursery().errors().keys().all(full), "{report}");
}

fn bad_gateway(kind: Kind) {
    let directory = tempfile::tempdir().unwrap();
    let habits = Habits {
        slow_ms: 20,
        not_taken: 80,
        answer_lost: 80,
        garbage: 80,
        short: 80,
        transient: 5,
        try_later: 30,
        no_report: 200,
        late: 60,
        late_ms: 700,
    };
    // the late answers come after the time-out
    let plan = Plan { habits, gateway_timeout_ms: 500, ..plan(&sqlite(&directory), kind) };
    let mut trial = Trial::start(plan);
    trial.live_for_calls(100, 15 * MINUTE_MS);
    let report = trial.end(Excuses::None);
    println!("{report}");
    let fates = report.trial().gateway().fates();
    let all = [Fate::NotTaken, Fate::AnswerLost, Fate::Garbage, Fate::Short, Fate::Late];
    assert!(all.iter().all(|fate| fates.contains_key(fate)), "{report}");
}

#[test]
fn a_gateway_that_times_out_and_answers_garbage_and_is_idempotent() {
    bad_gateway(Kind::Idempotent);
}

#[test]
fn a_gateway_that_times_out_and_answers_garbage_and_is_plain() {
    bad_gateway(Kind::Plain);
}

/// At sixty times real time a lease of two minutes lasts two seconds; half of the calls take longer. No report tells what
/// became of a message meanwhile.
fn slower_than_the_lease(kind: Kind) {
    let directory = tempfile::tempdir().unwrap();
    let habits = Habits { no_report: 1_000, late: 500, late_ms: 2_500, ..Habits::default() };
    let plan = Plan { habits, dispatchers: 3, gateway_timeout_ms: 20_000, ..plan(&sqlite(&directory), kind) };
    let mut trial = Trial::start(plan);
    // no more facts than three dispatchers can deal with: what has waited longest comes first, so behind a long queue an expired
    // lease is not looked at
    let begun = Instant::now();
    let enough = |trial: &Trial| match kind {
        // another one took a message for abandoned while its owner was still waiting
        Kind::Idempotent => trial.gateway().repeats() > 0,
        Kind::Plain => trial.gateway().fates().get(&Fate::Late) > Some(&5),
    };
    while !enough(&trial) {
        trial.turn(1);
        std::thread::sleep(Duration::from_millis(100));
        assert!(begun.elapsed() < Duration::from_secs(90), "no lease ended before the gateway answered");
    }
    let report = trial.end(Excuses::None);
    println!("{report}");
    assert!(report.trial().gateway().fates().contains_key(&Fate::Late), "{report}");
}

#[test]
fn a_gateway_slower_than_the_lease_that_is_idempotent() {
    slower_than_the_lease(Kind::Idempotent);
}

#[test]
fn a_gateway_slower_than_the_lease_that_is_plain() {
    slower_than_the_lease(Kind::Plain);
}

fn jumping_clock(begins: &str, kind: Kind) {
    let directory = tempfile::tempdir().unwrap();
    let plan = Plan { begins: begins.parse().unwrap(), ..plan(&sqlite(&directory), kind) };
    let mut dice = Dice::new(plan.seed);
    let mut trial = Trial::start(plan);
    for _ in 0..16 {
        trial.live(20);
        trial.clock().shift_ms(dice.between(-3 * HOUR_MS, 3 * HOUR_MS + HOUR_MS / 2));
    }
    let report = trial.end(Excuses::ClockJumped);
    println!("{report}");
    assert!(report.account.sent > 100, "{report}");
}

#[test]
fn a_clock_that_jumps_around_midnight_and_the_end_of_summer_time() {
    jumping_clock("2026-10-24T21:50:00Z", Kind::Idempotent);
}

#[test]
fn a_clock_that_jumps_around_midnight_and_the_beginning_of_summer_time() {
    jumping_clock("2027-03-27T22:50:00Z", Kind::Plain);
}
