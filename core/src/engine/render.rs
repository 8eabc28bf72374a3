//! From a message to the text the patient reads: which body, which values, which letters, how many parts.

use super::EngineError;
use super::person::Person;
use super::surroundings::Surroundings;
use super::tx::Tx;
use crate::campaign::{person_variant, subject, variant};
use crate::model::{
    Body, BodyVariant, Campaign, Encoding, Message, OverLength, Patient, Practice, Reason, ReferenceBits,
    SenderApproval, TemplateSubject, Timestamp,
};
use crate::practice::catalogue;
use crate::template::{Placeholder, Slot, Target, Template, VisitDetail, VisitValues};
use crate::text;
use std::borrow::Cow;
use std::rc::Rc;

/// The text of the acknowledgement of a STOP.
const OPT_OUT_ACK: &str = "Potwierdzamy: nie będziemy więcej wysyłać wiadomości SMS na ten numer.";
const OPT_OUT_ACK_EN: &str = "Confirmed: we will send no more text messages to this number.";

/// The room of a text of two parts, in bytes: most are no longer, so most grow in place.
const USUAL: usize = 320;

/// How far back a cut looks for a place between words, in bytes.
const MAX_CUT_BACK: usize = 30;

/// A finished text.
pub(super) struct Rendered {
    pub variant: BodyVariant,
    pub body: Body,
    pub encoding: Encoding,
    pub parts: u32,
}

/// The practice's default sender: the first approved one on its list.
pub(super) fn default_sender(practice: &Practice) -> Option<String> {
    let mut senders = practice.settings.senders.iter();
    senders.find(|sender| sender.approval == SenderApproval::Approved).map(|sender| sender.id.clone())
}

/// Renders a campaign's text for the visits a message names, `around` first; or says why it cannot be sent.
pub(super) fn render(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    around: &Surroundings,
    message: &Message,
    now: Timestamp,
) -> Result<Result<Rendered, Reason>, EngineError> {
    let mut others = Vec::new();
    for subject in message.subjects.iter().filter(|subject| subject.visit != around.visit.visit.id) {
        if let Some(file) = tx.look_at(subject.visit.as_str())? {
            others.push(Surroundings::to_send(tx, file, None)?);
        }
    }
    let (variant, source) = variant(campaign, &around.scene(now));
    let practice = &around.practice;
    let template = match tx.template(TemplateSubject::Visits, source) {
        Ok(template) => template,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut visits: Vec<&Surroundings> = std::iter::once(around).chain(&others).collect();
    visits.sort_by_key(|visit| (visit.visit.starts_at, &visit.visit.visit.id));
    let details: Vec<VisitDetail<'_>> = visits.iter().map(|visit| detail(visit)).collect();
    let name = |pick: fn(&Patient) -> Cow<'_, str>| {
        let mut names: Vec<Cow<'_, str>> = Vec::new();
        for visit in &visits {
            let name = visit.patient.as_ref().map_or(Cow::Borrowed(""), |file| pick(&file.patient));
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        crate::template::join_values(&names, practice.language)
    };
    let first_name = name(|patient| patient.first_name.reveal().into());
    // a list and rules are gone through for it: where nobody reads it, it is not asked for
    let calls_out = |placeholder: &Placeholder| placeholder.target == Target::Value(Slot::FirstNameVocative);
    let called = template.placeholders().any(calls_out);
    let vocative = if called { name(vocative) } else { String::new() };
    let last_name = name(|patient| patient.last_name.reveal().into());
    let values = VisitValues {
        language: practice.language,
        first_name: &first_name,
        first_name_vocative: &vocative,
        last_name: &last_name,
        visits: &details,
        practice: &practice.name,
        address: practice.address.as_deref().unwrap_or_default(),
        phone: practice.phone.as_deref().unwrap_or_default(),
        extra: &[],
    };
    let mut out = String::with_capacity(USUAL);
    if let Err(missing) = template.render_into(&values, &mut out) {
        return Ok(Err(Reason::MissingValue { placeholder: missing.placeholder }));
    }
    Ok(finish(&out, variant, practice, campaign.spec.max_parts, campaign.spec.over_length))
}

/// How a patient is called: by the form on the card, else as the rules have it.
fn vocative(patient: &Patient) -> Cow<'_, str> {
    match patient.vocative.as_ref().map(|form| form.reveal()).filter(|form| !form.trim().is_empty()) {
        Some(form) => form.into(),
        None => crate::template::vocative(patient.first_name.reveal()),
    }
}

/// Renders a campaign's text for a patient, about no visit; or says why it cannot be sent.
pub(super) fn render_person(
    tx: &mut Tx<'_>,
    campaign: &Campaign,
    person: &Person,
    now: Timestamp,
) -> Result<Rendered, Reason> {
    let practice = &person.practice;
    let (variant, source) = person_variant(campaign, &person.scene(now));
    let template = tx.template(subject(campaign.spec.timing.kind()), source)?;
    let card = person.card.patient.as_deref().map(|file| &file.patient);
    let name = |pick: fn(&Patient) -> &str| card.map(pick).unwrap_or_default();
    let values = VisitValues {
        language: practice.language,
        first_name: name(|patient| patient.first_name.reveal()),
        first_name_vocative: &card.map(vocative).unwrap_or_default(),
        last_name: name(|patient| patient.last_name.reveal()),
        visits: &[],
        practice: &practice.name,
        address: practice.address.as_deref().unwrap_or_default(),
        phone: practice.phone.as_deref().unwrap_or_default(),
        extra: &[],
    };
    let mut out = String::with_capacity(USUAL);
    if let Err(missing) = template.render_into(&values, &mut out) {
        return Err(Reason::MissingValue { placeholder: missing.placeholder });
    }
    finish(&out, variant, practice, campaign.spec.max_parts, campaign.spec.over_length)
}

/// Bodies compiled in a unit of work: most of its messages have the same few.
#[derive(Default)]
pub(super) struct Compiled(Vec<(TemplateSubject, String, Result<Rc<Template>, Reason>)>);

impl Compiled {
    /// A body as it is now: a link marker may have been taken away after the campaign or rule was saved.
    pub fn template(
        &mut self,
        practice: &Practice,
        subject: TemplateSubject,
        source: &str,
    ) -> Result<Rc<Template>, Reason> {
        let known = self.0.iter().find(|(of, text, _)| (*of, text.as_str()) == (subject, source));
        if let Some((.., compiled)) = known {
            return compiled.clone();
        }
        let compiled = Template::compile(source, &catalogue(practice, subject)).map(Rc::new);
        let compiled = compiled.map_err(|faults| {
            let placeholder = faults.first().map(|fault| fault.kind.code().to_owned()).unwrap_or_default();
            Reason::MissingValue { placeholder }
        });
        self.0.push((subject, source.to_owned(), compiled.clone()));
        compiled
    }
}

fn detail(around: &Surroundings) -> VisitDetail<'_> {
    let visit = &around.visit.visit;
    VisitDetail {
        start: visit.start,
        doctor: visit.doctor.as_ref().map(|doctor| doctor.name.reveal()).unwrap_or_default(),
        room: visit.room.as_ref().map(|room| room.name.as_str()).unwrap_or_default(),
    }
}

/// Letters and length: the practice's way with Polish letters, and the campaign's or rule's with what is too long.
pub(super) fn finish(
    rendered: &str,
    variant: BodyVariant,
    practice: &Practice,
    max_parts: Option<u32>,
    over_length: OverLength,
) -> Result<Rendered, Reason> {
    let settings = &practice.settings;
    let finished = text::finish(rendered, settings.diacritics, settings.reference_bits);
    let allowed = max_parts.unwrap_or(settings.max_parts);
    let mut body = finished.text.into_owned();
    let mut segments = finished.segments;
    if segments.count > allowed {
        match over_length {
            OverLength::Send => {}
            OverLength::Refuse => return Err(Reason::TooManyParts { parts: segments.count, allowed }),
            OverLength::Cut => {
                cut(&mut body, allowed, settings.reference_bits);
                if body.is_empty() {
                    return Err(Reason::TooManyParts { parts: segments.count, allowed });
                }
                segments = text::segments_with(&body, settings.reference_bits);
            }
        }
    }
    Ok(Rendered { variant, body: Body::new(body), encoding: segments.encoding, parts: segments.count })
}

/// Cuts a text to so many parts: at a place between words where one is near, never inside a link.
fn cut(body: &mut String, allowed: u32, reference: ReferenceBits) {
    let fits = |end: usize| {
        body.get(..end).is_some_and(|start| text::segments_with(start, reference).count <= allowed)
    };
    let ends: Vec<usize> = body.char_indices().map(|(at, _)| at).collect();
    let longest = ends.partition_point(|end| fits(*end));
    let mut end = ends.get(longest.saturating_sub(1)).copied().unwrap_or(0);
    if let Some(link) = text::links(body).find(|link| link.start < end && end < link.end) {
        end = link.start;
    }
    let kept = body.get(..end).unwrap_or_default();
    let inside_a_word = body.get(end..).is_some_and(|rest| !rest.starts_with(char::is_whitespace));
    let near = kept.rfind(char::is_whitespace).filter(|space| inside_a_word && end - space <= MAX_CUT_BACK);
    let kept = kept.get(..near.unwrap_or(end)).unwrap_or_default().trim_end().len();
    body.truncate(kept);
}

/// The acknowledgement of a STOP.
pub(super) fn opt_out_ack(practice: &Practice) -> Rendered {
    let source = match practice.language {
        crate::model::Language::Pl => OPT_OUT_ACK,
        crate::model::Language::En => OPT_OUT_ACK_EN,
    };
    let finished = text::finish(source, practice.settings.diacritics, practice.settings.reference_bits);
    Rendered {
        variant: BodyVariant::Default,
        body: Body::new(&finished.text),
        encoding: finished.segments.encoding,
        parts: finished.segments.count,
    }
}
