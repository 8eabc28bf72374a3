"""Texts, templates, batches, numbers, replies, rules and refusals over and over: nothing stays in memory."""

from __future__ import annotations

from collections.abc import Callable

import depesza
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
from memory import figures, needs_proc, stays_flat

TEXT = "Dzień dobry, przypominamy o wizycie w środę o 9:30. Odpisz TAK lub NIE."
BODY = "Witaj (imie), czekamy (data|jutro)."
TEMPLATE = depesza.Template(BODY)
LISTS: dict[str, list[str | None]] = {"imie": ["Łucja", None, "Jan"] * 4, "data": ["20.11"] * 12}
ARROW = {"imie": pa.array(LISTS["imie"]), "data": pa.array(LISTS["data"], pa.string_view())}


def refused(refusal: type[Exception], call: Callable[[], object]) -> None:
    try:
        call()
    except refusal:
        return
    raise AssertionError


def of_arrow() -> None:
    made = TEMPLATE.render_batch(ARROW)
    assert pa.array(made.texts).null_count == 4
    assert pa.table(made).num_rows == 12


CALLS: dict[str, Callable[[], object]] = {
    "segments": lambda: depesza.segments(TEXT).encoding,
    "parts and costly": lambda: (depesza.segments(TEXT * 3).parts, depesza.segments(TEXT).costly),
    "split": lambda: depesza.split(TEXT * 3),
    "transliterate": lambda: depesza.transliterate(TEXT),
    "finish": lambda: depesza.finish(TEXT).text,
    "advice": lambda: depesza.advice(TEXT),
    "classify_reply": lambda: depesza.classify_reply("Tak, będę", "tolerant"),
    "parse_number": lambda: depesza.parse_number("501 234 567"),
    "a refused number": lambda: refused(depesza.NumberError, lambda: depesza.parse_number("501")),
    "compile": lambda: depesza.Template(BODY).placeholders,
    "render": lambda: TEMPLATE.render({"imie": "Anna"}),
    "preview": lambda: TEMPLATE.preview(),
    "a refused template": lambda: refused(depesza.TemplateError, lambda: depesza.Template("(abc)")),
    "a missing value": lambda: refused(depesza.MissingValueError, lambda: TEMPLATE.render({})),
    "render_batch of Arrow": of_arrow,
    "render_batch of lists": lambda: TEMPLATE.render_batch(LISTS).texts.to_list(),
}


@needs_proc
@pytest.mark.parametrize("name", CALLS)
def test_nothing_leaks(name: str) -> None:
    stays_flat(name, CALLS[name], 20_000)


@needs_proc
def test_a_leak_is_seen() -> None:
    kept: list[bytes] = []
    with pytest.raises(AssertionError, match="what is kept"):
        # more than the tests before have left free
        stays_flat("what is kept", lambda: kept.append(bytes(5_000)), 20_000, long=20_000)
    figures.pop()
