//! Every operation of the engine by its name, with JSON in and JSON out: one door for languages and hosts that do not link Rust
//! types.
//!
//! ```
//! use depesza::door;
//! use depesza::engine::Engine;
//! use depesza::store::MemoryStore;
//! use std::sync::Arc;
//!
//! let engine = Engine::new(Arc::new(MemoryStore::new()), Vec::new());
//! let practice = r#"{"practice": {"id": "kowalska", "name": "Dentica", "secret": "sixteen bytes or more",
//!     "settings": {"senders": [{"id": "48500100200", "receives": true}]}}, "now": "2026-11-16T09:00:00+01:00"}"#;
//! assert_eq!(door::call(&engine, "open_practice", practice)?, "null");
//! assert_eq!(door::call(&engine, "campaigns", r#"{"practice": "kowalska"}"#)?, "[]");
//!
//! let refusal = door::call(&engine, "campaigns", r#"{"practice": "nowak"}"#).unwrap_err();
//! assert_eq!(refusal.code, "unknown_practice");
//! # Ok::<(), door::Refusal>(())
//! ```
//!
//! A method is the operation of that name of [`Engine`], [`Clinic`] or [`Desk`](crate::engine::Desk); the
//! arguments are one JSON object: the operation's own, and
//!
//! | key | which methods | meaning |
//! | --- | --- | --- |
//! | `practice` | all but those of the engine itself | the practice's id |
//! | `user` | what users do; questions, if a user asks them | `{"id": …, "permissions": [...]}`. A question without it is the host's own |
//! | `now` | those that decide | the time, RFC 3339 |
//!
//! The answer is the wire form of what the operation returns, `null` where it returns nothing. A refusal ([`Refusal`]) has a
//! stable code. [`methods`] names them all; with the feature `schema`, `catalogue` has their JSON Schemas, which are published as
//! `schemas/operations.json`.
//!
//! Not allowed here: a rule, or anything that the operation of the name does not do.

mod acts;
mod arguments;
mod engine;
mod host;
mod questions;
mod refusal;
mod screens;

pub use acts::Act;
pub use refusal::Refusal;

use crate::engine::{Clinic, Engine, EngineError};
use arguments::Arguments;
use serde::Serialize;

/// Who has an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    /// The engine itself: all practices, no `practice`.
    Engine,
    /// A practice's host.
    Host,
    /// A practice's host, or a user who asks.
    Anyone,
    /// A user: `user` is needed.
    User,
}

/// An operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    /// Who has it.
    pub caller: Caller,
}

/// Calls the operation `method` with `arguments`, a JSON object, and returns its answer as JSON.
///
/// # Errors
/// A [`Refusal`]: `unknown_method`, `bad_arguments` with the field and what was expected of it, or the operation's own.
pub fn call(engine: &Engine, method: &str, arguments: &str) -> Result<String, Refusal> {
    let caller = caller(method).ok_or_else(|| Refusal::unknown_method(method))?;
    let mut arguments = Arguments::read(arguments)?;
    if caller == Caller::Engine {
        return engine::call(method, arguments, engine);
    }
    let clinic = engine.practice(arguments.take("practice")?);
    match (caller, arguments.take_if_there("user")?) {
        (Caller::Anyone, None) => questions::call(method, arguments, &clinic),
        (Caller::Anyone, Some(user)) => questions::call(method, arguments, &clinic.as_user(user)),
        (Caller::User, Some(user)) => {
            let now = arguments.take("now")?;
            acts::read(method, arguments)?.answer(&clinic.as_user(user), now)
        }
        (Caller::User, None) => Err(Refusal::field("user", "the user who does it")),
        (_, None) => of_the_host(method, arguments, &clinic),
        (_, Some(_)) => Err(Refusal::field("user", "nothing: this is the host's own")),
    }
}

fn of_the_host(method: &str, arguments: Arguments, clinic: &Clinic<'_>) -> Result<String, Refusal> {
    if screens::METHODS.contains(&method) {
        return screens::call(method, arguments, clinic);
    }
    host::call(method, arguments, clinic)
}

/// Reads a JSON object strictly, as the door reads arguments: for what a binding or a program takes as JSON besides.
///
/// # Errors
/// [`Refusal`] `bad_arguments` with the field and what was expected of it; what was found is not quoted.
pub fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, Refusal> {
    Arguments::read(json)?.into_struct()
}

/// All operations: those of the engine, the host's, questions, what users do.
pub fn methods() -> impl Iterator<Item = Method> {
    let groups = [
        (Caller::Engine, engine::METHODS),
        (Caller::Host, host::METHODS),
        (Caller::Host, screens::METHODS),
        (Caller::Anyone, questions::METHODS),
        (Caller::User, acts::METHODS),
    ];
    groups.into_iter().flat_map(|(caller, names)| names.iter().map(move |name| Method { name, caller }))
}

fn caller(method: &str) -> Option<Caller> {
    methods().find(|known| known.name == method).map(|known| known.caller)
}

/// What an operation returned, as JSON.
fn answered<T: Serialize>(result: Result<T, EngineError>) -> Result<String, Refusal> {
    serde_json::to_string(&result?).map_err(|_| Refusal::unwritable())
}

/// The schemas of all operations, as published in `schemas/operations.json`: of each `method`, `caller`, `arguments` and `answer`,
/// whose definitions are shared.
#[cfg(feature = "schema")]
#[must_use]
pub fn catalogue() -> serde_json::Value {
    let mut generator = schemars::SchemaGenerator::default();
    let mut operations = Vec::new();
    for (caller, describe) in [
        (Caller::Engine, engine::describe as fn(&mut _) -> _),
        (Caller::Host, host::describe),
        (Caller::Host, screens::describe),
        (Caller::Anyone, questions::describe),
        (Caller::User, acts::describe),
    ] {
        for (method, arguments, answer) in describe(&mut generator) {
            operations.push(serde_json::json!({
                "method": method, "caller": caller, "arguments": arguments, "answer": answer,
            }));
        }
    }
    let user = generator.subschema_for::<crate::model::User>();
    let refusal = generator.subschema_for::<Refusal>();
    serde_json::json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "the operations of the engine",
        "user": user,
        "refusal": refusal,
        "operations": operations,
        "$defs": generator.take_definitions(true),
    })
}

/// A group of operations: each with its arguments, the type of its answer, and what it calls.
macro_rules! operations {
    (
        fn call $(<$who:ident: $bound:path>)? ($side:ident: $type:ty);
        $($(#[$doc:meta])* $name:ident { $($argument:ident: $kind:ty),* } -> $answer:ty = $body:expr;)*
    ) => {
        /// Their names.
        pub(super) const METHODS: &[&str] = &[$(stringify!($name)),*];

        /// The arguments of each, under its name.
        #[allow(non_camel_case_types, reason = "each type is named as its operation")]
        mod with {
            use super::*;
            $(
                $(#[$doc])*
                #[derive(serde::Deserialize)]
                #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
                #[serde(deny_unknown_fields)]
                pub(super) struct $name { $(pub(super) $argument: $kind),* }
            )*
        }

        /// Calls one of [`METHODS`].
        pub(super) fn call $(<$who: $bound>)? (
            method: &str,
            arguments: super::arguments::Arguments,
            $side: &$type,
        ) -> Result<String, super::Refusal> {
            match method {
                $(stringify!($name) => {
                    let with::$name { $($argument),* } = arguments.into_struct()?;
                    let answer: Result<$answer, crate::engine::EngineError> = $body;
                    super::answered(answer)
                })*
                _ => Err(super::Refusal::unknown_method(method)),
            }
        }

        /// The schemas of their arguments and answers.
        #[cfg(feature = "schema")]
        pub(super) fn describe(
            generator: &mut schemars::SchemaGenerator,
        ) -> Vec<(&'static str, schemars::Schema, schemars::Schema)> {
            vec![$((
                stringify!($name),
                <with::$name as schemars::JsonSchema>::json_schema(generator),
                generator.subschema_for::<$answer>(),
            )),*]
        }
    };
}
use operations;
