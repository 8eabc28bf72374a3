//! Text that names a person or what was said to them: it serialises, but never prints.

use super::shared::Shared;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! redacted {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// `Debug` prints `<redacted>`, and there is no `Display`: logs and errors cannot show it by accident.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(#[cfg_attr(feature = "schema", schemars(with = "String"))] Shared);

        impl $name {
            /// Takes the text as it is.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(text.as_ref().into())
            }

            /// The text itself, for those who must show or send it.
            #[must_use]
            pub fn reveal(&self) -> &str {
                self.0.as_str()
            }

            /// Whether the text is empty.
            #[must_use]
            pub fn is_empty(&self) -> bool {
                self.reveal().is_empty()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("<redacted>")
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }
    )*};
}

redacted! {
    /// A person's first name, last name or full name.
    Name;
    /// A telephone number: as typed where a host tells it, in E.164 (`+48501234567`) where the engine decided on it.
    Phone;
    /// The text of a message, and any text a person wrote about a person.
    Body;
    /// A gateway's own words, for the record: a delivery receipt of SMPP quotes the text, an error the number.
    Verbatim;
}
