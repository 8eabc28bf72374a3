//! What people type, reduced to digits: separators fall away, everything that is not part of one number is refused.

use crate::invisible::is_invisible;
use crate::model::NumberFault;
use std::borrow::Cow;

/// The longest text that is read as a number, in characters.
const INPUT_CHARS_MAX: usize = 64;

/// The ASCII digits of a typed number.
pub(super) enum Typed {
    /// They begin with a country calling code: a `+` or `00` stood before them.
    International(String),
    /// They stand without a country.
    National(String),
}

/// Reads `input` as one number.
///
/// # Errors
/// [`NumberFault::Empty`] where nothing but separators stands, [`NumberFault::Malformed`] for any other sign.
pub(super) fn read(input: &str) -> Result<Typed, NumberFault> {
    // first, so that a huge text costs no more than a long one
    if input.chars().nth(INPUT_CHARS_MAX).is_some() {
        return Err(NumberFault::Malformed);
    }
    let text = as_seen(input);
    let mut digits = String::with_capacity(text.len());
    let mut plus = false;
    for c in without_scheme(text.trim()).chars() {
        match c {
            '0'..='9' => digits.push(c),
            '+' if digits.is_empty() && !plus => plus = true,
            c if is_separator(c) => {}
            _ => return Err(NumberFault::Malformed),
        }
    }
    match (plus, digits.strip_prefix("00")) {
        (false, _) if digits.is_empty() => Err(NumberFault::Empty),
        // no calling code begins with 0 (ITU-T E.164), and "+" with nothing after it is no number
        (true, _) if digits.is_empty() || digits.starts_with('0') => Err(NumberFault::Malformed),
        (true, _) => Ok(Typed::International(digits)),
        (false, Some(rest)) if rest.is_empty() || rest.starts_with('0') => Err(NumberFault::Malformed),
        (false, Some(rest)) => Ok(Typed::International(rest.to_owned())),
        (false, None) => Ok(Typed::National(digits)),
    }
}

/// What is seen of a text, in ASCII where a full-width form has it.
pub(super) fn as_seen(input: &str) -> Cow<'_, str> {
    if input.is_ascii() {
        return input.into(); // the invisible characters are all others
    }
    input.chars().map(narrow).filter(|c| !is_invisible(*c)).collect()
}

/// The ASCII character of a full-width form (U+FF01 to U+FF5E, as East Asian keyboards type), else `c` itself.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The text after `tel:` (RFC 3966), which numbers copied from web pages begin with. Parameters stay and are refused.
fn without_scheme(text: &str) -> &str {
    match text.split_at_checked(4) {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("tel:") => rest,
        _ => text,
    }
}

/// White space, hyphens and dashes, the minus sign, full stop and brackets. Not the slash: it stands between two
/// numbers.
fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')' | '[' | ']' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}
