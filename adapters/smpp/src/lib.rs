//! A [`Gateway`] of [`depesza`] over SMPP 3.4: one session at an SMSC, kept up by a thread of its own.
//!
//! ```no_run
//! use depesza::model::GatewayId;
//! use depesza_smpp::{Inbound, Options, SmppGateway};
//!
//! # fn main() -> Result<(), depesza_smpp::StartError> {
//! let options = Options::new(GatewayId::new("smpp"), "smsc.example", 2775, "clinic", "secret08");
//! let (gateway, events) = SmppGateway::start(options)?;
//! // `gateway` goes to the engine; what comes in is told to it, and then only the SMSC may forget it
//! for event in events {
//!     match event.inbound() {
//!         Inbound::Report(_report) => { /* engine.delivery_report */ }
//!         Inbound::Message(_message) => { /* engine.sms_received */ }
//!     }
//!     event.done();
//! }
//! # Ok(())
//! # }
//! ```
//!
//! One thread owns the socket, and a tokio runtime for it; outside, everything is synchronous. The rooms: `options` what is
//! set, `outgoing` a message as PDUs, `window` what is certain of what was submitted, `delivery`, `incoming` and `receipt`
//! what comes back, `events` its way to the host, `wire` PDUs in a stream, `session` one connection, `link` one after the
//! other.
//!
//! Not allowed here: an answer that says more than is certain. What was written and not answered is unknown.

mod delivery;
mod events;
mod ids;
mod incoming;
mod link;
mod octets;
mod options;
mod outgoing;
mod receipt;
mod session;
mod status;
mod window;
mod wire;

pub use events::{Event, Events};
pub use incoming::Inbound;
pub use link::{LinkState, State};
pub use options::{AddressKind, BadOption, Bind, Concatenation, MAX_SUBMIT, MessageIds, Options, Password};

use depesza::gateway::Gateway;
use depesza::model::{Capabilities, OwnReference, Submission, SubmitResult};
use events::Desk;
use link::{Clock, Link, Order, Shared};
use std::fmt;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use window::{Job, Window};

/// The most messages of one call.
const BATCH: u32 = 100;
/// How long a caller waits beyond its time for the thread to say so.
const GRACE: Duration = Duration::from_secs(5);

/// A gateway could not be started.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// A field of the options cannot be.
    #[error("options: {0}")]
    Option(#[from] BadOption),
    /// The system has no thread or no sockets for it.
    #[error("no thread for the connection: {0}")]
    Thread(String),
}

/// One session at an SMSC. Dropped, it is closed.
pub struct SmppGateway {
    options: Options,
    orders: UnboundedSender<Order>,
    shared: Arc<Shared>,
    /// Ties the parts of a message together; begins anywhere, so that a restart does not repeat it.
    reference: AtomicU16,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl SmppGateway {
    /// Begins to connect, and returns at once: see [`state`](Self::state) and [`bound_within`](Self::bound_within) for how
    /// that goes. The events have to be taken by one thread of the host for as long as the gateway lives.
    ///
    /// # Errors
    /// [`StartError::Option`] names the field; [`StartError::Thread`].
    pub fn start(options: Options) -> Result<(Self, Events), StartError> {
        options.check()?;
        let (orders, ordered) = unbounded_channel();
        let (answers, settled) = unbounded_channel();
        let (queue, events) = sync_channel(options.events);
        let shared = Arc::new(Shared::new(Clock.now()));
        let link = Link {
            options: options.clone(),
            orders: ordered,
            settled,
            window: Window::new(&options, Arc::clone(&shared)),
            desk: Desk::new(queue, answers),
            clock: Clock,
            shared: Arc::clone(&shared),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StartError::Thread(error.to_string()))?;
        let thread = std::thread::Builder::new()
            .name("depesza-smpp".to_owned())
            .spawn(move || {
                runtime.block_on(link.run());
                // a look-up of the host's name may still be under way
                runtime.shutdown_background();
            })
            .map_err(|error| StartError::Thread(error.to_string()))?;
        let [.., high, low] = Clock.now().ms().to_be_bytes();
        let reference = AtomicU16::new(u16::from_be_bytes([high, low]));
        let thread = Mutex::new(Some(thread));
        Ok((Self { options, orders, shared, reference, thread }, Events::new(events)))
    }

    /// How the gateway does.
    #[must_use]
    pub fn state(&self) -> State {
        self.shared.state()
    }

    /// Waits until it is bound; false when it is not within `wait`.
    #[must_use]
    pub fn bound_within(&self, wait: Duration) -> bool {
        self.shared.wait(|link| *link == LinkState::Bound, wait)
    }

    /// Takes no more messages, waits for outstanding answers, unbinds and ends the thread, all within
    /// [`Options::close_timeout`] and a little. Messages that were not begun come back as `TryLater`. Dropping does the same.
    pub fn close(&self) {
        // a thread that is gone has nothing to close
        let _ = self.orders.send(Order::Close);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    /// A message as a job, or what it is refused with.
    fn job(
        &self,
        (place, message): (usize, &Submission),
        now: Instant,
        results: &Sender<(usize, SubmitResult)>,
    ) -> Result<Job, SubmitResult> {
        let reference = self.reference.fetch_add(1, Ordering::Relaxed);
        let parts = outgoing::parts(message, reference, &self.options)
            .map_err(|(class, why)| SubmitResult::Rejected { class, code: why.to_owned() })?;
        let end_by = now + self.options.submit_timeout;
        Ok(Job {
            place,
            results: results.clone(),
            total: u32::try_from(parts.len()).unwrap_or(u32::MAX),
            parts: parts.into(),
            ids: Vec::new(),
            taken: 0,
            start_by: end_by - self.options.response_timeout,
            end_by,
        })
    }
}

impl Gateway for SmppGateway {
    fn capabilities(&self) -> Capabilities {
        let receives = self.options.bind == Bind::Transceiver && self.options.registered_delivery & 0b11 != 0;
        // no more than goes out at half the rate before the first would find no place
        let seconds = (self.options.submit_timeout.saturating_sub(self.options.response_timeout)).as_secs();
        let by_rate = self.options.rate.map(|rate| u64::from(rate) * seconds / 2);
        let batch = by_rate.map_or(BATCH, |most| u32::try_from(most).unwrap_or(BATCH).clamp(1, BATCH));
        Capabilities {
            own_reference: OwnReference::None,
            look_up: false,
            batch,
            reports: receives,
            cancel: false,
        }
    }

    /// Answers within [`Options::submit_timeout`]. Any number of threads may call at once; they share the window.
    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let now = Instant::now();
        let (results, told) = channel();
        let mut answers: Vec<Option<SubmitResult>> = Vec::with_capacity(batch.len());
        let mut jobs = Vec::with_capacity(batch.len());
        for numbered in batch.iter().enumerate() {
            match self.job(numbered, now, &results) {
                Ok(job) => {
                    answers.push(None);
                    jobs.push(job);
                }
                Err(refused) => answers.push(Some(refused)),
            }
        }
        drop(results);
        let mut open = jobs.len();
        if open > 0 && self.orders.send(Order::Submit(jobs)).is_err() {
            let unsent = link::unsent(&self.shared.link());
            return answers.into_iter().map(|answer| answer.unwrap_or_else(|| unsent.clone())).collect();
        }
        let until = now + self.options.submit_timeout + GRACE;
        while open > 0
            && let Ok((place, result)) = told.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            open -= 1;
            if let Some(answer) = answers.get_mut(place) {
                *answer = Some(result);
            }
        }
        let unknown = || SubmitResult::Unknown { why: "the connection's thread gave no answer".to_owned() };
        answers.into_iter().map(|answer| answer.unwrap_or_else(unknown)).collect()
    }
}

impl Drop for SmppGateway {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for SmppGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmppGateway").field("state", &self.state()).finish_non_exhaustive()
    }
}
