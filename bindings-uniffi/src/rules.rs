//! The rules file of SMS after a call: which rules a call meets, and why. See `depesza_rules_file` and `depesza::call`.

use depesza::call::{self, RuleSet, Seen};
use depesza::model::{Call, CallRuleId, Language, RuleExplained};
use depesza_rules_file::{self as file, Faults, RulesFile};
use std::path::Path;

/// Something wrong at a place of a rules file.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RulesFault {
    /// The line, from 1; absent where the whole file is meant.
    pub line: Option<u64>,
    /// The column in characters, from 1, where it is known.
    pub column: Option<u64>,
    /// What was expected.
    pub says: String,
}

/// Why a rules file was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum RulesError {
    /// It has faults: the first twenty, and how many more there are.
    #[error("the rules file has {} fault(s)", .faults.len() as u64 + .more)]
    FaultyRules {
        /// By place.
        faults: Vec<RulesFault>,
        /// How many there are beside these.
        more: u64,
    },
}

impl From<Faults> for RulesError {
    fn from(faults: Faults) -> Self {
        let shown = faults.shown().iter().map(|fault| RulesFault {
            line: fault.line.map(|line| line as u64),
            column: fault.column.map(|column| column as u64),
            says: fault.what.clone(),
        });
        Self::FaultyRules { faults: shown.collect(), more: faults.more() as u64 }
    }
}

/// An account's rules, as its rules file has them: asked from any thread.
#[derive(uniffi::Object)]
pub struct Rules {
    file: RulesFile,
    set: RuleSet,
}

#[uniffi::export]
impl Rules {
    /// Reads rules from TOML and checks them; faults are in the words of `language` (absent: Polish).
    ///
    /// # Errors
    /// [`RulesError`] with all that is wrong.
    #[uniffi::constructor(default(language = None))]
    pub fn new(toml: &str, language: Option<Language>) -> Result<Self, RulesError> {
        Self::checked(file::parse("rules", toml)?, language)
    }

    /// The same of a file.
    ///
    /// # Errors
    /// [`RulesError`] with all that is wrong, also when the file cannot be read.
    #[uniffi::constructor(default(language = None))]
    pub fn load(path: &str, language: Option<Language>) -> Result<Self, RulesError> {
        Self::checked(file::read(Path::new(path))?, language)
    }

    /// The active rules, in the order in which they are asked.
    #[must_use]
    pub fn active(&self) -> Vec<CallRuleId> {
        self.set.rules().iter().map(|rule| rule.id.clone()).collect()
    }

    /// The active rules whose conditions a call meets, in their order, whatever they do then.
    #[must_use]
    pub fn matching(&self, call: Call) -> Vec<CallRuleId> {
        let mut places = Vec::new();
        self.set.matching(&Seen::of(&call, &self.file.practice), &mut places);
        let rules = self.set.rules();
        let id = |place: u32| rules.get(usize::try_from(place).ok()?).map(|rule| rule.id.clone());
        places.into_iter().filter_map(id).collect()
    }

    /// Of each rule of the file what it wanted of a call and what it saw.
    #[must_use]
    pub fn explain(&self, call: Call) -> Vec<RuleExplained> {
        let seen = Seen::of(&call, &self.file.practice);
        let phones = &self.file.practice.settings.phones;
        self.file.as_kept().iter().map(|rule| call::explain(rule, &seen, phones)).collect()
    }
}

impl Rules {
    fn checked(file: RulesFile, language: Option<Language>) -> Result<Self, RulesError> {
        let faults = file::check(&file, "rules", language.unwrap_or_default())
            .map_err(|error| Faults::whole("rules", error.to_string()))?;
        if let Some(faults) = faults {
            return Err(faults.into());
        }
        let own = file.practice.settings.calls.own_numbers.iter().map(|own| own.number.as_str());
        let set = RuleSet::new(file.as_kept(), own, &file.practice.settings.phones);
        Ok(Self { file, set })
    }
}
