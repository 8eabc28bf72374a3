//! One connection from bind to its end: reads and writes PDUs, keeps the link alive, and says why it ended. What is
//! submitted stands in the window, what comes in goes to the desk.

use crate::events::Settled;
use crate::link::{self, Link, Order};
use crate::options::{Bind, Options};
use crate::wire::{self, Frame};
use crate::{delivery, incoming, status};
use bytes::BytesMut;
use rusmpp::pdus::{BindTransceiver, BindTransmitter, DeliverSmResp};
use rusmpp::types::COctetString;
use rusmpp::values::InterfaceVersion;
use rusmpp::{CommandId, Pdu};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep_until, timeout};

/// The most octets that wait to be written: a peer that reads nothing is gone.
const MAX_UNWRITTEN: usize = 4 << 20;
/// The highest sequence number (SMPP 3.4, 3.2).
const MAX_SEQUENCE: u32 = 0x7FFF_FFFF;
/// The bind's own number.
const BIND: u32 = 1;

/// Why there is no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoSession {
    /// The SMSC refused with this status.
    Refused(u32),
    /// Anything else, in words.
    Failed(String),
}

/// A connection that is bound, with what was read behind the answer.
pub(crate) struct Bound {
    stream: TcpStream,
    read: BytesMut,
}

/// Connects and binds.
pub(crate) async fn open(options: &Options) -> Result<Bound, NoSession> {
    let failed = |what: &str, error: std::io::Error| NoSession::Failed(format!("{what}: {error}"));
    let late = |what: &str| NoSession::Failed(format!("{what}: no answer in time"));
    let address = (options.host.as_str(), options.port);
    let connected = timeout(options.response_timeout, TcpStream::connect(address)).await;
    let mut stream = connected.map_err(|_| late("connect"))?.map_err(|error| failed("connect", error))?;
    // small PDUs, each waited for
    let _ = stream.set_nodelay(true);
    let mut out = BytesMut::new();
    wire::put(&mut out, status::OK, BIND, bind(options));
    let answered = timeout(options.response_timeout, async {
        stream.write_all(&out).await.map_err(|error| failed("bind", error))?;
        let mut read = BytesMut::new();
        loop {
            let frame = wire::take(&mut read).map_err(|_| NoSession::Failed("bind: not SMPP".to_owned()))?;
            match frame {
                Some(frame) if frame.id == bind_answer(options) || frame.id == CommandId::GenericNack => {
                    return if frame.status == status::OK && frame.id != CommandId::GenericNack {
                        Ok(read)
                    } else {
                        Err(NoSession::Refused(frame.status))
                    };
                }
                Some(_) => {} // nothing else is due before the answer
                None => match stream.read_buf(&mut read).await {
                    Ok(0) => return Err(NoSession::Failed("bind: closed by the peer".to_owned())),
                    Ok(_) => {}
                    Err(error) => return Err(failed("bind", error)),
                },
            }
        }
    });
    let read = answered.await.map_err(|_| late("bind"))??;
    Ok(Bound { stream, read })
}

fn bind(options: &Options) -> Pdu {
    // lengths and characters were checked at the start
    let system_id = COctetString::from_string(options.system_id.clone()).unwrap_or_default();
    let password = COctetString::from_string(options.password.reveal().to_owned()).unwrap_or_default();
    let system_type = COctetString::from_string(options.system_type.clone()).unwrap_or_default();
    match options.bind {
        Bind::Transceiver => BindTransceiver::builder()
            .system_id(system_id)
            .password(password)
            .system_type(system_type)
            .interface_version(InterfaceVersion::Smpp3_4)
            .build()
            .into(),
        Bind::Transmitter => BindTransmitter::builder()
            .system_id(system_id)
            .password(password)
            .system_type(system_type)
            .interface_version(InterfaceVersion::Smpp3_4)
            .build()
            .into(),
    }
}

fn bind_answer(options: &Options) -> CommandId {
    match options.bind {
        Bind::Transceiver => CommandId::BindTransceiverResp,
        Bind::Transmitter => CommandId::BindTransmitterResp,
    }
}

/// Why a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It broke, or the SMSC ended it.
    Lost(String),
    /// The host closed the gateway.
    Closed,
}

/// The number after this one.
fn after(sequence: u32) -> u32 {
    if sequence >= MAX_SEQUENCE { BIND } else { sequence + 1 }
}

/// The state of a session.
struct Session<'a> {
    number: u64,
    link: &'a mut Link,
    out: BytesMut,
    sequence: u32,
    /// When the peer was heard last.
    heard: Instant,
    /// When `enquire_link` has to be answered by.
    asked: Option<Instant>,
    /// The host closes: until when that may take, and the number of the `unbind` once it is sent.
    closing: Option<(Instant, Option<u32>)>,
    /// The SMSC unbound: answers to what was submitted may come until then.
    ending: Option<Instant>,
}

/// Serves a connection until it ends.
pub(crate) async fn serve(bound: Bound, number: u64, link: &mut Link) -> End {
    let Bound { mut stream, mut read } = bound;
    let (mut reader, mut writer) = stream.split();
    let mut session = Session {
        number,
        link,
        out: BytesMut::new(),
        sequence: BIND,
        heard: Instant::now(),
        asked: None,
        closing: None,
        ending: None,
    };
    loop {
        if let Err(end) = session.read_all(&mut read) {
            session.farewell(&mut writer).await;
            return end;
        }
        let now = Instant::now();
        if let Some(end) = session.step(now) {
            session.farewell(&mut writer).await;
            return end;
        }
        let wakes = session.wakes(now);
        tokio::select! {
            got = reader.read_buf(&mut read) => match got {
                Ok(0) if session.closing.is_some_and(|(_, unbind)| unbind.is_some()) => return End::Closed,
                Ok(0) => return End::Lost("closed by the peer".to_owned()),
                Ok(_) => {
                    session.heard = Instant::now();
                    session.asked = None;
                }
                Err(error) => return End::Lost(format!("read: {error}")),
            },
            wrote = writer.write_buf(&mut session.out), if !session.out.is_empty() => {
                if let Err(error) = wrote {
                    return End::Lost(format!("write: {error}"));
                }
            }
            order = session.link.orders.recv(), if session.closing.is_none() => session.ordered(order),
            Some(settled) = session.link.settled.recv() => session.settled(&settled),
            () = sleep_until(wakes.into()) => {}
        }
    }
}

impl Session<'_> {
    /// What time asks for: sends what may go, keeps the link alive, ends what is to end.
    fn step(&mut self, now: Instant) -> Option<End> {
        if let Some((until, unbind)) = self.closing {
            if unbind.is_none() && (self.link.window.is_settled() || until <= now) {
                let sequence = self.next_sequence();
                wire::put(&mut self.out, status::OK, sequence, Pdu::Unbind);
                self.closing = Some((until, Some(sequence)));
            } else if until <= now {
                return Some(End::Closed);
            }
        }
        if self.ending.is_some_and(|until| until <= now || self.link.window.in_flight() == 0) {
            return Some(End::Lost("unbound by the SMSC".to_owned()));
        }
        if self.asked.is_some_and(|until| until <= now) {
            return Some(End::Lost("no answer to enquire_link".to_owned()));
        }
        if self.out.len() > MAX_UNWRITTEN {
            return Some(End::Lost("the peer does not read".to_owned()));
        }
        if self.asked.is_none() && self.heard + self.silence() <= now {
            self.asked = Some(now + self.link.options.response_timeout / 2);
            let sequence = self.next_sequence();
            wire::put(&mut self.out, status::OK, sequence, Pdu::EnquireLink);
        }
        self.link.window.expire(now);
        let unbinding = self.closing.is_some_and(|(_, unbind)| unbind.is_some());
        while self.ending.is_none() && !unbinding {
            let sequence = after(self.sequence);
            let Some(part) = self.link.window.next(now, sequence) else { break };
            self.sequence = sequence;
            wire::put(&mut self.out, status::OK, sequence, part);
        }
        None
    }

    fn next_sequence(&mut self) -> u32 {
        self.sequence = after(self.sequence);
        self.sequence
    }

    /// How long the peer may be silent before it is asked. While answers are due, so soon that a dead link is known when
    /// the first of them is missed: what is written to it is in doubt.
    fn silence(&self) -> Duration {
        let options = &self.link.options;
        match self.link.window.in_flight() {
            0 => options.enquire_link,
            _ => options.enquire_link.min(options.response_timeout / 2),
        }
    }

    /// When [`step`](Self::step), done at `now`, has something to do again without anything coming in.
    fn wakes(&self, now: Instant) -> Instant {
        let alive = self.asked.unwrap_or(self.heard + self.silence());
        let others = [self.link.window.wakes(now), self.closing.map(|(until, _)| until), self.ending];
        others.into_iter().flatten().fold(alive, Instant::min)
    }

    /// Deals with all PDUs that are there whole.
    fn read_all(&mut self, read: &mut BytesMut) -> Result<(), End> {
        loop {
            match wire::take(read) {
                Ok(Some(frame)) => self.came(frame)?,
                Ok(None) => return Ok(()),
                Err(wire::NotSmpp) => return Err(End::Lost("not SMPP".to_owned())),
            }
        }
    }

    fn came(&mut self, frame: Frame) -> Result<(), End> {
        let now = Instant::now();
        let (id, sequence, status) = (frame.id, frame.sequence, frame.status);
        match id {
            CommandId::SubmitSmResp => {
                let id = frame.message_id().map(|id| self.link.options.message_ids.of_response(&id));
                self.link.window.answered(sequence, status, id, now);
            }
            // a PDU of ours that the SMSC could not read: it took nothing
            CommandId::GenericNack if status != status::OK => {
                self.link.window.answered(sequence, status, None, now);
            }
            CommandId::DeliverSm => self.delivered(&frame),
            CommandId::EnquireLink => wire::put(&mut self.out, status::OK, sequence, Pdu::EnquireLinkResp),
            CommandId::Unbind => {
                wire::put(&mut self.out, status::OK, sequence, Pdu::UnbindResp);
                self.ending.get_or_insert(now + self.link.options.close_timeout);
            }
            CommandId::UnbindResp if self.closing.is_some_and(|(_, unbind)| unbind == Some(sequence)) => {
                return Err(End::Closed);
            }
            // of these the standard has no answer
            CommandId::AlertNotification | CommandId::Outbind => {}
            _ if id.is_response() => {}
            _ => wire::put(&mut self.out, status::INVALID_COMMAND, sequence, Pdu::GenericNack),
        }
        Ok(())
    }

    /// A report or a message: it is answered once the host has it.
    fn delivered(&mut self, frame: &Frame) {
        let sequence = frame.sequence;
        let inbound = delivery::read(frame.body())
            .and_then(|read| incoming::read(read, &self.link.options, self.link.clock.now()));
        let refused = match inbound {
            None => {
                link::count(&self.link.shared.figures.unreadable);
                status::NEVER
            }
            Some(inbound) => {
                if self.link.desk.hand_over(inbound, self.number, sequence) {
                    return;
                }
                status::TRY_AGAIN
            }
        };
        wire::put(&mut self.out, refused, sequence, DeliverSmResp::default());
    }

    fn settled(&mut self, settled: &Settled) {
        // of an earlier session nobody waits for the answer: the SMSC brings it again
        if settled.session == self.number {
            wire::put(&mut self.out, settled.status, settled.sequence, DeliverSmResp::default());
            self.link.desk.answered(settled);
        }
    }

    fn ordered(&mut self, order: Option<Order>) {
        match order {
            Some(Order::Submit(jobs)) => jobs.into_iter().for_each(|job| self.link.window.push(job)),
            Some(Order::Close) | None => {
                self.link.shut();
                self.closing = Some((Instant::now() + self.link.options.close_timeout, None));
            }
        }
    }

    /// Writes what is still to be written, as far as the peer takes it at once.
    async fn farewell(&mut self, writer: &mut tokio::net::tcp::WriteHalf<'_>) {
        let _ = timeout(Duration::from_millis(200), writer.write_all_buf(&mut self.out)).await;
    }
}
