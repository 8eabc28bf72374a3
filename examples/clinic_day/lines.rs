//! The file of `--json`: a line for every message and every decision not to send.

use serde::Serialize;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file of JSON lines that is being written.
pub struct Lines {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Lines {
    /// Opens the file, so that a path that cannot be written to is known before the run.
    ///
    /// # Errors
    /// The path, and why it cannot be written to.
    pub fn create(path: &Path) -> Result<Self, String> {
        let out = File::create(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { path: path.to_owned(), out: BufWriter::new(out) })
    }

    /// Writes a line.
    ///
    /// # Errors
    /// The path, and why it cannot be written to.
    pub fn write(&mut self, value: &impl Serialize) -> Result<(), String> {
        let written = serde_json::to_writer(&mut self.out, value).map_err(std::io::Error::from);
        written.and_then(|()| writeln!(self.out)).map_err(|error| format!("{}: {error}", self.path.display()))
    }

    /// Writes what is left to the disk.
    ///
    /// # Errors
    /// The path, and why it cannot be written to.
    pub fn finish(mut self) -> Result<(), String> {
        self.out.flush().map_err(|error| format!("{}: {error}", self.path.display()))
    }
}
