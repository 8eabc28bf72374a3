//! The published schema of a rules file: that of the types, closed, and read the same by the type and by the reader.
#![cfg(feature = "schema")]
// helpers of tests may fail by panicking
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use depesza::engine::RuleSwitch;
use depesza::model::CallRuleSpec;
use depesza_rules_file::{RulesDocument, RulesFile, Switched, parse};
use schemars::schema_for;
use std::path::{Path, PathBuf};

fn sample() -> (PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/data/pbx/rules.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

/// Set to write the schema anew after a change of the types.
const BLESS: &str = "DEPESZA_BLESS";

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas/rules_file.json");
    let text = format!("{:#}\n", schema_for!(RulesDocument).to_value());
    if std::env::var_os(BLESS).is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == text,
        "schemas/rules_file.json is not the types': set {BLESS}=1 and look at the difference"
    );
}

#[test]
fn the_schema_refuses_unknown_fields_and_knows_every_field_of_a_rule() {
    let schema = schema_for!(RulesDocument).to_value();
    let rule = &schema["$defs"]["RuleTable"];
    let spec = schema_for!(CallRuleSpec).to_value();
    for (field, of_spec) in spec["properties"].as_object().unwrap() {
        assert_eq!(&rule["properties"][field], of_spec, "{field}");
    }
    assert!(rule["properties"]["id"].is_object() && rule["properties"]["state"].is_object());
    for table in [&schema, rule, &schema["$defs"]["Settings"], &schema["$defs"]["CallConditions"]] {
        let closed = &table["additionalProperties"] == false || &table["unevaluatedProperties"] == false;
        assert!(closed, "{table:#}");
    }
}

/// The schema's type is not what the reader reads by, so both read the sample.
#[test]
fn the_reader_and_the_type_of_the_schema_read_the_same() {
    let (path, text) = sample();
    let read: RulesFile = parse(&path.display().to_string(), &text).unwrap();
    let document: RulesDocument = toml::from_str(&text).unwrap();
    assert_eq!(document.practice.with(document.settings), read.practice);
    let plain: Vec<_> = read.rules.into_iter().map(|rule| (rule.id, rule.state, rule.spec)).collect();
    let typed: Vec<_> = document.rules.into_iter().map(|rule| (rule.id, rule.state, rule.spec)).collect();
    assert_eq!(plain, typed);
    assert_eq!(RuleSwitch::from(Switched::Off), RuleSwitch::Off);
}
