//! What no good SMSC does: written by hand over a socket, with rusmpp's codec.
// helpers of tests may fail by panicking
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod smsc;

use bytes::BytesMut;
use depesza::gateway::Gateway;
use depesza::model::{RejectClass, SubmitResult, Timestamp};
use depesza_smpp::{Inbound, LinkState, Options, SmppGateway};
use rusmpp::pdus::{BindTransceiverResp, DeliverSm, SubmitSmResp};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::types::{COctetString, OctetString};
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use smsc::*;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::str::FromStr;
use std::time::Duration;
use tokio_util::codec::{Decoder, Encoder};

/// The SMSC's end of a connection.
struct Peer {
    stream: TcpStream,
    read: BytesMut,
}

impl Peer {
    /// The next connection, bound.
    fn bound(listener: &TcpListener) -> Self {
        let mut peer = Self::connected(listener);
        let bind = peer.next();
        assert_eq!(bind.id(), CommandId::BindTransceiver);
        peer.send(0, bind.sequence_number(), BindTransceiverResp::default());
        peer
    }

    fn connected(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        Self { stream, read: BytesMut::new() }
    }

    /// The next PDU; none at the end of the connection.
    fn try_next(&mut self) -> Option<Command> {
        loop {
            // a codec of its own each time: it keeps a place in what was read
            let whole = self.read.get(..4).map(|length| u32::from_be_bytes(length.try_into().unwrap()));
            if let Some(length) = whole.filter(|length| self.read.len() >= *length as usize) {
                let mut frame = self.read.split_to(length as usize);
                return CommandCodec::new().decode(&mut frame).unwrap();
            }
            let mut octets = [0; 4_096];
            match self.stream.read(&mut octets) {
                Ok(0) => return None,
                Ok(count) => self.read.extend_from_slice(&octets[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("nothing came: {error}"),
            }
        }
    }

    fn next(&mut self) -> Command {
        self.try_next().expect("a PDU before the end")
    }

    /// The numbers of the next `submit_sm`.
    fn submits(&mut self, count: usize) -> Vec<u32> {
        let one = |command: Command| {
            assert_eq!(command.id(), CommandId::SubmitSm);
            command.sequence_number()
        };
        (0..count).map(|_| one(self.next())).collect()
    }

    fn send(&mut self, status: u32, sequence: u32, pdu: impl Into<Pdu>) {
        self.raw(&octets(status, sequence, pdu));
    }

    fn raw(&mut self, octets: &[u8]) {
        self.stream.write_all(octets).unwrap();
    }

    fn taken(&mut self, sequence: u32, id: &str) {
        self.send(0, sequence, SubmitSmResp::new(COctetString::from_str(id).unwrap(), vec![]));
    }

    fn deliver(&mut self, sequence: u32, text: &str) {
        let message = DeliverSm::builder()
            .source_addr(COctetString::from_str("48501234567").unwrap())
            .short_message(OctetString::from_slice(text.as_bytes()).unwrap());
        self.send(0, sequence, message.build());
    }
}

fn octets(status: u32, sequence: u32, pdu: impl Into<Pdu>) -> BytesMut {
    let mut octets = BytesMut::new();
    let command = Command::new(CommandStatus::from(status), sequence, pdu);
    CommandCodec::new().encode(&command, &mut octets).unwrap();
    octets
}

/// A listener and a gateway that connects to it.
fn start(change: impl FnOnce(&mut Options)) -> (TcpListener, SmppGateway, depesza_smpp::Events) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut options = options(listener.local_addr().unwrap().port());
    change(&mut options);
    let (gateway, events) = SmppGateway::start(options).unwrap();
    (listener, gateway, events)
}

fn submit(gateway: &SmppGateway, texts: &[&str]) -> Vec<SubmitResult> {
    let batch: Vec<_> = texts.iter().map(|text| submission("+48501234567", text)).collect();
    gateway.submit(&batch)
}

fn accepted(id: &str) -> SubmitResult {
    SubmitResult::Accepted { provider_ids: vec![id.to_owned()], parts: None, cost_milli: None }
}

/// What the gateway does while the SMSC does something else.
fn beside<T: Send, U>(theirs: impl FnOnce() -> T + Send, ours: impl FnOnce() -> U) -> (T, U) {
    std::thread::scope(|scope| {
        let theirs = scope.spawn(theirs);
        let ours = ours();
        (theirs.join().unwrap(), ours)
    })
}

#[test]
fn answers_in_any_order_to_anybody_and_in_pieces() {
    let (listener, gateway, _events) = start(|_| ());
    let (_peer, results) = beside(
        || {
            let mut peer = Peer::bound(&listener);
            let numbers = peer.submits(3);
            peer.taken(numbers[2], "third");
            peer.taken(999, "nobody asked");
            peer.send(0, 998, Pdu::EnquireLinkResp);
            let rest = [
                octets(0, numbers[0], SubmitSmResp::new(COctetString::from_str("first").unwrap(), vec![])),
                octets(0x0A, numbers[1], SubmitSmResp::default()),
            ];
            for octet in rest.concat() {
                peer.raw(&[octet]);
            }
            peer
        },
        || submit(&gateway, &["1", "2", "3"]),
    );
    let refused = SubmitResult::Rejected { class: RejectClass::SenderNotAllowed, code: "0x0000000A".into() };
    assert_eq!(results, [accepted("first"), refused, accepted("third")]);
}

#[test]
fn one_pdu_that_cannot_be_read_costs_itself_alone() {
    let (listener, gateway, _events) = start(|_| ());
    let mut peer = Peer::bound(&listener);
    // a command that does not exist, and a message whose text is longer than the PDU
    peer.raw(&[0, 0, 0, 17, 0, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 71, 0xFF]);
    let nack = peer.next();
    assert_eq!((nack.id(), nack.sequence_number()), (CommandId::GenericNack, 71));
    assert_eq!(nack.status(), CommandStatus::EsmeRinvcmdid);
    let mut broken = octets(0, 72, DeliverSm::default());
    let length = broken.len() - 1;
    broken[length] = 200;
    peer.raw(&broken);
    let refused = peer.next();
    assert_eq!((refused.id(), refused.sequence_number()), (CommandId::DeliverSmResp, 72));
    assert_eq!(refused.status(), CommandStatus::EsmeRxPAppn);
    // an identifier of 100 characters, where the standard has 64
    let ((), results) = beside(
        || {
            let number = peer.submits(1)[0];
            let mut long = vec![0, 0, 0, 117, 0x80, 0, 0, 4, 0, 0, 0, 0];
            long.extend(number.to_be_bytes());
            long.extend([b'x'; 100]);
            long.push(0);
            peer.raw(&long);
        },
        || submit(&gateway, &["Tak"]),
    );
    assert_eq!(results, [accepted(&"x".repeat(100))]);
    let state = gateway.state();
    assert_eq!((state.binds, state.unreadable, state.link), (1, 1, LinkState::Bound));
}

#[test]
fn a_nack_to_a_message_refuses_it() {
    let (listener, gateway, _events) = start(|_| ());
    let (_peer, results) = beside(
        || {
            let mut peer = Peer::bound(&listener);
            let number = peer.submits(1)[0];
            peer.send(0x02, number, Pdu::GenericNack);
            peer
        },
        || submit(&gateway, &["Tak"]),
    );
    assert_eq!(results, [SubmitResult::Rejected { class: RejectClass::TooLong, code: "0x00000002".into() }]);
}

#[test]
fn garbage_ends_the_connection_and_what_was_in_flight_is_unknown() {
    let (listener, gateway, _events) = start(|_| ());
    let (_peer, results) = beside(
        || {
            let mut peer = Peer::bound(&listener);
            peer.submits(1);
            peer.raw(b"HTTP/1.1 400 Bad Request\r\n\r\n");
            Peer::bound(&listener)
        },
        || submit(&gateway, &["Tak"]),
    );
    assert_eq!(results, [SubmitResult::Unknown { why: "the connection was lost: not SMPP".into() }]);
    assert!(gateway.bound_within(LONG), "and it is made anew");
}

#[test]
fn a_message_of_which_a_part_has_gone_is_never_sent_again() {
    let (listener, gateway, _events) = start(|_| ());
    let (_, results) = beside(
        || {
            let mut peer = Peer::bound(&listener);
            let number = peer.submits(1)[0];
            peer.taken(number, "first");
            peer.submits(1);
        },
        || submit(&gateway, &[&"a".repeat(400)]),
    );
    let why = "1 of 3 parts taken, then: the connection was lost: closed by the peer";
    assert_eq!(results, [SubmitResult::Unknown { why: why.into() }]);
}

#[test]
fn an_smsc_that_never_answers_the_bind_holds_nobody_up() {
    let (listener, gateway, _events) = start(|options| {
        // longer than anything here waits
        options.response_timeout = Duration::from_secs(90);
        options.submit_timeout = Duration::from_secs(100);
        options.connect_wait = Duration::from_millis(200);
    });
    let (mut peer, results) = beside(|| Peer::connected(&listener), || submit(&gateway, &["Tak"]));
    assert!(matches!(results[..], [SubmitResult::TryLater { .. }]));
    assert_eq!(gateway.state().link, LinkState::Connecting { why: None });
    beside(
        || {
            assert_eq!(peer.next().id(), CommandId::BindTransceiver);
            assert!(peer.try_next().is_none(), "closed without waiting for the answer");
        },
        || drop(gateway),
    );
}

#[test]
fn a_silent_link_is_given_up() {
    let (listener, gateway, _events) = start(|options| {
        options.enquire_link = Duration::from_secs(1);
        options.response_timeout = Duration::from_secs(1);
    });
    let mut silent = Peer::bound(&listener);
    assert_eq!(silent.next().id(), CommandId::EnquireLink);
    assert!(silent.try_next().is_none(), "closed by the gateway");
    let _peer = Peer::bound(&listener);
    assert!(gateway.bound_within(LONG));
}

fn received_at(inbound: &Inbound) -> Timestamp {
    match inbound {
        Inbound::Message(message) => message.received_at,
        Inbound::Report(_) => panic!("a message was delivered"),
    }
}

#[test]
fn a_message_that_is_brought_again_is_known_by_its_time() {
    let (listener, _gateway, events) = start(|_| ());
    let mut peer = Peer::bound(&listener);
    peer.deliver(5, "TAK");
    let first = next(&events);
    drop(peer);
    let mut peer = Peer::bound(&listener);
    let at = received_at(first.inbound());
    first.done(); // the host has it, and the connection on which it came is gone
    until("the clock goes on", || now() > at);
    peer.deliver(9, "TAK");
    let again = next(&events);
    assert_eq!(received_at(again.inbound()), at);
    again.done();
    let answer = peer.next();
    assert_eq!((answer.id(), answer.sequence_number()), (CommandId::DeliverSmResp, 9), "and nothing for 5");
    assert_eq!(answer.status(), CommandStatus::EsmeRok);
    peer.deliver(10, "TAK");
    assert!(received_at(&take(&events)) > at, "written once more");
}

#[test]
fn what_finds_no_room_stays_with_the_smsc() {
    let (listener, _gateway, events) = start(|options| options.events = 1);
    let mut peer = Peer::bound(&listener);
    peer.deliver(1, "TAK");
    peer.deliver(2, "NIE");
    let full = peer.next();
    assert_eq!((full.sequence_number(), full.status()), (2, CommandStatus::EsmeRxTAppn));
    take(&events);
    assert_eq!(peer.next().status(), CommandStatus::EsmeRok);
    drop(events);
    peer.deliver(3, "TAK");
    assert_eq!(peer.next().status(), CommandStatus::EsmeRxTAppn, "a host that does not listen");
}

#[test]
fn a_peer_that_leaves_without_a_word_at_unbind_is_no_trouble() {
    let (listener, gateway, _events) = start(|_| ());
    let (_, ()) = beside(
        || {
            let mut peer = Peer::bound(&listener);
            assert_eq!(peer.next().id(), CommandId::Unbind);
        },
        || {
            assert!(gateway.bound_within(LONG));
            gateway.close();
        },
    );
    assert_eq!(gateway.state().link, LinkState::Closed);
}

#[test]
fn what_the_gateway_says_names_nobody() {
    let (listener, gateway, _events) = start(|_| ());
    let (_, results) = beside(
        || {
            let mut peer = Peer::bound(&listener);
            peer.submits(1);
        },
        || gateway.submit(&[submission("+48501234567", "Kowalska"), submission("Kowalska", "Kowalska")]),
    );
    for text in [format!("{results:?}"), format!("{gateway:?}"), format!("{:?}", gateway.state())] {
        for person in ["501234567", "Kowalska", "secret08"] {
            assert!(!text.contains(person), "{text}");
        }
    }
}
