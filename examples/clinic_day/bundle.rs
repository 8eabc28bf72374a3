//! A run as a replay bundle: written for somebody else to look at a fault, and played again.

use depesza::bundle::{Bundle, mask, replay as play_again};
use depesza::model::Language;
use depesza_examples::play::{Host, Month};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;

/// Writes a run, masked: the key of the stand-ins is the practice's own, which does not go with it.
pub fn write(host: &Host, month: &Month, path: &Path) -> Result<(), String> {
    let at_path = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bundle = host.bundle().map_err(|error| at_path(&error))?;
    let masked = mask(&bundle, month.inputs().plan.practice.secret.reveal().as_bytes());
    let mut file = BufWriter::new(File::create(path).map_err(|error| at_path(&error))?);
    serde_json::to_writer(&mut file, &masked).map_err(|error| at_path(&error))?;
    file.flush().map_err(|error| at_path(&error))
}

/// Plays a bundle again and says what came of it.
pub fn replay(path: &Path, language: Language) -> Result<String, String> {
    let at_path = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let file = BufReader::new(File::open(path).map_err(|error| at_path(&error))?);
    let bundle: Bundle = serde_json::from_reader(file).map_err(|error| at_path(&error))?;
    play_again(&bundle).map_err(|difference| at_path(&difference))?;
    let (calls, messages) = (bundle.calls.len(), bundle.decisions.messages.len());
    Ok(match language {
        Language::Pl => format!("Odtworzono {calls} wywołań: te same decyzje o {messages} wiadomościach.\n"),
        Language::En => format!("{calls} calls replayed: the same decisions on {messages} messages.\n"),
    })
}
