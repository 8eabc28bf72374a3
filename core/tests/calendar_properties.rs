//! The calendar against a reference that knows no rule but "go through the minutes one by one".
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests may fail like tests")]

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Weekday};
use depesza::calendar::{
    Moved, NoSlot, Placed, Placement, all_allow, allowed, is_holiday, local, next_allowed, place_later,
    place_reminder, previous_allowed, resolve,
};
use depesza::model::{
    DAY_MS, DateRange, HolidayCalendar, HolidayPolicy, MINUTE_MS, OutsidePolicy, SendWindow, TimeOfDay,
    Timestamp, Weekdays, WindowRange, Zone,
};
use proptest::prelude::*;

/// Zones, and a date about which their clocks did something.
const SCENES: [(&str, &str); 9] = [
    ("Europe/Warsaw", "2026-03-29"),       // an hour forward
    ("Europe/Warsaw", "2026-10-25"),       // an hour back
    ("Europe/Warsaw", "2026-12-25"),       // nothing, but holidays
    ("America/St_Johns", "2010-11-07"),    // back over midnight, at 00:01
    ("America/Sao_Paulo", "2017-10-15"),   // forward at midnight: the day begins at 01:00
    ("America/Havana", "2025-11-02"),      // back at 01:00, to midnight
    ("Australia/Lord_Howe", "2026-04-05"), // half an hour back
    ("Pacific/Apia", "2011-12-30"),        // the day does not exist
    ("Asia/Kathmandu", "2026-05-03"),      // an odd offset and no change
];

/// Days about the scene's date that the reference covers, each way.
const REACH_DAYS: i64 = 6;

/// Some days of a zone, minute by minute.
struct Minutes {
    zone: Zone,
    date: NaiveDate,
    /// Every minute, with what the wall shows.
    minutes: Vec<(Timestamp, NaiveDateTime)>,
}

impl Minutes {
    fn of(scene: usize) -> Self {
        let (zone, date) = SCENES[scene];
        let (zone, date): (Zone, NaiveDate) = (zone.parse().unwrap(), date.parse().unwrap());
        let middle = Timestamp::from(date.and_time(NaiveTime::MIN).and_utc());
        let first = middle.plus_ms(-REACH_DAYS * DAY_MS);
        let count = 2 * REACH_DAYS * DAY_MS / MINUTE_MS;
        let instants = (0..count).map(|minute| first.plus_ms(minute * MINUTE_MS));
        Self { zone, date, minutes: instants.map(|at| (at, local(zone, at))).collect() }
    }

    /// The first minute at which the wall shows `wall` or has passed it: the definition of a resolved time.
    fn index_of(&self, wall: NaiveDateTime) -> usize {
        let index = self.minutes.iter().position(|(_, shown)| *shown >= wall);
        index.unwrap_or(self.minutes.len())
    }

    /// Which minutes a window allows.
    fn allowed_by(&self, window: &SendWindow) -> Vec<bool> {
        let mut allowed = vec![false; self.minutes.len()];
        for day in (-REACH_DAYS - 2..=REACH_DAYS + 2).map(|days| self.date + TimeDelta::days(days)) {
            let holiday = is_holiday(&window.holiday_calendar, day);
            if holiday && window.holidays == HolidayPolicy::Avoid {
                continue;
            }
            for range in &window.ranges {
                let in_dates = range.dates.is_none_or(|dates| dates.first <= day && day <= dates.last);
                if !in_dates || !range.weekdays.iter().any(|weekday| weekday == day.weekday()) {
                    continue;
                }
                let over_midnight = TimeDelta::days(i64::from(range.to < range.from));
                let midnight = day.and_time(NaiveTime::MIN);
                let from = midnight + TimeDelta::seconds(range.from.seconds().into());
                let to = midnight + TimeDelta::seconds(range.to.seconds().into()) + over_midnight;
                let (from, to) = (self.index_of(from), self.index_of(to));
                if from < to {
                    allowed[from..to].fill(true);
                }
            }
        }
        allowed
    }

    fn at(&self, index: usize) -> Timestamp {
        self.minutes[index].0
    }
}

fn weekdays() -> impl Strategy<Value = Weekdays> {
    let some = (1u8..128).prop_map(|bits| {
        (0..7u8).filter(|day| bits & (1 << day) != 0).map(|day| Weekday::try_from(day).unwrap()).collect()
    });
    prop_oneof![2 => Just(Weekdays::ALL), 1 => some]
}

fn time() -> impl Strategy<Value = TimeOfDay> {
    // more often in the small hours, where the clocks change
    let minutes = prop_oneof![0u32..240, 0u32..=1440];
    minutes.prop_map(|minutes| TimeOfDay::hms(minutes / 60, minutes % 60, 0).unwrap())
}

fn date(scene: usize) -> impl Strategy<Value = NaiveDate> {
    let middle: NaiveDate = SCENES[scene].1.parse().unwrap();
    (-REACH_DAYS..=REACH_DAYS).prop_map(move |days| middle + TimeDelta::days(days))
}

fn range(scene: usize) -> impl Strategy<Value = WindowRange> {
    let dates = proptest::option::weighted(0.3, (date(scene), 0i64..8));
    (weekdays(), time(), time(), dates).prop_map(|(weekdays, from, to, dates)| WindowRange {
        weekdays,
        from,
        to,
        dates: dates.map(|(first, days)| DateRange { first, last: first + TimeDelta::days(days) }),
    })
}

fn window(scene: usize) -> impl Strategy<Value = SendWindow> {
    let holidays = prop_oneof![Just(HolidayPolicy::Avoid), Just(HolidayPolicy::Send)];
    let added = proptest::collection::btree_set(date(scene), 0..3);
    (proptest::collection::vec(range(scene), 1..4), holidays, added).prop_map(|(ranges, holidays, added)| {
        SendWindow {
            ranges,
            holidays,
            holiday_calendar: HolidayCalendar { added, ..HolidayCalendar::default() },
        }
    })
}

/// A scene with one to three windows.
fn windows() -> impl Strategy<Value = (usize, Vec<SendWindow>)> {
    (0..SCENES.len()).prop_flat_map(|scene| (Just(scene), proptest::collection::vec(window(scene), 1..4)))
}

/// A place among the minutes, away from the ends, where a range may reach in from days that the reference left out.
fn minute() -> impl Strategy<Value = usize> {
    let count = usize::try_from(2 * REACH_DAYS * DAY_MS / MINUTE_MS).unwrap();
    count / 4..3 * count / 4
}

/// The minutes that all windows allow.
fn allowed_by_all(minutes: &Minutes, windows: &[SendWindow]) -> Vec<bool> {
    let mut all = vec![true; minutes.minutes.len()];
    for window in windows {
        for (all, one) in all.iter_mut().zip(minutes.allowed_by(window)) {
            *all &= one;
        }
    }
    all
}

/// Where something goes that is brought forward to before `at`, but not to before `earliest`: the last allowed minute, or
/// the first of those in the quarter of an hour that it ends.
fn brought_forward(allowed: &[bool], at: usize, earliest: usize) -> Option<usize> {
    let last = (earliest..=at).rev().find(|index| allowed[*index])?;
    let quarter = if last == at { at..=at } else { last.saturating_sub(14).max(earliest)..=last };
    quarter.into_iter().find(|index| allowed[*index])
}

fn policy() -> impl Strategy<Value = OutsidePolicy> {
    prop_oneof![Just(OutsidePolicy::BringForward), Just(OutsidePolicy::Defer), Just(OutsidePolicy::Drop)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn resolve_is_the_first_minute_not_before_the_wall_time(
        scene in 0..SCENES.len(),
        minute in -4320i64..4320,
    ) {
        let minutes = Minutes::of(scene);
        let wall = minutes.date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute);
        prop_assert_eq!(resolve(minutes.zone, wall), minutes.at(minutes.index_of(wall)));
    }

    #[test]
    fn a_window_allows_the_minutes_of_the_reference((scene, windows) in windows()) {
        let minutes = Minutes::of(scene);
        let window = &windows[0];
        let expected = minutes.allowed_by(window);
        let inner = minutes.minutes.len() / 8..7 * minutes.minutes.len() / 8;
        for index in inner.step_by(7) {
            let found = allowed(window, minutes.zone, minutes.at(index));
            prop_assert_eq!(found, expected[index], "{}", minutes.minutes[index].1);
        }
    }

    #[test]
    fn next_and_previous_are_the_nearest_minutes_of_the_reference((scene, windows) in windows(), from in minute()) {
        let minutes = Minutes::of(scene);
        let expected = allowed_by_all(&minutes, &windows);
        let all: Vec<&SendWindow> = windows.iter().collect();
        let (first, last) = (minutes.at(0), minutes.at(expected.len() - 1));

        let next = next_allowed(&all, minutes.zone, minutes.at(from));
        let known = (from..expected.len()).find(|index| expected[*index]);
        prop_assert_eq!(next.filter(|at| *at <= last), known.map(|index| minutes.at(index)));

        let previous = previous_allowed(&all, minutes.zone, minutes.at(from));
        // where the reference begins, a range of a day before may still be missing in it
        let edge = first.plus_ms(2 * DAY_MS);
        let known = brought_forward(&expected, from, 0).map(|index| minutes.at(index));
        prop_assert_eq!(previous.filter(|at| *at >= edge), known.filter(|at| *at >= edge));

        for found in [next, previous].into_iter().flatten() {
            prop_assert!(all_allow(&all, minutes.zone, found));
        }
    }

    #[test]
    fn placement_takes_the_nearest_minute_of_the_reference(
        (scene, windows) in windows(),
        (wanted, now, latest) in (minute(), minute(), minute()),
        outside in policy(),
    ) {
        let minutes = Minutes::of(scene);
        let expected = allowed_by_all(&minutes, &windows);
        let all: Vec<&SendWindow> = windows.iter().collect();
        let placement = Placement {
            wanted: minutes.at(wanted),
            now: minutes.at(now),
            latest: minutes.at(latest),
            windows: &all,
            zone: minutes.zone,
            outside,
        };
        let start = wanted.max(now);
        let earlier = || brought_forward(&expected, start.min(latest), now);
        let later = || (start..=latest).find(|index| expected[*index]);
        let dropped = || match (start <= latest, expected[start]) {
            (false, _) => Err(NoSlot::TooLate),
            (true, false) => Err(NoSlot::Outside),
            (true, true) => Ok(start),
        };
        let placed = |index: usize| Placed {
            at: minutes.at(index),
            moved: match index.cmp(&wanted) {
                std::cmp::Ordering::Less => Moved::Earlier,
                std::cmp::Ordering::Equal => Moved::No,
                std::cmp::Ordering::Greater => Moved::Later,
            },
        };

        let reminder = match outside {
            _ if now > latest => Err(NoSlot::TooLate),
            OutsidePolicy::BringForward => earlier().or_else(later).ok_or(NoSlot::NoAllowedSlot),
            OutsidePolicy::Defer => later().or_else(earlier).ok_or(NoSlot::NoAllowedSlot),
            OutsidePolicy::Drop => dropped(),
        };
        prop_assert_eq!(place_reminder(&placement), reminder.map(placed));

        let other = match outside {
            _ if start > latest => Err(NoSlot::TooLate),
            OutsidePolicy::Drop => dropped(),
            OutsidePolicy::BringForward | OutsidePolicy::Defer => later().ok_or(NoSlot::NoAllowedSlot),
        };
        prop_assert_eq!(place_later(&placement), other.map(placed));
    }

    #[test]
    fn a_window_reads_back_as_it_was_written((_, windows) in windows()) {
        for window in windows {
            let wire = serde_json::to_string(&window).unwrap();
            prop_assert_eq!(serde_json::from_str::<SendWindow>(&wire).unwrap(), window);
        }
    }
}
