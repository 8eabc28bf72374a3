//! A practice that has sent messages for a year, made by telling the engine what happened day by day; and the facts to
//! measure on it.
//!
//! Nothing here measures: that is in `benches/`.
#![allow(clippy::unwrap_used, reason = "a benchmark may fail by panicking")]

mod archive;
mod practice;
mod recorder;
mod sink;
mod tee;
mod year;

pub use archive::{Archive, DAYS, PATIENT_MESSAGES};
pub use practice::{PRACTICE, campaigns, practice};
pub use recorder::{Recorded, Recorder};
pub use sink::{GATEWAY, Sink};
pub use tee::Tee;
pub use year::{Facts, answer, fill, number, spread, told_patient, told_visit};

use depesza::engine::Engine;
use depesza::model::{Fact, Timestamp};
use depesza::store::Store;
use std::sync::Arc;

/// The engine over a store, with a gateway that takes everything.
pub struct Clinic {
    /// The engine.
    pub engine: Engine,
    /// Its gateway.
    pub sink: Arc<Sink>,
}

impl Clinic {
    /// An engine over a store.
    #[must_use]
    pub fn over(store: Arc<dyn Store>) -> Self {
        let sink = Arc::new(Sink::default());
        Self { engine: Engine::new(store, vec![(GATEWAY.into(), sink.clone())]), sink }
    }

    /// Tells facts in one commit.
    ///
    /// # Panics
    /// When the engine refuses them.
    pub fn tell(&self, facts: &[Fact], now: Timestamp) {
        self.engine.practice(PRACTICE.into()).apply(facts, now).unwrap();
    }
}
