//! What a delivery report does to a message: forward by rank, never back, parts added up.

use super::step;
use crate::model::{DeliveryReport, DeliveryState, Message, PartState, ReportSeen, Status};

/// Reports kept as evidence on a message; older ones make room.
const MAX_REPORTS: usize = 16;

/// What came of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportOutcome {
    /// The message moved forward.
    Moved,
    /// Late or repeated: the message stays where it is.
    Ignored,
    /// It contradicts what was final already: kept as evidence, nothing changed.
    Conflict,
}

/// Applies a report. Reports may come in any order, twice, before the submission's own answer, and a part at a time:
/// `Sent` after `Delivered` is ignored, `Undelivered` after `Delivered` is a conflict, one part delivered and one not
/// is [`Status::PartlyDelivered`] until the other part succeeds.
pub fn apply_report(message: &mut Message, report: &DeliveryReport) -> ReportOutcome {
    let part = report.part.or_else(|| {
        let place = message.provider_ids.iter().position(|id| Some(id) == report.provider_id.as_ref())?;
        (message.provider_ids.len() > 1).then(|| u32::try_from(place + 1).ok())?
    });
    let state = match part {
        Some(part) => {
            note_part(message, part, report.state);
            sum_of_parts(message)
        }
        None => report.state,
    };
    let outcome = move_to(message, state, report);
    let seen = ReportSeen {
        at: report.at,
        state: report.state,
        raw: report.raw.clone(),
        conflict: outcome == ReportOutcome::Conflict,
    };
    // who asks for states instead of being told hears the same again and again
    let same_as_last = |last: &ReportSeen| part.is_none() && last.state == seen.state && last.raw == seen.raw;
    let repeated = message.reports.iter().any(|known| known.state == seen.state && known.at == seen.at)
        || message.reports.last().is_some_and(same_as_last);
    if !repeated {
        if message.reports.len() == MAX_REPORTS {
            message.reports.remove(0);
        }
        message.reports.push(seen);
    }
    if let Some(cost) = report.cost_milli {
        message.cost_milli = cost;
    }
    outcome
}

fn note_part(message: &mut Message, part: u32, state: DeliveryState) {
    match message.part_states.iter_mut().find(|known| known.part == part) {
        Some(known) if rank(known.state) < rank(state) || state == DeliveryState::Delivered => {
            known.state = state
        }
        Some(_) => {}
        None => message.part_states.push(PartState { part, state }),
    }
}

/// The state of the whole by its parts. Until every part has its last word the message is on its way.
fn sum_of_parts(message: &Message) -> DeliveryState {
    let parts = usize::try_from(message.parts).unwrap_or(usize::MAX).max(message.provider_ids.len());
    let states = || message.part_states.iter().map(|known| known.state);
    let failed = |state: DeliveryState| {
        matches!(state, DeliveryState::Undelivered | DeliveryState::Expired | DeliveryState::Rejected)
    };
    let complete = message.part_states.len() >= parts;
    if complete && states().all(|state| state == DeliveryState::Delivered) {
        DeliveryState::Delivered
    } else if complete && states().all(failed) {
        states().next().unwrap_or(DeliveryState::Undelivered)
    } else if states().any(|state| rank(state) >= rank(DeliveryState::Sent)) {
        DeliveryState::Sent
    } else {
        DeliveryState::Accepted
    }
}

/// Whether some parts reached the handset and at least one certainly did not.
fn is_partly_delivered(message: &Message) -> bool {
    let any = |wanted: fn(DeliveryState) -> bool| message.part_states.iter().any(|known| wanted(known.state));
    any(|state| state == DeliveryState::Delivered)
        && any(|state| {
            matches!(state, DeliveryState::Undelivered | DeliveryState::Expired | DeliveryState::Rejected)
        })
}

fn move_to(message: &mut Message, state: DeliveryState, report: &DeliveryReport) -> ReportOutcome {
    let to = match state {
        _ if is_partly_delivered(message) => Status::PartlyDelivered,
        DeliveryState::Accepted => Status::Submitted,
        DeliveryState::Sent => Status::Sent,
        DeliveryState::Delivered => Status::Delivered,
        DeliveryState::Undelivered => Status::Undelivered,
        DeliveryState::Expired => Status::Expired,
        DeliveryState::Rejected => Status::Failed,
        DeliveryState::Unknown => return ReportOutcome::Ignored,
    };
    let from = message.status;
    if from == to || step(message, to).is_err() {
        let contradicts = |status: Status| {
            matches!(status, Status::Delivered | Status::Undelivered | Status::Expired | Status::Failed)
        };
        let conflict = from != to && contradicts(from) && contradicts(to);
        return if conflict { ReportOutcome::Conflict } else { ReportOutcome::Ignored };
    }
    match to {
        Status::Sent => message.sent_at = message.sent_at.or(Some(report.at)),
        Status::Delivered | Status::PartlyDelivered => message.delivered_at = Some(report.at),
        _ => {}
    }
    if super::is_final(to) {
        message.report_due = None;
    }
    ReportOutcome::Moved
}

fn rank(state: DeliveryState) -> u8 {
    match state {
        DeliveryState::Unknown => 0,
        DeliveryState::Accepted => 1,
        DeliveryState::Sent => 2,
        DeliveryState::Undelivered | DeliveryState::Expired | DeliveryState::Rejected => 3,
        DeliveryState::Delivered => 4,
    }
}
