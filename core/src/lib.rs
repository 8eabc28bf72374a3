//! `depesza`: an embeddable SMS engine.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod calendar;
mod invisible;
pub mod model;
pub mod phone;
pub mod reply;
pub mod store;
pub mod template;
pub mod text;
