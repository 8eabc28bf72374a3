//! The JSON Schemas of the wire model, in `schemas/`: they follow the types, and the samples fit them.
// helpers of tests may fail by panicking, and compare files of the repository
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]
#![cfg(feature = "schema")]

mod samples;

use depesza::model::*;
use schemars::{JsonSchema, schema_for};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Set to write the schemas anew after a change of the model.
const BLESS: &str = "DEPESZA_BLESS";

/// Schemas of files that other crates read; their own tests hold them.
const ELSEWHERE: [&str; 1] = ["rules_file.json"];

/// What is published: the types that cross the border of the engine.
fn published() -> Vec<(&'static str, Value)> {
    fn schema<T: JsonSchema>(name: &'static str) -> (&'static str, Value) {
        (name, schema_for!(T).to_value())
    }
    vec![
        schema::<Fact>("fact"),
        schema::<Patient>("patient"),
        schema::<Visit>("visit"),
        schema::<SmsReceived>("sms_received"),
        schema::<DeliveryReport>("delivery_report"),
        schema::<Practice>("practice"),
        schema::<Settings>("settings"),
        schema::<CampaignSpec>("campaign_spec"),
        schema::<Campaign>("campaign"),
        schema::<Message>("message"),
        schema::<VisitFile>("visit_file"),
        schema::<Call>("call"),
        schema::<CallFile>("call_file"),
        schema::<CallRuleSpec>("call_rule_spec"),
        schema::<CallRule>("call_rule"),
        schema::<CallExplained>("call_explained"),
        schema::<Event>("event"),
        schema::<Reason>("reason"),
        schema::<Tally>("tally"),
        schema::<MessageFilter>("message_filter"),
        schema::<MessagePage>("message_page"),
        schema::<NewMessage>("new_message"),
        schema::<MessageEdit>("message_edit"),
        schema::<ChatPreview>("chat_preview"),
        schema::<PatientFound>("patient_found"),
        schema::<PatientCampaign>("patient_campaign"),
        schema::<InboxPage>("inbox_page"),
        schema::<CampaignFilter>("campaign_filter"),
        schema::<CampaignDetails>("campaign_details"),
        schema::<StatisticsFilter>("statistics_filter"),
        schema::<Statistics>("statistics"),
        schema::<Submission>("submission"),
        schema::<SubmitResult>("submit_result"),
        schema::<LookupResult>("lookup_result"),
        schema::<Capabilities>("capabilities"),
        ("operations", depesza::door::catalogue()),
    ]
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schemas")
}

#[test]
fn the_published_schemas_are_those_of_the_types() {
    let mut files = vec!["README.md".to_owned()];
    files.extend(ELSEWHERE.map(str::to_owned));
    for (name, schema) in published() {
        let file = format!("{name}.json");
        let path = folder().join(&file);
        let text = format!("{schema:#}\n");
        if std::env::var_os(BLESS).is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(known == text, "schemas/{file} is not the type's: set {BLESS}=1 and look at the difference");
        files.push(file);
    }
    let mut there: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    files.sort();
    assert_eq!(there, files, "a schema without a type");
}

#[test]
fn every_sample_fits_the_schema_of_its_type() {
    for sample in samples::all() {
        if let Err(fault) = fits(&sample.json, &sample.schema, &sample.schema) {
            panic!("{}: {fault}", sample.name);
        }
    }
}

#[test]
fn every_sample_with_an_unknown_field_of_a_user_fits_no_schema() {
    for sample in samples::all().into_iter().filter(|sample| sample.user_writes && sample.json.is_object()) {
        let mut document = sample.json.clone();
        document.as_object_mut().unwrap().insert("zzz_unknown".into(), json!(1));
        assert!(fits(&document, &sample.schema, &sample.schema).is_err(), "{}", sample.name);
    }
}

#[test]
fn the_samples_have_every_variant() {
    let variants = |schema: Value| schema["oneOf"].as_array().unwrap().len();
    assert_eq!(samples::reasons().len(), variants(schema_for!(Reason).to_value()));
    assert_eq!(samples::happenings().len(), variants(schema_for!(Happening).to_value()));
    assert_eq!(samples::facts().len(), variants(schema_for!(Fact).to_value()));
}

#[test]
fn the_check_itself_refuses_what_does_not_fit() {
    let (_, visit) = published().into_iter().find(|(name, _)| *name == "visit").unwrap();
    let good = json!(samples::visit());
    assert_eq!(fits(&good, &visit, &visit), Ok(()));
    for (field, wrong) in
        [("start", json!(5)), ("revision", json!("1")), ("state", json!("maybe")), ("room", json!([]))]
    {
        let mut document = good.clone();
        document[field] = wrong;
        assert!(fits(&document, &visit, &visit).is_err(), "{field}");
    }
    let mut document = good;
    document.as_object_mut().unwrap().remove("patient");
    assert!(fits(&document, &visit, &visit).is_err(), "a field that is required");
}

/// Whether a document has the structure that a schema asks for: the keywords that schemars writes and that say what
/// may stand where. Formats, patterns and ranges are not looked at.
fn fits(document: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    let Some(keywords) = schema.as_object() else {
        return if schema == &Value::Bool(false) { Err("nothing may stand here".into()) } else { Ok(()) };
    };
    if let Some(name) = schema["$ref"].as_str() {
        let target = name.strip_prefix('#').and_then(|path| root.pointer(path));
        fits(document, target.ok_or_else(|| format!("no {name}"))?, root)?;
    }
    let is = |kind: &str| match kind {
        "object" => document.is_object(),
        "array" => document.is_array(),
        "string" => document.is_string(),
        "boolean" => document.is_boolean(),
        "integer" => document.is_i64() || document.is_u64(),
        "number" => document.is_number(),
        "null" => document.is_null(),
        _ => false,
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !kinds.is_empty() && !kinds.into_iter().any(is) {
        return Err(format!("{document} is not {}", schema["type"]));
    }
    if keywords.get("const").is_some_and(|wanted| wanted != document) {
        return Err(format!("{document} is not {}", schema["const"]));
    }
    if schema["enum"].as_array().is_some_and(|values| !values.contains(document)) {
        return Err(format!("{document} is none of {}", schema["enum"]));
    }
    for all in schema["allOf"].as_array().into_iter().flatten() {
        fits(document, all, root)?;
    }
    for (keyword, most) in [("oneOf", 1), ("anyOf", usize::MAX)] {
        if let Some(choices) = schema[keyword].as_array() {
            let tried: Vec<_> = choices.iter().map(|choice| fits(document, choice, root)).collect();
            let fitting = tried.iter().filter(|result| result.is_ok()).count();
            if !(1..=most).contains(&fitting) {
                return Err(format!("{fitting} choices of {keyword} fit {document}: {tried:?}"));
            }
        }
    }
    for (item, place) in document.as_array().into_iter().flatten().zip(0..) {
        if let Some(items) = keywords.get("items") {
            fits(item, items, root).map_err(|fault| format!("[{place}] {fault}"))?;
        }
    }
    fields_fit(document, schema, root)
}

fn fields_fit(document: &Value, schema: &Value, root: &Value) -> Result<(), String> {
    let Some(fields) = document.as_object() else { return Ok(()) };
    for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(required) {
            return Err(format!("{required} is missing"));
        }
    }
    for (name, value) in fields {
        let known = schema["properties"].get(name);
        let patterned = schema["patternProperties"].as_object().is_some();
        let rest = schema.get("additionalProperties").filter(|_| !patterned);
        if let Some(schema) = known.or(rest) {
            fits(value, schema, root).map_err(|fault| format!("{name}: {fault}"))?;
        }
    }
    Ok(())
}
