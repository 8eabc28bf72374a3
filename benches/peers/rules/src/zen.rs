//! zen-engine: a decision table with the hit policy `collect`, compiled ahead as its documentation says.
//!
//! Columns and cells are of the forms that its own index takes: own numbers, kinds of call and days of the week as lists of
//! constants. Length, hours and dates are intervals. Only rules with several ranges have an expression.

use crate::contender::{Contender, Plain, kind};
use crate::rules::{self, Hours};
use depesza::call::{Seen, canonical};
use depesza::model::{CallRule, PhonePolicy};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine, Variable};

pub struct Zen {
    decision: Decision,
    calls: Vec<Variable>,
    runtime: Runtime,
}

impl Zen {
    pub fn new(rules: &[CallRule], calls: &[Seen]) -> Self {
        let columns = [
            ("kinds", "kind"),
            ("numbers", "number"),
            ("days", "weekday"),
            ("hours", "second"),
            ("dates", "day"),
            ("length", "seconds"),
            ("times", ""),
        ];
        let inputs: Vec<Value> =
            columns.iter().map(|(id, field)| json!({"id": id, "name": id, "field": field})).collect();
        let table = json!({
            "hitPolicy": "collect",
            "inputs": inputs,
            "outputs": [{"id": "place", "name": "place", "field": "place"}],
            "rules": (0_u32..).zip(rules).map(|(place, rule)| row(place, rule)).collect::<Vec<_>>(),
        });
        let graph = json!({
            "nodes": [
                {"id": "in", "name": "in", "type": "inputNode", "content": {}},
                {"id": "rules", "name": "rules", "type": "decisionTableNode", "content": table},
                {"id": "out", "name": "out", "type": "outputNode", "content": {}},
            ],
            "edges": [
                {"id": "a", "sourceId": "in", "targetId": "rules"},
                {"id": "b", "sourceId": "rules", "targetId": "out"},
            ],
        });
        let content: DecisionContent = serde_json::from_value(graph).unwrap();
        let mut decision = DecisionEngine::default().create_decision(Arc::new(content)).unwrap();
        decision.validate().unwrap();
        decision.compile();
        let runtime = Builder::new_current_thread().build().unwrap();
        Self { decision, calls: calls.iter().map(variable).collect(), runtime }
    }
}

fn variable(seen: &Seen) -> Variable {
    let call = Plain::of(seen);
    let (kind, number, seconds) = (call.kind, call.own_number, call.seconds);
    let (weekday, second, day) = (call.weekday, call.second, call.day);
    json!({"kind": kind, "number": number, "seconds": seconds, "weekday": weekday, "second": second, "day": day})
        .into()
}

fn row(place: u32, rule: &CallRule) -> Value {
    let when = &rule.spec.when;
    let policy = PhonePolicy::default();
    let list =
        |values: Vec<String>| values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
    let mut cells = Map::new();
    let mut cell = |id: &str, text: String| cells.insert(id.into(), text.into());
    cell("_id", format!("{place}"));
    cell("place", format!("{place}"));
    let kinds = rules::kinds(when).into_iter().map(|(direction, status)| kind(direction, status));
    cell("kinds", list(kinds.collect()));
    cell("numbers", list(when.own_numbers.iter().map(|number| canonical(number, &policy)).collect()));
    match (when.from_s, when.to_s) {
        (Some(from), Some(to)) => drop(cell("length", format!("[{from}..{to}]"))),
        (Some(from), None) => drop(cell("length", format!(">= {from}"))),
        (None, Some(to)) => drop(cell("length", format!("<= {to}"))),
        (None, None) => {}
    }
    match rules::hours(when).as_slice() {
        [] => {}
        [hours] => {
            cell("days", numbers(&hours.days));
            cell("hours", format!("[{}..{})", hours.seconds.0, hours.seconds.1));
            if let Some((first, last)) = hours.dates {
                cell("dates", format!("[{first}..{last}]"));
            }
        }
        several => {
            cell("times", several.iter().map(expression).collect::<Vec<_>>().join(" or "));
        }
    }
    cells.into()
}

fn expression(hours: &Hours) -> String {
    let (days, (from, to)) = (numbers(&hours.days), hours.seconds);
    let dates =
        hours.dates.map(|(first, last)| format!(" and day >= {first} and day <= {last}")).unwrap_or_default();
    format!("(weekday in [{days}] and second >= {from} and second < {to}{dates})")
}

fn numbers(numbers: &[u32]) -> String {
    numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(", ")
}

impl Contender for Zen {
    fn name(&self) -> &'static str {
        "zen-engine"
    }

    fn matching(&self, call: usize, places: &mut Vec<u32>) {
        places.clear();
        let response = self.runtime.block_on(self.decision.evaluate(self.calls[call].clone())).unwrap();
        let Some(rows) = response.result.as_array() else { return };
        for row in rows.borrow().iter() {
            let place = row.dot("place").and_then(|place| place.as_number()).unwrap();
            places.push(u32::try_from(place).unwrap());
        }
    }
}
