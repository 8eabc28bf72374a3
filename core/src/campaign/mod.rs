//! Campaigns: what a visit asks of them, when, and why not; their life; the check of what a user wrote.
//!
//! Pure: [`wish`] looks at one visit, one campaign and the [`Scene`] around them and says what should be;
//! [`approach`] does the same for a campaign about patients. Comparing that with the messages that are there, and storing the difference, is the engine's.

mod check;
mod lifecycle;
mod outreach;
mod plan;
mod scene;
mod statistics;
mod warning_words;
mod warnings;
pub mod wizard;

pub(crate) use check::subject;
pub use check::{
    CampaignFault, CampaignFaultKind, Expected, MAX_NAME_CHARS, catalogue, catalogue_for, check,
    check_activation, preview,
};
pub use lifecycle::{IllegalCampaignStep, check_step};
pub use outreach::{
    LATE_RECALL_DAYS, PersonScene, approach, birthday_due, person_variant, recall_due, recall_visits, void,
};
pub use plan::{Late, Wish, age_day, variant, wish};
pub(crate) use scene::lifted;
pub use scene::{Recipient, Scene, matches, unmatched};
pub use statistics::{figures, statistics};
pub use warnings::{CampaignWarning, CampaignWarningKind, warnings};
