//! The engine's time in a trial: real time, run faster, that the trial can set forward and back. Dispatchers ask for it.

use depesza::model::Timestamp;
use std::sync::Mutex;
use std::time::Instant;

/// A clock that all processes of a trial share.
pub struct Clock {
    speed: i64,
    set: Mutex<(Timestamp, Instant)>,
}

impl Clock {
    /// A clock that shows `at` now, and goes `speed` times as fast as real time.
    #[must_use]
    pub fn new(at: Timestamp, speed: i64) -> Self {
        Self { speed, set: Mutex::new((at, Instant::now())) }
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let (at, since) = *self.set.lock().unwrap();
        at.plus_ms(since.elapsed().as_millis() as i64 * self.speed)
    }

    /// Sets it.
    pub fn set(&self, at: Timestamp) {
        *self.set.lock().unwrap() = (at, Instant::now());
    }

    /// Sets it forward, or back with a negative number.
    pub fn shift_ms(&self, ms: i64) {
        self.set(self.now().plus_ms(ms));
    }
}
