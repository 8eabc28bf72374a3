//! The command line.

use crate::lang::Lang;
use chrono::NaiveDate;
use clap::Parser;
use depesza::model::Language;
use depesza_examples::read::Paths;
use std::path::PathBuf;

/// Plays a practice's month through the engine with a simulated gateway, and prints what came of it.
///
/// Without files it plays the sample month in examples/data/. Nothing is ever sent anywhere.
#[derive(Parser)]
#[command(name = "clinic_day")]
pub struct Args {
    /// The calendar at the beginning: iCalendar (.ics) or CSV.
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/visits.ics"))]
    visits: PathBuf,
    /// The patients' cards at the beginning, CSV.
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/patients.csv"))]
    patients: PathBuf,
    /// The practice, its settings and campaigns, TOML.
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/campaigns.toml"))]
    campaigns: PathBuf,
    /// What happened then, one fact a line as JSON.
    #[arg(long, value_name = "FILE", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/facts.jsonl"))]
    facts: PathBuf,
    /// The first day to play, such as 2026-10-12; without it, the first day of the calendar.
    #[arg(long, value_name = "DAY")]
    pub from: Option<NaiveDate>,
    /// The last day to play; without it, the last day of the calendar.
    #[arg(long, value_name = "DAY")]
    pub to: Option<NaiveDate>,
    /// Where to keep it: sqlite:FILE, postgresql://… or memory:. Without it, an SQLite file that goes with the run.
    #[arg(long, value_name = "URL")]
    pub store: Option<String>,
    /// Writes a line of JSON for every message and every decision not to send.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Prints what would go out between the first and the last day, to whom and at what cost; nothing is played.
    #[arg(long, conflicts_with_all = ["store", "json"])]
    pub dry_run: bool,
    /// Prints what a visit gets of every campaign and why not more, as things stand after the last day.
    #[arg(long, value_name = "VISIT")]
    pub explain: Option<String>,
    /// Prints a patient's conversation after the last day.
    #[arg(long, value_name = "PATIENT")]
    pub chat: Option<String>,
    /// Prints the statistics by campaign, step and day.
    #[arg(long)]
    pub stats: bool,
    /// Writes the run as a replay bundle: all that was told and decided, with stand-ins for names, numbers and texts.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["store", "dry_run"])]
    pub bundle: Option<PathBuf>,
    /// Plays a bundle again, instead of a month, and says whether the same is decided.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["store", "dry_run", "bundle", "json", "explain", "chat", "stats"])]
    pub replay: Option<PathBuf>,
    /// The language of the report.
    #[arg(long, value_enum, default_value_t = Lang::Pl)]
    lang: Lang,
}

impl Args {
    /// Where the files are.
    pub fn paths(&self) -> Paths<'_> {
        let Self { visits, patients, campaigns, facts, .. } = self;
        Paths { visits, patients, campaigns, facts }
    }

    /// The language of the report.
    pub fn language(&self) -> Language {
        self.lang.into()
    }
}
