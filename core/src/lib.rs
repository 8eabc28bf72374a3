//! `depesza`: an embeddable engine for a practice's SMS traffic.
//!
//! A dental or medical application links it and has campaigns around visits, replies that confirm them, and a reason for
//! every message that was not sent. The crate holds the rules and does no I/O: databases stand behind
//! [`Store`](store::Store), SMS providers behind [`Gateway`](gateway::Gateway), and time comes in as an argument.
//!
//! Start with [`engine`]: one invariant and six steps. This is all of them, with the simulated gateway (feature `testing`):
//!
//! ```
//! use depesza::engine::Engine;
//! use depesza::gateway::Simulator;
//! use depesza::model::{CampaignSpec, Fact, Permission, Practice, Timestamp, User};
//! use depesza::store::MemoryStore;
//! use std::sync::Arc;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let gateway = Arc::new(Simulator::new("sim".into(), 1));
//! let engine = Engine::new(Arc::new(MemoryStore::new()), vec![("sim".into(), gateway.clone())]);
//! let monday: Timestamp = "2026-11-16T09:00:00+01:00".parse()?;
//!
//! let practice: Practice = serde_json::from_str(r#"{
//!     "id": "kowalska", "name": "Dentica", "secret": "sixteen bytes or more",
//!     "settings": {"senders": [{"id": "48500100200", "receives": true}]}
//! }"#)?;
//! engine.open_practice(&practice, monday)?;
//! let clinic = engine.practice(practice.id.clone());
//!
//! let reminder: CampaignSpec = serde_json::from_str(r#"{
//!     "name": "Przypomnienie",
//!     "timing": {"kind": "reminder", "steps": [{"days_before": 1, "at": "10:00"}]},
//!     "bodies": {"default": "(imie), czekamy (data) o (godzina). Odpisz TAK lub NIE."}
//! }"#)?;
//! let desk = clinic.as_user(User::new("recepcja", Permission::CLINIC));
//! desk.create_campaign("przypomnienie".into(), reminder, monday)?;
//! desk.activate(&"przypomnienie".into(), monday)?;
//!
//! let facts: Vec<Fact> = serde_json::from_str(r#"[
//!     {"fact": "patient", "id": "7", "revision": 1, "first_name": "Łucja", "last_name": "Żak",
//!      "phone": "501 234 567", "consents": {"visits": {"given": true, "at": "2026-01-02T10:00:00Z"}}},
//!     {"fact": "visit", "id": "120", "revision": 1, "patient": "7", "start": "2026-11-20T12:30:00"}
//! ]"#)?;
//! clinic.apply(&facts, monday)?;
//!
//! // the host sleeps until something is due
//! let due = engine.next_due()?.ok_or("a job and a message are waiting")?;
//! engine.work(due, 100)?;
//! let due = engine.next_due()?.ok_or("a message is waiting")?;
//! assert_eq!(due, "2026-11-19T10:00:00+01:00".parse()?);
//! engine.dispatch(due, 1_000)?;
//! assert_eq!(gateway.taken()[0].body.reveal(), "Lucja, czekamy 20.11.2026 o 12:30. Odpisz TAK lub NIE.");
//! # Ok(())
//! # }
//! ```
//!
//! Names of the field: a *segment* is a part of a long SMS, a *delivery report* (DLR) says what became of one, a *sender
//! id* is what the handset shows. Polish words in code are data: TAK and NIE are yes and no, the placeholders
//! `(imie)`, `(data)`, `(godzina)` are what receptionists type.

pub mod bundle;
pub mod calendar;
pub mod call;
pub mod campaign;
mod digits;
pub mod door;
pub mod engine;
pub mod gateway;
mod invisible;
pub mod message;
pub mod model;
pub mod phone;
pub mod practice;
pub mod reply;
pub mod route;
pub mod store;
pub mod template;
pub mod text;
pub mod words;

/// The guides' examples are run with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../../docs/SCREENS.md")]
struct Guides;
