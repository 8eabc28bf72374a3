//! In which order gateways come into question for a number.
//!
//! Pure: the longest fitting prefix first, as in operators' tables; among routes of one length a share by weight, drawn from
//! the message's reference, so that the same message always has the same order. Pauses, refusals and what a process has are
//! not looked at here: the engine goes down the list.

use crate::model::{GatewayId, Route};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;

/// The gateways for a number (E.164), the first choice first, none twice; empty where no route is for such numbers.
///
/// First the routes with a weight, longest prefix first, those of the same length drawn by weight; then those of weight 0 in
/// the same way, in the order of the list.
#[must_use]
pub fn order<'r>(routes: &'r [Route], number: &str, reference: &str) -> Vec<&'r GatewayId> {
    let mut left: Vec<(Rank, &Route)> =
        routes.iter().filter_map(|route| Some((rank(route, number)?, route))).collect();
    left.sort_by_key(|(rank, _)| *rank);
    let mut order: Vec<&GatewayId> = Vec::new();
    let mut draw = 0_u32;
    while let Some((best, _)) = left.first() {
        let alike = left.iter().take_while(|(rank, _)| rank == best).map(|(_, route)| route.weight);
        let place = drawn(alike, reference, draw);
        let (_, route) = left.remove(place);
        if !order.contains(&&route.gateway) {
            order.push(&route.gateway);
        }
        draw = draw.saturating_add(1);
    }
    order
}

/// Whether it is only for when no other can; the length of its longest fitting prefix, longest first.
type Rank = (bool, Reverse<usize>);

fn rank(route: &Route, number: &str) -> Option<Rank> {
    let fitting = route.prefixes.iter().filter(|prefix| number.starts_with(prefix.as_str()));
    let all = route.prefixes.is_empty().then_some(0);
    let longest = fitting.map(String::len).max().or(all)?;
    Some((route.weight == 0, Reverse(longest)))
}

/// One of several by their weights: always the same for one reference. The first where none has any.
fn drawn(weights: impl Iterator<Item = u32> + Clone, reference: &str, draw: u32) -> usize {
    let total: u64 = weights.clone().map(u64::from).sum();
    let digest = Sha256::new().chain_update(reference).chain_update(draw.to_be_bytes()).finalize();
    let chance = digest.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    let mut point = chance.checked_rem(total).unwrap_or(0);
    for (place, weight) in weights.enumerate() {
        match point.checked_sub(u64::from(weight)) {
            Some(beyond) if total > 0 => point = beyond,
            _ => return place,
        }
    }
    0
}
