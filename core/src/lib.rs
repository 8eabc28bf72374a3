//! `depesza`: an embeddable SMS engine.

pub mod calendar;
pub mod campaign;
pub mod engine;
pub mod gateway;
mod invisible;
pub mod message;
pub mod model;
pub mod phone;
pub mod practice;
pub mod reply;
pub mod store;
pub mod template;
pub mod text;
pub mod words;
