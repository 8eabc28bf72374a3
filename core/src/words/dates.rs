//! Days, times and hours in sentences: `w piątek 20.11.2026 o 12:30`, `od poniedziałku do piątku`.

use super::pick;
use crate::model::{Language, SendWindow, TimeOfDay, Weekdays, WindowRange};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};

/// A day of the week: alone, `w …` with its preposition, `od …` and `do …`; English.
fn weekday(day: Weekday) -> (&'static str, &'static str, &'static str, &'static str) {
    match day {
        Weekday::Mon => ("poniedziałek", "w poniedziałek", "poniedziałku", "Monday"),
        Weekday::Tue => ("wtorek", "we wtorek", "wtorku", "Tuesday"),
        Weekday::Wed => ("środa", "w środę", "środy", "Wednesday"),
        Weekday::Thu => ("czwartek", "w czwartek", "czwartku", "Thursday"),
        Weekday::Fri => ("piątek", "w piątek", "piątku", "Friday"),
        Weekday::Sat => ("sobota", "w sobotę", "soboty", "Saturday"),
        Weekday::Sun => ("niedziela", "w niedzielę", "niedzieli", "Sunday"),
    }
}

/// `20.11.2026`
pub(crate) fn date(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}

/// `w piątek 20.11.2026`, `on Friday 20.11.2026`
pub(crate) fn on_date(day: NaiveDate, language: Language) -> String {
    let (_, on, _, en) = weekday(day.weekday());
    pick(language, format!("{on} {}", date(day)), format!("on {en} {}", date(day)))
}

/// `w piątek 20.11.2026 o 12:30`, `on Friday 20.11.2026 at 12:30`
pub(crate) fn on_date_at(at: NaiveDateTime, language: Language) -> String {
    let (day, hour, minute) = (on_date(at.date(), language), at.hour(), at.minute());
    pick(language, format!("{day} o {hour}:{minute:02}"), format!("{day} at {hour}:{minute:02}"))
}

/// `9:30`; seconds only where there are any.
pub(crate) fn time(at: TimeOfDay) -> String {
    let (minutes, second) = (at.seconds() / 60, at.seconds() % 60);
    let time = format!("{}:{:02}", minutes / 60, minutes % 60);
    if second > 0 { format!("{time}:{second:02}") } else { time }
}

/// `o 9:30`, `at 9:30`
pub(crate) fn at_time(at: TimeOfDay, language: Language) -> String {
    pick(language, format!("o {}", time(at)), format!("at {}", time(at)))
}

/// The hours of a window: `8:00-20:00`, `9:00-17:00 od poniedziałku do piątku oraz 9:00-13:00 (sobota)`.
pub(crate) fn hours(window: &SendWindow, language: Language) -> String {
    let ranges: Vec<String> = window.ranges.iter().map(|range| hours_of(range, language)).collect();
    ranges.join(pick(language, " oraz ", " and "))
}

fn hours_of(range: &WindowRange, language: Language) -> String {
    let mut words = format!("{}-{}", time(range.from), time(range.to));
    if range.weekdays != Weekdays::ALL {
        words.push(' ');
        words.push_str(&days_of(range.weekdays, language));
    }
    if let Some(dates) = range.dates {
        let (first, last) = (date(dates.first), date(dates.last));
        words.push_str(&pick(language, format!(" (od {first} do {last})"), format!(" ({first} to {last})")));
    }
    words
}

/// Days of the week: `od poniedziałku do piątku` where three or more follow each other, else `(poniedziałek, środa)`.
fn days_of(days: Weekdays, language: Language) -> String {
    let days: Vec<Weekday> = days.iter().collect();
    let follow = days.windows(2).all(|pair| matches!(pair, [day, next] if day.succ() == *next));
    match (days.as_slice(), follow) {
        ([first, .., last], true) if days.len() > 2 => {
            let ((_, _, from, en), (_, _, to, en_to)) = (weekday(*first), weekday(*last));
            pick(language, format!("od {from} do {to}"), format!("{en} to {en_to}"))
        }
        _ => {
            let name = |day: &Weekday| pick(language, weekday(*day).0, weekday(*day).3);
            let names: Vec<&str> = days.iter().map(name).collect();
            format!("({})", names.join(", "))
        }
    }
}

/// Thousandths of a currency's unit: `0,18 PLN`, `0.18 PLN`; a third decimal only where there is one.
pub(crate) fn money(milli: i64, currency: &str, language: Language) -> String {
    let (sign, milli) = (if milli < 0 { "-" } else { "" }, milli.unsigned_abs());
    let (whole, rest, point) = (milli / 1_000, milli % 1_000, pick(language, ',', '.'));
    let rest = if rest % 10 == 0 { format!("{:02}", rest / 10) } else { format!("{rest:03}") };
    format!("{sign}{whole}{point}{rest} {currency}")
}
