//! What may stand in the place of a character that GSM-7 does not have: the table, and Unicode's own decompositions.
//!
//! Facts about single characters only; where they stand is the business of `pass`.

use super::gsm7;
use crate::model::CharacterClass::{self, Control, Invisible, Letter, Punct, Space, Symbol};
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What stands for the character, in GSM-7, and its class; `None` when nothing does safely.
///
/// Asked only about characters outside GSM-7.
pub(super) fn equivalent(character: char) -> Option<(Cow<'static, str>, CharacterClass)> {
    if let Some((text, class)) = listed(character) {
        return Some((Cow::Borrowed(text), class));
    }
    if is_invisible(character) {
        return Some((Cow::Borrowed(""), Invisible));
    }
    if character.is_whitespace() {
        return Some((Cow::Borrowed(" "), Space));
    }
    if character.is_control() {
        return Some((Cow::Borrowed(""), Control));
    }
    decomposed(character).map(|text| {
        let class = class_of(character, &text);
        (Cow::Owned(text), class)
    })
}

/// The table.
fn listed(character: char) -> Option<(&'static str, CharacterClass)> {
    Some(match character {
        // letters that Unicode does not decompose
        'ł' => ("l", Letter),
        'Ł' => ("L", Letter),
        'đ' | 'ð' => ("d", Letter),
        'Đ' | 'Ð' => ("D", Letter),
        'ħ' => ("h", Letter),
        'Ħ' => ("H", Letter),
        'ı' => ("i", Letter),
        'ĸ' => ("k", Letter),
        'ŀ' => ("l", Letter),
        'Ŀ' => ("L", Letter),
        'ŋ' => ("n", Letter),
        'Ŋ' => ("N", Letter),
        'œ' => ("oe", Letter),
        'Œ' => ("OE", Letter),
        'ŧ' => ("t", Letter),
        'Ŧ' => ("T", Letter),
        'þ' => ("th", Letter),
        'Þ' => ("TH", Letter),
        'ẞ' => ("ß", Letter),

        '„' | '”' | '“' | '«' | '»' | '‟' | '″' | '〝' | '〞' | '❝' | '❞' | '¨' | '˝' => {
            ("\"", Punct)
        }
        '‚' | '’' | '‘' | '‛' | '`' | '´' | '′' | '‹' | '›' | 'ʼ' | 'ʹ' | '❛' | '❜' => {
            ("'", Punct)
        }
        // hyphens, dashes, horizontal bar, hyphen bullet, minus
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '¯' => ("-", Punct),
        '\u{2E3A}' | '\u{2E3B}' => ("--", Punct),
        '…' | '⋯' => ("...", Punct),
        '•' | '‣' | '◦' | '▪' | '●' | '■' => ("*", Punct),
        '¸' => (",", Punct),

        // line separator, paragraph separator, next line, vertical tab
        '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{B}' => ("\n", Space),

        '°' => (" st.", Symbol),
        '℃' => (" st.C", Symbol),
        '℉' => (" st.F", Symbol),
        '№' => ("nr", Symbol),
        '×' | '✕' => ("x", Symbol),
        // the dot of a product: as a full stop it would turn 3·5 into 3.5
        '·' | '⋅' | '∙' | '∗' => ("*", Symbol),
        '÷' | '⁄' | '∕' => ("/", Symbol),
        '±' => ("+/-", Symbol),
        '≥' | '⩾' => (">=", Symbol),
        '≤' | '⩽' => ("<=", Symbol),
        '≠' => ("!=", Symbol),
        '≈' | '∼' => ("~", Symbol),
        '←' => ("<-", Symbol),
        '→' => ("->", Symbol),
        'µ' => ("u", Symbol),
        '©' => ("(c)", Symbol),
        '®' => ("(r)", Symbol),
        '¦' => ("|", Symbol),
        _ => return None,
    })
}

/// The compatibility decomposition, when GSM-7 has it: of letters without their marks, of other signs only when they
/// have no mark, for the stroke through `≮` is its meaning.
fn decomposed(character: char) -> Option<String> {
    let mut text = String::new();
    for part in std::iter::once(character).nfkd() {
        match part {
            part if gsm7::septets(part).is_some() => text.push(part),
            part if is_combining_mark(part) && character.is_alphabetic() => {}
            part => match listed(part) {
                // a compatibility form of a sign that the table knows
                Some((known, _)) => text.push_str(known),
                _ => return None,
            },
        }
    }
    (!text.is_empty()).then_some(text)
}

/// The class of a character outside the table, by the character and by what stands for it.
pub(super) fn class_of(character: char, text: &str) -> CharacterClass {
    let is_punctuation =
        |part| matches!(part, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '"' | '(' | ')' | '-');
    if character.is_alphabetic() && !character.is_numeric() && !matches!(character, 'ª' | 'º') {
        Letter
    } else if text.chars().all(is_punctuation) && !is_superscript(character) {
        Punct
    } else {
        Symbol
    }
}

/// Draws nothing, whatever the font.
fn is_invisible(character: char) -> bool {
    matches!(character,
        // soft hyphen, grapheme joiner, Arabic letter mark, Mongolian selectors and separator
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}'
        // zero width space, joiners and direction marks; embeddings; joiners, invisible operators, isolates
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        // variation selectors, byte order mark, tags
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}')
}

/// Belongs to the character before it: a mark, a joiner, a tag.
pub(super) fn follows(character: char) -> bool {
    is_combining_mark(character) || matches!(character, '\u{200C}' | '\u{200D}' | '\u{E0020}'..='\u{E007F}')
}

/// A raised digit or sign: an exponent when it follows a digit.
pub(super) fn is_superscript(character: char) -> bool {
    matches!(character, '¹' | '²' | '³' | '\u{2070}' | '\u{2074}'..='\u{207B}')
}

/// A lowered digit or sign.
fn is_subscript(character: char) -> bool {
    matches!(character, '\u{2080}'..='\u{208B}')
}

/// Whether two neighbours are of one raised or lowered number.
pub(super) fn are_one_number(first: char, second: char) -> bool {
    is_superscript(first) && is_superscript(second) || is_subscript(first) && is_subscript(second)
}

/// A number in one character that is no digit (`½`, `①`, `²`): next to a digit it would make another number.
pub(super) fn is_number_sign(character: char) -> bool {
    let is_digit =
        matches!(character, '\u{FF10}'..='\u{FF19}' | '\u{1D7CE}'..='\u{1D7FF}' | '\u{1FBF0}'..='\u{1FBF9}');
    character.is_numeric() && !is_digit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_for_a_character_is_gsm7() {
        for character in ('\0'..=char::MAX).filter(|character| gsm7::septets(*character).is_none()) {
            if let Some((text, _)) = equivalent(character) {
                assert!(gsm7::fits(&text), "U+{:04X} {text:?}", u32::from(character));
            }
        }
    }

    #[test]
    fn a_negated_sign_never_becomes_its_opposite() {
        for character in ['≮', '≯', '≰', '≱', '≁', '≇'] {
            assert_eq!(equivalent(character), None, "{character}");
        }
    }
}
