//! What the loops know of single characters: which may be folded without a look at their neighbours, and into what.
//!
//! Made once from the table of transliteration, so that there is one truth. A character that is not here goes the slow way.

use super::super::gsm7;
use super::super::table::{equivalent, is_number_sign, is_superscript};
use crate::model::CharacterClass;
use std::sync::LazyLock;
use unicode_normalization::char::is_combining_mark;
use unicode_normalization::is_nfc;

/// What stands for a character, packed: up to three bytes of UTF-8, how many, how many septets, and what else is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Plain(u32);

const LENGTH: u32 = 24;
const SEPTETS: u32 = 26;
const KNOWN: u32 = 1 << 28;
const SHOWS: u32 = 1 << 29;
const EXTENSION: u32 = 1 << 30;

impl Plain {
    /// The bytes, the first ones of four.
    pub(super) fn bytes(self) -> [u8; 4] {
        let [a, b, c, _] = self.0.to_le_bytes();
        [a, b, c, 0]
    }

    /// How many of the bytes are meant; never more than the character itself takes in UTF-8.
    pub(super) fn len(self) -> usize {
        (self.0 >> LENGTH & 3) as usize
    }

    pub(super) fn septets(self) -> u32 {
        self.0 >> SEPTETS & 3
    }

    /// Whether it is of the extension table: an escape and a septet.
    pub(super) fn is_extension(self) -> bool {
        self.0 & EXTENSION != 0
    }

    /// Whether it is a letter or a sign: neither space, control nor invisible, which values are cleaned of.
    pub(super) fn shows(self) -> bool {
        self.0 & SHOWS != 0
    }

    /// Whether it stands for the character that begins `text`, and is that character.
    pub(super) fn is_itself(self, text: &[u8]) -> bool {
        let bytes = self.bytes();
        bytes.get(..self.len()).is_some_and(|plain| text.starts_with(plain))
    }

    /// The one ASCII character of one septet that stands for it, or 0.
    fn ascii(self) -> u8 {
        let [first, ..] = self.bytes();
        let is_one = self.len() == 1 && self.septets() == 1 && self.shows();
        if is_one { first } else { 0 }
    }

    /// The answer for one character, if its neighbours do not matter.
    fn of(character: char) -> Option<Self> {
        let mut buffer = [0; 4];
        let itself: &str = character.encode_utf8(&mut buffer);
        if let Some(septets) = gsm7::septets(character) {
            let itself = Self::pack(itself, septets, !character.is_control() && character != ' ')?;
            return Some(Self(itself.0 | if septets > 1 { EXTENSION } else { 0 }));
        }
        // a mark belongs to the letter before it, a symbol is kept apart from a number
        if is_combining_mark(character)
            || is_number_sign(character)
            || is_superscript(character)
            || !is_nfc(itself)
        {
            return None;
        }
        let (text, class) = equivalent(character)?;
        let shows = match class {
            CharacterClass::Letter | CharacterClass::Punct => true,
            CharacterClass::Space | CharacterClass::Invisible | CharacterClass::Control => false,
            CharacterClass::Symbol | CharacterClass::None => return None,
        };
        if text.len() > itself.len() {
            return None;
        }
        Self::pack(&text, text.chars().filter_map(gsm7::septets).sum(), shows)
    }

    /// Nothing, when it does not fit: no character of the tables takes that much.
    fn pack(text: &str, septets: u32, shows: bool) -> Option<Self> {
        let mut bytes = [0; 4];
        bytes.get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        let length = u32::try_from(text.len()).ok().filter(|length| *length <= 3 && septets <= 3)?;
        let shows = if shows { SHOWS } else { 0 };
        Some(Self(u32::from_le_bytes(bytes) | length << LENGTH | septets << SEPTETS | KNOWN | shows))
    }
}

/// Tables over the characters that messages in Latin letters are made of.
pub(super) struct Table {
    /// U+0000 to U+007F.
    ascii: [Plain; 0x80],
    /// U+0080 to U+07FF: two bytes in UTF-8.
    two: Box<[Plain; 0x780]>,
    /// U+2000 to U+20FF: spaces, dashes, quotation marks, currency signs.
    general: Box<[Plain; 0x100]>,
    /// Of the letters with the first bytes C3, C4 and C5, by the low six bits of the second: the ASCII letter, or 0.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "for registers"))]
    pub(super) letters: [Letters; 3],
}

/// 64 letters, as a vector register holds them.
#[derive(Clone, Copy)]
#[repr(align(64))]
pub(super) struct Letters(pub(super) [u8; 64]);

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// The tables, made at the first call.
#[inline(always)]
pub(super) fn table() -> &'static Table {
    &TABLE
}

impl Table {
    fn new() -> Self {
        let mut table = Self {
            ascii: [Plain::default(); 0x80],
            two: Box::new([Plain::default(); 0x780]),
            general: Box::new([Plain::default(); 0x100]),
            letters: [Letters([0; 64]); 3],
        };
        let fill = |cells: &mut [Plain], first: u32| {
            for (cell, code) in cells.iter_mut().zip(first..) {
                *cell = char::from_u32(code).and_then(Plain::of).unwrap_or_default();
            }
        };
        fill(&mut table.ascii, 0);
        fill(table.two.as_mut_slice(), 0x80);
        fill(table.general.as_mut_slice(), 0x2000);
        let blocks = table.two.get(0x40..).unwrap_or_default().chunks(64);
        for (letters, block) in table.letters.iter_mut().zip(blocks) {
            for (letter, plain) in letters.0.iter_mut().zip(block) {
                *letter = plain.ascii();
            }
        }
        table
    }

    /// What stands for the character at the beginning of `text`, and its length in UTF-8; `None` for one that is not here.
    #[inline(always)]
    pub(super) fn first(&self, text: &[u8]) -> Option<(Plain, usize)> {
        let low = |byte: u8| u32::from(byte & 0x3F);
        let (plain, length) = match *text {
            [byte, ..] if byte < 0x80 => (self.ascii.get(usize::from(byte)), 1),
            [byte, next, ..] if byte < 0xE0 => {
                let code = u32::from(byte & 0x1F) << 6 | low(next);
                (self.two.get((code as usize).wrapping_sub(0x80)), 2)
            }
            [0xE2, next @ 0x80..=0x83, last, ..] => {
                (self.general.get((low(next) << 6 | low(last)) as usize), 3)
            }
            _ => (None, 0),
        };
        plain.copied().filter(|plain| plain.0 & KNOWN != 0).map(|plain| (plain, length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_polish_letters_are_where_a_register_finds_them() {
        for (letter, plain) in "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ".chars().zip("acelnoszzACELNOSZZ".chars())
        {
            let mut bytes = [0; 4];
            letter.encode_utf8(&mut bytes);
            let letters = &table().letters[usize::from(bytes[0] - 0xC3)];
            assert_eq!(char::from(letters.0[usize::from(bytes[1] & 0x3F)]), plain);
        }
    }

    #[test]
    fn what_the_alphabet_has_stands_for_itself() {
        for character in gsm7::BASIC.into_iter().filter(|character| *character != gsm7::ESCAPE) {
            let mut buffer = [0; 4];
            let text = character.encode_utf8(&mut buffer).as_bytes();
            let (plain, length) = table().first(text).unwrap();
            assert_eq!((&plain.bytes()[..plain.len()], length, plain.septets()), (text, text.len(), 1));
        }
    }
}
