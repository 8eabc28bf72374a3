//! A `deliver_sm` as the engine's fact: a delivery report or an incoming message (SMPP 3.4, 4.6). Nothing is answered here.

use crate::delivery::Delivery;
use crate::octets;
use crate::options::{MessageIds, Options};
use crate::receipt::{self, Receipt};
use depesza::model::{
    Body, DeliveryReport, DeliveryState, InboundPart, Phone, SmsReceived, Timestamp, Verbatim,
};

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

/// What a `deliver_sm` brings; `None` when it is nothing that a host could take: a receipt without an identifier, octets
/// that are no text.
pub(crate) fn read(delivery: Delivery<'_>, options: &Options, now: Timestamp) -> Option<Inbound> {
    let kind = delivery.esm_class & KIND;
    let (place, octets) = match delivery.esm_class & HEADER {
        0 => (None, delivery.octets),
        _ => octets::take_header(delivery.octets)?,
    };
    // some SMSCs forget the class, never the parameters
    let by_parameters = delivery.receipted_message_id.is_some() && delivery.message_state.is_some();
    if matches!(kind, RECEIPT | ON_ITS_WAY) || by_parameters {
        let text =
            if delivery.data_coding == 8 { octets::from_ucs2(octets) } else { octets::from_latin1(octets) };
        let read = receipt::read(&text);
        let told = Receipt {
            id: match options.message_ids {
                MessageIds::Same => delivery.receipted_message_id.or(read.id),
                // the form that was agreed on is the text's; the parameter is often as in the response
                MessageIds::HexThenDecimal | MessageIds::DecimalThenHex => {
                    read.id.or(delivery.receipted_message_id)
                }
            },
            state: delivery.message_state.map(receipt::state_of_number).or(read.state),
            done: read.done,
        };
        return report(told, kind == ON_ITS_WAY, text, options, now).map(Inbound::Report);
    }
    let by_parameters = || octets::in_place(delivery.sar_reference?, delivery.sar_part?, delivery.sar_parts?);
    let part = place.or_else(by_parameters);
    let text = text(delivery.data_coding, octets)?;
    message(delivery, text, part, options, now).map(Inbound::Message)
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
    delivery: Delivery<'_>,
    text: String,
    part: Option<InboundPart>,
    options: &Options,
    now: Timestamp,
) -> Option<SmsReceived> {
    let from = delivery.source;
    let international = delivery.source_ton == 1 && from.bytes().all(|byte| byte.is_ascii_digit());
    (!from.is_empty()).then(|| SmsReceived {
        gateway: options.gateway.clone(),
        provider_id: None,
        from: Phone::new(if international { format!("+{from}") } else { from }),
        to: (!delivery.destination.is_empty()).then_some(delivery.destination),
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

    const NOW: &str = "2026-11-22T10:00:00Z";

    fn delivery(esm_class: u8, data_coding: u8, octets: &[u8]) -> Delivery<'_> {
        let (source, destination) = ("48501234567".to_owned(), "7055".to_owned());
        Delivery { source_ton: 1, source, destination, esm_class, data_coding, octets, ..Delivery::default() }
    }

    fn read_now(delivery: Delivery<'_>) -> Option<Inbound> {
        let options = Options::new("smpp".into(), "localhost", 2775, "clinic", "secret08");
        read(delivery, &options, NOW.parse().unwrap())
    }

    fn message(delivery: Delivery<'_>) -> SmsReceived {
        match read_now(delivery) {
            Some(Inbound::Message(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    fn report(delivery: Delivery<'_>) -> DeliveryReport {
        match read_now(delivery) {
            Some(Inbound::Report(report)) => report,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_in_every_coding() {
        let body = |coding, octets: &[u8]| message(delivery(0, coding, octets)).body.reveal().to_owned();
        assert_eq!(body(0, &[0x54, 0x1B, 0x65]), "T€");
        assert_eq!(body(1, b"TAK"), "TAK");
        assert_eq!(body(3, &[0x54, 0xF3]), "Tó");
        assert_eq!(body(8, &[0x01, 0x7C]), "ż");
        assert_eq!(body(0x18, &[0x01, 0x7C]), "ż");
        assert_eq!(body(4, b"TAK"), "TAK");
        assert_eq!(read_now(delivery(0, 4, &[0x01, 0x06, 0x03])), None, "no text");
        let whole = message(delivery(0, 1, b"TAK"));
        assert_eq!((whole.from.reveal(), whole.to.as_deref()), ("+48501234567", Some("7055")));
        assert_eq!((whole.received_at.to_string(), whole.part), ("2026-11-22T10:00:00.000Z".into(), None));
    }

    #[test]
    fn a_sender_is_a_number_with_a_plus_only_when_the_smsc_says_so() {
        let of = |ton, source: &str| Delivery {
            source_ton: ton,
            source: source.to_owned(),
            ..delivery(0, 0, b"T")
        };
        let from = |ton, source| message(of(ton, source)).from.reveal().to_owned();
        assert_eq!(from(1, "48501234567"), "+48501234567");
        assert_eq!(from(1, "+48501234567"), "+48501234567");
        assert_eq!(from(0, "501234567"), "501234567");
        assert_eq!(from(5, "PLAY"), "PLAY");
        assert_eq!(read_now(of(0, "")), None);
    }

    #[test]
    fn a_part_by_its_header_or_its_parameters() {
        let part = InboundPart { reference: 9, part: 1, parts: 2 };
        let by_header = message(delivery(0x40, 0, &[5, 0, 3, 9, 2, 1, 0x54]));
        assert_eq!((by_header.part, by_header.body.reveal()), (Some(part), "T"));
        let (sar_reference, sar_part, sar_parts) = (Some(9), Some(1), Some(2));
        let sar = Delivery { sar_reference, sar_part, sar_parts, ..delivery(0, 0, b"T") };
        assert_eq!(message(sar).part, Some(part));
        assert_eq!(read_now(delivery(0x40, 0, &[9, 0])), None, "a header longer than the message");
    }

    #[test]
    fn parameters_go_before_the_text_of_a_receipt() {
        let text = b"id:1 stat:ENROUTE done date:2611221000 text:Dzien dobry";
        let (receipted_message_id, message_state) = (Some("A-1".to_owned()), Some(2));
        let both = Delivery { receipted_message_id, message_state, ..delivery(0x04, 0, text) };
        let told = report(both.clone());
        assert_eq!((told.provider_id.as_deref(), told.state), (Some("A-1"), DeliveryState::Delivered));
        assert_eq!(told.at.to_string(), "2026-11-22T10:00:00.000Z");
        assert!(told.raw.reveal().ends_with("text:Dzien dobry"), "kept for the record");
        assert_eq!(report(Delivery { esm_class: 0, ..both }), told, "the class forgotten");
        assert_eq!(report(delivery(0x04, 0, text)).state, DeliveryState::Accepted);
    }

    #[test]
    fn where_identifiers_have_two_forms_the_text_has_the_one_of_receipts() {
        for (message_ids, in_response, in_text) in
            [(MessageIds::HexThenDecimal, "1234", "4660"), (MessageIds::DecimalThenHex, "4660", "1234")]
        {
            let mut options = Options::new("smpp".into(), "localhost", 2775, "clinic", "secret08");
            options.message_ids = message_ids;
            let text = format!("id:{in_text} stat:DELIVRD");
            let both = Delivery {
                receipted_message_id: Some(in_response.to_owned()),
                message_state: Some(2),
                ..delivery(0x04, 0, text.as_bytes())
            };
            let Some(Inbound::Report(told)) = read(both, &options, NOW.parse().unwrap()) else {
                panic!("no report")
            };
            assert_eq!(told.provider_id.as_deref(), Some("4660"));
        }
    }

    #[test]
    fn a_receipt_of_the_future_is_of_now_and_one_without_an_identifier_is_none() {
        let future = report(delivery(4, 0, b"id:1 stat:DELIVRD done date:3001010000"));
        assert_eq!(future.at.to_string(), "2026-11-22T10:00:00.000Z");
        assert_eq!(report(delivery(4, 0, b"id:1")).state, DeliveryState::Unknown);
        let on_its_way = report(delivery(0x20, 0, b"id:1 stat:UNDELIV"));
        assert_eq!(on_its_way.state, DeliveryState::Accepted, "not its last word");
        assert_eq!(read_now(delivery(4, 0, b"stat:DELIVRD")), None);
    }

    #[test]
    fn a_person_cannot_write_a_receipt() {
        assert_eq!(message(delivery(0, 0, b"id:1 stat:DELIVRD")).body.reveal(), "id:1 stat:DELIVRD");
    }
}
