"""A store of the host's own: the protocol, and what its methods take and answer.

A store keeps rows (JSON documents under a table and an id) and entries (ordered keys of named indexes that point at rows). The
engine derives all keys; a store compares them character by character, as Python compares `str`, and never looks into a document. Each practice
has a version, which grows by one with each commit; a commit that was made at another one is refused. `depesza.testing` tells
whether a store is right; `examples/python/own_store.py` is a whole one.

Keys, ids of entries and documents can hold what identifies a person, so `repr` leaves them out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from . import _native
from ._instants import at_ms, instant_of

__all__ = [
    "INDEXES",
    "SHARED_INDEXES",
    "TABLES",
    "Commit",
    "ConflictError",
    "CorruptError",
    "Entry",
    "Found",
    "RowKey",
    "Scan",
    "Store",
    "Write",
    "instant_key",
    "key_instant",
]

TABLES: tuple[str, ...] = tuple(_native.tables())
"""The names of tables. Rows under one key of an index come in this order."""
INDEXES: tuple[str, ...] = tuple(name for name, _ in _native.indexes())
"""The names of indexes."""
SHARED_INDEXES: frozenset[str] = frozenset(name for name, shared in _native.indexes() if shared)
"""Those that span all practices, and are read by `find`."""
_PLACES = {name: place for place, name in enumerate(TABLES)}


class ConflictError(Exception):
    """A commit was made at another version than the practice is at."""

    expected: int
    """The version of the commit."""
    found: int
    """The version in the store."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(expected, found)
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return f"the practice was changed meanwhile: expected version {self.expected}, found {self.found}"


class CorruptError(Exception):
    """What is stored cannot be read. Any other exception of a store means that it is not available now."""


@dataclass(frozen=True, slots=True)
class RowKey:
    """A row's name in its practice. Rows sort as the engine wants them: by table in the order of `TABLES`, then by id."""

    table: str
    """What it is, one of `TABLES`."""
    id: str
    """Its id."""

    def __lt__(self, other: RowKey) -> bool:
        return (_PLACES[self.table], self.id) < (_PLACES[other.table], other.id)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an index."""

    index: str
    """Which index, one of `INDEXES`."""
    key: str = field(repr=False)
    """The key."""


@dataclass(frozen=True, slots=True)
class Write:
    """One row's change."""

    row: RowKey
    """Which row."""
    doc: str | None = field(repr=False)
    """The new document; `None` deletes the row with all its entries. Deleting what is not there is no error."""
    add: tuple[Entry, ...]
    """Entries to add; adding one that stands is no error. Of no effect where the row is deleted."""
    remove: tuple[Entry, ...]
    """Entries to take away, before those of `add` are added; taking one that is not there is no error."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A set of changes that is stored whole or not at all."""

    practice: str
    """Whose rows."""
    version: int
    """The version the reads were made at; 0 creates the practice."""
    writes: tuple[Write, ...]
    """The changes; no row twice."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A part of an index, in order."""

    index: str
    """Which index; never a shared one."""
    from_: str = field(repr=False)
    """Keys from this one on, itself included."""
    to: str = field(repr=False)
    """Keys before this one."""
    limit: int
    """The most rows, 1 to 1,000."""
    descending: bool
    """Highest key first, and rows under one key in the reverse of their order."""


@dataclass(frozen=True, slots=True)
class Found:
    """A row that a scan found."""

    key: str = field(repr=False)
    """The key it stands under."""
    row: RowKey
    """The row."""
    doc: str = field(repr=False)
    """Its document."""


@runtime_checkable
class Store(Protocol):
    """A database for the engine. Methods are called from several threads. A call sees whole commits, never a part of one.

    Any exception but `ConflictError` and `CorruptError` means that the store is not available now: the operation is refused with
    `StoreError`, whose cause it is, and may be tried again.

    A store may also have: `scans(practice, scans)`, several scans in one call, each answered as `scan` would; `turn(practice, queue,
    until)`, a context manager that keeps other dispatchers from a practice meanwhile, or `None` where another one has it;
    `scrub()`, which drops what deleted rows left behind in files.
    """

    def version(self, practice: str) -> int:
        """The practice's version: 0 when there is no such practice."""
        ...

    def read(self, practice: str, rows: Sequence[RowKey]) -> Sequence[str | None]:
        """The documents of these rows, in the order asked, `None` for those that are not there."""
        ...

    def list(self, practice: str, table: str, from_: str, to: str, limit: int) -> Sequence[tuple[str, str]]:
        """Id and document of the rows of a table whose ids lie in `from_..to`, in the order of their ids, at most `limit`."""
        ...

    def scan(self, practice: str, scan: Scan) -> Sequence[Found]:
        """The rows of a part of an index."""
        ...

    def commit(self, commit: Commit) -> int:
        """Stores all of it or nothing, and returns the new version; raises `ConflictError` at another version."""
        ...

    def find(self, index: str, key: str) -> Sequence[tuple[str, RowKey]]:
        """Practice and row of those under a key of a shared index, in the order of practice and row."""
        ...

    def due(self, queue: str, until: dt.datetime, limit: int) -> Sequence[tuple[str, dt.datetime]]:
        """The practices with an entry in the index `queue` at or before `until`, each with the instant of its earliest key.

        Earliest first, those of one instant by their ids, at most `limit`. `key_instant` is the instant of a key.
        """
        ...


def instant_key(at: dt.datetime) -> str:
    """How an instant stands at the beginning of a key: milliseconds since 1970, padded to 15 digits."""
    return f"{max(0, at_ms(at)):015d}"


def key_instant(key: str) -> dt.datetime:
    """The instant of a key that begins with one."""
    return instant_of(int(key[:15]))
