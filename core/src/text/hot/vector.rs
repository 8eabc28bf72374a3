//! The loops over vector registers, once for every width: `x86.rs` has the registers.
//!
//! A block of bytes becomes 64-bit masks, a bit for each byte; what is usual is copied whole registers at a time, over the
//! end of what is meant into slack that is reserved beforehand, and what is not is looked up one character at a time.
//!
//! # What the unsafe code relies on
//!
//! - A read is within its text, or within the [`SLACK`] after the fixed texts of a [`Joined`].
//! - A write is within the capacity of the buffer: [`Pen::room`] is asked for what is written and [`SLACK`] beyond.
//! - What is written is UTF-8: characters of a `str`, or of [`table`], whole, or ASCII.
//! - A function for a level is called only where [`Level::best`] says that the processor has it.

use super::joined::{Joined, RowTable, SLACK};
use super::plain::{Table, table};
use super::x86::{Avx2, Avx512, Sse2};
use super::{Level, Tally};
use crate::text::gsm7;
use std::mem::MaybeUninit;
use std::ops::Range;

/// Registers of one width. Bits of masks count from the first byte; of a part, the bits past its end mean nothing.
pub(super) trait Lanes: Sized {
    /// Bytes in a register, at most [`SLACK`].
    const WIDTH: usize;
    type Block: Copy;

    /// Reads `WIDTH` bytes.
    unsafe fn load(at: *const u8) -> Self::Block;
    /// Reads `len` bytes, fewer than `WIDTH`.
    unsafe fn load_part(at: *const u8, len: usize) -> Self::Block;
    /// Writes `WIDTH` bytes.
    unsafe fn store(block: Self::Block, at: *mut u8);
    /// Anything but ASCII that is one septet; `_` and line ends may be among them.
    unsafe fn unusual(block: Self::Block) -> u64;
    /// `w`, `W`, `/`.
    unsafe fn link(block: Self::Block) -> u64;
    /// What a value may hold only after a closer look: controls, and characters that do not begin with C3 to C9.
    unsafe fn unclean(block: Self::Block) -> u64;
    /// Where a character begins.
    unsafe fn starts(block: Self::Block) -> u64;
    /// Where one begins that takes two UTF-16 units.
    unsafe fn pairs(block: Self::Block) -> u64;
    /// Copies 32 bytes.
    unsafe fn copy_32(from: *const u8, to: *mut u8);
    /// Copies up to [`SHORT`] bytes; as many as that may be written.
    unsafe fn copy_short(from: *const u8, len: usize, to: *mut u8);
    /// Writes the beginning of a text folded, as far as registers go: usual ASCII, and where they can letters with a mark. A step
    /// ends where a single character has to be looked at, or the text.
    #[inline(always)]
    unsafe fn run<const AFTER: bool>(
        base: *const u8,
        len: usize,
        _: &Table,
        to: *mut u8,
        pairs: &mut Pairs,
    ) -> Run {
        let mut at = 0_usize;
        while at < len {
            let (block, length) = unsafe { read::<Self, AFTER>(base.add(at), len.wrapping_sub(at)) };
            let (unusual, link) = unsafe { (Self::unusual(block) & low(length), Self::link(block)) };
            unsafe { Self::store(block, to.add(at)) };
            if unusual != 0 {
                let usual = unusual.trailing_zeros() as usize;
                pairs.add(link, usual);
                at = at.wrapping_add(usual);
                break;
            }
            pairs.add(link, length);
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
pub(super) struct Pairs {
    pub(super) count: usize,
    /// Whether the byte before was one, as bit 0.
    before: u64,
}

impl Pairs {
    /// The next `length` bytes, by their mask.
    #[inline(always)]
    pub(super) fn add(&mut self, link: u64, length: usize) {
        let link = link & low(length);
        self.count = self.count.wrapping_add((link & (link << 1 | self.before)).count_ones() as usize);
        self.before = if length == 0 { self.before } else { link >> length.wrapping_sub(1) & 1 };
    }
}

/// The lowest `count` bits.
#[inline(always)]
pub(super) fn low(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Reads up to a register of `len` bytes, after which the [`SLACK`] may be read when there is `AFTER`.
#[inline(always)]
pub(super) unsafe fn read<L: Lanes, const AFTER: bool>(at: *const u8, len: usize) -> (L::Block, usize) {
    unsafe {
        if AFTER || len >= L::WIDTH { (L::load(at), len.min(L::WIDTH)) } else { (L::load_part(at, len), len) }
    }
}

/// A buffer that is written beyond its length; what is meant is set at the end.
struct Pen {
    base: *mut u8,
    at: usize,
    capacity: usize,
}

impl Pen {
    /// The caller leaves nothing but UTF-8 in the string.
    #[inline(always)]
    unsafe fn new(out: &mut String, len: usize) -> Self {
        out.reserve(len.wrapping_add(SLACK));
        let out = unsafe { out.as_mut_vec() };
        Self { base: out.as_mut_ptr(), at: out.len(), capacity: out.capacity() }
    }

    /// Makes room for `len` more bytes and the slack.
    #[inline(always)]
    unsafe fn room(&mut self, out: &mut String, len: usize) {
        if self.capacity.wrapping_sub(self.at) < len.wrapping_add(SLACK) {
            unsafe { self.grow(out, len) };
        }
    }

    #[cold]
    unsafe fn grow(&mut self, out: &mut String, len: usize) {
        unsafe {
            self.end(out);
            *self = Self::new(out, len);
        }
    }

    #[inline(always)]
    unsafe fn tip(&self) -> *mut u8 {
        unsafe { self.base.add(self.at) }
    }

    /// `at` bytes are the string's, and UTF-8.
    #[inline(always)]
    unsafe fn end(&self, out: &mut String) {
        unsafe { out.as_mut_vec().set_len(self.at) };
    }
}

#[inline(always)]
unsafe fn septets_of<L: Lanes>(text: &str) -> Option<(usize, usize)> {
    let (base, len) = (text.as_ptr(), text.len());
    let (mut at, mut inner, mut extensions) = (0_usize, 0_usize, 0_usize);
    while at < len {
        let unusual = unsafe {
            let (block, taken) = read::<L, false>(base.add(at), len - at);
            let unusual = L::unusual(block) & low(taken);
            if unusual == 0 {
                at += taken;
                continue;
            }
            unusual
        };
        at += unusual.trailing_zeros() as usize;
        // a bit of `unusual` after usual ASCII is the first byte of a character
        let character = text.get(at..)?.chars().next()?;
        let width = gsm7::septets(character)?;
        extensions += usize::from(width > 1);
        inner += character.len_utf8() - 1;
        at += character.len_utf8();
    }
    Some((len - inner + extensions, extensions))
}

#[inline(always)]
unsafe fn units_of<L: Lanes>(text: &str) -> (usize, bool) {
    let (base, len) = (text.as_ptr(), text.len());
    let (mut at, mut characters, mut pairs) = (0_usize, 0_usize, 0_usize);
    while at < len {
        unsafe {
            let (block, taken) = read::<L, false>(base.add(at), len - at);
            characters += (L::starts(block) & low(taken)).count_ones() as usize;
            pairs += (L::pairs(block) & low(taken)).count_ones() as usize;
            at += taken;
        }
    }
    (characters + pairs, pairs > 0)
}

/// Writes the text folded at `to`, where there is room for `len` bytes and the slack, and adds to the tally; says how many
/// bytes it wrote. `None` at what is not known by itself, and in a `ROW` at what values are cleaned of.
///
/// `to` may lie before `base` in one buffer, by [`SLACK`] or more.
#[inline(always)]
unsafe fn fold<L: Lanes, const ROW: bool>(
    base: *const u8,
    len: usize,
    table: &Table,
    to: *mut u8,
    tally: &mut Tally,
) -> Option<usize> {
    let (mut at, mut written) = (0_usize, 0_usize);
    let mut pairs = Pairs { count: 0, before: 0 };
    loop {
        let run =
            unsafe { L::run::<ROW>(base.add(at), len.wrapping_sub(at), table, to.add(written), &mut pairs) };
        at = at.wrapping_add(run.read);
        written = written.wrapping_add(run.written);
        tally.septets = tally.septets.wrapping_add(run.written);
        if at >= len {
            break;
        }
        let rest = unsafe { std::slice::from_raw_parts(base.add(at), len.wrapping_sub(at)) };
        let (plain, length) = table.first(rest)?;
        if ROW && !plain.shows() {
            tally.breaks = tally.breaks.wrapping_add(1);
            if !plain.is_itself(rest) {
                return None;
            }
        }
        pairs.before = 0;
        unsafe { to.add(written).cast::<[u8; 4]>().write_unaligned(plain.bytes()) };
        tally.add(plain.septets());
        at = at.wrapping_add(length);
        written = written.wrapping_add(plain.len());
    }
    tally.pairs = tally.pairs.wrapping_add(pairs.count);
    Some(written)
}

#[inline(always)]
unsafe fn fold_text<L: Lanes>(text: &str, out: &mut String) -> Option<Tally> {
    let mut tally = Tally::default();
    unsafe {
        let mut pen = Pen::new(out, text.len());
        pen.at += fold::<L, false>(text.as_ptr(), text.len(), table(), pen.tip(), &mut tally)?;
        pen.end(out);
    }
    Some(tally)
}

/// How many bytes of the text have to be looked at before it is a value as it is.
#[inline(always)]
unsafe fn unclean<L: Lanes, const AFTER: bool>(base: *const u8, len: usize) -> usize {
    let (mut at, mut unclean) = (0_usize, 0_usize);
    while at < len {
        unsafe {
            let (block, taken) = read::<L, AFTER>(base.add(at), len.wrapping_sub(at));
            unclean = unclean.wrapping_add((L::unclean(block) & low(taken)).count_ones() as usize);
            at = at.wrapping_add(taken);
        }
    }
    unclean
}

/// Copies a fixed text to `to`; its length. 32 bytes more may be written.
#[inline(always)]
unsafe fn copy_fixed<L: Lanes>(texts: &str, range: Range<usize>, to: *mut u8) -> usize {
    let len = range.end.wrapping_sub(range.start);
    // the ranges of a `Joined` lie in its texts, after which `SLACK` bytes may be read
    unsafe {
        let from = texts.as_ptr().add(range.start);
        L::copy_32(from, to);
        let mut at = 32_usize;
        while at < len {
            L::copy_32(from.add(at), to.add(at));
            at = at.wrapping_add(32);
        }
    }
    len
}

/// A value up to this length, in bytes, asks for no room.
const SHORT: usize = 64;

/// Rows that are put together before the first of them is folded: what was written a moment ago is slow to read.
const AHEAD: usize = 16;

/// Puts the parts of a row together at the pen, as they are; nothing when a value is missing or has white space at an end,
/// or a fallback cannot be folded alone. Adds to `extra` what fallbacks bring to the fixed texts.
#[inline(always)]
unsafe fn join<'v, L: Lanes, const PLAIN: bool>(
    joined: &Joined,
    value: impl Fn(usize, usize) -> &'v str,
    room: usize,
    pen: &mut Pen,
    out: &mut String,
    extra: &mut Option<Tally>,
) -> Option<()> {
    let texts = joined.texts::<PLAIN>();
    let mut to = unsafe { pen.tip() };
    // the lowest first or last byte of a value: white space at its ends is trimmed
    let mut edge = u8::MAX;
    for (index, step) in joined.steps().iter().enumerate() {
        unsafe { to = to.add(copy_fixed::<L>(texts, step.before.range::<PLAIN>(), to)) };
        let value = value(index, step.column);
        let (Some(first), Some(last)) = (value.as_bytes().first(), value.as_bytes().last()) else {
            let fallback = step.fallback.as_ref()?;
            extra.get_or_insert_default().merge(fallback.tally::<PLAIN>()?);
            unsafe { to = to.add(copy_fixed::<L>(texts, fallback.text.range::<PLAIN>(), to)) };
            continue;
        };
        edge = edge.min(*first).min(*last);
        unsafe {
            if value.len() <= SHORT {
                L::copy_short(value.as_ptr(), value.len(), to);
            } else {
                pen.at = to.offset_from_unsigned(pen.base);
                pen.room(out, value.len().wrapping_add(room));
                to = pen.tip();
                to.copy_from_nonoverlapping(value.as_ptr(), value.len());
            }
            to = to.add(value.len());
        }
    }
    unsafe {
        to = to.add(copy_fixed::<L>(texts, joined.last().range::<PLAIN>(), to));
        pen.at = to.offset_from_unsigned(pen.base);
    }
    (edge > b' ').then_some(())
}

/// Folds the row that was put together at `base` into the place at `to`, or checks that it can stay as it is; its length, and
/// what is known of it. Nothing when it has more than its `fixed` texts brought.
#[inline(always)]
unsafe fn settle<L: Lanes, const PLAIN: bool>(
    base: *const u8,
    len: usize,
    fixed: &Tally,
    table: &Table,
    to: *mut u8,
) -> Option<(usize, Tally)> {
    let mut tally = Tally::default();
    if !PLAIN {
        return (unsafe { unclean::<L, true>(base, len) } == fixed.breaks).then_some((len, tally));
    }
    let written = unsafe { fold::<L, true>(base, len, table, to, &mut tally) }?;
    tally.longer = tally.longer.wrapping_add(fixed.longer);
    // else a value brought what values are cleaned of, or the sign of a link
    (tally.breaks == fixed.breaks && tally.pairs == fixed.pairs).then_some((written, tally))
}

#[inline(always)]
unsafe fn write_rows<'v, L: Lanes, const PLAIN: bool, const COLUMNS: usize>(
    joined: &Joined,
    rows: Range<usize>,
    cells: &mut impl RowTable<'v>,
    out: &mut String,
) {
    let table = table();
    // the fixed texts of a row, its fallbacks among them, and its short values
    let room = joined.texts::<PLAIN>().len() + joined.steps().len() * SHORT;
    // rows that are folded are put together behind the place where they will stand
    let gap = if PLAIN { SLACK } else { 0 };
    let Range { mut start, end } = rows;
    let mut ahead = AHEAD;
    // of the first columns: a column at a time, for each has a way of its own to its values
    let mut columns = [[""; AHEAD]; COLUMNS];
    while start < end {
        let rows = start..end.min(start + ahead);
        for (values, step) in columns.iter_mut().zip(joined.steps()) {
            let values = values.get_mut(..rows.len()).unwrap_or_default();
            cells.column(step.column, rows.clone(), values);
        }
        let mut pen = unsafe { Pen::new(out, room * rows.len() + SLACK) };
        let mut at = pen.at;
        let mut begin = at + gap;
        pen.at = begin;
        let mut parts = [const { MaybeUninit::<Parts>::uninit() }; AHEAD];
        for (index, (parts, row)) in parts.iter_mut().zip(rows.clone()).enumerate() {
            let value =
                |step: usize, column: usize| match columns.get(step).and_then(|values| values.get(index)) {
                    Some(value) => *value,
                    None => cells.value(row, column),
                };
            let (start, mut extra) = (pen.at, None);
            let room = room * rows.len() + SLACK;
            let joined = unsafe { join::<L, PLAIN>(joined, value, room, &mut pen, out, &mut extra) };
            if joined.is_none() {
                pen.at = start;
            }
            parts.write(Parts { end: pen.at, extra });
        }
        unsafe { pen.tip().write_bytes(0, SLACK) };
        for (parts, row) in parts.iter().zip(rows) {
            // written above for each of the rows
            let Parts { end, extra } = unsafe { parts.assume_init_ref() };
            let done = unsafe {
                let (base, to) = (pen.base.add(begin), pen.base.add(at));
                let fixed = joined.fixed::<PLAIN>();
                match extra {
                    _ if *end == begin => None,
                    None => settle::<L, PLAIN>(base, end - begin, fixed, table, to),
                    Some(extra) => settle::<L, PLAIN>(base, end - begin, &fixed.with(extra), table, to),
                }
            };
            at += done.as_ref().map_or(0, |(written, _)| *written);
            begin = *end;
            start = row + 1;
            unsafe {
                pen.at = at;
                pen.end(out);
            }
            let is_usual = done.is_some();
            let is_left = cells.written(row, done.map(|(_, tally)| tally), out);
            if !is_left || !PLAIN && !is_usual {
                // what was put together behind it is gone, or in the wrong place
                ahead = 1;
                break;
            }
            ahead = (ahead * 2).min(AHEAD);
        }
    }
}

/// A row that was put together.
struct Parts {
    /// Where it ends in the buffer; where it begins when it could not be.
    end: usize,
    /// What fallbacks bring to the fixed texts.
    extra: Option<Tally>,
}

/// The loops compiled for one level.
macro_rules! level {
    ($module:ident, $lanes:ident, $features:literal) => {
        mod $module {
            use super::*;

            #[target_feature(enable = $features)]
            pub(super) unsafe fn septets(text: &str) -> Option<(usize, usize)> {
                unsafe { septets_of::<$lanes>(text) }
            }

            #[target_feature(enable = $features)]
            pub(super) unsafe fn utf16_units(text: &str) -> (usize, bool) {
                unsafe { units_of::<$lanes>(text) }
            }

            #[target_feature(enable = $features)]
            pub(super) unsafe fn fold_into(text: &str, out: &mut String) -> Option<Tally> {
                unsafe { fold_text::<$lanes>(text, out) }
            }

            #[target_feature(enable = $features)]
            pub(super) unsafe fn rows<'v, const PLAIN: bool>(
                joined: &Joined,
                rows: Range<usize>,
                cells: &mut impl RowTable<'v>,
                out: &mut String,
            ) {
                unsafe {
                    if rows.len() == 1 {
                        write_rows::<$lanes, PLAIN, 0>(joined, rows, cells, out);
                    } else {
                        write_rows::<$lanes, PLAIN, 8>(joined, rows, cells, out);
                    }
                }
            }
        }
    };
}

level!(sse2, Sse2, "sse2");
level!(avx2, Avx2, "avx2,popcnt");
level!(avx512, Avx512, "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi2,popcnt");

/// Calls the loop of a level that the processor has.
macro_rules! at {
    ($level:expr, $name:ident $(::<$constant:ident>)? ($($argument:expr),*)) => {
        // `Level::best` says what there is, `Level::force` sets nothing else
        unsafe {
            match $level {
                Level::Avx512 => avx512::$name$(::<$constant>)?($($argument),*),
                Level::Avx2 => avx2::$name$(::<$constant>)?($($argument),*),
                Level::Sse2 | Level::Safe => sse2::$name$(::<$constant>)?($($argument),*),
            }
        }
    };
}

#[inline]
pub(super) fn is_clean(text: &str) -> bool {
    // every x86-64 processor has these registers
    unsafe { unclean::<Sse2, false>(text.as_ptr(), text.len()) == 0 }
}

pub(super) fn septets(text: &str, level: Level) -> Option<(usize, usize)> {
    at!(level, septets(text))
}

pub(super) fn utf16_units(text: &str, level: Level) -> (usize, bool) {
    at!(level, utf16_units(text))
}

pub(super) fn fold_into(text: &str, out: &mut String, level: Level) -> Option<Tally> {
    at!(level, fold_into(text, out))
}

pub(super) fn rows<'v, const PLAIN: bool>(
    level: Level,
    joined: &Joined,
    rows: Range<usize>,
    cells: &mut impl RowTable<'v>,
    out: &mut String,
) {
    at!(level, rows::<PLAIN>(joined, rows, cells, out));
}
