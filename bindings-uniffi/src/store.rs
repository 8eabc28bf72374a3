//! A store of the host's own: the core's `Store`, written in the other language.
//!
//! What it throws becomes an error of the engine, never an answer: an exception that is no [`StoreError`] counts as
//! [`StoreError::Unavailable`], and its text, which may quote a document, goes nowhere.

use depesza::model::{Body, PracticeId, Timestamp};
use depesza::store::{self, Index, Order, RowKey, Table};
use std::sync::Arc;

/// Why a store did not do it. Nothing was changed, but for a commit whose answer was lost, which may stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum StoreError {
    /// Another commit of this practice came between.
    #[error("expected version {expected}, found {found}")]
    Conflict {
        /// The version the commit was made at.
        expected: u64,
        /// The version in the store.
        found: u64,
    },
    /// The store cannot be used now; the same call may succeed later.
    #[error("{reason}")]
    Unavailable {
        /// Why, without patient data.
        reason: String,
    },
    /// The stored data cannot be read.
    #[error("{reason}")]
    Corrupt {
        /// Why, without patient data.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for StoreError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable { reason: "it threw an exception that is no StoreException".to_owned() }
    }
}

impl From<StoreError> for store::StoreError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { expected, found } => Self::Conflict { expected, found },
            StoreError::Unavailable { reason } => Self::Unavailable(reason),
            StoreError::Corrupt { reason } => Self::Corrupt(reason),
        }
    }
}

/// A row's name in its practice. Rows sort by `table`, then by `id` byte by byte in UTF-8.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Row {
    /// What it is: the stable number of a table.
    pub table: u16,
    /// Its id.
    pub id: String,
}

/// An entry of an index that points at the row it is written with.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Entry {
    /// The stable name of the index.
    pub index: String,
    /// The key, which may hold a number. Keys sort byte by byte in UTF-8.
    pub key: Body,
}

/// One row's change.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Write {
    /// Which row.
    pub row: Row,
    /// The new document; absent: the row goes, with all its entries, whether `remove` names them or not.
    pub document: Option<Body>,
    /// Entries to add; adding one that stands is no error. Of no effect where the row goes.
    pub add: Vec<Entry>,
    /// Entries to take away before those of `add` are added; taking one that is not there is no error.
    pub remove: Vec<Entry>,
}

/// A set of changes that is stored whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Commit {
    /// Whose rows.
    pub practice: PracticeId,
    /// The version the reads were made at; 0 creates the practice.
    pub version: u64,
    /// The changes; no row twice.
    pub writes: Vec<Write>,
}

/// A part of an index.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Scan {
    /// The stable name of the index.
    pub index: String,
    /// Keys from this one on, itself included.
    pub from: Body,
    /// Keys before this one.
    pub to: Body,
    /// The most rows, 1 to 1,000.
    pub limit: u32,
    /// Whether the highest key comes first; rows under one key come in their order, or its reverse.
    pub descending: bool,
}

/// A row of a table, with its document.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// Its document.
    pub document: Body,
}

/// A row that a scan found.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Found {
    /// The key it stands under.
    pub key: Body,
    /// The row.
    pub row: Row,
    /// Its document.
    pub document: Body,
}

/// A row of any practice.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Owned {
    /// Whose.
    pub practice: PracticeId,
    /// The row.
    pub row: Row,
}

/// A practice that is due.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Due {
    /// Which.
    pub practice: PracticeId,
    /// The instant of its earliest key.
    pub at: Timestamp,
}

/// A database for the engine: rows under a table and an id, entries of ordered indexes that point at them, and one atomic
/// commit. Every method may be called from several threads. `check_store` says whether it is right.
#[uniffi::export(foreign)]
pub trait Store: Send + Sync {
    /// The practice's version: 0 when there is no such practice.
    ///
    /// # Errors
    /// [`StoreError`]; the same for all methods.
    fn version(&self, practice: PracticeId) -> Result<u64, StoreError>;

    /// The documents of these rows, in the order asked; nothing for those that are not there.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn read(&self, practice: PracticeId, rows: Vec<Row>) -> Result<Vec<Option<Body>>, StoreError>;

    /// The rows of one table whose ids lie from `from` to before `to`, in the order of their ids, at most `limit`.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn list(
        &self,
        practice: PracticeId,
        table: u16,
        from: String,
        to: String,
        limit: u32,
    ) -> Result<Vec<Listed>, StoreError>;

    /// The rows of a part of an index.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn scan(&self, practice: PracticeId, scan: Scan) -> Result<Vec<Found>, StoreError>;

    /// Stores all of it or nothing, and returns the new version: one more than before.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the practice is not at the commit's version.
    fn commit(&self, commit: Commit) -> Result<u64, StoreError>;

    /// The rows under a key of an index that spans practices, in the order of practice and row.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn find(&self, index: String, key: Body) -> Result<Vec<Owned>, StoreError>;

    /// The practices whose earliest key in `queue` lies before `before`, each with the instant of that key
    /// (`instant_of_key`), earliest first, those of one instant by their ids, at most `limit`.
    ///
    /// # Errors
    /// As [`version`](Self::version).
    fn due(&self, queue: String, before: Body, limit: u32) -> Result<Vec<Due>, StoreError>;
}

/// The instant that a key of a queue begins with; nothing for a key that begins with none.
#[uniffi::export]
#[must_use]
pub fn instant_of_key(key: Body) -> Option<Timestamp> {
    store::key_instant(key.reveal())
}

/// A host's store as the core's.
pub(crate) struct HostStore(pub(crate) Arc<dyn Store>);

fn row(key: &RowKey) -> Row {
    Row { table: key.table.code(), id: key.id.clone() }
}

fn key(row: Row) -> Result<RowKey, store::StoreError> {
    let table = Table::from_code(row.table)
        .ok_or_else(|| store::StoreError::Corrupt("a row of a table that there is not".to_owned()))?;
    Ok(RowKey { table, id: row.id })
}

fn text(text: &Body) -> String {
    text.reveal().to_owned()
}

fn entries(entries: &[store::Entry]) -> Vec<Entry> {
    let entry = |entry: &store::Entry| Entry {
        index: entry.index.name().to_owned(),
        key: Body::new(entry.key.as_str()),
    };
    entries.iter().map(entry).collect()
}

impl store::Store for HostStore {
    fn version(&self, practice: &PracticeId) -> Result<u64, store::StoreError> {
        Ok(self.0.version(practice.clone())?)
    }

    fn read(&self, practice: &PracticeId, rows: &[RowKey]) -> Result<Vec<Option<String>>, store::StoreError> {
        let documents = self.0.read(practice.clone(), rows.iter().map(row).collect())?;
        if documents.len() != rows.len() {
            return Err(store::StoreError::Unavailable("read: not a document for each row".to_owned()));
        }
        Ok(documents.iter().map(|document| document.as_ref().map(text)).collect())
    }

    fn list(
        &self,
        practice: &PracticeId,
        table: Table,
        from: &str,
        to: &str,
        limit: u32,
    ) -> Result<Vec<(String, String)>, store::StoreError> {
        let rows = self.0.list(practice.clone(), table.code(), from.to_owned(), to.to_owned(), limit)?;
        Ok(rows.into_iter().map(|row| (row.id, text(&row.document))).collect())
    }

    fn scan(
        &self,
        practice: &PracticeId,
        scan: &store::Scan,
    ) -> Result<Vec<store::Found>, store::StoreError> {
        let asked = Scan {
            index: scan.index.name().to_owned(),
            from: Body::new(scan.from.as_str()),
            to: Body::new(scan.to.as_str()),
            limit: scan.limit,
            descending: scan.order == Order::Descending,
        };
        let found = |found: Found| {
            let (row, doc) = (key(found.row)?, text(&found.document));
            Ok(store::Found { key: text(&found.key), row, doc })
        };
        self.0.scan(practice.clone(), asked)?.into_iter().map(found).collect()
    }

    fn commit(&self, commit: &store::Commit) -> Result<u64, store::StoreError> {
        let write = |write: &store::Write| Write {
            row: row(&write.row),
            document: write.doc.as_deref().map(Body::new),
            add: entries(&write.add),
            remove: entries(&write.remove),
        };
        let commit = Commit {
            practice: commit.practice.clone(),
            version: commit.version,
            writes: commit.writes.iter().map(write).collect(),
        };
        // A language whose bridge loses what was thrown answers 0, and the facts would be lost; only this number says that it stands.
        let expected = commit.version.saturating_add(1);
        if self.0.commit(commit)? == expected {
            Ok(expected)
        } else {
            Err(store::StoreError::Unavailable("commit: the answer is not the next version".to_owned()))
        }
    }

    fn find(&self, index: Index, at: &str) -> Result<Vec<(PracticeId, RowKey)>, store::StoreError> {
        let rows = self.0.find(index.name().to_owned(), Body::new(at))?;
        rows.into_iter().map(|owned| Ok((owned.practice, key(owned.row)?))).collect()
    }

    fn due(
        &self,
        queue: Index,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(PracticeId, Timestamp)>, store::StoreError> {
        let before = Body::new(store::instant_key_after(until));
        let due = self.0.due(queue.name().to_owned(), before, limit)?;
        Ok(due.into_iter().map(|due| (due.practice, due.at)).collect())
    }
}

#[cfg(test)]
#[allow(clippy::unreachable)]
mod tests {
    use super::*;
    use depesza::store::Store as _;

    /// Stores nothing, and answers every commit with a number.
    struct Answering(u64);

    impl Store for Answering {
        fn version(&self, _: PracticeId) -> Result<u64, StoreError> {
            unreachable!()
        }

        fn read(&self, _: PracticeId, _: Vec<Row>) -> Result<Vec<Option<Body>>, StoreError> {
            Ok(Vec::new())
        }

        fn list(
            &self,
            _: PracticeId,
            _: u16,
            _: String,
            _: String,
            _: u32,
        ) -> Result<Vec<Listed>, StoreError> {
            unreachable!()
        }

        fn scan(&self, _: PracticeId, _: Scan) -> Result<Vec<Found>, StoreError> {
            let row = Row { table: u16::MAX, id: String::new() };
            Ok(vec![Found { key: Body::new(""), row, document: Body::new("") }])
        }

        fn commit(&self, _: Commit) -> Result<u64, StoreError> {
            Ok(self.0)
        }

        fn find(&self, _: String, _: Body) -> Result<Vec<Owned>, StoreError> {
            unreachable!()
        }

        fn due(&self, _: String, _: Body, _: u32) -> Result<Vec<Due>, StoreError> {
            unreachable!()
        }
    }

    fn host(answer: u64) -> HostStore {
        HostStore(Arc::new(Answering(answer)))
    }

    #[test]
    fn only_the_next_version_says_that_a_commit_stands() {
        let commit = store::Commit { practice: "p".into(), version: 7, writes: Vec::new() };
        assert_eq!(host(8).commit(&commit), Ok(8));
        // 0 is what a bridge answers that lost an exception
        for answer in [0, 7, 9, u64::MAX] {
            let refused = host(answer).commit(&commit);
            assert!(matches!(refused, Err(store::StoreError::Unavailable(_))), "{answer}: {refused:?}");
        }
    }

    #[test]
    fn answers_that_do_not_fit_the_question_are_none() {
        let row = RowKey { table: Table::Visit, id: "1".to_owned() };
        let refused = host(0).read(&"p".into(), &[row]);
        assert!(matches!(refused, Err(store::StoreError::Unavailable(_))), "{refused:?}");
        let scan = store::Scan {
            index: Index::VisitPatient,
            from: String::new(),
            to: "z".to_owned(),
            limit: 1,
            order: Order::Ascending,
        };
        let refused = host(0).scan(&"p".into(), &scan).err();
        assert!(matches!(refused, Some(store::StoreError::Corrupt(_))), "{refused:?}");
    }
}
