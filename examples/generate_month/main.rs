//! Makes the sample month in `examples/data/`: `cargo run --release --example generate_month`.

use clap::Parser;
use depesza_examples::month;
use std::path::PathBuf;
use std::process::ExitCode;

/// Makes the sample month: invented patients, their visits, and what happened. The same seed makes the same bytes.
#[derive(Parser)]
struct Args {
    /// What everything is drawn from.
    #[arg(long, default_value_t = month::SEED)]
    seed: u64,
    /// The directory to write to.
    #[arg(long, value_name = "DIR", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data"))]
    out: PathBuf,
}

fn main() -> ExitCode {
    let args = Args::parse();
    for (name, text) in month::generate(args.seed).named() {
        let path = args.out.join(name);
        if let Err(error) = std::fs::create_dir_all(&args.out).and_then(|()| std::fs::write(&path, text)) {
            eprintln!("{}: {error}", path.display());
            return ExitCode::FAILURE;
        }
        println!("{}: {} lines", path.display(), text.lines().count());
    }
    ExitCode::SUCCESS
}
