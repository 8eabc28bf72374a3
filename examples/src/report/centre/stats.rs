//! Statistics by campaign, step and day, as the engine counts them.

use super::super::print::{cells, date, heading, line, money};
use super::super::words;
use crate::play::Span;
use depesza::engine::{Clinic, EngineError};
use depesza::model::{CampaignId, Figures, Language, StatisticsFilter};
use std::collections::BTreeMap;

/// The statistics of a span of days.
///
/// # Errors
/// The engine's.
pub fn stats(
    clinic: &Clinic<'_>,
    span: Span,
    currency: &str,
    language: Language,
) -> Result<String, EngineError> {
    let filter = StatisticsFilter { from: span.from, to: span.to, campaign: None, kind: None };
    let statistics = clinic.statistics(&filter)?;
    let names: BTreeMap<CampaignId, String> =
        clinic.campaigns()?.into_iter().map(|campaign| (campaign.id, campaign.spec.name)).collect();
    let name = |id: &CampaignId| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let shared = words::of(language);
    let (by_campaign, by_step, by_day, step) = match language {
        Language::Pl => ("Kampanie", "Kroki", "Dni", "krok"),
        Language::En => ("Campaigns", "Steps", "Days", "step"),
    };
    let table = |rows: Vec<(String, &Figures)>| table(rows, currency, language);
    let mut text = String::new();
    heading(&mut text, by_campaign);
    let rows = statistics.by_campaign.iter().map(|row| (name(&row.campaign), &row.figures));
    text += &table(rows.chain([(shared.total.to_owned(), &statistics.total)]).collect());
    heading(&mut text, by_step);
    let rows = statistics.by_step.iter();
    text += &table(
        rows.map(|row| (format!("{}, {step} {}", name(&row.campaign), row.step + 1), &row.figures)).collect(),
    );
    heading(&mut text, by_day);
    text += &table(statistics.by_day.iter().map(|row| (date(row.day), &row.figures)).collect());
    heading(&mut text, shared.reasons);
    let mut reasons: Vec<_> = statistics.total.skipped_by_reason.iter().collect();
    reasons.sort_by_key(|(code, count)| (-**count, *code));
    for (code, count) in reasons {
        line(&mut text, &format!("{count:>7}  {}", depesza::words::reason(code, language).unwrap_or(code)));
    }
    Ok(text)
}

fn table(rows: Vec<(String, &Figures)>, currency: &str, language: Language) -> String {
    let words = words::of(language);
    let rate = match language {
        Language::Pl => "potwierdzone",
        Language::En => "confirmed",
    };
    let withdrawn = match language {
        Language::Pl => "wycofane",
        Language::En => "withdrawn",
    };
    let headings = [
        words.planned,
        words.sent,
        words.delivered,
        words.failed,
        words.skipped,
        withdrawn,
        words.parts,
        words.cost,
        words.yes,
        words.no,
        words.other,
        rate,
    ];
    let shown: Vec<(String, [String; 12])> = rows
        .into_iter()
        .map(|(name, figures)| {
            let count = |figure: i64| if figure == 0 { "–".to_owned() } else { figure.to_string() };
            let per_cent = |rate: u32| format!("{}{}{} %", rate / 10, words.decimal, rate % 10);
            let cells = [
                count(figures.planned),
                count(figures.sent),
                count(figures.delivered),
                count(figures.failed),
                count(figures.skipped),
                count(figures.cancelled),
                count(figures.parts),
                money(figures.cost_milli, currency, words),
                count(figures.yes),
                count(figures.no),
                count(figures.other),
                figures.confirmed_per_mille.map_or_else(|| "–".to_owned(), per_cent),
            ];
            (name, cells)
        })
        .collect();
    let names = shown.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut widths = headings.map(|heading| heading.chars().count());
    for (_, row) in &shown {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    line(&mut text, &format!("{:<names$}{}", "", cells(headings.map(str::to_owned), widths)));
    for (name, row) in shown {
        line(&mut text, &format!("{name:<names$}{}", cells(row, widths)));
    }
    text
}
