//! A draft: begun with a kind's defaults, filled from a campaign, checked a step at a time, finished.

use super::fields::Pen;
use super::read::Reader;
use super::steps::{fields, kind_field};
use crate::campaign::{CampaignFault, CampaignFaultKind, Expected, check};
use crate::model::{
    BodySource, CampaignDraft, CampaignKind, CampaignSpec, Language, OutsidePolicy, Practice, SameDay,
    Sender, StoredTemplate, WizardField, WizardStepId,
};
use serde_json::{Map, Value, json};

/// Faults go by paths and codes; the language of labels does not matter to them.
const PEN: Pen = Pen { language: Language::Pl };

/// The bodies of a draft.
const BODIES: [&str; 3] = ["bodies.default", "bodies.first_visit", "bodies.minor"];

impl CampaignDraft {
    /// A draft of a kind with what its required fields begin with; the body in this language, which is that of the texts
    /// patients read ([`Practice::language`]).
    #[must_use]
    pub fn begin(kind: CampaignKind, language: Language) -> Self {
        let mut draft = Self { kind: Some(kind), ..Self::default() };
        let pen = Pen { language };
        for field in steps_of(kind, &[], pen).flatten() {
            if let Some(default) = field.default.filter(|_| field.required) {
                draft.values.insert(field.path, default);
            }
        }
        draft
    }

    /// A draft from a campaign, to edit it: everything that the wizard has a field for.
    #[must_use]
    pub fn of(spec: &CampaignSpec) -> Self {
        let kind = spec.timing.kind();
        let mut draft = Self { kind: Some(kind), ..Self::default() };
        let whole = serde_json::to_value(spec).unwrap_or_default();
        for field in steps_of(kind, &[], PEN).flatten() {
            let pointer = format!("/{}", field.path.replace('.', "/"));
            if let Some(value) = whole.pointer(&pointer).filter(|value| !value.is_null()) {
                let is_body = BODIES.contains(&field.path.as_str());
                let value = if is_body { json!({ "text": value }) } else { value.clone() };
                draft.values.insert(field.path, value);
            }
        }
        // two choices mean the same but for a reminder, and the wizard offers the one that says so
        if kind != CampaignKind::Reminder && spec.outside == Some(OutsidePolicy::BringForward) {
            draft.set("outside", json!(OutsidePolicy::Defer));
        }
        if kind != CampaignKind::Reminder && spec.same_day == SameDay::First && !kind.is_about_patients() {
            draft.set("same_day", json!(SameDay::Each));
        }
        draft
    }

    /// Writes a value into a field.
    pub fn set(&mut self, path: &str, value: impl Into<Value>) {
        self.values.insert(path.to_owned(), value.into());
    }

    /// Where its bodies come from, with their paths; without those that are neither a text nor a template.
    pub fn bodies(&self) -> impl Iterator<Item = (&'static str, BodySource)> + '_ {
        BODIES.into_iter().filter_map(|path| Some((path, body(self.values.get(path)?)?)))
    }

    /// The campaign that the draft describes, with the texts of the templates it names.
    ///
    /// # Errors
    /// Every fault, by field.
    pub fn finish(
        &self,
        practice: &Practice,
        templates: &[StoredTemplate],
    ) -> Result<CampaignSpec, Vec<CampaignFault>> {
        let mut reader = Reader { practice, templates, faults: Vec::new() };
        let mut whole = Map::new();
        let Some(kind) = read_kind(self, &mut reader) else { return Err(reader.faults) };
        whole.insert("timing".to_owned(), json!({ "kind": kind }));
        for field in steps_of(kind, &practice.settings.senders, PEN).flatten() {
            if let Some(value) = reader.field(&field, self.values.get(&field.path)) {
                put(&mut whole, &field.path, value);
            }
        }
        if !reader.faults.is_empty() {
            return Err(reader.faults);
        }
        let spec: CampaignSpec = serde_json::from_value(Value::Object(whole)).map_err(|_| {
            let kind = CampaignFaultKind::Malformed { expected: Expected::Form };
            vec![CampaignFault::new("timing", kind)]
        })?;
        // what is checked of campaigns that come without a wizard holds for this one too
        let faults = check(&spec, practice);
        if faults.is_empty() { Ok(spec) } else { Err(faults) }
    }
}

/// Every fault of one step of a draft, by field; of the summary those of the whole draft.
#[must_use]
pub fn check_step(
    draft: &CampaignDraft,
    step: WizardStepId,
    practice: &Practice,
    templates: &[StoredTemplate],
) -> Vec<CampaignFault> {
    if step == WizardStepId::Summary {
        return draft.finish(practice, templates).err().unwrap_or_default();
    }
    let mut reader = Reader { practice, templates, faults: Vec::new() };
    if let Some(kind) = read_kind(draft, &mut reader)
        && step != WizardStepId::Kind
    {
        for field in fields(step, kind, &practice.settings.senders, PEN) {
            reader.field(&field, draft.values.get(&field.path));
        }
    }
    reader.faults
}

fn read_kind(draft: &CampaignDraft, reader: &mut Reader<'_>) -> Option<CampaignKind> {
    let kind = draft.kind.map(|kind| json!(kind));
    reader.field(&kind_field(PEN), kind.as_ref())?;
    draft.kind
}

/// The fields of the two steps that hold any.
fn steps_of(kind: CampaignKind, senders: &[Sender], pen: Pen) -> impl Iterator<Item = Vec<WizardField>> + '_ {
    let steps = [WizardStepId::Basics, WizardStepId::Advanced];
    steps.into_iter().map(move |step| fields(step, kind, senders, pen))
}

/// Where a body comes from; a bare text is one that was written here.
pub(super) fn body(value: &Value) -> Option<BodySource> {
    match value {
        Value::String(text) => Some(BodySource::Text(text.clone())),
        other => serde_json::from_value(other.clone()).ok(),
    }
}

/// Puts a value where its path leads, through objects that are made on the way.
fn put(whole: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            whole.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = whole.entry(head).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
