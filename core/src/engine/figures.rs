//! Lists of campaigns, and what they came to. Everything counts on the counters that move with the messages, so that
//! asking costs the same however many messages there are.

use super::lists::find;
use super::record::{LAST, part, prefix_range, tally_id, told_at};
use super::tx::Tx;
use super::{EngineError, Side, Who};
use crate::campaign::{figures, statistics};
use crate::model::{
    Campaign, CampaignDetails, CampaignFilter, CampaignId, CampaignStatus, MAX_STEPS, MessageFilter,
    PatientCampaign, PatientId, Permission, Statistics, StatisticsFilter, Tally,
};
use crate::store::MAX_PAGE;
use crate::text::fold;
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// The longest span that statistics are asked of, in days.
const MAX_DAYS: i64 = 3_660;

impl<W: Who> Side<'_, W> {
    /// The campaigns that a filter lets through, by their names (without regard to case and diacritics).
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn campaign_list(&self, filter: &CampaignFilter) -> Result<Vec<Campaign>, EngineError> {
        let name = filter.name.as_deref().map(|name| fold(name.trim())).unwrap_or_default();
        let shown = |campaign: &Campaign| {
            let status = campaign.status;
            let kinds = &filter.kinds;
            (kinds.is_empty() || kinds.contains(&campaign.spec.timing.kind()))
                && match filter.statuses.as_slice() {
                    [] => status != CampaignStatus::Archived,
                    statuses => statuses.contains(&status),
                }
                && fold(&campaign.spec.name).contains(&name)
        };
        let mut campaigns = self.campaigns()?;
        campaigns.retain(shown);
        campaigns.sort_by_cached_key(|campaign| (fold(&campaign.spec.name), campaign.id.clone()));
        Ok(campaigns)
    }

    /// A campaign, and what all its days came to.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn campaign(&self, id: &CampaignId) -> Result<Option<CampaignDetails>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            let Some(campaign) = tx.get::<Campaign>(id.as_str())? else { return Ok(None) };
            let (from, to) = prefix_range(&part(id.as_str()));
            let totals = figures(&tx.list_all::<Tally>(&from, &to)?);
            Ok(Some(CampaignDetails { campaign, totals }))
        })
    }

    /// What campaigns came to in a span of days: by campaign, by step and by day.
    ///
    /// # Errors
    /// [`EngineError::Input`] when the span is upside down or too long, [`EngineError::UnknownCampaign`]; else as
    /// [`visit`](Self::visit).
    pub fn statistics(&self, filter: &StatisticsFilter) -> Result<Statistics, EngineError> {
        let span = filter.to.signed_duration_since(filter.from);
        if span < TimeDelta::zero() || span >= TimeDelta::days(MAX_DAYS) {
            return Err(EngineError::Input { field: "to", expected: "0 to 3659 days after `from`" });
        }
        self.read(Permission::CommunicationCenter, |tx| {
            let mut campaigns = match &filter.campaign {
                Some(id) => {
                    let known = tx.get::<Campaign>(id.as_str())?;
                    vec![known.ok_or_else(|| EngineError::UnknownCampaign(id.clone()))?]
                }
                None => tx.list::<Campaign>("", LAST, super::planning::MAX_CAMPAIGNS)?,
            };
            let kind = filter.kind;
            campaigns.retain(|campaign| kind.is_none_or(|kind| campaign.spec.timing.kind() == kind));
            let mut tallies = Vec::new();
            for campaign in &campaigns {
                of_days(tx, &campaign.id, filter, &mut tallies)?;
            }
            Ok(statistics(&tallies))
        })
    }

    /// The campaigns that a patient had messages of, the latest first. The patient's newest 1,000 messages are looked at.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn campaigns_of_patient(&self, patient: &PatientId) -> Result<Vec<PatientCampaign>, EngineError> {
        let filter = MessageFilter { patient: Some(patient.clone()), ..MessageFilter::default() };
        self.read(Permission::CommunicationCenter, |tx| {
            let (messages, _) =
                find(tx, &filter, |message| message.origin.campaign().is_some(), None, MAX_PAGE)?;
            let mut order: Vec<CampaignId> = Vec::new();
            let mut found: BTreeMap<CampaignId, PatientCampaign> = BTreeMap::new();
            for message in messages {
                let Some(id) = message.origin.campaign() else { continue };
                if let Some(known) = found.get_mut(id) {
                    known.messages += 1;
                    continue;
                }
                let Some(known) = tx.get::<Campaign>(id.as_str())? else { continue };
                order.push(id.clone());
                let kind = known.spec.timing.kind();
                found.insert(
                    id.clone(),
                    PatientCampaign {
                        campaign: id.clone(),
                        name: known.spec.name,
                        kind,
                        status: known.status,
                        messages: 1,
                        last: message.id,
                        last_at: told_at(&message),
                        last_status: message.status,
                    },
                );
            }
            Ok(order.iter().filter_map(|id| found.remove(id)).collect())
        })
    }
}

/// A campaign's counters of some days: those of each step stand side by side. Steps that an edit took out are in it.
fn of_days(
    tx: &mut Tx<'_>,
    campaign: &CampaignId,
    filter: &StatisticsFilter,
    tallies: &mut Vec<Tally>,
) -> Result<(), EngineError> {
    for step in (0..MAX_STEPS).filter_map(|step| u8::try_from(step).ok()) {
        let from = tally_id(campaign, step, &filter.from.to_string());
        let to = format!("{}\0", tally_id(campaign, step, &filter.to.to_string()));
        tallies.extend(tx.list_all::<Tally>(&from, &to)?);
    }
    Ok(())
}
