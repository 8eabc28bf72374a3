//! An account with its rules for SMS after a call, as TOML or JSON: what [`RulesDocument`] describes, and its JSON Schema
//! (`schemas/rules_file.json`) checks in an editor.
//!
//! Each table is read by itself, so that one report names what is wrong in every one of them.

use super::tables::{Places, PracticeTable, Tables};
use super::{Faults, load};
use depesza::engine::{Clinic, EngineError, RuleSwitch};
#[cfg(doc)]
use depesza::model::Permission;
use depesza::model::{CallRule, CallRuleId, CallRuleSpec, Practice, RuleState, Settings, Timestamp, User};
use serde::{Deserialize, Serialize};
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file: an account of an exchange, and its rules for SMS after a call in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(title = "rules_file"))]
pub struct RulesDocument {
    /// Who sends.
    pub practice: PracticeTable,
    /// What it sets: own numbers and the service (`settings.calls`), senders, prices, sending hours.
    #[serde(default)]
    pub settings: Settings,
    /// The rules, at least one.
    pub rules: Vec<RuleTable>,
}

/// A table `[[rules]]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
pub struct RuleTable {
    /// Its identifier, unique in the file. A rule that is renamed keeps it.
    pub id: CallRuleId,
    /// Whether it acts.
    #[serde(default)]
    pub state: Switched,
    /// What it does when.
    #[serde(flatten)]
    pub spec: CallRuleSpec,
}

/// Whether a rule acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Switched {
    /// It does.
    #[default]
    On,
    /// It is kept, and does not.
    Off,
}

impl From<Switched> for RuleSwitch {
    fn from(switched: Switched) -> Self {
        match switched {
            Switched::On => Self::On,
            Switched::Off => Self::Off,
        }
    }
}

/// A rules file that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulesFile {
    /// The account with its settings.
    pub practice: Practice,
    /// The rules, in the order of the file.
    pub rules: Vec<Written>,
    /// Where everything stands, for what the engine finds wrong with it.
    pub places: Places,
}

impl RulesFile {
    /// Makes the account's rules those of the file, in its order: an act of `user`, who needs [`Permission::ManageRules`]. Rules that the file does not
    /// have are deleted.
    ///
    /// # Errors
    /// The engine's. Each rule is an act of its own: what was saved before a failure stays, and saving again goes on from there.
    pub fn save(&self, clinic: &Clinic<'_>, user: &User, now: Timestamp) -> Result<(), EngineError> {
        let desk = clinic.as_user(user.clone());
        for known in clinic.rules()? {
            if !self.rules.iter().any(|rule| rule.id == known.id) {
                desk.delete_rule(&known.id, now)?;
            }
        }
        for rule in &self.rules {
            desk.save_rule(rule.id.clone(), rule.spec.clone(), now)?;
            desk.switch_rule(&rule.id, rule.state.into(), now)?;
        }
        let order: Vec<CallRuleId> = self.rules.iter().map(|rule| rule.id.clone()).collect();
        desk.order_rules(&order, now)
    }

    /// The rules as the engine would keep them.
    #[must_use]
    pub fn as_kept(&self) -> Vec<CallRule> {
        let kept = |(place, rule): (u64, &Written)| CallRule {
            id: rule.id.clone(),
            spec: rule.spec.clone(),
            state: match rule.state {
                Switched::On => RuleState::On,
                Switched::Off => RuleState::Off,
            },
            version: 1,
            place,
            history: Vec::new(),
        };
        (1..).zip(&self.rules).map(kept).collect()
    }
}

/// A rule, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The line of its table, from 1.
    pub line: usize,
    /// Its identifier.
    pub id: CallRuleId,
    /// Whether it acts.
    pub state: Switched,
    /// What it does when.
    pub spec: CallRuleSpec,
}

/// Reads a rules file.
///
/// # Errors
/// All that is wrong with the file.
pub fn read(path: &Path) -> Result<RulesFile, Faults> {
    parse(&path.display().to_string(), &load(path)?)
}

/// Reads rules from text; `file` is what faults call it.
///
/// # Errors
/// All that is wrong with the text.
pub fn parse(file: &str, text: &str) -> Result<RulesFile, Faults> {
    Tables::open(file, text).and_then(|(reader, document)| rules_of(reader, document))
}

/// Reads rules from JSON: the same tables as objects. `file` is what faults call it.
///
/// # Errors
/// All that is wrong with the text.
pub fn parse_json(file: &str, text: &str) -> Result<RulesFile, Faults> {
    Tables::open_json(file, text).and_then(|(reader, document)| rules_of(reader, document))
}

fn rules_of<'t>(mut reader: Tables<'t>, document: DeTable<'t>) -> Result<RulesFile, Faults> {
    let (mut practice, mut settings, mut rules) = (None, Settings::default(), None);
    for (key, value) in document {
        let span = value.span();
        match (key.get_ref().as_ref(), value.into_inner()) {
            ("practice", DeValue::Table(table)) => {
                practice = Some(reader.table::<PracticeTable>(table, span));
            }
            ("settings", DeValue::Table(table)) => {
                settings = reader.table(table, span).unwrap_or_default();
            }
            ("rules", DeValue::Array(tables)) if !tables.is_empty() => {
                let rules = rules.get_or_insert_with(Vec::new);
                for value in tables {
                    rules.extend(rule(&mut reader, value, rules));
                }
            }
            _ => reader.fault(&key.span(), "expected only [practice], [settings] and [[rules]]"),
        }
    }
    if practice.is_none() {
        reader.faults.at(1, "expected a table [practice] with id, name and secret");
    }
    if rules.is_none() {
        reader.faults.at(1, "expected at least one table [[rules]]");
    }
    match (practice.flatten(), rules) {
        (Some(practice), Some(rules)) => {
            let places = reader.places();
            reader.faults.unless_any(RulesFile { practice: practice.with(settings), rules, places })
        }
        _ => Err(reader.faults.in_order()),
    }
}

fn rule(reader: &mut Tables<'_>, value: Spanned<DeValue<'_>>, earlier: &[Written]) -> Option<Written> {
    let span = value.span();
    let DeValue::Table(mut table) = value.into_inner() else {
        reader.fault(&span, "expected a table [[rules]]");
        return None;
    };
    let (line, _) = reader.place(&span);
    let known = earlier.iter().map(|other| (other.id.as_str(), other.line));
    let id = reader.own_id(&mut table, &span, "rule", known);
    let state = match table.remove("state") {
        None => Some(Switched::default()),
        Some(state) => match state.get_ref().as_str() {
            Some("on") => Some(Switched::On),
            Some("off") => Some(Switched::Off),
            _ => {
                reader.fault_of_field(&state.span(), "expected \"on\" or \"off\"");
                None
            }
        },
    };
    let spec = reader.table(table, span);
    Some(Written { line, id: CallRuleId::new(id?), state: state?, spec: spec? })
}
