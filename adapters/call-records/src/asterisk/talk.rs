//! How long a call rang, and how long people talked. Not allowed here: who is a person.

use super::leg::Leg;
use super::options::Options;
use depesza::model::{SECOND_MS, Timestamp};

/// Seconds in which a person was on the line: the union over the legs that people answered, and over what a phone of ours
/// did itself while it asked another (a transfer with asking first). 0 where no person answered.
pub(crate) fn talk_s(legs: &[Leg], people: &[&Leg], options: &Options) -> u32 {
    if people.is_empty() {
        return 0;
    }
    let mut spans: Vec<Span> = people.iter().filter_map(|leg| Span::of_person(leg, legs)).collect();
    spans.extend(legs.iter().filter(|leg| asks(leg, options)).filter_map(Span::of));
    spans.sort_by_key(|span| (span.from, span.to));
    let mut total_s = 0_u32;
    let mut current: Option<Span> = None;
    for span in spans {
        current = Some(match current {
            Some(before) if span.from <= before.to => before.with(&span),
            Some(before) => {
                total_s = total_s.saturating_add(before.seconds());
                span
            }
            None => span,
        });
    }
    total_s.saturating_add(current.map_or(0, |span| span.seconds()))
}

/// Seconds from the first leg that rang somebody to the person who answered, or over all legs that rang where none did. A menu
/// or a greeting before the first phone is in it: its row begins with the call.
pub(crate) fn ring_s(legs: &[Leg], people: &[&Leg]) -> u32 {
    let rang = || legs.iter().filter(|leg| leg.rang());
    let Some(from) = rang().map(|leg| leg.start).min() else { return 0 };
    let answered = people.iter().filter_map(|leg| Span::of_person(leg, legs)).map(|span| span.from).min();
    let until = answered.or_else(|| rang().map(|leg| leg.end).max()).unwrap_or(from);
    seconds(until.since_ms(from))
}

/// A phone of ours that calls another in the middle of a call.
fn asks(leg: &Leg, options: &Options) -> bool {
    leg.answered() && leg.row.lastapp == "AppDial" && !leg.is_local() && !options.is_trunk(&leg.row.channel)
}

struct Span {
    from: Timestamp,
    to: Timestamp,
    /// What Asterisk counted itself, where the span is one row's and begins with its answer.
    counted_s: Option<u32>,
}

impl Span {
    fn of(leg: &Leg) -> Option<Self> {
        Some(Self { from: leg.answer?, to: leg.end, counted_s: Some(leg.row.billsec_s) })
    }

    /// Where the exchange had answered before the phones rang, a row counts their ringing as talk: the person answered when
    /// the other phones that rang with that one stopped.
    fn of_person(leg: &Leg, legs: &[Leg]) -> Option<Self> {
        let span = Self::of(leg)?;
        if leg.row.answer != Some(leg.row.start) {
            return Some(span);
        }
        let rang_along = |other: &&Leg| {
            other.row.channel == leg.row.channel
                && other.row.lastapp == leg.row.lastapp
                && other.row.lastdata == leg.row.lastdata
                && !other.answered()
                && leg.start < other.end
                && other.end <= leg.end
        };
        Some(match legs.iter().filter(rang_along).map(|other| other.end).max() {
            Some(stopped) if span.from < stopped => Self { from: stopped, to: span.to, counted_s: None },
            _ => span,
        })
    }

    fn with(self, other: &Self) -> Self {
        // twin rows are one
        let counted_s = self
            .counted_s
            .filter(|_| self.from == other.from && self.to == other.to && other.counted_s.is_some());
        Self { from: self.from, to: self.to.max(other.to), counted_s }
    }

    fn seconds(&self) -> u32 {
        self.counted_s.unwrap_or_else(|| seconds(self.to.since_ms(self.from)))
    }
}

fn seconds(ms: i64) -> u32 {
    u32::try_from(ms / SECOND_MS).unwrap_or_default()
}
