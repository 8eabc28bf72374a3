//! The checks of what the engine relies on, for a host's store.

use crate::ffi::{Out, depesza_str_t, maybe_out, out, str_of};
use crate::guard::{DEPESZA_OK, Fault, depesza_status_t, guard};
use crate::host::{host, lent};
use crate::host_store::HostStore;
use crate::store::{NO_TABLE, depesza_store_table_t};
use depesza::store::{Store, suite};
use std::any::Any;
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

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

/// What a check that failed said.
fn said(why: &(dyn Any + Send)) -> String {
    let text = why.downcast_ref::<String>().cloned();
    text.or_else(|| why.downcast_ref::<&str>().map(|&text| text.to_owned())).unwrap_or_default()
}
