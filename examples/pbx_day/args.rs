//! The command line.

use crate::lang::Lang;
use clap::{Parser, ValueEnum};
use depesza::model::Language;
use depesza_call_records::asterisk::Columns;
use depesza_call_records::freeswitch::Template;
use depesza_examples::exchange::follow::Clock;
use depesza_examples::read::records::Written;
use std::path::{Path, PathBuf};

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/pbx");

/// Plays a day of a telephone exchange through the engine with a simulated gateway: SMS after a call, by rules.
///
/// Without files it plays the sample day in examples/data/pbx/. Nothing is ever sent anywhere.
#[derive(Parser)]
#[command(name = "pbx_day")]
pub struct Args {
    /// The call records: Asterisk's Master.csv, FreeSWITCH's JSON or CSV.
    #[arg(long, value_name = "FILE")]
    cdr: Option<PathBuf>,
    /// Who wrote them; without it, the file's beginning tells.
    #[arg(long, value_enum)]
    format: Option<FormatName>,
    /// The columns of an Asterisk's rows after the first 16; without it, their number tells.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "COLUMNS")]
    columns: Vec<Column>,
    /// How the exchange writes and what its names mean, TOML; without it, the sample's for the sample day, else the readers'
    /// defaults.
    #[arg(long, value_name = "FILE")]
    exchange: Option<PathBuf>,
    /// The account, its settings and rules, TOML (schemas/rules_file.json).
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/pbx/rules.toml"))]
    pub rules: PathBuf,
    /// Says of one call what every rule wanted and saw, and what was done.
    #[arg(long, value_name = "CALL_ID", conflicts_with_all = ["replay", "follow"])]
    pub explain: Option<String>,
    /// Says what these rules would have sent, with parts and cost, and sends nothing.
    #[arg(long, conflicts_with = "follow")]
    pub replay: bool,
    /// Follows a Master.csv that grows, over its rotation, and goes on where it stopped.
    #[arg(long)]
    pub follow: bool,
    /// Where to keep how far the file was followed; without it, beside the file of --store.
    #[arg(long, value_name = "FILE", requires = "follow")]
    position: Option<PathBuf>,
    /// Ends following after so many seconds without new rows.
    #[arg(long, value_name = "SECONDS", requires = "follow")]
    pub idle_exit: Option<u64>,
    /// The time of a followed file: the host's, or that of the calls for a file from another day.
    #[arg(long, value_enum, default_value_t = ClockName::Host, requires = "follow")]
    clock: ClockName,
    /// Where to keep it: sqlite:FILE, postgresql://… or memory:. Without it, an SQLite file that goes with the run.
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// Writes a line of JSON for every call with what came of it.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The language of the report.
    #[arg(long, value_enum, default_value_t = Lang::Pl)]
    lang: Lang,
}

/// Who writes call records.
#[derive(Clone, Copy, ValueEnum)]
enum FormatName {
    /// Asterisk's Master.csv.
    Asterisk,
    /// FreeSWITCH's mod_json_cdr: one document, an array, or one a line.
    FreeswitchJson,
    /// FreeSWITCH's mod_cdr_csv with the template "example".
    FreeswitchCsvExample,
    /// FreeSWITCH's mod_cdr_csv with the template "asterisk".
    FreeswitchCsvAsterisk,
}

/// A column after the first 16.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Column {
    /// There is none.
    None,
    /// loguniqueid=yes
    Uniqueid,
    /// loguserfield=yes
    Userfield,
    /// newcdrcolumns=yes: peeraccount, linkedid, sequence
    Newcdrcolumns,
}

/// Which time a follower goes by.
#[derive(Clone, Copy, ValueEnum)]
enum ClockName {
    /// The host's.
    Host,
    /// That of the calls.
    Calls,
}

impl Args {
    /// The call records.
    pub fn cdr(&self) -> PathBuf {
        self.cdr.clone().unwrap_or_else(|| Path::new(DATA).join("Master.csv"))
    }

    /// The file that says how the exchange writes; none where the readers' defaults are meant.
    pub fn exchange(&self) -> Option<PathBuf> {
        match (&self.exchange, &self.cdr) {
            (Some(named), _) => Some(named.clone()),
            (None, None) => Some(Path::new(DATA).join("exchange.toml")),
            // a sample, named by hand
            (None, Some(cdr)) if cdr.parent() == Some(Path::new(DATA)) => {
                Some(Path::new(DATA).join("exchange.toml"))
            }
            (None, Some(_)) => None,
        }
    }

    /// Who wrote the records, where it is said.
    pub fn written(&self) -> Option<Written> {
        Some(match self.format? {
            FormatName::Asterisk => Written::AsteriskCsv,
            FormatName::FreeswitchJson => Written::FreeswitchJson,
            FormatName::FreeswitchCsvExample => Written::FreeswitchCsv(Template::Example),
            FormatName::FreeswitchCsvAsterisk => Written::FreeswitchCsv(Template::Asterisk),
        })
    }

    /// An Asterisk's columns, where they are said.
    pub fn columns(&self) -> Option<Columns> {
        let has = |column| self.columns.contains(&column);
        (!self.columns.is_empty()).then(|| Columns {
            uniqueid: has(Column::Uniqueid),
            userfield: has(Column::Userfield),
            newcdrcolumns: has(Column::Newcdrcolumns),
        })
    }

    /// Where a follower keeps its position; nowhere when its store goes with the run.
    pub fn position(&self) -> Option<PathBuf> {
        let beside = || {
            let file = self.store.as_deref()?.strip_prefix("sqlite:")?;
            Some(PathBuf::from(format!("{file}.position")))
        };
        self.position.clone().or_else(beside)
    }

    /// The time of a followed file.
    pub fn clock(&self) -> Clock {
        match self.clock {
            ClockName::Host => Clock::Host,
            ClockName::Calls => Clock::Calls,
        }
    }

    /// The language of the report.
    pub fn language(&self) -> Language {
        self.lang.into()
    }
}
