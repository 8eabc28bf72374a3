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

use super::joined::{Joined, SLACK, Step, Unusual};
use super::plain::{Table, table};
use super::x86::{Avx2, Avx512, Sse2};
use super::{Level, Tally};
use crate::text::gsm7;
use std::ops::Range;

/// Registers of one width. Bits of masks count from the first byte; of a part, the bits past its end mean nothing.
pub(super) trait Lanes {
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
    /// Writes the longest beginning that is usual or letters with a mark, folded; bytes read and written. Nothing, where the
    /// registers cannot.
    #[inline(always)]
    unsafe fn squeeze(_: Self::Block, _: usize, _: &Table, _: *mut u8) -> Option<(usize, usize)> {
        None
    }
}

/// The lowest `count` bits.
#[inline(always)]
fn low(count: usize) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// Reads up to a register.
#[inline(always)]
unsafe fn read<L: Lanes>(at: *const u8, len: usize) -> (L::Block, usize) {
    // the caller has `len` bytes there
    unsafe { if len >= L::WIDTH { (L::load(at), L::WIDTH) } else { (L::load_part(at, len), len) } }
}

/// A buffer that is written beyond its length; what is meant is set at the end.
struct Pen<'a> {
    out: &'a mut Vec<u8>,
    at: usize,
}

impl<'a> Pen<'a> {
    /// The caller leaves nothing but UTF-8 in the string.
    #[inline(always)]
    unsafe fn new(out: &'a mut String) -> Self {
        let out = unsafe { out.as_mut_vec() };
        let at = out.len();
        Self { out, at }
    }

    /// Makes room for `len` more bytes and the slack.
    #[inline(always)]
    unsafe fn room(&mut self, len: usize) {
        if self.out.capacity().wrapping_sub(self.at) < len.wrapping_add(SLACK) {
            // `at` bytes are written
            unsafe { self.out.set_len(self.at) };
            self.out.reserve(len + SLACK);
        }
    }

    #[inline(always)]
    unsafe fn tip(&mut self) -> *mut u8 {
        unsafe { self.out.as_mut_ptr().add(self.at) }
    }

    /// `at` bytes are the buffer's.
    #[inline(always)]
    unsafe fn end(self) {
        unsafe { self.out.set_len(self.at) };
    }
}

#[inline(always)]
unsafe fn septets_of<L: Lanes>(text: &str) -> Option<(usize, usize)> {
    let (base, len) = (text.as_ptr(), text.len());
    let (mut at, mut inner, mut extensions) = (0_usize, 0_usize, 0_usize);
    while at < len {
        let unusual = unsafe {
            let (block, taken) = read::<L>(base.add(at), len - at);
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
            let (block, taken) = read::<L>(base.add(at), len - at);
            characters += (L::starts(block) & low(taken)).count_ones() as usize;
            pairs += (L::pairs(block) & low(taken)).count_ones() as usize;
            at += taken;
        }
    }
    (characters + pairs, pairs > 0)
}

/// Writes the text folded at `to`, where there is room for `len` bytes and the slack; says how many bytes it wrote. `None`
/// at what is not known by itself, and of a `VALUE` at what has to be cleaned.
#[inline(always)]
unsafe fn fold<L: Lanes, const VALUE: bool>(
    text: &str,
    table: &Table,
    to: *mut u8,
    tally: &mut Tally,
) -> Option<usize> {
    let (base, len) = (text.as_ptr(), text.len());
    let (mut at, mut written) = (0_usize, 0_usize);
    // whether the byte before may belong to a link, as bit 0
    let mut before = 0_u64;
    while at < len {
        let (taken, put, stopped) = unsafe {
            let (block, taken) = read::<L>(base.add(at), len.wrapping_sub(at));
            let unusual = L::unusual(block) & low(taken);
            let link = L::link(block) & low(taken);
            tally.link |= link & (link << 1 | before) != 0;
            if unusual == 0 {
                L::store(block, to.add(written));
                before = link >> taken.wrapping_sub(1) & 1;
                (taken, taken, false)
            } else {
                let (taken, put) = match L::squeeze(block, taken, table, to.add(written)) {
                    Some(squeezed) => squeezed,
                    None => {
                        let usual = unusual.trailing_zeros() as usize;
                        L::store(block, to.add(written));
                        (usual, usual)
                    }
                };
                before = if taken == 0 { before } else { link >> taken.wrapping_sub(1) & 1 };
                (taken, put, true)
            }
        };
        at = at.wrapping_add(taken);
        written = written.wrapping_add(put);
        tally.septets = tally.septets.wrapping_add(put);
        if stopped && at < len {
            let rest = unsafe { std::slice::from_raw_parts(base.add(at), len.wrapping_sub(at)) };
            let (plain, length) = table.first(rest)?;
            if VALUE && !plain.shows() {
                return None;
            }
            unsafe { to.add(written).cast::<[u8; 4]>().write_unaligned(plain.bytes()) };
            before = u64::from(matches!(rest.first(), Some(b'w' | b'W' | b'/')));
            tally.add(plain.septets());
            at = at.wrapping_add(length);
            written = written.wrapping_add(plain.len());
        }
    }
    Some(written)
}

#[inline(always)]
unsafe fn fold_text<L: Lanes>(text: &str, out: &mut String) -> Option<Tally> {
    let mut tally = Tally::default();
    unsafe {
        let mut pen = Pen::new(out);
        pen.room(text.len());
        let written = fold::<L, false>(text, table(), pen.tip(), &mut tally)?;
        pen.at += written;
        pen.end();
    }
    Some(tally)
}

/// Writes a value as it is; `false` when it has to be cleaned.
#[inline(always)]
unsafe fn copy_clean<L: Lanes>(text: &str, to: *mut u8) -> bool {
    let (base, len) = (text.as_ptr(), text.len());
    let (mut at, mut unclean) = (0_usize, 0_u64);
    while at < len {
        unsafe {
            let (block, taken) = read::<L>(base.add(at), len.wrapping_sub(at));
            unclean |= L::unclean(block) & low(taken);
            L::store(block, to.add(at));
            at = at.wrapping_add(taken);
        }
    }
    unclean == 0
}

/// Whether the value begins or ends with what is trimmed or may belong to a link. It is not empty.
#[inline(always)]
fn is_open(value: &str) -> bool {
    let touches = |byte: Option<&u8>| byte.is_none_or(|byte| *byte <= b' ' || *byte == b'/');
    touches(value.as_bytes().first()) || touches(value.as_bytes().last())
}

/// Writes a fixed text or a fallback: `SLACK` bytes after it may be read.
#[inline(always)]
unsafe fn copy_fixed<L: Lanes>(text: &str, pen: &mut Pen<'_>) {
    let (base, len) = (text.as_ptr(), text.len());
    let mut at = 0_usize;
    while at < len {
        unsafe { L::store(L::load(base.add(at)), pen.tip().add(at)) };
        at = at.wrapping_add(L::WIDTH);
    }
    pen.at = pen.at.wrapping_add(len);
}

#[inline(always)]
unsafe fn write_row<'v, L: Lanes, const PLAIN: bool>(
    joined: &Joined,
    table: &Table,
    value: impl Fn(usize) -> &'v str,
    pen: &mut Pen<'_>,
) -> Result<Tally, Unusual> {
    let mut tally = if PLAIN { joined.fixed() } else { Tally::default() };
    unsafe { pen.room(joined.len::<PLAIN>()) };
    for Step { before, column, fallback } in joined.steps() {
        unsafe { copy_fixed::<L>(joined.text::<PLAIN>(before), pen) };
        let Some(column) = *column else { break };
        let value = value(column);
        if value.is_empty() {
            let fallback = fallback.as_ref().ok_or(Unusual::Missing(column))?;
            if PLAIN {
                tally.merge(fallback.tally.ok_or(Unusual::Other)?);
            }
            unsafe { copy_fixed::<L>(joined.text::<PLAIN>(&fallback.text), pen) };
            continue;
        }
        unsafe { pen.room(value.len().wrapping_add(joined.len::<PLAIN>())) };
        let written = if is_open(value) {
            None
        } else if PLAIN {
            unsafe { fold::<L, true>(value, table, pen.tip(), &mut tally) }
        } else {
            unsafe { copy_clean::<L>(value, pen.tip()) }.then_some(value.len())
        };
        pen.at = pen.at.wrapping_add(written.ok_or(Unusual::Other)?);
    }
    if tally.link { Err(Unusual::Other) } else { Ok(tally) }
}

#[inline(always)]
unsafe fn write_rows<'v, L: Lanes, const PLAIN: bool>(
    joined: &Joined,
    rows: Range<usize>,
    value: impl Fn(usize, usize) -> &'v str,
    out: &mut String,
    mut on_row: impl FnMut(usize, Result<Tally, Unusual>, &mut String),
) {
    let table = table();
    for row in rows {
        let done = unsafe {
            let mut pen = Pen::new(out);
            let start = pen.at;
            let done = write_row::<L, PLAIN>(joined, table, |column| value(row, column), &mut pen);
            if done.is_err() {
                pen.at = start;
            }
            pen.end();
            done
        };
        on_row(row, done, out);
    }
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
                value: impl Fn(usize, usize) -> &'v str,
                out: &mut String,
                on_row: impl FnMut(usize, Result<Tally, Unusual>, &mut String),
            ) {
                unsafe { write_rows::<$lanes, PLAIN>(joined, rows, value, out, on_row) }
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
    value: impl Fn(usize, usize) -> &'v str,
    out: &mut String,
    on_row: impl FnMut(usize, Result<Tally, Unusual>, &mut String),
) {
    at!(level, rows::<PLAIN>(joined, rows, value, out, on_row));
}
