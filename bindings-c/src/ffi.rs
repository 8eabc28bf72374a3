//! The caller's memory: pointers, lengths, texts, buffers and handles, each checked once and in one way.
//!
//! What a C program promises of every pointer it passes, and what every `unsafe` block of this crate relies on:
//!
//! - it is NULL, or points at as many valid values of its type as the function says, for the whole call;
//! - what it reads from is not written meanwhile, and what is written to is used by nobody else meanwhile;
//! - a handle came from this library and was not freed through another copy of its pointer.
//!
//! Everything else is checked here: NULL, lengths, UTF-8, alignment, the kind of a handle.
//!
//! Not allowed here: anything of what the functions mean.

use crate::guard::{
    DEPESZA_BAD_HANDLE, DEPESZA_BAD_LENGTH, DEPESZA_BAD_UTF8, DEPESZA_NULL_POINTER, DEPESZA_TOO_SMALL, Fault,
    depesza_status_t, guard,
};
use std::cell::RefCell;
use std::ffi::c_char;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::thread::LocalKey;

/// The longest text that is taken, in bytes: 64 MiB. Messages, fields and templates have limits of their own far below.
pub const DEPESZA_MAX_BYTES: usize = 67_108_864;
/// The most items of an array that is taken.
pub const DEPESZA_MAX_ITEMS: usize = 16_777_216;

/// A text in UTF-8 by address and length; it need not end with NUL. `data == NULL` is no text, which is also what an optional field has that
/// is absent; an empty text has any other `data` and `len == 0`. Where a text is required, no text is taken for an empty one.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_str_t {
    /// Its first byte.
    pub data: *const c_char,
    /// Its length in bytes, without any NUL.
    pub len: usize,
}

/// A text that the library made and the caller frees by `depesza_string_free`. Behind its last byte stands a NUL.
#[repr(C)]
pub struct depesza_string_t {
    /// Its first byte; NULL after it was freed.
    pub data: *mut c_char,
    /// Its length in bytes, without the NUL.
    pub len: usize,
}

pub(crate) const fn str_of(text: Option<&str>) -> depesza_str_t {
    match text {
        Some(text) => depesza_str_t { data: text.as_ptr().cast(), len: text.len() },
        None => depesza_str_t { data: std::ptr::null(), len: 0 },
    }
}

#[cold]
fn null(name: &'static str) -> Fault {
    Fault::new(DEPESZA_NULL_POINTER, "null_pointer", format!("{name}: expected an address, got NULL"))
        .of(name)
}

#[cold]
fn long(name: &'static str, most: usize) -> Fault {
    Fault::new(DEPESZA_BAD_LENGTH, "bad_length", format!("{name}: expected a length of at most {most}"))
        .of(name)
}

#[cold]
fn not_utf8(name: &'static str) -> Fault {
    Fault::new(DEPESZA_BAD_UTF8, "bad_utf8", format!("{name}: expected UTF-8")).of(name)
}

/// The caller's bytes. NULL is none when their number is 0.
#[inline(always)]
pub(crate) unsafe fn bytes<'a>(
    data: *const c_char,
    len: usize,
    name: &'static str,
) -> Result<&'a [u8], Fault> {
    if data.is_null() {
        return if len == 0 { Ok(&[]) } else { Err(null(name)) };
    }
    if len > DEPESZA_MAX_BYTES {
        return Err(long(name, DEPESZA_MAX_BYTES));
    }
    // SAFETY: not NULL, no longer than an object may be, and by the caller's promise `len` bytes that nobody writes
    Ok(unsafe { std::slice::from_raw_parts(data.cast::<u8>(), len) })
}

/// The caller's text. NULL is an empty one when its length is 0.
#[inline(always)]
pub(crate) unsafe fn text<'a>(data: *const c_char, len: usize, name: &'static str) -> Result<&'a str, Fault> {
    // SAFETY: the caller's promise about pointers
    let bytes = unsafe { bytes(data, len, name)? };
    if simdutf8::basic::from_utf8(bytes).is_err() {
        return Err(not_utf8(name));
    }
    // SAFETY: it was checked; address and length, which are known here, are not read again from what was answered
    Ok(unsafe { std::str::from_utf8_unchecked(bytes) })
}

impl depesza_str_t {
    /// The text; no text is an empty one.
    #[inline(always)]
    pub(crate) unsafe fn required<'a>(self, name: &'static str) -> Result<&'a str, Fault> {
        // SAFETY: the caller's promise about pointers
        unsafe { text(self.data, self.len, name) }
    }

    /// The text where there is one.
    pub(crate) unsafe fn optional<'a>(self, name: &'static str) -> Result<Option<&'a str>, Fault> {
        if self.data.is_null() && self.len == 0 {
            return Ok(None);
        }
        // SAFETY: the caller's promise about pointers
        unsafe { text(self.data, self.len, name) }.map(Some)
    }
}

/// The caller's array. NULL is an empty one when its count is 0.
#[inline(always)]
pub(crate) unsafe fn array<'a, T>(
    data: *const T,
    count: usize,
    name: &'static str,
) -> Result<&'a [T], Fault> {
    if data.is_null() {
        return if count == 0 { Ok(&[]) } else { Err(null(name)) };
    }
    if count > DEPESZA_MAX_ITEMS {
        return Err(long(name, DEPESZA_MAX_ITEMS));
    }
    aligned(data, name)?;
    // SAFETY: not NULL, aligned, of bounded length, and by the caller's promise `count` values that nobody writes
    Ok(unsafe { std::slice::from_raw_parts(data, count) })
}

/// The caller's structure, where it is given.
pub(crate) unsafe fn optional<'a, T>(data: *const T, name: &'static str) -> Result<Option<&'a T>, Fault> {
    if data.is_null() {
        return Ok(None);
    }
    aligned(data, name)?;
    // SAFETY: not NULL, aligned, and by the caller's promise a value that nobody writes
    Ok(Some(unsafe { &*data }))
}

/// The caller's structure.
pub(crate) unsafe fn required<'a, T>(data: *const T, name: &'static str) -> Result<&'a T, Fault> {
    // SAFETY: the caller's promise about pointers
    unsafe { optional(data, name) }?.ok_or_else(|| null(name))
}

#[inline(always)]
fn aligned<T>(data: *const T, name: &'static str) -> Result<(), Fault> {
    if data.is_aligned() {
        Ok(())
    } else {
        Err(Fault::value(name, "an address that is aligned for its type"))
    }
}

/// A place of the caller's that is written on success.
pub(crate) struct Out<'a, T> {
    place: *mut T,
    life: PhantomData<&'a mut T>,
}

impl<T> Out<'_, T> {
    #[inline(always)]
    pub(crate) fn write(self, value: T) {
        // SAFETY: `out` checked the place, and the caller promised that it can be written; what stood there is not read
        unsafe { self.place.write(value) }
    }
}

/// The caller's place for an answer.
#[inline(always)]
pub(crate) unsafe fn out<'a, T>(place: *mut T, name: &'static str) -> Result<Out<'a, T>, Fault> {
    // SAFETY: the caller's promise about pointers
    unsafe { maybe_out(place, name) }?.ok_or_else(|| null(name))
}

/// The caller's place for an answer that it may do without.
#[inline(always)]
pub(crate) unsafe fn maybe_out<'a, T>(
    place: *mut T,
    name: &'static str,
) -> Result<Option<Out<'a, T>>, Fault> {
    if place.is_null() {
        return Ok(None);
    }
    aligned(place, name)?;
    Ok(Some(Out { place, life: PhantomData }))
}

/// A buffer of the caller's: so many items fit, and how many are written, or needed, goes to `count`.
pub(crate) struct Buffer<'a, T> {
    data: *mut T,
    capacity: usize,
    count: Out<'a, usize>,
}

impl<T: Copy> Buffer<'_, T> {
    /// All of it. What stands there is of no interest, before and after what is said to be [`written`](Self::written).
    #[inline(always)]
    pub(crate) fn room(&mut self) -> &mut [MaybeUninit<T>] {
        let most = isize::MAX.unsigned_abs() / size_of::<T>().max(1);
        if self.data.is_null() || self.capacity > most {
            return &mut [];
        }
        // SAFETY: `buffer` checked the address, `capacity` items fit by the caller's promise, and nobody else uses them
        unsafe { std::slice::from_raw_parts_mut(self.data.cast(), self.capacity) }
    }

    /// So many items stand in its [`room`](Self::room).
    #[inline(always)]
    pub(crate) fn written(self, count: usize) {
        self.count.write(count);
    }

    /// Writes the items and their number; when they do not fit, the number alone.
    #[inline(always)]
    pub(crate) fn fill(self, items: &[T]) -> Result<(), Fault> {
        self.count.write(items.len());
        if items.len() > self.capacity {
            return Err(too_small(items.len()));
        }
        if !items.is_empty() {
            // SAFETY: `buffer` checked the address, `capacity` items fit by the caller's promise, and nobody else uses them, so
            // they do not overlap
            unsafe { std::ptr::copy_nonoverlapping(items.as_ptr(), self.data, items.len()) };
        }
        Ok(())
    }
}

#[cold]
fn too_small(needed: usize) -> Fault {
    Fault::new(DEPESZA_TOO_SMALL, "too_small", format!("out: expected room for {needed}"))
}

/// The caller's buffer. NULL with a capacity of 0 asks for the length alone.
#[inline(always)]
pub(crate) unsafe fn buffer<'a, T>(
    data: *mut T,
    capacity: usize,
    count: *mut usize,
) -> Result<Buffer<'a, T>, Fault> {
    // SAFETY: the caller's promise about pointers
    let count = unsafe { out(count, "out_len") }?;
    if data.is_null() && capacity > 0 {
        return Err(null("out"));
    }
    aligned(data, "out")?;
    Ok(Buffer { data, capacity, count })
}

thread_local! {
    static FIRST: RefCell<String> = const { RefCell::new(String::new()) };
    static SECOND: RefCell<String> = const { RefCell::new(String::new()) };
}

/// The most bytes of a thread's working text that are kept from call to call.
const KEPT_BYTES: usize = 1 << 16;

#[inline(always)]
fn with_text<T>(of: &'static LocalKey<RefCell<String>>, work: impl FnOnce(&mut String) -> T) -> T {
    let mut work = Some(work);
    let kept = of.try_with(|text| {
        let mut text = text.try_borrow_mut().ok()?;
        let work = work.take()?;
        text.clear();
        let done = work(&mut text);
        if text.capacity() > KEPT_BYTES {
            *text = String::new();
        }
        Some(done)
    });
    match (kept, work) {
        (Ok(Some(done)), _) => done,
        // a thread that is ending gets one of its own
        (_, Some(work)) => work(&mut String::new()),
        (_, None) => std::process::abort(),
    }
}

/// A working text of this thread, empty, kept from call to call so that a call allocates nothing.
#[inline(always)]
pub(crate) fn with_scratch<T>(work: impl FnOnce(&mut String) -> T) -> T {
    with_text(&FIRST, work)
}

/// Two of them.
pub(crate) fn with_scratches<T>(work: impl FnOnce(&mut String, &mut String) -> T) -> T {
    with_text(&FIRST, |first| with_text(&SECOND, |second| work(first, second)))
}

/// Gives a text to the caller.
pub(crate) fn owned(text: String) -> depesza_string_t {
    let len = text.len();
    let mut bytes = text.into_bytes();
    bytes.push(0);
    let data = Box::into_raw(bytes.into_boxed_slice()).cast::<c_char>();
    depesza_string_t { data, len }
}

/// Gives something as JSON to the caller.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<depesza_string_t, Fault> {
    serde_json::to_string(value).map(owned).map_err(|_| {
        Fault::new(crate::guard::DEPESZA_PANIC, "not_json", "the answer could not be written as JSON")
    })
}

/// Frees a text that the library made, and sets its `data` to NULL: freeing it again does nothing. NULL does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_string_free(string: *mut depesza_string_t) -> depesza_status_t {
    guard(|| {
        if string.is_null() {
            return Ok(());
        }
        aligned(string, "string")?;
        // SAFETY: not NULL, aligned, and the caller's own
        let taken =
            unsafe { std::ptr::replace(string, depesza_string_t { data: std::ptr::null_mut(), len: 0 }) };
        if !taken.data.is_null() {
            let bytes = std::ptr::slice_from_raw_parts_mut(taken.data.cast::<u8>(), taken.len + 1);
            // SAFETY: `owned` made it of exactly these bytes, and the address is forgotten before it is freed
            drop(unsafe { Box::from_raw(bytes) });
        }
        Ok(())
    })
}

/// What a kind of handle holds. The C side sees an opaque type, which is never read.
pub(crate) trait Handle {
    /// What it holds. It may be freed by another thread than made it.
    type Holds: Send;
    /// Tells the kinds apart.
    const TAG: u64;
    /// The argument's name in errors.
    const NAME: &'static str;
}

/// A handle's memory. One that lives on our own stack is lent to a callback for the time of a call.
#[repr(C)]
pub(crate) struct Tagged<H: Handle> {
    tag: u64,
    holds: H::Holds,
}

impl<H: Handle> Tagged<H> {
    pub(crate) fn new(holds: H::Holds) -> Self {
        Self { tag: H::TAG, holds }
    }

    /// Lends it for the time of a call. Afterwards it is no handle any more: a pointer that the host kept is refused until other values stand in its
    /// place.
    pub(crate) fn lend<T>(&mut self, call: impl FnOnce(*mut H) -> T) -> T {
        let place = std::ptr::from_mut(self);
        let done = call(place.cast());
        // SAFETY: our own memory; `volatile`, for nobody of ours reads it again
        unsafe { std::ptr::write_volatile(&raw mut (*place).tag, FREED) };
        done
    }

    pub(crate) fn into_held(self) -> H::Holds {
        self.holds
    }
}

/// What a freed handle's tag becomes, so that a copy of its pointer is refused while nobody else has the memory.
const FREED: u64 = 0x6672_6565_6421_2121;

/// Gives a new handle to the caller.
pub(crate) fn give<H: Handle>(holds: H::Holds) -> *mut H {
    Box::into_raw(Box::new(Tagged::<H>::new(holds))).cast()
}

#[cold]
fn bad_handle(name: &'static str) -> Fault {
    Fault::new(DEPESZA_BAD_HANDLE, "bad_handle", format!("{name}: expected a handle of this kind")).of(name)
}

#[inline(always)]
fn check<H: Handle>(handle: *const H) -> Result<(), Fault> {
    if handle.is_null() {
        return Err(null(H::NAME));
    }
    let tag = handle.cast::<u64>();
    // SAFETY: not NULL and aligned; by the caller's promise a handle of this library, which begins with its tag
    if !tag.is_aligned() || unsafe { tag.read() } != H::TAG {
        return Err(bad_handle(H::NAME));
    }
    Ok(())
}

/// What a handle holds.
#[inline(always)]
pub(crate) unsafe fn held<'a, H: Handle>(handle: *const H) -> Result<&'a H::Holds, Fault> {
    check(handle)?;
    // SAFETY: the tag says what it holds, and the caller that it is not freed during the call
    Ok(unsafe { &(*handle.cast::<Tagged<H>>()).holds })
}

/// What a handle holds, to be changed: by one thread at a time.
pub(crate) unsafe fn held_mut<'a, H: Handle>(handle: *mut H) -> Result<&'a mut H::Holds, Fault> {
    check(handle)?;
    // SAFETY: as `held`, and the caller promises that no other call uses it meanwhile
    Ok(unsafe { &mut (*handle.cast::<Tagged<H>>()).holds })
}

/// Frees a handle and sets the caller's pointer to NULL.
pub(crate) unsafe fn free<H: Handle>(handle: *mut *mut H) -> Result<(), Fault> {
    if handle.is_null() {
        return Ok(());
    }
    aligned(handle, H::NAME)?;
    // SAFETY: not NULL, aligned, and the caller's own variable
    let pointer = unsafe { handle.read() };
    if pointer.is_null() {
        return Ok(());
    }
    check(pointer)?;
    // SAFETY: the caller's own variable, and the tag says what was made by `give`; both are forgotten before it is freed
    unsafe {
        handle.write(std::ptr::null_mut());
        std::ptr::write_volatile(pointer.cast::<u64>(), FREED);
        drop(Box::from_raw(pointer.cast::<Tagged<H>>()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::depesza_lookup_t;
    use depesza::model::LookupResult;

    /// A gateway that keeps what it was lent and answers late.
    #[test]
    fn what_was_lent_is_no_handle_after_the_call() {
        let mut place = Tagged::<depesza_lookup_t>::new(LookupResult::Unsure {});
        let kept = place.lend(|lookup| {
            assert!(check(lookup).is_ok());
            lookup
        });
        assert!(check(kept).is_err());
        assert!(matches!(place.into_held(), LookupResult::Unsure {}));
    }
}
