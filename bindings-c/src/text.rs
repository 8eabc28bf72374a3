//! Text: segments, finish, transliterate, split into the caller's memory; the rest of the room by JSON.

use crate::codes::{DEPESZA_GSM7, DEPESZA_UCS2, diacritics, reference_bits};
use crate::codes::{depesza_diacritics_t, depesza_encoding_t};
use crate::ffi::{Buffer, Out, buffer, depesza_string_t, json, maybe_out, optional, out, text, with_scratch};
use crate::guard::{DEPESZA_BAD_VALUE, DEPESZA_REFUSED, Fault, depesza_status_t, guard};
use depesza::model::{Clusters, Encoding, Links, Missing, ReferenceBits, Segments, SplitOptions};
use depesza::text::{self as room, NotGsm7, TooLong, Transliterator};
use serde::Deserialize;
use serde_json::json as value;
use std::collections::BTreeMap;
use std::ffi::c_char;
use std::mem::MaybeUninit;

/// What a text costs.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_segments_t {
    /// The coding of every part.
    pub encoding: depesza_encoding_t,
    /// Units of the whole text: septets (an extension character is two) or UTF-16 units.
    pub units: u32,
    /// Parts, at least 1. Above `DEPESZA_MAX_PARTS` the text cannot be sent.
    pub count: u32,
    /// Units that still fit into the last part.
    pub remaining: u32,
}

/// The most parts of a message: their number is one octet (3GPP TS 23.040, 9.2.3.24.1).
pub const DEPESZA_MAX_PARTS: u32 = 255;
const _: () = assert!(DEPESZA_MAX_PARTS == room::MAX_PARTS);

/// How a text is cut into parts.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_split_options_t {
    /// The length of the reference number: 8 or 16 bits, 0 for 8.
    pub reference_bits: u32,
    /// Not 0: a letter with its marks, a flag or an emoji sequence is kept whole; the message may take more parts.
    pub keep_clusters: u8,
    /// Not 0: a link is kept whole; the message may take more parts.
    pub keep_links: u8,
}

impl From<Segments> for depesza_segments_t {
    #[inline(always)]
    fn from(of: Segments) -> Self {
        Self { encoding: encoding(of.encoding), units: of.units, count: of.count, remaining: of.remaining }
    }
}

#[inline(always)]
pub(crate) fn encoding(of: Encoding) -> depesza_encoding_t {
    match of {
        Encoding::Gsm7 => DEPESZA_GSM7,
        Encoding::Ucs2 => DEPESZA_UCS2,
    }
}

/// Where a message and what it costs are written.
pub(crate) struct Answer<'a> {
    out: Buffer<'a, u8>,
    segments: Option<Out<'a, depesza_segments_t>>,
}

impl Answer<'_> {
    #[inline(always)]
    pub(crate) unsafe fn at(
        out: *mut c_char,
        capacity: usize,
        len: *mut usize,
        segments: *mut depesza_segments_t,
    ) -> Result<Self, Fault> {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            Ok(Self {
                out: buffer(out.cast::<u8>(), capacity, len)?,
                segments: maybe_out(segments, "segments")?,
            })
        }
    }

    /// Where the message may be written at once: there is no copy to be made of what was written a moment ago.
    #[inline(always)]
    pub(crate) fn room(&mut self) -> &mut [MaybeUninit<u8>] {
        self.out.room()
    }

    /// So many bytes of the [`room`](Self::room) are the message.
    #[inline(always)]
    pub(crate) fn written(self, (len, cost): (usize, Segments)) -> Result<(), Fault> {
        self.out.written(len);
        Self::costs(self.segments, cost);
        Ok(())
    }

    pub(crate) fn fill(self, text: &str, cost: Segments) -> Result<(), Fault> {
        self.out.fill(text.as_bytes())?;
        Self::costs(self.segments, cost);
        Ok(())
    }

    #[inline(always)]
    fn costs(segments: Option<Out<'_, depesza_segments_t>>, cost: Segments) {
        if let Some(segments) = segments {
            segments.write(cost.into());
        }
    }
}

/// Counts what a text costs, by 3GPP TS 23.038 and TS 23.040. `reference_bits` is 8 or 16, 0 for 8. Allocates nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_segments(
    text: *const c_char,
    text_len: usize,
    reference_bits: u32,
    segments: *mut depesza_segments_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (text, segments) = unsafe { (self::text(text, text_len, "text")?, out(segments, "segments")?) };
        segments.write(room::segments_with(text, self::reference_bits(reference_bits)?).into());
        Ok(())
    })
}

/// Brings a text into the form in which it is sent: `diacritics` says what becomes of letters that GSM-7 does not have. Writes it to `out`
/// and its length to `out_len`; what it costs to `segments`, which may be NULL. The result never takes more parts than `text`. When it does not fit,
/// `out_len` is what it needs, and three times `text_len` always fits; what stands behind it in `out` is of no meaning. Quickest where `out` has
/// 64 bytes more than `text_len`. Allocates nothing once this thread has worked on a text as long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_finish(
    text: *const c_char,
    text_len: usize,
    diacritics: depesza_diacritics_t,
    reference_bits: u32,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
    segments: *mut depesza_segments_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (text, mut answer) = unsafe {
            (self::text(text, text_len, "text")?, Answer::at(out, out_capacity, out_len, segments)?)
        };
        let (diacritics, bits) = (self::diacritics(diacritics)?, self::reference_bits(reference_bits)?);
        match room::finish_to(text, diacritics, bits, answer.room()) {
            Some(done) => answer.written(done),
            None => with_scratch(|scratch| {
                let cost = room::finish_into(text, diacritics, bits, scratch);
                answer.fill(scratch, cost)
            }),
        }
    })
}

/// Brings a text into GSM-7 as far as it goes, whatever that costs; what has no equivalent and what is a link stays. Writes it to `out` and its length to
/// `out_len`, as `depesza_finish` does. `depesza_text` has the same with choices and a report.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_transliterate(
    text: *const c_char,
    text_len: usize,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (text, mut out) = unsafe {
            (self::text(text, text_len, "text")?, buffer(out.cast::<u8>(), out_capacity, out_len)?)
        };
        if let Some(len) = room::transliterate_to(text, out.room()) {
            out.written(len);
            return Ok(());
        }
        with_scratch(|scratch| {
            room::transliterate_into(text, scratch);
            out.fill(scratch.as_bytes())
        })
    })
}

/// Cuts a text into the parts of one message. Writes where each part ends, in bytes from the beginning of `text`, and the number of parts; a part begins
/// where the one before ends. `options` may be NULL. Room for `DEPESZA_MAX_PARTS` ends is always enough.
///
/// Refused as `too_long` above `DEPESZA_MAX_PARTS`; `ends_len` is then the number of parts.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_split(
    text: *const c_char,
    text_len: usize,
    options: *const depesza_split_options_t,
    ends: *mut usize,
    ends_capacity: usize,
    ends_len: *mut usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (text, options, ends, count) = unsafe {
            (
                self::text(text, text_len, "text")?,
                optional(options, "options")?,
                buffer(ends, ends_capacity, ends_len)?,
                out(ends_len, "ends_len")?,
            )
        };
        let parts = room::split(text, split_options(options)?).map_err(|TooLong { parts }| {
            count.write(usize::try_from(parts).unwrap_or(usize::MAX));
            let message = format!("text: {parts} parts, a message has at most {DEPESZA_MAX_PARTS}");
            Fault::new(DEPESZA_REFUSED, "too_long", message).of("text")
        })?;
        let mut end = 0;
        let all: Vec<usize> = parts
            .iter()
            .map(|part| {
                end += part.len();
                end
            })
            .collect();
        ends.fill(&all)
    })
}

fn split_options(options: Option<&depesza_split_options_t>) -> Result<SplitOptions, Fault> {
    let Some(options) = options else { return Ok(SplitOptions::default()) };
    Ok(SplitOptions {
        reference_bits: reference_bits(options.reference_bits)?,
        clusters: if options.keep_clusters == 0 { Clusters::Ignore } else { Clusters::Keep },
        links: if options.keep_links == 0 { Links::Ignore } else { Links::Keep },
    })
}

/// The rest of what is known about texts, by JSON, as vectors/README.md writes it: `operation` is `costly` (the characters that make a text
/// UCS-2), `links`, `transliterate` (with `missing` and `overrides`, and a report of what was replaced) or `advice` (what each dear character
/// costs). `input` is an object, `answer` to be freed by `depesza_string_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_text(
    operation: *const c_char,
    operation_len: usize,
    input: *const c_char,
    input_len: usize,
    answer: *mut depesza_string_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (operation, input, answer) = unsafe {
            (
                text(operation, operation_len, "operation")?,
                text(input, input_len, "input")?,
                out(answer, "answer")?,
            )
        };
        let input: Input = serde_json::from_str(input).map_err(|error| {
            let place = format!(
                "input: line {}, column {}: expected what vectors/README.md says",
                error.line(),
                error.column()
            );
            Fault::new(DEPESZA_BAD_VALUE, "bad_json", place).of("input")
        })?;
        answer.write(by_json(operation, input)?);
        Ok(())
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    text: String,
    #[serde(default)]
    reference_bits: ReferenceBits,
    #[serde(default)]
    missing: Missing,
    #[serde(default)]
    overrides: BTreeMap<char, Option<String>>,
}

fn by_json(operation: &str, input: Input) -> Result<depesza_string_t, Fault> {
    let text = input.text.as_str();
    match operation {
        "costly" => json(&value!({ "characters": room::costly(text) })),
        "links" => {
            let links: Vec<&str> = room::links(text).filter_map(|link| text.get(link)).collect();
            json(&value!({ "links": links }))
        }
        "advice" => json(&room::advice(text, input.reference_bits)),
        "transliterate" => {
            let mut rules = Transliterator::default().reference(input.reference_bits);
            rules = rules.missing(input.missing).map_err(not_gsm7)?;
            for (character, replacement) in input.overrides {
                rules = match replacement {
                    Some(text) => rules.with(character, text).map_err(not_gsm7)?,
                    None => rules.without(character),
                };
            }
            let done = rules.apply(text);
            json(&value!({
                "text": done.text, "replaced": done.replaced, "before": done.before, "after": done.after
            }))
        }
        _ => Err(Fault::value("operation", "costly, links, transliterate or advice")),
    }
}

fn not_gsm7(NotGsm7 { at }: NotGsm7) -> Fault {
    Fault::new(DEPESZA_REFUSED, "not_gsm7", format!("replacement: expected GSM-7 at byte {at}"))
        .of("replacement")
        .with(&value!([{ "code": "not_gsm7", "at": at }]))
}
