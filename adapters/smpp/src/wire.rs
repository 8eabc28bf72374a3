//! PDUs on the wire: cut out of the stream by their length, so that one that cannot be read costs itself alone and never
//! the connection. What a PDU means is not known here.
//!
//! What is written is rusmpp's. What is read is read here: rusmpp's types hold the standard's lengths and alphabets to the
//! letter, and a receipt or a patient's answer must not be lost for a field beside it that is a character too long.

use bytes::{Buf, BytesMut};
use rusmpp::tokio_codec::CommandCodec;
use rusmpp::{Command, CommandId, CommandStatus, Pdu};
use tokio_util::codec::Encoder;

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
    /// What follows its header.
    pub(crate) fn body(&self) -> &[u8] {
        self.octets.get(HEADER..).unwrap_or_default()
    }

    /// The identifier in a `submit_sm_resp`. That the message was taken stands in the header: an identifier that is too
    /// long or has odd characters changes nothing.
    pub(crate) fn message_id(&self) -> Option<String> {
        let id = self.body().split(|octet| *octet == 0).next()?;
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
    use rusmpp::pdus::SubmitSmResp;
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
        assert_eq!((found[0].body(), found[1].body()), (&b""[..], &b"id-1\0"[..]));
    }

    #[test]
    fn an_identifier_that_is_too_long_is_still_one() {
        let mut out = BytesMut::from(&[0, 0, 0, 117, 0x80, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 9][..]);
        out.extend_from_slice(&[b'a'; 100]);
        out.extend_from_slice(&[0]);
        let frame = take(&mut out).unwrap().unwrap();
        assert_eq!(frame.message_id(), Some("a".repeat(100)));
    }

    #[test]
    fn garbage_is_told() {
        for first in [&b"HTTP/1.1 400 Bad Request\r\n"[..], &[0; 16]] {
            assert_eq!(take(&mut BytesMut::from(first)).unwrap_err(), NotSmpp);
        }
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..200)) {
            let mut read = BytesMut::from(&octets[..]);
            while let Ok(Some(frame)) = take(&mut read) {
                let _ = frame.message_id();
            }
        }
    }
}
