//! A store of the host's: a table of functions over whatever database it has, with rows, entries and commits as structures.
//!
//! What each function promises stands with the trait (`depesza::store::Store`) and in bindings-c/README.md; `depesza_store_checks` says whether a store keeps it.

use crate::engine::of_callback;
use crate::ffi::{Handle, Out, Tagged, depesza_str_t, held_mut, maybe_out, out, required, str_of};
use crate::guard::{DEPESZA_CONFLICT, DEPESZA_OK, Fault, depesza_status_t, guard};
use crate::host::{Userdata, host, lent};
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Entry, Found, Index, Order, RowKey, Scan, Store, StoreError, Table, suite};
use std::any::Any;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

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

#[derive(Default)]
pub(crate) struct Findings {
    docs: Vec<Option<String>>,
    rows: Vec<(String, u16, String, String)>,
    shared: Vec<(String, u16, String)>,
    practices: Vec<(String, i64)>,
}

/// A store of the host's. Every function may be called from several threads at once and answers `DEPESZA_OK`, `DEPESZA_UNAVAILABLE` or
/// `DEPESZA_CORRUPT`; anything else counts as unavailable. Texts are the engine's, for the time of the call. A call sees whole commits only.
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

/// Adds a row of a `list` or a `scan`; `key` is empty for a list.
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

/// A host's store, as the engine sees it.
pub(crate) struct HostStore {
    table: Functions,
    userdata: Userdata,
}

/// The functions of a table, those that are needed being there.
struct Functions {
    version: unsafe extern "C-unwind" fn(*mut c_void, depesza_str_t, *mut u64) -> depesza_status_t,
    read: unsafe extern "C-unwind" fn(
        *mut c_void,
        depesza_str_t,
        *const depesza_row_key_t,
        usize,
        *mut depesza_found_t,
    ) -> depesza_status_t,
    list: unsafe extern "C-unwind" fn(
        *mut c_void,
        depesza_str_t,
        u16,
        depesza_str_t,
        depesza_str_t,
        u32,
        *mut depesza_found_t,
    ) -> depesza_status_t,
    scan: unsafe extern "C-unwind" fn(
        *mut c_void,
        depesza_str_t,
        *const depesza_scan_t,
        *mut depesza_found_t,
    ) -> depesza_status_t,
    commit: unsafe extern "C-unwind" fn(*mut c_void, *const depesza_commit_t, *mut u64) -> depesza_status_t,
    find: unsafe extern "C-unwind" fn(
        *mut c_void,
        u16,
        depesza_str_t,
        *mut depesza_found_t,
    ) -> depesza_status_t,
    due: unsafe extern "C-unwind" fn(*mut c_void, u16, i64, u32, *mut depesza_found_t) -> depesza_status_t,
    scrub: Option<unsafe extern "C-unwind" fn(*mut c_void) -> depesza_status_t>,
}

impl HostStore {
    pub(crate) unsafe fn read(
        table: *const depesza_store_table_t,
        userdata: *mut c_void,
    ) -> Result<Self, Fault> {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let table = unsafe { required(table, "table")? };
        if table.size != size_of::<depesza_store_table_t>() {
            return Err(Fault::value("table.size", "sizeof(depesza_store_table_t) of this library's header"));
        }
        let missing = |name| Fault::value(name, "a function");
        let functions = Functions {
            version: table.version.ok_or_else(|| missing("table.version"))?,
            read: table.read.ok_or_else(|| missing("table.read"))?,
            list: table.list.ok_or_else(|| missing("table.list"))?,
            scan: table.scan.ok_or_else(|| missing("table.scan"))?,
            commit: table.commit.ok_or_else(|| missing("table.commit"))?,
            find: table.find.ok_or_else(|| missing("table.find"))?,
            due: table.due.ok_or_else(|| missing("table.due"))?,
            scrub: table.scrub,
        };
        Ok(Self { table: functions, userdata: Userdata::new(userdata, table.free) })
    }

    /// The findings of a call that collects some.
    fn collect(
        &self,
        places: usize,
        call: impl FnOnce(*mut c_void, *mut depesza_found_t) -> depesza_status_t,
    ) -> Result<Findings, StoreError> {
        let mut found =
            Tagged::<depesza_found_t>::new(Findings { docs: vec![None; places], ..Findings::default() });
        match found.lend(|found| host(|| call(self.userdata.get(), found))) {
            DEPESZA_OK => Ok(found.into_held()),
            status => Err(of_callback(status)),
        }
    }
}

fn strange(what: &str) -> StoreError {
    StoreError::Corrupt(format!("the host's store gave {what} that there is not"))
}

fn table(code: u16) -> Result<Table, StoreError> {
    Table::from_code(code).ok_or_else(|| strange("a table"))
}

fn keys(rows: &[RowKey]) -> Vec<depesza_row_key_t> {
    rows.iter().map(key).collect()
}

fn key(row: &RowKey) -> depesza_row_key_t {
    depesza_row_key_t { table: row.table.code(), id: lent(&row.id) }
}

fn entry(entry: &Entry) -> depesza_entry_t {
    depesza_entry_t { index: entry.index.code(), key: lent(&entry.key) }
}

impl Store for HostStore {
    fn version(&self, practice: &PracticeId) -> Result<u64, StoreError> {
        let mut version = 0;
        // SAFETY: the host's function with the host's value; what is lent lives longer than the call
        match host(|| unsafe {
            (self.table.version)(self.userdata.get(), lent(practice.as_str()), &mut version)
        }) {
            DEPESZA_OK => Ok(version),
            status => Err(of_callback(status)),
        }
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, StoreError> {
        let keys = keys(rows);
        // SAFETY: as in `version`
        let found = self.collect(rows.len(), |userdata, found| unsafe {
            (self.table.read)(userdata, lent(practice.as_str()), keys.as_ptr(), keys.len(), found)
        })?;
        Ok(found.docs)
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        // SAFETY: as in `version`
        let found = self.collect(0, |userdata, found| unsafe {
            let practice = lent(practice.as_str());
            (self.table.list)(userdata, practice, table.code(), lent(from), lent(to), limit, found)
        })?;
        Ok(found.rows.into_iter().map(|(_, _, id, doc)| (id, doc)).collect())
    }

    fn scan(&self, practice: &PracticeId, scan: &Scan) -> Result<Vec<Found>, StoreError> {
        let asked = depesza_scan_t {
            index: scan.index.code(),
            from: lent(&scan.from),
            to: lent(&scan.to),
            limit: scan.limit,
            descending: u8::from(scan.order == Order::Descending),
        };
        // SAFETY: as in `version`
        let found = self.collect(0, |userdata, found| unsafe {
            (self.table.scan)(userdata, lent(practice.as_str()), &asked, found)
        })?;
        let row = |(key, code, id, doc)| Ok(Found { key, row: RowKey { table: table(code)?, id }, doc });
        found.rows.into_iter().map(row).collect()
    }

    fn commit(&self, commit: &Commit) -> Result<u64, StoreError> {
        let entries = |of: &[Entry]| of.iter().map(entry).collect::<Vec<_>>();
        let lists: Vec<_> =
            commit.writes.iter().map(|write| (entries(&write.remove), entries(&write.add))).collect();
        let writes: Vec<depesza_write_t> = commit
            .writes
            .iter()
            .zip(&lists)
            .map(|(write, (remove, add))| depesza_write_t {
                row: key(&write.row),
                doc: str_of(write.doc.as_deref()),
                remove: remove.as_ptr(),
                remove_count: remove.len(),
                add: add.as_ptr(),
                add_count: add.len(),
            })
            .collect();
        let told = depesza_commit_t {
            practice: lent(commit.practice.as_str()),
            version: commit.version,
            writes: writes.as_ptr(),
            writes_count: writes.len(),
        };
        let mut version = commit.version;
        // SAFETY: as in `version`
        match host(|| unsafe { (self.table.commit)(self.userdata.get(), &told, &mut version) }) {
            DEPESZA_OK => Ok(version),
            DEPESZA_CONFLICT => Err(StoreError::Conflict { expected: commit.version, found: version }),
            status => Err(of_callback(status)),
        }
    }

    fn find(&self, index: Index, key: &str) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
        // SAFETY: as in `version`
        let found = self.collect(0, |userdata, found| unsafe {
            (self.table.find)(userdata, index.code(), lent(key), found)
        })?;
        let row = |(practice, code, id): (String, u16, String)| {
            Ok((PracticeId::new(practice), RowKey { table: table(code)?, id }))
        };
        found.shared.into_iter().map(row).collect()
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
        // SAFETY: as in `version`
        let found = self.collect(0, |userdata, found| unsafe {
            (self.table.due)(userdata, queue.code(), until.ms(), limit, found)
        })?;
        let practice = |(id, at_ms): (String, i64)| (PracticeId::new(id), Timestamp::from_ms(at_ms));
        Ok(found.practices.into_iter().map(practice).collect())
    }

    fn scrub(&self) -> Result<(), StoreError> {
        let Some(scrub) = self.table.scrub else { return Ok(()) };
        // SAFETY: as in `version`
        match host(|| unsafe { scrub(self.userdata.get()) }) {
            DEPESZA_OK => Ok(()),
            status => Err(of_callback(status)),
        }
    }
}

/// Opens an empty store for a check: writes its table and its `userdata`.
pub type depesza_store_open_t = Option<
    unsafe extern "C-unwind" fn(
        userdata: *mut c_void,
        table: *mut depesza_store_table_t,
        store: *mut *mut c_void,
    ) -> depesza_status_t,
>;

/// Is told of a check: the promise it is about, 1 in `held` when the store keeps it, and why not otherwise. The texts are the library's, for the time of the call.
pub type depesza_store_report_t = Option<
    unsafe extern "C-unwind" fn(userdata: *mut c_void, promise: depesza_str_t, held: u8, why: depesza_str_t),
>;

/// Puts a host's store through all checks of what the engine relies on, each on an empty store of its own, and counts them and those that failed. `report` may be
/// NULL. Not for a store with data in it. A check that fails also writes to stderr where it did.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_store_checks(
    open: depesza_store_open_t,
    report: depesza_store_report_t,
    userdata: *mut c_void,
    ran: *mut u32,
    failed: *mut u32,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (ran, failed) = unsafe { (maybe_out(ran, "ran")?, out(failed, "failed")?) };
        let open = open.ok_or_else(|| Fault::value("open", "a function"))?;
        let (mut count, mut broken) = (0, 0);
        for check in suite::checks() {
            let mut table = None::<Box<depesza_store_table_t>>;
            let mut store = std::ptr::null_mut();
            let place = table.insert(Box::new(NO_TABLE));
            // SAFETY: the host's function with the host's value
            match host(|| unsafe { open(userdata, &mut **place, &mut store) }) {
                DEPESZA_OK => {}
                status => return Err(Fault::new(status, "not_opened", "open: expected an empty store")),
            }
            // SAFETY: the host wrote the table
            let store: Arc<dyn Store> = Arc::new(unsafe { HostStore::read(&**place, store)? });
            let done = catch_unwind(AssertUnwindSafe(|| (check.run)(&store)));
            count += 1;
            broken += u32::from(done.is_err());
            if let Some(report) = report {
                let why = done.as_ref().err().map(|why| said(&**why));
                let held = u8::from(done.is_ok());
                host(|| {
                    // SAFETY: the host's function with the host's value; the texts live longer than the call
                    unsafe { report(userdata, lent(check.name), held, str_of(why.as_deref())) };
                    DEPESZA_OK
                });
            }
        }
        if let Some(ran) = ran {
            Out::write(ran, count);
        }
        failed.write(broken);
        Ok(())
    })
}

const NO_TABLE: depesza_store_table_t = depesza_store_table_t {
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
};

/// What a check that failed said.
fn said(why: &(dyn Any + Send)) -> String {
    let text = why.downcast_ref::<String>().cloned();
    text.or_else(|| why.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default()
}
