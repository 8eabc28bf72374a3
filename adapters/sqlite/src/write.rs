//! What a commit does.

use crate::error::{corrupt, store_error};
use depesza::store::{Commit, Entry, Index, StoreError, Write};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

const PRACTICE: &str = "SELECT num, version, first_due, first_work FROM practices WHERE id = ?1";
const CREATE: &str = "INSERT INTO practices (id, version) VALUES (?1, 0)";
const VERSION: &str = "UPDATE practices SET version = version + 1 WHERE num = ?1";
/// The instant that the first key of a queue begins with.
const FIRST: &str = "SELECT substr(min(key), 1, 15) FROM entries WHERE practice = ?1 AND idx = ?2";
const FIRST_DUE: &str = "UPDATE practices SET first_due = ?2 WHERE num = ?1";
const FIRST_WORK: &str = "UPDATE practices SET first_work = ?2 WHERE num = ?1";
const PUT: &str = "INSERT INTO rows (practice, tbl, id, doc) VALUES (?1, ?2, ?3, ?4) \
    ON CONFLICT (practice, tbl, id) DO UPDATE SET doc = excluded.doc";
const DELETE: [&str; 3] = [
    "DELETE FROM rows WHERE practice = ?1 AND tbl = ?2 AND id = ?3",
    "DELETE FROM entries WHERE practice = ?1 AND tbl = ?2 AND id = ?3",
    "DELETE FROM shared WHERE practice = ?1 AND tbl = ?2 AND id = ?3",
];
const LINK: &str = "INSERT OR IGNORE INTO entries (practice, idx, key, tbl, id) VALUES (?1, ?2, ?3, ?4, ?5)";
const UNLINK: &str =
    "DELETE FROM entries WHERE practice = ?1 AND idx = ?2 AND key = ?3 AND tbl = ?4 AND id = ?5";
const LINK_SHARED: &str =
    "INSERT OR IGNORE INTO shared (practice, idx, key, tbl, id) VALUES (?1, ?2, ?3, ?4, ?5)";
const UNLINK_SHARED: &str =
    "DELETE FROM shared WHERE practice = ?1 AND idx = ?2 AND key = ?3 AND tbl = ?4 AND id = ?5";

/// A practice as it stands before a commit.
struct Practice {
    num: i64,
    version: i64,
    first_due: Option<String>,
    first_work: Option<String>,
}

pub(crate) fn commit(connection: &mut Connection, commit: &Commit) -> Result<u64, StoreError> {
    // the lock comes before the version is read, so that no other process commits in between
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
    let standing = standing(&transaction, commit.practice.as_str()).map_err(store_error)?;
    let found = standing.as_ref().map_or(0, |practice| practice.version);
    let found = u64::try_from(found).map_err(|_| corrupt("a practice's version is negative"))?;
    if found != commit.version {
        return Err(StoreError::Conflict { expected: commit.version, found });
    }
    apply(&transaction, standing, commit).map_err(store_error)?;
    transaction.commit().map_err(store_error)?;
    Ok(found.saturating_add(1))
}

fn standing(transaction: &Transaction<'_>, id: &str) -> rusqlite::Result<Option<Practice>> {
    let practice = |row: &Row<'_>| {
        let (num, version) = (row.get(0)?, row.get(1)?);
        Ok(Practice { num, version, first_due: row.get(2)?, first_work: row.get(3)? })
    };
    transaction.prepare_cached(PRACTICE)?.query_row([id], practice).optional()
}

fn apply(transaction: &Transaction<'_>, standing: Option<Practice>, commit: &Commit) -> rusqlite::Result<()> {
    let practice = match standing {
        Some(practice) => practice,
        None => {
            let num = transaction.prepare_cached(CREATE)?.insert([commit.practice.as_str()])?;
            Practice { num, version: 0, first_due: None, first_work: None }
        }
    };
    for write in &commit.writes {
        apply_write(transaction, practice.num, write)?;
    }
    transaction.prepare_cached(VERSION)?.execute([practice.num])?;
    let queues =
        [(Index::Due, &practice.first_due, FIRST_DUE), (Index::Work, &practice.first_work, FIRST_WORK)];
    for (queue, before, update) in queues {
        if commit.writes.iter().any(|write| touches(write, queue)) {
            let first: Option<String> = transaction
                .prepare_cached(FIRST)?
                .query_row(params![practice.num, queue.code()], |row| row.get(0))?;
            if first != *before {
                transaction.prepare_cached(update)?.execute(params![practice.num, first])?;
            }
        }
    }
    Ok(())
}

/// Whether a change may have an entry in a queue, or takes one out of it.
fn touches(write: &Write, queue: Index) -> bool {
    // a row that is deleted takes entries along that nobody names
    write.doc.is_none() || write.add.iter().chain(&write.remove).any(|entry| entry.index == queue)
}

fn apply_write(transaction: &Transaction<'_>, practice: i64, write: &Write) -> rusqlite::Result<()> {
    let (table, id) = (write.row.table.code(), write.row.id.as_str());
    let Some(doc) = &write.doc else {
        for sql in DELETE {
            transaction.prepare_cached(sql)?.execute(params![practice, table, id])?;
        }
        return Ok(());
    };
    transaction.prepare_cached(PUT)?.execute(params![practice, table, id, doc])?;
    let change = |entry: &Entry, own: &str, shared: &str| {
        let sql = if entry.index.is_shared() { shared } else { own };
        transaction.prepare_cached(sql)?.execute(params![practice, entry.index.code(), entry.key, table, id])
    };
    for entry in &write.remove {
        change(entry, UNLINK, UNLINK_SHARED)?;
    }
    for entry in &write.add {
        change(entry, LINK, LINK_SHARED)?;
    }
    Ok(())
}
