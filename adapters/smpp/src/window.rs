//! What is submitted: which part goes next, which answers are outstanding, and what is certain about each message. Time comes
//! in as an argument; no socket is known here.
//!
//! The parts of a message go one after the other, each when the one before was taken, and messages go side by side. So a
//! first part that is refused leaves nothing behind, and a message of which a part has gone is never called refused: when
//! its rest does not follow, its outcome is unknown.

use crate::link::{Shared, count};
use crate::options::Options;
use crate::status::{self, Verdict};
use depesza::model::{RejectClass, SubmitResult};
use rusmpp::pdus::SubmitSm;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;
use std::time::{Duration, Instant};

/// How long sending pauses after "slow down", first and at most; it doubles while the SMSC repeats it.
const PAUSE_MIN: Duration = Duration::from_millis(500);
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// How soon a message that found no place may come again; while there is no connection, as late as it is down already, …
const AGAIN: Duration = Duration::from_secs(5);
/// … up to this.
const AGAIN_MAX: Duration = Duration::from_secs(300);
/// How far sending may catch up with its rate after a timer that was late.
const SLACK: Duration = Duration::from_millis(5);

/// A message on its way through the window.
pub(crate) struct Job {
    /// Its place in the batch.
    pub place: usize,
    /// Where its result goes.
    pub results: Sender<(usize, SubmitResult)>,
    /// Its parts that are not taken yet.
    pub parts: VecDeque<SubmitSm>,
    /// How many there were.
    pub total: u32,
    /// Identifiers of those that were taken.
    pub ids: Vec<String>,
    /// How many were taken.
    pub taken: u32,
    /// Not begun by then, it comes back unsent.
    pub start_by: Instant,
    /// What is not known by then stays unknown.
    pub end_by: Instant,
}

impl Job {
    fn end(self, result: SubmitResult) {
        // a caller that gave up has counted it as unknown
        let _ = self.results.send((self.place, result));
    }

    /// Nothing of it was sent.
    fn later(self, after: Duration) {
        let after_ms = i64::try_from(after.as_millis()).unwrap_or(i64::MAX).max(1_000);
        self.end(SubmitResult::TryLater { after_ms });
    }

    /// A part was sent and nobody knows its outcome, or parts were taken and the rest was not.
    fn doubt(self, why: &str) {
        let why = match self.total {
            0 | 1 => why.to_owned(),
            total => format!("{} of {total} parts taken, then: {why}", self.taken),
        };
        self.end(SubmitResult::Unknown { why });
    }

    fn has_begun(&self) -> bool {
        self.taken > 0
    }
}

/// A part that waits for its answer.
struct Pending {
    job: Job,
    part: SubmitSm,
    deadline: Instant,
}

/// All that is submitted and not yet settled, over reconnections.
pub(crate) struct Window {
    size: usize,
    gap: Option<Duration>,
    timeout: Duration,
    connect_wait: Duration,
    statuses: Vec<(u32, RejectClass)>,
    waiting: VecDeque<Job>,
    /// With a part taken: they go before the others.
    begun: VecDeque<Job>,
    pending: BTreeMap<u32, Pending>,
    deadlines: BTreeSet<(Instant, u32)>,
    next_slot: Option<Instant>,
    paused_until: Option<Instant>,
    pause: Duration,
    down_since: Option<Instant>,
    shared: Arc<Shared>,
}

impl Window {
    pub(crate) fn new(options: &Options, shared: Arc<Shared>) -> Self {
        Self {
            size: usize::from(options.window),
            gap: options.rate.map(|rate| Duration::from_secs(1) / u32::from(rate.max(1))),
            timeout: options.response_timeout,
            connect_wait: options.connect_wait,
            statuses: options.statuses.clone(),
            waiting: VecDeque::new(),
            begun: VecDeque::new(),
            pending: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            next_slot: None,
            paused_until: None,
            pause: Duration::ZERO,
            down_since: None,
            shared,
        }
    }

    /// Takes a message in.
    pub(crate) fn push(&mut self, job: Job) {
        self.waiting.push_back(job);
    }

    /// Parts that wait for their answers.
    pub(crate) fn in_flight(&self) -> usize {
        self.pending.len()
    }

    /// Whether every message that has begun is settled.
    pub(crate) fn is_settled(&self) -> bool {
        self.pending.is_empty() && self.begun.is_empty()
    }

    /// The next part to send, under this number; `None` while there is none, no room, or no turn.
    pub(crate) fn next(&mut self, now: Instant, sequence: u32) -> Option<SubmitSm> {
        self.expire(now);
        let open = self.opens_at().is_none_or(|at| at <= now);
        if self.pending.len() >= self.size || !open || self.pending.contains_key(&sequence) {
            return None;
        }
        let mut job = self.begun.pop_front().or_else(|| self.waiting.pop_front())?;
        let Some(part) = job.parts.pop_front() else {
            job.doubt("no part left"); // no message is without parts
            return None;
        };
        if let Some(gap) = self.gap {
            let slack = if gap < SLACK { SLACK } else { Duration::ZERO };
            let from = now.checked_sub(slack).unwrap_or(now);
            self.next_slot = Some(self.next_slot.map_or(now, |slot| slot.max(from)) + gap);
        }
        let deadline = (now + self.timeout).min(job.end_by);
        self.deadlines.insert((deadline, sequence));
        self.pending.insert(sequence, Pending { job, part: part.clone(), deadline });
        self.note_in_flight();
        Some(part)
    }

    /// An answer to a part: its status, and the identifier it was given. False when nothing waits for it (any more).
    pub(crate) fn answered(&mut self, sequence: u32, status: u32, id: Option<String>, now: Instant) -> bool {
        let Some(Pending { mut job, part, deadline }) = self.pending.remove(&sequence) else { return false };
        self.deadlines.remove(&(deadline, sequence));
        self.note_in_flight();
        if status == status::OK {
            if self.paused_until.is_none_or(|until| until <= now) {
                self.pause = Duration::ZERO;
            }
            job.taken += 1;
            job.ids.extend(id);
            if job.parts.is_empty() {
                let parts = (job.taken > 1).then_some(job.taken);
                let provider_ids = std::mem::take(&mut job.ids);
                job.end(SubmitResult::Accepted { provider_ids, parts, cost_milli: None });
            } else {
                self.begun.push_back(job);
            }
            return true;
        }
        let verdict = status::verdict(status, &self.statuses);
        if verdict == Verdict::SlowDown {
            self.slow_down(now);
        }
        match verdict {
            // this part was not taken, and may still follow the ones before it
            Verdict::SlowDown | Verdict::Refused(RejectClass::Transient) if job.has_begun() => {
                if verdict != Verdict::SlowDown {
                    self.slow_down(now);
                }
                job.parts.push_front(part);
                self.begun.push_front(job);
            }
            Verdict::Refused(_) if job.has_begun() => {
                job.doubt(&format!("refused with {}", status::code(status)))
            }
            Verdict::SlowDown => job.later(self.pause),
            Verdict::Refused(class) => job.end(SubmitResult::Rejected { class, code: status::code(status) }),
        }
        true
    }

    fn slow_down(&mut self, now: Instant) {
        count(&self.shared.figures.slowed);
        // answers to what was sent before the pause are one and the same request
        if self.paused_until.is_none_or(|until| until <= now) {
            self.pause = (self.pause * 2).clamp(PAUSE_MIN, PAUSE_MAX);
            self.paused_until = Some(now + self.pause);
        }
    }

    /// Settles what has waited too long.
    pub(crate) fn expire(&mut self, now: Instant) {
        while let Some((deadline, sequence)) = self.deadlines.first().copied().filter(|(at, _)| *at <= now) {
            self.deadlines.remove(&(deadline, sequence));
            if let Some(pending) = self.pending.remove(&sequence) {
                self.note_in_flight();
                count(&self.shared.figures.unanswered);
                pending.job.doubt("no answer in time");
            }
        }
        while let Some(job) = self.begun.pop_front_if(|job| job.end_by <= now) {
            job.doubt("no time for the rest");
        }
        let down = self.down_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        while let Some(job) = self.waiting.pop_front_if(|job| job.start_by <= now) {
            job.later(down.clamp(AGAIN, AGAIN_MAX));
        }
    }

    /// When there is something to do after `now`, at which all was done that could be; unless something comes in.
    pub(crate) fn wakes(&self, now: Instant) -> Option<Instant> {
        let deadline = self.deadlines.first().map(|(at, _)| *at);
        let rest = self.begun.front().map(|job| job.end_by);
        let start = self.waiting.front().map(|job| job.start_by);
        let has_more = !self.begun.is_empty() || !self.waiting.is_empty();
        let opens = (has_more && self.pending.len() < self.size).then(|| self.opens_at()).flatten();
        let opens = opens.filter(|at| *at > now);
        [deadline, rest, start, opens].into_iter().flatten().min()
    }

    /// When the rate or a pause lets the next part go.
    fn opens_at(&self) -> Option<Instant> {
        self.next_slot.max(self.paused_until)
    }

    /// The connection is gone: what was written and not answered is unknown, what was not begun may wait for the next
    /// connection a little.
    pub(crate) fn lost(&mut self, now: Instant, why: &str) {
        self.deadlines.clear();
        let pending = std::mem::take(&mut self.pending);
        self.note_in_flight();
        for (_, pending) in pending {
            count(&self.shared.figures.unanswered);
            pending.job.doubt(why);
        }
        for job in self.begun.drain(..) {
            job.doubt(why);
        }
        self.down(now);
    }

    fn note_in_flight(&self) {
        let in_flight = u64::try_from(self.pending.len()).unwrap_or(u64::MAX);
        self.shared.figures.in_flight.store(in_flight, Ordering::Relaxed);
    }

    /// There is no connection: messages wait a little after it was lost, and later not at all.
    pub(crate) fn down(&mut self, now: Instant) {
        let until = *self.down_since.get_or_insert(now) + self.connect_wait;
        for job in &mut self.waiting {
            job.start_by = job.start_by.min(until);
        }
    }

    /// There is a connection.
    pub(crate) fn up(&mut self) {
        self.down_since = None;
    }

    /// The account is refused, or the gateway is closing: everything that was not begun comes back.
    pub(crate) fn turn_away(&mut self, result: &SubmitResult) {
        for job in self.waiting.drain(..) {
            job.end(result.clone());
        }
    }
}

#[cfg(test)]
mod tests;
