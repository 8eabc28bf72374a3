//! Everything that fuzzing began with, found and crashed on, through the same functions, without a fuzzer.

use depesza_fuzz::{TARGETS, seeds::seeds};
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

/// The files of a folder; git keeps no empty one.
fn files(folder: &str, target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder).join(target);
    let Ok(entries) = fs::read_dir(&folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    files
}

fn replay(target: &str) {
    let (_, check) = TARGETS.into_iter().find(|(name, _)| *name == target).expect("a target of that name");
    let seeds = seeds(target);
    assert!(seeds.len() >= 40, "{} seeds", seeds.len());
    let mut inputs: Vec<(String, Vec<u8>)> =
        seeds.into_iter().enumerate().map(|(number, seed)| (format!("seed {number}"), seed)).collect();
    for folder in ["corpus", "crashers"] {
        let read = |file: PathBuf| (file.display().to_string(), fs::read(&file).expect("a file"));
        inputs.extend(files(folder, target).into_iter().map(read));
    }
    let failed: Vec<&str> = inputs
        .iter()
        .filter(|(_, bytes)| catch_unwind(|| check(bytes)).is_err())
        .map(|(name, _)| &**name)
        .collect();
    assert!(failed.is_empty(), "{target}: {} of {} inputs: {failed:#?}", failed.len(), inputs.len());
    // and every beginning of a few, which cuts characters and records in two
    for (name, bytes) in inputs.iter().step_by(inputs.len() / 8) {
        for end in 0..bytes.len().min(300) {
            assert!(
                catch_unwind(|| check(&bytes[..end])).is_ok(),
                "{target}: the first {end} bytes of {name}"
            );
        }
    }
}

#[test]
fn text() {
    replay("text");
}

#[test]
fn template() {
    replay("template");
}

#[test]
fn rows() {
    replay("rows");
}

#[test]
fn reply() {
    replay("reply");
}

#[test]
fn phone() {
    replay("phone");
}

#[test]
fn records() {
    replay("records");
}

#[test]
fn every_target_is_replayed_here_and_has_its_program() {
    let here = include_str!("replay.rs");
    let manifest = include_str!("../Cargo.toml");
    for (target, _) in TARGETS {
        assert!(here.contains(&format!("replay(\"{target}\")")), "{target} is not replayed");
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")),
            "{target} has no program"
        );
    }
}
