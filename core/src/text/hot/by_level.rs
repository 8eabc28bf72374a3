//! The loops of `vector.rs` and `row.rs` compiled for each level of the processor, and the way in: what is asked is answered by the level in use.
//!
//! What goes through memory and is read at once is waited for. So a loop over usual ASCII answers in registers and has no frame of its own;
//! it ends by a jump to what knows the rest. What the unsafe code relies on is said in `vector.rs`.

use super::avx2::Avx2;
use super::avx512::Avx512;
use super::joined::Joined;
use super::row::{MEASURED, NOT_WRITTEN, WrittenAndSeptets, write_row, write_staged};
use super::sse2::Sse2;
use super::vector::{Lanes, fold_from, septets_from, unclean, units_of, usual};
use super::{Level, Measure, SLACK};
use std::mem::MaybeUninit;

/// Septets, and how many characters take two. Two registers, where an `Option` of both goes through memory.
struct Lengths {
    septets: usize,
    extensions: usize,
}

/// Extensions of a text that is not GSM-7.
const NOT_GSM7: usize = usize::MAX;

impl From<Option<(usize, usize)>> for Lengths {
    #[inline(always)]
    fn from(lengths: Option<(usize, usize)>) -> Self {
        let (septets, extensions) = lengths.unwrap_or((0, NOT_GSM7));
        Self { septets, extensions }
    }
}

impl From<Lengths> for Option<(usize, usize)> {
    #[inline(always)]
    fn from(Lengths { septets, extensions }: Lengths) -> Self {
        (extensions != NOT_GSM7).then_some((septets, extensions))
    }
}

/// How much was read of a text in usual ASCII, and written in all.
type UsualAndWritten = (usize, usize);

/// So many bytes of the beginning.
#[inline(always)]
unsafe fn written(out: &mut [MaybeUninit<u8>], len: usize) -> &str {
    unsafe { std::str::from_utf8_unchecked(std::slice::from_raw_parts(out.as_ptr().cast(), len)) }
}

/// Appends what is written at the beginning of the string's room.
#[inline(always)]
pub(super) fn append<T>(
    out: &mut String,
    len: usize,
    write: impl for<'o> FnOnce(&'o mut [MaybeUninit<u8>]) -> Option<(&'o str, T)>,
) -> Option<T> {
    out.reserve(len.saturating_add(SLACK));
    // what is set is initialised, and UTF-8
    let bytes = unsafe { out.as_mut_vec() };
    let room = bytes.spare_capacity_mut();
    let begin = room.as_ptr().cast();
    let (text, done) = write(room)?;
    if text.as_ptr() != begin {
        return None;
    }
    let end = text.len().wrapping_add(bytes.len());
    unsafe { bytes.set_len(end) };
    Some(done)
}

/// The loops compiled for one level.
macro_rules! level {
    ($module:ident, $lanes:ident, $features:literal) => {
        mod $module {
            use super::*;

            #[target_feature(enable = $features)]
            pub(super) unsafe fn septets(text: &str) -> Lengths {
                let usual = unsafe { usual::<$lanes>(text.as_ptr(), 0, text.len(), |_, _| {}) };
                if usual == text.len() {
                    return Lengths { septets: usual, extensions: 0 };
                }
                unsafe { septets_after(text, usual) }
            }

            #[inline(never)]
            #[target_feature(enable = $features)]
            unsafe fn septets_after(text: &str, usual: usize) -> Lengths {
                unsafe { septets_from::<$lanes>(text, usual) }.into()
            }

            #[target_feature(enable = $features)]
            pub(super) unsafe fn utf16_units(text: &str) -> (usize, bool) {
                unsafe { units_of::<$lanes>(text) }
            }

            #[target_feature(enable = $features)]
            pub(super) unsafe fn fold_to(text: &str, to: *mut u8, measure: &mut Measure) -> UsualAndWritten {
                let usual = unsafe {
                    usual::<$lanes>(text.as_ptr(), 0, text.len(), |block, at| {
                        $lanes::store(block, to.add(at))
                    })
                };
                if usual == text.len() {
                    return (usual, usual);
                }
                unsafe { fold_after(text, usual, to, measure) }
            }

            #[inline(never)]
            #[target_feature(enable = $features)]
            unsafe fn fold_after(
                text: &str,
                usual: usize,
                to: *mut u8,
                measure: &mut Measure,
            ) -> UsualAndWritten {
                (usual, unsafe { fold_from::<$lanes>(text, usual, to, measure) }.unwrap_or(NOT_WRITTEN))
            }

            #[target_feature(enable = $features)]
            pub(super) unsafe fn row<const PLAIN: bool>(
                joined: &Joined,
                values: &[&str],
                out: &mut [MaybeUninit<u8>],
                measure: &mut Measure,
            ) -> WrittenAndSeptets {
                unsafe { write_row::<$lanes, PLAIN>(joined, values, out, staged::<PLAIN>, measure) }
            }

            #[inline(never)]
            #[target_feature(enable = $features)]
            unsafe fn staged<const PLAIN: bool>(
                joined: &Joined,
                values: &[&str],
                to: *mut u8,
                room: usize,
                measure: &mut Measure,
            ) -> usize {
                unsafe { write_staged::<$lanes, PLAIN>(joined, values, to, room, measure) }
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
    unsafe { unclean::<Sse2>(text.as_ptr(), text.len()) == 0 }
}

#[inline(always)]
pub(super) fn septets(text: &str, level: Level) -> Option<(usize, usize)> {
    at!(level, septets(text)).into()
}

pub(super) fn utf16_units(text: &str, level: Level) -> (usize, bool) {
    at!(level, utf16_units(text))
}

#[inline(always)]
pub(super) fn fold_to<'o>(
    text: &str,
    out: &'o mut [MaybeUninit<u8>],
    level: Level,
) -> Option<(&'o str, Measure)> {
    if out.len() < text.len().saturating_add(SLACK) {
        return None;
    }
    let mut measure = Measure::default();
    let (usual, length) = at!(level, fold_to(text, out.as_mut_ptr().cast(), &mut measure));
    // nobody asks for the links of a text that is ASCII
    let measure =
        if usual == text.len() { Measure { septets: usual, ..Measure::default() } } else { measure };
    (length != NOT_WRITTEN).then(|| (unsafe { written(out, length) }, measure))
}

#[inline(always)]
pub(super) fn row<'o, const PLAIN: bool>(
    level: Level,
    joined: &Joined,
    values: &[&str],
    out: &'o mut [MaybeUninit<u8>],
) -> Option<(&'o str, Measure)> {
    let mut measure = Measure::default();
    let (length, septets) = at!(level, row::<PLAIN>(joined, values, out, &mut measure));
    let measure = if septets == MEASURED { measure } else { Measure { septets, ..Measure::default() } };
    (length != NOT_WRITTEN).then(|| (unsafe { written(out, length) }, measure))
}
