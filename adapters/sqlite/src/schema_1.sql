-- Integers instead of names wherever a name would repeat: practices by `practices.num`, tables and indexes by the codes
-- of `depesza::store::Table` and `Index`. Text compares byte by byte (collation BINARY), as the trait wants it.

CREATE TABLE practices (
  num INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL
) STRICT;

-- A rowid table: documents of a kilobyte would make the inner pages of a WITHOUT ROWID tree wide and its depth great.
CREATE TABLE rows (
  num INTEGER PRIMARY KEY,
  practice INTEGER NOT NULL,
  tbl INTEGER NOT NULL,
  id TEXT NOT NULL,
  doc TEXT NOT NULL,
  UNIQUE (practice, tbl, id)
) STRICT;

-- Entries are nothing but their keys: one tree that holds them in the order of scans.
CREATE TABLE entries (
  practice INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  key TEXT NOT NULL,
  tbl INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (practice, idx, key, tbl, id)
) STRICT, WITHOUT ROWID;

-- Deleting a row takes its entries along.
CREATE INDEX entries_of_row ON entries (practice, tbl, id);

-- The entries of the shared indexes, which are looked up without a practice.
CREATE TABLE shared (
  idx INTEGER NOT NULL,
  key TEXT NOT NULL,
  practice INTEGER NOT NULL,
  tbl INTEGER NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (idx, key, practice, tbl, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX shared_of_row ON shared (practice, tbl, id);
