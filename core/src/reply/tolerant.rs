//! The tolerant grammar: a text is taken apart into listed phrases, and only one that is taken apart whole is
//! understood.

use super::words::{LETTERS, PHRASE_WORDS_MAX, POLISH, SIGNS, Sense, UKRAINIAN};
use crate::model::{Reply, ReplyLanguage, ReplyPolicy};

/// The longest text read, in bytes after normalising: longer ones are not plain answers.
const TEXT_BYTES_MAX: usize = 320;

/// Skin tones (Fitzpatrick modifiers), which change nothing in the sign before them.
const SKIN_TONES: std::ops::RangeInclusive<char> = '\u{1f3fb}'..='\u{1f3ff}';

/// Reads a normalised text.
pub(super) fn read(text: &str, policy: &ReplyPolicy) -> Reply {
    if text.len() > TEXT_BYTES_MAX {
        return Reply::Other;
    }
    senses(text, policy).map_or(Reply::Other, |senses| answer(&senses))
}

/// What all the senses of a text say together.
fn answer(senses: &[Sense]) -> Reply {
    let has = |sense| senses.contains(&sense);
    let yes = has(Sense::Yes);
    let no = has(Sense::Nay) || has(Sense::No) || has(Sense::Cancel);
    let turned_round = has(Sense::Nay) && has(Sense::Cancel);
    if yes && !no && !has(Sense::Sorry) {
        Reply::Yes
    } else if no && !yes && !has(Sense::Glad) && !turned_round {
        Reply::No
    } else {
        Reply::Other
    }
}

/// The senses of a text in their order; `None` where a word or a sign of it is not listed.
fn senses(text: &str, policy: &ReplyPolicy) -> Option<Vec<Sense>> {
    let mut senses = Vec::new();
    let mut runs = vec![Vec::new()];
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let taken = if word > 0 {
            runs.last_mut()?.push(plain(rest.get(..word)?));
            word
        } else if let Some((sign, sense)) = sign_at(rest) {
            senses.push(sense);
            runs.push(Vec::new());
            sign.len()
        } else if ends_a_phrase(c) {
            runs.push(Vec::new());
            c.len_utf8()
        } else if c.is_whitespace() || SKIN_TONES.contains(&c) {
            c.len_utf8()
        } else {
            return None;
        };
        rest = rest.get(taken..)?;
    }
    if let [letter] = runs.concat().as_slice()
        && let Some((_, sense)) = LETTERS.iter().find(|(text, _)| text == letter)
    {
        senses.push(*sense);
        return Some(senses);
    }
    for run in &runs {
        phrases(run, policy, &mut senses)?;
    }
    Some(senses)
}

/// Adds the senses of words that no sign parts, the longest phrase first.
fn phrases(mut words: &[String], policy: &ReplyPolicy, senses: &mut Vec<Sense>) -> Option<()> {
    while !words.is_empty() {
        let longest = words.len().min(PHRASE_WORDS_MAX);
        let (taken, sense) =
            (1..=longest).rev().find_map(|n| Some((n, sense_of(&words.get(..n)?.join(" "), policy)?)))?;
        senses.push(sense);
        words = words.get(taken..)?;
    }
    Some(())
}

fn sense_of(phrase: &str, policy: &ReplyPolicy) -> Option<Sense> {
    let ukrainian = policy.languages.contains(&ReplyLanguage::Ukrainian);
    let tables = [POLISH, if ukrainian { UKRAINIAN } else { &[] }];
    tables.into_iter().flatten().find(|(text, _)| *text == phrase).map(|(_, sense)| *sense)
}

/// The sign a text begins with. One that ends in a letter (`:D`) is none where a word goes on after it.
fn sign_at(text: &str) -> Option<(&'static str, Sense)> {
    let stands = |sign: &str| {
        text.strip_prefix(sign).is_some_and(|after| {
            !(sign.ends_with(char::is_alphanumeric) && after.starts_with(char::is_alphanumeric))
        })
    };
    SIGNS.iter().copied().find(|(sign, _)| stands(sign))
}

/// A line's end parts as a comma does: `nie` above `będę` is not `nie będę`.
const fn ends_a_phrase(c: char) -> bool {
    match c {
        '\n' | '\r' | '.' | ',' | '!' | ':' | ';' | '-' | '(' | ')' | '"' | '\'' => true,
        // dashes, then quotation marks
        '\u{2010}'..='\u{2015}' | '\u{2018}'..='\u{201f}' => true,
        _ => false,
    }
}

/// A word without Polish diacritics; `tak` and `nie` also without repeated letters.
fn plain(word: &str) -> String {
    let word: String = word.chars().map(without_diacritic).collect();
    let mut squeezed: Vec<char> = word.chars().collect();
    squeezed.dedup();
    match squeezed.as_slice() {
        ['t', 'a', 'k'] => "tak".to_owned(),
        ['n', 'i', 'e'] => "nie".to_owned(),
        _ => word,
    }
}

const fn without_diacritic(c: char) -> char {
    match c {
        'ą' => 'a',
        'ć' => 'c',
        'ę' => 'e',
        'ł' => 'l',
        'ń' => 'n',
        'ó' => 'o',
        'ś' => 's',
        'ź' | 'ż' => 'z',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reply::normalise;

    #[test]
    fn every_listed_phrase_and_sign_is_in_the_form_that_is_looked_up() {
        for (phrase, _) in POLISH.iter().chain(UKRAINIAN).chain(LETTERS) {
            let looked_up: Vec<String> = normalise(phrase).split(' ').map(plain).collect();
            assert_eq!(looked_up.join(" "), *phrase);
            assert!(looked_up.len() <= PHRASE_WORDS_MAX, "{phrase}");
        }
        for (sign, _) in SIGNS {
            assert_eq!(normalise(sign), *sign);
        }
    }

    #[test]
    fn no_phrase_or_sign_is_listed_twice() {
        for table in [POLISH, UKRAINIAN, LETTERS, SIGNS] {
            for (at, (phrase, _)) in table.iter().enumerate() {
                assert!(table.iter().skip(at + 1).all(|(other, _)| other != phrase), "{phrase}");
            }
        }
    }

    #[test]
    fn every_listed_phrase_alone_has_the_reading_of_its_sense() {
        let policy = ReplyPolicy { languages: [ReplyLanguage::Ukrainian].into(), ..ReplyPolicy::default() };
        for (phrase, sense) in POLISH.iter().chain(UKRAINIAN) {
            let want = match sense {
                Sense::Yes => Reply::Yes,
                Sense::Nay | Sense::No | Sense::Cancel => Reply::No,
                Sense::Polite | Sense::Glad | Sense::Sorry => Reply::Other,
            };
            assert_eq!(read(phrase, &policy), want, "{phrase}");
        }
    }
}
