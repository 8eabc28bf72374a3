//! Telephone numbers: from what people type to E.164.

use crate::codes::{depesza_number_kind_t, number_kind};
use crate::ffi::{array, depesza_str_t, optional, out, text};
use crate::guard::{DEPESZA_REFUSED, Fault, depesza_status_t, guard};
use depesza::model::{NumberFault, PhonePolicy, Refusal};
use std::ffi::c_char;

/// Bytes that hold every number in E.164 with its NUL: `+` and at most 15 digits.
pub const DEPESZA_E164_SIZE: usize = 17;

/// Which numbers are read and written to. NULL in its place, or a zeroed one, is Poland alone.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_phone_policy_t {
    /// The country of numbers typed without one: `+` and its calling code; `+48` when absent.
    pub default_prefix: depesza_str_t,
    /// Further prefixes whose numbers may be written to (`+380`, `+4915`).
    pub allowed_prefixes: *const depesza_str_t,
    /// How many there are.
    pub allowed_prefixes_count: usize,
}

/// A number that was understood.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_number_t {
    /// In E.164, ended by NUL.
    pub e164: [c_char; DEPESZA_E164_SIZE],
    /// The country calling code, 1 to 999.
    pub calling_code: u16,
    /// What it is for.
    pub kind: depesza_number_kind_t,
}

unsafe fn policy(policy: *const depesza_phone_policy_t) -> Result<PhonePolicy, Fault> {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    let Some(policy) = (unsafe { optional(policy, "policy") })? else { return Ok(PhonePolicy::default()) };
    let mut read = PhonePolicy::default();
    // SAFETY: the same
    unsafe {
        if let Some(prefix) = policy.default_prefix.optional("default_prefix")? {
            read.default_prefix = prefix.to_owned();
        }
        for prefix in array(policy.allowed_prefixes, policy.allowed_prefixes_count, "allowed_prefixes")? {
            read.allowed_prefixes.push(prefix.required("allowed_prefixes")?.to_owned());
        }
    }
    Ok(read)
}

fn e164(number: &str) -> [c_char; DEPESZA_E164_SIZE] {
    let mut text = [0; DEPESZA_E164_SIZE];
    for (place, byte) in text.iter_mut().take(DEPESZA_E164_SIZE - 1).zip(number.bytes()) {
        // digits and a plus are ASCII, so it is the same in either type that a C char is
        *place = byte as c_char;
    }
    text
}

/// Reads one telephone number as people type them, strictly: nothing is guessed. The policy, which may be NULL, only says which country a number
/// without one belongs to.
///
/// Refused with one of the codes `empty`, `withheld`, `short_code`, `too_short`, `too_long`, `malformed`, `invalid`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_phone_parse(
    text: *const c_char,
    text_len: usize,
    policy: *const depesza_phone_policy_t,
    number: *mut depesza_number_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (text, policy, number) =
            unsafe { (self::text(text, text_len, "text")?, self::policy(policy)?, out(number, "number")?) };
        let read = depesza::phone::parse(text, &policy).map_err(unread)?;
        number.write(depesza_number_t {
            e164: e164(read.e164.reveal()),
            calling_code: read.calling_code,
            kind: number_kind(read.kind),
        });
        Ok(())
    })
}

/// The number to send to in E.164, ended by NUL, when `text` is one that the policy allows and that takes an SMS. `e164` has room for
/// `DEPESZA_E164_SIZE` bytes.
///
/// Refused with a code of `depesza_phone_parse` (`missing` for `empty`), or `outside_prefixes`, or `cannot_receive_sms`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_phone_recipient(
    text: *const c_char,
    text_len: usize,
    policy: *const depesza_phone_policy_t,
    e164: *mut c_char,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (text, policy, place) = unsafe {
            (
                self::text(text, text_len, "text")?,
                self::policy(policy)?,
                out(e164.cast::<[c_char; DEPESZA_E164_SIZE]>(), "e164")?,
            )
        };
        place.write(self::e164(depesza::phone::recipient(text, &policy).map_err(refused)?.reveal()));
        Ok(())
    })
}

/// Whether a caller's number is withheld (`anonymous`, `Restricted`, the codes of exchanges …): 1 or 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_phone_withheld(
    caller: *const c_char,
    caller_len: usize,
    withheld: *mut u8,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (caller, withheld) = unsafe { (text(caller, caller_len, "caller")?, out(withheld, "withheld")?) };
        withheld.write(u8::from(depesza::phone::withheld(caller)));
        Ok(())
    })
}

fn wire_name(value: &serde_json::Value) -> String {
    value.as_str().unwrap_or("refused").to_owned()
}

fn unread(fault: NumberFault) -> Fault {
    let wire = serde_json::json!(fault);
    Fault::new(DEPESZA_REFUSED, wire_name(&wire), format!("text: {fault}")).of("text")
}

fn refused(refusal: Refusal) -> Fault {
    let wire = serde_json::json!(refusal);
    let code = wire.get("reason").map_or_else(|| "refused".to_owned(), wire_name);
    Fault::new(DEPESZA_REFUSED, code, format!("text: {refusal}")).of("text").with(&[wire])
}
