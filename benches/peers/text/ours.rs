//! depesza's own: the one file that knows which of its functions are measured, and on which levels of the processor.

use super::contender::{Contender, Cost, Level, Out, on_level, whole};
use super::rows::{FIELDS, Letters, Messages, Row};
use depesza::model::{Diacritics, Encoding, ReferenceBits, Segments, TemplateSubject};
use depesza::template::{Batch, Catalogue, Column, RowOptions, Rows, Slot, Template, ValueWriter, Values};
use depesza::text;

/// What can be measured here, the best of it first.
pub fn levels() -> Vec<Level> {
    let level = |level| match level {
        text::Level::Avx512 => Level { name: "AVX-512", choose: || force(text::Level::Avx512) },
        text::Level::Avx2 => Level { name: "AVX2", choose: || force(text::Level::Avx2) },
        text::Level::Sse2 => Level { name: "SSE2", choose: || force(text::Level::Sse2) },
        text::Level::Safe => Level { name: "safe", choose: || force(text::Level::Safe) },
    };
    text::Level::ALL.into_iter().rev().filter(|level| level.is_available()).map(level).collect()
}

fn force(level: text::Level) {
    assert!(level.force(), "the processor has it");
}

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

impl Row {
    fn values(&self) -> [&'static str; 6] {
        [self.imie, self.data, self.godzina, self.lekarz, self.placowka, self.telefon]
    }
}

fn template(letters: Letters) -> Template {
    let source = letters.template(|field| format!("({field})"));
    Template::compile(&source, &Catalogue::new(TemplateSubject::Visits)).unwrap()
}

fn rows_of(letters: Letters, diacritics: Diacritics) -> Rows {
    let rows = Rows::new(&template(letters), RowOptions { diacritics, reference_bits: ReferenceBits::Eight });
    assert!(rows.fields().iter().map(|field| field.name.as_str()).eq(FIELDS), "fields as the rows have them");
    rows
}

/// The rows as they are taken.
fn texts_of(messages: &Messages) -> Vec<[&'static str; 6]> {
    messages.rows.iter().map(Row::values).collect()
}

fn cost(segments: Segments) -> Option<Cost> {
    Some(Cost { is_gsm7: segments.encoding == Encoding::Gsm7, segments: segments.count })
}

pub fn render(messages: &Messages, level: Level) -> Vec<Box<dyn Contender>> {
    let (template, rows_of_texts) = (template(messages.letters), texts_of(messages));
    let values = messages.rows;
    let by_trait = on_level("depesza, Template::render_into", level, move |message, out| {
        template.render_into(&values[message], &mut out.text).unwrap();
        None
    });
    let rows = rows_of(messages.letters, Diacritics::Polish);
    let by_row = on_level("depesza, Rows::write_into", level, move |message, out| {
        rows.write_into(&rows_of_texts[message], &mut out.text).unwrap();
        None
    });
    vec![by_row, by_trait]
}

pub fn transliterate(messages: &Messages, level: Level) -> Vec<Box<dyn Contender>> {
    let texts = messages.texts;
    vec![on_level("depesza, transliterate_into", level, move |message, out| {
        text::transliterate_into(texts[message], &mut out.text);
        None
    })]
}

pub fn count(messages: &Messages, level: Level) -> Vec<Box<dyn Contender>> {
    let texts = messages.texts;
    vec![on_level("depesza, segments", level, move |message, _| cost(text::segments(texts[message])))]
}

pub fn fused(messages: &Messages, level: Level) -> Vec<Box<dyn Contender>> {
    let values = messages.rows;
    let (rows, rows_of_texts) = (rows_of(messages.letters, Diacritics::Plain), texts_of(messages));
    let by_row = on_level("depesza, Rows::render_into", level, move |message, out| {
        cost(rows.render_into(&rows_of_texts[message], &mut out.text).unwrap())
    });
    let rows = rows_of(messages.letters, Diacritics::Plain);
    let fields: Vec<Vec<&str>> =
        (0..FIELDS.len()).map(|field| values.iter().map(|row| row.values()[field]).collect()).collect();
    let by_batch = whole(
        "depesza, Rows::render_batch",
        level,
        values.len(),
        Batch::new(),
        move |batch, messages| {
            let columns: Vec<Column<'_>> =
                fields.iter().map(|field| Column::Texts(field.get(..messages).unwrap())).collect();
            rows.render_batch(messages, &columns, batch).unwrap();
        },
        |batch: &Batch, message: usize, out: &mut Out| {
            out.text.push_str(batch.message(message).unwrap());
            Some(Cost {
                is_gsm7: batch.encodings()[message] == Encoding::Gsm7,
                segments: batch.segments()[message],
            })
        },
    );
    vec![by_batch, by_row]
}
