//! The day as Asterisk's `cdr_csv` writes it: a row for every leg, 18 columns, local time, those of a call when it is over.

use super::happened::{Happened, Leg, Way, epoch, wall};
use crate::month::rng::Rng;
use std::fmt::Write;

/// The length at which Asterisk cuts the caller's name and number, and the arguments of an application, in bytes.
const CUT: usize = 79;

/// Writes all rows.
pub fn write(rng: &mut Rng, calls: &[Happened]) -> String {
    let mut text = String::new();
    for (number, call) in (0_u32..).map(|number| number * 4).zip(calls) {
        let channel = match call.way {
            Way::Incoming => format!("PJSIP/operator-{:08x}", number + 1),
            Way::Outgoing => format!("PJSIP/{}-{:08x}", call.phone, number + 1),
            Way::Internal => format!("PJSIP/{}-{:08x}", call.own, number + 1),
        };
        let id = format!("{}.{number}", epoch(call.start));
        let mut legs: Vec<&Leg> = call.legs.iter().collect();
        // phones that ring together are written in no order
        if legs.len() > 2 && rng.percent(50) {
            legs.reverse();
        }
        for (at, leg) in (2..).zip(legs) {
            row(&mut text, call, leg, &channel, &id, number + at);
        }
    }
    text
}

fn row(text: &mut String, call: &Happened, leg: &Leg, channel: &str, id: &str, number: u32) {
    let (src, name) = match call.way {
        Way::Incoming => (without_marks(&call.party.number), call.party.name.as_str()),
        Way::Outgoing => (call.own.to_owned(), "Przychodnia Lipowa"),
        Way::Internal => (call.own.to_owned(), "Recepcja"),
    };
    let name = name.replace('"', "\\\"");
    let clid = cut(&format!("\"{name}\" <{src}>"));
    let to = if leg.to.is_empty() { String::new() } else { format!("PJSIP/{}-{number:08x}", leg.to) };
    let time = |second| wall(second).format("%Y-%m-%d %H:%M:%S").to_string();
    for field in
        ["", &src, &leg.dst, leg.context, &clid, channel, &to, leg.app, &cut(&leg.data), &time(leg.start)]
    {
        quoted(text, field);
        text.push(',');
    }
    if let Some(answer) = leg.answer {
        quoted(text, &time(answer));
    }
    text.push(',');
    quoted(text, &time(leg.end));
    let billsec = leg.answer.map_or(0, |answer| leg.end - answer);
    // writing to a String cannot fail
    let _ = write!(text, ",{},{billsec}", leg.end - leg.start);
    for field in [leg.disposition, "DOCUMENTATION", id, ""] {
        text.push(',');
        quoted(text, field);
    }
    text.push('\n');
}

/// Asterisk drops spaces and hyphens of a number.
fn without_marks(number: &str) -> String {
    number.chars().filter(|c| !matches!(c, ' ' | '-')).collect()
}

/// At most so many bytes; Asterisk cuts inside a letter, here the letter goes whole.
fn cut(text: &str) -> String {
    let mut end = CUT.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

fn quoted(text: &mut String, field: &str) {
    text.push('"');
    text.push_str(&field.replace('"', "\"\""));
    text.push('"');
}
