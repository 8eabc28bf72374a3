//! What a receptionist wants to see of a month: days, campaigns, answers, and why some messages did not go.
//!
//! Figures are asked of the engine in `ask`, and printed as aligned text in `print`. The report on calls is in [`calls`], single
//! questions of a screen in [`centre`].

mod ask;
pub mod calls;
pub mod centre;
mod figures;
mod print;
mod words;

pub use ask::{ask, messages, write_json};
pub use figures::{CampaignFigures, Counts, Day, ReasonCount, Report, VisitAnswer};
pub use print::print;
