//! The report as aligned text.

use super::figures::{CampaignFigures, Counts, Day, ReasonCount, Report, VisitAnswer};
use super::words::{self, Words};
use chrono::{Datelike, NaiveDate};
use depesza::model::Language;
use std::fmt::Write;

/// The most reasons that are listed.
const REASONS: usize = 10;
/// The most visits of one kind that are listed.
const VISITS: usize = 12;
/// The width of the bar of the busiest day.
const BAR: u32 = 24;

/// The report in a language, as text for a terminal of about 110 columns.
#[must_use]
pub fn print(report: &Report, language: Language) -> String {
    let words = words::of(language);
    let mut text = String::new();
    let span = match (report.days.first(), report.days.last()) {
        (Some(first), Some(last)) => format!("{} – {}", date(first.date), date(last.date)),
        _ => words.none.to_owned(),
    };
    line(&mut text, &format!("{}: {}, {span}", report.practice, words.title.to_lowercase()));
    let news = words.news.replace("{messages}", &report.new_messages.to_string());
    let news = news.replace("{new}", &report.new_facts.to_string());
    line(&mut text, &news.replace("{known}", &report.known_facts.to_string()));
    timeline(&mut text, &report.days, words);
    campaigns(&mut text, report, words);
    visits(&mut text, words.confirmed, &report.confirmed, words);
    visits(&mut text, words.declined, &report.declined, words);
    reasons(&mut text, &report.reasons, words);
    text
}

fn timeline(text: &mut String, days: &[Day], words: &Words) {
    heading(text, words.timeline);
    let [a, b, c, d, e, f] = count_headings(words);
    let headings = [a, b, c, d, e, f, words.replies];
    let widths = headings.map(|heading| heading.chars().count().max(6));
    let head = cells(headings.map(str::to_owned), widths);
    line(text, &format!("{:<15}{head}", words.day));
    let busiest = days.iter().map(|day| bar_length(&day.counts)).max().unwrap_or(0);
    let row = |counts: Counts, replies| {
        let [a, b, c, d, e, f] = count_cells(counts);
        cells([a, b, c, d, e, f, count(replies)], widths)
    };
    for day in days {
        let weekday = words.weekdays.get(day.date.weekday().num_days_from_monday() as usize).unwrap_or(&"");
        let holiday = if day.holiday { format!(" {}", words.holiday) } else { String::new() };
        let name = format!("{} {weekday}", day.date.format("%d.%m.%Y"));
        line(
            text,
            &format!("{name:<15}{}  {}{holiday}", row(day.counts, day.replies), bar(&day.counts, busiest)),
        );
    }
    let total = row(Counts::sum(days.iter().map(|day| day.counts)), days.iter().map(|day| day.replies).sum());
    line(text, &format!("{:<15}{total}", words.total));
    line(text, words.legend);
}

pub(super) fn count_headings(words: &Words) -> [&'static str; 6] {
    [words.planned, words.sent, words.delivered, words.failed, words.skipped, words.open]
}

pub(super) fn count_cells(counts: Counts) -> [String; 6] {
    let Counts { sent, delivered, failed, skipped, open } = counts;
    [counts.planned(), sent, delivered, failed, skipped, open].map(count)
}

/// What the bar shows: what became of the messages that were to go that day. Decisions not to send would drown them: most
/// are made on the day a campaign starts.
fn bar_parts(counts: &Counts) -> [(u32, char); 4] {
    let Counts { sent, delivered, failed, open, .. } = *counts;
    [(delivered, '█'), (sent.saturating_sub(delivered), '▒'), (failed, 'x'), (open, 'o')]
}

fn bar_length(counts: &Counts) -> u32 {
    bar_parts(counts).iter().map(|(figure, _)| figure).sum()
}

/// A sign for each share of the busiest day, and at least one for every kind that there is.
fn bar(counts: &Counts, busiest: u32) -> String {
    let signs = |figure: u32| match figure {
        0 => 0,
        _ => ((figure * BAR + busiest / 2) / busiest.max(1)).max(1),
    };
    bar_parts(counts).into_iter().flat_map(|(figure, sign)| (0..signs(figure)).map(move |_| sign)).collect()
}

fn campaigns(text: &mut String, report: &Report, words: &Words) {
    heading(text, words.campaigns);
    let [a, b, c, d, e, f] = count_headings(words);
    let headings = [a, b, c, d, e, f, words.parts, words.cost, words.yes, words.no, words.other];
    let row = |figures: &CampaignFigures| {
        let money = money(figures.cost_milli, &report.currency, words);
        let [a, b, c, d, e, f] = count_cells(figures.counts);
        let [parts, yes, no, other] = [figures.parts, figures.yes, figures.no, figures.other].map(count);
        [a, b, c, d, e, f, parts, money, yes, no, other]
    };
    let total = CampaignFigures::total(words.total, &report.campaigns);
    let shown: Vec<_> =
        report.campaigns.iter().chain([&total]).map(|one| (one.name.as_str(), row(one))).collect();
    let names = shown
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0)
        .max(words.campaign.chars().count());
    let mut widths = headings.map(|heading| heading.chars().count());
    for (_, row) in &shown {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    line(text, &format!("{:<names$}{}", words.campaign, cells(headings.map(str::to_owned), widths)));
    for (name, row) in shown {
        line(text, &format!("{name:<names$}{}", cells(row, widths)));
    }
}

fn visits(text: &mut String, title: &str, visits: &[VisitAnswer], words: &Words) {
    heading(text, &format!("{title}: {}", visits.len()));
    let shown = || visits.iter().take(VISITS);
    let patients = shown().map(|visit| visit.patient.chars().count()).max().unwrap_or(0);
    let doctors = shown().map(|visit| visit.doctor.chars().count()).max().unwrap_or(0);
    for visit in shown() {
        let notes = [(visit.by_staff, words.by_staff), (visit.called_off, words.called_off)];
        let notes: Vec<_> =
            notes.into_iter().filter(|(is, _)| *is).map(|(_, note)| format!("({note})")).collect();
        let notes = notes.join(" ");
        let (patient, doctor) = (&visit.patient, &visit.doctor);
        let start = visit.start.format("%d.%m.%Y %H:%M");
        line(text, &format!("{start}  {patient:<patients$}  {doctor:<doctors$}  {notes}"));
    }
    if let Some(more) = visits.len().checked_sub(VISITS).filter(|more| *more > 0) {
        line(text, &words.more.replace("{}", &more.to_string()));
    }
}

fn reasons(text: &mut String, reasons: &[ReasonCount], words: &Words) {
    heading(text, words.reasons);
    if reasons.is_empty() {
        line(text, words.none);
    }
    for (place, reason) in (1..).zip(reasons.iter().take(REASONS)) {
        line(text, &format!("{place:>2}. {:>5}  {}", reason.count, reason.reason));
    }
}

pub(super) fn heading(text: &mut String, title: &str) {
    line(text, "");
    line(text, title);
    line(text, &"─".repeat(title.chars().count()));
}

/// A line without spaces at its end.
pub(super) fn line(text: &mut String, line: &str) {
    // writing to a String cannot fail
    let _ = writeln!(text, "{}", line.trim_end());
}

pub(super) fn cells<const N: usize>(cells: [String; N], widths: [usize; N]) -> String {
    cells.iter().zip(widths).map(|(cell, width)| format!("  {cell:>width$}")).collect()
}

pub(super) fn count(figure: u32) -> String {
    if figure == 0 { "–".to_owned() } else { figure.to_string() }
}

/// A cost to the hundredth: thousandths are rounded, halves away from zero.
pub(super) fn money(milli: i64, currency: &str, words: &Words) -> String {
    let hundredths = (milli.unsigned_abs() + 5) / 10;
    let sign = if milli < 0 && hundredths > 0 { "-" } else { "" };
    let unit = if currency == "PLN" && words.decimal == ',' { "zł" } else { currency };
    format!("{sign}{}{}{:02} {unit}", hundredths / 100, words.decimal, hundredths % 100)
}

pub(super) fn date(date: NaiveDate) -> String {
    date.format("%d.%m.%Y").to_string()
}
