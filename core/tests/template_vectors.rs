//! Runs `vectors/template.json`.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use chrono::NaiveDateTime;
use depesza::model::{
    CustomPlaceholder, Diacritics, Language, LinkMarker, ReferenceBits, TemplateFault, TemplateSubject,
};
use depesza::template::{CallValues, Catalogue, MissingValue, Target, Template, VisitDetail, VisitValues};
use depesza::text;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "about")]
    _about: String,
    count: usize,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    why: String,
    operation: String,
    input: Input,
    expect: Option<Value>,
    error: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    #[serde(default)]
    body: String,
    subject: TemplateSubject,
    #[serde(default)]
    language: Language,
    #[serde(default)]
    links: Vec<LinkMarker>,
    #[serde(default)]
    custom: Vec<CustomPlaceholder>,
    #[serde(default)]
    values: WireValues,
    link: Option<LinkMarker>,
    #[serde(default)]
    diacritics: Diacritics,
    #[serde(default)]
    reference_bits: ReferenceBits,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct WireValues {
    first_name: String,
    first_name_vocative: String,
    last_name: String,
    visits: Vec<WireVisit>,
    practice: String,
    address: String,
    phone: String,
    number: String,
    dialled_number: String,
    start: Option<NaiveDateTime>,
    talk_s: Option<u32>,
    extra: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireVisit {
    start: NaiveDateTime,
    #[serde(default)]
    doctor: String,
    #[serde(default)]
    room: String,
}

fn catalogue(input: &Input) -> Catalogue {
    let mut catalogue = Catalogue::new(input.subject);
    for placeholder in &input.custom {
        catalogue.register(placeholder.clone()).unwrap();
    }
    for link in &input.links {
        catalogue.add_link(link.clone()).unwrap();
    }
    catalogue
}

fn compile(input: &Input) -> Result<Value, Value> {
    let template = Template::compile(&input.body, &catalogue(input)).map_err(|faults| {
        let wire = serde_json::to_value(&faults).unwrap();
        assert_eq!(
            serde_json::from_value::<Vec<TemplateFault>>(wire.clone()).unwrap(),
            faults,
            "reads what it writes"
        );
        wire
    })?;
    let placeholders: Vec<Value> = template
        .placeholders()
        .map(|it| {
            let url = match &it.target {
                Target::Link(url) => Some(url),
                Target::Value(_) => None,
            };
            json!({"name": it.name, "fallback": it.fallback, "url": url, "at": it.at})
        })
        .collect();
    Ok(json!({ "placeholders": placeholders }))
}

fn render(input: &Input) -> Result<Value, Value> {
    rendered(input).map(|text| json!({ "text": text }))
}

fn finish(input: &Input) -> Result<Value, Value> {
    let text = rendered(input)?;
    let done = text::finish(&text, input.diacritics, input.reference_bits);
    Ok(json!({ "text": done.text, "segments": done.segments }))
}

fn rendered(input: &Input) -> Result<String, Value> {
    let catalogue = catalogue(input);
    let template = Template::compile(&input.body, &catalogue).unwrap();
    let (values, language) = (&input.values, input.language);
    let extra = &catalogue.extra_values(&values.extra);
    let mut text = String::new();
    let outcome = match input.subject {
        TemplateSubject::Visits | TemplateSubject::People => {
            let visits: Vec<VisitDetail<'_>> = values
                .visits
                .iter()
                .map(|visit| VisitDetail { start: visit.start, doctor: &visit.doctor, room: &visit.room })
                .collect();
            let values = VisitValues {
                language,
                first_name: &values.first_name,
                first_name_vocative: &values.first_name_vocative,
                last_name: &values.last_name,
                visits: &visits,
                practice: &values.practice,
                address: &values.address,
                phone: &values.phone,
                extra,
            };
            template.render_into(&values, &mut text)
        }
        TemplateSubject::Calls => {
            let values = CallValues {
                language,
                number: &values.number,
                dialled_number: &values.dialled_number,
                start: values.start,
                talk_s: values.talk_s,
                extra,
            };
            template.render_into(&values, &mut text)
        }
    };
    match outcome {
        Ok(()) => Ok(text),
        Err(MissingValue { placeholder }) => {
            assert_eq!(text, "", "nothing is left of a message that is not sent");
            Err(json!([{"code": "missing_value", "placeholder": placeholder}]))
        }
    }
}

fn link(input: &Input) -> Result<Value, Value> {
    let link = input.link.clone().expect("a link to add");
    let added = catalogue(input).add_link(link);
    added.map(|()| json!({})).map_err(|faults| serde_json::to_value(faults).unwrap())
}

#[test]
fn every_vector_holds() {
    let file: File = serde_json::from_str(include_str!("../../vectors/template.json")).unwrap();
    let (mut ids, mut failed) = (BTreeSet::new(), Vec::new());
    let mut ran = 0;
    for case in &file.cases {
        let result = match case.operation.as_str() {
            "compile" => compile(&case.input),
            "render" => render(&case.input),
            "finish" => finish(&case.input),
            "link" => link(&case.input),
            other => panic!("{}: unknown operation {other}", case.id),
        };
        let wanted = match (&case.expect, &case.error) {
            (Some(expect), None) => Ok(expect.clone()),
            (None, Some(error)) => Err(error.clone()),
            _ => panic!("{}: one of expect and error", case.id),
        };
        if result != wanted {
            failed.push(format!("{} ({}): expected {wanted:?}, got {result:?}", case.id, case.why));
        }
        assert!(ids.insert(&case.id), "{} stands twice", case.id);
        ran += 1;
    }
    assert!(failed.is_empty(), "{} cases failed:\n{}", failed.len(), failed.join("\n"));
    assert_eq!(ran, file.count);
}
