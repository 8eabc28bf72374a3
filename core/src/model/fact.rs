//! Facts: what a host tells. In the past tense, with the host's revision where a record can change.

use super::{
    AccountState, Call, CampaignKind, DeliveryReport, Patient, PatientId, Reply, SmsReceived, Timestamp,
    UserId, Visit, VisitId,
};
use serde::{Deserialize, Serialize};

/// Something that happened in the host's world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A patient's card was created or changed.
    Patient(Patient),
    /// Two cards were found to be one patient's; what is planned for `from` goes on for `into`.
    PatientsMerged {
        /// The card that ends.
        from: PatientId,
        /// The card that stays.
        into: PatientId,
    },
    /// A visit was booked, changed, closed or called off.
    Visit(Visit),
    /// The staff set a visit's confirmation by hand; no later reply overrides it. A called-off visit has none.
    ConfirmationSet {
        /// The visit.
        visit: VisitId,
        /// What they set.
        reply: Reply,
        /// Who.
        by: UserId,
    },
    /// A call ended.
    CallEnded(Call),
    /// Another system sent a message about a visit before this one took over: it is not sent again.
    SentElsewhere {
        /// The visit, as it stands.
        visit: VisitId,
        /// What kind of message it was.
        kind: CampaignKind,
        /// When it was sent.
        at: Timestamp,
    },
    /// What a gateway's account allows and has left.
    AccountTold(AccountState),
    /// An SMS came in.
    SmsReceived(SmsReceived),
    /// A gateway reported on a message.
    DeliveryReport(DeliveryReport),
}
