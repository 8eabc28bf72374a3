"""Instants as milliseconds since 1970, as the native half counts them."""

from __future__ import annotations

import datetime as dt

from ._refusals import BadArgumentsError

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def at_ms(at: dt.datetime) -> int:
    """Milliseconds since 1970 of an instant with a zone."""
    return (at - _EPOCH) // dt.timedelta(milliseconds=1)


LAST_MS = at_ms(dt.datetime.max.replace(tzinfo=dt.UTC))
"""The last instant that Python knows."""


def instant_of(ms: int) -> dt.datetime:
    """The instant, in UTC."""
    return _EPOCH + dt.timedelta(milliseconds=min(ms, LAST_MS))


def given_ms(at: dt.datetime | None, field: str) -> int:
    """Milliseconds since 1970 of what was given for `field`; of the clock, where nothing was."""
    at = at or dt.datetime.now(dt.UTC)
    if at.utcoffset() is None:
        message = f"{field}: expected a datetime with a zone: this one is local time of nowhere"
        raise BadArgumentsError(message, "bad_arguments", field)
    return at_ms(at)
