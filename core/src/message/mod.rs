//! Messages: the legal steps of their life, when a failed one is tried again, and what delivery reports do.
//!
//! Pure functions over [`Message`](crate::model::Message). What is planned and when stands in the room `campaign`;
//! who loads and stores stands in `engine`.

mod desk;
mod lifecycle;
mod reference;
mod report;
mod retry;
mod wipe;

pub use desk::{Waits, actions, can_cancel, can_edit, waits};
pub use lifecycle::{IllegalStep, is_final, is_pending, is_underway, step};
pub use reference::reference;
pub use report::{ReportOutcome, apply_report};
pub use retry::{UNREACHABLE_WAIT_MS, retry_delay_ms};
pub use wipe::wipe;
