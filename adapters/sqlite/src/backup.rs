//! A copy of the database while it is in use.

use crate::connections::at_path;
use crate::error::store_error;
use depesza::store::StoreError;
use rusqlite::Connection;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Writes a copy to `path`, whole or not at all.
pub(crate) fn copy(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let at = |error: io::Error| StoreError::Unavailable(format!("{}: {error}", path.display()));
    let path = std::path::absolute(path).map_err(at)?;
    if path.exists() {
        return Err(StoreError::Unavailable(format!("{}: there is a file already", path.display())));
    }
    let mut part = path.clone().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let Some(name) = part.to_str() else {
        return Err(StoreError::Unavailable(format!("{}: the name is not UTF-8", path.display())));
    };
    // of a copy that was broken off
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(error)),
        _ => {}
    }
    let copied = connection
        .execute("VACUUM INTO ?1", [name])
        .map_err(|error| at_path(store_error(error), &path))
        .and_then(|_| settle(&part, &path).map_err(at));
    if copied.is_err() {
        let _ = fs::remove_file(&part); // what failed is told; this is only tidying up
    }
    copied
}

/// SQLite leaves it to the system when the copy reaches the disk; here it has, and then it gets its name.
fn settle(part: &Path, path: &Path) -> io::Result<()> {
    File::options().write(true).open(part)?.sync_all()?;
    fs::rename(part, path)?;
    #[cfg(unix)]
    if let Some(directory) = path.parent() {
        File::open(directory)?.sync_all()?;
    }
    Ok(())
}
