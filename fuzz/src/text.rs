//! Counting, cutting, transliteration, finishing, advice, links and words of any text.
//!
//! Input: a byte of choices, a byte that says how often the text is repeated, the text.

use crate::input::Input;
use crate::naive;
use depesza::model::{
    CharacterClass, Clusters, Diacritics, Encoding, Links, Missing, ReferenceBits, SplitOptions,
};
use depesza::text::{self, MAX_PARTS, TooLong, Transliterator};
use std::borrow::Cow;

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let choices = input.byte();
    let reference = if choices & 1 == 0 { ReferenceBits::Eight } else { ReferenceBits::Sixteen };
    let missing = match choices >> 1 & 3 {
        0 | 1 => Missing::Keep,
        2 => Missing::Drop,
        _ => Missing::Replace("?".to_owned()),
    };
    // a few parts as a rule, now and then more than a message can have
    let times = match input.byte() {
        byte @ 0..0xF8 => usize::from(byte % 4) + 1,
        _ => 400,
    };
    let text = &*input.text().repeat(times);

    counting(text, reference);
    cutting(text, reference);
    if times == 400 {
        return;
    }
    transliterating(text, missing);
    finishing(text, reference);
    reading(text, reference);
}

/// The fast count is the naive one, and the split is what was counted.
fn counting(text: &str, reference: ReferenceBits) {
    let segments = text::segments_with(text, reference);
    assert_eq!(segments, naive::segments(text, reference));
    assert_eq!(text::gsm7::fits(text), segments.encoding == Encoding::Gsm7);
    assert_eq!(text::costly(text).is_empty(), segments.encoding == Encoding::Gsm7);
    let options = SplitOptions { reference_bits: reference, ..SplitOptions::default() };
    match text::split(text, options) {
        Ok(parts) => assert_eq!(parts, naive::cut(text, reference)),
        Err(TooLong { parts }) => assert!(parts == segments.count && parts > MAX_PARTS),
    }
}

/// No option makes a part too long, or loses a character.
fn cutting(text: &str, reference_bits: ReferenceBits) {
    let segments = text::segments_with(text, reference_bits);
    for clusters in [Clusters::Ignore, Clusters::Keep] {
        for links in [Links::Ignore, Links::Keep] {
            match text::split(text, SplitOptions { reference_bits, clusters, links }) {
                Err(TooLong { parts }) => assert!(parts > MAX_PARTS),
                Ok(parts) => {
                    assert_eq!(parts.concat(), text);
                    assert!(parts.len() >= segments.count as usize);
                    let room = naive::part(segments.encoding, reference_bits);
                    let fits =
                        |part: &&str| !part.is_empty() && naive::units(part, segments.encoding) <= room;
                    assert!(parts.len() == 1 || parts.iter().all(fits));
                }
            }
        }
    }
}

fn transliterating(text: &str, missing: Missing) {
    let done = text::transliterate(text);
    assert_eq!(done.before, text::segments(text));
    assert_eq!(done.after, text::segments(&done.text));

    // the report rebuilds the text, and says what stayed
    let (mut rebuilt, mut at) = (String::new(), 0);
    for replaced in &done.replaced {
        assert!(replaced.range.start >= at, "ranges overlap");
        assert_eq!(text[replaced.range.clone()], replaced.original);
        rebuilt.push_str(&text[at..replaced.range.start]);
        rebuilt.push_str(&replaced.replacement);
        at = replaced.range.end;
    }
    rebuilt.push_str(&text[at..]);
    assert_eq!(rebuilt, done.text);
    let is_none = |class| class == CharacterClass::None;
    let stays = done.replaced.iter().any(|replaced| is_none(replaced.class));
    assert_eq!(stays, done.after.encoding == Encoding::Ucs2);
    if done.before.encoding == Encoding::Gsm7 {
        assert!(matches!(done.text, Cow::Borrowed(same) if same == text) && done.replaced.is_empty());
    }

    // again it changes nothing, whatever becomes of the missing; links outlive it
    let rules = Transliterator::default().missing(missing).expect("a replacement of GSM-7");
    let once = rules.apply(text).text.into_owned();
    let twice = rules.apply(&once);
    assert_eq!(twice.text, once);
    let mut rest = &*once;
    for link in text::links(text) {
        let link = &text[link];
        let at = rest.find(link).expect("a link outlives transliteration");
        rest = &rest[at + link.len()..];
    }
}

/// Finishing never costs a part, and counts what it gives.
fn finishing(text: &str, reference: ReferenceBits) {
    let written = text::segments_with(text, reference);
    let mut counts = [0; 3];
    for (diacritics, count) in
        [Diacritics::Plain, Diacritics::Polish, Diacritics::WhenFree].into_iter().zip(&mut counts)
    {
        let done = text::finish(text, diacritics, reference);
        assert!(done.segments.count <= written.count);
        assert_eq!(done.segments, naive::segments(&done.text, reference));
        assert!(diacritics != Diacritics::Polish || done.text == text);
        // however it got there
        if diacritics == Diacritics::Plain && written.encoding == Encoding::Ucs2 {
            let plain = Transliterator::default().reference(reference).apply(text);
            let costs_nothing = plain.after.count == written.count && plain.after.encoding == Encoding::Gsm7;
            let folds = plain.after.count < written.count || costs_nothing;
            assert_eq!(done.text, if folds { plain.text } else { text.into() });
        }
        *count = done.segments.count;
    }
    assert_eq!(counts[0], counts[2]);
}

/// What only reads a text stays within it.
fn reading(text: &str, reference: ReferenceBits) {
    let mut end = 0;
    for link in text::links(text) {
        assert!(link.start >= end && link.start < link.end && text.get(link.clone()).is_some());
        end = link.end;
    }
    // the time of advice grows with the number of different characters
    if text.len() <= 512 {
        let advice = text::advice(text, reference);
        assert_eq!(advice.before, text::segments_with(text, reference));
        assert_eq!(advice.after.encoding, Encoding::Gsm7);
        for character in &advice.characters {
            assert!(character.at.iter().all(|at| text[*at..].starts_with(&character.character)));
        }
    }
    let words = text::words(text);
    assert!(words.len() <= text::MAX_WORDS);
    assert!(
        words
            .iter()
            .all(|word| (text::MIN_WORD_CHARS..=text::MAX_WORD_CHARS).contains(&word.chars().count()))
    );
}
