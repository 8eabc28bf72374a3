//! Templates: a body compiled against a catalogue, and what it says of itself.

use crate::catalogue::{depesza_catalogue_t, refused};
use crate::codes::{depesza_diacritics_t, diacritics, reference_bits};
use crate::ffi::{
    Handle, buffer, depesza_str_t, depesza_string_t, free, give, held, json, out, str_of, text,
};
use crate::guard::{depesza_status_t, guard};
use depesza::template::{RowOptions, Rows, Slot, Target, Template};
use serde_json::json as value;
use std::ffi::c_char;

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

/// A value that a row brings.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct depesza_field_t {
    /// The placeholder's name; the template's memory.
    pub name: depesza_str_t,
    /// The format that the body asks for (`slownie` of `(data:slownie)`); empty for the usual one.
    pub format: depesza_str_t,
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
