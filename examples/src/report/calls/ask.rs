//! What became of calls, asked of the engine, and the report's figures made of it.

use super::super::ask::went;
use super::super::figures::{Counts, ReasonCount};
use super::figures::{CallLine, CallReport, MessageLine, News, Outcome, RuleFigures};
use super::words;
use depesza::calendar;
use depesza::call::{Seen, explain};
use depesza::engine::{Clinic, EngineError, Replay};
use depesza::model::{
    Call, CallCondition, CallFile, CallId, CallRule, CallRuleId, CallStatus, Language, Message, NoRule,
    Origin, Phone, RuleExplained, RuleOutcome, RuleState, Status,
};
use depesza::words::Label;
use depesza_rules_file::{RulesFile, Switched};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What came of calls that were told, in their order.
///
/// # Errors
/// The store's.
pub fn outcomes(clinic: &Clinic<'_>, calls: &[Call]) -> Result<Vec<Outcome>, EngineError> {
    let mut outcomes = Vec::with_capacity(calls.len());
    for call in calls {
        if let Some(file) = clinic.call(&call.system, &call.id)? {
            let messages = clinic.messages_of_call(&call.system, &call.id)?;
            outcomes.push(Outcome { file, messages });
        }
    }
    Ok(outcomes)
}

/// What would have come of calls, by a replay.
#[must_use]
pub fn replayed(replay: &Replay) -> Vec<Outcome> {
    let mut messages: BTreeMap<(&str, &CallId), Vec<Message>> = BTreeMap::new();
    for message in &replay.messages {
        if let Origin::AfterCall { system, call, .. } = &message.origin {
            messages.entry((system, call)).or_default().push(message.clone());
        }
    }
    let messages_of =
        |call: &Call| messages.get(&(call.system.as_str(), &call.id)).cloned().unwrap_or_default();
    let outcome = |file: &CallFile| Outcome { messages: messages_of(&file.call), file: file.clone() };
    replay.calls.iter().map(outcome).collect()
}

/// Writes a line of JSON for each call with what came of it.
///
/// # Errors
/// The writer's.
pub fn write_json(outcomes: &[Outcome], mut out: impl Write) -> io::Result<()> {
    for outcome in outcomes {
        serde_json::to_writer(&mut out, outcome)?;
        writeln!(out)?;
    }
    out.flush()
}

/// What a day of calls came to, under the rules of a file.
#[must_use]
pub fn ask(file: &RulesFile, outcomes: &[Outcome], news: News, language: Language) -> CallReport {
    let asked = Asked { file, rules: file.as_kept(), language };
    let lines: Vec<CallLine> = outcomes.iter().map(|outcome| asked.line(outcome)).collect();
    let days = lines.iter().map(|line| line.started.date());
    let (answered_by_sms, nothing): (Vec<_>, Vec<_>) =
        lines.iter().cloned().partition(|line| !line.messages.is_empty());
    CallReport {
        practice: file.practice.name.clone(),
        currency: file.practice.settings.currency.clone(),
        days: days.clone().min().zip(days.max()),
        news,
        rules: file.rules.iter().map(|rule| asked.figures(&rule.id, rule.state, outcomes)).collect(),
        reasons: reasons(outcomes, language),
        answered_by_sms,
        nothing,
    }
}

struct Asked<'f> {
    file: &'f RulesFile,
    rules: Vec<CallRule>,
    language: Language,
}

impl Asked<'_> {
    fn name(&self, id: &CallRuleId) -> String {
        let rule = self.file.rules.iter().find(|rule| rule.id == *id);
        rule.map_or_else(|| id.to_string(), |rule| rule.spec.name.clone())
    }

    fn line(&self, outcome: &Outcome) -> CallLine {
        let (call, zone) = (&outcome.file.call, self.file.practice.zone);
        let number = |number: &Phone| number.reveal().to_owned();
        let other = outcome.file.other_party.as_ref();
        let incoming = call.direction == depesza::model::CallDirection::Incoming;
        CallLine {
            started: calendar::local(zone, call.started_at),
            direction: call.direction,
            status: call.status,
            seconds: if call.status == CallStatus::Answered { call.talk_s } else { call.ring_s },
            caller: number(other.filter(|_| incoming).unwrap_or(&call.caller)),
            called: number(other.filter(|_| !incoming).unwrap_or(&call.called)),
            messages: outcome
                .messages
                .iter()
                .filter(|message| goes(message))
                .map(|one| self.message(one))
                .collect(),
            why: self.why(outcome),
        }
    }

    fn message(&self, message: &Message) -> MessageLine {
        MessageLine {
            at: calendar::local(self.file.practice.zone, message.submitted_at.unwrap_or(message.due_at)),
            to: message.number.as_ref().map(|number| number.reveal().to_owned()).unwrap_or_default(),
            rule: message.origin.rule().map(|rule| self.name(rule)).unwrap_or_default(),
            status: message.status,
            parts: message.parts,
            cost_milli: message.cost_milli,
        }
    }

    /// Why rules that match sent nothing; where none does, why the nearest one does not.
    fn why(&self, outcome: &Outcome) -> Vec<String> {
        let mut why: Vec<String> = Vec::new();
        let mut add = |text: String| {
            if !why.contains(&text) {
                why.push(text);
            }
        };
        for acted in &outcome.file.acted {
            if let RuleOutcome::Skipped { reason } = &acted.outcome {
                add(format!("„{}”: {}", self.name(&acted.rule), reason.label(self.language)));
            }
        }
        for message in outcome.messages.iter().filter(|message| !goes(message)) {
            let rule = message.origin.rule().map(|rule| self.name(rule)).unwrap_or_default();
            let reason = message
                .reason
                .as_ref()
                .map_or_else(|| message.status.label(self.language), |it| it.label(self.language));
            add(format!("„{rule}”: {reason}"));
        }
        match outcome.file.nothing {
            Some(NoRule::NoneMatches) => {
                let nearest = self.nearest(&outcome.file.call);
                add([Some(NoRule::NoneMatches.label(self.language).to_owned()), nearest]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join("; "));
            }
            Some(nothing) => add(nothing.label(self.language).to_owned()),
            None => {}
        }
        why
    }

    /// The active rule that lacks the fewest conditions, and the first that it lacks.
    fn nearest(&self, call: &Call) -> Option<String> {
        let seen = Seen::of(call, &self.file.practice);
        let policy = &self.file.practice.settings.phones;
        let active = self.rules.iter().filter(|rule| rule.state == RuleState::On);
        let distance = |rule: &RuleExplained| {
            let lacking = rule.conditions.iter().filter(|one| !one.met);
            (lacking.clone().count(), lacking.map(|one| far(one.condition)).max())
        };
        let nearest = active.map(|rule| explain(rule, &seen, policy)).min_by_key(distance)?;
        let lacks: Vec<String> = nearest
            .conditions
            .iter()
            .filter(|one| !one.met)
            .map(|one| words::lacks(one, self.language))
            .collect();
        Some(format!("{} „{}”: {}", words::of(self.language).nearest, nearest.name, lacks.join(", ")))
    }

    fn figures(&self, id: &CallRuleId, state: Switched, outcomes: &[Outcome]) -> RuleFigures {
        let mut figures = RuleFigures {
            name: self.name(id),
            on: state == Switched::On,
            matched: 0,
            counts: Counts::default(),
            parts: 0,
            cost_milli: 0,
        };
        for outcome in outcomes {
            let acted = || outcome.file.acted.iter().filter(|acted| acted.rule == *id);
            figures.matched += u32::from(acted().next().is_some());
            for _ in acted().filter(|acted| matches!(acted.outcome, RuleOutcome::Skipped { .. })) {
                figures.counts.add(Status::Skipped, 1);
            }
            for message in outcome.messages.iter().filter(|message| message.origin.rule() == Some(id)) {
                figures.counts.add(message.status, 1);
                if went(message.status) {
                    figures.parts += message.parts;
                    figures.cost_milli += message.cost_milli;
                }
            }
        }
        figures
    }
}

/// How far a call is from a rule that lacks this condition: a longer call is nearer than one of another kind.
fn far(condition: CallCondition) -> u8 {
    match condition {
        CallCondition::Seconds => 0,
        CallCondition::Time => 1,
        CallCondition::OwnNumber => 2,
        CallCondition::Status => 3,
        CallCondition::Direction => 4,
    }
}

/// Whether a message went or is to go.
fn goes(message: &Message) -> bool {
    !matches!(message.status, Status::Skipped | Status::Cancelled | Status::Failed)
}

/// Why calls got nothing; a call counts once for each of its reasons.
fn reasons(outcomes: &[Outcome], language: Language) -> Vec<ReasonCount> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for outcome in outcomes.iter().filter(|outcome| !outcome.messages.iter().any(goes)) {
        let skipped = outcome.file.acted.iter().filter_map(|acted| match &acted.outcome {
            RuleOutcome::Skipped { reason } => Some(reason.label(language)),
            RuleOutcome::Planned { .. } => None,
        });
        let withdrawn =
            outcome.messages.iter().filter_map(|message| Some(message.reason.as_ref()?.label(language)));
        let nothing = outcome.file.nothing.iter().map(|nothing| nothing.label(language));
        let of_call: std::collections::BTreeSet<&str> = skipped.chain(withdrawn).chain(nothing).collect();
        for reason in of_call {
            *counts.entry(reason).or_default() += 1;
        }
    }
    let mut reasons: Vec<ReasonCount> =
        counts.into_iter().map(|(reason, count)| ReasonCount { reason: reason.to_owned(), count }).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    reasons
}
