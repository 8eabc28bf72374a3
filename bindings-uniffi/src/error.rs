//! Refusals of the engine as errors of the other side: by what a caller does about them, each with the core's stable code.

use depesza::door;
use depesza::engine::{self, FieldFault};
use depesza::store::StoreError;

/// Why something was not done. Nothing was changed; no text quotes a patient's data.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Refusal {
    /// A stable name, such as `unknown_campaign`.
    pub code: String,
    /// What it says, in English.
    pub says: String,
    /// The field that was wrong, as a path; of several the first.
    pub field: Option<String>,
    /// Every fault of what was given, where there can be several.
    pub faults: Vec<FieldFault>,
}

/// Why the engine did not do what was asked. Nothing was changed, unless it says so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum EngineError {
    /// There is no such practice, campaign, visit, message … (`unknown_…`).
    #[error("{}", .refusal.says)]
    NotKnown {
        /// Why.
        refusal: Refusal,
    },
    /// The user may not (`not_permitted`).
    #[error("{}", .refusal.says)]
    NotPermitted {
        /// Why.
        refusal: Refusal,
    },
    /// What was given is faulty: `faulty_…`, `bad_arguments`, `bad_cursor`.
    #[error("{}", .refusal.says)]
    Faulty {
        /// Why, with every fault.
        refusal: Refusal,
    },
    /// The store did not do it (`store_…`): the same call may succeed later.
    #[error("{}", .refusal.says)]
    StoreFailed {
        /// Why.
        refusal: Refusal,
    },
    /// It cannot be done as things stand (`campaign_exists`, `quiet_hours` …).
    #[error("{}", .refusal.says)]
    Refused {
        /// Why.
        refusal: Refusal,
    },
}

impl From<door::Refusal> for EngineError {
    fn from(refusal: door::Refusal) -> Self {
        let door::Refusal { code, message, field, faults } = refusal;
        let refusal = Refusal { code, says: message, field, faults };
        let code = refusal.code.as_str();
        match code {
            "not_permitted" => Self::NotPermitted { refusal },
            "bad_arguments" | "bad_cursor" | "unknown_method" => Self::Faulty { refusal },
            _ if code.starts_with("faulty_") => Self::Faulty { refusal },
            _ if code.starts_with("unknown_") => Self::NotKnown { refusal },
            _ if code.starts_with("store_") => Self::StoreFailed { refusal },
            _ => Self::Refused { refusal },
        }
    }
}

impl From<engine::EngineError> for EngineError {
    fn from(error: engine::EngineError) -> Self {
        door::Refusal::from(error).into()
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        engine::EngineError::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use depesza::model::{Permission, PracticeId};

    #[test]
    fn each_kind_of_refusal_has_its_class() {
        let unknown = engine::EngineError::UnknownPractice(PracticeId::new("x"));
        assert!(
            matches!(EngineError::from(unknown), EngineError::NotKnown { refusal } if refusal.code == "unknown_practice")
        );
        let not_permitted = engine::EngineError::NotPermitted(Permission::ManageCampaigns);
        assert!(matches!(EngineError::from(not_permitted), EngineError::NotPermitted { .. }));
        assert!(
            matches!(EngineError::from(engine::EngineError::BadCursor), EngineError::Faulty { refusal } if refusal.field.as_deref() == Some("from"))
        );
        let store = StoreError::Unavailable("gone".to_owned());
        assert!(matches!(EngineError::from(store), EngineError::StoreFailed { .. }));
        assert!(matches!(EngineError::from(engine::EngineError::TooManyRules), EngineError::Refused { .. }));
    }
}
