//! Runs the language-neutral cases of `vectors/text.json`; their format is in `vectors/README.md`.
#![allow(clippy::expect_used, clippy::panic, clippy::string_slice)]

use depesza::model::{Diacritics, Missing, ReferenceBits, SplitOptions};
use depesza::text::{self, NotGsm7, TooLong, Transliterator};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    room: String,
    count: usize,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    why: String,
    operation: String,
    input: Value,
    expect: Option<Value>,
    error: Option<Value>,
}

/// A text in full, or pieces of it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Full(String),
    Pieces(Vec<Piece>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Piece {
    Full(String),
    Repeated { repeat: String, times: usize },
}

impl Text {
    fn full(&self) -> String {
        match self {
            Self::Full(text) => text.clone(),
            Self::Pieces(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Full(text) => text.clone(),
                    Piece::Repeated { repeat, times } => repeat.repeat(*times),
                })
                .collect(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    text: Text,
    #[serde(default)]
    reference_bits: ReferenceBits,
    #[serde(default)]
    options: SplitOptions,
    #[serde(default)]
    missing: Missing,
    #[serde(default)]
    overrides: BTreeMap<char, Option<String>>,
    #[serde(default)]
    diacritics: Diacritics,
}

fn transliterator(input: Input) -> Result<Transliterator, NotGsm7> {
    let mut rules = Transliterator::default().missing(input.missing)?;
    for (character, replacement) in input.overrides {
        rules = match replacement {
            Some(text) => rules.with(character, text)?,
            None => rules.without(character),
        };
    }
    Ok(rules)
}

/// The answer of the library, or its error, as the vectors write them.
fn run(operation: &str, input: Value) -> Result<Value, Value> {
    let input: Input = serde_json::from_value(input).expect("an input as the README says");
    let full = input.text.full();
    Ok(match operation {
        "segments" => json!(text::segments_with(&full, input.reference_bits)),
        "costly" => json!({ "characters": text::costly(&full) }),
        "links" => json!({ "links": text::links(&full).map(|link| &full[link]).collect::<Vec<_>>() }),
        "split" => {
            let parts = text::split(&full, input.options)
                .map_err(|TooLong { parts }| json!({ "code": "too_long", "parts": parts }))?;
            json!({ "parts": parts })
        }
        "transliterate" => {
            let rules =
                transliterator(input).map_err(|NotGsm7 { at }| json!({ "code": "not_gsm7", "at": at }))?;
            let done = rules.apply(&full);
            json!({ "text": done.text, "replaced": done.replaced, "before": done.before, "after": done.after })
        }
        "finish" => {
            let done = text::finish(&full, input.diacritics, input.reference_bits);
            json!({ "text": done.text, "segments": done.segments })
        }
        "advice" => json!(text::advice(&full, input.reference_bits)),
        other => panic!("unknown operation {other}"),
    })
}

/// Writes out the texts of an expectation; an object of the expectation names only the keys that are compared.
fn matches(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Array(pieces), Value::String(got)) => {
            Text::deserialize(Value::Array(pieces.clone())).is_ok_and(|text| text.full() == *got)
        }
        (Value::Object(expected), Value::Object(got)) => {
            expected.iter().all(|(key, value)| got.get(key).is_some_and(|got| matches(value, got)))
        }
        (Value::Array(expected), Value::Array(got)) => {
            expected.len() == got.len()
                && expected.iter().zip(got).all(|(expected, got)| matches(expected, got))
        }
        _ => expected == got,
    }
}

#[test]
fn every_case_holds() {
    let vectors: Vectors = serde_json::from_str(include_str!("../../vectors/text.json"))
        .expect("vectors in the format of the README");
    assert_eq!(vectors.room, "text");
    let (mut ran, mut failed) = (0, Vec::new());
    let mut ids = std::collections::BTreeSet::new();
    for case in vectors.cases {
        assert!(ids.insert(case.id.clone()), "{} twice", case.id);
        let got = run(&case.operation, case.input);
        let holds = match (&case.expect, &case.error, &got) {
            (Some(expected), None, Ok(got)) => matches(expected, got),
            (None, Some(expected), Err(got)) => matches(expected, got),
            _ => false,
        };
        if !holds {
            let expected = case.expect.or(case.error);
            failed.push(format!("{} ({}): expected {expected:?}, got {got:?}", case.id, case.why));
        }
        ran += 1;
    }
    assert!(failed.is_empty(), "{} cases failed:\n{}", failed.len(), failed.join("\n"));
    assert_eq!(ran, vectors.count);
}
