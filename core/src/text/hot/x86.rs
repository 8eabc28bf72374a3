//! The registers of x86-64 as [`Lanes`]: 16, 32 and 64 bytes.

use super::plain::Table;
use super::vector::{Lanes, LinkSigns, Run, low, read};
use std::arch::x86_64::*;

pub(super) struct Sse2;
pub(super) struct Avx2;
pub(super) struct Avx512;

const fn signed(byte: u8) -> i8 {
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

/// Copies more than 16 bytes, the last ones by a read that overlaps.
#[inline(always)]
unsafe fn copy_16(from: *const u8, len: usize, to: *mut u8) {
    let (mut at, last) = (0, len - 16);
    unsafe {
        while at < last {
            Sse2::store(Sse2::load(from.add(at)), to.add(at));
            at += 16;
        }
        Sse2::store(Sse2::load(from.add(last)), to.add(last));
    }
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

impl Lanes for Sse2 {
    const WIDTH: usize = 16;
    type Block = __m128i;
    type Class = __m128i;

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
    unsafe fn copy_short(from: *const u8, len: usize, to: *mut u8) {
        unsafe {
            if len > 16 {
                copy_16(from, len, to);
            } else {
                let (first, second) = few(from, len);
                to.cast::<[u64; 2]>().write_unaligned([first, second]);
            }
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
unsafe fn mask16(lanes: __m128i) -> u64 {
    unsafe { u64::from(_mm_movemask_epi8(lanes).cast_unsigned()) }
}

impl Lanes for Avx2 {
    const WIDTH: usize = 32;
    type Block = __m256i;
    type Class = __m256i;

    #[inline(always)]
    unsafe fn load(at: *const u8) -> __m256i {
        unsafe { _mm256_loadu_si256(at.cast()) }
    }

    #[inline(always)]
    unsafe fn load_part(at: *const u8, len: usize) -> __m256i {
        unsafe {
            if len >= 16 {
                let rest = Sse2::load_part(at.add(16), len - 16);
                _mm256_set_m128i(rest, Sse2::load(at))
            } else {
                _mm256_zextsi128_si256(Sse2::load_part(at, len))
            }
        }
    }

    #[inline(always)]
    unsafe fn store(block: __m256i, at: *mut u8) {
        unsafe { _mm256_storeu_si256(at.cast(), block) };
    }

    #[inline(always)]
    unsafe fn copy_32(from: *const u8, to: *mut u8) {
        unsafe { Self::store(Self::load(from), to) };
    }

    #[inline(always)]
    unsafe fn copy_short(from: *const u8, len: usize, to: *mut u8) {
        unsafe { Sse2::copy_short(from, len, to) };
    }

    #[inline(always)]
    unsafe fn class(block: __m256i) -> __m256i {
        unsafe {
            let below = _mm256_cmpgt_epi8(_mm256_set1_epi8(signed(b' ')), block);
            let backtick = _mm256_cmpeq_epi8(block, _mm256_set1_epi8(signed(b'`')));
            let folded = _mm256_or_si256(block, _mm256_set1_epi8(0x20));
            let extension = _mm256_cmpgt_epi8(folded, _mm256_set1_epi8(signed(b'z')));
            _mm256_or_si256(_mm256_or_si256(below, backtick), extension)
        }
    }

    #[inline(always)]
    unsafe fn either(first: __m256i, second: __m256i) -> __m256i {
        unsafe { _mm256_or_si256(first, second) }
    }

    #[inline(always)]
    unsafe fn bits(class: __m256i) -> u64 {
        unsafe { mask32(class) }
    }

    #[inline(always)]
    unsafe fn link(block: __m256i) -> u64 {
        unsafe {
            let folded = _mm256_or_si256(block, _mm256_set1_epi8(0x20));
            let w = _mm256_cmpeq_epi8(folded, _mm256_set1_epi8(signed(b'w')));
            mask32(_mm256_or_si256(w, _mm256_cmpeq_epi8(block, _mm256_set1_epi8(signed(b'/')))))
        }
    }

    #[inline(always)]
    unsafe fn unclean(block: __m256i) -> u64 {
        unsafe {
            let below = _mm256_cmpgt_epi8(_mm256_set1_epi8(signed(b' ')), block);
            let above = _mm256_cmpgt_epi8(block, _mm256_set1_epi8(signed(0xC9)));
            let delete = _mm256_cmpeq_epi8(block, _mm256_set1_epi8(0x7F));
            let signs = _mm256_cmpeq_epi8(block, _mm256_set1_epi8(signed(0xC2)));
            mask32(_mm256_or_si256(_mm256_and_si256(below, above), _mm256_or_si256(delete, signs)))
        }
    }

    #[inline(always)]
    unsafe fn starts(block: __m256i) -> u64 {
        unsafe { mask32(_mm256_cmpgt_epi8(block, _mm256_set1_epi8(signed(0xBF)))) }
    }

    #[inline(always)]
    unsafe fn astral(block: __m256i) -> u64 {
        unsafe { mask32(_mm256_cmpeq_epi8(_mm256_max_epu8(block, _mm256_set1_epi8(signed(0xF0))), block)) }
    }
}

#[inline(always)]
unsafe fn mask32(lanes: __m256i) -> u64 {
    unsafe { u64::from(_mm256_movemask_epi8(lanes).cast_unsigned()) }
}

impl Lanes for Avx512 {
    const WIDTH: usize = 64;
    type Block = __m512i;
    type Class = u64;

    #[inline(always)]
    unsafe fn load(at: *const u8) -> __m512i {
        unsafe { _mm512_loadu_si512(at.cast()) }
    }

    #[inline(always)]
    unsafe fn load_part(at: *const u8, len: usize) -> __m512i {
        // what the mask leaves out is not read
        unsafe { _mm512_maskz_loadu_epi8(_bzhi_u64(u64::MAX, len as u32), at.cast()) }
    }

    #[inline(always)]
    unsafe fn store(block: __m512i, at: *mut u8) {
        unsafe { _mm512_storeu_si512(at.cast(), block) };
    }

    #[inline(always)]
    unsafe fn class(block: __m512i) -> u64 {
        unsafe {
            let below = _mm512_cmplt_epi8_mask(block, _mm512_set1_epi8(signed(b' ')));
            let backtick = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(signed(b'`')));
            let folded = _mm512_or_si512(block, _mm512_set1_epi8(0x20));
            let extension = _mm512_cmpgt_epi8_mask(folded, _mm512_set1_epi8(signed(b'z')));
            below | backtick | extension
        }
    }

    #[inline(always)]
    unsafe fn either(first: u64, second: u64) -> u64 {
        first | second
    }

    #[inline(always)]
    unsafe fn bits(class: u64) -> u64 {
        class
    }

    #[inline(always)]
    unsafe fn link(block: __m512i) -> u64 {
        unsafe {
            let folded = _mm512_or_si512(block, _mm512_set1_epi8(0x20));
            _mm512_cmpeq_epi8_mask(folded, _mm512_set1_epi8(signed(b'w')))
                | _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(signed(b'/')))
        }
    }

    #[inline(always)]
    unsafe fn unclean(block: __m512i) -> u64 {
        unsafe {
            let below = _mm512_cmplt_epi8_mask(block, _mm512_set1_epi8(signed(b' ')));
            let above = _mm512_cmpgt_epi8_mask(block, _mm512_set1_epi8(signed(0xC9)));
            let delete = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(0x7F));
            let signs = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(signed(0xC2)));
            below & above | delete | signs
        }
    }

    #[inline(always)]
    unsafe fn starts(block: __m512i) -> u64 {
        unsafe { _mm512_cmpgt_epi8_mask(block, _mm512_set1_epi8(signed(0xBF))) }
    }

    #[inline(always)]
    unsafe fn astral(block: __m512i) -> u64 {
        unsafe { _mm512_cmpge_epu8_mask(block, _mm512_set1_epi8(signed(0xF0))) }
    }

    #[inline(always)]
    unsafe fn copy_32(from: *const u8, to: *mut u8) {
        unsafe { Avx2::copy_32(from, to) };
    }

    #[inline(always)]
    unsafe fn copy_short(from: *const u8, len: usize, to: *mut u8) {
        unsafe {
            if len <= 32 {
                // what crosses no cache line is written sooner
                let valid = _bzhi_u32(u32::MAX, len as u32);
                Avx2::store(_mm256_maskz_loadu_epi8(valid, from.cast()), to);
            } else {
                Self::store(Self::load_part(from, len), to);
            }
        }
    }

    #[inline(always)]
    unsafe fn copy_value(from: *const u8, len: usize, to: *mut u8) -> u64 {
        unsafe {
            let valid = _bzhi_u64(u64::MAX, len as u32);
            let block = _mm512_maskz_loadu_epi8(valid, from.cast());
            let ends = valid & !(valid >> 1) | 1;
            let spaces = _mm512_cmple_epu8_mask(block, _mm512_set1_epi8(signed(b' ')));
            if len <= 32 {
                Avx2::store(_mm512_castsi512_si256(block), to);
            } else {
                Self::store(block, to);
            }
            Self::unclean(block) & valid | spaces & ends
        }
    }

    /// A letter of two bytes becomes the ASCII letter in the place of its second byte, and the first bytes are squeezed out. What
    /// is read next does not wait for what was found: a first byte at the end of a block is left out, and carried over.
    #[inline(always)]
    unsafe fn run<const AFTER: bool>(
        base: *const u8,
        len: usize,
        table: &Table,
        to: *mut u8,
        links: &mut LinkSigns,
    ) -> Run {
        let [t3, t4, t5] = &table.letters;
        let (mut at, mut written) = (0_usize, 0_usize);
        let mut carried = [0_u64; 3];
        while at < len {
            unsafe {
                let (block, length) = read::<Self, AFTER>(base.add(at), len.wrapping_sub(at));
                let valid = _bzhi_u64(u64::MAX, length as u32);
                let unusual = Self::unusual(block) & valid;
                let link = Self::link(block);
                let [before3, before4, before5] = carried;
                if unusual == 0 {
                    Self::store(block, to.add(written));
                    links.add(link, length);
                    at = at.wrapping_add(length);
                    written = written.wrapping_add(length);
                    continue;
                }
                let c3 = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(signed(0xC3)));
                let c4 = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(signed(0xC4)));
                let c5 = _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(signed(0xC5)));
                let (s3, s4, s5) = (c3 << 1 | before3, c4 << 1 | before4, c5 << 1 | before5);
                // the permutation looks at the low six bits of the second byte
                let folded = _mm512_mask_permutexvar_epi8(block, s3, block, Self::load(t3.0.as_ptr()));
                let folded = _mm512_mask_permutexvar_epi8(folded, s4, block, Self::load(t4.0.as_ptr()));
                let folded = _mm512_mask_permutexvar_epi8(folded, s5, block, Self::load(t5.0.as_ptr()));
                let (leads, seconds) = (c3 | c4 | c5, s3 | s4 | s5);
                // second bytes for which no letter stands, and what is neither usual nor of a letter
                let unknown = _mm512_testn_epi8_mask(folded, folded) & seconds;
                let stops = (unknown | unusual & !(leads | seconds)) & valid;
                let keep = valid & !leads;
                if stops == 0 {
                    Self::store(_mm512_maskz_compress_epi8(keep, folded), to.add(written));
                    links.add(link, length);
                    carried = [c3 >> 63, c4 >> 63, c5 >> 63];
                    at = at.wrapping_add(length);
                    written = written.wrapping_add(keep.count_ones() as usize);
                    continue;
                }
                // up to the character that stops; a second byte stops its first
                let stop = stops.trailing_zeros() as usize;
                let keep = keep & low(stop);
                Self::store(_mm512_maskz_compress_epi8(keep, folded), to.add(written));
                links.add(link, stop);
                let is_second = unknown >> stop & 1 == 1;
                at = at.wrapping_add(stop).wrapping_sub(usize::from(is_second));
                written = written.wrapping_add(keep.count_ones() as usize);
                break;
            }
        }
        Run { read: at, written }
    }
}
