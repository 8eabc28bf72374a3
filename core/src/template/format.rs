//! How values look: dates, times, durations, lists.

use super::name::is_blank;
use super::render::ValueWriter;
use crate::model::Language;
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike, Weekday};

impl ValueWriter<'_> {
    /// 21.11.2026
    pub fn date(&mut self, date: NaiveDate) {
        self.formatted(format_args!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year()));
    }

    /// 21 listopada 2026, 21 November 2026
    pub fn date_in_words(&mut self, date: NaiveDate, language: Language) {
        let month = month_genitive(date.month(), language);
        self.formatted(format_args!("{} {month} {:04}", date.day(), date.year()));
    }

    /// 14:30
    pub fn time(&mut self, time: NaiveTime) {
        self.formatted(format_args!("{:02}:{:02}", time.hour(), time.minute()));
    }

    /// sobota, Saturday
    pub fn weekday(&mut self, day: Weekday, language: Language) {
        self.text(weekday_name(day, language));
    }

    /// Minutes and seconds, of `seconds`: 3:05, 75:10
    pub fn minutes_and_seconds(&mut self, seconds: u32) {
        self.formatted(format_args!("{}:{:02}", seconds / 60, seconds % 60));
    }

    /// Each different item once, in their order: "a", "a i b", "a, b i c". `write` must write something.
    pub(super) fn list<T: PartialEq>(
        &mut self,
        items: impl Iterator<Item = T> + Clone,
        language: Language,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let is_first =
            |(index, item): &(usize, T)| !items.clone().take(*index).any(|earlier| earlier == *item);
        let distinct = || items.clone().enumerate().filter(is_first).map(|(_, item)| item);
        let count = distinct().count();
        for (index, item) in distinct().enumerate() {
            if index > 0 {
                self.text(if index + 1 < count { ", " } else { conjunction(language) });
            }
            write(self, item);
        }
    }

    /// Each different text once, in their order, without the blank ones: "a", "a i b", "a, b i c".
    pub fn text_list<'t>(&mut self, items: impl Iterator<Item = &'t str> + Clone, language: Language) {
        let items = items.map(str::trim).filter(|item| !item.chars().all(is_blank));
        self.list(items, language, |out, item| out.text(item));
    }
}

/// The values of several visits as one text, for hosts that join them on their own: each different value once, blank
/// ones left out ("10:00", "10:00 i 12:30", "a, b i c").
#[must_use]
pub fn join_values(values: &[&str], language: Language) -> String {
    let mut joined = String::with_capacity(values.iter().map(|value| value.len() + 5).sum());
    let mut writer = ValueWriter::new(&mut joined);
    writer.text_list(values.iter().copied(), language);
    writer.finish();
    joined
}

fn conjunction(language: Language) -> &'static str {
    match language {
        Language::Pl => " i ",
        Language::En => " and ",
    }
}

/// Polish and English, from Monday.
pub(super) const WEEKDAYS: [(&str, &str); 7] = [
    ("poniedziałek", "Monday"),
    ("wtorek", "Tuesday"),
    ("środa", "Wednesday"),
    ("czwartek", "Thursday"),
    ("piątek", "Friday"),
    ("sobota", "Saturday"),
    ("niedziela", "Sunday"),
];

/// Polish, as they stand after a day's number, and English, from January.
pub(super) const MONTHS: [(&str, &str); 12] = [
    ("stycznia", "January"),
    ("lutego", "February"),
    ("marca", "March"),
    ("kwietnia", "April"),
    ("maja", "May"),
    ("czerwca", "June"),
    ("lipca", "July"),
    ("sierpnia", "August"),
    ("września", "September"),
    ("października", "October"),
    ("listopada", "November"),
    ("grudnia", "December"),
];

fn weekday_name(day: Weekday, language: Language) -> &'static str {
    name(&WEEKDAYS, day.num_days_from_monday(), language)
}

/// The month, from 1, as it stands after a day's number.
fn month_genitive(month: u32, language: Language) -> &'static str {
    name(&MONTHS, month.saturating_sub(1), language)
}

fn name(names: &[(&'static str, &'static str)], place: u32, language: Language) -> &'static str {
    let known = usize::try_from(place).ok().and_then(|place| names.get(place));
    known.map_or("", |(pl, en)| match language {
        Language::Pl => pl,
        Language::En => en,
    })
}
