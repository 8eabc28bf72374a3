//! What is asked of the database. Every question but `read` is one statement, and so sees one moment by itself.

use crate::error::{corrupt, store_error};
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{
    Found, Index, MAX_PAGE, Order, RowKey, Scan, StoreError, Table, instant_key_after, key_instant,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

const VERSION: &str = "SELECT version FROM practices WHERE id = ?1";
const PRACTICE: &str = "SELECT num FROM practices WHERE id = ?1";
const READ: &str = "SELECT doc FROM rows WHERE practice = ?1 AND tbl = ?2 AND id = ?3";
const LIST: &str = "SELECT id, doc FROM rows \
    WHERE practice = (SELECT num FROM practices WHERE id = ?1) AND tbl = ?2 AND id >= ?3 AND id < ?4 \
    ORDER BY id LIMIT ?5";
const FIND: &str = "SELECT practices.id, tbl, shared.id FROM shared JOIN practices ON num = practice \
    WHERE idx = ?1 AND key = ?2 ORDER BY practices.id, tbl, shared.id";
/// One look into each practice's queue, however long it is.
const FIRSTS: &str =
    "SELECT id, (SELECT min(key) FROM entries WHERE practice = num AND idx = ?1) FROM practices";

/// CROSS JOIN keeps SQLite from going through the rows first.
macro_rules! scan_sql {
    ($order:literal) => {
        concat!(
            "SELECT key, tbl, id, doc FROM entries CROSS JOIN rows USING (practice, tbl, id) ",
            "WHERE practice = (SELECT num FROM practices WHERE id = ?1) AND idx = ?2 AND key >= ?3 AND key < ?4 ",
            "ORDER BY key ", $order, ", tbl ", $order, ", id ", $order, " LIMIT ?5"
        )
    };
}
const SCAN: &str = scan_sql!("ASC");
const SCAN_BACK: &str = scan_sql!("DESC");

pub(crate) fn version(connection: &Connection, practice: &PracticeId) -> Result<u64, StoreError> {
    let version: Option<i64> = connection
        .prepare_cached(VERSION)
        .and_then(|mut sql| sql.query_row([practice.as_str()], |row| row.get(0)).optional())
        .map_err(store_error)?;
    u64::try_from(version.unwrap_or(0)).map_err(|_| corrupt("a practice's version is negative"))
}

pub(crate) fn read(
    connection: &mut Connection,
    practice: &PracticeId,
    rows: &[RowKey],
) -> Result<Vec<Option<String>>, StoreError> {
    read_rows(connection, practice, rows).map_err(store_error)
}

fn read_rows(
    connection: &mut Connection,
    practice: &PracticeId,
    rows: &[RowKey],
) -> rusqlite::Result<Vec<Option<String>>> {
    // a transaction, so that all rows are of one moment
    let transaction = connection.transaction()?;
    let practice: Option<i64> =
        transaction.prepare_cached(PRACTICE)?.query_row([practice.as_str()], |row| row.get(0)).optional()?;
    let mut sql = transaction.prepare_cached(READ)?;
    let mut doc = |row: &RowKey| {
        sql.query_row(params![practice, row.table.code(), row.id], |row| row.get(0)).optional()
    };
    rows.iter().map(&mut doc).collect()
}

pub(crate) fn list(
    connection: &Connection,
    practice: &PracticeId,
    table: Table,
    (from, to): (&str, &str),
    limit: u32,
) -> Result<Vec<(String, String)>, StoreError> {
    let values = params![practice.as_str(), table.code(), from, to, limit];
    all(connection, LIST, values, |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(crate) fn scan(
    connection: &Connection,
    practice: &PracticeId,
    scan: &Scan,
) -> Result<Vec<Found>, StoreError> {
    let sql = match scan.order {
        Order::Ascending => SCAN,
        Order::Descending => SCAN_BACK,
    };
    let limit = scan.limit.min(MAX_PAGE);
    let values = params![practice.as_str(), scan.index.code(), scan.from, scan.to, limit];
    let found = all(connection, sql, values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let found =
        found.into_iter().map(|(key, table, id, doc)| Ok(Found { key, row: row_key(table, id)?, doc }));
    found.collect()
}

pub(crate) fn find(
    connection: &Connection,
    index: Index,
    key: &str,
) -> Result<Vec<(PracticeId, RowKey)>, StoreError> {
    let values = params![index.code(), key];
    let found: Vec<(String, u16, String)> =
        all(connection, FIND, values, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let found =
        found.into_iter().map(|(practice, table, id)| Ok((PracticeId::new(practice), row_key(table, id)?)));
    found.collect()
}

pub(crate) fn due(
    connection: &Connection,
    queue: Index,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<(PracticeId, Timestamp)>, StoreError> {
    let firsts: Vec<(String, Option<String>)> =
        all(connection, FIRSTS, params![queue.code()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let bound = instant_key_after(until);
    let mut due = Vec::new();
    for (practice, key) in firsts {
        if let Some(key) = key.filter(|key| *key < bound) {
            let no_instant =
                || corrupt(&format!("a key of the index {queue} does not begin with an instant"));
            due.push((key_instant(&key).ok_or_else(no_instant)?, PracticeId::new(practice)));
        }
    }
    // here and not in the statement, where a temporary table would take longer than all the rest
    due.sort_unstable();
    due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(due.into_iter().map(|(at, practice)| (practice, at)).collect())
}

fn all<T>(
    connection: &Connection,
    sql: &str,
    values: &[&dyn rusqlite::ToSql],
    row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let run = || connection.prepare_cached(sql)?.query_map(values, row)?.collect::<Result<_, _>>();
    run().map_err(store_error)
}

fn row_key(table: u16, id: String) -> Result<RowKey, StoreError> {
    match Table::from_code(table) {
        Some(table) => Ok(RowKey { table, id }),
        None => Err(corrupt(&format!("written by a newer release: table number {table}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    /// No question sorts, and none goes through a table from end to end but through the list of practices.
    #[test]
    fn questions_follow_indexes() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, schema::STEPS).unwrap();
        for sql in [VERSION, PRACTICE, READ, LIST, SCAN, SCAN_BACK, FIND, FIRSTS] {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let count = explain.parameter_count();
            let values = rusqlite::params_from_iter(vec!["1"; count]);
            let plan: Vec<String> =
                explain.query_map(values, |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
            let scans = plan.iter().filter(|line| line.starts_with("SCAN")).count();
            let sorts = plan.iter().filter(|line| line.contains("TEMP B-TREE")).count();
            let expected = match sql {
                // the list of practices
                FIRSTS => (1, 0),
                // the few rows under one key
                FIND => (0, 1),
                _ => (0, 0),
            };
            assert_eq!((scans, sorts), expected, "{sql}\n{}", plan.join("\n"));
        }
    }
}
