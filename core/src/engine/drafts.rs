//! Half-filled campaigns: kept while their author thinks, and saved as campaigns when they are whole.

use super::record::LAST;
use super::tx::Tx;
use super::{Desk, EngineError, Side, Who, templates};
use crate::campaign::{CampaignWarning, warnings};
use crate::model::{Action, Campaign, CampaignDraft, CampaignId, KeptDraft, Permission, Timestamp};

/// The most drafts of a practice.
pub const MAX_DRAFTS: usize = 1_000;
/// The longest draft, in bytes of its JSON.
pub const MAX_DRAFT_BYTES: usize = 65_536;

impl<W: Who> Side<'_, W> {
    /// The drafts, the one that was changed last first.
    ///
    /// # Errors
    /// [`EngineError::NotPermitted`] without [`Permission::CommunicationCenter`], [`EngineError::UnknownPractice`],
    /// [`EngineError::Store`].
    pub fn drafts(&self) -> Result<Vec<KeptDraft>, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            let mut drafts = all(tx)?;
            drafts.sort_by(|a, b| (b.changed_at, &a.id).cmp(&(a.changed_at, &b.id)));
            Ok(drafts)
        })
    }
}

impl Desk<'_> {
    /// Keeps a half-filled campaign, in place of what was kept under this identifier before. It may be faulty.
    ///
    /// # Errors
    /// [`EngineError::DraftTooLong`], [`EngineError::TooManyDrafts`], [`EngineError::NotPermitted`] without
    /// [`Permission::ManageCampaigns`], [`EngineError::Store`].
    pub fn keep_draft(
        &self,
        id: CampaignId,
        draft: CampaignDraft,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        self.act(Permission::ManageCampaigns, Action::DraftKept, Some(id.as_str()), now, |tx| {
            let length = serde_json::to_string(&draft).map_or(usize::MAX, |json| json.len());
            if length > MAX_DRAFT_BYTES {
                return Err(EngineError::DraftTooLong);
            }
            match tx.get::<KeptDraft>(id.as_str())? {
                Some(kept) if kept.draft == draft => return Ok(()),
                None if all(tx)?.len() >= MAX_DRAFTS => return Err(EngineError::TooManyDrafts),
                _ => {}
            }
            let (changed_at, changed_by) = (tx.now, self.user().clone());
            tx.put(&KeptDraft { id: id.clone(), draft: draft.clone(), changed_at, changed_by })
        })
    }

    /// Throws a draft away. A campaign of the same identifier stays as it is.
    ///
    /// # Errors
    /// [`EngineError::UnknownDraft`], [`EngineError::NotPermitted`] without [`Permission::ManageCampaigns`],
    /// [`EngineError::Store`].
    pub fn discard_draft(&self, id: &CampaignId, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageCampaigns, Action::DraftDiscarded, Some(id.as_str()), now, |tx| {
            find(tx, id)?;
            tx.delete::<KeptDraft>(id.as_str())
        })
    }

    /// Saves a draft as the campaign of its identifier, and the draft is gone: a new campaign is ready and not active, one
    /// that is there is edited. Bodies that come from stored templates take their texts of this moment. Answers what is
    /// worth thinking about before the campaign is activated.
    ///
    /// # Errors
    /// [`EngineError::Campaign`] with every fault by field, [`EngineError::UnknownDraft`], those of
    /// [`edit_campaign`](Self::edit_campaign) where the campaign is there, [`EngineError::NotPermitted`] without
    /// [`Permission::ManageCampaigns`], [`EngineError::Store`]. The draft then stays.
    pub fn save_draft(&self, id: &CampaignId, now: Timestamp) -> Result<Vec<CampaignWarning>, EngineError> {
        let there = self.read(Permission::ManageCampaigns, |tx| tx.get::<Campaign>(id.as_str()))?.is_some();
        let action = if there { Action::CampaignEdited } else { Action::CampaignCreated };
        self.act(Permission::ManageCampaigns, action, Some(id.as_str()), now, |tx| {
            let kept = find(tx, id)?;
            let templates = templates::all(tx)?;
            let spec = kept.draft.finish(tx.practice(), &templates).map_err(EngineError::Campaign)?;
            let warnings = warnings(&spec, tx.practice());
            if there {
                self.edit(tx, id, &spec)?
            } else {
                self.create(tx, id, &spec)?
            }
            tx.delete::<KeptDraft>(id.as_str())?;
            Ok(warnings)
        })
    }
}

fn find(tx: &mut Tx<'_>, id: &CampaignId) -> Result<KeptDraft, EngineError> {
    tx.get::<KeptDraft>(id.as_str())?.ok_or_else(|| EngineError::UnknownDraft(id.clone()))
}

/// All drafts, in the order of their identifiers.
pub(super) fn all(tx: &mut Tx<'_>) -> Result<Vec<KeptDraft>, EngineError> {
    tx.list_all("", LAST)
}
