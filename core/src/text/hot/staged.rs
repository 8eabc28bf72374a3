//! Rows of a [`Joined`] over vector registers: some are put together, then each is folded or checked.
//!
//! What the unsafe code relies on is said in `vector.rs`. Here, besides: between the two steps nobody else has the buffer,
//! and after a row that was not taken as it is, what was put together behind it is put together anew.

use super::Measure;
use super::joined::{Joined, RowTable, SLACK};
use super::plain::{Table, table};
use super::vector::{Lanes, fold, unclean};
use std::mem::MaybeUninit;
use std::ops::Range;

/// A buffer that is written beyond its length; what is meant is set at the end.
pub(super) struct Pen {
    base: *mut u8,
    pub(super) at: usize,
    capacity: usize,
}

impl Pen {
    /// At the end of the string, with room for `len` bytes and the slack.
    #[inline(always)]
    pub(super) unsafe fn new(out: &mut String, len: usize) -> Self {
        out.reserve(len.wrapping_add(SLACK));
        let out = unsafe { out.as_mut_vec() };
        Self { base: out.as_mut_ptr(), at: out.len(), capacity: out.capacity() }
    }

    /// Makes room for `len` more bytes and the slack.
    #[inline(always)]
    pub(super) unsafe fn room(&mut self, out: &mut String, len: usize) {
        if self.capacity.wrapping_sub(self.at) < len.wrapping_add(SLACK) {
            unsafe { self.grow(out, len) };
        }
    }

    /// What was written up to here is initialised, and UTF-8: the string may hold it for a while.
    #[cold]
    unsafe fn grow(&mut self, out: &mut String, len: usize) {
        unsafe {
            self.end(out);
            *self = Self::new(out, len);
        }
    }

    #[inline(always)]
    pub(super) unsafe fn tip(&self) -> *mut u8 {
        unsafe { self.base.add(self.at) }
    }

    /// `at` bytes are the string's, and UTF-8.
    #[inline(always)]
    pub(super) unsafe fn end(&self, out: &mut String) {
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

/// A value up to this length, in bytes, asks for no room.
const SHORT: usize = 64;

/// Rows that are put together before the first of them is folded: what was written a moment ago is slow to read.
const AHEAD: usize = 16;

/// Puts the parts of a row together at the pen, as they are; nothing when a value is missing or has white space at an end,
/// or a fallback cannot be folded alone. What fallbacks bring to the fixed texts.
#[inline(always)]
unsafe fn join<'v, L: Lanes, const PLAIN: bool>(
    joined: &Joined,
    value: impl Fn(usize, usize) -> &'v str,
    room: usize,
    pen: &mut Pen,
    out: &mut String,
) -> Option<Option<Measure>> {
    let mut brought: Option<Measure> = None;
    let texts = joined.texts::<PLAIN>();
    let mut to = unsafe { pen.tip() };
    // the lowest first or last byte of a value: white space at its ends is trimmed
    let mut edge = u8::MAX;
    for (index, step) in joined.steps().iter().enumerate() {
        unsafe { to = to.add(copy_fixed::<L>(texts, step.before.range::<PLAIN>(), to)) };
        let value = value(index, step.column);
        let (Some(first), Some(last)) = (value.as_bytes().first(), value.as_bytes().last()) else {
            let fallback = step.fallback.as_ref()?;
            brought.get_or_insert_default().merge(fallback.measure::<PLAIN>()?);
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
    (edge > b' ').then_some(brought)
}

/// A row that was put together.
struct Staged {
    /// Where it ends in the buffer.
    end: usize,
    /// What fallbacks bring to the fixed texts; nothing when the row could not be put together, and takes no place.
    brought: Option<Option<Measure>>,
}

/// Folds the row that was put together at `base` into the place at `to`, or checks that it can stay as it is; its length, and
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
        return (unsafe { unclean::<L, true>(base, len) } == fixed.breaks).then_some((len, measure));
    }
    let written = unsafe { fold::<L, true>(base, len, table, to, &mut measure) }?;
    measure.longer = measure.longer.wrapping_add(fixed.longer);
    // else a value brought what values are cleaned of, or the sign of a link
    (measure.breaks == fixed.breaks && measure.link_signs == fixed.link_signs).then_some((written, measure))
}

/// The loop of [`Joined::rows`]; the values of the first `COLUMNS` are asked for a column at a time.
#[inline(always)]
pub(super) unsafe fn write_rows<'v, L: Lanes, const PLAIN: bool, const COLUMNS: usize>(
    joined: &Joined,
    rows: Range<usize>,
    cells: &mut impl RowTable<'v>,
    out: &mut String,
) {
    let (table, fixed) = (table(), joined.fixed::<PLAIN>());
    // the fixed texts, fallbacks among them, and short values
    let room_of_row = joined.texts::<PLAIN>().len() + joined.steps().len() * SHORT;
    // rows that are folded are put together behind the place where they will stand
    let gap = if PLAIN { SLACK } else { 0 };
    let mut columns = [[""; AHEAD]; COLUMNS];
    let mut next = rows.start;
    let mut ahead = AHEAD;
    while next < rows.end {
        let chunk = next..rows.end.min(next.saturating_add(ahead));
        for (values, step) in columns.iter_mut().zip(joined.steps()) {
            let values = values.get_mut(..chunk.len()).unwrap_or_default();
            cells.column(step.column, chunk.clone(), values);
        }
        let room = gap + room_of_row * chunk.len() + SLACK;
        let mut pen = unsafe { Pen::new(out, room) };
        let mut at = pen.at;
        unsafe { pen.tip().write_bytes(0, gap) };
        pen.at += gap;
        let mut begin = pen.at;
        let mut staged = [const { MaybeUninit::<Staged>::uninit() }; AHEAD];
        for (index, (place, row)) in staged.iter_mut().zip(chunk.clone()).enumerate() {
            let value = |step: usize, column: usize| {
                let known = columns.get(step).and_then(|values| values.get(index));
                known.map_or_else(|| cells.value(row, column), |value| *value)
            };
            let before = pen.at;
            let brought = unsafe { join::<L, PLAIN>(joined, value, room, &mut pen, out) };
            if brought.is_none() {
                pen.at = before;
            }
            place.write(Staged { end: pen.at, brought });
        }
        unsafe { pen.tip().write_bytes(0, SLACK) };
        for (place, row) in staged.iter().zip(chunk) {
            // written above for each row of the chunk
            let Staged { end, brought } = unsafe { place.assume_init_ref() };
            pen.at = at;
            let len = end - begin;
            let taken = unsafe {
                let base = pen.tip().add(begin - at);
                match brought {
                    None => None,
                    Some(None) => take::<L, PLAIN>(base, len, fixed, table, pen.tip()),
                    Some(Some(more)) => take::<L, PLAIN>(base, len, &fixed.with(more), table, pen.tip()),
                }
            };
            begin = *end;
            next = row + 1;
            let is_taken = taken.is_some_and(|(written, measure)| unsafe {
                pen.at += written;
                pen.end(out);
                cells.written(row, &measure, out)
            });
            if is_taken {
                at = pen.at;
                ahead = (ahead * 2).min(AHEAD);
                continue;
            }
            pen.at = at;
            unsafe { pen.end(out) };
            cells.plainly(row, out);
            // what was put together behind it is gone
            ahead = 1;
            break;
        }
    }
}
