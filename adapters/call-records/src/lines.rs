//! Bytes as they come, in pieces of any size, into whole lines with their places. Not allowed here: what a line means.

use crate::fault::{Fault, Place};

/// The longest line that is read, in bytes; Asterisk drops rows longer than about 1 KiB, a FreeSWITCH document with its call
/// flow has tens.
pub const LINE_BYTES: usize = 1024 * 1024;

/// A line without its end.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Where it begins.
    pub place: Place,
    /// Its bytes, without `\n` and `\r\n`; not always UTF-8.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Line").field("place", &self.place).field("bytes", &self.bytes.len()).finish()
    }
}

/// Splits what it is fed into lines; the last, without its end, waits for more.
#[derive(Debug)]
pub struct Lines {
    begin: Place,
    rest: Vec<u8>,
    /// Bytes of a line that is too long, which are thrown away until its end.
    overlong: u64,
}

impl Default for Lines {
    fn default() -> Self {
        Self::at(Place::START)
    }
}

impl Lines {
    /// Begins at a place, which must be the beginning of a line.
    #[must_use]
    pub fn at(begin: Place) -> Self {
        Self { begin, rest: Vec::new(), overlong: 0 }
    }

    /// The lines that end in `bytes`.
    ///
    /// A line longer than [`LINE_BYTES`] is a fault in its place.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Result<Line, Fault>> {
        let mut lines = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.overlong > 0 || self.rest.len().saturating_add(piece.len()) > LINE_BYTES {
                self.overlong += (self.rest.len() + piece.len()) as u64;
                self.rest.clear();
            } else {
                self.rest.extend_from_slice(piece);
            }
            if piece.ends_with(b"\n") {
                lines.push(self.end_of_line());
            }
        }
        lines
    }

    /// The last line, where the file has no end of line there; none if nothing is left.
    pub fn finish(&mut self) -> Option<Result<Line, Fault>> {
        (self.overlong > 0 || !self.rest.is_empty()).then(|| self.end_of_line())
    }

    /// Where the line begins that is not whole yet.
    #[must_use]
    pub fn place(&self) -> Place {
        self.begin
    }

    /// How many bytes were fed since the beginning of the line that is not whole yet.
    #[must_use]
    pub fn waiting(&self) -> u64 {
        self.overlong + self.rest.len() as u64
    }

    fn end_of_line(&mut self) -> Result<Line, Fault> {
        let place = self.begin;
        let length = self.waiting();
        self.begin = Place {
            offset: place.offset.saturating_add(length),
            line: place.line.saturating_add(1),
            ..place
        };
        if std::mem::take(&mut self.overlong) > 0 {
            return Err(Fault::new(place.line, format!("expected a line of at most {LINE_BYTES} bytes")));
        }
        let mut bytes = std::mem::take(&mut self.rest);
        for end in *b"\n\r" {
            if bytes.last() == Some(&end) {
                bytes.pop();
            }
        }
        Ok(Line { place, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_pieces_give_the_same_lines() {
        let text = "a\r\nbb\n\n\u{17c}\nlast".as_bytes();
        let mut whole = Lines::default();
        let mut expected = whole.feed(text);
        expected.extend(whole.finish());
        for size in 1..text.len() {
            let mut lines = Lines::default();
            let mut found = Vec::new();
            for piece in text.chunks(size) {
                found.extend(lines.feed(piece));
            }
            found.extend(lines.finish());
            assert_eq!(found, expected);
        }
        let offsets: Vec<u64> = expected.iter().map(|line| line.as_ref().unwrap().place.offset).collect();
        assert_eq!(offsets, [0, 3, 6, 7, 10]);
    }

    #[test]
    fn a_line_that_is_too_long_is_a_fault_and_the_next_is_read() {
        let mut lines = Lines::default();
        assert!(lines.feed(&vec![b'x'; LINE_BYTES]).is_empty());
        let found = lines.feed(b"x\nnext\n");
        assert_eq!(found[0].as_ref().unwrap_err().line, 1);
        let next = found[1].as_ref().unwrap();
        assert_eq!((next.place.line, next.place.offset), (2, LINE_BYTES as u64 + 2));
    }
}
