//! What a campaign will do, in sentences: what is sent when, to whom, and what becomes of the exceptions.

use super::{example, options};
use crate::campaign::{check_activation, warnings};
use crate::model::{
    CampaignKind, CampaignSpec, CampaignSummary, FirstVisits, FollowUpTime, HolidayPolicy, Language,
    OutsidePolicy, OverLength, Practice, ReminderStep, SmsMode, TimeOfDay, Timestamp, Timing,
};
use crate::words::{self, Label, dates, pick};
use serde::Serialize;
use serde_json::Value;

/// What a campaign will do, in words, with worked examples as of `now`. The campaign should have no faults; of one that has,
/// the examples may be missing.
#[must_use]
pub fn summarise(
    spec: &CampaignSpec,
    practice: &Practice,
    language: Language,
    now: Timestamp,
) -> CampaignSummary {
    let teller = Teller { spec, practice, language };
    CampaignSummary {
        language,
        sentences: teller.sentences(),
        examples: example::examples(spec, practice, language, now),
        warnings: teller.warnings(),
    }
}

/// Tells of one campaign in one language.
pub(super) struct Teller<'a> {
    pub(super) spec: &'a CampaignSpec,
    practice: &'a Practice,
    pub(super) language: Language,
}

impl Teller<'_> {
    pub(super) fn pick(&self, pl: impl Into<String>, en: impl Into<String>) -> String {
        pick(self.language, pl.into(), en.into())
    }

    fn sentences(&self) -> Vec<String> {
        let kind = self.spec.timing.kind();
        let mut sentences = vec![self.when(), self.outside(), self.whom(), self.purpose()];
        sentences.extend(self.reply());
        if kind == CampaignKind::Reminder {
            sentences.extend(self.exceptions());
        }
        sentences.extend(self.joined());
        sentences.extend(self.limit());
        sentences.extend(self.bodies());
        sentences.extend(self.sender());
        sentences.extend(self.length());
        sentences
    }

    /// A list of days, steps or hours in a sentence.
    fn join(&self, parts: &[String]) -> String {
        match parts {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => self
                .pick(format!("{} i {last}", first.join(", ")), format!("{} and {last}", first.join(", "))),
        }
    }

    fn when(&self) -> String {
        let hours = self.hours();
        let at = |time: TimeOfDay| dates::at_time(time, self.language);
        let delay = |minutes: u32, pl: &str, en: &str| {
            let after = self.span(minutes);
            let (pl, en) = if minutes == 0 {
                (format!("Wiadomość wyjdzie od razu {pl}"), format!("The message goes at once {en}"))
            } else {
                (format!("Wiadomość wyjdzie {after} {pl}"), format!("The message goes {after} {en}"))
            };
            self.pick(pl, en)
        };
        let sentence = match &self.spec.timing {
            Timing::Booking { delay_min, .. } => delay(*delay_min, "po umówieniu wizyty", "after booking"),
            Timing::Rescheduled { delay_min } => {
                delay(*delay_min, "po zmianie terminu wizyty", "after the visit's time was changed")
            }
            Timing::Cancelled { delay_min } => {
                delay(*delay_min, "po odwołaniu wizyty", "after the visit was called off")
            }
            Timing::Reminder { steps } => {
                let steps: Vec<String> = steps.iter().map(|step| self.step(step)).collect();
                let joined = self.join(&steps);
                if steps.len() == 1 {
                    self.pick(
                        format!("Przypomnienie wyjdzie {joined}"),
                        format!("The reminder goes {joined}"),
                    )
                } else {
                    self.pick(format!("Przypomnienia wyjdą {joined}"), format!("Reminders go {joined}"))
                }
            }
            Timing::FollowUp { after: FollowUpTime::Delay { delay_min }, .. } => {
                delay(*delay_min, "po wizycie, która się odbyła", "after a visit that took place")
            }
            Timing::FollowUp { after: FollowUpTime::Days { days_after, at: time }, .. } => {
                let at = at(*time);
                if *days_after == 0 {
                    self.pick(
                        format!("Wiadomość wyjdzie w dniu wizyty, która się odbyła, {at}"),
                        format!("The message goes on the day of a visit that took place, {at}"),
                    )
                } else {
                    let days = words::DAYS.count(u64::from(*days_after), self.language);
                    self.pick(
                        format!("Wiadomość wyjdzie {days} po wizycie, która się odbyła, {at}"),
                        format!("The message goes {days} after a visit that took place, {at}"),
                    )
                }
            }
            Timing::Recall { months_after, at: time, .. } => {
                let (months, at) = (words::MONTHS.count(u64::from(*months_after), self.language), at(*time));
                self.pick(
                    format!("Zaproszenie wyjdzie {months} po ostatniej wizycie {at}, jeśli następna nie jest umówiona"),
                    format!("The invitation goes {months} after the last visit {at} where no later one is booked"),
                )
            }
            Timing::Birthday { at: time } => {
                let at = at(*time);
                self.pick(
                    format!("Życzenia wyjdą w dniu urodzin {at}"),
                    format!("The wishes go on the birthday {at}"),
                )
            }
            Timing::Broadcast { at, .. } => {
                let at = dates::on_date_at(*at, self.language);
                self.pick(format!("Wiadomość wyjdzie raz, {at}"), format!("The message goes once, {at}"))
            }
        };
        format!("{sentence}, {hours}.")
    }

    /// So many minutes, in hours where they are whole.
    pub(super) fn span(&self, minutes: u32) -> String {
        let (count, noun) = match minutes {
            hours if hours > 0 && hours % 60 == 0 => (hours / 60, words::HOURS),
            minutes => (minutes, words::MINUTES),
        };
        noun.count(u64::from(count), self.language)
    }

    fn step(&self, step: &ReminderStep) -> String {
        let count = |noun: words::Noun, count: u32| noun.count(u64::from(count), self.language);
        match step {
            ReminderStep::Days { days_before: 0, at }
            | ReminderStep::WorkingDays { working_days_before: 0, at } => {
                let at = dates::at_time(*at, self.language);
                self.pick(format!("w dniu wizyty {at}"), format!("on the day of the visit {at}"))
            }
            ReminderStep::Days { days_before, at } => {
                let (days, at) = (count(words::DAYS, *days_before), dates::at_time(*at, self.language));
                self.pick(format!("{days} przed wizytą {at}"), format!("{days} before the visit {at}"))
            }
            ReminderStep::WorkingDays { working_days_before, at } => {
                let days = count(words::WORKING_DAYS, *working_days_before);
                let at = dates::at_time(*at, self.language);
                self.pick(format!("{days} przed wizytą {at}"), format!("{days} before the visit {at}"))
            }
            ReminderStep::Hours { hours_before } => {
                let hours = count(words::HOURS, *hours_before);
                self.pick(format!("{hours} przed wizytą"), format!("{hours} before the visit"))
            }
        }
    }

    /// The hours of sending: the practice's, and the campaign's own where it has any.
    fn hours(&self) -> String {
        let own = self.spec.window.as_ref();
        let practice = &self.practice.settings.sending_hours;
        let in_words = |window| dates::hours(window, self.language);
        let mut words = match own {
            None => self.pick(
                format!("w godzinach {}", in_words(practice)),
                format!("within {}", in_words(practice)),
            ),
            Some(own) => self.pick(
                format!("w godzinach {} i w godzinach placówki {}", in_words(own), in_words(practice)),
                format!("within {} and the practice's hours {}", in_words(own), in_words(practice)),
            ),
        };
        if own.into_iter().chain([practice]).any(|window| window.holidays == HolidayPolicy::Avoid) {
            words.push_str(&self.pick(", z wyjątkiem świąt", ", holidays excepted"));
        }
        words
    }

    fn outside(&self) -> String {
        let (pl, en) = match (self.spec.outside(), self.spec.timing.kind()) {
            (OutsidePolicy::BringForward, CampaignKind::Reminder) => (
                "Co wypada poza tymi godzinami, wyjdzie wcześniej.",
                "What falls outside these hours goes earlier.",
            ),
            (OutsidePolicy::BringForward | OutsidePolicy::Defer, _) => (
                "Co wypada poza tymi godzinami, wyjdzie później.",
                "What falls outside these hours goes later.",
            ),
            (OutsidePolicy::Drop, _) => {
                ("Co wypada poza tymi godzinami, nie wyjdzie.", "What falls outside these hours does not go.")
            }
        };
        self.pick(pl, en)
    }

    /// Filters and audience.
    fn whom(&self) -> String {
        let filters = &self.spec.filters;
        let mut parts = Vec::new();
        let lists: [(&str, &str, Vec<&str>); 3] = [
            ("gabinety", "rooms", filters.rooms.iter().map(crate::model::RoomId::as_str).collect()),
            ("lekarze", "doctors", filters.doctors.iter().map(String::as_str).collect()),
            ("typy wizyt", "types of visit", filters.visit_types.iter().map(String::as_str).collect()),
        ];
        for (pl, en, values) in lists.into_iter().filter(|(.., values)| !values.is_empty()) {
            parts.push(format!("{}: {}", pick(self.language, pl, en), values.join(", ")));
        }
        if filters.first_visits != FirstVisits::Any {
            parts.push(self.option(options::FIRST_VISITS, filters.first_visits));
        }
        let filtered = (!parts.is_empty()).then(|| parts.join("; "));
        match (&self.spec.timing, filtered) {
            (Timing::Birthday { .. }, _) => self.pick(
                "Dotyczy wszystkich pacjentów ze znaną datą urodzenia.",
                "For all patients whose date of birth is known.",
            ),
            (Timing::Broadcast { audience, .. }, filtered) => match audience.visits {
                None => self.pick("Dotyczy wszystkich pacjentów.", "For all patients."),
                Some(days) => {
                    let (from, to) = (dates::date(days.from), dates::date(days.to));
                    let which = filtered.map(|parts| format!(" ({parts})")).unwrap_or_default();
                    self.pick(
                        format!("Dotyczy pacjentów z wizytą od {from} do {to}{which}."),
                        format!("For patients with a visit from {from} to {to}{which}."),
                    )
                }
            },
            (Timing::Recall { .. }, None) => {
                self.pick("Liczy się każda wizyta, która się odbyła.", "Every visit that took place counts.")
            }
            (Timing::Recall { .. }, Some(parts)) => {
                self.pick(format!("Liczą się wizyty: {parts}."), format!("Visits that count: {parts}."))
            }
            (_, None) => self.pick("Dotyczy wszystkich wizyt.", "For all visits."),
            (_, Some(parts)) => {
                self.pick(format!("Dotyczy wizyt: {parts}."), format!("For visits: {parts}."))
            }
        }
    }

    fn purpose(&self) -> String {
        let purpose = self.spec.purpose.label(self.language);
        self.pick(format!("Potrzebna zgoda pacjenta: {purpose}."), format!("Consent needed: {purpose}."))
    }

    fn reply(&self) -> Option<String> {
        let asks = self.spec.expects_reply();
        (!self.spec.timing.kind().is_about_patients()).then(|| match asks {
            true => self.pick(
                "Wiadomość prosi o odpowiedź TAK lub NIE.",
                "The message asks for TAK (yes) or NIE (no).",
            ),
            false => self.pick("Wiadomość nie prosi o odpowiedź.", "The message asks for no answer."),
        })
    }

    /// The label of a choice.
    fn option<T: Serialize>(&self, options: options::Options, value: T) -> String {
        let name = serde_json::to_value(value).unwrap_or(Value::Null);
        let known = options.iter().find(|(wire, ..)| name.as_str() == Some(*wire));
        known.map(|(_, pl, en)| self.pick(*pl, *en)).unwrap_or_default()
    }

    fn bodies(&self) -> Option<String> {
        let bodies = &self.spec.bodies;
        let own = [
            (bodies.first_visit.is_some(), "pierwsza wizyta", "first visits"),
            (bodies.minor.is_some(), "pacjent niepełnoletni", "patients under 18"),
        ];
        let own: Vec<&str> =
            own.iter().filter(|(own, ..)| *own).map(|(_, pl, en)| pick(self.language, *pl, *en)).collect();
        let own = Some(own.join(", ")).filter(|own| !own.is_empty())?;
        Some(self.pick(format!("Osobną treść mają: {own}."), format!("With a text of their own: {own}.")))
    }

    fn sender(&self) -> Option<String> {
        let sender = self.spec.sender.as_ref()?;
        Some(self.pick(format!("Nadawca: {sender}."), format!("Sender: {sender}.")))
    }

    fn length(&self) -> Option<String> {
        let most = self.spec.max_parts.unwrap_or(self.practice.settings.max_parts);
        if self.spec.over_length == OverLength::Send && self.spec.max_parts.is_none() {
            return None;
        }
        let parts = words::PARTS.count(u64::from(most), self.language);
        let longer = self.option(options::OVER_LENGTH, self.spec.over_length);
        Some(self.pick(
            format!("Wiadomość ma najwyżej {parts}; dłuższa: {longer}."),
            format!("A message has at most {parts}; a longer one: {longer}."),
        ))
    }

    fn warnings(&self) -> Vec<String> {
        let mut told = Vec::new();
        if self.practice.settings.mode == SmsMode::None {
            told.push(
                self.pick("Wysyłka SMS w placówce jest wyłączona.", "SMS is switched off in the practice."),
            );
        }
        // what would be refused when it is activated
        let faults = check_activation(self.spec, self.practice);
        let faults = faults.iter().filter(|fault| fault.field == "sender");
        told.extend(faults.map(|fault| fault.message(self.language)));
        let warnings = warnings(self.spec, self.practice);
        told.extend(warnings.iter().map(|warning| warning.message(self.language)));
        told
    }
}
