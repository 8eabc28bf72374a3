//! The sample month through the engine: complete, repeatable, and nothing twice.

// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

use chrono::{Days, NaiveTime, Timelike};
use depesza::calendar;
use depesza::model::{CampaignKind, Direction, Encoding, Language, Message, Origin, Status};
use depesza::store::{MemoryStore, Store};
use depesza_examples::play::{Host, Month};
use depesza_examples::read::Paths;
use depesza_examples::report::{self, Report};
use depesza_postgres::testing::Database;
use depesza_sqlite::{Durability, Options, SqliteStore};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

#[path = "../shared/place.rs"]
mod place;

const POLISH: [char; 9] = ['ą', 'ć', 'ę', 'ł', 'ń', 'ó', 'ś', 'ź', 'ż'];

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

fn month_in(directory: &Path, visits: &str) -> Result<Month, String> {
    let file = |name| directory.join(name);
    let (visits, patients) = (file(visits), file("patients.csv"));
    let (campaigns, facts) = (file("campaigns.toml"), file("facts.jsonl"));
    let paths = Paths { visits: &visits, patients: &patients, campaigns: &campaigns, facts: &facts };
    Month::read(paths, None, None, Language::Pl).map_err(|refused| refused.to_string())
}

/// What a run leaves behind.
struct Run {
    messages: Vec<Message>,
    json: String,
    report: Report,
    text: String,
}

fn play(month: &Month, store: Arc<dyn Store>) -> (Host, Run) {
    let mut times = Vec::new();
    let host = month.play(store, &mut |now| times.push(now)).unwrap();
    assert!(times.is_sorted());
    let messages = report::messages(&host.clinic()).unwrap();
    let mut json = Vec::new();
    report::write_json(&messages, &mut json).unwrap();
    let report = report::ask(&host, month, &messages, Language::Pl).unwrap();
    let text = report::print(&report, Language::Pl);
    (host, Run { messages, json: String::from_utf8(json).unwrap(), report, text })
}

/// The sample month in memory, played once for all tests.
fn run() -> &'static Run {
    static RUN: OnceLock<Run> = OnceLock::new();
    RUN.get_or_init(|| play(&month_in(&data(), "visits.ics").unwrap(), Arc::new(MemoryStore::default())).1)
}

fn outgoing() -> impl Iterator<Item = &'static Message> {
    run().messages.iter().filter(|message| message.direction == Direction::Outgoing)
}

#[test]
fn a_file_and_memory_say_the_same_and_the_second_run_sends_nothing() {
    let month = month_in(&data(), "visits.csv").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let options = Options { durability: Durability::Process, ..Options::default() };
    let open = || Arc::new(SqliteStore::open_with(directory.path().join("month.db"), options).unwrap());

    let (host, first) = play(&month, open());
    assert!(host.left() > 1_000 && host.told().new > 3_000);
    assert_eq!(first.json, run().json);
    assert_eq!(first.text, run().text);
    drop(host);

    let (host, second) = play(&month, open());
    assert_eq!((host.left(), host.told().new), (0, 0));
    assert_eq!(second.json, first.json);
    assert!(second.text.contains("Nowe wiadomości: 0."), "{}", second.text);
}

#[test]
fn a_database_says_the_same_and_the_second_run_sends_nothing() {
    let database = Database::create();
    let month = month_in(&data(), "visits.ics").unwrap();
    let place = || place::open(Some(database.url())).unwrap().store;
    let (host, first) = play(&month, place());
    assert!(first.json == run().json && first.text == run().text);
    drop(host);
    let (host, second) = play(&month, place());
    assert_eq!((host.left(), host.told().new), (0, 0));
    assert!(second.json == first.json);
}

#[test]
fn a_line_of_json_for_every_message_and_every_decision_not_to_send() {
    let run = run();
    let lines: Vec<Message> = run.json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, run.messages);
    assert!((1..).zip(&lines).all(|(number, message)| message.id.0 == number), "a number is missing");
    for message in &lines {
        let not_sent = matches!(message.status, Status::Skipped | Status::Cancelled | Status::Failed);
        assert_eq!(not_sent, not_sent && message.reason.is_some(), "{message:?}");
    }
}

#[test]
fn the_figures_add_up() {
    let report = &run().report;
    let days = report::Counts::sum(report.days.iter().map(|day| day.counts));
    let campaigns = report::CampaignFigures::total("", &report.campaigns);
    assert_eq!(days, campaigns.counts);
    let in_span = outgoing().filter(|message| message.day <= report.days.last().unwrap().date).count();
    assert_eq!(days.planned() as usize, in_span);
    assert!(
        days.sent > 1_000 && days.delivered > days.sent * 9 / 10 && days.failed > 0 && days.skipped > 100
    );
    assert!(outgoing().any(|message| message.attempts > 0 && message.status == Status::Delivered));
    let answered = run().messages.iter().filter(|message| message.direction == Direction::Incoming).count();
    assert_eq!(report.days.iter().map(|day| day.replies as usize).sum::<usize>(), answered);
    let charged =
        [Status::Submitted, Status::Sent, Status::Delivered, Status::Unconfirmed, Status::Undelivered];
    let cost: i64 = outgoing()
        .filter(|message| charged.contains(&message.status))
        .map(|message| message.cost_milli)
        .sum();
    assert_eq!(campaigns.cost_milli, cost);
}

#[test]
fn nothing_leaves_at_night_or_on_a_holiday_or_twice() {
    let zone = month_in(&data(), "visits.ics").unwrap().inputs().plan.practice.zone;
    let mut keys = BTreeSet::new();
    for message in outgoing().filter(|message| message.submitted_at.is_some()) {
        let Origin::Campaign { campaign, kind, step, .. } = &message.origin else { continue };
        let at = calendar::local(zone, message.submitted_at.unwrap());
        assert!(
            (8..20).contains(&at.hour()) && calendar::polish_holiday(at.date()).is_none(),
            "{at} {message:?}"
        );
        for subject in &message.subjects {
            assert!(keys.insert((campaign, step, subject)), "{message:?}");
        }
        let body = message.body.as_ref().unwrap().reveal();
        assert!(!body.contains(['(', ')', '|']), "{body}");
        // Polish letters only where a name in another alphabet makes them free
        assert!(!body.contains(POLISH) || message.encoding == Some(Encoding::Ucs2), "{body}");
        if (kind, step) == (&CampaignKind::Reminder, &0) && message.attempts == 0 {
            let visit = calendar::local(zone, message.subjects[0].starts_at);
            let named = ["%d.%m.%Y", "%H:%M"].map(|form| visit.format(form).to_string());
            assert!(named.iter().all(|named| body.contains(named)), "{visit}: {body}");
            let day_before = visit.date() - Days::new(1);
            let ten = NaiveTime::from_hms_opt(10, 0, 0).unwrap();
            let open = calendar::polish_holiday(day_before).is_none();
            if open && at.date() == day_before {
                assert!(at.time() >= ten, "{at} for {visit}");
            }
        }
    }
    assert!(keys.len() > 1_000);
}

/// The sample data with one thing changed in one file.
fn changed(file: &str, from: &str, to: &str) -> Result<Month, String> {
    let directory = tempfile::tempdir().unwrap();
    for name in ["visits.ics", "visits.csv", "patients.csv", "campaigns.toml", "facts.jsonl"] {
        let mut text = std::fs::read_to_string(data().join(name)).unwrap();
        if name == file {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        std::fs::write(directory.path().join(name), text).unwrap();
    }
    let visits = if file == "visits.csv" { file } else { "visits.ics" };
    month_in(directory.path(), visits)
        .map_err(|text| text.replace(&format!("{}/", directory.path().display()), ""))
}

/// `Month::read` is given no store: what it refuses cannot be half imported.
#[test]
fn a_wrong_file_is_named_with_line_and_what_was_expected() {
    let long = "x".repeat(501);
    let journal = std::fs::read_to_string(data().join("facts.jsonl")).unwrap();
    let first = journal.lines().next().unwrap();
    let at = first.split('"').nth(3).unwrap();
    let unknown = format!(
        "{{\"at\":\"{at}\",\"fact\":{{\"fact\":\"confirmation_set\",\"visit\":\"nobody\",\"reply\":\"yes\",\"by\":\"x\"}}}}\n{first}"
    );
    for (file, from, to, expected) in [
        ("visits.ics", "DTSTART;TZID=Europe/Warsaw:2026", "DTSTART;TZID=Europe/Warsaw:", "visits.ics:"),
        ("visits.csv", ";2026-10-12;", ";12 października;", "visits.csv:"),
        ("patients.csv", "p0001;", ";", "patients.csv:2: id: expected a value"),
        ("patients.csv", "p0001;", &format!("{long};"), "patients.csv:2: id: expected 1 to 200 bytes"),
        (
            "campaigns.toml",
            "attempts = 3",
            "attempts = 9",
            "campaigns.toml:14: settings.attempts: wartość od 1 do 5",
        ),
        (
            "campaigns.toml",
            "name = \"Przychodnia Lipowa\"",
            "name = \"\"",
            "campaigns.toml:4: name: długość od 1",
        ),
        ("campaigns.toml", "(godzina)", "(godzinna)", "campaigns.toml:56: bodies.default: "),
        (
            "campaigns.toml",
            "receives = true",
            "receives = false",
            "campaigns.toml:66: sender: na to pole nadawcy",
        ),
        (
            "campaigns.toml",
            "report_wait_h",
            "report_wait",
            "campaigns.toml:25:1: settings.report_wait: unknown field `report_wait`",
        ),
        ("facts.jsonl", "\"fact\":\"patient\"", "\"fact\":\"pacjent\"", "facts.jsonl:1: unknown variant"),
        ("facts.jsonl", first, &unknown, "facts.jsonl:1: visit: expected a visit that was told before"),
    ] {
        let text = changed(file, from, to).expect_err(expected);
        assert!(text.starts_with(expected), "{expected}\n{text}");
        assert!(text.ends_with("Nothing was imported."), "{text}");
    }
    let missing = month_in(&data().join("nowhere"), "visits.ics").unwrap_err();
    assert_eq!(missing.lines().count(), 5, "{missing}");
}
