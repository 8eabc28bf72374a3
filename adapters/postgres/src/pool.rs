//! The connections of a store: a bounded number, kept while idle, replaced when lost.
//!
//! Not allowed here: a wait without an end.

use crate::connection::Connection;
use crate::error::{Failure, unavailable};
use crate::options::Target;
use depesza::store::StoreError;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The pause before the third try, and the longest; it doubles in between. The second try follows at once.
const PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(1_000);

pub(crate) struct Pool {
    pub(crate) target: Target,
    state: Mutex<State>,
    freed: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Connection>,
    /// Connections that calls use or open now.
    taken: u32,
    idle_turns: Vec<Connection>,
    /// Connections that hold a turn now.
    turns: u32,
}

/// Which try of a call this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Try {
    /// Nothing of the call has reached a server.
    First,
    /// A connection was lost before, and what was asked of it may have been done.
    Again,
}

impl Pool {
    pub(crate) fn new(target: Target) -> Self {
        Self { target, state: Mutex::default(), freed: Condvar::new() }
    }

    /// Runs `work` on a connection, and again on another when that one is lost, until it has an answer or the call's time is up.
    /// `work` bears being repeated.
    pub(crate) fn call<T>(
        &self,
        mut work: impl FnMut(&mut Connection, Instant, Try) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let deadline = self.deadline();
        let _place = self.place(deadline)?;
        // what a lost commit became is best asked at once, before many others follow it
        let mut pause = Duration::ZERO;
        let mut which = Try::First;
        loop {
            let lost = match self.connection(deadline) {
                Ok(mut connection) => match work(&mut connection, deadline, which) {
                    Err(Failure::Lost(error)) => {
                        which = Try::Again;
                        // what ended this one has ended the others as a rule
                        drop((connection, std::mem::take(&mut self.lock().idle)));
                        error
                    }
                    done => {
                        self.lock().idle.push(connection);
                        return done.map_err(Failure::into_error);
                    }
                },
                Err(Failure::Lost(error)) => error,
                Err(Failure::Refused(error)) => return Err(error),
            };
            if Instant::now() + pause >= deadline {
                return Err(lost);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).clamp(PAUSE, LONGEST_PAUSE);
        }
    }

    /// Runs `work` on a connection for a turn, which is kept with what it gave; `None` when all are taken.
    pub(crate) fn turn<T>(
        &self,
        mut work: impl FnMut(&mut Connection, Instant) -> Result<T, Failure>,
    ) -> Result<Option<(TurnConnection<'_>, T)>, StoreError> {
        let deadline = self.deadline();
        {
            let mut state = self.lock();
            if state.turns >= self.target.options.turn_connections {
                return Ok(None);
            }
            state.turns += 1;
        }
        let mut turn = TurnConnection { pool: self, connection: None };
        let mut pause = Duration::ZERO;
        loop {
            let lost = match self.turn_connection(deadline) {
                Ok(mut connection) => match work(&mut connection, deadline) {
                    Ok(done) => {
                        turn.connection = Some(connection);
                        return Ok(Some((turn, done)));
                    }
                    Err(Failure::Lost(error)) => {
                        drop((connection, std::mem::take(&mut self.lock().idle_turns)));
                        error
                    }
                    // in a transaction that failed: not worth keeping
                    Err(Failure::Refused(error)) => return Err(error),
                },
                // a turn spares work and promises nothing: where none can be held, one goes without
                Err(Failure::Lost(_)) => return Ok(None),
                Err(Failure::Refused(error)) => return Err(error),
            };
            if Instant::now() + pause >= deadline {
                return Err(lost);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).clamp(PAUSE, LONGEST_PAUSE);
        }
    }

    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + Duration::from_millis(self.target.options.call_timeout_ms.into())
    }

    fn connection(&self, deadline: Instant) -> Result<Connection, Failure> {
        // by itself: others are not to wait while this one connects
        let idle = pop(&mut self.lock().idle);
        match idle {
            Some(connection) => Ok(connection),
            None => Connection::open(&self.target, deadline),
        }
    }

    fn turn_connection(&self, deadline: Instant) -> Result<Connection, Failure> {
        let idle = pop(&mut self.lock().idle_turns);
        match idle {
            Some(connection) => Ok(connection),
            None => Connection::open(&self.target, deadline),
        }
    }

    fn place(&self, deadline: Instant) -> Result<Place<'_>, StoreError> {
        let mut state = self.lock();
        while state.taken >= self.target.options.connections {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                return Err(unavailable("all connections were in use for the whole of call_timeout_ms"));
            };
            state = self.freed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.taken += 1;
        Ok(Place { pool: self })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last one used that has not ended by itself.
fn pop(idle: &mut Vec<Connection>) -> Option<Connection> {
    idle.retain(|connection| !connection.is_closed());
    idle.pop()
}

/// One of the pool's places, given back on drop.
struct Place<'p> {
    pool: &'p Pool,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.lock();
        state.taken = state.taken.saturating_sub(1);
        drop(state);
        self.pool.freed.notify_one();
    }
}

/// A connection in a transaction that holds a turn; dropping it ends both.
pub(crate) struct TurnConnection<'p> {
    pool: &'p Pool,
    /// Taken only by `Drop`.
    connection: Option<Connection>,
}

impl Drop for TurnConnection<'_> {
    fn drop(&mut self) {
        let kept = self.connection.take().and_then(|mut connection| {
            let deadline = Instant::now() + LONGEST_PAUSE;
            // where that fails, the lock goes with the connection
            connection
                .run(deadline, async |session| session.batch("ROLLBACK").await)
                .ok()
                .map(|()| connection)
        });
        let mut state = self.pool.lock();
        state.turns = state.turns.saturating_sub(1);
        state.idle_turns.extend(kept);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "helpers of tests are tests")]
mod tests {
    use super::*;
    use crate::options::Options;

    #[test]
    fn a_call_waits_for_a_place_until_its_time_is_up() {
        let options = Options { connections: 1, ..Options::default() };
        let pool = Pool::new(Target::of("postgresql://u@localhost/d", options).unwrap());
        let held = pool.place(Instant::now()).unwrap();
        let soon = Instant::now() + Duration::from_millis(20);
        let error = pool.place(soon).err().unwrap().to_string();
        assert!(error.contains("all connections were in use"), "{error}");
        let long = Instant::now() + Duration::from_secs(60);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| pool.place(long).is_ok());
            drop(held);
            assert!(waiting.join().unwrap());
        });
    }
}
