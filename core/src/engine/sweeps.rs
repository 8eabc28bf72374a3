//! Going through those whom a campaign about patients may be for: day by day, or all at once.

use super::EngineError;
use super::jobs::rest;
use super::outreach::{RUN, plan_person};
use super::person::days_span;
use super::record::{LAST, birthday_range};
use super::surroundings::is_first_visit;
use super::tx::Tx;
use crate::calendar;
use crate::campaign::{LATE_RECALL_DAYS, birthday_due, matches, recall_visits};
use crate::model::{
    Campaign, DayRange, Occasion, PatientFile, Timestamp, Timing, VisitFile, VisitState, Zone,
};
use crate::store::{Index, Order, instant_key};
use chrono::{Datelike, Days, NaiveDate};

/// Whether a broadcast went before this time: whoever comes later is not of its audience.
pub(super) fn is_broadcast_over(tx: &Tx<'_>, campaign: &Campaign, by: Timestamp) -> bool {
    let Timing::Broadcast { at, .. } = &campaign.spec.timing else { return true };
    let wanted = calendar::resolve(tx.practice().zone, *at);
    campaign.activated_at.is_none_or(|activated| by > wanted.max(activated))
}

/// The first day that an activated campaign goes through.
pub(super) fn first_day(campaign: &Campaign, zone: Zone, asked_at: Timestamp) -> NaiveDate {
    let day = calendar::local_date(zone, campaign.activated_at.unwrap_or(asked_at));
    match &campaign.spec.timing {
        Timing::Recall { overdue_days, .. } => {
            day.checked_sub_days(Days::new((*overdue_days).into())).unwrap_or(day)
        }
        _ => day,
    }
}

/// The first day that is gone through again after an edit: those for whom it is not too late may be meant only now.
pub(super) fn again_from(campaign: &Campaign, zone: Zone, now: Timestamp) -> NaiveDate {
    let today = calendar::local_date(zone, now);
    match &campaign.spec.timing {
        Timing::Recall { .. } => today.checked_sub_days(Days::new(LATE_RECALL_DAYS.into())).unwrap_or(today),
        _ => today,
    }
}

/// Plans up to `limit` of those whose birthday or recall falls on a day, from a sweep's place on. Says whether there may be
/// more.
pub(super) fn sweep_day(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    day: NaiveDate,
    cursor: &mut String,
    limit: u32,
) -> Result<bool, EngineError> {
    match &campaign.spec.timing {
        Timing::Birthday { .. } => {
            let range = rest(birthday_range(day), cursor);
            let found =
                tx.scan_keys::<PatientFile>(Index::PatientBirthday, range, limit, Order::Ascending)?;
            for (key, file) in &found {
                cursor.clone_from(key);
                let due = file.patient.birth_date.is_some_and(|birth| birthday_due(birth, day));
                if due {
                    plan_person(tx, campaign, &file.patient.id, Occasion::Birthday { year: day.year() })?;
                }
            }
            Ok(!found.is_empty())
        }
        Timing::Recall { months_after, .. } => {
            let Some((from, to)) = recall_visits(day, *months_after) else { return Ok(false) };
            let occasion = Occasion::Recall { due: day };
            sweep_visits(tx, campaign, DayRange { from, to }, cursor, limit, occasion)
        }
        _ => Ok(false),
    }
}

/// Plans up to `limit` patients of a broadcast, from a sweep's place on. Says whether there may be more.
pub(super) fn sweep_people(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    cursor: &mut String,
    limit: u32,
) -> Result<bool, EngineError> {
    let Timing::Broadcast { audience, .. } = &campaign.spec.timing else { return Ok(false) };
    let occasion = Occasion::Broadcast { run: RUN };
    if let Some(days) = audience.visits {
        return sweep_visits(tx, campaign, days, cursor, limit, occasion);
    }
    let from = if cursor.is_empty() { String::new() } else { format!("{cursor}\0") };
    let found = tx.list::<PatientFile>(&from, LAST, limit)?;
    for file in &found {
        file.patient.id.as_str().clone_into(cursor);
        plan_person(tx, campaign, &file.patient.id, occasion)?;
    }
    Ok(!found.is_empty())
}

/// Plans the patients of the visits of some days that the campaign's filters match.
fn sweep_visits(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    days: DayRange,
    cursor: &mut String,
    limit: u32,
    occasion: Occasion,
) -> Result<bool, EngineError> {
    let (from, to) = days_span(tx.practice(), days);
    let range = rest((instant_key(from), instant_key(to)), cursor);
    let found = tx.scan_keys::<VisitFile>(Index::VisitStart, range, limit, Order::Ascending)?;
    for (key, visit) in &found {
        cursor.clone_from(key);
        let recall = matches!(campaign.spec.timing, Timing::Recall { .. });
        if visit.visit.state.is_off() || (recall && visit.visit.state != VisitState::TookPlace) {
            continue;
        }
        let first = is_first_visit(tx, visit)?;
        if matches(&campaign.spec.filters, visit, first) {
            plan_person(tx, campaign, &visit.visit.patient, occasion)?;
        }
    }
    Ok(!found.is_empty())
}
