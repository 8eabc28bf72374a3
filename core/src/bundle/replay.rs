//! Plays a bundle on an empty store and compares what is decided with what was.

use super::data::{Bundle, GatewayAnswer, Recorded, RecordedCall, VERSION};
use super::recorder::{decisions, last_event, locked};
use crate::engine::{Engine, EngineError};
use crate::gateway::Gateway;
use crate::model::{Capabilities, GatewayId, LookupResult, Submission, SubmitResult, Timestamp};
use crate::store::MemoryStore;
use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex};

/// Where a replay differs first from what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The place in the bundle, such as `calls[7].events` or `decisions.messages[3].status`.
    pub place: String,
    /// What was recorded.
    pub recorded: String,
    /// What the replay gave.
    pub replayed: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: recorded {}, replayed {}", self.place, self.recorded, self.replayed)
    }
}

impl std::error::Error for Difference {}

fn differ(place: String, recorded: impl ToString, replayed: impl ToString) -> Difference {
    Difference { place, recorded: recorded.to_string(), replayed: replayed.to_string() }
}

/// Plays a bundle on an empty store in memory, with gateways that give the recorded answers.
///
/// # Errors
/// The first [`Difference`]: a version that this release does not know, a call after which there are more or fewer
/// events, or whose gateways were called otherwise, and else the first decision that is another.
pub fn replay(bundle: &Bundle) -> Result<(), Difference> {
    if bundle.version != VERSION {
        return Err(differ("version".into(), bundle.version, VERSION));
    }
    let script = Arc::new(Script::default());
    let gateways = bundle.gateways.iter().map(|recorded| {
        let (id, capabilities) = (recorded.id.clone(), recorded.capabilities.clone());
        let gateway: Arc<dyn Gateway> =
            Arc::new(ScriptedGateway { id: id.clone(), capabilities, script: script.clone() });
        (id, gateway)
    });
    let engine = Engine::new(Arc::new(MemoryStore::new()), gateways.collect());
    let mut events = 0;
    for (place, recorded) in bundle.calls.iter().enumerate() {
        let field = |name: &str| format!("calls[{place}].{name}");
        script.begin(&recorded.answers);
        let result = call(&engine, bundle, recorded);
        if let Some((expected, found)) = script.end() {
            return Err(differ(field("answers"), expected, found));
        }
        if result.is_err() != recorded.failed {
            let error = result.err().map_or("no error".to_owned(), |error| error.to_string());
            let expected = if recorded.failed { "an error" } else { "no error" };
            return Err(differ(field("failed"), expected, error));
        }
        events = last_event(&engine, &bundle.practice, events).unwrap_or(events);
        if events != recorded.events {
            return Err(differ(field("events"), recorded.events, events));
        }
    }
    let replayed = decisions(&engine, &bundle.practice)
        .map_err(|error| differ("decisions".into(), "decisions", error))?;
    match first_difference("decisions", &document(&bundle.decisions), &document(&replayed)) {
        None => Ok(()),
        Some(difference) => Err(difference),
    }
}

fn call(engine: &Engine, bundle: &Bundle, recorded: &Recorded) -> Result<(), EngineError> {
    let now: Timestamp = recorded.at;
    let clinic = engine.practice(bundle.practice.clone());
    match &recorded.call {
        RecordedCall::Open { practice } => engine.open_practice(practice, now),
        RecordedCall::Apply { facts } => clinic.apply(facts, now).map(drop),
        RecordedCall::Act { user, act } => act.perform(&clinic.as_user(user.clone()), now),
        RecordedCall::Dispatch { limit } => engine.dispatch(now, *limit).map(drop),
        RecordedCall::Work { limit } => engine.work(now, *limit).map(drop),
        RecordedCall::AskBalances {} => clinic.ask_balances(now),
        RecordedCall::ResumeGateway { gateway } => engine.resume_gateway(&bundle.practice, gateway, now),
        RecordedCall::Restored { copied_at } => clinic.restored(*copied_at, now).map(drop),
    }
}

fn document(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// The first place at which two documents differ.
fn first_difference(place: &str, recorded: &Value, replayed: &Value) -> Option<Difference> {
    match (recorded, replayed) {
        (Value::Object(a), Value::Object(b)) => {
            let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
            let nothing = Value::Null;
            keys.into_iter().find_map(|key| {
                let (a, b) = (a.get(key).unwrap_or(&nothing), b.get(key).unwrap_or(&nothing));
                first_difference(&format!("{place}.{key}"), a, b)
            })
        }
        (Value::Array(a), Value::Array(b)) => {
            let inside = a.iter().zip(b).enumerate();
            let inside = inside
                .map(|(at, (a, b))| first_difference(&format!("{place}[{at}]"), a, b))
                .find_map(|difference| difference);
            let longer = || (a.len() != b.len()).then(|| differ(format!("{place}.length"), a.len(), b.len()));
            inside.or_else(longer)
        }
        (a, b) => (a != b).then(|| differ(place.to_owned(), a, b)),
    }
}

/// The answers of one call, given in their order.
#[derive(Default)]
struct Script {
    answers: Mutex<VecDeque<GatewayAnswer>>,
    /// The first call of a gateway that was not recorded: what was, and what came.
    wrong: Mutex<Option<(String, String)>>,
}

impl Script {
    fn begin(&self, answers: &[GatewayAnswer]) {
        *locked(&self.answers) = answers.iter().cloned().collect();
    }

    /// What a call of a gateway was, where it was not the recorded one, or answers that nobody asked for.
    fn end(&self) -> Option<(String, String)> {
        let left = locked(&self.answers).front().map(|answer| (name(answer), "no call".to_owned()));
        locked(&self.wrong).take().or(left)
    }

    /// The next answer, if this is the call it was given to.
    fn next<T>(&self, asked: String, takes: impl FnOnce(&GatewayAnswer) -> Option<T>) -> Option<T> {
        let answer = locked(&self.answers).pop_front();
        let taken = answer.as_ref().and_then(takes);
        if taken.is_none() {
            let recorded = answer.as_ref().map_or("no call".to_owned(), name);
            locked(&self.wrong).get_or_insert((recorded, asked));
        }
        taken
    }
}

fn name(answer: &GatewayAnswer) -> String {
    match answer {
        GatewayAnswer::Submitted { gateway, messages, .. } => format!("{messages} message(s) to {gateway}"),
        GatewayAnswer::LookedUp { gateway, .. } => format!("a look-up at {gateway}"),
        GatewayAnswer::Cancelled { gateway, .. } => format!("a cancellation at {gateway}"),
        GatewayAnswer::Balance { gateway, .. } => format!("the balance at {gateway}"),
    }
}

struct ScriptedGateway {
    id: GatewayId,
    capabilities: Capabilities,
    script: Arc<Script>,
}

impl Gateway for ScriptedGateway {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let asked = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        let results = self.script.next(format!("{asked} message(s) to {}", self.id), |answer| match answer {
            GatewayAnswer::Submitted { gateway, messages, results }
                if *gateway == self.id && *messages == asked =>
            {
                Some(results.clone())
            }
            _ => None,
        });
        results.unwrap_or_default()
    }

    fn look_up(&self, _: &str) -> LookupResult {
        let result = self.script.next(format!("a look-up at {}", self.id), |answer| match answer {
            GatewayAnswer::LookedUp { gateway, result } if *gateway == self.id => Some(result.clone()),
            _ => None,
        });
        result.unwrap_or(LookupResult::Unsure {})
    }

    fn cancel(&self, _: &str) -> bool {
        let done = self.script.next(format!("a cancellation at {}", self.id), |answer| match answer {
            GatewayAnswer::Cancelled { gateway, done } if *gateway == self.id => Some(*done),
            _ => None,
        });
        done.unwrap_or(false)
    }

    fn balance_milli(&self) -> Option<i64> {
        let milli = self.script.next(format!("the balance at {}", self.id), |answer| match answer {
            GatewayAnswer::Balance { gateway, milli } if *gateway == self.id => Some(*milli),
            _ => None,
        });
        milli.flatten()
    }
}
