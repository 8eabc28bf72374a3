//! The last step before sending: a clinic's choice about diacritics, made for one text.

use super::{Transliterator, segments_with};
use crate::model::{Diacritics, Encoding, ReferenceBits, Segments};
use std::borrow::Cow;
use std::fmt;

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
    let written = Finished { text: Cow::Borrowed(text), segments };
    // what is GSM-7 has nothing to fold, and what is one part has nothing to save
    let keeps = match diacritics {
        Diacritics::Polish => true,
        Diacritics::Plain => segments.encoding == Encoding::Gsm7,
        Diacritics::WhenFree => segments.encoding == Encoding::Gsm7 || segments.count == 1,
    };
    if keeps {
        return written;
    }
    let plain = Transliterator::default().reference(reference).apply(text);
    let is_better = plain.after.count < segments.count
        || (diacritics == Diacritics::Plain
            && plain.after.count == segments.count
            && plain.after.encoding == Encoding::Gsm7);
    if is_better { Finished { text: plain.text, segments: plain.after } } else { written }
}
