//! The language of a report, as the command line names it.

use clap::ValueEnum;
use depesza::model::Language;

/// A language of the report.
#[derive(Clone, Copy, ValueEnum)]
pub enum Lang {
    /// Polish.
    Pl,
    /// English.
    En,
}

impl From<Lang> for Language {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::Pl => Self::Pl,
            Lang::En => Self::En,
        }
    }
}
