//! What people at the desk do: campaigns through their life, reminders by hand.

use super::drafting::outgoing;
use super::planning;
use super::record::message_key;
use super::surroundings::Surroundings;
use super::tx::Tx;
use super::{Desk, EngineError, render, settle};
use crate::campaign::{check, check_activation, check_step, matches};
use crate::message::is_pending;
use crate::model::{
    Action, Campaign, CampaignChange, CampaignId, CampaignKind, CampaignSpec, CampaignStatus, Happening, Job,
    JobPhase, Message, MessageId, Origin, Permission, Status, Subject, Timestamp, VisitFile, VisitId,
};

impl Desk<'_> {
    /// Saves a new campaign: ready, not active.
    ///
    /// # Errors
    /// [`EngineError::Campaign`] with every fault, [`EngineError::CampaignExists`], [`EngineError::Store`].
    pub fn create_campaign(
        &self,
        id: CampaignId,
        spec: CampaignSpec,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        self.act(Permission::ManageCampaigns, Action::CampaignCreated, Some(id.as_str()), now, |tx| {
            self.create(tx, &id, &spec)
        })
    }

    pub(super) fn create(
        &self,
        tx: &mut Tx<'_>,
        id: &CampaignId,
        spec: &CampaignSpec,
    ) -> Result<(), EngineError> {
        if tx.get::<Campaign>(id.as_str())?.is_some() {
            return Err(EngineError::CampaignExists(id.clone()));
        }
        refuse(check(spec, tx.practice()))?;
        let mut campaign = Campaign {
            id: id.clone(),
            spec: spec.clone(),
            status: CampaignStatus::Ready,
            version: 1,
            activated_at: None,
            history: Vec::new(),
        };
        self.changed(tx, &mut campaign)
    }

    /// Changes a campaign. Of an active or paused one the unsent messages are planned anew, exactly once; what was sent
    /// stays.
    ///
    /// # Errors
    /// [`EngineError::Campaign`] with every fault, [`EngineError::UnknownCampaign`], [`EngineError::CampaignStep`] when
    /// it has ended, [`EngineError::Store`].
    pub fn edit_campaign(
        &self,
        id: &CampaignId,
        spec: CampaignSpec,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        self.act(Permission::ManageCampaigns, Action::CampaignEdited, Some(id.as_str()), now, |tx| {
            self.edit(tx, id, &spec)
        })
    }

    pub(super) fn edit(
        &self,
        tx: &mut Tx<'_>,
        id: &CampaignId,
        spec: &CampaignSpec,
    ) -> Result<(), EngineError> {
        let mut campaign = find(tx, id)?;
        if campaign.spec == *spec {
            return Ok(());
        }
        if matches!(campaign.status, CampaignStatus::Ended | CampaignStatus::Archived) {
            check_step(campaign.status, CampaignStatus::Ready)?;
        }
        let running = matches!(campaign.status, CampaignStatus::Active | CampaignStatus::Paused);
        let practice = tx.practice();
        refuse(if running { check_activation(spec, practice) } else { check(spec, practice) })?;
        campaign.spec = spec.clone();
        campaign.version += 1;
        self.changed(tx, &mut campaign)?;
        if running { plan_anew(tx, id) } else { Ok(()) }
    }

    /// Starts a campaign: a reminder covers the future visits already known, other kinds what happens from now on.
    ///
    /// # Errors
    /// [`EngineError::Campaign`] when its sender cannot receive the answers it asks for,
    /// [`EngineError::UnknownCampaign`], [`EngineError::CampaignStep`], [`EngineError::Store`].
    pub fn activate(&self, id: &CampaignId, now: Timestamp) -> Result<(), EngineError> {
        self.go(id, CampaignStatus::Active, Action::CampaignActivated, now)
    }

    /// Holds a campaign: what is planned waits.
    ///
    /// # Errors
    /// [`EngineError::UnknownCampaign`], [`EngineError::CampaignStep`], [`EngineError::Store`].
    pub fn pause(&self, id: &CampaignId, now: Timestamp) -> Result<(), EngineError> {
        self.go(id, CampaignStatus::Paused, Action::CampaignPaused, now)
    }

    /// Lets a paused campaign go on: what still makes sense is sent.
    ///
    /// # Errors
    /// As [`activate`](Self::activate).
    pub fn resume(&self, id: &CampaignId, now: Timestamp) -> Result<(), EngineError> {
        self.go(id, CampaignStatus::Active, Action::CampaignResumed, now)
    }

    /// Ends a campaign: what was planned is withdrawn.
    ///
    /// # Errors
    /// [`EngineError::UnknownCampaign`], [`EngineError::CampaignStep`], [`EngineError::Store`].
    pub fn end(&self, id: &CampaignId, now: Timestamp) -> Result<(), EngineError> {
        self.go(id, CampaignStatus::Ended, Action::CampaignEnded, now)
    }

    /// Takes a campaign off the list.
    ///
    /// # Errors
    /// [`EngineError::UnknownCampaign`], [`EngineError::CampaignStep`], [`EngineError::Store`].
    pub fn archive(&self, id: &CampaignId, now: Timestamp) -> Result<(), EngineError> {
        self.go(id, CampaignStatus::Archived, Action::CampaignArchived, now)
    }

    fn go(
        &self,
        id: &CampaignId,
        to: CampaignStatus,
        action: Action,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        self.act(Permission::ManageCampaigns, action, Some(id.as_str()), now, |tx| {
            let mut campaign = find(tx, id)?;
            check_step(campaign.status, to)?;
            if to == CampaignStatus::Active {
                refuse(check_activation(&campaign.spec, tx.practice()))?;
                campaign.activated_at = campaign.activated_at.or(Some(tx.now));
            }
            campaign.status = to;
            self.changed(tx, &mut campaign)?;
            if campaign.activated_at.is_some() { plan_anew(tx, id) } else { Ok(()) }
        })
    }

    /// Stores a changed campaign with who and when.
    fn changed(&self, tx: &mut Tx<'_>, campaign: &mut Campaign) -> Result<(), EngineError> {
        let (status, version) = (campaign.status, campaign.version);
        campaign.history.push(CampaignChange { at: tx.now, by: self.user().clone(), status, version });
        tx.put(campaign)?;
        tx.event(Happening::CampaignChanged { campaign: campaign.id.clone(), status, version })
    }

    /// Sends a reminder of a visit now, at a person's wish: with the text of the first active reminder campaign for
    /// that visit. The daily cap, the budget and quiet hours in which it is asked for do not hold it up; consent does. Asked
    /// for within the sending hours it waits for them where it could not go at once. What becomes of the automatic one is
    /// that campaign's policy. Asked for again before it went, as by a second click, it is the same message; once it was
    /// handed over, another goes.
    ///
    /// # Errors
    /// [`EngineError::UnknownVisit`], [`EngineError::NoReminderCampaign`], [`EngineError::Store`]. That nothing may be
    /// sent is no error: the message is skipped with its reason.
    pub fn remind(&self, visit: &VisitId, now: Timestamp) -> Result<MessageId, EngineError> {
        self.act(Permission::CommunicationCenter, Action::VisitReminded, Some(visit.as_str()), now, |tx| {
            let file = tx.get::<VisitFile>(visit.as_str())?;
            let mut file = file.ok_or_else(|| EngineError::UnknownVisit(visit.clone()))?;
            if let Some(waiting) = waits_by_hand(tx, &file)? {
                return Ok(waiting);
            }
            let around = Surroundings::load(tx, file.clone())?;
            let campaigns = planning::campaigns(tx)?;
            let campaign = campaigns
                .iter()
                .find(|campaign| {
                    campaign.status == CampaignStatus::Active
                        && campaign.spec.timing.kind() == CampaignKind::Reminder
                        && matches(&campaign.spec.filters, &file, around.first_visit)
                })
                .ok_or_else(|| EngineError::NoReminderCampaign(visit.clone()))?;
            let id = tx.next_message();
            let origin = Origin::ManualReminder { by: self.user().clone(), campaign: campaign.id.clone() };
            let mut message = outgoing(tx, origin, id);
            message.subjects = vec![Subject { visit: visit.clone(), starts_at: file.starts_at }];
            message.patient = Some(file.visit.patient.clone());
            message.number = around.patient.as_ref().and_then(|patient| patient.number.clone().ok());
            message.sender = campaign.spec.sender.clone().or_else(|| render::default_sender(tx.practice()));
            message.expects_reply = campaign.spec.expects_reply();
            message.use_by = file.starts_at;
            message.day = tx.today();
            let barred = around.scene(tx.now).barred(campaign.spec.purpose);
            if let Some(reason) = barred {
                crate::message::step(&mut message, Status::Skipped)?;
                message.reason = Some(reason);
                tx.put_new_message(&message)?;
                settle::tell(tx, &message)?;
                return Ok(id);
            }
            tx.put_new_message(&message)?;
            file.manual_reminders.push(id);
            tx.put(&file)?;
            planning::plan_visit(tx, &file)?;
            Ok(id)
        })
    }
}

/// The reminder by hand of this visit that is still to go; a visit that moved has forgotten those of its time before.
fn waits_by_hand(tx: &mut Tx<'_>, file: &VisitFile) -> Result<Option<MessageId>, EngineError> {
    for id in &file.manual_reminders {
        let Some(message) = tx.get::<Message>(&message_key(*id))? else { continue };
        if is_pending(message.status) || message.status == Status::Submitting {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

fn find(tx: &mut Tx<'_>, id: &CampaignId) -> Result<Campaign, EngineError> {
    tx.get::<Campaign>(id.as_str())?.ok_or_else(|| EngineError::UnknownCampaign(id.clone()))
}

fn refuse(faults: Vec<crate::campaign::CampaignFault>) -> Result<(), EngineError> {
    if faults.is_empty() { Ok(()) } else { Err(EngineError::Campaign(faults)) }
}

/// Records the job that plans a campaign's messages anew. It takes the place of one that goes day by day.
pub(super) fn plan_anew(tx: &mut Tx<'_>, campaign: &CampaignId) -> Result<(), EngineError> {
    let now = tx.now;
    let day = super::jobs::take_over(tx, campaign)?;
    let campaign = Some(campaign.clone());
    tx.start_job(|id| Job {
        id,
        created_at: now,
        due_at: None,
        campaign,
        phase: JobPhase::Messages,
        day,
        cursor: String::new(),
        visits: 0,
        done: false,
    })
}
