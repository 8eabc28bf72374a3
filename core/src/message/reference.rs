//! The reference a message is submitted under.

use crate::model::{MessageId, PracticeId};
use sha2::{Digest, Sha256};

/// The stable reference of a message: at most 36 of `0-9a-f-`, different for every message of every practice of an
/// account, and the same over all attempts.
///
/// `epoch` counts how often the practice's data were restored from an old copy: message numbers used again after that
/// must not look like duplicates to a gateway that remembers the first use.
#[must_use]
pub fn reference(practice: &PracticeId, epoch: u32, id: MessageId) -> String {
    let digest = Sha256::digest(practice.as_str());
    let tag = crate::digits::hex(digest.iter().take(6));
    format!("{tag}-{epoch:x}-{:x}", id.0)
}
