//! Plays a practice's month: `cargo run --release --example clinic_day`.

mod args;
#[path = "../shared/lang.rs"]
mod lang;
#[path = "../shared/place.rs"]
mod place;
mod progress;

use args::Args;
use clap::Parser;
use depesza::model::MINUTE_MS;
use depesza_examples::play::Month;
use depesza_examples::report;
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
    let month = Month::read(args.paths(), args.from, args.to, args.language()).map_err(text)?;
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
    let report = report::ask(&host, &month, &messages, args.language()).map_err(text)?;
    match std::io::stdout().write_all(report::print(&report, args.language()).as_bytes()) {
        // whoever read it has seen enough
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(text),
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
