//! Telephone numbers: what a text is, and whether it can receive an SMS. See `depesza::phone`.

use depesza::model::{Number, NumberFault, Phone, PhonePolicy, Refusal};
use depesza::phone;

/// Why a text is no number that can be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum NumberError {
    /// It is no telephone number.
    #[error("{fault}")]
    NoNumber {
        /// Why.
        fault: NumberFault,
    },
    /// Nothing may be sent to it.
    #[error("{refusal}")]
    NoRecipient {
        /// Why.
        refusal: Refusal,
    },
}

/// The policy of a practice that says nothing: numbers of Poland.
#[uniffi::export]
#[must_use]
pub fn default_phone_policy() -> PhonePolicy {
    PhonePolicy::default()
}

/// What a text is as a telephone number.
///
/// # Errors
/// [`NumberError::NoNumber`].
#[uniffi::export(default(policy = None))]
pub fn parse_number(text: Phone, policy: Option<PhonePolicy>) -> Result<Number, NumberError> {
    phone::parse(text.reveal(), &policy.unwrap_or_default()).map_err(|fault| NumberError::NoNumber { fault })
}

/// The number in E.164, if an SMS may be sent to it.
///
/// # Errors
/// [`NumberError::NoRecipient`].
#[uniffi::export(default(policy = None))]
pub fn recipient(text: Phone, policy: Option<PhonePolicy>) -> Result<Phone, NumberError> {
    phone::recipient(text.reveal(), &policy.unwrap_or_default())
        .map_err(|refusal| NumberError::NoRecipient { refusal })
}

/// Whether a caller's number was withheld.
#[uniffi::export]
#[must_use]
pub fn withheld(caller: Phone) -> bool {
    phone::withheld(caller.reveal())
}
