//! Rows of a [`Joined`] over vector registers: some are put together in a stage, then each is folded or checked into its place. A
//! row that goes as it is written is put together in its place.
//!
//! What the unsafe code relies on is said in `vector.rs`. Besides: a row begins only where there is room for it, by the lengths of
//! the fixed texts and of its values.

use super::joined::{Joined, RowTable, SHORT};
use super::plain::{Table, table};
use super::vector::{Lanes, LinkSigns, copy_and_look, ends, fold, unclean};
use super::{Measure, SLACK};
use std::mem::MaybeUninit;
use std::ops::Range;

/// A buffer that is written beyond its length; what is meant is set at the end.
struct Pen {
    base: *mut u8,
    at: usize,
    capacity: usize,
}

impl Pen {
    /// At the end of the string, with room for `len` bytes and the slack.
    #[inline(always)]
    unsafe fn new(out: &mut String, len: usize) -> Self {
        out.reserve(len.wrapping_add(SLACK));
        let out = unsafe { out.as_mut_vec() };
        Self { base: out.as_mut_ptr(), at: out.len(), capacity: out.capacity() }
    }

    /// Makes room for `len` more bytes and the slack. What was written up to here is initialised, and UTF-8: the string may hold it.
    #[inline(always)]
    unsafe fn room(&mut self, out: &mut String, len: usize) {
        if self.capacity.wrapping_sub(self.at) < len.wrapping_add(SLACK) {
            unsafe {
                self.end(out);
                *self = Self::new(out, len);
            }
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

/// Rows that are put together before the first of them is folded: what was written a moment ago is slow to read.
const AHEAD: usize = 16;

/// Bytes of the stage: it stays in the nearest cache, and what is written to the place of a message is written once.
const STAGE: usize = 8192;

/// A row that was put together, or could not be.
struct Staged {
    /// Where it ends in the stage.
    end: usize,
    /// Whether it is there; else it takes no place.
    is_whole: bool,
    /// What its fixed texts bring, fallbacks among them.
    fixed: Measure,
}

/// Why a row is not on the stage.
enum NotStaged {
    /// The stage has no room for a long value of it.
    Full,
    /// A value is missing or has white space at an end, or a fallback cannot be folded alone.
    NotJoined,
}

/// Puts the parts of a row together at `begin`, as they are, and adds what fallbacks bring to `fixed`; the length. `free` bytes are left there
/// when the fixed texts and short values are put there. With `LOOK`, nothing of a value needs cleaning.
#[inline(always)]
unsafe fn join<'v, L: Lanes, const PLAIN: bool, const LOOK: bool>(
    joined: &Joined,
    value: impl Fn(usize, usize) -> &'v str,
    begin: *mut u8,
    mut free: usize,
    fixed: &mut Measure,
) -> Result<usize, NotStaged> {
    let texts = joined.texts::<PLAIN>();
    let mut to = begin;
    let mut faulty = 0_u64;
    let mut index = 0_usize;
    for step in joined.steps() {
        unsafe { to = to.add(copy_fixed::<L>(texts, step.before.range::<PLAIN>(), to)) };
        let value = value(index, step.column);
        index = index.wrapping_add(1);
        if value.is_empty() {
            let fallback = step.fallback.as_ref().ok_or(NotStaged::NotJoined)?;
            fixed.merge(fallback.measure::<PLAIN>().ok_or(NotStaged::NotJoined)?);
            unsafe { to = to.add(copy_fixed::<L>(texts, fallback.text.range::<PLAIN>(), to)) };
            continue;
        }
        let (from, len) = (value.as_ptr(), value.len());
        unsafe {
            if len > SHORT {
                free = free.checked_sub(len).ok_or(NotStaged::Full)?;
                to.copy_from_nonoverlapping(from, len);
                faulty |= ends(from, len) | if LOOK { unclean::<L>(from, len) as u64 } else { 0 };
            } else if LOOK {
                faulty |= L::copy_value(from, len, to);
            } else {
                L::copy_short(from, len, to);
                faulty |= ends(from, len);
            }
            to = to.add(len);
        }
    }
    if faulty != 0 {
        return Err(NotStaged::NotJoined);
    }
    unsafe {
        to = to.add(copy_fixed::<L>(texts, joined.last().range::<PLAIN>(), to));
        Ok(to.offset_from_unsigned(begin))
    }
}

/// Folds the row that was put together at `base` into its place at `to`, or copies it there when it can stay as it is; its length, and
/// what is known of it. Nothing when it has more than its `fixed` texts brought.
#[inline(always)]
unsafe fn take<L: Lanes, const PLAIN: bool>(
    base: *const u8,
    len: usize,
    fixed: &Measure,
    table: &Table,
    to: *mut u8,
) -> Option<(usize, Measure)> {
    let mut measure = Measure::default();
    if !PLAIN {
        let unclean = unsafe { copy_and_look::<L>(base, len, to) };
        return (unclean == fixed.breaks).then_some((len, measure));
    }
    let written = unsafe { fold::<L, true>(base, len, table, to, &mut measure, LinkSigns::default()) }?;
    measure.longer = measure.longer.wrapping_add(fixed.longer);
    // else a value brought what values are cleaned of, or the sign of a link
    (measure.breaks == fixed.breaks && measure.link_signs == fixed.link_signs).then_some((written, measure))
}

/// The work of [`Joined::row`]: what was written.
#[inline(always)]
pub(super) unsafe fn write_row<L: Lanes, const PLAIN: bool>(
    joined: &Joined,
    values: &[&str],
    out: &mut [MaybeUninit<u8>],
    measure: &mut Measure,
) -> Option<usize> {
    let free = STAGE.checked_sub(joined.most().wrapping_add(SLACK))?;
    let mut stage = [const { MaybeUninit::<u8>::uninit() }; STAGE];
    let stage = stage.as_mut_ptr().cast::<u8>();
    let mut fixed = *joined.fixed::<PLAIN>();
    let value = |_: usize, column: usize| values.get(column).copied().unwrap_or_default();
    unsafe {
        let len = join::<L, PLAIN, false>(joined, value, stage, free, &mut fixed).ok()?;
        if out.len() < len.wrapping_add(SLACK) {
            return None;
        }
        stage.add(len).write_bytes(0, SLACK);
        let (written, seen) = take::<L, PLAIN>(stage, len, &fixed, table(), out.as_mut_ptr().cast())?;
        *measure = seen;
        Some(written)
    }
}

/// The work of [`Joined::row_as_written`]: what was written.
#[inline(always)]
pub(super) unsafe fn write_row_as_written<L: Lanes>(
    joined: &Joined,
    values: &[&str],
    out: &mut [MaybeUninit<u8>],
) -> Option<usize> {
    let free = out.len().checked_sub(joined.most().wrapping_add(SLACK))?;
    let value = |_: usize, column: usize| values.get(column).copied().unwrap_or_default();
    let to = out.as_mut_ptr().cast();
    unsafe { join::<L, false, true>(joined, value, to, free, &mut Measure::default()).ok() }
}

/// Columns of which several values are asked for at once.
const COLUMNS: usize = 8;

/// The loop of [`Joined::rows`]; the values of the first [`COLUMNS`] are asked for a column at a time.
#[inline(always)]
pub(super) unsafe fn write_rows<'v, L: Lanes, const PLAIN: bool>(
    joined: &Joined,
    rows: Range<usize>,
    cells: &mut impl RowTable<'v>,
    out: &mut String,
) {
    let (table, fixed) = (table(), joined.fixed::<PLAIN>());
    let room = joined.most().wrapping_add(SLACK);
    if room > STAGE {
        return rows.for_each(|row| cells.plainly(row, out));
    }
    let mut stage = [const { MaybeUninit::<u8>::uninit() }; STAGE];
    let stage = stage.as_mut_ptr().cast::<u8>();
    let mut columns = [[""; AHEAD]; COLUMNS];
    let mut next = rows.start;
    while next < rows.end {
        let chunk = next..rows.end.min(next.saturating_add(AHEAD));
        for (values, step) in columns.iter_mut().zip(joined.steps()) {
            let values = values.get_mut(..chunk.len()).unwrap_or_default();
            cells.column(step.column, chunk.clone(), values);
        }
        let mut staged = [const { MaybeUninit::<Staged>::uninit() }; AHEAD];
        let (mut at, mut count) = (0_usize, 0_usize);
        for (place, row) in staged.iter_mut().zip(chunk.clone()) {
            let value = |step: usize, column: usize| {
                let known = columns.get(step).and_then(|values| values.get(count));
                known.map_or_else(|| cells.value(row, column), |value| *value)
            };
            let Some(free) = STAGE.wrapping_sub(at).checked_sub(room) else { break };
            let place = place.write(Staged { end: at, is_whole: false, fixed: *fixed });
            match unsafe { join::<L, PLAIN, false>(joined, value, stage.add(at), free, &mut place.fixed) } {
                Ok(len) => {
                    at = at.wrapping_add(len);
                    place.end = at;
                    place.is_whole = true;
                }
                // it is the first one of the next stage
                Err(NotStaged::Full) if count > 0 => break,
                Err(_) => {}
            }
            count = count.wrapping_add(1);
        }
        unsafe { stage.add(at).write_bytes(0, SLACK) };
        let mut pen = unsafe { Pen::new(out, at) };
        let mut begin = 0_usize;
        for (place, row) in staged.iter().take(count).zip(chunk) {
            // written above for each of these
            let Staged { end, is_whole, fixed } = unsafe { place.assume_init_ref() };
            let len = end.wrapping_sub(begin);
            let before = pen.at;
            let is_taken = *is_whole
                && unsafe {
                    pen.room(out, len);
                    let taken = take::<L, PLAIN>(stage.add(begin), len, fixed, table, pen.tip());
                    taken.is_some_and(|(written, measure)| {
                        pen.at = pen.at.wrapping_add(written);
                        pen.end(out);
                        cells.written(&measure, out)
                    })
                };
            begin = *end;
            if !is_taken {
                pen.at = before;
                unsafe { pen.end(out) };
                cells.plainly(row, out);
                pen = unsafe { Pen::new(out, at.wrapping_sub(begin)) };
            }
        }
        next = next.wrapping_add(count);
    }
}
