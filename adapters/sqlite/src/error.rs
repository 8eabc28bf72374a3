//! SQLite's errors as the store's: by their code alone, since their texts could quote what was stored.

use depesza::store::StoreError;
use rusqlite::ErrorCode;
use rusqlite::ffi;

pub(crate) fn store_error(error: rusqlite::Error) -> StoreError {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => {
            let text = format!(
                "{} (SQLite code {})",
                ffi::code_to_str(failure.extended_code),
                failure.extended_code
            );
            match failure.code {
                ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch => StoreError::Corrupt(text),
                _ => StoreError::Unavailable(text),
            }
        }
        rusqlite::Error::SqlInputError { error, .. } => corrupt(&format!(
            "the schema is not the one of its version (SQLite code {})",
            error.extended_code
        )),
        rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::Utf8Error(..)
        | rusqlite::Error::QueryReturnedNoRows => corrupt("a column holds what it never should"),
        _ => StoreError::Unavailable("SQLite refused the call".to_owned()),
    }
}

pub(crate) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}
