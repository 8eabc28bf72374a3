//! The Rust side of `call_cost.c`: the same calls from bytes, in a loop of Rust's own. A library of its own, loaded beside `libdepesza`.
#![allow(unsafe_code, reason = "a C program calls it")]
#![allow(clippy::missing_safety_doc, clippy::expect_used, reason = "a measurement, not a library")]

use depesza::model::{Diacritics, ReferenceBits, TemplateSubject};
use depesza::template::{Catalogue, RowOptions, Rows, Template};
use depesza::text::{finish_into, segments_with};
use std::hint::black_box;

unsafe fn bytes<'a>(data: *const u8, len: usize) -> &'a [u8] {
    // SAFETY: the program passes its own texts
    unsafe { std::slice::from_raw_parts(data, len) }
}

/// Counts a text so many times.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_segments(data: *const u8, len: usize, calls: u32) -> u32 {
    // SAFETY: the same
    let bytes = unsafe { bytes(data, len) };
    let mut parts = 0;
    for _ in 0..calls {
        let text = simdutf8::basic::from_utf8(black_box(bytes)).expect("UTF-8");
        parts += black_box(segments_with(text, ReferenceBits::Eight)).count;
    }
    parts
}

/// Finishes a text so many times, into a buffer that is kept.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_finish(data: *const u8, len: usize, calls: u32) -> u32 {
    // SAFETY: the same
    let bytes = unsafe { bytes(data, len) };
    let mut out = String::with_capacity(512);
    let mut parts = 0;
    for _ in 0..calls {
        out.clear();
        let text = simdutf8::basic::from_utf8(black_box(bytes)).expect("UTF-8");
        parts += finish_into(text, black_box(Diacritics::Plain), ReferenceBits::Eight, &mut out).count;
        black_box(&out);
    }
    parts
}

/// Prepares a template; `data` stays where it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_compile(data: *const u8, len: usize) -> *mut Rows {
    // SAFETY: the same
    let body = simdutf8::basic::from_utf8(unsafe { bytes(data, len) }).expect("UTF-8");
    let template = Template::compile(body, &Catalogue::new(TemplateSubject::Visits)).expect("a body");
    Box::into_raw(Box::new(Rows::new(&template, RowOptions::default())))
}

/// Renders a row of two values so many times, into a buffer that is kept.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rust_render(
    rows: *const Rows,
    first: *const u8,
    first_len: usize,
    second: *const u8,
    second_len: usize,
    calls: u32,
) -> u32 {
    // SAFETY: the same; the template is `rust_compile`'s
    let (rows, first, second) = unsafe { (&*rows, bytes(first, first_len), bytes(second, second_len)) };
    let mut out = String::with_capacity(512);
    let mut parts = 0;
    for _ in 0..calls {
        out.clear();
        let row = [
            simdutf8::basic::from_utf8(black_box(first)).expect("UTF-8"),
            simdutf8::basic::from_utf8(black_box(second)).expect("UTF-8"),
        ];
        parts += rows.render_into(&row, &mut out).expect("values").count;
        black_box(&out);
    }
    parts
}
