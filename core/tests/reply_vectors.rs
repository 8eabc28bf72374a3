//! `vectors/reply.json`: every case, and as many as the file says.

use depesza::model::ReplyPolicy;
use depesza::reply::classify;
use serde_json::{Value, json};

#[test]
fn every_case_of_the_vectors_holds() {
    let file: Value =
        serde_json::from_str(include_str!("../../vectors/reply.json")).expect("vectors/reply.json");
    let mut ran = 0;
    let mut wrong = Vec::new();
    for case in file["cases"].as_array().expect("cases") {
        let text = case["input"]["text"].as_str().expect("input.text");
        let policy: ReplyPolicy =
            serde_json::from_value(case["input"]["policy"].clone()).expect("input.policy");
        let got = json!(classify(text, &policy));
        if got != case["expect"] {
            wrong.push(format!("{}: {got}, not {}: {}", case["id"], case["expect"], case["why"]));
        }
        ran += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(file["count"], json!(ran));
}
