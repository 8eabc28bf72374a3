//! The trait `Gateway`: what the engine needs of an SMS provider, modelled on the makers' own interfaces.
//!
//! Synchronous; an adapter owns its runtime, its time-outs and its secrets. An answer says only what is certain: a
//! time-out after writing is [`SubmitResult::Unknown`], never a rejection.

#[cfg(any(test, feature = "testing"))]
mod simulator;

#[cfg(any(test, feature = "testing"))]
pub use simulator::{Faults, Simulator, Taken};

use crate::model::{Capabilities, LookupResult, Submission, SubmitResult};

/// An SMS gateway. Every method may be called from several threads.
pub trait Gateway: Send + Sync {
    /// What it can do. Constant for the life of the value.
    fn capabilities(&self) -> Capabilities;

    /// Hands over up to [`Capabilities::batch`] messages and answers for each, in their order. One faulty message
    /// never holds up the others. An answer that is missing counts as [`SubmitResult::Unknown`].
    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult>;

    /// Asks what became of the message with our `reference`. Called only with [`Capabilities::look_up`].
    fn look_up(&self, reference: &str) -> LookupResult {
        let _ = reference;
        LookupResult::Unsure {}
    }

    /// Takes a submitted message back; true only when it certainly will not arrive. Called only with
    /// [`Capabilities::cancel`].
    fn cancel(&self, reference: &str) -> bool {
        let _ = reference;
        false
    }

    /// What is left on the account, in thousandths of its currency's unit, where the gateway tells.
    fn balance_milli(&self) -> Option<i64> {
        None
    }
}
