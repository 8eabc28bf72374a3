"""A host's own store and gateway, written in Python: the suite, the engine over them, and what becomes of their exceptions."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import depesza
import pytest
from depesza import model
from depesza.store import TABLES, Commit, ConflictError, CorruptError, Entry, Found, RowKey, Scan, Write, instant_key, key_instant
from depesza.testing import STORE_CHECKS, run_store_check, run_store_suite
from own_store import OwnStore
from test_engine import CLINIC, MONDAY, Practice



@pytest.mark.parametrize("check", STORE_CHECKS)
def test_a_store_in_python_keeps_every_promise(check: str) -> None:
    run_store_check(check, OwnStore())


@pytest.mark.parametrize("check", STORE_CHECKS[:3])
def test_a_store_that_keeps_a_file_does_too(check: str, tmp_path: Path) -> None:
    run_store_check(check, OwnStore(tmp_path / "store.json"))


class Forgetful(OwnStore):
    """Takes every commit, whatever its version."""

    def commit(self, commit: Commit) -> int:
        return super().commit(Commit(commit.practice, self.version(commit.practice), commit.writes))


class Broken(OwnStore):
    """Raises from every read."""

    def read(self, practice: str, rows: Sequence[RowKey]) -> Sequence[str | None]:
        raise OSError("the disk of Łucja Żak is gone")


def test_the_suite_names_what_is_broken() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        run_store_suite(Forgetful)
    broken = [str(error) for error in caught.value.exceptions]
    assert any("Conflict" in each for each in broken), broken
    assert len(broken) < len(STORE_CHECKS)
    with pytest.raises(AssertionError) as reading:
        for check in STORE_CHECKS:
            run_store_check(check, Broken())
    assert isinstance(reading.value.__cause__, OSError)
    with pytest.raises(KeyError):
        run_store_check("that it makes coffee", OwnStore())


def over(store: Any, gateway: Any) -> Practice:
    """A practice over a store and a gateway of the host's own."""
    practice = Practice.__new__(Practice)
    practice.engine = depesza.Engine.open(store, gateways={"own": gateway})
    senders = [model.Sender(id="48500100200", receives=True)]
    settings = model.Settings(senders=senders)
    practice.engine.open_practice(
        model.Practice(id="kowalska", name="Dentica", secret="sixteen bytes or more", settings=settings), MONDAY
    )
    practice.clinic = practice.engine.practice("kowalska")
    practice.desk = practice.clinic.as_user(depesza.User("recepcja", CLINIC))
    return practice


class OwnGateway:
    """Remembers what it was given, and answers as told."""

    def __init__(self, raises: Exception | None = None) -> None:
        self.raises = raises
        self.taken: list[model.Submission] = []
        self.answers: list[model.SubmitResult] = []

    def capabilities(self) -> model.Capabilities:
        return model.Capabilities(
            own_reference=model.OwnReferenceStored(), look_up=True, batch=10, reports=True, cancel=False
        )

    def submit(self, batch: Sequence[model.Submission]) -> Sequence[model.SubmitResult]:
        self.taken.extend(batch)
        if self.raises is not None:
            raise self.raises
        return [model.SubmitResultAccepted(provider_ids=(f"own-{message.reference}",), parts=1) for message in batch]

    def look_up(self, reference: str) -> model.LookupResult:
        return model.LookupResultNotFound()

    def balance_milli(self) -> int | None:
        return 12_000


def one_message(practice: Practice) -> dt.datetime:
    practice.remind()
    practice.tell()
    practice.engine.work(MONDAY)
    due = practice.engine.next_due()
    assert due is not None
    return due


def test_the_engine_runs_over_both(tmp_path: Path) -> None:
    gateway = OwnGateway()
    practice = over(OwnStore(tmp_path / "store.json"), gateway)
    due = one_message(practice)
    assert practice.engine.dispatch(due).accepted == 1
    (message,) = gateway.taken
    assert message.to == "+48501234567"
    assert message.body.startswith("Lucja, czekamy 20.11.2026")
    assert message.at == due
    assert "Lucja" not in repr(message)
    practice.clinic.ask_balances(due)
    assert practice.clinic.accounts()
    kept = practice.clinic.messages_of_visit("120")
    again = depesza.Engine.open(OwnStore(tmp_path / "store.json")).practice("kowalska")
    assert again.messages_of_visit("120") == kept
    assert kept[0].provider_ids == (f"own-{message.reference}",)


@contextlib.contextmanager
def unraisable() -> Iterator[list[BaseException]]:
    """What nobody could catch."""
    seen: list[BaseException] = []
    before = sys.unraisablehook
    sys.unraisablehook = lambda raised: seen.append(raised.exc_value or AssertionError())
    try:
        yield seen
    finally:
        sys.unraisablehook = before


def test_a_gateway_that_raises_is_no_refusal() -> None:
    lost = TimeoutError("no answer for Łucja Żak")
    gateway = OwnGateway(lost)
    practice = over("memory:", gateway)
    due = one_message(practice)
    with unraisable() as seen:
        sent = practice.engine.dispatch(due)
    assert (sent.submitted, sent.accepted, sent.unknown) == (1, 0, 1)
    assert seen == [lost]
    (message,) = practice.clinic.messages_of_visit("120")
    assert message.status == model.Status.SUBMITTING
    assert not message.failures


def test_answers_that_are_none_are_no_refusal() -> None:
    gateway = OwnGateway()
    gateway.submit = lambda batch: ["yes"] * len(batch)  # type: ignore[method-assign, list-item]
    practice = over("memory:", gateway)
    due = one_message(practice)
    with unraisable() as seen:
        assert practice.engine.dispatch(due).unknown == 1
    assert len(seen) == 1


def test_a_gateway_that_cannot_say_what_it_can_do_is_not_taken() -> None:
    class Dumb(OwnGateway):
        def capabilities(self) -> model.Capabilities:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        depesza.Engine.open("memory:", gateway=Dumb())


def test_a_store_that_raises_is_not_available_and_its_exception_is_the_cause() -> None:
    gone = OSError("the disk of Łucja Żak is gone")

    class Failing(OwnStore):
        fails: BaseException | None = None

        def read(self, practice: str, rows: Sequence[RowKey]) -> Sequence[str | None]:
            if self.fails is not None:
                raise self.fails
            return super().read(practice, rows)

    store = Failing()
    practice = over(store, OwnGateway())
    practice.remind()
    for fails, code in ((gone, "store_unavailable"), (CorruptError("torn"), "store_corrupt")):
        store.fails = fails
        with pytest.raises(depesza.StoreError) as caught:
            practice.clinic.campaigns()
        assert caught.value.code == code
        assert caught.value.__cause__ is fails
        assert "Żak" not in str(caught.value)
    store.fails = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        practice.clinic.campaigns()
    store.fails = None
    assert len(practice.clinic.campaigns()) == 1


def test_a_store_that_answers_something_else_is_not_available() -> None:
    class Odd(OwnStore):
        def version(self, practice: str) -> int:
            return "one"  # type: ignore[return-value]

    with pytest.raises(depesza.StoreError) as caught:
        depesza.Engine.open(Odd()).practice("kowalska").campaigns()
    assert isinstance(caught.value.__cause__, TypeError)


def test_a_store_may_have_turns_scans_and_a_scrub() -> None:
    asked: list[str] = []

    class Whole(OwnStore):
        def scans(self, practice: str, scans: Sequence[Scan]) -> list[Sequence[Found]]:
            asked.append("scans")
            return [self.scan(practice, scan) for scan in scans]

        @contextlib.contextmanager
        def turn(self, practice: str, queue: str, until: dt.datetime) -> Iterator[None]:
            asked.append("turn")
            yield
            asked.append("end of turn")

        def scrub(self) -> None:
            asked.append("scrub")

    practice = over(Whole(), OwnGateway())
    due = one_message(practice)
    assert practice.engine.dispatch(due).accepted == 1
    assert practice.desk.erase_patient("7", due).scrubbed
    assert {"scans", "turn", "scrub"} <= set(asked)
    assert asked.count("turn") == asked.count("end of turn")

    class Taken(OwnStore):
        def turn(self, practice: str, queue: str, until: dt.datetime) -> None:
            return None

    practice = over(Taken(), OwnGateway())
    assert practice.engine.dispatch(one_message(practice)).submitted == 0


def test_rows_sort_as_the_engine_wants_them_and_keys_show_nothing() -> None:
    rows = [RowKey(TABLES[2], "a"), RowKey(TABLES[0], "b"), RowKey(TABLES[0], "a")]
    assert sorted(rows) == [rows[2], rows[1], rows[0]]
    entry = Entry("patient_number", "+48501234567")
    shown = repr(
        Commit("kowalska", 1, (Write(RowKey("patient", "7"), '{"first_name": "Łucja"}', (entry,), (entry,)),))
    ) + repr(Scan("patient_number", "+48501", "+48502", 10, False)) + repr(Found("+48501234567", RowKey("patient", "7"), "Łucja"))
    assert "48501" not in shown
    assert "Łucja" not in shown
    assert str(ConflictError(3, 4)) == "the practice was changed meanwhile: expected version 3, found 4"


def test_keys_of_instants_sort_by_time() -> None:
    assert instant_key(dt.datetime(1970, 1, 1, 0, 0, 1, tzinfo=dt.UTC)) == "000000000001000"
    assert key_instant(instant_key(MONDAY) + "|7") == MONDAY
    assert instant_key(MONDAY) < instant_key(MONDAY + dt.timedelta(milliseconds=1))


