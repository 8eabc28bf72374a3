//! The engine: options, opening, dispatch, work, events, and the door to every operation by name.

use crate::call::instant;
use crate::ffi::{Handle, depesza_string_t, free, give, held, held_mut, json, out, owned, text};
use crate::gateway::{HostGateway, depesza_capabilities_t, depesza_gateway_table_t};
use crate::guard::{
    DEPESZA_BAD_VALUE, DEPESZA_CORRUPT, DEPESZA_REFUSED, DEPESZA_UNAVAILABLE, Fault, depesza_status_t, guard,
};
use crate::host_store::HostStore;
use crate::store::depesza_store_table_t;
use depesza::door::{self, Refusal};
use depesza::engine::{Engine, EngineError};
use depesza::gateway::Gateway;
use depesza::model::{GatewayId, PracticeId};
use depesza::store::Store;
use depesza_open::Links;
use std::ffi::{c_char, c_void};
use std::ops::Deref;
use std::sync::Arc;

/// What an engine is made of. Used by one thread at a time.
pub struct depesza_engine_options_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_engine_options_t {
    type Holds = OptionsHeld;
    const TAG: u64 = 0x6461_6f70_7469_6f05;
    const NAME: &'static str = "options";
}

#[derive(Default)]
pub(crate) struct OptionsHeld {
    store: Option<Arc<dyn Store>>,
    pub gateways: Vec<(GatewayId, Arc<dyn Gateway>)>,
    /// Those of `gateways` that were made from JSON.
    pub links: Links,
}

impl OptionsHeld {
    pub(crate) fn has_gateway(&self, id: &str) -> bool {
        self.gateways.iter().any(|(known, _)| known.as_str() == id)
    }
}

/// An engine over one store and its gateways. Any number of threads may use it at once; who frees it sees to it that none does any more.
pub struct depesza_engine_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_engine_t {
    type Holds = EngineHeld;
    const TAG: u64 = 0x6461_656e_6769_6e06;
    const NAME: &'static str = "engine";
}

pub(crate) struct EngineHeld {
    engine: Engine,
    pub links: Links,
}

impl Deref for EngineHeld {
    type Target = Engine;

    fn deref(&self) -> &Engine {
        &self.engine
    }
}

/// What a dispatch did.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_dispatched_t {
    /// Messages handed to a gateway.
    pub submitted: u64,
    /// Of these, taken.
    pub accepted: u64,
    /// Of these, with an outcome that nobody knows.
    pub unknown: u64,
    /// 1 when something is still due: call again.
    pub more: u8,
}

/// What a round of work did.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_worked_t {
    /// Commits made.
    pub commits: u64,
    /// Jobs finished.
    pub finished: u64,
    /// 1 when something is left: call again.
    pub more: u8,
}

/// What the engine refused, as the door says it.
pub(crate) fn refused(refusal: Refusal) -> Fault {
    let status = match refusal.code.as_str() {
        "store_unavailable" => DEPESZA_UNAVAILABLE,
        "store_corrupt" => DEPESZA_CORRUPT,
        "bad_arguments" | "unknown_method" => DEPESZA_BAD_VALUE,
        _ => DEPESZA_REFUSED,
    };
    let Refusal { code, message, field, faults } = refusal;
    let fault = Fault::new(status, code, message);
    let fault = if faults.is_empty() { fault } else { fault.with(&faults) };
    match field {
        Some(field) => fault.of(field),
        None => fault,
    }
}

pub(crate) fn failed(error: EngineError) -> Fault {
    refused(error.into())
}

/// Makes options without a store and without gateways.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_engine_options_new(
    options: *mut *mut depesza_engine_options_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let place = unsafe { out(options, "options")? };
        place.write(give(OptionsHeld::default()));
        Ok(())
    })
}

/// Frees options and sets the pointer to NULL. Engines that were opened with them stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_engine_options_free(
    options: *mut *mut depesza_engine_options_t,
) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe { free(options) })
}

/// Opens the store of a URL: `memory:`, `sqlite:PATH`, `postgresql://USER@HOST/DATABASE`. No error quotes the URL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_engine_options_store_url(
    options: *mut depesza_engine_options_t,
    url: *const c_char,
    url_len: usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, url) = unsafe { (held_mut(options)?, text(url, url_len, "url")?) };
        let opened = depesza_open::open(url).map_err(|error| failed(EngineError::Store(error)))?;
        held.store = Some(opened);
        Ok(())
    })
}

/// Takes a store of the host's. The table is copied; `userdata` is the store's from now on, and the table's `free` is called with it when the options and the
/// engines that use it are gone. When this call fails, `userdata` stays the caller's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_engine_options_store(
    options: *mut depesza_engine_options_t,
    table: *const depesza_store_table_t,
    userdata: *mut c_void,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, store) = unsafe { (held_mut(options)?, HostStore::read(table, userdata)?) };
        held.store = Some(Arc::new(store));
        Ok(())
    })
}

/// Takes a gateway of the host's under an id of its own; `userdata` as for `depesza_engine_options_store`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_engine_options_gateway(
    options: *mut depesza_engine_options_t,
    id: *const c_char,
    id_len: usize,
    capabilities: *const depesza_capabilities_t,
    table: *const depesza_gateway_table_t,
    userdata: *mut c_void,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, id) = unsafe { (held_mut(options)?, text(id, id_len, "id")?) };
        if id.is_empty() || held.has_gateway(id) {
            return Err(Fault::value("id", "an id that no other gateway has"));
        }
        // SAFETY: the same
        let gateway = unsafe { HostGateway::read(capabilities, table, userdata)? };
        held.gateways.push((GatewayId::new(id), Arc::new(gateway)));
        Ok(())
    })
}

/// Opens an engine. The options stay the caller's, and may be freed at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_engine_open(
    options: *const depesza_engine_options_t,
    engine: *mut *mut depesza_engine_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, place) = unsafe { (held(options)?, out(engine, "engine")?) };
        let store = held.store.clone().ok_or_else(|| Fault::value("options", "a store"))?;
        let engine = Engine::new(store, held.gateways.clone());
        place.write(give(EngineHeld { engine, links: held.links.clone() }));
        Ok(())
    })
}

/// Frees an engine and sets the pointer to NULL. An SMPP gateway that nobody else uses is closed: that waits for the answers that are outstanding, at most
/// its `close_timeout_ms` and a little.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_engine_free(engine: *mut *mut depesza_engine_t) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe { free(engine) })
}

/// Calls any operation by its name, with its arguments as a JSON object: practices, campaigns, rules, questions of screens, users' acts. All of them, with the
/// schemas of their arguments and answers, stand in schemas/operations.json.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_call(
    engine: *const depesza_engine_t,
    method: *const c_char,
    method_len: usize,
    arguments: *const c_char,
    arguments_len: usize,
    answer: *mut depesza_string_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (engine, method, arguments, answer) = unsafe {
            (
                held(engine)?,
                text(method, method_len, "method")?,
                text(arguments, arguments_len, "arguments")?,
                out(answer, "answer")?,
            )
        };
        answer.write(owned(door::call(engine, method, arguments).map_err(refused)?));
        Ok(())
    })
}

/// Sends what is due at `now_ms`, the host's clock: oldest first in each practice, practices in rounds in which each has its turn of at most 100, so that a flood in
/// one does not hold up the rest. A round shares out what is left of `limit`, at least one message to each practice, and is finished once begun: with many
/// practices more than `limit` messages may go.
///
/// Several threads and processes may call it at once, and be killed at any point: nothing is sent twice. All of a call happens at `now_ms`, its leases
/// too, however long it takes: a hand-over's is two minutes. A message whose lease is over another dispatcher looks up, or gives to a gateway with `DEPESZA_REFERENCE_UNIQUE`
/// again. So where several dispatch through a gateway that only looks up, a call should be over within the two minutes (a smaller `limit`, called more often), and their
/// clocks should agree to some seconds.
///
/// When it fails, `dispatched` is left as it was, what was committed before stays, and the same call may be made again. Where one practice fails, the others have
/// their turns all the same, and the first such error is told at the end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_dispatch(
    engine: *const depesza_engine_t,
    now_ms: i64,
    limit: u64,
    dispatched: *mut depesza_dispatched_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (engine, place) = unsafe { (held(engine)?, out(dispatched, "dispatched")?) };
        let did = engine.dispatch(instant(now_ms, "now_ms")?, limit).map_err(failed)?;
        place.write(depesza_dispatched_t {
            submitted: did.submitted,
            accepted: did.accepted,
            unknown: did.unknown,
            more: u8::from(did.more),
        });
        Ok(())
    })
}

/// Goes on with recorded jobs, in about `limit` small commits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_work(
    engine: *const depesza_engine_t,
    now_ms: i64,
    limit: u64,
    worked: *mut depesza_worked_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (engine, place) = unsafe { (held(engine)?, out(worked, "worked")?) };
        let did = engine.work(instant(now_ms, "now_ms")?, limit).map_err(failed)?;
        place.write(depesza_worked_t {
            commits: did.commits,
            finished: did.finished,
            more: u8::from(did.more),
        });
        Ok(())
    })
}

/// When `depesza_dispatch` or `depesza_work` will next have something to do: `waiting` is 1 and `at_ms` says when, in the past meaning now; `waiting` is 0
/// and `at_ms` is 0 when nothing waits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_next_due(
    engine: *const depesza_engine_t,
    at_ms: *mut i64,
    waiting: *mut u8,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (engine, at_ms, waiting) =
            unsafe { (held(engine)?, out(at_ms, "at_ms")?, out(waiting, "waiting")?) };
        let due = engine.next_due().map_err(failed)?;
        at_ms.write(due.map_or(0, |at| at.ms()));
        waiting.write(u8::from(due.is_some()));
        Ok(())
    })
}

/// What was decided after event number `after`, oldest first, at most `limit` (1 to 1,000), as a JSON array (schemas/event.json), and the number of the last one; `after`
/// itself when there is none. Keep that number with what you did about them: each event comes at least once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_events(
    engine: *const depesza_engine_t,
    practice: *const c_char,
    practice_len: usize,
    after: u64,
    limit: u32,
    answer: *mut depesza_string_t,
    last: *mut u64,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (engine, practice, answer, last) = unsafe {
            (
                held(engine)?,
                text(practice, practice_len, "practice")?,
                out(answer, "answer")?,
                out(last, "last")?,
            )
        };
        let events = engine.practice(PracticeId::new(practice)).events(after, limit).map_err(failed)?;
        let text = json(&events)?;
        last.write(events.last().map_or(after, |event| event.no));
        answer.write(text);
        Ok(())
    })
}
