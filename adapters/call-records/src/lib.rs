//! Call detail records of real exchanges into [`depesza`]'s [`Call`](depesza::model::Call) facts: Asterisk (`cdr_csv`, AMI) and
//! FreeSWITCH (`mod_json_cdr`, `mod_cdr_csv`).
//!
//! ```
//! use depesza_call_records::asterisk::{Columns, Options, read};
//! use depesza::model::CallStatus;
//!
//! let row = br#""","501234567","221234501","from-trunk",""""" <501234567>","IAX2/operator-1","IAX2/201-2","Dial","","2026-11-22 01:19:53",,"2026-11-22 01:19:55",2,0,"NO ANSWER","DOCUMENTATION","1795306793.10","""#;
//! let told = read(row, Options { columns: Columns::SAMPLE, ..Options::default() })?;
//! assert!(told.faults.is_empty());
//! assert_eq!(told.calls[0].status, CallStatus::NoAnswer);
//! assert_eq!(told.calls[0].started_at.to_string(), "2026-11-22T00:19:53.000Z");
//! # Ok::<(), depesza_call_records::OptionsError>(())
//! ```
//!
//! A record that cannot be read is a [`Fault`] with its line; the others are read. The same record gives the same call with the
//! same identifier whenever it is read: telling it again changes nothing in the engine. What the rows of an exchange cannot
//! tell stands in the README.
//!
//! Not allowed here: a rule, a message, a decision about whether a number is one, a clock. Only [`follow`] touches files.

pub mod asterisk;
mod detect;
mod fault;
pub mod follow;
pub mod freeswitch;
mod id;
pub mod lines;
mod text;
mod wall;

pub use detect::{DETECT_BYTES, Format, detect};
pub use fault::{Fault, OptionsError, Place, Told};
