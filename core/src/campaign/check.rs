//! The check of what a user wrote: every fault at once, by field, before anything is saved.

use crate::calendar;
use crate::model::{
    CampaignKind, CampaignSpec, Filters, FollowUpTime, Language, MAX_STEPS, Practice, ReminderStep,
    TemplateFault, TemplateSubject, Timing, WindowFault,
};
use crate::template::{Catalogue, Template};
use crate::{practice, words};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest name of a campaign, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// A fault of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignFault {
    /// The field, as a path (`bodies.first_visit`, `timing.steps[1].at`).
    pub field: String,
    /// What is wrong.
    pub kind: CampaignFaultKind,
}

/// What is wrong with a field of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CampaignFaultKind {
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
        least: i64,
        /// The most.
        most: i64,
    },
    /// A span of days that ends before it begins.
    EndsBeforeStart {},
    /// A body that cannot be compiled.
    Body {
        /// Where, and what is wrong.
        fault: TemplateFault,
    },
    /// A send window that makes no sense.
    Window {
        /// Which field of it, and what is wrong.
        fault: WindowFault,
    },
    /// The sender is not one of the practice's.
    UnknownSender {},
    /// The campaign asks for an answer, and no answer can come to this sender.
    SenderCannotReceive {},
    /// The campaign is about patients, and this asks something of a visit.
    NoVisit {},
}

impl fmt::Display for CampaignFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message(Language::En))
    }
}

impl CampaignFault {
    fn new(field: impl Into<String>, kind: CampaignFaultKind) -> Self {
        Self { field: field.into(), kind }
    }

    /// The fault in words, for a screen.
    #[must_use]
    pub fn message(&self, language: Language) -> String {
        use CampaignFaultKind::{
            Body, EndsBeforeStart, Missing, NoVisit, OutOfRange, SenderCannotReceive, TooMany, UnknownSender,
            Window,
        };
        let pick = |pl: &str, en: &str| words::pick(language, pl, en).to_owned();
        match &self.kind {
            Missing {} => pick("pole jest wymagane", "a value is needed"),
            TooMany { limit } => pick(&format!("najwyżej {limit}"), &format!("at most {limit}")),
            OutOfRange { least, most } => {
                pick(&format!("wartość od {least} do {most}"), &format!("a value from {least} to {most}"))
            }
            EndsBeforeStart {} => {
                pick("dzień końcowy przed początkowym", "the last day comes before the first")
            }
            Body { fault } => fault.message(language),
            Window { fault } => format!("{}: {}", fault.field, fault.kind),
            UnknownSender {} => pick("nieznane pole nadawcy", "the practice has no such sender"),
            SenderCannotReceive {} => pick(
                "na to pole nadawcy nie można odpowiedzieć, a kampania prosi o odpowiedź",
                "the campaign asks for an answer, but none can come to this sender",
            ),
            NoVisit {} => pick(
                "ta kampania nie dotyczy wizyty, więc tego nie może mieć",
                "this campaign is not about a visit, and cannot have that",
            ),
        }
    }
}

/// The placeholders that a practice's bodies can have: the built-in ones for visits, and its link markers.
#[must_use]
pub fn catalogue(practice: &Practice) -> Catalogue {
    practice::catalogue(practice, TemplateSubject::Visits)
}

/// The placeholders that a campaign of this kind can have: one about patients knows of no visit.
#[must_use]
pub fn catalogue_for(practice: &Practice, kind: CampaignKind) -> Catalogue {
    if kind.is_about_patients() {
        practice::catalogue(practice, TemplateSubject::People)
    } else {
        catalogue(practice)
    }
}

/// Every fault of a campaign, for this practice.
#[must_use]
pub fn check(spec: &CampaignSpec, practice: &Practice) -> Vec<CampaignFault> {
    let mut faults = Vec::new();
    let name = spec.name.trim();
    if name.is_empty() {
        faults.push(CampaignFault::new("name", CampaignFaultKind::Missing {}));
    } else if name.chars().count() > MAX_NAME_CHARS {
        faults.push(CampaignFault::new("name", CampaignFaultKind::TooMany { limit: MAX_NAME_CHARS }));
    }
    check_timing(&spec.timing, &mut faults);
    check_bodies(spec, practice, &mut faults);
    check_about_patients(spec, &mut faults);
    if let Some(window) = &spec.window {
        let wrong = calendar::check(window).into_iter();
        faults.extend(wrong.map(|fault| CampaignFault::new("window", CampaignFaultKind::Window { fault })));
    }
    range(&mut faults, "min_lead_min", spec.min_lead_min, 0, 10_080);
    if let Some(parts) = spec.max_parts {
        range(&mut faults, "max_parts", parts, 1, 10);
    }
    if let Some(sender) = &spec.sender
        && !practice.settings.senders.iter().any(|known| known.id == *sender)
    {
        faults.push(CampaignFault::new("sender", CampaignFaultKind::UnknownSender {}));
    }
    faults
}

/// What more is needed before a campaign can be activated: one that asks for an answer needs a sender that can receive.
#[must_use]
pub fn check_activation(spec: &CampaignSpec, practice: &Practice) -> Vec<CampaignFault> {
    let senders = &practice.settings.senders;
    let sender = match &spec.sender {
        Some(id) => senders.iter().find(|sender| sender.id == *id),
        None => senders.first(),
    };
    let deaf = spec.expects_reply() && !sender.is_some_and(|sender| sender.receives);
    let mut faults = check(spec, practice);
    if deaf {
        faults.push(CampaignFault::new("sender", CampaignFaultKind::SenderCannotReceive {}));
    }
    faults
}

fn check_timing(timing: &Timing, faults: &mut Vec<CampaignFault>) {
    const WEEK_MIN: u32 = 10_080;
    match timing {
        Timing::Booking { delay_min, max_age_min } => {
            range(faults, "timing.delay_min", *delay_min, 0, WEEK_MIN);
            range(faults, "timing.max_age_min", *max_age_min, 1, 525_600);
        }
        Timing::Reminder { steps } => {
            if steps.is_empty() {
                faults.push(CampaignFault::new("timing.steps", CampaignFaultKind::Missing {}));
            }
            if steps.len() > MAX_STEPS {
                faults.push(CampaignFault::new(
                    "timing.steps",
                    CampaignFaultKind::TooMany { limit: MAX_STEPS },
                ));
            }
            for (place, step) in steps.iter().enumerate() {
                let field = |name: &str| format!("timing.steps[{place}].{name}");
                match step {
                    ReminderStep::Days { days_before, .. } => {
                        range(faults, field("days_before"), *days_before, 0, 365)
                    }
                    ReminderStep::WorkingDays { working_days_before, .. } => {
                        range(faults, field("working_days_before"), *working_days_before, 0, 60);
                    }
                    ReminderStep::Hours { hours_before } => {
                        range(faults, field("hours_before"), *hours_before, 1, 8_760);
                    }
                }
            }
        }
        Timing::FollowUp { after, max_age_h } => {
            range(faults, "timing.max_age_h", *max_age_h, 1, 8_760);
            match after {
                FollowUpTime::Delay { delay_min } => {
                    range(faults, "timing.after.delay_min", *delay_min, 0, 43_200)
                }
                FollowUpTime::Days { days_after, .. } => {
                    range(faults, "timing.after.days_after", *days_after, 0, 365)
                }
            }
        }
        Timing::Recall { months_after, overdue_days, .. } => {
            range(faults, "timing.months_after", *months_after, 1, 120);
            range(faults, "timing.overdue_days", *overdue_days, 0, 730);
        }
        Timing::Birthday { .. } => {}
        Timing::Broadcast { audience, .. } => {
            if audience.visits.is_some_and(|days| days.to < days.from) {
                let field = "timing.audience.visits.to";
                faults.push(CampaignFault::new(field, CampaignFaultKind::EndsBeforeStart {}));
            }
        }
        Timing::Rescheduled { delay_min } | Timing::Cancelled { delay_min } => {
            range(faults, "timing.delay_min", *delay_min, 0, WEEK_MIN);
        }
    }
}

/// What only a campaign about visits can have.
fn check_about_patients(spec: &CampaignSpec, faults: &mut Vec<CampaignFault>) {
    if !spec.timing.kind().is_about_patients() {
        return;
    }
    let by_visits = match &spec.timing {
        Timing::Recall { .. } => true,
        Timing::Broadcast { audience, .. } => audience.visits.is_some(),
        _ => false,
    };
    let asks_of_a_visit = [
        (spec.bodies.first_visit.is_some(), "bodies.first_visit"),
        (spec.expects_reply == Some(true), "expects_reply"),
        (!by_visits && spec.filters != Filters::default(), "filters"),
    ];
    for (_, field) in asks_of_a_visit.into_iter().filter(|(asks, _)| *asks) {
        faults.push(CampaignFault::new(field, CampaignFaultKind::NoVisit {}));
    }
}

fn check_bodies(spec: &CampaignSpec, practice: &Practice, faults: &mut Vec<CampaignFault>) {
    let (bodies, catalogue) = (&spec.bodies, catalogue_for(practice, spec.timing.kind()));
    let all = [
        ("bodies.default", Some(&bodies.default)),
        ("bodies.first_visit", bodies.first_visit.as_ref()),
        ("bodies.minor", bodies.minor.as_ref()),
    ];
    for (field, body) in all {
        if let Some(Err(wrong)) = body.map(|body| Template::compile(body, &catalogue)) {
            let wrong = wrong.into_iter();
            faults.extend(wrong.map(|fault| CampaignFault::new(field, CampaignFaultKind::Body { fault })));
        }
    }
}

fn range(faults: &mut Vec<CampaignFault>, field: impl Into<String>, value: u32, least: u32, most: u32) {
    if !(least..=most).contains(&value) {
        let kind = CampaignFaultKind::OutOfRange { least: i64::from(least), most: i64::from(most) };
        faults.push(CampaignFault::new(field, kind));
    }
}
