//! The check of a practice's settings: every fault at once, by field.

use crate::calendar;
use crate::model::{
    Language, MAX_OWN_NUMBERS, MAX_ROUTE_PREFIXES, MAX_ROUTE_WEIGHT, MAX_ROUTES, MarkerFault,
    PhonePolicyFault, Practice, Route, Settings, TemplateSubject, WindowFault,
};
use crate::phone;
use crate::template::{self, Catalogue};
use crate::words;
use std::collections::BTreeSet;
use std::fmt;

/// The least length of a practice's secret, in bytes.
pub const MIN_SECRET: usize = 16;
/// The longest that data are kept where a limit is set, in days.
const MAX_KEPT_DAYS: i64 = 36_500;
/// The longest id of a gateway, in bytes.
const MAX_GATEWAY_ID: usize = 200;
/// The most thresholds of a low balance.
const MAX_THRESHOLDS: i64 = 10;
/// The highest of them, in messages.
const MAX_THRESHOLD: i64 = 1_000_000;

/// A fault of a practice or its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PracticeFault {
    /// The field, as a path (`settings.attempts`, `settings.links[2].url`).
    pub field: String,
    /// What was expected.
    pub kind: PracticeFaultKind,
}

/// What is wrong with a field of a practice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PracticeFaultKind {
    /// A text of a wrong length, in bytes.
    Length {
        /// The least.
        least: usize,
        /// The most.
        most: usize,
    },
    /// A number outside its range.
    OutOfRange {
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// A send window or the working days make no sense.
    Window(WindowFault),
    /// A link marker is faulty.
    Link(MarkerFault),
    /// The prefixes are faulty.
    Phones(PhonePolicyFault),
    /// A sender id of more than 11 characters, or with other signs than letters, digits, dot, dash and space, or
    /// without a letter; a number may have up to 15 digits.
    Sender,
    /// Numbers that begin with what is no prefix.
    Prefix,
    /// A route names a gateway for numbers that it has already.
    RouteTwice,
    /// Not three capital letters of ISO 4217.
    Currency,
    /// Not `#` and three or six hexadecimal digits.
    Colour,
    /// Identities that would go while texts, which name them, stay.
    TextsFirst,
    /// Link markers are changed one by one, as what uses them has to be looked at.
    LinksApart,
}

impl fmt::Display for PracticeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message(Language::En))
    }
}

impl PracticeFault {
    /// The fault in words, for a screen.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        let pick = |pl: &str, en: &str| words::pick(language, pl, en).to_owned();
        match &self.kind {
            PracticeFaultKind::Length { least, most } => {
                pick(&format!("długość od {least} do {most} bajtów"), &format!("{least} to {most} bytes"))
            }
            PracticeFaultKind::OutOfRange { least, most } => {
                pick(&format!("wartość od {least} do {most}"), &format!("a value from {least} to {most}"))
            }
            PracticeFaultKind::Window(fault) => fault.message(language),
            PracticeFaultKind::Link(fault) => fault.message(language),
            PracticeFaultKind::Phones(fault) => fault.message(language),
            PracticeFaultKind::Sender => pick(
                "nadawca: do 11 liter, cyfr, kropek, kresek i spacji z co najmniej jedną literą, albo numer",
                "a sender of up to 11 letters, digits, dots, dashes and spaces with at least one letter, or a number",
            ),
            PracticeFaultKind::Prefix => pick("prefiks, na przykład +48", "a prefix such as +48"),
            PracticeFaultKind::RouteTwice => {
                pick("każda bramka raz dla tych samych numerów", "each gateway once for the same numbers")
            }
            PracticeFaultKind::Currency => pick("kod waluty, na przykład PLN", "a currency code such as PLN"),
            PracticeFaultKind::Colour => pick("kolor, na przykład #2e7d32", "a colour such as #2e7d32"),
            PracticeFaultKind::TextsFirst => pick(
                "treści muszą znikać nie później niż dane osób, które w nich są",
                "texts go no later than the people whom they name",
            ),
            PracticeFaultKind::LinksApart => pick(
                "znaczniki linków zmienia się osobno, każdy z osobna (save_link, delete_link)",
                "link markers are changed one by one, by save_link and delete_link",
            ),
        }
    }
}

/// Every fault of a practice and its settings.
#[must_use]
pub fn check(practice: &Practice) -> Vec<PracticeFault> {
    let mut faults = Vec::new();
    let mut fault = |field: String, kind| faults.push(PracticeFault { field, kind });
    let settings = &practice.settings;
    let texts = [
        ("id", practice.id.as_str(), 1, 200),
        ("name", practice.name.as_str(), 1, 500),
        ("address", practice.address.as_deref().unwrap_or_default(), 0, 500),
        ("phone", practice.phone.as_deref().unwrap_or_default(), 0, 100),
        ("secret", practice.secret.reveal(), MIN_SECRET, 1_000),
    ];
    for (field, text, least, most) in texts {
        if !(least..=most).contains(&text.len()) {
            fault(field.into(), PracticeFaultKind::Length { least, most });
        }
    }
    let numbers = [
        ("attempts", i64::from(settings.attempts), 1, 5),
        ("max_parts", i64::from(settings.max_parts), 1, 10),
        ("report_wait_h", i64::from(settings.report_wait_h), 1, 168),
        ("move_tolerance_min", i64::from(settings.move_tolerance_min), 0, 720),
        ("daily_cap", settings.daily_cap.map_or(1, i64::from), 1, 1_000),
        ("daily_budget_milli", settings.daily_budget_milli.unwrap_or(0), 0, i64::MAX),
        ("breaker.factor", settings.breaker.map_or(2, |breaker| i64::from(breaker.factor)), 2, 100),
        ("breaker.floor", settings.breaker.map_or(1, |breaker| i64::from(breaker.floor)), 1, 1_000_000),
        ("retention.texts_days", settings.retention.texts_days.map_or(1, i64::from), 1, MAX_KEPT_DAYS),
        (
            "retention.identities_days",
            settings.retention.identities_days.map_or(1, i64::from),
            1,
            MAX_KEPT_DAYS,
        ),
        ("low_balance", i64::try_from(settings.low_balance.len()).unwrap_or(i64::MAX), 0, MAX_THRESHOLDS),
    ];
    for (field, value, least, most) in numbers {
        if !(least..=most).contains(&value) {
            fault(format!("settings.{field}"), PracticeFaultKind::OutOfRange { least, most });
        }
    }
    for wrong in calendar::check(&settings.sending_hours) {
        fault("settings.sending_hours".into(), PracticeFaultKind::Window(wrong));
    }
    for wrong in calendar::check_working_days(&settings.working_days) {
        fault("settings.working_days".into(), PracticeFaultKind::Window(wrong));
    }
    for wrong in phone::check(&settings.phones) {
        fault("settings.phones".into(), PracticeFaultKind::Phones(wrong));
    }
    let mut catalogue = Catalogue::new(TemplateSubject::Visits);
    for (place, link) in settings.links.iter().enumerate() {
        for wrong in catalogue.add_link(link.clone()).err().into_iter().flatten() {
            let field = wrong.field().map_or(String::new(), |field| format!(".{field}"));
            fault(format!("settings.links[{place}]{field}"), PracticeFaultKind::Link(wrong));
        }
    }
    for (place, sender) in settings.senders.iter().enumerate() {
        if !is_sender(&sender.id) {
            fault(format!("settings.senders[{place}].id"), PracticeFaultKind::Sender);
        }
    }
    let own = &settings.calls.own_numbers;
    if own.len() > MAX_OWN_NUMBERS {
        let most = MAX_OWN_NUMBERS.try_into().unwrap_or(i64::MAX);
        fault("settings.calls.own_numbers".into(), PracticeFaultKind::OutOfRange { least: 0, most });
    }
    for (place, own) in own.iter().enumerate() {
        let texts =
            [("number", own.number.trim(), 1, 100), ("label", own.label.as_deref().unwrap_or(""), 0, 200)];
        for (field, text, least, most) in texts {
            if !(least..=most).contains(&text.len()) {
                let field = format!("settings.calls.own_numbers[{place}].{field}");
                fault(field, PracticeFaultKind::Length { least, most });
            }
        }
    }
    let service = &settings.calls.service;
    for (field, text) in [("plan", &service.plan), ("price", &service.price), ("link", &service.link)] {
        if text.as_ref().is_some_and(|text| text.len() > 500) {
            let kind = PracticeFaultKind::Length { least: 0, most: 500 };
            fault(format!("settings.calls.service.{field}"), kind);
        }
    }
    for (place, price) in settings.prices.iter().enumerate() {
        if !is_prefix(&price.prefix) {
            fault(format!("settings.prices[{place}].prefix"), PracticeFaultKind::Prefix);
        }
        if price.part_milli < 0 {
            let kind = PracticeFaultKind::OutOfRange { least: 0, most: i64::MAX };
            fault(format!("settings.prices[{place}].part_milli"), kind);
        }
    }
    check_routes(&settings.routes, &mut fault);
    check_account(settings, &mut fault);
    if settings.currency.len() != 3 || !settings.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        fault("settings.currency".into(), PracticeFaultKind::Currency);
    }
    faults
}

/// The beginning of a number in E.164.
fn is_prefix(prefix: &str) -> bool {
    let digits = prefix.strip_prefix('+').unwrap_or_default();
    !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn check_routes(routes: &[Route], fault: &mut impl FnMut(String, PracticeFaultKind)) {
    let at_most = |most: usize| PracticeFaultKind::OutOfRange {
        least: 0,
        most: i64::try_from(most).unwrap_or(i64::MAX),
    };
    if routes.len() > MAX_ROUTES {
        fault("settings.routes".into(), at_most(MAX_ROUTES));
    }
    let mut known = BTreeSet::new();
    for (place, route) in routes.iter().enumerate() {
        let field = format!("settings.routes[{place}]");
        if !(1..=MAX_GATEWAY_ID).contains(&route.gateway.as_str().len()) {
            fault(format!("{field}.gateway"), PracticeFaultKind::Length { least: 1, most: MAX_GATEWAY_ID });
        }
        if route.weight > MAX_ROUTE_WEIGHT {
            let kind = PracticeFaultKind::OutOfRange { least: 0, most: MAX_ROUTE_WEIGHT.into() };
            fault(format!("{field}.weight"), kind);
        }
        if route.prefixes.len() > MAX_ROUTE_PREFIXES {
            fault(format!("{field}.prefixes"), at_most(MAX_ROUTE_PREFIXES));
        }
        if route.prefixes.is_empty() && !known.insert((&route.gateway, "")) {
            fault(format!("{field}.gateway"), PracticeFaultKind::RouteTwice);
        }
        for (place, prefix) in route.prefixes.iter().enumerate() {
            let field = format!("{field}.prefixes[{place}]");
            if !is_prefix(prefix) {
                fault(field, PracticeFaultKind::Prefix);
            } else if !known.insert((&route.gateway, prefix)) {
                fault(field, PracticeFaultKind::RouteTwice);
            }
        }
    }
}

/// What belongs to the account, to keeping data, and to showing them.
fn check_account(settings: &Settings, fault: &mut impl FnMut(String, PracticeFaultKind)) {
    for (place, threshold) in settings.low_balance.iter().enumerate() {
        if !(0..=MAX_THRESHOLD).contains(threshold) {
            let kind = PracticeFaultKind::OutOfRange { least: 0, most: MAX_THRESHOLD };
            fault(format!("settings.low_balance[{place}]"), kind);
        }
    }
    if let Some(Err(wrong)) = settings.top_up_link.as_deref().map(template::check_url) {
        fault("settings.top_up_link".into(), PracticeFaultKind::Link(wrong));
    }
    let kept = settings.retention;
    if kept.identities_days.is_some_and(|days| kept.texts_days.is_none_or(|texts| texts > days)) {
        fault("settings.retention.identities_days".into(), PracticeFaultKind::TextsFirst);
    }
    let colours = &settings.colours;
    for (field, colour) in [("yes", &colours.yes), ("no", &colours.no), ("other", &colours.other)] {
        let digits = colour.strip_prefix('#').unwrap_or_default();
        if !matches!(digits.len(), 3 | 6) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            fault(format!("settings.colours.{field}"), PracticeFaultKind::Colour);
        }
    }
}

/// The placeholders of bodies about visits or calls: the built-in ones, and the practice's link markers.
pub(crate) fn catalogue(practice: &Practice, subject: TemplateSubject) -> Catalogue {
    let mut catalogue = Catalogue::new(subject);
    for link in &practice.settings.links {
        // faulty markers are refused when the settings are stored
        let _ = catalogue.add_link(link.clone());
    }
    catalogue
}

/// The price of one part to a number (E.164), in thousandths: of the longest prefix on the practice's list that matches; 0
/// where none does.
pub(crate) fn part_price(practice: &Practice, number: &str) -> i64 {
    let prices = practice.settings.prices.iter();
    let matching = prices.filter(|price| number.starts_with(&price.prefix));
    matching.max_by_key(|price| price.prefix.len()).map_or(0, |price| price.part_milli)
}

/// The same for numbers of the practice's own prefix: what examples and previews cost.
pub(crate) fn own_part_price(practice: &Practice) -> i64 {
    part_price(practice, &practice.settings.phones.default_prefix)
}

/// A sender id as providers take them, or a number.
fn is_sender(id: &str) -> bool {
    let number = id.strip_prefix('+').unwrap_or(id);
    if !number.is_empty() && number.len() <= 15 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ' ');
    !id.is_empty() && id.len() <= 11 && id.chars().all(fits) && id.chars().any(|c| c.is_ascii_alphabetic())
}
