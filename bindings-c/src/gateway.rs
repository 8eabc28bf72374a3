//! A gateway of the host's: a table of functions, with messages as structures, and answers put in one by one.

use crate::codes::depesza_encoding_t;
use crate::facts::{delivery_state, depesza_delivery_state_t};
use crate::ffi::{Handle, Tagged, array, depesza_str_t, held_mut, required, str_of};
use crate::guard::{DEPESZA_OK, Fault, depesza_status_t, guard};
use crate::host::{Userdata, host, lent};
use crate::text::encoding;
use depesza::gateway::Gateway;
use depesza::model::{
    Capabilities, LookupResult, OwnReference, Purpose, RejectClass, Submission, SubmitResult,
};
use std::ffi::c_void;

/// How far a gateway keeps our own reference.
pub type depesza_own_reference_t = u32;
/// Not at all.
pub const DEPESZA_REFERENCE_NONE: depesza_own_reference_t = 0;
/// Stored, shown in reports and look-ups.
pub const DEPESZA_REFERENCE_STORED: depesza_own_reference_t = 1;
/// Enforced: within `window_ms` the same reference is never sent twice.
pub const DEPESZA_REFERENCE_UNIQUE: depesza_own_reference_t = 2;

/// A kind of refusal, and by that what to do next.
pub type depesza_reject_class_t = u32;
/// The recipient's number is invalid, a landline or unsupported: final, the number is marked.
pub const DEPESZA_REJECT_RECIPIENT_INVALID: depesza_reject_class_t = 0;
/// The recipient opted out at the gateway: final, the opt-out is kept.
pub const DEPESZA_REJECT_RECIPIENT_OPTED_OUT: depesza_reject_class_t = 1;
/// The text was refused: final.
pub const DEPESZA_REJECT_CONTENT: depesza_reject_class_t = 2;
/// The text is too long for the gateway: final.
pub const DEPESZA_REJECT_TOO_LONG: depesza_reject_class_t = 3;
/// The sender id is not allowed: final.
pub const DEPESZA_REJECT_SENDER_NOT_ALLOWED: depesza_reject_class_t = 4;
/// No credit: the gateway pauses, no attempt is used.
pub const DEPESZA_REJECT_ACCOUNT_NO_CREDIT: depesza_reject_class_t = 5;
/// The key or password is wrong: the gateway pauses, no attempt is used.
pub const DEPESZA_REJECT_ACCOUNT_AUTH: depesza_reject_class_t = 6;
/// The account may not do this: the gateway pauses, no attempt is used.
pub const DEPESZA_REJECT_ACCOUNT_BLOCKED: depesza_reject_class_t = 7;
/// A passing failure at the provider or operator: tried again, an attempt is used.
pub const DEPESZA_REJECT_TRANSIENT: depesza_reject_class_t = 8;
/// The telephone is off or out of reach: tried again once after a long while, an attempt is used.
pub const DEPESZA_REJECT_UNREACHABLE: depesza_reject_class_t = 9;
/// The message's validity ended at the gateway: final.
pub const DEPESZA_REJECT_EXPIRED: depesza_reject_class_t = 10;

/// What a message is for.
pub type depesza_purpose_t = u32;
/// Information on the patient's own visits.
pub const DEPESZA_PURPOSE_VISITS: depesza_purpose_t = 0;
/// Commercial information.
pub const DEPESZA_PURPOSE_MARKETING: depesza_purpose_t = 1;
/// Anything else.
pub const DEPESZA_PURPOSE_OTHER: depesza_purpose_t = 2;

/// What a gateway can do, constant for its life. Say it honestly: whether a patient is texted twice hangs on `own_reference`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_capabilities_t {
    /// How far it keeps our reference.
    pub own_reference: depesza_own_reference_t,
    /// Of `DEPESZA_REFERENCE_UNIQUE`, in milliseconds from the first submission.
    pub window_ms: i64,
    /// The most messages of one call, at least 1.
    pub batch: u32,
    /// Not 0: it sends delivery reports.
    pub reports: u8,
}

/// One message for a gateway.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_submission_t {
    /// Our reference: at most 36 of `0-9a-z-`, the same over all attempts of this message.
    pub reference: depesza_str_t,
    /// Recipient in E.164.
    pub to: depesza_str_t,
    /// Sender id; absent for the account's default.
    pub sender: depesza_str_t,
    /// The finished text.
    pub body: depesza_str_t,
    /// Its coding.
    pub encoding: depesza_encoding_t,
    /// Its parts by our count.
    pub parts: u32,
    /// What it is for.
    pub purpose: depesza_purpose_t,
    /// The engine's time of this attempt, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: i64,
    /// After this instant it must not arrive any more.
    pub not_after_ms: i64,
}

/// Where a gateway puts its answers, during the call that it is given to. A message without an answer counts as unknown. By one thread at a time, and
/// never after the callback has returned: a late use is refused where that shows, and otherwise writes to memory that is somebody else's.
pub struct depesza_answers_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_answers_t {
    type Holds = Vec<Option<SubmitResult>>;
    const TAG: u64 = 0x6461_616e_7377_6508;
    const NAME: &'static str = "answers";
}

/// Where a gateway puts what a look-up found, during the call that it is given to. Without an answer it cannot tell. By one thread at a time, and never
/// after the callback has returned, as `depesza_answers_t`.
pub struct depesza_lookup_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_lookup_t {
    type Holds = LookupResult;
    const TAG: u64 = 0x6461_6c6f_6f6b_7509;
    const NAME: &'static str = "lookup";
}

/// A gateway of the host's. Every function may be called from several threads at once. Texts are the engine's, for the time of the call.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_gateway_table_t {
    /// `sizeof(depesza_gateway_table_t)`: what the host was compiled with.
    pub size: usize,
    /// Hands over up to `batch` messages, and answers for each by `depesza_answer_…`. A time-out after the request was written is no refusal: leave it
    /// without an answer. When this does not return `DEPESZA_OK`, answers that were given count all the same.
    pub submit: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            batch: *const depesza_submission_t,
            batch_count: usize,
            answers: *mut depesza_answers_t,
        ) -> depesza_status_t,
    >,
    /// May be NULL: asks what became of the message with our reference, and answers by `depesza_lookup_…`.
    pub look_up: Option<
        unsafe extern "C-unwind" fn(
            userdata: *mut c_void,
            reference: depesza_str_t,
            lookup: *mut depesza_lookup_t,
        ) -> depesza_status_t,
    >,
    /// May be NULL: takes a submitted message back; `DEPESZA_OK` only when it certainly will not arrive.
    pub cancel: Option<
        unsafe extern "C-unwind" fn(userdata: *mut c_void, reference: depesza_str_t) -> depesza_status_t,
    >,
    /// May be NULL: what is left on the account, in thousandths of its currency's unit.
    pub balance: Option<
        unsafe extern "C-unwind" fn(userdata: *mut c_void, balance_milli: *mut i64) -> depesza_status_t,
    >,
    /// May be NULL: frees `userdata`.
    pub free: Option<unsafe extern "C-unwind" fn(userdata: *mut c_void)>,
}

unsafe fn texts(of: *const depesza_str_t, count: usize) -> Result<Vec<String>, Fault> {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    unsafe {
        let texts = array(of, count, "provider_ids")?;
        texts.iter().map(|text| text.required("provider_ids").map(str::to_owned)).collect()
    }
}

unsafe fn answer(answers: *mut depesza_answers_t, place: usize, result: SubmitResult) -> Result<(), Fault> {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    let answers = unsafe { held_mut(answers)? };
    let of_place = answers.get_mut(place).ok_or_else(|| Fault::value("place", "a place of the batch"))?;
    *of_place = Some(result);
    Ok(())
}

/// The message at `place`, from 0, was taken: the gateway's identifiers (one, or one a part), its parts by the gateway's count or 0, and its cost in
/// thousandths of the currency's unit or -1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_answer_accepted(
    answers: *mut depesza_answers_t,
    place: usize,
    provider_ids: *const depesza_str_t,
    provider_ids_count: usize,
    parts: u32,
    cost_milli: i64,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            let accepted = SubmitResult::Accepted {
                provider_ids: texts(provider_ids, provider_ids_count)?,
                parts: (parts != 0).then_some(parts),
                cost_milli: (cost_milli >= 0).then_some(cost_milli),
            };
            answer(answers, place, accepted)
        }
    })
}

/// The message at `place` was refused and certainly not sent. `code` is the gateway's own word, without patient data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_answer_rejected(
    answers: *mut depesza_answers_t,
    place: usize,
    reject_class: depesza_reject_class_t,
    code: depesza_str_t,
) -> depesza_status_t {
    guard(|| {
        let class = match reject_class {
            DEPESZA_REJECT_RECIPIENT_INVALID => RejectClass::RecipientInvalid,
            DEPESZA_REJECT_RECIPIENT_OPTED_OUT => RejectClass::RecipientOptedOut,
            DEPESZA_REJECT_CONTENT => RejectClass::Content,
            DEPESZA_REJECT_TOO_LONG => RejectClass::TooLong,
            DEPESZA_REJECT_SENDER_NOT_ALLOWED => RejectClass::SenderNotAllowed,
            DEPESZA_REJECT_ACCOUNT_NO_CREDIT => RejectClass::AccountNoCredit,
            DEPESZA_REJECT_ACCOUNT_AUTH => RejectClass::AccountAuth,
            DEPESZA_REJECT_ACCOUNT_BLOCKED => RejectClass::AccountBlocked,
            DEPESZA_REJECT_TRANSIENT => RejectClass::Transient,
            DEPESZA_REJECT_UNREACHABLE => RejectClass::Unreachable,
            DEPESZA_REJECT_EXPIRED => RejectClass::Expired,
            _ => return Err(Fault::value("reject_class", "one of DEPESZA_REJECT_…")),
        };
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            let code = code.required("code")?.to_owned();
            answer(answers, place, SubmitResult::Rejected { class, code })
        }
    })
}

/// The message at `place` was certainly not sent, and may go after so many milliseconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_answer_try_later(
    answers: *mut depesza_answers_t,
    place: usize,
    after_ms: i64,
) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe { answer(answers, place, SubmitResult::TryLater { after_ms }) })
}

/// Nobody knows what became of the message at `place`; `why` is without patient data.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_answer_unknown(
    answers: *mut depesza_answers_t,
    place: usize,
    why: depesza_str_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            let why = why.required("why")?.to_owned();
            answer(answers, place, SubmitResult::Unknown { why })
        }
    })
}

/// The gateway has the message: its identifiers and its state.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_lookup_known(
    lookup: *mut depesza_lookup_t,
    provider_ids: *const depesza_str_t,
    provider_ids_count: usize,
    state: depesza_delivery_state_t,
) -> depesza_status_t {
    guard(|| {
        let state = delivery_state(state)?;
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            let provider_ids = texts(provider_ids, provider_ids_count)?;
            *held_mut(lookup)? = LookupResult::Known { provider_ids, state };
        }
        Ok(())
    })
}

/// The gateway certainly never got the message: it may go again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_lookup_not_found(lookup: *mut depesza_lookup_t) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        *unsafe { held_mut(lookup)? } = LookupResult::NotFound {};
        Ok(())
    })
}

/// A host's gateway, as the engine sees it.
pub(crate) struct HostGateway {
    capabilities: Capabilities,
    submit: unsafe extern "C-unwind" fn(
        *mut c_void,
        *const depesza_submission_t,
        usize,
        *mut depesza_answers_t,
    ) -> depesza_status_t,
    table: depesza_gateway_table_t,
    userdata: Userdata,
}

impl HostGateway {
    pub(crate) unsafe fn read(
        capabilities: *const depesza_capabilities_t,
        table: *const depesza_gateway_table_t,
        userdata: *mut c_void,
    ) -> Result<Self, Fault> {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (told, table) = unsafe { (required(capabilities, "capabilities")?, *required(table, "table")?) };
        if table.size != size_of::<depesza_gateway_table_t>() {
            return Err(Fault::value(
                "table.size",
                "sizeof(depesza_gateway_table_t) of this library's header",
            ));
        }
        if told.batch == 0 {
            return Err(Fault::value("capabilities.batch", "at least 1"));
        }
        let own_reference = match told.own_reference {
            DEPESZA_REFERENCE_NONE => OwnReference::None,
            DEPESZA_REFERENCE_STORED => OwnReference::Stored {},
            DEPESZA_REFERENCE_UNIQUE => OwnReference::Unique { window_ms: told.window_ms },
            _ => return Err(Fault::value("capabilities.own_reference", "one of DEPESZA_REFERENCE_…")),
        };
        Ok(Self {
            capabilities: Capabilities {
                own_reference,
                look_up: table.look_up.is_some(),
                batch: told.batch,
                reports: told.reports != 0,
                cancel: table.cancel.is_some(),
            },
            submit: table.submit.ok_or_else(|| Fault::value("table.submit", "a function"))?,
            table,
            userdata: Userdata::new(userdata, table.free),
        })
    }
}

fn submission(of: &Submission) -> depesza_submission_t {
    depesza_submission_t {
        reference: lent(&of.reference),
        to: lent(of.to.reveal()),
        sender: str_of(of.sender.as_deref()),
        body: lent(of.body.reveal()),
        encoding: encoding(of.encoding),
        parts: of.parts,
        purpose: match of.purpose {
            Purpose::Visits => DEPESZA_PURPOSE_VISITS,
            Purpose::Marketing => DEPESZA_PURPOSE_MARKETING,
            Purpose::Other => DEPESZA_PURPOSE_OTHER,
        },
        at_ms: of.at.ms(),
        not_after_ms: of.not_after.ms(),
    }
}

impl Gateway for HostGateway {
    fn capabilities(&self) -> Capabilities {
        self.capabilities.clone()
    }

    fn submit(&self, batch: &[Submission]) -> Vec<SubmitResult> {
        let told: Vec<depesza_submission_t> = batch.iter().map(submission).collect();
        let mut answers = Tagged::<depesza_answers_t>::new(batch.iter().map(|_| None).collect());
        let status = answers.lend(|answers| {
            // SAFETY: the host's function with the host's value; what is lent lives longer than the call
            host(|| unsafe { (self.submit)(self.userdata.get(), told.as_ptr(), told.len(), answers) })
        });
        let silent = || SubmitResult::Unknown {
            why: match status {
                DEPESZA_OK => "the host's gateway gave no answer".to_owned(),
                status => format!("the host's gateway failed: {status}"),
            },
        };
        answers.into_held().into_iter().map(|answer| answer.unwrap_or_else(silent)).collect()
    }

    fn look_up(&self, reference: &str) -> LookupResult {
        let Some(look_up) = self.table.look_up else { return LookupResult::Unsure {} };
        let mut found = Tagged::<depesza_lookup_t>::new(LookupResult::Unsure {});
        // SAFETY: as in `submit`
        match found.lend(|found| host(|| unsafe { look_up(self.userdata.get(), lent(reference), found) })) {
            DEPESZA_OK => found.into_held(),
            _ => LookupResult::Unsure {},
        }
    }

    fn cancel(&self, reference: &str) -> bool {
        // SAFETY: as in `submit`
        self.table.cancel.is_some_and(|cancel| {
            host(|| unsafe { cancel(self.userdata.get(), lent(reference)) }) == DEPESZA_OK
        })
    }

    fn balance_milli(&self) -> Option<i64> {
        let balance = self.table.balance?;
        let mut milli = 0;
        // SAFETY: as in `submit`
        let status = host(|| unsafe { balance(self.userdata.get(), &mut milli) });
        (status == DEPESZA_OK).then_some(milli)
    }
}
