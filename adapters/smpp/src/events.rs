//! What the SMSC brings, on its way to the host: a bounded queue whose items are answered only once the host has them.

use crate::incoming::Inbound;
use crate::status;
use depesza::model::{HOUR_MS, Timestamp};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// How many incoming messages are remembered that the SMSC may bring again.
const REMEMBERED: usize = 1_000;
/// For how long, in milliseconds: what says the same later is a new one, as the next reminder has the same answer.
const BROUGHT_AGAIN_MS: i64 = HOUR_MS;
/// How long a host that waits for ever waits at a time.
const A_WHILE: Duration = Duration::from_secs(3_600);

/// Reports and incoming messages of one gateway. As an iterator it waits for the next, and ends when the gateway is closed.
pub struct Events {
    queue: Receiver<Event>,
    /// Put back by the host, and when they are due.
    held: RefCell<Vec<(Instant, Event)>>,
}

impl Events {
    pub(crate) fn new(queue: Receiver<Event>) -> Self {
        Self { queue, held: RefCell::default() }
    }

    /// The next one if there is one.
    #[must_use]
    pub fn try_next(&self) -> Option<Event> {
        self.next_within(Duration::ZERO)
    }

    /// The next one; `None` when none comes within `wait`, or the gateway is closed.
    #[must_use]
    pub fn next_within(&self, wait: Duration) -> Option<Event> {
        self.until(Instant::now() + wait).ok()
    }

    /// Puts one back, to come again after this time: a receipt can be faster than the answer to its message is stored. The
    /// SMSC waits meanwhile, so let it be a second or so, and [`Event::age`] tell when to give up.
    pub fn later(&self, event: Event, after: Duration) {
        self.held.borrow_mut().push((Instant::now() + after, event));
    }

    fn until(&self, end: Instant) -> Result<Event, RecvTimeoutError> {
        loop {
            let now = Instant::now();
            let due = self.held.borrow().iter().map(|(at, _)| *at).min();
            if due.is_some_and(|due| due <= now) {
                let mut held = self.held.borrow_mut();
                if let Some(place) = held.iter().position(|(at, _)| *at <= now) {
                    return Ok(held.remove(place).1);
                }
            }
            let wake = due.map_or(end, |due| due.min(end));
            match self.queue.recv_timeout(wake.saturating_duration_since(now)) {
                Err(RecvTimeoutError::Timeout) if wake < end => {}
                got => return got,
            }
        }
    }
}

impl Iterator for Events {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        loop {
            match self.until(Instant::now() + A_WHILE) {
                Err(RecvTimeoutError::Timeout) => {}
                got => return got.ok(),
            }
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").finish_non_exhaustive()
    }
}

/// One report or message. The SMSC keeps it until [`done`](Self::done): tell it to the engine, then say so. Dropped without
/// it, the SMSC is asked to bring it again later (`ESME_RX_T_APPN`).
#[derive(Debug)]
#[must_use = "an event that is dropped without `done` comes again"]
pub struct Event {
    inbound: Inbound,
    came: Instant,
    ticket: Option<Ticket>,
}

impl Event {
    /// What it is.
    #[must_use]
    pub fn inbound(&self) -> &Inbound {
        &self.inbound
    }

    /// How long ago it came.
    #[must_use]
    pub fn age(&self) -> Duration {
        self.came.elapsed()
    }

    /// The host has it for good: the SMSC may forget it.
    pub fn done(mut self) {
        self.settle(status::OK);
    }

    fn settle(&mut self, status: u32) {
        if let Some(ticket) = self.ticket.take() {
            // a gateway that is closed has nobody to answer
            let _ = ticket.answers.send(Settled { status, ..ticket.settled });
        }
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        self.settle(status::TRY_AGAIN);
    }
}

#[derive(Debug)]
struct Ticket {
    settled: Settled,
    answers: UnboundedSender<Settled>,
}

/// What the host said of an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settled {
    /// In which session it came: an answer belongs nowhere else.
    pub session: u64,
    /// The `deliver_sm`'s number.
    pub sequence: u32,
    /// The answer.
    pub status: u32,
    /// What it is remembered by.
    key: u64,
}

/// The way to the host.
pub(crate) struct Desk {
    queue: SyncSender<Event>,
    answers: UnboundedSender<Settled>,
    /// Messages that were handed over and not yet answered: by what they say, and when they came first.
    unanswered: VecDeque<(u64, Timestamp)>,
}

impl Desk {
    pub(crate) fn new(queue: SyncSender<Event>, answers: UnboundedSender<Settled>) -> Self {
        Self { queue, answers, unanswered: VecDeque::new() }
    }

    /// Hands over what came; false when there is no room, or no host.
    pub(crate) fn hand_over(&mut self, mut inbound: Inbound, session: u64, sequence: u32) -> bool {
        let key = self.recognise(&mut inbound);
        let settled = Settled { session, sequence, status: status::TRY_AGAIN, key };
        let ticket = Some(Ticket { settled, answers: self.answers.clone() });
        match self.queue.try_send(Event { inbound, came: Instant::now(), ticket }) {
            Ok(()) => true,
            Err(TrySendError::Full(mut event) | TrySendError::Disconnected(mut event)) => {
                event.ticket = None; // answered by the caller
                false
            }
        }
    }

    /// A message has no number of its own. One that is brought again, because its answer was lost or the host was not ready,
    /// keeps the time at which it came first: by that the engine knows it.
    fn recognise(&mut self, inbound: &mut Inbound) -> u64 {
        let Inbound::Message(message) = inbound else { return 0 };
        let mut hasher = DefaultHasher::new();
        let part = message.part.map(|part| (part.reference, part.part, part.parts));
        (message.from.reveal(), &message.to, message.body.reveal(), part).hash(&mut hasher);
        let key = hasher.finish();
        let now = message.received_at;
        self.unanswered.retain(|(_, first)| now.since_ms(*first) < BROUGHT_AGAIN_MS);
        match self.unanswered.iter().find(|(known, _)| *known == key) {
            Some((_, first)) => message.received_at = *first,
            None => {
                if self.unanswered.len() == REMEMBERED {
                    self.unanswered.pop_front();
                }
                self.unanswered.push_back((key, message.received_at));
            }
        }
        key
    }

    /// The SMSC was told that the host has it.
    pub(crate) fn answered(&mut self, settled: &Settled) {
        if settled.status == status::OK {
            self.unanswered.retain(|(key, _)| *key != settled.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use depesza::model::SmsReceived;
    use std::sync::mpsc::sync_channel;
    use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

    fn message(text: &str, at_ms: i64) -> Inbound {
        Inbound::Message(SmsReceived {
            gateway: "smpp".into(),
            provider_id: None,
            from: "+48501234567".into(),
            to: None,
            body: text.into(),
            received_at: Timestamp::from_ms(at_ms),
            in_reply_to: None,
            part: None,
            opt_out: false,
        })
    }

    fn desk(room: usize) -> (Desk, Events, UnboundedReceiver<Settled>) {
        let (queue, events) = sync_channel(room);
        let (answers, settled) = unbounded_channel();
        (Desk::new(queue, answers), Events::new(events), settled)
    }

    fn at_ms(event: &Event) -> i64 {
        match event.inbound() {
            Inbound::Message(message) => message.received_at.ms(),
            Inbound::Report(report) => report.at.ms(),
        }
    }

    #[test]
    fn done_answers_well_and_dropping_asks_for_it_again() {
        let (mut desk, events, mut settled) = desk(10);
        assert!(desk.hand_over(message("TAK", 1), 3, 7) && desk.hand_over(message("NIE", 2), 3, 8));
        assert!(settled.try_recv().is_err(), "nothing is answered before the host has it");
        events.try_next().unwrap().done();
        drop(events.try_next().unwrap());
        let first = settled.try_recv().unwrap();
        assert_eq!((first.session, first.sequence, first.status), (3, 7, 0));
        assert_eq!(settled.try_recv().unwrap().status, status::TRY_AGAIN);
        assert!(settled.try_recv().is_err(), "and once only");
    }

    #[test]
    fn what_is_put_back_comes_again_unanswered() {
        let (mut desk, mut events, mut settled) = desk(10);
        desk.hand_over(message("TAK", 1), 1, 1);
        events.later(events.try_next().unwrap(), Duration::from_millis(20));
        assert!(events.try_next().is_none(), "not yet");
        desk.hand_over(message("NIE", 2), 1, 2);
        assert_eq!(at_ms(&events.try_next().unwrap()), 2, "others pass it");
        assert_eq!(settled.try_recv().unwrap().sequence, 2);
        let back = events.next().unwrap();
        assert!(at_ms(&back) == 1 && back.age() >= Duration::from_millis(20));
        assert!(settled.try_recv().is_err());
        events.later(back, Duration::from_millis(20));
        drop(desk);
        assert_eq!(events.next().map(|event| at_ms(&event)), None, "closed: nobody waits for it");
    }

    #[test]
    fn no_room_and_no_host() {
        let (mut desk, events, mut settled) = desk(1);
        assert!(desk.hand_over(message("TAK", 1), 1, 1));
        assert!(!desk.hand_over(message("NIE", 2), 1, 2));
        assert!(settled.try_recv().is_err(), "the caller answers");
        drop(events);
        assert_eq!(settled.try_recv().unwrap().status, status::TRY_AGAIN, "what was waiting");
        assert!(!desk.hand_over(message("NIE", 3), 1, 3));
    }

    #[test]
    fn what_comes_again_has_the_time_of_the_first() {
        let (mut desk, events, mut settled) = desk(10);
        desk.hand_over(message("TAK", 100), 1, 1);
        drop(events.try_next().unwrap());
        desk.answered(&settled.try_recv().unwrap());
        desk.hand_over(message("TAK", 200), 2, 1);
        let again = events.try_next().unwrap();
        assert_eq!(at_ms(&again), 100);
        again.done();
        desk.answered(&settled.try_recv().unwrap());
        desk.hand_over(message("TAK", 300), 2, 2);
        assert_eq!(at_ms(&events.try_next().unwrap()), 300, "a new one, after the first was answered");
    }

    #[test]
    fn what_says_the_same_hours_later_is_a_new_message() {
        let (mut desk, events, _settled) = desk(10);
        desk.hand_over(message("TAK", 100), 1, 1);
        drop(events.try_next().unwrap());
        desk.hand_over(message("TAK", 100 + BROUGHT_AGAIN_MS), 2, 1);
        assert_eq!(at_ms(&events.try_next().unwrap()), 100 + BROUGHT_AGAIN_MS);
    }
}
