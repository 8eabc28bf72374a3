//! PostgreSQL's errors as the store's: by their code alone, since their texts quote keys and rows.
//!
//! Not allowed here: a server's or a library's error text. It could hold a number, a document or a password.

use depesza::store::StoreError;
use tokio_postgres::Error;
use tokio_postgres::error::{Severity, SqlState};

/// Why an attempt failed, as far as it says whether the same may be tried again at once.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The connection is gone, or its server gave no answer in time: nobody knows what became of the statement.
    Lost(StoreError),
    /// The server said no: nothing was changed, and the connection is as good as before.
    Refused(StoreError),
}

impl Failure {
    pub(crate) fn into_error(self) -> StoreError {
        match self {
            Self::Lost(error) | Self::Refused(error) => error,
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Some(code) = error.code() {
            let fatal = error
                .as_db_error()
                .and_then(|error| error.parsed_severity())
                .is_some_and(|severity| matches!(severity, Severity::Fatal | Severity::Panic));
            let refused = of_code(code);
            // a server that became a standby is not to be asked again either
            let standby = *code == SqlState::READ_ONLY_SQL_TRANSACTION;
            return if fatal || standby || code.code().starts_with("08") {
                Self::Lost(refused)
            } else {
                Self::Refused(refused)
            };
        }
        if std::error::Error::source(&error).is_some_and(|source| source.is::<std::io::Error>())
            || error.is_closed()
        {
            return Self::Lost(unavailable("the connection to the database was lost"));
        }
        // a value that does not convert: our statements name their types, so only foreign data can do that
        Self::Refused(corrupt("a column holds what it never should"))
    }
}

/// Why no connection came about, and whether it may come about in a moment.
pub(crate) fn connecting(error: &Error) -> Failure {
    if let Some(code) = error.code() {
        let soon = *code == SqlState::CANNOT_CONNECT_NOW
            || *code == SqlState::TOO_MANY_CONNECTIONS
            || *code == SqlState::ADMIN_SHUTDOWN
            || *code == SqlState::CRASH_SHUTDOWN;
        return if soon { Failure::Lost(of_code(code)) } else { Failure::Refused(of_code(code)) };
    }
    // a server that dies while it greets
    if error.is_closed() {
        return Failure::Lost(unavailable("the database ended the connection"));
    }
    let source = std::error::Error::source(error);
    match source.and_then(|source| source.downcast_ref::<std::io::Error>()) {
        // what rustls thinks of the certificate will not be another in a moment
        Some(io) if io.kind() == std::io::ErrorKind::InvalidData => Failure::Refused(unavailable(
            "TLS failed: the server's certificate is not trusted, or not for this host",
        )),
        Some(io) => Failure::Lost(unavailable(&format!("the database cannot be reached: {}", io.kind()))),
        // TLS, a missing password, an authentication that this library does not know
        None => Failure::Refused(unavailable(
            "the connection was refused: check the url's user, password and sslmode and the server's certificate",
        )),
    }
}

fn of_code(code: &SqlState) -> StoreError {
    let what = what(code);
    let text = format!("{what} (SQLSTATE {})", code.code());
    let class = code.code().get(..2).unwrap_or_default();
    match class {
        // data, constraints, what the schema should have had, damaged pages
        "22" | "23" | "42" | "XX" if *code != SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Corrupt(text),
        _ => StoreError::Unavailable(text),
    }
}

fn what(code: &SqlState) -> &'static str {
    const CODES: &[(&SqlState, &str)] = &[
        (&SqlState::LOCK_NOT_AVAILABLE, "a lock was not free within lock_timeout_ms"),
        (&SqlState::QUERY_CANCELED, "a statement took longer than statement_timeout_ms, or was cancelled"),
        (&SqlState::DISK_FULL, "the database's disk is full"),
        (&SqlState::OUT_OF_MEMORY, "the database is out of memory"),
        (&SqlState::TOO_MANY_CONNECTIONS, "the database has no connection left"),
        (&SqlState::CANNOT_CONNECT_NOW, "the database is starting or stopping"),
        (&SqlState::ADMIN_SHUTDOWN, "the database ended the connection"),
        (&SqlState::CRASH_SHUTDOWN, "the database crashed"),
        (&SqlState::INVALID_PASSWORD, "the user or the password is wrong"),
        (&SqlState::INVALID_AUTHORIZATION_SPECIFICATION, "the user may not connect"),
        (&SqlState::INVALID_CATALOG_NAME, "there is no such database"),
        (&SqlState::INSUFFICIENT_PRIVILEGE, "the user lacks a privilege"),
        (&SqlState::READ_ONLY_SQL_TRANSACTION, "the database takes no writes: a standby, or read-only"),
        (&SqlState::T_R_DEADLOCK_DETECTED, "two transactions waited for each other"),
        (&SqlState::DATA_CORRUPTED, "a page of the database is damaged"),
        (&SqlState::INDEX_CORRUPTED, "an index of the database is damaged"),
    ];
    if let Some((_, what)) = CODES.iter().find(|(known, _)| *known == code) {
        return what;
    }
    match code.code().get(..2) {
        Some("22" | "23") => "a column holds what it never should",
        Some("42") => "the schema is not the one of its version",
        Some("53") => "the database is short of something",
        Some("57") => "the database ended the connection or the statement",
        _ => "the database refused the call",
    }
}

pub(crate) fn corrupt(what: &str) -> StoreError {
    StoreError::Corrupt(what.to_owned())
}

pub(crate) fn unavailable(what: &str) -> StoreError {
    StoreError::Unavailable(what.to_owned())
}
