//! What holds for every text: counting, cutting, transliteration, and the numbered edge cases about text.
#![allow(clippy::string_slice)]

use depesza::model::{
    CharacterClass, Clusters, Diacritics, Encoding, Links, Missing, ReferenceBits, Segments, SplitOptions,
};
use depesza::text::{self, Transliterator, gsm7};
use proptest::prelude::*;
use std::borrow::Cow;

/// Texts as they come: Polish, pasted, in the alphabet, anything at all; long enough for several parts.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z ]{1,40}",
        2 => "[ąćęłńóśźżŻ]{1,40}",
        2 => "[€\\[\\]{}|^~\u{c}]{1,60}",
        2 => "[„”–…\u{a0}°½²×µ0-9\u{ad}\u{1b}]{1,12}",
        1 => "[öäüßàÅΩ\r\n]{1,20}",
        1 => "[😀👨👩\u{200d}\u{fe0f}\u{301}\u{338}🇵🇱oиж<=]{1,20}",
        1 => "[\u{1100}-\u{1112}\u{1161}-\u{1175}\u{11a8}-\u{11c2}\u{200b}\u{301}]{1,8}",
        1 => "(https?://|www\\.|HTTP://)[a-zł/?=&().\u{301}„–№]{0,30}",
        1 => "\\PC{1,8}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn any_reference() -> impl Strategy<Value = ReferenceBits> {
    prop_oneof![Just(ReferenceBits::Eight), Just(ReferenceBits::Sixteen)]
}

fn units(part: &str, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Gsm7 => part.chars().map(|character| gsm7::septets(character).unwrap_or(99) as usize).sum(),
        Encoding::Ucs2 => part.encode_utf16().count(),
    }
}

fn part_capacity(encoding: Encoding, reference: ReferenceBits) -> usize {
    match (encoding, reference) {
        (Encoding::Gsm7, ReferenceBits::Eight) => 153,
        (Encoding::Gsm7, ReferenceBits::Sixteen) => 152,
        (Encoding::Ucs2, ReferenceBits::Eight) => 67,
        (Encoding::Ucs2, ReferenceBits::Sixteen) => 66,
    }
}

proptest! {
    #[test]
    fn counting_is_what_cutting_does(text in any_text(), reference_bits in any_reference()) {
        let segments = text::segments_with(&text, reference_bits);
        let parts = text::split(&text, SplitOptions { reference_bits, ..SplitOptions::default() }).unwrap();
        prop_assert_eq!(parts.concat(), text.as_str());
        prop_assert_eq!(parts.len(), segments.count as usize);
        prop_assert_eq!(units(&text, segments.encoding), segments.units as usize);
        let capacity = match (segments.count, segments.encoding) {
            (1, Encoding::Gsm7) => 160,
            (1, Encoding::Ucs2) => 70,
            _ => part_capacity(segments.encoding, reference_bits),
        };
        let last = units(parts.last().unwrap(), segments.encoding);
        prop_assert_eq!(capacity - last, segments.remaining as usize);
        // a part ends full, or one unit short before a pair
        for part in parts.iter().rev().skip(1) {
            prop_assert!((capacity - 1..=capacity).contains(&units(part, segments.encoding)));
        }
    }

    #[test]
    fn no_option_makes_a_part_too_long_or_loses_a_character(text in any_text(), reference_bits in any_reference()) {
        let encoding = text::segments(&text).encoding;
        for (clusters, links) in [
            (Clusters::Keep, Links::Ignore),
            (Clusters::Ignore, Links::Keep),
            (Clusters::Keep, Links::Keep),
        ] {
            let parts = text::split(&text, SplitOptions { reference_bits, clusters, links }).unwrap();
            prop_assert_eq!(parts.concat(), text.as_str());
            if parts.len() > 1 {
                for part in &parts {
                    prop_assert!(!part.is_empty());
                    prop_assert!(units(part, encoding) <= part_capacity(encoding, reference_bits));
                }
            }
        }
    }

    #[test]
    fn edge_091_no_cut_lands_in_a_link_that_fits_into_a_part(text in any_text()) {
        let encoding = text::segments(&text).encoding;
        let options = SplitOptions { links: Links::Keep, ..SplitOptions::default() };
        let mut cut = 0;
        for part in text::split(&text, options).unwrap() {
            cut += part.len();
            for link in text::links(&text).filter(|link| link.start < cut && cut < link.end) {
                prop_assert!(units(&text[link], encoding) > part_capacity(encoding, ReferenceBits::Eight));
            }
        }
    }

    #[test]
    fn edge_091_links_outlive_every_transliteration(text in any_text()) {
        for missing in [Missing::Keep, Missing::Drop, Missing::Replace("?".into())] {
            let done = Transliterator::default().missing(missing).unwrap().apply(&text);
            let mut rest: &str = &done.text;
            for link in text::links(&text) {
                let at = rest.find(&text[link.clone()]);
                prop_assert!(at.is_some());
                rest = &rest[at.unwrap() + link.len()..];
            }
        }
    }

    #[test]
    fn transliterating_again_changes_nothing(text in any_text()) {
        for missing in [Missing::Keep, Missing::Drop, Missing::Replace("?".into())] {
            let rules = Transliterator::default().missing(missing).unwrap();
            let once = rules.apply(&text).text.into_owned();
            let twice = rules.apply(&once);
            prop_assert_eq!(&*twice.text, once.as_str());
            prop_assert!(matches!(twice.text, Cow::Borrowed(_)));
        }
    }

    #[test]
    fn the_report_rebuilds_the_text(text in any_text()) {
        let done = text::transliterate(&text);
        let (mut rebuilt, mut at) = (String::new(), 0);
        for replacement in &done.replaced {
            prop_assert_eq!(&text[replacement.range.clone()], replacement.original.as_str());
            rebuilt.push_str(&text[at..replacement.range.start]);
            rebuilt.push_str(&replacement.replacement);
            at = replacement.range.end;
        }
        rebuilt.push_str(&text[at..]);
        prop_assert_eq!(rebuilt.as_str(), &*done.text);
        prop_assert_eq!(done.before, text::segments(&text));
        prop_assert_eq!(done.after, text::segments(&done.text));
    }

    #[test]
    fn the_result_is_gsm7_unless_the_report_says_none(text in any_text()) {
        let done = text::transliterate(&text);
        let has_none = done.replaced.iter().any(|replacement| replacement.class == CharacterClass::None);
        prop_assert_eq!(done.after.encoding == Encoding::Ucs2, has_none);
    }

    #[test]
    fn what_gsm7_has_is_borrowed_and_never_touched(text in any_text()) {
        let alphabet: String = text.chars().filter(|character| gsm7::septets(*character).is_some()).collect();
        let done = text::transliterate(&alphabet);
        prop_assert!(matches!(done.text, Cow::Borrowed(same) if same == alphabet));
        prop_assert!(done.replaced.is_empty());
    }

    #[test]
    fn finishing_never_costs_a_part(text in any_text(), reference in any_reference()) {
        let written = text::segments_with(&text, reference);
        for diacritics in [Diacritics::Plain, Diacritics::Polish, Diacritics::WhenFree] {
            let done = text::finish(&text, diacritics, reference);
            prop_assert!(done.segments.count <= written.count);
            prop_assert_eq!(done.segments, text::segments_with(&done.text, reference));
        }
        let plain = text::finish(&text, Diacritics::Plain, reference).segments;
        let free = text::finish(&text, Diacritics::WhenFree, reference);
        prop_assert_eq!(free.segments.count, plain.count);
        prop_assert_eq!(&*text::finish(&text, Diacritics::Polish, reference).text, text.as_str());
    }

    #[test]
    fn advice_names_what_is_costly(text in any_text(), reference in any_reference()) {
        let advice = text::advice(&text, reference);
        prop_assert_eq!(advice.before, text::segments_with(&text, reference));
        prop_assert_eq!(advice.after.encoding, Encoding::Gsm7);
        for character in &advice.characters {
            for at in &character.at {
                prop_assert!(text[*at..].starts_with(&character.character));
            }
        }
        prop_assert!(text::costly(&text).is_empty() || !advice.characters.is_empty());
    }
}

fn encoding_units_count(text: &str) -> (Encoding, u32, u32) {
    let Segments { encoding, units, count, .. } = text::segments(text);
    (encoding, units, count)
}

#[test]
fn edge_081_one_polish_letter_makes_the_message_ucs2_and_all_are_folded() {
    let written = "Wizyta u dr Wójcik";
    assert_eq!(encoding_units_count(written), (Encoding::Ucs2, 18, 1));
    assert_eq!(text::costly(written).len(), 1);
    let folded = text::transliterate("ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ");
    assert_eq!(folded.text, "acelnoszz ACELNOSZZ");
    assert_eq!(folded.replaced.len(), 18);
}

#[test]
fn edge_082_pasted_punctuation_is_folded_when_plain_and_named_as_costly_otherwise() {
    let pasted = "„Wizyta” – o\u{a0}9…";
    assert_eq!(text::finish(pasted, Diacritics::Plain, ReferenceBits::Eight).text, "\"Wizyta\" - o 9...");
    assert_eq!(text::finish(pasted, Diacritics::Polish, ReferenceBits::Eight).text, pasted);
    let costly: String = text::costly(pasted).into_iter().map(|costly| costly.character).collect();
    assert_eq!(costly, "„”–\u{a0}…");
}

#[test]
fn edge_083_extension_characters_are_two_septets_and_stay_together() {
    for character in ['€', '[', ']', '{', '}', '\\', '^', '~', '|', '\u{c}'] {
        let text = format!("{}{character}{}", "a".repeat(152), "b".repeat(20));
        assert_eq!(encoding_units_count(&text), (Encoding::Gsm7, 174, 2));
        let parts = text::split(&text, SplitOptions::default()).unwrap();
        assert_eq!(parts[0].chars().count(), 152);
        assert!(parts[1].starts_with(character));
    }
}

#[test]
fn edge_084_in_ucs2_extension_characters_are_one_unit_and_surrogates_stay_together() {
    assert_eq!(encoding_units_count("ł€[]{}\\^~|"), (Encoding::Ucs2, 10, 1));
    let text = format!("{}😀{}", "ł".repeat(66), "ł".repeat(5));
    assert_eq!(encoding_units_count(&text), (Encoding::Ucs2, 73, 2));
    assert!(text::split(&text, SplitOptions::default()).unwrap()[1].starts_with('😀'));
}

#[test]
fn edge_085_the_boundaries_of_parts() {
    for (character, length, count) in [
        ("a", 160, 1),
        ("a", 161, 2),
        ("a", 306, 2),
        ("a", 307, 3),
        ("ł", 70, 1),
        ("ł", 71, 2),
        ("ł", 134, 2),
        ("ł", 135, 3),
    ] {
        assert_eq!(text::segments(&character.repeat(length)).count, count, "{length} x {character}");
    }
}

#[test]
fn edge_091_a_link_is_neither_folded_nor_cut() {
    let link = "https://przychodnia.pl/(wizyta)?id=7&utm_source=sms";
    let written = format!("Prosimy o potwierdzenie: {}{link} – dziękujemy", "ż".repeat(120));
    let done = text::finish(&written, Diacritics::Plain, ReferenceBits::Eight);
    assert_eq!(done.segments.encoding, Encoding::Gsm7);
    assert!(done.text.contains(link));
    let options = SplitOptions { links: Links::Keep, ..SplitOptions::default() };
    let parts = text::split(&done.text, options).unwrap();
    assert!(parts[1].starts_with(link), "{parts:?}");
}

#[test]
fn a_mark_belongs_to_the_letter_before_it_also_where_a_sign_opens_the_cluster() {
    // an Arabic footnote marker and what follows are one cluster; found by fuzzing
    let once = text::transliterate("\u{602}e\u{301}\u{301}").text.into_owned();
    assert_eq!(once, "\u{602}é");
    assert_eq!(text::transliterate(&once).text, once);
}

#[test]
fn no_text_of_a_message_is_printed() {
    let done = text::transliterate("Wójcik, chirurg");
    let finished = text::finish("Wójcik, chirurg", Diacritics::Plain, ReferenceBits::Eight);
    for printed in [format!("{done:?}"), format!("{finished:?}")] {
        assert!(!printed.contains("jcik") && !printed.contains("chirurg"), "{printed}");
    }
}
