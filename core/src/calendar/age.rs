//! How old a patient is.

use chrono::{Datelike, NaiveDate};

/// The age, in years, from which a person is an adult (art. 10 of the Polish Civil Code).
pub const ADULT_AGE_YEARS: u32 = 18;

/// Full years lived on a date; `None` before the birth.
///
/// Who was born on 29 February grows a year older on 1 March in common years.
#[must_use]
pub fn age_on(birth: NaiveDate, date: NaiveDate) -> Option<u32> {
    // chrono's own rule: the anniversary counts when (month, day) is reached, and 28 February is before 29
    date.years_since(birth)
}

/// Whether a person is under 18 on a date. A date before the birth is a mistake in the record, and makes nobody a minor.
#[must_use]
pub fn is_minor(birth: NaiveDate, date: NaiveDate) -> bool {
    age_on(birth, date).is_some_and(|years| years < ADULT_AGE_YEARS)
}

/// The birthday in a year; 1 March in common years for who was born on 29 February. `None` for years that chrono
/// cannot write (beyond 262,000).
#[must_use]
pub fn birthday_in(birth: NaiveDate, year: i32) -> Option<NaiveDate> {
    birth.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))
}
