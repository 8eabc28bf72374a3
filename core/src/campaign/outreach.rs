//! One patient, one campaign about patients, one occasion: send when, or why not.
//!
//! A recall, a birthday wish and a broadcast are about nobody's visit in particular. What makes a message of theirs the same
//! one is its [`Occasion`]: the year of the birthday, the day a recall is due, the run of a broadcast.

use super::plan::{Wish, both_windows, sent, wall};
use super::scene::Recipient;
use crate::calendar::{self, Placement};
use crate::model::{
    BodyVariant, Campaign, DAY_MS, Occasion, Reason, TimeOfDay, Timestamp, Timing, VisitFile, VisitId,
};
use chrono::{Days, Months, NaiveDate, NaiveTime};

/// How many days after its day a recall may still go.
pub const LATE_RECALL_DAYS: u32 = 7;
/// How many days after its time a broadcast may still go.
const LATE_BROADCAST_DAYS: u32 = 3;

/// All that planning a message about a patient looks at.
#[derive(Clone, Debug)]
pub struct PersonScene<'a> {
    /// The engine's time.
    pub now: Timestamp,
    /// Who.
    pub recipient: Recipient<'a>,
    /// For a recall: the last visit that took place and that the campaign's filters match.
    pub last: Option<&'a VisitFile>,
    /// For a recall: the first visit that is booked from now on.
    pub booked: Option<&'a VisitId>,
    /// For a broadcast: whether the patient is of its audience.
    pub in_audience: bool,
}

/// Decides on a campaign about patients for one of them and one occasion.
///
/// Deciding is a function of the scene alone: the same scene gives the same wish.
#[must_use]
pub fn approach(campaign: &Campaign, occasion: Occasion, scene: &PersonScene<'_>) -> Wish {
    let Some((wanted, use_by)) = time(campaign, occasion, scene) else { return Wish::Nothing };
    let barred = scene.recipient.barred(campaign.spec.purpose);
    if let Some(reason) = booked(occasion, scene).or(barred) {
        return Wish::Skip(reason);
    }
    let windows = both_windows(campaign, scene.recipient.practice);
    let (zone, outside) = (scene.recipient.practice.zone, campaign.spec.outside());
    let placement = Placement { wanted, now: scene.now, latest: use_by, windows: &windows, zone, outside };
    sent(calendar::place_later(&placement), use_by)
}

/// Why a message that was planned for an occasion is void; `None` while it is not.
#[must_use]
pub fn void(campaign: &Campaign, occasion: Occasion, scene: &PersonScene<'_>) -> Option<Reason> {
    match time(campaign, occasion, scene) {
        None => Some(came_since(campaign, occasion, scene).unwrap_or(Reason::OutsideFilters {})),
        Some(_) => booked(occasion, scene),
    }
}

/// The later visit of somebody who was to be recalled after an earlier one.
fn came_since(campaign: &Campaign, occasion: Occasion, scene: &PersonScene<'_>) -> Option<Reason> {
    let (Timing::Recall { months_after, .. }, Occasion::Recall { due }) = (&campaign.spec.timing, occasion)
    else {
        return None;
    };
    let last = scene.last?;
    let day = calendar::local_date(scene.recipient.practice.zone, last.starts_at);
    let later = recall_due(day, *months_after).is_some_and(|later| later > due);
    later.then(|| Reason::VisitBooked { visit: last.visit.id.clone() })
}

/// A visit that makes a recall needless.
fn booked(occasion: Occasion, scene: &PersonScene<'_>) -> Option<Reason> {
    let visit = scene.booked.filter(|_| matches!(occasion, Occasion::Recall { .. }))?;
    Some(Reason::VisitBooked { visit: visit.clone() })
}

/// When a message for the occasion is wanted, and its use-by time; `None` where the occasion is not this patient's.
fn time(campaign: &Campaign, occasion: Occasion, scene: &PersonScene<'_>) -> Option<(Timestamp, Timestamp)> {
    let activated = campaign.activated_at?;
    let practice = scene.recipient.practice;
    let zone = practice.zone;
    let on = |day: NaiveDate, at: TimeOfDay| calendar::resolve(zone, day.and_time(wall(at)));
    let days_on = |from: Timestamp, days: u32| from.plus_ms(i64::from(days) * DAY_MS);
    match (&campaign.spec.timing, occasion) {
        (Timing::Birthday { at }, Occasion::Birthday { year }) => {
            let file = scene.recipient.patient?;
            let day = calendar::birthday_in(file.patient.birth_date?, year)?;
            if day < calendar::local_date(zone, activated) {
                return None;
            }
            let midnight = calendar::resolve(zone, day.succ_opt()?.and_time(NaiveTime::MIN));
            Some((on(day, *at), midnight.plus_ms(-1)))
        }
        (Timing::Recall { months_after, at, overdue_days }, Occasion::Recall { due }) => {
            let day = calendar::local_date(zone, scene.last?.starts_at);
            let activation_day = calendar::local_date(zone, activated);
            let first = activation_day.checked_sub_days(Days::new((*overdue_days).into()))?;
            if recall_due(day, *months_after) != Some(due) || due < first {
                return None;
            }
            // who was due before the activation is written to with it
            let wanted = on(due, *at).max(activated);
            Some((wanted, days_on(wanted, LATE_RECALL_DAYS)))
        }
        (Timing::Broadcast { at, .. }, Occasion::Broadcast { .. }) if scene.in_audience => {
            let wanted = calendar::resolve(zone, *at).max(activated);
            Some((wanted, days_on(wanted, LATE_BROADCAST_DAYS)))
        }
        _ => None,
    }
}

/// The day on which a recall is due that many months after a visit's day; a day that its month lacks is the month's last.
#[must_use]
pub fn recall_due(visit: NaiveDate, months_after: u32) -> Option<NaiveDate> {
    visit.checked_add_months(Months::new(months_after))
}

/// The days whose visits are due for a recall on `due`: first and last. None where no day is, as on the 31st six months
/// after a February.
#[must_use]
pub fn recall_visits(due: NaiveDate, months_after: u32) -> Option<(NaiveDate, NaiveDate)> {
    let about = due.checked_sub_months(Months::new(months_after))?;
    // the 28th, 29th, 30th and 31st can all come to one last day of a shorter month
    let near = about.checked_sub_days(Days::new(3))?.iter_days().take(7);
    let mut days = near.filter(|day| recall_due(*day, months_after) == Some(due));
    let first = days.next()?;
    // chrono's days are endless: from the back they would all be gone through
    Some((first, days.fold(first, |_, day| day)))
}

/// Whether a patient's birthday is kept on a day.
#[must_use]
pub fn birthday_due(birth: NaiveDate, day: NaiveDate) -> bool {
    use chrono::Datelike;
    birth < day && calendar::birthday_in(birth, day.year()) == Some(day)
}

/// Which body a message about a patient has, and its text: a minor's by the age on the day of sending.
#[must_use]
pub fn person_variant<'a>(campaign: &'a Campaign, scene: &PersonScene<'_>) -> (BodyVariant, &'a str) {
    let bodies = &campaign.spec.bodies;
    let today = calendar::local_date(scene.recipient.practice.zone, scene.now);
    let birth = scene.recipient.patient.and_then(|file| file.patient.birth_date);
    match &bodies.minor {
        Some(body) if birth.is_some_and(|birth| calendar::is_minor(birth, today)) => {
            (BodyVariant::Minor, body)
        }
        _ => (BodyVariant::Default, &bodies.default),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn every_visit_is_due_on_exactly_one_day_and_found_there() {
        for months in [1, 2, 3, 6, 11, 12, 24, 120] {
            for visit in day("2023-12-01").iter_days().take(500) {
                let due = recall_due(visit, months).unwrap();
                let (first, last) = recall_visits(due, months).unwrap();
                assert!(first <= visit && visit <= last, "{visit} in {months} months");
                let all = first.iter_days().take_while(|day| *day <= last);
                assert!(all.clone().count() <= 4);
                assert!(all.into_iter().all(|other| recall_due(other, months) == Some(due)));
            }
        }
    }

    #[test]
    fn a_day_that_no_visit_comes_to_has_none() {
        assert_eq!(recall_visits(day("2026-08-31"), 6), None);
        let four = Some((day("2025-08-28"), day("2025-08-31")));
        assert_eq!(recall_visits(day("2026-02-28"), 6), four);
    }

    #[test]
    fn who_was_born_on_a_leap_day_has_a_birthday_every_year() {
        let born = day("2004-02-29");
        assert!(birthday_due(born, day("2026-03-01")) && !birthday_due(born, day("2026-02-28")));
        assert!(birthday_due(born, day("2028-02-29")) && !birthday_due(born, day("2028-03-01")));
        assert!(!birthday_due(born, born));
    }
}
