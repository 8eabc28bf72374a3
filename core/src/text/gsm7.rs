//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038, 6.2.1 and 6.2.1.1), and nothing else.
//!
//! National language tables are not used: none is Polish, and few handsets have them.

/// The escape to the extension table, at 0x1B. It is no character: a text that holds it is not 7-bit.
pub const ESCAPE: char = '\u{1B}';

/// The default alphabet: the character at each code, with [`ESCAPE`] at 0x1B.
#[rustfmt::skip]
pub const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', // 0x00
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', ESCAPE, 'Æ', 'æ', 'ß', 'É', // 0x10
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', // 0x20
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', // 0x30
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', // 0x40
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', // 0x50
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', // 0x60
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à', // 0x70
];

/// The extension table: the code after the escape, and the character.
pub const EXTENSION: [(u8, char); 10] = [
    (0x0A, '\u{0C}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2F, '\\'),
    (0x3C, '['),
    (0x3D, '~'),
    (0x3E, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

// the default alphabet lies in three blocks of 128 code points: a bit for each code point, made from the table
const ASCII: u128 = block(0);
const LATIN_1: u128 = block(1);
const GREEK: u128 = block(7);

const fn block(number: u32) -> u128 {
    let mut bits = 0;
    let mut rest: &[char] = &BASIC;
    while let [character, tail @ ..] = rest {
        let code = *character as u32;
        if code >> 7 == number && code != ESCAPE as u32 {
            bits |= 1 << (code & 0x7F);
        }
        rest = tail;
    }
    bits
}

/// Septets that the character takes: 1 in the default alphabet, 2 in the extension table, `None` outside both.
#[must_use]
pub fn septets(character: char) -> Option<u32> {
    let code = u32::from(character);
    let block = match code >> 7 {
        0 => ASCII,
        1 => LATIN_1,
        7 => GREEK,
        _ => 0,
    };
    if block >> (code & 0x7F) & 1 == 1 {
        Some(1)
    } else {
        EXTENSION.iter().any(|(_, extension)| *extension == character).then_some(2)
    }
}

/// Whether every character of the text is in the alphabet or its extension.
#[must_use]
pub fn fits(text: &str) -> bool {
    text.chars().all(|character| septets(character).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_point_of_unicode_is_in_the_tables_or_outside() {
        for character in '\0'..=char::MAX {
            let expected = if character == ESCAPE {
                None
            } else if BASIC.contains(&character) {
                Some(1)
            } else if EXTENSION.iter().any(|(_, extension)| *extension == character) {
                Some(2)
            } else {
                None
            };
            assert_eq!(septets(character), expected, "U+{:04X}", u32::from(character));
        }
    }

    #[test]
    fn no_character_has_two_codes() {
        let mut all: Vec<char> = BASIC.into_iter().chain(EXTENSION.map(|(_, character)| character)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 138);
    }

    #[test]
    fn codes_where_implementations_go_wrong() {
        for (code, character) in
            [(0x09, 'Ç'), (0x11, '_'), (0x24, '¤'), (0x40, '¡'), (0x5F, '§'), (0x60, '¿'), (0x7F, 'à')]
        {
            assert_eq!(BASIC[code], character);
        }
        for outside in
            ['ç', '`', '\t', '\u{A0}', '°', '½', '№', 'µ', 'ó', 'Ó', 'Α', 'ω', '\u{2126}', '\u{212B}']
        {
            assert_eq!(septets(outside), None, "{outside}");
        }
    }
}
