//! Registers of 64 bytes as [`Lanes`]. A value is read, folded, looked at and written without a branch: what it must not have is gathered in
//! registers and asked for once, at the end of a row.

use super::avx2::Avx2;
use super::plain::{Letters, Table};
use super::sse2::signed;
use super::vector::{Lanes, LinkSigns, Run, low, read};
use std::arch::x86_64::*;

pub(super) struct Avx512;

/// What was seen of values: bits that should not be there.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    /// Those of [`UNCLEAN`], or the highest ones of [`FOLDED`].
    faults: __m512i,
    /// The lowest ones of [`FOLDED`]: signs of links side by side.
    links: __m512i,
    /// All values, one over another.
    all: __m512i,
    /// White space and controls at the ends.
    ends: u32,
}

/// 128 bytes that a register of bytes is looked up in by their low seven bits.
#[repr(align(64))]
struct Bits([u8; 128]);

/// What keeps a value from being copied, by its byte less a space: bits of it that are also in this byte. Controls and what does not
/// begin a Latin letter have the highest, DEL the lowest.
static UNCLEAN: Bits = {
    let (mut bits, mut low) = ([0; 128], 0_u8);
    let mut rest: &mut [u8] = &mut bits;
    while let [bits, after @ ..] = rest {
        let byte = (low | 0x80).wrapping_add(b' ');
        // C0 and C1 are in no text
        let is_unclean = byte < b' ' || byte == 0xC2 || byte > 0xC9;
        *bits = if is_unclean { 0x80 } else { 0 } | if low == 0x7F - b' ' { 1 } else { 0 };
        low += 1;
        rest = after;
    }
    Bits(bits)
};

/// Of ASCII that was folded: what is not usual has the highest bit, a sign of links the lowest.
static FOLDED: Bits = {
    let (mut bits, mut byte) = ([0; 128], 0_u8);
    let mut rest: &mut [u8] = &mut bits;
    while let [bits, after @ ..] = rest {
        let is_unusual = byte < b' ' || byte == b'`' || byte | 0x20 > b'z';
        let is_link_sign = byte | 0x20 == b'w' || byte == b'/';
        *bits = if is_unusual { 0x80 } else { 0 } | if is_link_sign { 1 } else { 0 };
        byte += 1;
        rest = after;
    }
    Bits(bits)
};

/// The places before each; the last one before the first.
static BEFORE: Letters = {
    let (mut places, mut place) = ([63; 64], 0_u8);
    let [_, rest @ ..] = &mut places;
    let mut rest: &mut [u8] = rest;
    while let [before, after @ ..] = rest {
        *before = place;
        place += 1;
        rest = after;
    }
    Letters(places)
};

impl Bits {
    #[inline(always)]
    unsafe fn of(&self, block: __m512i) -> __m512i {
        unsafe {
            let from = self.0.as_ptr();
            _mm512_permutex2var_epi8(Avx512::load(from), block, Avx512::load(from.add(64)))
        }
    }
}

/// As many bits as a value has bytes.
#[inline(always)]
unsafe fn valid(len: usize) -> u64 {
    unsafe { _bzhi_u64(u64::MAX, len as u32) }
}

/// Reads a value, and spaces after it.
#[inline(always)]
unsafe fn value(from: *const u8, valid: u64) -> __m512i {
    // what the mask leaves out is not read
    unsafe { _mm512_mask_loadu_epi8(_mm512_set1_epi8(signed(b' ')), valid, from.cast()) }
}

/// Writes a value of up to 64 bytes: that is two registers, as most are short, and what crosses no cache line is written sooner.
#[inline(always)]
unsafe fn store_value(block: __m512i, to: *mut u8) {
    unsafe {
        Avx2::store(_mm512_castsi512_si256(block), to);
        Avx2::store(_mm512_extracti64x4_epi64::<1>(block), to.add(32));
    }
}

/// Whether a letter of two bytes begins so that may be in the tables.
#[inline(always)]
fn is_lead(byte: u8) -> bool {
    matches!(byte, 0xC3..=0xC5)
}

/// Letters of two bytes as what stands for them, in the place of the second byte; and all bytes of the `valid` ones but first bytes.
/// `before` are the bytes before each. What has no such letter is 0.
#[inline(always)]
unsafe fn fold_letters(block: __m512i, before: __m512i, valid: u64, table: &Table) -> (__m512i, u64) {
    let [t3, t4, t5] = &table.letters;
    unsafe {
        let after = |lead: u8| _mm512_cmpeq_epi8_mask(before, _mm512_set1_epi8(signed(lead)));
        let letters = |letters: &Letters| Avx512::load(letters.0.as_ptr());
        // the permutation looks at the low six bits
        let folded = _mm512_mask_permutexvar_epi8(block, after(0xC3), block, letters(t3));
        let folded = _mm512_mask_permutexvar_epi8(folded, after(0xC4), block, letters(t4));
        let folded = _mm512_mask_permutexvar_epi8(folded, after(0xC5), block, letters(t5));
        // counted from C3
        let lead = _mm512_sub_epi8(block, _mm512_set1_epi8(signed(0xC3)));
        (folded, _mm512_mask_cmpge_epu8_mask(valid, lead, _mm512_set1_epi8(3)))
    }
}

/// How many ends of a value, which is not empty, are white space or controls.
#[inline(always)]
unsafe fn blank_ends(from: *const u8, len: usize) -> u32 {
    unsafe { u32::from(*from <= b' ').wrapping_add(u32::from(*from.add(len.wrapping_sub(1)) <= b' ')) }
}

impl Lanes for Avx512 {
    const WIDTH: usize = 64;
    type Block = __m512i;
    type Class = u64;
    type Seen = Seen;

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
    unsafe fn unseen() -> Seen {
        let none = unsafe { _mm512_setzero_si512() };
        Seen { faults: none, links: none, all: none, ends: 0 }
    }

    #[inline(always)]
    unsafe fn copy_value(from: *const u8, len: usize, to: *mut u8, seen: &mut Seen) {
        unsafe {
            let block = value(from, valid(len));
            store_value(block, to);
            let above = _mm512_sub_epi8(block, _mm512_set1_epi8(signed(b' ')));
            // faults | bits & above
            seen.faults = _mm512_ternarylogic_epi64::<0xF8>(seen.faults, UNCLEAN.of(above), above);
            seen.ends = seen.ends.wrapping_add(blank_ends(from, len));
        }
    }

    /// As [`run`](Self::run), with nothing decided on the way: what cannot be folded so is seen at the end of the row.
    #[inline(always)]
    unsafe fn fold_value<const LETTERS: bool>(
        from: *const u8,
        len: usize,
        to: *mut u8,
        table: Option<&Table>,
        seen: &mut Seen,
    ) -> usize {
        unsafe {
            let valid = valid(len);
            let block = value(from, valid);
            let (mut folded, mut length) = (block, len);
            if LETTERS && let Some(table) = table {
                seen.all = _mm512_or_si512(seen.all, block);
                let before = _mm512_permutexvar_epi8(Self::load(BEFORE.0.as_ptr()), block);
                let (letters, keep) = fold_letters(block, before, valid, table);
                folded = _mm512_mask_compress_epi8(_mm512_set1_epi8(signed(b' ')), keep, letters);
                length = keep.count_ones() as usize;
            }
            store_value(folded, to);
            let bits = FOLDED.of(folded);
            // any of the three
            seen.faults = _mm512_ternarylogic_epi64::<0xFE>(seen.faults, bits, folded);
            let beside = _mm512_permutexvar_epi8(Self::load(BEFORE.0.as_ptr()), bits);
            seen.links = _mm512_ternarylogic_epi64::<0xF8>(seen.links, bits, beside);
            seen.ends = seen.ends.wrapping_add(blank_ends(from, len));
            length
        }
    }

    const FOLDS_LETTERS: bool = true;

    #[inline(always)]
    unsafe fn has_letters(seen: Seen) -> bool {
        unsafe { _mm512_movepi8_mask(seen.all) != 0 }
    }

    #[inline(always)]
    unsafe fn is_faulty<const FOLDED: bool>(seen: Seen) -> bool {
        unsafe {
            let fault = if FOLDED { 0x80 } else { 0xFF };
            let faults = _mm512_test_epi8_mask(seen.faults, _mm512_set1_epi8(signed(fault)));
            let links = _mm512_test_epi8_mask(seen.links, _mm512_set1_epi8(1));
            (faults | links) != 0 || seen.ends != 0
        }
    }

    /// A letter of two bytes becomes the ASCII letter in the place of its second byte, and the first bytes are squeezed out. What
    /// is read next does not wait for what was found: a first byte at the end of a block is left out, and read again before the next.
    /// Signs of links are counted in what is written: those that stand side by side in the text do so there.
    #[inline(always)]
    unsafe fn run<const AFTER: bool>(
        base: *const u8,
        len: usize,
        table: &Table,
        to: *mut u8,
        links: &mut LinkSigns,
    ) -> Run {
        let (mut at, mut written) = (0_usize, 0_usize);
        while at < len {
            unsafe {
                let (block, length) = read::<Self, AFTER>(base.add(at), len.wrapping_sub(at));
                let valid = valid(length);
                let before = if at == 0 {
                    // nothing is before the first byte, and the last one may be the first of a letter
                    _mm512_maskz_permutexvar_epi8(!1, Self::load(BEFORE.0.as_ptr()), block)
                } else {
                    read::<Self, AFTER>(base.add(at).sub(1), len.wrapping_sub(at)).0
                };
                let (folded, keep) = fold_letters(block, before, valid, table);
                let squeezed = _mm512_mask_compress_epi8(_mm512_set1_epi8(signed(b' ')), keep, folded);
                Self::store(squeezed, to.add(written));
                let (bits, kept) = (FOLDED.of(squeezed), keep.count_ones() as usize);
                if _mm512_movepi8_mask(_mm512_or_si512(bits, squeezed)) == 0 {
                    links.add(_mm512_test_epi8_mask(bits, _mm512_set1_epi8(1)), kept);
                    at = at.wrapping_add(length);
                    written = written.wrapping_add(kept);
                    continue;
                }
                // up to the character that stops; a second byte stops its first
                let stops = _mm512_movepi8_mask(_mm512_or_si512(FOLDED.of(folded), folded)) & keep;
                let stop = stops.trailing_zeros() as usize;
                let kept = (keep & low(stop)).count_ones() as usize;
                links.add(_mm512_test_epi8_mask(bits, _mm512_set1_epi8(1)) & low(kept), kept);
                at = at.wrapping_add(stop);
                at = at.wrapping_sub(usize::from(at > 0 && is_lead(*base.add(at).sub(1))));
                written = written.wrapping_add(kept);
                break;
            }
        }
        Run { read: at, written }
    }
}
