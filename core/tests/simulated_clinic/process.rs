//! A process that dies at any call of the store or the gateway: before the work is done, after it, or half-way through a
//! batch. Until the host starts it again nothing it does has any effect.

use super::dice::Dice;
use depesza::gateway::{Gateway, Simulator};
use depesza::model::*;
use depesza::store::*;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

pub struct Process {
    dice: Mutex<Dice>,
    dead: AtomicBool,
    deaths: AtomicU64,
}

#[derive(PartialEq)]
enum Fate {
    Lives,
    DiesBefore,
    DiesAfter,
}

impl Process {
    pub fn new(seed: u64) -> Self {
        Self { dice: Mutex::new(Dice::new(seed)), dead: AtomicBool::new(false), deaths: AtomicU64::new(0) }
    }

    /// Starts it again; false when it was not dead.
    pub fn revive(&self) -> bool {
        self.dead.swap(false, Ordering::Relaxed)
    }

    pub fn deaths(&self) -> u64 {
        self.deaths.load(Ordering::Relaxed)
    }

    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    fn die(&self) {
        self.dead.store(true, Ordering::Relaxed);
        self.deaths.fetch_add(1, Ordering::Relaxed);
    }

    /// Decides on a call; one in `odds` dies in it.
    fn fate(&self, odds: u64) -> Fate {
        let mut dice = self.dice.lock().unwrap();
        match dice.below(2 * odds) {
            0 => Fate::DiesBefore,
            1 => Fate::DiesAfter,
            _ => Fate::Lives,
        }
    }

    fn checked<T>(&self, odds: u64, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        let gone = || Err(StoreError::Unavailable("the process died".into()));
        if self.is_dead() {
            return gone();
        }
        match self.fate(odds) {
            Fate::Lives => work(),
            Fate::DiesBefore => {
                self.die();
                gone()
            }
            Fate::DiesAfter => {
                work()?;
                self.die();
                gone()
            }
        }
    }
}

const READ_ODDS: u64 = 20_000;
const COMMIT_ODDS: u64 = 400;
const SUBMIT_ODDS: u64 = 100;

/// The store as a mortal process sees it.
pub struct MortalStore {
    pub store: Arc<MemoryStore>,
    pub process: Arc<Process>,
}

impl Store for MortalStore {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        self.process.checked(READ_ODDS, || self.store.version(practice))
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        self.process.checked(READ_ODDS, || self.store.read(practice, rows))
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.process.checked(READ_ODDS, || self.store.list(practice, table, from, to, limit))
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        self.process.checked(READ_ODDS, || self.store.scan(practice, scan))
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        self.process.checked(COMMIT_ODDS, || self.store.commit(commit))
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        self.process.checked(READ_ODDS, || self.store.find(index, key))
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        self.process.checked(READ_ODDS, || self.store.due(queue, until, limit))
    }
}

/// The gateway as a mortal process sees it.
pub struct MortalGateway {
    pub gateway: Arc<Simulator>,
    pub process: Arc<Process>,
}

impl Gateway for MortalGateway {
    fn capabilities(&self) -> Capabilities {
        self.gateway.capabilities()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        if self.process.is_dead() {
            return Vec::new();
        }
        match self.process.fate(SUBMIT_ODDS) {
            Fate::Lives => self.gateway.submit(batch),
            // the gateway took a part of the batch, or none, and nobody is there to hear the answers
            Fate::DiesBefore => {
                let part = self.process.dice.lock().unwrap().place(batch.len());
                self.gateway.submit(&batch[..part]);
                self.process.die();
                Vec::new()
            }
            Fate::DiesAfter => {
                let answers = self.gateway.submit(batch);
                self.process.die();
                answers
            }
        }
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        if self.process.is_dead() {
            return LookupResult::Unsure {};
        }
        if self.process.fate(SUBMIT_ODDS) != Fate::Lives {
            self.process.die();
        }
        self.gateway.look_up(reference)
    }
}
