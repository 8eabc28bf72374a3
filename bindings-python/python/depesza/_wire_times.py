"""Times between Python and the wire, and the fault of a value that is not what was expected."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ._refusals import BadArgumentsError


class Fault(Exception):
    """A value that is not what was expected; the path is put together on the way out."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.path: list[str] = []

    def within(self, part: str) -> Fault:
        """The same, seen from one level further out: a key, or a place in brackets."""
        self.path.insert(0, part)
        return self

    def refusal(self) -> BadArgumentsError:
        """The exception for whoever called; it quotes no value."""
        path = "".join(part if part.startswith("[") else f".{part}" for part in self.path).removeprefix(".")
        message = f"{path}: expected {self.expected}" if path else f"expected {self.expected}"
        return BadArgumentsError(message, "bad_arguments", path or None)


def read_instant(value: Any) -> dt.datetime:
    """An instant of RFC 3339, in UTC."""
    if isinstance(value, str):
        try:
            read = dt.datetime.fromisoformat(value)
        except ValueError:
            read = None
        if read is not None and read.tzinfo is not None:
            try:
                return read.astimezone(dt.UTC)
            except OverflowError:
                raise Fault("an instant of the years 1 to 9999") from None
    raise Fault("an instant in RFC 3339")


def write_instant(value: Any) -> str:
    """RFC 3339 in UTC with milliseconds."""
    if not isinstance(value, dt.datetime):
        raise Fault("a datetime with a zone")
    if value.utcoffset() is None:
        raise Fault("a datetime with a zone: this one is local time of nowhere")
    try:
        value = value.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError:
        raise Fault("an instant of the years 1 to 9999") from None
    return f"{value.isoformat(timespec='milliseconds')}Z"


def read_local(value: Any) -> dt.datetime:
    """A local time, without an offset."""
    if isinstance(value, str):
        try:
            read = dt.datetime.fromisoformat(value)
        except ValueError:
            read = None
        if read is not None and read.tzinfo is None:
            return read
    raise Fault("a local time without an offset")


def write_local(value: Any) -> str:
    """A local time as the wire has it."""
    if not isinstance(value, dt.datetime):
        raise Fault("a datetime without a zone")
    if value.tzinfo is not None:
        raise Fault("a datetime without a zone, as the clock on the wall shows it")
    return value.isoformat()


def read_date(value: Any) -> dt.date:
    """A day."""
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise Fault("a date")


def write_date(value: Any) -> str:
    """A day as the wire has it."""
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise Fault("a date")
    return value.isoformat()
