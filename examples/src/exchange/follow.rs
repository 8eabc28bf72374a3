//! Follows the records of an exchange while it writes them: each call is told as soon as all its rows are there, and what is
//! due is sent.
//!
//! The position is stored after the calls before it were committed, never the other way round. So a stop at any instant
//! loses no call; some are told again after it, and the engine knows them.

use super::{desk, gateway};
use crate::play::{Host, Told};
use crate::read::facts;
use depesza::engine::EngineError;
use depesza::model::{Call, Fact, Timestamp};
use depesza::store::Store;
use depesza_call_records::asterisk::{Feed, Options};
use depesza_call_records::follow::Position;
use depesza_call_records::{OptionsError, Told as Read};
use depesza_rules_file::RulesFile;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which time the engine is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    /// The host's: for an exchange that is at work.
    #[default]
    Host,
    /// That of the calls, each told at its end: for a file from another day that is written again.
    Calls,
}

/// Why a file cannot be followed, or not any further. What was told until then is committed.
#[derive(Debug, thiserror::Error)]
pub enum FollowError {
    /// The options of the reader are out of their ranges.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The file of the position cannot be read or written.
    #[error("{file}: {error}")]
    Position {
        /// Which file.
        file: String,
        /// What the system says, or what was expected in it.
        error: String,
    },
    /// The engine or its store.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What one look at the file gave.
#[derive(Debug, Default)]
pub struct Look {
    /// What was read: the calls that were told, and the rows that could not be.
    pub read: Read,
    /// Why the file could not be looked at; the next look tries again.
    pub failed: Option<io::Error>,
}

/// A host that follows a file.
pub struct Follower {
    feed: Feed,
    host: Host,
    clock: Clock,
    position: Option<PathBuf>,
    stored: Option<Position>,
}

impl Follower {
    /// Opens the account on a store, puts the rules of its file there, and goes on where the position's file says; without
    /// one, the records are read from their beginning whenever they are followed anew.
    ///
    /// # Errors
    /// [`FollowError`].
    pub fn open(
        rules: &RulesFile,
        store: Arc<dyn Store>,
        records: (&Path, Options),
        position: Option<PathBuf>,
        clock: Clock,
        now: Timestamp,
    ) -> Result<Self, FollowError> {
        let stored = position.as_deref().map(load).transpose()?.flatten();
        let (path, options) = records;
        let feed = Feed::new(path, options, stored.clone())?;
        // the time of the calls begins with the first of them
        let now = if clock == Clock::Calls { Timestamp::default() } else { now };
        let host = Host::with(gateway(), store, &rules.practice, now)?;
        desk::put(&host.clinic(), rules, now)?;
        Ok(Self { feed, host, clock, position, stored })
    }

    /// Looks at the file at the host's time, tells the calls that are complete, sends what is due, and stores the position.
    ///
    /// # Errors
    /// [`FollowError::Engine`], [`FollowError::Position`].
    pub fn look(&mut self, now: Timestamp) -> Result<Look, FollowError> {
        let mut look = Look::default();
        match self.feed.poll(now) {
            Ok(read) => look.read = read,
            Err(error) => look.failed = Some(error),
        }
        let at = |call: &Call| if self.clock == Clock::Calls { call.ended_at } else { now };
        let tell = |call: &Call| facts::Told { at: at(call), fact: Fact::CallEnded(call.clone()) };
        let told: Vec<facts::Told> = look.read.calls.iter().map(tell).collect();
        let until = match self.clock {
            Clock::Host => now,
            Clock::Calls => told.iter().map(|told| told.at).max().unwrap_or_default().max(self.host.now()),
        };
        self.host.run(told.iter(), until, &mut |_| {})?;
        self.store_position()?;
        Ok(look)
    }

    /// The host, for questions.
    #[must_use]
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The host, to let time pass.
    pub fn host_mut(&mut self) -> &mut Host {
        &mut self.host
    }

    /// What became of the calls that were told so far.
    #[must_use]
    pub fn told(&self) -> Told {
        self.host.told()
    }

    /// How many calls wait for more rows.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.feed.waiting()
    }

    fn store_position(&mut self) -> Result<(), FollowError> {
        let (Some(path), Some(position)) = (&self.position, self.feed.position()) else { return Ok(()) };
        if self.stored.as_ref() != Some(&position) {
            save(path, &position)?;
            self.stored = Some(position);
        }
        Ok(())
    }
}

fn load(path: &Path) -> Result<Option<Position>, FollowError> {
    let fault = |error: String| FollowError::Position { file: path.display().to_string(), error };
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|_| {
            fault("expected a position that an earlier run stored; without the file all is read again".into())
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(error.to_string())),
    }
}

/// Whole or not at all: a half-written position would stop the next run.
fn save(path: &Path, position: &Position) -> Result<(), FollowError> {
    let mut half = path.as_os_str().to_owned();
    half.push(".new");
    let text = serde_json::to_vec(position).map_err(io::Error::from);
    let written =
        text.and_then(|text| std::fs::write(&half, text)).and_then(|()| std::fs::rename(&half, path));
    written
        .map_err(|error| FollowError::Position { file: path.display().to_string(), error: error.to_string() })
}
