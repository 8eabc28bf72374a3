//! Worked examples: a sample visit on a sample calendar, decided on by the rules that decide on real ones.

use crate::calendar;
use crate::campaign::catalogue_for;
use crate::campaign::plan::wall;
use crate::campaign::{PersonScene, Recipient, Scene, Wish, approach, recall_due, variant, wish};
use crate::model::{
    Campaign, CampaignSpec, CampaignStatus, Consent, ConsentSource, Consents, DAY_MS, Doctor, FirstVisits,
    HOUR_MS, Language, Moved, Name, Occasion, OverLength, Patient, PatientFile, PatientStatus, Phone,
    Practice, Reason, ReminderStep, Room, SmsMode, Timestamp, Timing, Visit, VisitFile, VisitState,
    WorkedExample,
};
use crate::practice::own_part_price;
use crate::template::{Template, VisitDetail, VisitValues, vocative};
use crate::text;
use crate::words::{self, Label, dates, pick};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// Who is in the examples.
const FIRST_NAME: &str = "Anna";
const LAST_NAME: &str = "Kowalska";
const BORN: (i32, u32, u32) = (1980, 5, 14);
/// When the sample visit is, on the wall.
const VISIT_AT: (u32, u32) = (12, 30);
/// How far ahead the sample visit is at least, beyond what its reminders need.
const AHEAD_DAYS: u64 = 3;

/// An example for each step of a campaign, in the order of their times; none where the body has faults.
pub(super) fn examples(
    spec: &CampaignSpec,
    practice: &Practice,
    language: Language,
    now: Timestamp,
) -> Vec<WorkedExample> {
    let mut practice = practice.clone();
    if practice.settings.mode == SmsMode::None {
        // what would be, were it on
        practice.settings.mode = SmsMode::Standard;
    }
    let case = Case { practice: &practice, language, now };
    let mut examples: Vec<WorkedExample> = if spec.timing.kind().is_about_patients() {
        case.of_patient(spec).into_iter().collect()
    } else {
        (0..spec.steps()).filter_map(|step| case.of_visit(spec, step)).collect()
    };
    examples.sort_by_key(|example| example.at);
    examples
}

struct Case<'a> {
    practice: &'a Practice,
    language: Language,
    now: Timestamp,
}

impl Case<'_> {
    fn today(&self) -> NaiveDate {
        calendar::local_date(self.practice.zone, self.now)
    }

    /// A message about a visit, as [`wish`] has it.
    fn of_visit(&self, spec: &CampaignSpec, step: u8) -> Option<WorkedExample> {
        let (visit, patient) = (self.visit(spec), self.patient());
        let campaign = self.campaign(spec);
        let scene = Scene {
            now: self.now,
            practice: self.practice,
            visit: &visit,
            patient: Some(&patient),
            opt_out: None,
            bad_number: false,
            first_visit: spec.filters.first_visits == FirstVisits::Only,
            same_day: &[],
            series: &[],
        };
        let goes = outcome(wish(&campaign, step, &scene));
        let start = dates::on_date_at(visit.visit.start, self.language);
        let now = dates::on_date_at(calendar::local(self.practice.zone, self.now), self.language);
        let (pl, en) = match &spec.timing {
            Timing::Booking { .. } => (format!("wizyta umówiona {now}"), format!("a visit booked {now}")),
            Timing::Rescheduled { .. } => {
                (format!("termin wizyty zmieniony {now}"), format!("a visit's time changed {now}"))
            }
            Timing::Cancelled { .. } => {
                (format!("wizyta odwołana {now}"), format!("a visit called off {now}"))
            }
            _ => (format!("wizyta {start}"), format!("a visit {start}")),
        };
        let (_, body) = variant(&campaign, &scene);
        self.told(&pick(self.language, pl, en), goes, body, spec, Some(&visit))
    }

    /// A message about a patient and no visit, as [`approach`] has it.
    fn of_patient(&self, spec: &CampaignSpec) -> Option<WorkedExample> {
        let today = self.today();
        let (occasion, case) = match &spec.timing {
            Timing::Recall { months_after, .. } => {
                let last = dates::on_date(today, self.language);
                let case =
                    pick(self.language, format!("ostatnia wizyta {last}"), format!("a last visit {last}"));
                (Occasion::Recall { due: recall_due(today, *months_after)? }, case)
            }
            Timing::Birthday { at } => {
                let born = born()?;
                let years = [today.year(), today.year() + 1];
                let mut birthdays = years.into_iter().filter_map(|year| calendar::birthday_in(born, year));
                let still_to_come = |day: &NaiveDate| {
                    calendar::resolve(self.practice.zone, day.and_time(wall(*at))) >= self.now
                };
                let day = birthdays.find(still_to_come)?;
                let said = dates::on_date(day, self.language);
                let case = pick(self.language, format!("urodziny {said}"), format!("a birthday {said}"));
                (Occasion::Birthday { year: day.year() }, case)
            }
            Timing::Broadcast { at, .. } => {
                let said = dates::on_date_at(*at, self.language);
                let case = pick(
                    self.language,
                    format!("wysyłka zaplanowana {said}"),
                    format!("a broadcast planned {said}"),
                );
                (Occasion::Broadcast { run: 1 }, case)
            }
            _ => return None,
        };
        let (campaign, patient) = (self.campaign(spec), self.patient());
        let mut last = self.visit(spec);
        // a visit of today, whatever the hour
        last.starts_at = calendar::resolve(self.practice.zone, today.and_time(NaiveTime::MIN));
        let scene = PersonScene {
            now: self.now,
            recipient: Recipient {
                practice: self.practice,
                patient: Some(&patient),
                opt_out: None,
                bad_number: false,
            },
            last: Some(&last),
            booked: None,
            in_audience: true,
        };
        let goes = outcome(approach(&campaign, occasion, &scene));
        self.told(&case, goes, &spec.bodies.default, spec, None)
    }

    /// The campaign as if it had been running for a while.
    fn campaign(&self, spec: &CampaignSpec) -> Campaign {
        Campaign {
            id: "example".into(),
            spec: spec.clone(),
            status: CampaignStatus::Active,
            version: 1,
            // older than all that happens in the example
            activated_at: Some(self.now.plus_ms(-2 * DAY_MS)),
            history: Vec::new(),
        }
    }

    /// The example in words, with its text and cost.
    fn told(
        &self,
        case: &str,
        goes: Result<Timestamp, Reason>,
        body: &str,
        spec: &CampaignSpec,
        visit: Option<&VisitFile>,
    ) -> Option<WorkedExample> {
        let settings = &self.practice.settings;
        let template = Template::compile(body, &catalogue_for(self.practice, spec.timing.kind())).ok()?;
        let detail = visit.map(|visit| VisitDetail {
            start: visit.visit.start,
            doctor: visit.visit.doctor.as_ref().map_or("", |doctor| doctor.name.reveal()),
            room: visit.visit.room.as_ref().map_or("", |room| room.name.as_str()),
        });
        let called = vocative(FIRST_NAME);
        let values = VisitValues {
            language: self.practice.language,
            first_name: FIRST_NAME,
            first_name_vocative: &called,
            last_name: LAST_NAME,
            visits: detail.as_slice(),
            practice: &self.practice.name,
            address: self.practice.address.as_deref().unwrap_or_default(),
            phone: self.practice.phone.as_deref().unwrap_or_default(),
            extra: &[],
        };
        let mut rendered = String::new();
        let missing = template.render_into(&values, &mut rendered).err();
        let finished = text::finish(&rendered, settings.diacritics, settings.reference_bits);
        // what cannot be rendered has no parts to pay for
        let parts = if missing.is_some() { 0 } else { finished.segments.count };
        let allowed = spec.max_parts.unwrap_or(settings.max_parts);
        let too_long = parts > allowed && spec.over_length == OverLength::Refuse;
        let goes = match missing {
            Some(missing) => goes.and(Err(Reason::MissingValue { placeholder: missing.placeholder })),
            None if too_long => goes.and(Err(Reason::TooManyParts { parts, allowed })),
            None => goes,
        };
        let at = goes.as_ref().ok().copied();
        let outcome = match goes {
            Ok(at) => {
                let at = dates::on_date_at(calendar::local(self.practice.zone, at), self.language);
                pick(self.language, format!("wiadomość {at}"), format!("a message {at}"))
            }
            Err(reason) => {
                let mut told = reason.label(self.language).to_owned();
                if let Reason::MissingValue { placeholder } = &reason {
                    told.push_str(&format!(" ({placeholder})"));
                }
                pick(self.language, format!("nic nie wyjdzie: {told}"), format!("nothing goes: {told}"))
            }
        };
        let cost_milli = i64::from(parts) * own_part_price(self.practice);
        let mut cost = words::PARTS.count(u64::from(parts), self.language);
        if cost_milli > 0 {
            cost = format!("{cost}, {}", dates::money(cost_milli, &settings.currency, self.language));
        }
        Some(WorkedExample {
            words: format!("{case} → {outcome}"),
            at,
            text: finished.text.into_owned(),
            encoding: finished.segments.encoding,
            parts,
            cost_milli,
            cost,
        })
    }

    /// A card with every consent.
    fn patient(&self) -> PatientFile {
        let yes = Some(Consent { given: true, at: self.now, source: ConsentSource::Person });
        let number = Phone::new("+48501234567");
        let patient = Patient {
            id: "example".into(),
            revision: 1,
            first_name: Name::new(FIRST_NAME),
            last_name: Name::new(LAST_NAME),
            vocative: None,
            phone: Some(number.clone()),
            guardian: None,
            birth_date: born(),
            consents: Consents { visits: yes, marketing: yes, other: yes },
            status: PatientStatus::Active,
            created_at: None,
        };
        PatientFile {
            patient,
            told_at: self.now,
            number: Ok(number),
            default_consent: None,
            merged_into: None,
            erased_at: None,
        }
    }

    /// A visit that the campaign's filters match, to which happens what the campaign is about.
    fn visit(&self, spec: &CampaignSpec) -> VisitFile {
        let (zone, now, filters) = (self.practice.zone, self.now, &spec.filters);
        let start = self.start(&spec.timing);
        let room = filters.rooms.first().map_or_else(|| "2".into(), Clone::clone);
        let doctor = filters.doctors.first().map_or_else(|| "1".to_owned(), Clone::clone);
        let visit = Visit {
            id: "example".into(),
            revision: 1,
            patient: "example".into(),
            start,
            zone: None,
            duration_min: 30,
            state: VisitState::Booked,
            visit_type: filters.visit_types.first().cloned(),
            doctor: Some(Doctor { id: doctor, name: Name::new("dr Jan Nowak") }),
            room: Some(Room { id: room, name: "gabinet 2".to_owned() }),
            booked_at: None,
            series: None,
            first_visit: None,
        };
        let starts_at = calendar::resolve(zone, start);
        let before = now.plus_ms(-DAY_MS);
        let mut file = VisitFile {
            visit,
            told_at: before,
            starts_at,
            ends_at: starts_at.plus_ms(HOUR_MS / 2),
            booked_at: before,
            given_at: None,
            moved: None,
            off_at: None,
            confirmation: None,
            manual_reminders: Vec::new(),
            sent_elsewhere: Vec::new(),
        };
        match &spec.timing {
            Timing::Booking { .. } => (file.told_at, file.booked_at) = (now, now),
            // from a day and more away, whatever move the practice puts up with
            Timing::Rescheduled { .. } => {
                file.moved = Some(Moved { from: starts_at.plus_ms(-DAY_MS), at: now });
            }
            Timing::Cancelled { .. } => {
                file.visit.state = VisitState::Cancelled;
                file.off_at = Some(now);
            }
            _ => {}
        }
        file
    }

    /// A Friday on which the practice works, far enough ahead for every step; else another working day.
    fn start(&self, timing: &Timing) -> NaiveDateTime {
        let days = match timing {
            Timing::Reminder { steps } => steps.iter().map(days_needed).max().unwrap_or(0),
            _ => 0,
        };
        let first = self.today().checked_add_days(Days::new(days + AHEAD_DAYS)).unwrap_or(self.today());
        let works = |day: &NaiveDate| calendar::is_working_day(&self.practice.settings.working_days, *day);
        let friday = first.iter_days().take(60).find(|day| day.weekday() == Weekday::Fri && works(day));
        let day = friday.or_else(|| first.iter_days().take(60).find(works)).unwrap_or(first);
        let (hour, minute) = VISIT_AT;
        day.and_time(NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default())
    }
}

/// Calendar days that a step reaches back, with room to spare.
fn days_needed(step: &ReminderStep) -> u64 {
    match step {
        ReminderStep::Days { days_before, .. } => u64::from(*days_before),
        // two days in seven are free, and a holiday or two
        ReminderStep::WorkingDays { working_days_before, .. } => u64::from(*working_days_before) * 2 + 5,
        ReminderStep::Hours { hours_before } => u64::from(*hours_before) / 24 + 1,
    }
}

/// When it goes, or why not.
fn outcome(wish: Wish) -> Result<Timestamp, Reason> {
    match wish {
        Wish::Send { at, .. } => Ok(at),
        Wish::Skip(reason) => Err(reason),
        Wish::Late(late) => Err(late.at_once.err().unwrap_or(Reason::BookedLate {})),
        Wish::Nothing => Err(Reason::OutsideFilters {}),
    }
}

fn born() -> Option<NaiveDate> {
    let (year, month, day) = BORN;
    NaiveDate::from_ymd_opt(year, month, day)
}
