//! Which way a call went, and which leg it began with. Not allowed here: how it ended.

use super::leg::Leg;
use super::options::Options;
use crate::text::{is_outside, listed};
use depesza::model::CallDirection;

/// Whether a leg can be the one that a call began with: not a channel that the exchange itself made.
pub(crate) fn is_origin(leg: &Leg) -> bool {
    !leg.is_local() && leg.row.lastapp != "AppDial"
}

/// The leg that the call began with, of `legs` in their order; none of no legs.
pub(crate) fn origin<'a>(legs: &'a [Leg], options: &Options) -> Option<&'a Leg> {
    legs.iter().min_by_key(|leg| {
        let own = leg.row.linkedid.is_some() && leg.row.linkedid == leg.row.uniqueid;
        (!is_origin(leg), !options.is_trunk(&leg.row.channel), !own, *leg)
    })
}

/// By channels where the trunks are known, by contexts where not.
pub(crate) fn direction(legs: &[Leg], origin: &Leg, options: &Options) -> CallDirection {
    let arrives = |leg: &Leg| listed(&options.incoming_contexts, &leg.row.dcontext);
    let from_outside = if options.trunks.is_empty() {
        let own = |leg: &&Leg| leg.row.channel == origin.row.channel;
        legs.iter().filter(own).any(arrives) || looks_from_outside(origin, options)
    } else {
        options.is_trunk(&origin.row.channel)
    };
    if from_outside {
        return CallDirection::Incoming;
    }
    let leaves = |leg: &Leg| {
        options.is_trunk(&leg.row.dstchannel) || listed(&options.outgoing_contexts, &leg.row.dcontext)
    };
    if legs.iter().any(leaves) || is_outside(&origin.row.dst, options.extension_digits) {
        CallDirection::Outgoing
    } else {
        CallDirection::Internal
    }
}

/// Without trunks and outside the listed contexts (a menu, a queue, a mailbox, which both sides reach): whoever has no
/// extension's number comes from outside, if where the call was led to is not outside too.
fn looks_from_outside(origin: &Leg, options: &Options) -> bool {
    let caller = origin.row.caller();
    let is_extension = (1..=options.extension_digits).contains(&caller.len())
        && caller.bytes().all(|digit| digit.is_ascii_digit());
    let from_phone = listed(&options.outgoing_contexts, &origin.row.dcontext)
        || listed(&options.internal_contexts, &origin.row.dcontext);
    !is_extension && !from_phone
}
