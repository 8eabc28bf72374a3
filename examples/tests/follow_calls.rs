//! A Master.csv that grows: over rotation and restarts every call is told, and nothing is sent twice.

// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use depesza::model::{Call, Language, Message, RuleOutcome, Timestamp};
use depesza::store::{MemoryStore, Store};
use depesza_call_records::asterisk;
use depesza_examples::exchange::follow::{Clock, FollowError, Follower};
use depesza_examples::exchange::{self, Day};
use depesza_examples::read::records::{self, Written};
use depesza_examples::report::calls;
use depesza_rules_file::RulesFile;
use depesza_sqlite::SqliteStore;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/pbx").join(name)
}

fn rules() -> RulesFile {
    exchange::rules(&data("rules.toml"), Language::Pl).unwrap()
}

fn options() -> asterisk::Options {
    records::exchange(&data("exchange.toml")).unwrap().asterisk
}

fn day() -> Day {
    let exchange = records::exchange(&data("exchange.toml")).unwrap();
    let read = records::read(&data("Master.csv"), Written::AsteriskCsv, &exchange).unwrap();
    Day::new(rules(), read.calls).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn append(path: &Path, rows: &[&str]) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    rows.iter().for_each(|row| writeln!(file, "{row}").unwrap());
}

/// What went to whom by which rule, in order.
fn went<'m>(messages: impl Iterator<Item = &'m Message>) -> Vec<(Timestamp, String, String)> {
    let mut went: Vec<_> = messages
        .filter_map(|message| {
            let rule = message.origin.rule()?.as_str().to_owned();
            Some((message.submitted_at?, message.number.as_ref()?.reveal().to_owned(), rule))
        })
        .collect();
    went.sort();
    went
}

fn of_calls(follower: &Follower, calls: &[Call]) -> Vec<Message> {
    let outcomes = calls::outcomes(&follower.host().clinic(), calls).unwrap();
    outcomes.into_iter().flat_map(|outcome| outcome.messages).collect()
}

#[test]
fn over_rotation_and_restarts_nothing_is_lost_and_nothing_goes_twice() {
    let day = day();
    let host = day.play(Arc::new(MemoryStore::default())).unwrap();
    let outcomes = calls::outcomes(&host.clinic(), day.calls()).unwrap();
    let whole = went(outcomes.iter().flat_map(|outcome| &outcome.messages));

    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    let (master, rotated) = (file("Master.csv"), file("Master.csv.1"));
    let rules = rules();
    let open = || {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(file("day.db")).unwrap());
        let position = Some(file("day.position"));
        // the host's time stands still: the rows' own times say when a call is over
        Follower::open(&rules, store, (&master, options()), position, Clock::Calls, Timestamp::default())
            .unwrap()
    };
    let text = std::fs::read_to_string(data("Master.csv")).unwrap();
    let rows: Vec<&str> = text.lines().collect();
    let now = at("2026-11-14T05:00:00Z");
    let (mut left, mut new, mut known) = (0, 0, 0);
    let mut follower = open();
    for (piece, rows) in rows.chunks(31).enumerate() {
        append(&master, rows);
        match piece {
            // renamed while it is followed
            4 => {
                std::fs::rename(&master, &rotated).unwrap();
            }
            // stopped and started again, in the middle of calls; once without a look at what was just written
            7 | 8 | 15 => {
                (left, new, known) =
                    (left + follower.host().left(), new + follower.told().new, known + follower.told().known);
                follower = open();
            }
            // renamed while nobody follows it
            11 => {
                (left, new, known) =
                    (left + follower.host().left(), new + follower.told().new, known + follower.told().known);
                drop(follower);
                std::fs::rename(&master, &rotated).unwrap();
                follower = open();
            }
            _ => {}
        }
        if piece != 14 {
            let look = follower.look(now).unwrap();
            assert!(look.failed.is_none() && look.read.faults.is_empty(), "{look:?}");
        }
    }
    // after an hour without rows every call is over
    follower.look(now).unwrap();
    follower.look(now.plus_ms(2 * 60 * 60 * 1_000)).unwrap();
    assert_eq!(follower.waiting(), 0);
    follower.host_mut().run([].iter(), day.bounds().1, &mut |_| {}).unwrap();
    (left, new, known) =
        (left + follower.host().left(), new + follower.told().new, known + follower.told().known);

    let messages = of_calls(&follower, day.calls());
    assert_eq!(went(messages.iter()), whole);
    assert_eq!((left, new as usize), (whole.len(), day.calls().len()));
    // reading anew from the beginning tells all again, and changes nothing
    std::fs::remove_file(file("day.position")).unwrap();
    std::fs::write(&master, &text).unwrap();
    let mut follower = open();
    follower.look(now).unwrap();
    follower.look(now.plus_ms(2 * 60 * 60 * 1_000)).unwrap();
    assert_eq!((follower.host().left(), follower.told().new), (0, 0));
    assert_eq!(follower.told().known as usize, day.calls().len());
    assert!(known < 40, "{known} calls were told again after restarts");
}

#[test]
fn by_the_hosts_clock_a_call_is_told_when_it_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let master = directory.path().join("Master.csv");
    let row = |hour: u32, id: u32| {
        format!(
            r#""","601700800","221234501","from-trunk",""""" <601700800>","PJSIP/operator-{id}","PJSIP/204-{id}","Dial","PJSIP/204,30,tT","2026-11-13 1{hour}:00:00",,"2026-11-13 1{hour}:00:15",15,0,"NO ANSWER","DOCUMENTATION","{id}.0","""#
        )
    };
    let rules = rules();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let begin = at("2026-11-13T12:00:00+01:00");
    let mut follower = Follower::open(&rules, store, (&master, options()), None, Clock::Host, begin).unwrap();
    // the file is not there yet
    assert!(follower.look(begin).unwrap().read.calls.is_empty());
    append(&master, &[&row(0, 1_794_560_400), &row(2, 1_794_567_600)]);
    assert!(follower.look(begin.plus_ms(20_000)).unwrap().read.calls.is_empty(), "more rows may follow");
    let look = follower.look(begin.plus_ms(40_000)).unwrap();
    assert_eq!(look.read.calls.len(), 2);
    let old = &follower.host().clinic().call("asterisk", &"1794560400.0".into()).unwrap().unwrap();
    let skipped = |outcome: &RuleOutcome| matches!(outcome, RuleOutcome::Skipped { reason } if reason.code() == "call_too_old");
    assert!(old.acted.iter().all(|acted| skipped(&acted.outcome)), "two hours late");
    // the manager's went at once, the caller's waits ten minutes
    assert_eq!(follower.host().left(), 1);
    follower.look(begin.plus_ms(11 * 60 * 1_000)).unwrap();
    assert_eq!(follower.host().left(), 2);
}

#[test]
fn a_position_that_is_none_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let position = directory.path().join("day.position");
    std::fs::write(&position, "{}").unwrap();
    let rules = rules();
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let opened = Follower::open(
        &rules,
        store,
        (&data("Master.csv"), options()),
        Some(position),
        Clock::Calls,
        Timestamp::default(),
    );
    let Err(error @ FollowError::Position { .. }) = opened else { panic!("a position was read") };
    assert!(
        error.to_string().contains("day.position: expected a position that an earlier run stored"),
        "{error}"
    );
}
