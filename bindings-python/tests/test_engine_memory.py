"""The engine called over and over: what stays in memory, and whether others may run meanwhile."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import depesza
import pytest
from depesza import model
from depesza.store import RowKey
from own_store import OwnStore
from test_engine import MONDAY, Practice
from test_hosting import OwnGateway, over
from test_interpreters import LONG, resident_kib


class Gone(OwnStore):
    """A store that can go away."""

    away = False

    def read(self, practice: str, rows: Sequence[RowKey]) -> Sequence[str | None]:
        if self.away:
            raise OSError("gone")
        return super().read(practice, rows)


def told_again(practice: Practice) -> None:
    outcome = practice.clinic.visit(id="120", revision=1, patient="7", start=MONDAY.replace(tzinfo=None), now=MONDAY)
    assert outcome == model.OutcomeKnown()


def refused(practice: Practice) -> None:
    try:
        practice.clinic.campaign("przypomnienie")
    except depesza.StoreError as error:
        assert isinstance(error.__cause__, OSError)
    else:
        raise AssertionError


def ready(store: OwnStore | str) -> Practice:
    practice = over(store, OwnGateway())
    practice.remind()
    practice.tell()
    return practice


def away() -> Practice:
    store = Gone()
    practice = ready(store)
    store.away = True
    return practice


CALLS: dict[str, tuple[Callable[[], Practice], Callable[[Practice], object]]] = {
    "next_due": (lambda: ready("memory:"), lambda practice: practice.engine.next_due()),
    "a fact told again": (lambda: ready("memory:"), told_again),
    "a question over a store in Python": (lambda: ready(OwnStore()), lambda practice: practice.clinic.campaigns()),
    "a store that raises": (away, refused),
}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
@pytest.mark.parametrize("name", CALLS)
def test_nothing_leaks(name: str) -> None:
    """Memory after a warm-up and after the calls: 1,000,000 of all together with DEPESZA_LONG=1."""
    make, call = CALLS[name]
    practice = make()
    calls = 250_000 if LONG else 2_000
    for _ in range(calls // 10):
        call(practice)
    gc.collect()
    before = resident_kib()
    for _ in range(calls):
        call(practice)
    gc.collect()
    assert resident_kib() - before < 4096


def test_engines_come_and_go() -> None:
    for _ in range(50):
        ready(OwnStore())
    gc.collect()
    before = resident_kib()
    for _ in range(2_000 if LONG else 200):
        ready(OwnStore())
    gc.collect()
    assert resident_kib() - before < 4096


def test_the_engine_lets_other_threads_run() -> None:
    """Nobody else gets the lock unless it is let go: the interpreter asks for it only after an hour."""
    practice = ready("memory:")
    started, ran = threading.Event(), []

    def other() -> None:
        started.wait()
        ran.append(True)

    thread = threading.Thread(target=other)
    interval = sys.getswitchinterval()
    try:
        thread.start()
        sys.setswitchinterval(3_600)
        started.set()
        for _ in range(10_000):
            # the other thread may need a moment to wake
            if ran:
                break
            practice.clinic.explain_visit("120", MONDAY)
        assert ran
    finally:
        sys.setswitchinterval(interval)
        started.set()
        thread.join()
