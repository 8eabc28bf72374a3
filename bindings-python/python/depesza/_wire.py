"""Between data classes and the wire's JSON, by the classes' own annotations.

A class is read and written as its type hints say; nothing is listed twice. Values of plain types go as they are, for the core
checks them and names the field; what JSON has no form for is refused here, with its path. Not allowed here: a rule.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeAlias

from ._wire_times import Fault, read_date, read_instant, read_local, write_date, write_instant, write_local

Instant: TypeAlias = dt.datetime
"""A moment: `datetime` with a zone; on the wire RFC 3339 in UTC with milliseconds."""
LocalTime: TypeAlias = dt.datetime
"""What a clock on the wall shows: `datetime` without a zone; on the wire `2026-11-21T14:30:00`."""

# both are `datetime` to Python; hints are read with these in their stead, as annotations are kept as they were written
_KINDS_OF_TIME = {"Instant": Annotated[dt.datetime, "instant"], "LocalTime": Annotated[dt.datetime, "local"]}

FLAT = "flat"
"""The field's own fields stand beside it, in the same object."""


def hints(of: Any) -> dict[str, Any]:
    """The annotations of a class or a function, with the kinds of time told apart."""
    return typing.get_type_hints(of, localns=_KINDS_OF_TIME, include_extras=True)


class Record:
    """The base of all data classes of the wire."""

    __slots__ = ()

    def __post_init__(self) -> None:
        # whatever sequence was given: equality and hash want one kind
        slots: tuple[str, ...] = type(self).__slots__
        for name in slots:
            value = getattr(self, name)
            if isinstance(value, (list, set, frozenset)):
                object.__setattr__(self, name, tuple(value))

    def to_wire(self) -> dict[str, Any]:
        """Its JSON object. It holds all that `repr` leaves out.

        Raises `BadArgumentsError` with the path of a value that has no form there.
        """
        try:
            wire = codec(type(self)).write(self)
        except Fault as fault:
            raise fault.refusal() from None
        assert isinstance(wire, dict)
        return wire

    @classmethod
    def from_wire(cls, wire: Mapping[str, Any]) -> Self:
        """The one of a JSON object, as `json.load` gives it.

        Raises `BadArgumentsError` with the path of what is missing, unknown or of another type.
        """
        try:
            made = codec(cls).read(wire)
        except Fault as fault:
            raise fault.refusal() from None
        assert isinstance(made, cls)
        return made


class Codec(typing.NamedTuple):
    """How a type is read and written."""

    read: Callable[[Any], Any]
    write: Callable[[Any], Any]


_CODECS: dict[Any, Codec] = {}


def codec(kind: Any) -> Codec:
    """The codec of a type hint."""
    found = _CODECS.get(kind)
    if found is None:
        found = _CODECS[kind] = _codec(kind)
    return found


def _codec(kind: Any) -> Codec:
    if typing.get_origin(kind) is Annotated:
        base, marker = typing.get_args(kind)
        times = {"instant": Codec(read_instant, write_instant), "local": Codec(read_local, write_local)}
        return times.get(marker) or codec(base)
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        members = typing.get_args(kind)
        inner = tuple(member for member in members if member is not type(None))
        of = codec(inner[0]) if len(inner) == 1 else _union(inner)
        return of if len(inner) == len(members) else _optional(of)
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin = typing.get_origin(kind)
    if origin is not None:
        return _container(origin, typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return Codec(_reader_of_words(kind), _write_word)
    if isinstance(kind, type) and issubclass(kind, Record):
        return _record(kind)
    raise TypeError(f"no wire form for {kind!r}")


def _same(value: Any) -> Any:
    return value


def _plain(kinds: type | tuple[type, ...], expected: str) -> Codec:
    def read(value: Any) -> Any:
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise Fault(expected)
        return value

    # an int is an int to Python where the wire has a yes or no, and the other way round: said here, not later
    return Codec(read, read)


def _nothing(value: Any) -> None:
    if value is not None:
        raise Fault("nothing")


_PLAIN: dict[Any, Codec] = {
    object: Codec(_same, _same),
    Any: Codec(_same, _same),
    str: _plain(str, "a str"),
    int: _plain(int, "an int"),
    bool: _plain(bool, "a bool"),
    type(None): Codec(_nothing, _nothing),
    dt.date: Codec(read_date, write_date),
}


def _reader_of_words(kind: type[StrEnum]) -> Callable[[Any], StrEnum]:
    def read(value: Any) -> StrEnum:
        try:
            return kind(value)
        except ValueError:
            raise Fault(f"one of {', '.join(kind)}") from None

    return read


def _write_word(value: Any) -> str:
    if not isinstance(value, str):
        raise Fault("a word")
    return str(value)


def _optional(of: Codec) -> Codec:
    return Codec(
        lambda value: None if value is None else of.read(value),
        lambda value: None if value is None else of.write(value),
    )


def _container(origin: Any, inner: tuple[Any, ...]) -> Codec:
    of = codec(inner[-1])
    if issubclass(origin, Mapping):

        def each(by: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
            def convert(value: Any) -> dict[str, Any]:
                if not isinstance(value, Mapping):
                    raise Fault("a mapping")
                return {str(key): _at(str(key), by, item) for key, item in value.items()}

            return convert

        return Codec(each(of.read), each(of.write))
    made = list if origin is list else tuple

    def read(value: Any) -> Any:
        if not isinstance(value, (list, tuple)):
            raise Fault("a list")
        return made(_at(f"[{place}]", of.read, item) for place, item in enumerate(value))

    def write(value: Any) -> list[Any]:
        if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
            raise Fault("a sequence")
        return [_at(f"[{place}]", of.write, item) for place, item in enumerate(value)]

    return Codec(read, write)


def _at(part: str, by: Callable[[Any], Any], value: Any) -> Any:
    try:
        return by(value)
    except Fault as fault:
        raise fault.within(part) from None


class _Field(typing.NamedTuple):
    name: str
    key: str
    of: Codec
    required: bool
    omitted: bool


def _record(kind: type[Record]) -> Codec:
    # the members of a record may hold the record again: its parts are looked up when they are first needed
    @cache
    def parts() -> tuple[list[_Field], dict[str, str], _Field | None]:
        fields: list[_Field] = []
        constants: dict[str, str] = {}
        flat = None
        declared = _declared(kind)
        for name, hint in hints(kind).items():
            key = name.removesuffix("_")
            if typing.get_origin(hint) is ClassVar:
                if key != "__slots__":
                    constants[key] = getattr(kind, name)
                continue
            meta = declared[name]
            required = meta.default is meta.default_factory
            found = _Field(name, key, codec(hint), required, meta.default is None)
            if typing.get_origin(hint) is Annotated and FLAT in typing.get_args(hint)[1:]:
                flat = found
            else:
                fields.append(found)
        return fields, constants, flat

    def read(value: Any) -> Record:
        if not isinstance(value, Mapping):
            raise Fault("an object")
        fields, constants, flat = parts()
        left = dict(value)
        for key, word in constants.items():
            if left.pop(key, word) != word:
                raise Fault(word).within(key)
        given: dict[str, Any] = {}
        for each in fields:
            if each.key in left:
                given[each.name] = _at(each.key, each.of.read, left.pop(each.key))
            elif each.required:
                raise Fault("a value").within(each.key)
        if flat is not None:
            given[flat.name] = flat.of.read(left)
        elif left:
            raise Fault("no such field").within(next(iter(left)))
        return kind(**given)

    def write(value: Any) -> dict[str, Any]:
        if isinstance(value, Mapping):
            # a JSON object is taken as it is: the core checks it
            return dict(value)
        if not isinstance(value, kind):
            raise Fault(f"a {kind.__name__}")
        fields, constants, flat = parts()
        wire: dict[str, Any] = dict(constants)
        for each in fields:
            item = getattr(value, each.name)
            if item is None and each.omitted:
                continue
            wire[each.key] = _at(each.key, each.of.write, item)
        if flat is not None:
            wire.update(flat.of.write(getattr(value, flat.name)))
        return wire

    return Codec(read, write)


# unions whose members get their tag there only, with the key and the words
_TAGGED: dict[frozenset[type[Record]], tuple[str, dict[str, type[Record]]]] = {}


def tagged(union: Any, key: str, **words: type[Record]) -> None:
    """Some members of a union are told apart by a word that they have in the union only."""
    _TAGGED[frozenset(typing.get_args(union))] = (key, words)


def _union(members: tuple[type[Record], ...]) -> Codec:
    """Of classes that are told apart by the word under a key, or by the keys that they must have."""
    key, here = _TAGGED.get(frozenset(members)) or (_constant(members[0]), {})
    return _by_keys(members) if key is None else _by_word(members, key, here)


def _constant(member: type[Record]) -> str | None:
    constants = [name for name, hint in hints(member).items() if typing.get_origin(hint) is ClassVar and name != "__slots__"]
    return constants[0] if constants else None


def _by_word(members: tuple[type[Record], ...], key: str, here: dict[str, type[Record]]) -> Codec:
    by_word = {getattr(member, key): member for member in members if member not in here.values()} | here
    words = {member: word for word, member in by_word.items()}

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise Fault("an object")
        word = value.get(key)
        member = by_word.get(word) if isinstance(word, str) else None
        if member is None:
            raise Fault(f"one of {', '.join(by_word)}").within(key)
        if member in here.values():
            value = {name: item for name, item in value.items() if name != key}
        return codec(member).read(value)

    def write(value: Any) -> Any:
        if isinstance(value, Mapping):
            return dict(value)
        if type(value) not in words:
            raise Fault(f"one of {_names(members)}")
        return {key: words[type(value)]} | codec(type(value)).write(value)

    return Codec(read, write)


def _by_keys(members: tuple[type[Record], ...]) -> Codec:
    wanted = {member: _required(member) for member in members}

    def read(value: Any) -> Any:
        if not isinstance(value, Mapping):
            raise Fault("an object")
        for member, keys in wanted.items():
            if all(key in value for key in keys):
                return codec(member).read(value)
        raise Fault(f"one of {_names(members)}")

    def write(value: Any) -> Any:
        if isinstance(value, Mapping):
            return dict(value)
        if type(value) not in wanted:
            raise Fault(f"one of {_names(members)}")
        return codec(type(value)).write(value)

    return Codec(read, write)


def _names(members: tuple[type[Record], ...]) -> str:
    return ", ".join(member.__name__ for member in members)


def _required(member: type[Record]) -> tuple[str, ...]:
    fields = _declared(member).items()
    return tuple(name.removesuffix("_") for name, meta in fields if meta.default is meta.default_factory)


def _declared(kind: type[Record]) -> dict[str, Any]:
    """The dataclass's fields; one that must be given has neither a default nor a factory."""
    return {meta.name: meta for meta in dataclasses.fields(typing.cast(Any, kind))}
