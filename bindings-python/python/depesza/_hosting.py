"""A host's own store and gateway as the native half calls them: plain tuples, or JSON, in and out. Not allowed here: a decision."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from . import _native, _wire
from ._instants import at_ms, instant_of
from .gateway import Gateway, Smpp, Smsapi
from .model import LookupResult, Submission, SubmitResult
from .store import Commit, Entry, Found, RowKey, Scan, Store, Write

def of_store(store: Store) -> StoreAdapter:
    """What the native half calls: plain tuples in and out."""
    if not isinstance(store, Store):
        raise TypeError("store: expected a URL or an object with the methods of depesza.store.Store")
    return StoreAdapter(store)


_Rows = tuple[str, str, str, str]


class StoreAdapter:
    """A store as the native half calls it."""

    def __init__(self, store: Store) -> None:
        self._store: Any = store

    def version(self, practice: str) -> int:
        """As `Store.version`."""
        version: int = self._store.version(practice)
        return version

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
        now: int = self._store.commit(Commit(practice, version, changes))
        return now

    def find(self, index: str, key: str) -> Any:
        """As `Store.find`."""
        return [(practice, row.table, row.id) for practice, row in self._store.find(index, key)]

    def due(self, queue: str, until_ms: int, limit: int) -> Any:
        """As `Store.due`."""
        due = self._store.due(queue, instant_of(until_ms), limit)
        return [(practice, at_ms(at)) for practice, at in due]

    def turn(self, practice: str, queue: str, until_ms: int) -> Any:
        """A function that ends the turn, or `None` where another dispatcher has it."""
        if not hasattr(self._store, "turn"):
            return _nothing_to_end
        turn = self._store.turn(practice, queue, instant_of(until_ms))
        if turn is None:
            return None
        held = contextlib.ExitStack()
        held.enter_context(turn)
        return held.close

    def scrub(self) -> None:
        """As `Store.scrub`, where the store has one."""
        if hasattr(self._store, "scrub"):
            self._store.scrub()


# `list` is a method of the classes above
_listed = list


def _found(rows: Sequence[Found]) -> list[_Rows]:
    return [(found.key, found.row.table, found.row.id, found.doc) for found in rows]


def _nothing_to_end() -> None:
    pass


_SUBMISSIONS = _wire.codec(list[Submission])
_RESULTS = _wire.codec(list[SubmitResult])
_LOOKED_UP = _wire.codec(LookupResult)


def of_gateway(id: str, gateway: Gateway | Smsapi | Smpp) -> Any:
    """What the native half calls: options as JSON, or JSON in and out. A simulator is native already."""
    if isinstance(gateway, (Smsapi, Smpp)):
        options = {name: value for name, value in asdict(gateway).items() if value is not None}
        return json.dumps({"id": id, "kind": type(gateway).__name__.lower(), **options})
    inner = getattr(gateway, "_gate", None)
    if isinstance(inner, _native.Gate):
        return inner
    if not isinstance(gateway, Gateway):
        raise TypeError("gateway: expected Smsapi, Smpp, or an object with the methods of depesza.gateway.Gateway")
    return GatewayAdapter(gateway)


class GatewayAdapter:
    """A gateway as the native half calls it."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway: Any = gateway

    def capabilities(self) -> str:
        """As `Gateway.capabilities`, as JSON."""
        return json.dumps(self._gateway.capabilities().to_wire())

    def submit(self, batch: str) -> str:
        """As `Gateway.submit`, as JSON."""
        results = self._gateway.submit(_SUBMISSIONS.read(json.loads(batch)))
        return json.dumps(_RESULTS.write(results))

    def look_up(self, reference: str) -> str:
        """As `look_up` of a gateway that has it, as JSON."""
        if not hasattr(self._gateway, "look_up"):
            return '{"found": "unsure"}'
        return json.dumps(_LOOKED_UP.write(self._gateway.look_up(reference)))

    def cancel(self, reference: str) -> bool:
        """As `cancel` of a gateway that has it."""
        return hasattr(self._gateway, "cancel") and bool(self._gateway.cancel(reference))

    def balance_milli(self) -> int | None:
        """As `balance_milli` of a gateway that has it."""
        balance: int | None = self._gateway.balance_milli() if hasattr(self._gateway, "balance_milli") else None
        return balance
