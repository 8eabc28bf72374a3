//! Call records of an exchange, and the file that says how it writes them.
//!
//! A record that cannot be read is a fault of its line; the others are read.

use super::{Faults, load};
use depesza::model::Call;
use depesza_call_records::asterisk::Columns;
use depesza_call_records::freeswitch::Template;
use depesza_call_records::{DETECT_BYTES, Format, OptionsError, Told, asterisk, detect, freeswitch};
use depesza_rules_file::Tables;
use serde::Deserialize;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use toml::de::DeValue;

/// How the exchanges of a host write their records: `[asterisk]` and `[freeswitch]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Exchange {
    /// An Asterisk.
    pub asterisk: asterisk::Options,
    /// A FreeSWITCH.
    pub freeswitch: freeswitch::Options,
}

/// Who wrote a file of records, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Asterisk's `cdr_csv`.
    AsteriskCsv,
    /// FreeSWITCH's `mod_json_cdr`.
    FreeswitchJson,
    /// FreeSWITCH's `mod_cdr_csv`.
    FreeswitchCsv(Template),
}

/// What a file of records holds.
#[derive(Clone, Debug)]
pub struct Records {
    /// The calls.
    pub calls: Vec<Call>,
    /// The records that could not be read.
    pub faults: Faults,
}

impl Exchange {
    /// Takes the columns of an Asterisk's rows from the number that a file has, unless the options name that many. 17 and
    /// 20 columns can be two things each, so only options can name those.
    ///
    /// # Errors
    /// What the options have to say.
    pub fn fit(&mut self, columns: usize) -> Result<(), String> {
        if self.asterisk.columns.count() == columns {
            return Ok(());
        }
        let fitting =
            [Columns::NONE, Columns::SAMPLE, Columns { newcdrcolumns: true, ..Columns::NONE }, Columns::ALL]
                .into_iter()
                .find(|known| known.count() == columns);
        let Some(fitting) = fitting else {
            return Err(format!(
                "{columns} columns: expected uniqueid or userfield to be named as the one that is there"
            ));
        };
        self.asterisk.columns = fitting;
        Ok(())
    }
}

/// Reads the file that says how the exchanges write.
///
/// # Errors
/// All that is wrong with the file.
pub fn exchange(path: &Path) -> Result<Exchange, Faults> {
    let text = load(path)?;
    let (mut reader, document) = Tables::open(&path.display().to_string(), &text)?;
    let mut exchange = Exchange::default();
    for (key, value) in document {
        let span = value.span();
        match (key.get_ref().as_ref(), value.into_inner()) {
            ("asterisk", DeValue::Table(table)) => {
                exchange.asterisk = reader.table(table, span).unwrap_or_default();
            }
            ("freeswitch", DeValue::Table(table)) => {
                exchange.freeswitch = reader.table(table, span).unwrap_or_default();
            }
            _ => reader.fault(&key.span(), "expected only [asterisk] and [freeswitch]"),
        }
    }
    let places = reader.places();
    let wrong = [("asterisk", exchange.asterisk.check()), ("freeswitch", exchange.freeswitch.check())];
    for (table, error) in wrong.into_iter().filter_map(|(table, check)| Some((table, check.err()?))) {
        let field = format!("{table}.{}", error.field);
        let (line, column) = places.of(&field);
        reader.faults.at_column(line, column, format!("{field}: expected {}", error.expected));
    }
    reader.faults.unless_any(exchange)
}

/// Looks at the beginning of a file of records: who wrote it, and an Asterisk's columns.
///
/// # Errors
/// It cannot be read, or is none.
pub fn look(path: &Path) -> Result<(Written, Option<usize>), Faults> {
    let file = path.display().to_string();
    let mut beginning = Vec::new();
    let read = File::open(path).and_then(|file| {
        file.take(u64::try_from(DETECT_BYTES).unwrap_or(u64::MAX)).read_to_end(&mut beginning)
    });
    read.map_err(|error| Faults::whole(&file, error.to_string()))?;
    match detect(&beginning) {
        Format::AsteriskCsv { columns } => Ok((Written::AsteriskCsv, Some(columns))),
        Format::FreeswitchJson => Ok((Written::FreeswitchJson, None)),
        Format::FreeswitchCsvExample => Ok((Written::FreeswitchCsv(Template::Example), None)),
        Format::FreeswitchCsvAsterisk => Ok((Written::FreeswitchCsv(Template::Asterisk), None)),
        Format::Unknown => Err(Faults::whole(&file, "expected call records of Asterisk or FreeSWITCH")),
    }
}

/// Reads a file of records that does not grow any more.
///
/// # Errors
/// The file cannot be read, or the options are out of their ranges.
pub fn read(path: &Path, written: Written, exchange: &Exchange) -> Result<Records, Faults> {
    let file = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Faults::whole(&file, error.to_string()))?;
    let told = match written {
        Written::AsteriskCsv => asterisk::read(&bytes, exchange.asterisk.clone()),
        Written::FreeswitchJson => freeswitch::read_json(&bytes, &exchange.freeswitch),
        Written::FreeswitchCsv(template) => freeswitch::read_csv(&bytes, template, &exchange.freeswitch),
    };
    let told = told.map_err(|error: OptionsError| Faults::whole(&file, error.to_string()))?;
    Ok(Records { faults: unread(&file, &told), calls: told.calls })
}

/// The records that could not be read, as faults of a file.
#[must_use]
pub fn unread(file: &str, told: &Told) -> Faults {
    let mut faults = Faults::of(file);
    for fault in &told.faults {
        faults.at(usize::try_from(fault.line).unwrap_or(usize::MAX), fault.what.clone());
    }
    faults.with_more(usize::try_from(told.more_faults).unwrap_or(usize::MAX))
}
