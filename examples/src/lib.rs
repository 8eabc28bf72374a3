//! What the examples share: the readers of a practice's files, the generator of the sample month, and the report.
//!
//! `clinic_day` plays a practice's month through the engine, `generate_month` makes the sample data it plays; `pbx_day` plays a
//! day of a telephone exchange, `generate_calls` makes its call records.

pub mod busy_day;
pub mod exchange;
pub mod month;
pub mod play;
pub mod read;
pub mod report;
