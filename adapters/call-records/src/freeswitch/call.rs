//! What became of a call, from its legs. Not allowed here: how legs are read, which belong together.

use super::cause::{Cause, cause_of, fusion_status};
use super::leg::{Leg, Side};
use super::options::Options;
use crate::text::{call_id, cut, extension, is_outside, listed, phone};
use depesza::model::{Call, CallDirection, CallStatus, SECOND_MS, Timestamp};

/// The call that legs are: that of the A-leg; of the earliest leg where the A-leg left no record. None of no legs.
pub(super) fn call_of(mut legs: Vec<Leg>, options: &Options) -> Option<Call> {
    legs.sort_by(|a, b| (a.side, a.started, &a.id).cmp(&(b.side, b.started, &b.id)));
    let first = legs.first()?;
    let direction = direction(&legs, first, options);
    let (status, deciding) = outcome(&legs, first, options);
    let own = match direction {
        CallDirection::Incoming => Some(&first.dialled),
        CallDirection::Outgoing if !first.shown.is_empty() => Some(&first.shown),
        CallDirection::Outgoing => Some(&first.caller),
        CallDirection::Internal => None,
    };
    let answered = status == CallStatus::Answered;
    let bridged = legs.iter().filter_map(person_at).min();
    let ended_at = legs.iter().map(|leg| leg.ended).max().unwrap_or(first.ended);
    // a mailbox ends the ringing too
    let mailbox = legs.iter().filter(|leg| leg.voicemail && status == CallStatus::Voicemail);
    let rang_until = bridged.or(mailbox.filter_map(|leg| leg.answered).min()).unwrap_or(ended_at);
    let person = legs.iter().find(|leg| leg.side == Side::B && leg.answered.is_some());
    let answered_by = person
        .map(|leg| leg.dialled.clone())
        .filter(|who| !who.is_empty())
        .or_else(|| first.answered_by.clone());
    Some(Call {
        system: options.system.clone(),
        id: call_id(&first.id),
        direction,
        caller: phone(&first.caller),
        called: phone(&first.dialled),
        own_number: own.filter(|own| !own.is_empty()).map(|own| phone(own)),
        answered_by: answered_by
            .filter(|_| answered)
            .and_then(|who| extension(&who, options.extension_digits)),
        started_at: first.started.min(ended_at),
        ended_at,
        ring_s: seconds(rang_until.since_ms(first.started)),
        talk_s: match bridged {
            Some(from) if answered => seconds(ended_at.since_ms(from)),
            None if answered => first.billsec_s,
            _ => 0,
        },
        status,
        raw_status: cut(if fusion_status(&deciding.status).is_some() {
            &deciding.status
        } else {
            &deciding.cause
        }),
        raw_cause: deciding.cause_code.as_deref().map(cut),
    })
}

/// When a person came on the line: an answered leg that the exchange made, or the leg bridged to one.
fn person_at(leg: &Leg) -> Option<Timestamp> {
    match leg.side {
        Side::A => leg.bridged,
        Side::B => leg.answered.filter(|_| !leg.voicemail),
    }
}

fn outcome<'a>(legs: &'a [Leg], first: &'a Leg, options: &Options) -> (CallStatus, &'a Leg) {
    if let Some(status) = fusion_status(&first.status) {
        return (status, first);
    }
    if legs.iter().any(|leg| person_at(leg).is_some()) {
        return (CallStatus::Answered, first);
    }
    if legs.iter().any(|leg| leg.voicemail && leg.answered.is_some()) {
        return (CallStatus::Voicemail, first);
    }
    let decides = |leg: &Leg| match cause_of(&leg.cause, options) {
        Cause::Decides(status) => Some(status),
        Cause::LegOnly | Cause::Silent => None,
    };
    // the call ended as its A-leg did; where that says nothing, as the first other leg that says something
    let deciding = legs.iter().find_map(|leg| Some((decides(leg)?, leg)));
    deciding.unwrap_or_else(|| {
        let heard = first.answered.is_some();
        (if heard { CallStatus::NoAnswer } else { CallStatus::Failed }, first)
    })
}

/// By the variable; else by gateways; else by the context and the number that was dialled.
fn direction(legs: &[Leg], first: &Leg, options: &Options) -> CallDirection {
    if let Some(told) = first.direction.or_else(|| legs.iter().find_map(|leg| leg.direction)) {
        return told;
    }
    let is_gateway = |leg: &Leg| options.gateways.contains(&leg.gateway);
    if is_gateway(first) || listed(&options.incoming_contexts, &first.context) {
        return CallDirection::Incoming;
    }
    let outside = is_outside(&first.dialled, options.extension_digits);
    if legs.iter().any(|leg| leg.side == Side::B && is_gateway(leg)) || outside {
        CallDirection::Outgoing
    } else {
        CallDirection::Internal
    }
}

fn seconds(ms: i64) -> u32 {
    u32::try_from(ms / SECOND_MS).unwrap_or_default()
}
