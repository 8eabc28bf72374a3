//! From what a user typed into a field to the value that a campaign takes, or to every fault of it.

use crate::calendar;
use crate::campaign::{CampaignFault, CampaignFaultKind as Kind, Expected};
use crate::model::{
    BodySource, DayRange, FieldForm, FieldType, Practice, SendWindow, StoredTemplate, TimeOfDay, WizardField,
};
use crate::practice::catalogue;
use crate::template::Template;
use chrono::NaiveDateTime;
use serde_json::{Map, Value, json};

/// The most values of a list.
const MAX_LIST: usize = 1_000;

/// Reads fields for one practice, and gathers their faults.
pub(super) struct Reader<'a> {
    pub practice: &'a Practice,
    pub templates: &'a [StoredTemplate],
    pub faults: Vec<CampaignFault>,
}

/// Whether nothing was filled in.
pub(super) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        // a window without ranges is a faulty window and not an empty field
        Value::Object(fields) => fields.values().all(|value| !value.is_array() && is_blank(value)),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

impl Reader<'_> {
    fn fault(&mut self, path: &str, kind: Kind) -> Option<Value> {
        self.faults.push(CampaignFault::new(path, kind));
        None
    }

    /// The value of a field, ready for a campaign; `None` where there is none, or a faulty one.
    pub(super) fn field(&mut self, field: &WizardField, typed: Option<&Value>) -> Option<Value> {
        match typed.filter(|typed| !is_blank(typed)) {
            Some(typed) => self.value(&field.path, &field.value, typed),
            None if field.required => self.fault(&field.path, Kind::Missing {}),
            None => field.default.clone(),
        }
    }

    fn value(&mut self, path: &str, of: &FieldType, typed: &Value) -> Option<Value> {
        let malformed = |expected| Kind::Malformed { expected };
        match of {
            FieldType::Text { most_chars } => match typed.as_str() {
                None => self.fault(path, malformed(Expected::Text)),
                Some(text) if text.trim().chars().count() > *most_chars => {
                    self.fault(path, Kind::TooMany { limit: *most_chars })
                }
                Some(_) => Some(typed.clone()),
            },
            FieldType::Body { subject, .. } => {
                let text = match super::draft::body(typed) {
                    None => return self.fault(path, malformed(Expected::Text)),
                    Some(BodySource::Text(text)) => text,
                    Some(BodySource::Template(id)) => {
                        match self.templates.iter().find(|template| template.id == id) {
                            Some(template) => template.body.clone(),
                            None => return self.fault(path, Kind::UnknownTemplate {}),
                        }
                    }
                };
                match Template::compile(&text, &catalogue(self.practice, *subject)) {
                    Ok(_) => Some(Value::String(text)),
                    Err(faults) => {
                        let faults = faults.into_iter().map(|fault| Kind::Body { fault });
                        self.faults.extend(faults.map(|kind| CampaignFault::new(path, kind)));
                        None
                    }
                }
            }
            FieldType::Integer { least, most, .. } => match integer(typed) {
                None => self.fault(path, malformed(Expected::Number)),
                Some(number) if !(i128::from(*least)..=i128::from(*most)).contains(&number) => {
                    let (least, most) = (i64::from(*least), i64::from(*most));
                    self.fault(path, Kind::OutOfRange { least, most })
                }
                Some(number) => Some(json!(u32::try_from(number).unwrap_or(*most))),
            },
            FieldType::Time {} => match typed.as_str().and_then(time) {
                None => self.fault(path, malformed(Expected::Time)),
                Some(time) => Some(json!(time)),
            },
            FieldType::DateTime {} => match typed.as_str().and_then(date_time) {
                None => self.fault(path, malformed(Expected::DateTime)),
                Some(at) => Some(json!(at)),
            },
            FieldType::Days {} => match serde_json::from_value::<DayRange>(typed.clone()) {
                Err(_) => self.fault(path, malformed(Expected::Days)),
                Ok(days) if days.to < days.from => {
                    self.fault(&format!("{path}.to"), Kind::EndsBeforeStart {})
                }
                Ok(_) => Some(typed.clone()),
            },
            FieldType::YesNo {} if typed.is_boolean() => Some(typed.clone()),
            FieldType::YesNo {} => self.fault(path, malformed(Expected::YesNo)),
            FieldType::Choice { options } => {
                let known = typed.as_str().is_some_and(|typed| options.iter().any(|it| it.value == typed));
                if known { Some(typed.clone()) } else { self.fault(path, malformed(Expected::Choice)) }
            }
            FieldType::List { .. } => match typed.as_array() {
                Some(items) if items.len() > MAX_LIST => self.fault(path, Kind::TooMany { limit: MAX_LIST }),
                Some(items) if items.iter().all(|item| item.is_string() && !is_blank(item)) => {
                    Some(typed.clone())
                }
                _ => self.fault(path, malformed(Expected::List)),
            },
            FieldType::Window {} => match serde_json::from_value::<SendWindow>(typed.clone()) {
                Err(_) => self.fault(path, malformed(Expected::Window)),
                Ok(window) => {
                    let faults = calendar::check(&window);
                    let fits = faults.is_empty();
                    let faults = faults.into_iter().map(|fault| Kind::Window { fault });
                    self.faults.extend(faults.map(|kind| CampaignFault::new(path, kind)));
                    fits.then(|| typed.clone())
                }
            },
            FieldType::Sender { options } => {
                let known = typed.as_str().is_some_and(|typed| options.iter().any(|it| it.value == typed));
                if known { Some(typed.clone()) } else { self.fault(path, Kind::UnknownSender {}) }
            }
            FieldType::Form { forms } => self.form(path, forms, typed),
            FieldType::Forms { forms, most } => match typed.as_array() {
                None => self.fault(path, malformed(Expected::List)),
                Some(items) if items.len() > *most => self.fault(path, Kind::TooMany { limit: *most }),
                Some(items) => {
                    let read: Vec<Option<Value>> = (0_usize..)
                        .zip(items)
                        .map(|(place, item)| self.form(&format!("{path}[{place}]"), forms, item))
                        .collect();
                    read.into_iter().collect::<Option<Vec<Value>>>().map(Value::Array)
                }
            },
        }
    }

    /// An object in one of the shapes: the one that has all the names it holds.
    fn form(&mut self, path: &str, forms: &[FieldForm], typed: &Value) -> Option<Value> {
        let fits = |form: &&FieldForm, object: &Map<String, Value>| {
            !object.is_empty() && object.keys().all(|key| form.fields.iter().any(|field| field.path == *key))
        };
        let object = typed.as_object();
        let found = object.and_then(|object| Some((object, forms.iter().find(|form| fits(form, object))?)));
        let Some((object, form)) = found else {
            return self.fault(path, Kind::Malformed { expected: Expected::Form });
        };
        let before = self.faults.len();
        let mut read = Map::new();
        for field in &form.fields {
            let inner = WizardField { path: format!("{path}.{}", field.path), ..field.clone() };
            read.extend(self.field(&inner, object.get(&field.path)).map(|value| (field.path.clone(), value)));
        }
        (self.faults.len() == before).then_some(Value::Object(read))
    }
}

/// A whole number, or a text of one.
fn integer(typed: &Value) -> Option<i128> {
    match typed {
        Value::Number(number) => number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// A time on the wall, also where its hour has one digit.
fn time(typed: &str) -> Option<TimeOfDay> {
    let typed = typed.trim();
    typed.parse().or_else(|_| format!("0{typed}").parse()).ok()
}

/// A local day with a time, as ISO 8601 has it, with or without seconds.
fn date_time(typed: &str) -> Option<NaiveDateTime> {
    let typed = typed.trim().replacen(' ', "T", 1);
    let formats = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
    formats.into_iter().find_map(|format| NaiveDateTime::parse_from_str(&typed, format).ok())
}
