"""Calls that wait for another machine let go of the interpreter's lock.

The SMSC is a thread of this process, and the interpreter asks nobody for the lock within an hour: a call that kept it would get no
answer, and be over by its own time limit, without what only the answer brings.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import depesza
import pytest
from depesza import model
from smsc import LOCALHOST, UNBIND, Smsc
from test_engine import CLINIC, MONDAY, Practice

# the longest that a test waits for what does not come
LIMIT_MS = 20_000


@pytest.fixture
def smsc() -> Iterator[Smsc]:
    server = Smsc()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(3_600)
    try:
        yield server
    finally:
        sys.setswitchinterval(interval)
        server.stop()


def over(smsc: Smsc) -> depesza.Smpp:
    return depesza.Smpp(
        host=LOCALHOST,
        port=smsc.port,
        system_id="clinic",
        password="Poufne",
        connect_wait_ms=LIMIT_MS,
        response_timeout_ms=LIMIT_MS,
        submit_timeout_ms=2 * LIMIT_MS,
        close_timeout_ms=LIMIT_MS,
    )


def opened(smsc: Smsc) -> depesza.Engine:
    """An engine whose gateway is bound."""
    engine = depesza.Engine.open("memory:", gateways={"smpp": over(smsc)})
    assert smsc.bound.wait(LIMIT_MS / 1_000)
    return engine


def practice_of(engine: depesza.Engine) -> Practice:
    practice = Practice.__new__(Practice)
    practice.engine = engine
    settings = model.Settings(senders=[model.Sender(id="48500100200", receives=True)])
    engine.open_practice(
        model.Practice(id="kowalska", name="Dentica", secret="sixteen bytes or more", settings=settings), MONDAY
    )
    practice.clinic = engine.practice("kowalska")
    practice.desk = practice.clinic.as_user(depesza.User("recepcja", CLINIC))
    return practice


def test_an_engine_that_goes_unbinds_its_gateways(smsc: Smsc) -> None:
    engine = opened(smsc)
    assert UNBIND not in smsc.seen
    del engine
    # already, and not some time after: nobody else could have run since
    assert UNBIND in smsc.seen


def test_an_engine_that_goes_in_another_thread_does_too(smsc: Smsc) -> None:
    engines = [opened(smsc)]
    seen: list[int] = []

    def close() -> None:
        engines.clear()
        seen.extend(smsc.seen)

    thread = threading.Thread(target=close)
    thread.start()
    thread.join()
    assert UNBIND in seen


def test_a_dispatch_waits_for_the_answer(smsc: Smsc) -> None:
    practice = practice_of(opened(smsc))
    practice.remind()
    practice.tell()
    practice.engine.work(MONDAY)
    due = practice.engine.next_due()
    assert due is not None
    assert practice.engine.dispatch(due).accepted == 1
    (message,) = practice.clinic.messages_of_visit("120")
    assert message.provider_ids == ("1",)


def test_receiving_waits_for_what_comes(smsc: Smsc) -> None:
    practice = practice_of(opened(smsc))
    practice.tell()
    begun = threading.Event()

    def deliver() -> None:
        begun.wait()
        smsc.deliver("+48501234567", "48500100200", "tak")

    thread = threading.Thread(target=deliver)
    thread.start()
    begun.set()
    received = practice.engine.receive(MONDAY, wait_s=LIMIT_MS / 1_000)
    thread.join()
    assert received == depesza.gateway.Received(told=1, unrouted=0)
    (row,) = practice.desk.conversation("7").rows
    assert row.message.body == "tak"
