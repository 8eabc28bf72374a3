//! What a text costs: coding, units and parts. Nothing here changes or cuts a text.

use super::{gsm7, hot};
use crate::model::{Costly, Encoding, ReferenceBits, Segments};

/// The most parts that a message can have: their number is one octet (3GPP TS 23.040, 9.2.3.24.1).
pub const MAX_PARTS: u32 = 255;

/// What the text costs with an 8-bit reference: coding, units, parts.
///
/// One message holds 160 septets or 70 UTF-16 units; only when the text is longer, all parts hold 153 or 67. An
/// escape pair or a surrogate pair is never cut, so a part may stay one unit short. An empty text is one part of 0
/// units. The count is not limited: above [`MAX_PARTS`] the text cannot be sent, and [`split`](super::split) refuses it.
#[must_use]
pub fn segments(text: &str) -> Segments {
    segments_with(text, ReferenceBits::default())
}

/// What the text costs with the given length of reference: parts hold 153 / 67 units with 8 bits, 152 / 66 with 16.
#[must_use]
#[inline(always)]
pub fn segments_with(text: &str, reference: ReferenceBits) -> Segments {
    Length::of(text).segments(text, reference)
}

/// The characters that force the text into UCS-2, in their order; none when the text is GSM-7.
#[must_use]
pub fn costly(text: &str) -> Vec<Costly> {
    text.char_indices()
        .filter(|(_, character)| gsm7::septets(*character).is_none())
        .map(|(at, character)| Costly { at, character })
        .collect()
}

/// The coding of a text and its length in units of that coding.
pub(super) struct Length {
    pub(super) encoding: Encoding,
    pub(super) units: u32,
    /// Whether a character takes two units, so that packing is more than division.
    has_pairs: bool,
}

impl Length {
    #[inline(always)]
    pub(super) fn of(text: &str) -> Self {
        if let Some((septets, extensions)) = hot::septets(text) {
            return Self::gsm7(septets, extensions);
        }
        let (units, has_pairs) = hot::utf16_units(text);
        Self { encoding: Encoding::Ucs2, units: bounded(units), has_pairs }
    }

    #[inline(always)]
    pub(super) fn gsm7(septets: usize, extensions: usize) -> Self {
        Self { encoding: Encoding::Gsm7, units: bounded(septets), has_pairs: extensions > 0 }
    }

    /// What it costs, when it is sent in one part.
    #[inline(always)]
    pub(super) fn single(&self) -> Option<Segments> {
        let (encoding, units) = (self.encoding, self.units);
        let remaining = single_capacity(encoding).checked_sub(units)?;
        Some(Segments { encoding, units, count: 1, remaining })
    }

    /// What a text of this length costs; `text` is walked through only where a pair can leave a part short.
    #[inline(always)]
    pub(super) fn segments(&self, text: &str, reference: ReferenceBits) -> Segments {
        self.single().unwrap_or_else(|| self.several(text, reference))
    }

    /// What it costs, when it is sent in several parts.
    #[inline(never)]
    fn several(&self, text: &str, reference: ReferenceBits) -> Segments {
        let (encoding, units) = (self.encoding, self.units);
        let mut packing = Packing::new(encoding, reference);
        if self.has_pairs {
            for character in text.chars() {
                packing.place(units_of(character, encoding));
            }
        } else {
            packing.fill(units);
        }
        let remaining = packing.capacity.saturating_sub(packing.used);
        Segments { encoding, units, count: packing.parts, remaining }
    }
}

/// The parts of a text in UCS-2 of so many units, when none of its characters takes two.
pub(super) fn ucs2_parts(units: usize, reference: ReferenceBits) -> u32 {
    let length = Length { encoding: Encoding::Ucs2, units: bounded(units), has_pairs: false };
    length.segments("", reference).count
}

#[inline(always)]
fn bounded(units: usize) -> u32 {
    u32::try_from(units).unwrap_or(u32::MAX)
}

/// Units that one character takes in a message of this coding.
pub(super) fn units_of(character: char, encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Gsm7 => gsm7::septets(character).unwrap_or(1),
        Encoding::Ucs2 if u32::from(character) > 0xFFFF => 2,
        Encoding::Ucs2 => 1,
    }
}

/// Units of a message that is sent in one part.
#[inline(always)]
pub(super) fn single_capacity(encoding: Encoding) -> u32 {
    match encoding {
        Encoding::Gsm7 => 160,
        Encoding::Ucs2 => 70,
    }
}

/// Fills the parts of a concatenated message one after another: counting and cutting go by the same steps.
pub(super) struct Packing {
    pub(super) capacity: u32,
    pub(super) parts: u32,
    used: u32,
}

impl Packing {
    pub(super) fn new(encoding: Encoding, reference: ReferenceBits) -> Self {
        let capacity = match (encoding, reference) {
            (Encoding::Gsm7, ReferenceBits::Eight) => 153,
            (Encoding::Gsm7, ReferenceBits::Sixteen) => 152,
            (Encoding::Ucs2, ReferenceBits::Eight) => 67,
            (Encoding::Ucs2, ReferenceBits::Sixteen) => 66,
        };
        Self { capacity, parts: 1, used: 0 }
    }

    /// Adds what must not be cut, at most `capacity` units; says whether it begins a new part.
    pub(super) fn place(&mut self, units: u32) -> bool {
        let used = self.used.saturating_add(units);
        if used <= self.capacity {
            self.used = used;
            return false;
        }
        self.parts = self.parts.saturating_add(1);
        self.used = units;
        true
    }

    /// Takes a whole text of characters of one unit each: no pair can leave a part short, so division counts.
    fn fill(&mut self, units: u32) {
        self.parts = units.div_ceil(self.capacity);
        self.used = units.saturating_sub(self.parts.saturating_sub(1).saturating_mul(self.capacity));
    }
}
