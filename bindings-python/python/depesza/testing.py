"""For a host's tests: a gateway that sends nothing and remembers everything, and the suite that every store runs.

    import depesza.testing

    def test_my_store():
        depesza.testing.run_store_suite(MyStore)
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from . import _hosting, _native, _wire
from . import store as _stores
from ._instants import given_ms, instant_of
from .gateway import Gateway
from .model import (
    Capabilities,
    DeliveryReport,
    OwnReferenceUnique,
    Submission,
    SubmitResult,
)

__all__ = ["STORE_CHECKS", "Simulator", "Taken", "run_store_check", "run_store_suite"]

STORE_CHECKS: tuple[str, ...] = tuple(_native.store_checks())
"""The promises of a store, each with its own check: `pytest.mark.parametrize("check", STORE_CHECKS)`."""


def run_store_check(check: str, store: _stores.Store) -> None:
    """Puts an empty store to one check of `STORE_CHECKS`.

    Raises `AssertionError` where the store breaks the promise, with its own exception, if it raised one, as the cause; `KeyError`
    for a name that is no check's.
    """
    _native.run_store_check(check, _hosting.of_store(store))


def run_store_suite(open: Callable[[], _stores.Store]) -> None:
    """Runs every check on an empty store of its own, which `open` makes.

    Raises `ExceptionGroup` after the last check, with an `AssertionError` for each promise that the store breaks.
    """
    broken = []
    for check in STORE_CHECKS:
        try:
            run_store_check(check, open())
        except AssertionError as error:
            broken.append(error)
    if broken:
        raise ExceptionGroup(f"the store breaks {len(broken)} of {len(STORE_CHECKS)} promises", broken)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the simulator sent to a handset."""

    reference: str
    """The engine's reference."""
    provider_id: str
    """The simulator's own identifier."""
    to: str = field(repr=False)
    """To whom, E.164."""
    body: str = field(repr=False)
    """What."""
    at: dt.datetime
    """When, by the engine's time."""
    not_after: dt.datetime
    """Until when it might arrive."""


class Simulator(Gateway):
    """A gateway without faults that keeps our reference as an idempotency key for a day, looks messages up and reports on them.

    What happens to a message follows from the seed and its reference alone. `id` is what its delivery reports say they come from:
    the id under which the engine knows it.
    """

    def __init__(self, id: str = "gateway", seed: int = 1) -> None:
        self._gate = _native.Gate(id, seed)

    def capabilities(self) -> Capabilities:
        """What it can do."""
        day_ms = 24 * 60 * 60 * 1_000
        return Capabilities(
            own_reference=OwnReferenceUnique(window_ms=day_ms), look_up=True, batch=100, reports=True, cancel=False
        )

    def submit(self, batch: Sequence[Submission]) -> Sequence[SubmitResult]:
        """Called by the engine, past Python."""
        raise NotImplementedError

    def script(self, answers: Sequence[SubmitResult]) -> None:
        """Forces the answers to the next submissions, in order. `SubmitResultAccepted` takes the message."""
        self._gate.script(json.dumps(_wire.codec(list[SubmitResult]).write(answers)))

    def taken(self, place: int = 0) -> list[Taken]:
        """What went to a handset so far, in order, without the first `place` messages."""
        return [
            Taken(reference, provider_id, to, body, instant_of(at), instant_of(not_after))
            for reference, provider_id, to, body, at, not_after in self._gate.taken_from(place)
        ]

    def reports(self, now: dt.datetime) -> list[DeliveryReport]:
        """Delivery reports that are due by `now`, an instant with a zone; each is given once."""
        reports = json.loads(self._gate.reports(given_ms(now, "now")))
        return [DeliveryReport.from_wire(report) for report in reports]
