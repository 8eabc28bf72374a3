//! Callbacks that panic. They share this library's standard library, so their panics are caught, and neither leave the library nor end the process. A host in
//! Rust has a standard library of its own, and catches its panics itself (README, "Callbacks").
#![allow(unsafe_code, reason = "the test is a host, and calls as C does")]
#![allow(
    clippy::panic,
    clippy::undocumented_unsafe_blocks,
    reason = "a test fails by panicking, and what it passes is its own"
)]

use depesza_c::engine::*;
use depesza_c::facts::depesza_tell_calls;
use depesza_c::ffi::{depesza_str_t, depesza_string_free, depesza_string_t};
use depesza_c::gateway::*;
use depesza_c::guard::*;
use depesza_c::store::depesza_store_table_t;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering};

/// 2026-11-16T09:00:00Z.
const NINE_MS: i64 = 1_794_819_600_000;

static CALLED: AtomicU32 = AtomicU32::new(0);

fn panic_now() -> ! {
    CALLED.fetch_add(1, Ordering::Relaxed);
    panic!("a callback's own");
}

unsafe extern "C-unwind" fn submit(
    _: *mut c_void,
    _: *const depesza_submission_t,
    _: usize,
    _: *mut depesza_answers_t,
) -> depesza_status_t {
    panic_now()
}

unsafe extern "C-unwind" fn balance(_: *mut c_void, _: *mut i64) -> depesza_status_t {
    panic_now()
}

unsafe extern "C-unwind" fn version(_: *mut c_void, _: depesza_str_t, _: *mut u64) -> depesza_status_t {
    panic_now()
}

unsafe extern "C-unwind" fn free(_: *mut c_void) {
    panic_now()
}

fn text(of: &str) -> depesza_str_t {
    depesza_str_t { data: of.as_ptr().cast(), len: of.len() }
}

fn options() -> *mut depesza_engine_options_t {
    let mut options = null_mut();
    assert_eq!(unsafe { depesza_engine_options_new(&mut options) }, DEPESZA_OK);
    options
}

fn opened(mut options: *mut depesza_engine_options_t) -> *mut depesza_engine_t {
    let mut engine = null_mut();
    assert_eq!(unsafe { depesza_engine_open(options, &mut engine) }, DEPESZA_OK);
    assert_eq!(unsafe { depesza_engine_options_free(&mut options) }, DEPESZA_OK);
    engine
}

fn call(engine: *mut depesza_engine_t, method: &str, arguments: &str) -> depesza_status_t {
    let mut answer = depesza_string_t { data: null_mut(), len: 0 };
    let (method, arguments) = (text(method), text(arguments));
    unsafe {
        let status =
            depesza_call(engine, method.data, method.len, arguments.data, arguments.len, &mut answer);
        assert_eq!(depesza_string_free(&mut answer), DEPESZA_OK);
        status
    }
}

#[test]
fn a_gateway_that_panics_gave_an_answer_that_nobody_knows() {
    let before = CALLED.load(Ordering::Relaxed);
    let options = options();
    let can =
        depesza_capabilities_t { own_reference: DEPESZA_REFERENCE_NONE, window_ms: 0, batch: 10, reports: 0 };
    let table = depesza_gateway_table_t {
        size: size_of::<depesza_gateway_table_t>(),
        submit: Some(submit),
        look_up: None,
        cancel: None,
        balance: Some(balance),
        free: Some(free),
    };
    let (url, id) = (text("memory:"), text("sms"));
    unsafe {
        assert_eq!(depesza_engine_options_store_url(options, url.data, url.len), DEPESZA_OK);
        let taken = depesza_engine_options_gateway(options, id.data, id.len, &can, &table, null_mut());
        assert_eq!(taken, DEPESZA_OK);
    }
    let mut engine = opened(options);
    let now = r#""now": "2026-11-16T09:00:00Z""#;
    let practice = format!(
        r#"{{{now}, "practice": {{"id": "l", "name": "L", "secret": "sixteen bytes or more",
            "settings": {{"calls": {{"service": {{"active": true}}}}}}}}}}"#
    );
    assert_eq!(call(engine, "open_practice", &practice), DEPESZA_OK);
    let rule = format!(
        r#"{{{now}, "practice": "l", "user": {{"id": "a", "permissions": ["manage_campaigns"]}}, "rule": "missed",
            "spec": {{"name": "N", "when": {{"statuses": ["no_answer"]}}, "body": "Oddzwonimy."}}}}"#
    );
    assert_eq!(call(engine, "save_rule", &rule), DEPESZA_OK);
    assert_eq!(call(engine, "ask_balances", &format!(r#"{{{now}, "practice": "l"}}"#)), DEPESZA_OK);

    let none = depesza_str_t { data: null(), len: 0 };
    let ended = depesza_c::call::depesza_call_t {
        system: text("pbx"),
        id: text("1"),
        direction: 0,
        status: depesza_c::codes::DEPESZA_CALL_NO_ANSWER,
        caller: text("501234567"),
        called: text("221234501"),
        own_number: none,
        answered_by: none,
        started_at_ms: NINE_MS,
        ended_at_ms: NINE_MS + 20_000,
        ring_s: 20,
        talk_s: 0,
        raw_status: none,
        raw_cause: none,
    };
    let lipowa = text("l");
    let mut did = depesza_dispatched_t { submitted: 0, accepted: 0, unknown: 0, more: 0 };
    unsafe {
        let told =
            depesza_tell_calls(engine, lipowa.data, lipowa.len, &ended, 1, NINE_MS + 20_000, null_mut());
        assert_eq!(told, DEPESZA_OK);
        assert_eq!(depesza_dispatch(engine, NINE_MS + 20_000, 10, &mut did), DEPESZA_OK);
        assert_eq!((did.submitted, did.accepted, did.unknown), (1, 0, 1));
        assert_eq!(depesza_engine_free(&mut engine), DEPESZA_OK);
    }
    // what was handed over, what was asked for, and what was freed
    assert!(CALLED.load(Ordering::Relaxed) >= before + 3);
}

#[test]
fn a_store_that_panics_cannot_be_used_now() {
    let options = options();
    let mut table = depesza_store_table_t {
        size: size_of::<depesza_store_table_t>(),
        version: Some(version),
        read: None,
        list: None,
        scan: None,
        commit: None,
        find: None,
        due: None,
        scrub: None,
        free: Some(free),
        scans: None,
        turn: None,
        end_turn: None,
    };
    // a table that is not whole is refused, and nothing is freed
    let before = CALLED.load(Ordering::Relaxed);
    assert_eq!(unsafe { depesza_engine_options_store(options, &table, null_mut()) }, DEPESZA_BAD_VALUE);
    unsafe extern "C-unwind" fn read(
        _: *mut c_void,
        _: depesza_str_t,
        _: *const depesza_c::store::depesza_row_key_t,
        _: usize,
        _: *mut depesza_c::found::depesza_found_t,
    ) -> depesza_status_t {
        panic_now()
    }
    unsafe extern "C-unwind" fn list(
        _: *mut c_void,
        _: depesza_str_t,
        _: u16,
        _: depesza_str_t,
        _: depesza_str_t,
        _: u32,
        _: *mut depesza_c::found::depesza_found_t,
    ) -> depesza_status_t {
        panic_now()
    }
    unsafe extern "C-unwind" fn scan(
        _: *mut c_void,
        _: depesza_str_t,
        _: *const depesza_c::store::depesza_scan_t,
        _: *mut depesza_c::found::depesza_found_t,
    ) -> depesza_status_t {
        panic_now()
    }
    unsafe extern "C-unwind" fn commit(
        _: *mut c_void,
        _: *const depesza_c::store::depesza_commit_t,
        _: *mut u64,
    ) -> depesza_status_t {
        panic_now()
    }
    unsafe extern "C-unwind" fn find(
        _: *mut c_void,
        _: u16,
        _: depesza_str_t,
        _: *mut depesza_c::found::depesza_found_t,
    ) -> depesza_status_t {
        panic_now()
    }
    unsafe extern "C-unwind" fn due(
        _: *mut c_void,
        _: u16,
        _: i64,
        _: u32,
        _: *mut depesza_c::found::depesza_found_t,
    ) -> depesza_status_t {
        panic_now()
    }
    table.read = Some(read);
    table.list = Some(list);
    table.scan = Some(scan);
    table.commit = Some(commit);
    table.find = Some(find);
    table.due = Some(due);
    assert_eq!(unsafe { depesza_engine_options_store(options, &table, null_mut()) }, DEPESZA_OK);
    let mut engine = opened(options);
    assert_eq!(call(engine, "campaigns", r#"{"practice": "l"}"#), DEPESZA_UNAVAILABLE);
    assert_eq!(call(engine, "next_due", "{}"), DEPESZA_UNAVAILABLE);
    assert_eq!(unsafe { depesza_engine_free(&mut engine) }, DEPESZA_OK);
    assert!(CALLED.load(Ordering::Relaxed) > before);
}
