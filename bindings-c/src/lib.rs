//! The C ABI of [`depesza`]: what `include/depesza.h` declares. The conventions stand in this crate's README; `guard` and `ffi` hold them.
//!
//! Every function converts, calls, converts. Not allowed here: a rule of the engine's.
#![allow(non_camel_case_types, reason = "the names of types are those of the header, and end as C's own do")]
#![allow(
    unsafe_code,
    reason = "pointers of C; what makes their use sound is promised in the head of `ffi` and checked there as far as it can be"
)]
#![allow(
    clippy::missing_safety_doc,
    reason = "the promise is the same for every function: that of the head of `ffi` and of the README"
)]
#![allow(clippy::too_many_arguments, reason = "a text is two arguments, a buffer three")]

// the header declares them in this order
pub mod batch;
pub mod call;
pub mod catalogue;
pub mod codes;
pub mod engine;
pub mod facts;
pub mod ffi;
pub mod found;
pub mod gateway;
pub mod guard;
mod host;
mod host_store;
pub mod links;
pub mod phone;
pub mod render;
pub mod reply;
pub mod rules;
pub mod store;
pub mod store_checks;
pub mod template;
pub mod text;
pub mod time;
pub mod version;

/// What the README says any number of threads may use at once.
const fn shared<H: ffi::Handle<Holds: Sync>>() {}
const _: () = {
    shared::<engine::depesza_engine_t>();
    shared::<rules::depesza_rules_t>();
    shared::<catalogue::depesza_catalogue_t>();
    shared::<template::depesza_template_t>();
};
