//! Gateways that the library brings: made from JSON, and told what their providers bring in.

use crate::call::instant;
use crate::engine::{depesza_engine_options_t, depesza_engine_t, failed, refused};
use crate::ffi::{held, held_mut, out, text};
use crate::guard::{Fault, depesza_status_t, guard};
use depesza_open::Received;
use std::ffi::c_char;
use std::time::Duration;

/// The longest that `depesza_receive` waits, in milliseconds: an hour.
pub const DEPESZA_MAX_WAIT_MS: u32 = 3_600_000;

/// What came in by gateways.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_received_t {
    /// Reports and messages that the engine has now.
    pub told: u64,
    /// Those of no practice or message of this store. A report may come before the answer to its message is stored; so let a provider that calls
    /// come again with one, for a minute or two.
    pub unrouted: u64,
}

impl From<Received> for depesza_received_t {
    fn from(Received { told, unrouted }: Received) -> Self {
        Self { told, unrouted }
    }
}

/// Adds a gateway that the library brings, from a JSON object: `id`, its name for the engine that no other gateway has; `kind`; and the options of that kind,
/// times in milliseconds. `smsapi` needs `token`; `smpp` needs `host`, `system_id` and `password`, and connects at once. All options stand in the README, "Gateways that the library
/// brings". Refused as `bad_arguments` with the option in the error's `field`; no error quotes a value. A library that was built without gateways refuses every `kind`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_engine_options_gateway_json(
    options: *mut depesza_engine_options_t,
    json: *const c_char,
    json_len: usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, json) = unsafe { (held_mut(options)?, text(json, json_len, "json")?) };
        let link = depesza_open::gateway(json).map_err(refused)?;
        if held.has_gateway(link.id().as_str()) {
            return Err(Fault::value("id", "an id that no other gateway has"));
        }
        let named = held.links.add(link);
        held.gateways.push(named);
        Ok(())
    })
}

/// Takes what came in by the connections of gateways that the library brings, at most 1,000 reports and messages of each, waiting at most `wait_ms` (0 to
/// `DEPESZA_MAX_WAIT_MS`) for the first of each: call it on a thread of its own, for as long as the program runs, with a wait of seconds. What the engine could not
/// store comes again. Of the kinds there are `smpp` alone has a connection; an engine without one answers at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_receive(
    engine: *const depesza_engine_t,
    now_ms: i64,
    wait_ms: u32,
    received: *mut depesza_received_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (engine, place) = unsafe { (held(engine)?, out(received, "received")?) };
        if wait_ms > DEPESZA_MAX_WAIT_MS {
            return Err(Fault::value("wait_ms", "at most DEPESZA_MAX_WAIT_MS"));
        }
        let (now, wait) = (instant(now_ms, "now_ms")?, Duration::from_millis(wait_ms.into()));
        place.write(engine.links.receive(engine, now, wait).map_err(failed)?.into());
        Ok(())
    })
}

/// Takes what a provider called the host's web server with: the query of the call, or its form (`application/x-www-form-urlencoded`). `gateway` is the id of one that was
/// made from JSON; of the kinds there are `smsapi` alone calls, with delivery reports and with incoming messages. Answer the call with `OK` on
/// `DEPESZA_OK`, and with an error status otherwise: then it comes again. Who calls is the web server's to check.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_callback(
    engine: *const depesza_engine_t,
    gateway: *const c_char,
    gateway_len: usize,
    form: *const c_char,
    form_len: usize,
    now_ms: i64,
    received: *mut depesza_received_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (engine, gateway, form, place) = unsafe {
            (
                held(engine)?,
                text(gateway, gateway_len, "gateway")?,
                text(form, form_len, "form")?,
                out(received, "received")?,
            )
        };
        let now = instant(now_ms, "now_ms")?;
        place.write(engine.links.callback(engine, gateway, form, now).map_err(refused)?.into());
        Ok(())
    })
}
