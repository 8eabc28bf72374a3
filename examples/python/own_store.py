"""A store of a host's own in some hundred lines: rows and entries in dictionaries, kept in one JSON file if a path is given.

A host with a database of its own does the same over its tables: a row is (practice, table, id, document), an entry is (practice, index,
key, table, id). Whether a store is right is what `depesza.testing` tells:

    python3 own_store.py            runs the suite
"""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import depesza.testing
from depesza.store import SHARED_INDEXES, Commit, ConflictError, Found, RowKey, Scan, key_instant

# `list` is the name of a method of a store
Entries = list[tuple[str, str, RowKey]]


class OwnStore:
    """All practices in memory, behind one lock; after each commit in a file, if there is one."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._versions: dict[str, int] = defaultdict(int)
        self._rows: dict[tuple[str, RowKey], str] = {}
        # of each practice and index the keys with their rows, in order; the shared ones under the practice ""
        self._entries: dict[tuple[str, str], Entries] = defaultdict(Entries)
        if path is not None and path.exists():
            self._load(json.loads(path.read_text(encoding="utf-8")))

    def version(self, practice: str) -> int:
        with self._lock:
            return self._versions.get(practice, 0)

    def read(self, practice: str, rows: Sequence[RowKey]) -> Sequence[str | None]:
        with self._lock:
            return [self._rows.get((practice, row)) for row in rows]

    def list(self, practice: str, table: str, from_: str, to: str, limit: int) -> Sequence[tuple[str, str]]:
        with self._lock:
            rows = [
                (row.id, doc)
                for (of, row), doc in self._rows.items()
                if of == practice and row.table == table and from_ <= row.id < to
            ]
        return sorted(rows)[:limit]

    def scan(self, practice: str, scan: Scan) -> Sequence[Found]:
        with self._lock:
            entries = self._entries[practice, scan.index]
            found = entries[_first(entries, scan.from_) : max(_first(entries, scan.from_), _first(entries, scan.to))]
            if scan.descending:
                found.reverse()
            return [Found(key, row, self._rows[practice, row]) for key, _, row in found[: scan.limit]]

    def commit(self, commit: Commit) -> int:
        with self._lock:
            practice, found = commit.practice, self._versions.get(commit.practice, 0)
            if found != commit.version:
                raise ConflictError(commit.version, found)
            for write in commit.writes:
                place = (practice, write.row)
                if write.doc is None:
                    self._rows.pop(place, None)
                    self._drop(practice, write.row)
                    continue
                self._rows[place] = write.doc
                for entry in write.remove:
                    self._put(practice, entry.index, entry.key, write.row, there=False)
                for entry in write.add:
                    self._put(practice, entry.index, entry.key, write.row, there=True)
            self._versions[practice] = found + 1
            self._save()
            return found + 1

    def find(self, index: str, key: str) -> Sequence[tuple[str, RowKey]]:
        with self._lock:
            return [(practice, row) for at, practice, row in self._entries["", index] if at == key]

    def due(self, queue: str, until: dt.datetime, limit: int) -> Sequence[tuple[str, dt.datetime]]:
        with self._lock:
            heads = [
                (key_instant(entries[0][0]), practice)
                for (practice, index), entries in self._entries.items()
                if index == queue and entries
            ]
        return [(practice, at) for at, practice in sorted(heads) if at <= until][:limit]

    def _put(self, practice: str, index: str, key: str, row: RowKey, *, there: bool) -> None:
        shared = index in SHARED_INDEXES
        entries = self._entries["" if shared else practice, index]
        entry = (key, practice, row)
        at = bisect_left(entries, entry)
        stands = at < len(entries) and entries[at] == entry
        if there and not stands:
            entries.insert(at, entry)
        elif stands and not there:
            del entries[at]

    def _drop(self, practice: str, row: RowKey) -> None:
        for (of, _), entries in self._entries.items():
            if of in (practice, ""):
                entries[:] = [entry for entry in entries if entry[1:] != (practice, row)]

    def _save(self) -> None:
        if self._path is None:
            return
        whole = {
            "versions": self._versions,
            "rows": [[practice, row.table, row.id, doc] for (practice, row), doc in self._rows.items()],
            "entries": [
                [index, key, practice, row.table, row.id]
                for (_, index), entries in self._entries.items()
                for key, practice, row in entries
            ],
        }
        beside = self._path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(whole, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    def _load(self, whole: Any) -> None:
        self._versions.update(whole["versions"])
        for practice, table, id, doc in whole["rows"]:
            self._rows[practice, RowKey(table, id)] = doc
        for index, key, practice, table, id in whole["entries"]:
            self._put(practice, index, key, RowKey(table, id), there=True)


def _first(entries: Entries, key: str) -> int:
    return bisect_left(entries, key, key=lambda entry: entry[0])


if __name__ == "__main__":
    depesza.testing.run_store_suite(OwnStore)
    print(f"{len(depesza.testing.STORE_CHECKS)} promises hold")
