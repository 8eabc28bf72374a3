//! Identifiers: newtypes, so that a visit cannot stand where a patient is meant.

use super::shared::Shared;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(#[cfg_attr(feature = "schema", schemars(with = "String"))] Shared);

        impl $name {
            /// Takes the host's own identifier as it is.
            pub fn new(id: impl AsRef<str>) -> Self {
                Self(id.as_ref().into())
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.into())
            }
        }
    )*};
}

text_id! {
    /// A practice (a clinic or a PBX account): every record belongs to exactly one.
    PracticeId;
    /// A patient's card, in the host's numbering.
    PatientId;
    /// A visit, in the host's numbering.
    VisitId;
    /// A room (Polish: gabinet), in the host's numbering.
    RoomId;
    /// A campaign, named by whoever created it; unique in its practice.
    CampaignId;
    /// A call, in the numbering of its exchange.
    CallId;
    /// A rule for SMS after a call, named by whoever created it; unique in its account.
    CallRuleId;
    /// A person at the host's desk; the host owns users and their grants.
    UserId;
    /// A stored template, named by whoever created it; unique in its practice.
    TemplateId;
    /// A configured gateway; a message sticks to the one it was given to.
    GatewayId;
}

/// A message's number in its practice: 1, 2, 3 … in the order in which messages were planned or received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct MessageId(pub u64);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
