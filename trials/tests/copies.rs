//! A copy is made while four dispatchers and the offices write, life goes on, the machine is lost, the copy is put back. What
//! went in the lost time does not go again.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza::engine::Engine;
use depesza::gateway::Simulator;
use depesza::model::MINUTE_MS;
use depesza_sqlite::SqliteStore;
use depesza_trials::dispatcher::GATEWAY;
use depesza_trials::gateway::Kind;
use depesza_trials::open;
use depesza_trials::oracle::Excuses;
use depesza_trials::trial::{Plan, Trial};
use std::sync::Arc;

fn put_back(kind: Kind) {
    let directory = tempfile::tempdir().unwrap();
    let (file, copy) = (directory.path().join("trial.db"), directory.path().join("copy.db"));
    let (url, copy_url) = (format!("sqlite:{}", file.display()), format!("sqlite:{}", copy.display()));
    let mut trial = Trial::start(Plan::new(url, env!("CARGO_BIN_EXE_depesza-trial-dispatcher"), kind));
    trial.live_for_calls(40, 10 * MINUTE_MS);
    let copied_at = trial.clock().now();
    let copier = std::thread::spawn({
        let copy = copy.clone();
        move || SqliteStore::open(file).unwrap().backup_to(copy).unwrap()
    });
    while !copier.is_finished() {
        trial.live(1);
    }
    copier.join().unwrap();
    let sent = trial.gateway().taken();
    let verdict: String = rusqlite::Connection::open(&copy)
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");

    // this time will be lost
    trial.live_for_calls(80, 10 * MINUTE_MS);
    assert!(trial.gateway().taken() > sent + 50, "messages went in the lost time");

    trial.reopen(&copy_url);
    let now = trial.clock().now();
    // only the gateway's name matters here
    let gateway = Arc::new(Simulator::new(GATEWAY.into(), 1));
    let engine = Engine::new(open(&copy_url).unwrap(), vec![(GATEWAY.into(), gateway)]);
    let doubtful: u64 = trial
        .office
        .practices()
        .iter()
        .map(|practice| engine.practice(practice.clone()).restored(copied_at, now).unwrap())
        .sum();
    assert!(doubtful > 0, "something was due in the lost time");
    trial.office.tell_all_again(now);
    trial.live_for_calls(110, 10 * MINUTE_MS);
    let report = trial.end(Excuses::OldCopy);
    println!("{report}");
}

#[test]
fn an_old_copy_put_back_sends_nothing_twice_by_an_idempotent_gateway() {
    put_back(Kind::Idempotent);
}

#[test]
fn an_old_copy_put_back_sends_nothing_twice_by_a_plain_gateway() {
    put_back(Kind::Plain);
}
