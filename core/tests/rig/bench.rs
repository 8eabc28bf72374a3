//! A clinic whose reminders are all due at one time, over a store and a gateway on one wire.
// every test file uses another part of it, and a test kit may fail by panicking
#![allow(
    dead_code,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unreachable,
    clippy::unwrap_used
)]

use super::{Wire, WiredGateway, WiredStore, idempotent, look_up_only, plain};
use crate::world::*;
use depesza::engine::{Engine, Outcome};
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza::store::Store;
use std::collections::BTreeSet;
use std::sync::Arc;

pub const DUE: &str = "2026-11-19 10:00";

/// A clinic with reminders that are all due at one time, over a store and a gateway on one wire.
pub struct Bench {
    pub wire: Arc<Wire>,
    pub store: Arc<WiredStore>,
    pub gateway: Arc<WiredGateway>,
    pub world: World,
    pub now: Timestamp,
}

impl Bench {
    pub fn new(can: Capabilities, visits: usize) -> Self {
        let wire = Arc::new(Wire::default());
        let store = Arc::new(WiredStore::new(wire.clone()));
        let gateway = Arc::new(WiredGateway::new(wire.clone(), can));
        let mut world =
            World::on(store.clone(), "2026-11-16 09:00", practice(), Simulator::new("unused".into(), 1));
        world.start("p", day_before("10:00"));
        for no in 1..=visits {
            let patient = format!("{no}");
            world.patient(&patient, &format!("501{no:06}"));
            world.visit(&format!("w{no}"), &patient, "2026-11-20 12:30");
        }
        world.now = at(DUE);
        Self { wire, store, gateway, world, now: at(DUE) }
    }

    /// An engine as a process makes it when it starts.
    pub fn engine(&self) -> Engine {
        let gateway: Arc<dyn Gateway> = self.gateway.clone();
        let store: Arc<dyn Store> = self.store.clone();
        Engine::new(store, vec![(GATEWAY.into(), gateway)])
    }

    pub fn dispatch(&self) {
        self.engine().dispatch(self.now, 1_000).unwrap();
    }

    pub fn pass_ms(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
        self.world.now = self.now;
    }

    /// Works and dispatches at every deadline of the next hours.
    pub fn run_hours(&mut self, hours: i64) {
        let end = self.now.plus_ms(hours * HOUR_MS);
        while let Some(due) = self.engine().next_due().unwrap().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.engine().work(self.now, 100).unwrap();
            self.dispatch();
        }
        self.now = end;
        self.world.now = end;
    }

    pub fn all(&self) -> Vec<Message> {
        self.world.newest(1_000)
    }

    pub fn statuses(&self) -> Vec<Status> {
        let mut all = self.all();
        all.sort_by_key(|message| message.id);
        all.iter().map(|message| message.status).collect()
    }

    pub fn report(&mut self, id: u64, state: DeliveryState) -> Outcome {
        let message = self.world.clinic().message(MessageId(id)).unwrap().unwrap();
        let report = report(message.reference.as_deref(), None, state, self.now);
        self.world.tell(Fact::DeliveryReport(report))
    }
}

pub fn report(
    reference: Option<&str>,
    part: Option<u32>,
    state: DeliveryState,
    at: Timestamp,
) -> DeliveryReport {
    DeliveryReport {
        gateway: GATEWAY.into(),
        provider_id: reference.is_none().then(|| "p-1".to_owned()),
        reference: reference.map(ToOwned::to_owned),
        part,
        state,
        at,
        raw: format!("{state:?}").into(),
        cost_milli: None,
    }
}

pub fn no_doubles(bench: &Bench) {
    let handsets = bench.gateway.handsets();
    let different: BTreeSet<_> = handsets.iter().collect();
    assert_eq!(different.len(), handsets.len(), "sent twice: {handsets:?}");
}

/// What must hold when all is quiet again: nothing twice, nothing lost, and what the store says is so.
pub fn nothing_twice_nothing_lost(bench: &Bench, doubt_allowed: bool) {
    no_doubles(bench);
    let handsets = bench.gateway.handsets();
    for message in bench.all() {
        let there = message.reference.as_ref().is_some_and(|reference| handsets.contains(reference));
        match message.status {
            Status::Submitted | Status::Unconfirmed => assert!(there, "{message:#?}"),
            Status::InDoubt => assert!(doubt_allowed, "{message:#?}"),
            _ => panic!("lost: {message:#?}"),
        }
    }
}

pub fn kinds() -> [(Capabilities, bool); 3] {
    [(idempotent(), false), (look_up_only(), false), (plain(), true)]
}
