//! Answers: the numbered edge cases, and what holds for every text.

use depesza::model::{OptOut, Reply, ReplyClass, ReplyGrammar, ReplyLanguage, ReplyPolicy};
use depesza::reply::{classify, normalise};
use proptest::prelude::*;

fn strict() -> ReplyPolicy {
    ReplyPolicy::default()
}

fn tolerant() -> ReplyPolicy {
    ReplyPolicy { grammar: ReplyGrammar::Tolerant, ..strict() }
}

fn ukrainian(policy: ReplyPolicy) -> ReplyPolicy {
    ReplyPolicy { languages: [ReplyLanguage::Ukrainian].into(), ..policy }
}

/// How the strict and the tolerant grammar read a text without STOP.
fn read(text: &str) -> (Reply, Reply) {
    let [strict, tolerant] = [strict(), tolerant()].map(|policy| classify(text, &policy));
    assert_eq!((strict.opt_out, tolerant.opt_out), (OptOut::Absent, OptOut::Absent), "{text}");
    (strict.reply, tolerant.reply)
}

#[test]
fn edge_062_the_bare_word_is_a_yes_whatever_surrounds_it_unseen() {
    for text in ["TAK", "tak", " Tak ", "TAK\u{a0}", "\u{feff}TAK", "TAK\u{200b}", "\u{200e}tak\u{200f}\r\n"]
    {
        assert_eq!(read(text), (Reply::Yes, Reply::Yes), "{text:?}");
    }
}

#[test]
fn edge_063_punctuation_needs_the_tolerant_grammar() {
    for text in ["TAK.", "tak!", "„TAK”", "tak :)"] {
        assert_eq!(read(text), (Reply::Other, Reply::Yes), "{text}");
    }
}

#[test]
fn edge_064_tak_bede_is_a_yes_when_tolerant_and_a_condition_never() {
    assert_eq!(read("TAK, będę"), (Reply::Other, Reply::Yes));
    for text in ["tak ale o 15", "tak, ale o 15", "tak i nie", "tak jeśli zdążę", "tak nie", "nie, będę"]
    {
        assert_eq!(read(text), (Reply::Other, Reply::Other), "{text}");
    }
}

#[test]
fn edge_065_nie_is_a_no_and_a_sentence_that_begins_with_it_is_not() {
    assert_eq!(read("NIE"), (Reply::No, Reply::No));
    for text in ["nie wiem", "nie mogę rozmawiać", "nie ma problemu", "nie odwołuję"] {
        assert_eq!(read(text), (Reply::Other, Reply::Other), "{text}");
    }
}

#[test]
fn edge_066_letters_are_compared_after_nfkc_and_cyrillic_is_another_language() {
    assert_eq!(read("ＴＡＫ"), (Reply::Yes, Reply::Yes));
    assert_eq!(read("Przyjde\u{328}").1, Reply::Yes, "a decomposed ę");
    for text in ["Так", "ТАК", "TАK"] {
        assert_eq!(read(text), (Reply::Other, Reply::Other), "{text}");
    }
    for policy in [ukrainian(strict()), ukrainian(tolerant())] {
        assert_eq!(classify("Так", &policy).reply, Reply::Yes);
        assert_eq!(classify("Ні", &policy).reply, Reply::No);
        assert_eq!(classify("TАK", &policy).reply, Reply::Other, "one Cyrillic letter among Latin ones");
    }
}

#[test]
fn edge_067_nothing_an_emoji_or_the_quoted_question_is_for_people() {
    for text in
        ["", " \u{200b}", "👍", "✅✅", ":)", "> Prosimy odpisać TAK lub NIE\nTAK", "TAK/NIE", "\u{1f937}"]
    {
        assert_eq!(read(text), (Reply::Other, Reply::Other), "{text}");
    }
}

#[test]
fn edge_079_stop_alone_withdraws_and_beats_every_other_reading() {
    for policy in [strict(), tolerant(), ukrainian(tolerant())] {
        let class = |opt_out| ReplyClass { reply: Reply::Other, opt_out };
        for text in ["STOP", " stop\u{a0}", "Stop.", "\"STOP\"!", "СТОП", "STOP 🛑", "stop stop"] {
            assert_eq!(classify(text, &policy), class(OptOut::Alone), "{text}");
        }
        for text in ["TAK STOP", "proszę stop", "STOP 123", "Stop. Dziękuję", "Stop?", "non-stop"] {
            assert_eq!(classify(text, &policy), class(OptOut::Mentioned), "{text}");
        }
        for text in ["stopa", "przystop", "wypisz mnie"] {
            assert_eq!(classify(text, &policy), class(OptOut::Absent), "{text}");
        }
    }
}

#[test]
fn a_policy_is_read_from_what_users_write_and_unknown_fields_are_refused() {
    assert_eq!(serde_json::from_str::<ReplyPolicy>("{}").expect("defaults"), strict());
    let written = r#"{"grammar":"tolerant","languages":["ukrainian"]}"#;
    assert_eq!(serde_json::from_str::<ReplyPolicy>(written).expect("a policy"), ukrainian(tolerant()));
    assert!(serde_json::from_str::<ReplyPolicy>(r#"{"tolerant":true}"#).is_err());
}

/// Words of answers and of other talk, and what stands between them.
fn talk() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        proptest::sample::select(vec![
            "tak",
            "TAK",
            "nie",
            "Nie",
            "będę",
            "bede",
            "przyjdę",
            "potwierdzam",
            "odwołuję",
            "dam rady",
            "t",
            "ok",
            "dziękuję",
            "niestety",
            "stop",
            "chyba",
            "ale",
            "15",
            "że",
            "так",
            "ні",
            "👍",
            "👎",
            ":(",
            ":D",
        ]),
        Just("wizytę"),
    ];
    let gap = proptest::sample::select(vec![" ", " ", ", ", ". ", "\n", "! ", "\u{a0}", "? ", " - ", "/"]);
    proptest::collection::vec((word, gap), 0..5)
        .prop_map(|parts| parts.into_iter().map(|(word, gap)| format!("{word}{gap}")).collect())
}

fn words(text: &str) -> Vec<String> {
    let normal = normalise(text);
    normal.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn strict_answers_only_the_bare_word(text in talk()) {
        match classify(&text, &strict()).reply {
            Reply::Yes => prop_assert_eq!(normalise(&text), "tak"),
            Reply::No => prop_assert_eq!(normalise(&text), "nie"),
            Reply::Other => {}
        }
    }

    #[test]
    fn tolerant_agrees_wherever_strict_answers(text in "[ \u{a0}\u{200b}]{0,2}([tT][aA][kK]|[nN][iI][eE])[ \u{a0}\u{feff}]{0,2}") {
        let (strict, tolerant) = read(&text);
        prop_assert_ne!(strict, Reply::Other);
        prop_assert_eq!(strict, tolerant);
    }

    #[test]
    fn tolerant_answers_no_text_that_says_both(text in talk()) {
        let words = words(&text);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let reply = classify(&text, &ukrainian(tolerant())).reply;
        if has(&["tak", "так"]) && has(&["nie", "odwołuję", "ні"]) {
            prop_assert_eq!(reply, Reply::Other);
        }
        if has(&["chyba", "ale", "15", "że", "stop"]) || text.contains(['?', '/']) {
            prop_assert_eq!(reply, Reply::Other);
        }
    }

    #[test]
    fn a_word_that_is_not_listed_makes_any_text_other(
        text in talk(), at in any::<proptest::sample::Index>(), word in "[qvx]{3}[a-z]{0,3}",
    ) {
        let mut words = words(&text);
        words.insert(at.index(words.len() + 1), word);
        prop_assert_eq!(classify(&words.join(" "), &tolerant()).reply, Reply::Other);
    }

    #[test]
    fn a_question_mark_anywhere_makes_any_text_other(text in talk(), at in any::<proptest::sample::Index>()) {
        let mut signs: Vec<char> = text.chars().collect();
        signs.insert(at.index(signs.len() + 1), '?');
        let asked = String::from_iter(signs);
        for policy in [strict(), tolerant()] {
            let class = classify(&asked, &policy);
            prop_assert_eq!(class.reply, Reply::Other);
            prop_assert_ne!(class.opt_out, OptOut::Alone);
        }
    }

    #[test]
    fn the_case_of_letters_never_counts(text in prop_oneof![talk(), "\\PC{0,20}"]) {
        for policy in [strict(), ukrainian(tolerant())] {
            let class = classify(&text, &policy);
            prop_assert_eq!(classify(&text.to_uppercase(), &policy), class);
            prop_assert_eq!(classify(&text.to_lowercase(), &policy), class);
        }
    }

    #[test]
    fn stop_is_never_read_as_an_answer(text in talk()) {
        let class = classify(&text, &tolerant());
        prop_assert_eq!(class.opt_out != OptOut::Absent, words(&text).iter().any(|word| word == "stop"));
        prop_assert!(class.opt_out == OptOut::Absent || class.reply == Reply::Other);
    }

    #[test]
    fn normalising_twice_changes_nothing(text in prop_oneof![talk(), "\\PC{0,20}", any::<String>()]) {
        let once = normalise(&text);
        prop_assert_eq!(normalise(&once), once);
    }
}
