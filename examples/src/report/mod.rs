//! What a receptionist wants to see of a month: days, campaigns, answers, and why some messages did not go.
//!
//! Plain figures in, aligned text out; nothing here asks the engine.

mod figures;
mod print;
mod words;

pub use figures::{CampaignFigures, Day, ReasonCount, Report, VisitAnswer};
pub use print::print;
