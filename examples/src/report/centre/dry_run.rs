//! What would go out: every message with its text, then what it comes to by campaign and day.

use super::super::print::{date, heading, line, money};
use super::super::words;
use depesza::calendar;
use depesza::model::{CampaignId, DryRun, DryRunMessage, Language, Practice};
use depesza::words::Label;
use std::collections::BTreeMap;

/// A dry run in words.
#[must_use]
pub fn dry_run(
    run: &DryRun,
    practice: &Practice,
    names: &BTreeMap<CampaignId, String>,
    language: Language,
) -> String {
    let shared = words::of(language);
    let (title, totals, unsent, would) = match language {
        Language::Pl => ("Próba na sucho: co wyszłoby do pacjentów", "Razem", "pominięte", "wiadomości"),
        Language::En => ("Dry run: what would go out", "In all", "skipped", "messages"),
    };
    let mut text = String::new();
    heading(&mut text, title);
    let (goes, skipped): (Vec<&DryRunMessage>, Vec<&DryRunMessage>) =
        run.messages.iter().partition(|message| message.reason.is_none());
    for message in goes {
        let at = calendar::local(practice.zone, message.at).format("%d.%m.%Y %H:%M");
        let name = message.name.as_ref().map_or("", |name| name.reveal());
        let body = message.body.as_ref().map_or("", |body| body.reveal()).replace('\n', " ");
        line(&mut text, &format!("{at}  {name}: {body} ({})", message.parts));
    }
    heading(&mut text, totals);
    for total in &run.totals {
        let campaign = total.campaign.as_ref().and_then(|id| names.get(id)).map_or("", String::as_str);
        let cost = money(total.cost_milli, &practice.settings.currency, shared);
        let (day, messages, parts) = (date(total.day), total.messages, total.parts);
        let figures =
            format!("{would} {messages}, {unsent} {}, {} {parts}, {cost}", total.skipped, shared.parts);
        line(&mut text, &format!("{day}  {campaign}: {figures}"));
    }
    let sum = |figure: fn(&depesza::model::DryRunTotal) -> u64| run.totals.iter().map(figure).sum::<u64>();
    let cost =
        money(run.totals.iter().map(|total| total.cost_milli).sum(), &practice.settings.currency, shared);
    let (messages, left_out, parts) =
        (sum(|total| total.messages), sum(|total| total.skipped), sum(|total| total.parts));
    line(
        &mut text,
        &format!(
            "{}: {would} {messages}, {unsent} {left_out}, {} {parts}, {cost}",
            shared.total, shared.parts
        ),
    );
    heading(&mut text, shared.reasons);
    let mut reasons: BTreeMap<&str, u32> = BTreeMap::new();
    for reason in skipped.iter().filter_map(|message| message.reason.as_ref()) {
        *reasons.entry(reason.label(language)).or_default() += 1;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    for (reason, count) in reasons {
        line(&mut text, &format!("{count:>7}  {reason}"));
    }
    text
}
