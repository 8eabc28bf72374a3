//! What a visit gets of every campaign, and why not more.

use super::super::print::{heading, line};
use depesza::calendar;
use depesza::engine::{Clinic, EngineError};
use depesza::model::{FilterExplained, Language, StepOutcome, Timestamp, VisitId, Zone};
use depesza::words::Label;

/// A visit explained in words, as things stand at `now`.
///
/// # Errors
/// [`EngineError::UnknownVisit`], the store's.
pub fn explain(
    clinic: &Clinic<'_>,
    visit: &VisitId,
    zone: Zone,
    now: Timestamp,
    language: Language,
) -> Result<String, EngineError> {
    let explained = clinic.explain_visit(visit, now)?;
    let (title, step, sends, went, nothing) = match language {
        Language::Pl => ("Wizyta", "krok", "wyjdzie", "wysłano", "nic: kampania jej nie dotyczy"),
        Language::En => ("Visit", "step", "goes", "went", "nothing: not this campaign's business"),
    };
    let time = |at: Timestamp| calendar::local(zone, at).format("%d.%m.%Y %H:%M");
    let mut text = String::new();
    heading(&mut text, &format!("{title} {visit}"));
    for campaign in &explained.campaigns {
        let (kind, status) = (campaign.kind.label(language), campaign.status.label(language));
        line(&mut text, &format!("{} ({kind}, {status})", campaign.name));
        for filter in &campaign.unmatched {
            line(&mut text, &format!("    {}", unmatched(filter, language)));
        }
        for one in &campaign.steps {
            let outcome = match &one.outcome {
                StepOutcome::Sends { at, body, parts, .. } => {
                    format!("{sends} {}: {} ({parts})", time(*at), body.reveal())
                }
                StepOutcome::Went { at, body } => {
                    format!("{went} {}: {}", time(*at), body.as_ref().map_or("–", |body| body.reveal()))
                }
                StepOutcome::Skips { reason } => reason.label(language).to_owned(),
                StepOutcome::Nothing {} => nothing.to_owned(),
            };
            let stands = one.message.zip(one.status);
            let stands = stands.map(|(id, status)| format!(" [{id}: {}]", status.label(language)));
            line(&mut text, &format!("    {step} {}: {outcome}{}", one.step + 1, stands.unwrap_or_default()));
        }
    }
    Ok(text)
}

fn unmatched(filter: &FilterExplained, language: Language) -> String {
    let (wanted, saw, none) = match language {
        Language::Pl => ("filtr chce", "wizyta ma", "nic"),
        Language::En => ("the filter wants", "the visit has", "none"),
    };
    let name = filter.filter.label(language);
    format!("{name}: {wanted} {}, {saw} {}", filter.wanted.join(", "), filter.saw.as_deref().unwrap_or(none))
}
