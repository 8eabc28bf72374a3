//! Cuts a text into the parts that are sent. Where the standard leaves a choice, the options make it.

use super::link::links;
use super::segments::{Length, MAX_PARTS, Packing, single_capacity, units_of};
use crate::model::{Clusters, Encoding, Links, SplitOptions};
use unicode_segmentation::UnicodeSegmentation;

/// The text takes more parts than a concatenated message can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("text: {parts} parts, a message has at most {MAX_PARTS}")]
pub struct TooLong {
    /// Parts that the text would take.
    pub parts: u32,
}

/// Cuts the text into the parts of one message; put together again they are the text.
///
/// An escape pair or a surrogate pair is never cut. With the default options there are as many parts as
/// [`segments`](super::segments()) counts. With [`Clusters::Keep`] or [`Links::Keep`] there may be more, for what does not
/// fit into the rest of a part goes to the next one; what is longer than a part is cut all the same.
///
/// # Errors
///
/// [`TooLong`] above [`MAX_PARTS`].
pub fn split(text: &str, options: SplitOptions) -> Result<Vec<&str>, TooLong> {
    let length = Length::of(text);
    if length.units <= single_capacity(length.encoding) {
        return Ok(vec![text]);
    }
    let mut cutter = Cutter {
        text,
        encoding: length.encoding,
        clusters: options.clusters,
        packing: Packing::new(length.encoding, options.reference_bits),
        start: 0,
        at: 0,
        parts: Vec::new(),
    };
    match options.links {
        Links::Ignore => cutter.prose(text),
        Links::Keep => {
            for link in links(text) {
                cutter.prose(text.get(cutter.at..link.start).unwrap_or_default());
                cutter.link(text.get(link).unwrap_or_default());
            }
            cutter.prose(text.get(cutter.at..).unwrap_or_default());
        }
    }
    cutter.finish()
}

/// Walks through the text from its start to its end, noting where parts begin.
struct Cutter<'a> {
    text: &'a str,
    encoding: Encoding,
    clusters: Clusters,
    packing: Packing,
    /// Where the part begins that is being filled.
    start: usize,
    /// What lies before is in a part.
    at: usize,
    parts: Vec<&'a str>,
}

impl<'a> Cutter<'a> {
    fn prose(&mut self, prose: &str) {
        match self.clusters {
            Clusters::Ignore => self.characters(prose),
            Clusters::Keep => prose.graphemes(true).for_each(|cluster| self.cluster(cluster)),
        }
    }

    fn link(&mut self, link: &str) {
        let units = self.units(link);
        if units <= self.packing.capacity { self.whole(link, units) } else { self.prose(link) }
    }

    fn cluster(&mut self, cluster: &str) {
        let units = self.units(cluster);
        // CR LF is a cluster to Unicode, but nothing is lost when it is cut
        if units <= self.packing.capacity && cluster != "\r\n" {
            self.whole(cluster, units);
        } else {
            self.characters(cluster);
        }
    }

    fn characters(&mut self, text: &str) {
        for character in text.chars() {
            self.advance(character.len_utf8(), units_of(character, self.encoding));
        }
    }

    fn whole(&mut self, piece: &str, units: u32) {
        self.advance(piece.len(), units);
    }

    fn advance(&mut self, bytes: usize, units: u32) {
        if self.packing.place(units) {
            self.end_part();
        }
        self.at += bytes;
    }

    fn end_part(&mut self) {
        // the parts of a text that is refused anyway are counted, not kept
        if self.packing.parts <= MAX_PARTS {
            self.parts.push(self.text.get(self.start..self.at).unwrap_or_default());
        }
        self.start = self.at;
    }

    fn units(&self, piece: &str) -> u32 {
        piece.chars().map(|character| units_of(character, self.encoding)).fold(0, u32::saturating_add)
    }

    fn finish(mut self) -> Result<Vec<&'a str>, TooLong> {
        if self.packing.parts > MAX_PARTS {
            return Err(TooLong { parts: self.packing.parts });
        }
        self.end_part();
        Ok(self.parts)
    }
}
