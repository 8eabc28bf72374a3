//! Zones, times of day, weekdays, holidays and send windows, as users write them.

mod wire;

use chrono::{NaiveDate, NaiveTime, Weekday, WeekdaySet};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt};
pub use wire::{UnknownTimeOfDay, UnknownZone};

/// A time zone of the IANA database, `Europe/Warsaw` by default.
///
/// On the wire it is its IANA name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

impl Zone {
    /// Takes chrono-tz's zone.
    #[must_use]
    pub const fn new(tz: Tz) -> Self {
        Self(tz)
    }

    /// As chrono-tz's zone.
    #[must_use]
    pub const fn tz(self) -> Tz {
        self.0
    }

    /// The IANA name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl Default for Zone {
    fn default() -> Self {
        Self(Tz::Europe__Warsaw)
    }
}

/// A time on the wall clock, `00:00` to `24:00`, to the second; `24:00` is the end of the day.
///
/// On the wire it is `HH:MM`, or `HH:MM:SS` where there are seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u32);

impl TimeOfDay {
    /// The first instant of a day, `00:00`.
    pub const DAY_START: Self = Self(0);
    /// The end of a day, `24:00`: the `00:00` of the next.
    pub const DAY_END: Self = Self(24 * 60 * 60);

    /// From hours, minutes and seconds; `None` unless it is between 00:00:00 and 23:59:59, or 24:00:00.
    #[must_use]
    pub const fn hms(hour: u32, minute: u32, second: u32) -> Option<Self> {
        if hour < 24 && minute < 60 && second < 60 {
            return Some(Self(hour * 3600 + minute * 60 + second));
        }
        if hour == 24 && minute == 0 && second == 0 { Some(Self::DAY_END) } else { None }
    }

    /// Seconds on the wall clock since 00:00, 0 to 86,400.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

/// Fractions of a second are dropped.
impl From<NaiveTime> for TimeOfDay {
    fn from(time: NaiveTime) -> Self {
        Self(chrono::Timelike::num_seconds_from_midnight(&time))
    }
}

/// A set of days of the week; all seven by default.
///
/// On the wire it is a list such as `["mon","tue"]`, written from Monday on; a day named twice counts once. The empty
/// set can be written, and is refused where it makes no sense (a [`SendWindow`]'s check).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weekdays(WeekdaySet);

impl Weekdays {
    /// All seven days.
    pub const ALL: Self = Self(WeekdaySet::ALL);
    /// Monday to Friday.
    pub const MONDAY_TO_FRIDAY: Self =
        Self(WeekdaySet::from_array([Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri]));

    /// Whether the day is in the set.
    #[must_use]
    pub const fn contains(self, day: Weekday) -> bool {
        self.0.contains(day)
    }

    /// Whether no day is in the set.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The days, from Monday to Sunday.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        self.0.iter(Weekday::Mon)
    }
}

impl Default for Weekdays {
    fn default() -> Self {
        Self::ALL
    }
}

impl FromIterator<Weekday> for Weekdays {
    fn from_iter<I: IntoIterator<Item = Weekday>>(days: I) -> Self {
        Self(days.into_iter().collect())
    }
}

/// Calendar days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DateRange {
    /// The first day.
    pub first: NaiveDate,
    /// The last day, not before `first`.
    pub last: NaiveDate,
}

impl DateRange {
    /// Whether the day is among them.
    #[must_use]
    pub fn contains(self, date: NaiveDate) -> bool {
        self.first <= date && date <= self.last
    }
}

/// Hours of some days of the week, `from` included and `to` excluded.
///
/// A range whose `to` is earlier than its `from` crosses midnight and belongs to the day it starts on: weekday, dates
/// and holiday are those of that day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WindowRange {
    /// The days of the week; at least one.
    #[serde(default)]
    pub weekdays: Weekdays,
    /// The first time that is inside, before `24:00`.
    pub from: TimeOfDay,
    /// The first time that is outside again; not equal to `from`.
    pub to: TimeOfDay,
    /// Only on these days; on every day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dates: Option<DateRange>,
}

/// What a send window does on public holidays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HolidayPolicy {
    /// A holiday is a closed day.
    #[default]
    Avoid,
    /// A holiday is a day like any other.
    Send,
}

/// Which public holidays are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ComputedHolidays {
    /// Those of Poland.
    #[default]
    Poland,
    /// None: the host gives every holiday.
    None,
}

/// The holidays of a practice: the computed ones and the `added`, without the `removed`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HolidayCalendar {
    /// The holidays that are computed.
    pub computed: ComputedHolidays,
    /// Days closed besides, such as a practice's own day off.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub added: BTreeSet<NaiveDate>,
    /// Days that are no holidays after all; stronger than `added`.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub removed: BTreeSet<NaiveDate>,
}

impl HolidayCalendar {
    /// The most days in each of the two lists.
    pub const MAX_DAYS: usize = 1_000;
}

/// When messages may be sent: in any of its ranges, on a day that its holiday policy leaves open.
///
/// By default 08:00-20:00 every day but public holidays, the usual practice in Poland.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SendWindow {
    /// The ranges, 1 to [`MAX_RANGES`](Self::MAX_RANGES); they may overlap.
    pub ranges: Vec<WindowRange>,
    /// What it does on holidays.
    #[serde(default)]
    pub holidays: HolidayPolicy,
    /// Which days are holidays.
    #[serde(default)]
    pub holiday_calendar: HolidayCalendar,
}

impl SendWindow {
    /// The most ranges of a window.
    pub const MAX_RANGES: usize = 64;
}

impl Default for SendWindow {
    fn default() -> Self {
        let hours = WindowRange {
            weekdays: Weekdays::ALL,
            from: TimeOfDay(8 * 60 * 60),
            to: TimeOfDay(20 * 60 * 60),
            dates: None,
        };
        Self {
            ranges: vec![hours],
            holidays: HolidayPolicy::default(),
            holiday_calendar: HolidayCalendar::default(),
        }
    }
}

/// What becomes of a message whose time falls outside the send windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OutsidePolicy {
    /// It goes at the nearest earlier allowed time, failing that at the nearest later one.
    BringForward,
    /// It goes at the nearest later allowed time; a reminder, failing that, at the nearest earlier one.
    Defer,
    /// It does not go.
    Drop,
}

/// The days on which a practice works, for counting working days; by default Monday to Friday but Polish holidays.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct WorkingDays {
    /// The open days of the week.
    pub weekdays: Weekdays,
    /// The holidays, on which it is closed.
    pub holidays: HolidayCalendar,
}

impl Default for WorkingDays {
    fn default() -> Self {
        Self { weekdays: Weekdays::MONDAY_TO_FRIDAY, holidays: HolidayCalendar::default() }
    }
}

/// Something wrong in a [`SendWindow`] or [`WorkingDays`], at a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WindowFault {
    /// The field's path in the wire form, such as `ranges[0].to`.
    pub field: String,
    /// What is wrong with it.
    pub kind: WindowFaultKind,
}

impl fmt::Display for WindowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.kind)
    }
}

/// What can be wrong in a [`SendWindow`] or [`WorkingDays`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum WindowFaultKind {
    /// A window without ranges would never be open.
    #[error("at least one range is needed")]
    NoRange,
    /// More than [`SendWindow::MAX_RANGES`] ranges.
    #[error("more than {} ranges", SendWindow::MAX_RANGES)]
    TooManyRanges,
    /// No day of the week is chosen.
    #[error("at least one day of the week is needed")]
    NoWeekday,
    /// A range starts at `24:00`.
    #[error("a range cannot start at 24:00")]
    StartsAtDayEnd,
    /// A range ends when it starts; for the whole day it is `00:00` to `24:00`.
    #[error("a range cannot end when it starts")]
    EmptyHours,
    /// The first date is after the last.
    #[error("the first date is after the last")]
    DatesReversed,
    /// Between the dates no day is open: none is on a chosen day of the week, or all of those are holidays.
    #[error("no day between these dates is open")]
    NoOpenDay,
    /// More than [`HolidayCalendar::MAX_DAYS`] days in a list of holidays.
    #[error("more than {} days", HolidayCalendar::MAX_DAYS)]
    TooManyHolidays,
    /// A day is both added to the holidays and removed from them.
    #[error("a day is both added and removed")]
    AddedAndRemoved,
}
