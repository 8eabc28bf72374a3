//! `work`: recorded jobs over many visits, advanced in small commits, so that a crash loses no place and other facts are
//! not held up.
//!
//! Most plan a campaign's messages anew, after it was activated, edited, paused, resumed or ended. First the messages that
//! may still change, then, while the campaign runs, the visits to come; or, where it is about patients, those it is for.
//! Birthdays and recalls go day by day: their job sleeps until the next local midnight, so that nothing is planned long ahead
//! and the host is woken for them.

use super::outreach::plan_person;
use super::planning::{campaigns, plan_since};
use super::record::{message_key, part, prefix_range};
use super::surroundings::Surroundings;
use super::sweeps;
use super::tx::Tx;
use super::{Engine, EngineError, Faults, retention};
use crate::calendar;
use crate::model::{
    Campaign, CampaignId, CampaignKind, CampaignStatus, DAY_MS, Job, JobPhase, Message, MessageId,
    PracticeId, Reason, Status, Timestamp, VisitFile,
};
use crate::store::{Index, MAX_PAGE, Order, instant_key};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// Visits of one commit.
const STEP: u32 = 25;
/// The most practices that one round looks at.
const PRACTICES: u32 = 1_000;
/// How far back visits are gone through: a follow-up may still be for them.
const BACK_MS: i64 = 31 * DAY_MS;

/// What a call of `work` did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Worked {
    /// Commits made.
    pub commits: u64,
    /// Jobs finished.
    pub finished: u64,
    /// Whether something is left that nobody else is at: call again.
    pub more: bool,
}

impl Engine {
    /// Advances recorded jobs by about `limit` small commits, practice by practice in rounds of one commit each; a round is
    /// finished once begun, so that one practice's long job does not hold up the rest.
    ///
    /// # Errors
    /// [`EngineError::Store`]; what was committed before stays, and the same call may be made again. When it is one
    /// practice that fails, the others go on all the same, and the first such error is returned at the end.
    pub fn work(&self, now: Timestamp, limit: u64) -> Result<Worked, EngineError> {
        let mut done = Worked::default();
        let mut faults = Faults::default();
        loop {
            let practices = faults.without(self.store.due(Index::Work, now, PRACTICES)?);
            if practices.is_empty() {
                break;
            }
            if done.commits >= limit {
                done.more = true;
                break;
            }
            let before = done.commits;
            for practice in practices {
                let advanced = self.advance(&practice, now);
                if let Some(Some(finished)) = faults.note(practice, advanced) {
                    done.finished += u64::from(finished);
                    done.commits += 1;
                }
            }
            if done.commits == before {
                break; // all that is left is in other hands
            }
        }
        faults.first.map_or(Ok(done), Err)
    }

    /// One commit of one practice's oldest job; says whether that finished it. `None` where another worker has the turn.
    fn advance(&self, practice: &PracticeId, now: Timestamp) -> Result<Option<bool>, EngineError> {
        let Some(_turn) = self.store.turn(practice, Index::Work, now)? else { return Ok(None) };
        self.transact(practice, now, |tx| {
            let due = (String::new(), instant_key(now.plus_ms(1)));
            let Some(mut job) = tx.scan::<Job>(Index::Work, due, 1, Order::Ascending)?.pop() else {
                return Ok(Some(false));
            };
            let mut mine = campaigns(tx)?.to_vec();
            let kind = |campaign: &Campaign| campaign.spec.timing.kind();
            // a reminder that a booking message stood for is decided with it
            let booking =
                mine.iter().any(|c| Some(&c.id) == job.campaign.as_ref() && kind(c) == CampaignKind::Booking);
            mine.retain(|c| {
                Some(&c.id) == job.campaign.as_ref() || (booking && kind(c) == CampaignKind::Reminder)
            });
            match job.phase {
                JobPhase::Messages => open_messages(tx, &mine, &mut job)?,
                JobPhase::Visits => coming_visits(tx, &mine, &mut job)?,
                JobPhase::People => people(tx, &mine, &mut job)?,
                JobPhase::Days => days(tx, &mine, &mut job)?,
                JobPhase::Retention => retention::advance(tx, &mut job)?,
            }
            tx.put(&job)?;
            Ok(Some(job.done))
        })
    }
}

/// The range of an index from a job's place on.
pub(super) fn rest((from, to): (String, String), cursor: &str) -> (String, String) {
    if cursor.is_empty() { (from, to) } else { (format!("{cursor}\0"), to) }
}

fn open_messages(tx: &mut Tx<'_>, mine: &[Campaign], job: &mut Job) -> Result<(), EngineError> {
    let Some(campaign) = &job.campaign else { return Ok(()) };
    let range = rest(prefix_range(&part(campaign.as_str())), &job.cursor);
    let found = tx.scan_keys::<Message>(Index::MessageOpen, range, STEP, Order::Ascending)?;
    for (key, message) in &found {
        job.cursor.clone_from(key);
        for subject in &message.subjects {
            if let Some(file) = tx.get::<VisitFile>(subject.visit.as_str())? {
                let around = Surroundings::load(tx, file)?;
                plan_since(tx, mine, &around, job.created_at)?;
                job.visits += 1;
            }
        }
        if let (Some(occasion), Some(patient), Some(campaign)) =
            (message.occasion, &message.patient, of(mine, job))
        {
            plan_person(tx, campaign, patient, occasion)?;
        }
        late_after_pause(tx, message.id, mine)?;
    }
    if found.is_empty() {
        (job.phase, job.cursor) = match running(mine, job).map(|campaign| campaign.spec.timing.kind()) {
            Some(CampaignKind::Birthday | CampaignKind::Recall) => (JobPhase::Days, String::new()),
            Some(CampaignKind::Broadcast) => (JobPhase::People, String::new()),
            _ => (JobPhase::Visits, instant_key(job.created_at.plus_ms(-BACK_MS))),
        };
        // a campaign that is over has nothing to plan
        job.done = running(mine, job).is_none();
    }
    Ok(())
}

/// The job's campaign.
fn of<'c>(mine: &'c [Campaign], job: &Job) -> Option<&'c Campaign> {
    mine.iter().find(|campaign| Some(&campaign.id) == job.campaign.as_ref())
}

/// The same while it runs.
fn running<'c>(mine: &'c [Campaign], job: &Job) -> Option<&'c Campaign> {
    of(mine, job)
        .filter(|campaign| matches!(campaign.status, CampaignStatus::Active | CampaignStatus::Paused))
}

/// The patients of a broadcast; one whose time is over has nobody left to plan.
fn people(tx: &mut Tx<'_>, mine: &[Campaign], job: &mut Job) -> Result<(), EngineError> {
    job.done = match running(mine, job) {
        Some(campaign) => {
            sweeps::is_broadcast_over(tx, campaign, job.created_at)
                || !sweeps::sweep_people(tx, campaign, &mut job.cursor, STEP)?
        }
        None => true,
    };
    Ok(())
}

/// Those whose birthday or recall falls on the day the job is at; after today's it sleeps until midnight.
fn days(tx: &mut Tx<'_>, mine: &[Campaign], job: &mut Job) -> Result<(), EngineError> {
    let Some(campaign) = running(mine, job) else {
        job.done = true;
        return Ok(());
    };
    let zone = tx.practice().zone;
    let today = calendar::local_date(zone, tx.now);
    let mut day = job.day.unwrap_or_else(|| sweeps::first_day(campaign, zone, job.created_at));
    // after months without a host there is nothing left to make good, and much to go through
    let long_ago = calendar::local_date(zone, tx.now.plus_ms(-BACK_MS));
    if day < long_ago && campaign.activated_at.is_some_and(|at| at < tx.now.plus_ms(-BACK_MS)) {
        (day, job.cursor) = (long_ago, String::new());
    }
    if day <= today && !sweeps::sweep_day(tx, campaign, day, &mut job.cursor, STEP)? {
        (day, job.cursor) = (day.succ_opt().unwrap_or(day), String::new());
    }
    job.day = Some(day);
    job.due_at = (day > today).then(|| calendar::resolve(zone, day.and_time(NaiveTime::MIN)));
    Ok(())
}

/// Ends the job of a campaign that goes day by day, as another takes its place; says on which day that has to go on.
pub(super) fn take_over(tx: &mut Tx<'_>, campaign: &CampaignId) -> Result<Option<NaiveDate>, EngineError> {
    let Some(campaign) = tx.get::<Campaign>(campaign.as_str())? else { return Ok(None) };
    let about_patients = campaign.spec.timing.kind().is_about_patients();
    let zone = tx.practice().zone;
    let mut earliest = None;
    let everything = (String::new(), "~".to_owned());
    for mut job in tx.scan::<Job>(Index::Work, everything, MAX_PAGE, Order::Ascending)? {
        // an edit may have made another kind of it
        let ends = about_patients || job.phase == JobPhase::Days;
        if job.campaign.as_ref() != Some(&campaign.id) || !ends {
            continue;
        }
        let day = job.day.unwrap_or_else(|| sweeps::first_day(&campaign, zone, job.created_at));
        earliest = Some(earliest.map_or(day, |earlier: NaiveDate| earlier.min(day)));
        job.done = true;
        tx.put(&job)?;
    }
    // those of the last days may be meant only now
    let again = sweeps::again_from(&campaign, zone, tx.now);
    Ok(earliest.map(|day| day.min(again)))
}

/// A message that was held over its use-by time is not sent any more.
fn late_after_pause(tx: &mut Tx<'_>, id: MessageId, mine: &[Campaign]) -> Result<(), EngineError> {
    let Some(mut message) = tx.get::<Message>(&message_key(id))? else { return Ok(()) };
    let of = message.origin.step().map(|(campaign, _)| campaign);
    let active = mine.iter().any(|c| Some(&c.id) == of && c.status == CampaignStatus::Active);
    if active
        && message.status == Status::Planned
        && message.use_by < tx.now
        && message.submitted_at.is_none()
    {
        crate::message::step(&mut message, Status::Skipped)?;
        message.reason = Some(Reason::CampaignPaused {});
        tx.put(&message)?;
        super::settle::tell(tx, &message)?;
    }
    Ok(())
}

fn coming_visits(tx: &mut Tx<'_>, mine: &[Campaign], job: &mut Job) -> Result<(), EngineError> {
    let everything = (String::new(), "~".to_owned()); // '~' follows every digit
    let range = rest(everything, &job.cursor);
    let found = tx.scan_keys::<VisitFile>(Index::VisitStart, range, STEP, Order::Ascending)?;
    job.done = found.is_empty();
    for (key, file) in found {
        job.cursor = key;
        let around = Surroundings::load(tx, file)?;
        plan_since(tx, mine, &around, job.created_at)?;
        job.visits += 1;
    }
    Ok(())
}
