//! What a store of the host's finds, put in piece by piece during a call of its.

use crate::ffi::{Handle, depesza_str_t, held_mut};
use crate::guard::{Fault, depesza_status_t, guard};

/// Where a store puts what it found, during the call that it is given to. By one thread at a time, and never after the callback has returned: a late
/// use is refused where that shows, and otherwise writes to memory that is somebody else's.
pub struct depesza_found_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_found_t {
    type Holds = Findings;
    const TAG: u64 = 0x6461_666f_756e_6407;
    const NAME: &'static str = "found";
}

/// Key, table, id, document.
pub(crate) type FoundRow = (String, u16, String, String);

#[derive(Default)]
pub(crate) struct Findings {
    pub docs: Vec<Option<String>>,
    pub rows: Vec<FoundRow>,
    pub shared: Vec<(String, u16, String)>,
    pub practices: Vec<(String, i64)>,
    /// How many rows there were at the end of each scan of several.
    pub ends: Vec<usize>,
}

/// Adds the document of the row at `place`, from 0, of a `read`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_found_doc(
    found: *mut depesza_found_t,
    place: usize,
    doc: depesza_str_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (found, doc) = unsafe { (held_mut(found)?, doc.required("doc")?) };
        let asked = found
            .docs
            .get_mut(place)
            .ok_or_else(|| Fault::value("place", "a place of the rows asked for"))?;
        *asked = Some(doc.to_owned());
        Ok(())
    })
}

/// Adds a row of a `list`, a `scan` or one of `scans`; `key` is empty for a list.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_found_row(
    found: *mut depesza_found_t,
    key: depesza_str_t,
    table: u16,
    id: depesza_str_t,
    doc: depesza_str_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (found, key, id, doc) =
            unsafe { (held_mut(found)?, key.required("key")?, id.required("id")?, doc.required("doc")?) };
        found.rows.push((key.to_owned(), table, id.to_owned(), doc.to_owned()));
        Ok(())
    })
}

/// Ends the rows of one of `scans`; called after the rows of each, the last too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_found_next(found: *mut depesza_found_t) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let found = unsafe { held_mut(found)? };
        found.ends.push(found.rows.len());
        Ok(())
    })
}

/// Adds a row of a `find`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_found_shared(
    found: *mut depesza_found_t,
    practice: depesza_str_t,
    table: u16,
    id: depesza_str_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (found, practice, id) =
            unsafe { (held_mut(found)?, practice.required("practice")?, id.required("id")?) };
        found.shared.push((practice.to_owned(), table, id.to_owned()));
        Ok(())
    })
}

/// Adds a practice of a `due`, with its earliest instant.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_found_practice(
    found: *mut depesza_found_t,
    practice: depesza_str_t,
    at_ms: i64,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (found, practice) = unsafe { (held_mut(found)?, practice.required("practice")?) };
        found.practices.push((practice.to_owned(), at_ms));
        Ok(())
    })
}
