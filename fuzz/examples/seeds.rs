//! Writes the seeds of every target into DIRECTORY/TARGET.

use depesza_fuzz::{TARGETS, seeds::seeds};
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let directory = std::env::args_os().nth(1).map(PathBuf::from).expect("usage: seeds DIRECTORY");
    for (target, _) in TARGETS {
        let directory = directory.join(target);
        std::fs::create_dir_all(&directory)?;
        for (number, seed) in seeds(target).into_iter().enumerate() {
            std::fs::write(directory.join(format!("seed-{number:03}")), seed)?;
        }
    }
    Ok(())
}
