#!/usr/bin/env python3
"""Beside what people use today: messages from columns, and what a text costs. One run, one thread, ratios of its own times.

    bindings-python/test && target/python/tools/bin/python bindings-python/bench/bench.py [--rows N]

Each piece of work runs several times in turn with the others, and its best time counts: processor time, which other processes
of a busy machine do not add to as they do to the clock's; of what runs on two threads the clock's. Every goal is printed with what came of
it, `met` or `MISSED`; the exit code is 0 either way, for a busy machine is nobody's fault.
"""

from __future__ import annotations

import os

# before polars starts its threads
os.environ["POLARS_MAX_THREADS"] = "1"

import argparse
import gc
import platform
import time
from collections.abc import Callable
from typing import Any

import depesza
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import smsutil  # type: ignore[import-untyped]

BODY = "Dzień dobry (imie) (nazwisko), czekamy (data) o (godzina), (lekarz), (gabinet). Prosimy odpisać TAK lub NIE. Przychodnia Dentica, tel. 22 123 45 67"
FIRST = ["Anna", "Łucja", "Krzysztof", "Małgorzata", "Jan", "Zofia", "Paweł"]
LAST = ["Kowalska", "Żak", "Wiśniewski", "Nowak", "Dąbrowska", "Wójcik"]
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€"
)


def rows(count: int) -> dict[str, list[str]]:
    """Invented patients and visits."""
    at = range(count)
    return {
        "imie": [FIRST[row % len(FIRST)] for row in at],
        "nazwisko": [LAST[row % len(LAST)] for row in at],
        "data": [f"{row % 28 + 1:02}.11.2026" for row in at],
        "godzina": [f"{8 + row % 10}:{row % 4 * 15:02}" for row in at],
        "lekarz": ["dr Józef Żuk" if row % 2 else "dr Ewa Lis" for row in at],
        "gabinet": [f"gabinet {row % 9 + 1}" for row in at],
    }


def best(works: dict[str, Callable[[], Any]], times: int) -> dict[str, float]:
    """The best time of each, in seconds; they take turns, so that all meet the same moods of the machine."""
    found = dict.fromkeys(works, float("inf"))
    gc.disable()
    for _ in range(times):
        for name, work in works.items():
            gc.collect()
            clock = time.perf_counter if "threads" in name else time.process_time
            begin = clock()
            kept = work()
            found[name] = min(found[name], clock() - begin)
            del kept
    gc.enable()
    return found


def goal(what: str, ratio: float, wanted: float) -> None:
    """A line with a goal."""
    print(f"    {'met   ' if ratio >= wanted else 'MISSED'}  {what}: {ratio:.2f} times (goal {wanted:g})")


def batches(count: int, times: int) -> None:
    """Messages from columns."""
    columns = rows(count)
    template = depesza.Template(BODY)
    pattern = BODY
    for name in columns:
        pattern = pattern.replace(f"({name})", "{}")
    in_polars = pl.DataFrame(columns)
    in_arrow = pa.table(columns)
    in_pandas = pd.DataFrame(columns)
    lists = list(columns.values())

    def f_strings() -> list[str]:
        return [
            f"Dzień dobry {a} {b}, czekamy {c} o {d}, {e}, {f}. Prosimy odpisać TAK lub NIE. Przychodnia Dentica, tel. 22 123 45 67"
            for a, b, c, d, e, f in zip(*lists, strict=True)
        ]

    works: dict[str, Callable[[], Any]] = {
        "list of f-strings": f_strings,
        "polars pl.format": lambda: in_polars.select(pl.format(pattern, *columns)),
        "render_batch, polars": lambda: template.render_batch(in_polars),
        "render_batch, pyarrow": lambda: template.render_batch(in_arrow),
        "render_batch, pandas": lambda: template.render_batch(in_pandas),
        "render_batch, lists": lambda: template.render_batch(columns),
        "render_batch, pyarrow, 2 threads": lambda: template.render_batch(in_arrow, threads=2),
    }
    made = template.render_batch(in_polars)
    expected = f_strings()
    polished = in_polars.select(pl.format(pattern, *columns)).to_series().to_list()
    assert polished == expected
    assert made.texts[:1000].to_list() == [depesza.finish(text).text for text in expected[:1000]]
    length = sum(map(len, expected)) / count
    del expected, polished, made
    print(f"{count:,} messages of {length:.0f} characters from six columns; f-strings and pl.format neither fold nor count\n")
    found = best(works, times)
    for name, seconds in found.items():
        print(f"    {name:<34} {seconds / count * 1e9:8.1f} ns a row  {count / seconds / 1e6:7.2f} million rows/s")
    print()
    for source in ("polars", "pyarrow"):
        mine = found[f"render_batch, {source}"]
        goal(f"render_batch over {source} beside f-strings", found["list of f-strings"] / mine, 6)
        goal(f"render_batch over {source} beside pl.format", found["polars pl.format"] / mine, 1)
    print()


def texts(times: int) -> None:
    """What one text costs."""
    template = depesza.Template(BODY)
    folded = template.render_batch(rows(1000)).texts.to_list()
    polish = template.render_batch(rows(1000), diacritics="polish").texts.to_list()
    segments, split = depesza.segments, smsutil.split
    for name, some in (("GSM-7", folded), ("UCS-2", polish)):
        # every contender has the same texts
        same = [text or "" for text in some]
        often = same * 10
        # strings of their own for each run: the interpreter makes a UTF-8 form of a str once, and keeps it
        fresh = iter([[text[:1] + text[1:] for text in same] for _ in range(times)])

        def counted(texts: list[str] = often) -> None:
            for text in texts:
                segments(text)

        def new(fresh: Any = fresh) -> None:
            counted(next(fresh))

        def looked(texts: list[str] = often) -> None:
            for text in texts:
                set(text) <= GSM_7

        def superset(texts: list[str] = often) -> None:
            for text in texts:
                GSM_7.issuperset(text)

        def all_in(texts: list[str] = same) -> None:
            for text in texts:
                all(character in GSM_7 for character in text)

        def cut(texts: list[str] = same) -> None:
            for text in texts:
                split(text)

        found = best({"segments": counted, "new": new, "set": looked, "superset": superset, "all": all_in, "smsutil": cut}, times)
        each = {key: seconds / len(often if key in ("segments", "set", "superset") else same) for key, seconds in found.items()}
        print(f"one text of {len(same[0])} characters, {name}\n")
        for key, what in (
            ("segments", "depesza.segments(text)"),
            ("new", "the same, of a text never seen"),
            ("superset", "GSM_7.issuperset(text)"),
            ("set", "set(text) <= GSM_7"),
            ("all", "all(c in GSM_7 for c in text)"),
            ("smsutil", "smsutil.split(text)"),
        ):
            print(f"    {what:<34} {each[key] * 1e9:8.0f} ns")
        print()
        goal("segments beside smsutil's split", each["smsutil"] / each["segments"], 150)
        goal("segments beside a pure-Python set test, set(text) <= GSM_7", each["set"] / each["segments"], 10)
        print(f"            (beside GSM_7.issuperset(text): {each['superset'] / each['segments']:.2f} times)\n")


def main() -> None:
    """Runs it all."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--rows", type=int, default=1_000_000, help="messages of a batch")
    arguments.add_argument("--times", type=int, default=7, help="runs of each, the best of which counts")
    options = arguments.parse_args()
    print(f"Python {platform.python_version()}, polars {pl.__version__}, pyarrow {pa.__version__}, pandas {pd.__version__}\n")
    batches(options.rows, options.times)
    texts(10 * options.times)


if __name__ == "__main__":
    main()
