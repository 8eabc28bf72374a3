//! Whether a number that was read once is read the same today, told without the numbering plan: a message is looked at
//! again before it goes, and the plan takes longer than all else of that look.
//!
//! Not allowed here: a yes for anything that [`recipient`](super::recipient) would refuse or read otherwise, by the
//! numbering plan under which the number was read.

use super::typed::{Typed, read};
use super::{POLISH_DIGITS, prefixes, withheld};
use crate::model::{Phone, PhonePolicy};

/// Whether [`recipient`](super::recipient) says `known` of `input`, where it said `known` of some text under some policy.
/// It may answer no where it does.
///
/// A number with its country is the same under every policy, and so are nine digits at home in Poland; `known` itself is
/// valid and takes an SMS, since it was said. What is left is whether the practice writes there. A later release's numbering
/// plan is asked when the patient's card is told again, not before.
pub(crate) fn still(input: &str, known: &Phone, policy: &PhonePolicy) -> bool {
    if withheld(input) {
        return false;
    }
    let (before, digits) = match read(input) {
        Ok(Typed::International(digits)) => ("+", digits),
        Ok(Typed::National(digits)) if policy.default_prefix == "+48" && digits.len() == POLISH_DIGITS => {
            ("+48", digits)
        }
        _ => return false,
    };
    known.reveal().strip_prefix(before) == Some(&*digits) && prefixes::allow(policy, known)
}

#[cfg(test)]
mod tests {
    use super::super::recipient;
    use super::*;
    use proptest::prelude::*;

    fn policy(default: &str, allowed: &[&str]) -> PhonePolicy {
        let allowed_prefixes = allowed.iter().map(|prefix| (*prefix).to_owned()).collect();
        PhonePolicy { default_prefix: default.into(), allowed_prefixes }
    }

    fn policies() -> impl Strategy<Value = PhonePolicy> {
        prop::sample::select(vec![
            policy("+48", &[]),
            policy("+48", &["+380", "+4915"]),
            policy("+49", &["+48"]),
            policy("+380", &["+1", "+44", "+48"]),
            policy("+7", &[]),
            policy("48", &[]),
        ])
    }

    #[test]
    fn what_is_typed_every_day_is_told() {
        let home = policy("+48", &[]);
        let known = recipient("501 234 567", &home).unwrap();
        for typed in ["501234567", "501-234-567", "+48 501 234 567", "0048501234567"] {
            assert!(still(typed, &known, &home), "{typed}");
        }
        assert!(!still("501 234 568", &known, &home));
        assert!(!still("501234567", &known, &policy("+49", &[])));
        assert!(still("+48501234567", &known, &policy("+49", &["+48"])));
        assert!(!still("+48501234567", &known, &policy("+49", &["+4860"])));
    }

    proptest! {
        #[test]
        fn a_yes_is_what_the_plan_says(
            text in "[+0]{0,2}(48|49|380|1|7)?[ (-]?[0-9]{6,12}",
            then in policies(),
            now in policies(),
        ) {
            if let Ok(known) = recipient(&text, &then) && still(&text, &known, &now) {
                prop_assert_eq!(recipient(&text, &now), Ok(known));
            }
        }
    }
}
