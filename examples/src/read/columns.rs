//! Tables as CSV (RFC 4180): columns by name in Polish or English, `;`, `,` or tab, faults by line.

use super::Faults;
use csv::{ReaderBuilder, StringRecord, Trim};

/// A column: its Polish name, its English one, and whether a table must have it.
pub struct Column {
    pub polish: &'static str,
    pub english: &'static str,
    pub required: bool,
}

impl Column {
    /// A column that a table must have, with a value in every row.
    pub const fn required(polish: &'static str, english: &'static str) -> Self {
        Self { polish, english, required: true }
    }

    /// A column that a table may leave out.
    pub const fn optional(polish: &'static str, english: &'static str) -> Self {
        Self { polish, english, required: false }
    }

    fn is_called(&self, heading: &str) -> bool {
        heading == self.polish || heading == self.english
    }
}

/// A table that was read whole.
pub struct Table<'c> {
    columns: &'c [&'c Column],
    headings: Vec<String>,
    records: Vec<(usize, StringRecord)>,
}

impl<'c> Table<'c> {
    /// Reads a table. What is wrong with headings and lengths of rows goes to `faults`.
    pub fn read(text: &str, columns: &'c [&'c Column], faults: &mut Faults) -> Self {
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter(text))
            .flexible(true)
            .has_headers(false)
            .trim(Trim::All)
            .from_reader(text.as_bytes());
        let mut rows = reader.records().filter_map(|record| match record {
            Ok(record) => Some((record.position().map_or(0, |place| line_of(text, place.byte())), record)),
            Err(error) => {
                let line = error.position().map_or(1, |place| line_of(text, place.byte()));
                faults.at(line, "expected a row of a table as CSV");
                None
            }
        });
        let (heading_line, heading_row) = rows.next().unwrap_or((1, StringRecord::new()));
        let headings: Vec<String> = heading_row.iter().map(plain).collect();
        let records: Vec<_> = rows.collect();
        let table = Self { columns, headings, records };
        table.check(heading_line, faults);
        table
    }

    fn check(&self, heading_line: usize, faults: &mut Faults) {
        let names = self.columns.iter().map(|column| column.polish).collect::<Vec<_>>().join(", ");
        for column in self.columns.iter().filter(|column| column.required && self.place(column).is_none()) {
            faults.at(
                heading_line,
                format!("expected a column \"{}\" (or \"{}\")", column.polish, column.english),
            );
        }
        for (place, heading) in self.headings.iter().enumerate() {
            if self.headings.iter().take(place).any(|earlier| earlier == heading) {
                faults.at(heading_line, format!("the column \"{heading}\" stands there twice"));
            } else if !self.columns.iter().any(|column| column.is_called(heading)) {
                faults.at(heading_line, format!("unknown column \"{heading}\"; expected some of: {names}"));
            }
        }
        let wanted = self.headings.len();
        for (line, record) in self.records.iter().filter(|(_, record)| record.len() != wanted) {
            faults.at(*line, format!("expected {wanted} fields as in the header, found {}", record.len()));
        }
    }

    /// The rows that have as many fields as the header.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let wanted = self.headings.len();
        self.records.iter().filter(move |(_, record)| record.len() == wanted).map(|(line, record)| Row {
            table: self,
            line: *line,
            record,
        })
    }

    fn place(&self, column: &Column) -> Option<usize> {
        self.headings.iter().position(|heading| column.is_called(heading))
    }
}

/// A row of a table.
pub struct Row<'t> {
    table: &'t Table<'t>,
    /// Where it begins, from 1.
    pub line: usize,
    record: &'t StringRecord,
}

impl<'t> Row<'t> {
    /// The text of a field, without white space around; none where it is empty or the table has no such column. An
    /// empty field of a required column is a fault.
    pub fn text(&self, column: &Column, faults: &mut Faults) -> Option<&'t str> {
        let place = self.table.place(column)?;
        let text = self.record.get(place).filter(|text| !text.is_empty());
        if text.is_none() && column.required {
            faults.at(self.line, format!("{}: expected a value", column.polish));
        }
        text
    }

    /// The value of a field; text that `parse` refuses is a fault that says what was `expected`.
    pub fn value<T>(
        &self,
        column: &Column,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
        faults: &mut Faults,
    ) -> Option<T> {
        let value = parse(self.text(column, faults)?);
        if value.is_none() {
            faults.at(self.line, format!("{}: expected {expected}", column.polish));
        }
        value
    }

    /// A field that says yes or no.
    pub fn yes_or_no(&self, column: &Column, faults: &mut Faults) -> Option<bool> {
        let parse = |text: &str| match plain(text).as_str() {
            "tak" | "t" | "yes" | "true" | "1" => Some(true),
            "nie" | "n" | "no" | "false" | "0" => Some(false),
            _ => None,
        };
        self.value(column, "tak, nie or nothing", parse, faults)
    }
}

/// The separator of the first line: the one that stands there most often.
fn delimiter(text: &str) -> u8 {
    let heading = text.lines().next().unwrap_or_default();
    let count = |separator: u8| heading.bytes().filter(|byte| *byte == separator).count();
    [b';', b',', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b';')
}

/// The line of a record that begins at a byte; the CSV reader may stand on the line breaks before it.
fn line_of(text: &str, byte: u64) -> usize {
    let start = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
    let (before, after) = text.as_bytes().split_at(start);
    let breaks = after.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    1 + before.iter().chain(breaks).filter(|byte| **byte == b'\n').count()
}

/// A heading or a word of a list for comparing: small letters, no diacritics, `_` for spaces and dashes.
pub fn plain(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .chars()
        .map(|letter| match letter {
            'ą' => 'a',
            'ć' => 'c',
            'ę' => 'e',
            'ł' => 'l',
            'ń' => 'n',
            'ó' => 'o',
            'ś' => 's',
            'ź' | 'ż' => 'z',
            ' ' | '-' => '_',
            other => other,
        })
        .collect()
}
