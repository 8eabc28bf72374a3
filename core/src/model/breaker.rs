//! What a screen shows of the circuit breaker.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How a day stands against the usual one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BreakerFigures {
    /// The local day.
    pub day: NaiveDate,
    /// Automatic messages submitted on that day, each once.
    pub sent: u64,
    /// The average of the last 28 days that had any, rounded down; 0 before the first.
    pub usual: u64,
    /// The most that go without asking; absent where the practice has no breaker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Where it stands.
    pub state: BreakerState,
}

/// Where the circuit breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// Messages go.
    Closed,
    /// Automatic messages wait until somebody lets them through, or the day ends.
    Open,
    /// Somebody let the rest of the day through.
    Released,
}
