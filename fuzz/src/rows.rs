//! The measured loops over texts and rows at every level of the processor, beside the plain way.
//!
//! Input: a byte of choices, then the body and three values, each up to a byte 0xFF, as for `template`.

use crate::input::Input;
use crate::naive;
use depesza::model::{Diacritics, ReferenceBits, TemplateSubject};
use depesza::template::{Batch, Catalogue, Column, RowOptions, Rows, Slot, Template, ValueWriter, Values};
use depesza::text::{self, Level};

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let choices = input.byte();
    let reference_bits = if choices & 1 == 0 { ReferenceBits::Eight } else { ReferenceBits::Sixteen };
    let diacritics =
        [Diacritics::Plain, Diacritics::Polish, Diacritics::WhenFree][usize::from(choices >> 1) % 3];
    let body = input.text();
    let values: [_; 3] = std::array::from_fn(|_| input.text());
    let values = values.each_ref().map(|value| &**value);
    let template = Template::compile(&body, &Catalogue::new(TemplateSubject::Visits));

    let levels: Vec<Level> = Level::ALL.into_iter().filter(|level| level.is_available()).collect();
    for level in levels {
        assert!(level.force());
        for text in values.into_iter().chain([&*body]) {
            one_text(text, diacritics, reference_bits);
        }
        if let Ok(template) = &template {
            rows(template, values, RowOptions { diacritics, reference_bits });
        }
    }
}

fn one_text(text: &str, diacritics: Diacritics, reference: ReferenceBits) {
    assert_eq!(text::segments_with(text, reference), naive::segments(text, reference));
    let mut out = String::from("ż");
    text::transliterate_into(text, &mut out);
    assert_eq!(out.strip_prefix('ż'), Some(&*text::transliterate(text).text));
    let finished = text::finish(text, diacritics, reference);
    let mut out = String::from("ż");
    assert_eq!(text::finish_into(text, diacritics, reference, &mut out), finished.segments);
    assert_eq!(out.strip_prefix('ż'), Some(&*finished.text));
    // memory of just the size that is asked for: a write beyond it is found by the sanitizer
    let mut room = Box::new_uninit_slice(text.len() + text::SLACK);
    if let Some((len, segments)) = text::finish_to(text, diacritics, reference, &mut room) {
        assert_eq!((len, segments), (finished.text.len(), finished.segments));
    }
}

/// Rows of the values in turn: each column has each of them, and one has none.
fn rows(template: &Template, values: [&str; 3], options: RowOptions) {
    let rows = Rows::new(template, options);
    let columns: Vec<Vec<&str>> = (0..rows.fields().len())
        .map(|column| (0..5).map(|row| values.get((row + column) % 4).copied().unwrap_or_default()).collect())
        .collect();
    let texts: Vec<Column<'_>> = columns.iter().map(|column| Column::Texts(column)).collect();
    let mut batch = Batch::new();
    rows.render_batch(5, &texts, &mut batch).expect("columns of five rows");
    let mut missing = batch.missing().iter();
    for row in 0..5 {
        let values: Vec<&str> = columns.iter().map(|column| column[row]).collect();
        let mut single = String::new();
        let one = rows.render_into(&values, &mut single);
        assert_eq!(batch.message(row), Some(single.as_str()));
        let mut room = Box::new_uninit_slice(single.len() + text::SLACK);
        if let Some((len, segments)) = rows.render_to(&values, &mut room) {
            assert_eq!((len, Ok(segments)), (single.len(), one.clone()));
        }
        let mut rendered = String::new();
        match template.render_into(&Plainly { rows: &rows, values }, &mut rendered) {
            Ok(()) => {
                let finished = text::finish(&rendered, options.diacritics, options.reference_bits);
                assert_eq!(single, finished.text);
                assert_eq!(one, Ok(finished.segments));
                assert_eq!(batch.segments()[row], finished.segments.count);
            }
            Err(fault) => {
                assert_eq!(
                    missing.next().map(|told| (told.row, &told.placeholder)),
                    Some((row, &fault.placeholder))
                );
                assert_eq!(one, Err(fault));
            }
        }
    }
    assert_eq!(missing.next(), None);
}

struct Plainly<'a> {
    rows: &'a Rows,
    values: Vec<&'a str>,
}

impl Values for Plainly<'_> {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        let column = self.rows.fields().iter().position(|field| field.slot == slot);
        out.text(self.values[column.expect("a field of the template")]);
    }
}
