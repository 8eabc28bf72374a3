//! All that is held on a patient, to be handed to them (GDPR, art. 15 and 20).

use super::{
    BadNumber, CallFile, Message, OptOutRecord, PatientFile, PatientId, Request, Timestamp, VisitFile,
};
use serde::{Deserialize, Serialize};

/// All that is held on a patient. Texts, names and numbers are in its JSON, and never in `Debug`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PatientExport {
    /// Who was asked for.
    pub patient: PatientId,
    /// When it was put together.
    pub at: Timestamp,
    /// The card with its consents; those that were merged into it come after it.
    pub cards: Vec<PatientFile>,
    /// Withdrawals of consent that stand for the numbers of the cards.
    pub opt_outs: Vec<OptOutRecord>,
    /// Numbers of the cards that a gateway refused.
    pub refused_numbers: Vec<BadNumber>,
    /// Visits with their confirmations, by start.
    pub visits: Vec<VisitFile>,
    /// Messages both ways with texts, and with what answers were taken for, by time.
    pub messages: Vec<Message>,
    /// Questions that were asked, with the number asked.
    pub requests: Vec<Request>,
    /// Calls with a number that no other card has, by time.
    pub calls: Vec<CallFile>,
}
