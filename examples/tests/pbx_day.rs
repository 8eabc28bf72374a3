//! The sample day of an exchange through the engine: complete, repeatable, nothing twice, and a reason for everything.

// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

use depesza::model::{
    AnsweredMeanwhile, CallRecipient, CallStatus, Language, Message, Reason, RuleOutcome, Status,
};
use depesza::store::{MemoryStore, Store};
use depesza_examples::busy_day;
use depesza_examples::exchange::{self, Day};
use depesza_examples::play::Host;
use depesza_examples::read::records::{self, Exchange};
use depesza_examples::report::calls::{self, News, Outcome};
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/pbx").join(name)
}

fn options() -> Exchange {
    records::exchange(&data("exchange.toml")).unwrap()
}

fn day_of(name: &str) -> Day {
    let rules = exchange::rules(&data("rules.toml"), Language::Pl).unwrap();
    let (written, columns) = records::look(&data(name)).unwrap();
    let mut options = options();
    columns.map_or(Ok(()), |columns| options.fit(columns)).unwrap();
    let read = records::read(&data(name), written, &options).unwrap();
    assert_eq!(read.faults.shown(), []);
    Day::new(rules, read.calls).unwrap()
}

/// What a run leaves behind.
struct Run {
    outcomes: Vec<Outcome>,
    json: String,
    text: String,
}

fn play(day: &Day, store: impl Store + 'static, language: Language) -> (Host, Run) {
    let host = day.play(Arc::new(store)).unwrap();
    let outcomes = calls::outcomes(&host.clinic(), day.calls()).unwrap();
    let mut json = Vec::new();
    calls::write_json(&outcomes, &mut json).unwrap();
    let news = News::Sent { messages: host.left(), told: host.told() };
    let text = calls::print(&calls::ask(day.rules(), &outcomes, news, language), language);
    (host, Run { outcomes, json: String::from_utf8(json).unwrap(), text })
}

/// The sample day in memory, played once for all tests.
fn run() -> &'static (Day, Run) {
    static RUN: OnceLock<(Day, Run)> = OnceLock::new();
    RUN.get_or_init(|| {
        let day = day_of("Master.csv");
        let run = play(&day, MemoryStore::default(), Language::Pl).1;
        (day, run)
    })
}

fn messages(outcomes: &[Outcome]) -> impl Iterator<Item = &Message> {
    outcomes.iter().flat_map(|outcome| &outcome.messages)
}

/// What went to whom, when, by which rule, in order.
fn went(outcomes: &[Outcome]) -> Vec<(i64, String, String, String)> {
    let mut went: Vec<_> = messages(outcomes)
        .filter_map(|message| {
            let text = |text: &str| text.to_owned();
            let (number, body) = (message.number.as_ref()?.reveal(), message.body.as_ref()?.reveal());
            Some((
                message.submitted_at?.ms(),
                text(number),
                text(message.origin.rule()?.as_str()),
                text(body),
            ))
        })
        .collect();
    went.sort();
    went
}

/// Two lists of messages are one; else the first that is not.
fn assert_same(one: &[(i64, String, String, String)], other: &[(i64, String, String, String)]) {
    assert_eq!(one.len(), other.len());
    let different = one.iter().zip(other).find(|(one, other)| one != other);
    assert_eq!(different, None);
}

#[test]
fn the_files_are_what_the_generator_makes() {
    for (name, text) in busy_day::generate(busy_day::SEED).named() {
        let stored = std::fs::read_to_string(data(name)).unwrap();
        let drift = stored.lines().zip(text.lines()).position(|(stored, made)| stored != made);
        assert_eq!(drift, None, "{name}: run the example generate_calls");
        assert_eq!(stored.len(), text.len(), "{name}: run the example generate_calls");
    }
    assert_ne!(busy_day::generate(1).master_csv, busy_day::generate(2).master_csv);
}

#[test]
fn a_file_and_memory_say_the_same_and_the_second_run_sends_nothing() {
    let (day, in_memory) = run();
    let directory = tempfile::tempdir().unwrap();
    let options = Options { durability: Durability::Process, ..Options::default() };
    let open = || SqliteStore::open_with(directory.path().join("day.db"), options).unwrap();

    let (host, first) = play(day, open(), Language::Pl);
    assert!(host.left() > 100 && host.told().new as usize == day.calls().len());
    assert_eq!(first.json, in_memory.json);
    assert_eq!(first.text, in_memory.text);
    drop(host);

    let (host, second) = play(day, open(), Language::Pl);
    assert_eq!((host.left(), host.told().new), (0, 0));
    assert_eq!(second.json, first.json);
    let news = format!("Nowe wiadomości: 0. Nowe rozmowy: 0, już znane: {}.", day.calls().len());
    assert!(second.text.contains(&news), "{}", second.text.lines().nth(1).unwrap());
}

#[test]
fn asterisk_and_freeswitch_give_the_same_messages() {
    let (_, asterisk) = run();
    let (_, freeswitch) = play(&day_of("freeswitch.jsonl"), MemoryStore::default(), Language::Pl);
    assert_eq!(asterisk.outcomes.len(), freeswitch.outcomes.len());
    let of_asterisk = went(&asterisk.outcomes);
    assert!(of_asterisk.len() > 100);
    assert_same(&of_asterisk, &went(&freeswitch.outcomes));
}

/// What truly happened in these calls stands beside them; that the reader tells it is the reader's own test.
#[test]
fn records_of_a_real_asterisk_are_played_whatever_their_columns() {
    let sets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapters/call-records/tests/data/asterisk");
    for (set, columns) in [("A", 16), ("B", 18), ("B2", 18), ("C", 21), ("F", 18)] {
        let path = sets.join(set).join("Master.csv");
        let mut options = Exchange::default();
        options.asterisk.trunks = vec!["IAX2/operator-".to_owned()];
        let (written, seen) = records::look(&path).unwrap();
        assert_eq!(seen, Some(columns), "{set}");
        options.fit(columns).unwrap();
        let read = records::read(&path, written, &options).unwrap();
        assert_eq!(read.faults.shown(), [], "{set}");
        let rules = exchange::rules(&data("rules.toml"), Language::Pl).unwrap();
        let day = Day::new(rules, read.calls).unwrap();
        let (_, run) = play(&day, MemoryStore::default(), Language::Pl);
        assert_eq!(run.outcomes.len(), day.calls().len(), "{set}");
        assert!(!went(&run.outcomes).is_empty(), "{set}");
    }
}

#[test]
fn a_line_of_json_for_every_call_and_a_reason_for_every_call_that_got_nothing() {
    let (day, run) = run();
    assert_eq!(run.json.lines().count(), day.calls().len());
    for outcome in &run.outcomes {
        let planned = outcome.messages.iter().any(|message| message.submitted_at.is_some());
        let skipped =
            outcome.file.acted.iter().any(|acted| matches!(acted.outcome, RuleOutcome::Skipped { .. }));
        let withdrawn = outcome.messages.iter().any(|message| message.reason.is_some());
        assert!(planned || skipped || withdrawn || outcome.file.nothing.is_some(), "{outcome:?}");
    }
    let shown = calls::ask(
        day.rules(),
        &run.outcomes,
        News::Replayed { messages: 0, parts: 0, cost_milli: 0 },
        Language::Pl,
    );
    assert_eq!(shown.answered_by_sms.len() + shown.nothing.len(), day.calls().len());
    assert!(shown.nothing.iter().all(|line| !line.why.is_empty()));
}

#[test]
fn the_day_shows_what_rules_can_do() {
    let (day, run) = run();
    let reasons: BTreeSet<&str> = (run.outcomes.iter())
        .flat_map(|outcome| {
            let skipped = outcome.file.acted.iter().filter_map(|acted| match &acted.outcome {
                RuleOutcome::Skipped { reason } => Some(reason.code()),
                RuleOutcome::Planned { .. } => None,
            });
            skipped.chain(outcome.messages.iter().filter_map(|message| Some(message.reason.as_ref()?.code())))
        })
        .collect();
    for reason in [
        "too_soon",
        "no_number",
        "own_number",
        "cannot_receive_sms",
        "answered_meanwhile",
        "bad_number",
        "outside_prefixes",
    ] {
        assert!(reasons.contains(reason), "{reason}: {reasons:?}");
    }
    for rule in day.rules().rules.iter() {
        let sent = messages(&run.outcomes).filter(|message| message.origin.rule() == Some(&rule.id)).count();
        assert_eq!(sent > 0, rule.state == depesza_rules_file::Switched::On, "{}", rule.id);
    }
    let fixed = |outcome: &&Outcome| {
        outcome.file.acted.iter().any(|acted| acted.recipient == CallRecipient::Fixed { place: 0 })
    };
    assert!(run.outcomes.iter().filter(fixed).count() > 5);
    // six calls in ten minutes: one message; the caller's own number is no recipient of any
    let impatient =
        run.outcomes.iter().filter(|outcome| {
            outcome.file.acted.iter().any(|acted| {
                matches!(&acted.outcome, RuleOutcome::Skipped { reason: Reason::TooSoon { .. } })
            })
        });
    assert!(impatient.count() >= 5);
    let answered = run.outcomes.iter().filter(|outcome| outcome.file.call.status == CallStatus::Answered);
    assert!(answered.count() > 100);
    let withdrawn =
        messages(&run.outcomes).filter(|message| message.reason == Some(Reason::AnsweredMeanwhile {}));
    assert!(withdrawn.inspect(|message| assert_eq!(message.status, Status::Cancelled)).count() >= 2);
    assert!(day.rules().rules.iter().any(|rule| rule.spec.answered_meanwhile == AnsweredMeanwhile::Withdraw));
}

#[test]
fn a_replay_sends_nothing_and_says_what_a_run_sends() {
    let (day, run) = run();
    let store = Arc::new(MemoryStore::default());
    let replay = day.replay(store.clone()).unwrap();
    assert_same(&went(&calls::replayed(&replay)), &went(&run.outcomes));
    let of_run = messages(&run.outcomes).filter(|message| message.submitted_at.is_some());
    let (parts, cost_milli) = of_run
        .fold((0, 0), |(parts, cost), message| (parts + u64::from(message.parts), cost + message.cost_milli));
    assert_eq!((replay.parts, replay.cost_milli), (parts, cost_milli));

    // the store knows nothing of it: the real run still sends all
    let host = day.play(store.clone()).unwrap();
    assert_eq!(host.left(), went(&run.outcomes).len());
    // and a replay beside what was really sent says the same once more
    assert_same(&went(&calls::replayed(&day.replay(store).unwrap())), &went(&run.outcomes));
}

#[test]
fn a_call_is_explained_condition_by_condition() {
    let day = day_of("Master.csv");
    let (host, run) = play(&day, MemoryStore::default(), Language::Pl);
    let zone = day.rules().practice.zone;
    let withdrawn = |outcome: &&Outcome| {
        outcome.messages.iter().any(|message| message.reason == Some(Reason::AnsweredMeanwhile {}))
    };
    let call = &run.outcomes.iter().find(withdrawn).unwrap().file.call;
    let text = calls::explain(&host.clinic(), call, zone, Language::Pl).unwrap();
    for part in [
        &format!("Rozmowa {} (asterisk)", call.id),
        "1. Linia VIP (włączona): nie pasuje",
        "     ✗ numer własny: ma być +48 22 123 45 50; jest +48221234502",
        "3. Nieodebrane (włączona): pasuje",
        "     ✓ czas: ma być od 5 s; jest 21 s",
        "9. Ankieta po rozmowie (wyłączona): nie pasuje",
        "wycofana, w międzyczasie odebrano rozmowę",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let vip = run.outcomes.iter().find(|outcome| outcome.file.call.called.reveal() == "221234550").unwrap();
    let text = calls::explain(&host.clinic(), &vip.file.call, zone, Language::En).unwrap();
    for part in [
        "1. Linia VIP (on): matches",
        "it stops here: later rules are not asked",
        "What came of it",
        "delivered\n     Przychodnia Lipowa:",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn the_report_is_in_two_languages() {
    let (day, run) = run();
    let (_, english) = play(day, MemoryStore::default(), Language::En);
    for (text, parts) in [
        (
            &run.text,
            [
                "SMS po rozmowie, 13.11.2026 – 14.11.2026",
                "Regułki",
                "Rozmowy bez SMS-a",
                "żadna regułka nie pasuje; najbliżej „Podziękowanie”: czas: ma być od 180 s, jest",
            ],
        ),
        (
            &english.text,
            [
                "SMS after a call, 13.11.2026 – 14.11.2026",
                "Rules",
                "Calls without an SMS",
                "no rule matches; nearest is „Podziękowanie”: length: wants from 180 s, saw",
            ],
        ),
    ] {
        for part in parts {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}
