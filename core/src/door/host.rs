//! Operations of a practice's host.

use super::arguments::Told;
use super::operations;
use crate::engine::{Clinic, Outcome};
use crate::model::{Event, Fact, Practice, Timestamp};

operations! {
    fn call(clinic: Clinic<'_>);

    /// Tells facts, in their order: all are stored and decided on in one commit, or none is.
    apply { facts: Vec<Told>, now: Timestamp } -> Vec<Outcome> = {
        let facts: Vec<Fact> = facts.into_iter().map(|Told(fact)| fact).collect();
        clinic.apply(&facts, now)
    };
    /// Events after a number, oldest first, at most `limit`.
    events { after: u64, limit: u32 } -> Vec<Event> = clinic.events(after, limit);
    /// The practice with its settings.
    practice {} -> Practice = clinic.practice();
    /// Says that the practice's data were restored from a copy made at `copied_at`; answers how many messages are in doubt.
    restored { copied_at: Timestamp, now: Timestamp } -> u64 = clinic.restored(copied_at, now);
    /// Asks the gateways what is left on their accounts.
    ask_balances { now: Timestamp } -> () = clinic.ask_balances(now);
}
