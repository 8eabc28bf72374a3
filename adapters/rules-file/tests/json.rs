//! The file as JSON: read as the TOML is, and its faults named by their places in the JSON.
// helpers of tests may fail by panicking
#![allow(clippy::unwrap_used)]

use depesza_rules_file::{Switched, parse, parse_json};

const JSON: &str = r#"{
  "practice": {"id": "lipowa", "name": "Centrum Łąkowa", "secret": "0123456789abcdef"},
  "settings": {"max_parts": 3},
  "rules": [
    {"id": "missed", "name": "Nieodebrane", "state": "off",
     "when": {"statuses": ["no_answer"], "from_s": 5}, "body": "Oddzwonimy: (numer|„brak”).\n", "delay_s": 600}
  ]
}"#;

const TOML: &str = r#"
[practice]
id = "lipowa"
name = "Centrum Łąkowa"
secret = "0123456789abcdef"
[settings]
max_parts = 3
[[rules]]
id = "missed"
name = "Nieodebrane"
state = "off"
when = { statuses = ["no_answer"], from_s = 5 }
body = "Oddzwonimy: (numer|„brak”).\n"
delay_s = 600
"#;

fn faults(from: &str, to: &str) -> String {
    assert!(JSON.contains(from), "{from}");
    parse_json("rules.json", &JSON.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn json_and_toml_of_one_file_are_the_same() {
    let (json, toml) = (parse_json("rules.json", JSON).unwrap(), parse("rules.toml", TOML).unwrap());
    assert_eq!(json.practice, toml.practice);
    assert_eq!(json.as_kept(), toml.as_kept());
    assert_eq!(json.rules.iter().map(|rule| rule.state).collect::<Vec<_>>(), [Switched::Off]);
    assert_eq!(json.places.of("rules[0].delay_s"), (6, 108));
}

#[test]
fn a_fault_is_named_by_its_place_in_the_json() {
    for (from, to, said) in [
        ("\"delay_s\": 600", "\"delay_s\": \"x\"", "rules.json:6:108: rules[0].delay_s: invalid type"),
        ("\"delay_s\": 600", "\"delai_s\": 600", "rules.json:6:108: rules[0].delai_s: unknown field"),
        ("\"off\"", "\"maybe\"", "rules.json:5:54: rules[0].state: expected \"on\" or \"off\""),
        ("\"no_answer\"", "\"gone\"", "rules.json:6:28: rules[0].when.statuses[0]: unknown variant"),
        ("3}", "null}", "rules.json:3:29: expected a value, or the field left out, not null"),
        (
            "\"max_parts\": 3",
            "\"max_parts\": 3, \"max_parts\": 4",
            "rules.json:3:45: expected `max_parts` once",
        ),
        ("\"settings\"", "settings", "rules.json:3:3: expected JSON"),
        (
            "\"settings\"",
            "\"settinks\"",
            "rules.json:3:15: expected only [practice], [settings] and [[rules]]",
        ),
    ] {
        let text = faults(from, to);
        assert!(text.starts_with(said), "{said}\n{text}");
    }
}

#[test]
fn what_is_no_object_or_too_deep_is_refused() {
    let deep = format!("{{\"settings\":{}1{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for text in ["", "[]", "3", "\"x\"", "{", &deep] {
        assert!(parse_json("rules.json", text).is_err(), "{}", text.len());
    }
}
