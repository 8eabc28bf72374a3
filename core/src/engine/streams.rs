//! Messages from several parts of an index, merged newest first.
//!
//! A part is read in growing batches, and only as far as it is asked for.

use super::EngineError;
use super::list_keys::position;
use super::tx::Tx;
use crate::model::Message;
use crate::store::{Index, MAX_PAGE, Order};
use std::collections::VecDeque;

/// The least that is read of a part at once.
const LEAST_BATCH: u32 = 8;

/// A part of an index: the keys that begin with a text and go on with positions.
struct Part {
    before: String,
    /// No key from here on is read any more.
    to: String,
    waiting: VecDeque<(String, Message)>,
    batch: u32,
    done: bool,
}

/// Parts of one index, merged.
pub(super) struct Streams {
    index: Index,
    from: String,
    parts: Vec<Part>,
}

impl Streams {
    /// The parts whose keys begin with `before`, from the position `from` on, without `to`; about `wanted` messages will be
    /// asked for.
    pub(super) fn new(index: Index, before: Vec<String>, from: &str, to: &str, wanted: u32) -> Self {
        let share = wanted / u32::try_from(before.len().max(1)).unwrap_or(u32::MAX);
        let batch = share.saturating_add(1).clamp(LEAST_BATCH, MAX_PAGE);
        let part = |before: String| Part {
            to: format!("{before}{to}"),
            before,
            waiting: VecDeque::new(),
            batch,
            done: false,
        };
        Self { index, from: from.to_owned(), parts: before.into_iter().map(part).collect() }
    }

    /// The newest message that is left, with its position.
    pub(super) fn next(&mut self, tx: &mut Tx<'_>) -> Result<Option<(String, Message)>, EngineError> {
        self.fill(tx)?;
        let head = |part: &Part| part.waiting.front().map(|(position, _)| position.clone());
        let newest = self.parts.iter().filter_map(head).max();
        let Some(newest) = newest else { return Ok(None) };
        let mut found = None;
        // one message can stand in several parts, by several of its words
        for part in &mut self.parts {
            if part.waiting.front().is_some_and(|(position, _)| *position == newest) {
                found = part.waiting.pop_front();
            }
        }
        Ok(found)
    }

    /// Whether any message is left.
    pub(super) fn more(&mut self, tx: &mut Tx<'_>) -> Result<bool, EngineError> {
        self.fill(tx)?;
        Ok(self.parts.iter().any(|part| !part.waiting.is_empty()))
    }

    fn fill(&mut self, tx: &mut Tx<'_>) -> Result<(), EngineError> {
        for part in &mut self.parts {
            if part.done || !part.waiting.is_empty() {
                continue;
            }
            let range = (format!("{}{}", part.before, self.from), part.to.clone());
            let found = tx.scan_keys::<Message>(self.index, range, part.batch, Order::Descending)?;
            part.done = u32::try_from(found.len()).unwrap_or(u32::MAX) < part.batch;
            if let Some((last, _)) = found.last() {
                part.to.clone_from(last);
            }
            part.batch = part.batch.saturating_mul(2).min(MAX_PAGE);
            part.waiting.extend(found.into_iter().map(|(_, message)| (position(&message), message)));
        }
        Ok(())
    }
}
