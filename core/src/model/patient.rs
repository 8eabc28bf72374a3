//! Patients as the host tells them: the card, its consents, and who answers for a child.

use super::{Name, PatientId, Phone, Reason, Timestamp};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a message is for. Polish law treats information on a visit and marketing apart, so consent is per purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Information on the patient's own visits: booking, reminder, change, cancellation.
    #[default]
    Visits,
    /// Commercial information: surveys, offers, recalls that advertise (Electronic Communications Law, art. 398).
    Marketing,
    /// Anything else.
    Other,
}

/// Where a consent or its refusal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConsentSource {
    /// The patient said so: in person, by telephone, on paper, in an application.
    #[default]
    Person,
    /// Set by the practice's default for new cards, without asking.
    Default,
    /// Taken over from another system.
    Import,
}

/// An answer to the question of consent, with its time and source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Consent {
    /// Yes or no.
    pub given: bool,
    /// When it was said.
    pub at: Timestamp,
    /// Who said it.
    #[serde(default)]
    pub source: ConsentSource,
}

/// The consents of a card; `None` means that nobody ever asked.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Consents {
    /// Information on the patient's visits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visits: Option<Consent>,
    /// Commercial information.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marketing: Option<Consent>,
    /// Anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other: Option<Consent>,
}

impl Consents {
    /// The answer on record for a purpose.
    #[must_use]
    pub fn of(&self, purpose: Purpose) -> Option<Consent> {
        match purpose {
            Purpose::Visits => self.visits,
            Purpose::Marketing => self.marketing,
            Purpose::Other => self.other,
        }
    }
}

/// Whether a card is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PatientStatus {
    /// In use.
    #[default]
    Active,
    /// Put away: nothing more is sent, what was planned is withdrawn.
    Inactive,
    /// The patient has died: nothing more is sent, follow-ups included.
    Deceased,
}

/// Who answers for a patient without a number of their own, usually a parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Guardian {
    /// The guardian's name, if the host keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The guardian's number, as typed.
    pub phone: Phone,
}

/// A patient's card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Patient {
    /// The host's identifier.
    pub id: PatientId,
    /// The host's revision of this card: grows with every change, up to 2^63-1; an older or equal one is ignored.
    pub revision: u64,
    /// First name, nominative.
    pub first_name: Name,
    /// Last name.
    pub last_name: Name,
    /// The first name as one calls out to its bearer (Anno), where the host knows better than the rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vocative: Option<Name>,
    /// The number as typed on the card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Whose number to use when the card has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guardian: Option<Guardian>,
    /// Date of birth, years 1 to 9999; unknown means an adult's text, never a child's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<NaiveDate>,
    /// Consents on the card.
    #[serde(default)]
    pub consents: Consents,
    /// Whether the card is in use.
    #[serde(default)]
    pub status: PatientStatus,
    /// When the card was created in the host; without it no default consent applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
}

/// A withdrawal of consent, by STOP or by the gateway's own blacklist, kept under a keyed hash of the number so that
/// it outlives the erasure of the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OptOutRecord {
    /// HMAC-SHA-256 of the E.164 number under the practice's secret, in hexadecimal.
    pub number_hash: String,
    /// When it was said. A consent that a person gave later lifts it; a default consent never does.
    pub at: Timestamp,
    /// Where it came from.
    pub source: OptOutSource,
}

/// How an opt-out reached the practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OptOutSource {
    /// The patient wrote STOP.
    Stop,
    /// The gateway refused the number as opted out or blacklisted.
    Gateway,
}

/// A card as the engine keeps it: as last told, and what was decided of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PatientFile {
    /// As the host last told it.
    pub patient: Patient,
    /// When the engine first heard of it.
    pub told_at: Timestamp,
    /// The number to send to, E.164: the card's, else the guardian's; or why there is none. On the wire
    /// `{"e164": …}` or `{"none": reason}`.
    #[serde(with = "contact")]
    #[cfg_attr(feature = "schema", schemars(with = "contact::Contact"))]
    pub number: Result<Phone, Reason>,
    /// The consent that the practice's default gave this card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_consent: Option<Consent>,
    /// The card that stayed when two were found to be one patient's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<PatientId>,
    /// When the patient was erased: only the identifier and the revision are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
}

/// The wire form of a card's number.
mod contact {
    use super::{Phone, Reason};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(rename_all = "snake_case")]
    pub(super) enum Contact {
        /// The number, E.164.
        E164(Phone),
        /// Why there is none.
        None(Reason),
    }

    pub(super) fn serialize<S: Serializer>(
        number: &Result<Phone, Reason>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let contact = match number {
            Ok(number) => Contact::E164(number.clone()),
            Err(reason) => Contact::None(reason.clone()),
        };
        contact.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Result<Phone, Reason>, D::Error> {
        Ok(match Contact::deserialize(deserializer)? {
            Contact::E164(number) => Ok(number),
            Contact::None(reason) => Err(reason),
        })
    }
}
