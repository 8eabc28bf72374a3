//! The order of names on a list that Polish readers expect.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const ALPHABET: &str = "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż";

/// The key by which names sort: Polish letters at their place in the alphabet (ł after l), capitals as small letters, the
/// marks of other languages set aside (é as e), digits before letters, all else before both.
#[must_use]
pub fn polish_order(name: &str) -> Vec<u32> {
    let mut key = Vec::with_capacity(name.len());
    for letter in name.trim().nfc().flat_map(char::to_lowercase) {
        if let Some(place) = place(letter) {
            key.push(place);
            continue;
        }
        // é: its first letter without the mark
        let plain = std::iter::once(letter).nfd().filter(|part| !is_combining_mark(*part));
        key.extend(plain.map(|part| place(part).unwrap_or_else(|| other(part))));
    }
    key
}

fn place(letter: char) -> Option<u32> {
    let place = ALPHABET.chars().position(|known| known == letter)?;
    Some(2_000_000 + u32::try_from(place).unwrap_or_default())
}

/// Digits, then letters of other scripts after the Polish ones; punctuation first.
fn other(letter: char) -> u32 {
    match letter {
        '0'..='9' => 1_500_000 + u32::from(letter),
        _ if letter.is_alphabetic() => 3_000_000 + u32::from(letter),
        _ => u32::from(letter),
    }
}
