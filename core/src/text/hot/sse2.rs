//! Registers of 16 bytes as [`Lanes`]: every x86-64 processor has them. `avx2.rs` has those of 32, `avx512.rs` those of 64.

use super::plain::Table;
use super::vector::{Lanes, ends, low};
use std::arch::x86_64::*;

pub(super) struct Sse2;

pub(super) const fn signed(byte: u8) -> i8 {
    byte as i8
}

#[inline(always)]
unsafe fn eight(at: *const u8) -> u64 {
    unsafe { at.cast::<u64>().read_unaligned() }
}

#[inline(always)]
unsafe fn four(at: *const u8) -> u64 {
    unsafe { u64::from(at.cast::<u32>().read_unaligned()) }
}

/// Up to 16 bytes as a number, the first one lowest, by reads that overlap.
#[inline(always)]
unsafe fn few(at: *const u8, len: usize) -> (u64, u64) {
    unsafe {
        if len >= 8 {
            let shift = (16 - len) as u32 * 8;
            (eight(at), eight(at.add(len - 8)).checked_shr(shift).unwrap_or(0))
        } else if len >= 4 {
            (four(at) | four(at.add(len - 4)) << ((len - 4) * 8), 0)
        } else if len > 0 {
            let (middle, last) = (len / 2, len - 1);
            let ends = u64::from(*at) | u64::from(*at.add(last)) << (last * 8);
            (ends | u64::from(*at.add(middle)) << (middle * 8), 0)
        } else {
            (0, 0)
        }
    }
}

/// Copies a value as it is; not 0 when it is not as it should be.
#[inline(always)]
pub(super) unsafe fn copy_clean(from: *const u8, len: usize, to: *mut u8) -> u64 {
    unsafe { ends(from, len) | copy(from, len, to, |block, _| Sse2::unclean(block)) }
}

/// Copies a value of usual ASCII; not 0 when it is not that.
#[inline(always)]
pub(super) unsafe fn copy_usual(from: *const u8, len: usize, to: *mut u8) -> u64 {
    let mut link = 0;
    let unusual = unsafe {
        copy(from, len, to, |block, at| {
            link |= Sse2::link(block) << at;
            Sse2::unusual(block)
        })
    };
    unsafe { ends(from, len) | unusual | link & link << 1 }
}

/// Copies up to 64 bytes; not 0 when one of them `is` so, or in a read over the end of a few.
#[inline(always)]
unsafe fn copy(from: *const u8, len: usize, to: *mut u8, mut is: impl FnMut(__m128i, usize) -> u64) -> u64 {
    unsafe {
        if len <= 16 {
            let block = Sse2::load_part(from, len);
            Sse2::store(block, to);
            return is(block, 0) & low(len);
        }
        let (mut at, last, mut bits) = (0, len.wrapping_sub(16), 0);
        while at < last {
            let block = Sse2::load(from.add(at));
            Sse2::store(block, to.add(at));
            bits |= is(block, at);
            at = at.wrapping_add(16);
        }
        let block = Sse2::load(from.add(last));
        Sse2::store(block, to.add(last));
        bits | is(block, last)
    }
}

impl Lanes for Sse2 {
    const WIDTH: usize = 16;
    type Block = __m128i;
    type Class = __m128i;
    type Seen = u64;

    #[inline(always)]
    unsafe fn load(at: *const u8) -> __m128i {
        unsafe { _mm_loadu_si128(at.cast()) }
    }

    #[inline(always)]
    unsafe fn load_part(at: *const u8, len: usize) -> __m128i {
        unsafe {
            let (first, second) = few(at, len);
            _mm_set_epi64x(second.cast_signed(), first.cast_signed())
        }
    }

    #[inline(always)]
    unsafe fn store(block: __m128i, at: *mut u8) {
        unsafe { _mm_storeu_si128(at.cast(), block) };
    }

    #[inline(always)]
    unsafe fn copy_32(from: *const u8, to: *mut u8) {
        unsafe {
            Self::store(Self::load(from), to);
            Self::store(Self::load(from.add(16)), to.add(16));
        }
    }

    #[inline(always)]
    unsafe fn class(block: __m128i) -> __m128i {
        unsafe {
            // signed: what is not ASCII is below too
            let below = _mm_cmplt_epi8(block, _mm_set1_epi8(signed(b' ')));
            let backtick = _mm_cmpeq_epi8(block, _mm_set1_epi8(signed(b'`')));
            let folded = _mm_or_si128(block, _mm_set1_epi8(0x20));
            let extension = _mm_cmpgt_epi8(folded, _mm_set1_epi8(signed(b'z')));
            _mm_or_si128(_mm_or_si128(below, backtick), extension)
        }
    }

    #[inline(always)]
    unsafe fn either(first: __m128i, second: __m128i) -> __m128i {
        unsafe { _mm_or_si128(first, second) }
    }

    #[inline(always)]
    unsafe fn bits(class: __m128i) -> u64 {
        unsafe { mask16(class) }
    }

    #[inline(always)]
    unsafe fn link(block: __m128i) -> u64 {
        unsafe {
            let folded = _mm_or_si128(block, _mm_set1_epi8(0x20));
            let w = _mm_cmpeq_epi8(folded, _mm_set1_epi8(signed(b'w')));
            mask16(_mm_or_si128(w, _mm_cmpeq_epi8(block, _mm_set1_epi8(signed(b'/')))))
        }
    }

    #[inline(always)]
    unsafe fn unseen() -> u64 {
        0
    }

    #[inline(always)]
    unsafe fn copy_value(from: *const u8, len: usize, to: *mut u8, seen: &mut u64) {
        unsafe { *seen |= copy_clean(from, len, to) };
    }

    #[inline(always)]
    unsafe fn fold_value<const LETTERS: bool>(
        from: *const u8,
        len: usize,
        to: *mut u8,
        _: Option<&Table>,
        seen: &mut u64,
    ) -> usize {
        unsafe { *seen |= copy_usual(from, len, to) };
        len
    }

    const FOLDS_LETTERS: bool = false;

    #[inline(always)]
    unsafe fn has_letters(_: u64) -> bool {
        false
    }

    #[inline(always)]
    unsafe fn is_faulty<const FOLDED: bool>(seen: u64) -> bool {
        seen != 0
    }

    #[inline(always)]
    unsafe fn unclean(block: __m128i) -> u64 {
        unsafe {
            let below = _mm_cmplt_epi8(block, _mm_set1_epi8(signed(b' ')));
            let above = _mm_cmpgt_epi8(block, _mm_set1_epi8(signed(0xC9)));
            let delete = _mm_cmpeq_epi8(block, _mm_set1_epi8(0x7F));
            let signs = _mm_cmpeq_epi8(block, _mm_set1_epi8(signed(0xC2)));
            mask16(_mm_or_si128(_mm_and_si128(below, above), _mm_or_si128(delete, signs)))
        }
    }

    #[inline(always)]
    unsafe fn starts(block: __m128i) -> u64 {
        unsafe { mask16(_mm_cmpgt_epi8(block, _mm_set1_epi8(signed(0xBF)))) }
    }

    #[inline(always)]
    unsafe fn astral(block: __m128i) -> u64 {
        unsafe { mask16(_mm_cmpeq_epi8(_mm_max_epu8(block, _mm_set1_epi8(signed(0xF0))), block)) }
    }
}

#[inline(always)]
pub(super) unsafe fn mask16(lanes: __m128i) -> u64 {
    unsafe { u64::from(_mm_movemask_epi8(lanes).cast_unsigned()) }
}
