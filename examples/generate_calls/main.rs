//! Makes the sample day of calls in `examples/data/pbx/`: `cargo run --release --example generate_calls`.

use clap::Parser;
use depesza_examples::busy_day;
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes the call records of the sample day: invented callers, and what became of their calls. The same seed makes the same
/// bytes.
#[derive(Parser)]
struct Args {
    /// What everything is drawn from.
    #[arg(long, default_value_t = busy_day::SEED)]
    seed: u64,
    /// The directory to write to.
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data/pbx"))]
    out: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    for (name, text) in busy_day::generate(args.seed).named() {
        let path = args.out.join(name);
        if let Err(error) = std::fs::create_dir_all(&args.out).and_then(|()| std::fs::write(&path, text)) {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
        println!("{}: {} lines", path.display(), text.lines().count());
    }
    ExitCode::SUCCESS
}
