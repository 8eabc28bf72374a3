//! Telephone numbers: from what people type to E.164, and whether an SMS may go there.
//!
//! The numbering plans are libphonenumber's, in the port `rlibphonenumber` 2.2.15 (metadata 9.0.42). It was preferred
//! to `phonenumber` 0.3.10 (metadata 9.0.33, which is nine releases behind): its metadata follow upstream by machine,
//! it passes upstream's own tests and is fuzzed against the C++ original. It costs 29 s of a cold build against 21 s;
//! both bring about forty crates to run. Its panics are for broken metadata of its own, and the property tests find
//! none behind the digits it is given here. A range assigned after that release is refused as
//! [`Invalid`](crate::model::NumberFault::Invalid) until the dependency is updated: a message not sent, with its
//! reason, and never one to a wrong person.
//!
//! The port sees digits alone. What people type is read here, strictly, because the original takes the first number of
//! two, guesses extensions, turns letters into digits, and does not know the trunk 0 of old Polish numbers:
//!
//! 1. Full-width signs become ASCII; invisible characters, white space of any kind, hyphens, dashes, full stops and
//!    brackets fall away; so does a leading `tel:`. Anything else (letters, an extension, a slash, `#31#`) is
//!    `Malformed`.
//! 2. `+` or `00` begins a number with its country. Without them up to six digits are a `ShortCode`.
//! 3. Otherwise the number belongs to [`default_prefix`](PhonePolicy::default_prefix). For `+48` nine digits are a
//!    national number, even when they begin with 48 (Radom); eleven that begin with 48 already have their country; one
//!    trunk 0 before nine digits is dropped, also in `+48 (0) 501…`. A prefix written twice is not repaired. Other
//!    countries follow libphonenumber.
//! 4. The number must be assigned. Which kinds take an SMS is [`receives_sms`].
//!
//! Not here: who owns a number, whether it is the practice's own, opt-outs, and quiet hours.

mod message;
mod prefixes;
mod still;
mod typed;
mod withheld;

pub use prefixes::check;
pub(crate) use still::still;
pub use withheld::withheld;

use crate::model::{Number, NumberFault, NumberKind, Phone, PhonePolicy, Refusal};
use rlibphonenumber::{
    PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationError,
};
use typed::Typed;

/// The most digits of a short code or an extension.
const SHORT_CODE_DIGITS_MAX: usize = 6;
/// The most digits of a number with its country (ITU-T E.164, 6.2.1).
const E164_DIGITS_MAX: usize = 15;
/// Poland's calling code, and how many digits its numbers have (only 800 numbers may have ten).
const POLAND: u16 = 48;
const POLISH_DIGITS: usize = 9;

/// Reads `input` as one telephone number.
///
/// The policy only says which country a number without one belongs to; whether it is allowed is [`recipient`]'s to say.
///
/// # Errors
/// A [`NumberFault`]. A number without a country is [`NumberFault::Invalid`] under a policy whose default prefix
/// [`check`] refuses.
pub fn parse(input: &str, policy: &PhonePolicy) -> Result<Number, NumberFault> {
    let parsed = match typed::read(input) {
        Err(NumberFault::Empty) => return Err(NumberFault::Empty),
        _ if withheld(input) => return Err(NumberFault::Withheld),
        Err(fault) => return Err(fault),
        Ok(Typed::International(digits)) => international(&digits)?,
        Ok(Typed::National(digits)) if digits.len() <= SHORT_CODE_DIGITS_MAX => {
            return Err(NumberFault::ShortCode);
        }
        Ok(Typed::National(digits)) => national(&digits, policy)?,
    };
    if !PHONE_NUMBER_UTIL.is_valid_number(&parsed) {
        return Err(why_invalid(&parsed));
    }
    let e164 = PHONE_NUMBER_UTIL.format(&parsed, PhoneNumberFormat::E164);
    // some plans, Germany's among them, have numbers beyond the standard's length
    if e164.len() > 1 + E164_DIGITS_MAX {
        return Err(NumberFault::TooLong);
    }
    Ok(Number {
        e164: Phone::new(e164),
        calling_code: u16::try_from(parsed.country_code).map_err(|_| NumberFault::Invalid)?,
        kind: kind(&parsed),
    })
}

/// The number to send to, in E.164, when `input` is one the practice writes to and that takes an SMS.
///
/// # Errors
/// The [`Refusal`], which is recorded with the message as its reason.
pub fn recipient(input: &str, policy: &PhonePolicy) -> Result<Phone, Refusal> {
    let number = parse(input, policy)?;
    if !prefixes::allow(policy, &number.e164) {
        return Err(Refusal::OutsidePrefixes);
    }
    if !receives_sms(number.kind) {
        return Err(Refusal::CannotReceiveSms { kind: number.kind });
    }
    Ok(number.e164)
}

/// Whether a number of this kind takes an SMS: mobiles, and numbers that may be mobiles.
///
/// Some landlines do by their operator's text-to-speech; nobody can tell which, so none is sent to.
#[must_use]
pub const fn receives_sms(kind: NumberKind) -> bool {
    matches!(kind, NumberKind::Mobile | NumberKind::MobileOrLandline)
}

fn international(digits: &str) -> Result<PhoneNumber, NumberFault> {
    // "+48 (0) 501 234 567"; other countries' trunk prefixes libphonenumber knows
    let trunk_digits = digits.strip_prefix("480").filter(|rest| rest.len() == POLISH_DIGITS);
    let text = match trunk_digits {
        Some(rest) => format!("+{POLAND}{rest}"),
        None => format!("+{digits}"),
    };
    PHONE_NUMBER_UTIL.parse(text, None).map_err(why_unread)
}

fn national(digits: &str, policy: &PhonePolicy) -> Result<PhoneNumber, NumberFault> {
    let (code, region) = prefixes::home(policy).ok_or(NumberFault::Invalid)?;
    if code != POLAND {
        return PHONE_NUMBER_UTIL.parse(digits, Some(region)).map_err(why_unread);
    }
    match (digits.strip_prefix('0'), digits.strip_prefix("48")) {
        (Some(rest), _) if rest.len() == POLISH_DIGITS => international(&format!("{POLAND}{rest}")),
        (_, Some(rest)) if rest.len() == POLISH_DIGITS => international(digits),
        _ => international(&format!("{POLAND}{digits}")),
    }
}

fn kind(number: &PhoneNumber) -> NumberKind {
    match PHONE_NUMBER_UTIL.get_number_type(number) {
        PhoneNumberType::Mobile => NumberKind::Mobile,
        PhoneNumberType::FixedLine => NumberKind::Landline,
        PhoneNumberType::FixedLineOrMobile => NumberKind::MobileOrLandline,
        PhoneNumberType::VoIP => NumberKind::Voip,
        PhoneNumberType::PremiumRate => NumberKind::Premium,
        PhoneNumberType::TollFree => NumberKind::TollFree,
        PhoneNumberType::SharedCost => NumberKind::SharedCost,
        PhoneNumberType::PersonalNumber => NumberKind::Personal,
        PhoneNumberType::Pager => NumberKind::Pager,
        PhoneNumberType::UAN => NumberKind::UniversalAccess,
        PhoneNumberType::VoiceMail => NumberKind::Voicemail,
        PhoneNumberType::Unknown => NumberKind::Unknown,
    }
}

fn why_unread(error: ParseError) -> NumberFault {
    match error {
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => NumberFault::TooShort,
        ParseError::TooLongNsn => NumberFault::TooLong,
        // the text is digits, so that it is no number of a known country is all that can be wrong
        ParseError::InvalidCountryCode | ParseError::NotANumber(_) => NumberFault::Invalid,
    }
}

fn why_invalid(number: &PhoneNumber) -> NumberFault {
    // the plan still has some shorter numbers of closed networks, so the lengths alone would call eight digits possible
    let polish =
        (number.country_code == i32::from(POLAND)).then(|| number.get_national_significant_number().len());
    match (polish, number.is_possible_with_reason()) {
        (Some(..POLISH_DIGITS), _) | (None, Err(ValidationError::TooShort)) => NumberFault::TooShort,
        (Some(POLISH_DIGITS), _) => NumberFault::Invalid,
        (Some(_), _) | (None, Err(ValidationError::TooLong)) => NumberFault::TooLong,
        (None, _) => NumberFault::Invalid,
    }
}
