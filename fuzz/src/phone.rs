//! Telephone numbers as people type them.
//!
//! Input: a byte that chooses the policy, the number.

use crate::input::Input;
use depesza::model::PhonePolicy;
use depesza::phone::{check as check_policy, parse, receives_sms, recipient, withheld};

const PREFIXES: [&str; 8] = ["+48", "+49", "+380", "+1", "+44", "+39", "+999", "48"];

/// Checks one input.
pub fn check(bytes: &[u8]) {
    let mut input = Input(bytes);
    let default_prefix = input.one_of(&PREFIXES).to_owned();
    let policy = PhonePolicy { default_prefix, allowed_prefixes: vec!["+4915".into(), "+380".into()] };
    let text = &*input.text();

    let parsed = parse(text, &policy);
    if let Ok(number) = &parsed {
        let e164 = number.e164.reveal();
        let digits = e164.strip_prefix('+').expect("E.164 begins with +");
        assert!((1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(digits.starts_with(&number.calling_code.to_string()));
        assert!(!withheld(text));
        assert_eq!(parse(e164, &policy).as_ref(), Ok(number), "reading E.164 again changes nothing");
        assert!(!format!("{number:?}").contains(digits), "a number does not print");
    }
    match recipient(text, &policy) {
        Ok(phone) => {
            let number = parsed.expect("a recipient is a number");
            assert_eq!(phone, number.e164);
            assert!(receives_sms(number.kind));
            assert!(check_policy(&policy).is_empty() || !phone.reveal().starts_with(&policy.default_prefix));
        }
        Err(refusal) => {
            let told = format!("{refusal:?} {refusal}");
            let longest = told.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
            assert!(longest <= Some(3), "a refusal does not print a number");
        }
    }
}
