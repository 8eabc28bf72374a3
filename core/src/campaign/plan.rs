//! One visit, one campaign, one step: send when, or why not.

use super::scene::{Scene, matches};
use crate::calendar::{self, NoSlot, Placement};
use crate::model::{
    AgeOn, BodyVariant, Campaign, CampaignKind, FollowUpTime, HOUR_MS, LatePolicy, MINUTE_MS, ManualPolicy,
    Practice, Reason, ReminderStep, SameDay, SendWindow, TimeOfDay, Timestamp, Timing, VisitFile, VisitState,
};
use chrono::{NaiveDate, NaiveTime};

/// How long a booking message may still go that waited for the sending hours beyond its age limit, in milliseconds.
const WAITED_MS: i64 = HOUR_MS;

/// What a campaign's step wants of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing: the visit is outside the filters, or what the campaign is about did not happen.
    Nothing,
    /// The visit is the campaign's business, but nothing is to be sent.
    Skip(Reason),
    /// The visit was booked, or moved, after the time of this reminder: the campaign's policy decides, with an eye on
    /// the booking message.
    Late(Late),
    /// A message.
    Send {
        /// When.
        at: Timestamp,
        /// After this instant not any more.
        use_by: Timestamp,
    },
}

/// A reminder whose time had passed when its visit became known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// When it would go if it goes at once, and its use-by time; or why it cannot.
    pub at_once: Result<(Timestamp, Timestamp), Reason>,
    /// Whether another step of the same campaign comes after this one: that is the one to send, ahead or late.
    pub later_step: bool,
    /// Whether the visit was booked after the reminder's time; else it moved, or the campaign came later.
    pub booked_late: bool,
    /// The campaign's policy.
    pub policy: LatePolicy,
}

/// Decides on step `step` (from 0) of `campaign` for the visit of the scene.
///
/// Deciding is a function of the scene alone: the same scene gives the same wish.
#[must_use]
pub fn wish(campaign: &Campaign, step: u8, scene: &Scene<'_>) -> Wish {
    let visit = scene.visit;
    let Some(occasion) = occasion(campaign, step, scene) else { return Wish::Nothing };
    if !matches(&campaign.spec.filters, visit, scene.first_visit) {
        return Wish::Nothing;
    }
    if let Occasion::Not(reason) = occasion {
        return Wish::Skip(reason);
    }
    if let Some(reason) = scene.barred(campaign.spec.purpose) {
        return Wish::Skip(reason);
    }
    if let Some(reason) = covered(campaign, scene) {
        return Wish::Skip(reason);
    }
    let Occasion::At { wanted, use_by } = occasion else { return Wish::Nothing };
    match campaign.spec.timing.kind() {
        CampaignKind::Reminder if wanted < scene.now => Wish::Late(late(campaign, step, wanted, scene)),
        CampaignKind::Reminder => {
            let placed = place_reminder(campaign, wanted, scene);
            let same =
                |placed: &calendar::Placed| (0..step).any(|other| goes_at(campaign, other, scene, placed.at));
            match placed {
                Ok(placed) if same(&placed) => Wish::Skip(Reason::SameTime {}),
                placed => sent(placed, use_by),
            }
        }
        // the limit is for what is told late: what waits for the sending hours beyond it goes when they begin
        CampaignKind::Booking if scene.now <= use_by => {
            let starts_at = visit.starts_at;
            let windows = windows(campaign, scene);
            let placed = calendar::place_later(&placement(campaign, scene, wanted, starts_at, &windows));
            let use_by = match placed {
                Ok(placed) if placed.at > use_by => placed.at.plus_ms(WAITED_MS),
                _ => use_by,
            };
            sent(placed, use_by.min(starts_at))
        }
        _ => sent(
            calendar::place_later(&placement(campaign, scene, wanted, use_by, &windows(campaign, scene))),
            use_by,
        ),
    }
}

/// Where a reminder goes that is wanted at a time still ahead.
fn place_reminder(
    campaign: &Campaign,
    wanted: Timestamp,
    scene: &Scene<'_>,
) -> Result<calendar::Placed, NoSlot> {
    // the lead is meant for what goes late: a step one hour before the visit means what it says
    let latest = lead(campaign, scene).max(wanted);
    calendar::place_reminder(&placement(campaign, scene, wanted, latest, &windows(campaign, scene)))
}

/// Whether another step of a reminder goes within the same minute: over a holiday several can come to its eve.
fn goes_at(campaign: &Campaign, step: u8, scene: &Scene<'_>, at: Timestamp) -> bool {
    let wanted = reminder_time(campaign, step, scene).filter(|wanted| *wanted >= scene.now);
    let placed = wanted.and_then(|wanted| place_reminder(campaign, wanted, scene).ok());
    placed.is_some_and(|placed| placed.at.since_ms(at).abs() < MINUTE_MS)
}

enum Occasion {
    Not(Reason),
    At { wanted: Timestamp, use_by: Timestamp },
}

/// What the campaign is about, for this visit: `None` when that did not happen.
fn occasion(campaign: &Campaign, step: u8, scene: &Scene<'_>) -> Option<Occasion> {
    let visit = scene.visit;
    let activated = campaign.activated_at?;
    let off = Occasion::Not(Reason::VisitCancelled {});
    let told_over = visit.told_at >= visit.starts_at;
    let told_off = visit.off_at == Some(visit.told_at);
    match &campaign.spec.timing {
        Timing::Booking { delay_min, max_age_min } => {
            if (visit.booked_at < activated && visit.told_at < activated) || told_over || told_off {
                return None;
            }
            let age = visit.told_at.since_ms(visit.booked_at);
            let wanted = visit.booked_at.plus_ms(i64::from(*delay_min) * MINUTE_MS);
            let max_age_ms = i64::from(*max_age_min) * MINUTE_MS;
            let use_by = visit.booked_at.plus_ms(max_age_ms).max(wanted);
            Some(if visit.off_at.is_some() {
                off
            } else if age > max_age_ms {
                Occasion::Not(Reason::BookedLongAgo {})
            } else if visit.booked_at < activated {
                Occasion::Not(Reason::BeforeActivation {})
            } else {
                Occasion::At { wanted, use_by: use_by.min(visit.starts_at) }
            })
        }
        Timing::Reminder { .. } => {
            if told_over || told_off || visit.starts_at <= activated {
                return None;
            }
            if visit.off_at.is_some() {
                return Some(off);
            }
            let wanted = reminder_time(campaign, step, scene)?;
            Some(Occasion::At { wanted, use_by: visit.starts_at })
        }
        Timing::FollowUp { after, max_age_h } => {
            if visit.ends_at < activated || (told_off && told_over) {
                return None;
            }
            let wanted = match after {
                FollowUpTime::Delay { delay_min } => visit.ends_at.plus_ms(i64::from(*delay_min) * MINUTE_MS),
                FollowUpTime::Days { days_after, at } => {
                    let end = calendar::local(scene.zone(), visit.ends_at);
                    calendar::days_after(scene.zone(), end, *days_after, wall(*at))
                }
            };
            let use_by = visit.ends_at.plus_ms(i64::from(*max_age_h) * HOUR_MS).max(wanted);
            Some(match visit.visit.state {
                VisitState::Cancelled | VisitState::Deleted if told_off => return None,
                VisitState::Cancelled | VisitState::Deleted => off,
                VisitState::NoShow => Occasion::Not(Reason::NotTookPlace {}),
                VisitState::Booked | VisitState::Arrived | VisitState::TookPlace => {
                    Occasion::At { wanted, use_by }
                }
            })
        }
        Timing::Rescheduled { delay_min } => {
            let moved = visit.moved.as_ref().filter(|moved| moved.at >= activated && !told_over)?;
            let distance = visit.starts_at.since_ms(moved.from).abs();
            if distance <= i64::from(scene.practice.settings.move_tolerance_min) * MINUTE_MS {
                return None;
            }
            Some(if visit.off_at.is_some() {
                off
            } else {
                let wanted = moved.at.plus_ms(i64::from(*delay_min) * MINUTE_MS);
                Occasion::At { wanted, use_by: visit.starts_at }
            })
        }
        Timing::Recall { .. } | Timing::Birthday { .. } | Timing::Broadcast { .. } => None,
        Timing::Cancelled { delay_min } => {
            let off_at = visit.off_at.filter(|at| *at >= activated && *at < visit.starts_at && !told_off)?;
            let wanted = off_at.plus_ms(i64::from(*delay_min) * MINUTE_MS);
            Some(Occasion::At { wanted, use_by: visit.starts_at })
        }
    }
}

fn reminder_time(campaign: &Campaign, step: u8, scene: &Scene<'_>) -> Option<Timestamp> {
    let Timing::Reminder { steps } = &campaign.spec.timing else { return None };
    let (zone, start) = (scene.zone(), scene.visit.visit.start);
    match steps.get(usize::from(step))? {
        ReminderStep::Days { days_before, at } => {
            Some(calendar::days_before(zone, start, *days_before, wall(*at)))
        }
        ReminderStep::WorkingDays { working_days_before, at } => {
            let working = &scene.practice.settings.working_days;
            calendar::working_days_before(zone, start, *working_days_before, wall(*at), working)
        }
        ReminderStep::Hours { hours_before } => {
            Some(calendar::hours_before(scene.visit.starts_at, *hours_before))
        }
    }
}

/// Whether another visit of the scene is the patient's first: what the host says of it, else what holds for this one.
fn first_visit(other: &VisitFile, scene: &Scene<'_>) -> bool {
    other.visit.first_visit.unwrap_or(scene.first_visit)
}

/// What another system sent in this message's place. A booking and an end happen once, whenever the visit is.
fn sent_elsewhere(campaign: &Campaign, scene: &Scene<'_>) -> Option<Reason> {
    let kind = campaign.spec.timing.kind();
    let once = matches!(kind, CampaignKind::Booking | CampaignKind::FollowUp);
    let tolerance = i64::from(scene.practice.settings.move_tolerance_min) * MINUTE_MS;
    let stands = |start: Timestamp| once || start.since_ms(scene.visit.starts_at).abs() <= tolerance;
    let mut elsewhere = scene.visit.sent_elsewhere.iter();
    let sent = elsewhere.find(|sent| sent.kind == kind && stands(sent.starts_at))?;
    Some(Reason::SentElsewhere { at: sent.at })
}

/// Why another message stands for this one.
fn covered(campaign: &Campaign, scene: &Scene<'_>) -> Option<Reason> {
    let visit = scene.visit;
    if let Some(reason) = sent_elsewhere(campaign, scene) {
        return Some(reason);
    }
    match campaign.spec.timing.kind() {
        CampaignKind::Reminder => {
            if campaign.spec.manual == ManualPolicy::Skip
                && let Some(message) = visit.manual_reminders.last()
            {
                return Some(Reason::ManualReminder { message: *message });
            }
            let first = |other: &&VisitFile| {
                (other.starts_at, &other.visit.id) < (visit.starts_at, &visit.visit.id)
                    && matches(&campaign.spec.filters, other, first_visit(other, scene))
            };
            let earlier =
                scene.same_day.iter().filter(first).min_by_key(|other| (other.starts_at, &other.visit.id));
            earlier
                .filter(|_| campaign.spec.same_day == SameDay::First)
                .map(|other| Reason::SameDay { visit: other.visit.id.clone() })
        }
        CampaignKind::Booking => {
            let earlier = |other: &&VisitFile| {
                !other.visit.state.is_off()
                    && (other.starts_at, &other.visit.id) < (visit.starts_at, &visit.visit.id)
                    && matches(&campaign.spec.filters, other, first_visit(other, scene))
            };
            let first =
                scene.series.iter().filter(earlier).min_by_key(|other| (other.starts_at, &other.visit.id));
            first.map(|other| Reason::CoveredBySeries { visit: other.visit.id.clone() })
        }
        _ => None,
    }
}

fn late(campaign: &Campaign, step: u8, wanted: Timestamp, scene: &Scene<'_>) -> Late {
    let latest = lead(campaign, scene);
    let windows = windows(campaign, scene);
    let placed = calendar::place_later(&placement(campaign, scene, scene.now, latest, &windows));
    let at_once = match placed {
        Ok(placed) => Ok((placed.at, scene.visit.starts_at)),
        Err(NoSlot::TooLate) => Err(Reason::BookedLate {}),
        Err(NoSlot::Outside | NoSlot::NoAllowedSlot) => Err(Reason::NoAllowedSlot {}),
    };
    let steps = campaign.spec.steps();
    let time = |other| reminder_time(campaign, other, scene).map(|wanted| (wanted, other));
    let later_step = (0..steps).filter_map(time).any(|other| other > (wanted, step));
    let booked_late = scene.visit.booked_at.max(scene.visit.told_at) >= wanted;
    Late { at_once, later_step, booked_late, policy: campaign.spec.late }
}

fn lead(campaign: &Campaign, scene: &Scene<'_>) -> Timestamp {
    scene.visit.starts_at.plus_ms(-i64::from(campaign.spec.min_lead_min) * MINUTE_MS)
}

/// What must all allow a time: the practice's hours, and the campaign's own window.
fn windows<'a>(campaign: &'a Campaign, scene: &Scene<'a>) -> Vec<&'a SendWindow> {
    both_windows(campaign, scene.practice)
}

/// The practice's hours, and the campaign's own window.
pub(super) fn both_windows<'a>(campaign: &'a Campaign, practice: &'a Practice) -> Vec<&'a SendWindow> {
    std::iter::once(&practice.settings.sending_hours).chain(campaign.spec.window.as_ref()).collect()
}

fn placement<'a>(
    campaign: &Campaign,
    scene: &Scene<'_>,
    wanted: Timestamp,
    latest: Timestamp,
    windows: &'a [&'a SendWindow],
) -> Placement<'a> {
    let outside = campaign.spec.outside();
    Placement { wanted, now: scene.now, latest, windows, zone: scene.practice.zone, outside }
}

pub(super) fn sent(placed: Result<calendar::Placed, NoSlot>, use_by: Timestamp) -> Wish {
    match placed {
        Ok(placed) => Wish::Send { at: placed.at, use_by },
        Err(NoSlot::TooLate) => Wish::Skip(Reason::PastUseBy {}),
        Err(NoSlot::Outside | NoSlot::NoAllowedSlot) => Wish::Skip(Reason::NoAllowedSlot {}),
    }
}

/// A time of day on the wall; the end of the day (24:00) counts as its last second.
pub(super) fn wall(time: TimeOfDay) -> NaiveTime {
    let last = NaiveTime::from_num_seconds_from_midnight_opt(86_399, 0).unwrap_or_default();
    NaiveTime::from_num_seconds_from_midnight_opt(time.seconds(), 0).unwrap_or(last)
}

/// The day on which the patient's age counts for this campaign.
#[must_use]
pub fn age_day(campaign: &Campaign, scene: &Scene<'_>) -> NaiveDate {
    match campaign.spec.age_on {
        AgeOn::VisitDate => calendar::local_date(scene.practice.zone, scene.visit.starts_at),
        AgeOn::SendDate => calendar::local_date(scene.practice.zone, scene.now),
    }
}

/// Which body a message has, and its text: a minor's wins over the first visit's, that over the default. An unknown
/// birth date is an adult's.
#[must_use]
pub fn variant<'a>(campaign: &'a Campaign, scene: &Scene<'_>) -> (BodyVariant, &'a str) {
    let bodies = &campaign.spec.bodies;
    let birth = scene.patient.and_then(|file| file.patient.birth_date);
    let minor = birth.is_some_and(|birth| calendar::is_minor(birth, age_day(campaign, scene)));
    match (&bodies.minor, &bodies.first_visit) {
        (Some(body), _) if minor => (BodyVariant::Minor, body),
        (_, Some(body)) if scene.first_visit => (BodyVariant::FirstVisit, body),
        _ => (BodyVariant::Default, &bodies.default),
    }
}
