//! The data of the house: what hosts tell, what users configure, what the engine stores and answers.
//!
//! Nothing here computes a rule. Every type has its wire form by serde (JSON, `snake_case` names, RFC 3339 instants
//! in UTC with milliseconds, local times without an offset), and with the feature `schema` its JSON Schema. Wire names
//! are append-only: a name once released keeps its meaning. Names, numbers and bodies are redacting types.

mod book;
mod calendar;
mod campaign;
mod event;
mod fact;
mod gateway;
mod id;
mod message;
mod patient;
mod phone;
mod reason;
mod redact;
mod text;
mod time;
mod visit;

pub use id::{CampaignId, GatewayId, MessageId, PatientId, PracticeId, RoomId, UserId, VisitId};
pub use redact::{Body, Name, Phone};
pub use text::{
    Advice, CharacterAdvice, CharacterClass, Clusters, Costly, Diacritics, Encoding, Links, Missing,
    ReferenceBits, Replacement, Segments, SplitOptions,
};
pub use time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Timestamp};
