//! SMS text: what it costs, where it is cut, how it is brought into GSM-7.

use crate::classes::{
    ADVICE, CHARACTER_ADVICE, CHARACTER_CLASS, COST, COSTLY, ENCODING, FINISHED, Member, REPLACEMENT,
    TRANSLITERATION,
};
use crate::failure::{self, not_one_of};
use crate::places::Places;
use depesza::model::{
    self, Clusters, Diacritics, Encoding, Links, Missing, ReferenceBits, Replacement, SplitOptions,
};
use depesza::text::{self as core, Transliterator};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

static GSM_7: Member = Member::new(&ENCODING, "GSM-7");
static UCS_2: Member = Member::new(&ENCODING, "UCS-2");

/// What a text costs: its coding, its length and its parts. Made by `segments`.
///
/// Equal when text and reference are; `repr` does not show the text.
#[pyclass(module = "depesza", frozen)]
pub struct Segments {
    text: Py<PyString>,
    cost: model::Segments,
    reference: ReferenceBits,
}

#[pymethods]
impl Segments {
    /// The coding of every part: `Encoding.GSM_7` (`"GSM-7"`) or `Encoding.UCS_2` (`"UCS-2"`).
    #[getter]
    fn encoding<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        encoding(py, self.cost.encoding)
    }

    /// Units of the whole text, without headers: septets (an extension character is two) or UTF-16 units.
    #[getter]
    fn units(&self) -> u32 {
        self.cost.units
    }

    /// Parts that are sent and billed; at least 1. Above 255 the text cannot be sent.
    #[getter]
    fn count(&self) -> u32 {
        self.cost.count
    }

    /// Units still free in the last part.
    #[getter]
    fn remaining(&self) -> u32 {
        self.cost.remaining
    }

    /// The texts of the parts. Raises `TextTooLongError` above 255 parts.
    #[getter]
    fn parts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let options = SplitOptions { reference_bits: self.reference, ..SplitOptions::default() };
        let parts = core::split(self.text.bind(py).to_str()?, options);
        PyTuple::new(py, parts.map_err(|fault| failure::too_long(py, fault))?)
    }

    /// The characters that force the text into UCS-2, in their order; none when it is GSM-7.
    #[getter]
    fn costly<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let text = self.text.bind(py).to_str()?;
        let mut places = Places::of(text);
        let costly: PyResult<Vec<_>> = core::costly(text)
            .into_iter()
            .map(|costly| COSTLY.make(py, (places.character(costly.at), costly.character)))
            .collect();
        PyTuple::new(py, costly?)
    }

    fn __repr__(&self) -> String {
        let model::Segments { encoding, units, count, remaining } = self.cost;
        let encoding = encoding_name(encoding);
        format!("Segments(encoding='{encoding}', units={units}, count={count}, remaining={remaining})")
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> PyResult<bool> {
        Ok(self.reference == other.reference
            && self.text.bind(py).to_str()? == other.text.bind(py).to_str()?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.text.bind(py).hash()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let make = py.import("depesza")?.getattr("segments")?;
        let arguments = (self.text.clone_ref(py), u8::from(self.reference)).into_pyobject(py)?;
        (make, arguments).into_pyobject(py)
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }
}

/// The member of `Encoding`.
pub fn encoding(py: Python<'_>, encoding: Encoding) -> PyResult<Bound<'_, PyAny>> {
    match encoding {
        Encoding::Gsm7 => GSM_7.get(py),
        Encoding::Ucs2 => UCS_2.get(py),
    }
}

/// The wire name.
pub fn encoding_name(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gsm7 => "GSM-7",
        Encoding::Ucs2 => "UCS-2",
    }
}

/// What a text costs, counted from a text that Python has not.
pub fn counted(py: Python<'_>, text: &str, reference: ReferenceBits) -> PyResult<Py<Segments>> {
    let cost = core::segments_with(text, reference);
    Py::new(py, Segments { text: PyString::new(py, text).unbind(), cost, reference })
}

pub fn reference(bits: u8) -> PyResult<ReferenceBits> {
    ReferenceBits::try_from(bits).map_err(|_| PyValueError::new_err("reference_bits: expected 8 or 16"))
}

pub fn diacritics(word: &str) -> PyResult<Diacritics> {
    match word {
        "plain" => Ok(Diacritics::Plain),
        "polish" => Ok(Diacritics::Polish),
        "when_free" => Ok(Diacritics::WhenFree),
        _ => Err(not_one_of("diacritics", "plain, polish or when_free")),
    }
}

/// What a text costs: coding, units, parts (3GPP TS 23.038; TS 23.040, 9.2.3.24).
///
/// One message holds 160 septets or 70 UTF-16 units; when the text is longer, all parts hold 153 or 67 with a reference of 8
/// bits, 152 or 66 with 16. An escape pair or a surrogate pair is never cut. The count is not limited.
///
/// Raises `ValueError` for other `reference_bits`.
#[pyfunction]
#[pyo3(signature = (text, reference_bits=8))]
pub fn segments(text: Bound<'_, PyString>, reference_bits: u8) -> PyResult<Segments> {
    let reference = reference(reference_bits)?;
    let cost = core::segments_with(text.to_str()?, reference);
    Ok(Segments { text: text.unbind(), cost, reference })
}

/// Cut a text into the parts of one message; put together again they are the text.
///
/// With `clusters="keep"` no grapheme cluster (a letter and its marks, a flag, an emoji sequence) is cut, with
/// `links="keep"` no link, unless it is longer than a part; there may then be more parts than `segments` counts.
///
/// Raises `TextTooLongError` above 255 parts, `ValueError` for other words.
#[pyfunction]
#[pyo3(signature = (text, *, reference_bits=8, clusters="ignore", links="ignore"))]
pub fn split<'a>(
    py: Python<'_>,
    text: &'a str,
    reference_bits: u8,
    clusters: &str,
    links: &str,
) -> PyResult<Vec<&'a str>> {
    let options = SplitOptions {
        reference_bits: reference(reference_bits)?,
        clusters: match clusters {
            "ignore" => Clusters::Ignore,
            "keep" => Clusters::Keep,
            _ => return Err(not_one_of("clusters", "ignore or keep")),
        },
        links: match links {
            "ignore" => Links::Ignore,
            "keep" => Links::Keep,
            _ => return Err(not_one_of("links", "ignore or keep")),
        },
    };
    core::split(text, options).map_err(|fault| failure::too_long(py, fault))
}

/// The links in a text, in their order: `http://`, `https://` or `www.` and what belongs to them.
#[pyfunction]
pub fn links(text: &str) -> Vec<&str> {
    core::links(text).filter_map(|range| text.get(range)).collect()
}

/// Bring a text into GSM-7, and say every character that was replaced or could not be.
///
/// What GSM-7 has is never touched, and neither is a link. `missing` says what becomes of a character without a safe
/// equivalent: `"keep"`, `"drop"`, or any other text (all of it GSM-7) that stands in its place. `overrides` says what
/// stands for a character instead of the table's answer; `None` takes it off the table.
///
/// Raises `NotGsm7Error` for a replacement that is not GSM-7, `ValueError` for an override of more than one character.
#[pyfunction]
#[pyo3(signature = (text, missing="keep", *, overrides=None, reference_bits=8))]
pub fn transliterate<'py>(
    py: Python<'py>,
    text: &str,
    missing: &str,
    overrides: Option<&Bound<'py, PyDict>>,
    reference_bits: u8,
) -> PyResult<Bound<'py, PyAny>> {
    let reference = reference(reference_bits)?;
    let wanted = match missing {
        "keep" => Missing::Keep,
        "drop" => Missing::Drop,
        other => Missing::Replace(other.to_owned()),
    };
    let mut transliterator = Transliterator::default()
        .reference(reference)
        .missing(wanted)
        .map_err(|fault| failure::not_gsm7(py, fault, missing, "missing"))?;
    for (character, replacement) in overrides.into_iter().flatten() {
        let Ok(character) = character.extract::<char>() else {
            return Err(PyValueError::new_err("overrides: expected one character as a key"));
        };
        transliterator = match replacement.extract::<Option<String>>()? {
            None => transliterator.without(character),
            Some(replacement) => transliterator
                .with(character, replacement.as_str())
                .map_err(|fault| failure::not_gsm7(py, fault, &replacement, "overrides"))?,
        };
    }
    let done = transliterator.apply(text);
    let mut places = Places::of(text);
    let replaced: PyResult<Vec<_>> =
        done.replaced.iter().map(|replaced| replacement(py, replaced, &mut places)).collect();
    let replaced = PyTuple::new(py, replaced?)?;
    let (before, after) = (counted(py, text, reference)?, counted(py, &done.text, reference)?);
    TRANSLITERATION.make(py, (&*done.text, replaced, before, after))
}

fn replacement<'py>(
    py: Python<'py>,
    replaced: &Replacement,
    places: &mut Places<'_>,
) -> PyResult<Bound<'py, PyAny>> {
    let (start, end) = (places.character(replaced.range.start), places.character(replaced.range.end));
    let class = CHARACTER_CLASS.member(py, &replaced.class)?;
    REPLACEMENT.make(py, (start, end, &replaced.original, &replaced.replacement, class))
}

/// A text as it is sent, by a clinic's choice about diacritics, and what it costs then.
///
/// `"plain"` replaces letters that GSM-7 does not have, unless that takes more parts or gains nothing; `"polish"` keeps the
/// text as it was written; `"when_free"` keeps it where that costs no part more.
///
/// Raises `ValueError` for other words.
#[pyfunction]
#[pyo3(signature = (text, diacritics="plain", reference_bits=8))]
pub fn finish<'py>(
    py: Python<'py>,
    text: &str,
    diacritics: &str,
    reference_bits: u8,
) -> PyResult<Bound<'py, PyAny>> {
    let reference = reference(reference_bits)?;
    let done = core::finish(text, self::diacritics(diacritics)?, reference);
    FINISHED.make(py, (&*done.text, counted(py, &done.text, reference)?))
}

/// What makes a message dearer, and what replacing it would save.
///
/// Raises `ValueError` for other `reference_bits`.
#[pyfunction]
#[pyo3(signature = (text, reference_bits=8))]
pub fn advice<'py>(py: Python<'py>, text: &str, reference_bits: u8) -> PyResult<Bound<'py, PyAny>> {
    let reference = reference(reference_bits)?;
    advised(py, text, &core::advice(text, reference), reference)
}

/// The core's advice about a text, as Python has it.
pub fn advised<'py>(
    py: Python<'py>,
    text: &str,
    advice: &model::Advice,
    reference: ReferenceBits,
) -> PyResult<Bound<'py, PyAny>> {
    let mut places = Places::of(text);
    let characters: PyResult<Vec<_>> = advice
        .characters
        .iter()
        .map(|dear| {
            let at = PyTuple::new(py, dear.at.iter().map(|at| places.character(*at)))?;
            let class = CHARACTER_CLASS.member(py, &dear.class)?;
            CHARACTER_ADVICE
                .make(py, (&dear.character, at, dear.replacement.as_deref(), class, dear.parts_saved))
        })
        .collect();
    let model::Segments { encoding: coding, units, count, remaining } = advice.after;
    let after = COST.make(py, (encoding(py, coding)?, units, count, remaining))?;
    let characters = PyTuple::new(py, characters?)?;
    ADVICE.make(py, (counted(py, text, reference)?, after, advice.parts_saved, characters))
}
