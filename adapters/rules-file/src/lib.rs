//! The rules file of SMS after a call: an account of an exchange, its settings and its rules, in TOML or JSON. [`read`] and [`parse`] give the whole
//! file or everything that is wrong with it by file, line and column; [`check`] asks the engine about what could be read.
//!
//! ```
//! let text = r#"
//! [practice]
//! id = "lipowa"
//! name = "Centrum Lipowa"
//! secret = "0123456789abcdef"
//!
//! [[rules]]
//! id = "missed"
//! name = "Missed"
//! body = "Oddzwonimy."
//! state = "maybe"
//! "#;
//! let faults = depesza_rules_file::parse("rules.toml", text).unwrap_err();
//! let faults: Vec<String> = faults.shown().iter().map(ToString::to_string).collect();
//! assert_eq!(faults, [
//!     "rules.toml:7:1: rules[0]: missing field `when`",
//!     "rules.toml:11:9: rules[0].state: expected \"on\" or \"off\"",
//! ]);
//! ```
//!
//! Not allowed here: a rule of the engine's. What a field may hold is said by the types of the model and by the engine itself.

mod faults;
mod json;
mod rehearsal;
mod rules;
mod source;
mod tables;

pub use faults::{Fault, Faults, Lined};
pub use rehearsal::check;
pub use rules::{RuleTable, RulesDocument, RulesFile, Switched, Written, parse, parse_json, read};
pub use source::{decode, load};
pub use tables::{Places, PracticeTable, Tables};
