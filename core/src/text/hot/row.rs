//! Rows of a [`Joined`] over vector registers: fixed texts and values are put together in their place, and values looked at, or folded,
//! in the registers that carry them, so that no text is read that was written a moment ago, which would be waited for. Only what
//! registers cannot fold goes over a stage.
//!
//! What the unsafe code relies on is said in `vector.rs`. Besides: a row is put together only where there is room for its fixed texts, its
//! fallbacks and [`SHORT`] bytes for each value; a longer value is written only on the stage, and where it leaves that room.

use super::joined::{Joined, Place, SHORT, is_link_sign};
use super::plain::{Table, table};
use super::sse2::Sse2;
use super::vector::{Lanes, LinkSigns, ends, fold, unclean};
use super::{Measure, SLACK};
use std::mem::MaybeUninit;

/// Bytes, and septets of a row of which nothing else is to be known: two registers. Else there is a measure.
pub(super) type WrittenAndSeptets = (usize, usize);

/// Written of a row, or another text, that cannot be.
pub(super) const NOT_WRITTEN: usize = usize::MAX;

/// Septets of a row that has a measure.
pub(super) const MEASURED: usize = usize::MAX;

/// How a row is put together.
mod way {
    /// As it is written; values are looked at.
    pub(super) const WRITTEN: u8 = 0;
    /// Folded, of values in usual ASCII.
    pub(super) const USUAL: u8 = 1;
    /// Folded, of values in usual ASCII and letters that registers fold.
    pub(super) const LETTERS: u8 = 2;
    /// Fixed texts folded, values as they are: both are to be looked at.
    pub(super) const STAGED: u8 = 3;
}

/// Copies a fixed text to `to`; its length. 32 bytes more may be written.
#[inline(always)]
unsafe fn copy_fixed<L: Lanes>(texts: &str, Place { start, len }: Place, to: *mut u8) -> usize {
    // the places of a `Joined` lie in its texts, after which `SLACK` bytes may be read
    unsafe {
        let from = texts.as_ptr().add(start);
        L::copy_32(from, to);
        let mut at = 32_usize;
        while at < len {
            L::copy_32(from.add(at), to.add(at));
            at = at.wrapping_add(32);
        }
    }
    len
}

/// Writes a row at `begin`; how many bytes it took. Longer values than [`SHORT`] take from the `free` bytes there; without `LONG` there are
/// none, and nothing is called: what is in registers stays there. To `fixed` is added what fallbacks bring to a stage.
#[inline(always)]
unsafe fn join<L: Lanes, const PLAIN: bool, const WAY: u8, const LONG: bool>(
    joined: &Joined,
    table: Option<&Table>,
    values: &[&str],
    begin: *mut u8,
    mut free: usize,
    fixed: &mut Measure,
) -> usize {
    let texts = joined.texts::<PLAIN>();
    let (mut to, mut faulty) = (begin, 0_u64);
    unsafe {
        let mut seen = L::unseen();
        for step in joined.steps() {
            to = to.add(copy_fixed::<L>(texts, step.before.place::<PLAIN>(), to));
            // there is one for every column
            let value = *values.get_unchecked(step.column);
            let (from, len) = (value.as_ptr(), value.len());
            if len == 0 {
                let Some(fallback) = &step.fallback else { return NOT_WRITTEN };
                if WAY == way::STAGED {
                    let Some(measure) = fallback.measure::<PLAIN>() else { return NOT_WRITTEN };
                    fixed.merge(measure);
                } else if WAY != way::WRITTEN && (step.is_beside_link_sign || !fallback.is_usual) {
                    return NOT_WRITTEN;
                }
                to = to.add(copy_fixed::<L>(texts, fallback.text.place::<PLAIN>(), to));
                continue;
            }
            if len > SHORT {
                if !LONG || len > free {
                    return NOT_WRITTEN;
                }
                free = free.wrapping_sub(len);
                to.copy_from_nonoverlapping(from, len);
                faulty |= ends(from, len);
                if WAY == way::WRITTEN {
                    faulty |= unclean::<Sse2>(from, len) as u64;
                }
                to = to.add(len);
                continue;
            }
            to = to.add(match WAY {
                way::STAGED => {
                    L::copy_value(from, len, to, &mut L::unseen());
                    faulty |= ends(from, len);
                    len
                }
                way::WRITTEN => {
                    L::copy_value(from, len, to, &mut seen);
                    len
                }
                _ if step.is_beside_link_sign && touches_link(from, len) => return NOT_WRITTEN,
                way::LETTERS => L::fold_value::<true>(from, len, to, table, &mut seen),
                _ => L::fold_value::<false>(from, len, to, table, &mut seen),
            });
        }
        if faulty != 0 || WAY != way::STAGED && L::is_faulty::<PLAIN>(seen) {
            return NOT_WRITTEN;
        }
        if WAY == way::LETTERS {
            joined.guess.note(L::has_letters(seen));
        }
        to = to.add(copy_fixed::<L>(texts, joined.last().place::<PLAIN>(), to));
        to.offset_from_unsigned(begin)
    }
}

/// Whether a value, which is not empty, begins or ends as a link does.
#[inline(always)]
unsafe fn touches_link(from: *const u8, len: usize) -> bool {
    unsafe { is_link_sign(*from) || is_link_sign(*from.add(len.wrapping_sub(1))) }
}

/// Bytes of the stage.
const STAGE: usize = 8192;

/// Puts a row together on a stage and brings it from there to `to`, where there is `room`: folded when `PLAIN`, one character at a time where
/// it takes that.
#[inline(always)]
pub(super) unsafe fn write_staged<L: Lanes, const PLAIN: bool>(
    joined: &Joined,
    values: &[&str],
    to: *mut u8,
    room: usize,
    measure: &mut Measure,
) -> usize {
    let mut stage = [const { MaybeUninit::<u8>::uninit() }; STAGE];
    let stage = stage.as_mut_ptr().cast::<u8>();
    let Some(free) = STAGE.checked_sub(joined.most().wrapping_add(SLACK)) else { return NOT_WRITTEN };
    let mut fixed = *joined.fixed::<PLAIN>();
    unsafe {
        let len = if PLAIN {
            join::<L, true, { way::STAGED }, true>(joined, None, values, stage, free, &mut fixed)
        } else {
            join::<L, false, { way::WRITTEN }, true>(joined, None, values, stage, free, &mut fixed)
        };
        // nothing becomes longer
        if len == NOT_WRITTEN || len > room.saturating_sub(SLACK) {
            return NOT_WRITTEN;
        }
        if !PLAIN {
            to.copy_from_nonoverlapping(stage, len);
            return len;
        }
        stage.add(len).write_bytes(0, SLACK);
        let folded = fold::<L, true>(stage, len, table(), to, measure, LinkSigns::default());
        measure.longer = measure.longer.wrapping_add(fixed.longer);
        // else a value brought what values are cleaned of, or the sign of a link
        let is_expected = measure.breaks == fixed.breaks && measure.link_signs == fixed.link_signs;
        let Some(written) = folded.filter(|_| is_expected) else { return NOT_WRITTEN };
        joined.guess.note(written != len);
        written
    }
}

/// A level's [`write_staged`]: apart, so that nothing of it stands in the way of other rows.
pub(super) type Staged = unsafe fn(&Joined, &[&str], *mut u8, usize, &mut Measure) -> usize;

/// The work of [`Joined::row`].
#[inline(always)]
pub(super) unsafe fn write_row<L: Lanes, const PLAIN: bool>(
    joined: &Joined,
    values: &[&str],
    out: &mut [MaybeUninit<u8>],
    staged: Staged,
    measure: &mut Measure,
) -> WrittenAndSeptets {
    if values.len() < joined.columns() {
        return (NOT_WRITTEN, MEASURED);
    }
    let (to, room, none) = (out.as_mut_ptr().cast(), out.len(), &mut Measure::default());
    unsafe {
        if room >= joined.most().wrapping_add(SLACK) {
            if !PLAIN {
                let written = join::<L, false, { way::WRITTEN }, false>(joined, None, values, to, 0, none);
                if written != NOT_WRITTEN {
                    return (written, 0);
                }
            } else if let Some(beyond) = joined.septets_beyond() {
                // what no stage takes has no other way
                let only_here = !L::FOLDS_LETTERS && joined.most().wrapping_add(SLACK) > STAGE;
                if only_here || !joined.guess.has_letters() {
                    let written = join::<L, true, { way::USUAL }, false>(joined, None, values, to, 0, none);
                    if written != NOT_WRITTEN {
                        return (written, written.wrapping_add_signed(beyond));
                    }
                    joined.guess.note(true);
                }
                if L::FOLDS_LETTERS {
                    let table = Some(table());
                    let written =
                        join::<L, true, { way::LETTERS }, false>(joined, table, values, to, 0, none);
                    if written != NOT_WRITTEN {
                        return (written, written.wrapping_add_signed(beyond));
                    }
                }
            }
        }
        (staged(joined, values, to, room, measure), MEASURED)
    }
}
