//! Campaigns: what a visit asks of them, when, and why not; their life; the check of what a user wrote.
//!
//! Pure: [`wish`] looks at one visit, one campaign and the [`Scene`] around them and says what should be. Comparing
//! that with the messages that are there, and storing the difference, is the engine's.

mod check;
mod lifecycle;
mod plan;
mod scene;
mod statistics;
mod warning_words;
mod warnings;
pub mod wizard;

pub use check::{
    CampaignFault, CampaignFaultKind, Expected, MAX_NAME_CHARS, catalogue, check, check_activation, preview,
};
pub use lifecycle::{IllegalCampaignStep, check_step};
pub use plan::{Late, Wish, age_day, variant, wish};
pub(crate) use scene::lifts;
pub use scene::{Scene, matches};
pub use statistics::{figures, statistics};
pub use warnings::{CampaignWarning, CampaignWarningKind, warnings};
