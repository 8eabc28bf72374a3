//! What a host says about a FreeSWITCH: its variables, gateways and contexts. Not allowed here: legs.

use crate::fault::OptionsError;
use depesza::model::Zone;
use serde::{Deserialize, Serialize};

/// How a FreeSWITCH writes its records, and what its names mean. An entry of a list that ends in `*` stands for all that begin
/// so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// The name of the exchange in every call, 1 to 100 bytes. Default `freeswitch`.
    pub system: String,
    /// The variable that tells the direction: `inbound`, `outbound` or `local`. Default `call_direction`, as FusionPBX sets.
    pub direction_variable: String,
    /// The gateways to the network, by their names in `sip_gateway_name` or `sip_gateway`, where the variable is not set.
    /// Default none.
    pub gateways: Vec<String>,
    /// The contexts in which calls from outside arrive. Default `public*`.
    pub incoming_contexts: Vec<String>,
    /// The most digits of an extension, 1 to 14: what a phone dials with more goes outside. Default 6.
    pub extension_digits: usize,
    /// The variables that hold the number that was dialled, the first that is set; else the call flow tells how the call began.
    /// Default `caller_destination` (FusionPBX), `destination_number`. Not `sip_req_user`: behind a gateway that registers it is
    /// the gateway's name.
    pub dialled_variables: Vec<String>,
    /// The variable with FusionPBX's own status, which is taken where it is set. Default `status`.
    pub status_variable: String,
    /// What a refused call is (`CALL_REJECTED`, `DECLINE`). Default `busy`: a person refused.
    pub rejected: Doubtful,
    /// What a phone that is off is (`SUBSCRIBER_ABSENT`, `USER_NOT_REGISTERED`). Default `no_answer`.
    pub absent: Doubtful,
    /// The zone of times without an offset (lines of `mod_cdr_csv`), by its IANA name. Default `Europe/Warsaw`.
    pub zone: Zone,
}

/// What a cause is of which exchanges think differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubtful {
    /// Nobody answered.
    NoAnswer,
    /// Busy.
    Busy,
    /// It failed.
    Failed,
}

/// A template of `mod_cdr_csv` that is shipped with FreeSWITCH.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// `example`: 15 columns.
    Example,
    /// `asterisk`: 18 columns; the hang-up cause stands where Asterisk has its disposition.
    Asterisk,
}

impl Default for Options {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            system: "freeswitch".to_owned(),
            direction_variable: "call_direction".to_owned(),
            gateways: Vec::new(),
            incoming_contexts: list(&["public*"]),
            extension_digits: 6,
            dialled_variables: list(&["caller_destination", "destination_number"]),
            status_variable: "status".to_owned(),
            rejected: Doubtful::Busy,
            absent: Doubtful::NoAnswer,
            zone: Zone::default(),
        }
    }
}

impl Options {
    /// Whether the values are in their ranges.
    ///
    /// # Errors
    /// The first option that is out of its range.
    pub fn check(&self) -> Result<(), OptionsError> {
        if self.system.is_empty() || self.system.len() > 100 {
            return Err(OptionsError { field: "system", expected: "1 to 100 bytes" });
        }
        if !(1..=14).contains(&self.extension_digits) {
            return Err(OptionsError { field: "extension_digits", expected: "1 to 14" });
        }
        Ok(())
    }
}
