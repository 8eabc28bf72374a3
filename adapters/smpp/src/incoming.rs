//! A `deliver_sm` as the engine's fact: a delivery report or an incoming message (SMPP 3.4, 4.6). Nothing is answered here.

use crate::octets;
use crate::options::Options;
use crate::receipt::{self, Receipt};
use depesza::model::{
    Body, DeliveryReport, DeliveryState, InboundPart, Phone, SmsReceived, Timestamp, Verbatim,
};
use rusmpp::pdus::DeliverSm;
use rusmpp::tlvs::TlvValue;

/// What an SMSC brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inbound {
    /// What became of a message or of one of its parts.
    Report(DeliveryReport),
    /// A message, or a part of one: the engine joins them.
    Message(SmsReceived),
}

/// Bits 5 to 2 of `esm_class` (SMPP 3.4, 5.2.12): what kind of message this is …
const KIND: u8 = 0b0011_1100;
/// … a delivery receipt …
const RECEIPT: u8 = 0b0000_0100;
/// … or word of one that is still on its way.
const ON_ITS_WAY: u8 = 0b0010_0000;
/// Bit 6: the text begins with a user data header.
const HEADER: u8 = 0b0100_0000;

/// Reads a `deliver_sm`; `None` when it is nothing that a host could take: a receipt without an identifier, octets that
/// are no text.
pub(crate) fn read(pdu: &DeliverSm, options: &Options, now: Timestamp) -> Option<Inbound> {
    let class = u8::from(pdu.esm_class);
    let values = || pdu.tlvs().iter().filter_map(|tlv| tlv.value());
    let payload = values().find_map(|value| match value {
        TlvValue::MessagePayload(payload) => Some(payload.value.as_ref()),
        _ => None,
    });
    let octets: &[u8] = match payload {
        Some(payload) if pdu.short_message().is_empty() => payload,
        _ => pdu.short_message().as_ref(),
    };
    let (place, octets) = if class & HEADER == 0 { (None, octets) } else { octets::take_header(octets)? };
    let coding = u8::from(pdu.data_coding);
    let receipted = values().find_map(|value| match value {
        TlvValue::ReceiptedMessageId(id) if !id.is_empty() => Some(id.as_str()),
        _ => None,
    });
    let state = values().find_map(|value| match value {
        TlvValue::MessageState(state) => Some(receipt::state_of_number(u8::from(*state))),
        _ => None,
    });
    // some SMSCs forget the class, never the parameters
    let is_receipt = matches!(class & KIND, RECEIPT | ON_ITS_WAY) || (receipted.is_some() && state.is_some());
    if is_receipt {
        let text = if coding == 8 { octets::from_ucs2(octets) } else { octets::from_latin1(octets) };
        let read = receipt::read(&text);
        let told = Receipt {
            id: receipted.map(str::to_owned).or(read.id),
            state: state.or(read.state),
            done: read.done,
        };
        return report(told, class & KIND == ON_ITS_WAY, text, options, now).map(Inbound::Report);
    }
    let sar = |wanted: fn(&TlvValue) -> Option<u16>| values().find_map(wanted);
    let place = place.or_else(|| {
        let number = |wanted| sar(wanted).and_then(|number| u8::try_from(number).ok());
        let reference = sar(|value| matches_u16(value, 0))?;
        octets::in_place(
            reference,
            number(|value| matches_u16(value, 2))?,
            number(|value| matches_u16(value, 1))?,
        )
    });
    message(pdu, text(coding, octets)?, place, options, now).map(Inbound::Message)
}

/// The values of the `sar_*` parameters: 0 the reference, 1 the parts in all, 2 this part.
fn matches_u16(value: &TlvValue, which: u8) -> Option<u16> {
    match (value, which) {
        (TlvValue::SarMsgRefNum(reference), 0) => Some(*reference),
        (TlvValue::SarTotalSegments(parts), 1) => Some(u16::from(*parts)),
        (TlvValue::SarSegmentSeqnum(part), 2) => Some(u16::from(*part)),
        _ => None,
    }
}

fn report(
    told: Receipt,
    on_its_way: bool,
    text: String,
    options: &Options,
    now: Timestamp,
) -> Option<DeliveryReport> {
    let id = told.id?;
    let state = match told.state.unwrap_or(DeliveryState::Unknown) {
        DeliveryState::Delivered => DeliveryState::Delivered,
        _ if on_its_way => DeliveryState::Accepted,
        state => state,
    };
    // a clock in another zone than was set would tell of the future
    let at = told.done.and_then(|done| done.at(options.receipt_zone)).map_or(now, |at| at.min(now));
    Some(DeliveryReport {
        gateway: options.gateway.clone(),
        provider_id: Some(options.message_ids.of_receipt(&id)),
        reference: None,
        part: None, // the engine knows it by the identifier
        state,
        at,
        raw: Verbatim::new(text),
        cost_milli: None,
    })
}

fn message(
    pdu: &DeliverSm,
    text: String,
    part: Option<InboundPart>,
    options: &Options,
    now: Timestamp,
) -> Option<SmsReceived> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let from = pdu.source_addr.as_str();
    if from.is_empty() {
        return None;
    }
    let international = u8::from(pdu.source_addr_ton) == 1 && digits(from);
    Some(SmsReceived {
        gateway: options.gateway.clone(),
        provider_id: None,
        from: Phone::new(if international { format!("+{from}") } else { from.to_owned() }),
        to: (!pdu.destination_addr.is_empty()).then(|| pdu.destination_addr.as_str().to_owned()),
        body: Body::new(text),
        received_at: now,
        in_reply_to: None,
        part,
        opt_out: false,
    })
}

/// The text by its `data_coding` (SMPP 3.4, 5.2.19); `None` for what is no text. The coding groups of 3GPP TS 23.038 (flash,
/// a class) are understood too.
fn text(coding: u8, octets: &[u8]) -> Option<String> {
    match coding {
        0x00 | 0x10..=0x13 | 0xC0..=0xDF | 0xF0..=0xF3 => Some(octets::from_gsm7(octets)),
        0x01 | 0x03 => Some(octets::from_latin1(octets)),
        0x08 | 0x18..=0x1B | 0xE0..=0xEF => Some(octets::from_ucs2(octets)),
        // "octets" and the rest: what reads as text may be a patient's answer
        _ => {
            let readable = |octet: &u8| matches!(octet, b'\n' | b'\r' | 0x20..=0x7E | 0xA0..=0xFF);
            octets.iter().all(readable).then(|| octets::from_latin1(octets))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusmpp::tlvs::MessageDeliveryRequestTlvValue as Tlv;
    use rusmpp::types::{AnyOctetString, COctetString, OctetString};
    use rusmpp::values::{DataCoding, EsmClass, MessagePayload, MessageState, Ton};
    use std::str::FromStr;

    const NOW: &str = "2026-11-22T10:00:00Z";

    fn pdu(class: u8, coding: u8, octets: &[u8]) -> DeliverSm {
        DeliverSm::builder()
            .source_addr_ton(Ton::International)
            .source_addr(COctetString::from_str("48501234567").unwrap())
            .destination_addr(COctetString::from_str("7055").unwrap())
            .esm_class(EsmClass::from(class))
            .data_coding(DataCoding::from(coding))
            .short_message(OctetString::from_slice(octets).unwrap())
            .build()
    }

    fn read_now(pdu: &DeliverSm) -> Option<Inbound> {
        let options = Options::new("smpp".into(), "localhost", 2775, "clinic", "secret08");
        read(pdu, &options, NOW.parse().unwrap())
    }

    fn message(pdu: &DeliverSm) -> SmsReceived {
        match read_now(pdu) {
            Some(Inbound::Message(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    fn report(pdu: &DeliverSm) -> DeliveryReport {
        match read_now(pdu) {
            Some(Inbound::Report(report)) => report,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_in_every_coding() {
        let body = |coding, octets: &[u8]| message(&pdu(0, coding, octets)).body.reveal().to_owned();
        assert_eq!(body(0, &[0x54, 0x1B, 0x65]), "T€");
        assert_eq!(body(1, b"TAK"), "TAK");
        assert_eq!(body(3, &[0x54, 0xF3]), "Tó");
        assert_eq!(body(8, &[0x01, 0x7C]), "ż");
        assert_eq!(body(0x18, &[0x01, 0x7C]), "ż");
        assert_eq!(body(4, b"TAK"), "TAK");
        assert_eq!(read_now(&pdu(0, 4, &[0x01, 0x06, 0x03])), None, "no text");
        let whole = message(&pdu(0, 1, b"TAK"));
        assert_eq!((whole.from.reveal(), whole.to.as_deref()), ("+48501234567", Some("7055")));
        assert_eq!((whole.received_at.to_string(), whole.part), ("2026-11-22T10:00:00.000Z".into(), None));
    }

    #[test]
    fn a_part_by_its_header_or_its_parameters() {
        let part = InboundPart { reference: 9, part: 1, parts: 2 };
        let by_header = message(&pdu(0x40, 0, &[5, 0, 3, 9, 2, 1, 0x54]));
        assert_eq!((by_header.part, by_header.body.reveal()), (Some(part), "T"));
        let mut sar = pdu(0, 0, b"T");
        sar.push_tlv(Tlv::SarMsgRefNum(9));
        sar.push_tlv(Tlv::SarTotalSegments(2));
        sar.push_tlv(Tlv::SarSegmentSeqnum(1));
        assert_eq!(message(&sar).part, Some(part));
        assert_eq!(read_now(&pdu(0x40, 0, &[9, 0])), None, "a header longer than the message");
    }

    #[test]
    fn a_text_in_message_payload() {
        let mut long = pdu(0, 8, b"");
        long.push_tlv(Tlv::MessagePayload(MessagePayload::new(AnyOctetString::from_slice(&octets::ucs2(
            "żółć",
        )))));
        assert_eq!(message(&long).body.reveal(), "żółć");
    }

    #[test]
    fn parameters_go_before_the_text_of_a_receipt() {
        let mut both = pdu(0x04, 0, b"id:1 stat:ENROUTE done date:2611221000 text:Dzien dobry");
        both.push_tlv(Tlv::ReceiptedMessageId(COctetString::from_str("A-1").unwrap()));
        both.push_tlv(Tlv::MessageState(MessageState::Delivered));
        let told = report(&both);
        assert_eq!((told.provider_id.as_deref(), told.state), (Some("A-1"), DeliveryState::Delivered));
        assert_eq!(told.at.to_string(), "2026-11-22T10:00:00.000Z");
        assert!(told.raw.reveal().ends_with("text:Dzien dobry"), "kept for the record");
        both.esm_class = EsmClass::from(0);
        assert_eq!(report(&both), told, "the class forgotten");
        both.clear_tlvs();
        both.esm_class = EsmClass::from(0x04);
        assert_eq!(report(&both).state, DeliveryState::Accepted);
    }

    #[test]
    fn a_receipt_of_the_future_is_of_now_and_one_without_an_identifier_is_none() {
        assert_eq!(
            report(&pdu(4, 0, b"id:1 stat:DELIVRD done date:3001010000")).at.to_string(),
            "2026-11-22T10:00:00.000Z"
        );
        assert_eq!(report(&pdu(4, 0, b"id:1")).state, DeliveryState::Unknown);
        assert_eq!(
            report(&pdu(0x20, 0, b"id:1 stat:UNDELIV")).state,
            DeliveryState::Accepted,
            "still on its way"
        );
        assert_eq!(read_now(&pdu(4, 0, b"stat:DELIVRD")), None);
    }

    #[test]
    fn a_person_cannot_write_a_receipt() {
        assert_eq!(message(&pdu(0, 0, b"id:1 stat:DELIVRD")).body.reveal(), "id:1 stat:DELIVRD");
    }
}
