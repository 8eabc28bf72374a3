//! The loops in portable Rust: what runs where no vector instructions are known, and what the others are tested against.

use super::joined::{Joined, Step, Unusual};
use super::plain::table;
use super::Tally;
use crate::text::gsm7;
use std::ops::Range;

/// Bytes that are looked at together: the compiler makes vector code of a loop without exits.
const BLOCK: usize = 32;

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
    let usual = text.as_bytes().chunks(BLOCK).take_while(|block| all_usual(block)).map(<[u8]>::len).sum::<usize>();
    for character in text.get(usual..)?.chars() {
        let width = gsm7::septets(character)?;
        septets += width as usize;
        extensions += usize::from(width == 2);
    }
    Some((usual + septets, extensions))
}

pub(super) fn utf16_units(text: &str) -> (usize, bool) {
    let count = |is: fn(u8) -> bool| text.bytes().map(|byte| usize::from(is(byte))).sum::<usize>();
    let characters = count(|byte| byte & 0xC0 != 0x80);
    let pairs = count(|byte| byte >= 0xF0);
    (characters + pairs, pairs > 0)
}

pub(super) fn fold_into(text: &str, out: &mut String) -> Option<Tally> {
    let start = out.len();
    let mut tally = Tally::default();
    let folded = fold::<false>(text, out, &mut tally);
    if folded.is_none() {
        out.truncate(start);
    }
    folded.map(|()| tally)
}

/// Appends the text folded, adding to the tally; `None` half-way at what is not known by itself, and of a `VALUE` at
/// what has to be cleaned.
fn fold<const VALUE: bool>(text: &str, out: &mut String, tally: &mut Tally) -> Option<()> {
    let table = table();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..)?;
        let run = rest.iter().position(|byte| !is_usual(*byte)).unwrap_or(rest.len());
        out.push_str(text.get(at..at + run)?);
        tally.septets += run;
        at += run;
        if run == rest.len() {
            break;
        }
        let (plain, length) = table.first(rest.get(run..)?)?;
        if VALUE && !plain.shows() {
            return None;
        }
        let folded = plain.bytes();
        out.push_str(std::str::from_utf8(folded.get(..plain.len())?).ok()?);
        tally.add(plain.septets());
        at += length;
    }
    let may_link = |pair: &[u8]| pair.iter().all(|byte| matches!(byte, b'w' | b'W' | b'/'));
    tally.link |= bytes.windows(2).any(may_link);
    Some(())
}

/// Whether a value goes over as it is: no control character, nothing at its ends that does not show.
pub(super) fn is_clean(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_letter = |byte: u8| matches!(byte, 0x20..=0x7E | 0x80..=0xBF | 0xC3..=0xC9);
    bytes.iter().fold(true, |all, byte| all & is_letter(*byte)) && !text.starts_with(' ') && !text.ends_with(' ')
}

pub(super) fn rows<'v, const PLAIN: bool>(
    joined: &Joined,
    rows: Range<usize>,
    value: impl Fn(usize, usize) -> &'v str,
    out: &mut String,
    mut on_row: impl FnMut(usize, Result<Tally, Unusual>, &mut String),
) {
    for row in rows {
        let start = out.len();
        let mut tally = if PLAIN { joined.fixed() } else { Tally::default() };
        let done = joined.steps().iter().try_for_each(|step| {
            step_into::<PLAIN>(joined, step, &|column| value(row, column), out, &mut tally)
        });
        if done.is_err() {
            out.truncate(start);
        }
        on_row(row, done.map(|()| tally), out);
    }
}

fn step_into<'v, const PLAIN: bool>(
    joined: &Joined,
    step: &Step,
    value: &impl Fn(usize) -> &'v str,
    out: &mut String,
    tally: &mut Tally,
) -> Result<(), Unusual> {
    out.push_str(joined.text::<PLAIN>(&step.before));
    let Some(column) = step.column else { return Ok(()) };
    let value = value(column);
    if value.is_empty() {
        let fallback = step.fallback.as_ref().ok_or(Unusual::Missing(column))?;
        if PLAIN {
            tally.merge(fallback.tally.ok_or(Unusual::Other)?);
        }
        out.push_str(joined.text::<PLAIN>(&fallback.text));
        return Ok(());
    }
    if PLAIN {
        let touches = |byte: &u8| matches!(byte, 0..=b' ' | b'/');
        let is_at_edge = value.as_bytes().first().is_some_and(touches) || value.as_bytes().last().is_some_and(touches);
        let folded = if is_at_edge { None } else { fold::<true>(value, out, tally) };
        if folded.is_none() || tally.link {
            return Err(Unusual::Other);
        }
    } else if is_clean(value) {
        out.push_str(value);
    } else {
        return Err(Unusual::Other);
    }
    Ok(())
}
