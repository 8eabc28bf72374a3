//! Faults of a practice's prefixes in words, for a screen.

use crate::model::{Language, PhonePolicy, PhonePolicyFault};
use crate::words::pick;

impl PhonePolicyFault {
    /// The fault in words, with the field it is in.
    #[must_use]
    pub fn message(self, language: Language) -> String {
        let polish = match self {
            Self::DefaultPrefix => {
                "default_prefix: plus i numer kierunkowy kraju, na przykład +48".to_owned()
            }
            Self::AllowedPrefix { index } => {
                format!("allowed_prefixes[{index}]: plus i cyfry zaczynające się numerem kierunkowym kraju")
            }
            Self::TooManyPrefixes => format!("allowed_prefixes: najwyżej {}", PhonePolicy::PREFIXES_MAX),
        };
        pick(language, polish, self.to_string())
    }
}
