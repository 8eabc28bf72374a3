//! The sample day of an exchange: what happened on the lines of an invented practice, and the records that an Asterisk and
//! a FreeSWITCH would have written of it.
//!
//! Everything comes out of one seed, so the same seed makes the same bytes. Nobody in it exists. The rows are made after
//! real ones (`adapters/call-records/tests/data/asterisk/`).

mod asterisk;
mod episodes;
mod freeswitch;
mod happened;
mod people;
mod ways;

use crate::month::rng::Rng;

/// The seed of the files in `examples/data/pbx/`.
pub const SEED: u64 = 2026;

/// The files' texts.
pub struct Files {
    /// `Master.csv`: as Asterisk's `cdr_csv` writes with `loguniqueid` and `loguserfield`, 18 columns, local time.
    pub master_csv: String,
    /// `freeswitch.jsonl`: as FreeSWITCH's `mod_json_cdr` writes of the first legs, a document a line.
    pub freeswitch_jsonl: String,
}

impl Files {
    /// Every file's name and text.
    #[must_use]
    pub fn named(&self) -> [(&'static str, &str); 2] {
        [("Master.csv", &self.master_csv), ("freeswitch.jsonl", &self.freeswitch_jsonl)]
    }
}

/// Makes the day of a seed.
#[must_use]
pub fn generate(seed: u64) -> Files {
    let mut rng = Rng::new(seed);
    let mut calls = episodes::calls(&mut rng);
    // an exchange writes a record when a call is over
    calls.sort_by_key(|call| (call.end, call.start));
    Files {
        master_csv: asterisk::write(&mut rng, &calls),
        freeswitch_jsonl: freeswitch::write(&mut rng, &calls),
    }
}
