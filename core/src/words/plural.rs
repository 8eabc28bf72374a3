//! Numbers with their nouns: the one place that knows the plural forms of Polish and English.

use super::pick;
use crate::model::Language;

/// A noun in the forms that numbers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noun {
    /// Polish, after 1: `wizyta`.
    pub one: &'static str,
    /// Polish, after 2, 3, 4, 22, 23 …, but not 12, 13, 14: `wizyty`.
    pub few: &'static str,
    /// Polish, after 0, 5 to 21, 25 …: `wizyt`.
    pub many: &'static str,
    /// English, after 1: `visit`.
    pub en_one: &'static str,
    /// English, after any other number: `visits`.
    pub en_many: &'static str,
}

macro_rules! nouns {
    ($($(#[$doc:meta])* $name:ident = $one:literal $few:literal $many:literal, $en_one:literal $en_many:literal;)*) => {$(
        $(#[$doc])*
        pub const $name: Noun =
            Noun { one: $one, few: $few, many: $many, en_one: $en_one, en_many: $en_many };
    )*};
}

nouns! {
    /// Visits.
    VISITS = "wizyta" "wizyty" "wizyt", "visit" "visits";
    /// Messages.
    MESSAGES = "wiadomość" "wiadomości" "wiadomości", "message" "messages";
    /// Parts of a message.
    PARTS = "część" "części" "części", "part" "parts";
    /// Calendar days.
    DAYS = "dzień" "dni" "dni", "day" "days";
    /// Working days.
    WORKING_DAYS = "dzień roboczy" "dni robocze" "dni roboczych", "working day" "working days";
    /// Months, as a span (so long after).
    MONTHS = "miesiąc" "miesiące" "miesięcy", "month" "months";
    /// Hours, as a span: in the accusative (`1 godzinę po wizycie`).
    HOURS = "godzinę" "godziny" "godzin", "hour" "hours";
    /// Minutes, as a span: in the accusative (`1 minutę po wizycie`).
    MINUTES = "minutę" "minuty" "minut", "minute" "minutes";
    /// Reminders that a campaign sends.
    REMINDERS = "przypomnienie" "przypomnienia" "przypomnień", "reminder" "reminders";
}

impl Noun {
    /// The form that a number asks for, without the number.
    #[must_use]
    pub fn form(&self, count: u64, language: Language) -> &'static str {
        let polish = match (count, count % 10, count % 100) {
            (1, ..) => self.one,
            (_, 2..=4, hundred) if !(12..=14).contains(&hundred) => self.few,
            _ => self.many,
        };
        pick(language, polish, if count == 1 { self.en_one } else { self.en_many })
    }

    /// The number and the noun: `22 wizyty`, `1 visit`.
    #[must_use]
    pub fn count(&self, count: u64, language: Language) -> String {
        format!("{count} {}", self.form(count, language))
    }
}
