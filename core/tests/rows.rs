//! Rows and batches give what rendering and finishing one message after another gives, at every level of the processor.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice)]

use depesza::model::{
    CustomPlaceholder, Diacritics, Encoding, LinkMarker, LocalText, ReferenceBits, TemplateSubject,
};
use depesza::template::{
    Batch, Catalogue, Column, ColumnsFault, MissingValue, RowOptions, Rows, Slot, Template, ValueWriter,
    Values,
};
use depesza::text::{self, Level, SLACK, Transliterator};
use proptest::prelude::*;
use std::mem::MaybeUninit;
use std::sync::{Mutex, PoisonError};

/// What stands in bodies and values: words, what belongs to links, what folding and counting look at twice.
const PIECES: &[&str] = &[
    "Dzień dobry ",
    "Anna",
    "Łukasz",
    " w ",
    "środę",
    ", ",
    ".",
    " ",
    "\u{a0}",
    "–",
    "„",
    "”",
    "…",
    "€",
    "[x]",
    "\\",
    "^",
    "_",
    "\n",
    "\r\n",
    "\t",
    "\u{c}",
    "\u{1b}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{ad}",
    "\u{200b}",
    "\u{200d}",
    "`",
    "é",
    "ö",
    "ß",
    "Ω",
    "ç",
    "œ",
    "ŉ",
    "°",
    "½",
    "²",
    "5",
    "µ",
    "o\u{301}",
    "\u{301}",
    "w",
    "W",
    "ww",
    "ŵ",
    "Ŵw",
    "www.",
    "/",
    "//",
    "http:/",
    "https://k.pl/ą ",
    "www.k.pl",
    "://",
    "ł",
    "ж",
    "😀",
    "👨\u{200d}👩",
    "𝐀",
    "\u{1100}\u{1161}",
    "a",
    "z kontrolą za pół roku, zapraszamy ponownie ",
    "0123456789012345678901234567890123456789012345678901234567890123456789",
];

fn pieces(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..most).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(&["Anna", "Łucja", "dr Józef Żak", "21.11.2026", "9:30", ""][..]).prop_map(str::to_owned),
        3 => pieces(4),
        1 => pieces(12),
        1 => "\\PC{0,20}",
        1 => any::<String>(),
    ]
}

fn marker() -> impl Strategy<Value = String> {
    prop::sample::select(
        &["(imie)", "(nazwisko)", "(lekarz|lekarz)", "(gabinet|gab. Łąka)", "(imie)", "(link)", "(x|w)"][..],
    )
    .prop_map(str::to_owned)
}

fn body() -> impl Strategy<Value = String> {
    let part = prop_oneof![3 => pieces(3), 4 => marker()];
    prop::collection::vec(part, 1..12).prop_map(|parts| parts.concat())
}

fn catalogue() -> Catalogue {
    let mut catalogue = Catalogue::new(TemplateSubject::Visits);
    let text = || LocalText { pl: "x".into(), en: "x".into() };
    catalogue
        .register(CustomPlaceholder { name: "x".into(), description: text(), sample: "x".into() })
        .unwrap();
    catalogue.add_link(LinkMarker { name: "link".into(), url: "www.estomed.pl/łódź".into() }).unwrap();
    catalogue
}

/// One value after another by their fields.
struct Plainly<'a>(&'a Rows, Vec<&'a str>);

impl Values for Plainly<'_> {
    fn write(&self, slot: Slot, out: &mut ValueWriter<'_>) {
        let column = self.0.fields().iter().position(|field| field.slot == slot).unwrap();
        out.text(self.1[column]);
    }
}

fn options() -> impl Strategy<Value = RowOptions> {
    let diacritics = prop::sample::select(&[Diacritics::Plain, Diacritics::Polish, Diacritics::WhenFree][..]);
    let bits = prop::sample::select(&[ReferenceBits::Eight, ReferenceBits::Sixteen][..]);
    (diacritics, bits).prop_map(|(diacritics, reference_bits)| RowOptions { diacritics, reference_bits })
}

/// One test at a time: the level is the whole process's.
fn at_every_level(mut check: impl FnMut()) {
    static LEVEL: Mutex<()> = Mutex::new(());
    let _held = LEVEL.lock().unwrap_or_else(PoisonError::into_inner);
    for level in Level::ALL {
        if level.force() {
            check();
        }
    }
}

/// What is written at the beginning of so much room; nothing beyond the room.
fn written_in<T>(
    room: usize,
    write: impl FnOnce(&mut [MaybeUninit<u8>]) -> Option<(usize, T)>,
) -> Option<(String, T)> {
    const UNTOUCHED: [u8; 64] = [0xEE; 64];
    let mut memory = vec![MaybeUninit::new(0xEE_u8); room + UNTOUCHED.len()];
    let done = write(&mut memory[..room]);
    #[allow(unsafe_code, reason = "all of it was initialised above")]
    let memory: Vec<u8> = memory.into_iter().map(|byte| unsafe { byte.assume_init() }).collect();
    assert_eq!(memory[room..], UNTOUCHED);
    done.map(|(len, done)| (String::from_utf8(memory[..len].to_vec()).unwrap(), done))
}

/// What a clinic's choice makes of a text, without the ways that are faster: transliterated as a whole, and weighed against what was written.
fn weighed(text: &str, diacritics: Diacritics, reference: ReferenceBits) -> String {
    let written = text::segments_with(text, reference);
    let plain = Transliterator::default().reference(reference).apply(text);
    let is_cheaper = plain.after.count < written.count;
    let costs_nothing = plain.after.count == written.count && plain.after.encoding == Encoding::Gsm7;
    let folds = match diacritics {
        Diacritics::Polish => false,
        Diacritics::Plain => written.encoding != Encoding::Gsm7 && (is_cheaper || costs_nothing),
        Diacritics::WhenFree => is_cheaper,
    };
    if folds { plain.text.into_owned() } else { text.to_owned() }
}

proptest! {
    #[test]
    fn a_batch_is_one_message_after_another(
        body in body(),
        rows in prop::collection::vec(prop::collection::vec(value(), 6), 0..40),
        options in options(),
    ) {
        let catalogue = catalogue();
        let Ok(template) = Template::compile(&body, &catalogue) else { return Ok(()) };
        let prepared = Rows::new(&template, options);
        let columns: Vec<Vec<&str>> =
            (0..prepared.fields().len()).map(|column| rows.iter().map(|row| row[column].as_str()).collect()).collect();
        let texts: Vec<Column<'_>> = columns.iter().map(|column| Column::Texts(column)).collect();
        at_every_level(|| {
            let mut batch = Batch::new();
            prepared.render_batch(rows.len(), &texts, &mut batch).unwrap();
            assert_eq!(batch.len(), rows.len());
            let mut missing = batch.missing().iter();
            for row in 0..rows.len() {
                let values: Vec<&str> = columns.iter().map(|column| column[row]).collect();
                let mut rendered = String::new();
                let (mut one, mut as_written) = (String::from("before"), String::from("before"));
                let written = prepared.write_into(&values, &mut as_written);
                let single = prepared.render_into(&values, &mut one);
                let most = body.len() + values.concat().len() * 6;
                for room in [0, one.len(), most + SLACK] {
                    if let Some((message, segments)) = written_in(room, |room| prepared.render_to(&values, room)) {
                        assert_eq!(one.strip_prefix("before"), Some(message.as_str()));
                        assert_eq!(single, Ok(segments));
                    }
                }
                match template.render_into(&Plainly(&prepared, values), &mut rendered) {
                    Ok(()) => {
                        assert_eq!((as_written.strip_prefix("before"), written), (Some(rendered.as_str()), Ok(())));
                        let finished = text::finish(&rendered, options.diacritics, options.reference_bits);
                        assert_eq!(batch.message(row), Some(&*finished.text));
                        assert_eq!(one.strip_prefix("before"), Some(&*finished.text));
                        assert_eq!(single, Ok(finished.segments));
                        assert_eq!(batch.segments()[row], finished.segments.count);
                        assert_eq!(batch.encodings()[row], finished.segments.encoding);
                    }
                    Err(fault) => {
                        assert_eq!(batch.message(row), Some(""));
                        assert_eq!(batch.segments()[row], 0);
                        let told = missing.next().unwrap();
                        assert_eq!((told.row, &told.placeholder), (row, &fault.placeholder));
                        assert_eq!((single, one.as_str()), (Err(fault.clone()), "before"));
                        assert_eq!((written, as_written.as_str()), (Err(fault), "before"));
                    }
                }
            }
            assert!(missing.next().is_none());
        });
    }

    #[test]
    fn folding_and_counting_are_the_same_at_every_level(text in pieces(30), reference in prop::sample::select(&[ReferenceBits::Eight, ReferenceBits::Sixteen][..])) {
        let written = text::transliterate(&text).text.into_owned();
        let units: usize = text.chars().map(char::len_utf16).sum();
        let septets: Option<u32> = text.chars().map(text::gsm7::septets).sum();
        at_every_level(|| {
            let mut out = String::from("ż");
            text::transliterate_into(&text, &mut out);
            assert_eq!(out.strip_prefix('ż'), Some(written.as_str()));
            let counted = text::segments_with(&text, reference).units;
            assert_eq!(counted, septets.unwrap_or(units as u32));
            for diacritics in [Diacritics::Plain, Diacritics::Polish, Diacritics::WhenFree] {
                let finished = text::finish(&text, diacritics, reference);
                assert_eq!(finished.text, weighed(&text, diacritics, reference));
                assert_eq!(finished.segments, text::segments_with(&finished.text, reference));
                let mut out = String::from("ż");
                assert_eq!(text::finish_into(&text, diacritics, reference, &mut out), finished.segments);
                assert_eq!(out.strip_prefix('ż'), Some(&*finished.text));
                let there = written_in(text.len() + SLACK, |room| text::finish_to(&text, diacritics, reference, room));
                if let Some((there, segments)) = there {
                    assert_eq!((there.as_str(), segments), (&*finished.text, finished.segments));
                }
            }
            let there = written_in(text.len() + SLACK, |room| Some((text::transliterate_to(&text, room)?, ())));
            assert!(there.is_none_or(|(there, ())| there == written));
            assert_eq!(text::transliterate_to(&text, &mut []), None);
        });
    }

    #[test]
    fn every_kind_of_column_gives_the_same(values in prop::collection::vec(value(), 0..60)) {
        let template = Template::compile("Witaj (imie), do zobaczenia (data|jutro)!", &catalogue()).unwrap();
        let rows = Rows::new(&template, RowOptions::default());
        let texts: Vec<&str> = values.iter().map(String::as_str).collect();
        let optional: Vec<Option<&str>> = texts.iter().map(|text| (!text.is_empty()).then_some(*text)).collect();
        let bytes = values.concat();
        let ends = std::iter::once(0).chain(values.iter().scan(0, |at, value| { *at += value.len(); Some(*at) }));
        let long: Vec<i64> = ends.map(|end| end as i64).collect();
        let short: Vec<i32> = long.iter().map(|end| *end as i32).collect();
        let mut expected = Batch::new();
        rows.render_batch(values.len(), &[Column::Texts(&texts), Column::Same("")], &mut expected).unwrap();
        for column in [
            Column::Optional(&optional),
            Column::Strings(&values),
            Column::Utf8 { offsets: &short, bytes: &bytes },
            Column::LargeUtf8 { offsets: &long, bytes: &bytes },
        ] {
            let mut batch = Batch::new();
            rows.render_batch(values.len(), &[column, Column::Same("")], &mut batch).unwrap();
            prop_assert!(batch == expected);
        }
    }
}

#[test]
fn usual_messages_are_written_straight_into_memory_of_the_callers() {
    let template = Template::compile("Dzień dobry (imie), czekamy (data|jutro).", &catalogue()).unwrap();
    let plainly = |text: &str| (text.to_owned(), text::segments(text));
    let usual = "Zażółć gęślą jaźń, 12 € za wizytę";
    /// Without registers, the way of a `String` is as short.
    fn is_there<T>(there: T) -> Option<T> {
        (Level::best() != Level::Safe).then_some(there)
    }
    at_every_level(|| {
        let bits = ReferenceBits::Eight;
        for text in [usual, "ASCII", ""] {
            let plain = text::transliterate(text).text;
            let finish = |room: &mut [MaybeUninit<u8>]| text::finish_to(text, Diacritics::Plain, bits, room);
            assert_eq!(written_in(text.len() + SLACK, finish), is_there(plainly(&plain)));
            assert_eq!(written_in(text.len() + SLACK - 1, finish), None);
            let keep = |room: &mut [MaybeUninit<u8>]| text::finish_to(text, Diacritics::Polish, bits, room);
            assert_eq!(written_in(text.len(), keep), Some(plainly(text)));
            let letters = |room: &mut [MaybeUninit<u8>]| Some((text::transliterate_to(text, room)?, ()));
            assert_eq!(written_in(text.len() + SLACK, letters), is_there((plain.into_owned(), ())));
            assert_eq!(written_in(text.len() + SLACK - 1, letters), None);
        }
        for (diacritics, message) in [
            (Diacritics::Plain, "Dzien dobry Zoe, czekamy jutro."),
            (Diacritics::Polish, "Dzień dobry Zoe, czekamy jutro."),
        ] {
            let rows = Rows::new(&template, RowOptions { diacritics, ..RowOptions::default() });
            let render = |room: &mut [MaybeUninit<u8>]| rows.render_to(&["Zoe", ""], room);
            assert_eq!(written_in(message.len() + SLACK, render), is_there(plainly(message)));
            assert_eq!(written_in(message.len(), render), None);
            assert_eq!(written_in(500, |room| rows.render_to(&["", ""], room)), None);
        }
    });
}

/// Rows are put together where there is room for some thousand bytes.
#[test]
fn long_values_and_long_bodies_are_rendered_as_short_ones() {
    let long =
        [10, 63, 64, 65, 700, 1_500, 7_000, 8_192, 20_000].map(|len| "Łucja i Jan ".repeat(len / 12 + 1));
    let values: Vec<&str> = (0..200).map(|row| long[row * row % long.len()].trim()).collect();
    for body in [
        "(imie), (nazwisko)!",
        "Witaj (imie) (nazwisko|Żak)",
        &format!("{}(imie)(nazwisko|ż)", "Zażółć. ".repeat(90)),
    ] {
        let template = Template::compile(body, &catalogue()).unwrap();
        for diacritics in [Diacritics::Plain, Diacritics::Polish] {
            let rows = Rows::new(&template, RowOptions { diacritics, ..RowOptions::default() });
            at_every_level(|| {
                let (mut batch, mut one) = (Batch::new(), String::new());
                let columns = [Column::Texts(&values), Column::Texts(&values)];
                rows.render_batch(values.len(), &columns, &mut batch).unwrap();
                for (row, value) in values.iter().enumerate() {
                    let mut rendered = String::new();
                    template.render_into(&Plainly(&rows, vec![value, value]), &mut rendered).unwrap();
                    one.clear();
                    rows.write_into(&[value, value], &mut one).unwrap();
                    assert_eq!(one, rendered);
                    let finished = text::finish(&rendered, diacritics, ReferenceBits::Eight);
                    assert_eq!(batch.message(row), Some(&*finished.text));
                    assert_eq!(batch.segments()[row], finished.segments.count);
                    one.clear();
                    assert_eq!(rows.render_into(&[value, value], &mut one), Ok(finished.segments));
                    assert_eq!(one, finished.text);
                }
            });
        }
    }
}

/// Registers are looked at four by four, one by one, and the last one again.
#[test]
fn a_character_is_found_wherever_it_stands() {
    let usual = "www.Abc 1/2; ".repeat(12);
    let expected = |before: &str, character: &str, after: &str| {
        let text = format!("{before}{character}{after}");
        (text::transliterate(&text).text.into_owned(), text)
    };
    at_every_level(|| {
        let mut out = String::new();
        for len in 0..=usual.len() {
            for at in 0..=len {
                for character in ["", "ż", "é", "€", "…", "😀"] {
                    if character.is_empty() && at < len {
                        continue;
                    }
                    let (plain, text) = expected(&usual[..at], character, &usual[at..len]);
                    out.clear();
                    text::transliterate_into(&text, &mut out);
                    assert_eq!(out, plain);
                    let septets: Option<u32> = text.chars().map(text::gsm7::septets).sum();
                    let units = text.chars().map(char::len_utf16).sum::<usize>();
                    assert_eq!(text::segments(&text).units, septets.unwrap_or(units as u32), "{text}");
                }
            }
        }
    });
}

#[cfg(feature = "rayon")]
#[test]
fn many_threads_give_the_same_in_the_same_order() {
    let template = Template::compile("Witaj (imie), wizyta (data).", &catalogue()).unwrap();
    let rows = Rows::new(&template, RowOptions::default());
    let names: Vec<String> =
        (0..20_011).map(|row| if row % 97 == 0 { String::new() } else { format!("Łucja {row}") }).collect();
    let columns = [Column::Strings(&names), Column::Same("jutro")];
    let (mut one, mut many) = (Batch::new(), Batch::new());
    rows.render_batch(names.len(), &columns, &mut one).unwrap();
    rows.render_batch_parallel(names.len(), &columns, &mut many).unwrap();
    assert!(one == many);
    assert_eq!(one.missing().len(), 207);
}

#[test]
fn rows_that_come_in_pieces_make_one_batch() {
    let template = Template::compile("Witaj (imie), wizyta (data).", &catalogue()).unwrap();
    let rows = Rows::new(&template, RowOptions::default());
    let names: Vec<String> =
        (0..1_003).map(|row| if row % 97 == 0 { String::new() } else { format!("Łucja {row}") }).collect();
    let (mut whole, mut pieces) = (Batch::new(), Batch::new());
    rows.render_batch(names.len(), &[Column::Strings(&names), Column::Same("jutro")], &mut whole).unwrap();
    let (mut apart, mut put_together) = (Batch::new(), Batch::new());
    for piece in names.chunks(64) {
        let columns = [Column::Strings(piece), Column::Same("jutro")];
        rows.append_batch(piece.len(), &columns, &mut pieces).unwrap();
        rows.render_batch(piece.len(), &columns, &mut apart).unwrap();
        put_together.append(&apart);
    }
    assert!(whole == pieces && whole == put_together);
    assert_eq!(whole.missing().last().map(|missing| missing.row), Some(970));
    let short = rows.append_batch(2, &[Column::Strings(&names), Column::Same("jutro")], &mut pieces);
    assert!(short.is_err() && whole == pieces);
    pieces.move_text_into("what was there before".to_owned());
    assert!(whole == pieces);
    let (ends, parts) = (whole.ends().to_vec(), pieces.into_parts());
    assert!(parts.text == whole.text() && parts.ends == ends && parts.missing.len() == 11);
}

#[test]
fn columns_that_do_not_fit_are_refused_and_the_batch_stays() {
    let template = Template::compile("(imie), (nazwisko)", &catalogue()).unwrap();
    let rows = Rows::new(&template, RowOptions::default());
    let mut batch = Batch::new();
    rows.render_batch(1, &[Column::Same("Anna"), Column::Same("Żak")], &mut batch).unwrap();
    let before = batch.clone();
    let count = rows.render_batch(1, &[Column::Same("Anna")], &mut batch).unwrap_err();
    assert_eq!(count, ColumnsFault::Count { expected: 2, got: 1 });
    let short =
        rows.render_batch(3, &[Column::Same("Anna"), Column::Texts(&["Żak"])], &mut batch).unwrap_err();
    assert_eq!(short.to_string(), "column of (nazwisko): expected 3 rows, got 1");
    assert!(batch == before);
}

#[test]
fn offsets_that_point_nowhere_are_no_value() {
    let template = Template::compile("(imie|Pacjencie)", &catalogue()).unwrap();
    let rows = Rows::new(&template, RowOptions::default());
    let mut batch = Batch::new();
    let offsets = [0, 2, 99, -1, 3];
    rows.render_batch(4, &[Column::Utf8 { offsets: &offsets, bytes: "Łucja" }], &mut batch).unwrap();
    assert_eq!(batch.text(), "LPacjenciePacjenciePacjencie");
}

#[test]
fn a_row_without_a_value_names_the_first_placeholder() {
    let template = Template::compile("(imie) (nazwisko)", &catalogue()).unwrap();
    let rows = Rows::new(&template, RowOptions::default());
    let mut out = String::new();
    let missing = rows.render_into(&["  ", ""], &mut out).unwrap_err();
    assert_eq!(missing, MissingValue { placeholder: "imie".into() });
    assert_eq!(rows.render_into(&["Anna"], &mut out), Err(MissingValue { placeholder: "nazwisko".into() }));
    assert!(out.is_empty());
}

#[test]
fn what_a_row_had_decides_of_no_other() {
    let mut catalogue = catalogue();
    let url = format!("www.estomed.pl/{}", "a".repeat(485));
    catalogue.add_link(LinkMarker { name: "dluga".into(), url }).unwrap();
    // more than is put together in one piece
    let template = Template::compile(&format!("(imie){}", " (dluga)".repeat(17)), &catalogue).unwrap();
    at_every_level(|| {
        let rows = Rows::new(&template, RowOptions::default());
        let render = |name| written_in(20_000, |room| rows.render_to(&[name], room));
        let before = render("Anna");
        render("Łucja");
        assert_eq!(render("Anna"), before);
    });
}
