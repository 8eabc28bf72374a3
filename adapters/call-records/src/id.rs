//! Identifiers for calls to which their exchange gave none. Not allowed here: anything that a later record could change.

use depesza::model::CallId;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// An identifier made of texts: the same texts give the same one, and they cannot be read from it.
pub(crate) fn made_id(parts: &[&str]) -> CallId {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    CallId::new(format!("made-{}", hex(hash.finalize().get(..16).unwrap_or_default())))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
