//! What a commit does: one call of the function `put_commit` of the schema, one round trip, one transaction.
//!
//! **Serial practices at READ COMMITTED.** The function's first statement is `UPDATE practices … WHERE version = expected`. It
//! takes the lock of the practice's row and keeps it to the end of the transaction. Of two commits at one version the second
//! waits there for the first, is then tested against the row as the first left it, finds another version and changes
//! nothing. Everything else of a practice is written by this function alone, so under that lock, and each later statement
//! of the function takes a snapshot of its own, after the lock: it sees all that earlier commits did. Two first commits of
//! one practice meet at the unique index over its id in the same way.
//!
//! **No circles of waiting.** A transaction waits for nothing but the row (or the unique id) of its one practice, and holds
//! nothing while it does. Entries of shared indexes carry their practice in the unique key, so two practices never wait
//! for each other there.
//!
//! **Lost answers.** Each commit carries a token that is like no other, and the practice's row keeps those of the last 32. When a
//! connection is lost the same call is made again on another: it waits for the first, if that is still at work, and then
//! either finds the commit's token in its place and answers that it stands, or finds the version as it was and does
//! it. Should both be under way, one of them has the version and the other finds its token. Only when 32 other commits came in
//! between does nobody know, and the answer is `Unavailable`, as it is when no connection comes about in time. Then the
//! commit may stand, though `StoreError` says otherwise; the engine reads anew before it decides anything, so it goes on from
//! what there is, and what it may have handed to a gateway it treats as in doubt.

use crate::connection::{Session, Values};
use crate::error::{Failure, corrupt, unavailable};
use crate::pool::Try;
use crate::read::code;
use depesza::store::{Commit, Entry, Index, RowKey, StoreError};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

pub(crate) const COMMIT: &str = "SELECT stands, standing FROM put_commit($1, $2, $3, $4, $5, $6, $7, $8, \
    $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)";

/// How many tokens a practice's row keeps.
const RECENT: u64 = 32;

/// Gives each commit of a store a number that no other commit has, of this or another process.
pub(crate) struct Tokens(AtomicU64);

impl Tokens {
    pub(crate) fn new() -> Self {
        // seeded by the system: a start anywhere in 2^64
        Self(AtomicU64::new(RandomState::new().hash_one(std::process::id())))
    }

    pub(crate) fn next(&self) -> [u8; 8] {
        self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes()
    }
}

/// Entries as columns, each once, in the order of their index.
struct Entries<'c> {
    indexes: Vec<i16>,
    keys: Vec<&'c [u8]>,
    tables: Vec<i16>,
    ids: Vec<&'c [u8]>,
}

impl<'c> Entries<'c> {
    fn of(all: BTreeSet<(&'c Entry, &'c RowKey)>) -> Self {
        let mut columns = Self { indexes: Vec::new(), keys: Vec::new(), tables: Vec::new(), ids: Vec::new() };
        for (entry, row) in all {
            columns.indexes.push(code(entry.index.code()));
            columns.keys.push(entry.key.as_bytes());
            columns.tables.push(code(row.table.code()));
            columns.ids.push(row.id.as_bytes());
        }
        columns
    }
}

/// A commit as the function wants it.
pub(crate) struct Prepared<'c> {
    commit: &'c Commit,
    token: [u8; 8],
    puts: (Vec<i16>, Vec<&'c [u8]>, Vec<&'c str>),
    deletes: (Vec<i16>, Vec<&'c [u8]>),
    /// Own entries to cut and to add, then shared ones.
    entries: [Entries<'c>; 4],
    /// Queues whose first key may change, and the lowest key that is added to each.
    queues: (Vec<i16>, Vec<Option<&'c [u8]>>),
}

impl<'c> Prepared<'c> {
    pub(crate) fn new(commit: &'c Commit, token: [u8; 8]) -> Self {
        let mut puts = (Vec::new(), Vec::new(), Vec::new());
        let mut deletes = (Vec::new(), Vec::new());
        let mut sets: [BTreeSet<(&Entry, &RowKey)>; 4] = Default::default();
        // in one order of rows, as the primary key has them
        let mut writes: Vec<_> = commit.writes.iter().collect();
        writes.sort_unstable_by(|a, b| a.row.cmp(&b.row));
        let [cut, add, shared_cut, shared_add] = &mut sets;
        for write in writes {
            let (table, id) = (code(write.row.table.code()), write.row.id.as_bytes());
            let Some(doc) = &write.doc else {
                deletes.0.push(table);
                deletes.1.push(id);
                continue;
            };
            puts.0.push(table);
            puts.1.push(id);
            puts.2.push(doc.as_str());
            for entry in &write.remove {
                if entry.index.is_shared() { &mut *shared_cut } else { &mut *cut }
                    .insert((entry, &write.row));
            }
            for entry in &write.add {
                if entry.index.is_shared() { &mut *shared_add } else { &mut *add }
                    .insert((entry, &write.row));
            }
        }
        // what is cut and added again stays
        for (cut, add) in [(cut, add), (shared_cut, shared_add)] {
            cut.retain(|entry| !add.contains(entry));
        }
        let queues = queues(&sets, !deletes.0.is_empty());
        Self { commit, token, puts, deletes, entries: sets.map(Entries::of), queues }
    }

    /// Asks the server for it. The same call again, after a lost answer, gives the same answer.
    pub(crate) async fn run(&self, session: &mut Session, which: Try) -> Result<u64, Failure> {
        let practice = self.commit.practice.as_str().as_bytes();
        let expected =
            i64::try_from(self.commit.version).map_err(|_| corrupt("a practice's version is past 2^63"))?;
        let token = self.token.as_slice();
        let ((put_tables, put_ids, docs), (tables, ids)) = (&self.puts, &self.deletes);
        let [cut, add, shared_cut, shared_add] = &self.entries;
        let values: Values<'_> = &[
            // who, from where, and the mark of this commit
            &practice,
            &expected,
            &token,
            put_tables,
            put_ids,
            docs,
            tables,
            ids,
            &cut.indexes,
            &cut.keys,
            &cut.tables,
            &cut.ids,
            &add.indexes,
            &add.keys,
            &add.tables,
            &add.ids,
            &shared_cut.indexes,
            &shared_cut.keys,
            &shared_cut.tables,
            &shared_cut.ids,
            &shared_add.indexes,
            &shared_add.keys,
            &shared_add.tables,
            &shared_add.ids,
            &self.queues.0,
            &self.queues.1,
        ];
        let rows = session.query(COMMIT, values).await.map_err(|failure| match (failure, which) {
            (Failure::Refused(error), Try::Again) => Failure::Refused(nobody_knows(&error.to_string())),
            (failure, _) => failure,
        })?;
        let row = rows.first().ok_or_else(|| corrupt("a commit without an answer"))?;
        let (stands, standing): (bool, i64) = (row.try_get(0)?, row.try_get(1)?);
        let found = u64::try_from(standing).map_err(|_| corrupt("a practice's version is negative"))?;
        if stands {
            return Ok(found);
        }
        let expected = self.commit.version;
        if which == Try::Again && found.saturating_sub(expected) > RECENT {
            return Err(nobody_knows("too many others followed").into());
        }
        Err(StoreError::Conflict { expected, found }.into())
    }
}

fn nobody_knows(why: &str) -> StoreError {
    unavailable(&format!(
        "the connection was lost during a commit, and it is not known whether it stands: {why}"
    ))
}

fn queues<'c>(
    [cut, add, ..]: &[BTreeSet<(&'c Entry, &'c RowKey)>; 4],
    deletes: bool,
) -> (Vec<i16>, Vec<Option<&'c [u8]>>) {
    let mut queues = (Vec::new(), Vec::new());
    for queue in [Index::Due, Index::Work] {
        let of = |(entry, _): &&(&Entry, &RowKey)| entry.index == queue;
        // sorted by key within an index
        let lowest = add.iter().find(of).map(|(entry, _)| entry.key.as_bytes());
        if lowest.is_some() || deletes || cut.iter().any(|entry| of(&entry)) {
            queues.0.push(code(queue.code()));
            queues.1.push(lowest);
        }
    }
    queues
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema's function names the queues by number.
    #[test]
    fn queues_have_the_numbers_that_the_schema_knows() {
        assert_eq!((Index::Due.code(), Index::Work.code()), (0, 1));
    }

    #[test]
    fn tokens_differ_between_stores_and_commits() {
        let (one, two) = (Tokens::new(), Tokens::new());
        let all: BTreeSet<_> = (0..100).flat_map(|_| [one.next(), two.next()]).collect();
        assert_eq!(all.len(), 200);
    }
}
