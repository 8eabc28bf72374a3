//! Asterisk: rows of `cdr_csv` (`Master.csv`) and AMI events `Cdr`, joined into calls. Not allowed here: another exchange.

mod call;
mod direction;
mod disposition;
mod feed;
mod join;
mod leg;
mod options;
mod row;
mod talk;

pub use disposition::status_of;
pub use feed::{Feed, read};
pub use join::{CALL_LEGS, CHANNEL_GAP_S, Joiner, OPEN_CALLS, REMEMBERED};
pub use options::{Columns, Omitted, Options};
pub use row::{FIELD_BYTES, Row};
