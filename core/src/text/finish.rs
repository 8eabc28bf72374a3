//! The last step before sending: a clinic's choice about diacritics, made for one text.

use super::hot::{self, Measure};
use super::segments::{Length, ucs2_parts};
use super::{Transliterator, links, segments_with};
use crate::model::{Diacritics, Encoding, ReferenceBits, Segments};
use std::borrow::Cow;
use std::fmt;
use std::mem::MaybeUninit;

/// A text as it is sent, and what it costs.
#[derive(Clone, PartialEq, Eq)]
pub struct Finished<'a> {
    /// The text; borrowed when nothing changed.
    pub text: Cow<'a, str>,
    /// What it costs.
    pub segments: Segments,
}

impl fmt::Debug for Finished<'_> {
    // the text of a message is never printed
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Finished").field("segments", &self.segments).finish_non_exhaustive()
    }
}

/// Applies the choice: the result never takes more parts than the text as it was written.
///
/// - [`Diacritics::Polish`]: as written.
/// - [`Diacritics::Plain`]: transliterated, unless that takes more parts (`…` is one unit in UCS-2 and three septets),
///   or leaves the message UCS-2 without saving a part: then the loss of letters would gain nothing.
/// - [`Diacritics::WhenFree`]: as written, unless the plain form takes fewer parts.
#[must_use]
pub fn finish(text: &str, diacritics: Diacritics, reference: ReferenceBits) -> Finished<'_> {
    let segments = segments_with(text, reference);
    let mut folded = String::new();
    if diacritics == Diacritics::Plain
        && !stays(&segments, diacritics)
        && let Some(segments) = fold_and_settle(text, reference, &mut folded)
    {
        return Finished { text: folded.into(), segments };
    }
    weigh(text, segments, diacritics, reference)
}

/// What a text becomes that costs so much as it is written.
fn weigh(text: &str, segments: Segments, diacritics: Diacritics, reference: ReferenceBits) -> Finished<'_> {
    let written = Finished { text: Cow::Borrowed(text), segments };
    if stays(&segments, diacritics) {
        return written;
    }
    let plain = Transliterator::default().reference(reference).apply(text);
    let is_better = plain.after.count < segments.count
        || (diacritics == Diacritics::Plain
            && plain.after.count == segments.count
            && plain.after.encoding == Encoding::Gsm7);
    if is_better { Finished { text: plain.text, segments: plain.after } } else { written }
}

/// Whether a text of this cost goes as it is written, without a look at what folding would make of it.
pub(crate) fn stays(written: &Segments, diacritics: Diacritics) -> bool {
    // what is GSM-7 has nothing to fold, and what is one part has nothing to save
    match diacritics {
        Diacritics::Polish => true,
        Diacritics::Plain => written.encoding == Encoding::Gsm7,
        Diacritics::WhenFree => written.encoding == Encoding::Gsm7 || written.count == 1,
    }
}

/// [`finish`], appended to `out`. With [`Diacritics::Plain`] and [`Diacritics::Polish`] it allocates nothing but what `out` needs to grow, where every character stands for itself
/// or is folded by itself: letters of Latin alphabets, quotation marks, dashes, spaces.
#[inline]
pub fn finish_into(
    text: &str,
    diacritics: Diacritics,
    reference: ReferenceBits,
    out: &mut String,
) -> Segments {
    if diacritics == Diacritics::Plain {
        let start = out.len();
        if let Some(segments) = fold_and_settle(text, reference, out) {
            return segments;
        }
        out.truncate(start);
    }
    finish_slowly(text, diacritics, reference, out)
}

/// What [`Diacritics::Plain`] makes of a text whose characters are folded one by one, appended to `out`; `None` where more has to
/// be looked at, whatever was appended then.
#[inline(always)]
fn fold_and_settle(text: &str, reference: ReferenceBits, out: &mut String) -> Option<Segments> {
    let start = out.len();
    let measure = hot::fold_into(text, out).filter(|measure| is_folded(text, measure))?;
    settled(&measure, out.get(start..).unwrap_or_default(), reference)
}

#[inline(never)]
fn finish_slowly(text: &str, diacritics: Diacritics, reference: ReferenceBits, out: &mut String) -> Segments {
    let finished = weigh(text, segments_with(text, reference), diacritics, reference);
    out.push_str(&finished.text);
    finished.segments
}

/// [`finish_into`] straight into memory of the caller's, from its beginning: how many bytes were written, all of them UTF-8, and what they cost.
/// Beyond them, anything may have been written to `out`. Allocates nothing.
///
/// `None` where that is not to be had, and [`finish_into`] does it: when `out` has no room for as many bytes as the text and [`SLACK`](super::SLACK) more,
/// when more than single characters have to be looked at, or, to fold, without the registers of [`Level`](super::Level).
#[inline(always)]
pub fn finish_to(
    text: &str,
    diacritics: Diacritics,
    reference: ReferenceBits,
    out: &mut [MaybeUninit<u8>],
) -> Option<(usize, Segments)> {
    if diacritics != Diacritics::Plain {
        let segments = segments_with(text, reference);
        let room = out.get_mut(..text.len()).filter(|_| stays(&segments, diacritics))?;
        room.write_copy_of_slice(text.as_bytes());
        return Some((text.len(), segments));
    }
    let (folded, measure) = hot::fold_to(text, out).filter(|(_, measure)| is_folded(text, measure))?;
    Some((folded.len(), settled(&measure, folded, reference)?))
}

/// Whether the text needed no more than that its characters were folded one by one: the letters of a link stay.
#[inline(always)]
fn is_folded(text: &str, measure: &Measure) -> bool {
    measure.link_signs == 0 || links(text).all(|link| text.get(link).is_some_and(str::is_ascii))
}

/// [`transliterate`](super::transliterate) without the report, appended to `out`; allocates as [`finish_into`] does.
#[inline]
pub fn transliterate_into(text: &str, out: &mut String) {
    let start = out.len();
    if !hot::fold_into(text, out).is_some_and(|measure| is_folded(text, &measure)) {
        transliterate_slowly(text, start, out);
    }
}

/// [`transliterate_into`] straight into memory of the caller's, as [`finish_to`].
#[inline]
pub fn transliterate_to(text: &str, out: &mut [MaybeUninit<u8>]) -> Option<usize> {
    let folded = hot::fold_to(text, out).filter(|(_, measure)| is_folded(text, measure));
    folded.map(|(folded, _)| folded.len())
}

#[inline(never)]
fn transliterate_slowly(text: &str, start: usize, out: &mut String) {
    out.truncate(start);
    out.push_str(&Transliterator::default().apply(text).text);
}

/// What a folded text of one part costs: whatever it was before, that is not more.
#[inline(always)]
pub(crate) fn settled_in_one(measure: &Measure) -> Option<Segments> {
    Length::gsm7(measure.septets, measure.extensions).single()
}

/// What a folded text costs, when folding was worth it by the rule of [`Diacritics::Plain`].
#[inline(always)]
pub(crate) fn settled(measure: &Measure, folded: &str, reference: ReferenceBits) -> Option<Segments> {
    settled_in_one(measure).or_else(|| settled_in_parts(measure, folded, reference))
}

#[inline(never)]
fn settled_in_parts(measure: &Measure, folded: &str, reference: ReferenceBits) -> Option<Segments> {
    let segments = Length::gsm7(measure.septets, measure.extensions).segments(folded, reference);
    // nothing that was folded took two units
    let written =
        || ucs2_parts(measure.septets.saturating_add_signed(measure.longer.saturating_neg()), reference);
    (measure.longer <= 0 || segments.count <= written()).then_some(segments)
}
