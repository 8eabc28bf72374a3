//! Catalogues: which placeholders the body of a template may hold.

use crate::codes::{depesza_subject_t, subject};
use crate::ffi::{Handle, depesza_str_t, free, give, held, held_mut, out, required, text};
use crate::guard::{DEPESZA_REFUSED, Fault, depesza_status_t, guard};
use depesza::model::{CustomPlaceholder, LinkMarker, LocalText};
use depesza::template::{Catalogue, same_name};
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
