//! `vectors/phone.json`: every case, and as many as the file says.
#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use depesza::model::PhonePolicy;
use depesza::phone;
use serde_json::{Value, json};

fn answer(input: &Value) -> Result<Value, Value> {
    let text = input["text"].as_str().expect("input.text");
    let policy: PhonePolicy = match input.get("policy") {
        Some(policy) => serde_json::from_value(policy.clone()).expect("input.policy"),
        None => PhonePolicy::default(),
    };
    match input["op"].as_str() {
        Some("recipient") => phone::recipient(text, &policy)
            .map(|e164| json!({ "e164": e164 }))
            .map_err(|refusal| json!(refusal)),
        Some("parse") => phone::parse(text, &policy).map(|n| json!(n)).map_err(|fault| json!(fault)),
        Some("withheld") => Ok(json!(phone::withheld(text))),
        op => panic!("no such operation: {op:?}"),
    }
}

#[test]
fn every_case_of_the_vectors_holds() {
    let file: Value =
        serde_json::from_str(include_str!("../../vectors/phone.json")).expect("vectors/phone.json");
    let mut ran = 0;
    let mut wrong = Vec::new();
    for case in file["cases"].as_array().expect("cases") {
        let want = match (case.get("expect"), case.get("error")) {
            (Some(expect), None) => Ok(expect.clone()),
            (None, Some(error)) => Err(error.clone()),
            _ => panic!("{}: expect or error, one of them", case["id"]),
        };
        let got = answer(&case["input"]);
        if got != want {
            wrong.push(format!("{}: {got:?}, not {want:?}: {}", case["id"], case["why"]));
        }
        ran += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(file["count"], json!(ran));
}
