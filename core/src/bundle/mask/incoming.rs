//! What patients wrote, in stand-ins that are read as the original was; parts of a long message as one text.

use super::Key;
use super::text::Texts;
use crate::bundle::data::{Bundle, RecordedCall};
use crate::model::{Fact, OptOut, Reply, ReplyPolicy, SmsReceived};
use crate::reply::{classify, normalise};
use std::collections::{BTreeMap, VecDeque};

/// The messages that came in, in their order.
pub(super) fn incoming_texts(bundle: &Bundle) -> impl Iterator<Item = &SmsReceived> {
    let facts = bundle.calls.iter().filter_map(|recorded| match &recorded.call {
        RecordedCall::Apply { facts } => Some(facts),
        _ => None,
    });
    facts.flatten().filter_map(|fact| match fact {
        Fact::SmsReceived(sms) => Some(sms),
        _ => None,
    })
}

/// A word that withdraws consent.
fn is_stop(word: &str) -> bool {
    matches!(normalise(word).as_str(), "stop" | "стоп")
}

/// A stand-in of what a patient wrote that is read as it was.
pub(super) fn incoming(texts: &mut Texts<'_>, body: &str, policies: &[ReplyPolicy]) -> String {
    let read = |text: &str| policies.iter().map(|policy| classify(text, policy)).collect::<Vec<_>>();
    let before = read(body);
    // answers are words of a closed list, which name nobody
    if before.iter().any(|class| class.reply != Reply::Other || class.opt_out == OptOut::Alone) {
        return body.to_owned();
    }
    let masked = texts.text_but(body, is_stop);
    if read(&masked) == before {
        return masked;
    }
    // by chance an answer: words of this shape that are none
    let shape = |c: char| if c.is_alphabetic() && !is_stop(body) { 'x' } else { c };
    body.chars().map(shape).collect()
}

/// Stand-ins of the parts of long incoming messages, each message taken as a whole.
pub(super) fn parts(key: &Key, bundle: &Bundle, policies: &[ReplyPolicy]) -> VecDeque<String> {
    #[derive(PartialEq)]
    struct Of<'b> {
        gateway: &'b str,
        from: &'b str,
        reference: u16,
        parts: u8,
    }
    let mut messages: Vec<(Of<'_>, BTreeMap<u8, &str>)> = Vec::new();
    let mut came = Vec::new();
    for sms in incoming_texts(bundle) {
        let Some(part) = sms.part.filter(|part| part.parts > 1) else { continue };
        let of = Of {
            gateway: sms.gateway.as_str(),
            from: sms.from.reveal(),
            reference: part.reference,
            parts: part.parts,
        };
        let text = sms.body.reveal();
        let same = |(known, parts): &(Of<'_>, BTreeMap<u8, &str>)| {
            *known == of && parts.get(&part.part).is_none_or(|known| *known == text)
        };
        let place = messages.iter().rposition(same).unwrap_or(messages.len());
        if place == messages.len() {
            messages.push((of, BTreeMap::new()));
        }
        if let Some((_, parts)) = messages.get_mut(place) {
            parts.insert(part.part, text);
        }
        came.push((place, part.part));
    }
    let mut texts = Texts::new(key);
    let cut: Vec<BTreeMap<u8, String>> = messages
        .iter()
        .map(|(_, parts)| {
            let joined: String = parts.values().copied().collect();
            let masked = incoming(&mut texts, &joined, policies);
            let mut rest = masked.chars();
            let of_part =
                |(part, text): (&u8, &&str)| (*part, rest.by_ref().take(text.chars().count()).collect());
            parts.iter().map(of_part).collect()
        })
        .collect();
    let part = |(place, part): (usize, u8)| cut.get(place)?.get(&part).cloned();
    came.into_iter().map(|of| part(of).unwrap_or_default()).collect()
}
