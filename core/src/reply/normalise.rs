//! One form for all the ways in which a phone writes the same letters.

use crate::invisible::is_invisible;
use unicode_normalization::UnicodeNormalization;

/// The text in Unicode NFKC and lower case, without invisible characters (wherever they stand: `T\u{200b}AK` reads TAK)
/// and without white space around. White space within stays as it is, NFKC making a space of a non-breaking one.
///
/// The lower case is taken of the upper case, so that letters with two lower forms fold together and the result does
/// not depend on the case of the text. Applying it twice changes nothing.
#[must_use]
pub fn normalise(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !is_invisible(*c)).nfkc().collect();
    let folded = plain
        .chars()
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect::<String>();
    folded.trim().to_owned()
}
