//! What a unit of work leaves to the next one of the same turn.

#[cfg(feature = "testing")]
use super::super::row::Row;
use super::super::slots::Slots;
use crate::store::RowKey;

/// Rows as they are in the store at a version, those that are not there included.
///
/// It is of use only to a unit that begins at that very version. A commit at version v succeeds only when none came between,
/// so all that its unit read was as of v, and as of v + 1 these rows are what was read and what was written. Without a
/// commit the same holds while the version is v still: whatever was read was read at v, or the version would have grown. Parts
/// of indexes are not kept. A store that was put back to an old copy meanwhile can come to the same number of commits by
/// others; so the practice's own row and its counters, in which every claim leaves a mark, have to be the same to the byte.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    pub(super) version: u64,
    pub(super) slots: Slots,
}

impl Kept {
    /// The rows, when they are those of this version with these two of the practice.
    pub(super) fn rows_at(self, version: u64, rows: [(&RowKey, &Option<String>); 2]) -> Option<Slots> {
        let same = |(row, doc): (&RowKey, &Option<String>)| {
            let kept = self.slots.get(row.table, &row.id).and_then(|slot| slot.before.as_ref()?.text());
            kept == doc.as_deref()
        };
        let known = self.version == version && rows.into_iter().all(same);
        known.then_some(self.slots)
    }

    /// The version, and the documents of the rows.
    #[cfg(feature = "testing")]
    pub(crate) fn documents(&self) -> (u64, impl Iterator<Item = (RowKey, Option<&str>)>) {
        let named = |table, id: &str| RowKey { table, id: id.to_owned() };
        let rows = self.slots.iter();
        let rows =
            rows.map(move |(table, id, slot)| (named(table, id), slot.before.as_deref().and_then(Row::text)));
        (self.version, rows)
    }
}
