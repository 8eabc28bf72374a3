//! The thread behind a gateway: connects, serves, connects anew with growing pauses, and ends when the gateway is closed.

use crate::events::{Desk, Settled};
use crate::options::Options;
use crate::session::{self, End, NoSession};
use crate::status;
use crate::window::{Job, Window};
use depesza::model::{RejectClass, SubmitResult, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{sleep, sleep_until};

/// How soon a message may come again that found the gateway closed.
const CLOSED_MS: i64 = 60_000;

/// What a gateway's owner asks of its thread.
pub(crate) enum Order {
    /// Submit these.
    Submit(Vec<Job>),
    /// Unbind and end.
    Close,
}

/// How the connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Not bound: connecting, or pausing before it is tried again.
    Connecting {
        /// Why the last session or attempt ended; none at the start.
        why: Option<String>,
    },
    /// Bound.
    Bound,
    /// The SMSC refused the account. It is tried again every [`Options::reconnect_max`].
    Refused {
        /// What that means; submissions are rejected with it.
        class: RejectClass,
        /// The SMSC's `command_status`.
        code: String,
    },
    /// Closed by the host.
    Closed,
}

/// How a gateway does, for a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The connection.
    pub link: LinkState,
    /// Since when.
    pub since: Timestamp,
    /// How often it was bound.
    pub binds: u64,
    /// `submit_sm` that wait for their answers.
    pub in_flight: u64,
    /// `submit_sm` that never got one: their messages' outcomes are unknown.
    pub unanswered: u64,
    /// How often the SMSC asked to slow down.
    pub slowed: u64,
    /// What came in and was no report and no text; answered `ESME_RX_P_APPN`.
    pub unreadable: u64,
}

/// The state, where the gateway's owner sees it.
pub(crate) struct Shared {
    link: Mutex<(LinkState, Timestamp)>,
    changed: Condvar,
    pub figures: Figures,
}

/// What is counted. Each is counted before anybody is told of what it counts.
#[derive(Default)]
pub(crate) struct Figures {
    pub binds: AtomicU64,
    pub in_flight: AtomicU64,
    pub unanswered: AtomicU64,
    pub slowed: AtomicU64,
    pub unreadable: AtomicU64,
}

/// One more.
pub(crate) fn count(figure: &AtomicU64) {
    figure.fetch_add(1, Ordering::Relaxed);
}

impl Shared {
    pub(crate) fn new(now: Timestamp) -> Self {
        let link = Mutex::new((LinkState::Connecting { why: None }, now));
        Self { link, changed: Condvar::new(), figures: Figures::default() }
    }

    fn locked(&self) -> MutexGuard<'_, (LinkState, Timestamp)> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn link(&self) -> LinkState {
        self.locked().0.clone()
    }

    pub(crate) fn state(&self) -> State {
        let (link, since) = self.locked().clone();
        let of = |figure: &AtomicU64| figure.load(Ordering::Relaxed);
        State {
            link,
            since,
            binds: of(&self.figures.binds),
            in_flight: of(&self.figures.in_flight),
            unanswered: of(&self.figures.unanswered),
            slowed: of(&self.figures.slowed),
            unreadable: of(&self.figures.unreadable),
        }
    }

    /// Waits until the link is as wanted; false when it is not in time.
    pub(crate) fn wait(&self, wanted: impl Fn(&LinkState) -> bool, most: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.locked(), most, |(link, _)| !wanted(link));
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn set(&self, link: LinkState, now: Timestamp) {
        if link == LinkState::Bound {
            count(&self.figures.binds);
        }
        let mut known = self.locked();
        if known.0 != link {
            *known = (link, now);
        }
        self.changed.notify_all();
    }
}

/// The wall clock, for the times of facts; durations are measured by `Instant`.
#[derive(Clone, Copy)]
pub(crate) struct Clock;

impl Clock {
    pub(crate) fn now(self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// What the thread owns.
pub(crate) struct Link {
    pub options: Options,
    pub orders: UnboundedReceiver<Order>,
    pub settled: UnboundedReceiver<Settled>,
    pub window: Window,
    pub desk: Desk,
    pub clock: Clock,
    pub shared: Arc<Shared>,
}

/// The host closed the gateway while there was no session.
struct Closing;

impl Link {
    /// Runs until the gateway is closed.
    pub(crate) async fn run(mut self) {
        let mut sessions = 0;
        let mut pause = self.options.reconnect_min;
        loop {
            let options = self.options.clone();
            let why = match self.meanwhile(session::open(&options)).await {
                Err(Closing) => break,
                Ok(Ok(bound)) => {
                    sessions += 1;
                    let began = Instant::now();
                    self.window.up();
                    self.shared.set(LinkState::Bound, self.clock.now());
                    match session::serve(bound, sessions, &mut self).await {
                        End::Closed => break,
                        End::Lost(why) => {
                            // an SMSC that binds and hangs up is no better than one that does not bind
                            if began.elapsed() >= self.options.reconnect_max {
                                pause = self.options.reconnect_min;
                            }
                            self.shared
                                .set(LinkState::Connecting { why: Some(why.clone()) }, self.clock.now());
                            self.window.lost(Instant::now(), &format!("the connection was lost: {why}"));
                            why
                        }
                    }
                }
                Ok(Err(NoSession::Failed(why))) => why,
                Ok(Err(NoSession::Refused(code))) => match status::bind_class(code, &self.options.statuses) {
                    None => format!("bind: refused with {}", status::code(code)),
                    Some(class) => {
                        let refused = LinkState::Refused { class, code: status::code(code) };
                        self.shared.set(refused, self.clock.now());
                        self.turn_away_unsent();
                        if self.meanwhile(sleep(self.options.reconnect_max)).await.is_err() {
                            break;
                        }
                        continue;
                    }
                },
            };
            self.shared.set(LinkState::Connecting { why: Some(why) }, self.clock.now());
            if self.meanwhile(sleep(pause)).await.is_err() {
                break;
            }
            pause = (pause * 2).min(self.options.reconnect_max);
        }
        self.shared.set(LinkState::Closed, self.clock.now());
        self.window.lost(Instant::now(), "the gateway was closed");
        self.shut();
    }

    /// Waits for something without a session: messages come back in time, and closing ends it.
    async fn meanwhile<T>(&mut self, wanted: impl Future<Output = T>) -> Result<T, Closing> {
        let mut wanted = std::pin::pin!(wanted);
        loop {
            let now = Instant::now();
            self.window.down(now);
            self.window.expire(now);
            if matches!(self.shared.link(), LinkState::Refused { .. }) {
                self.turn_away_unsent();
            }
            let wakes = self.window.wakes(now);
            tokio::select! {
                done = &mut wanted => return Ok(done),
                order = self.orders.recv() => match order {
                    Some(Order::Submit(jobs)) => jobs.into_iter().for_each(|job| self.window.push(job)),
                    Some(Order::Close) | None => return Err(Closing),
                },
                // answers of the host to what came in sessions that are over
                Some(_) = self.settled.recv() => {}
                () = sleep_until(wakes.unwrap_or(now).into()), if wakes.is_some() => {}
            }
        }
    }

    /// Gives back what was not begun, with what the link's state says of it.
    fn turn_away_unsent(&mut self) {
        self.window.turn_away(&unsent(&self.shared.link()));
    }

    /// Takes no more orders, and gives back what was not begun.
    pub(crate) fn shut(&mut self) {
        self.orders.close();
        while let Ok(order) = self.orders.try_recv() {
            if let Order::Submit(jobs) = order {
                jobs.into_iter().for_each(|job| self.window.push(job));
            }
        }
        self.turn_away_unsent();
    }
}

impl Drop for Link {
    /// However the thread ends, nobody is left waiting for a connection.
    fn drop(&mut self) {
        self.shared.set(LinkState::Closed, self.clock.now());
    }
}

/// What a message that was certainly not sent is told.
pub(crate) fn unsent(link: &LinkState) -> SubmitResult {
    match link {
        LinkState::Refused { class, code } => SubmitResult::Rejected { class: *class, code: code.clone() },
        _ => SubmitResult::TryLater { after_ms: CLOSED_MS },
    }
}
