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
/// How soon a message that found no place may come again.
const AGAIN: Duration = Duration::from_secs(5);
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
        while let Some(job) = self.waiting.pop_front_if(|job| job.start_by <= now) {
            job.later(AGAIN);
        }
    }

    /// When there is something to do next, unless something comes in.
    pub(crate) fn wakes(&self) -> Option<Instant> {
        let deadline = self.deadlines.first().map(|(at, _)| *at);
        let rest = self.begun.front().map(|job| job.end_by);
        let start = self.waiting.front().map(|job| job.start_by);
        let has_more = !self.begun.is_empty() || !self.waiting.is_empty();
        let opens = (has_more && self.pending.len() < self.size).then(|| self.opens_at()).flatten();
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

    /// There is no connection: nothing waits for long.
    pub(crate) fn down(&mut self, now: Instant) {
        for job in &mut self.waiting {
            job.start_by = job.start_by.min(now + self.connect_wait);
        }
    }

    /// The account is refused, or the gateway is closing: everything that was not begun comes back.
    pub(crate) fn turn_away(&mut self, result: &SubmitResult) {
        for job in self.waiting.drain(..) {
            job.end(result.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use depesza::model::Timestamp;
    use proptest::prelude::*;
    use rusmpp::types::COctetString;
    use std::str::FromStr;
    use std::sync::mpsc::{Receiver, channel};

    const SECOND: Duration = Duration::from_secs(1);

    struct Rig {
        window: Window,
        results: Sender<(usize, SubmitResult)>,
        told: Receiver<(usize, SubmitResult)>,
        now: Instant,
        sequence: u32,
    }

    impl Rig {
        fn new(change: impl FnOnce(&mut Options)) -> Self {
            let mut options = Options::new("smpp".into(), "localhost", 2775, "clinic", "secret08");
            change(&mut options);
            let (results, told) = channel();
            let shared = Arc::new(Shared::new(Timestamp::default()));
            Self { window: Window::new(&options, shared), results, told, now: Instant::now(), sequence: 0 }
        }

        fn push(&mut self, place: usize, parts: u32) {
            self.window.push(Job {
                place,
                results: self.results.clone(),
                parts: (0..parts).map(|part| numbered(place, part)).collect(),
                total: parts,
                ids: Vec::new(),
                taken: 0,
                start_by: self.now + 45 * SECOND,
                end_by: self.now + 75 * SECOND,
            });
        }

        /// Sends what may go now: the numbers.
        fn send(&mut self) -> Vec<u32> {
            let mut sent = Vec::new();
            while self.window.next(self.now, self.sequence + 1).is_some() {
                self.sequence += 1;
                sent.push(self.sequence);
            }
            sent
        }

        fn answer(&mut self, sequence: u32, status: u32) {
            let id = (status == 0).then(|| format!("id-{sequence}"));
            assert!(self.window.answered(sequence, status, id, self.now));
        }

        fn pass(&mut self, time: Duration) {
            self.now += time;
            self.window.expire(self.now);
        }

        fn results(&self) -> Vec<(usize, SubmitResult)> {
            self.told.try_iter().collect()
        }
    }

    /// A part that says of which message it is, and which.
    fn numbered(place: usize, part: u32) -> SubmitSm {
        let mut pdu = SubmitSm::default();
        pdu.destination_addr = COctetString::from_str(&place.to_string()).unwrap();
        pdu.protocol_id = u8::try_from(part).unwrap();
        pdu
    }

    fn accepted(ids: &[&str]) -> SubmitResult {
        let provider_ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let parts = (ids.len() > 1).then(|| u32::try_from(ids.len()).unwrap());
        SubmitResult::Accepted { provider_ids, parts, cost_milli: None }
    }

    fn unknown(why: &str) -> SubmitResult {
        SubmitResult::Unknown { why: why.to_owned() }
    }

    #[test]
    fn no_more_wait_for_answers_than_the_window_holds_and_answers_come_in_any_order() {
        let mut rig = Rig::new(|options| options.window = 2);
        (0..3).for_each(|place| rig.push(place, 1));
        assert_eq!(rig.send(), [1, 2]);
        assert!(!rig.window.answered(77, 0, None, rig.now), "nobody asked");
        rig.answer(2, 0);
        assert_eq!(rig.send(), [3]);
        rig.answer(3, 0x0B);
        rig.answer(1, 0);
        let rejected =
            SubmitResult::Rejected { class: RejectClass::RecipientInvalid, code: "0x0000000B".to_owned() };
        assert_eq!(rig.results(), [(1, accepted(&["id-2"])), (2, rejected), (0, accepted(&["id-1"]))]);
        assert!(rig.window.is_settled());
    }

    #[test]
    fn parts_go_one_after_the_other_and_before_new_messages() {
        let mut rig = Rig::new(|options| options.window = 2);
        rig.push(0, 3);
        rig.push(1, 1);
        rig.push(2, 1);
        assert_eq!(rig.send(), [1, 2], "the first part of the first, and the second");
        rig.answer(1, 0);
        assert_eq!(rig.send(), [3]);
        rig.answer(3, 0);
        assert_eq!(rig.send(), [4]);
        rig.answer(4, 0);
        assert_eq!(rig.results(), [(0, accepted(&["id-1", "id-3", "id-4"]))]);
        assert_eq!(rig.send(), [5]);
    }

    #[test]
    fn a_first_part_that_is_refused_leaves_nothing_behind() {
        let mut rig = Rig::new(|_| ());
        rig.push(0, 3);
        assert_eq!(rig.send(), [1]);
        rig.answer(1, 0x0B);
        assert!(matches!(rig.results()[..], [(0, SubmitResult::Rejected { .. })]));
        assert!(rig.send().is_empty() && rig.window.is_settled());
    }

    #[test]
    fn when_a_part_has_gone_the_message_is_never_refused() {
        for (end, why) in [
            (0x0B, "1 of 3 parts taken, then: refused with 0x0000000B"),
            (u32::MAX, "1 of 3 parts taken, then: no answer in time"),
        ] {
            let mut rig = Rig::new(|_| ());
            rig.push(0, 3);
            rig.send();
            rig.answer(1, 0);
            assert_eq!(rig.send(), [2]);
            if end == u32::MAX {
                rig.pass(30 * SECOND)
            } else {
                rig.answer(2, end)
            }
            assert_eq!(rig.results(), [(0, unknown(why))]);
            assert!(rig.send().is_empty() && rig.window.is_settled());
        }
    }

    #[test]
    fn a_later_part_that_was_not_taken_for_now_goes_again() {
        for status in [0x58, 0x14, 0x08] {
            let mut rig = Rig::new(|_| ());
            rig.push(0, 2);
            rig.send();
            rig.answer(1, 0);
            rig.send();
            rig.answer(2, status);
            assert!(rig.send().is_empty() && rig.results().is_empty(), "a pause");
            rig.pass(PAUSE_MIN);
            assert_eq!(rig.send(), [3]);
            rig.answer(3, 0);
            assert_eq!(rig.results(), [(0, accepted(&["id-1", "id-3"]))]);
        }
    }

    #[test]
    fn slow_down_pauses_and_doubles_while_it_is_repeated() {
        let mut rig = Rig::new(|options| options.window = 2);
        (0..6).for_each(|place| rig.push(place, 1));
        rig.send();
        rig.answer(1, 0x58);
        rig.answer(2, 0x58);
        assert!(rig.send().is_empty());
        assert_eq!(
            rig.window.wakes(),
            Some(rig.now + PAUSE_MIN),
            "two answers to one window are one request"
        );
        rig.pass(PAUSE_MIN);
        assert_eq!(rig.send(), [3, 4]);
        rig.answer(3, 0x58);
        assert_eq!(rig.window.wakes().map(|at| at - rig.now), Some(2 * PAUSE_MIN));
        rig.pass(2 * PAUSE_MIN);
        rig.answer(4, 0);
        assert_eq!(rig.send(), [5, 6]);
        rig.answer(5, 0x14);
        assert_eq!(rig.window.pause, PAUSE_MIN, "an answer that was good began anew");
        let later = |after_ms| SubmitResult::TryLater { after_ms };
        assert_eq!(
            rig.results(),
            [
                (0, later(1_000)),
                (1, later(1_000)),
                (2, later(1_000)),
                (3, accepted(&["id-4"])),
                (4, later(1_000))
            ]
        );
        assert_eq!(rig.window.shared.state().slowed, 4);
    }

    #[test]
    fn a_rate_spaces_parts_out() {
        let mut rig = Rig::new(|options| options.rate = Some(10));
        (0..4).for_each(|place| rig.push(place, 1));
        assert_eq!(rig.send(), [1]);
        assert_eq!(rig.window.wakes(), Some(rig.now + SECOND / 10));
        rig.pass(SECOND / 20);
        assert!(rig.send().is_empty());
        rig.pass(SECOND / 20);
        assert_eq!(rig.send(), [2]);
        rig.pass(10 * SECOND);
        assert_eq!(rig.send(), [3], "what was not used is not saved up");
    }

    #[test]
    fn what_found_no_place_in_time_was_certainly_not_sent() {
        let mut rig = Rig::new(|options| options.window = 1);
        rig.push(0, 1);
        rig.push(1, 1);
        rig.send();
        rig.pass(45 * SECOND);
        assert_eq!(
            rig.results(),
            [(0, unknown("no answer in time")), (1, SubmitResult::TryLater { after_ms: 5_000 })]
        );
        assert!(!rig.window.answered(1, 0, Some("late".into()), rig.now), "too late");
    }

    #[test]
    fn a_lost_connection_leaves_the_window_unknown_and_the_rest_unsent() {
        let mut rig = Rig::new(|options| options.window = 2);
        (0..4).for_each(|place| rig.push(place, if place == 1 { 2 } else { 1 }));
        rig.send();
        rig.answer(2, 0);
        rig.window.lost(rig.now, "the connection was lost");
        let lost = "the connection was lost";
        assert_eq!(
            rig.results(),
            [(0, unknown(lost)), (1, unknown(&format!("1 of 2 parts taken, then: {lost}")))]
        );
        rig.pass(4 * SECOND);
        assert!(rig.results().is_empty());
        rig.pass(SECOND);
        let later = SubmitResult::TryLater { after_ms: 5_000 };
        assert_eq!(rig.results(), [(2, later.clone()), (3, later)]);
    }

    /// What may happen to a window.
    #[derive(Clone, Debug)]
    enum Act {
        Push { parts: u32 },
        Send,
        Answer { which: usize, status: u32 },
        Pass { ms: u64 },
        Lose,
        TurnAway,
    }

    fn acts() -> impl Strategy<Value = Vec<Act>> {
        let act = prop_oneof![
            (1_u32..4).prop_map(|parts| Act::Push { parts }),
            Just(Act::Send),
            (0_usize..10, prop::sample::select(vec![0, 0, 0, 0, 0x58, 0x14, 0x08, 0x0B, 0x0A]))
                .prop_map(|(which, status)| Act::Answer { which, status }),
            (0_u64..40_000).prop_map(|ms| Act::Pass { ms }),
            Just(Act::Lose),
            Just(Act::TurnAway),
        ];
        // answers and sending more often than the rest
        let often = prop_oneof![3 => act, 2 => Just(Act::Send), 2 => (0_usize..10).prop_map(|which| Act::Answer { which, status: 0 })];
        prop::collection::vec(often, 0..60)
    }

    /// What the SMSC knows of a message.
    #[derive(Clone, Default)]
    struct Seen {
        taken: Vec<u8>,
        refused: bool,
        unanswered: bool,
    }

    proptest! {
        /// Whatever happens, every message is told once, and no more than is certain.
        #[test]
        fn every_message_is_told_once_and_no_more_than_is_certain(acts in acts(), size in 1_u16..4) {
            let mut rig = Rig::new(|options| options.window = size);
            let (mut seen, mut totals) = (Vec::<Seen>::new(), Vec::new());
            // number, message, part
            let mut outstanding: Vec<(u32, usize, u8)> = Vec::new();
            for act in acts.into_iter().chain([Act::Pass { ms: 200_000 }]) {
                match act {
                    Act::Push { parts } => {
                        rig.push(seen.len(), parts);
                        seen.push(Seen::default());
                        totals.push(parts as usize);
                    }
                    Act::Send => {
                        while let Some(part) = rig.window.next(rig.now, rig.sequence + 1) {
                            rig.sequence += 1;
                            let place = part.destination_addr.as_str().parse::<usize>().unwrap();
                            let before = &seen[place];
                            prop_assert_eq!(usize::from(part.protocol_id), before.taken.len(), "in order, none again");
                            prop_assert!(!before.unanswered, "its outcome was unknown");
                            outstanding.push((rig.sequence, place, part.protocol_id));
                            prop_assert!(outstanding.len() <= usize::from(size));
                        }
                    }
                    Act::Answer { which, status } if which < outstanding.len() => {
                        let (number, place, part) = outstanding.remove(which);
                        rig.answer(number, status);
                        if status == 0 { seen[place].taken.push(part) } else { seen[place].refused = true }
                    }
                    Act::Answer { .. } => {}
                    Act::Pass { ms } => {
                        rig.pass(Duration::from_millis(ms));
                        let waits = |number: &u32| rig.window.pending.contains_key(number);
                        outstanding.retain(|(number, place, _)| {
                            seen[*place].unanswered |= !waits(number);
                            waits(number)
                        });
                    }
                    Act::Lose => {
                        rig.window.lost(rig.now, "lost");
                        outstanding.drain(..).for_each(|(_, place, _)| seen[place].unanswered = true);
                    }
                    Act::TurnAway => rig.window.turn_away(&SubmitResult::TryLater { after_ms: 1_000 }),
                }
            }
            let mut results = rig.results();
            results.sort_by_key(|(place, _)| *place);
            prop_assert!(results.iter().map(|(place, _)| *place).eq(0..seen.len()), "each once");
            for ((_, result), (seen, total)) in results.iter().zip(seen.iter().zip(totals)) {
                match result {
                    SubmitResult::Accepted { provider_ids, .. } => {
                        prop_assert_eq!((provider_ids.len(), seen.taken.len()), (total, total));
                    }
                    SubmitResult::Rejected { .. } => prop_assert!(seen.refused && seen.taken.is_empty()),
                    SubmitResult::TryLater { .. } => prop_assert!(seen.taken.is_empty() && !seen.unanswered),
                    SubmitResult::Unknown { .. } => {
                        prop_assert!(seen.unanswered || (1..total).contains(&seen.taken.len()));
                    }
                }
            }
            prop_assert!(rig.window.is_settled() && rig.window.in_flight() == 0);
        }
    }
}
