//! The window's steps one by one, and any steps in any order.

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
        rig.window.wakes(rig.now),
        Some(rig.now + PAUSE_MIN),
        "two answers to one window are one request"
    );
    rig.pass(PAUSE_MIN);
    assert_eq!(rig.send(), [3, 4]);
    rig.answer(3, 0x58);
    assert_eq!(rig.window.wakes(rig.now).map(|at| at - rig.now), Some(2 * PAUSE_MIN));
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
    assert_eq!(rig.window.wakes(rig.now), Some(rig.now + SECOND / 10));
    rig.pass(SECOND / 20);
    assert!(rig.send().is_empty());
    rig.pass(SECOND / 20);
    assert_eq!(
        rig.window.wakes(rig.now),
        Some(rig.now + 30 * SECOND - SECOND / 10),
        "open: only the first one's answer is waited for"
    );
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
    let later = |after_ms| SubmitResult::TryLater { after_ms };
    assert_eq!(rig.results(), [(2, later(5_000)), (3, later(5_000))]);
    // while it stays away nobody waits, and nobody comes back often
    for (minutes, after_ms) in [(1, 65_000), (60, 300_000)] {
        rig.pass(minutes * 60 * SECOND);
        rig.push(4, 1);
        rig.window.down(rig.now);
        rig.pass(Duration::ZERO);
        assert_eq!(rig.results(), [(4, later(after_ms))]);
    }
    rig.window.up();
    rig.push(5, 1);
    assert_eq!(rig.send().len(), 1);
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

/// Sending and answers more often than the rest.
fn acts() -> impl Strategy<Value = Vec<Act>> {
    let status = prop::sample::select(vec![0, 0, 0, 0x58, 0x14, 0x08, 0x0B]);
    let act = prop_oneof![
        2 => (1_u32..4).prop_map(|parts| Act::Push { parts }),
        5 => Just(Act::Send),
        5 => (0_usize..3, status).prop_map(|(which, status)| Act::Answer { which, status }),
        3 => (0_u64..2_000).prop_map(|ms| Act::Pass { ms }),
        1 => (0_u64..40_000).prop_map(|ms| Act::Pass { ms }),
        1 => prop::sample::select(vec![Act::Lose, Act::TurnAway]),
    ];
    prop::collection::vec(act, 0..80)
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
