//! Lines of `mod_cdr_csv` by the two templates shipped with FreeSWITCH. Not allowed here: what became of the call.

use super::leg::{Leg, Side};
use super::options::{Options, Template};
use super::{expected, join};
use crate::fault::{Fault, OptionsError, Told};
use crate::lines::{Line, Lines};
use crate::wall::{Hints, resolve};
use chrono::NaiveDateTime;
use depesza::model::{SECOND_MS, Timestamp};

/// Reads a file of one template. It holds A-legs, as `mod_cdr_csv` writes by default.
///
/// The template has no cause by number, no bridge time and no gateway: answered is what was bridged and has a `billsec`.
///
/// # Errors
/// As [`Options::check`]. What is wrong with lines stands in [`Told::faults`]; the others are read.
pub fn read_csv(bytes: &[u8], template: Template, options: &Options) -> Result<Told, OptionsError> {
    options.check()?;
    let mut told = Told::default();
    let mut legs: Vec<Leg> = Vec::new();
    let mut lines = Lines::default();
    let mut all = lines.feed(bytes);
    all.extend(lines.finish());
    for line in all {
        let file = legs.last().map(|leg| leg.ended);
        match line.and_then(|line| leg(&line, template, options, file)) {
            Ok(leg) => legs.extend(leg),
            Err(fault) => told.wrong(fault),
        }
    }
    told.calls = join(legs, options);
    Ok(told)
}

/// Where a template has what.
struct Columns {
    count: usize,
    caller: usize,
    dialled: usize,
    context: usize,
    start: usize,
    billsec: usize,
    cause: usize,
    id: usize,
    bridged: usize,
    last_app: Option<usize>,
}

const fn columns(template: Template) -> Columns {
    match template {
        Template::Example => Columns {
            count: 15,
            caller: 1,
            dialled: 2,
            context: 3,
            start: 4,
            billsec: 8,
            cause: 9,
            id: 10,
            bridged: 11,
            last_app: None,
        },
        Template::Asterisk => Columns {
            count: 18,
            caller: 1,
            dialled: 2,
            context: 3,
            start: 9,
            billsec: 13,
            cause: 14,
            id: 16,
            bridged: 6,
            last_app: Some(7),
        },
    }
}

fn leg(
    line: &Line,
    template: Template,
    options: &Options,
    file: Option<Timestamp>,
) -> Result<Option<Leg>, Fault> {
    let number = line.place.line;
    if line.bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let columns = columns(template);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.bytes.as_slice());
    let mut record = csv::ByteRecord::new();
    reader.read_byte_record(&mut record).map_err(|_| expected(number, "a line of comma separated values"))?;
    if record.len() != columns.count {
        return Err(expected(number, &format!("{} columns, found {}", columns.count, record.len())));
    }
    let field =
        |place: usize| String::from_utf8_lossy(record.get(place).unwrap_or_default()).trim().to_owned();
    let wall = |place: usize| NaiveDateTime::parse_from_str(&field(place), "%Y-%m-%d %H:%M:%S").ok();
    let seconds = |place: usize| field(place).parse::<u32>().ok();
    let start = wall(columns.start).ok_or_else(|| expected(number, "a time in start_stamp"))?;
    let took_s = seconds(columns.start + 3).ok_or_else(|| expected(number, "whole seconds in duration"))?;
    let billsec_s = seconds(columns.billsec).ok_or_else(|| expected(number, "whole seconds in billsec"))?;
    let end = wall(columns.start + 2);
    let hints = Hints { end: end.map(|end| (end, took_s)), file, ..Hints::default() };
    let started = resolve(options.zone, start, hints);
    let after = |s: u32| started.plus_ms(i64::from(s) * SECOND_MS);
    let answered = wall(columns.start + 1).map(|_| after(took_s.saturating_sub(billsec_s)));
    let id = Some(field(columns.id)).filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| expected(number, "an identifier in uuid"))?;
    Ok(Some(Leg {
        id,
        belongs_to: None,
        side: Side::A,
        direction: None,
        caller: field(columns.caller),
        shown: String::new(),
        dialled: field(columns.dialled),
        context: field(columns.context),
        gateway: String::new(),
        started,
        answered,
        bridged: answered.filter(|_| billsec_s > 0 && !field(columns.bridged).is_empty()),
        ended: after(took_s),
        billsec_s,
        cause: field(columns.cause),
        cause_code: None,
        status: String::new(),
        voicemail: columns.last_app.is_some_and(|place| field(place) == "voicemail"),
        answered_by: None,
    }))
}
