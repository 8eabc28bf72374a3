//! What the processor can do.

use std::sync::atomic::{AtomicU8, Ordering};

/// The widest instructions that the loops over texts use; every level gives the same answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Portable Rust.
    Safe,
    /// 16 bytes at once: every x86-64 processor.
    Sse2,
    /// 32 bytes at once.
    Avx2,
    /// 64 bytes at once, with VBMI2: characters are taken out of a register.
    Avx512,
}

const UNKNOWN: u8 = u8::MAX;
static BEST: AtomicU8 = AtomicU8::new(UNKNOWN);

impl Level {
    /// All, from the least.
    pub const ALL: [Self; 4] = [Self::Safe, Self::Sse2, Self::Avx2, Self::Avx512];

    /// The one in use: the best that this processor has.
    #[inline]
    #[must_use]
    pub fn best() -> Self {
        match BEST.load(Ordering::Relaxed) {
            0 => Self::Safe,
            1 => Self::Sse2,
            2 => Self::Avx2,
            3 => Self::Avx512,
            _ => Self::detect(),
        }
    }

    #[cold]
    fn detect() -> Self {
        let best = Self::ALL.into_iter().rev().find(|level| level.is_available()).unwrap_or(Self::Safe);
        BEST.store(best as u8, Ordering::Relaxed);
        best
    }

    /// Whether this processor has it.
    #[must_use]
    pub fn is_available(self) -> bool {
        #[cfg(target_arch = "x86_64")]
        return match self {
            Self::Safe | Self::Sse2 => true,
            Self::Avx2 => is_x86_feature_detected!("avx2") && is_x86_feature_detected!("popcnt"),
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512vbmi")
                    && is_x86_feature_detected!("avx512vbmi2")
                    && is_x86_feature_detected!("bmi2")
                    && is_x86_feature_detected!("popcnt")
            }
        };
        #[cfg(not(target_arch = "x86_64"))]
        return self == Self::Safe;
    }

    /// From here on this level is used in the whole process, for tests and measurements; `false`, and nothing changes, when
    /// the processor does not have it.
    #[cfg(any(test, feature = "testing"))]
    pub fn force(self) -> bool {
        let is_available = self.is_available();
        if is_available {
            BEST.store(self as u8, Ordering::Relaxed);
        }
        is_available
    }
}
