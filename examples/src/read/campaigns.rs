//! The practice, its settings and its campaigns as TOML.
//!
//! Each table is read by itself, so that one report names what is wrong in every one of them.

use super::{Faults, PracticeTable, load};
use depesza::model::{CampaignId, CampaignSpec, Practice, Settings};
use depesza_rules_file::Tables;
use std::path::Path;
use toml::Spanned;
use toml::de::DeValue;

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
    let (mut reader, document) = Tables::open(file, text)?;
    let (mut practice, mut settings, mut campaigns) = (None, Settings::default(), None);
    let (mut practice_line, mut settings_line) = (1, None);
    for (key, value) in document {
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
                    campaigns.extend(campaign(&mut reader, value, campaigns));
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
    let practice = practice.flatten().map(|table| table.with(settings));
    match (practice, campaigns) {
        (Some(practice), Some(campaigns)) => {
            let settings_line = settings_line.unwrap_or(practice_line);
            reader.faults.unless_any(Plan { practice_line, settings_line, practice, campaigns })
        }
        _ => Err(reader.faults.in_order()),
    }
}

fn campaign(reader: &mut Tables<'_>, value: Spanned<DeValue<'_>>, earlier: &[Planned]) -> Option<Planned> {
    let span = value.span();
    let DeValue::Table(mut table) = value.into_inner() else {
        reader.fault(&span, "expected a table [[campaigns]]");
        return None;
    };
    let (line, _) = reader.place(&span);
    let known = earlier.iter().map(|other| (other.id.as_str(), other.line));
    let id = reader.own_id(&mut table, &span, "campaign", known);
    let spec = reader.table(table, span);
    Some(Planned { line, id: CampaignId::new(id?), spec: spec? })
}
