//! When a message that failed in a way that can pass is tried again.

use crate::model::{HOUR_MS, MINUTE_MS};
use sha2::{Digest, Sha256};

/// How long a telephone that was off is given, in milliseconds.
pub const UNREACHABLE_WAIT_MS: i64 = 4 * HOUR_MS;

const STEPS_MS: [i64; 4] = [2 * MINUTE_MS, 10 * MINUTE_MS, 45 * MINUTE_MS, 3 * HOUR_MS];

/// Milliseconds to wait after failed attempt number `attempt` (from 1): 2 min, 10 min, 45 min, 3 h, each spread by up
/// to a fifth either way. The spread follows from the message's reference and the attempt, so that it can be repeated
/// and messages that failed together do not return together.
#[must_use]
pub fn retry_delay_ms(reference: &str, attempt: u8) -> i64 {
    let place = usize::from(attempt.saturating_sub(1));
    let base = STEPS_MS.get(place).or(STEPS_MS.last()).copied().unwrap_or(HOUR_MS);
    let digest = Sha256::new().chain_update(reference).chain_update([attempt]).finalize();
    let chance = digest.iter().take(2).fold(0_i64, |sum, byte| sum * 256 + i64::from(*byte)); // 0..65,536
    base + base / 5 * (chance - 32_768) / 32_768
}
