"""The engine called over and over: what stays in memory, and whether others may run meanwhile."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

import depesza
import pytest
from depesza import model
from depesza.store import RowKey
from memory import needs_proc, stays_flat
from own_store import OwnStore
from test_engine import MONDAY, Practice
from test_hosting import OwnGateway, over


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
    "a question": (lambda: ready("memory:"), lambda practice: practice.clinic.campaigns()),
    "a question over a store in Python": (lambda: ready(OwnStore()), lambda practice: practice.clinic.campaigns()),
    "a store that raises": (away, refused),
}


@needs_proc
@pytest.mark.parametrize("name", CALLS)
def test_nothing_leaks(name: str) -> None:
    make, call = CALLS[name]
    practice = make()
    stays_flat(name, lambda: call(practice), 2_000)


class Later(OwnGateway):
    """A gateway that is asked to hand over messages and has no time, or falls over each time."""

    handed_over = 0
    asked = 0
    falls_over = False

    def submit(self, batch: Sequence[model.Submission]) -> Sequence[model.SubmitResult]:
        self.handed_over += len(batch)
        return [model.SubmitResultTryLater(after_ms=1_000) for _ in batch]

    def balance_milli(self) -> int | None:
        self.asked += 1
        if self.falls_over:
            raise OSError("no answer")
        return 12_000


MESSAGES = 50


def with_messages(gateway: Later) -> tuple[Practice, dt.datetime]:
    """A practice with messages that are due at an instant."""
    practice = over("memory:", gateway)
    practice.remind()
    practice.tell()
    consent = model.Consent(given=True, at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    for number in range(1, MESSAGES):
        practice.clinic.patient(
            id=f"p{number}",
            revision=1,
            first_name="Jan",
            last_name="Nowak",
            phone=f"501 234 {number:03}",
            consents=model.Consents(visits=consent),
            now=MONDAY,
        )
        start = dt.datetime(2026, 11, 20, 12, 30)
        practice.clinic.visit(id=f"v{number}", revision=1, patient=f"p{number}", start=start, now=MONDAY)
    practice.engine.work(MONDAY, 1_000)
    due = practice.engine.next_due()
    assert due is not None
    return practice, due


@needs_proc
def test_nothing_leaks_by_messages_for_a_gateway_in_python() -> None:
    """The same messages are handed over again and again, a second apart, so that the store keeps its size."""
    gateway = Later()
    practice, due = with_messages(gateway)
    at = due

    def hand_over() -> None:
        nonlocal at
        before = gateway.handed_over
        practice.engine.dispatch(at)
        assert gateway.handed_over - before == MESSAGES
        at += dt.timedelta(seconds=1)

    stays_flat("a message for a gateway in Python", hand_over, 2_000, at_once=MESSAGES)


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """What nobody could catch is not written out."""
    before = sys.unraisablehook
    sys.unraisablehook = lambda raised: None
    try:
        yield
    finally:
        sys.unraisablehook = before


@needs_proc
@pytest.mark.parametrize("falls_over", [False, True])
def test_nothing_leaks_by_asking_a_gateway_in_python(falls_over: bool) -> None:
    gateway = Later()
    gateway.falls_over = falls_over
    practice = over("memory:", gateway)
    name = "a gateway in Python that raises" if falls_over else "a gateway in Python"

    def ask() -> None:
        before = gateway.asked
        practice.clinic.ask_balances(MONDAY)
        assert gateway.asked == before + 1

    with unheard():
        stays_flat(name, ask, 2_000)


@needs_proc
def test_engines_come_and_go() -> None:
    """With a store and a gateway in Python each, and a campaign, a patient and a visit told: dear, so not a million of them."""
    stays_flat("an engine", lambda: ready(OwnStore()), 200, long=4_000)


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
