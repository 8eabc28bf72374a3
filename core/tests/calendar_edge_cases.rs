//! The numbered edge cases of time, as far as the calendar decides them.
#![allow(clippy::unwrap_used, reason = "the helpers of tests may fail like tests")]

use chrono::{NaiveDate, NaiveDateTime};
use depesza::calendar::{
    Moved, NoSlot, Placed, Placement, age_on, all_allow, allowed, birthday_in, check, days_after,
    days_before, hours_before, is_minor, local, next_allowed, nth_working_day_before, place_later,
    place_reminder, previous_allowed, resolve, working_days_before,
};
use depesza::model::{
    HOUR_MS, HolidayPolicy, OutsidePolicy, SendWindow, Timestamp, WindowFaultKind, WorkingDays, Zone,
};
use serde_json::json;

const WARSAW: Zone = Zone::new(chrono_tz::Europe::Warsaw);

fn wall(text: &str) -> NaiveDateTime {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    resolve(WARSAW, wall(text))
}

fn window(value: serde_json::Value) -> SendWindow {
    serde_json::from_value(value).unwrap()
}

/// 08:00-20:00 on the given days, holidays included.
fn daytime(weekdays: serde_json::Value) -> SendWindow {
    window(
        json!({ "ranges": [{ "weekdays": weekdays, "from": "08:00", "to": "20:00" }], "holidays": "send" }),
    )
}

fn every_day() -> SendWindow {
    daytime(json!(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]))
}

struct Case<'a> {
    wanted: &'a str,
    now: &'a str,
    latest: &'a str,
    outside: OutsidePolicy,
}

impl Case<'_> {
    fn placement<'a>(&self, windows: &'a [&'a SendWindow]) -> Placement<'a> {
        Placement {
            wanted: at(self.wanted),
            now: at(self.now),
            latest: at(self.latest),
            windows,
            zone: WARSAW,
            outside: self.outside,
        }
    }

    fn reminder(&self, window: &SendWindow) -> Result<Placed, NoSlot> {
        place_reminder(&self.placement(&[window]))
    }

    fn later(&self, window: &SendWindow) -> Result<Placed, NoSlot> {
        place_later(&self.placement(&[window]))
    }
}

fn placed(text: &str, moved: Moved) -> Result<Placed, NoSlot> {
    Ok(Placed { at: at(text), moved })
}

#[test]
fn edge_001_missing_hour_moves_forward_the_same_day() {
    let utc = |text: &str| text.parse::<Timestamp>().unwrap();
    assert_eq!(at("2026-03-29T02:00:00"), utc("2026-03-29T01:00:00Z"));
    assert_eq!(at("2026-03-29T02:30:00"), utc("2026-03-29T01:00:00Z"));
    assert_eq!(at("2026-03-29T02:59:59.999"), utc("2026-03-29T01:00:00Z"));
    assert_eq!(at("2026-03-29T03:00:00"), utc("2026-03-29T01:00:00Z"));
    assert_eq!(at("2026-03-29T01:59:59.999"), utc("2026-03-29T00:59:59.999Z"));
    assert_eq!(local(WARSAW, at("2026-03-29T02:30:00")), wall("2026-03-29T03:00:00"));

    let send = days_before(WARSAW, wall("2026-03-30T12:00:00"), 1, wall("2026-01-01T02:30:00").time());
    assert_eq!(local(WARSAW, send), wall("2026-03-29T03:00:00"));
}

#[test]
fn edge_001_a_date_the_calendar_left_out_means_the_start_of_the_next() {
    let apia = Zone::new(chrono_tz::Pacific::Apia);
    let next = wall("2011-12-31T00:00:00");
    for missing in ["2011-12-30T00:00:00", "2011-12-30T10:00:00", "2011-12-30T23:59:59"] {
        assert_eq!(local(apia, resolve(apia, wall(missing))), next, "{missing}");
    }
    // the hours of the missing date are empty, and the search walks over it in both directions
    let window = every_day();
    let midnight = resolve(apia, next);
    assert!(!allowed(&window, apia, midnight));
    let after = next_allowed(&[&window], apia, midnight).unwrap();
    let before = previous_allowed(&[&window], apia, midnight).unwrap();
    assert_eq!(local(apia, after), wall("2011-12-31T08:00:00"));
    assert_eq!(local(apia, before), wall("2011-12-29T19:45:00"));
}

#[test]
fn edge_002_repeated_hour_means_its_first_occurrence() {
    let first: Timestamp = "2026-10-25T00:30:00Z".parse().unwrap();
    assert_eq!(at("2026-10-25T02:30:00"), first);
    assert_eq!(local(WARSAW, first), local(WARSAW, first.plus_ms(HOUR_MS)), "the hour does come twice");

    let half_hour = window(json!({ "ranges": [{ "from": "02:15", "to": "02:45" }] }));
    assert!(allowed(&half_hour, WARSAW, first));
    assert!(!allowed(&half_hour, WARSAW, first.plus_ms(HOUR_MS)), "hours come once a day");
    let over_the_fold = window(json!({ "ranges": [{ "from": "02:00", "to": "03:00" }] }));
    assert!(allowed(&over_the_fold, WARSAW, first.plus_ms(HOUR_MS)), "and last until their end");
}

#[test]
fn edge_002_hours_from_midnight_hold_where_the_clock_goes_back_over_midnight() {
    // on Sunday 7.11.2010 at 00:01 the clocks of St. John's went back to Saturday 23:01
    let st_johns = Zone::new(chrono_tz::America::St_Johns);
    let sunday = window(json!({
        "ranges": [{ "weekdays": ["sun"], "from": "00:00", "to": "05:00" }], "holidays": "send"
    }));
    let midnight = resolve(st_johns, wall("2010-11-07T00:00:00"));
    let saturday_again = midnight.plus_ms(HOUR_MS / 2);
    assert_eq!(local(st_johns, saturday_again), wall("2010-11-06T23:30:00"));
    assert!(allowed(&sunday, st_johns, saturday_again));
    assert_eq!(next_allowed(&[&sunday], st_johns, saturday_again), Some(saturday_again));
    assert_eq!(previous_allowed(&[&sunday], st_johns, saturday_again), Some(saturday_again));
}

#[test]
fn edge_003_days_before_keep_the_hour_on_the_wall() {
    for (visit, reminder) in [
        ("2026-03-29T10:00:00", "2026-03-28T10:00:00"),
        ("2026-03-30T10:00:00", "2026-03-29T10:00:00"),
        ("2026-10-25T10:00:00", "2026-10-24T10:00:00"),
        ("2026-10-26T10:00:00", "2026-10-25T10:00:00"),
    ] {
        let visit = wall(visit);
        assert_eq!(local(WARSAW, days_before(WARSAW, visit, 1, visit.time())), wall(reminder));
        assert_eq!(local(WARSAW, days_after(WARSAW, wall(reminder), 1, visit.time())), visit);
    }
}

#[test]
fn edge_004_hours_before_are_elapsed_time() {
    for (visit, reminder) in [
        ("2026-03-29T10:00:00", "2026-03-28T09:00:00"),
        ("2026-03-30T10:00:00", "2026-03-29T10:00:00"),
        ("2026-10-25T10:00:00", "2026-10-24T11:00:00"),
    ] {
        let send = hours_before(at(visit), 24);
        assert_eq!(at(visit).since_ms(send), 24 * HOUR_MS);
        assert_eq!(local(WARSAW, send), wall(reminder));
    }
}

#[test]
fn edge_005_local_time_is_read_in_the_zone_given() {
    let noon = wall("2026-07-01T12:00:00");
    for (zone, utc) in [
        ("Europe/Warsaw", "2026-07-01T10:00:00Z"),
        ("Atlantic/Canary", "2026-07-01T11:00:00Z"),
        ("Asia/Kathmandu", "2026-07-01T06:15:00Z"),
        ("America/Los_Angeles", "2026-07-01T19:00:00Z"),
    ] {
        assert_eq!(resolve(zone.parse().unwrap(), noon), utc.parse().unwrap(), "{zone}");
    }
    assert_eq!(Zone::default().name(), "Europe/Warsaw");
    let far = resolve(WARSAW, wall("2050-07-01T12:00:00"));
    assert_eq!(far, "2050-07-01T10:00:00Z".parse().unwrap(), "summer time goes on");
}

#[test]
fn edge_006_outside_the_hours_the_policy_decides() {
    let case = |outside| Case {
        wanted: "2026-11-18T21:30:00",
        now: "2026-11-16T12:00:00",
        latest: "2026-11-20T12:00:00",
        outside,
    };
    let window = every_day();
    let forward = case(OutsidePolicy::BringForward);
    assert_eq!(forward.reminder(&window), placed("2026-11-18T19:45:00", Moved::Earlier));
    assert_eq!(forward.later(&window), placed("2026-11-19T08:00:00", Moved::Later), "it follows an event");
    let defer = case(OutsidePolicy::Defer);
    assert_eq!(defer.reminder(&window), placed("2026-11-19T08:00:00", Moved::Later));
    assert_eq!(defer.later(&window), placed("2026-11-19T08:00:00", Moved::Later));
    let drop = case(OutsidePolicy::Drop);
    assert_eq!(drop.reminder(&window), Err(NoSlot::Outside));
    assert_eq!(drop.later(&window), Err(NoSlot::Outside));

    for outside in [OutsidePolicy::BringForward, OutsidePolicy::Defer, OutsidePolicy::Drop] {
        let inside = Case { wanted: "2026-11-18T08:00:00", ..case(outside) };
        assert_eq!(inside.reminder(&window), placed("2026-11-18T08:00:00", Moved::No));
        assert_eq!(inside.later(&window), placed("2026-11-18T08:00:00", Moved::No));
    }
}

#[test]
fn edge_007_deferral_past_the_visit_is_brought_forward_or_skipped() {
    // a visit at 08:30 with a lead of two hours: 08:00 is too late
    let case = Case {
        wanted: "2026-11-18T21:30:00",
        now: "2026-11-18T12:00:00",
        latest: "2026-11-19T06:30:00",
        outside: OutsidePolicy::Defer,
    };
    assert_eq!(case.reminder(&every_day()), placed("2026-11-18T19:45:00", Moved::Earlier));
    let evening = Case { now: "2026-11-18T20:30:00", ..case };
    assert_eq!(evening.reminder(&every_day()), Err(NoSlot::NoAllowedSlot));
    assert_eq!(evening.later(&every_day()), Err(NoSlot::NoAllowedSlot));
}

#[test]
fn edge_008_bringing_forward_into_the_past_takes_the_next_time_that_leaves_the_lead() {
    let case = Case {
        wanted: "2026-11-18T21:30:00",
        now: "2026-11-18T20:15:00",
        latest: "2026-11-19T08:00:00",
        outside: OutsidePolicy::BringForward,
    };
    assert_eq!(case.reminder(&every_day()), placed("2026-11-19T08:00:00", Moved::Later));
    let earlier_visit = Case { latest: "2026-11-19T07:59:59.999", ..case };
    assert_eq!(earlier_visit.reminder(&every_day()), Err(NoSlot::NoAllowedSlot));
}

#[test]
fn edge_008_within_the_last_minute_of_the_hours_now_is_still_early_enough() {
    let case = Case {
        wanted: "2026-11-18T21:30:00",
        now: "2026-11-18T19:59:30",
        latest: "2026-11-20T08:00:00",
        outside: OutsidePolicy::BringForward,
    };
    assert_eq!(case.reminder(&every_day()), placed("2026-11-18T19:59:30", Moved::Earlier));
}

#[test]
fn a_wanted_time_that_is_past_counts_as_now() {
    for outside in [OutsidePolicy::BringForward, OutsidePolicy::Defer, OutsidePolicy::Drop] {
        let case = Case {
            wanted: "2026-11-17T10:00:00",
            now: "2026-11-18T09:00:00",
            latest: "2026-11-18T12:00:00",
            outside,
        };
        assert_eq!(case.reminder(&every_day()), placed("2026-11-18T09:00:00", Moved::Later));
        assert_eq!(case.later(&every_day()), placed("2026-11-18T09:00:00", Moved::Later));
        let over = Case { now: "2026-11-18T12:00:00.001", ..case };
        assert_eq!(over.reminder(&every_day()), Err(NoSlot::TooLate));
        assert_eq!(over.later(&every_day()), Err(NoSlot::TooLate));
    }
}

#[test]
fn a_wanted_time_after_the_latest_moves_a_reminder_earlier_and_drops_the_rest() {
    // "on the day, at 18:00" of a visit at 10:00 with a lead of one hour
    let case = |outside| Case {
        wanted: "2026-11-18T18:00:00",
        now: "2026-11-16T12:00:00",
        latest: "2026-11-18T09:00:00",
        outside,
    };
    for outside in [OutsidePolicy::BringForward, OutsidePolicy::Defer] {
        assert_eq!(case(outside).reminder(&every_day()), placed("2026-11-18T09:00:00", Moved::Earlier));
        assert_eq!(case(outside).later(&every_day()), Err(NoSlot::TooLate));
    }
    assert_eq!(case(OutsidePolicy::Drop).reminder(&every_day()), Err(NoSlot::TooLate));
}

#[test]
fn edge_009_a_range_over_midnight_belongs_to_the_day_it_starts_on() {
    // Friday 20:00 to Saturday 02:00; 20.11.2026 is a Friday
    let night = window(json!({ "ranges": [{ "weekdays": ["fri"], "from": "20:00", "to": "02:00" }] }));
    for (time, inside) in [
        ("2026-11-20T01:59:00", false),
        ("2026-11-20T19:59:59.999", false),
        ("2026-11-20T20:00:00", true),
        ("2026-11-21T00:00:00", true),
        ("2026-11-21T01:59:59.999", true),
        ("2026-11-21T02:00:00", false),
        ("2026-11-21T20:00:00", false),
    ] {
        assert_eq!(allowed(&night, WARSAW, at(time)), inside, "{time}");
    }
    assert_eq!(next_allowed(&[&night], WARSAW, at("2026-11-21T02:00:00")), Some(at("2026-11-27T20:00:00")));
    assert_eq!(
        previous_allowed(&[&night], WARSAW, at("2026-11-25T12:00:00")),
        Some(at("2026-11-21T01:45:00"))
    );
}

#[test]
fn edge_009_dates_and_holidays_are_those_of_the_day_it_starts_on() {
    let dated = window(json!({ "ranges": [{
        "from": "20:00", "to": "02:00", "dates": { "first": "2026-11-20", "last": "2026-11-20" }
    }] }));
    assert!(!allowed(&dated, WARSAW, at("2026-11-20T01:00:00")));
    assert!(allowed(&dated, WARSAW, at("2026-11-21T01:00:00")));
    // 11.11. is a holiday: its night is closed, the night that reaches into it is open
    let nightly = window(json!({ "ranges": [{ "from": "20:00", "to": "02:00" }] }));
    assert!(allowed(&nightly, WARSAW, at("2026-11-11T01:00:00")));
    assert!(!allowed(&nightly, WARSAW, at("2026-11-11T20:00:00")));
    assert!(!allowed(&nightly, WARSAW, at("2026-11-12T01:00:00")));
}

#[test]
fn edge_010_start_equal_to_end_is_refused_and_never_open() {
    for same in ["00:00", "08:00", "24:00"] {
        let empty = window(json!({ "ranges": [{ "from": same, "to": same }], "holidays": "send" }));
        let faults = check(&empty);
        assert!(
            faults
                .iter()
                .any(|fault| fault.field == "ranges[0].to" && fault.kind == WindowFaultKind::EmptyHours),
            "{faults:?}"
        );
        assert_eq!(next_allowed(&[&empty], WARSAW, at("2026-11-18T08:00:00")), None);
    }
    let whole_day = window(json!({ "ranges": [{ "from": "00:00", "to": "24:00" }], "holidays": "send" }));
    assert_eq!(check(&whole_day), []);
    assert!(allowed(&whole_day, WARSAW, at("2026-11-18T00:00:00")));
    assert!(allowed(&whole_day, WARSAW, at("2026-11-18T23:59:59.999")));
}

#[test]
fn edge_011_the_start_is_inside_and_the_end_outside() {
    let window = every_day();
    for (time, inside) in [
        ("2026-11-18T07:59:59.999", false),
        ("2026-11-18T08:00:00", true),
        ("2026-11-18T19:59:59.999", true),
        ("2026-11-18T20:00:00", false),
    ] {
        assert_eq!(allowed(&window, WARSAW, at(time)), inside, "{time}");
    }
    assert_eq!(
        previous_allowed(&[&window], WARSAW, at("2026-11-18T20:00:00")),
        Some(at("2026-11-18T19:45:00"))
    );
    assert_eq!(
        previous_allowed(&[&window], WARSAW, at("2026-11-18T19:59:59")),
        Some(at("2026-11-18T19:59:59")),
        "what is allowed stays"
    );
}

#[test]
fn edge_011_hours_shorter_than_a_minute_are_taken_from_their_start() {
    let moment = window(json!({ "ranges": [{ "from": "12:00:10", "to": "12:00:40" }], "holidays": "send" }));
    assert_eq!(
        previous_allowed(&[&moment], WARSAW, at("2026-11-18T13:00:00")),
        Some(at("2026-11-18T12:00:10"))
    );
}

#[test]
fn edge_012_an_excluded_day_before_a_monday_visit_means_the_allowed_day_before() {
    // Sunday is wanted for a visit on Monday 23.11.2026, and only Monday to Friday is allowed
    let case = Case {
        wanted: "2026-11-22T10:00:00",
        now: "2026-11-16T10:00:00",
        latest: "2026-11-23T08:00:00",
        outside: OutsidePolicy::BringForward,
    };
    let working_week = daytime(json!(["mon", "tue", "wed", "thu", "fri"]));
    assert_eq!(case.reminder(&working_week), placed("2026-11-20T19:45:00", Moved::Earlier));
}

#[test]
fn edge_013_no_allowed_day_before_the_visit_is_a_reason() {
    // Wednesday, with the visit on Thursday and only Mondays allowed
    for outside in [OutsidePolicy::BringForward, OutsidePolicy::Defer] {
        let case = Case {
            wanted: "2026-11-18T12:00:00",
            now: "2026-11-18T10:00:00",
            latest: "2026-11-19T08:00:00",
            outside,
        };
        assert_eq!(case.reminder(&daytime(json!(["mon"]))), Err(NoSlot::NoAllowedSlot));
    }
    assert_eq!(NoSlot::NoAllowedSlot.to_string(), "no allowed slot");
}

#[test]
fn edge_014_a_window_without_days_is_refused() {
    let kinds =
        |value| check(&window(value)).into_iter().map(|fault| (fault.field, fault.kind)).collect::<Vec<_>>();
    assert_eq!(kinds(json!({ "ranges": [] })), [("ranges".into(), WindowFaultKind::NoRange)]);
    assert_eq!(
        kinds(json!({ "ranges": [{ "weekdays": [], "from": "08:00", "to": "20:00" }] })),
        [("ranges[0].weekdays".into(), WindowFaultKind::NoWeekday)]
    );
    // Saturday and Sunday only, between a Monday and a Friday
    let dates = json!({ "first": "2026-11-16", "last": "2026-11-20" });
    assert_eq!(
        kinds(
            json!({ "ranges": [{ "weekdays": ["sat", "sun"], "from": "08:00", "to": "20:00", "dates": dates }] })
        ),
        [("ranges[0].dates".into(), WindowFaultKind::NoOpenDay)]
    );
    let christmas = json!({ "first": "2026-12-24", "last": "2026-12-26" });
    assert_eq!(
        kinds(json!({ "ranges": [{ "from": "08:00", "to": "20:00", "dates": christmas }] })),
        [("ranges[0].dates".into(), WindowFaultKind::NoOpenDay)]
    );
    assert_eq!(
        kinds(
            json!({ "ranges": [{ "from": "08:00", "to": "20:00", "dates": christmas }], "holidays": "send" })
        ),
        []
    );
}

#[test]
fn every_fault_is_reported_at_once() {
    let faulty = window(json!({
        "ranges": [
            { "from": "08:00", "to": "20:00" },
            { "weekdays": [], "from": "24:00", "to": "24:00", "dates": { "first": "2026-12-02", "last": "2026-12-01" } },
        ],
        "holiday_calendar": { "added": ["2026-12-31"], "removed": ["2026-12-31"] },
    }));
    let faults: Vec<String> = check(&faulty).iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "ranges[1].weekdays: at least one day of the week is needed",
            "ranges[1].from: a range cannot start at 24:00",
            "ranges[1].to: a range cannot end when it starts",
            "ranges[1].dates: the first date is after the last",
            "holiday_calendar.removed: a day is both added and removed",
        ]
    );
}

#[test]
fn edge_015_holidays_are_closed_unless_the_campaign_sends_on_them() {
    let noon = |day: &str| at(&format!("{day}T12:00:00"));
    let mut window = SendWindow::default();
    for day in ["2026-06-04", "2026-04-05", "2026-04-06", "2025-12-24", "2026-12-24", "2026-11-11"] {
        assert!(!allowed(&window, WARSAW, noon(day)), "{day}");
    }
    assert!(allowed(&window, WARSAW, noon("2024-12-24")), "a working day until 2025");

    window.holiday_calendar.removed.insert(date("2026-12-24"));
    window.holiday_calendar.added.insert(date("2026-12-31"));
    assert!(allowed(&window, WARSAW, noon("2026-12-24")), "the list is data");
    assert!(!allowed(&window, WARSAW, noon("2026-12-31")));

    window.holidays = HolidayPolicy::Send;
    assert!(allowed(&window, WARSAW, noon("2026-12-31")));
    assert!(allowed(&window, WARSAW, noon("2026-06-04")));
}

/// A long weekend: visits on successive days, Thursday to Wednesday where nothing else is said, and the second working
/// day before each.
const LONG_WEEKENDS: [(&str, &[&str], &[&str]); 6] = [
    (
        "Corpus Christi on Thursday 4.06.2026",
        &["2026-06-04", "2026-06-05", "2026-06-06", "2026-06-07", "2026-06-08", "2026-06-09", "2026-06-10"],
        &["2026-06-02", "2026-06-02", "2026-06-03", "2026-06-03", "2026-06-03", "2026-06-05", "2026-06-08"],
    ),
    (
        "Friday 1.05. and Sunday 3.05.2026",
        &["2026-04-30", "2026-05-01", "2026-05-02", "2026-05-03", "2026-05-04", "2026-05-05", "2026-05-06"],
        &["2026-04-28", "2026-04-29", "2026-04-29", "2026-04-29", "2026-04-29", "2026-04-30", "2026-05-04"],
    ),
    (
        "Easter 2026, Monday 6.04.",
        &["2026-04-02", "2026-04-03", "2026-04-04", "2026-04-05", "2026-04-06", "2026-04-07", "2026-04-08"],
        &["2026-03-31", "2026-04-01", "2026-04-02", "2026-04-02", "2026-04-02", "2026-04-02", "2026-04-03"],
    ),
    (
        "Wednesday 24.12. to Friday 26.12.2025",
        &["2025-12-25", "2025-12-26", "2025-12-27", "2025-12-28", "2025-12-29", "2025-12-30", "2025-12-31"],
        &["2025-12-22", "2025-12-22", "2025-12-22", "2025-12-22", "2025-12-22", "2025-12-23", "2025-12-29"],
    ),
    (
        "Thursday 1.01. and Tuesday 6.01.2026",
        &["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06", "2026-01-07"],
        &["2025-12-30", "2025-12-30", "2025-12-31", "2025-12-31", "2025-12-31", "2026-01-02", "2026-01-02"],
    ),
    (
        "Thursday 24.12. to Saturday 26.12.2026",
        &["2026-12-24", "2026-12-25", "2026-12-26", "2026-12-27", "2026-12-28", "2026-12-29", "2026-12-30"],
        &["2026-12-22", "2026-12-22", "2026-12-22", "2026-12-22", "2026-12-22", "2026-12-23", "2026-12-28"],
    ),
];

#[test]
fn edge_016_working_days_before_count_only_open_days() {
    let working = WorkingDays::default();
    for (name, visits, reminders) in LONG_WEEKENDS {
        assert_eq!(visits.len(), 7);
        for (visit, reminder) in visits.iter().zip(reminders) {
            let second = nth_working_day_before(&working, date(visit), 2);
            assert_eq!(second, Some(date(reminder)), "{name}: visit on {visit}");
        }
    }
    // the same Friday a year before 24.12. became a holiday
    assert_eq!(nth_working_day_before(&working, date("2024-12-27"), 2), Some(date("2024-12-23")));
}

#[test]
fn edge_016_open_days_are_the_practice_s() {
    let saturdays_too: WorkingDays = serde_json::from_value(json!({
        "weekdays": ["mon", "tue", "wed", "thu", "fri", "sat"],
        "holidays": { "removed": ["2026-06-04"], "added": ["2026-06-05"] },
    }))
    .unwrap();
    let monday = wall("2026-06-08T09:00:00");
    let send = working_days_before(WARSAW, monday, 2, wall("2026-01-01T10:00:00").time(), &saturdays_too);
    assert_eq!(send, Some(at("2026-06-04T10:00:00")), "Saturday, then Thursday");

    assert_eq!(nth_working_day_before(&saturdays_too, monday.date(), 0), Some(monday.date()));
    let never = WorkingDays { weekdays: [].into_iter().collect(), ..WorkingDays::default() };
    assert_eq!(nth_working_day_before(&never, monday.date(), 1), None);
    assert_eq!(nth_working_day_before(&saturdays_too, monday.date(), u32::MAX), None);
}

#[test]
fn edge_020_born_on_29_february_turns_18_on_1_march_in_common_years() {
    let leapling = date("2008-02-29");
    assert_eq!(age_on(leapling, date("2026-02-28")), Some(17));
    assert!(is_minor(leapling, date("2026-02-28")));
    assert_eq!(age_on(leapling, date("2026-03-01")), Some(18));
    assert!(!is_minor(leapling, date("2026-03-01")));
    assert_eq!(age_on(leapling, date("2024-02-29")), Some(16), "in a leap year on the day itself");
    assert_eq!(age_on(leapling, date("2024-02-28")), Some(15));

    assert_eq!(birthday_in(leapling, 2026), Some(date("2026-03-01")));
    assert_eq!(birthday_in(leapling, 2028), Some(date("2028-02-29")));
}

#[test]
fn edge_020_an_ordinary_birthday_counts_from_the_day_itself() {
    let birth = date("2008-11-22");
    assert!(is_minor(birth, date("2026-11-21")));
    assert!(!is_minor(birth, date("2026-11-22")));
    assert!(is_minor(birth, birth));
    assert_eq!(age_on(birth, date("2008-11-21")), None);
    assert!(!is_minor(birth, date("2008-11-21")), "a date before the birth is a mistake, not a child");
    assert_eq!(birthday_in(birth, 2026), Some(date("2026-11-22")));
}

#[test]
fn several_windows_allow_what_all_of_them_allow() {
    let practice = every_day();
    let campaign = window(json!({
        "ranges": [
            { "weekdays": ["tue"], "from": "06:00", "to": "09:30" },
            { "weekdays": ["thu"], "from": "19:50:30", "to": "23:00" },
        ],
        "holidays": "send",
    }));
    let both = [&practice, &campaign];
    // 17.11.2026 is a Tuesday
    assert_eq!(next_allowed(&both, WARSAW, at("2026-11-16T12:00:00")), Some(at("2026-11-17T08:00:00")));
    assert_eq!(next_allowed(&both, WARSAW, at("2026-11-17T09:30:00")), Some(at("2026-11-19T19:50:30")));
    assert_eq!(previous_allowed(&both, WARSAW, at("2026-11-19T12:00:00")), Some(at("2026-11-17T09:15:00")));
    assert_eq!(
        previous_allowed(&both, WARSAW, at("2026-11-20T12:00:00")),
        Some(at("2026-11-19T19:50:30")),
        "the time both leave open is shorter than a quarter of an hour"
    );
    assert!(!all_allow(&both, WARSAW, at("2026-11-17T07:00:00")));

    // almost round the clock, and a night with an afternoon: before Wednesday, Tuesday's hours end at 22:30
    let round = window(json!({ "ranges": [
        { "weekdays": ["mon"], "from": "23:00", "to": "22:30" },
        { "weekdays": ["tue"], "from": "15:00", "to": "22:00" },
    ] }));
    let night = window(json!({ "ranges": [{ "from": "20:00", "to": "02:00" }] }));
    assert_eq!(
        previous_allowed(&[&round, &night], WARSAW, at("2026-11-18T12:00:00")),
        Some(at("2026-11-17T22:15:00"))
    );

    let night = window(json!({ "ranges": [{ "from": "20:00", "to": "08:00" }] }));
    assert_eq!(next_allowed(&[&practice, &night], WARSAW, at("2026-11-16T12:00:00")), None);
    assert_eq!(previous_allowed(&[&practice, &night], WARSAW, at("2026-11-16T12:00:00")), None);
    assert_eq!(next_allowed(&[], WARSAW, at("2026-11-16T12:00:00")), Some(at("2026-11-16T12:00:00")));
    assert_eq!(previous_allowed(&[], WARSAW, at("2026-11-16T12:00:00")), Some(at("2026-11-16T12:00:00")));
}

#[test]
fn the_ends_of_time_do_not_panic() {
    let window = every_day();
    for end in [Timestamp::MIN, Timestamp::MAX] {
        let _ = allowed(&window, WARSAW, end);
        let _ = next_allowed(&[&window], WARSAW, end);
        let _ = previous_allowed(&[&window], WARSAW, end);
    }
    for wall in [NaiveDateTime::MIN, NaiveDateTime::MAX] {
        let noon = wall.time();
        assert!((Timestamp::MIN..=Timestamp::MAX).contains(&resolve(WARSAW, wall)));
        let _ = (days_before(WARSAW, wall, u32::MAX, noon), days_after(WARSAW, wall, u32::MAX, noon));
        let _ = nth_working_day_before(&WorkingDays::default(), wall.date(), 2);
    }
    assert_eq!(hours_before(Timestamp::MIN, u32::MAX), Timestamp::MIN);
}
