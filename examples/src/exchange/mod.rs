//! How the host of a telephone exchange drives the engine: SMS after a call, by rules.
//!
//! ```text
//! rules.toml ── rules_file ───┐ checked as a whole, no store touched
//! call records ─ read::records┤
//!                             │
//!                 Day::play ──┴── open_practice, save_rule … (desk.rs)
//!                       │
//!                 Host::run ───── a call ends: apply(CallEnded) · dispatch · delivery reports
//! ```
//!
//! A day that is over is played by its own clock, each call told at its end; a file that grows is followed
//! ([`follow`]). Not allowed here: what the records of an exchange mean, and what a screen shows.

mod day;
mod desk;
pub mod follow;

pub use day::{Day, rules};
pub use desk::put;

use depesza::gateway::{Faults, Simulator};

/// The gateway: it takes every message, and as seldom as real ones do it does not deliver one, or does not say.
#[must_use]
pub fn gateway() -> Simulator {
    Simulator::new(crate::month::GATEWAY.into(), 1).with_faults(Faults {
        undelivered: 15,
        no_report: 20,
        messy_reports: 10,
        ..Faults::default()
    })
}
