//! Keeping data no longer than the practice wants: a recorded job that goes over messages and calls, oldest first, a day
//! at a time.
//!
//! It keeps its places, so that a day's work is that day's messages, however many are stored. What may still go, or still
//! binds (its visit is to come, its answer may come, its use-by time has not passed), is passed over and is where the
//! next day begins. What went to a patient for an occasion (a birthday, a recall, a broadcast) binds much longer, while its
//! campaign runs: to begin there would be to go over years every day, so it has a place of its own at their end.
//!
//! What is told so late that it is past its time when it is stored stands behind those places: it is wiped on the way in.

use super::EngineError;
use super::erasure::forget_number;
use super::look::next_midnight;
use super::outreach::is_running;
use super::planning::{campaigns, is_bound};
use super::record::{number_id, told_at};
use super::requests;
use super::tx::Tx;
use crate::message::{is_pending, wipe};
use crate::model::{CallFile, DAY_MS, Job, JobPhase, Message, Occasion, Request, Status, Timestamp, Wiped};
use crate::store::{Index, MAX_PAGE, Order, StoreError, instant_key};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// Rows of one commit.
const STEP: u32 = 100;
/// How long after its visit a message still keeps another from going: as far back as planning looks.
const BINDS_MS: i64 = 31 * DAY_MS;

/// The longest that a message still keeps another for its occasion from going: a recall or a broadcast that is put off by
/// an edit is the same to who had it.
const OCCASION_BINDS_MS: i64 = 730 * DAY_MS;

/// What a message is still needed for.
#[derive(PartialEq)]
enum Needed {
    No,
    /// Something that is over before long.
    Soon,
    /// Its occasion.
    Long,
}

/// How far the job has come.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Places {
    texts: Place,
    identities: Place,
    /// The same for those that were kept for their occasions.
    occasions: Place,
    calls: Place,
}

/// A place in an index that is ordered by time.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    /// The last key that was gone over; empty at the beginning.
    after: String,
    /// The key before the first that could not be dealt with yet.
    again_after: Option<String>,
}

impl Place {
    fn range(&self, until: Timestamp) -> (String, String) {
        let from = if self.after.is_empty() { String::new() } else { format!("{}\0", self.after) };
        (from, instant_key(until))
    }

    fn pass(&mut self, key: String, later: bool) {
        let before = std::mem::replace(&mut self.after, key);
        if later {
            self.again_after.get_or_insert(before);
        }
    }

    fn next_day(&mut self) {
        if let Some(key) = self.again_after.take() {
            self.after = key;
        }
    }
}

/// Records the job where the practice keeps data for a time and it is not there yet.
pub(super) fn ensure(tx: &mut Tx<'_>) -> Result<(), EngineError> {
    let retention = tx.practice().settings.retention;
    if retention.texts_days.is_none() && retention.identities_days.is_none() {
        return Ok(()); // a job that is there ends by itself
    }
    let waiting = tx.scan::<Job>(Index::Work, (String::new(), "~".to_owned()), MAX_PAGE, Order::Ascending)?;
    if waiting.iter().any(|job| job.phase == JobPhase::Retention) {
        return Ok(());
    }
    let created_at = tx.now;
    tx.start_job(|id| Job {
        id,
        created_at,
        due_at: None,
        campaign: None,
        phase: JobPhase::Retention,
        day: None,
        cursor: String::new(),
        visits: 0,
        done: false,
    })
}

/// What is no longer to be kept of something that was so long ago.
pub(super) fn past(tx: &Tx<'_>, at: Timestamp) -> Wiped {
    let retention = tx.practice().settings.retention;
    let is_past = |days: Option<u32>| until(tx, days).is_some_and(|until| at < until);
    match (is_past(retention.texts_days), is_past(retention.identities_days)) {
        (_, true) => Wiped::Identity,
        (true, false) => Wiped::Text,
        (false, false) => Wiped::Nothing,
    }
}

/// Until when what happened is older than so many days.
fn until(tx: &Tx<'_>, days: Option<u32>) -> Option<Timestamp> {
    days.map(|days| tx.now.plus_ms(-i64::from(days) * DAY_MS))
}

/// One commit of the job.
pub(super) fn advance(tx: &mut Tx<'_>, job: &mut Job) -> Result<(), EngineError> {
    let retention = tx.practice().settings.retention;
    let (texts, identities) = (until(tx, retention.texts_days), until(tx, retention.identities_days));
    if texts.is_none() && identities.is_none() {
        job.done = true;
        return Ok(());
    }
    // an unreadable place is the beginning: going over it again changes nothing
    let mut places: Places = serde_json::from_str(&job.cursor).unwrap_or_default();
    let mut left = STEP;
    if let Some(until) = texts {
        messages(tx, &mut places.texts, until, Wiped::Text, &mut left)?;
    }
    if let Some(until) = identities {
        messages(tx, &mut places.identities, until, Wiped::Identity, &mut left)?;
        let unbound = until.min(tx.now.plus_ms(-OCCASION_BINDS_MS));
        messages(tx, &mut places.occasions, unbound, Wiped::Identity, &mut left)?;
        calls(tx, &mut places.calls, until, &mut left)?;
    }
    if left > 0 {
        let Places { texts, identities, occasions, calls } = &mut places;
        for place in [texts, identities, occasions, calls] {
            place.next_day();
        }
        job.due_at = Some(next_midnight(tx.practice(), tx.now));
    }
    job.cursor = serde_json::to_string(&places).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    Ok(())
}

fn messages(
    tx: &mut Tx<'_>,
    place: &mut Place,
    until: Timestamp,
    to: Wiped,
    left: &mut u32,
) -> Result<(), EngineError> {
    if *left == 0 {
        return Ok(());
    }
    let page = tx.scan_keys::<Message>(Index::MessageTime, place.range(until), *left, Order::Ascending)?;
    for (key, mut message) in page {
        *left = left.saturating_sub(1);
        if message.wiped >= to {
            place.pass(key, false);
            continue;
        }
        let needed = needed(tx, &message, to)?;
        place.pass(key, needed == Needed::Soon);
        if needed != Needed::No {
            continue;
        }
        if to == Wiped::Identity {
            for request in requests::by_message(tx, message.id)? {
                tx.delete::<Request>(&number_id(request.id.0))?;
            }
        }
        wipe(&mut message, to);
        tx.put(&message)?;
    }
    Ok(())
}

/// Whether a message may still go, or with [`Wiped::Identity`] still keeps another from going, or may be answered.
fn needed(tx: &mut Tx<'_>, message: &Message, to: Wiped) -> Result<Needed, EngineError> {
    if is_pending(message.status) || message.status == Status::Submitting {
        return Ok(Needed::Soon);
    }
    if to < Wiped::Identity {
        return Ok(Needed::No);
    }
    let now = tx.now;
    let binds = |at: Timestamp| now.since_ms(at) < BINDS_MS;
    if message.use_by > now || message.subjects.iter().any(|subject| binds(subject.starts_at)) {
        return Ok(Needed::Soon);
    }
    let asked = requests::by_message(tx, message.id)?;
    if asked.iter().any(|request| !request.closed && request.closes_at > now) {
        return Ok(Needed::Soon);
    }
    Ok(if binds_occasion(tx, message)? { Needed::Long } else { Needed::No })
}

/// Whether a message keeps another of its campaign from going to the patient: while the campaign runs, a wish in its year
/// and anything else for [`OCCASION_BINDS_MS`].
fn binds_occasion(tx: &mut Tx<'_>, message: &Message) -> Result<bool, EngineError> {
    let (Some(occasion), Some((campaign, _))) = (message.occasion, message.origin.step()) else {
        return Ok(false);
    };
    let year = tx.today().year();
    let open = match occasion {
        Occasion::Birthday { year: of } => of >= year,
        Occasion::Recall { .. } | Occasion::Broadcast { .. } => {
            tx.now.since_ms(told_at(message)) < OCCASION_BINDS_MS
        }
    };
    if !open || !is_bound(message) {
        return Ok(false);
    }
    Ok(campaigns(tx)?.iter().any(|known| known.id == *campaign && is_running(known)))
}

fn calls(tx: &mut Tx<'_>, place: &mut Place, until: Timestamp, left: &mut u32) -> Result<(), EngineError> {
    if *left == 0 {
        return Ok(());
    }
    for (key, mut file) in
        tx.scan_keys::<CallFile>(Index::CallTime, place.range(until), *left, Order::Ascending)?
    {
        *left = left.saturating_sub(1);
        place.pass(key, false);
        forget_number(&mut file);
        tx.put(&file)?;
    }
    Ok(())
}
