"""Threads, other interpreters, and what is imported."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import depesza
import pyarrow as pa  # type: ignore[import-untyped]

TEXT = "Dzień dobry, przypominamy o wizycie w środę o 9:30. Odpisz TAK lub NIE."
TEMPLATE = depesza.Template("Witaj (imie), czekamy (data|jutro).")
ARROW = {"imie": pa.array(["Łucja", None, "Jan"] * 40), "data": pa.array(["20.11"] * 120, pa.string_view())}


def test_many_threads_at_once() -> None:
    expected = TEMPLATE.render_batch(ARROW, threads=2).texts.to_list()
    parts = depesza.segments(TEXT * 5).parts

    def work(_: int) -> bool:
        same = TEMPLATE.render_batch(ARROW, threads=2).texts.to_list() == expected
        return same and depesza.segments(TEXT * 5).parts == parts and depesza.classify_reply("tak") == "yes"

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(400)))


def test_a_batch_lets_other_threads_run() -> None:
    """Nobody else gets the lock unless it is let go: the interpreter asks for it only after an hour."""
    # of a list: who exports Arrow may let go of it too
    columns = {"imie": ["Łucja"] * 100_000, "data": None}
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
        for _ in range(500):
            # the other thread may need a moment to wake
            if ran:
                break
            TEMPLATE.render_batch(columns)
        assert ran
    finally:
        sys.setswitchinterval(interval)
        started.set()
        thread.join()


def test_a_second_interpreter_is_refused_by_name() -> None:
    """The state that the guide declares: the main interpreter of a process alone."""
    code = """
import depesza
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
other = interpreters.create()
said = interpreters.run_string(other, '''
try:
    import depesza
except ImportError as error:
    assert "sub-interpreter" in str(error) or "subinterpreters" in str(error), error
else:
    raise SystemExit("it was imported")
''')
assert said is None, said
print("refused")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr


def test_what_is_not_asked_for_is_not_imported() -> None:
    code = "import sys, depesza; assert not {'depesza.model', 'dataclasses_json', 'pandas', 'pyarrow'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)
