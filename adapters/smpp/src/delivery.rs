//! The fields of a `deliver_sm` (SMPP 3.4, 4.6.1), read from its octets. Strings may be longer than the standard has them, and
//! what is broken behind the text is left out. What the fields say is not known here.

use crate::octets::from_latin1;

/// Optional parameters that are looked for (SMPP 3.4, 5.3.2).
const RECEIPTED_MESSAGE_ID: u16 = 0x001E;
const SAR_MSG_REF_NUM: u16 = 0x020C;
const SAR_TOTAL_SEGMENTS: u16 = 0x020E;
const SAR_SEGMENT_SEQNUM: u16 = 0x020F;
const MESSAGE_PAYLOAD: u16 = 0x0424;
const MESSAGE_STATE: u16 = 0x0427;

/// What there is to know of a `deliver_sm`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery<'a> {
    pub source_ton: u8,
    pub source: String,
    pub destination: String,
    pub esm_class: u8,
    pub data_coding: u8,
    /// `short_message`, or `message_payload` where that is empty.
    pub octets: &'a [u8],
    pub receipted_message_id: Option<String>,
    pub message_state: Option<u8>,
    pub sar_reference: Option<u16>,
    pub sar_parts: Option<u8>,
    pub sar_part: Option<u8>,
}

/// Reads a body; `None` when it ends before its text does.
pub(crate) fn read(body: &[u8]) -> Option<Delivery<'_>> {
    let mut rest = Rest(body);
    rest.string()?; // service_type
    let source_ton = rest.octet()?;
    rest.octet()?; // source_addr_npi
    let source = rest.string()?;
    rest.take(2)?; // dest_addr_ton, dest_addr_npi
    let destination = rest.string()?;
    let esm_class = rest.octet()?;
    rest.take(2)?; // protocol_id, priority_flag
    rest.string()?; // schedule_delivery_time
    rest.string()?; // validity_period
    rest.take(2)?; // registered_delivery, replace_if_present_flag
    let data_coding = rest.octet()?;
    rest.octet()?; // sm_default_msg_id
    let length = rest.octet()?;
    let octets = rest.take(usize::from(length))?;
    let mut delivery =
        Delivery { source_ton, source, destination, esm_class, data_coding, octets, ..Delivery::default() };
    while let Some((tag, value)) = rest.parameter() {
        match (tag, value) {
            (RECEIPTED_MESSAGE_ID, value) => delivery.receipted_message_id = Rest(value).string_or_rest(),
            (MESSAGE_STATE, [state]) => delivery.message_state = Some(*state),
            (MESSAGE_PAYLOAD, payload) if length == 0 => delivery.octets = payload,
            (SAR_MSG_REF_NUM, [high, low]) => {
                delivery.sar_reference = Some(u16::from_be_bytes([*high, *low]))
            }
            (SAR_TOTAL_SEGMENTS, [parts]) => delivery.sar_parts = Some(*parts),
            (SAR_SEGMENT_SEQNUM, [part]) => delivery.sar_part = Some(*part),
            _ => {}
        }
    }
    Some(delivery)
}

/// What is not yet read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn octet(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    /// Up to a zero.
    fn string(&mut self) -> Option<String> {
        let end = self.0.iter().position(|octet| *octet == 0)?;
        let text = self.take(end)?;
        self.octet()?;
        Some(from_latin1(text))
    }

    /// The same where the zero may be missing; `None` when it is empty.
    fn string_or_rest(&mut self) -> Option<String> {
        let text = self.string().unwrap_or_else(|| from_latin1(self.0));
        (!text.is_empty()).then_some(text)
    }

    /// A tag and its value.
    fn parameter(&mut self) -> Option<(u16, &'a [u8])> {
        let [high, low, length @ ..] = self.take(4)? else { return None };
        let length: [u8; 2] = length.try_into().ok()?;
        Some((u16::from_be_bytes([*high, *low]), self.take(usize::from(u16::from_be_bytes(length)))?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire;
    use bytes::BytesMut;
    use proptest::prelude::*;
    use rusmpp::pdus::DeliverSm;
    use rusmpp::tlvs::MessageDeliveryRequestTlvValue as Tlv;
    use rusmpp::types::{AnyOctetString, COctetString, OctetString};
    use rusmpp::values::{DataCoding, EsmClass, MessagePayload, MessageState, ServiceType, Ton};
    use std::str::FromStr;

    /// What rusmpp writes, without its header.
    fn body(pdu: DeliverSm) -> Vec<u8> {
        let mut out = BytesMut::new();
        wire::put(&mut out, 0, 1, pdu);
        wire::take(&mut out).unwrap().unwrap().body().to_vec()
    }

    fn whole() -> Vec<u8> {
        body(
            DeliverSm::builder()
                .service_type(ServiceType::new(COctetString::from_str("CMT").unwrap()))
                .source_addr_ton(Ton::International)
                .source_addr(COctetString::from_str("48501234567").unwrap())
                .destination_addr(COctetString::from_str("7055").unwrap())
                .esm_class(EsmClass::from(0x44))
                .data_coding(DataCoding::from(8))
                .short_message(OctetString::from_slice(b"text").unwrap())
                .push_tlv(Tlv::ReceiptedMessageId(COctetString::from_str("id-1").unwrap()))
                .push_tlv(Tlv::MessageState(MessageState::Delivered))
                .push_tlv(Tlv::SarMsgRefNum(0x0102))
                .push_tlv(Tlv::SarTotalSegments(3))
                .push_tlv(Tlv::SarSegmentSeqnum(2))
                .build(),
        )
    }

    #[test]
    fn every_field_stands_where_rusmpp_writes_it() {
        let read_back = Delivery {
            source_ton: 1,
            source: "48501234567".into(),
            destination: "7055".into(),
            esm_class: 0x44,
            data_coding: 8,
            octets: b"text",
            receipted_message_id: Some("id-1".into()),
            message_state: Some(2),
            sar_reference: Some(0x0102),
            sar_parts: Some(3),
            sar_part: Some(2),
        };
        assert_eq!(read(&whole()), Some(read_back));
        let payload = Tlv::MessagePayload(MessagePayload::new(AnyOctetString::from_slice(b"long")));
        assert_eq!(read(&body(DeliverSm::builder().push_tlv(payload).build())).unwrap().octets, b"long");
    }

    #[test]
    fn what_is_too_long_or_broken_behind_the_text_loses_nothing_else() {
        // a sender of 30 characters, a time of 5, an identifier without its zero, and a parameter that is cut off
        let mut body = b"\0\x05\x00ABCDEFGHIJKLMNOPQRSTUVWXYZ\xD3123\0\x01\x017055\0\x04\0\0".to_vec();
        body.extend(b"\x002611\0\0\0\0\0\x05stat:\x00\x1E\x00\x03abc\x04\x27\x00\x09\x02");
        let read = read(&body).unwrap();
        assert_eq!(read.source, "ABCDEFGHIJKLMNOPQRSTUVWXYZÓ123");
        assert_eq!((read.octets, read.receipted_message_id.as_deref()), (&b"stat:"[..], Some("abc")));
        assert_eq!(read.message_state, None);
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(prop_oneof![Just(0_u8), 0_u8..6, any::<u8>()], 0..200)) {
            let _ = read(&octets);
        }

        #[test]
        fn nor_does_a_message_that_was_spoilt(spoilt in prop::collection::vec((0_usize..100, any::<u8>()), 1..6)) {
            let mut body = whole();
            for (place, octet) in spoilt {
                if let Some(there) = body.get_mut(place) {
                    *there = octet;
                }
            }
            let _ = read(&body);
        }
    }
}
