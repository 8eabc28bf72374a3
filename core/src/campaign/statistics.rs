//! What counters come to: figures by campaign, step and day.

use crate::model::{
    CampaignFigures, CampaignId, DayFigures, Figures, Statistics, Status, StepFigures, Tally,
};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The figures of some counters, all together.
#[must_use]
pub fn figures<'t>(tallies: impl IntoIterator<Item = &'t Tally>) -> Figures {
    let mut all = Tally::empty(CampaignId::new(""), 0, NaiveDate::default());
    tallies.into_iter().for_each(|tally| all.add(tally, 1));
    let count = |statuses: &[Status]| statuses.iter().map(|status| all.count(*status)).sum::<i64>();
    let delivered = count(&[Status::Delivered, Status::PartlyDelivered]);
    // counters of an older release did not count what was asked
    let asked = all.asked.max(0);
    let per_mille = |asked: i64| u32::try_from((all.yes.max(0) * 1_000 / asked).min(1_000)).ok();
    Figures {
        planned: count(&[Status::Planned, Status::Claimed, Status::Submitting]),
        sent: delivered + count(&[Status::Submitted, Status::Sent, Status::Unconfirmed]),
        delivered,
        failed: count(&[Status::Failed, Status::Undelivered, Status::Expired]),
        in_doubt: count(&[Status::InDoubt]),
        skipped: count(&[Status::Skipped]),
        cancelled: count(&[Status::Cancelled]),
        parts: all.parts,
        cost_milli: all.cost_milli,
        asked,
        yes: all.yes,
        no: all.no,
        other: all.other,
        confirmed_per_mille: (asked > 0).then(|| per_mille(asked)).flatten(),
        skipped_by_reason: all.skipped,
    }
}

/// The same by campaign, by step and by day too.
#[must_use]
pub fn statistics(tallies: &[Tally]) -> Statistics {
    let mut campaigns: BTreeMap<&CampaignId, Vec<&Tally>> = BTreeMap::new();
    let mut steps: BTreeMap<(&CampaignId, u8), Vec<&Tally>> = BTreeMap::new();
    let mut days: BTreeMap<NaiveDate, Vec<&Tally>> = BTreeMap::new();
    for tally in tallies {
        campaigns.entry(&tally.campaign).or_default().push(tally);
        steps.entry((&tally.campaign, tally.step)).or_default().push(tally);
        days.entry(tally.day).or_default().push(tally);
    }
    let of_campaign = |(campaign, of): (&CampaignId, Vec<&Tally>)| CampaignFigures {
        campaign: campaign.clone(),
        figures: figures(of),
    };
    let of_step = |((campaign, step), of): ((&CampaignId, u8), Vec<&Tally>)| StepFigures {
        campaign: campaign.clone(),
        step,
        figures: figures(of),
    };
    Statistics {
        total: figures(tallies),
        by_campaign: campaigns.into_iter().map(of_campaign).collect(),
        by_step: steps.into_iter().map(of_step).collect(),
        by_day: days.into_iter().map(|(day, of)| DayFigures { day, figures: figures(of) }).collect(),
    }
}
