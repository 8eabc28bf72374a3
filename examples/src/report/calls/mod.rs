//! What came of the calls of an exchange: what went to whom, when and by which rule, and why the other calls got nothing.
//!
//! Figures are made of what the engine says of each call in `ask`, and printed as aligned text in `print`; `explain` says of
//! one call what every rule wanted and saw.

mod ask;
mod explain;
mod figures;
mod print;
mod words;

pub use ask::{ask, outcomes, replayed, write_json};
pub use explain::explain;
pub use figures::{CallLine, CallReport, MessageLine, News, Outcome, RuleFigures};
pub use print::{lines, print, summary};
