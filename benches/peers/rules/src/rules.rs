//! The rules and calls of an account with an exchange, by chance but the same in every run.

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use depesza::model::{
    AfterMatch, AnsweredMeanwhile, Call, CallConditions, CallDirection, CallRecipients, CallRule,
    CallRuleSpec, CallStatus, DateRange, GapScope, GivenUp, Language, OverLength, Phone, Practice,
    RuleDirection, RuleState, Secret, Settings, TimeOfDay, Timestamp, WindowRange, Zone,
};

/// Of a hundred rules, so many have no own number.
const UNBOUND_PERCENT: usize = 1;
/// So many rules for each own number there is.
const RULES_PER_NUMBER: usize = 18;
const MINUTE_S: u32 = 60;

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0, below the end.
    fn below(&mut self, end: u32) -> u32 {
        u32::try_from(((self.next() >> 32) * u64::from(end)) >> 32).unwrap()
    }

    fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// One of these, each by its weight.
    fn one<T: Copy>(&mut self, weighted: &[(u32, T)]) -> T {
        let mut left = self.below(weighted.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in weighted {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        unreachable!("less than the sum of the weights is left")
    }
}

/// An account's own numbers: nine of ten are telephone numbers, the tenth is an extension.
#[derive(Clone, Copy)]
pub struct Numbers {
    count: u32,
}

impl Numbers {
    pub fn of(rules: usize) -> Self {
        Self { count: u32::try_from((rules / RULES_PER_NUMBER).max(1)).unwrap() }
    }

    /// Every spelling of a number that people and exchanges write is the same number.
    fn spelled(number: u32, random: &mut Random) -> String {
        if number % 10 == 9 {
            return format!("{}", 1_000 + number);
        }
        // without order, as numbers that were bought over years are
        let digits = 222_000_000 + u64::from(number) * 7_919 % 1_000_000;
        match random.below(4) {
            0 => format!("{digits}"),
            1 => format!("0048{digits}"),
            _ => format!("+48{digits}"),
        }
    }
}

/// An account that has set nothing special.
pub fn practice() -> Practice {
    Practice {
        id: "account".into(),
        name: "Dentica".into(),
        address: None,
        phone: None,
        zone: Zone::default(),
        language: Language::Pl,
        secret: Secret::new("a secret of the account"),
        separate_permissions: Default::default(),
        settings: Settings::default(),
    }
}

/// An account's rules, in their order.
pub fn rules(count: usize) -> Vec<CallRule> {
    let numbers = Numbers::of(count);
    let mut random = Random(20_261_122);
    // the ones without a number stand between the others
    let is_unbound = |place: usize| place % (100 / UNBOUND_PERCENT) == 50;
    let when = |place| match is_unbound(place) {
        true => unbound(&mut random),
        false => bound(numbers, &mut random),
    };
    (0..count).map(when).enumerate().map(|(place, when)| rule(place, when)).collect()
}

/// Which calls to some of the numbers a rule is for: people are generous here.
fn bound(numbers: Numbers, random: &mut Random) -> CallConditions {
    let count = random.one(&[(80, 1), (15, 2), (5, 4)]);
    let mut own: Vec<u32> = (0..count).map(|_| random.below(numbers.count)).collect();
    own.sort_unstable();
    own.dedup();
    let times = random.one(&[(40, 0), (40, 1), (15, 2), (5, 3)]);
    let from_s = random.percent(40).then(|| random.below(30));
    let to_s = random.percent(20).then(|| from_s.unwrap_or(0) + 10 + random.below(10 * MINUTE_S));
    let statuses = 1 + random.below(3);
    CallConditions {
        direction: direction(random),
        own_numbers: own.into_iter().map(|number| Numbers::spelled(number, random)).collect(),
        statuses: (0..statuses).map(|_| status(random)).collect(),
        given_up: if random.percent(80) { GivenUp::IsNoAnswer } else { GivenUp::IsItsOwn },
        from_s,
        to_s,
        times: (0..times).map(|_| range(random, 20)).collect(),
        max_age_min: 60,
    }
}

/// Which calls a rule for all numbers is for: one result of them, at one time, within some weeks. Were they as generous as
/// the others, a call of a large account would get hundreds of messages.
fn unbound(random: &mut Random) -> CallConditions {
    let from_s = random.percent(40).then(|| random.below(30));
    CallConditions {
        direction: random.one(&[(60, RuleDirection::Incoming), (40, RuleDirection::Outgoing)]),
        own_numbers: Vec::new(),
        statuses: vec![status(random)],
        given_up: GivenUp::IsItsOwn,
        from_s,
        to_s: random.percent(20).then(|| from_s.unwrap_or(0) + 10 + random.below(10 * MINUTE_S)),
        times: vec![range(random, 100)],
        max_age_min: 60,
    }
}

fn direction(random: &mut Random) -> RuleDirection {
    random.one(&[(60, RuleDirection::Incoming), (20, RuleDirection::Outgoing), (20, RuleDirection::Either)])
}

fn status(random: &mut Random) -> CallStatus {
    random.one(&[
        (40, CallStatus::NoAnswer),
        (25, CallStatus::Answered),
        (15, CallStatus::Busy),
        (5, CallStatus::Failed),
        (5, CallStatus::Congestion),
        (5, CallStatus::Cancelled),
        (5, CallStatus::Voicemail),
    ])
}

fn range(random: &mut Random, dated_percent: u32) -> WindowRange {
    let workdays = random.percent(60);
    let days = (0_u8..7).filter(|day| if workdays { *day < 5 } else { random.percent(50) });
    let days: Vec<Weekday> = days.map(|day| Weekday::try_from(day).unwrap()).collect();
    // full and half hours, as people choose them; a tenth of the ranges lies over midnight
    let time = |halves: u32| TimeOfDay::hms(halves / 2 % 24, halves % 2 * 30, 0).unwrap();
    let (from, to) = match random.percent(10) {
        true => (time(36 + random.below(11)), time(8 + random.below(10))),
        false => {
            let from = 12 + random.below(16);
            (time(from), time(from + 2 + random.below(18)))
        }
    };
    let dates = random.percent(dated_percent).then(|| {
        let first = year() + TimeDelta::days(i64::from(random.below(350)));
        DateRange { first, last: first + TimeDelta::days(i64::from(7 + random.below(60))) }
    });
    WindowRange {
        weekdays: if days.is_empty() {
            [Weekday::Sat].into_iter().collect()
        } else {
            days.into_iter().collect()
        },
        from,
        to,
        dates,
    }
}

fn year() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 1, 1).unwrap()
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
        state: RuleState::On,
        version: 1,
        place: u64::try_from(place).unwrap(),
        history: Vec::new(),
    }
}

/// The account's calls of a year, without end: mostly in office hours, on any of its numbers. Every twentieth is on a number
/// that no rule names.
pub fn calls(numbers: Numbers) -> impl Iterator<Item = Call> {
    let mut random = Random(5_301_986);
    (0_u64..).map(move |id| {
        let random = &mut random;
        let direction = random.one(&[
            (66, CallDirection::Incoming),
            (32, CallDirection::Outgoing),
            (2, CallDirection::Internal),
        ]);
        let status = random.one(&[
            (55, CallStatus::Answered),
            (22, CallStatus::NoAnswer),
            (8, CallStatus::Busy),
            (8, CallStatus::Cancelled),
            (4, CallStatus::Voicemail),
            (2, CallStatus::Failed),
            (1, CallStatus::Congestion),
        ]);
        let own = match random.percent(5) {
            true => format!("+48223{:06}", random.below(1_000_000)),
            false => Numbers::spelled(random.below(numbers.count), random),
        };
        let other = format!("+48601{:06}", random.below(1_000_000));
        let (caller, called) = match direction {
            CallDirection::Incoming => (other, own),
            CallDirection::Outgoing | CallDirection::Internal => (own, other),
        };
        let ring_s = random.below(45);
        // most talks are short
        let talk_s = if status == CallStatus::Answered { 1 << random.below(12) } else { 0 };
        let talk_s = talk_s + random.below(talk_s.max(1));
        let hour = if random.percent(85) { 7 + random.below(12) } else { random.below(24) };
        let second = i64::from(hour * 3_600 + random.below(3_600));
        // 1 January 2026 in Poland
        let start_ms = 1_767_222_000_000 + (i64::from(random.below(365)) * 86_400 + second) * 1_000;
        Call {
            system: "exchange".into(),
            id: format!("{id}").as_str().into(),
            direction,
            caller: Phone::new(caller),
            called: Phone::new(called),
            own_number: None,
            answered_by: None,
            started_at: Timestamp::from_ms(start_ms),
            ended_at: Timestamp::from_ms(start_ms + i64::from(ring_s + talk_s) * 1_000),
            ring_s,
            talk_s,
            status,
            raw_status: String::new(),
            raw_cause: None,
        }
    })
}

/// The kinds of call that a rule takes: a direction and a status each.
pub fn kinds(when: &CallConditions) -> Vec<(CallDirection, CallStatus)> {
    let mut kinds = Vec::new();
    for status in CallStatus::ALL {
        let named = when.statuses.contains(&status);
        let missed = status == CallStatus::Cancelled
            && when.given_up == GivenUp::IsNoAnswer
            && when.statuses.contains(&CallStatus::NoAnswer);
        if (named || missed) && when.direction != RuleDirection::Outgoing {
            kinds.push((CallDirection::Incoming, status));
        }
        if named && when.direction != RuleDirection::Incoming {
            kinds.push((CallDirection::Outgoing, status));
        }
    }
    kinds
}

/// A part of a range that lies within the days it is for.
#[derive(Clone, Debug)]
pub struct Hours {
    /// Days of the week from Monday, which is 0.
    pub days: Vec<u32>,
    /// Seconds of the day; the second one is outside.
    pub seconds: (u32, u32),
    /// Days of the common era, both inside.
    pub dates: Option<(i32, i32)>,
}

/// A rule's times, with a range over midnight as two.
pub fn hours(when: &CallConditions) -> Vec<Hours> {
    let mut parts = Vec::new();
    for range in &when.times {
        let days: Vec<u32> = range.weekdays.iter().map(|day| day.num_days_from_monday()).collect();
        let dates = range.dates.map(|dates| (dates.first.num_days_from_ce(), dates.last.num_days_from_ce()));
        let (from, to) = (range.from.seconds(), range.to.seconds());
        if from <= to {
            parts.push(Hours { days, seconds: (from, to), dates });
            continue;
        }
        let after = days.iter().map(|day| (day + 1) % 7).collect();
        parts.push(Hours { days, seconds: (from, 86_400), dates });
        let dates = dates.map(|(first, last)| (first + 1, last + 1));
        parts.push(Hours { days: after, seconds: (0, to), dates });
    }
    parts
}
