//! A body rendered with typical, shortest and longest values, with the cost of each, before anything is saved.
//!
//! The bounds are those of real life, not of the fields: a name of forty letters is possible, and no reason to write
//! another text. Where a body has a fallback, it counts among the values.

use super::format::{MONTHS, WEEKDAYS};
use super::render::ValueWriter;
use super::values::Values;
use super::{Catalogue, Piece, Placeholder, Slot, Target, Template};
use crate::model::{Advice, Diacritics, Language, Practice, Preview, PreviewText, TemplateFault};
use crate::text;

/// The shortest and the longest value of a placeholder that are realistic. The longest have the letters that cost most.
///
/// First names: two to eleven letters (Jo, Świętosława). Last names: two letters to a double name (Ul,
/// Wiśniewska-Szczepańska). Doctors with and without titles, rooms by number and by description. Numbers as E.164 has them: a
/// Polish one, and the fifteen digits that are the most. Talk: five seconds, two hours.
const BOUNDS: &[(Slot, &str, &str)] = &[
    (Slot::FirstName, "Jo", "Świętosława"),
    (Slot::FirstNameVocative, "Jo", "Świętosławo"),
    (Slot::LastName, "Ul", "Wiśniewska-Szczepańska"),
    (Slot::Patient, "Jo Ul", "Świętosława Wiśniewska-Szczepańska"),
    (Slot::Doctor, "dr Lis", "dr hab. n. med. Małgorzata Wiśniewska-Szczepańska"),
    (Slot::Room, "2", "gabinet zabiegowy nr 12, II piętro"),
    (Slot::Number, "+48501234567", "+491512345678901"),
    (Slot::DialledNumber, "+48221234567", "+491512345678901"),
    (Slot::TalkTime, "0:05", "120:00"),
];

/// How long a rendering is to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Typical,
    Shortest,
    Longest,
}

/// Renders a body three ways, as it would be sent by this practice; `part_milli` is the price of a part in thousandths.
///
/// # Errors
/// Every fault of the body.
pub fn preview(
    body: &str,
    catalogue: &Catalogue,
    practice: &Practice,
    part_milli: i64,
) -> Result<Preview, Vec<TemplateFault>> {
    let template = Template::compile(body, catalogue)?;
    let shop = Shop { catalogue, practice, part_milli };
    let typical = shop.render(&template, Bound::Typical);
    let advice = text::advice(&typical.text, practice.settings.reference_bits);
    let (dear_in_body, dear_in_values) = shop.dear(&template, &advice);
    Ok(Preview {
        shortest: shop.render(&template, Bound::Shortest),
        longest: shop.render(&template, Bound::Longest),
        typical,
        advice,
        dear_in_body,
        dear_in_values,
        missing: shop.missing(&template),
    })
}

struct Shop<'a> {
    catalogue: &'a Catalogue,
    practice: &'a Practice,
    part_milli: i64,
}

impl Shop<'_> {
    fn render(&self, template: &Template, bound: Bound) -> PreviewText {
        let mut out = String::new();
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Placeholder(placeholder) => out.push_str(&self.value(placeholder, bound)),
            }
        }
        let settings = &self.practice.settings;
        let finished = text::finish(&out, settings.diacritics, settings.reference_bits);
        PreviewText {
            encoding: finished.segments.encoding,
            units: finished.segments.units,
            parts: finished.segments.count,
            remaining: finished.segments.remaining,
            cost_milli: i64::from(finished.segments.count) * self.part_milli,
            text: finished.text.into_owned(),
        }
    }

    /// What stands for a placeholder in a rendering: of its values and its fallback the one that the bound asks for.
    fn value(&self, placeholder: &Placeholder, bound: Bound) -> String {
        let slot = match &placeholder.target {
            Target::Link(url) => return url.clone(),
            Target::Value(slot) => *slot,
        };
        let sample = self.typical(slot);
        if bound == Bound::Typical {
            // without a value the fallback stands; without either, the sample, for the eye
            let fallback = || placeholder.fallback.clone();
            return sample.or_else(fallback).unwrap_or_else(|| self.sample(slot));
        }
        let values = self.bounds(slot).into_iter().chain(sample).chain(placeholder.fallback.clone());
        // whether letters are kept when that is free shows in the whole message: a value counts as if they were not
        let letters = match self.practice.settings.diacritics {
            Diacritics::Polish => Diacritics::Polish,
            Diacritics::Plain | Diacritics::WhenFree => Diacritics::Plain,
        };
        let by_cost = |value: &String| {
            let segments = text::finish(value, letters, self.practice.settings.reference_bits).segments;
            (segments.encoding, segments.units)
        };
        let found =
            if bound == Bound::Shortest { values.min_by_key(by_cost) } else { values.max_by_key(by_cost) };
        found.unwrap_or_else(|| self.sample(slot))
    }

    /// The practice's own value, else the sample of the legend; `None` where the practice lacks it.
    fn typical(&self, slot: Slot) -> Option<String> {
        let own = match slot {
            Slot::Practice => Some(self.practice.name.as_str()),
            Slot::Address => Some(self.practice.address.as_deref().unwrap_or_default()),
            Slot::Phone => Some(self.practice.phone.as_deref().unwrap_or_default()),
            _ => None,
        };
        match own {
            Some(own) => Some(own.trim().to_owned()).filter(|own| !own.is_empty()),
            None => Some(self.sample(slot)),
        }
    }

    fn sample(&self, slot: Slot) -> String {
        let mut sample = String::new();
        let mut writer = ValueWriter::new(&mut sample);
        self.catalogue.samples(self.practice.language).write(slot, &mut writer);
        writer.finish();
        sample
    }

    fn bounds(&self, slot: Slot) -> Vec<String> {
        let name = |pair: &(&'static str, &'static str)| match self.practice.language {
            Language::Pl => pair.0,
            Language::En => pair.1,
        };
        match slot {
            Slot::Weekday => WEEKDAYS.iter().map(|day| name(day).to_owned()).collect(),
            Slot::DateInWords => {
                let year = 2026;
                let days = MONTHS.iter().flat_map(|month| {
                    [format!("1 {} {year}", name(month)), format!("28 {} {year}", name(month))]
                });
                days.collect()
            }
            _ => {
                let known = BOUNDS.iter().filter(|(of, ..)| *of == slot);
                known
                    .flat_map(|(_, shortest, longest)| [(*shortest).to_owned(), (*longest).to_owned()])
                    .collect()
            }
        }
    }

    /// The dear characters that the body itself holds, and those that its typical values bring.
    fn dear(&self, template: &Template, advice: &Advice) -> (Vec<String>, Vec<String>) {
        let (mut body, mut values) = (String::new(), String::new());
        for piece in &template.pieces {
            match piece {
                Piece::Text(text) => body.push_str(text),
                Piece::Placeholder(placeholder) => match (&placeholder.target, &placeholder.fallback) {
                    (Target::Link(url), _) => body.push_str(url),
                    (Target::Value(slot), Some(fallback)) if self.typical(*slot).is_none() => {
                        body.push_str(fallback)
                    }
                    (Target::Value(_), _) => values.push_str(&self.value(placeholder, Bound::Typical)),
                },
            }
        }
        let inside = |text: &str| {
            let dear = advice.characters.iter().map(|dear| &dear.character);
            dear.filter(|dear| text.contains(dear.as_str())).cloned().collect()
        };
        (inside(&body), inside(&values))
    }

    fn missing(&self, template: &Template) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        for placeholder in template.placeholders() {
            let Target::Value(slot) = placeholder.target else { continue };
            let lacks = placeholder.fallback.is_none() && self.typical(slot).is_none();
            if lacks && !missing.contains(&placeholder.name) {
                missing.push(placeholder.name.clone());
            }
        }
        missing
    }
}
