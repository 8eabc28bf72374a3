//! The core's conformance suite for a store of the host's own, for the host's tests.

use crate::store::{HostStore, Store, StoreError};
use depesza::store::suite;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Opens empty stores.
#[uniffi::export(foreign)]
pub trait StoreSource: Send + Sync {
    /// A new, empty store.
    ///
    /// # Errors
    /// [`StoreError`]: the check that wanted it fails.
    fn open(&self) -> Result<Arc<dyn Store>, StoreError>;
}

/// What came of the suite.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct StoreChecked {
    /// How many promises were checked.
    pub checked: u32,
    /// Those that the store breaks, by name; what exactly went wrong is on standard error.
    pub broken: Vec<String>,
}

/// Puts a store to every promise that the engine relies on, each on an empty one.
#[uniffi::export]
#[must_use]
pub fn check_store(source: Arc<dyn StoreSource>) -> StoreChecked {
    let (mut checked, mut broken) = (0, Vec::new());
    for check in suite::checks() {
        checked += 1;
        let holds = source.open().is_ok_and(|store| {
            let store: Arc<dyn depesza::store::Store> = Arc::new(HostStore(store));
            catch_unwind(AssertUnwindSafe(|| (check.run)(&store))).is_ok()
        });
        if !holds {
            broken.push(check.name.to_owned());
        }
    }
    StoreChecked { checked, broken }
}
