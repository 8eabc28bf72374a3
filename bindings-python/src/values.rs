//! Values of one message as Python has them: a mapping of ready-made texts, `VisitValues`, or `CallValues`.

use chrono::NaiveDateTime;
use depesza::model::Language;
use depesza::template::{
    CallValues, Catalogue, Slot, Template, ValueWriter, Values, VisitDetail, VisitValues, same_name,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};
use std::collections::BTreeMap;

use crate::classes::{CALL_VALUES, VISIT_VALUES};
use crate::failure::not_one_of;

/// The name under which a value is given: `imie`, `data:slownie`.
pub fn key(name: &str, slot: Slot) -> String {
    match slot.format() {
        Some(format) => format!("{name}:{format}"),
        None => name.to_owned(),
    }
}

/// Whether a name that somebody wrote is that of a value; each half is matched as bodies are.
pub fn is_key(written: &str, key: &str) -> bool {
    match (written.split_once(':'), key.split_once(':')) {
        (None, None) => same_name(written, key),
        (Some((name, format)), Some((known, of_it))) => same_name(name, known) && same_name(format, of_it),
        _ => false,
    }
}

/// Values that own their texts.
pub enum Given {
    /// By slot.
    Texts(Vec<(Slot, String)>),
    Visits(VisitTexts),
    Call(CallTexts),
}

/// What [`VisitValues`] borrows.
pub struct VisitTexts {
    language: Language,
    first_name: String,
    first_name_vocative: String,
    last_name: String,
    visits: Vec<(NaiveDateTime, String, String)>,
    practice: String,
    address: String,
    phone: String,
    extra: BTreeMap<String, String>,
}

/// What [`CallValues`] borrows.
pub struct CallTexts {
    language: Language,
    number: String,
    dialled_number: String,
    start: Option<NaiveDateTime>,
    talk_s: Option<u32>,
    extra: BTreeMap<String, String>,
}

impl Given {
    /// Reads what a host gave for a template.
    pub fn read(template: &Template, values: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = values.py();
        if let Ok(mapping) = values.cast::<PyMapping>() {
            return texts(template, mapping).map(Self::Texts);
        }
        if values.is_instance(VISIT_VALUES.get(py)?)? {
            return visit(values).map(Self::Visits);
        }
        if values.is_instance(CALL_VALUES.get(py)?)? {
            return call(values).map(Self::Call);
        }
        Err(PyTypeError::new_err("values: expected a mapping, VisitValues or CallValues"))
    }

    /// Lends them to a renderer.
    pub fn lend<T>(&self, catalogue: &Catalogue, to: impl FnOnce(&dyn Values) -> T) -> T {
        match self {
            Self::Texts(texts) => to(&Texts(texts)),
            Self::Visits(given) => {
                let visits: Vec<VisitDetail<'_>> = given
                    .visits
                    .iter()
                    .map(|(start, doctor, room)| VisitDetail { start: *start, doctor, room })
                    .collect();
                to(&VisitValues {
                    language: given.language,
                    first_name: &given.first_name,
                    first_name_vocative: &given.first_name_vocative,
                    last_name: &given.last_name,
                    visits: &visits,
                    practice: &given.practice,
                    address: &given.address,
                    phone: &given.phone,
                    extra: &catalogue.extra_values(&given.extra),
                })
            }
            Self::Call(given) => to(&CallValues {
                language: given.language,
                number: &given.number,
                dialled_number: &given.dialled_number,
                start: given.start,
                talk_s: given.talk_s,
                extra: &catalogue.extra_values(&given.extra),
            }),
        }
    }
}

struct Texts<'a>(&'a [(Slot, String)]);

impl Values for Texts<'_> {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        if let Some((_, text)) = self.0.iter().find(|(known, _)| *known == slot) {
            out.text(text);
        }
    }
}

/// The texts of a mapping that the template asks for. The exact name counts first, then any way to write it.
fn texts(template: &Template, mapping: &Bound<'_, PyMapping>) -> PyResult<Vec<(Slot, String)>> {
    let mut found: Vec<(Slot, String)> = Vec::new();
    for placeholder in template.placeholders() {
        let depesza::template::Target::Value(slot) = placeholder.target else { continue };
        if found.iter().any(|(known, _)| *known == slot) {
            continue;
        }
        let key = key(&placeholder.name, slot);
        let value = match mapping.contains(&key)? {
            true => Some(mapping.get_item(&key)?),
            false => written_otherwise(mapping, &key)?,
        };
        let Some(value) = value.filter(|value| !value.is_none()) else { continue };
        let Ok(text) = value.cast::<PyString>() else {
            let got = value.get_type().name()?;
            return Err(PyTypeError::new_err(format!("values[{key:?}]: expected str or None, got {got}")));
        };
        found.push((slot, text.to_str()?.to_owned()));
    }
    Ok(found)
}

fn written_otherwise<'py>(mapping: &Bound<'py, PyMapping>, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    for written in mapping.keys()? {
        if let Ok(name) = written.cast::<PyString>()
            && is_key(name.to_str()?, key)
        {
            return mapping.get_item(&written).map(Some);
        }
    }
    Ok(None)
}

fn visit(values: &Bound<'_, PyAny>) -> PyResult<VisitTexts> {
    let text = |name: &str| values.getattr(name)?.extract::<String>();
    let mut visits = Vec::new();
    for (place, visit) in values.getattr("visits")?.try_iter()?.enumerate() {
        let visit = visit?;
        let start = local_time(&visit.getattr("start")?, &format!("visits[{place}].start"))?;
        visits.push((start, visit.getattr("doctor")?.extract()?, visit.getattr("room")?.extract()?));
    }
    Ok(VisitTexts {
        language: language(&text("language")?)?,
        first_name: text("first_name")?,
        first_name_vocative: text("first_name_vocative")?,
        last_name: text("last_name")?,
        visits,
        practice: text("practice")?,
        address: text("address")?,
        phone: text("phone")?,
        extra: extra(values)?,
    })
}

fn call(values: &Bound<'_, PyAny>) -> PyResult<CallTexts> {
    let text = |name: &str| values.getattr(name)?.extract::<String>();
    let start = values.getattr("start")?;
    Ok(CallTexts {
        language: language(&text("language")?)?,
        number: text("number")?,
        dialled_number: text("dialled_number")?,
        start: if start.is_none() { None } else { Some(local_time(&start, "start")?) },
        talk_s: values.getattr("talk_s")?.extract()?,
        extra: extra(values)?,
    })
}

fn extra(values: &Bound<'_, PyAny>) -> PyResult<BTreeMap<String, String>> {
    let extra = values.getattr("extra")?;
    let extra = extra.cast::<PyMapping>()?;
    extra.items()?.iter().map(|item| item.extract()).collect()
}

/// A time with a zone is refused: whose local time it would be is a guess.
fn local_time(value: &Bound<'_, PyAny>, field: &str) -> PyResult<NaiveDateTime> {
    let zone = value.getattr("tzinfo").ok().filter(|zone| !zone.is_none());
    match (zone, value.extract()) {
        (None, Ok(time)) => Ok(time),
        (Some(_), _) => Err(PyValueError::new_err(format!(
            "{field}: expected local time without a zone; convert it by astimezone(…).replace(tzinfo=None)"
        ))),
        (None, Err(_)) => Err(PyTypeError::new_err(format!("{field}: expected a datetime"))),
    }
}

pub fn language(word: &str) -> PyResult<Language> {
    match word {
        "pl" => Ok(Language::Pl),
        "en" => Ok(Language::En),
        _ => Err(not_one_of("language", "pl or en")),
    }
}
