//! Documents out of a file: one, an array, or one a line. Not allowed here: what stands in them.

use crate::fault::Fault;
use crate::lines::Lines;
use serde_json::Value;

/// The largest file of documents that are not one a line, in bytes.
pub const DOCUMENT_BYTES: usize = 64 * 1024 * 1024;
/// The documents of a file with the line each begins in (of an array: its number). Nested deeper than 128, as `serde_json`
/// limits, is a fault.
#[must_use]
pub fn documents(bytes: &[u8]) -> Vec<Result<(u64, Value), Fault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() <= DOCUMENT_BYTES
        && let Ok(whole) = serde_json::from_slice::<Value>(bytes)
    {
        return match whole {
            Value::Array(documents) => (1..).zip(documents).map(Ok).collect(),
            document => vec![Ok((1, document))],
        };
    }
    let mut lines = Lines::default();
    let mut all = lines.feed(bytes);
    all.extend(lines.finish());
    let mut found = Vec::new();
    for line in all {
        match line {
            Ok(line) if line.bytes.iter().all(u8::is_ascii_whitespace) => {}
            Ok(line) => {
                let text = String::from_utf8_lossy(&line.bytes);
                let read = serde_json::from_str(&text);
                found.push(match read {
                    Ok(document) => Ok((line.place.line, document)),
                    Err(_) => Err(Fault::new(line.place.line, "expected a JSON document on the line")),
                });
            }
            Err(fault) => found.push(Err(fault)),
        }
    }
    found
}
