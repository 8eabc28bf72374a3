//! What became of a call, from all its legs. Not allowed here: which legs are a call, and the clock.

use super::direction::{direction, is_origin, origin};
use super::disposition::outcome;
use super::leg::{Leg, halfless};
use super::options::Options;
use super::row::peer;
use super::talk::{ring_s, talk_s};
use crate::id::made_id;
use crate::text::{call_id, cut, extension, listed, phone};
use depesza::model::{Call, CallDirection, CallId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The call that legs are: one, but for a conference of several callers, where it is one for each.
pub(crate) fn calls_of(legs: Vec<Leg>, options: &Options) -> Vec<Call> {
    let mut calls: Vec<Call> =
        by_caller(legs, options).into_iter().filter_map(|legs| call(&legs, options)).collect();
    calls.sort_by(|a, b| (a.ended_at, &a.id).cmp(&(b.ended_at, &b.id)));
    calls
}

fn by_caller(mut legs: Vec<Leg>, options: &Options) -> Vec<Vec<Leg>> {
    legs.sort();
    let callers: Vec<Leg> = {
        let mut seen = BTreeSet::new();
        let from_outside = legs.iter().filter(|leg| is_origin(leg) && options.is_trunk(&leg.row.channel));
        from_outside.filter(|leg| seen.insert(&leg.row.channel)).cloned().collect()
    };
    if callers.len() < 2 {
        return vec![legs];
    }
    let mut groups: BTreeMap<usize, Vec<Leg>> = BTreeMap::new();
    for leg in legs {
        let own = callers.iter().position(|caller| caller.row.channel == leg.row.channel);
        let linked = || {
            let is_linked =
                |caller: &Leg| leg.row.linkedid.is_some() && caller.row.linkedid == leg.row.linkedid;
            callers.iter().position(is_linked)
        };
        groups.entry(own.or_else(linked).unwrap_or_default()).or_default().push(leg);
    }
    groups.into_values().collect()
}

fn call(legs: &[Leg], options: &Options) -> Option<Call> {
    let origin = origin(legs, options)?;
    let direction = direction(legs, origin, options);
    let people = people(legs, options);
    let (status, raw_status) = outcome(legs, &people, options);
    let caller = caller(origin, direction, options);
    let called = called(legs, origin, direction, options);
    let own = match direction {
        CallDirection::Incoming => Some(&called),
        CallDirection::Outgoing => Some(&caller),
        CallDirection::Internal => None,
    };
    let answered = people.iter().find(|leg| leg.row.billsec_s > 0).or_else(|| people.first());
    let started_at = legs.iter().map(|leg| leg.start).min()?;
    Some(Call {
        system: options.system.clone(),
        id: id(legs, origin),
        direction,
        own_number: own.filter(|own| !own.is_empty()).map(|own| phone(own)),
        caller: phone(&caller),
        called: phone(&called),
        answered_by: answered.and_then(|leg| extension(peer(&leg.row.dstchannel), options.extension_digits)),
        started_at,
        ended_at: legs
            .iter()
            .map(|leg| leg.end)
            .max()
            .map_or(started_at, |end: Timestamp| end.max(started_at)),
        ring_s: ring_s(legs, &people),
        talk_s: talk_s(legs, &people, options),
        status,
        raw_status: cut(&raw_status),
        raw_cause: None,
    })
}

/// The legs that a person answered. A Local channel counts only where its other half left no row of its own.
fn people<'a>(legs: &'a [Leg], options: &Options) -> Vec<&'a Leg> {
    let has_other_half = |leg: &Leg| {
        let name = halfless(&leg.row.dstchannel);
        legs.iter().any(|other| other.is_local() && halfless(&other.row.channel) == name)
    };
    let alone = |leg: &Leg| {
        leg.answered()
            && leg.row.billsec_s > 0
            && leg.row.dstchannel.starts_with("Local/")
            && listed(&options.person_apps, &leg.row.lastapp)
            && !has_other_half(leg)
    };
    legs.iter().filter(|leg| leg.person(options) || alone(leg)).collect()
}

fn caller(origin: &Leg, direction: CallDirection, options: &Options) -> String {
    let channel = &origin.row.channel;
    match origin.row.caller() {
        "" if direction != CallDirection::Incoming && !options.is_trunk(channel) => peer(channel).to_owned(),
        number => number.to_owned(),
    }
}

/// What was dialled: on a call from outside in the context where those arrive, else by the host's table, else the first `dst`.
fn called(legs: &[Leg], origin: &Leg, direction: CallDirection, options: &Options) -> String {
    if direction != CallDirection::Incoming {
        return origin.row.dst.clone();
    }
    let own = || legs.iter().filter(|leg| leg.row.channel == origin.row.channel);
    let arrived = own().find(|leg| listed(&options.incoming_contexts, &leg.row.dcontext));
    let led_on = || own().find_map(|leg| options.own_number(&leg.row.dcontext, &leg.row.dst));
    match arrived {
        Some(leg) => options.own_number(&leg.row.dcontext, &leg.row.dst).unwrap_or(&leg.row.dst).to_owned(),
        None => led_on().unwrap_or(&origin.row.dst).to_owned(),
    }
}

/// The exchange's identifier of the call; where it wrote none, one that is made of the first row of the channel that called.
fn id(legs: &[Leg], origin: &Leg) -> CallId {
    let row = &origin.row;
    let linked = row.linkedid.as_ref().filter(|_| !legs.iter().all(Leg::is_fragment));
    match linked.or(row.uniqueid.as_ref()) {
        Some(id) => call_id(id),
        None => made_id(&[&row.channel, &row.start.to_string(), &row.src, &row.clid]),
    }
}
