//! The schema and its versions: what makes a file ours, and how an older file becomes a present one.
//!
//! A released step is never changed; a change is a new step at the end.

use crate::error::{corrupt, store_error};
use depesza::store::StoreError;
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// "Dpsz", in the header of every file of ours (`file` and SQLite's list of application ids go by it).
pub(crate) const APPLICATION_ID: i64 = 0x4470_737a;

/// What leads from version n to version n + 1.
pub(crate) const STEPS: &[&str] = &[include_str!("schema_1.sql"), include_str!("schema_2.sql")];

/// Brings the file to the present version, all steps in one transaction. Does not write to a file that is up to date,
/// and not to one that is another program's.
pub(crate) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<(), StoreError> {
    // its marks are read in one transaction: another process may be setting them
    if applied(&connection.transaction().map_err(store_error)?, steps.len())? == steps.len() {
        return Ok(());
    }
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
    // another process may have been faster
    let applied = applied(&transaction, steps.len())?;
    for step in steps.iter().skip(applied) {
        transaction.execute_batch(step).map_err(store_error)?;
    }
    let marks = format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {};", steps.len());
    transaction.execute_batch(&marks).map_err(store_error)?;
    transaction.commit().map_err(store_error)
}

/// How many steps the file has behind it.
fn applied(transaction: &Transaction<'_>, known: usize) -> Result<usize, StoreError> {
    let number = |sql| transaction.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(store_error);
    let application = number("PRAGMA application_id")?;
    let version = number("PRAGMA user_version")?;
    if (application, version) == (0, 0) && number("SELECT count(*) FROM sqlite_schema")? == 0 {
        return Ok(0);
    }
    if application != APPLICATION_ID {
        return Err(corrupt("the file is another program's database"));
    }
    match usize::try_from(version) {
        Ok(version) if version <= known => Ok(version),
        _ => {
            Err(corrupt(&format!("written by a newer release: schema {version}, this release knows {known}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: &str = "ALTER TABLE practices ADD COLUMN since INTEGER NOT NULL DEFAULT 5;";

    fn version(connection: &Connection) -> i64 {
        connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn steps_apply_once_and_forward() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, STEPS).unwrap();
        connection.execute("INSERT INTO practices (id, version) VALUES ('p', 3)", []).unwrap();
        for _ in 0..2 {
            migrate(&mut connection, &[STEPS, &[NEXT]].concat()).unwrap();
            assert_eq!(version(&connection), STEPS.len() as i64 + 1);
        }
        let since: i64 = connection.query_row("SELECT since FROM practices", [], |row| row.get(0)).unwrap();
        assert_eq!(since, 5);
        let refused = migrate(&mut connection, STEPS).unwrap_err().to_string();
        assert!(refused.contains("newer release: schema 3, this release knows 2"), "{refused}");
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection, STEPS).unwrap();
        migrate(&mut connection, &[STEPS, &[NEXT, "CREATE TABLE rows (x)"]].concat()).unwrap_err();
        assert_eq!(version(&connection), STEPS.len() as i64);
        connection.query_row("SELECT since FROM practices", [], |_| Ok(())).unwrap_err();
    }
}
