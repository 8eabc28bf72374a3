//! depesza's own: the one file that knows which of its functions are measured, and on which levels of the processor.

use super::contender::{Contender, Cost, on_level};
use super::rows::{FIELDS, Letters, Messages, Row};
use depesza::model::{Diacritics, Encoding, ReferenceBits, Segments, TemplateSubject};
use depesza::template::{Catalogue, Slot, Template, ValueWriter, Values};
use depesza::text;

const NAME: &str = "depesza";

/// What can be measured here, the best of it first: `AVX-512`, `AVX2`, `SSE2`, `safe`.
pub fn levels() -> Vec<&'static str> {
    vec!["safe"]
}

/// Uses this one from now on.
fn choose(_level: &str) {}

impl Values for Row {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        match slot {
            Slot::FirstName => out.text(self.imie),
            Slot::Date => out.text(self.data),
            Slot::Time => out.text(self.godzina),
            Slot::Doctor => out.text(self.lekarz),
            Slot::Practice => out.text(self.placowka),
            Slot::Phone => out.text(self.telefon),
            _ => {}
        }
    }
}

fn template(letters: Letters) -> Template {
    let source = letters.template(|field| format!("({field})"));
    let template = Template::compile(&source, &Catalogue::new(TemplateSubject::Visits)).unwrap();
    assert_eq!(template.placeholders().count(), FIELDS.len());
    template
}

fn cost(segments: Segments) -> Option<Cost> {
    Some(Cost { is_gsm7: segments.encoding == Encoding::Gsm7, segments: segments.count })
}

pub fn render(messages: &Messages, level: &'static str) -> Box<dyn Contender> {
    let (template, rows) = (template(messages.letters), messages.rows);
    on_level(NAME, level, choose, move |message, out| {
        template.render_into(&rows[message], &mut out.text).unwrap();
        None
    })
}

pub fn transliterate(messages: &Messages, level: &'static str) -> Box<dyn Contender> {
    let texts = messages.texts;
    on_level(NAME, level, choose, move |message, out| {
        out.text.push_str(&text::transliterate(texts[message]).text);
        None
    })
}

pub fn count(messages: &Messages, level: &'static str) -> Box<dyn Contender> {
    let texts = messages.texts;
    on_level(NAME, level, choose, move |message, _| cost(text::segments(texts[message])))
}

pub fn fused(messages: &Messages, level: &'static str) -> Vec<Box<dyn Contender>> {
    let (template, rows) = (template(messages.letters), messages.rows);
    let mut written = String::new();
    let by_row = on_level(NAME, level, choose, move |message, out| {
        written.clear();
        template.render_into(&rows[message], &mut written).unwrap();
        let finished = text::finish(&written, Diacritics::Plain, ReferenceBits::Eight);
        out.text.push_str(&finished.text);
        cost(finished.segments)
    });
    vec![by_row]
}
