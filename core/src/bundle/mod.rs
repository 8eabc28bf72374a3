//! Replay bundles: what a practice was told and did over a time, and what was decided, in one document that shows a
//! fault again on another machine.
//!
//! 1. A host lets a [`Recorder`] stand in for its engine, from an empty store on, and takes a [`Bundle`] from it.
//! 2. [`mask()`] puts stand-ins of the same shape in the place of names, numbers and texts.
//! 3. [`replay()`] plays it on an empty store with the gateways' recorded answers, and says where a decision differs.
//!
//! The same facts at the same times with the same answers give the same decisions, byte for byte: that is what the
//! engine promises, and what makes a bundle worth its room.
//!
//! Not here: any rule. A bundle calls the engine as a host does.

mod data;
mod mask;
mod recorder;
mod replay;

pub use crate::door::Act;
pub use data::{Bundle, Decided, Decisions, GatewayAnswer, Recorded, RecordedCall, RecordedGateway, VERSION};
pub use mask::mask;
pub use recorder::Recorder;
pub use replay::{Difference, replay};
