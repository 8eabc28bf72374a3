//! Kill -9 at random points of the protocol while facts stream in: nothing is doubled, nothing is lost.
//!
//! PostgreSQL is a throw-away cluster of Debian's `postgresql`, or what `DEPESZA_POSTGRES` names.
//!
//! The ordinary run kills a few. The long one, four dispatchers and 200 kills for each kind of gateway:
//! `DEPESZA_KILLS=200 cargo test --release -p depesza-trials --test kills -- --nocapture`; `DEPESZA_SEED=n` for another plan.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza_postgres::testing::Database;
use depesza_trials::gateway::{Habits, Kind};
use depesza_trials::oracle::Excuses;
use depesza_trials::trial::{Plan, Trial};

fn plan(url: &str, kind: Kind) -> Plan {
    Plan::new(url, env!("CARGO_BIN_EXE_depesza-trial-dispatcher"), kind)
}

fn killed(url: &str, kind: Kind) {
    let kills = std::env::var("DEPESZA_KILLS").map_or(8, |kills| kills.parse::<usize>().unwrap());
    let mut trial = Trial::start(plan(url, kind));
    trial.kill(kills);
    let report = trial.end(Excuses::None);
    println!("{report}");
    // a run in which no kill met a submission proves nothing
    assert!(report.met_submissions() >= kills / 10, "{report}");
    assert!(report.met_claims() >= kills / 20, "{report}");
    assert!(report.account.sent > 50, "{report}");
}

fn sqlite(directory: &tempfile::TempDir) -> String {
    format!("sqlite:{}", directory.path().join("trial.db").display())
}

fn on_sqlite(kind: Kind) {
    let directory = tempfile::tempdir().unwrap();
    killed(&sqlite(&directory), kind);
}

#[test]
fn sqlite_with_an_idempotent_gateway_sends_every_due_message_exactly_once() {
    on_sqlite(Kind::Idempotent);
}

#[test]
fn sqlite_with_a_plain_gateway_sends_at_most_once_and_the_rest_is_in_doubt() {
    on_sqlite(Kind::Plain);
}

#[test]
fn postgresql_with_an_idempotent_gateway_sends_every_due_message_exactly_once() {
    killed(Database::create().url(), Kind::Idempotent);
}

#[test]
fn postgresql_with_a_plain_gateway_sends_at_most_once_and_the_rest_is_in_doubt() {
    killed(Database::create().url(), Kind::Plain);
}

/// What all of this is worth: a gateway that says it knows our references and does not is found out.
#[test]
fn a_gateway_that_breaks_its_promise_is_seen_to_send_twice() {
    let directory = tempfile::tempdir().unwrap();
    let habits = Habits { answer_lost: 200, ..Habits::ORDINARY };
    let plan = Plan { promised: Kind::Idempotent, habits, ..plan(&sqlite(&directory), Kind::Plain) };
    let mut trial = Trial::start(plan);
    trial.kill(3);
    let report = trial.close(Excuses::None);
    assert!(report.account.wrong.iter().any(|wrong| wrong.contains("went twice")), "{report}");
}
