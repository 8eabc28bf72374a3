//! SMS after a call: which rules a call meets, and why.
//!
//! A call is first [seen](Seen): its own number in canonical form, its local time, the seconds its conditions are about.
//! Then [`RuleSet::matching`] finds the rules that it meets through an index, and [`explain`] says of each rule what it
//! wanted and what it saw, condition by condition. The second is the reference of the first: a property test holds them
//! equal.
//!
//! Not here: who may be sent to, the least time between two messages, and what was sent before; that is the room
//! `engine`'s.

mod check;
mod conditions;
mod rule_set;
mod seen;

pub use check::{CallRuleFault, CallRuleFaultKind, catalogue, check, preview};
pub use conditions::{explain, meets};
pub use rule_set::RuleSet;
pub(crate) use seen::other_party_mut;
pub use seen::{Seen, canonical, other_party, own_number};
