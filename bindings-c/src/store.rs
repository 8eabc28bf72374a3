//! A store of the host's: a table of functions over whatever database it has, with rows, entries and commits as structures.
//!
//! What each function promises stands with the trait (`depesza::store::Store`) and in bindings-c/README.md; `depesza_store_checks` says whether a store keeps it.

use crate::ffi::{depesza_str_t, required, str_of};
use crate::found::depesza_found_t;
use crate::guard::{Fault, depesza_status_t};
use depesza::store::{Index, Table};
use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr::copy_nonoverlapping;

/// A row's name in its practice: the number of its table, and its id, which never is a telephone number.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_row_key_t {
    /// What it is. Numbers are stable and sort as rows under one key do; `depesza_table_name` has the names.
    pub table: u16,
    /// Its id.
    pub id: depesza_str_t,
}

/// An entry of an index: an ordered key that points at the row it is written with.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_entry_t {
    /// Which index. Numbers are stable; `depesza_index_name` has the names.
    pub index: u16,
    /// The key. Keys can hold telephone numbers: they belong into no log.
    pub key: depesza_str_t,
}

/// One row's change.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_write_t {
    /// Which row.
    pub row: depesza_row_key_t,
    /// The new document; absent: the row goes, with all its entries, whether `remove` names them or not.
    pub doc: depesza_str_t,
    /// Entries to take away, before those of `add` are added; taking one that is not there is no error.
    pub remove: *const depesza_entry_t,
    /// How many there are.
    pub remove_count: usize,
    /// Entries to add; adding one that stands is no error.
    pub add: *const depesza_entry_t,
    /// How many there are.
    pub add_count: usize,
}

/// A set of changes that is stored whole or not at all.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_commit_t {
    /// Whose rows.
    pub practice: depesza_str_t,
    /// The version that the practice must be at; 0 creates it. Afterwards it is at the next one.
    pub version: u64,
    /// The changes; no row twice.
    pub writes: *const depesza_write_t,
    /// How many there are.
    pub writes_count: usize,
}

/// A part of an index.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_scan_t {
    /// Which index.
    pub index: u16,
    /// Keys from this one on, itself included, compared byte by byte.
    pub from: depesza_str_t,
    /// Keys before this one.
    pub to: depesza_str_t,
    /// The most rows.
    pub limit: u32,
    /// Not 0: highest key first, and under one key the highest row.
    pub descending: u8,
}

/// A store of the host's. Every function may be called from several threads at once and answers `DEPESZA_OK`, `DEPESZA_UNAVAILABLE` or
/// `DEPESZA_CORRUPT`; anything else counts as unavailable. Texts are the engine's, for the time of the call. A call sees whole commits only.
///
/// It grows at its end: a program that was compiled with the table of an older release says so by `size`, and is as good as one with NULL in what is new.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_store_table_t {
    /// `sizeof(depesza_store_table_t)`: what the host was compiled with.
    pub size: usize,
    /// The practice's version; 0 when there is no such practice.
    pub version: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            practice: depesza_str_t,
            version: *mut u64,
        ) -> depesza_status_t,
    >,
    /// The documents of rows: `depesza_found_doc` by their places, nothing for one that is not there.
    pub read: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            practice: depesza_str_t,
            rows: *const depesza_row_key_t,
            rows_count: usize,
            found: *mut depesza_found_t,
        ) -> depesza_status_t,
    >,
    /// The rows of a table with `from <= id < to`, in the order of their ids byte by byte, at most `limit`: `depesza_found_row`, without a key.
    pub list: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            practice: depesza_str_t,
            table: u16,
            from: depesza_str_t,
            to: depesza_str_t,
            limit: u32,
            found: *mut depesza_found_t,
        ) -> depesza_status_t,
    >,
    /// The rows of a part of an index, in the order of key, table and id: `depesza_found_row`.
    pub scan: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            practice: depesza_str_t,
            scan: *const depesza_scan_t,
            found: *mut depesza_found_t,
        ) -> depesza_status_t,
    >,
    /// Stores all of a commit or nothing, and writes the new version. `DEPESZA_CONFLICT` when the practice is at another version than the commit's, which
    /// is then written.
    pub commit: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            commit: *const depesza_commit_t,
            version: *mut u64,
        ) -> depesza_status_t,
    >,
    /// The rows under a key of an index over all practices, in the order of practice, table and id: `depesza_found_shared`.
    pub find: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            index: u16,
            key: depesza_str_t,
            found: *mut depesza_found_t,
        ) -> depesza_status_t,
    >,
    /// The practices with an entry of the index `queue` whose key begins with an instant of at most `until_ms` (15 digits, milliseconds), each with the
    /// earliest, earliest first and those of one instant by their ids, at most `limit`: `depesza_found_practice`.
    pub due: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            queue: u16,
            until_ms: i64,
            limit: u32,
            found: *mut depesza_found_t,
        ) -> depesza_status_t,
    >,
    /// May be NULL: drops what deleted rows left behind in files, logs and free room.
    pub scrub: Option<unsafe extern "C-unwind" fn(userdata: *mut c_void) -> depesza_status_t>,
    /// May be NULL: frees `userdata`.
    pub free: Option<unsafe extern "C-unwind" fn(userdata: *mut c_void)>,
    /// May be NULL: several parts of indexes of one practice in one call, for a store that is far away; not necessarily all of one moment. The rows of each as `scan` adds
    /// them, `depesza_found_next` after those of each, the last too.
    pub scans: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            practice: depesza_str_t,
            scans: *const depesza_scan_t,
            scans_count: usize,
            found: *mut depesza_found_t,
        ) -> depesza_status_t,
    >,
    /// May be NULL, as `end_turn` then is: takes a practice's turn at the index `queue`, so that dispatchers on one database work side by side. Writes to `turn`
    /// what the turn is known by, which is not NULL; leaves it when another dispatcher has the turn, or nothing stands in the queue at or before `until_ms` any more. It
    /// spares work and promises nothing.
    pub turn: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            practice: depesza_str_t,
            queue: u16,
            until_ms: i64,
            turn: *mut *mut c_void,
        ) -> depesza_status_t,
    >,
    /// Ends a turn, in the thread that took it. A turn also ends when its process dies.
    pub end_turn: Option<unsafe extern "C-unwind" fn(userdata: *mut c_void, turn: *mut c_void)>,
}

pub(crate) const NO_TABLE: depesza_store_table_t = depesza_store_table_t {
    size: 0,
    version: None,
    read: None,
    list: None,
    scan: None,
    commit: None,
    find: None,
    due: None,
    scrub: None,
    free: None,
    scans: None,
    turn: None,
    end_turn: None,
};

/// The sizes of the table in all releases of this ABI, the newest last.
const SIZES: [usize; 2] = [offset_of!(depesza_store_table_t, scans), size_of::<depesza_store_table_t>()];

impl depesza_store_table_t {
    /// The caller's table, what it does not know of being NULL.
    pub(crate) unsafe fn read(table: *const Self) -> Result<Self, Fault> {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`; every release's table begins with its size
        let size = *unsafe { required(table.cast::<usize>(), "table")? };
        if !SIZES.contains(&size) {
            return Err(Fault::value("table.size", "sizeof(depesza_store_table_t) of this library's header"));
        }
        let mut read = NO_TABLE;
        // SAFETY: the caller's table has as many bytes, ours no fewer, and any prefix that ends with a field is a table
        unsafe { copy_nonoverlapping(table.cast::<u8>(), (&raw mut read).cast(), size) };
        Ok(read)
    }
}

/// The name of a table by its number; none for one that this release does not know. The text is for ever.
#[unsafe(no_mangle)]
pub extern "C" fn depesza_table_name(table: u16) -> depesza_str_t {
    str_of(Table::from_code(table).map(Table::name))
}

/// The name of an index by its number; none for one that this release does not know. The text is for ever.
#[unsafe(no_mangle)]
pub extern "C" fn depesza_index_name(index: u16) -> depesza_str_t {
    str_of(Index::from_code(index).map(Index::name))
}
