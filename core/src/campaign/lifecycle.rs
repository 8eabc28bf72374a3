//! The life of a campaign: `Draft → Ready → Active ⇄ Paused → Ended → Archived`.

use crate::model::CampaignStatus;

/// A step that the life of a campaign does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a campaign cannot go from {from:?} to {to:?}")]
pub struct IllegalCampaignStep {
    /// Where it stands.
    pub from: CampaignStatus,
    /// Where it was to go.
    pub to: CampaignStatus,
}

/// Whether a campaign's life has this step.
///
/// # Errors
/// [`IllegalCampaignStep`] where it has not; a step to the same status is none.
pub fn check_step(from: CampaignStatus, to: CampaignStatus) -> Result<(), IllegalCampaignStep> {
    use CampaignStatus::{Active, Archived, Draft, Ended, Paused, Ready};
    let legal = match from {
        Draft => matches!(to, Ready | Archived),
        Ready => matches!(to, Draft | Active | Archived),
        Active => matches!(to, Paused | Ended),
        Paused => matches!(to, Active | Ended),
        Ended => matches!(to, Archived),
        Archived => false,
    };
    if legal { Ok(()) } else { Err(IllegalCampaignStep { from, to }) }
}
