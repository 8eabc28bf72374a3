//! What is asked of the database. Every question but `read` and `scans` is one statement, and so sees one moment by itself.

use crate::error::{corrupt, store_error};
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{
    Found, Index, MAX_PAGE, Order, RowKey, Scan, StoreError, Table, instant_key_after, key_instant,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

const VERSION: &str = "SELECT version FROM practices WHERE id = ?1";
const PRACTICE: &str = "SELECT num, version FROM practices WHERE id = ?1";
const READ: &str = "SELECT doc FROM rows WHERE practice = ?1 AND tbl = ?2 AND id = ?3";
const LIST: &str = "SELECT id, doc FROM rows \
    WHERE practice = (SELECT num FROM practices WHERE id = ?1) AND tbl = ?2 AND id >= ?3 AND id < ?4 \
    ORDER BY id LIMIT ?5";
const FIND: &str = "SELECT practices.id, tbl, shared.id FROM shared JOIN practices ON num = practice \
    WHERE idx = ?1 AND key = ?2 ORDER BY practices.id, tbl, shared.id";
/// The first columns are kept by every commit that touches the queue.
const DUE: &str = "SELECT id, first_due FROM practices WHERE first_due < ?1 ORDER BY first_due, id LIMIT ?2";
const WORK: &str =
    "SELECT id, first_work FROM practices WHERE first_work < ?1 ORDER BY first_work, id LIMIT ?2";

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
    not_negative(version)
}

fn not_negative(version: Option<i64>) -> Result<u64, StoreError> {
    u64::try_from(version.unwrap_or(0)).map_err(|_| corrupt("a practice's version is negative"))
}

pub(crate) fn read(
    connection: &mut Connection,
    practice: &PracticeId,
    rows: &[RowKey],
) -> Result<Vec<Option<String>>, StoreError> {
    read_rows(connection, practice, rows).map(|(_, docs)| docs).map_err(store_error)
}

pub(crate) fn begin(
    connection: &mut Connection,
    practice: &PracticeId,
    rows: &[RowKey],
) -> Result<(u64, Vec<Option<String>>), StoreError> {
    let (version, docs) = read_rows(connection, practice, rows).map_err(store_error)?;
    Ok((not_negative(version)?, docs))
}

/// The version, and the rows.
fn read_rows(
    connection: &mut Connection,
    practice: &PracticeId,
    rows: &[RowKey],
) -> rusqlite::Result<(Option<i64>, Vec<Option<String>>)> {
    // a transaction, so that all rows are of one moment
    let transaction = connection.transaction()?;
    let found: Option<(i64, i64)> = transaction
        .prepare_cached(PRACTICE)?
        .query_row([practice.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (practice, version) = found.unzip();
    let mut sql = transaction.prepare_cached(READ)?;
    let mut doc = |row: &RowKey| {
        sql.query_row(params![practice, row.table.code(), row.id], |row| row.get(0)).optional()
    };
    Ok((version, rows.iter().map(&mut doc).collect::<Result<_, _>>()?))
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

/// All of one moment, and under one lock of the log.
pub(crate) fn scans(
    connection: &mut Connection,
    practice: &PracticeId,
    scans: &[Scan],
) -> Result<Vec<Vec<Found>>, StoreError> {
    let transaction = connection.transaction().map_err(store_error)?;
    scans.iter().map(|one| scan(&transaction, practice, one)).collect()
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
    let sql = match queue {
        Index::Due => DUE,
        Index::Work => WORK,
        _ => return Ok(Vec::new()), // no queue
    };
    let first: Vec<(String, String)> =
        all(connection, sql, params![instant_key_after(until), limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let no_instant = || corrupt(&format!("a key of the index {queue} does not begin with an instant"));
    first
        .into_iter()
        .map(|(practice, key)| Ok((PracticeId::new(practice), key_instant(&key).ok_or_else(no_instant)?)))
        .collect()
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

    /// No question goes through a table from end to end, and none sorts but the few rows under one shared key.
    #[test]
    fn questions_follow_indexes() {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::migrate(&mut connection, schema::STEPS).unwrap();
        for sql in [VERSION, PRACTICE, READ, LIST, SCAN, SCAN_BACK, FIND, DUE, WORK] {
            let mut explain = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let count = explain.parameter_count();
            let values = rusqlite::params_from_iter(vec!["1"; count]);
            let plan: Vec<String> =
                explain.query_map(values, |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
            let scans = plan.iter().filter(|line| line.starts_with("SCAN")).count();
            let sorts = plan.iter().filter(|line| line.contains("TEMP B-TREE")).count();
            let expected = (0, usize::from(sql == FIND));
            assert_eq!((scans, sorts), expected, "{sql}\n{}", plan.join("\n"));
        }
    }
}
