//! What a message would save by other characters: advice to a person, nothing is changed here.

use super::{gsm7, segments_with, transliterate};
use crate::model::{Advice, CharacterAdvice, CharacterClass, Encoding, ReferenceBits, Replacement, Segments};

/// Which characters make the message dearer, and the parts saved by replacing each alone and all together.
///
/// In a UCS-2 message these are the characters outside GSM-7, with what the table has for them; those without an
/// equivalent, and those in links, are advised to be left out. In a GSM-7 message they are the extension characters,
/// which take two septets each. The time grows with the number of different such characters.
#[must_use]
pub fn advice(text: &str, reference: ReferenceBits) -> Advice {
    let before = segments_with(text, reference);
    let places = match before.encoding {
        Encoding::Gsm7 => extensions(text),
        Encoding::Ucs2 => transliterate(text).replaced,
    };
    let cost =
        |chosen: &dyn Fn(&Replacement) -> bool| cost(text, &places, chosen, before.encoding, reference);
    let after = cost(&|_| true);
    let mut characters: Vec<CharacterAdvice> = Vec::new();
    for place in &places {
        if let Some(known) = characters.iter_mut().find(|known| known.character == place.original) {
            known.at.push(place.range.start);
            continue;
        }
        let alone = cost(&|other| other.original == place.original);
        characters.push(CharacterAdvice {
            character: place.original.clone(),
            at: vec![place.range.start],
            replacement: (place.class != CharacterClass::None).then(|| place.replacement.clone()),
            class: place.class,
            parts_saved: saved(before, alone),
        });
    }
    Advice { before, after, parts_saved: saved(before, after), characters }
}

/// The extension characters of a GSM-7 text: the table has nothing in their place, for GSM-7 has them.
fn extensions(text: &str) -> Vec<Replacement> {
    text.char_indices()
        .filter(|(_, character)| gsm7::septets(*character) == Some(2))
        .map(|(at, character)| Replacement {
            range: at..at + character.len_utf8(),
            original: character.to_string(),
            replacement: String::new(),
            class: CharacterClass::None,
        })
        .collect()
}

/// What the text costs with the chosen places replaced.
fn cost(
    text: &str,
    places: &[Replacement],
    chosen: &dyn Fn(&Replacement) -> bool,
    encoding: Encoding,
    reference: ReferenceBits,
) -> Segments {
    let mut changed = String::with_capacity(text.len());
    let mut done = 0;
    for place in places.iter().filter(|place| chosen(place)) {
        changed.push_str(text.get(done..place.range.start).unwrap_or_default());
        match (place.class, encoding) {
            // any character of one septet
            (CharacterClass::None, Encoding::Gsm7) => changed.push('x'),
            (CharacterClass::None, Encoding::Ucs2) => {}
            _ => changed.push_str(&place.replacement),
        }
        done = place.range.end;
    }
    changed.push_str(text.get(done..).unwrap_or_default());
    segments_with(&changed, reference)
}

fn saved(before: Segments, after: Segments) -> i32 {
    i32::try_from(i64::from(before.count) - i64::from(after.count)).unwrap_or_default()
}
