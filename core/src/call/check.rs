//! The check of a rule: every fault at once, by field, before anything is saved.

use super::conditions::prefix;
use super::seen::canonical;
use crate::calendar;
use crate::model::{
    CallConditions, CallRecipients, CallRuleSpec, HolidayPolicy, Language, MAX_OWN_NUMBERS, MAX_RECIPIENTS,
    MAX_RULE_RANGES, PhonePolicy, Practice, Preview, Refusal, SendWindow, SenderApproval, TemplateFault,
    TemplateSubject, WindowFault,
};
use crate::phone;
use crate::template::{self, Catalogue, Template};
use crate::{practice, words};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest name of a rule, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// A fault of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRuleFault {
    /// The field, as a path (`when.times[1].to`, `recipients.numbers[0]`).
    pub field: String,
    /// What is wrong.
    pub kind: CallRuleFaultKind,
}

/// What is wrong with a field of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CallRuleFaultKind {
    /// Nothing was written where something is needed.
    Missing {},
    /// Too many characters or items.
    TooMany {
        /// The most there may be.
        limit: usize,
    },
    /// A number outside its range.
    OutOfRange {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// The least time is greater than the most.
    Reversed {},
    /// The body cannot be compiled.
    Body {
        /// Where, and what is wrong.
        fault: TemplateFault,
    },
    /// The times make no sense.
    Window {
        /// Which field of them, and what is wrong.
        fault: WindowFault,
    },
    /// The sender is not one of the account's.
    UnknownSender {},
    /// The provider does not let the sender be used.
    SenderNotApproved {},
    /// The own number is not one of the account's.
    UnknownOwnNumber {},
    /// A prefix without anything before `*`.
    EmptyPrefix {},
    /// Nothing can be sent to a fixed recipient.
    Recipient {
        /// Why.
        refusal: Refusal,
    },
    /// A fixed recipient is one of the account's own numbers.
    OwnRecipient {},
}

impl fmt::Display for CallRuleFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message(Language::En))
    }
}

impl CallRuleFault {
    /// The fault in words, for a screen.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        use CallRuleFaultKind as Kind;
        let pick = |pl: &str, en: &str| words::pick(language, pl, en).to_owned();
        match &self.kind {
            Kind::Missing {} => pick("pole jest wymagane", "a value is needed"),
            Kind::TooMany { limit } => pick(&format!("najwyżej {limit}"), &format!("at most {limit}")),
            Kind::OutOfRange { least, most } => {
                pick(&format!("wartość od {least} do {most}"), &format!("a value from {least} to {most}"))
            }
            Kind::Reversed {} => {
                pick("najmniej nie może być więcej niż najwięcej", "the least cannot be more than the most")
            }
            Kind::Body { fault } => fault.message(language),
            Kind::Window { fault } => fault.message(language),
            Kind::UnknownSender {} => pick("nieznane pole nadawcy", "the account has no such sender"),
            Kind::SenderNotApproved {} => {
                pick("pole nadawcy nie jest zatwierdzone", "the sender id is not approved")
            }
            Kind::UnknownOwnNumber {} => {
                pick("tego numeru nie ma na liście numerów konta", "the account has no such number")
            }
            Kind::EmptyPrefix {} => pick("przed * brakuje cyfr", "there is nothing before the *"),
            Kind::Recipient { refusal } => {
                pick(&format!("na ten numer nie można wysłać SMS: {refusal}"), &refusal.to_string())
            }
            Kind::OwnRecipient {} => pick("to numer własny konta", "this is the account's own number"),
        }
    }
}

/// The placeholders that a rule's body can have: the built-in ones for calls, and the account's link markers.
#[must_use]
pub fn catalogue(practice: &Practice) -> Catalogue {
    practice::catalogue(practice, TemplateSubject::Calls)
}

/// A rule's body as it would be sent: typical, shortest and longest, with parts and cost by the price for numbers of the
/// account's own prefix.
///
/// # Errors
/// Every fault of the body.
pub fn preview(body: &str, practice: &Practice) -> Result<Preview, Vec<TemplateFault>> {
    template::preview(body, &catalogue(practice), practice, practice::own_part_price(practice))
}

/// Every fault of a rule, for this account.
#[must_use]
pub fn check(spec: &CallRuleSpec, practice: &Practice) -> Vec<CallRuleFault> {
    use CallRuleFaultKind as Kind;
    let mut faults = Vec::new();
    let mut fault = |field: String, kind| faults.push(CallRuleFault { field, kind });
    let name = spec.name.trim();
    if name.is_empty() {
        fault("name".into(), Kind::Missing {});
    } else if name.chars().count() > MAX_NAME_CHARS {
        fault("name".into(), Kind::TooMany { limit: MAX_NAME_CHARS });
    }
    for wrong in Template::compile(&spec.body, &catalogue(practice)).err().into_iter().flatten() {
        fault("body".into(), Kind::Body { fault: wrong });
    }
    if let Some(sender) = &spec.sender {
        match practice.settings.senders.iter().find(|known| known.id == *sender) {
            None => fault("sender".into(), Kind::UnknownSender {}),
            Some(known) if known.approval != SenderApproval::Approved => {
                fault("sender".into(), Kind::SenderNotApproved {});
            }
            Some(_) => {}
        }
    }
    let ranges = [
        ("delay_s", spec.delay_s, 0, 604_800),
        ("min_gap_s", spec.min_gap_s, 0, 31_536_000),
        ("max_parts", spec.max_parts.unwrap_or(1), 1, 10),
        ("when.max_age_min", spec.when.max_age_min, 1, 10_080),
    ];
    for (field, value, least, most) in ranges {
        if !(least..=most).contains(&value) {
            fault(field.into(), Kind::OutOfRange { least, most });
        }
    }
    let policy = &practice.settings.phones;
    let account = &practice.settings.calls.own_numbers;
    let own: Vec<String> = account.iter().map(|own| canonical(&own.number, policy)).collect();
    check_conditions(&spec.when, &own, policy, &mut fault);
    check_recipients(&spec.recipients, &own, policy, &mut fault);
    faults
}

fn check_conditions(
    when: &CallConditions,
    own: &[String],
    policy: &PhonePolicy,
    fault: &mut impl FnMut(String, CallRuleFaultKind),
) {
    use CallRuleFaultKind as Kind;
    if when.statuses.is_empty() {
        fault("when.statuses".into(), Kind::Missing {});
    }
    if when.from_s.zip(when.to_s).is_some_and(|(from, to)| from > to) {
        fault("when.to_s".into(), Kind::Reversed {});
    }
    if when.times.len() > MAX_RULE_RANGES {
        fault("when.times".into(), Kind::TooMany { limit: MAX_RULE_RANGES });
    } else if !when.times.is_empty() {
        let holidays = HolidayPolicy::Send;
        let window = SendWindow { ranges: when.times.clone(), holidays, ..SendWindow::default() };
        for wrong in calendar::check(&window) {
            fault("when.times".into(), Kind::Window { fault: wrong });
        }
    }
    if when.own_numbers.len() > MAX_OWN_NUMBERS {
        fault("when.own_numbers".into(), Kind::TooMany { limit: MAX_OWN_NUMBERS });
    }
    for (place, wanted) in when.own_numbers.iter().enumerate() {
        let kind = match prefix(wanted) {
            Some(prefix) if prefix.trim_start_matches('+').is_empty() => Kind::EmptyPrefix {},
            Some(_) => continue,
            None if wanted.trim().is_empty() => Kind::Missing {},
            None if !own.is_empty() && !own.contains(&canonical(wanted, policy)) => Kind::UnknownOwnNumber {},
            None => continue,
        };
        fault(format!("when.own_numbers[{place}]"), kind);
    }
}

fn check_recipients(
    recipients: &CallRecipients,
    own: &[String],
    policy: &PhonePolicy,
    fault: &mut impl FnMut(String, CallRuleFaultKind),
) {
    use CallRuleFaultKind as Kind;
    if !recipients.other_party && recipients.numbers.is_empty() {
        fault("recipients".into(), Kind::Missing {});
    }
    if recipients.numbers.len() > MAX_RECIPIENTS {
        fault("recipients.numbers".into(), Kind::TooMany { limit: MAX_RECIPIENTS });
    }
    for (place, number) in recipients.numbers.iter().enumerate() {
        let kind = match phone::recipient(number.reveal(), policy) {
            Err(_) if own.contains(&canonical(number.reveal(), policy)) => Kind::OwnRecipient {},
            Err(refusal) => Kind::Recipient { refusal },
            Ok(number) if own.iter().any(|own| own == number.reveal()) => Kind::OwnRecipient {},
            Ok(_) => continue,
        };
        fault(format!("recipients.numbers[{place}]"), kind);
    }
}
