//! PDUs on the wire: cut out of the stream by their length, so that one that cannot be read costs itself alone and never
//! the connection. What a PDU means is not known here.

use bytes::{Buf, BytesMut};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use tokio_util::codec::{Decoder, Encoder};

/// Octets of a header (SMPP 3.4, 3.2).
const HEADER: usize = 16;
/// The longest PDU that is read: `message_payload` may have 64 KiB.
const LONGEST: usize = 70_000;
/// The longest identifier that is kept of a `submit_sm_resp`; the standard has 64.
const LONGEST_ID: usize = 200;

/// What came is no SMPP: its place in the stream is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotSmpp;

/// A PDU whose header is read.
#[derive(Debug)]
pub(crate) struct Frame {
    /// What it is.
    pub id: CommandId,
    /// Its `command_status`.
    pub status: u32,
    /// Its number.
    pub sequence: u32,
    /// The whole of it.
    octets: BytesMut,
}

/// Takes the next PDU off what was read; `None` until all of it is there.
pub(crate) fn take(read: &mut BytesMut) -> Result<Option<Frame>, NotSmpp> {
    let Some(mut header) = read.get(..HEADER) else { return Ok(None) };
    let length = usize::try_from(header.get_u32()).map_err(|_| NotSmpp)?;
    let (id, status, sequence) = (header.get_u32(), header.get_u32(), header.get_u32());
    if !(HEADER..=LONGEST).contains(&length) {
        return Err(NotSmpp);
    }
    if read.len() < length {
        return Ok(None);
    }
    Ok(Some(Frame { id: CommandId::from(id), status, sequence, octets: read.split_to(length) }))
}

impl Frame {
    /// Its body; `None` when it is not what its header says.
    pub(crate) fn pdu(mut self) -> Option<Pdu> {
        let command = CommandCodec::new().without_max_length().decode(&mut self.octets).ok()??;
        command.pdu().cloned()
    }

    /// The identifier in a `submit_sm_resp`. That the message was taken stands in the header: an identifier that is too
    /// long or has odd characters changes nothing.
    pub(crate) fn message_id(&self) -> Option<String> {
        let body = self.octets.get(HEADER..)?;
        let id = body.split(|octet| *octet == 0).next()?;
        let id: String = id.iter().take(LONGEST_ID).map(|octet| char::from(*octet)).collect();
        let id = id.trim();
        (!id.is_empty()).then(|| id.to_owned())
    }
}

/// Writes a PDU behind what is to be sent.
pub(crate) fn put(out: &mut BytesMut, status: u32, sequence: u32, pdu: impl Into<Pdu>) {
    let command = Command::new(CommandStatus::from(status), sequence, pdu);
    // it fails for input and output alone, and there is none here
    let _ = CommandCodec::new().encode(&command, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rusmpp::pdus::{DeliverSm, SubmitSmResp};
    use rusmpp::types::COctetString;
    use std::str::FromStr;

    #[test]
    fn pdus_come_out_as_they_went_in_however_the_stream_is_cut() {
        let mut out = BytesMut::new();
        put(&mut out, 0, 1, Pdu::EnquireLink);
        put(&mut out, 0x58, 2, SubmitSmResp::new(COctetString::from_str("id-1").unwrap(), vec![]));
        let mut read = BytesMut::new();
        let mut found = Vec::new();
        for octet in out {
            read.extend_from_slice(&[octet]);
            found.extend(take(&mut read).unwrap());
        }
        let told: Vec<_> = found.iter().map(|frame| (frame.id, frame.status, frame.sequence)).collect();
        assert_eq!(told, [(CommandId::EnquireLink, 0, 1), (CommandId::SubmitSmResp, 0x58, 2)]);
        assert_eq!(found[1].message_id().as_deref(), Some("id-1"));
        assert_eq!(found.remove(0).pdu(), Some(Pdu::EnquireLink));
    }

    #[test]
    fn an_identifier_that_is_too_long_is_still_one() {
        let mut out = BytesMut::from(&[0, 0, 0, 117, 0x80, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9][..]);
        out.extend_from_slice(&[b'a'; 100]);
        out.extend_from_slice(&[0]);
        let frame = take(&mut out).unwrap().unwrap();
        assert_eq!(frame.message_id(), Some("a".repeat(100)));
        assert_eq!(frame.pdu(), None, "by the standard it is broken");
    }

    #[test]
    fn garbage_is_told() {
        for first in [&b"HTTP/1.1 400 Bad Request\r\n"[..], &[0; 16]] {
            assert_eq!(take(&mut BytesMut::from(first)).unwrap_err(), NotSmpp);
        }
    }

    proptest! {
        /// A peer's octets reach the decoder: none may make it panic.
        #[test]
        fn no_body_makes_it_panic(
            id in prop_oneof![
                prop::sample::select(vec![0x8000_0004_u32, 5, 0x8000_0009, 0x8000_0000, 0x15, 6, 0x103, 0x102, 0x0B]),
                any::<u32>(),
            ],
            body in prop::collection::vec(prop_oneof![Just(0_u8), 0_u8..6, any::<u8>()], 0..200),
        ) {
            let mut read = BytesMut::new();
            read.extend_from_slice(&u32::try_from(HEADER + body.len()).unwrap().to_be_bytes());
            read.extend_from_slice(&id.to_be_bytes());
            read.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 1]);
            read.extend_from_slice(&body);
            let frame = take(&mut read).unwrap().unwrap();
            let _ = frame.message_id();
            let _ = frame.pdu();
        }

        /// The same with a `deliver_sm` that is right but for some octets.
        #[test]
        fn no_spoilt_message_makes_it_panic(spoilt in prop::collection::vec((16_usize..80, any::<u8>()), 1..6)) {
            let mut out = BytesMut::new();
            let text = "id:1 stat:DELIVRD".as_bytes();
            let pdu = DeliverSm::builder()
                .short_message(rusmpp::types::OctetString::from_slice(text).unwrap())
                .push_tlv(rusmpp::tlvs::MessageDeliveryRequestTlvValue::SarMsgRefNum(1))
                .build();
            put(&mut out, 0, 1, pdu);
            for (place, octet) in spoilt {
                if let Some(there) = out.get_mut(place) {
                    *there = octet;
                }
            }
            let _ = take(&mut out).unwrap().unwrap().pdu();
        }
    }
}
