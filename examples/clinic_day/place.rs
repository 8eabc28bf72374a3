//! Where the store is: the file that the user named, or a new one in the system's temporary directory.

use std::path::{Path, PathBuf};

/// The file of the store. A file that the user did not name is removed first, so that the run begins anew.
///
/// # Errors
/// The URL is no `sqlite:FILE`, or the old file cannot be removed.
pub fn of_store(url: Option<&str>) -> Result<PathBuf, String> {
    if let Some(url) = url {
        let file = url.strip_prefix("sqlite:").filter(|file| !file.is_empty());
        return file.map(PathBuf::from).ok_or_else(|| "--store: expected sqlite:FILE".to_owned());
    }
    let file = std::env::temp_dir().join("clinic_day.db");
    for suffix in ["", "-wal", "-shm"] {
        remove(&PathBuf::from(format!("{}{suffix}", file.display())))?;
    }
    Ok(file)
}

fn remove(file: &Path) -> Result<(), String> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(format!("{}: {error}", file.display()))
        }
        _ => Ok(()),
    }
}
