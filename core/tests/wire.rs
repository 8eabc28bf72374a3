//! The wire form: every type there and back, unknown fields, instants, documents of version 1 that must be readable for
//! ever, and the legal steps of lives.
// helpers of tests may fail by panicking, and compare files of the repository
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

mod samples;

use depesza::campaign::check_step;
use depesza::message::{is_final, is_pending, is_underway, step};
use depesza::model::*;
use samples::{Sample, all, facts, happenings, names, reasons};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Set to write documents that are not there yet. Those that are there are never written again.
const BLESS: &str = "DEPESZA_BLESS";

fn frozen(sample: &Sample) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/frozen/v1");
    folder.join(format!("{}.json", sample.name))
}

#[test]
fn every_type_goes_there_and_back() {
    assert_eq!(names().len(), all().len());
    for sample in all() {
        let (again, same) = (sample.read)(&sample.json).unwrap();
        assert!(same, "{}", sample.name);
        assert_eq!(again, sample.json, "{}", sample.name);
    }
}

#[test]
fn documents_of_version_1_are_read_as_what_they_were() {
    for sample in all() {
        let path = frozen(&sample);
        if !path.exists() && std::env::var_os(BLESS).is_some() {
            std::fs::write(&path, format!("{:#}\n", sample.json)).unwrap();
        }
        let text = std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("no {}", path.display()));
        let document: Value = serde_json::from_str(&text).unwrap();
        let (_, same) = (sample.read)(&document).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
        assert!(same, "{} is read as something else than it was", sample.name);
    }
}

/// The least that each type can be made of.
#[test]
fn fields_that_were_added_or_left_out_have_their_defaults() {
    let read = |name: &str, document: Value| {
        let sample = all().into_iter().find(|sample| sample.name == name).unwrap();
        (sample.read)(&document).unwrap_or_else(|error| panic!("{name}: {error}")).0
    };
    let patient = read("patient", json!({"id": "1", "revision": 1, "first_name": "A", "last_name": "B"}));
    assert_eq!((patient["status"].as_str(), patient["consents"].clone()), (Some("active"), json!({})));
    let visit = json!({"id": "w", "revision": 1, "patient": "1", "start": "2026-11-20T12:30:00"});
    let visit = read("visit", visit);
    assert_eq!((visit["state"].as_str(), visit["duration_min"].as_u64()), (Some("booked"), Some(30)));
    let spec = read(
        "campaign_spec",
        json!({
            "name": "P", "timing": {"kind": "booking"}, "bodies": {"default": "x"},
        }),
    );
    assert_eq!(spec["min_lead_min"], 120);
    assert_eq!(spec["timing"], json!({"kind": "booking", "delay_min": 0, "max_age_min": 1440}));
    let settings = read("settings", json!({}));
    assert_eq!(settings, serde_json::to_value(Settings::default()).unwrap());
    let message = read(
        "message",
        json!({
            "id": 1, "direction": "incoming", "source": "chat", "status": "received",
            "created_at": "2026-11-19T09:00:00.000Z", "planned_at": "2026-11-19T09:00:00.000Z",
            "due_at": "2026-11-19T09:00:00.000Z", "use_by": "2026-11-19T09:00:00.000Z", "day": "2026-11-19",
        }),
    );
    assert_eq!((message["attempts"].as_u64(), message["parts"].as_u64()), (Some(0), Some(0)));
    read("counters", json!({"messages": 1}));
}

/// Every object of a document, by its path.
fn objects(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.push(path.to_owned());
            fields.iter().for_each(|(name, inner)| objects(inner, &format!("{path}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(no, inner)| objects(inner, &format!("{path}/{no}"), found));
        }
        _ => {}
    }
}

/// Every way to add a field that nobody knows to a document: the path of its object, and the document.
fn with_unknown_fields(document: &Value) -> Vec<(String, Value)> {
    let mut paths = Vec::new();
    objects(document, "", &mut paths);
    let add = |path: &String| {
        let mut changed = document.clone();
        changed.pointer_mut(path)?.as_object_mut()?.insert("zzz_unknown".into(), json!(1));
        Some((path.clone(), changed))
    };
    paths.iter().filter_map(add).collect()
}

#[test]
fn a_field_that_nobody_knows_is_refused_in_what_a_user_wrote() {
    let mut tried = 0;
    for sample in all().into_iter().filter(|sample| sample.user_writes) {
        for (path, document) in with_unknown_fields(&sample.json) {
            assert!((sample.read)(&document).is_err(), "{} took an unknown field at {path:?}", sample.name);
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn a_field_that_nobody_knows_is_kept_quiet_about_in_what_is_told_or_stored() {
    // what a user wrote keeps its own rule where it is stored within
    let written = ["/spec", "/settings", "/answer/policy", "/user"];
    // maps and variants, whose keys are data
    let maps = ["/statuses", "/skipped", "/parts", "/number", "/confirmation/by"];
    // the same within lists
    let within = ["/skipped_by_reason", "/id"];
    for sample in all().into_iter().filter(|sample| !sample.user_writes) {
        for (path, document) in with_unknown_fields(&sample.json) {
            if written.iter().chain(&maps).chain(&within).any(|inner| path.contains(inner)) {
                continue;
            }
            let read = (sample.read)(&document);
            let (again, same) = read.unwrap_or_else(|error| panic!("{} at {path:?}: {error}", sample.name));
            assert!(same && again == sample.json, "{} at {path:?}", sample.name);
        }
    }
}

#[test]
fn tags_and_codes_are_snake_case_and_their_own() {
    let codes: Vec<Value> = reasons().iter().map(|reason| json!(reason)["code"].clone()).collect();
    for (reason, code) in reasons().iter().zip(&codes) {
        assert_eq!(code, reason.code(), "the wire and the code of a reason are one");
    }
    let tags = |values: Vec<Value>, tag: &str| {
        values.iter().map(|value| value[tag].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let facts = tags(facts().iter().map(|fact| json!(fact)).collect(), "fact");
    let events = tags(happenings().iter().map(|what| json!(what)).collect(), "event");
    let codes: Vec<String> = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
    for names in [facts, events, codes] {
        let different: std::collections::BTreeSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
        let snake = |name: &String| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(names.iter().all(snake), "{names:?}");
    }
}

#[test]
fn instants_are_rfc_3339_in_utc_with_milliseconds() {
    let written = |ms: i64| json!(Timestamp::from_ms(ms));
    assert_eq!(written(0), "1970-01-01T00:00:00.000Z");
    assert_eq!(written(1_795_253_400_250), "2026-11-21T09:30:00.250Z");
    assert_eq!(written(-1), "1969-12-31T23:59:59.999Z");
    assert_eq!(json!(Timestamp::MAX), "9999-12-31T23:59:59.999Z");
    assert_eq!(json!(Timestamp::MIN), "0000-01-01T00:00:00.000Z");
    let read = |text: &str| serde_json::from_value::<Timestamp>(json!(text)).ok();
    for same in
        ["2026-11-21T09:30:00.250Z", "2026-11-21T10:30:00.250+01:00", "2026-11-21T04:30:00.2509-05:00"]
    {
        assert_eq!(read(same), Some(Timestamp::from_ms(1_795_253_400_250)), "{same}");
    }
    for wrong in ["", "2026-11-21", "2026-11-21T09:30:00", "21.11.2026 09:30", "now", "1795253400250"] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
    for extreme in [i64::MIN, i64::MAX] {
        let clamped = Timestamp::from_ms(extreme);
        assert_eq!(read(json!(clamped).as_str().unwrap()), Some(clamped));
    }
}

#[test]
fn a_visits_time_is_wall_time_and_never_has_an_offset() {
    let visit = |start: &str| {
        let json = json!({"id": "w", "revision": 1, "patient": "1", "start": start});
        serde_json::from_value::<Visit>(json).is_ok()
    };
    assert!(visit("2026-11-20T12:30:00") && visit("2026-10-25T02:30:00"));
    for wrong in ["2026-11-20T12:30:00Z", "2026-11-20T12:30:00+01:00", "2026-11-20", "2026-11-31T12:30:00"] {
        assert!(!visit(wrong), "{wrong}");
    }
}

const STATUSES: [Status; 15] = [
    Status::Planned,
    Status::Claimed,
    Status::Submitting,
    Status::Submitted,
    Status::Sent,
    Status::Delivered,
    Status::PartlyDelivered,
    Status::Unconfirmed,
    Status::Undelivered,
    Status::Expired,
    Status::Failed,
    Status::Cancelled,
    Status::Skipped,
    Status::InDoubt,
    Status::Received,
];

/// SPEC 7, as a table: from, and where it may go. A gateway's word may skip what it says nothing of.
fn may_go_to(from: Status) -> &'static [Status] {
    use Status::{
        Cancelled, Claimed, Delivered, Expired, Failed, InDoubt, PartlyDelivered, Planned, Sent, Skipped,
        Submitted, Submitting, Unconfirmed, Undelivered,
    };
    match from {
        // ours, before anything was submitted: decided, withdrawn, decided anew
        Planned => &[Claimed, Cancelled, Skipped, Failed, InDoubt],
        Claimed => &[Planned, Submitting, Cancelled, Skipped, Failed, InDoubt],
        Skipped => &[Planned, Cancelled],
        Cancelled => &[Planned, Skipped],
        // at a gateway: never called unsent by ourselves
        Submitting => &[
            Planned,
            Submitted,
            Sent,
            Delivered,
            PartlyDelivered,
            Unconfirmed,
            Undelivered,
            Expired,
            Failed,
            InDoubt,
        ],
        InDoubt => {
            &[Planned, Submitted, Sent, Delivered, PartlyDelivered, Unconfirmed, Undelivered, Expired, Failed]
        }
        Submitted => {
            &[Sent, Delivered, PartlyDelivered, Unconfirmed, Undelivered, Expired, Failed, Cancelled, InDoubt]
        }
        Sent => &[Delivered, PartlyDelivered, Unconfirmed, Undelivered, Expired, Failed, InDoubt],
        // final, but for what a late report lifts
        Unconfirmed => &[Delivered, PartlyDelivered, Undelivered, Expired, Failed],
        PartlyDelivered => &[Delivered],
        Delivered | Undelivered | Expired | Failed | Status::Received => &[],
    }
}

#[test]
fn the_life_of_a_message_has_these_steps_and_no_other() {
    let sample = all().into_iter().find(|sample| sample.name == "message").unwrap();
    for from in STATUSES {
        for to in STATUSES {
            let mut message: Message = serde_json::from_value(sample.json.clone()).unwrap();
            message.status = from;
            let before = message.clone();
            let legal = from == to || may_go_to(from).contains(&to);
            let stepped = step(&mut message, to);
            assert_eq!(stepped.is_ok(), legal, "{from:?} to {to:?}");
            match stepped {
                Ok(()) => assert_eq!(message.status, to),
                Err(error) => {
                    assert_eq!(message, before, "an illegal step changes nothing");
                    assert_eq!(error.to_string(), format!("a message cannot go from {from:?} to {to:?}"));
                }
            }
        }
        let kinds = [is_pending(from), is_underway(from), is_final(from)];
        assert_eq!(kinds.iter().filter(|kind| **kind).count(), 1, "{from:?} is of one kind");
    }
}

#[test]
fn the_life_of_a_campaign_has_these_steps_and_no_other() {
    use CampaignStatus::{Active, Archived, Draft, Ended, Paused, Ready};
    let legal = [
        (Draft, Ready),
        (Ready, Draft),
        (Ready, Active),
        (Active, Paused),
        (Paused, Active),
        (Active, Ended),
        (Paused, Ended),
        (Ended, Archived),
        // what never ran can be put away
        (Draft, Archived),
        (Ready, Archived),
    ];
    let all = [Draft, Ready, Active, Paused, Ended, Archived];
    for from in all {
        for to in all {
            assert_eq!(check_step(from, to).is_ok(), legal.contains(&(from, to)), "{from:?} to {to:?}");
        }
    }
}
