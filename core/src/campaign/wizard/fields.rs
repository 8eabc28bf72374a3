//! How fields are written down: short forms for the steps.

use crate::model::{FieldForm, FieldType, FieldUnit, Language, WizardField};
use crate::words::pick;
use serde_json::{Value, json};

/// A text in Polish and English.
pub(super) type Words = (&'static str, &'static str);

/// Writes fields in one language.
#[derive(Clone, Copy)]
pub(super) struct Pen {
    pub language: Language,
}

impl Pen {
    pub(super) fn word(self, words: Words) -> String {
        pick(self.language, words.0, words.1).to_owned()
    }

    /// A field that may stay empty, with what then holds.
    pub(super) fn optional(
        self,
        path: &str,
        label: Words,
        help: Words,
        value: FieldType,
        default: Value,
    ) -> WizardField {
        let default = Some(default).filter(|default| !default.is_null());
        let (label, help) = (self.word(label), self.word(help));
        WizardField { path: path.to_owned(), label, help, value, default, required: false }
    }

    /// A field that has to be filled, with what a new draft begins with.
    pub(super) fn required(
        self,
        path: &str,
        label: Words,
        help: Words,
        value: FieldType,
        default: Value,
    ) -> WizardField {
        WizardField { required: true, ..self.optional(path, label, help, value, default) }
    }

    /// Shapes of a time before or after a visit: so many of a unit, some at a time on the wall.
    pub(super) fn forms(self, shapes: &[Shape]) -> Vec<FieldForm> {
        let form = |shape: &Shape| {
            let (name, unit, least, most) = shape.count;
            let number = FieldType::Integer { unit, least, most };
            let mut fields = vec![self.required(name, unit_label(unit), NO_HELP, number, Value::Null)];
            if shape.at {
                fields.push(self.required(
                    "at",
                    ("o godzinie", "at"),
                    NO_HELP,
                    FieldType::Time {},
                    json!("10:00"),
                ));
            }
            FieldForm { label: self.word(shape.label), fields }
        };
        shapes.iter().map(form).collect()
    }
}

/// One shape of a time: its label, the number in it, and whether it has a time of day.
pub(super) struct Shape {
    pub label: Words,
    pub count: (&'static str, FieldUnit, u32, u32),
    pub at: bool,
}

pub(super) const NO_HELP: Words = ("", "");

fn unit_label(unit: FieldUnit) -> Words {
    match unit {
        FieldUnit::Minutes => ("minuty", "minutes"),
        FieldUnit::Hours => ("godziny", "hours"),
        FieldUnit::Days => ("dni", "days"),
        FieldUnit::WorkingDays => ("dni robocze", "working days"),
        FieldUnit::Months => ("miesiące", "months"),
        FieldUnit::Parts => ("części", "parts"),
    }
}
