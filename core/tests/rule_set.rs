//! The index over rules finds what a look at every rule finds, without allocating.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::unwrap_used)]

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};
use depesza::call::{RuleSet, Seen, canonical, explain, meets};
use depesza::model::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Own numbers as people write them; several are one number.
const SPELLINGS: [&str; 8] = [
    "221234501",
    "+48 22 123 45 01",
    "0048221234502",
    "48221234502",
    "801",
    " 801 ",
    "recepcja",
    "+4915112345678",
];
const PREFIXES: [&str; 6] = ["+48*", "+48 22*", "0048221234501*", "8*", "80*", "re*"];

/// A Monday before the end of a year: what is around it lies in several months.
fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 12, 28).unwrap()
}

fn time_of_day() -> impl Strategy<Value = TimeOfDay> {
    // full hours and the ends of the day more often than chance has them
    prop_oneof![
        (0_u32..24).prop_map(|hour| TimeOfDay::hms(hour, 0, 0).unwrap()),
        (0_u32..86_400).prop_map(|s| TimeOfDay::hms(s / 3_600, s / 60 % 60, s % 60).unwrap()),
        Just(TimeOfDay::DAY_START),
    ]
}

fn range() -> impl Strategy<Value = WindowRange> {
    let weekdays = vec(0_u8..7, 1..7)
        .prop_map(|days| days.into_iter().map(|day| Weekday::try_from(day).unwrap()).collect::<Weekdays>());
    let days = prop_oneof![4 => 0_i64..9, 1 => 0_i64..800];
    let dates = option::weighted(0.4, (-60_i64..9, days)).prop_map(|dates| {
        dates.map(|(first, days)| {
            let first = day() + TimeDelta::days(first);
            DateRange { first, last: first + TimeDelta::days(days) }
        })
    });
    let to = prop_oneof![4 => time_of_day(), 1 => Just(TimeOfDay::DAY_END)];
    (weekdays, time_of_day(), to, dates)
        .prop_filter("hours that are not empty", |(_, from, to, _)| from != to)
        .prop_map(|(weekdays, from, to, dates)| WindowRange { weekdays, from, to, dates })
}

fn conditions() -> impl Strategy<Value = CallConditions> {
    let direction = select(vec![RuleDirection::Incoming, RuleDirection::Outgoing, RuleDirection::Either]);
    let own = prop_oneof![
        Just(Vec::new()),
        vec(select(SPELLINGS.as_slice()), 1..4),
        vec(select(PREFIXES.as_slice()), 1..3),
        vec(select([SPELLINGS.as_slice(), PREFIXES.as_slice()].concat()), 1..5),
    ];
    let given_up = select(vec![GivenUp::IsNoAnswer, GivenUp::IsItsOwn]);
    let bound = || option::weighted(0.4, prop_oneof![0_u32..70, 0_u32..40_000]);
    (
        direction,
        own,
        subsequence(CallStatus::ALL.to_vec(), 0..=7),
        given_up,
        bound(),
        bound(),
        vec(range(), 0..4),
    )
        .prop_map(|(direction, own, statuses, given_up, from_s, to_s, times)| CallConditions {
            direction,
            own_numbers: own.into_iter().map(ToOwned::to_owned).collect(),
            statuses,
            given_up,
            from_s,
            to_s,
            times,
            max_age_min: 60,
        })
}

fn rule(place: usize, when: CallConditions) -> CallRule {
    CallRule {
        id: format!("r{place}").as_str().into(),
        spec: CallRuleSpec {
            name: format!("rule {place}"),
            when,
            body: "Oddzwonimy.".into(),
            sender: None,
            recipients: CallRecipients::default(),
            delay_s: 0,
            min_gap_s: 0,
            gap_scope: GapScope::default(),
            answered_meanwhile: AnsweredMeanwhile::default(),
            after_match: AfterMatch::default(),
            max_parts: None,
            over_length: OverLength::default(),
        },
        // every fifth is switched off
        state: if place % 5 == 4 { RuleState::Off } else { RuleState::On },
        version: 1,
        // the other way round than they are given
        place: 1_000_000 - u64::try_from(place).unwrap(),
        history: Vec::new(),
    }
}

fn seen() -> impl Strategy<Value = Seen> {
    let direction = select(vec![CallDirection::Incoming, CallDirection::Outgoing, CallDirection::Internal]);
    let own = prop_oneof![select(SPELLINGS.as_slice()), select(vec!["", "80", "+48221234599", "8015"])];
    let local = (-200_i64..200, 0_i64..86_400).prop_map(|(hours, seconds)| -> NaiveDateTime {
        day().and_time(chrono::NaiveTime::MIN) + TimeDelta::hours(hours) + TimeDelta::seconds(seconds)
    });
    // full hours, where ranges begin and end
    let local = prop_oneof![
        local.clone(),
        local.prop_map(|at| at.date().and_hms_opt(at.weekday() as u32 * 3, 0, 0).unwrap())
    ];
    (direction, select(CallStatus::ALL.as_slice()), prop_oneof![0_u32..70, 0_u32..40_000], own, local)
        .prop_map(|(direction, status, seconds, own, local)| Seen {
            direction,
            status,
            seconds,
            own_number: Phone::new(canonical(own, &PhonePolicy::default())),
            local,
        })
}

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

#[allow(unsafe_code, reason = "an allocator is")]
// SAFETY: every call goes to the system's allocator as it came
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

proptest! {
    // 1,000 cases of about 10 rules and 10 calls each: some 100,000 pairs
    #![proptest_config(ProptestConfig { cases: 1_000, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn the_index_finds_what_a_look_at_every_rule_finds(whens in vec(conditions(), 1..20), calls in vec(seen(), 10..12)) {
        let policy = PhonePolicy::default();
        let rules: Vec<CallRule> = whens.into_iter().enumerate().map(|(place, when)| rule(place, when)).collect();
        let set = RuleSet::new(rules.clone(), [], &policy);
        let mut in_order: Vec<&CallRule> = rules.iter().filter(|rule| rule.state == RuleState::On).collect();
        in_order.sort_by_key(|rule| rule.place);
        let mut places = Vec::new();
        for seen in &calls {
            set.matching(seen, &mut places);
            let found: Vec<&CallRuleId> = places.iter().map(|place| &set.rules()[*place as usize].id).collect();
            let known = in_order.iter().filter(|rule| meets(&rule.spec.when, seen, &policy));
            prop_assert_eq!(found, known.map(|rule| &rule.id).collect::<Vec<_>>());
            for rule in &rules {
                prop_assert_eq!(explain(rule, seen, &policy).matches, meets(&rule.spec.when, seen, &policy));
            }
        }
    }

    #[test]
    fn a_call_allocates_nothing(whens in vec(conditions(), 1..20), calls in vec(seen(), 10..12)) {
        let rules = whens.into_iter().enumerate().map(|(place, when)| rule(place, when));
        let set = RuleSet::new(rules, [], &PhonePolicy::default());
        // more than can match: each rule may be found by its number, by several prefixes and in several ranges
        let mut places = Vec::with_capacity(2_000);
        let before = ALLOCATIONS.get();
        calls.iter().for_each(|seen| set.matching(seen, &mut places));
        prop_assert_eq!(ALLOCATIONS.get(), before);
    }
}
