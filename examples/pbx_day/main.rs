//! Plays a day of a telephone exchange: `cargo run --release --example pbx_day`.

mod args;
#[path = "../shared/lang.rs"]
mod lang;
#[path = "../shared/place.rs"]
mod place;
mod tail;

use args::Args;
use clap::Parser;
use depesza_examples::exchange::{self, Day};
use depesza_examples::read::records::{self, Exchange, Written};
use depesza_examples::report::calls::{self, News, Outcome};
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::path::Path;
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
    let language = args.language();
    let rules = exchange::rules(&args.rules, language).map_err(text)?;
    let mut exchange = match args.exchange() {
        Some(path) => records::exchange(&path).map_err(text)?,
        None => Exchange::default(),
    };
    let cdr = args.cdr();
    let written = written(args, &cdr, &mut exchange)?;
    let json = match &args.json {
        // before the run, so that a path that cannot be written to is known at once
        Some(path) => Some((
            path.as_path(),
            File::create(path).map_err(|error| format!("{}: {error}", path.display()))?,
        )),
        None => None,
    };
    if args.follow {
        if written != Written::AsteriskCsv {
            return Err("--follow: expected an Asterisk's Master.csv".to_owned());
        }
        let outcomes = tail::follow(args, &rules, (&cdr, exchange.asterisk))?;
        return json.map_or(Ok(()), |json| write_json(json, &outcomes));
    }

    let read = records::read(&cdr, written, &exchange).map_err(text)?;
    if !read.faults.shown().is_empty() {
        // the other records are read
        eprintln!("{}", read.faults);
    }
    let day = Day::new(rules, read.calls).map_err(text)?;
    let place = place::open(args.store.as_deref())?;
    if args.replay {
        let replay = day.replay(place.store).map_err(text)?;
        let messages = replay.messages.iter().filter(|message| message.submitted_at.is_some()).count();
        let news = News::Replayed { messages, parts: replay.parts, cost_milli: replay.cost_milli };
        let outcomes = calls::replayed(&replay);
        json.map_or(Ok(()), |json| write_json(json, &outcomes))?;
        return show(&calls::print(&calls::ask(day.rules(), &outcomes, news, language), language));
    }
    let host = day.play(place.store).map_err(text)?;
    let outcomes = calls::outcomes(&host.clinic(), day.calls()).map_err(text)?;
    json.map_or(Ok(()), |json| write_json(json, &outcomes))?;
    if let Some(id) = &args.explain {
        let call = day.calls().iter().find(|call| call.id.as_str() == id);
        let call =
            call.ok_or_else(|| format!("--explain: expected the identifier of a call in {}", cdr.display()))?;
        let zone = day.rules().practice.zone;
        return show(&calls::explain(&host.clinic(), call, zone, language).map_err(text)?);
    }
    let news = News::Sent { messages: host.left(), told: host.told() };
    show(&calls::print(&calls::ask(day.rules(), &outcomes, news, language), language))
}

/// Who wrote the records, and with which columns: as the user says, else as the file's beginning does.
fn written(args: &Args, cdr: &Path, exchange: &mut Exchange) -> Result<Written, String> {
    let mut written = args.written();
    // what is followed need not be there yet
    if cdr.exists() || !args.follow {
        let (seen, columns) = records::look(cdr).map_err(text).or_else(|error| match written {
            Some(named) => Ok((named, None)),
            None => Err(error),
        })?;
        written = written.or(Some(seen));
        if let Some(columns) = columns.filter(|_| args.columns().is_none()) {
            exchange.fit(columns).map_err(|error| format!("{}: {error} (--columns)", cdr.display()))?;
        }
    }
    if let Some(columns) = args.columns() {
        exchange.asterisk.columns = columns;
    }
    Ok(written.unwrap_or(Written::AsteriskCsv))
}

fn write_json((path, file): (&Path, File), outcomes: &[Outcome]) -> Result<(), String> {
    calls::write_json(outcomes, BufWriter::new(file)).map_err(|error| format!("{}: {error}", path.display()))
}

fn show(report: &str) -> Result<(), String> {
    match std::io::stdout().write_all(report.as_bytes()) {
        // whoever read it has seen enough
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(text),
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
