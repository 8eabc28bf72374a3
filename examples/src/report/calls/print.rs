//! The report on calls as aligned text.

use super::super::print::{cells, count, count_cells, count_headings, date, heading, line, money};
use super::super::words as shared;
use super::figures::{CallLine, CallReport, MessageLine, News, RuleFigures};
use super::words::{self, Words};
use chrono::NaiveDateTime;
use depesza::model::Language;
use depesza::words::Label;

/// The report in a language, as text for a terminal of about 130 columns.
#[must_use]
pub fn print(report: &CallReport, language: Language) -> String {
    let words = words::of(language);
    let mut text = summary(report, language);
    heading(&mut text, &format!("{}: {}", words.with_sms, report.answered_by_sms.len()));
    calls(&mut text, &report.answered_by_sms, report, words, language);
    heading(&mut text, &format!("{}: {}", words.without_sms, report.nothing.len()));
    calls(&mut text, &report.nothing, report, words, language);
    heading(&mut text, words.reasons);
    for reason in &report.reasons {
        line(&mut text, &format!("{:>5}  {}", reason.count, reason.reason));
    }
    text
}

/// The calls of a report alone: what is shown while a file is followed.
#[must_use]
pub fn lines(report: &CallReport, language: Language) -> String {
    let mut text = String::new();
    calls(&mut text, &report.answered_by_sms, report, words::of(language), language);
    calls(&mut text, &report.nothing, report, words::of(language), language);
    text
}

/// The head of the report: what this run did, and what each rule did.
#[must_use]
pub fn summary(report: &CallReport, language: Language) -> String {
    let words = words::of(language);
    let mut text = String::new();
    let days = match report.days {
        Some((first, last)) if first == last => date(first),
        Some((first, last)) => format!("{} – {}", date(first), date(last)),
        None => shared::of(language).none.to_owned(),
    };
    line(&mut text, &format!("{}: {}, {days}", report.practice, words.title));
    line(&mut text, &news(report, words, language));
    rules(&mut text, report, words, language);
    text
}

fn news(report: &CallReport, words: &Words, language: Language) -> String {
    match report.news {
        News::Sent { messages, told } => words
            .news
            .replace("{messages}", &messages.to_string())
            .replace("{new}", &told.new.to_string())
            .replace("{known}", &told.known.to_string()),
        News::Replayed { messages, parts, cost_milli } => words
            .replayed
            .replace("{messages}", &messages.to_string())
            .replace("{parts}", &parts.to_string())
            .replace("{cost}", &money(cost_milli, &report.currency, shared::of(language))),
    }
}

fn rules(text: &mut String, report: &CallReport, words: &Words, language: Language) {
    let shared = shared::of(language);
    heading(text, words.rules);
    // planned is what the others add up to
    let [_, sent, delivered, failed, skipped, open] = count_headings(shared);
    let headings =
        [words.state, words.matched, sent, delivered, failed, skipped, open, shared.parts, shared.cost];
    let row = |rule: &RuleFigures| {
        let [_, sent, delivered, failed, skipped, open] = count_cells(rule.counts);
        let state = if rule.on { words.on } else { words.off };
        let money = money(rule.cost_milli, &report.currency, shared);
        let [matched, parts] = [rule.matched, rule.parts].map(count);
        [state.to_owned(), matched, sent, delivered, failed, skipped, open, parts, money]
    };
    let rows: Vec<_> = report.rules.iter().map(|rule| (rule.name.as_str(), row(rule))).collect();
    let names = rows.iter().map(|(name, _)| name.chars().count()).chain([words.rule.chars().count()]).max();
    let names = names.unwrap_or_default();
    let mut widths = headings.map(|heading| heading.chars().count());
    for (_, row) in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    line(text, &format!("{:<names$}{}", words.rule, cells(headings.map(str::to_owned), widths)));
    for (name, row) in rows {
        line(text, &format!("{name:<names$}{}", cells(row, widths)));
    }
}

fn calls(text: &mut String, calls: &[CallLine], report: &CallReport, words: &Words, language: Language) {
    let number =
        |number: &str| if number.is_empty() { words.no_number.to_owned() } else { number.to_owned() };
    let row = |call: &CallLine| {
        [
            time(call.started),
            call.direction.label(language).to_owned(),
            call.status.label(language).to_owned(),
            format!("{} s", call.seconds),
            format!("{} → {}", number(&call.caller), number(&call.called)),
        ]
    };
    let rows: Vec<_> = calls.iter().map(|call| (row(call), call)).collect();
    let mut widths = [0; 5];
    for (row, _) in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let [time_width, direction_width, status_width, seconds_width, _] = widths;
    for ([time, direction, status, seconds, numbers], call) in rows {
        let head = format!(
            "{time:<time_width$}  {direction:<direction_width$}  {status:<status_width$}  {seconds:>seconds_width$}  {numbers}"
        );
        line(text, &head);
        for message in &call.messages {
            line(text, &format!("    → {}", self::message(message, report, words, language)));
        }
        for why in &call.why {
            line(text, &format!("    – {why}"));
        }
    }
}

fn message(message: &MessageLine, report: &CallReport, words: &Words, language: Language) -> String {
    let money = money(message.cost_milli, &report.currency, shared::of(language));
    format!(
        "{}  {}  „{}”  {}, {} {}, {money}",
        time(message.at),
        message.to,
        message.rule,
        message.status.label(language),
        message.parts,
        words.parts
    )
}

fn time(at: NaiveDateTime) -> String {
    at.format("%d.%m %H:%M:%S").to_string()
}
