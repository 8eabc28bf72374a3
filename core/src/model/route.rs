//! Which gateways a practice's messages go through.

use super::GatewayId;
use serde::{Deserialize, Serialize};

/// The most routes of a practice.
pub const MAX_ROUTES: usize = 100;
/// The most beginnings of numbers on a route.
pub const MAX_ROUTE_PREFIXES: usize = 100;
/// The highest weight of a route.
pub const MAX_ROUTE_WEIGHT: u32 = 1_000;

/// A gateway, for which numbers it is, and for what share of them.
///
/// Of the routes whose prefixes fit a number the longest prefix decides; routes with the same one share its messages by their
/// weights. What cannot go there (a pause, a refusal that may pass) goes to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// The gateway. A process that does not have it passes the route over.
    pub gateway: GatewayId,
    /// Beginnings of numbers in E.164 (`+48`, `+4850`), at most 100; empty: all numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prefixes: Vec<String>,
    /// Its share beside other routes, up to 1,000; 0: only when no other can.
    #[serde(default = "one")]
    pub weight: u32,
}

fn one() -> u32 {
    1
}
