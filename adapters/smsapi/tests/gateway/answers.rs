//! Answers in the forms that the makers' clients and descriptions show, each with its source (`tests/data/answers.json`).

use crate::server::{Reply, Server};
use crate::{gateway, message};
use depesza::gateway::Gateway;
use depesza::model::{Submission, SubmitResult};
use serde_json::Value;

#[test]
fn recorded_forms_are_understood() {
    let all: Value = serde_json::from_str(include_str!("../data/answers.json")).unwrap();
    let cases = all["cases"].as_array().unwrap();
    for case in cases {
        let name = case["name"].as_str().unwrap();
        assert!(!case["source"].as_str().unwrap().is_empty());
        let (status, body) = (case["status"].as_u64().unwrap() as u16, case["body"].clone());
        let server = Server::start(move |_| Reply::Json(status, body.clone()));
        let batch: Vec<Submission> = case["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| Submission {
                reference: one[0].as_str().unwrap().into(),
                to: one[1].as_str().unwrap().into(),
                ..message(1, "Example")
            })
            .collect();
        let expected: Vec<SubmitResult> = serde_json::from_value(case["expect"].clone()).unwrap();
        assert_eq!(gateway(&server).submit(&batch), expected, "{name}");
        assert_eq!(server.seen().len(), 1, "{name}");
    }
    assert_eq!(cases.len(), 11);
}
