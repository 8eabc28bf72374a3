//! What the examples share: the readers of a practice's files, the generator of the sample month, and the report.
//!
//! `clinic_day` plays a practice's month through the engine; `generate_month` makes the sample data it plays.

pub mod month;
pub mod play;
pub mod read;
pub mod report;
