//! `explain_visit`: what a visit gets of every campaign of its practice, step by step, and why not more.
//!
//! The same planning as ever, in a unit of work that is never committed: for a campaign that does not run, as if it were
//! activated now.

use super::planning::{MAX_CAMPAIGNS, is_bound, plan};
use super::prepare::price;
use super::record::LAST;
use super::render;
use super::standing::{goes, is_for};
use super::surroundings::Surroundings;
use super::tx::Tx;
use super::{EngineError, Side, Who, facts, router};
use crate::campaign::unmatched;
use crate::message::is_pending;
use crate::model::{
    Campaign, CampaignExplained, CampaignStatus, FilterExplained, FirstVisits, Message, Permission, Reason,
    Status, StepExplained, StepOutcome, Timestamp, VisitExplained, VisitFile, VisitFilter, VisitId,
};

impl<W: Who> Side<'_, W> {
    /// What a visit gets of each campaign of the practice, whatever its status: which filter does not take it, and of each
    /// step when it goes with which text, or why not, and the message that is there.
    ///
    /// # Errors
    /// [`EngineError::UnknownVisit`]; [`EngineError::NotPermitted`] without [`Permission::CommunicationCenter`],
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn explain_visit(&self, visit: &VisitId, now: Timestamp) -> Result<VisitExplained, EngineError> {
        let permission = Permission::CommunicationCenter;
        let campaigns = self.read_at(permission, now, |tx| tx.list::<Campaign>("", LAST, MAX_CAMPAIGNS))?;
        let explained = campaigns.into_iter().map(|campaign| {
            self.read_at(permission, now, |tx| {
                let file = tx.get::<VisitFile>(visit.as_str())?;
                let file = file.ok_or_else(|| EngineError::UnknownVisit(visit.clone()))?;
                explain(tx, campaign, file)
            })
        });
        let explained = explained.collect::<Result<Vec<_>, _>>()?;
        if explained.is_empty() {
            let known = self.read(permission, |tx| tx.get::<VisitFile>(visit.as_str()))?;
            known.ok_or_else(|| EngineError::UnknownVisit(visit.clone()))?;
        }
        Ok(VisitExplained { visit: visit.clone(), campaigns: explained })
    }
}

fn explain(tx: &mut Tx<'_>, campaign: Campaign, file: VisitFile) -> Result<CampaignExplained, EngineError> {
    let around = Surroundings::load(tx, file)?;
    let (kind, status) = (campaign.spec.timing.kind(), campaign.status);
    let mut explained = CampaignExplained {
        campaign: campaign.id.clone(),
        name: campaign.spec.name.clone(),
        kind,
        status,
        unmatched: Vec::new(),
        steps: Vec::new(),
    };
    if kind.is_about_patients() {
        return Ok(explained);
    }
    let missed = unmatched(&campaign.spec.filters, &around.visit, around.first_visit);
    explained.unmatched = missed.map(|filter| seen(filter, &campaign, &around)).collect();
    let before = facts::messages_of(tx, &around.visit.visit.id)?;
    let mut planned = campaign;
    if !matches!(status, CampaignStatus::Active | CampaignStatus::Paused) {
        (planned.status, planned.activated_at) = (CampaignStatus::Active, Some(tx.now));
        tx.put(&planned)?;
    }
    plan(tx, std::slice::from_ref(&planned), &around)?;
    let after = facts::messages_of(tx, &around.visit.visit.id)?;
    for step in 0..planned.spec.steps() {
        let of = |messages: &[Message]| {
            let mut mine = messages.iter().filter(|m| is_for(m, &planned, step, &around)).collect::<Vec<_>>();
            // what goes or went stands for the step; of the rest what was tried, else the newest, says what came of it
            mine.sort_by_key(|m| (goes(m), is_bound(m), m.id));
            mine.pop().cloned()
        };
        let outcome = match of(&after) {
            Some(message) => outcome(tx, &planned, &around, &message)?,
            None => StepOutcome::Nothing {},
        };
        let (message, status) = of(&before).map(|message| (message.id, message.status)).unzip();
        explained.steps.push(StepExplained { step, outcome, message, status });
    }
    Ok(explained)
}

fn outcome(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    around: &Surroundings,
    message: &Message,
) -> Result<StepOutcome, EngineError> {
    if let Some(at) = message.submitted_at.filter(|_| is_bound(message)) {
        return Ok(StepOutcome::Went { at, body: message.body.clone() });
    }
    if is_pending(message.status) {
        if router::routed(tx, message, &[]).is_none() {
            return Ok(StepOutcome::Skips { reason: Reason::NoRoute {} });
        }
        let rendered = render::render(tx, campaign, around, message, message.due_at)?;
        return Ok(match rendered {
            Ok(rendered) => StepOutcome::Sends {
                at: message.due_at,
                use_by: message.use_by,
                body: rendered.body,
                parts: rendered.parts,
                cost_milli: price(tx.practice(), message.number.as_ref()) * i64::from(rendered.parts),
            },
            Err(reason) => StepOutcome::Skips { reason },
        });
    }
    Ok(match &message.reason {
        // it was taken back, and nothing came instead
        Some(reason) if matches!(message.status, Status::Skipped | Status::Cancelled | Status::Failed) => {
            StepOutcome::Skips { reason: reason.clone() }
        }
        _ => StepOutcome::Nothing {},
    })
}

/// What a filter wanted, and what it saw.
fn seen(filter: VisitFilter, campaign: &Campaign, around: &Surroundings) -> FilterExplained {
    let (filters, visit) = (&campaign.spec.filters, &around.visit.visit);
    let (wanted, saw) = match filter {
        VisitFilter::Rooms => (
            filters.rooms.iter().map(|room| room.as_str().to_owned()).collect(),
            visit.room.as_ref().map(|room| room.id.as_str().to_owned()),
        ),
        VisitFilter::Doctors => {
            (filters.doctors.clone(), visit.doctor.as_ref().map(|doctor| doctor.id.clone()))
        }
        VisitFilter::VisitTypes => (filters.visit_types.clone(), visit.visit_type.clone()),
        VisitFilter::FirstVisits => {
            let wanted = match filters.first_visits {
                FirstVisits::Any => "any",
                FirstVisits::Only => "only",
                FirstVisits::Never => "never",
            };
            (vec![wanted.to_owned()], Some(if around.first_visit { "first" } else { "later" }.to_owned()))
        }
    };
    FilterExplained { filter, wanted, saw }
}
