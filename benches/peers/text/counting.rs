//! Peers that count segments, and the loop that everyone writes.

use super::contender::{Contender, Cost, here};
use super::rows::{Letters, Messages};
use super::versions::crate_name;

pub fn peers(messages: &Messages) -> Vec<Box<dyn Contender>> {
    let texts = messages.texts;
    let mut peers = vec![
        here("a plain loop", move |message, _| Some(counted(texts[message]))),
        here(crate_name("sms_splitter"), {
            let splitter = sms_splitter::SplitSms::default();
            move |message, _| {
                // it takes the text
                let split = splitter.split(String::from(texts[message]));
                Some(Cost {
                    is_gsm7: split.character_set == "GSM",
                    segments: u32::try_from(split.parts.len()).unwrap(),
                })
            }
        }),
    ];
    if messages.letters == Letters::Plain {
        // it knows no other coding
        let mut octets = Vec::new();
        peers.push(here(crate_name("gsm7") + " (encodes)", move |message, _| {
            octets.clear();
            let mut writer = gsm7::Gsm7Writer::new(&mut octets);
            writer.write_str(texts[message]).unwrap();
            writer.into_writer().unwrap();
            let septets = u32::try_from(octets.len()).unwrap() * 8 / 7;
            Some(Cost { is_gsm7: true, segments: parts(septets, 160, 153) })
        }));
    }
    peers
}

/// Coding and segments, character by character, as one would write it with a table of the alphabet at hand.
pub fn counted(text: &str) -> Cost {
    let (mut gsm7, mut units, mut is_gsm7) = (0, 0, true);
    for character in text.chars() {
        units += if u32::from(character) > 0xFFFF { 2 } else { 1 };
        match septets(character) {
            Some(width) => gsm7 += width,
            None => is_gsm7 = false,
        }
    }
    let segments = if is_gsm7 { parts(gsm7, 160, 153) } else { parts(units, 70, 67) };
    Cost { is_gsm7, segments }
}

fn parts(units: u32, single: u32, several: u32) -> u32 {
    if units <= single { 1 } else { units.div_ceil(several) }
}

/// As 3GPP TS 23.038 has it, for a message of ours: none has an extension character on a cut.
fn septets(character: char) -> Option<u32> {
    match character {
        '\n' | '\r' | ' '..='_' | 'a'..='z' if !matches!(character, '[' | '\\' | ']' | '^') => Some(1),
        '\u{0C}' | '^' | '{' | '}' | '\\' | '[' | '~' | ']' | '|' | '€' => Some(2),
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ' | 'Λ'
        | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡' | 'Ä' | 'Ö' | 'Ñ' | 'Ü'
        | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => Some(1),
        _ => None,
    }
}
