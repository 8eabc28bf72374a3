//! The measured loops: counting, folding and joining texts at what the machine can do (`benches/peers`, `--bench text`).
//!
//! Everything here has a plain twin elsewhere in the room and must answer as it does, on every input and every
//! [`Level`]: a text that needs more than single characters (marks, symbols beside numbers, links with letters, emoji)
//! is handed back, and goes the plain way. The unsafe code of the crate stands in `vector.rs`, `row.rs`, `sse2.rs`, `avx2.rs`,
//! `avx512.rs` and `by_level.rs`, and nowhere else.

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "the measured loops, tested against their safe twins")]
mod avx2;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "the measured loops, tested against their safe twins")]
mod avx512;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "the measured loops, tested against their safe twins")]
mod by_level;
mod joined;
mod level;
mod plain;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "the measured loops, tested against their safe twins")]
mod row;
mod safe;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "the measured loops, tested against their safe twins")]
mod sse2;
#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code, reason = "the measured loops, tested against their safe twins")]
mod vector;

pub(crate) use joined::{Joined, Part, RowTable};
pub use level::Level;
use std::mem::MaybeUninit;

/// So many bytes beyond the end of what is copied may be read and written: the width of the widest register.
pub const SLACK: usize = 64;

/// What is known of a folded text without reading it again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Septets.
    pub(crate) septets: usize,
    /// Characters of the extension table among them: two septets each, never cut.
    pub(crate) extensions: usize,
    /// Septets less the UTF-16 units that the text had before: what folding to GSM-7 made longer.
    pub(crate) longer: isize,
    /// How often two of `w`, `W` and `/` stand side by side: without, there is no link.
    pub(crate) link_signs: usize,
    /// Of parts that are joined: what values are cleaned of, and fixed texts may hold.
    pub(crate) breaks: usize,
}

/// The length of a text that is GSM-7: septets, and how many characters take two. `None` when it is not.
#[inline(always)]
pub(crate) fn septets(text: &str) -> Option<(usize, usize)> {
    #[cfg(target_arch = "x86_64")]
    match Level::best() {
        Level::Safe => {}
        level => return by_level::septets(text, level),
    }
    safe::septets(text)
}

/// The length of a text in UTF-16 units, and whether a character takes two.
#[inline(always)]
pub(crate) fn utf16_units(text: &str) -> (usize, bool) {
    #[cfg(target_arch = "x86_64")]
    match Level::best() {
        Level::Safe => {}
        level => return by_level::utf16_units(text, level),
    }
    safe::utf16_units(text)
}

/// Appends the text in GSM-7, when every character of it can be folded by itself; else `None`, and `out` is as it was. Of a text that is
/// in ASCII the signs of links may not be counted.
#[inline(always)]
pub(crate) fn fold_into(text: &str, out: &mut String) -> Option<Measure> {
    if Level::best() == Level::Safe {
        return safe::fold_into(text, out);
    }
    append(out, text.len(), |room| fold_to(text, room))
}

/// [`fold_into`] for registers, from the beginning of `out`; `None` also where there are none, and when `out` has no room for as many bytes as
/// the text and the [`SLACK`].
///
/// Inlined: an answer that goes through memory, to be read at once, takes as long as a third of the text.
#[inline(always)]
#[cfg_attr(not(target_arch = "x86_64"), allow(unused_variables, reason = "there are no registers"))]
pub(crate) fn fold_to<'o>(text: &str, out: &'o mut [MaybeUninit<u8>]) -> Option<(&'o str, Measure)> {
    #[cfg(target_arch = "x86_64")]
    match Level::best() {
        Level::Safe => {}
        level => return by_level::fold_to(text, out, level),
    }
    None
}

/// Appends what `write` has written at the beginning of room for `len` bytes and the [`SLACK`].
#[inline(always)]
#[cfg_attr(not(target_arch = "x86_64"), allow(unused_variables, reason = "there are no registers"))]
pub(crate) fn append<T>(
    out: &mut String,
    len: usize,
    write: impl for<'o> FnOnce(&'o mut [MaybeUninit<u8>]) -> Option<(&'o str, T)>,
) -> Option<T> {
    #[cfg(target_arch = "x86_64")]
    return by_level::append(out, len, write);
    #[cfg(not(target_arch = "x86_64"))]
    return None;
}

/// Whether the text holds only what a value may hold as it is: ASCII that is no control character, and Latin letters. `false` may
/// be said of other harmless ones.
#[inline]
pub(crate) fn is_clean(text: &str) -> bool {
    #[cfg(target_arch = "x86_64")]
    return by_level::is_clean(text);
    #[cfg(not(target_arch = "x86_64"))]
    return safe::unclean(text) == 0;
}
