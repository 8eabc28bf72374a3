//! The loops over vector registers, once for every width: `sse2.rs`, `avx2.rs` and `avx512.rs` have the registers, `row.rs` the rows, `by_level.rs` the way in.
//!
//! A block of bytes becomes 64-bit masks, a bit for each byte; what is usual is copied whole registers at a time, over the
//! end of what is meant into slack that is reserved beforehand, and what is not is looked up one character at a time.
//!
//! # What the unsafe code relies on
//!
//! - A read is within its text, or within the [`SLACK`](super::SLACK) initialised bytes that come after it: of the fixed texts of a
//!   [`Joined`](super::Joined), and of rows on the stage.
//! - A write is within the buffer, which has room for what is written and the slack beyond.
//! - What is written is UTF-8: characters of a `str`, or of [`table`], whole, or ASCII.
//! - Nothing that is folded becomes longer (`Plain::len`).
//! - A function for a level is called only where [`Level::best`](super::Level::best) says that the processor has it.

use super::Measure;
use super::plain::{Table, table};
use crate::text::gsm7;

/// Registers of one width. Bits of masks count from the first byte; of a part, the bits past its end mean nothing.
pub(super) trait Lanes: Sized {
    /// Bytes in a register, at most the slack.
    const WIDTH: usize;
    type Block: Copy;
    /// Which bytes of a block are unusual.
    type Class: Copy;
    /// What was seen of values so far.
    type Seen: Copy;

    /// Reads `WIDTH` bytes.
    unsafe fn load(at: *const u8) -> Self::Block;
    /// Reads `len` bytes, fewer than `WIDTH`.
    unsafe fn load_part(at: *const u8, len: usize) -> Self::Block;
    /// Writes `WIDTH` bytes.
    unsafe fn store(block: Self::Block, at: *mut u8);
    /// Anything but ASCII that is one septet; `_` and line ends may be among them.
    unsafe fn class(block: Self::Block) -> Self::Class;
    /// What is unusual in either.
    unsafe fn either(first: Self::Class, second: Self::Class) -> Self::Class;
    /// A bit for each byte that is unusual.
    unsafe fn bits(class: Self::Class) -> u64;
    /// The bits of a block.
    #[inline(always)]
    unsafe fn unusual(block: Self::Block) -> u64 {
        unsafe { Self::bits(Self::class(block)) }
    }
    /// `w`, `W`, `/`.
    unsafe fn link(block: Self::Block) -> u64;
    /// What a value may hold only after a closer look: controls, and characters that do not begin with C3 to C9.
    unsafe fn unclean(block: Self::Block) -> u64;
    /// Where a character begins.
    unsafe fn starts(block: Self::Block) -> u64;
    /// Where one begins that takes two UTF-16 units.
    unsafe fn astral(block: Self::Block) -> u64;
    /// Copies 32 bytes.
    unsafe fn copy_32(from: *const u8, to: *mut u8);
    /// Before the first value of a row.
    unsafe fn unseen() -> Self::Seen;
    /// Copies a value of 1 to 64 bytes; as many as that may be written.
    unsafe fn copy_value(from: *const u8, len: usize, to: *mut u8, seen: &mut Self::Seen);
    /// Folds a value of 1 to 64 bytes, if nothing but usual ASCII is in it, and where registers can `LETTERS` of the table; how many bytes
    /// it is then. As many as 64 may be written, and 16 of the slack.
    unsafe fn fold_value<const LETTERS: bool>(
        from: *const u8,
        len: usize,
        to: *mut u8,
        table: Option<&Table>,
        seen: &mut Self::Seen,
    ) -> usize;
    /// Whether anything was seen that is not ASCII, where it was folded.
    unsafe fn has_letters(seen: Self::Seen) -> bool;
    /// Whether letters of a value are folded in registers.
    const FOLDS_LETTERS: bool;
    /// Whether a value was not as it should be: not [clean](Self::unclean) where it was copied, more than what can be folded so where it was
    /// folded, and in any case with white space at an end.
    unsafe fn is_faulty<const FOLDED: bool>(seen: Self::Seen) -> bool;
    /// Writes the beginning of a text folded, as far as registers go: usual ASCII, and where they can letters with a mark. A step
    /// ends where a single character has to be looked at, or the text.
    #[inline(always)]
    unsafe fn run<const AFTER: bool>(
        base: *const u8,
        len: usize,
        _: &Table,
        to: *mut u8,
        links: &mut LinkSigns,
    ) -> Run {
        let mut at = 0_usize;
        while at < len {
            let (block, length) = unsafe { read::<Self, AFTER>(base.add(at), len.wrapping_sub(at)) };
            let (unusual, link) = unsafe { (Self::unusual(block) & low(length), Self::link(block)) };
            unsafe { Self::store(block, to.add(at)) };
            if unusual != 0 {
                let usual = unusual.trailing_zeros() as usize;
                links.add(link & low(usual), usual);
                at = at.wrapping_add(usual);
                break;
            }
            links.add(link & low(length), length);
            at = at.wrapping_add(length);
        }
        Run { read: at, written: at }
    }
}

/// A stretch of a text: bytes read, and written.
pub(super) struct Run {
    pub(super) read: usize,
    pub(super) written: usize,
}

/// Counts signs of links side by side.
#[derive(Default)]
pub(super) struct LinkSigns {
    pub(super) count: usize,
    /// Whether the byte before was one, as bit 0.
    before: u64,
}

impl LinkSigns {
    /// The next `length` bytes, by their mask, which has no other bits.
    #[inline(always)]
    pub(super) fn add(&mut self, link: u64, length: usize) {
        let pairs = link & (link << 1 | self.before);
        // most processors of the lower levels count bits in a dozen steps
        if pairs != 0 {
            self.count = self.count.wrapping_add(pairs.count_ones() as usize);
        }
        self.before = if length == 0 { self.before } else { link >> length.wrapping_sub(1) & 1 };
    }
}

/// The lowest `count` bits.
#[inline(always)]
pub(super) fn low(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Reads up to a register of `len` bytes, after which the [`SLACK`](super::SLACK) may be read when there is `AFTER`.
#[inline(always)]
pub(super) unsafe fn read<L: Lanes, const AFTER: bool>(at: *const u8, len: usize) -> (L::Block, usize) {
    unsafe {
        if AFTER || len >= L::WIDTH { (L::load(at), len.min(L::WIDTH)) } else { (L::load_part(at, len), len) }
    }
}

/// Whole registers of usual ASCII from `at` on: where one begins that has something unusual, or the end. Four are looked at together,
/// and the last one reads again what came before: to read a part takes longer. `put` is given what was read, and where.
#[inline(always)]
pub(super) unsafe fn usual<L: Lanes>(
    base: *const u8,
    mut at: usize,
    len: usize,
    put: impl Fn(L::Block, usize),
) -> usize {
    unsafe {
        let class = |at: usize| {
            let block = L::load(base.add(at));
            put(block, at);
            L::class(block)
        };
        let four = 4 * L::WIDTH;
        while len.wrapping_sub(at) >= four {
            let place = |register: usize| at.wrapping_add(register * L::WIDTH);
            let first = L::either(class(place(0)), class(place(1)));
            let second = L::either(class(place(2)), class(place(3)));
            if L::bits(L::either(first, second)) != 0 {
                break;
            }
            at = at.wrapping_add(four);
        }
        while len.wrapping_sub(at) >= L::WIDTH {
            if L::bits(class(at)) != 0 {
                return at;
            }
            at = at.wrapping_add(L::WIDTH);
        }
        let rest = len.wrapping_sub(at);
        let unusual = if rest == 0 {
            0
        } else if len >= L::WIDTH {
            L::bits(class(len.wrapping_sub(L::WIDTH))) >> (L::WIDTH.wrapping_sub(rest))
        } else {
            let block = L::load_part(base.add(at), rest);
            put(block, at);
            L::unusual(block) & low(rest)
        };
        if unusual == 0 { len } else { at }
    }
}

/// Septets of a text of usual ASCII up to `at`, where it does not end, and how many characters take two.
#[inline(always)]
pub(super) unsafe fn septets_from<L: Lanes>(text: &str, mut at: usize) -> Option<(usize, usize)> {
    let (base, len) = (text.as_ptr(), text.len());
    let (mut inner, mut extensions) = (0_usize, 0_usize);
    loop {
        let unusual = unsafe {
            let (block, taken) = read::<L, false>(base.add(at), len - at);
            L::unusual(block) & low(taken)
        };
        at += unusual.trailing_zeros() as usize;
        // what is unusual after usual ASCII is the first byte of a character
        let character = text.get(at..)?.chars().next()?;
        let width = gsm7::septets(character)?;
        extensions += usize::from(width > 1);
        inner += character.len_utf8() - 1;
        at = unsafe { usual::<L>(base, at + character.len_utf8(), len, |_, _| {}) };
        if at == len {
            return Some((len - inner + extensions, extensions));
        }
    }
}

#[inline(always)]
pub(super) unsafe fn units_of<L: Lanes>(text: &str) -> (usize, bool) {
    let (base, len) = (text.as_ptr(), text.len());
    let (mut at, mut characters, mut astral) = (0_usize, 0_usize, 0_usize);
    while at < len {
        unsafe {
            let (block, taken) = read::<L, false>(base.add(at), len - at);
            characters += (L::starts(block) & low(taken)).count_ones() as usize;
            astral += (L::astral(block) & low(taken)).count_ones() as usize;
            at += taken;
        }
    }
    (characters + astral, astral > 0)
}

/// Writes the text folded at `to`, where there is room for `len` bytes and the slack, and adds to the measure; says how many
/// bytes it wrote. `None` at what is not known by itself, and in a `ROW` at what values are cleaned of.
#[inline(always)]
pub(super) unsafe fn fold<L: Lanes, const ROW: bool>(
    base: *const u8,
    len: usize,
    table: &Table,
    to: *mut u8,
    measure: &mut Measure,
    mut links: LinkSigns,
) -> Option<usize> {
    let (mut at, mut written) = (0_usize, 0_usize);
    loop {
        let run =
            unsafe { L::run::<ROW>(base.add(at), len.wrapping_sub(at), table, to.add(written), &mut links) };
        at = at.wrapping_add(run.read);
        written = written.wrapping_add(run.written);
        measure.septets = measure.septets.wrapping_add(run.written);
        if at >= len {
            break;
        }
        let rest = unsafe { std::slice::from_raw_parts(base.add(at), len.wrapping_sub(at)) };
        let (plain, length) = table.first(rest)?;
        if ROW && !plain.shows() {
            measure.breaks = measure.breaks.wrapping_add(1);
            if !plain.is_itself(rest) {
                return None;
            }
        }
        links.before = 0;
        unsafe { to.add(written).cast::<[u8; 4]>().write_unaligned(plain.bytes()) };
        measure.add(plain);
        at = at.wrapping_add(length);
        written = written.wrapping_add(plain.len());
    }
    measure.link_signs = measure.link_signs.wrapping_add(links.count);
    Some(written)
}

/// Signs of links in the first bytes, which fill whole registers.
#[inline(always)]
unsafe fn links_of<L: Lanes>(base: *const u8, len: usize) -> LinkSigns {
    let (mut at, mut links) = (0_usize, LinkSigns::default());
    while at < len {
        links.add(unsafe { L::link(L::load(base.add(at))) }, L::WIDTH);
        at = at.wrapping_add(L::WIDTH);
    }
    links
}

/// Folds a text of which so much is usual ASCII and written already; how many bytes are written in all.
#[inline(always)]
pub(super) unsafe fn fold_from<L: Lanes>(
    text: &str,
    usual: usize,
    to: *mut u8,
    measure: &mut Measure,
) -> Option<usize> {
    let base = text.as_ptr();
    measure.septets = usual;
    let written = unsafe {
        let links = links_of::<L>(base, usual);
        let rest = text.len().wrapping_sub(usual);
        fold::<L, false>(base.add(usual), rest, table(), to.add(usual), measure, links)
    };
    written.map(|written| usual.wrapping_add(written))
}

/// Not 0 when a value, which is not empty, has ASCII white space or a control character at an end: values are trimmed.
#[inline(always)]
pub(super) unsafe fn ends(base: *const u8, len: usize) -> u64 {
    unsafe { u64::from((*base).min(*base.add(len.wrapping_sub(1))) <= b' ') }
}

/// How many bytes of the text have to be looked at before it is a value as it is.
#[inline(always)]
pub(super) unsafe fn unclean<L: Lanes>(base: *const u8, len: usize) -> usize {
    let (mut at, mut unclean) = (0_usize, 0_usize);
    while at < len {
        unsafe {
            let (block, taken) = read::<L, false>(base.add(at), len.wrapping_sub(at));
            unclean = unclean.wrapping_add((L::unclean(block) & low(taken)).count_ones() as usize);
            at = at.wrapping_add(taken);
        }
    }
    unclean
}
