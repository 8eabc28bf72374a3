//! A practice's settings: told by the host or changed at the desk, and what follows for what was planned under others.

use super::tx::Tx;
use super::{Clinic, Desk, EngineError, Side, Who, admin, planning, retention};
use crate::model::{Action, CampaignStatus, Happening, Permission, Practice, Settings, Timestamp};
use crate::practice::{PracticeFault, PracticeFaultKind, check};

impl Clinic<'_> {
    /// The practice as it is stored, its secret included: for the host alone.
    ///
    /// # Errors
    /// [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn practice(&self) -> Result<Practice, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| Ok((**tx.practice()).clone()))
    }
}

impl<W: Who> Side<'_, W> {
    /// The practice's settings.
    ///
    /// # Errors
    /// As [`visit`](Self::visit).
    pub fn settings(&self) -> Result<Settings, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| Ok(tx.practice().settings.clone()))
    }
}

impl Desk<'_> {
    /// Changes the settings; the same again changes nothing. What was planned, or skipped, under other settings is
    /// planned anew. Link markers are not changed here but one by one, as bodies use them: `settings.links` has to be
    /// as it is stored.
    ///
    /// # Errors
    /// [`EngineError::Practice`] with every fault by field, [`EngineError::NotPermitted`] without
    /// [`Permission::ManageSettings`], [`EngineError::UnknownPractice`], [`EngineError::Store`].
    pub fn change_settings(&self, settings: &Settings, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageSettings, Action::SettingsChanged, None, now, |tx| {
            let before = tx.practice().clone();
            if before.settings == *settings {
                return Ok(());
            }
            let practice = Practice { settings: settings.clone(), ..(*before).clone() };
            let mut faults = check(&practice);
            if settings.links != before.settings.links {
                let field = "settings.links".to_owned();
                faults.push(PracticeFault { field, kind: PracticeFaultKind::LinksApart });
            }
            if !faults.is_empty() {
                return Err(EngineError::Practice(faults));
            }
            tx.change_practice(practice)?;
            tx.event(Happening::SettingsChanged { by: self.user().clone() })?;
            changed(tx)
        })
    }
}

/// What follows from other settings: what was planned under the old ones is planned anew, and what is kept for a time is
/// looked after.
pub(super) fn changed(tx: &mut Tx<'_>) -> Result<(), EngineError> {
    for campaign in planning::campaigns(tx)?.iter() {
        if matches!(campaign.status, CampaignStatus::Active | CampaignStatus::Paused) {
            admin::plan_anew(tx, &campaign.id)?;
        }
    }
    retention::ensure(tx)
}
