//! Message bodies with placeholders: compiled once, rendered many times. See `depesza::template`.

use crate::convert::WallTime;
use chrono::NaiveDateTime;
use depesza::model::{
    Body, CustomPlaceholder, Diacritics, Encoding, Language, LinkMarker, MarkerFault, Name, Phone,
    ReferenceBits, TemplateFault, TemplateSubject, TextSpan,
};
use depesza::template::{self, Batch, Column, ColumnsFault, MissingValue, RowOptions, Rows, Target};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Why a body was not compiled or rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TemplateError {
    /// The body has faults: each with its place.
    #[error("the body has {} fault(s)", .faults.len())]
    FaultyBody {
        /// All of them, in the order of their places.
        faults: Vec<TemplateFault>,
    },
    /// A link marker or a placeholder of the host's cannot be taken.
    #[error("the marker has {} fault(s)", .faults.len())]
    FaultyMarker {
        /// All of them.
        faults: Vec<MarkerFault>,
    },
    /// A placeholder has no value and no fallback: there is no message.
    #[error("({placeholder}) has no value")]
    MissingValue {
        /// The placeholder's name.
        placeholder: String,
    },
    /// A value cannot be read.
    #[error("{field}: expected {expected}")]
    FaultyValue {
        /// Which, as a path: `visits[0].start`.
        field: String,
        /// What was expected.
        expected: String,
    },
    /// The columns do not fit the template's fields.
    #[error("{says}")]
    FaultyColumns {
        /// What was expected.
        says: String,
    },
}

impl From<MissingValue> for TemplateError {
    fn from(MissingValue { placeholder }: MissingValue) -> Self {
        Self::MissingValue { placeholder }
    }
}

impl From<ColumnsFault> for TemplateError {
    fn from(fault: ColumnsFault) -> Self {
        Self::FaultyColumns { says: fault.to_string() }
    }
}

/// The placeholders that a body may hold.
#[derive(uniffi::Object)]
pub struct Catalogue(template::Catalogue);

#[uniffi::export]
impl Catalogue {
    /// The built-in placeholders of a subject, a practice's link markers, and a host's own placeholders.
    ///
    /// # Errors
    /// [`TemplateError::FaultyMarker`] for the first that cannot be taken.
    #[uniffi::constructor(default(links = [], custom = []))]
    pub fn new(
        subject: TemplateSubject,
        links: Vec<LinkMarker>,
        custom: Vec<CustomPlaceholder>,
    ) -> Result<Self, TemplateError> {
        let mut catalogue = template::Catalogue::new(subject);
        for placeholder in custom {
            catalogue.register(placeholder).map_err(|faults| TemplateError::FaultyMarker { faults })?;
        }
        for link in links {
            catalogue.add_link(link).map_err(|faults| TemplateError::FaultyMarker { faults })?;
        }
        Ok(Self(catalogue))
    }
}

/// A placeholder as it stands in a body.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Placeholder {
    /// Its name as the catalogue writes it.
    pub name: String,
    /// Of a link: where it leads.
    pub url: Option<String>,
    /// What takes its place when there is no value.
    pub fallback: Option<String>,
    /// Where it stands, brackets included.
    pub at: TextSpan,
}

/// What a message may say of one visit.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct VisitDetail {
    /// When it starts, in the practice's local time.
    pub start: WallTime,
    /// The doctor, as patients should read it.
    #[uniffi(default = None)]
    pub doctor: Option<Name>,
    /// The room, as patients should read it.
    #[uniffi(default = None)]
    pub room: Option<String>,
}

/// A patient and the visits that a message is about.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct VisitValues {
    /// The visits, in the order in which they are to be read.
    #[uniffi(default = [])]
    pub visits: Vec<VisitDetail>,
    /// First name, in the nominative.
    #[uniffi(default = None)]
    pub first_name: Option<Name>,
    /// First name in the vocative; absent: the nominative stands for it.
    #[uniffi(default = None)]
    pub first_name_vocative: Option<Name>,
    /// Last name.
    #[uniffi(default = None)]
    pub last_name: Option<Name>,
    /// The practice's name.
    #[uniffi(default = None)]
    pub practice: Option<String>,
    /// The practice's address.
    #[uniffi(default = None)]
    pub address: Option<String>,
    /// The practice's telephone, as patients should read it.
    #[uniffi(default = None)]
    pub phone: Option<String>,
    /// Language of day and month names and of lists; absent: Polish.
    #[uniffi(default = None)]
    pub language: Option<Language>,
    /// Values of the host's placeholders, by name.
    #[uniffi(default)]
    pub extra: HashMap<String, Body>,
}

/// A telephone call that a message is about.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CallValues {
    /// The other party's number, as people should read it.
    #[uniffi(default = None)]
    pub number: Option<Phone>,
    /// The number that was dialled, as people should read it.
    #[uniffi(default = None)]
    pub dialled_number: Option<Phone>,
    /// When the call began, in the account's local time.
    #[uniffi(default = None)]
    pub start: Option<WallTime>,
    /// Talk time, in seconds; absent when nobody answered.
    #[uniffi(default = None)]
    pub talk_s: Option<u32>,
    /// Language of month names; absent: Polish.
    #[uniffi(default = None)]
    pub language: Option<Language>,
    /// Values of the host's placeholders, by name.
    #[uniffi(default)]
    pub extra: HashMap<String, Body>,
}

/// A row of a batch that has no message.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MissingRow {
    /// The row, from 0.
    pub row: u64,
    /// The placeholder without value and fallback.
    pub placeholder: String,
}

/// Messages of many rows.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RenderedBatch {
    /// The message of each row; empty where there is none.
    pub messages: Vec<Body>,
    /// Parts of each message; 0 where there is none.
    pub parts: Vec<u32>,
    /// The encoding of each message.
    pub encodings: Vec<Encoding>,
    /// Rows without a message, in their order.
    pub missing: Vec<MissingRow>,
}

/// A body that was checked and is ready to be rendered any number of times, from any thread.
#[derive(uniffi::Object)]
pub struct Template {
    template: template::Template,
    catalogue: Arc<Catalogue>,
}

#[uniffi::export]
impl Template {
    /// Parses and checks a body.
    ///
    /// # Errors
    /// [`TemplateError::FaultyBody`] with every fault and its place.
    #[uniffi::constructor]
    pub fn new(body: String, catalogue: Arc<Catalogue>) -> Result<Self, TemplateError> {
        let template = template::Template::compile(&body, &catalogue.0)
            .map_err(|faults| TemplateError::FaultyBody { faults })?;
        Ok(Self { template, catalogue })
    }

    /// The body as it was typed.
    #[must_use]
    pub fn source(&self) -> String {
        self.template.source().to_owned()
    }

    /// The placeholders of the body, links included, in their order.
    #[must_use]
    pub fn placeholders(&self) -> Vec<Placeholder> {
        let placeholder = |it: &template::Placeholder| Placeholder {
            name: it.name.clone(),
            url: match &it.target {
                Target::Link(url) => Some(url.clone()),
                Target::Value(_) => None,
            },
            fallback: it.fallback.clone(),
            at: it.at,
        };
        self.template.placeholders().map(placeholder).collect()
    }

    /// Whether the body holds a placeholder, written in any way that matches.
    #[must_use]
    pub fn uses(&self, name: &str) -> bool {
        self.template.uses(name)
    }

    /// The message about a patient's visits, not yet brought into GSM-7.
    ///
    /// # Errors
    /// [`TemplateError::MissingValue`], [`TemplateError::FaultyValue`].
    pub fn render(&self, values: VisitValues) -> Result<Body, TemplateError> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let name = |name: &Option<Name>| name.clone().unwrap_or_default();
        let (first_name, first_name_vocative) = (name(&values.first_name), name(&values.first_name_vocative));
        let (last_name, practice) = (name(&values.last_name), text(&values.practice));
        let (address, phone) = (text(&values.address), text(&values.phone));
        let visits: Vec<template::VisitDetail<'_>> = values
            .visits
            .iter()
            .enumerate()
            .map(|(place, visit)| {
                Ok(template::VisitDetail {
                    start: local(&visit.start, || format!("visits[{place}].start"))?,
                    doctor: visit.doctor.as_ref().map_or("", Name::reveal),
                    room: visit.room.as_deref().unwrap_or_default(),
                })
            })
            .collect::<Result<_, TemplateError>>()?;
        let extra = by_name(values.extra);
        self.rendered(&template::VisitValues {
            language: values.language.unwrap_or_default(),
            first_name: first_name.reveal(),
            first_name_vocative: first_name_vocative.reveal(),
            last_name: last_name.reveal(),
            visits: &visits,
            practice: &practice,
            address: &address,
            phone: &phone,
            extra: &self.catalogue.0.extra_values(&extra),
        })
    }

    /// The message about a call, not yet brought into GSM-7.
    ///
    /// # Errors
    /// [`TemplateError::MissingValue`], [`TemplateError::FaultyValue`].
    pub fn render_call(&self, values: CallValues) -> Result<Body, TemplateError> {
        let extra = by_name(values.extra);
        self.rendered(&template::CallValues {
            language: values.language.unwrap_or_default(),
            number: values.number.as_ref().map_or("", Phone::reveal),
            dialled_number: values.dialled_number.as_ref().map_or("", Phone::reveal),
            start: values.start.as_ref().map(|start| local(start, || "start".to_owned())).transpose()?,
            talk_s: values.talk_s,
            extra: &self.catalogue.0.extra_values(&extra),
        })
    }

    /// The names of the values that a row of [`render_batch`](Self::render_batch) brings, in the order of the columns.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let rows = Rows::new(&self.template, RowOptions::default());
        rows.fields().iter().map(|field| field.name.clone()).collect()
    }

    /// The messages of many rows, as a practice sends them: a column for each of [`fields`](Self::fields), a text for each
    /// row; an empty text is no value.
    ///
    /// # Errors
    /// [`TemplateError::FaultyColumns`].
    #[uniffi::method(default(reference_bits = None))]
    pub fn render_batch(
        &self,
        columns: Vec<Vec<String>>,
        diacritics: Diacritics,
        reference_bits: Option<ReferenceBits>,
    ) -> Result<RenderedBatch, TemplateError> {
        let options = RowOptions { diacritics, reference_bits: reference_bits.unwrap_or_default() };
        let rows = Rows::new(&self.template, options);
        let count = columns.first().map_or(0, Vec::len);
        let columns: Vec<Column<'_>> = columns.iter().map(|column| Column::Strings(column)).collect();
        let mut batch = Batch::new();
        rows.render_batch(count, &columns, &mut batch)?;
        let missing = |it: &template::MissingRow| MissingRow {
            row: it.row as u64,
            placeholder: it.placeholder.clone(),
        };
        Ok(RenderedBatch {
            messages: (0..batch.len())
                .map(|row| Body::from(batch.message(row).unwrap_or_default()))
                .collect(),
            parts: batch.segments().to_vec(),
            encodings: batch.encodings().to_vec(),
            missing: batch.missing().iter().map(missing).collect(),
        })
    }
}

impl Template {
    fn rendered(&self, values: &impl template::Values) -> Result<Body, TemplateError> {
        let mut text = String::new();
        self.template.render_into(values, &mut text)?;
        Ok(Body::new(text))
    }
}

fn local(time: &WallTime, field: impl FnOnce() -> String) -> Result<NaiveDateTime, TemplateError> {
    let expected = "local time as 2026-11-21T14:30:00";
    time.read().ok_or_else(|| TemplateError::FaultyValue { field: field(), expected: expected.to_owned() })
}

fn by_name(extra: HashMap<String, Body>) -> BTreeMap<String, String> {
    extra.into_iter().map(|(name, value)| (name, value.reveal().to_owned())).collect()
}
