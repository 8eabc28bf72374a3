//! What the communication centre shows of one thing: a patient's chat, a visit's messages and why not more, a dry run,
//! statistics. Each asks the engine one question and writes the answer as aligned text.

mod chat;
mod dry_run;
mod explain;
mod stats;

pub use chat::chat;
pub use dry_run::dry_run;
pub use explain::explain;
pub use stats::stats;
