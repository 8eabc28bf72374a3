//! What `vectors/text.json` and `vectors/template.json` must have cases of: the lists are computed here, so that a
//! case that is lost is missed by name. Whether the cases hold is the business of `text_vectors` and `template_vectors`.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice)]

use depesza::text::gsm7;
use serde_json::Value;
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

const POLISH: &str = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ";
const QUOTES: &str = "„”“‟«»″‚’‘‛‹›′`´";
const DASHES: &str = "\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2043}\u{2212}";

fn cases(file: &str) -> Vec<Value> {
    let mut vectors: Value = serde_json::from_str(file).expect("JSON");
    match vectors["cases"].take() {
        Value::Array(cases) => cases,
        other => panic!("no list of cases: {other}"),
    }
}

fn text_cases() -> Vec<Value> {
    cases(include_str!("../../vectors/text.json"))
}

fn template_cases() -> Vec<Value> {
    cases(include_str!("../../vectors/template.json"))
}

/// A text of the vectors, written out.
fn full(text: &Value) -> String {
    match text {
        Value::String(text) => text.clone(),
        Value::Array(pieces) => pieces.iter().map(full).collect(),
        piece => {
            let times = piece["times"].as_u64().expect("how often");
            piece["repeat"].as_str().expect("what").repeat(usize::try_from(times).expect("a length"))
        }
    }
}

/// The texts of an operation's cases, and their cases.
fn texts_of<'a>(cases: &'a [Value], operation: &str) -> Vec<(String, &'a Value)> {
    let of_it = cases.iter().filter(|case| case["operation"] == operation);
    of_it.map(|case| (full(&case["input"]["text"]), case)).collect()
}

fn bits(case: &Value) -> u64 {
    let options = &case["input"]["options"]["reference_bits"];
    case["input"]["reference_bits"].as_u64().or(options.as_u64()).unwrap_or(8)
}

fn capacity(is_gsm7: bool, bits: u64) -> usize {
    match (is_gsm7, bits) {
        (true, 8) => 153,
        (true, _) => 152,
        (false, 8) => 67,
        (false, _) => 66,
    }
}

/// Where a text is cut by characters: byte offset, and whether a pair left the part before it one unit short.
fn cuts(text: &str, bits: u64) -> Vec<(usize, bool)> {
    let is_gsm7 = gsm7::fits(text);
    let width = |character: char| match is_gsm7 {
        true => gsm7::septets(character).map_or(0, |septets| septets as usize),
        false => character.len_utf16(),
    };
    let total: usize = text.chars().map(width).sum();
    if total <= if is_gsm7 { 160 } else { 70 } {
        return Vec::new();
    }
    let (mut cuts, mut used) = (Vec::new(), 0);
    for (at, character) in text.char_indices() {
        used += width(character);
        if used > capacity(is_gsm7, bits) {
            cuts.push((at, used - width(character) < capacity(is_gsm7, bits)));
            used = width(character);
        }
    }
    cuts
}

fn assert_all<T: std::fmt::Debug>(what: &str, missing: impl Iterator<Item = T>) {
    let missing: Vec<T> = missing.collect();
    assert!(missing.is_empty(), "{what}: no case of {missing:?}");
}

#[test]
fn there_are_hundreds_and_each_says_why() {
    let cases = [text_cases(), template_cases()].concat();
    assert!(cases.len() >= 800, "{}", cases.len());
    let told = |case: &&Value| {
        ["id", "why", "operation"].iter().all(|key| case[*key].as_str().is_some_and(|text| !text.is_empty()))
    };
    assert_all("id, why and operation", cases.iter().filter(|case| !told(case)));
}

#[test]
fn every_code_point_of_the_alphabet_and_of_its_extension_is_counted() {
    let cases = text_cases();
    let counted = |encoding: &str| -> BTreeSet<char> {
        let texts = texts_of(&cases, "segments").into_iter();
        let of_it = texts.filter(|(_, case)| case["expect"]["encoding"] == encoding);
        of_it.flat_map(|(text, _)| text.chars().collect::<Vec<_>>()).collect()
    };
    let (gsm7, ucs2) = (counted("GSM-7"), counted("UCS-2"));
    let all = gsm7::BASIC.into_iter().chain(gsm7::EXTENSION.map(|(_, character)| character));
    let all: Vec<char> = all.filter(|character| *character != gsm7::ESCAPE).collect();
    assert_eq!(all.len(), 137);
    assert_all("segments in GSM-7", all.iter().filter(|character| !gsm7.contains(character)));
    assert!(ucs2.contains(&gsm7::ESCAPE), "segments: the escape is of no case");
    let extension = gsm7::EXTENSION.map(|(_, character)| character);
    assert_all("one unit of UCS-2", extension.iter().filter(|character| !ucs2.contains(character)));
}

#[test]
fn every_boundary_is_counted_from_both_sides() {
    let cases = text_cases();
    let texts = texts_of(&cases, "segments");
    let counted: BTreeSet<(bool, u64, u64)> = texts
        .iter()
        .map(|(text, case)| {
            (gsm7::fits(text), bits(case), case["expect"]["units"].as_u64().expect("a number of units"))
        })
        .collect();
    let mut wanted = Vec::new();
    for is_gsm7 in [true, false] {
        for bits in [8, 16] {
            let single = if is_gsm7 { 160 } else { 70 };
            let full_parts = [2, 3, 255].map(|parts| parts * capacity(is_gsm7, bits) as u64);
            for full in [single].into_iter().chain(full_parts) {
                wanted.extend([(is_gsm7, bits, full), (is_gsm7, bits, full + 1)]);
            }
        }
    }
    assert_eq!(wanted.len(), 32);
    assert_all("segments (GSM-7, bits, units)", wanted.iter().filter(|wanted| !counted.contains(wanted)));
}

#[test]
fn every_pair_meets_a_cut_with_both_references() {
    let cases = text_cases();
    let mut met = BTreeSet::new();
    for (text, case) in texts_of(&cases, "segments") {
        for (at, is_short) in cuts(&text, bits(case)) {
            let first = text[at..].chars().next().filter(|_| is_short);
            met.extend(first.map(|character| (character, bits(case))));
        }
    }
    let pairs = gsm7::EXTENSION.map(|(_, character)| character).into_iter().chain(['😀']);
    let wanted = pairs.flat_map(|character| [(character, 8), (character, 16)]);
    assert_all("segments (character, bits)", wanted.filter(|wanted| !met.contains(wanted)));
}

/// A kind of cluster, and the character that tells it.
type Kind = (&'static str, fn(char) -> bool);

#[test]
fn every_kind_of_cluster_meets_a_cut_and_is_split_both_ways() {
    let kinds: [Kind; 6] = [
        ("joiner", |c| c == '\u{200D}'),
        ("flag", |c| ('\u{1F1E6}'..='\u{1F1FF}').contains(&c)),
        ("skin tone", |c| ('\u{1F3FB}'..='\u{1F3FF}').contains(&c)),
        ("keycap", |c| c == '\u{20E3}'),
        ("variation selector", |c| c == '\u{FE0F}'),
        ("mark", |c| is_combining_mark(c) && !matches!(c, '\u{20E3}' | '\u{FE0F}')),
    ];
    let cases = text_cases();
    let mut met = BTreeSet::new();
    let split = texts_of(&cases, "split").into_iter().chain(texts_of(&cases, "segments"));
    for (text, case) in split {
        let clusters = case["input"]["options"]["clusters"].as_str().unwrap_or("ignore");
        let all: Vec<(usize, &str)> = text.grapheme_indices(true).collect();
        for (at, _) in cuts(&text, bits(case)) {
            // the cluster that the cut falls into; none when it falls between two
            let cluster = all.get(all.partition_point(|(from, _)| *from < at).saturating_sub(1));
            let cut = cluster.filter(|(from, cluster)| at < from + cluster.len() && *cluster != "\r\n");
            for (kind, is_it) in kinds {
                if cut.is_some_and(|(_, cluster)| cluster.contains(is_it)) {
                    met.insert((case["operation"].as_str().expect("a name"), clusters, kind));
                }
            }
        }
    }
    let ways = [("segments", "ignore"), ("split", "ignore"), ("split", "keep")];
    let wanted = ways.into_iter().flat_map(|(operation, way)| kinds.map(|(kind, _)| (operation, way, kind)));
    assert_all("clusters on a cut", wanted.filter(|wanted| !met.contains(wanted)));
}

#[test]
fn every_letter_sign_and_space_is_counted_and_folded() {
    let cases = text_cases();
    let decomposed = POLISH.chars().map(|letter| letter.nfd().collect::<String>());
    let spaces = ('\0'..=char::MAX).filter(|c| c.is_whitespace() && gsm7::septets(*c).is_none());
    let signs = POLISH.chars().chain(QUOTES.chars()).chain(DASHES.chars()).chain(spaces);
    let wanted: Vec<String> = signs.map(String::from).chain(decomposed).collect();
    assert!(wanted.len() > 75, "{}", wanted.len());
    for operation in ["segments", "transliterate"] {
        let texts = texts_of(&cases, operation);
        let is_there = |wanted: &String| texts.iter().any(|(text, _)| text.contains(wanted.as_str()));
        assert_all(operation, wanted.iter().filter(|wanted| !is_there(wanted)));
    }
}

#[test]
fn an_empty_text_is_given_to_every_operation() {
    let cases = text_cases();
    let operations: BTreeSet<&str> =
        cases.iter().map(|case| case["operation"].as_str().expect("a name")).collect();
    assert_eq!(operations.len(), 7);
    let has_empty = |operation: &&&str| texts_of(&cases, operation).iter().any(|(text, _)| text.is_empty());
    assert_all("the empty text", operations.iter().filter(|operation| !has_empty(operation)));
}

/// A case that renders: what is literal in its body, its values, and the text that comes of it.
struct Rendered {
    body: String,
    values: Vec<String>,
    text: String,
    diacritics: String,
}

/// The cases of `finish`: rendered, folded, counted.
fn finished() -> Vec<Rendered> {
    let finished = template_cases().into_iter().filter(|case| case["operation"] == "finish");
    finished
        .map(|case| {
            let mut values = Vec::new();
            strings(&case["input"]["values"], &mut values);
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            Rendered {
                body: text(&case["input"]["body"]),
                values,
                text: text(&case["expect"]["text"]),
                diacritics: text(&case["input"]["diacritics"]),
            }
        })
        .collect()
}

fn strings(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Object(fields) => fields.values().for_each(|field| strings(field, into)),
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        _ => {}
    }
}

#[test]
fn every_kind_of_value_is_rendered_folded_and_counted() {
    let cases = finished();
    let value =
        |is_it: &dyn Fn(&str) -> bool| cases.iter().any(|case| case.values.iter().any(|value| is_it(value)));
    assert_all(
        "values with a letter",
        POLISH.chars().filter(|letter| !value(&|value| value.contains(*letter))),
    );
    assert_all(
        "values with a sign",
        "€`°½№²…–„\u{a0}\u{200b}".chars().filter(|sign| !value(&|value| value.contains(*sign))),
    );
    assert!(value(&|value| value.nfc().ne(value.chars())), "a value that NFC changes");
    assert!(value(&|value| value.starts_with(is_combining_mark)), "a value that begins with a mark");
    assert!(value(&|value| value.contains(char::is_control)), "control characters in a value");
    assert!(value(&|value| value.contains('\u{2028}')), "a line separator in a value");
    assert!(value(&|value| value.chars().any(|c| c.len_utf16() == 2)), "an emoji in a value");
    assert!(value(&|value| value.contains('\u{200D}')), "joined emoji in a value");
    assert!(value(&|value| value.chars().count() >= 200), "a value of 200 letters");
    let blank = |value: &str| value.chars().all(|c| c.is_whitespace() || c == '\u{200b}');
    assert!(
        cases.iter().any(|case| case.body.contains('|') && case.values.iter().any(|value| blank(value))),
        "a blank value with a fallback"
    );
    for sign in ["½", "²"] {
        let after_digit = |case: &Rendered| case.body.contains("1(") || case.body.contains("0(");
        let in_value =
            cases.iter().any(|case| case.values.iter().any(|value| value == sign) && after_digit(case));
        assert!(in_value, "a value of {sign} after a digit of the text");
        let in_text = cases.iter().any(|case| case.body.contains(&format!("){sign}")));
        assert!(in_text, "{sign} of the text after a value");
    }
    for diacritics in ["plain", "polish", "when_free"] {
        assert!(cases.iter().any(|case| case.diacritics == diacritics), "{diacritics}");
    }
}

#[test]
fn links_are_made_over_the_edges_of_values() {
    let cases = finished();
    // in the text, and neither in the body nor in a value by itself
    let straddles = |case: &Rendered, start: &str| {
        let has = |text: &str| text.to_lowercase().contains(start);
        has(&case.text) && !has(&case.body) && !case.values.iter().any(|value| has(value))
    };
    for start in ["www.", "http://", "https://"] {
        let kept = |case: &&Rendered| straddles(case, start) && !gsm7::fits(&case.text);
        assert!(cases.iter().filter(kept).count() >= 2, "{start} over an edge, and a letter that stays");
    }
    let goes_on = |case: &&Rendered| case.body.contains("https://k.pl/(") && !gsm7::fits(&case.text);
    assert!(cases.iter().any(|case| goes_on(&case)), "a link that a value goes on with");
    let ended = |case: &&Rendered| case.body.contains("https://k.pl/") && gsm7::fits(&case.text);
    assert!(cases.iter().any(|case| ended(&case)), "a link that a value ends");
}
