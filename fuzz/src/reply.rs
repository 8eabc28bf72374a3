//! Answers to a message: what holds of any text.
//!
//! Input: a byte of choices (unused bits are free), the text.

use crate::input::Input;
use depesza::model::{OptOut, Reply, ReplyGrammar, ReplyLanguage, ReplyPolicy};
use depesza::reply::{classify, normalise};
use std::collections::BTreeSet;

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let choices = input.byte();
    let languages: BTreeSet<ReplyLanguage> =
        if choices & 1 == 0 { [].into() } else { [ReplyLanguage::Ukrainian].into() };
    let text = &*input.text();

    let normal = normalise(text);
    assert_eq!(normalise(&normal), normal, "normalising twice changes nothing");

    let policy = |grammar| ReplyPolicy { grammar, languages: languages.clone() };
    let [strict, tolerant] =
        [ReplyGrammar::Strict, ReplyGrammar::Tolerant].map(|grammar| classify(text, &policy(grammar)));
    assert_eq!(strict.opt_out, tolerant.opt_out, "the grammar never hides a STOP");
    if strict.opt_out != OptOut::Absent {
        assert!(normal.contains("stop") || normal.contains("стоп"));
        assert_eq!((strict.reply, tolerant.reply), (Reply::Other, Reply::Other));
    }
    match strict.reply {
        Reply::Yes => assert!(normal == "tak" || normal == "так" && choices & 1 == 1),
        Reply::No => assert!(normal == "nie" || normal == "ні" && choices & 1 == 1),
        Reply::Other => {}
    }
    if strict.reply != Reply::Other {
        assert_eq!(tolerant.reply, strict.reply, "tolerance changes no answer");
    }
    // the one smiley of the list with a digit is no number
    let plain = normal.replace("<3", "");
    if plain.contains('?') || plain.contains(|c: char| c.is_ascii_digit()) || plain.contains('/') {
        assert_eq!(tolerant.reply, Reply::Other, "a question, a number, an alternative are for people");
    }
    for grammar in [ReplyGrammar::Strict, ReplyGrammar::Tolerant] {
        let answer = classify(text, &policy(grammar));
        for other in [text.to_uppercase(), text.to_lowercase()] {
            assert_eq!(classify(&other, &policy(grammar)), answer, "case never counts");
        }
    }
}
