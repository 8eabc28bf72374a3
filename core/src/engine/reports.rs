//! Delivery reports: found by our reference or the gateway's identifier, and applied.

use super::EngineError;
use super::facts::Outcome;
use super::requests;
use super::settle::tell;
use super::tx::Tx;
use crate::message::{ReportOutcome, apply_report, is_pending, step};
use crate::model::{DeliveryReport, HOUR_MS, Message, Reason, Status, Verbatim, Wiped};

pub(super) fn apply(tx: &mut Tx<'_>, report: &DeliveryReport) -> Result<Outcome, EngineError> {
    let Some(mut message) = find(tx, report)? else { return Ok(Outcome::Unmatched) };
    let before = message.clone();
    if is_pending(message.status) && message.submitted_at.is_some() {
        // a report on an attempt that was taken for rejected: it went after all, and must not go again
        step(&mut message, Status::InDoubt)?;
        if message.expects_reply {
            requests::open(tx, &message)?;
        }
    }
    // a receipt can quote the text
    let outcome = match message.wiped {
        Wiped::Nothing => apply_report(&mut message, report),
        _ => apply_report(&mut message, &DeliveryReport { raw: Verbatim::default(), ..report.clone() }),
    };
    if outcome == ReportOutcome::Moved && message.reason == Some(Reason::NoAnswer {}) {
        message.reason = None; // that was the answer
    }
    if message == before {
        return Ok(Outcome::Known);
    }
    if matches!(message.status, Status::Submitted | Status::Sent) {
        let wait = i64::from(tx.practice().settings.report_wait_h) * HOUR_MS;
        message.report_due = message.report_due.or(Some(tx.now.plus_ms(wait)));
    }
    tx.put(&message)?;
    if outcome == ReportOutcome::Moved {
        tell(tx, &message)?;
    }
    Ok(if outcome == ReportOutcome::Ignored { Outcome::Known } else { Outcome::Applied })
}

fn find(tx: &mut Tx<'_>, report: &DeliveryReport) -> Result<Option<Message>, EngineError> {
    for named in [&report.reference, &report.provider_id].into_iter().flatten() {
        if let Some(message) = tx.find_message(&report.gateway, named)? {
            return Ok(Some(message));
        }
    }
    Ok(None)
}
