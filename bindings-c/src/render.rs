//! Messages rendered from a template into the caller's memory, one a call: from a row of texts, from visits, from a call.

use crate::codes::{depesza_language_t, language};
use crate::ffi::{array, depesza_str_t, held, required, with_scratch, with_scratches};
use crate::guard::{DEPESZA_MISSING_VALUE, Fault, depesza_status_t, guard};
use crate::template::{TemplateHeld, depesza_template_t};
use crate::text::{Answer, depesza_segments_t};
use crate::time::depesza_local_time_t;
use depesza::template::{CallValues, MissingValue, RowOptions, Values, VisitDetail, VisitValues};
use depesza::text::finish_into;
use std::ffi::c_char;

/// What a message may say of one visit.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_visit_detail_t {
    /// When it starts, in local time.
    pub start: depesza_local_time_t,
    /// The doctor, as patients should read it.
    pub doctor: depesza_str_t,
    /// The room, as patients should read it.
    pub room: depesza_str_t,
}

/// A patient and the visits that a message is about. Absent texts are no values.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_visit_values_t {
    /// Language of day and month names and of lists.
    pub language: depesza_language_t,
    /// The patient's first name, in the nominative.
    pub first_name: depesza_str_t,
    /// The first name in the vocative; where absent, the nominative stands for it.
    pub first_name_vocative: depesza_str_t,
    /// The patient's last name.
    pub last_name: depesza_str_t,
    /// The visits, in the order in which they are to be read.
    pub visits: *const depesza_visit_detail_t,
    /// How many there are.
    pub visits_count: usize,
    /// The practice's name.
    pub practice: depesza_str_t,
    /// The practice's address.
    pub address: depesza_str_t,
    /// The practice's telephone, as patients should read it.
    pub phone: depesza_str_t,
    /// Values of the host's placeholders, in the order in which they were added to the catalogue.
    pub extra: *const depesza_str_t,
    /// How many there are: as many as the catalogue had, or 0.
    pub extra_count: usize,
}

/// A telephone call. Absent texts are no values.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_call_values_t {
    /// Language of month names.
    pub language: depesza_language_t,
    /// The other party's number, as people should read it.
    pub number: depesza_str_t,
    /// The number that was dialled, as people should read it.
    pub dialled_number: depesza_str_t,
    /// When the call began, in local time; none when zeroed.
    pub start: depesza_local_time_t,
    /// Whether anybody talked: not 0, and `talk_s` counts.
    pub answered: u8,
    /// Talk time in seconds.
    pub talk_s: u32,
    /// Values of the host's placeholders, in the order in which they were added to the catalogue.
    pub extra: *const depesza_str_t,
    /// How many there are: as many as the catalogue had, or 0.
    pub extra_count: usize,
}

/// The most values that are kept on the stack for nothing: most templates have no more fields.
const FEW_VALUES: usize = 4;
/// The most values that are kept on the stack; a template with more fields allocates.
const STACK_VALUES: usize = 16;
/// The most visits.
const STACK_VISITS: usize = 8;

/// Room for so many items: the few of the stack where they do, else others.
#[inline(always)]
fn room_for<'r, T: Copy + Default>(count: usize, few: &'r mut [T], many: &'r mut Vec<T>) -> &'r mut [T] {
    if count <= few.len() {
        few.get_mut(..count).unwrap_or_default()
    } else {
        many.resize(count, T::default());
        many
    }
}

/// Renders the message of one row, finished and counted: its values in the order of `depesza_template_fields`, no text being no value. Writes the text to
/// `out` and its length to `out_len`, the cost to `segments`, which may be NULL; what stands behind the text in `out` is of no meaning. Quickest where
/// `out` has 64 bytes more than the message. `DEPESZA_MISSING_VALUE` names the placeholder in the error's `field`. Allocates nothing once this thread has rendered a message as long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_render_row(
    compiled: *const depesza_template_t,
    values: *const depesza_str_t,
    values_count: usize,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
    segments: *mut depesza_segments_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, values, answer) = unsafe {
            (
                held(compiled)?,
                array(values, values_count, "values")?,
                Answer::at(out, out_capacity, out_len, segments)?,
            )
        };
        if values.len() != held.rows.fields().len() {
            return Err(Fault::value("values", "one for each field of the template"));
        }
        if values.len() <= FEW_VALUES {
            // SAFETY: the same
            unsafe { render_row(held, values, &mut [""; FEW_VALUES], answer) }
        } else {
            // SAFETY: the same
            unsafe { render_row(held, values, &mut [""; STACK_VALUES], answer) }
        }
    })
}

#[inline(always)]
unsafe fn render_row(
    held: &TemplateHeld,
    values: &[depesza_str_t],
    few: &mut [&str],
    mut answer: Answer<'_>,
) -> Result<(), Fault> {
    let mut many = Vec::new();
    let row = room_for(values.len(), few, &mut many);
    for (place, value) in row.iter_mut().zip(values) {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        *place = unsafe { value.required("values")? };
    }
    match held.rows.render_to(row, answer.room()) {
        Some(done) => answer.written(done),
        None => with_scratch(|scratch| {
            let cost = held.rows.render_into(row, scratch).map_err(missing)?;
            answer.fill(scratch, cost)
        }),
    }
}

/// Renders the message about a patient and their visits, finished and counted; as `depesza_render_row` otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_render_visit(
    compiled: *const depesza_template_t,
    values: *const depesza_visit_values_t,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
    segments: *mut depesza_segments_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, told, answer) = unsafe {
            (held(compiled)?, required(values, "values")?, Answer::at(out, out_capacity, out_len, segments)?)
        };
        let (mut few, mut many) = ([VisitDetail::default(); STACK_VISITS], Vec::new());
        // SAFETY: the same
        let (extra, values) = unsafe {
            let details = array(told.visits, told.visits_count, "visits")?;
            let visits = room_for(details.len(), &mut few, &mut many);
            for (place, visit) in visits.iter_mut().zip(details) {
                *place = VisitDetail {
                    start: visit.start.required("visits.start")?,
                    doctor: visit.doctor.required("visits.doctor")?,
                    room: visit.room.required("visits.room")?,
                };
            }
            let values = VisitValues {
                language: language(told.language)?,
                first_name: told.first_name.required("first_name")?,
                first_name_vocative: told.first_name_vocative.required("first_name_vocative")?,
                last_name: told.last_name.required("last_name")?,
                visits,
                practice: told.practice.required("practice")?,
                address: told.address.required("address")?,
                phone: told.phone.required("phone")?,
                extra: &[],
            };
            (extra_values(held, told.extra, told.extra_count)?, values)
        };
        render(held, &VisitValues { extra: &extra, ..values }, answer)
    })
}

/// Renders the message about a call, finished and counted; as `depesza_render_row` otherwise.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_render_call(
    compiled: *const depesza_template_t,
    values: *const depesza_call_values_t,
    out: *mut c_char,
    out_capacity: usize,
    out_len: *mut usize,
    segments: *mut depesza_segments_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, told, answer) = unsafe {
            (held(compiled)?, required(values, "values")?, Answer::at(out, out_capacity, out_len, segments)?)
        };
        // SAFETY: the same
        let (extra, values) = unsafe {
            let values = CallValues {
                language: language(told.language)?,
                number: told.number.required("number")?,
                dialled_number: told.dialled_number.required("dialled_number")?,
                start: told.start.optional("start")?,
                talk_s: (told.answered != 0).then_some(told.talk_s),
                extra: &[],
            };
            (extra_values(held, told.extra, told.extra_count)?, values)
        };
        render(held, &CallValues { extra: &extra, ..values }, answer)
    })
}

unsafe fn extra_values<'a>(
    held: &TemplateHeld,
    extra: *const depesza_str_t,
    count: usize,
) -> Result<Vec<Option<&'a str>>, Fault> {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    let extra = unsafe { array(extra, count, "extra")? };
    if !extra.is_empty() && extra.len() != held.custom {
        return Err(Fault::value("extra", "a value for each placeholder of the host's, or none"));
    }
    // SAFETY: the same
    let mut values =
        extra.iter().map(|value| unsafe { value.optional("extra") }).collect::<Result<Vec<_>, _>>()?;
    values.resize(held.custom, None);
    Ok(values)
}

/// Renders and finishes in this thread's working texts.
fn render(held: &TemplateHeld, values: &impl Values, answer: Answer<'_>) -> Result<(), Fault> {
    with_scratches(|rendered, finished| {
        held.template.render_into(values, rendered).map_err(missing)?;
        let RowOptions { diacritics, reference_bits } = held.options;
        let cost = finish_into(rendered, diacritics, reference_bits, finished);
        answer.fill(finished, cost)
    })
}

#[cold]
pub(crate) fn missing(MissingValue { placeholder }: MissingValue) -> Fault {
    let message = format!("({placeholder}): expected a value, or a fallback in the body");
    Fault::new(DEPESZA_MISSING_VALUE, "missing_value", message).of(placeholder)
}
