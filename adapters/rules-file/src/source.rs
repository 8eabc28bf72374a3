//! From bytes to text: UTF-8, with or without a byte order mark, and a plain word on everything else.

use super::Faults;
use std::path::Path;

/// Reads a text file.
///
/// # Errors
/// The file cannot be read, or [`decode`] refuses it.
pub fn load(path: &Path) -> Result<String, Faults> {
    let file = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Faults::whole(&file, error.to_string()))?;
    decode(&file, bytes)
}

/// Takes bytes for UTF-8 text and drops a byte order mark.
///
/// # Errors
/// The bytes are UTF-16 or no UTF-8; the fault says where, and how to save the file instead.
pub fn decode(file: &str, bytes: Vec<u8>) -> Result<String, Faults> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Faults::whole(file, "expected UTF-8, found UTF-16; save the file as UTF-8"));
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let before = error.as_bytes().get(..good).unwrap_or_default();
            let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
            let mut faults = Faults::of(file);
            faults.at(
                line,
                "expected UTF-8, found another encoding, in Poland most often windows-1250; save the file as UTF-8 (in a \
                 spreadsheet: \"CSV UTF-8\")",
            );
            Err(faults)
        }
    }
}
