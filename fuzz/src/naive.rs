//! Counting and cutting, character by character, from 3GPP TS 23.038 and TS 23.040 alone: what is fast must equal it.

use depesza::model::{Encoding, ReferenceBits, Segments};

/// 3GPP TS 23.038, 6.2.1, without the escape.
const DEFAULT: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
    ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// 3GPP TS 23.038, 6.2.1.1.
const EXTENSION: &str = "\u{C}^{}\\[~]|€";

/// The octets of user data (TS 23.040, 9.2.3.24), and of a header with a reference of 8 or 16 bits.
const OCTETS: u32 = 140;
const HEADER_8: u32 = 6;
const HEADER_16: u32 = 7;

/// Septets of a character; none outside the alphabet.
pub fn septets(character: char) -> Option<u32> {
    if DEFAULT.contains(character) {
        Some(1)
    } else if EXTENSION.contains(character) {
        Some(2)
    } else {
        None
    }
}

/// The coding: GSM-7 when every character is in its alphabet.
pub fn encoding(text: &str) -> Encoding {
    match text.chars().all(|character| septets(character).is_some()) {
        true => Encoding::Gsm7,
        false => Encoding::Ucs2,
    }
}

/// Units of a text in a coding, which has all its characters.
pub fn units(text: &str, encoding: Encoding) -> u32 {
    text.chars().map(|character| width(character, encoding)).sum()
}

fn width(character: char, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Gsm7 => septets(character).expect("a character of the alphabet"),
        Encoding::Ucs2 => {
            if u32::from(character) < 0x1_0000 {
                1
            } else {
                2
            }
        }
    }
}

fn fit(octets: u32, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Gsm7 => octets * 8 / 7,
        Encoding::Ucs2 => octets / 2,
    }
}

/// Units of one part of several.
pub fn part(encoding: Encoding, reference: ReferenceBits) -> u32 {
    let header = match reference {
        ReferenceBits::Eight => HEADER_8,
        ReferenceBits::Sixteen => HEADER_16,
    };
    fit(OCTETS - header, encoding)
}

/// What a text costs.
pub fn segments(text: &str, reference: ReferenceBits) -> Segments {
    let encoding = encoding(text);
    let total = units(text, encoding);
    let parts = cut(text, reference);
    let room = if parts.len() == 1 { fit(OCTETS, encoding) } else { part(encoding, reference) };
    let last = units(parts.last().expect("one at least"), encoding);
    let count = u32::try_from(parts.len()).expect("a text in memory");
    Segments { encoding, units: total, count, remaining: room - last }
}

/// The parts: each takes characters until the next does not fit.
pub fn cut(text: &str, reference: ReferenceBits) -> Vec<String> {
    let encoding = encoding(text);
    if units(text, encoding) <= fit(OCTETS, encoding) {
        return vec![text.to_owned()];
    }
    let (mut parts, mut used) = (vec![String::new()], 0);
    for character in text.chars() {
        let width = width(character, encoding);
        if used + width > part(encoding, reference) {
            parts.push(String::new());
            used = 0;
        }
        parts.last_mut().expect("one at least").push(character);
        used += width;
    }
    parts
}
