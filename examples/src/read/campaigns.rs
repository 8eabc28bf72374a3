//! The practice, its settings and its campaigns as TOML.
//!
//! Each table is read by itself, so that one report names what is wrong in every one of them.

use super::{Faults, load};
use depesza::model::{CampaignId, CampaignSpec, Language, Practice, PracticeId, Secret, Settings, Zone};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

/// A practice with what it wants to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The line of the table `[practice]`, from 1.
    pub practice_line: usize,
    /// The line of the table `[settings]`, from 1; the practice's where it is not written.
    pub settings_line: usize,
    /// The practice with its settings.
    pub practice: Practice,
    /// The campaigns, in the order of the file.
    pub campaigns: Vec<Planned>,
}

/// A campaign and where it stands, for what the engine finds wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The line of its table, from 1.
    pub line: usize,
    /// Its identifier.
    pub id: CampaignId,
    /// What it sends when.
    pub spec: CampaignSpec,
}

/// The table `[practice]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PracticeTable {
    id: PracticeId,
    name: String,
    address: Option<String>,
    phone: Option<String>,
    #[serde(default)]
    zone: Zone,
    #[serde(default)]
    language: Language,
    secret: Secret,
}

/// Reads a plan from a file.
///
/// # Errors
/// All that is wrong with the file.
pub fn read(path: &Path) -> Result<Plan, Faults> {
    parse(&path.display().to_string(), &load(path)?)
}

/// Reads a plan from text; `file` is what faults call it.
///
/// # Errors
/// All that is wrong with the text.
pub fn parse(file: &str, text: &str) -> Result<Plan, Faults> {
    let mut reader = Reader { text, faults: Faults::of(file) };
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        reader.error(error, 0..0);
    }
    if !errors.is_empty() {
        return Err(reader.faults);
    }
    let (mut practice, mut settings, mut campaigns) = (None, Settings::default(), None);
    let (mut practice_line, mut settings_line) = (1, None);
    for (key, value) in document.into_inner() {
        let span = value.span();
        match (key.get_ref().as_ref(), value.into_inner()) {
            ("practice", DeValue::Table(table)) => {
                (practice_line, _) = reader.place(&span);
                practice = Some(reader.table::<PracticeTable>(table, span));
            }
            ("settings", DeValue::Table(table)) => {
                settings_line = Some(reader.place(&span).0);
                settings = reader.table(table, span).unwrap_or_default();
            }
            ("campaigns", DeValue::Array(tables)) if !tables.is_empty() => {
                let campaigns = campaigns.get_or_insert_with(Vec::new);
                for value in tables {
                    campaigns.extend(reader.campaign(value, campaigns));
                }
            }
            _ => reader.fault(&key.span(), "expected only [practice], [settings] and [[campaigns]]"),
        }
    }
    if practice.is_none() {
        reader.faults.at(1, "expected a table [practice] with id, name and secret");
    }
    if campaigns.is_none() {
        reader.faults.at(1, "expected at least one table [[campaigns]]");
    }
    let practice = practice.flatten().map(|table| Practice {
        id: table.id,
        name: table.name,
        address: table.address,
        phone: table.phone,
        zone: table.zone,
        language: table.language,
        secret: table.secret,
        settings,
    });
    match (practice, campaigns) {
        (Some(practice), Some(campaigns)) => {
            let settings_line = settings_line.unwrap_or(practice_line);
            reader.faults.unless_any(Plan { practice_line, settings_line, practice, campaigns })
        }
        _ => Err(reader.faults.in_order()),
    }
}

struct Reader<'t> {
    text: &'t str,
    faults: Faults,
}

impl Reader<'_> {
    fn campaign(&mut self, value: Spanned<DeValue<'_>>, earlier: &[Planned]) -> Option<Planned> {
        let span = value.span();
        let DeValue::Table(mut table) = value.into_inner() else {
            self.fault(&span, "expected a table [[campaigns]]");
            return None;
        };
        let (line, _) = self.place(&span);
        let id =
            table.remove("id").map(|value| (value.span(), value.get_ref().as_str().map(CampaignId::from)));
        let (id_span, id) = id.unwrap_or((span.clone(), None));
        match &id {
            None => self.fault(&id_span, "expected id = \"…\", a name of the campaign's own"),
            Some(id) => {
                if let Some(other) = earlier.iter().find(|other| other.id == *id) {
                    self.fault(
                        &id_span,
                        &format!("expected a new id, this one stands in line {} already", other.line),
                    );
                }
            }
        }
        let spec = self.table(table, span);
        Some(Planned { line, id: id?, spec: spec? })
    }

    fn table<T: DeserializeOwned>(&mut self, table: DeTable<'_>, span: Range<usize>) -> Option<T> {
        let deserializer = Deserializer::from(Spanned::new(span.clone(), table));
        T::deserialize(deserializer).map_err(|error| self.error(&error, span)).ok()
    }

    fn error(&mut self, error: &toml::de::Error, otherwise: Range<usize>) {
        let message = error.message();
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
        self.fault(&error.span().unwrap_or(otherwise), message);
    }

    fn fault(&mut self, span: &Range<usize>, what: &str) {
        let (line, column) = self.place(span);
        self.faults.at_column(line, column, what.replace('\n', ", "));
    }

    /// Line and column, from 1, of the first character of a span.
    fn place(&self, span: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = 1 + before.matches('\n').count();
        (line, 1 + before.get(line_start..).unwrap_or_default().chars().count())
    }
}
