//! A host's store as the engine sees it: its table of functions behind the trait of the core.

use crate::ffi::{Tagged, depesza_str_t, str_of};
use crate::found::{Findings, FoundRow, depesza_found_t};
use crate::guard::{DEPESZA_CONFLICT, DEPESZA_CORRUPT, DEPESZA_OK, Fault, depesza_status_t};
use crate::host::{Userdata, host, lent};
use crate::store::{
    depesza_commit_t, depesza_entry_t, depesza_row_key_t, depesza_scan_t, depesza_store_table_t,
    depesza_write_t,
};
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Commit, Entry, Found, Index, Order, RowKey, Scan, Store, StoreError, Table, Turn};
use std::ffi::c_void;

/// What a host's callback answered, when it is not `DEPESZA_OK`.
fn of_callback(status: depesza_status_t) -> StoreError {
    match status {
        DEPESZA_CORRUPT => StoreError::Corrupt("the host's store says so".to_owned()),
        _ => StoreError::Unavailable(format!("the host's store answered {status}")),
    }
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
    scans: Option<
        unsafe extern "C-unwind" fn(
            *mut c_void,
            depesza_str_t,
            *const depesza_scan_t,
            usize,
            *mut depesza_found_t,
        ) -> depesza_status_t,
    >,
    turn: Option<(TakeTurn, EndTurn)>,
}

type TakeTurn =
    unsafe extern "C-unwind" fn(*mut c_void, depesza_str_t, u16, i64, *mut *mut c_void) -> depesza_status_t;
type EndTurn = unsafe extern "C-unwind" fn(*mut c_void, *mut c_void);

/// A turn that the host's store gave; it ends as this is dropped.
struct HeldTurn<'s> {
    userdata: &'s Userdata,
    turn: *mut c_void,
    end: EndTurn,
}

impl Drop for HeldTurn<'_> {
    fn drop(&mut self) {
        host(|| {
            // SAFETY: the host's function with the host's values
            unsafe { (self.end)(self.userdata.get(), self.turn) };
            DEPESZA_OK
        });
    }
}

impl HostStore {
    pub(crate) unsafe fn read(
        table: *const depesza_store_table_t,
        userdata: *mut c_void,
    ) -> Result<Self, Fault> {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let table = unsafe { depesza_store_table_t::read(table)? };
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
            scans: table.scans,
            turn: match (table.turn, table.end_turn) {
                (Some(turn), Some(end)) => Some((turn, end)),
                (Some(_), None) => return Err(missing("table.end_turn")),
                (None, _) => None,
            },
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

fn part(scan: &Scan) -> depesza_scan_t {
    depesza_scan_t {
        index: scan.index.code(),
        from: lent(&scan.from),
        to: lent(&scan.to),
        limit: scan.limit,
        descending: u8::from(scan.order == Order::Descending),
    }
}

fn row((key, code, id, doc): FoundRow) -> Result<Found, StoreError> {
    Ok(Found { key, row: RowKey { table: table(code)?, id }, doc })
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
        let asked = part(scan);
        // SAFETY: as in `version`
        let found = self.collect(0, |userdata, found| unsafe {
            (self.table.scan)(userdata, lent(practice.as_str()), &asked, found)
        })?;
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

    fn scans(&self, practice: &PracticeId, scans: &[Scan]) -> Result<Vec<Vec<Found>>, StoreError> {
        let Some(ask) = self.table.scans else {
            return scans.iter().map(|scan| self.scan(practice, scan)).collect();
        };
        let asked: Vec<depesza_scan_t> = scans.iter().map(part).collect();
        // SAFETY: as in `version`
        let found = self.collect(0, |userdata, found| unsafe {
            ask(userdata, lent(practice.as_str()), asked.as_ptr(), asked.len(), found)
        })?;
        if found.ends.len() != scans.len() || found.ends.last().is_some_and(|end| *end != found.rows.len()) {
            return Err(StoreError::Unavailable(
                "the host's store ended other scans than it was asked".into(),
            ));
        }
        let mut rows = found.rows.into_iter();
        let mut begin = 0;
        let mut next = |end: usize| {
            let count = end.saturating_sub(begin);
            begin = end;
            rows.by_ref().take(count).map(row).collect()
        };
        found.ends.into_iter().map(&mut next).collect()
    }

    fn turn(
        &self,
        practice: &PracticeId,
        queue: Index,
        until: Timestamp,
    ) -> Result<Option<Turn<'_>>, StoreError> {
        let Some((take, end)) = self.table.turn else { return Ok(Some(Turn::free())) };
        let userdata = &self.userdata;
        let mut turn = std::ptr::null_mut();
        // SAFETY: as in `version`
        match host(|| unsafe {
            take(userdata.get(), lent(practice.as_str()), queue.code(), until.ms(), &mut turn)
        }) {
            DEPESZA_OK if turn.is_null() => Ok(None),
            DEPESZA_OK => Ok(Some(Turn::holding(HeldTurn { userdata, turn, end }))),
            status => Err(of_callback(status)),
        }
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
