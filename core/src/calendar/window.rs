//! Whether an instant is inside send windows, and the nearest that is.
//!
//! A range of a day is the time between two instants, its bounds resolved through daylight saving; so a range over
//! the repeated hour in autumn is an hour longer, and one inside the hour missing in spring is empty on that day.

use super::{
    holidays::is_holiday,
    zone::{local_date, resolve},
};
use crate::model::{HolidayPolicy, MINUTE_MS, SendWindow, TimeOfDay, Timestamp, WindowRange, Zone};
use chrono::{Datelike, NaiveDate, NaiveTime, TimeDelta};

/// How many days ahead or back an allowed time is looked for.
pub const SEARCH_DAYS: usize = 400;
/// How long before the end of the hours what is brought forward goes.
const BEFORE_CLOSING_MS: i64 = 15 * MINUTE_MS;

/// Whether a window allows an instant.
#[must_use]
pub fn allowed(window: &SendWindow, zone: Zone, at: Timestamp) -> bool {
    // of the day before: a range over midnight; of the day after: where the clock goes back over midnight
    let today = local_date(zone, at);
    let days = [today.pred_opt(), Some(today), today.succ_opt()];
    days.into_iter().flatten().any(|day| spans_of(window, zone, day).any(|span| span.contains(at)))
}

/// Whether every window allows an instant; without a window everything is allowed.
#[must_use]
pub fn all_allow(windows: &[&SendWindow], zone: Zone, at: Timestamp) -> bool {
    windows.iter().all(|window| allowed(window, zone, at))
}

/// The first instant from `at` on that every window allows; `None` when there is none within [`SEARCH_DAYS`] days.
#[must_use]
pub fn next_allowed(windows: &[&SendWindow], zone: Zone, at: Timestamp) -> Option<Timestamp> {
    next_allowed_until(windows, zone, at, Timestamp::MAX)
}

/// The last time up to `at` that every window allows; `None` when there is none within [`SEARCH_DAYS`] days.
///
/// That is `at` itself where it is allowed. Where it is not, the end of the hours before it is excluded from them, and
/// what is due in their last moment has no time for a queue, another attempt or a host that is starting: the answer is
/// a quarter of an hour before, 19:45:00 for hours that end at 20:00 (or the start of the hours, when they are shorter).
#[must_use]
pub fn previous_allowed(windows: &[&SendWindow], zone: Zone, at: Timestamp) -> Option<Timestamp> {
    previous_allowed_from(windows, zone, at, Timestamp::MIN)
}

/// [`next_allowed`], but not after `latest`.
pub(super) fn next_allowed_until(
    windows: &[&SendWindow],
    zone: Zone,
    at: Timestamp,
    latest: Timestamp,
) -> Option<Timestamp> {
    let days = local_date(zone, at).iter_days().take(SEARCH_DAYS);
    let days = days.map(|date| (date, day_span(zone, date))).take_while(|(_, day)| day.from <= latest);
    let mut found = days.filter_map(|(date, day)| {
        let open: Vec<_> = windows.iter().map(|window| open_during(window, zone, date, day)).collect();
        first_in_all(&open, at)
    });
    found.next().filter(|found| *found <= latest)
}

/// [`previous_allowed`], but not before `earliest`.
pub(super) fn previous_allowed_from(
    windows: &[&SendWindow],
    zone: Zone,
    at: Timestamp,
    earliest: Timestamp,
) -> Option<Timestamp> {
    // where the clock goes back over midnight, the next date has begun once before
    let newest = local_date(zone, at).succ_opt()?;
    let days = newest.iter_days().rev().take(SEARCH_DAYS).map(|date| (date, day_span(zone, date)));
    let days = days.take_while(|(_, day)| day.to > earliest).filter(|(_, day)| day.from <= at);
    let mut found = days.filter_map(|(date, day)| {
        let open: Vec<_> = windows.iter().map(|window| open_during(window, zone, date, day)).collect();
        last_in_all(&open, at.min(day.last()))
    });
    let last = found.next().filter(|last| *last >= earliest)?;
    if last == at {
        return Some(at);
    }
    next_allowed_until(windows, zone, last.plus_ms(1 - BEFORE_CLOSING_MS).max(earliest), last)
}

/// The instants from `from`, included, to `to`, excluded.
#[derive(Clone, Copy)]
struct Span {
    from: Timestamp,
    to: Timestamp,
}

impl Span {
    fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    fn is_empty(self) -> bool {
        self.from >= self.to
    }

    fn last(self) -> Timestamp {
        self.to.plus_ms(-1)
    }

    fn within(self, outer: Self) -> Self {
        Self { from: self.from.max(outer.from), to: self.to.min(outer.to) }
    }
}

/// A date's part of time. The parts of successive dates follow each other without a hole or an overlap, whatever the
/// clock does; that of a date which the calendar left out is empty.
fn day_span(zone: Zone, date: NaiveDate) -> Span {
    Span { from: instant(zone, date, TimeOfDay::DAY_START), to: instant(zone, date, TimeOfDay::DAY_END) }
}

/// Whether a range has hours on a day, which may reach into the next.
pub(super) fn opens_on(window: &SendWindow, range: &WindowRange, day: NaiveDate) -> bool {
    range.weekdays.contains(day.weekday())
        && range.dates.is_none_or(|dates| dates.contains(day))
        && (window.holidays == HolidayPolicy::Send || !is_holiday(&window.holiday_calendar, day))
}

/// The hours of a day's ranges, to where they end on the next day.
fn spans_of(window: &SendWindow, zone: Zone, day: NaiveDate) -> impl Iterator<Item = Span> {
    window.ranges.iter().filter(move |range| opens_on(window, range, day)).map(move |range| {
        let last_day = if range.to < range.from { day.succ_opt().unwrap_or(day) } else { day };
        Span { from: instant(zone, day, range.from), to: instant(zone, last_day, range.to) }
    })
}

/// What a window leaves open of a date's part of time: the ranges of that date, and those that began the day before.
fn open_during(window: &SendWindow, zone: Zone, date: NaiveDate, day: Span) -> Vec<Span> {
    let dates = [date.pred_opt(), Some(date)];
    let spans = dates.into_iter().flatten().flat_map(|date| spans_of(window, zone, date));
    spans.map(|span| span.within(day)).filter(|span| !span.is_empty()).collect()
}

/// The first instant from `at` on that is in a span of every list. Each round moves on to the start of a span.
fn first_in_all(lists: &[Vec<Span>], mut at: Timestamp) -> Option<Timestamp> {
    let first_in = |at: Timestamp, spans: &Vec<Span>| {
        spans.iter().filter(|span| at < span.to).map(|span| span.from.max(at)).min()
    };
    loop {
        let moved = lists.iter().try_fold(at, first_in)?;
        if moved == at {
            return Some(at);
        }
        at = moved;
    }
}

/// The last instant up to `at` that is in a span of every list. Each round moves back to the end of a span.
fn last_in_all(lists: &[Vec<Span>], mut at: Timestamp) -> Option<Timestamp> {
    let last_in = |at: Timestamp, spans: &Vec<Span>| {
        spans.iter().filter(|span| span.from <= at).map(|span| span.last().min(at)).max()
    };
    loop {
        let moved = lists.iter().try_fold(at, last_in)?;
        if moved == at {
            return Some(at);
        }
        at = moved;
    }
}

fn instant(zone: Zone, date: NaiveDate, time: TimeOfDay) -> Timestamp {
    let midnight = date.and_time(NaiveTime::MIN);
    let wall = midnight.checked_add_signed(TimeDelta::seconds(time.seconds().into()));
    resolve(zone, wall.unwrap_or(midnight))
}
