//! Where a message goes whose time falls outside the send windows.

use super::window::{all_allow, next_allowed_until, previous_allowed_from};
use crate::model::{OutsidePolicy, SendWindow, Timestamp, Zone};

/// A message to be placed.
#[derive(Clone, Copy, Debug)]
pub struct Placement<'a> {
    /// The time its campaign or rule asks for.
    pub wanted: Timestamp,
    /// The present: nothing is placed before it, and a `wanted` that is past counts as now.
    pub now: Timestamp,
    /// Nothing is placed after it. For a reminder the visit's start less the minimum lead; for other messages the
    /// time after which they make no sense.
    pub latest: Timestamp,
    /// What must all allow the time: the campaign's window and the practice's hours. Empty: every time is allowed.
    pub windows: &'a [&'a SendWindow],
    /// The practice's zone, in which the windows are read.
    pub zone: Zone,
    /// What to do when `wanted` is outside the windows.
    pub outside: OutsidePolicy,
}

/// Where a message was placed: allowed by every window, from `now` to `latest`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// When it goes.
    pub at: Timestamp,
    /// How that differs from what was wanted.
    pub moved: Moved,
}

/// Which way a message was moved from the time that was wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moved {
    /// It stays at its time.
    No,
    /// To an earlier time.
    Earlier,
    /// To a later time.
    Later,
}

/// Why a message has no time to go at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSlot {
    /// `now` is after `latest`, or, for what may only move later, `wanted` is.
    #[error("the latest time to send has passed")]
    TooLate,
    /// The wanted time is outside, and the policy is [`OutsidePolicy::Drop`].
    #[error("outside the send window")]
    Outside,
    /// No time from `now` to `latest` is allowed.
    #[error("no allowed slot")]
    NoAllowedSlot,
}

/// Places a reminder: what must reach the patient before the visit, and may come early.
///
/// A `wanted` time after `latest` is treated like one outside the windows. Then, by policy:
/// [`BringForward`](OutsidePolicy::BringForward) takes the nearest earlier allowed time that is not past, else the
/// nearest later one up to `latest`; [`Defer`](OutsidePolicy::Defer) tries in the other order.
///
/// # Errors
///
/// [`NoSlot::TooLate`] when `now` is after `latest`; [`NoSlot::Outside`] under [`Drop`](OutsidePolicy::Drop);
/// [`NoSlot::NoAllowedSlot`] when both directions fail.
pub fn place_reminder(reminder: &Placement<'_>) -> Result<Placed, NoSlot> {
    if reminder.now > reminder.latest {
        return Err(NoSlot::TooLate);
    }
    let at = match reminder.outside {
        OutsidePolicy::BringForward => reminder.earlier().or_else(|| reminder.later()),
        OutsidePolicy::Defer => reminder.later().or_else(|| reminder.earlier()),
        OutsidePolicy::Drop => Some(reminder.undisturbed()?),
    };
    reminder.placed(at)
}

/// Places any other message: one that follows an event, and so cannot be brought before its time.
///
/// Under [`Drop`](OutsidePolicy::Drop) it goes at its time or not at all; under the other two policies it moves to the
/// nearest later allowed time.
///
/// # Errors
///
/// [`NoSlot::TooLate`] when `now` or `wanted` is after `latest`; [`NoSlot::Outside`] under
/// [`Drop`](OutsidePolicy::Drop); [`NoSlot::NoAllowedSlot`] when no time up to `latest` is allowed.
pub fn place_later(message: &Placement<'_>) -> Result<Placed, NoSlot> {
    if message.start() > message.latest {
        return Err(NoSlot::TooLate);
    }
    let at = match message.outside {
        OutsidePolicy::BringForward | OutsidePolicy::Defer => message.later(),
        OutsidePolicy::Drop => Some(message.undisturbed()?),
    };
    message.placed(at)
}

impl Placement<'_> {
    /// The wanted time, or now when that is past.
    fn start(&self) -> Timestamp {
        self.wanted.max(self.now)
    }

    fn earlier(&self) -> Option<Timestamp> {
        previous_allowed_from(self.windows, self.zone, self.start().min(self.latest), self.now)
    }

    fn later(&self) -> Option<Timestamp> {
        next_allowed_until(self.windows, self.zone, self.start(), self.latest)
    }

    /// The wanted time, where nothing speaks against it.
    fn undisturbed(&self) -> Result<Timestamp, NoSlot> {
        let at = self.start();
        if at > self.latest {
            Err(NoSlot::TooLate)
        } else if all_allow(self.windows, self.zone, at) {
            Ok(at)
        } else {
            Err(NoSlot::Outside)
        }
    }

    fn placed(&self, at: Option<Timestamp>) -> Result<Placed, NoSlot> {
        let at = at.ok_or(NoSlot::NoAllowedSlot)?;
        let moved = match at.cmp(&self.wanted) {
            std::cmp::Ordering::Less => Moved::Earlier,
            std::cmp::Ordering::Equal => Moved::No,
            std::cmp::Ordering::Greater => Moved::Later,
        };
        Ok(Placed { at, moved })
    }
}
