//! Texts as octets and back: GSM 03.38 with a septet an octet, UCS-2, and the header of a part. No PDU is known here.

use depesza::model::InboundPart;
use depesza::text::gsm7::{BASIC, ESCAPE, EXTENSION};

/// The code of the escape to the extension table.
const ESCAPE_CODE: u8 = 0x1B;
/// Information elements of a user data header (3GPP TS 23.040, 9.2.3.24): concatenation with an 8-bit reference …
const CONCATENATED_8: u8 = 0x00;
/// … and with a 16-bit one.
const CONCATENATED_16: u8 = 0x08;

/// A text in GSM-7, a septet an octet (3GPP TS 23.038, 6.2.1); `None` where a character is outside.
pub(crate) fn gsm7(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len());
    for character in text.chars() {
        if let Some((code, _)) = EXTENSION.iter().find(|(_, extension)| *extension == character) {
            octets.extend([ESCAPE_CODE, *code]);
        } else if character == ESCAPE {
            return None;
        } else {
            let code = BASIC.iter().position(|basic| *basic == character)?;
            octets.push(u8::try_from(code).ok()?);
        }
    }
    Some(octets)
}

/// The text of septets, one an octet. The top bit is ignored; an unknown extension shows its code in the default alphabet,
/// as 3GPP TS 23.038, 6.2.1.1 asks of handsets; an escape at the end is a space.
pub(crate) fn from_gsm7(octets: &[u8]) -> String {
    let basic = |code: u8| BASIC.get(usize::from(code)).copied().unwrap_or(' ');
    let mut codes = octets.iter().map(|octet| octet & 0x7F);
    let mut text = String::with_capacity(octets.len());
    while let Some(code) = codes.next() {
        if code != ESCAPE_CODE {
            text.push(basic(code));
            continue;
        }
        let next = codes.next().unwrap_or(0x20);
        let extension = EXTENSION.iter().find(|(code, _)| *code == next).map(|(_, character)| *character);
        text.push(extension.unwrap_or(if next == ESCAPE_CODE { ' ' } else { basic(next) }));
    }
    text
}

/// A text in UCS-2: UTF-16, the high octet first.
pub(crate) fn ucs2(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_be_bytes).collect()
}

/// The text of UTF-16; what is no character is shown as U+FFFD, an odd octet at the end is left out.
pub(crate) fn from_ucs2(octets: &[u8]) -> String {
    let units =
        octets.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, octet| unit << 8 | u16::from(*octet)));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The text of ISO 8859-1.
pub(crate) fn from_latin1(octets: &[u8]) -> String {
    octets.iter().map(|octet| char::from(*octet)).collect()
}

/// The user data header of a part, with its length in front: with an 8-bit reference …
pub(crate) fn header_8(reference: u16, parts: u8, part: u8) -> [u8; 6] {
    let [_, low] = reference.to_be_bytes();
    [5, CONCATENATED_8, 3, low, parts, part]
}

/// … and with a 16-bit one.
pub(crate) fn header_16(reference: u16, parts: u8, part: u8) -> [u8; 7] {
    let [high, low] = reference.to_be_bytes();
    [6, CONCATENATED_16, 4, high, low, parts, part]
}

/// Takes a user data header off: the place it tells, and the octets behind it. `None` where its lengths do not fit.
pub(crate) fn take_header(octets: &[u8]) -> Option<(Option<InboundPart>, &[u8])> {
    let (length, rest) = octets.split_first()?;
    let (mut elements, text) = rest.split_at_checked(usize::from(*length))?;
    let mut place = None;
    while let [kind, length, rest @ ..] = elements {
        let (value, others) = rest.split_at_checked(usize::from(*length))?;
        place = match (*kind, value) {
            (CONCATENATED_8, [reference, parts, part]) => in_place(u16::from(*reference), *part, *parts),
            (CONCATENATED_16, [high, low, parts, part]) => {
                in_place(u16::from_be_bytes([*high, *low]), *part, *parts)
            }
            _ => place,
        };
        elements = others;
    }
    Some((place, text))
}

/// A place among parts, where it is one: 3GPP TS 23.040 has a receiver ignore the others.
pub(crate) fn in_place(reference: u16, part: u8, parts: u8) -> Option<InboundPart> {
    (part >= 1 && part <= parts).then_some(InboundPart { reference, part, parts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_octets() {
        assert_eq!(gsm7("@£ {€}\n").unwrap(), [0, 1, 0x20, 0x1B, 0x28, 0x1B, 0x65, 0x1B, 0x29, 0x0A]);
        assert_eq!(gsm7("zażółć"), None);
        assert_eq!(gsm7("\u{1B}"), None);
        assert_eq!(ucs2("ż😀"), [0x01, 0x7C, 0xD8, 0x3D, 0xDE, 0x00]);
        assert_eq!(from_latin1(&[0x54, 0xF3]), "Tó");
        assert_eq!(header_8(0x1AB, 3, 2), [5, 0, 3, 0xAB, 3, 2]);
        assert_eq!(header_16(0x1AB, 3, 2), [6, 8, 4, 1, 0xAB, 3, 2]);
    }

    #[test]
    fn what_a_handset_may_send_is_shown_somehow() {
        assert_eq!(from_gsm7(&[0x1B]), " ");
        assert_eq!(from_gsm7(&[0x1B, 0x1B]), " ");
        assert_eq!(from_gsm7(&[0x1B, 0x41]), "A");
        assert_eq!(from_gsm7(&[0xC1]), "A");
        assert_eq!(from_ucs2(&[0xD8, 0x3D]), "\u{FFFD}");
        assert_eq!(from_ucs2(&[0x00, 0x41, 0x00]), "A");
    }

    #[test]
    fn headers() {
        let place = |reference, part, parts| Some(InboundPart { reference, part, parts });
        assert_eq!(take_header(&[5, 0, 3, 7, 2, 1, 65]), Some((place(7, 1, 2), &[65][..])));
        assert_eq!(take_header(&[6, 8, 4, 1, 2, 3, 3, 66]), Some((place(0x0102, 3, 3), &[66][..])));
        // ports first (3GPP TS 23.040, 9.2.3.24.4), then the place
        assert_eq!(take_header(&[11, 5, 4, 0, 1, 0, 2, 0, 3, 9, 2, 2]), Some((place(9, 2, 2), &[][..])));
        assert_eq!(take_header(&[5, 0, 3, 7, 2, 3, 65]), Some((None, &[65][..])), "part 3 of 2");
        assert_eq!(take_header(&[5, 0, 3, 7]), None);
        assert_eq!(take_header(&[2, 0, 9, 65]), None);
        assert_eq!(take_header(&[]), None);
    }

    proptest! {
        #[test]
        fn gsm7_comes_back(codes in prop::collection::vec(0_usize..138, 0..200)) {
            let all = BASIC.iter().filter(|c| **c != ESCAPE).chain(EXTENSION.iter().map(|(_, c)| c));
            let all: Vec<char> = all.copied().collect();
            let text: String = codes.into_iter().filter_map(|code| all.get(code)).collect();
            prop_assert_eq!(from_gsm7(&gsm7(&text).unwrap()), text);
        }

        #[test]
        fn ucs2_comes_back(text in ".{0,80}") {
            prop_assert_eq!(from_ucs2(&ucs2(&text)), text);
        }

        #[test]
        fn no_octets_make_it_panic(octets in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = (take_header(&octets), from_gsm7(&octets), from_ucs2(&octets));
        }
    }
}
