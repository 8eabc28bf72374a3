//! Words as people look for them: without regard to case and diacritics, so that "zolc" finds Żółć.
//!
//! One place decides what a word is, for what is indexed and for what is asked: the two can never differ.

use crate::invisible::is_invisible;
use std::collections::BTreeSet;
use std::fmt;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The most different words of one text that are looked at; further ones are not found.
pub const MAX_WORDS: usize = 40;
/// The most characters of a word that count.
pub const MAX_WORD_CHARS: usize = 32;
/// Shorter words are not looked for.
pub const MIN_WORD_CHARS: usize = 2;
/// The most words of a question.
const MAX_ASKED: usize = 8;

/// A text as it is compared: lower case, compatibility forms and diacritics gone, ł as l.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase(); // nothing else is left to do
    }
    let plain = text.chars().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase);
    let mut folded = String::with_capacity(text.len());
    for c in plain.nfkd().filter(|c| !is_combining_mark(*c)) {
        // letters that have no decomposition
        match c {
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ø' => folded.push('o'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            c => folded.extend(c.to_lowercase()),
        }
    }
    folded
}

/// The words of a folded text in their order: runs of letters and digits of at least [`MIN_WORD_CHARS`], to their first
/// [`MAX_WORD_CHARS`].
fn all(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter_map(|run| {
        let end = run.char_indices().nth(MAX_WORD_CHARS).map_or(run.len(), |(at, _)| at);
        let word = run.get(..end)?;
        word.chars().nth(MIN_WORD_CHARS - 1).is_some().then_some(word)
    })
}

/// The different words of a folded text in their order: at most the first [`MAX_WORDS`].
pub(crate) fn different(folded: &str) -> Vec<&str> {
    let mut words = Vec::with_capacity(MAX_WORDS);
    for word in all(folded) {
        if words.len() == MAX_WORDS {
            break;
        }
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The different words of a text, folded: at most the first [`MAX_WORDS`].
#[must_use]
pub fn words(text: &str) -> BTreeSet<String> {
    different(&fold(text)).into_iter().map(str::to_owned).collect()
}

/// Words that are looked for: all of them, the last one as it may be half-typed. They name people: `Debug` keeps them to
/// itself.
#[derive(Clone, PartialEq, Eq)]
pub struct WordsAsked {
    /// Whole words.
    pub whole: BTreeSet<String>,
    /// The beginning of a word.
    pub beginning: String,
}

impl fmt::Debug for WordsAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WordsAsked").field("words", &(self.whole.len() + 1)).finish_non_exhaustive()
    }
}

impl WordsAsked {
    /// Reads what somebody typed; `None` when there is no word of [`MIN_WORD_CHARS`] in it. Of more than eight words the
    /// first eight count.
    #[must_use]
    pub fn read(typed: &str) -> Option<Self> {
        let folded = fold(typed);
        let mut asked: Vec<&str> = all(&folded).take(MAX_ASKED).collect();
        let beginning = asked.pop()?.to_owned();
        Some(Self { whole: asked.into_iter().map(str::to_owned).collect(), beginning })
    }

    /// Whether a text has them.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        let words = words(text);
        let begins = |from: &str| words.range(from.to_owned()..).next().is_some_and(|w| w.starts_with(from));
        self.whole.iter().all(|word| words.contains(word)) && begins(&self.beginning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_diacritics_and_compatibility_forms_fold() {
        assert_eq!(fold("ZAŻÓŁĆ GĘŚLĄ JAŹŃ"), "zazolc gesla jazn");
        assert_eq!(fold("Z\u{307}o\u{301}łc\u{301}"), "zolc");
        assert_eq!(fold("Øster Straße Đorđe İstanbul"), "oster strasse dorde istanbul");
        assert_eq!(fold("ＴＡＫ ﬁ \u{ad}x"), "tak fi x");
    }

    #[test]
    fn words_are_runs_of_letters_and_digits() {
        let found: Vec<String> =
            words("Ala, wizyta 20.11.2026 o 12:30; Kowalska-Nowak (a)").into_iter().collect();
        assert_eq!(found, ["11", "12", "20", "2026", "30", "ala", "kowalska", "nowak", "wizyta"]);
        let many: String = (0..100).map(|n| format!("w{n} ")).collect();
        assert_eq!(words(&many).len(), MAX_WORDS);
        assert_eq!(words(&"ż".repeat(100)).first().unwrap().chars().count(), MAX_WORD_CHARS);
    }

    #[test]
    fn the_last_word_asked_may_be_half_typed() {
        let asked = |typed| WordsAsked::read(typed).unwrap();
        assert!(asked("wizyta kow").are_in("Kowalska ma WIZYTĘ, wizyta jutro"));
        assert!(!asked("wizy kowalska").are_in("wizyta pani Kowalskiej"));
        assert!(!asked("owalska").are_in("Kowalska"));
        assert_eq!(WordsAsked::read(" a , b"), None);
    }
}
