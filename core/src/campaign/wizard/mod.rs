//! The campaign wizard: kind, basics, advanced, summary, as data that a screen draws.
//!
//! Which fields a kind has, with their defaults and limits, stands in one place (`steps`); checking a step, building the
//! campaign and filling a draft from one all go by it. The room draws nothing and stores nothing: drafts are kept by the
//! engine, and what a campaign does is decided elsewhere (`campaign::wish`), also for the worked examples.
//!
//! ```
//! use depesza::campaign::wizard;
//! use depesza::model::{CampaignDraft, CampaignKind, Language, Practice, WizardStepId};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let practice: Practice = serde_json::from_str(r#"{"id": "k", "name": "Dentica", "secret": "sixteen bytes or more"}"#)?;
//! let mut draft = CampaignDraft::begin(CampaignKind::Reminder, Language::Pl);
//! let faults = wizard::check_step(&draft, WizardStepId::Basics, &practice, &[]);
//! assert_eq!(faults[0].to_string(), "name: a value is needed");
//!
//! draft.set("name", "Przypomnienie");
//! draft.set("timing.steps", serde_json::json!([{"days_before": "2", "at": "9:00"}]));
//! let campaign = draft.finish(&practice, &[]).map_err(|faults| faults[0].to_string())?;
//! assert_eq!(campaign.name, "Przypomnienie");
//! # Ok(())
//! # }
//! ```

mod cases;
mod defaults;
mod draft;
mod example;
mod fields;
mod options;
mod read;
mod steps;
mod summary;

pub use draft::check_step;
pub use steps::wizard;
pub use summary::summarise;
