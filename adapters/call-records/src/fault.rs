//! What is wrong with a record, and where it stands. A fault names the place and what was expected; it quotes no record: they
//! hold people's numbers and names. Not allowed here: reading.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a record begins in what was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Place {
    /// Which file, counted from 0 by whoever reads several in a row (a follower counts rotations).
    pub file: u64,
    /// Its first byte, from 0.
    pub offset: u64,
    /// Its line, from 1.
    pub line: u64,
}

impl Place {
    /// The beginning of the first file.
    pub const START: Self = Self { file: 0, offset: 0, line: 1 };
}

/// A record that could not be read; the others were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line it begins in, from 1; in a document without lines, its number.
    pub line: u64,
    /// What was expected.
    pub what: String,
}

impl Fault {
    /// A fault at a line, from 1.
    pub fn new(line: u64, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

impl std::error::Error for Fault {}

/// The options contradict themselves or are out of range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: expected {expected}")]
pub struct OptionsError {
    /// The option.
    pub field: &'static str,
    /// What it may be.
    pub expected: &'static str,
}

/// What reading gave.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The calls that are complete, in the order in which they ended.
    pub calls: Vec<depesza::model::Call>,
    /// The records that could not be read: the first [`Told::FAULTS`].
    pub faults: Vec<Fault>,
    /// How many more could not be read.
    pub more_faults: u64,
}

impl Told {
    /// The most faults that are kept.
    pub const FAULTS: usize = 100;

    /// Keeps a fault, or counts it.
    pub(crate) fn wrong(&mut self, fault: Fault) {
        if self.faults.len() < Self::FAULTS { self.faults.push(fault) } else { self.more_faults += 1 }
    }
}
