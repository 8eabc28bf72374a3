"""The engine's data: every frozen document of the core goes through the classes and back, and prints nobody."""

from __future__ import annotations

import copy
import datetime as dt
import json
import pickle
import re
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any, cast

import depesza
import pytest
from depesza import _wire, model

ROOT = Path(__file__).resolve().parents[2]
FROZEN = ROOT / "core/tests/frozen/v1"
# rows of the store and bundles: no host sees them
OF_THE_CORE = {
    "bundle", "call_settings", "counters", "counters_of_an_account", "counters_of_the_centre", "gateway_pause",
    "gateway_pause_settled", "inbound_parts", "job", "job_of_the_centre", "number", "occasion", "opt_out",
}  # fmt: skip
# what the core's samples make private
PRIVATE = ("Poufne", "501777333")
NAMED_OTHERWISE = {"bad_number_settled": "BadNumber", "number": "NumberState", "route": "Route"}


def documents() -> list[str]:
    return sorted(path.stem for path in FROZEN.glob("*.json") if path.stem not in OF_THE_CORE)


def kind_of(name: str) -> Any:
    """The class or union of a document: the longest beginning of its name that is one."""
    words = name.split("_")
    for length in range(len(words), 0, -1):
        found = getattr(model, "".join(word.capitalize() for word in words[:length]), None)
        if found is not None:
            return found
    raise AssertionError(f"no class for {name}")


def read(name: str) -> tuple[Any, Any, _wire.Codec]:
    document = json.loads((FROZEN / f"{name}.json").read_text(encoding="utf-8"))
    kind = list[kind_of(name)] if isinstance(document, list) else kind_of(name)  # type: ignore[misc]
    codec = _wire.codec(kind)
    return document, codec.read(document), codec


def is_part(document: Any, whole: Any) -> bool:
    """Whether all that a document says is in another, which may say what stands for the fields that are absent."""
    if isinstance(document, dict):
        return isinstance(whole, dict) and all(
            is_part(value, whole[key]) if key in whole else value is None for key, value in document.items()
        )
    if isinstance(document, list):
        return len(document) == len(whole) and all(map(is_part, document, whole))
    return bool(document == whole)


@pytest.mark.parametrize("name", documents())
def test_a_document_goes_there_and_back(name: str) -> None:
    document, made, codec = read(name)
    wire = codec.write(made)
    assert is_part(document, wire)
    assert codec.read(wire) == made
    assert json.loads(json.dumps(wire)) == wire


@pytest.mark.parametrize("name", documents())
def test_what_was_read_is_data(name: str) -> None:
    _, made, _ = read(name)
    for each in made if isinstance(made, list) else [made]:
        assert pickle.loads(pickle.dumps(each)) == each
        assert copy.deepcopy(each) == each
        assert each != object()


@pytest.mark.parametrize("name", documents())
def test_what_was_read_prints_nobody(name: str) -> None:
    document, made, _ = read(name)
    shown = repr(made)
    assert not [secret for secret in PRIVATE if secret in shown]
    if name in ("patient", "message", "sms_received", "chat_preview"):
        assert PRIVATE[0] in json.dumps(document)


def test_most_of_the_model_was_read() -> None:
    assert len(documents()) > 60


def test_the_model_is_what_the_schemas_say() -> None:
    subprocess.run([sys.executable, ROOT / "bindings-python/generate", "--check"], check=True)


def test_every_class_has_its_words_and_its_fields_described() -> None:
    source = Path(model.__file__).read_text(encoding="utf-8")
    fields = re.findall(r"^    (\w+): (?!ClassVar).*\n(    \"\"\")?", source, re.M)
    bare = [name for name, described in fields if not described]
    assert len(fields) > 700
    # of one of several things that is named by what it holds
    assert len(bare) < 60, bare
    for name in model.__all__:
        found = getattr(model, name)
        if isinstance(found, type) and issubclass(found, (StrEnum, model.Record)):
            assert found.__doc__, name


VISIT = {"id": "120", "revision": 1, "patient": "7", "start": "2026-11-20T12:30:00"}


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        ({"start": "2026-11-20T12:30:00Z"}, "start", "a local time without an offset"),
        ({"start": 5}, "start", "a local time without an offset"),
        ({"booked_at": "2026-11-20T12:30:00"}, "booked_at", "an instant in RFC 3339"),
        ({"state": "lost"}, "state", "one of booked,"),
        ({"doctor": {"id": 5, "name": "N"}}, "doctor.id", "a str"),
        ({"colour": "red"}, "colour", "no such field"),
        ({"revision": True}, "revision", "an int"),
        ({"id": None}, "id", "a str"),
    ],
)
def test_what_cannot_be_read_is_named(change: dict[str, Any], field: str, expected: str) -> None:
    with pytest.raises(depesza.BadArgumentsError) as caught:
        model.Visit.from_wire(VISIT | change)
    assert caught.value.field == field
    assert f"expected {expected}" in str(caught.value)
    assert caught.value.code == "bad_arguments"
    with pytest.raises(depesza.BadArgumentsError, match="^revision: expected a value$"):
        model.Visit.from_wire({"id": "120"})


def test_times_are_of_two_kinds() -> None:
    visit = model.Visit.from_wire(VISIT | {"booked_at": "2026-11-16T09:00:00.250+01:00"})
    assert visit.start == dt.datetime(2026, 11, 20, 12, 30)
    assert visit.booked_at == dt.datetime(2026, 11, 16, 8, 0, 0, 250_000, tzinfo=dt.UTC)
    assert visit.to_wire()["booked_at"] == "2026-11-16T08:00:00.250Z"
    assert visit.to_wire()["start"] == "2026-11-20T12:30:00"
    east = dt.timezone(dt.timedelta(hours=1))
    first = model.Visit(id="120", revision=1, patient="7", start=visit.start, booked_at=dt.datetime.min.replace(tzinfo=east))
    with pytest.raises(depesza.BadArgumentsError, match="^booked_at: expected an instant of the years"):
        first.to_wire()
    naive, aware = dt.datetime(2026, 11, 20, 12, 30), dt.datetime(2026, 11, 20, 12, 30, tzinfo=dt.UTC)
    for wrong, field in (({"booked_at": naive}, "booked_at"), ({"start": aware}, "start")):
        with pytest.raises(depesza.BadArgumentsError, match=f"^{field}: expected a datetime with") as caught:
            model.Visit(**({"id": "120", "revision": 1, "patient": "7", "start": naive} | wrong)).to_wire()  # type: ignore[arg-type]
        assert caught.value.field == field


def test_any_sequence_is_one_value() -> None:
    permissions = [model.Permission.COMMUNICATION_CENTER]
    users = [model.User("a", permissions), model.User("a", tuple(permissions)), model.User("a", cast(Any, set(permissions)))]
    assert users[0] == users[1] == users[2]
    assert len({hash(user) for user in users}) == 1
    with pytest.raises(AttributeError):
        users[0].id = "b"  # type: ignore[misc]


def test_members_of_a_union_are_told_apart() -> None:
    steps: list[model.ReminderStep] = [
        model.ReminderStepDaysBefore(days_before=1, at="10:00"),
        model.ReminderStepHoursBefore(hours_before=3),
    ]
    timing = model.TimingReminder(steps=steps)
    spec = model.CampaignSpec(name="Przypomnienie", timing=timing, bodies=model.Bodies(default="(imie)"))
    assert model.CampaignSpec.from_wire(spec.to_wire()) == spec
    match spec.timing:
        case model.TimingReminder(steps=(first, *_)):
            assert first == steps[0]
        case _:
            raise AssertionError
    assert timing.kind == "reminder"
    with pytest.raises(depesza.BadArgumentsError, match=r"^timing: expected one of TimingBooking, "):
        model.CampaignSpec(name="x", timing=cast(Any, "reminder"), bodies=spec.bodies).to_wire()
