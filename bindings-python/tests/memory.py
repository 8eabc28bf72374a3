"""What stays in memory after something was done over and over."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest

LONG = os.environ.get("DEPESZA_LONG") == "1"
MILLION = 1_000_000
LIMIT_KIB = 4_096
"""How much may be added after a warm-up, whatever the number of calls: of a million, four bytes a call."""

SMAPS = Path("/proc/self/smaps_rollup")
needs_proc = pytest.mark.skipif(not SMAPS.exists(), reason="needs /proc")
figures: list[tuple[str, int, int]] = []
"""What was done, how often, and what it added in KiB."""


def resident_kib() -> int:
    """What this process has in memory now, counted by page: the sum that `statm` shows is some hundred KiB late."""
    (line,) = (line for line in SMAPS.read_text().splitlines() if line.startswith("Rss:"))
    return int(line.split()[1])


def stays_flat(name: str, call: Callable[[], object], quick: int, *, long: int = MILLION, at_once: int = 1) -> None:
    """Calls over and over: `long` times with DEPESZA_LONG=1, otherwise `quick` times, and a tenth of it before as a warm-up.

    One call does what is counted `at_once` times.
    """
    calls = (long if LONG else quick) // at_once
    for _ in range(calls // 10):
        call()
    gc.collect()
    before = resident_kib()
    for _ in range(calls):
        call()
    gc.collect()
    added = resident_kib() - before
    figures.append((name, calls * at_once, added))
    assert added < LIMIT_KIB, f"{name}: {calls * at_once} times added {added} KiB"
