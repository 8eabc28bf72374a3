//! Numbers of the same kind: a Polish mobile stays one, what cannot be read stays so for the same reason, every spelling
//! of a number becomes the same spelling of its stand-in, and no two numbers get one stand-in.
//!
//! The digits go through a keyed permutation (a Feistel network over decimal halves), again and again until the result
//! is of the same class (cycle walking, as format-preserving encryption does it): on each class that is a permutation.

use super::Key;
use super::text::scramble;
use crate::model::{Number, NumberFault, NumberKind, Phone, PhonePolicy, Refusal};
use crate::phone;
use std::collections::{BTreeMap, BTreeSet};

/// The most steps of a walk: a class has at least about one number in so many.
const MAX_WALK: u32 = 20_000;
const ROUNDS: u32 = 8;

pub(super) struct Numbers<'k> {
    key: &'k Key,
    policies: Vec<PhonePolicy>,
    /// What rules and prices tell numbers apart by.
    prefixes: BTreeSet<String>,
    known: BTreeMap<String, String>,
}

/// What must stay the same: how it is read and what may be sent to it under every policy, and which prefixes it has.
#[derive(PartialEq)]
struct Class {
    read: Vec<Result<(u16, NumberKind), NumberFault>>,
    sent_to: Vec<Option<Refusal>>,
    prefixes: Vec<bool>,
    withheld: bool,
}

impl<'k> Numbers<'k> {
    pub(super) fn new(key: &'k Key, policies: Vec<PhonePolicy>, prefixes: BTreeSet<String>) -> Self {
        Self { key, policies, prefixes, known: BTreeMap::new() }
    }

    /// The stand-in of a number as it was typed.
    pub(super) fn number(&mut self, typed: &str) -> String {
        if phone::withheld(typed) {
            return typed.to_owned(); // a word for "no number"
        }
        if let Some(known) = self.known.get(typed) {
            return known.clone();
        }
        let masked = match self.read(typed) {
            Some(number) => self.readable(typed, &number),
            None => self.unreadable(typed),
        };
        self.known.insert(typed.to_owned(), masked.clone());
        masked
    }

    /// The numbers that were given stand-ins, as typed.
    pub(super) fn originals(&self) -> impl Iterator<Item = &str> {
        self.known.keys().map(String::as_str)
    }

    /// The numbers that could be read, E.164, with their stand-ins.
    pub(super) fn e164s(&self) -> impl Iterator<Item = (Phone, Phone)> {
        let pair =
            |(typed, masked): (&String, &String)| Some((self.read(typed)?.e164, self.read(masked)?.e164));
        self.known.iter().filter_map(pair)
    }

    /// As the engine reads what hosts and gateways give.
    fn read(&self, typed: &str) -> Option<Number> {
        let read = |text: &str| self.policies.iter().find_map(|policy| phone::parse(text, policy).ok());
        read(typed).or_else(|| read(&format!("+{typed}")))
    }

    fn class(&self, text: &str) -> Class {
        let e164 = self.read(text).map(|number| number.e164);
        let written = e164.as_ref().map_or(text, Phone::reveal);
        Class {
            read: self
                .policies
                .iter()
                .map(|policy| {
                    Ok(phone::parse(text, policy)?).map(|number| (number.calling_code, number.kind))
                })
                .collect(),
            sent_to: self.policies.iter().map(|policy| phone::recipient(text, policy).err()).collect(),
            prefixes: self.prefixes.iter().map(|prefix| written.starts_with(prefix.as_str())).collect(),
            withheld: phone::withheld(text),
        }
    }

    fn readable(&self, typed: &str, number: &Number) -> String {
        let code = format!("+{}", number.calling_code);
        let e164 = number.e164.reveal();
        let national = e164.strip_prefix(&code).unwrap_or_default();
        let wanted = self.class(e164);
        let masked = self.walk(&code, national, |digits| self.class(&format!("{code}{digits}")) == wanted);
        let typed_digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        if !typed_digits.ends_with(national) {
            return format!("{code}{masked}"); // read in a way that its digits do not show
        }
        let before = typed_digits.len() - national.len();
        replace_digits(typed, before, &masked)
    }

    fn unreadable(&self, typed: &str) -> String {
        let wanted = self.class(typed);
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let masked = if digits.is_empty() {
            typed.to_owned()
        } else {
            let same = |digits: &str| self.class(&replace_digits(typed, 0, digits)) == wanted;
            replace_digits(typed, 0, &self.walk("unread", &digits, same))
        };
        if !masked.chars().any(char::is_alphabetic) {
            return masked;
        }
        // words beside the digits, which stay as they have become
        let stand_in = |attempt| {
            let letters = scramble(self.key, attempt, &masked);
            let digits: String = masked.chars().filter(char::is_ascii_digit).collect();
            replace_digits(&letters, 0, &digits)
        };
        (0..100).map(stand_in).find(|text| self.class(text) == wanted).unwrap_or_else(|| stand_in(0))
    }

    fn walk(&self, tweak: &str, digits: &str, fits: impl Fn(&str) -> bool) -> String {
        let mut walked = digits.to_owned();
        for _ in 0..MAX_WALK {
            walked = self.permuted(tweak, &walked);
            if fits(&walked) {
                break;
            }
        }
        walked
    }

    /// One of all numbers of so many digits, each of exactly one.
    fn permuted(&self, tweak: &str, digits: &str) -> String {
        let half = digits.len() / 2;
        let (left, right) = digits.split_at(half);
        let (wide_left, wide_right) = (left.len(), right.len());
        let value = |text: &str| text.parse::<u64>().unwrap_or(0);
        let size = |wide: usize| 10_u64.saturating_pow(u32::try_from(wide).unwrap_or(u32::MAX)).max(1);
        let (mut a, mut b) = (value(left), value(right));
        for round in 0..ROUNDS {
            let (into, from, wide) =
                if round % 2 == 0 { (&mut b, a, wide_right) } else { (&mut a, b, wide_left) };
            let drawn = self.key.number(&format!("{tweak}|{}|{round}|{from}", digits.len()));
            *into = (*into % size(wide) + drawn % size(wide)) % size(wide);
        }
        let written =
            |value: u64, wide: usize| if wide == 0 { String::new() } else { format!("{value:0wide$}") };
        format!("{}{}", written(a, wide_left), written(b, wide_right))
    }
}

/// A text with its digits from the `before`-th on replaced in their order.
fn replace_digits(text: &str, before: usize, digits: &str) -> String {
    let mut new = digits.chars();
    let mut seen = 0;
    text.chars()
        .map(|c| {
            if !c.is_ascii_digit() {
                return c;
            }
            seen += 1;
            if seen > before { new.next().unwrap_or(c) } else { c }
        })
        .collect()
}
