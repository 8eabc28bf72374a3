//! What exchanges write in the place of a number that the caller did not show.

use super::typed::as_seen;
use std::borrow::Cow;

/// The words, in lower case: SIP (RFC 3323), Asterisk, FreeSWITCH, carriers, and Polish handsets.
const WORDS: [&str; 18] = [
    "-1",
    "anonymous",
    "asterisk",
    "blocked",
    "brak numeru",
    "no number",
    "nieznany",
    "not available",
    "numer prywatny",
    "numer zastrzeżony",
    "null",
    "private",
    "prywatny",
    "restricted",
    "unavailable",
    "unknown",
    "withheld",
    "zastrzeżony",
];

/// The words that Twilio spelled on the telephone's keys: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE. The
/// first looks like a Warsaw landline.
const SPELLED: [&str; 5] = ["266696687", "7378742833", "2562533", "8656696", "86282452253"];

/// Whether a caller's number, as an exchange tells it, is withheld: empty, a word for it, `-1`, only zeros, or a word
/// spelled on the keys (`266696687`, also with a plus). A SIP address counts by its user part
/// (`sip:anonymous@anonymous.invalid`).
///
/// A number written with its country, `+48266696687`, is the landline and not withheld.
#[must_use]
pub fn withheld(caller: &str) -> bool {
    let text = as_seen(caller);
    let is_lower = text.is_ascii() && !text.bytes().any(|b| b.is_ascii_uppercase());
    let text: Cow<'_, str> = if is_lower { text } else { text.to_lowercase().into() };
    let text = text.trim().trim_start_matches('<').trim_end_matches('>').trim_matches('"').trim();
    let user = text.trim_start_matches("sips:").trim_start_matches("sip:").split('@').next().unwrap_or(text);
    user.bytes().all(|b| b == b'0')
        || WORDS.contains(&user)
        || SPELLED.contains(&user.strip_prefix('+').unwrap_or(user))
}
