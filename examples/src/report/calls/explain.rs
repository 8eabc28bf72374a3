//! One call: what every rule wanted and saw, and what was done.

use super::super::print::{heading, line};
use super::words::{self, Words};
use chrono::NaiveDateTime;
use depesza::calendar;
use depesza::engine::{Clinic, EngineError};
use depesza::model::{
    Call, CallExplained, CallFile, CallRuleId, Language, Message, Phone, RuleExplained, RuleOutcome,
    RuleState, Zone,
};
use depesza::words::Label;

/// Says of a call, which need not have been told, what the account's rules make of it, and what the engine did.
///
/// # Errors
/// The store's.
pub fn explain(
    clinic: &Clinic<'_>,
    call: &Call,
    zone: Zone,
    language: Language,
) -> Result<String, EngineError> {
    let explained = clinic.explain_call(call)?;
    let messages = clinic.messages_of_call(&call.system, &call.id)?;
    let words = words::of(language);
    let mut text = String::new();
    line(&mut text, &format!("{} {} ({})", words.call, call.id, call.system));
    head(&mut text, call, zone, words, language);
    heading(&mut text, words.rules);
    let mut stopped = false;
    for (place, rule) in (1..).zip(&explained.rules) {
        one(&mut text, place, rule, words, language);
        if stopped && rule.matches && rule.state == RuleState::On {
            line(&mut text, &format!("     {}", words.not_asked));
        }
        if explained.stopped_by.as_ref() == Some(&rule.rule) {
            stopped = true;
            line(&mut text, &format!("     {}", words.stopped));
        }
    }
    heading(&mut text, words.came_of_it);
    came_of_it(&mut text, &explained, &messages, zone, words, language);
    Ok(text)
}

fn head(text: &mut String, call: &Call, zone: Zone, words: &Words, language: Language) {
    let number = |number: &Phone| match number.reveal() {
        "" => words.no_number.to_owned(),
        shown => shown.to_owned(),
    };
    let (begin, end) = (calendar::local(zone, call.started_at), calendar::local(zone, call.ended_at));
    let (direction, status) = (call.direction.label(language), call.status.label(language));
    line(text, &format!("{direction}, {status}: {} → {}", number(&call.caller), number(&call.called)));
    let (rang, talked) = (words.rang, words.talked);
    let span = format!("{} – {}", time(begin), time(end));
    line(
        text,
        &format!(
            "{span}, {rang} {} s, {talked} {} s; {}: {}",
            call.ring_s, call.talk_s, words.raw, call.raw_status
        ),
    );
}

fn one(text: &mut String, place: usize, rule: &RuleExplained, words: &Words, language: Language) {
    let state = if rule.state == RuleState::On { words.on } else { words.off };
    let matches = if rule.matches { words.matches } else { words.matches_not };
    line(text, &format!("{place}. {} ({state}): {matches}", rule.name));
    for condition in &rule.conditions {
        let (wanted, saw) = words::values(condition, language);
        let (name, sign) = (condition.condition.label(language), if condition.met { "✓" } else { "✗" });
        line(text, &format!("     {sign} {name}: {} {wanted}; {} {saw}", words.wanted, words.saw));
    }
}

fn came_of_it(
    text: &mut String,
    explained: &CallExplained,
    messages: &[Message],
    zone: Zone,
    words: &Words,
    language: Language,
) {
    let Some(CallFile { acted, nothing, .. }) = &explained.file else {
        return line(text, words.no_call);
    };
    if let Some(nothing) = nothing {
        line(text, nothing.label(language));
    }
    let name = |id: &CallRuleId| {
        let rule = explained.rules.iter().find(|rule| rule.rule == *id);
        rule.map_or_else(|| id.to_string(), |rule| rule.name.clone())
    };
    for acted in acted {
        match &acted.outcome {
            RuleOutcome::Skipped { reason } => {
                line(text, &format!("„{}”: {}", name(&acted.rule), reason.label(language)));
            }
            RuleOutcome::Planned { message } => {
                let Some(message) = messages.iter().find(|known| known.id == *message) else { continue };
                let at = time(calendar::local(zone, message.submitted_at.unwrap_or(message.due_at)));
                let number = message.number.as_ref().map(Phone::reveal).unwrap_or_default();
                let reason = message.reason.as_ref().map(|reason| format!(", {}", reason.label(language)));
                let status = format!("{}{}", message.status.label(language), reason.unwrap_or_default());
                line(text, &format!("„{}”: {at} → {number}, {status}", name(&acted.rule)));
                if let Some(body) = &message.body {
                    line(text, &format!("     {}", body.reveal()));
                }
            }
        }
    }
}

fn time(at: NaiveDateTime) -> String {
    at.format("%d.%m.%Y %H:%M:%S").to_string()
}
