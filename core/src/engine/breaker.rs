//! The circuit breaker: a day that would send far more than the practice's usual one stops and asks.
//!
//! Only what goes by itself is counted and stopped, once for each message: a person's own messages and reminders always go.

use super::tx::Tx;
use super::{Desk, EngineError, Side, Who};
use crate::calendar;
use crate::model::{
    Action, Breaker, BreakerFigures, BreakerState, Happening, MINUTE_MS, Message, Origin, Permission,
    Timestamp, Volume,
};
use chrono::NaiveDate;

/// Days with messages that make the usual one.
const USUAL_DAYS: usize = 28;
/// How long a stopped message waits before it is looked at again, in milliseconds.
const WAIT_MS: i64 = 15 * MINUTE_MS;

impl<W: Who> Side<'_, W> {
    /// How today stands against the practice's usual day, and whether it is stopped.
    ///
    /// # Errors
    /// [`EngineError::NotPermitted`] without [`Permission::CommunicationCenter`], [`EngineError::UnknownPractice`],
    /// [`EngineError::Store`].
    pub fn breaker(&self, now: Timestamp) -> Result<BreakerFigures, EngineError> {
        self.read(Permission::CommunicationCenter, |tx| {
            let volume = on(tx, today(tx, now));
            let limit = tx.practice().settings.breaker.map(|breaker| limit(&volume, breaker));
            let state = match limit {
                Some(_) if volume.released => BreakerState::Released,
                Some(limit) if volume.stopped && volume.sent >= limit => BreakerState::Open,
                _ => BreakerState::Closed,
            };
            Ok(BreakerFigures { day: volume.day, sent: volume.sent, usual: usual(&volume), limit, state })
        })
    }
}

impl Desk<'_> {
    /// Lets the rest of a stopped day through; what waits goes within a quarter of an hour. On a day that is not stopped
    /// it does nothing.
    ///
    /// # Errors
    /// [`EngineError::NotPermitted`] without [`Permission::ManageCampaigns`], [`EngineError::UnknownPractice`],
    /// [`EngineError::Store`].
    pub fn release_breaker(&self, now: Timestamp) -> Result<(), EngineError> {
        self.act(Permission::ManageCampaigns, Action::BreakerReleased, None, now, |tx| {
            let volume = on(tx, today(tx, now));
            if volume.stopped && !volume.released {
                tx.counters().volume = Volume { released: true, ..volume };
            }
            Ok(())
        })
    }
}

fn today(tx: &Tx<'_>, now: Timestamp) -> NaiveDate {
    calendar::local_date(tx.practice().zone, now)
}

/// The volume as of a day: an earlier one is over.
fn on(tx: &mut Tx<'_>, day: NaiveDate) -> Volume {
    let mut volume = tx.counters().volume.clone();
    if volume.day == day {
        return volume;
    }
    if volume.sent > 0 {
        volume.before.insert(0, volume.sent);
        volume.before.truncate(USUAL_DAYS);
    }
    Volume { day, before: volume.before, ..Volume::default() }
}

fn usual(volume: &Volume) -> u64 {
    let days = u64::try_from(volume.before.len()).unwrap_or(u64::MAX);
    volume.before.iter().sum::<u64>().checked_div(days).unwrap_or(0)
}

/// The most messages of a day that go without asking.
fn limit(volume: &Volume, breaker: Breaker) -> u64 {
    u64::from(breaker.floor).max(usual(volume).saturating_mul(breaker.factor.into()))
}

/// Whether a message goes by itself.
fn is_automatic(message: &Message) -> bool {
    matches!(message.origin, Origin::Campaign { .. } | Origin::AfterCall { .. })
}

/// Until when a message waits, where the day is stopped. The host is told once a day.
pub(super) fn stopped(tx: &mut Tx<'_>, message: &Message) -> Result<Option<Timestamp>, EngineError> {
    let Some(breaker) = tx.practice().settings.breaker.filter(|_| is_automatic(message)) else {
        return Ok(None);
    };
    let now = tx.now;
    let today = tx.today();
    let volume = on(tx, today);
    let limit = limit(&volume, breaker);
    if volume.released || volume.sent < limit {
        return Ok(None);
    }
    if !volume.stopped {
        tx.event(Happening::BreakerOpened { sent: volume.sent, limit })?;
        tx.counters().volume = Volume { stopped: true, ..volume };
    }
    Ok(Some(now.plus_ms(WAIT_MS).min(message.use_by.plus_ms(1))))
}

/// Counts a message that is submitted for the first time.
pub(super) fn count(tx: &mut Tx<'_>, message: &Message) {
    if is_automatic(message) {
        let day = tx.today();
        let volume = on(tx, day);
        tx.counters().volume = Volume { sent: volume.sent + 1, ..volume };
    }
}
