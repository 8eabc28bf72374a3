//! Templates: a catalogue of placeholders, a body compiled against it, and messages rendered from it into the caller's memory.

use crate::codes::{depesza_diacritics_t, depesza_language_t, depesza_subject_t};
use crate::codes::{diacritics, language, reference_bits, subject};
use crate::ffi::{
    Buffer, Handle, Out, array, buffer, depesza_str_t, depesza_string_t, free, give, held, held_mut, json,
    maybe_out, out, required, str_of, text, with_scratch, with_scratches,
};
use crate::guard::{DEPESZA_MISSING_VALUE, DEPESZA_REFUSED, Fault, depesza_status_t, guard};
use crate::text::depesza_segments_t;
use crate::time::depesza_local_time_t;
use depesza::model::{CustomPlaceholder, LinkMarker, LocalText};
use depesza::template::{
    CallValues, Catalogue, MissingValue, RowOptions, Rows, Slot, Target, Template, Values, VisitDetail,
    VisitValues, same_name,
};
use depesza::text::finish_into;
use serde_json::json as value;
use std::ffi::c_char;

/// Which placeholders a body may hold. Used by one thread at a time while it is added to, and by any number while it is not.
pub struct depesza_catalogue_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_catalogue_t {
    type Holds = CatalogueHeld;
    const TAG: u64 = 0x6461_7461_6c6f_6701;
    const NAME: &'static str = "catalogue";
}

pub(crate) struct CatalogueHeld {
    pub catalogue: Catalogue,
    /// Names of the host's placeholders, in their order.
    pub custom: Vec<String>,
}

/// A body that was checked, and is rendered any number of times by any number of threads.
pub struct depesza_template_t {
    _opaque: [u8; 0],
}

impl Handle for depesza_template_t {
    type Holds = TemplateHeld;
    const TAG: u64 = 0x6461_7465_6d70_6c02;
    const NAME: &'static str = "compiled";
}

pub(crate) struct TemplateHeld {
    pub template: Template,
    pub rows: Rows,
    pub options: RowOptions,
    /// How many placeholders of the host the catalogue had.
    pub custom: usize,
}

/// A placeholder of the host's.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_placeholder_t {
    /// What is written in round brackets: at most 32 letters, digits, `_`, `-` and spaces, a letter first.
    pub name: depesza_str_t,
    /// What it stands for, in Polish.
    pub description_pl: depesza_str_t,
    /// What it stands for, in English.
    pub description_en: depesza_str_t,
    /// What it may look like when filled in.
    pub sample: depesza_str_t,
}

/// A value that a row brings.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_field_t {
    /// The placeholder's name; the template's memory.
    pub name: depesza_str_t,
    /// The format that the body asks for (`slownie` of `(data:slownie)`); empty for the usual one.
    pub format: depesza_str_t,
}

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

/// Makes a catalogue of the built-in placeholders of a subject.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_catalogue_new(
    subject: depesza_subject_t,
    catalogue: *mut *mut depesza_catalogue_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let place = unsafe { out(catalogue, "catalogue")? };
        let catalogue = Catalogue::new(self::subject(subject)?);
        place.write(give(CatalogueHeld { catalogue, custom: Vec::new() }));
        Ok(())
    })
}

/// Frees a catalogue and sets the pointer to NULL. Templates that were compiled with it stay.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_catalogue_free(
    catalogue: *mut *mut depesza_catalogue_t,
) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe { free(catalogue) })
}

/// Adds a link marker: its name stands for the URL. Refused as `marker` with every fault; the catalogue is then as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_catalogue_add_link(
    catalogue: *mut depesza_catalogue_t,
    name: *const c_char,
    name_len: usize,
    url: *const c_char,
    url_len: usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, name, url) =
            unsafe { (held_mut(catalogue)?, text(name, name_len, "name")?, text(url, url_len, "url")?) };
        let link = LinkMarker { name: name.to_owned(), url: url.to_owned() };
        held.catalogue.add_link(link).map_err(|faults| refused("marker", "the link marker", &faults))
    })
}

/// Adds a placeholder of the host's. Refused as `marker` with every fault; the catalogue is then as it was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_catalogue_add_placeholder(
    catalogue: *mut depesza_catalogue_t,
    placeholder: *const depesza_placeholder_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, placeholder) = unsafe {
            let told = required(placeholder, "placeholder")?;
            let placeholder = CustomPlaceholder {
                name: told.name.required("name")?.to_owned(),
                description: LocalText {
                    pl: told.description_pl.required("description_pl")?.to_owned(),
                    en: told.description_en.required("description_en")?.to_owned(),
                },
                sample: told.sample.required("sample")?.to_owned(),
            };
            (held_mut(catalogue)?, placeholder)
        };
        let name = placeholder.name.clone();
        let added = held.catalogue.register(placeholder);
        added.map_err(|faults| refused("marker", "the placeholder", &faults))?;
        held.custom.push(name);
        Ok(())
    })
}

/// The place of a host's placeholder among those of the catalogue, from 0, by its name in any spelling that matches: where its value stands in `extra`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_catalogue_find(
    catalogue: *const depesza_catalogue_t,
    name: *const c_char,
    name_len: usize,
    place: *mut usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, name, place) =
            unsafe { (held(catalogue)?, text(name, name_len, "name")?, out(place, "place")?) };
        let found = held.custom.iter().position(|known| same_name(known, name));
        place.write(found.ok_or_else(|| Fault::value("name", "the name of a placeholder that was added"))?);
        Ok(())
    })
}

pub(crate) fn refused<T: serde::Serialize>(code: &'static str, what: &str, faults: &[T]) -> Fault {
    Fault::new(DEPESZA_REFUSED, code, format!("{what} has {} fault(s)", faults.len())).with(&faults)
}

/// Checks a body and makes it ready: `diacritics` and `reference_bits` say how its messages are finished and counted. Refused as `template`
/// with every fault and its place; vectors/template.json shows them all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_template_compile(
    body: *const c_char,
    body_len: usize,
    catalogue: *const depesza_catalogue_t,
    diacritics: depesza_diacritics_t,
    reference_bits: u32,
    compiled: *mut *mut depesza_template_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (body, held, place) =
            unsafe { (text(body, body_len, "body")?, held(catalogue)?, out(compiled, "compiled")?) };
        let options = RowOptions {
            diacritics: self::diacritics(diacritics)?,
            reference_bits: self::reference_bits(reference_bits)?,
        };
        let template = Template::compile(body, &held.catalogue)
            .map_err(|faults| refused("template", "the body", &faults))?;
        let rows = Rows::new(&template, options);
        place.write(give(TemplateHeld { template, rows, options, custom: held.custom.len() }));
        Ok(())
    })
}

/// Frees a template and sets the pointer to NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_template_free(compiled: *mut *mut depesza_template_t) -> depesza_status_t {
    // SAFETY: the caller's promise about pointers, see the head of `ffi`
    guard(|| unsafe { free(compiled) })
}

/// The values of a row, each once, in the order in which `depesza_render_row` and `depesza_render_batch` take them. The texts are the template's memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_template_fields(
    compiled: *const depesza_template_t,
    fields: *mut depesza_field_t,
    fields_capacity: usize,
    fields_len: *mut usize,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, fields) = unsafe { (held(compiled)?, buffer(fields, fields_capacity, fields_len)?) };
        let all: Vec<depesza_field_t> = held
            .rows
            .fields()
            .iter()
            .map(|field| depesza_field_t {
                name: str_of(Some(&field.name)),
                format: str_of(Some(match field.slot {
                    Slot::DateInWords => "slownie",
                    Slot::FirstNameVocative => "wolacz",
                    _ => "",
                })),
            })
            .collect();
        fields.fill(&all)
    })
}

/// The placeholders of a body as a JSON array, in their order: `name`, `fallback`, `url` of a link, `at`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn depesza_template_placeholders(
    compiled: *const depesza_template_t,
    answer: *mut depesza_string_t,
) -> depesza_status_t {
    guard(|| {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        let (held, answer) = unsafe { (held(compiled)?, out(answer, "answer")?) };
        let placeholders: Vec<serde_json::Value> = held
            .template
            .placeholders()
            .map(|it| {
                let url = match &it.target {
                    Target::Link(url) => Some(url),
                    Target::Value(_) => None,
                };
                value!({"name": it.name, "fallback": it.fallback, "url": url, "at": it.at})
            })
            .collect();
        answer.write(json(&placeholders)?);
        Ok(())
    })
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
/// `out` and its length to `out_len`, the cost to `segments`, which may be NULL. `DEPESZA_MISSING_VALUE` names the placeholder in the error's `field`.
/// Allocates nothing once this thread has rendered a message as long.
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
        let (held, values, out, segments) = unsafe {
            (
                held(compiled)?,
                array(values, values_count, "values")?,
                buffer(out.cast::<u8>(), out_capacity, out_len)?,
                maybe_out(segments, "segments")?,
            )
        };
        if values.len() != held.rows.fields().len() {
            return Err(Fault::value("values", "one for each field of the template"));
        }
        let to = (out, segments);
        if values.len() <= FEW_VALUES {
            // SAFETY: the same
            unsafe { render_row(held, values, &mut [""; FEW_VALUES], to) }
        } else {
            // SAFETY: the same
            unsafe { render_row(held, values, &mut [""; STACK_VALUES], to) }
        }
    })
}

/// Where an answer goes.
type To<'a> = (Buffer<'a, u8>, Option<Out<'a, depesza_segments_t>>);

#[inline(always)]
unsafe fn render_row(
    held: &TemplateHeld,
    values: &[depesza_str_t],
    few: &mut [&str],
    (out, segments): To<'_>,
) -> Result<(), Fault> {
    let mut many = Vec::new();
    let row = room_for(values.len(), few, &mut many);
    for (place, value) in row.iter_mut().zip(values) {
        // SAFETY: the caller's promise about pointers, see the head of `ffi`
        *place = unsafe { value.required("values")? };
    }
    with_scratch(|scratch| {
        let cost = held.rows.render_into(row, scratch).map_err(missing)?;
        answer(scratch, cost.into(), out, segments)
    })
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
        let (held, told, out, segments) = unsafe {
            (
                held(compiled)?,
                required(values, "values")?,
                buffer(out.cast::<u8>(), out_capacity, out_len)?,
                maybe_out(segments, "segments")?,
            )
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
        render(held, &VisitValues { extra: &extra, ..values }, out, segments)
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
        let (held, told, out, segments) = unsafe {
            (
                held(compiled)?,
                required(values, "values")?,
                buffer(out.cast::<u8>(), out_capacity, out_len)?,
                maybe_out(segments, "segments")?,
            )
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
        render(held, &CallValues { extra: &extra, ..values }, out, segments)
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
fn render(
    held: &TemplateHeld,
    values: &impl Values,
    out: Buffer<'_, u8>,
    segments: Option<Out<'_, depesza_segments_t>>,
) -> Result<(), Fault> {
    with_scratches(|rendered, finished| {
        held.template.render_into(values, rendered).map_err(missing)?;
        let RowOptions { diacritics, reference_bits } = held.options;
        let cost = finish_into(rendered, diacritics, reference_bits, finished);
        answer(finished, cost.into(), out, segments)
    })
}

#[inline(always)]
fn answer(
    text: &str,
    cost: depesza_segments_t,
    out: Buffer<'_, u8>,
    segments: Option<Out<'_, depesza_segments_t>>,
) -> Result<(), Fault> {
    out.fill(text.as_bytes())?;
    if let Some(segments) = segments {
        segments.write(cost);
    }
    Ok(())
}

#[cold]
pub(crate) fn missing(MissingValue { placeholder }: MissingValue) -> Fault {
    let message = format!("({placeholder}): expected a value, or a fallback in the body");
    Fault::new(DEPESZA_MISSING_VALUE, "missing_value", message).of(placeholder)
}
