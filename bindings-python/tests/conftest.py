"""Counts the vectors that ran (a run of the whole suite that left one out fails), and says what the long runs added to memory."""

from __future__ import annotations

import memory
import pytest
import vectors

_ran: dict[str, set[str]] = {}
ROOMS = ("phone", "reply", "template", "text")


@pytest.fixture
def ran(request: pytest.FixtureRequest) -> None:
    """Notes that a case of a room was run."""
    room, case = request.node.callspec.params["room"], request.node.callspec.params["case"]
    _ran.setdefault(room, set()).add(case["id"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test `test_ROOM_vector` takes the cases of its room, by id."""
    room = metafunc.function.__name__.removeprefix("test_").removesuffix("_vector")
    if {"room", "case"} <= set(metafunc.fixturenames):
        cases = vectors.cases(room)
        metafunc.parametrize(("room", "case"), [(room, case) for case in cases], ids=[case["id"] for case in cases])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The count comes last."""
    items.sort(key=lambda item: item.name.startswith("test_every_vector_ran"))


@pytest.fixture
def ran_ids() -> dict[str, set[str]]:
    """What was run of each room."""
    return _ran


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a call over and over added."""
    if memory.LONG:
        for name, times, added in memory.figures:
            terminalreporter.write_line(f"memory: {added:5} KiB by {times} of {name}")
