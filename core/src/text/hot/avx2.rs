//! Registers of 32 bytes as [`Lanes`]. Values are looked at 16 bytes at a time, as most are short, and their letters folded so: beside a row that
//! goes over the stage a batch with Polish letters takes a fifth less.

use super::plain::{Letters, Table};
use super::sse2::{Sse2, copy_clean, copy_usual, mask16, signed};
use super::vector::{Lanes, ends, low};
use std::arch::x86_64::*;

pub(super) struct Avx2;

/// What was seen of values whose letters were folded.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    /// Not 0 when one was not as it should be.
    faults: u64,
    /// Not 0 when a letter was folded.
    letters: u64,
}

/// By a mask of the bytes that go: the places of those that stay, of eight.
static KEPT: [[u8; 8]; 256] = {
    let (mut all, mut gone) = ([[0; 8]; 256], 0_u8);
    let mut rows: &mut [[u8; 8]] = &mut all;
    while let [row, after @ ..] = rows {
        let (mut places, mut place): (&mut [u8], u8) = (row, 0);
        while place < 8 {
            if gone >> place & 1 == 0 {
                let [kept, next @ ..] = places else { break };
                *kept = place;
                places = next;
            }
            place += 1;
        }
        gone = gone.wrapping_add(1);
        rows = after;
    }
    all
};

/// Places of a register, and beyond it none.
static PLACES: [u8; 32] = {
    let (mut places, mut place) = ([0x80; 32], 0_u8);
    let mut rest: &mut [u8] = &mut places;
    while let [this, after @ ..] = rest
        && place < 16
    {
        *this = place;
        place += 1;
        rest = after;
    }
    places
};

/// Writes eight bytes without those that are `gone`; how many were written.
#[inline(always)]
unsafe fn store_kept(eight: __m128i, gone: u64, to: *mut u8) -> usize {
    unsafe {
        let places = KEPT.as_ptr().add((gone & 0xFF) as usize);
        _mm_storel_epi64(to.cast(), _mm_shuffle_epi8(eight, _mm_loadl_epi64(places.cast())));
        8_usize.wrapping_sub((gone & 0xFF).count_ones() as usize)
    }
}

/// Letters of two bytes as what stands for them, in the place of the second byte, or 0; and which places these are.
#[inline(always)]
unsafe fn letters_of(block: __m128i, table: &Table) -> (__m128i, __m128i) {
    let [t3, t4, t5] = &table.letters;
    unsafe {
        let zero = _mm_setzero_si128();
        let (mut s3, mut s4, mut s5) = (zero, zero, zero);
        let mut part = 0_usize;
        while part < 64 {
            // what is not among these sixteen has the highest bit, and stands for 0
            let from_here = _mm_sub_epi8(block, _mm_set1_epi8(signed(0x80 | part as u8)));
            let place = _mm_adds_epu8(from_here, _mm_set1_epi8(0x70));
            let of = |letters: &Letters| _mm_shuffle_epi8(Sse2::load(letters.0.as_ptr().add(part)), place);
            s3 = _mm_or_si128(s3, of(t3));
            s4 = _mm_or_si128(s4, of(t4));
            s5 = _mm_or_si128(s5, of(t5));
            part = part.wrapping_add(16);
        }
        let before = _mm_slli_si128::<1>(block);
        let after = |lead: u8| _mm_cmpeq_epi8(before, _mm_set1_epi8(signed(lead)));
        let (a3, a4, a5) = (after(0xC3), after(0xC4), after(0xC5));
        let letters =
            _mm_or_si128(_mm_or_si128(_mm_and_si128(s3, a3), _mm_and_si128(s4, a4)), _mm_and_si128(s5, a5));
        (letters, _mm_or_si128(_mm_or_si128(a3, a4), a5))
    }
}

/// Folds up to 64 bytes; how many bytes it is then. Nothing is decided by what is read: how many letters a value has is not to be guessed, and
/// in a batch a wrong guess waits for values that come from far.
#[inline(always)]
unsafe fn fold_letters(from: *const u8, len: usize, to: *mut u8, table: &Table, seen: &mut Seen) -> usize {
    let (mut at, mut links, mut end) = (0_usize, 0_u64, to);
    unsafe {
        while at < len {
            let rest = len.wrapping_sub(at);
            let (block, taken) = if rest >= 16 {
                // the first byte of a letter goes with its second one
                let is_lead = *from.add(at).add(15) >= 0xC0;
                (Sse2::load(from.add(at)), 16_usize.wrapping_sub(usize::from(is_lead)))
            } else if len >= 16 {
                let skipped = 16_usize.wrapping_sub(rest);
                let last = Sse2::load(from.add(len).sub(16));
                (_mm_shuffle_epi8(last, Sse2::load(PLACES.as_ptr().add(skipped))), rest)
            } else {
                (Sse2::load_part(from, len), rest)
            };
            let (letters, seconds) = letters_of(block, table);
            let folded = _mm_blendv_epi8(block, letters, seconds);
            let seconds = mask16(seconds);
            let (gone, link) = (seconds >> 1, Sse2::link(folded) & low(taken));
            // what a letter stands for is in no link
            seen.faults |= Sse2::unusual(folded) & low(taken) & !gone | link & seconds;
            seen.letters |= seconds;
            links |= link << at;
            let half = store_kept(folded, gone, end);
            store_kept(_mm_srli_si128::<8>(folded), gone >> 8, end.add(half));
            end = end.add(taken).sub(gone.count_ones() as usize);
            at = at.wrapping_add(taken);
        }
        seen.faults |= ends(from, len) | links & links << 1;
        end.offset_from_unsigned(to)
    }
}

impl Lanes for Avx2 {
    const WIDTH: usize = 32;
    type Block = __m256i;
    type Class = __m256i;
    type Seen = Seen;

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
    unsafe fn unseen() -> Seen {
        Seen { faults: 0, letters: 0 }
    }

    #[inline(always)]
    unsafe fn copy_value(from: *const u8, len: usize, to: *mut u8, seen: &mut Seen) {
        unsafe { seen.faults |= copy_clean(from, len, to) };
    }

    #[inline(always)]
    unsafe fn fold_value<const LETTERS: bool>(
        from: *const u8,
        len: usize,
        to: *mut u8,
        table: Option<&Table>,
        seen: &mut Seen,
    ) -> usize {
        if LETTERS && let Some(table) = table {
            return unsafe { fold_letters(from, len, to, table, seen) };
        }
        unsafe { seen.faults |= copy_usual(from, len, to) };
        len
    }

    const FOLDS_LETTERS: bool = true;

    #[inline(always)]
    unsafe fn has_letters(seen: Seen) -> bool {
        seen.letters != 0
    }

    #[inline(always)]
    unsafe fn is_faulty<const FOLDED: bool>(seen: Seen) -> bool {
        seen.faults != 0
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
