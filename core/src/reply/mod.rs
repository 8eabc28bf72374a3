//! Answers to a message: yes, no, or something for people to read, and whether STOP was said.
//!
//! A wrong yes or no is worse than an `Other`, so both grammars are closed: what they do not list is `Other`. The text
//! is [`normalise`]d first: Unicode NFKC, lower case, invisible characters dropped, white space around cut.
//!
//! **STOP** is looked for first, in either grammar and in Latin or Ukrainian letters (`СТОП`), whatever languages are
//! on: withdrawing must be easy. It is `Alone` when no other letter or digit and no question mark stands in the text,
//! so `Stop.`, `"STOP"!` and `stop stop` withdraw consent; it is `Mentioned` when it is one word among others (`STOP
//! 123`, `proszę STOP`) or a question (`Stop?`). A word that only contains it (`stopa`, a foot) is none. With STOP
//! the answer is always `Other`. Other wordings of the wish (`wypisz mnie`) are `Other` and reach people as any
//! unread message.
//!
//! **Strict**: the whole text is `tak` or `nie`; with Ukrainian also `так` or `ні`, in Cyrillic letters alone.
//!
//! **Tolerant**: the same, and texts made only of the phrases, smileys and emoji listed in `core/src/reply/words.rs`.
//! Polish diacritics do not count (`bede` is `będę`).
//!
//! 1. Full stops, commas, colons, semicolons, hyphens, dashes, exclamation marks, quotes, round brackets and the ends
//!    of lines end a phrase and are otherwise ignored. A question mark, a digit, or any sign that is not listed makes
//!    `Other`: so do `/`, and `>` before quoted text.
//! 2. `t` or `n` is an answer when it is the only word. `taaak`, `takk`, `niee` and the listed typos count as the word.
//! 3. Every phrase is one of the list: `yes` (tak, potwierdzam, będę …), `nay` (nie by itself), `no` in words (nie
//!    przyjdę, nie dam rady …), `cancel` (odwołuję …), `polite` (dziękuję, dzień dobry …, which says nothing), `glad`
//!    (ok, dobrze, 👍 …), `sorry` (niestety, 👎, `:(` …). The longest phrase counts, and never reaches over a sign:
//!    `nie będę` is a no, `nie, będę` says both.
//! 4. The text is a yes when it has a `yes` and no `nay`, `no`, `cancel` or `sorry`. It is a no when it has a `nay`,
//!    a `no` or a `cancel` and no `yes` or `glad`, except that `nay` together with `cancel` is `Other`, because `nie
//!    odwołuję` means the contrary. Else it is `Other`: both, neither, `ok` or an emoji by itself.
//!
//! So conditions (`tak, ale o 15`), doubts (`chyba tak`), questions and other matters (`nie mogę rozmawiać`, `nie ma
//! problemu`) are `Other` because a word of theirs is not listed. English is not read: `no` is colloquial Polish for
//! yes.
//!
//! Not here: which request an answer belongs to, what a yes does to a visit, and who has withdrawn.

mod normalise;
mod tolerant;
mod words;

pub use normalise::normalise;

use crate::model::{OptOut, Reply, ReplyClass, ReplyGrammar, ReplyLanguage, ReplyPolicy};

/// Reads the text of an inbound message.
///
/// The answer does not depend on the case of letters. It never fails: what is not understood is [`Reply::Other`].
#[must_use]
pub fn classify(body: &str, policy: &ReplyPolicy) -> ReplyClass {
    let text = normalise(body);
    let opt_out = opt_out(&text);
    let reply = match (opt_out, policy.grammar) {
        (OptOut::Alone | OptOut::Mentioned, _) => Reply::Other,
        (OptOut::Absent, ReplyGrammar::Strict) => strict(&text, policy),
        (OptOut::Absent, ReplyGrammar::Tolerant) => tolerant::read(&text, policy),
    };
    ReplyClass { reply, opt_out }
}

fn strict(text: &str, policy: &ReplyPolicy) -> Reply {
    let ukrainian = policy.languages.contains(&ReplyLanguage::Ukrainian);
    match text {
        "tak" => Reply::Yes,
        "nie" => Reply::No,
        "так" if ukrainian => Reply::Yes,
        "ні" if ukrainian => Reply::No,
        _ => Reply::Other,
    }
}

fn opt_out(text: &str) -> OptOut {
    let is_stop = |word: &str| matches!(word, "stop" | "стоп");
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    let some = words.peek().is_some();
    match (words.clone().any(is_stop), some && words.all(is_stop) && !text.contains('?')) {
        (_, true) => OptOut::Alone,
        (true, false) => OptOut::Mentioned,
        (false, false) => OptOut::Absent,
    }
}
