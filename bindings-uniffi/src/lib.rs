//! The binding of `depesza` for Kotlin and Java, Swift and Ruby, by [UniFFI](https://mozilla.github.io/uniffi-rs/).
//!
//! Records of the core cross by value ([`model`]), an [`Engine`](engine::Engine) by reference; a host writes its own
//! [`Store`](store::Store) or [`Gateway`](gateway::Gateway). What is not typed goes through
//! [`Engine::call`](engine::Engine::call), the core's door by name and JSON. `exposed.txt` lists what of the core's public
//! API crosses and how, and what does not, and why.
//!
//! Not allowed here: a rule. Everything converts, calls the core, converts.
#![allow(
    clippy::needless_pass_by_value,
    reason = "what crosses is owned: the other language's copy was made for this call"
)]

pub mod acts;
pub mod convert;
pub mod engine;
pub mod error;
pub mod gateway;
pub mod model;
pub mod phone;
pub mod questions;
pub mod reply;
pub mod rules;
pub mod store;
pub mod suite;
pub mod template;
pub mod text;

uniffi::setup_scaffolding!("depesza");
