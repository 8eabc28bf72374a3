//! Plays a practice's month: `cargo run --release --example clinic_day`.
#![expect(dead_code, reason = "the engine is wired in next; its progress bar and JSON lines wait here")]

mod args;
mod lines;
mod place;
mod progress;

use args::Args;
use clap::Parser;
use depesza_examples::read;
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
    let inputs = read::read(args.paths()).map_err(|files| {
        let files: Vec<_> = files.iter().map(ToString::to_string).collect();
        files.join("\n") + "\nNothing was imported."
    })?;
    let days = inputs.days().ok_or("The calendar is empty: there is nothing to play.")?;
    let (from, to) = (args.from.unwrap_or(days.0), args.to.unwrap_or(days.1));
    if to < from {
        return Err(format!("--to: expected {from} or later"));
    }
    let store = place::of_store(args.store.as_deref())?;
    let (patients, visits, facts) = (inputs.patients.len(), inputs.visits.len(), inputs.facts.len());
    println!("{}: {patients} patients, {visits} visits, {facts} facts", inputs.plan.practice.name);
    println!("{from} to {to}, store {}", store.display());
    Ok(())
}
