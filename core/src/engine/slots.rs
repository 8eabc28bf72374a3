//! The rows of a unit of work, in the order of their names. They are looked for some twenty times a message, so by a table and a
//! text: a name of its own would be made for each look.

use super::row::Slot;
use crate::store::{RowKey, Table};
use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Included};

/// Slots by the names of their rows.
#[derive(Clone, Default)]
pub(super) struct Slots(BTreeMap<Table, BTreeMap<String, Slot>>);

impl Slots {
    pub fn get(&self, table: Table, id: &str) -> Option<&Slot> {
        self.0.get(&table)?.get(id)
    }

    pub fn get_mut(&mut self, table: Table, id: &str) -> Option<&mut Slot> {
        self.0.get_mut(&table)?.get_mut(id)
    }

    pub fn has(&self, row: &RowKey) -> bool {
        self.get(row.table, &row.id).is_some()
    }

    pub fn insert(&mut self, row: RowKey, slot: Slot) {
        self.0.entry(row.table).or_default().insert(row.id, slot);
    }

    /// Those of one table.
    pub fn of(&self, table: Table) -> impl Iterator<Item = (&str, &Slot)> {
        self.0.get(&table).into_iter().flatten().map(|(id, slot)| (id.as_str(), slot))
    }

    /// Those of one table whose ids lie in a range.
    pub fn between(&self, table: Table, from: &str, to: &str) -> impl Iterator<Item = &Slot> {
        let range = (Included(from), Excluded(to));
        self.0.get(&table).into_iter().flat_map(move |rows| rows.range::<str, _>(range)).map(|(_, slot)| slot)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Table, &str, &Slot)> {
        self.0.iter().flat_map(|(table, rows)| rows.iter().map(|(id, slot)| (*table, id.as_str(), slot)))
    }

    pub fn iter_mut(&mut self) -> impl Iterator<Item = (Table, &str, &mut Slot)> {
        self.0
            .iter_mut()
            .flat_map(|(table, rows)| rows.iter_mut().map(|(id, slot)| (*table, id.as_str(), slot)))
    }
}

impl Extend<(RowKey, Slot)> for Slots {
    fn extend<I: IntoIterator<Item = (RowKey, Slot)>>(&mut self, rows: I) {
        rows.into_iter().for_each(|(row, slot)| self.insert(row, slot));
    }
}

impl FromIterator<(RowKey, Slot)> for Slots {
    fn from_iter<I: IntoIterator<Item = (RowKey, Slot)>>(rows: I) -> Self {
        let mut slots = Self::default();
        slots.extend(rows);
        slots
    }
}
