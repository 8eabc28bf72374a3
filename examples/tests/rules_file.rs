//! What is said of a faulty rules file, by its reader and by the engine.

// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

use depesza::model::Language;
use depesza_examples::exchange;
use std::path::{Path, PathBuf};

fn sample() -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/pbx/rules.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// What is said of the sample with these texts changed, the file called `rules.toml`.
fn faults(changes: &[(&str, &str)], language: Language) -> String {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("rules.toml");
    let mut text = sample().1;
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    std::fs::write(&path, text).unwrap();
    let refused = exchange::rules(&path, language).expect_err("a faulty file").to_string();
    refused.replace(&format!("{}/", directory.path().display()), "")
}

/// The line of the sample, from 1, in which a text stands first.
fn line(what: &str) -> usize {
    let text = sample().1;
    1 + text.split(what).next().unwrap().matches('\n').count()
}

#[test]
fn a_fault_is_named_by_file_line_field_and_what_was_expected() {
    let at = |what: &str, said: &str| format!("rules.toml:{}:{said}", line(what));
    for (from, to, said) in [
        // what the types say
        (
            "delay_s = 600",
            "delay_s = \"x\"",
            at("delay_s = 600", "11: rules[2].delay_s: invalid type: string \"x\", expected u32"),
        ),
        (
            "delay_s = 600",
            "delai_s = 600",
            at("delay_s = 600", "1: rules[2].delai_s: unknown field `delai_s`, expected one of"),
        ),
        (
            "\"failed\", \"congestion\"",
            "\"gone\"",
            at(
                "\"failed\", \"congestion\"",
                "21: rules[3].when.statuses[1]: unknown variant `gone`, expected one of",
            ),
        ),
        (
            "state = \"off\"",
            "state = 0",
            at("state = \"off\"", "9: rules[8].state: expected \"on\" or \"off\""),
        ),
        (
            "id = \"zajete\"",
            "id = \"vip\"",
            at("id = \"zajete\"", "6: rules[3].id: expected a new id, this one stands in line"),
        ),
        ("plan = ", "plan: ", at("plan = ", "5: ")),
        // what the engine says
        (
            "delay_s = 600",
            "delay_s = 700000",
            at("delay_s = 600", "11: rules[2].delay_s: wartość od 0 do 604800"),
        ),
        (
            "sender = \"48573000111\"",
            "sender = \"LIPOWA-VIP\"",
            at("sender = \"48573000111\"", "10: rules[4].sender: pole nadawcy nie jest zatwierdzone"),
        ),
        (
            "0048221234502",
            "0048221234599",
            at("0048221234502", "32: rules[2].when.own_numbers[1]: tego numeru nie ma na liście"),
        ),
        ("(numer|numer ukryty)", "(numerek)", at("(numer|numer ukryty)", "8: rules[7].body: ")),
        (
            "\"573 000 222\"",
            "\"22 123 45 01\"",
            at("\"573 000 222\"", "48: rules[7].recipients.numbers[0]: "),
        ),
        (
            "from = \"18:00\"\nto = \"07:30\"",
            "from = \"18:00\"\nto = \"18:00\"",
            at("to = \"07:30\"", "6: rules[1].when.times[0].to: "),
        ),
        ("max_parts = 3", "max_parts = 99", at("max_parts = 3", "13: settings.max_parts: ")),
    ] {
        let text = faults(&[(from, to)], Language::Pl);
        assert!(
            text.starts_with(&said),
            "{said}
{text}"
        );
        assert!(text.ends_with("Nothing was imported."), "{text}");
    }
}

#[test]
fn a_rule_without_an_identifier_is_named_by_its_place() {
    let text = faults(&[("id = \"zajete\"", "")], Language::En);
    assert!(text.contains(": rules[3]: expected id = \"…\", a name of the rule's own"), "{text}");
}

#[test]
fn all_faults_of_a_file_are_named_at_once_in_its_order() {
    let types = faults(
        &[
            ("max_parts = 3", "max_parts = true"),
            ("delay_s = 600", "delay_s = \"x\""),
            ("min_gap_s = 7_200", "min_gap = 1"),
            ("state = \"off\"", "state = 0"),
        ],
        Language::En,
    );
    let fields: Vec<&str> = types.lines().filter_map(|line| line.split(": ").nth(1)).collect();
    assert_eq!(
        fields,
        ["settings.max_parts", "rules[2].delay_s", "rules[2].min_gap", "rules[8].state"],
        "{types}"
    );
    let engine = faults(
        &[
            ("attempts", "attempts"),
            ("delay_s = 600", "delay_s = 700000"),
            ("from_s = 5", "from_s = 5\nto_s = 4"),
            ("name = \"Zajęte\"", "name = \"\""),
        ][1..],
        Language::En,
    );
    let fields: Vec<&str> = engine.lines().filter_map(|line| line.split(": ").nth(1)).collect();
    assert_eq!(fields, ["rules[2].delay_s", "rules[2].when.to_s", "rules[3].name"], "{engine}");
}
