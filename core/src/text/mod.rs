//! SMS text: what a message costs, where it is cut, and how it is brought into the GSM 7-bit alphabet.
//!
//! By 3GPP TS 23.038 (alphabets) and TS 23.040, 9.2.3.24 (concatenation). The room knows characters only: no
//! template, no patient, no gateway, no setting of a clinic.
//!
//! ```
//! use depesza::model::{Diacritics, Encoding, ReferenceBits};
//! use depesza::text;
//!
//! let written = "Przypominamy o wizycie w środę o 9:30";
//! assert_eq!(text::segments(written).encoding, Encoding::Ucs2);
//!
//! let sent = text::finish(written, Diacritics::Plain, ReferenceBits::Eight);
//! assert_eq!(sent.text, "Przypominamy o wizycie w srode o 9:30");
//! assert_eq!(sent.segments.encoding, Encoding::Gsm7);
//! ```

mod advice;
mod finish;
pub mod gsm7;
mod hot;
mod link;
mod pass;
mod segments;
mod split;
mod table;
mod transliterate;
mod words;

pub use advice::advice;
pub use finish::{Finished, finish, finish_into, finish_to, transliterate_into, transliterate_to};
pub(crate) use finish::{settled, settled_in_one, stays};
pub(crate) use hot::{Joined, Measure, Part, RowTable, append, is_clean};
pub use hot::{Level, SLACK};
pub use link::links;
pub use segments::{MAX_PARTS, costly, segments, segments_with};
pub use split::{TooLong, split};
pub use transliterate::{NotGsm7, Transliteration, Transliterator, transliterate};
pub(crate) use words::different;
pub use words::{MAX_WORD_CHARS, MAX_WORDS, MIN_WORD_CHARS, WordsAsked, fold, words};
