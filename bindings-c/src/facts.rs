//! Facts as typed structures: what happened in the host's world, told in one commit, or not at all.
//!
//! A zeroed structure has every optional field absent. Optional instants are absent as 0.

use crate::call::{depesza_call_t, instant};
use crate::engine::{depesza_engine_t, failed};
use crate::ffi::{array, depesza_str_t, held, text};
use crate::guard::{Fault, depesza_status_t, guard};
use crate::time::depesza_local_time_t;
use depesza::engine::Outcome;
use depesza::model::{
    Body, Consent, ConsentSource, Consents, DeliveryReport, DeliveryState, Doctor, Fact, GatewayId, Guardian,
    InboundPart, Name, Patient, PatientId, PatientStatus, Phone, PracticeId, Room, RoomId, SmsReceived,
    Timestamp, Verbatim, Visit, VisitId, VisitState, Zone,
};
use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};
use std::ffi::c_char;

/// What became of a fact.
pub type depesza_outcome_kind_t = u32;
/// It was new, and was decided on.
pub const DEPESZA_APPLIED: depesza_outcome_kind_t = 0;
/// It was known: an older or equal revision, or seen before.
pub const DEPESZA_KNOWN: depesza_outcome_kind_t = 1;
/// An incoming message was taken in.
pub const DEPESZA_RECEIVED: depesza_outcome_kind_t = 2;
/// No message of this practice is what the report is about. It can come before the submission's answer is stored: tell it again later.
pub const DEPESZA_UNMATCHED: depesza_outcome_kind_t = 3;

/// What became of a fact.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_outcome_t {
    /// Which of them.
    pub kind: depesza_outcome_kind_t,
    /// The number of the message that was taken in; otherwise 0.
    pub message: u64,
}

/// What became of a visit.
pub type depesza_visit_state_t = u32;
/// Booked and still to come, or not yet closed by the practice.
pub const DEPESZA_VISIT_BOOKED: depesza_visit_state_t = 0;
/// The patient is there.
pub const DEPESZA_VISIT_ARRIVED: depesza_visit_state_t = 1;
/// It took place.
pub const DEPESZA_VISIT_TOOK_PLACE: depesza_visit_state_t = 2;
/// The patient did not come.
pub const DEPESZA_VISIT_NO_SHOW: depesza_visit_state_t = 3;
/// Called off.
pub const DEPESZA_VISIT_CANCELLED: depesza_visit_state_t = 4;
/// Deleted from the host's calendar: the same as called off.
pub const DEPESZA_VISIT_DELETED: depesza_visit_state_t = 5;

/// A yes or no that may be unknown.
pub type depesza_tristate_t = u8;
/// Nobody knows.
pub const DEPESZA_NOT_TOLD: depesza_tristate_t = 0;
/// Yes.
pub const DEPESZA_YES: depesza_tristate_t = 1;
/// No.
pub const DEPESZA_NO: depesza_tristate_t = 2;

/// Whether a card is in use.
pub type depesza_patient_status_t = u32;
/// In use.
pub const DEPESZA_PATIENT_ACTIVE: depesza_patient_status_t = 0;
/// Put away: nothing more is sent.
pub const DEPESZA_PATIENT_INACTIVE: depesza_patient_status_t = 1;
/// The patient has died: nothing more is sent.
pub const DEPESZA_PATIENT_DECEASED: depesza_patient_status_t = 2;

/// Where a consent or its refusal comes from.
pub type depesza_consent_source_t = u32;
/// The patient said so.
pub const DEPESZA_CONSENT_PERSON: depesza_consent_source_t = 0;
/// Set by the practice's default for new cards.
pub const DEPESZA_CONSENT_DEFAULT: depesza_consent_source_t = 1;
/// Taken over from another system.
pub const DEPESZA_CONSENT_IMPORT: depesza_consent_source_t = 2;

/// What a gateway says of a message.
pub type depesza_delivery_state_t = u32;
/// The gateway has it.
pub const DEPESZA_DELIVERY_ACCEPTED: depesza_delivery_state_t = 0;
/// The operator has it.
pub const DEPESZA_DELIVERY_SENT: depesza_delivery_state_t = 1;
/// It reached the handset.
pub const DEPESZA_DELIVERY_DELIVERED: depesza_delivery_state_t = 2;
/// The operator gave up.
pub const DEPESZA_DELIVERY_UNDELIVERED: depesza_delivery_state_t = 3;
/// Its validity ended.
pub const DEPESZA_DELIVERY_EXPIRED: depesza_delivery_state_t = 4;
/// Refused.
pub const DEPESZA_DELIVERY_REJECTED: depesza_delivery_state_t = 5;
/// The gateway does not know.
pub const DEPESZA_DELIVERY_UNKNOWN: depesza_delivery_state_t = 6;

/// A visit as the host has it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_visit_t {
    /// The host's identifier, 1 to 200 bytes.
    pub id: depesza_str_t,
    /// Grows with every change; an older or equal one changes nothing.
    pub revision: u64,
    /// Whose visit.
    pub patient: depesza_str_t,
    /// Start, in the local time of `zone`.
    pub start: depesza_local_time_t,
    /// The zone by its IANA name; absent: the practice's.
    pub zone: depesza_str_t,
    /// Planned length in minutes, 1 to 1440; 0 for half an hour.
    pub duration_min: u32,
    /// What became of it.
    pub state: depesza_visit_state_t,
    /// The host's type of visit, which filters use; may be absent.
    pub visit_type: depesza_str_t,
    /// Identifier of who sees the patient; absent: nobody is named.
    pub doctor_id: depesza_str_t,
    /// The name that patients read.
    pub doctor_name: depesza_str_t,
    /// Identifier of the room; absent: none is named.
    pub room_id: depesza_str_t,
    /// The name that patients read.
    pub room_name: depesza_str_t,
    /// When it was booked, in milliseconds since 1970-01-01T00:00:00Z; 0: when the engine first hears of it.
    pub booked_at_ms: i64,
    /// Visits booked together share this name; may be absent.
    pub series: depesza_str_t,
    /// Whether it is the patient's first, where the host knows.
    pub first_visit: depesza_tristate_t,
}

/// An answer to the question of consent.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_consent_t {
    /// `DEPESZA_NOT_TOLD` when nobody ever asked.
    pub given: depesza_tristate_t,
    /// Who said it.
    pub source: depesza_consent_source_t,
    /// When it was said.
    pub at_ms: i64,
}

/// A patient's card.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_patient_t {
    /// The host's identifier, 1 to 200 bytes.
    pub id: depesza_str_t,
    /// Grows with every change; an older or equal one changes nothing.
    pub revision: u64,
    /// First name, nominative.
    pub first_name: depesza_str_t,
    /// Last name.
    pub last_name: depesza_str_t,
    /// The first name in the vocative, where the host knows better than the rules; may be absent.
    pub vocative: depesza_str_t,
    /// The number as typed on the card; may be absent.
    pub phone: depesza_str_t,
    /// The number to use when the card has none, as typed; absent: there is no guardian.
    pub guardian_phone: depesza_str_t,
    /// The guardian's name; may be absent.
    pub guardian_name: depesza_str_t,
    /// Date of birth, its hours being 0; none when zeroed.
    pub birth_date: depesza_local_time_t,
    /// Consent to information on the patient's visits.
    pub consent_visits: depesza_consent_t,
    /// Consent to commercial information.
    pub consent_marketing: depesza_consent_t,
    /// Consent to anything else.
    pub consent_other: depesza_consent_t,
    /// Whether the card is in use.
    pub status: depesza_patient_status_t,
    /// When the card was created; 0: unknown, and no default consent applies.
    pub created_at_ms: i64,
}

/// An SMS that came in.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_sms_t {
    /// Which gateway was authenticated.
    pub gateway: depesza_str_t,
    /// The gateway's identifier: the same twice is one message; may be absent.
    pub provider_id: depesza_str_t,
    /// Who wrote, as the gateway gives it.
    pub from: depesza_str_t,
    /// The number or sender it came to; may be absent.
    pub to: depesza_str_t,
    /// The text.
    pub body: depesza_str_t,
    /// When, by the gateway.
    pub received_at_ms: i64,
    /// The gateway's identifier, or our reference, of the message that is answered; may be absent.
    pub in_reply_to: depesza_str_t,
    /// Reference of the long message that this is a part of.
    pub part_reference: u16,
    /// This part, from 1.
    pub part: u8,
    /// Parts in all; 0 when it is whole.
    pub parts: u8,
    /// Not 0: the gateway itself took it for an opt-out.
    pub opt_out: u8,
}

/// What a gateway says of a message after it took it.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_report_t {
    /// Which gateway was authenticated.
    pub gateway: depesza_str_t,
    /// The gateway's identifier of the message or part; may be absent where there is a reference.
    pub provider_id: depesza_str_t,
    /// Our reference; may be absent where there is an identifier.
    pub reference: depesza_str_t,
    /// Which part, from 1; 0 when it is about the whole.
    pub part: u32,
    /// What it says.
    pub state: depesza_delivery_state_t,
    /// When it happened, by the gateway.
    pub at_ms: i64,
    /// The gateway's own words, for the record.
    pub raw: depesza_str_t,
    /// Not 0: `cost_milli` was told.
    pub has_cost: u8,
    /// Cost in thousandths of the currency's unit.
    pub cost_milli: i64,
}

fn optional_instant(ms: i64, name: &'static str) -> Result<Option<Timestamp>, Fault> {
    if ms == 0 { Ok(None) } else { instant(ms, name).map(Some) }
}

fn tristate(code: depesza_tristate_t, name: &'static str) -> Result<Option<bool>, Fault> {
    match code {
        DEPESZA_NOT_TOLD => Ok(None),
        DEPESZA_YES => Ok(Some(true)),
        DEPESZA_NO => Ok(Some(false)),
        _ => Err(Fault::value(name, "DEPESZA_NOT_TOLD, DEPESZA_YES or DEPESZA_NO")),
    }
}

pub(crate) fn delivery_state(code: depesza_delivery_state_t) -> Result<DeliveryState, Fault> {
    Ok(match code {
        DEPESZA_DELIVERY_ACCEPTED => DeliveryState::Accepted,
        DEPESZA_DELIVERY_SENT => DeliveryState::Sent,
        DEPESZA_DELIVERY_DELIVERED => DeliveryState::Delivered,
        DEPESZA_DELIVERY_UNDELIVERED => DeliveryState::Undelivered,
        DEPESZA_DELIVERY_EXPIRED => DeliveryState::Expired,
        DEPESZA_DELIVERY_REJECTED => DeliveryState::Rejected,
        DEPESZA_DELIVERY_UNKNOWN => DeliveryState::Unknown,
        _ => return Err(Fault::value("state", "one of DEPESZA_DELIVERY_…")),
    })
}

impl depesza_visit_t {
    unsafe fn read(&self) -> Result<Fact, Fault> {
        let state = match self.state {
            DEPESZA_VISIT_BOOKED => VisitState::Booked,
            DEPESZA_VISIT_ARRIVED => VisitState::Arrived,
            DEPESZA_VISIT_TOOK_PLACE => VisitState::TookPlace,
            DEPESZA_VISIT_NO_SHOW => VisitState::NoShow,
            DEPESZA_VISIT_CANCELLED => VisitState::Cancelled,
            DEPESZA_VISIT_DELETED => VisitState::Deleted,
            _ => return Err(Fault::value("state", "one of DEPESZA_VISIT_…")),
        };
        let zone = |name: &str| {
            let read = Zone::deserialize(StrDeserializer::<ValueError>::new(name));
            read.map_err(|_| Fault::value("zone", "the IANA name of a zone"))
        };
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            let doctor_name = self.doctor_name.required("doctor_name")?;
            let room_name = self.room_name.required("room_name")?.to_owned();
            let doctor = self.doctor_id.optional("doctor_id")?;
            let room = self.room_id.optional("room_id")?;
            Ok(Fact::Visit(Visit {
                id: VisitId::new(self.id.required("id")?),
                revision: self.revision,
                patient: PatientId::new(self.patient.required("patient")?),
                start: self.start.required("start")?,
                zone: self.zone.optional("zone")?.map(zone).transpose()?,
                duration_min: if self.duration_min == 0 { 30 } else { self.duration_min },
                state,
                visit_type: self.visit_type.optional("visit_type")?.map(str::to_owned),
                doctor: doctor.map(|id| Doctor { id: id.to_owned(), name: Name::new(doctor_name) }),
                room: room.map(|id| Room { id: RoomId::new(id), name: room_name }),
                booked_at: optional_instant(self.booked_at_ms, "booked_at_ms")?,
                series: self.series.optional("series")?.map(str::to_owned),
                first_visit: tristate(self.first_visit, "first_visit")?,
            }))
        }
    }
}

impl depesza_consent_t {
    fn read(&self, name: &'static str) -> Result<Option<Consent>, Fault> {
        let Some(given) = tristate(self.given, name)? else { return Ok(None) };
        let source = match self.source {
            DEPESZA_CONSENT_PERSON => ConsentSource::Person,
            DEPESZA_CONSENT_DEFAULT => ConsentSource::Default,
            DEPESZA_CONSENT_IMPORT => ConsentSource::Import,
            _ => return Err(Fault::value(name, "a source that is one of DEPESZA_CONSENT_…")),
        };
        Ok(Some(Consent { given, at: instant(self.at_ms, name)?, source }))
    }
}

impl depesza_patient_t {
    unsafe fn read(&self) -> Result<Fact, Fault> {
        let status = match self.status {
            DEPESZA_PATIENT_ACTIVE => PatientStatus::Active,
            DEPESZA_PATIENT_INACTIVE => PatientStatus::Inactive,
            DEPESZA_PATIENT_DECEASED => PatientStatus::Deceased,
            _ => return Err(Fault::value("status", "one of DEPESZA_PATIENT_…")),
        };
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            let guardian_name = self.guardian_name.optional("guardian_name")?.map(Name::new);
            let guardian = self.guardian_phone.optional("guardian_phone")?;
            Ok(Fact::Patient(Patient {
                id: PatientId::new(self.id.required("id")?),
                revision: self.revision,
                first_name: Name::new(self.first_name.required("first_name")?),
                last_name: Name::new(self.last_name.required("last_name")?),
                vocative: self.vocative.optional("vocative")?.map(Name::new),
                phone: self.phone.optional("phone")?.map(Phone::new),
                guardian: guardian.map(|phone| Guardian { name: guardian_name, phone: Phone::new(phone) }),
                birth_date: self.birth_date.optional("birth_date")?.map(|at| at.date()),
                consents: Consents {
                    visits: self.consent_visits.read("consent_visits")?,
                    marketing: self.consent_marketing.read("consent_marketing")?,
                    other: self.consent_other.read("consent_other")?,
                },
                status,
                created_at: optional_instant(self.created_at_ms, "created_at_ms")?,
            }))
        }
    }
}

impl depesza_sms_t {
    unsafe fn read(&self) -> Result<Fact, Fault> {
        let whole = self.parts == 0;
        let part = InboundPart { reference: self.part_reference, part: self.part, parts: self.parts };
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            Ok(Fact::SmsReceived(SmsReceived {
                gateway: GatewayId::new(self.gateway.required("gateway")?),
                provider_id: self.provider_id.optional("provider_id")?.map(str::to_owned),
                from: Phone::new(self.from.required("from")?),
                to: self.to.optional("to")?.map(str::to_owned),
                body: Body::new(self.body.required("body")?),
                received_at: instant(self.received_at_ms, "received_at_ms")?,
                in_reply_to: self.in_reply_to.optional("in_reply_to")?.map(str::to_owned),
                part: (!whole).then_some(part),
                opt_out: self.opt_out != 0,
            }))
        }
    }
}

impl depesza_report_t {
    unsafe fn read(&self) -> Result<Fact, Fault> {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        unsafe {
            Ok(Fact::DeliveryReport(DeliveryReport {
                gateway: GatewayId::new(self.gateway.required("gateway")?),
                provider_id: self.provider_id.optional("provider_id")?.map(str::to_owned),
                reference: self.reference.optional("reference")?.map(str::to_owned),
                part: (self.part != 0).then_some(self.part),
                state: delivery_state(self.state)?,
                at: instant(self.at_ms, "at_ms")?,
                raw: Verbatim::new(self.raw.required("raw")?),
                cost_milli: (self.has_cost != 0).then_some(self.cost_milli),
            }))
        }
    }
}

/// Where the outcomes go, and of whom the facts are.
struct Telling {
    engine: *const depesza_engine_t,
    practice: *const c_char,
    practice_len: usize,
    now_ms: i64,
    outcomes: *mut depesza_outcome_t,
}

impl Telling {
    /// Reads `count` facts, tells them in one commit, and writes an outcome for each.
    unsafe fn tell<T>(
        self,
        told: *const T,
        count: usize,
        read: impl Fn(&T) -> Result<Fact, Fault>,
    ) -> Result<(), Fault> {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (engine, practice, told) = unsafe {
            (
                held(self.engine)?,
                text(self.practice, self.practice_len, "practice")?,
                array(told, count, "facts")?,
            )
        };
        if !self.outcomes.is_aligned() {
            return Err(Fault::value("outcomes", "an address that is aligned for its type"));
        }
        let facts = told.iter().map(read).collect::<Result<Vec<Fact>, Fault>>()?;
        let clinic = engine.practice(PracticeId::new(practice));
        let came = clinic.apply(&facts, instant(self.now_ms, "now_ms")?).map_err(failed)?;
        if self.outcomes.is_null() {
            return Ok(());
        }
        for (place, outcome) in came.iter().enumerate() {
            let (kind, message) = match outcome {
                Outcome::Applied => (DEPESZA_APPLIED, 0),
                Outcome::Known => (DEPESZA_KNOWN, 0),
                Outcome::Received(message) => (DEPESZA_RECEIVED, message.0),
                Outcome::Unmatched => (DEPESZA_UNMATCHED, 0),
            };
            // SAFETY: there is an outcome for each fact, and the caller has room for as many
            unsafe { self.outcomes.add(place).write(depesza_outcome_t { kind, message }) };
        }
        Ok(())
    }
}

/// Tells visits in one commit, or none of them. `outcomes` is NULL or has room for `visits_count`. A faulty one is refused as `faulty_fact`, its place and field named.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_tell_visits(
    engine: *const depesza_engine_t,
    practice: *const c_char,
    practice_len: usize,
    visits: *const depesza_visit_t,
    visits_count: usize,
    now_ms: i64,
    outcomes: *mut depesza_outcome_t,
) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe {
        Telling { engine, practice, practice_len, now_ms, outcomes }
            .tell(visits, visits_count, |visit| visit.read())
    })
}

/// Tells patients' cards; as `depesza_tell_visits` otherwise. A card is told before its visits.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_tell_patients(
    engine: *const depesza_engine_t,
    practice: *const c_char,
    practice_len: usize,
    patients: *const depesza_patient_t,
    patients_count: usize,
    now_ms: i64,
    outcomes: *mut depesza_outcome_t,
) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe {
        Telling { engine, practice, practice_len, now_ms, outcomes }.tell(
            patients,
            patients_count,
            |patient| patient.read(),
        )
    })
}

/// Tells calls that ended; as `depesza_tell_visits` otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_tell_calls(
    engine: *const depesza_engine_t,
    practice: *const c_char,
    practice_len: usize,
    calls: *const depesza_call_t,
    calls_count: usize,
    now_ms: i64,
    outcomes: *mut depesza_outcome_t,
) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe {
        Telling { engine, practice, practice_len, now_ms, outcomes }
            .tell(calls, calls_count, |call| call.read().map(Fact::CallEnded))
    })
}

/// Tells SMS that came in; as `depesza_tell_visits` otherwise. Where the practice is not known, `depesza_call` has `sms_received`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_tell_sms(
    engine: *const depesza_engine_t,
    practice: *const c_char,
    practice_len: usize,
    sms: *const depesza_sms_t,
    sms_count: usize,
    now_ms: i64,
    outcomes: *mut depesza_outcome_t,
) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe {
        Telling { engine, practice, practice_len, now_ms, outcomes }.tell(sms, sms_count, |sms| sms.read())
    })
}

/// Tells delivery reports; as `depesza_tell_visits` otherwise. Where the practice is not known, `depesza_call` has `delivery_report`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_tell_reports(
    engine: *const depesza_engine_t,
    practice: *const c_char,
    practice_len: usize,
    reports: *const depesza_report_t,
    reports_count: usize,
    now_ms: i64,
    outcomes: *mut depesza_outcome_t,
) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe {
        Telling { engine, practice, practice_len, now_ms, outcomes }
            .tell(reports, reports_count, |report| report.read())
    })
}
