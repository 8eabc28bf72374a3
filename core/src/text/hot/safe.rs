//! The loops in portable Rust: what runs where no vector instructions are known, and what the others are tested against.

use super::Measure;
use super::joined::{Joined, RowTable};
use super::plain::table;
use crate::text::gsm7;
use std::ops::Range;

/// Bytes that are looked at together: the compiler makes vector code of a loop without exits.
const BLOCK: usize = 32;

/// The length of the usual ASCII at the beginning.
#[inline(always)]
fn usual(bytes: &[u8]) -> usize {
    let mut at = 0;
    for size in [BLOCK, 8] {
        while bytes.get(at..at + size).is_some_and(all_usual) {
            at += size;
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|byte| !is_usual(*byte)).unwrap_or(rest.len())
}

/// ASCII that is one septet; `_` and the extension are left to the look at characters.
#[inline(always)]
fn is_usual(byte: u8) -> bool {
    let is_extension = (0x7B..=0x7F).contains(&(byte | 0x20));
    (0x20..0x80).contains(&byte) && byte != b'`' && !is_extension
}

#[inline(always)]
fn all_usual(bytes: &[u8]) -> bool {
    bytes.iter().fold(true, |all, byte| all & is_usual(*byte))
}

pub(super) fn septets(text: &str) -> Option<(usize, usize)> {
    let (mut septets, mut extensions) = (0, 0);
    let usual = usual(text.as_bytes());
    for character in text.get(usual..)?.chars() {
        let width = gsm7::septets(character)?;
        septets += width as usize;
        extensions += usize::from(width == 2);
    }
    Some((usual + septets, extensions))
}

pub(super) fn utf16_units(text: &str) -> (usize, bool) {
    let characters = count(text.as_bytes(), |byte| byte & 0xC0 != 0x80);
    let pairs = count(text.as_bytes(), |byte| byte >= 0xF0);
    (characters + pairs, pairs > 0)
}

/// How many bytes are so; few enough are counted together that a byte holds their number.
#[inline(always)]
fn count(bytes: &[u8], is: impl Fn(u8) -> bool) -> usize {
    let in_block = |block: &[u8]| block.iter().fold(0_u8, |sum, byte| sum.wrapping_add(u8::from(is(*byte))));
    bytes.chunks(128).map(|block| usize::from(in_block(block))).sum()
}

/// How often two signs that a link begins with stand side by side.
pub(super) fn link_signs(text: &str) -> usize {
    let may_link = |byte: u8| byte | 0x20 == b'w' || byte == b'/';
    let bytes = text.as_bytes();
    let beside = bytes.get(1..).unwrap_or_default();
    let in_blocks = bytes.chunks(128).zip(beside.chunks(128)).map(|(first, second)| {
        let both = first.iter().zip(second).map(|(first, second)| may_link(*first) & may_link(*second));
        usize::from(both.fold(0_u8, |sum, is_pair| sum.wrapping_add(u8::from(is_pair))))
    });
    in_blocks.sum()
}

pub(super) fn fold_into(text: &str, out: &mut String) -> Option<Measure> {
    fold::<false>(text, out)
}

/// [`fold_into`] of a row that was put together; `None` also at what values are cleaned of, unless the fixed texts may hold it.
pub(super) fn fold_row(text: &str, out: &mut String) -> Option<Measure> {
    fold::<true>(text, out)
}

fn fold<const ROW: bool>(text: &str, out: &mut String) -> Option<Measure> {
    let start = out.len();
    let mut measure = Measure::default();
    if walk::<ROW>(text, out, &mut measure).is_none() {
        out.truncate(start);
        return None;
    }
    measure.link_signs = link_signs(text);
    Some(measure)
}

fn walk<const ROW: bool>(text: &str, out: &mut String, measure: &mut Measure) -> Option<()> {
    let table = table();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..)?;
        let run = usual(rest);
        out.push_str(text.get(at..at + run)?);
        measure.septets += run;
        at += run;
        if run == rest.len() {
            break;
        }
        let rest = rest.get(run..)?;
        let (plain, length) = table.first(rest)?;
        if ROW && !plain.shows() {
            measure.breaks += 1;
            if !plain.is_itself(rest) {
                return None;
            }
        }
        let folded = plain.bytes();
        out.push_str(std::str::from_utf8(folded.get(..plain.len())?).ok()?);
        measure.add(plain);
        at += length;
    }
    Some(())
}

/// How many bytes keep a text from being a value as it is: of control characters, and the first ones of characters that are no
/// Latin letters.
pub(super) fn unclean(text: &str) -> usize {
    let is_letter = |byte: u8| matches!(byte, 0x20..=0x7E | 0x80..=0xBF | 0xC3..=0xC9);
    count(text.as_bytes(), |byte| !is_letter(byte))
}

pub(super) fn rows<'v, const PLAIN: bool>(
    joined: &Joined,
    rows: Range<usize>,
    cells: &mut impl RowTable<'v>,
    out: &mut String,
) {
    for row in rows {
        let start = out.len();
        let done = join::<PLAIN>(joined, |column| cells.value(row, column), out);
        if !done.is_some_and(|measure| cells.written(&measure, out)) {
            out.truncate(start);
            cells.plainly(row, out);
        }
    }
}

fn join<'v, const PLAIN: bool>(
    joined: &Joined,
    value: impl Fn(usize) -> &'v str,
    out: &mut String,
) -> Option<Measure> {
    let start = out.len();
    let mut fixed = *joined.fixed::<PLAIN>();
    let mut values = Measure::default();
    for step in joined.steps() {
        out.push_str(joined.text::<PLAIN>(&step.before));
        let value = value(step.column);
        if value.is_empty() {
            let fallback = step.fallback.as_ref()?;
            fixed.merge(fallback.measure::<PLAIN>()?);
            out.push_str(joined.text::<PLAIN>(&fallback.text));
        } else if value.starts_with(|first| first <= ' ') || value.ends_with(|last| last <= ' ') {
            return None;
        } else if PLAIN {
            walk::<true>(value, out, &mut values)?;
        } else {
            values.breaks += unclean(value);
            out.push_str(value);
        }
    }
    out.push_str(joined.text::<PLAIN>(joined.last()));
    // a value brought what it is cleaned of, or the sign of a link
    if values.breaks > 0 || PLAIN && link_signs(out.get(start..)?) != fixed.link_signs {
        return None;
    }
    values.longer += fixed.longer_alone();
    values.septets += fixed.septets;
    values.extensions += fixed.extensions;
    Some(values)
}
