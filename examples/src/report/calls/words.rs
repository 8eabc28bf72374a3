//! The words of the report on calls in two languages; those of a message are the other report's.

use depesza::model::{CallCondition, CallDirection, CallStatus, ConditionSeen, Language};
use depesza::words::Label;

/// The words of one language.
pub struct Words {
    pub title: &'static str,
    pub news: &'static str,
    pub replayed: &'static str,
    pub rules: &'static str,
    pub rule: &'static str,
    pub state: &'static str,
    pub on: &'static str,
    pub off: &'static str,
    pub matched: &'static str,
    pub with_sms: &'static str,
    pub without_sms: &'static str,
    pub reasons: &'static str,
    pub nearest: &'static str,
    pub no_number: &'static str,
    pub parts: &'static str,
    pub call: &'static str,
    pub rang: &'static str,
    pub talked: &'static str,
    pub raw: &'static str,
    pub matches: &'static str,
    pub matches_not: &'static str,
    pub wanted: &'static str,
    pub saw: &'static str,
    pub stopped: &'static str,
    pub not_asked: &'static str,
    pub came_of_it: &'static str,
    pub no_call: &'static str,
    pub from: &'static str,
    pub up_to: &'static str,
}

/// The words of a language.
pub fn of(language: Language) -> &'static Words {
    match language {
        Language::Pl => &POLISH,
        Language::En => &ENGLISH,
    }
}

/// A condition that is not met: what it wanted, and what it saw.
pub fn lacks(condition: &ConditionSeen, language: Language) -> String {
    let (wanted, saw) = values(condition, language);
    let words = of(language);
    let name = condition.condition.label(language);
    format!("{name}: {} {wanted}, {} {saw}", words.wanted, words.saw)
}

/// What a condition wanted and saw, its wire names in the words of a language.
pub fn values(condition: &ConditionSeen, language: Language) -> (String, String) {
    let word = |code: &str| match condition.condition {
        CallCondition::Direction => {
            [CallDirection::Incoming, CallDirection::Outgoing, CallDirection::Internal]
                .into_iter()
                .zip(["incoming", "outgoing", "internal"])
                .find(|(_, known)| *known == code)
                .map(|(direction, _)| direction.label(language))
        }
        CallCondition::Status => CallStatus::ALL
            .into_iter()
            .find(|known| known.code() == code)
            .map(|status| status.label(language)),
        CallCondition::OwnNumber | CallCondition::Seconds | CallCondition::Time => None,
    };
    let text = |codes: &str| match condition.condition {
        CallCondition::Direction | CallCondition::Status => {
            codes.split(", ").map(|code| word(code).unwrap_or(code)).collect::<Vec<_>>().join(" / ")
        }
        CallCondition::Seconds => seconds(codes, language),
        CallCondition::OwnNumber | CallCondition::Time => codes.to_owned(),
    };
    (text(&condition.wanted), text(&condition.saw))
}

/// A length as people say it: `5- s` is from 5 s on, `-9 s` is up to 9 s.
fn seconds(codes: &str, language: Language) -> String {
    let words = of(language);
    match codes.strip_suffix(" s").and_then(|span| span.split_once('-')) {
        Some((from, "")) => format!("{} {from} s", words.from),
        Some(("", to)) => format!("{} {to} s", words.up_to),
        _ => codes.to_owned(),
    }
}

const POLISH: Words = Words {
    title: "SMS po rozmowie",
    news: "Nowe wiadomości: {messages}. Nowe rozmowy: {new}, już znane: {known}.",
    replayed: "Próba, nic nie wysłano. Poszłyby wiadomości: {messages}, części: {parts}, koszt: {cost}.",
    rules: "Regułki",
    rule: "Regułka",
    state: "stan",
    on: "włączona",
    off: "wyłączona",
    matched: "pasuje",
    with_sms: "Rozmowy, po których poszedł SMS",
    without_sms: "Rozmowy bez SMS-a",
    reasons: "Dlaczego nic nie poszło",
    nearest: "najbliżej",
    no_number: "numer ukryty",
    parts: "cz.",
    call: "Rozmowa",
    rang: "dzwonienie",
    talked: "rozmowa",
    raw: "w centrali",
    matches: "pasuje",
    matches_not: "nie pasuje",
    wanted: "ma być",
    saw: "jest",
    stopped: "na niej koniec: dalsze nie są pytane",
    not_asked: "nie była pytana",
    came_of_it: "Co z tego wyszło",
    no_call: "nie ma takiej rozmowy",
    from: "od",
    up_to: "do",
};

const ENGLISH: Words = Words {
    title: "SMS after a call",
    news: "{messages} new messages; {new} new calls, {known} known.",
    replayed: "A trial, nothing was sent. There would be {messages} messages, {parts} parts, cost {cost}.",
    rules: "Rules",
    rule: "Rule",
    state: "state",
    on: "on",
    off: "off",
    matched: "matches",
    with_sms: "Calls with an SMS",
    without_sms: "Calls without an SMS",
    reasons: "Why nothing went",
    nearest: "nearest is",
    no_number: "number withheld",
    parts: "pt.",
    call: "Call",
    rang: "rang",
    talked: "talked",
    raw: "the exchange says",
    matches: "matches",
    matches_not: "does not match",
    wanted: "wants",
    saw: "saw",
    stopped: "it stops here: later rules are not asked",
    not_asked: "was not asked",
    came_of_it: "What came of it",
    no_call: "there is no such call",
    from: "from",
    up_to: "up to",
};
