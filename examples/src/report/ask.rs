//! The report's figures, asked of the engine. Only names of patients are the host's own.

use super::figures::{CampaignFigures, Counts, Day, ReasonCount, Report, VisitAnswer};
use super::words;
use crate::play::{Host, Month, Span};
use crate::read::Inputs;
use chrono::NaiveDate;
use depesza::calendar;
use depesza::engine::{Clinic, EngineError};
use depesza::model::{
    CampaignId, ConfirmedBy, Direction, Fact, Happening, Language, Message, MessageFilter, Patient,
    PatientId, Reply, Status, Tally, Timestamp, VisitFile, VisitId,
};
use depesza::words::Label;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The most rows of one question.
const PAGE: u32 = 1_000;

/// All messages of a practice both ways, those that were not sent with their reasons, in the order of their numbers.
///
/// # Errors
/// The store's.
pub fn messages(clinic: &Clinic<'_>) -> Result<Vec<Message>, EngineError> {
    let mut messages = Vec::new();
    let mut from = None;
    loop {
        let page = clinic.messages(&MessageFilter::default(), from.as_deref(), PAGE)?;
        messages.extend(page.rows.into_iter().map(|row| row.message));
        from = page.next;
        if from.is_none() {
            messages.sort_by_key(|message| message.id);
            return Ok(messages);
        }
    }
}

/// Writes a line of JSON for each message, in the engine's wire form.
///
/// # Errors
/// The writer's.
pub fn write_json(messages: &[Message], mut out: impl Write) -> io::Result<()> {
    for message in messages {
        serde_json::to_writer(&mut out, message)?;
        writeln!(out)?;
    }
    out.flush()
}

/// What a month came to, for the days of its span. `messages` are the practice's, from [`messages`].
///
/// # Errors
/// The store's.
pub fn ask(
    host: &Host,
    month: &Month,
    messages: &[Message],
    language: Language,
) -> Result<Report, EngineError> {
    let (clinic, inputs, span) = (host.clinic(), month.inputs(), month.span());
    let practice = &inputs.plan.practice;
    let mut tallies = Vec::new();
    let mut campaigns = Vec::new();
    for (id, name) in in_order_of_file(&clinic, inputs)? {
        let mine: Vec<Tally> = clinic.figures(&id)?.into_iter().filter(|tally| span.has(tally.day)).collect();
        campaigns.push(figures(name, &mine));
        tallies.extend(mine);
    }
    // acknowledgements of a STOP belong to no campaign
    let others: Vec<&Message> = messages
        .iter()
        .filter(|message| message.direction == Direction::Outgoing && message.origin.step().is_none())
        .filter(|message| span.has(message.day))
        .collect();
    if !others.is_empty() {
        campaigns.push(outside_campaigns(words::of(language).outside_campaigns, &others));
    }
    let (confirmed, declined) = answers(&clinic, inputs, span)?;
    let told = host.told();
    Ok(Report {
        practice: practice.name.clone(),
        currency: practice.settings.currency.clone(),
        new_facts: told.new,
        known_facts: told.known,
        new_messages: host.left(),
        days: days(span, &tallies, &others, messages, inputs),
        campaigns,
        confirmed,
        declined,
        reasons: reasons(messages, span, language),
    })
}

/// The campaigns' ids and names; those that are no longer in the file come last.
fn in_order_of_file(clinic: &Clinic<'_>, inputs: &Inputs) -> Result<Vec<(CampaignId, String)>, EngineError> {
    let mut campaigns = clinic.campaigns()?;
    let place = |id: &CampaignId| {
        inputs.plan.campaigns.iter().position(|planned| planned.id == *id).unwrap_or(usize::MAX)
    };
    campaigns.sort_by_key(|campaign| place(&campaign.id));
    Ok(campaigns.into_iter().map(|campaign| (campaign.id, campaign.spec.name)).collect())
}

fn figures(name: String, tallies: &[Tally]) -> CampaignFigures {
    let mut figures = CampaignFigures { name, ..CampaignFigures::default() };
    for tally in tallies {
        for (status, count) in &tally.statuses {
            figures.counts.add(*status, number(*count));
        }
        figures.parts += number(tally.parts);
        figures.cost_milli += tally.cost_milli;
        figures.yes += number(tally.yes);
        figures.no += number(tally.no);
        figures.other += number(tally.other);
    }
    figures
}

fn outside_campaigns(name: &str, messages: &[&Message]) -> CampaignFigures {
    let mut figures = CampaignFigures { name: name.to_owned(), ..CampaignFigures::default() };
    for message in messages {
        figures.counts.add(message.status, 1);
        if went(message.status) {
            figures.parts += message.parts;
            figures.cost_milli += message.cost_milli;
        }
    }
    figures
}

/// Whether a gateway took it, and charges for it.
pub(super) fn went(status: Status) -> bool {
    !matches!(
        status,
        Status::Planned
            | Status::Claimed
            | Status::Submitting
            | Status::Failed
            | Status::Cancelled
            | Status::Skipped
    )
}

fn number(count: i64) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

fn days(
    span: Span,
    tallies: &[Tally],
    others: &[&Message],
    messages: &[Message],
    inputs: &Inputs,
) -> Vec<Day> {
    let mut counts: BTreeMap<NaiveDate, Counts> = BTreeMap::new();
    for tally in tallies {
        for (status, count) in &tally.statuses {
            counts.entry(tally.day).or_default().add(*status, number(*count));
        }
    }
    for message in others {
        counts.entry(message.day).or_default().add(message.status, 1);
    }
    let mut replies: BTreeMap<NaiveDate, u32> = BTreeMap::new();
    for message in messages.iter().filter(|message| message.direction == Direction::Incoming) {
        *replies.entry(message.day).or_default() += 1;
    }
    let holidays = &inputs.plan.practice.settings.sending_hours.holiday_calendar;
    let dates = span.from.iter_days().take_while(|date| *date <= span.to);
    dates
        .map(|date| Day {
            date,
            holiday: calendar::is_holiday(holidays, date),
            counts: counts.get(&date).copied().unwrap_or_default(),
            replies: replies.get(&date).copied().unwrap_or_default(),
        })
        .collect()
}

/// The visits of the span that are confirmed, and those that are declined, called off after it or not.
fn answers(
    clinic: &Clinic<'_>,
    inputs: &Inputs,
    span: Span,
) -> Result<(Vec<VisitAnswer>, Vec<VisitAnswer>), EngineError> {
    let names = names(inputs);
    let told = inputs.facts.iter().filter_map(|told| match &told.what.fact {
        Fact::Visit(visit) => Some(&visit.id),
        _ => None,
    });
    let ids: BTreeSet<&VisitId> = inputs.visits.iter().map(|visit| &visit.what.id).chain(told).collect();
    let called_off = declined_then_called_off(clinic)?;
    let (mut confirmed, mut declined) = (Vec::new(), Vec::new());
    for id in ids {
        let Some(file) = clinic.visit(id)? else { continue };
        if !span.has(file.visit.start.date()) {
            continue;
        }
        let answer = |by_staff, called_off| VisitAnswer {
            start: file.visit.start,
            patient: names.get(&file.visit.patient).cloned().unwrap_or_default(),
            doctor: file
                .visit
                .doctor
                .as_ref()
                .map(|doctor| doctor.name.reveal().to_owned())
                .unwrap_or_default(),
            by_staff,
            called_off,
        };
        match &file.confirmation {
            Some(said) => {
                let by_staff = matches!(said.by, ConfirmedBy::Staff(_));
                match said.reply {
                    Reply::Yes => confirmed.push(answer(by_staff, false)),
                    Reply::No => declined.push(answer(by_staff, false)),
                    Reply::Other => {}
                }
            }
            None if was_declined(&file, &called_off) => declined.push(answer(false, true)),
            None => {}
        }
    }
    confirmed.sort();
    declined.sort();
    Ok((confirmed, declined))
}

fn was_declined(file: &VisitFile, called_off: &BTreeMap<VisitId, Timestamp>) -> bool {
    file.off_at.is_some() && file.off_at.as_ref() == called_off.get(&file.visit.id)
}

/// Visits whose patients said NIE, and when that answer ended: calling a visit off ends it, as moving it does.
fn declined_then_called_off(clinic: &Clinic<'_>) -> Result<BTreeMap<VisitId, Timestamp>, EngineError> {
    let (mut said, mut ended) = (BTreeMap::new(), BTreeMap::new());
    let mut after = 0;
    loop {
        let events = clinic.events(after, PAGE)?;
        let Some(last) = events.last() else { return Ok(ended) };
        after = last.no;
        for event in events {
            match event.what {
                Happening::VisitAnswered { visit, reply, .. } => drop(said.insert(visit, reply)),
                Happening::ConfirmationVoid { visit } if said.remove(&visit) == Some(Reply::No) => {
                    ended.insert(visit, event.at);
                }
                _ => {}
            }
        }
    }
}

/// How the desk calls each patient: as the host last told it.
fn names(inputs: &Inputs) -> BTreeMap<PatientId, String> {
    let told = inputs.facts.iter().filter_map(|told| match &told.what.fact {
        Fact::Patient(card) => Some(card),
        _ => None,
    });
    let mut cards: BTreeMap<&PatientId, &Patient> = BTreeMap::new();
    for card in inputs.patients.iter().map(|card| &card.what).chain(told) {
        let newest = cards.entry(&card.id).or_insert(card);
        if card.revision > newest.revision {
            *newest = card;
        }
    }
    let name = |card: &Patient| format!("{} {}", card.first_name.reveal(), card.last_name.reveal());
    cards.into_iter().map(|(id, card)| (id.clone(), name(card))).collect()
}

fn reasons(messages: &[Message], span: Span, language: Language) -> Vec<ReasonCount> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let not_sent = messages.iter().filter(|message| {
        matches!(message.status, Status::Skipped | Status::Cancelled | Status::Failed)
            && span.has(message.day)
    });
    for reason in not_sent.filter_map(|message| message.reason.as_ref()) {
        *counts.entry(reason.label(language)).or_default() += 1;
    }
    let mut reasons: Vec<ReasonCount> =
        counts.into_iter().map(|(reason, count)| ReasonCount { reason: reason.to_owned(), count }).collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    reasons
}
