//! One state of the model: the store, the gateway, what each dispatcher holds, what was told, and the clock.

use super::gate::{Fates, Gate, Inside, Kind};
use super::world::*;
use depesza::engine::{Engine, SteppedTurn};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza::store::{Index, MemoryStore, Order, Scan, Store, Table, instant_key, key_instant};
use serde_json::json;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

/// How a model breaks the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// It does not.
    Nothing,
    /// `Submitting` is committed after the hand-over.
    CommitsLate,
    /// An expired submission is taken up again as an expired claim is: the gateway is believed to know repeats.
    TakesUpSubmissions,
    /// A gateway that cannot look up is asked, and its "not found" believed.
    BelievesNotFound,
    /// An answer counts whoever holds the message.
    IgnoresTokens,
    /// A process may sleep between taking a message and handing it over for as long as it likes.
    Sleeps,
}

/// What is explored.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    pub kind: Kind,
    pub messages: usize,
    pub batch: u32,
    pub broken: Broken,
}

impl Model {
    pub fn new(kind: Kind, messages: usize) -> Self {
        Self { kind, messages, batch: 2, broken: Broken::Nothing }
    }

    /// What the engine is told that the gateway can do.
    pub fn says(&self) -> Capabilities {
        let believed = match self.broken {
            Broken::TakesUpSubmissions => Kind::Idempotent,
            Broken::BelievesNotFound => Kind::LookUp,
            _ => self.kind,
        };
        believed.capabilities(self.batch)
    }
}

/// What was told of the first patient and the first visit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub cancelled: bool,
    pub moved: bool,
    pub stopped: bool,
}

impl Told {
    pub fn any(self) -> bool {
        self.cancelled || self.moved || self.stopped
    }
}

#[derive(Clone)]
pub struct Worker {
    pub turn: SteppedTurn,
    /// The turn before a unit of work that a broken model has not committed yet.
    pub uncommitted: Option<SteppedTurn>,
    /// All that it holds, as text.
    held: String,
}

impl Worker {
    pub fn new(turn: SteppedTurn, uncommitted: Option<SteppedTurn>) -> Self {
        let held = json!([turn.held(), uncommitted.as_ref().map(SteppedTurn::held)]).to_string();
        Self { turn, uncommitted, held }
    }
}

/// A store that is not written to any more, with what is asked of it often.
pub struct Stored {
    pub store: Arc<MemoryStore>,
    pub messages: Vec<Message>,
    /// Their documents.
    texts: String,
    /// The hash of all others that count.
    others: u64,
}

impl Stored {
    /// Left out is what has no influence on what follows: events, audit, statistics, versions.
    pub fn new(store: Arc<MemoryStore>) -> Arc<Self> {
        let documents = |table| {
            let rows = store.list(&CLINIC.into(), table, "", "\u{10ffff}", 1_000).unwrap();
            rows.into_iter().map(|(_, doc)| doc).collect::<Vec<_>>()
        };
        let texts = documents(Table::Message);
        let messages = texts.iter().map(|doc| serde_json::from_str(doc).unwrap()).collect();
        let others = [Table::Request, Table::OptOut, Table::BadNumber, Table::Pause, Table::Visit];
        let others = hashed(&others.map(documents));
        Arc::new(Self { store, messages, texts: texts.join("\n"), others })
    }
}

fn hashed(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[derive(Clone)]
pub struct State {
    pub stored: Arc<Stored>,
    pub fates: Fates,
    pub workers: [Option<Worker>; 2],
    pub now: Timestamp,
    pub told: Told,
}

/// The numbers of the patients.
pub fn number(no: usize) -> String {
    format!("+4850100000{no}")
}

pub const START: &str = "2026-11-30 12:30";
pub const MOVED: &str = "2026-11-30 15:45";

impl State {
    /// Two visits, each of a patient of its own, whose reminders are due now. The visits are days away, so that a message makes
    /// sense for long.
    pub fn begin(model: &Model) -> Self {
        let store = Arc::new(MemoryStore::new());
        let mut world =
            World::on(store.clone(), "2026-11-20 09:00", practice(), Simulator::new("unused".into(), 1));
        world.start("p", campaign("p", Timing::Reminder { steps: vec![step_days(4, "10:00")] }));
        for no in 1..=model.messages {
            world.patient(&format!("{no}"), &number(no));
            world.visit(&format!("w{no}"), &format!("{no}"), START);
        }
        let now = at("2026-11-26 10:00");
        let stored = Stored::new(store);
        Self { stored, fates: Fates::new(), workers: [None, None], now, told: Told::default() }
    }

    /// Does something with an engine whose gateway is the model's, to a copy of the store where it writes; says what the
    /// gateway found wrong.
    pub fn with_engine<T>(
        &mut self,
        model: &Model,
        writes: bool,
        gate: impl FnOnce(&mut Gate),
        act: impl FnOnce(&Engine) -> T,
    ) -> Result<T, String> {
        let copied = if writes { Arc::new(self.stored.store.fork()) } else { self.stored.store.clone() };
        let inside = Inside { fates: std::mem::take(&mut self.fates), wrong: None };
        let mut it = Gate {
            kind: model.kind,
            says: model.says(),
            now: self.now,
            answers: Vec::new(),
            unsure: false,
            inside: Mutex::new(inside),
        };
        gate(&mut it);
        let it = Arc::new(it);
        let gateway: Arc<dyn Gateway> = it.clone();
        let store: Arc<dyn Store> = copied.clone();
        let done = act(&Engine::new(store, vec![(GATEWAY.into(), gateway)]));
        if writes {
            self.stored = Stored::new(copied);
        }
        let mut inside = it.inside.lock().unwrap();
        self.fates = std::mem::take(&mut inside.fates);
        inside.wrong.take().map_or(Ok(done), Err)
    }

    pub fn messages(&self) -> &[Message] {
        &self.stored.messages
    }

    /// The next instant after now at which something wants to be looked at.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let from = instant_key(self.now.plus_ms(1));
        let scan = Scan { index: Index::Due, from, to: "9".into(), limit: 1, order: Order::Ascending };
        let found = self.stored.store.scan(&CLINIC.into(), &scan).unwrap();
        found.first().and_then(|found| key_instant(&found.key))
    }

    pub fn is_anything_due(&self) -> bool {
        !self.stored.store.due(Index::Due, self.now, 1).unwrap().is_empty()
    }

    pub fn fate(&self, message: &Message) -> super::gate::Fate {
        let reference = message.reference.as_ref();
        reference.and_then(|reference| self.fates.get(reference)).cloned().unwrap_or_default()
    }

    /// What tells this state from others. The dispatchers are alike; of tokens only their order counts.
    pub fn identity(&self) -> u64 {
        let mut workers = [&self.workers[0], &self.workers[1]]
            .map(|worker| worker.as_ref().map_or("", |worker| worker.held.as_str()));
        workers.sort_unstable();
        let text = ranked(&[&self.stored.texts, workers[0], workers[1]].join("\n"));
        let told = (self.told.cancelled, self.told.moved, self.told.stopped);
        hashed(&(text, self.stored.others, json!([self.fates, self.now]).to_string(), told))
    }
}

/// The text with each `"token":n` replaced by its rank among all of them.
fn ranked(text: &str) -> String {
    let pieces: Vec<(&str, Option<u64>)> = text
        .split("\"token\":")
        .enumerate()
        .map(|(place, piece)| {
            let digits = if place == 0 { 0 } else { piece.bytes().take_while(u8::is_ascii_digit).count() };
            (&piece[digits..], piece[..digits].parse().ok())
        })
        .collect();
    let mut ranks: BTreeMap<u64, usize> =
        pieces.iter().filter_map(|(_, token)| Some(((*token)?, 0))).collect();
    for (rank, place) in ranks.values_mut().enumerate() {
        *place = rank;
    }
    let mut out = String::with_capacity(text.len());
    for (piece, token) in pieces {
        if let Some(token) = token {
            out.push_str(&format!("\"token\":{}", ranks[&token]));
        }
        out.push_str(piece);
    }
    out
}
