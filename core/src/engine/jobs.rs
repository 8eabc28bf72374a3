//! `work`: recorded jobs over many visits, advanced in small commits, so that a crash loses no place and other facts are
//! not held up.
//!
//! There is one kind: plan a campaign's messages anew, after it was activated, edited, paused, resumed or ended. First the
//! messages that may still change, then, while the campaign runs, the visits to come.

use super::planning::{campaigns, plan_since};
use super::record::{message_key, part, prefix_range};
use super::surroundings::Surroundings;
use super::tx::Tx;
use super::{Engine, EngineError, Faults, retention};
use crate::model::{
    Campaign, CampaignKind, CampaignStatus, DAY_MS, Job, JobPhase, Message, MessageId, PracticeId, Reason,
    Status, Timestamp, VisitFile,
};
use crate::store::{Index, Order, instant_key};

/// Visits of one commit.
const STEP: u32 = 25;
/// The most practices that one round looks at.
const PRACTICES: u32 = 1_000;
/// How far back visits are gone through: a follow-up may still be for them.
const BACK_MS: i64 = 31 * DAY_MS;

/// What a call of `work` did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Commits made.
    pub commits: u64,
    /// Jobs finished.
    pub finished: u64,
    /// Whether something is left: call again.
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
            for practice in practices {
                let advanced = self.advance(&practice, now);
                if let Some(finished) = faults.note(practice, advanced) {
                    done.finished += u64::from(finished);
                    done.commits += 1;
                }
            }
        }
        faults.first.map_or(Ok(done), Err)
    }

    /// One commit of one practice's oldest job; says whether that finished it.
    fn advance(&self, practice: &PracticeId, now: Timestamp) -> Result<bool, EngineError> {
        self.transact(practice, now, |tx| {
            let due = (String::new(), instant_key(now.plus_ms(1)));
            let Some(mut job) = tx.scan::<Job>(Index::Work, due, 1, Order::Ascending)?.pop() else {
                return Ok(false);
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
                JobPhase::Retention => retention::advance(tx, &mut job)?,
                JobPhase::People | JobPhase::Days => job.done = true,
            }
            tx.put(&job)?;
            Ok(job.done)
        })
    }
}

/// The range of an index from a job's place on.
fn rest((from, to): (String, String), cursor: &str) -> (String, String) {
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
        late_after_pause(tx, message.id, mine)?;
    }
    if found.is_empty() {
        job.phase = JobPhase::Visits;
        job.cursor = instant_key(job.created_at.plus_ms(-BACK_MS));
        // a campaign that is over has nothing to plan
        let running = |campaign: &Campaign| {
            Some(&campaign.id) == job.campaign.as_ref()
                && matches!(campaign.status, CampaignStatus::Active | CampaignStatus::Paused)
        };
        job.done = !mine.iter().any(running);
    }
    Ok(())
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
