//! The data of the house: what hosts tell, what users configure, what the engine stores and answers.
//!
//! Nothing here computes a rule. Every type has its wire form by serde (JSON, `snake_case` names, RFC 3339 instants
//! in UTC with milliseconds, local times without an offset), and with the feature `schema` its JSON Schema. Wire names
//! are append-only: a name once released keeps its meaning. Names, numbers and bodies are redacting types.

mod access;
mod book;
mod breaker;
mod calendar;
mod call;
mod call_rule;
mod campaign;
mod dry_run;
mod event;
mod fact;
mod gateway;
mod id;
mod message;
mod patient;
mod phone;
mod reason;
mod redact;
mod reply;
mod settings;
mod template;
mod text;
mod time;
mod visit;

pub use access::*;
pub use book::*;
pub use breaker::*;
pub use calendar::*;
pub use call::*;
pub use call_rule::*;
pub use campaign::*;
pub use dry_run::*;
pub use event::*;
pub use fact::*;
pub use gateway::*;
pub use id::*;
pub use message::*;
pub use patient::*;
pub use phone::*;
pub use reason::*;
pub use redact::*;
pub use reply::*;
pub use settings::*;
pub use template::*;
pub use text::*;
pub use time::*;
pub use visit::*;
