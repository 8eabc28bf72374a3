//! A submission as `submit_sm`, one a part: addresses, octets, header, validity (SMPP 3.4, 4.4). Nothing is sent here.

use crate::octets;
use crate::options::{AddressKind, Concatenation, MAX_VALIDITY_MS, Options};
use bytes::Bytes;
use depesza::model::{Encoding, ReferenceBits, RejectClass, SECOND_MS, SplitOptions, Submission};
use depesza::text::{segments, split};
use rusmpp::pdus::SubmitSm;
use rusmpp::tlvs::MessageSubmissionRequestTlvValue as Tlv;
use rusmpp::types::{AnyOctetString, COctetString, EmptyOrFullCOctetString, OctetString};
use rusmpp::values::{DataCoding, EsmClass, MessagePayload, Npi, RegisteredDelivery, ServiceType, Ton};

/// `data_coding` of UCS-2 (SMPP 3.4, 5.2.19).
const UCS2: u8 = 8;
/// `esm_class` (SMPP 3.4, 5.2.12): the SMSC's own mode, an ordinary message. (rusmpp's default is an acknowledgement.)
const ORDINARY: u8 = 0;
/// The same with a user data header.
const HEADER: u8 = 0b0100_0000;
/// The longest sender of digits that is a short code.
const SHORT_CODE: usize = 6;

/// Why a message cannot be put into PDUs: it was never sent.
pub(crate) type Refusal = (RejectClass, &'static str);

/// A message as its PDUs, in order. `reference` ties its parts together.
pub(crate) fn parts(
    message: &Submission,
    reference: u16,
    options: &Options,
) -> Result<Vec<SubmitSm>, Refusal> {
    let base = base(message, options)?;
    let encoding = segments(message.body.reveal()).encoding;
    let coding = match encoding {
        Encoding::Gsm7 => options.gsm7_data_coding,
        Encoding::Ucs2 => UCS2,
    };
    let base = base.with_data_coding(DataCoding::from(coding));
    // the parts that the engine counted
    let reference_bits = match options.concatenation {
        Concatenation::Udh16 => ReferenceBits::Sixteen,
        Concatenation::Udh | Concatenation::Sar | Concatenation::Payload => ReferenceBits::Eight,
    };
    let texts = split(message.body.reveal(), SplitOptions { reference_bits, ..SplitOptions::default() })
        .map_err(|_| (RejectClass::TooLong, "more than 255 parts"))?;
    let count = u8::try_from(texts.len()).map_err(|_| (RejectClass::TooLong, "more than 255 parts"))?;
    if count > 1 && options.concatenation == Concatenation::Payload {
        let payload = AnyOctetString::from_vec(encode(message.body.reveal(), encoding)?);
        let mut whole = base;
        whole.push_tlv(Tlv::MessagePayload(MessagePayload::new(payload)));
        return Ok(vec![whole]);
    }
    let numbered = texts.into_iter().zip(1_u8..);
    numbered
        .map(|(text, part)| one(&base, encode(text, encoding)?, (reference, count, part), options))
        .collect()
}

/// One part: its octets, and its place where there are several.
fn one(
    base: &SubmitSm,
    text: Vec<u8>,
    (reference, count, part): (u16, u8, u8),
    options: &Options,
) -> Result<SubmitSm, Refusal> {
    let mut pdu = base.clone();
    let mut octets = Vec::new();
    match options.concatenation {
        _ if count == 1 => {}
        Concatenation::Sar => {
            pdu.push_tlv(Tlv::SarMsgRefNum(reference));
            pdu.push_tlv(Tlv::SarTotalSegments(count));
            pdu.push_tlv(Tlv::SarSegmentSeqnum(part));
        }
        Concatenation::Udh16 => octets.extend(octets::header_16(reference, count, part)),
        Concatenation::Udh | Concatenation::Payload => {
            octets.extend(octets::header_8(reference, count, part))
        }
    }
    if !octets.is_empty() {
        pdu.esm_class = EsmClass::from(HEADER);
    }
    octets.extend(text);
    let octets = OctetString::from_vec(octets)
        .map_err(|_| (RejectClass::TooLong, "a part of more than 254 octets"))?;
    Ok(pdu.with_short_message(octets))
}

fn encode(text: &str, encoding: Encoding) -> Result<Vec<u8>, Refusal> {
    match encoding {
        Encoding::Gsm7 => octets::gsm7(text).ok_or((RejectClass::Content, "a character outside of GSM-7")),
        Encoding::Ucs2 => Ok(octets::ucs2(text)),
    }
}

/// What all parts have in common.
fn base(message: &Submission, options: &Options) -> Result<SubmitSm, Refusal> {
    let invalid = (RejectClass::RecipientInvalid, "not a number of 1 to 20 digits");
    let digits = message.to.reveal().strip_prefix('+').unwrap_or(message.to.reveal());
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid);
    }
    let (source, kind) = sender(message.sender.as_deref().or(options.sender.as_deref()), options)?;
    let left_ms = message.not_after.since_ms(message.at);
    if left_ms < SECOND_MS {
        return Err((RejectClass::Expired, "its time is up"));
    }
    let service = COctetString::from_string(options.service_type.clone()).unwrap_or_default();
    Ok(SubmitSm::builder()
        .service_type(ServiceType::new(service))
        .source_addr_ton(Ton::from(kind.ton))
        .source_addr_npi(Npi::from(kind.npi))
        .source_addr(source)
        .dest_addr_ton(Ton::from(options.destination.ton))
        .dest_addr_npi(Npi::from(options.destination.npi))
        .destination_addr(COctetString::from_string(digits.to_owned()).map_err(|_| invalid)?)
        .esm_class(EsmClass::from(ORDINARY))
        .validity_period(EmptyOrFullCOctetString::from_string(validity(left_ms)).unwrap_or_default())
        .registered_delivery(RegisteredDelivery::from(options.registered_delivery))
        .build())
}

/// A sender as an address with its kind; none is the SMSC's default.
fn sender(sender: Option<&str>, options: &Options) -> Result<(COctetString<1, 21>, AddressKind), Refusal> {
    let refused = (RejectClass::SenderNotAllowed, "not a sender of 1 to 20 characters of ASCII");
    let Some(sender) = sender.filter(|sender| !sender.is_empty()) else {
        return Ok((COctetString::empty(), AddressKind { ton: 0, npi: 0 }));
    };
    let digits = sender.strip_prefix('+').unwrap_or(sender);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (text, kind) = match is_number {
        true if digits.len() <= SHORT_CODE && !sender.starts_with('+') => (digits, options.short_code),
        true => (digits, options.numeric),
        false => (sender, options.alphanumeric),
    };
    Ok((COctetString::from_bytes(Bytes::from([text.as_bytes(), &[0]].concat())).map_err(|_| refused)?, kind))
}

/// A time left, in milliseconds, as `validity_period` in its relative form `YYMMDDhhmmss000R` (SMPP 3.4, 7.1.1.2). Years and
/// months are of no fixed length: days are the largest unit.
fn validity(left_ms: i64) -> String {
    let seconds = left_ms.clamp(SECOND_MS, MAX_VALIDITY_MS) / SECOND_MS;
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    format!("0000{days:02}{:02}{:02}{:02}000R", hours % 24, minutes % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use depesza::model::{DAY_MS, HOUR_MS, Phone, Purpose, Timestamp};
    use rusmpp::tlvs::TlvValue;

    fn submission(text: &str) -> Submission {
        let at: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let counted = segments(text);
        Submission {
            reference: "r1".into(),
            to: Phone::new("+48501234567"),
            sender: Some("KLINIKA".into()),
            body: text.into(),
            encoding: counted.encoding,
            parts: counted.count,
            purpose: Purpose::default(),
            at,
            not_after: at.plus_ms(26 * HOUR_MS + 61_000),
        }
    }

    fn options() -> Options {
        Options::new("smpp".into(), "localhost", 2775, "clinic", "secret08")
    }

    fn parts_of(text: &str, options: &Options) -> Vec<SubmitSm> {
        parts(&submission(text), 0x0102, options).unwrap()
    }

    #[test]
    fn a_text_of_one_part() {
        let pdus = parts_of("Wizyta [jutro] za 5 €", &options());
        let [pdu] = &pdus[..] else { panic!("{}", pdus.len()) };
        assert_eq!(pdu.source_addr.as_str(), "KLINIKA");
        assert_eq!((pdu.source_addr_ton, pdu.source_addr_npi), (Ton::Alphanumeric, Npi::Unknown));
        assert_eq!(pdu.destination_addr.as_str(), "48501234567");
        assert_eq!((pdu.dest_addr_ton, u8::from(pdu.dest_addr_npi)), (Ton::International, 1));
        assert_eq!(u8::from(pdu.data_coding), 0);
        assert_eq!(u8::from(pdu.esm_class), 0);
        assert_eq!(u8::from(pdu.registered_delivery), 1);
        assert_eq!(pdu.validity_period.as_str(), "000001020101000R");
        assert_eq!(octets::from_gsm7(pdu.short_message()), "Wizyta [jutro] za 5 €");
    }

    #[test]
    fn parts_with_a_header_are_those_that_were_counted() {
        for text in ["[{zdanie} za 5 €] ".repeat(20), "Zażółć gęślą jaźń 😀 ".repeat(12)] {
            let pdus = parts_of(&text, &options());
            assert_eq!(pdus.len(), segments(&text).count as usize);
            let mut joined = String::new();
            for (pdu, part) in pdus.iter().zip(1..) {
                assert_eq!(u8::from(pdu.esm_class), 0x40);
                let (place, octets) = octets::take_header(pdu.short_message()).unwrap();
                let place = place.unwrap();
                assert_eq!((place.reference, place.part, usize::from(place.parts)), (2, part, pdus.len()));
                assert!(pdu.short_message().len() <= 160);
                match u8::from(pdu.data_coding) {
                    0 => joined += &octets::from_gsm7(octets),
                    _ => joined += &octets::from_ucs2(octets),
                }
            }
            assert_eq!(joined, text);
        }
    }

    #[test]
    fn parts_in_other_ways() {
        let text = "Zażółć gęślą jaźń 😀 ".repeat(12);
        let sar = parts_of(&text, &Options { concatenation: Concatenation::Sar, ..options() });
        assert_eq!(sar.len(), segments(&text).count as usize);
        let values: Vec<_> = sar[1].tlvs().iter().filter_map(|tlv| tlv.value().cloned()).collect();
        let parts = u8::try_from(sar.len()).unwrap();
        assert_eq!(
            values,
            [
                TlvValue::SarMsgRefNum(0x0102),
                TlvValue::SarTotalSegments(parts),
                TlvValue::SarSegmentSeqnum(2)
            ]
        );
        assert_eq!(u8::from(sar[1].esm_class), 0);

        let wide = parts_of(&"a".repeat(306), &Options { concatenation: Concatenation::Udh16, ..options() });
        assert_eq!((wide.len(), &wide[2].short_message()[..]), (3, &[6, 8, 4, 1, 2, 3, 3, b'a', b'a'][..]));

        let payload = parts_of(&text, &Options { concatenation: Concatenation::Payload, ..options() });
        let [whole] = &payload[..] else { panic!() };
        let Some(TlvValue::MessagePayload(found)) = whole.tlvs()[0].value() else { panic!() };
        assert_eq!(octets::from_ucs2(&found.value), text);
        assert!(whole.short_message().is_empty());
    }

    #[test]
    fn senders_by_kind() {
        let kind = |text: Option<&str>| {
            sender(text, &options()).map(|(text, kind)| (text.to_string(), kind.ton, kind.npi))
        };
        assert_eq!(kind(None), Ok((String::new(), 0, 0)));
        assert_eq!(kind(Some("+48221234567")), Ok(("48221234567".into(), 1, 1)));
        assert_eq!(kind(Some("48221234567")), Ok(("48221234567".into(), 1, 1)));
        assert_eq!(kind(Some("7055")), Ok(("7055".into(), 3, 0)));
        assert_eq!(kind(Some("Klinika 24")), Ok(("Klinika 24".into(), 5, 0)));
        assert_eq!(kind(Some("Łódź")).unwrap_err().0, RejectClass::SenderNotAllowed);
        assert_eq!(
            kind(Some("A sender far too long for the field")).unwrap_err().0,
            RejectClass::SenderNotAllowed
        );
    }

    #[test]
    fn what_cannot_go_is_refused_before_it_is_sent() {
        let refused = |change: fn(&mut Submission)| {
            let mut message = submission("Tak");
            change(&mut message);
            parts(&message, 1, &options()).unwrap_err().0
        };
        assert_eq!(refused(|message| message.to = Phone::new("klinika")), RejectClass::RecipientInvalid);
        assert_eq!(refused(|message| message.to = Phone::new("+")), RejectClass::RecipientInvalid);
        assert_eq!(
            refused(|message| message.to = Phone::new("+481234567890123456789")),
            RejectClass::RecipientInvalid
        );
        assert_eq!(refused(|message| message.not_after = message.at), RejectClass::Expired);
        assert_eq!(refused(|message| message.body = "ż".repeat(70 * 255).into()), RejectClass::TooLong);
    }

    #[test]
    fn validity_in_its_relative_form() {
        assert_eq!(validity(90_061_999), "000001010101000R");
        assert_eq!(validity(1), "000000000001000R");
        assert_eq!(validity(400 * DAY_MS), "000031000000000R");
    }
}
