//! Half-filled campaigns in stand-ins: what was typed into a field becomes what the field would read in the same way.

use super::Mask;
use crate::campaign::wizard::wizard;
use crate::model::{CampaignDraft, CampaignKind, FieldType, Practice, WizardField};
use chrono::NaiveDateTime;
use serde_json::Value;

/// What a [`SendWindow`](crate::model::SendWindow) calls the days.
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// All that the wizard lets a user choose from: words of ours.
pub(super) fn choices(practice: &Practice) -> Vec<String> {
    let wizards = CampaignKind::ALL.map(|kind| wizard(kind, practice, practice.language));
    let fields = wizards.iter().flat_map(|wizard| &wizard.steps).flat_map(|step| &step.fields);
    let mut choices: Vec<String> = WEEKDAYS.map(ToOwned::to_owned).into();
    fields.for_each(|field| collect(field, &mut choices));
    choices
}

fn collect(field: &WizardField, choices: &mut Vec<String>) {
    match &field.value {
        FieldType::Choice { options } => choices.extend(options.iter().map(|option| option.value.clone())),
        FieldType::Form { forms } | FieldType::Forms { forms, .. } => {
            forms.iter().flat_map(|form| &form.fields).for_each(|field| collect(field, choices));
        }
        _ => {}
    }
}

impl Mask<'_> {
    pub(super) fn draft(&mut self, draft: &mut CampaignDraft) {
        for (path, value) in &mut draft.values {
            match (path.as_str(), value) {
                ("filters.rooms" | "filters.doctors", _) => {} // identifiers
                ("sender", Value::String(sender)) => self.sender(sender),
                (path, value) if path.starts_with("bodies.") => self.draft_body(value),
                ("name" | "filters.visit_types", value) => self.all_texts(value),
                (_, value) => self.typed(value),
            }
        }
    }

    /// `{"text": …}`, or `{"template": id}`, or a text alone.
    fn draft_body(&mut self, value: &mut Value) {
        match value {
            Value::String(body) => self.body(body),
            Value::Object(source) => {
                source.iter_mut().filter(|(name, _)| *name != "template").for_each(|(_, value)| match value {
                    Value::String(body) => self.body(body),
                    other => self.all_texts(other),
                })
            }
            other => self.all_texts(other),
        }
    }

    fn all_texts(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(values) => values.iter_mut().for_each(|value| self.all_texts(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.all_texts(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// Numbers, times and choices stay; any other word that somebody typed does not.
    fn typed(&mut self, value: &mut Value) {
        match value {
            Value::String(text) => {
                let time = text.trim().replacen(' ', "T", 1);
                let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
                let is_time = formats.iter().any(|form| NaiveDateTime::parse_from_str(&time, form).is_ok());
                if !is_time && !self.choices.contains(text) && text.chars().any(char::is_alphabetic) {
                    self.text(text);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.typed(value)),
            Value::Object(fields) => fields.values_mut().for_each(|value| self.typed(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}
