//! PostgreSQL stops, crashes and comes back, again and again, while dispatchers and offices work. Each trial ends with everything
//! accounted for.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use depesza_postgres::testing::Cluster;
use depesza_trials::gateway::Kind;
use depesza_trials::oracle::Excuses;
use depesza_trials::trial::{Plan, Trial};
use std::time::Duration;

fn gone(kind: Kind, end: fn(&Cluster)) {
    let cluster = Cluster::start();
    let database = cluster.database();
    // a call gives up after 2 s, so that its caller notices
    let joined = if database.url().contains('?') { '&' } else { '?' };
    let url = format!("{}{joined}call_timeout_ms=2000", database.url());
    let program = env!("CARGO_BIN_EXE_depesza-trial-dispatcher");
    let mut trial = Trial::start(Plan { dispatchers: 3, ..Plan::new(url, program, kind) });
    for _ in 0..3 {
        trial.live(60);
        end(&cluster);
        // the offices insist until it is there again
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(2_500));
                cluster.start_again();
            });
            trial.live(5);
        });
    }
    let report = trial.end(Excuses::None);
    println!("{report}");
    let errors: u64 = report.trial().nursery().errors().values().sum();
    assert!(report.trial().office.refused > 0 && errors > 0, "{report}");
}

#[test]
fn a_server_that_is_stopped_and_started_again() {
    gone(Kind::Idempotent, Cluster::stop);
}

#[test]
fn a_server_that_crashes_and_is_started_again() {
    gone(Kind::Plain, Cluster::crash);
}
