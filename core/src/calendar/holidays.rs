//! The public holidays of Poland, and those of a practice.

use crate::model::{ComputedHolidays, HolidayCalendar};
use chrono::{Datelike, NaiveDate};
use std::ops::RangeInclusive;

/// A public holiday of Poland.
///
/// Source: the Act of 18 January 1951 on non-working days (ustawa o dniach wolnych od pracy), with its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holiday {
    /// 1 January.
    NewYear,
    /// 6 January, since 2011.
    Epiphany,
    /// Easter Sunday.
    EasterSunday,
    /// The day after Easter Sunday.
    EasterMonday,
    /// 1 May.
    LabourDay,
    /// 3 May.
    ConstitutionDay,
    /// The seventh Sunday after Easter.
    Pentecost,
    /// The ninth Thursday after Easter.
    CorpusChristi,
    /// 15 August.
    Assumption,
    /// 1 November.
    AllSaints,
    /// 11 November.
    IndependenceDay,
    /// 12 November 2018, once, for the hundredth anniversary of independence.
    IndependenceCentenary,
    /// 24 December, since 2025 (Dz.U. 2024 item 1965).
    ChristmasEve,
    /// 25 December.
    ChristmasDay,
    /// 26 December.
    SecondChristmasDay,
}

impl Holiday {
    /// The name in Polish.
    #[must_use]
    pub const fn name_pl(self) -> &'static str {
        match self {
            Self::NewYear => "Nowy Rok",
            Self::Epiphany => "Święto Trzech Króli",
            Self::EasterSunday => "Niedziela Wielkanocna",
            Self::EasterMonday => "Poniedziałek Wielkanocny",
            Self::LabourDay => "Święto Pracy",
            Self::ConstitutionDay => "Święto Narodowe Trzeciego Maja",
            Self::Pentecost => "Zielone Świątki",
            Self::CorpusChristi => "Boże Ciało",
            Self::Assumption => "Wniebowzięcie Najświętszej Maryi Panny",
            Self::AllSaints => "Wszystkich Świętych",
            Self::IndependenceDay => "Narodowe Święto Niepodległości",
            Self::IndependenceCentenary => "Setna rocznica odzyskania niepodległości",
            Self::ChristmasEve => "Wigilia Bożego Narodzenia",
            Self::ChristmasDay => "Boże Narodzenie (pierwszy dzień)",
            Self::SecondChristmasDay => "Boże Narodzenie (drugi dzień)",
        }
    }

    /// The name in English.
    #[must_use]
    pub const fn name_en(self) -> &'static str {
        match self {
            Self::NewYear => "New Year's Day",
            Self::Epiphany => "Epiphany",
            Self::EasterSunday => "Easter Sunday",
            Self::EasterMonday => "Easter Monday",
            Self::LabourDay => "Labour Day",
            Self::ConstitutionDay => "Constitution Day",
            Self::Pentecost => "Pentecost",
            Self::CorpusChristi => "Corpus Christi",
            Self::Assumption => "Assumption Day",
            Self::AllSaints => "All Saints' Day",
            Self::IndependenceDay => "Independence Day",
            Self::IndependenceCentenary => "Centenary of Independence",
            Self::ChristmasEve => "Christmas Eve",
            Self::ChristmasDay => "Christmas Day",
            Self::SecondChristmasDay => "Second Day of Christmas",
        }
    }
}

const ALWAYS: RangeInclusive<i32> = since(i32::MIN);

const fn since(year: i32) -> RangeInclusive<i32> {
    year..=i32::MAX
}

/// On the same date every year: month, day, and the years in which the law had it.
const FIXED: [(u32, u32, RangeInclusive<i32>, Holiday); 11] = [
    (1, 1, ALWAYS, Holiday::NewYear),
    (1, 6, since(2011), Holiday::Epiphany),
    (5, 1, ALWAYS, Holiday::LabourDay),
    (5, 3, ALWAYS, Holiday::ConstitutionDay),
    (8, 15, ALWAYS, Holiday::Assumption),
    (11, 1, ALWAYS, Holiday::AllSaints),
    (11, 11, ALWAYS, Holiday::IndependenceDay),
    (11, 12, 2018..=2018, Holiday::IndependenceCentenary),
    (12, 24, since(2025), Holiday::ChristmasEve),
    (12, 25, ALWAYS, Holiday::ChristmasDay),
    (12, 26, ALWAYS, Holiday::SecondChristmasDay),
];

/// So many days after Easter Sunday.
const MOVEABLE: [(i64, Holiday); 4] = [
    (0, Holiday::EasterSunday),
    (1, Holiday::EasterMonday),
    (49, Holiday::Pentecost),
    (60, Holiday::CorpusChristi),
];

/// Easter Sunday of the Gregorian calendar, from 1583 on; `None` before.
///
/// By the anonymous Gregorian computus (Meeus, Astronomical Algorithms, 1991, chapter 8).
#[must_use]
pub fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let year_positive = u32::try_from(year).ok().filter(|year| *year >= 1583)?;
    let golden = year_positive % 19;
    let (century, of_century) = (year_positive / 100, year_positive % 100);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let full_moon = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - full_moon - of_century % 4) % 7;
    let late = (golden + 11 * full_moon + 22 * to_sunday) / 451;
    let days = full_moon + to_sunday + 114 - 7 * late;
    NaiveDate::from_ymd_opt(year, days / 31, days % 31 + 1)
}

/// The public holiday of Poland on a date, as the law stood in that year; before 1990 as it stood in 1990.
#[must_use]
pub fn polish_holiday(date: NaiveDate) -> Option<Holiday> {
    // the two kinds never meet: Easter Monday is over by 26 April, and Pentecost does not come before 10 May
    let fixed = FIXED.iter().find(|(month, day, years, _)| {
        (*month, *day) == (date.month(), date.day()) && years.contains(&date.year())
    });
    let moveable = || {
        let days_after_easter = (date - easter_sunday(date.year())?).num_days();
        MOVEABLE.iter().find(|(days, _)| *days == days_after_easter)
    };
    fixed.map(|(.., holiday)| *holiday).or_else(|| moveable().map(|(_, holiday)| *holiday))
}

/// The public holidays of Poland in a year, by date, as [`polish_holiday`] knows them.
pub fn polish_holidays(year: i32) -> impl Iterator<Item = (NaiveDate, Holiday)> {
    let days = (1..=366).filter_map(move |day_of_year| NaiveDate::from_yo_opt(year, day_of_year));
    days.filter_map(|date| Some((date, polish_holiday(date)?)))
}

/// Whether a practice has a holiday on a date.
#[must_use]
pub fn is_holiday(calendar: &HolidayCalendar, date: NaiveDate) -> bool {
    let computed = || match calendar.computed {
        ComputedHolidays::Poland => polish_holiday(date).is_some(),
        ComputedHolidays::None => false,
    };
    !calendar.removed.contains(&date) && (calendar.added.contains(&date) || computed())
}
