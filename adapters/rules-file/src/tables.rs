//! TOML tables: what the files that a practice writes by hand share, and where each of their fields stands.
//!
//! A table with several faults names all of them: what is faulty is taken out, and the rest is read again.

use super::{Faults, json};
use depesza::model::{Language, Practice, PracticeId, Secret, Settings, Zone};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer, Error};

/// The table `[practice]`: who sends.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PracticeTable {
    /// Its identifier.
    pub id: PracticeId,
    /// The name that people read.
    pub name: String,
    /// The address that people read.
    pub address: Option<String>,
    /// The telephone that people read.
    pub phone: Option<String>,
    /// Its time zone; `Europe/Warsaw` when absent.
    #[serde(default)]
    pub zone: Zone,
    /// The language of dates and days in texts; Polish when absent.
    #[serde(default)]
    pub language: Language,
    /// The key under which opted-out numbers are hashed, at least 16 bytes.
    pub secret: Secret,
}

impl PracticeTable {
    /// The practice with its settings.
    #[must_use]
    pub fn with(self, settings: Settings) -> Practice {
        let Self { id, name, address, phone, zone, language, secret } = self;
        Practice {
            id,
            name,
            address,
            phone,
            zone,
            language,
            secret,
            separate_permissions: Default::default(),
            settings,
        }
    }
}

/// Where the fields of a file stand, by path (`rules[2].when.times[0].to`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    by_path: BTreeMap<String, (usize, usize)>,
    by_offset: BTreeMap<usize, String>,
}

impl Places {
    /// Line and column, from 1, of a field; where it is not written, of the table it belongs to; else of the file's beginning.
    #[must_use]
    pub fn of(&self, path: &str) -> (usize, usize) {
        let mut path = path;
        loop {
            if let Some(place) = self.by_path.get(path) {
                return *place;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None => return (1, 1),
            }
        }
    }

    fn add(&mut self, reader: &Tables<'_>, path: &str, value: &Spanned<DeValue<'_>>) {
        self.by_path.insert(path.to_owned(), reader.place(&value.span()));
        // a list of tables begins where its first table does
        self.by_offset.insert(value.span().start, path.to_owned());
        match value.get_ref() {
            DeValue::Table(table) => self.add_table(reader, path, table),
            DeValue::Array(array) => {
                for (at, value) in array.iter().enumerate() {
                    self.add(reader, &format!("{path}[{at}]"), value);
                }
            }
            _ => {}
        }
    }

    fn add_table(&mut self, reader: &Tables<'_>, path: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let dot = if path.is_empty() { "" } else { "." };
            let path = format!("{path}{dot}{}", key.get_ref());
            self.by_offset.insert(key.span().start, path.clone());
            self.add(reader, &path, value);
        }
    }
}

/// A TOML text that is being read, and what is wrong with it.
pub struct Tables<'t> {
    text: &'t str,
    /// What is wrong with it so far.
    pub faults: Faults,
    places: Places,
}

impl<'t> Tables<'t> {
    /// Takes a text apart; `file` is what faults call it.
    ///
    /// # Errors
    /// It is not TOML.
    pub fn open(file: &str, text: &'t str) -> Result<(Self, DeTable<'t>), Faults> {
        let mut reader = Self { text, faults: Faults::of(file), places: Places::default() };
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let (line, column) = reader.place(&error.span().unwrap_or(0..0));
            reader.faults.at_column(line, column, in_words(error.message()));
        }
        if !errors.is_empty() {
            return Err(reader.faults.in_order());
        }
        Ok(reader.with(document.into_inner()))
    }

    /// As [`open`](Self::open), the text being JSON: an object for each table.
    ///
    /// # Errors
    /// It is not JSON, or says what TOML cannot (`null`, a key twice).
    pub fn open_json(file: &str, text: &'t str) -> Result<(Self, DeTable<'t>), Faults> {
        let reader = Self { text, faults: Faults::of(file), places: Places::default() };
        Ok(reader.with(json::table(file, text)?))
    }

    fn with(mut self, document: DeTable<'t>) -> (Self, DeTable<'t>) {
        let mut places = Places::default();
        places.add_table(&self, "", &document);
        self.places = places;
        (self, document)
    }

    /// Where everything stands.
    pub fn places(&self) -> Places {
        self.places.clone()
    }

    /// Reads a table, or notes every fault of it that can be found.
    pub fn table<T: DeserializeOwned>(&mut self, mut table: DeTable<'_>, span: Range<usize>) -> Option<T> {
        let mut removed = Vec::new();
        let mut right = true;
        loop {
            let spanned = Spanned::new(span.clone(), table.clone());
            let error = match T::deserialize(Deserializer::from(spanned)) {
                Ok(value) => return right.then_some(value),
                Err(error) => error,
            };
            let follows = removed.iter().any(|name| error.message() == format!("missing field `{name}`"));
            if !follows {
                self.error(&error, &span);
            }
            right = false;
            // what is left may have faults of its own
            let at = error.span().filter(|at| at.start != span.start).map(|at| at.start);
            match at.and_then(|at| remove(&mut table, at)) {
                Some(name) if !error.message().starts_with("missing field") => removed.push(name),
                _ => return None,
            }
        }
    }

    fn error(&mut self, error: &Error, otherwise: &Range<usize>) {
        let span = error.span().unwrap_or_else(|| otherwise.clone());
        self.fault_of_field(&span, &in_words(error.message()));
    }

    /// Notes a fault of the field whose key or value begins with a span.
    pub fn fault_of_field(&mut self, span: &Range<usize>, what: &str) {
        match self.places.by_offset.get(&span.start) {
            Some(path) => self.fault(span, &format!("{path}: {what}")),
            None => self.fault(span, what),
        }
    }

    /// Takes the `id` out of the table of a `what`: a text that none of the `known` ones in this file is, each with its line.
    pub fn own_id<'k>(
        &mut self,
        table: &mut DeTable<'_>,
        span: &Range<usize>,
        what: &str,
        mut known: impl Iterator<Item = (&'k str, usize)>,
    ) -> Option<String> {
        let written = table.remove("id");
        let span = written.as_ref().map_or_else(|| span.clone(), Spanned::span);
        let Some(id) = written.as_ref().and_then(|id| id.get_ref().as_str()) else {
            self.fault_of_field(&span, &format!("expected id = \"…\", a name of the {what}'s own"));
            return None;
        };
        if let Some((_, line)) = known.find(|(other, _)| *other == id) {
            self.fault_of_field(&span, &format!("expected a new id, this one stands in line {line} already"));
        }
        Some(id.to_owned())
    }

    /// Notes a fault at the place of a span.
    pub fn fault(&mut self, span: &Range<usize>, what: &str) {
        let (line, column) = self.place(span);
        self.faults.at_column(line, column, what);
    }

    /// Line and column, from 1, of the first character of a span.
    pub fn place(&self, span: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.matches('\n').count();
        (line, 1 + before.get(line_start..).unwrap_or_default().chars().count())
    }
}

/// What the parser says in one line, and in the words of the file where its own are those of the code.
fn in_words(message: &str) -> String {
    let message = match message {
        _ if message.contains("ReminderStep") => {
            "expected a step such as { days_before = 1, at = \"10:00\" }, { working_days_before = 2, at = \"10:00\" } or \
             { hours_before = 3 }"
        }
        _ if message.contains("FollowUpTime") => {
            "expected a time such as { days_after = 1, at = \"11:00\" } or { delay_min = 60 }"
        }
        _ => message,
    };
    message.replace('\n', ", ")
}

/// Takes out the entry whose key or value begins at an offset, and says the name of the field it was in.
fn remove(table: &mut DeTable<'_>, offset: usize) -> Option<String> {
    let begins = |key: &Spanned<_>, value: &Spanned<DeValue<'_>>| {
        [key.span().start, value.span().start].contains(&offset)
    };
    let found = table.iter().find(|(key, value)| begins(key, value)).map(|(key, _)| key.clone());
    if let Some(key) = found {
        table.remove(&key);
        return Some(key.into_inner().into_owned());
    }
    table.iter_mut().find_map(|(key, value)| match value.get_mut() {
        DeValue::Table(table) => remove(table, offset),
        DeValue::Array(array) => {
            remove_item(array, offset).map(|name| name.unwrap_or(key.get_ref().to_string()))
        }
        _ => None,
    })
}

/// As [`remove`]; the name is the array's own where an item of it went.
fn remove_item(array: &mut toml::de::DeArray<'_>, offset: usize) -> Option<Option<String>> {
    if let Some(at) = array.iter().position(|value| value.span().start == offset) {
        *array = std::mem::replace(array, toml::de::DeArray::new())
            .into_iter()
            .enumerate()
            .filter(|(place, _)| *place != at)
            .map(|(_, value)| value)
            .collect();
        return Some(None);
    }
    array.iter_mut().find_map(|value| match value.get_mut() {
        DeValue::Table(table) => remove(table, offset).map(Some),
        DeValue::Array(array) => remove_item(array, offset),
        _ => None,
    })
}
