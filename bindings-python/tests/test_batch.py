"""Batches: every source of columns gives what rendering row by row gives."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal, localcontext
from pathlib import Path
from typing import Any

import depesza
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

BODY = "Dzień dobry (imie), czekamy (data) o (godzina|10:00). Odpisz TAK lub NIE."
TEMPLATE = depesza.Template(BODY)
NAME = depesza.Template("(imie|nikt)")
NAMES = ["Anna", "Łucja", "Małgorzata Wiśniewska-Szczepańska", "Jo", None, "😀 Jan", "  Ewa ", "", "Ż" * 200]
ROWS = 20_000


def rows() -> dict[str, list[str | None]]:
    return {
        "imie": [NAMES[row % len(NAMES)] for row in range(ROWS)],
        "data": [f"{row % 28 + 1}.11.2026" for row in range(ROWS)],
        "godzina": ["9:30" if row % 3 else None for row in range(ROWS)],
        "other": [None] * ROWS,
    }


def chunked(array: Any, sizes: tuple[int, ...]) -> Any:
    """The array in chunks of these sizes, again and again."""
    chunks, at = [], 0
    while at < len(array):
        for size in sizes:
            chunks.append(array[at : at + size])
            at += size
    return pa.chunked_array(chunks, type=array.type)


class Stream:
    """A table that is nothing but a stream."""

    def __init__(self, of: Any) -> None:
        self.of = of

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.of.__arrow_c_stream__(requested_schema)


SOURCES: dict[str, Callable[[], Any]] = {
    "lists": rows,
    "tuples": lambda: {name: tuple(column) for name, column in rows().items()},
    "generators": lambda: {name: iter(column) for name, column in rows().items()},
    "pandas": lambda: pd.DataFrame(rows()),
    "pandas of objects": lambda: pd.DataFrame(rows(), dtype=object),
    "pandas categories": lambda: pd.DataFrame(rows()).astype({"imie": "category", "data": "category"}),
    "polars": lambda: pl.DataFrame(rows()),
    "polars chunks": lambda: pl.concat([pl.DataFrame(rows()).slice(at, 7_001) for at in (0, 7_001, 14_002)], rechunk=False),
    "polars categories": lambda: pl.DataFrame(rows()).with_columns(pl.col("imie", "data").cast(pl.Categorical)),
    "pyarrow": lambda: pa.table(rows()),
    "pyarrow large": lambda: {name: pa.array(column, pa.large_string()) for name, column in rows().items()},
    "pyarrow views": lambda: {name: pa.array(column, pa.string_view()) for name, column in rows().items()},
    "pyarrow dictionaries": lambda: {
        name: pa.array(column, pa.string()).dictionary_encode() for name, column in rows().items()
    },
    "pyarrow slices": lambda: {
        name: pa.array(["x", None, *column, "y"], pa.string()).slice(2, ROWS) for name, column in rows().items()
    },
    "pyarrow slices of views": lambda: {
        name: pa.array(["x", None, *column, "y"], pa.string_view()).slice(2, ROWS) for name, column in rows().items()
    },
    "pyarrow chunks of other sizes": lambda: {
        name: chunked(pa.array(column, pa.string()), sizes)
        for (name, column), sizes in zip(rows().items(), [(1, 4_000), (999,), (20_000,), (7,)], strict=True)
    },
    "pyarrow batch": lambda: pa.RecordBatch.from_pydict(rows()),
    "stream": lambda: Stream(pl.DataFrame(rows()).drop("other")),
    "stream of batches": lambda: Stream(pa.Table.from_batches(pa.table(rows()).to_batches(max_chunksize=333))),
}


@pytest.fixture(scope="module")
def one_by_one() -> list[depesza.Finished | None]:
    """The rows rendered and finished one after another."""
    made: list[depesza.Finished | None] = []
    columns = rows()
    for at in range(ROWS):
        try:
            text = TEMPLATE.render({name: column[at] for name, column in columns.items()})
            made.append(depesza.finish(text))
        except depesza.MissingValueError:
            made.append(None)
    return made


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("source", SOURCES)
def test_a_batch_is_its_rows(source: str, threads: int, one_by_one: list[depesza.Finished | None]) -> None:
    batch = TEMPLATE.render_batch(SOURCES[source](), threads=threads, part_milli=90)
    assert len(batch) == ROWS
    assert batch.texts.to_list() == [it and it.text for it in one_by_one]
    assert batch.encodings.to_list() == [it and it.segments.encoding for it in one_by_one]
    assert batch.segments.to_list() == [it.segments.count if it else 0 for it in one_by_one]
    assert batch.missing == tuple(
        depesza.MissingRow(row, "imie") for row, it in enumerate(one_by_one) if it is None
    )
    parts = sum(it.segments.count for it in one_by_one if it)
    assert (batch.parts, batch.cost) == (parts, Decimal(parts * 90) / 1000)
    assert sum(batch.costs_milli) == parts * 90


def test_what_comes_out_is_arrow() -> None:
    batch = TEMPLATE.render_batch(rows(), part_milli=90)
    texts = batch.texts.to_list()
    assert pa.array(batch.texts).to_pylist() == texts
    assert pl.Series(batch.texts).to_list() == texts
    assert pd.Series.from_arrow(batch.texts).tolist()[:3] == texts[:3]
    assert pa.array(batch.segments).to_pylist() == batch.segments.to_list()
    assert pa.array(batch.encodings).to_pylist() == batch.encodings.to_list()
    assert pa.array(batch.costs_milli).type == pa.int64()
    table = pa.table(batch)
    assert table.column_names == ["text", "encoding", "segments", "cost_milli"]
    assert table["text"].to_pylist() == texts
    assert table.schema.types[1:] == [pa.dictionary(pa.int8(), pa.string()), pa.uint32(), pa.int64()]
    table.validate(full=True)
    frame = pl.DataFrame(batch)
    assert frame["text"].to_list() == texts
    assert frame["encoding"].cast(pl.String).to_list() == batch.encodings.to_list()
    assert pd.DataFrame.from_arrow(batch).shape == (ROWS, 4)
    again = depesza.Template("(text)", custom=["text"]).render_batch(batch)
    assert again.texts == batch.texts


def test_texts_are_not_copied() -> None:
    batch = TEMPLATE.render_batch({"imie": ["Anna"] * 1000, "data": "jutro", "godzina": None})
    first, second = (pa.array(batch.texts).buffers()[2].address for _ in range(2))
    assert first == second
    assert batch.texts[0] == "Dzien dobry Anna, czekamy jutro o 10:00. Odpisz TAK lub NIE."


def test_it_outlives_what_it_came_from() -> None:
    texts = pa.array(TEMPLATE.render_batch(pl.DataFrame(rows())).texts)
    assert texts.null_count == sum(not (name or "").strip() for name in rows()["imie"])
    texts.validate(full=True)


def test_a_column_is_a_sequence() -> None:
    column = TEMPLATE.render_batch({"imie": ["Anna", None, "Jan"], "data": "jutro", "godzina": None}).texts
    texts = [f"Dzien dobry {name}, czekamy jutro o 10:00. Odpisz TAK lub NIE." for name in ("Anna", "Jan")]
    assert list(column) == [texts[0], None, texts[1]]
    assert (column[-1], column[1]) == (texts[1], None)
    assert column[1:] == column[-2:]
    assert column[1:] != column
    assert column[5:].to_list() == []
    assert texts[1] in column
    assert repr(column) == "Column(texts, rows=3)"
    for row in (3, -4, 2**63, -(2**70)):
        with pytest.raises(IndexError):
            column[row]
    with pytest.raises(ValueError, match="step"):
        column[::2]
    with pytest.raises(TypeError, match="index"):
        column["a"]  # type: ignore[call-overload]


def test_choices_are_taken() -> None:
    columns = {"imie": ["Łucja"], "data": "jutro", "godzina": None}
    polish = TEMPLATE.render_batch(columns, diacritics="polish")
    assert (polish.texts[0], polish.encodings[0]) == (TEMPLATE.render({"imie": "Łucja", "data": "jutro"}), "UCS-2")
    assert TEMPLATE.render_batch(columns, diacritics=depesza.Diacritics.WHEN_FREE).encodings[0] == "UCS-2"
    long = {"imie": ["a" * 500], "data": "jutro", "godzina": None}
    counts = [TEMPLATE.render_batch(long, reference_bits=bits).segments[0] for bits in (8, 16)]
    assert counts == [depesza.segments("x" * (500 + 57), bits).count for bits in (8, 16)]


def test_columns_are_found_by_any_way_to_write_their_names() -> None:
    template = depesza.Template("(imie) (data:slownie)")
    frame = pl.DataFrame({"Imię": ["Anna"], "DATA:słownie": ["1 maja"], "Data": ["1.05"]})
    for columns in (frame, Stream(frame), frame.to_dict(as_series=False)):
        assert template.render_batch(columns).texts[0] == "Anna 1 maja"


def test_a_column_without_any_value() -> None:
    nothing = [None, None]
    for column in (nothing, pl.Series(nothing), pa.nulls(2), pa.chunked_array([pa.nulls(1), pa.nulls(1)]), pd.Series(nothing)):
        batch = TEMPLATE.render_batch({"imie": ["Anna", "Jan"], "data": "jutro", "godzina": column})
        assert batch.texts[1] == "Dzien dobry Jan, czekamy jutro o 10:00. Odpisz TAK lub NIE."


def test_no_rows() -> None:
    empty: dict[str, list[str]] = {"imie": [], "data": [], "godzina": []}
    sources: list[Any] = [pl.DataFrame(rows()).head(0), empty, Stream(pa.table(rows()).slice(0, 0))]
    for columns in sources:
        batch = TEMPLATE.render_batch(columns, threads=4)
        assert (len(batch), batch.texts.to_list(), batch.missing) == (0, [], ())
        assert batch.cost == 0
        assert pa.table(batch).num_rows == 0


def test_a_template_without_values_has_as_many_messages_as_there_are_rows() -> None:
    template = depesza.Template("Zapraszamy")
    assert len(template.render_batch(pl.DataFrame(rows()))) == ROWS
    assert len(template.render_batch(Stream(pl.DataFrame(rows()).drop("other")))) == ROWS
    assert template.render_batch({}).texts.to_list() == ["Zapraszamy"]


FAULTY: dict[str, tuple[Any, str, str, int | None]] = {
    "no such column": (pl.DataFrame({"imie": ["a"], "data": ["b"]}), "godzina", "not there", None),
    "another length": ({"imie": ["a"], "data": ["b", "c"], "godzina": None}, "data", "expected 1 rows, got 2", None),
    "integers": (pl.DataFrame({"imie": [1], "data": ["b"], "godzina": ["c"]}), "imie", "expected texts, got Int64", None),
    "dates": ({"imie": ["a"], "data": pa.array([0], pa.date32()), "godzina": None}, "data", "got Date32", None),
    "an integer": ({"imie": ["a"], "data": 7, "godzina": None}, "data", "expected texts, got int", None),
    "an integer in a list": ({"imie": ["a", 7], "data": "b", "godzina": None}, "imie", "row 1: expected str or None, got int", 1),
    "bytes in a list": ({"imie": ["a", b"b"], "data": "b", "godzina": None}, "imie", "row 1: expected str or None, got bytes", 1),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_wrong_column_is_named(name: str) -> None:
    columns, field, message, row = FAULTY[name]
    with pytest.raises(depesza.ColumnError, match=message) as raised:
        TEMPLATE.render_batch(columns)
    assert (raised.value.field, raised.value.row, raised.value.code) == (field, row, "column")


BINARY = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary(), pa.string_view(): pa.binary_view()}


def as_texts(kind: pa.DataType, values: list[bytes]) -> Any:
    """An array of texts that nobody has looked at."""
    return pa.Array.from_buffers(kind, len(values), pa.array(values, pa.binary()).cast(BINARY[kind]).buffers())


@pytest.mark.parametrize("kind", list(BINARY))
@pytest.mark.parametrize("bad", [b"\xff", b"a long enough text that has a bad byte at its end \xc5"])
def test_bytes_that_are_no_text_are_refused(kind: pa.DataType, bad: bytes) -> None:
    texts = as_texts(kind, [b"Anna", bad, b"Jan"])
    with pytest.raises(depesza.ColumnError, match="not UTF-8") as raised:
        TEMPLATE.render_batch({"imie": texts, "data": "jutro", "godzina": None}, threads=2)
    assert raised.value.field == "imie"


@pytest.mark.parametrize("kind", list(BINARY))
def test_short_bytes_are_text_when_python_says_so(kind: pa.DataType) -> None:
    # first and last bytes of characters of every length, and what begins none (The Unicode Standard, table 3-7)
    alphabet = b"aZ \x7f\x80\x81\x9f\xa0\xbf\xc0\xc1\xc2\xc4\xc5\xdf\xe0\xe1\xed\xef\xf0\xf4\xf5\xff"
    chance = random.Random(20261122)
    characters = ["a", "Ł", "ó", "ż", "€", "\U0001f600", "ÿ", "\u0080", "\u07ff", "\u0800"]
    texts = 0
    for _ in range(3000):
        short = bytes(chance.choices(alphabet, k=chance.randint(1, 3)))
        value = "".join(chance.choices(characters, k=chance.randint(0, 6))).encode()[: chance.randint(1, 12)]
        for value in (short, value, (value + short)[-12:]):
            given = as_texts(kind, [value, b"Anna"])
            try:
                expected = [value.decode(), "Anna"]
            except UnicodeDecodeError:
                with pytest.raises(depesza.ColumnError, match="not UTF-8"):
                    NAME.render_batch({"imie": given})
            else:
                texts += 1
                assert NAME.render_batch({"imie": given}).texts == NAME.render_batch({"imie": expected}).texts
    assert 2000 < texts < 8000


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_a_character_cut_between_two_rows_is_no_text(kind: pa.DataType) -> None:
    whole = pa.array(["Łucja", "Anna"], kind)
    width = 4 if kind == pa.string() else 8
    offsets = b"".join(end.to_bytes(width, "little") for end in (0, 1, len("ŁucjaAnna".encode())))
    cut = pa.Array.from_buffers(kind, 2, [None, pa.py_buffer(offsets), whole.buffers()[2]])
    with pytest.raises(depesza.ColumnError, match="not UTF-8"):
        NAME.render_batch({"imie": cut})


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_bytes_in_a_null_row_need_not_be_text(kind: pa.DataType) -> None:
    column = pa.array([b"Anna", b"\xff\xc5", "Łu".encode()], pa.binary() if kind == pa.string() else pa.large_binary())
    texts = pa.Array.from_buffers(kind, 3, [pa.py_buffer(b"\x05"), *column.buffers()[1:]])
    batch = depesza.Template("(imie|nikt)").render_batch({"imie": texts})
    assert batch.texts.to_list() == ["Anna", "nikt", "Lu"]


def test_what_lies_in_a_null_row_is_nobodys() -> None:
    buffers = pa.array(["Anna", "Barbara", "Jan"]).buffers()
    texts = pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(b"\x05"), *buffers[1:]])
    batch = TEMPLATE.render_batch({"imie": texts, "data": "jutro", "godzina": None})
    assert [missing.row for missing in batch.missing] == [1]


def test_other_things_are_no_columns() -> None:
    for columns in (7, "imie", [["a"]], pl.Series(["a"])):
        with pytest.raises((TypeError, depesza.ColumnError)):
            TEMPLATE.render_batch(columns)  # type: ignore[arg-type]
    for threads in (0, -1, 257):
        with pytest.raises((ValueError, OverflowError)):
            TEMPLATE.render_batch(rows(), threads=threads)


def test_a_stream_that_fails_is_an_error() -> None:
    class Failing:
        column_names = ("imie", "data", "godzina")

        def __getitem__(self, name: str) -> Any:
            def batches() -> Any:
                yield pa.record_batch({"x": pa.array(["a"])})
                raise RuntimeError("the source is gone")

            return pa.RecordBatchReader.from_batches(pa.schema({"x": pa.string()}), batches())

    # its words may quote what a column holds
    with pytest.raises(depesza.ColumnError, match="the source failed") as raised:
        TEMPLATE.render_batch(Failing())  # type: ignore[arg-type]
    assert "gone" not in str(raised.value)


def test_what_a_source_raises_is_not_quoted() -> None:
    frame = pd.DataFrame({"imie": pd.Series(["Kowalska", 7], dtype=object), "data": ["jutro"] * 2, "godzina": ["9:30"] * 2})
    for columns in (frame, Stream(frame)):
        with pytest.raises(depesza.ColumnError, match="the source raised Arrow") as raised:
            TEMPLATE.render_batch(columns)
        assert "Kowalska" not in f"{raised.value!r} {raised.value.__cause__!r} {raised.value.__context__!r}"

    class Interrupted:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        TEMPLATE.render_batch({"imie": Interrupted()})


class Handed:
    """Hands out the same capsules again and again."""

    def __init__(self, method: str, of: Any) -> None:
        capsules = getattr(of, method)()
        setattr(self, "capsules", capsules)
        setattr(type(self), method, lambda self, requested_schema=None: capsules)


@pytest.mark.parametrize("method", ["__arrow_c_array__", "__arrow_c_stream__"])
@pytest.mark.parametrize("first", ["pyarrow", "depesza"])
def test_a_capsule_is_taken_once(method: str, first: str) -> None:
    array = pa.array(["Anna", "Jan"])
    kind = type("Once", (Handed,), {})
    once: Any = kind(method, array if method == "__arrow_c_array__" else pa.chunked_array([array]))
    template = depesza.Template("(imie)")
    if first == "depesza":
        assert template.render_batch({"imie": once}).texts.to_list() == ["Anna", "Jan"]
    elif method == "__arrow_c_array__":
        assert pa.array(once).to_pylist() == ["Anna", "Jan"]
    else:
        assert pa.chunked_array(once).to_pylist() == ["Anna", "Jan"]
    for _ in range(3):
        with pytest.raises(depesza.ColumnError, match="was read before") as raised:
            template.render_batch({"imie": once})
        assert raised.value.field == "imie"


PYTHON_FILES = """
import sys
import depesza, pyarrow as pa, pyarrow.dataset, pyarrow.feather, pyarrow.fs as fs

local = fs.LocalFileSystem()
asked = []

def method(name):
    def call(self, *arguments):
        return getattr(local, {"get_file_info_selector": "get_file_info"}.get(name, name))(*arguments)
    return call

def opened(self, path):
    asked.append(path)
    return pa.PythonFile(open(path, "rb"), mode="r")

methods = {name: method(name) for name in fs.FileSystemHandler.__abstractmethods__}
methods |= {"open_input_file": opened, "open_input_stream": opened, "get_type_name": lambda self: "python"}
path = sys.argv[1]
pa.feather.write_feather(pa.table({"imie": ["Anna", "Jan"] * 5_000}), path, compression="uncompressed")
files = fs.PyFileSystem(type("Files", (fs.FileSystemHandler,), methods)())
reader = pyarrow.dataset.dataset(path, filesystem=files, format="ipc").scanner().to_reader()
batch = depesza.Template("(imie)").render_batch(reader)
assert asked
print(len(batch), batch.texts[1])
"""


def test_a_source_may_be_python_of_another_thread(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PYTHON_FILES, str(tmp_path / "names.arrow")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "10000 Jan\n"), done.stderr


WITHOUT_PYARROW = """
import sys
sys.modules["pyarrow"] = None
import depesza, pandas as pd
frame = pd.DataFrame({"imie": ["Anna", None, "Jan"], "data": pd.Series(["a", float("nan"), pd.NaT], dtype=object)})
frame["godzina"] = pd.Series(["9:30", pd.NA, "8:00"], dtype=object)
print(depesza.Template("(imie|Ty) (data|jutro) (godzina|10:00)").render_batch(frame).texts.to_list())
"""


def test_pandas_needs_no_pyarrow() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_PYARROW], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "['Anna a 9:30', 'Ty jutro 10:00', 'Jan jutro 8:00']\n"


def test_tables_with_columns_without_any_value() -> None:
    nothing: dict[str, Any] = {"imie": ["Anna", "Jan"], "data": [None, None], "x": [{"y": None}, {"y": None}]}
    template = depesza.Template("(imie) (data|jutro)")
    for table in (pl.DataFrame(nothing), pa.table(nothing)):
        assert template.render_batch(Stream(table)).texts.to_list() == ["Anna jutro", "Jan jutro"]
        assert template.render_batch(Stream(table.slice(1))).texts.to_list() == ["Jan jutro"]


def test_many_chunks_are_found_quickly() -> None:
    """Every piece asks for its chunk; of 50,000 chunks that was 1,250,000,000 steps."""
    chunks = pa.chunked_array([pa.array([f"{row}"]) for row in range(50_000)])
    batch = depesza.Template("(imie)").render_batch({"imie": chunks})
    assert batch.texts[0] == "0"
    assert batch.texts[-1] == "49999"
    assert batch.texts.to_list() == chunks.to_pylist()


def test_a_sum_is_exact_whatever_the_context() -> None:
    with localcontext() as context:
        context.prec = 2
        batch = depesza.Template("a").render_batch(pl.DataFrame({"x": ["a"] * 100}), part_milli=1_234_567)
        assert str(batch.cost) == "123456.700"
        assert str(depesza.Template("a").render_batch({}, part_milli=-1_005).cost) == "-1.005"


@pytest.mark.parametrize("threads", [1, 2])
def test_memory_is_used_again_when_nobody_has_it(threads: int) -> None:
    def rendered(name: str) -> depesza.Batch:
        return NAME.render_batch({"imie": pl.Series([name * 100] * ROWS)}, threads=threads)

    first = pa.array(rendered("Anna ").texts)
    place = first.buffers()[2].address
    # what a reader of the first has stays as it is, though the batch is gone
    second = pa.array(rendered("Jan ").texts)
    assert place != second.buffers()[2].address
    assert first[ROWS - 1].as_py() == ("Anna " * 100).strip()
    del first
    third = pa.array(rendered("Ewa ").texts)
    if sys.platform == "linux":
        assert place == third.buffers()[2].address
    assert set(third.to_pylist()) == {("Ewa " * 100).strip()}
    assert set(second.to_pylist()) == {("Jan " * 100).strip()}
