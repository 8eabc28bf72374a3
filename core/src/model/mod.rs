//! The data of the house: what hosts tell, what users configure, what the engine stores and answers.
//!
//! Nothing here computes a rule. Every type has its wire form by serde (JSON, `snake_case` names, RFC 3339 instants
//! in UTC with milliseconds, local times without an offset), and with the feature `schema` its JSON Schema. Wire names
//! are append-only: a name once released keeps its meaning. Names, numbers and bodies are redacting types.

mod access;
mod account;
mod book;
mod breaker;
mod calendar;
mod call;
mod call_rule;
mod campaign;
mod chat;
mod dry_run;
mod event;
mod export;
mod fact;
mod gateway;
mod id;
mod inbox;
mod listing;
mod message;
mod patient;
mod phone;
mod preview;
mod reason;
mod redact;
mod reply;
mod route;
mod settings;
mod shared;
mod statistics;
mod template;
mod text;
mod time;
mod visit;
mod wizard;

pub use access::*;
pub use account::*;
pub use book::*;
pub use breaker::*;
pub use calendar::*;
pub use call::*;
pub use call_rule::*;
pub use campaign::*;
pub use chat::*;
pub use dry_run::*;
pub use event::*;
pub use export::*;
pub use fact::*;
pub use gateway::*;
pub use id::*;
pub use inbox::*;
pub use listing::*;
pub use message::*;
pub use patient::*;
pub use phone::*;
pub use preview::*;
pub use reason::*;
pub use redact::*;
pub use reply::*;
pub use route::*;
pub use settings::*;
pub use statistics::*;
pub use template::*;
pub use text::*;
pub use time::*;
pub use visit::*;
pub use wizard::*;
