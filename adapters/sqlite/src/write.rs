//! What a commit does.

use crate::error::{corrupt, store_error};
use depesza::store::{Commit, Entry, StoreError, Write};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

const PRACTICE: &str = "SELECT num, version FROM practices WHERE id = ?1";
const CREATE: &str = "INSERT INTO practices (id, version) VALUES (?1, 0)";
const VERSION: &str = "UPDATE practices SET version = version + 1 WHERE num = ?1";
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

pub(crate) fn commit(connection: &mut Connection, commit: &Commit) -> Result<u64, StoreError> {
    // the lock comes before the version is read, so that no other process commits in between
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
    let standing: Option<(i64, i64)> = transaction
        .prepare_cached(PRACTICE)
        .and_then(|mut sql| {
            sql.query_row([commit.practice.as_str()], |row| Ok((row.get(0)?, row.get(1)?))).optional()
        })
        .map_err(store_error)?;
    let found = match standing {
        Some((_, version)) => {
            u64::try_from(version).map_err(|_| corrupt("a practice's version is negative"))?
        }
        None => 0,
    };
    if found != commit.version {
        return Err(StoreError::Conflict { expected: commit.version, found });
    }
    apply(&transaction, standing.map(|(num, _)| num), commit).map_err(store_error)?;
    transaction.commit().map_err(store_error)?;
    Ok(found.saturating_add(1))
}

fn apply(transaction: &Transaction<'_>, num: Option<i64>, commit: &Commit) -> rusqlite::Result<()> {
    let practice = match num {
        Some(num) => num,
        None => transaction.prepare_cached(CREATE)?.insert([commit.practice.as_str()])?,
    };
    for write in &commit.writes {
        apply_write(transaction, practice, write)?;
    }
    transaction.prepare_cached(VERSION)?.execute([practice])?;
    Ok(())
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
