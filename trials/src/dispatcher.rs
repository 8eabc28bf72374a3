//! What a dispatcher process does: opens the store, asks the trial for the time, works and dispatches, until it is told to
//! stop, is killed, or the trial is gone.
//!
//! Not allowed here: state that outlives a round, since the process dies at any point; any use of the clock.

use crate::open;
use crate::watched::{Moment, Watched, is_held, messages_of};
use crate::wire::{Line, Link, Order};
use depesza::engine::Engine;
use depesza::gateway::Gateway;
use depesza::model::{
    Capabilities, LookupResult, MessageId, PracticeId, Status, Submission, SubmitResult, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The variable that holds a [`Charge`] as JSON.
pub const CHARGE: &str = "DEPESZA_TRIAL_DISPATCHER";
/// The gateway of every trial.
pub const GATEWAY: &str = "trial";
/// How long a dispatcher waits for the trial's word before it takes it for gone.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it rests when nothing was due.
const REST: Duration = Duration::from_millis(3);

/// What a dispatcher is told when it starts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Charge {
    /// Its number: no two processes of a trial have the same.
    pub dispatcher: u64,
    /// The store.
    pub url: String,
    /// Where the trial listens.
    pub trial: SocketAddr,
    /// What the gateway can do.
    pub capabilities: Capabilities,
    /// How long a call of the gateway may take before its outcome counts as unknown, in milliseconds.
    pub gateway_timeout_ms: u64,
}

/// The whole life of the process.
pub fn run() {
    let charge = std::env::var(CHARGE).expect("started by a trial");
    let charge: Charge = serde_json::from_str(&charge).expect("a charge");
    let link = Link::connect(charge.trial, PATIENCE).expect("the trial listens");
    let told = Arc::new(Told { link: Mutex::new(link), committed: Mutex::default() });
    told.tell(&Line::Hello { dispatcher: charge.dispatcher });
    let mut engine = None;
    let (mut idle, mut at, mut error) = (true, Timestamp::MIN, None);
    loop {
        let order: Order = told.ask(&Line::Next { idle, at, error: error.take() });
        if order.stop {
            return;
        }
        at = order.now;
        match round(&mut engine, &charge, &told, at) {
            Ok(any) => idle = !any,
            Err(failure) => (idle, error) = (false, Some(failure)),
        }
        if idle || error.is_some() {
            std::thread::sleep(REST);
        }
    }
}

/// One round; says whether anything was due.
fn round(
    engine: &mut Option<Engine>,
    charge: &Charge,
    told: &Arc<Told>,
    now: Timestamp,
) -> Result<bool, String> {
    let engine = match engine {
        Some(engine) => engine,
        None => {
            let store = open(&charge.url).map_err(|error| error.to_string())?;
            let watcher = told.clone();
            let store = Watched::new(store, move |moment| watcher.commit(moment));
            let gateway = RemoteGateway { charge: charge.clone(), told: told.clone() };
            engine.insert(Engine::new(Arc::new(store), vec![(GATEWAY.into(), Arc::new(gateway))]))
        }
    };
    let worked = engine.work(now, 20).map_err(|error| error.to_string())?;
    let sent = engine.dispatch(now, 300).map_err(|error| error.to_string())?;
    Ok(worked.commits > 0 || sent.submitted > 0 || sent.more)
}

/// What this dispatcher tells the trial.
struct Told {
    link: Mutex<Link>,
    /// By reference, the last commit that made a message `Submitting`.
    committed: Mutex<BTreeMap<String, (PracticeId, MessageId, u64)>>,
}

impl Told {
    fn tell(&self, line: &Line) {
        if self.link.lock().unwrap().tell(line).is_err() {
            std::process::exit(0); // the trial is gone
        }
    }

    fn ask(&self, line: &Line) -> Order {
        let answer = self.link.lock().unwrap().ask(line);
        answer.unwrap_or_else(|_| std::process::exit(0))
    }

    fn commit(&self, moment: Moment<'_>) {
        let (commit, version) = match moment {
            Moment::Begins(_) => return self.tell(&Line::Begins {}),
            Moment::Ended(commit, Ok(version)) => (commit, *version),
            Moment::Ended(_, Err(_)) => {
                return self.tell(&Line::Ended { claimed: vec![], submitting: vec![], settled: vec![] });
            }
        };
        let (mut claimed, mut submitting, mut settled) = (vec![], vec![], vec![]);
        for message in messages_of(commit) {
            let held = (commit.practice.clone(), message.id);
            match message.status {
                Status::Claimed => claimed.push(held),
                Status::Submitting => {
                    if let Some(reference) = message.reference {
                        let place = (commit.practice.clone(), message.id, version);
                        self.committed.lock().unwrap().insert(reference, place);
                    }
                    submitting.push(held);
                }
                status if !is_held(status) => settled.push(held),
                _ => {}
            }
        }
        self.tell(&Line::Ended { claimed, submitting, settled });
    }
}

/// The trial's gateway, over the wire. Whatever goes wrong after the request was begun is `Unknown`.
struct RemoteGateway {
    charge: Charge,
    told: Arc<Told>,
}

impl RemoteGateway {
    fn call(&self, line: &Line) -> std::io::Result<Vec<serde_json::Value>> {
        Link::connect(self.charge.trial, Duration::from_millis(self.charge.gateway_timeout_ms))?.ask(line)
    }
}

impl Gateway for RemoteGateway {
    fn capabilities(&self) -> Capabilities {
        self.charge.capabilities.clone()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let committed = {
            let known = self.told.committed.lock().unwrap();
            batch.iter().map(|one| known[&one.reference].clone()).collect()
        };
        self.told.tell(&Line::Calls { messages: batch.len() });
        let answers =
            self.call(&Line::Submit { dispatcher: self.charge.dispatcher, batch: batch.to_vec(), committed });
        self.told.tell(&Line::Called {});
        let unknown = |why: &str| SubmitResult::Unknown { why: why.to_owned() };
        match answers {
            // what is missing the engine takes for unknown
            Ok(answers) => answers
                .into_iter()
                .map(|answer| serde_json::from_value(answer).unwrap_or_else(|_| unknown("malformed")))
                .collect(),
            Err(_) => batch.iter().map(|_| unknown("no answer")).collect(),
        }
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        let answers = self.call(&Line::LookUp { reference: reference.to_owned() }).unwrap_or_default();
        let answer = answers.into_iter().next().map(serde_json::from_value);
        answer.and_then(Result::ok).unwrap_or(LookupResult::Unsure {})
    }
}
