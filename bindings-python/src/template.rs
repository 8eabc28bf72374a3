//! Templates: bodies with placeholders, compiled once and rendered many times.

use crate::batch::{self, Batch};
use crate::classes::{CUSTOM_PLACEHOLDER, PLACEHOLDER, PREVIEW, PREVIEW_TEXT};
use crate::failure::{self, not_one_of};
use crate::places::Places;
use crate::text::{advised, counted, diacritics, reference};
use crate::values::{Given, key, language};
use depesza::model::{
    CustomPlaceholder, LinkMarker, LocalText, Practice, PreviewText, ReferenceBits, TemplateSubject,
};
use depesza::template::{self as core, Catalogue, Target};
use depesza::text;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::borrow::Cow;

/// A body that was checked and is ready to be rendered any number of times.
///
/// `subject` says what it speaks about, and so which placeholders it may hold: `"visits"`, `"calls"` or `"people"`. `links`
/// are the practice's link markers, name to URL; `custom` are placeholders of the host's, names or `CustomPlaceholder`.
///
/// Raises `TemplateError` with every fault of the body, `LinkError` for a marker that is refused, `ValueError` for another
/// subject. Equal when body and placeholders are; `repr` does not show the body.
#[pyclass(module = "depesza", frozen)]
pub struct Template {
    pub template: core::Template,
    pub catalogue: Catalogue,
    links: Vec<LinkMarker>,
    custom: Vec<CustomPlaceholder>,
}

#[pymethods]
impl Template {
    #[new]
    #[pyo3(signature = (body, *, subject="visits", links=None, custom=None))]
    fn new(
        py: Python<'_>,
        body: &str,
        subject: &str,
        links: Option<&Bound<'_, PyDict>>,
        custom: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let mut catalogue = Catalogue::new(self::subject(subject)?);
        let (mut markers, mut placeholders) = (Vec::new(), Vec::new());
        for placeholder in custom.map(|custom| custom.try_iter()).transpose()?.into_iter().flatten() {
            let placeholder = custom_placeholder(&placeholder?)?;
            catalogue
                .register(placeholder.clone())
                .map_err(|faults| failure::marker(py, &faults, "custom"))?;
            placeholders.push(placeholder);
        }
        for (name, url) in links.into_iter().flatten() {
            let link = LinkMarker { name: name.extract()?, url: url.extract()? };
            catalogue.add_link(link.clone()).map_err(|faults| failure::marker(py, &faults, "links"))?;
            markers.push(link);
        }
        let template = core::Template::compile(body, &catalogue)
            .map_err(|faults| failure::template(py, body, &faults))?;
        Ok(Self { template, catalogue, links: markers, custom: placeholders })
    }

    /// The body as it was typed.
    #[getter]
    fn body(&self) -> &str {
        self.template.source()
    }

    /// What it speaks about, one of `TemplateSubject`.
    #[getter]
    fn subject<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::classes::TEMPLATE_SUBJECT.member(py, &self.catalogue.subject())
    }

    /// The placeholders of the body, links included, in their order; one that stands twice comes twice.
    #[getter]
    fn placeholders<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let mut places = Places::of(self.template.source());
        let made: PyResult<Vec<_>> = self
            .template
            .placeholders()
            .map(|placeholder| {
                let (format, url) = match &placeholder.target {
                    Target::Value(slot) => (slot.format(), None),
                    Target::Link(url) => (None, Some(url.as_str())),
                };
                let at = placeholder.at;
                let (start, end) = (places.character(at.start), places.character(at.end));
                let (name, fallback) = (placeholder.name.as_str(), placeholder.fallback.as_deref());
                PLACEHOLDER.make(py, (name, format, fallback, url, start, end, at.line, at.column))
            })
            .collect();
        PyTuple::new(py, made?)
    }

    /// The names of the values that a message takes, each once: `imie`, `data:slownie`.
    #[getter]
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let rows = core::Rows::new(&self.template, core::RowOptions::default());
        PyTuple::new(py, rows.fields().iter().map(|field| key(&field.name, field.slot)))
    }

    /// Render one message as it is written; `finish` folds its letters and counts it.
    ///
    /// `values` is a mapping of ready-made texts by placeholder (`{"imie": "Anna", "data:slownie": "21 listopada 2026"}`;
    /// other keys do not matter), `VisitValues` or `CallValues`. White space around a value is dropped. A value that is
    /// absent, `None` or blank is replaced by the fallback.
    ///
    /// Raises `MissingValueError` for a placeholder that has neither, `TypeError` for a value that is no text.
    fn render(&self, py: Python<'_>, values: &Bound<'_, PyAny>) -> PyResult<String> {
        let given = Given::read(&self.template, values)?;
        let mut out = String::new();
        given
            .lend(&self.catalogue, |values| self.template.render_into(values, &mut out))
            .map_err(|fault| failure::missing(py, fault))?;
        Ok(out)
    }

    /// Render a message for every row, bring it into the practice's letters and count it, all in one pass.
    ///
    /// `columns` has a column for each of `keys`: a mapping of lists, Arrow arrays, single texts (for all rows) or `None` (no
    /// value in any row); a dataframe of pandas or polars; a table of pyarrow; anything with `__arrow_c_stream__`. Columns are
    /// texts (also string views and dictionaries); null is no value. Arrow columns are read where they lie, and the
    /// interpreter's lock is not held while rows are rendered. `threads` is 1 to 256; `part_milli` the price of a part in
    /// thousandths of the currency's unit.
    ///
    /// A row that has neither a value nor a fallback for a placeholder has no message and is listed in `Batch.missing`.
    ///
    /// Raises `ColumnError` for a column that is not there, is not of texts, or has another length; `ValueError` for other
    /// words.
    #[pyo3(signature = (columns, *, diacritics="plain", reference_bits=8, threads=1, part_milli=0))]
    fn render_batch(
        &self,
        columns: &Bound<'_, PyAny>,
        diacritics: &str,
        reference_bits: u8,
        threads: usize,
        part_milli: i64,
    ) -> PyResult<Batch> {
        let options = core::RowOptions {
            diacritics: self::diacritics(diacritics)?,
            reference_bits: reference(reference_bits)?,
        };
        batch::render(columns, &core::Rows::new(&self.template, options), threads, part_milli)
    }

    /// The body with typical, shortest and longest values, as it would be sent, with what each costs.
    ///
    /// `practice`, `address` and `phone` are the practice's own; `part_milli` is the price of a part in thousandths of the
    /// currency's unit. Raises `ValueError` for other words.
    #[pyo3(signature = (*, practice="Estomed", address=None, phone=None, diacritics="plain", reference_bits=8, part_milli=0, language="pl"))]
    #[expect(clippy::too_many_arguments, reason = "named in Python")]
    fn preview<'py>(
        &self,
        py: Python<'py>,
        practice: &str,
        address: Option<&str>,
        phone: Option<&str>,
        diacritics: &str,
        reference_bits: u8,
        part_milli: i64,
        language: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let bits = reference(reference_bits)?;
        let of = practice_of(
            practice,
            address,
            phone,
            self::diacritics(diacritics)?,
            bits,
            self::language(language)?,
        )?;
        let shown = core::preview(self.template.source(), &self.catalogue, &of, part_milli)
            .map_err(|faults| failure::template(py, self.template.source(), &faults))?;
        let advice = text::advice(&shown.typical.text, bits);
        PREVIEW.make(
            py,
            (
                preview_text(py, &shown.typical, bits)?,
                preview_text(py, &shown.shortest, bits)?,
                preview_text(py, &shown.longest, bits)?,
                advised(py, &shown.typical.text, &advice, bits)?,
                PyTuple::new(py, &shown.dear_in_body)?,
                PyTuple::new(py, &shown.dear_in_values)?,
                PyTuple::new(py, &shown.missing)?,
            ),
        )
    }

    fn __repr__(&self) -> String {
        let placeholders = self.template.placeholders().count();
        format!("Template(placeholders={placeholders})")
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.template == other.template && self.catalogue == other.catalogue
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        PyString::new(py, self.template.source()).hash()
    }

    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> PyResult<((&str,), Bound<'py, PyDict>)> {
        let (keywords, links) = (PyDict::new(py), PyDict::new(py));
        for link in &self.links {
            links.set_item(&link.name, &link.url)?;
        }
        let custom: PyResult<Vec<_>> = self
            .custom
            .iter()
            .map(|it| {
                CUSTOM_PLACEHOLDER.make(py, (&it.name, &it.sample, &it.description.pl, &it.description.en))
            })
            .collect();
        keywords.set_item("subject", self.subject(py)?)?;
        keywords.set_item("links", links)?;
        keywords.set_item("custom", PyTuple::new(py, custom?)?)?;
        Ok(((self.template.source(),), keywords))
    }
}

/// A Polish first name in the vocative (`Anna`, `Anno`), for `(imie:wolacz)`; as it is where the rules are not certain.
#[pyfunction]
pub fn vocative(first_name: &str) -> Cow<'_, str> {
    core::vocative(first_name)
}

fn subject(word: &str) -> PyResult<TemplateSubject> {
    match word {
        "visits" => Ok(TemplateSubject::Visits),
        "calls" => Ok(TemplateSubject::Calls),
        "people" => Ok(TemplateSubject::People),
        _ => Err(not_one_of("subject", "visits, calls or people")),
    }
}

fn custom_placeholder(given: &Bound<'_, PyAny>) -> PyResult<CustomPlaceholder> {
    if let Ok(name) = given.cast::<PyString>() {
        let name = name.to_str()?.to_owned();
        let description = LocalText { pl: String::new(), en: String::new() };
        return Ok(CustomPlaceholder { name, description, sample: String::new() });
    }
    let text = |name: &str| given.getattr(name)?.extract::<String>();
    Ok(CustomPlaceholder {
        name: text("name")?,
        description: LocalText { pl: text("description_pl")?, en: text("description_en")? },
        sample: text("sample")?,
    })
}

/// A practice of which nothing but this is asked.
fn practice_of(
    name: &str,
    address: Option<&str>,
    phone: Option<&str>,
    diacritics: depesza::model::Diacritics,
    reference_bits: ReferenceBits,
    language: depesza::model::Language,
) -> PyResult<Practice> {
    let practice = serde_json::json!({
        "id": "preview", "name": name, "address": address, "phone": phone, "language": language,
        "secret": "of nothing that is kept",
        "settings": {"diacritics": diacritics, "reference_bits": reference_bits}
    });
    serde_json::from_value(practice).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn preview_text<'py>(
    py: Python<'py>,
    shown: &PreviewText,
    bits: ReferenceBits,
) -> PyResult<Bound<'py, PyAny>> {
    PREVIEW_TEXT.make(py, (&shown.text, counted(py, &shown.text, bits)?, shown.cost_milli))
}
