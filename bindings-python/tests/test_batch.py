"""Batches: every source of columns gives what rendering row by row gives."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import depesza
import pandas as pd  # type: ignore[import-untyped]
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pytest

BODY = "Dzień dobry (imie), czekamy (data) o (godzina|10:00). Odpisz TAK lub NIE."
TEMPLATE = depesza.Template(BODY)
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


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()])
@pytest.mark.parametrize("bad", [b"\xff", b"a long enough text that has a bad byte at its end \xc5"])
def test_bytes_that_are_no_text_are_refused(kind: pa.DataType, bad: bytes) -> None:
    column = pa.array([b"Anna", bad, b"Jan"], pa.binary())
    if kind == pa.string_view():
        buffers = column.cast(pa.binary_view()).buffers()
    elif kind == pa.large_string():
        buffers = column.cast(pa.large_binary()).buffers()
    else:
        buffers = column.buffers()
    texts = pa.Array.from_buffers(kind, 3, buffers)
    with pytest.raises(depesza.ColumnError, match="not UTF-8") as raised:
        TEMPLATE.render_batch({"imie": texts, "data": "jutro", "godzina": None}, threads=2)
    assert raised.value.field == "imie"


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

    with pytest.raises(ValueError, match="arrow: .*the source is gone"):
        TEMPLATE.render_batch(Failing())  # type: ignore[arg-type]
