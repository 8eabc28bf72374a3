//! What is asked of the database: each question is one statement, and so sees one moment by itself and takes one round trip.
//!
//! The statements leave the planner no choice, since on a table that it takes for empty it chooses what is wrong an hour later: with
//! the settings of `options::PLANS` an index leads to each row, and where one row leads to another that is a subquery for a
//! single value, which cannot be turned round as a join can.

use crate::connection::{Session, Values};
use crate::error::{Failure, corrupt};
use depesza::model::{PracticeId, Timestamp};
use depesza::store::{Found, Index, MAX_PAGE, Order, RowKey, Scan, Table, instant_key_after, key_instant};
use tokio_postgres::Row;

pub(crate) const VERSION: &str = "SELECT version FROM practices WHERE id = $1";
pub(crate) const READ: &str = "SELECT w.n, \
    (SELECT doc FROM rows r WHERE r.practice = p.num AND r.tbl = w.tbl AND r.id = w.id) \
    FROM practices p CROSS JOIN unnest($2::int2[], $3::bytea[]) WITH ORDINALITY AS w (tbl, id, n) WHERE p.id = $1";
/// With at least one row asked for.
pub(crate) const BEGIN: &str = "SELECT w.n, \
    (SELECT doc FROM rows r WHERE r.practice = p.num AND r.tbl = w.tbl AND r.id = w.id), p.version \
    FROM practices p CROSS JOIN unnest($2::int2[], $3::bytea[]) WITH ORDINALITY AS w (tbl, id, n) WHERE p.id = $1";
pub(crate) const LIST: &str = "SELECT id, doc FROM rows \
    WHERE practice = (SELECT num FROM practices WHERE id = $1) AND tbl = $2 AND id >= $3 AND id < $4 \
    ORDER BY id LIMIT $5";
pub(crate) const FIND: &str = "SELECT (SELECT id FROM practices WHERE num = s.practice), s.tbl, s.id FROM shared s \
    WHERE s.idx = $1 AND s.key = $2";
pub(crate) const DUE: &str =
    "SELECT id, at FROM queues WHERE queue = $1 AND at < $2 ORDER BY at, id LIMIT $3";

/// A part of an index that begins with its queue's first key, where it is a queue: what was taken away before that and is not
/// yet vacuumed is not walked over. (`greatest` passes over NULL.)
macro_rules! part {
    ($idx:literal, $from:literal, $to:literal, $limit:literal, $condition:literal, $order:literal) => {
        concat!(
            "SELECT e.key, e.tbl, e.id, ",
            "(SELECT doc FROM rows r WHERE r.practice = p.num AND r.tbl = e.tbl AND r.id = e.id) ",
            "FROM entries e WHERE e.practice = p.num AND e.idx = ",
            $idx,
            " AND e.key >= greatest(",
            $from,
            ", (SELECT first FROM queues WHERE practice = p.num AND queue = ",
            $idx,
            ")) AND e.key < ",
            $to,
            $condition,
            " ORDER BY e.key ",
            $order,
            ", e.tbl ",
            $order,
            ", e.id ",
            $order,
            " LIMIT ",
            $limit
        )
    };
}
macro_rules! scan_sql {
    ($order:literal) => {
        concat!(
            "SELECT f.* FROM practices p CROSS JOIN LATERAL (",
            part!("$2", "$3::bytea", "$4", "$5", "", $order),
            ") f WHERE p.id = $1"
        )
    };
}
pub(crate) const SCAN: &str = scan_sql!("ASC");
pub(crate) const SCAN_BACK: &str = scan_sql!("DESC");
pub(crate) const SCANS: &str = concat!(
    "SELECT f.*, s.n FROM practices p ",
    "CROSS JOIN unnest($2::int2[], $3::bytea[], $4::bytea[], $5::int8[], $6::bool[]) ",
    "WITH ORDINALITY AS s (idx, first, after, most, back, n) ",
    "CROSS JOIN LATERAL (",
    "(",
    part!("s.idx", "s.first", "s.after", "s.most", " AND NOT s.back", "ASC"),
    ") UNION ALL (",
    part!("s.idx", "s.first", "s.after", "s.most", " AND s.back", "DESC"),
    ")) f WHERE p.id = $1"
);

pub(crate) async fn version(session: &mut Session, practice: &PracticeId) -> Result<u64, Failure> {
    let rows = session.query(VERSION, &[&practice.as_str().as_bytes()]).await?;
    version_in(rows.first(), 0)
}

/// Of no row where there is no practice.
fn version_in(row: Option<&Row>, column: usize) -> Result<u64, Failure> {
    let version: i64 = row.map_or(Ok(0), |row| row.try_get(column))?;
    Ok(u64::try_from(version).map_err(|_| corrupt("a practice's version is negative"))?)
}

pub(crate) async fn read(
    session: &mut Session,
    practice: &PracticeId,
    wanted: &[RowKey],
) -> Result<Vec<Option<String>>, Failure> {
    documents(&asked(session, READ, practice, wanted).await?, wanted)
}

pub(crate) async fn begin(
    session: &mut Session,
    practice: &PracticeId,
    wanted: &[RowKey],
) -> Result<(u64, Vec<Option<String>>), Failure> {
    if wanted.is_empty() {
        return Ok((version(session, practice).await?, Vec::new()));
    }
    let rows = asked(session, BEGIN, practice, wanted).await?;
    Ok((version_in(rows.first(), 2)?, documents(&rows, wanted)?))
}

/// A question about rows: of each its place among those that are wanted, and its document.
async fn asked(
    session: &mut Session,
    sql: &'static str,
    practice: &PracticeId,
    wanted: &[RowKey],
) -> Result<Vec<Row>, Failure> {
    let tables: Vec<i16> = wanted.iter().map(|row| code(row.table.code())).collect();
    let ids: Vec<&[u8]> = wanted.iter().map(|row| row.id.as_bytes()).collect();
    session.query(sql, &[&practice.as_str().as_bytes(), &tables, &ids]).await
}

fn documents(rows: &[Row], wanted: &[RowKey]) -> Result<Vec<Option<String>>, Failure> {
    let mut docs = vec![None; wanted.len()];
    for row in rows {
        let place = usize::try_from(row.try_get::<_, i64>(0)? - 1).ok().and_then(|n| docs.get_mut(n));
        *place.ok_or_else(|| corrupt("an answer to a row that was not asked for"))? = row.try_get(1)?;
    }
    Ok(docs)
}

pub(crate) async fn list(
    session: &mut Session,
    practice: &PracticeId,
    table: Table,
    (from, to): (&str, &str),
    limit: u32,
) -> Result<Vec<(String, String)>, Failure> {
    let (practice, limit) = (practice.as_str().as_bytes(), i64::from(limit));
    let values: Values<'_> = &[&practice, &code(table.code()), &from.as_bytes(), &to.as_bytes(), &limit];
    let rows = session.query(LIST, values).await?;
    rows.iter().map(|row| Ok((text(row, 0)?, row.try_get(1)?))).collect()
}

pub(crate) async fn scan(
    session: &mut Session,
    practice: &PracticeId,
    scan: &Scan,
) -> Result<Vec<Found>, Failure> {
    let sql = match scan.order {
        Order::Ascending => SCAN,
        Order::Descending => SCAN_BACK,
    };
    let (practice, limit) = (practice.as_str().as_bytes(), i64::from(scan.limit.min(MAX_PAGE)));
    let (from, to) = (scan.from.as_bytes(), scan.to.as_bytes());
    let rows = session.query(sql, &[&practice, &code(scan.index.code()), &from, &to, &limit]).await?;
    let mut part = rows.iter().map(found).collect::<Result<Vec<_>, _>>()?;
    put_in_order(&mut part, scan.order);
    Ok(part)
}

pub(crate) async fn scans(
    session: &mut Session,
    practice: &PracticeId,
    scans: &[Scan],
) -> Result<Vec<Vec<Found>>, Failure> {
    let practice = practice.as_str().as_bytes();
    let indexes: Vec<i16> = scans.iter().map(|scan| code(scan.index.code())).collect();
    let from: Vec<&[u8]> = scans.iter().map(|scan| scan.from.as_bytes()).collect();
    let to: Vec<&[u8]> = scans.iter().map(|scan| scan.to.as_bytes()).collect();
    let limits: Vec<i64> = scans.iter().map(|scan| scan.limit.min(MAX_PAGE).into()).collect();
    let back: Vec<bool> = scans.iter().map(|scan| scan.order == Order::Descending).collect();
    let rows = session.query(SCANS, &[&practice, &indexes, &from, &to, &limits, &back]).await?;
    let mut parts = vec![Vec::new(); scans.len()];
    for row in &rows {
        let place = usize::try_from(row.try_get::<_, i64>(4)? - 1).ok().and_then(|n| parts.get_mut(n));
        place.ok_or_else(|| corrupt("an answer to a scan that was not asked for"))?.push(found(row)?);
    }
    for (part, scan) in parts.iter_mut().zip(scans) {
        put_in_order(part, scan.order);
    }
    Ok(parts)
}

pub(crate) async fn find(
    session: &mut Session,
    index: Index,
    key: &str,
) -> Result<Vec<(PracticeId, RowKey)>, Failure> {
    let rows = session.query(FIND, &[&code(index.code()), &key.as_bytes()]).await?;
    let found = |row: &Row| Ok((PracticeId::new(text(row, 0)?), row_key(row, 1)?));
    let mut found = rows.iter().map(found).collect::<Result<Vec<_>, Failure>>()?;
    // the few rows under one key
    found.sort_unstable();
    Ok(found)
}

pub(crate) async fn due(
    session: &mut Session,
    queue: Index,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<(PracticeId, Timestamp)>, Failure> {
    let bound = instant_key_after(until);
    let rows = session.query(DUE, &[&code(queue.code()), &bound.as_bytes(), &i64::from(limit)]).await?;
    let no_instant = || corrupt(&format!("a key of the index {queue} does not begin with an instant"));
    let due = |row: &Row| {
        let at = key_instant(&text(row, 1)?).ok_or_else(no_instant)?;
        Ok((PracticeId::new(text(row, 0)?), at))
    };
    rows.iter().map(due).collect()
}

/// A join keeps the order of its parts in practice; nothing says that it must.
fn put_in_order(part: &mut [Found], order: Order) {
    part.sort_unstable_by(|a, b| {
        let ascending = (&a.key, &a.row).cmp(&(&b.key, &b.row));
        if order == Order::Descending { ascending.reverse() } else { ascending }
    });
}

fn found(row: &Row) -> Result<Found, Failure> {
    Ok(Found { key: text(row, 0)?, row: row_key(row, 1)?, doc: row.try_get(3)? })
}

/// A table's code in this column and an id in the next.
fn row_key(row: &Row, column: usize) -> Result<RowKey, Failure> {
    let table: i16 = row.try_get(column)?;
    match u16::try_from(table).ok().and_then(Table::from_code) {
        Some(table) => Ok(RowKey { table, id: text(row, column + 1)? }),
        None => Err(corrupt(&format!("written by a newer release: table number {table}")).into()),
    }
}

fn text(row: &Row, column: usize) -> Result<String, Failure> {
    let bytes: &[u8] = row.try_get(column)?;
    Ok(String::from_utf8(bytes.to_vec()).map_err(|_| corrupt("an id or a key is not UTF-8"))?)
}

/// Codes are a few dozen.
pub(crate) fn code(code: u16) -> i16 {
    i16::try_from(code).unwrap_or(i16::MAX)
}
