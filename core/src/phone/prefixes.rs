//! Prefixes a practice allows.

use crate::model::{Phone, PhonePolicy, PhonePolicyFault};
use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

/// Every fault of `policy`, by field; empty when it can be used.
#[must_use]
pub fn check(policy: &PhonePolicy) -> Vec<PhonePolicyFault> {
    let mut faults = Vec::new();
    if home(policy).is_none() {
        faults.push(PhonePolicyFault::DefaultPrefix);
    }
    if policy.allowed_prefixes.len() > PhonePolicy::PREFIXES_MAX {
        faults.push(PhonePolicyFault::TooManyPrefixes);
    }
    let wrong = |(index, prefix): (usize, &String)| {
        (!names_a_country(prefix)).then_some(PhonePolicyFault::AllowedPrefix { index })
    };
    faults
        .extend(policy.allowed_prefixes.iter().take(PhonePolicy::PREFIXES_MAX).enumerate().filter_map(wrong));
    faults
}

/// Whether the practice writes to `e164`. A prefix that [`check`] would refuse allows nothing.
pub(super) fn allow(policy: &PhonePolicy, e164: &Phone) -> bool {
    let of_home = home(policy).is_some() && e164.reveal().starts_with(&policy.default_prefix);
    of_home
        || policy.allowed_prefixes.iter().any(|p| e164.reveal().starts_with(p.as_str()) && names_a_country(p))
}

/// The calling code and the region that numbers without a country belong to; `None` when the default prefix names none.
pub(super) fn home(policy: &PhonePolicy) -> Option<(u16, Region)> {
    let code = digits_of(&policy.default_prefix)?.parse().ok()?;
    Some((code, country(code)?))
}

fn names_a_country(prefix: &str) -> bool {
    digits_of(prefix).is_some_and(|digits| {
        // a calling code has one to three digits, and none is the beginning of another
        (1..=3).any(|n| digits.get(..n).and_then(|code| code.parse().ok()).and_then(country).is_some())
    })
}

fn digits_of(prefix: &str) -> Option<&str> {
    let digits = prefix.strip_prefix('+')?;
    let fits = (1..=PhonePolicy::PREFIX_DIGITS_MAX).contains(&digits.len());
    (fits && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())).then_some(digits)
}

/// The main region of a calling code; `None` for codes that are no country's (satellites, international freephone).
fn country(code: u16) -> Option<Region> {
    let region = PHONE_NUMBER_UTIL.get_region_for_country_code(i32::from(code))?;
    (PHONE_NUMBER_UTIL.get_country_code_for_region(region) == Some(i32::from(code))).then_some(region)
}
