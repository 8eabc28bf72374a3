//! Follows a file that grows: what was added, over rotation and restarts. Not allowed here: what the lines mean, waiting, and a
//! clock.
//!
//! A file is known by the hash of its beginning ([`Position`]). Rotation by renaming is seen by the file's identity, rotation by
//! copying and emptying by its length and its beginning. Rows that are written between a copy and the emptying are lost to
//! everybody: rotate by renaming.

use crate::fault::{Fault, Place};
use crate::id::hex;
use crate::lines::{Line, Lines};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// The most bytes that one [`poll`](Follow::poll) reads.
pub const POLL_BYTES: usize = 4 * 1024 * 1024;
/// The bytes of a file's beginning by which it is known, or fewer where it has fewer.
pub const FINGERPRINT_BYTES: usize = 1024;
/// How many rotated files back a position may lie.
pub const FILES_BACK: usize = 4;

/// Where to go on after a restart. It holds no record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The first byte that is to be read, from 0.
    pub offset: u64,
    /// Its line, from 1.
    pub line: u64,
    /// Which file it is.
    pub fingerprint: Fingerprint,
}

/// A file's beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// How many bytes of it, 0 to [`FINGERPRINT_BYTES`].
    pub bytes: u64,
    /// Their SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl Fingerprint {
    fn of(file: &mut File, bytes: u64) -> io::Result<Self> {
        let mut beginning = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.by_ref().take(bytes.min(FINGERPRINT_BYTES as u64)).read_to_end(&mut beginning)?;
        Ok(Self { bytes: beginning.len() as u64, sha256: hex(&Sha256::digest(&beginning)) })
    }

    fn fits(&self, file: &mut File) -> io::Result<bool> {
        Ok(Self::of(file, self.bytes)? == *self)
    }
}

/// What one look at the file gave.
#[derive(Debug, Default)]
pub struct Added {
    /// The lines that were added and are whole; a line that is too long is a fault in its place.
    pub lines: Vec<Result<Line, Fault>>,
    /// Whether there may be more to read at once: the limit of one look was reached, or another file begins.
    pub more: bool,
}

/// Follows one file by its name.
#[derive(Debug)]
pub struct Follow {
    path: PathBuf,
    current: Option<Current>,
    /// How many files were begun.
    files: u64,
    /// The beginnings of the last files, the newest last.
    known: VecDeque<(u64, Fingerprint)>,
    from: Option<Position>,
}

#[derive(Debug)]
struct Current {
    file: File,
    lines: Lines,
    read: u64,
}

impl Follow {
    /// Follows the file of this name, which need not be there yet, from its beginning.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), current: None, files: 0, known: VecDeque::new(), from: None }
    }

    /// Goes on where an earlier follower was: in the file of this name, or in the one that rotation named `.1`, whose rest is
    /// then read first. Where the position fits neither, the file is read from its beginning.
    pub fn resume(path: impl AsRef<Path>, from: Position) -> Self {
        Self { from: Some(from), ..Self::new(path) }
    }

    /// Reads what was added since, at most [`POLL_BYTES`]. It never waits.
    ///
    /// # Errors
    /// The file cannot be read. That it is not there is no error: nothing was added.
    pub fn poll(&mut self) -> io::Result<Added> {
        let mut added = Added::default();
        if self.current.is_none() {
            self.open_first()?;
        }
        let Some(current) = &mut self.current else { return Ok(added) };
        if emptied(current, self.known.back().map(|(_, fingerprint)| fingerprint))? {
            // its last line, if it was half, is gone with the rest
            self.begin_anew()?;
            added.more = true;
            return Ok(added);
        }
        // all that can fail comes before the first line is given; and the other file is looked for before the rest of this one
        // is read, so that the rest is whole
        let next = replacement(&self.path, &current.file)?;
        current.file.seek(SeekFrom::Start(current.read))?;
        let mut bytes = Vec::new();
        current.file.by_ref().take(POLL_BYTES as u64).read_to_end(&mut bytes)?;
        let read = current.read + bytes.len() as u64;
        if let Some((_, known)) = self.known.back_mut()
            && known.bytes < read.min(FINGERPRINT_BYTES as u64)
        {
            // a file that was short when it was first seen is known by more once it has more
            *known = Fingerprint::of(&mut current.file, read)?;
        }
        current.read = read;
        added.lines = current.lines.feed(&bytes);
        added.more = bytes.len() == POLL_BYTES;
        if let Some((file, fingerprint)) = next.filter(|_| !added.more) {
            added.lines.extend(current.lines.finish());
            self.begin(file, fingerprint, None);
            added.more = true;
        }
        Ok(added)
    }

    /// The position of a place that [`poll`](Self::poll) gave, to store; none before the file was there, and for a place more
    /// than [`FILES_BACK`] rotations ago.
    #[must_use]
    pub fn position_of(&self, place: Place) -> Option<Position> {
        let (_, fingerprint) = self.known.iter().find(|(file, _)| *file == place.file)?;
        Some(Position { offset: place.offset, line: place.line, fingerprint: fingerprint.clone() })
    }

    /// The position after the last whole line that was given; none before the file was there.
    #[must_use]
    pub fn position(&self) -> Option<Position> {
        match &self.current {
            Some(current) => self.position_of(current.lines.place()),
            None => self.from.clone(),
        }
    }

    fn open_first(&mut self) -> io::Result<()> {
        let mut files = vec![self.path.clone()];
        if self.from.is_some() {
            let mut rotated = OsString::from(&self.path);
            rotated.push(".1");
            files.push(rotated.into());
        }
        if let Some(from) = &self.from {
            for path in &files {
                if let Some(mut file) = open(path)?
                    && file.metadata()?.len() >= from.offset
                    && from.fingerprint.fits(&mut file)?
                {
                    let fingerprint = Fingerprint::of(&mut file, FINGERPRINT_BYTES as u64)?;
                    let from = self.from.take();
                    self.begin(file, fingerprint, from);
                    return Ok(());
                }
            }
        }
        if let Some(mut file) = open(&self.path)? {
            let fingerprint = Fingerprint::of(&mut file, FINGERPRINT_BYTES as u64)?;
            self.from = None;
            self.begin(file, fingerprint, None);
        }
        Ok(())
    }

    fn begin(&mut self, file: File, fingerprint: Fingerprint, from: Option<Position>) {
        let number = self.files;
        let (offset, line) = from.map_or((0, 1), |from| (from.offset, from.line));
        self.known.push_back((number, fingerprint));
        if self.known.len() > FILES_BACK {
            self.known.pop_front();
        }
        self.files += 1;
        let lines = Lines::at(Place { file: number, offset, line });
        self.current = Some(Current { file, lines, read: offset });
    }

    fn begin_anew(&mut self) -> io::Result<()> {
        if let Some(mut current) = self.current.take() {
            let fingerprint = Fingerprint::of(&mut current.file, FINGERPRINT_BYTES as u64)?;
            self.begin(current.file, fingerprint, None);
        }
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<Option<File>> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn emptied(current: &mut Current, fingerprint: Option<&Fingerprint>) -> io::Result<bool> {
    if current.file.metadata()?.len() < current.read {
        return Ok(true);
    }
    match fingerprint {
        Some(fingerprint) => Ok(!fingerprint.fits(&mut current.file)?),
        None => Ok(false),
    }
}

/// Another file that has the name now. While none has it (between renaming and the next row) the old one goes on.
fn replacement(path: &Path, file: &File) -> io::Result<Option<(File, Fingerprint)>> {
    match open(path)? {
        Some(mut named) if !same_file(&named.metadata()?, &file.metadata()?) => {
            let fingerprint = Fingerprint::of(&mut named, FINGERPRINT_BYTES as u64)?;
            Ok(Some((named, fingerprint)))
        }
        _ => Ok(None),
    }
}

#[cfg(unix)]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

#[cfg(not(unix))]
fn same_file(one: &Metadata, other: &Metadata) -> bool {
    one.created().ok() == other.created().ok()
}
