//! Call records of exchanges: whatever stands in a file, it is read or it is a fault with its line.
//!
//! Input: a byte that chooses the format, a byte for the size of pieces, the file.

use crate::input::Input;
use depesza::model::Call;
use depesza_call_records::asterisk::{self, Columns, Joiner, Omitted, Row};
use depesza_call_records::freeswitch::{self, Template};
use depesza_call_records::lines::Lines;
use depesza_call_records::{Place, Told, detect};

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let format = input.byte();
    let piece = usize::from(input.byte()) + 1;
    let file = input.0;

    let _ = detect(file);
    in_pieces(file, piece);
    let told = read(format, file);
    let again = read(format, file);
    assert!(told.calls == again.calls && told.faults == again.faults, "the same bytes give the same calls");

    let lines = file.split(|byte| *byte == b'\n').count() as u64;
    assert!(told.faults.len() <= Told::FAULTS);
    assert!(told.more_faults == 0 || told.faults.len() == Told::FAULTS);
    for fault in &told.faults {
        assert!((1..=lines).contains(&fault.line), "a fault stands on a line of the file: {fault}");
    }
    told.calls.iter().for_each(a_call);
}

fn read(format: u8, file: &[u8]) -> Told {
    match format % 6 {
        choice @ 0..=2 => {
            let columns = [Columns::SAMPLE, Columns::NONE, Columns::ALL][usize::from(choice)];
            let omitted = if format & 0x80 == 0 { Omitted::Read } else { Omitted::LeftOut };
            let options = asterisk::Options {
                columns,
                omitted,
                trunks: vec!["IAX2/operator-".into(), "PJSIP/operator-".into()],
                dialled: [("ext-queues/401".to_owned(), "221234521".to_owned())].into(),
                ..asterisk::Options::default()
            };
            let told = asterisk::read(file, options.clone()).expect("options in their ranges");
            assert_eq!(row_by_row(file, options), told.calls, "rows one by one give the same calls");
            told
        }
        3 => freeswitch::read_json(file, &freeswitch::Options::default()).expect("options in their ranges"),
        choice => {
            let template = if choice == 4 { Template::Example } else { Template::Asterisk };
            freeswitch::read_csv(file, template, &freeswitch::Options::default())
                .expect("options in their ranges")
        }
    }
}

/// Pieces of any size give the same lines, one after another, from the first byte to the last.
fn in_pieces(file: &[u8], size: usize) {
    let mut whole = Lines::default();
    let mut expected = whole.feed(file);
    expected.extend(whole.finish());
    let (mut lines, mut found) = (Lines::default(), Vec::new());
    for piece in file.chunks(size) {
        found.extend(lines.feed(piece));
    }
    found.extend(lines.finish());
    assert_eq!(found, expected);
    for line in found.into_iter().flatten() {
        let from = usize::try_from(line.place.offset).expect("an offset within");
        assert!(file[from..].starts_with(&line.bytes));
    }
}

fn row_by_row(file: &[u8], options: asterisk::Options) -> Vec<Call> {
    let columns = options.columns;
    let mut joiner = Joiner::new(options).expect("options in their ranges");
    let (mut lines, mut calls) = (Lines::at(Place::START), Vec::new());
    let mut all = lines.feed(file);
    all.extend(lines.finish());
    for line in all.into_iter().flatten() {
        if let Ok(Some(row)) = Row::from_csv(line.place.line, &line.bytes, columns) {
            calls.extend(joiner.take(row, line.place));
        }
    }
    calls.extend(joiner.flush());
    assert_eq!(joiner.waiting(), 0);
    calls
}

/// What the engine asks of a call.
fn a_call(call: &Call) {
    assert!((1..=100).contains(&call.system.len()));
    assert!(
        (1..=200).contains(&call.id.to_string().len()),
        "an identifier of {} bytes",
        call.id.to_string().len()
    );
    assert!(call.started_at <= call.ended_at);
}
