//! Plays a practice's month: `cargo run --release --example clinic_day`.

mod args;
mod bundle;
#[path = "../shared/lang.rs"]
mod lang;
#[path = "../shared/place.rs"]
mod place;
mod progress;

use args::Args;
use clap::Parser;
use depesza::engine::EngineError;
use depesza::model::{MINUTE_MS, PatientId, VisitId};
use depesza_examples::play::{Host, Month};
use depesza_examples::report::{self, centre};
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    if let Some(path) = &args.replay {
        return print(&bundle::replay(path, args.language())?);
    }
    let month = Month::read(args.paths(), args.from, args.to, args.language()).map_err(text)?;
    if args.dry_run {
        let rehearsed = month.dry_run().map_err(text)?;
        let practice = &month.inputs().plan.practice;
        return print(&centre::dry_run(&rehearsed, practice, &month.campaign_names(), args.language()));
    }
    let json = match &args.json {
        // before the run, so that a path that cannot be written to is known at once
        Some(path) => {
            Some((path, File::create(path).map_err(|error| format!("{}: {error}", path.display()))?))
        }
        None => None,
    };
    let place = place::open(args.store.as_deref())?;

    let (opening, closing) = month.bounds();
    let minutes = |ms: i64| u64::try_from(ms / MINUTE_MS).unwrap_or(0);
    let bar = progress::bar(minutes(closing.since_ms(opening)));
    let host =
        month.play(place.store, &mut |now| bar.set_position(minutes(now.since_ms(opening)))).map_err(text)?;
    bar.finish_and_clear();

    let messages = report::messages(&host.clinic()).map_err(text)?;
    if let Some((path, file)) = json {
        report::write_json(&messages, BufWriter::new(file))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(path) = &args.bundle {
        bundle::write(&host, &month, path)?;
    }
    let asked = centre_questions(args, &host, &month).map_err(text)?;
    if !asked.is_empty() {
        return print(&asked);
    }
    let report = report::ask(&host, &month, &messages, args.language()).map_err(text)?;
    print(&report::print(&report, args.language()))
}

/// The answers to the questions of the command line; empty where none was asked.
fn centre_questions(args: &Args, host: &Host, month: &Month) -> Result<String, EngineError> {
    let (clinic, practice, language) = (host.clinic(), &month.inputs().plan.practice, args.language());
    let mut answers = String::new();
    if let Some(visit) = &args.explain {
        let visit = VisitId::new(visit.as_str());
        answers += &centre::explain(&clinic, &visit, practice.zone, host.now(), language)?;
    }
    if let Some(patient) = &args.chat {
        answers += &centre::chat(&clinic, &PatientId::new(patient.as_str()), practice.zone, language)?;
    }
    if args.stats {
        answers += &centre::stats(&clinic, month.span(), &practice.settings.currency, language)?;
    }
    Ok(answers)
}

fn print(report: &str) -> Result<(), String> {
    match std::io::stdout().write_all(report.as_bytes()) {
        // whoever read it has seen enough
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(text),
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
