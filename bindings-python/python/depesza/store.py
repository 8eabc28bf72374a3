"""A store of the host's own: the protocol, and what its methods take and answer.

A store keeps rows (JSON documents under a table and an id) and entries (ordered keys of named indexes that point at rows). The
engine derives all keys; a store compares them character by character, as Python compares `str`, and never looks into a document. Each practice
has a version, which grows by one with each commit; a commit that was made at another one is refused. `depesza.testing` tells
whether a store is right; `examples/python/own_store.py` is a whole one.

Keys, ids of entries and documents can hold what identifies a person, so `repr` leaves them out.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from . import _native

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
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


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


@dataclass(frozen=True, slots=True, order=True)
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
    return f"{max(0, _ms(at)):015d}"


def key_instant(key: str) -> dt.datetime:
    """The instant of a key that begins with one."""
    return _instant(int(key[:15]))


def _ms(at: dt.datetime) -> int:
    return (at - _EPOCH) // dt.timedelta(milliseconds=1)


def _instant(ms: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(milliseconds=ms)


def adapter(store: Store) -> Adapter:
    """What the native half calls: plain tuples in and out."""
    if not isinstance(store, Store):
        raise TypeError("store: expected a URL or an object with the methods of depesza.store.Store")
    return Adapter(store)


_Rows = tuple[str, str, str, str]


class Adapter:
    """A store as the native half calls it. Not for hosts."""

    def __init__(self, store: Store) -> None:
        self._store: Any = store
        self.version = store.version

    def read(self, practice: str, rows: Sequence[tuple[str, str]]) -> list[str | None]:
        """As `Store.read`."""
        return list(self._store.read(practice, [RowKey(*row) for row in rows]))

    def list(self, *arguments: Any) -> Any:
        """As `Store.list`."""
        return _listed(self._store.list(*arguments))

    def scan(self, practice: str, scan: tuple[str, str, str, int, bool]) -> Any:
        """As `Store.scan`."""
        return _found(self._store.scan(practice, Scan(*scan)))

    def scans(self, practice: str, scans: Sequence[tuple[str, str, str, int, bool]]) -> Any:
        """As `Store.scan` for each, in one call where the store has one."""
        wanted = [Scan(*scan) for scan in scans]
        if hasattr(self._store, "scans"):
            found = self._store.scans(practice, wanted)
        else:
            found = [self._store.scan(practice, scan) for scan in wanted]
        return _listed(_found(rows) for rows in found)

    def commit(self, practice: str, version: int, writes: Sequence[tuple[Any, ...]]) -> int:
        """As `Store.commit`."""
        changes = tuple(
            Write(
                RowKey(table, id),
                doc,
                tuple(Entry(*entry) for entry in add),
                tuple(Entry(*entry) for entry in remove),
            )
            for table, id, doc, add, remove in writes
        )
        version = self._store.commit(Commit(practice, version, changes))
        return version

    def find(self, index: str, key: str) -> Any:
        """As `Store.find`."""
        return [(practice, row.table, row.id) for practice, row in self._store.find(index, key)]

    def due(self, queue: str, until_ms: int, limit: int) -> Any:
        """As `Store.due`."""
        due = self._store.due(queue, _instant(min(until_ms, _LAST_MS)), limit)
        return [(practice, _ms(at)) for practice, at in due]

    def turn(self, practice: str, queue: str, until_ms: int) -> Any:
        """A function that ends the turn, or `None` where another dispatcher has it."""
        if not hasattr(self._store, "turn"):
            return _nothing_to_end
        turn = self._store.turn(practice, queue, _instant(until_ms))
        if turn is None:
            return None
        held = contextlib.ExitStack()
        held.enter_context(turn)
        return held.close

    def scrub(self) -> None:
        """As `Store.scrub`, where the store has one."""
        if hasattr(self._store, "scrub"):
            self._store.scrub()


_LAST_MS = _ms(dt.datetime.max.replace(tzinfo=dt.UTC))
# `list` is a method of the classes above
_listed = list


def _found(rows: Sequence[Found]) -> list[_Rows]:
    return [(found.key, found.row.table, found.row.id, found.doc) for found in rows]


def _nothing_to_end() -> None:
    pass
