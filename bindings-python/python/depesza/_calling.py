"""How a typed method becomes a call through the engine's door. Not allowed here: what any one operation means."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from . import _characters, _wire, model
from ._native import Door
from ._refusals import EngineError, of_code
from ._wire_times import Fault

F = TypeVar("F", bound=Callable[..., Any])


class Caller:
    """Whoever calls: the engine itself, a practice's host, or a user."""

    __slots__ = ("_door", "_known")

    def __init__(self, door: Door, known: Mapping[str, Any]) -> None:
        self._door = door
        self._known = known

    def _ask(self, method: str, arguments: Mapping[str, Any]) -> Any:
        return answered(*self._door.call(method, json.dumps({**self._known, **arguments})))


def answered(done: bool, text: str, cause: BaseException | None) -> Any:
    """The answer of the door; raises its refusal."""
    answer = json.loads(text)
    if done:
        return answer
    if cause is not None and not isinstance(cause, Exception):
        # an interrupt is no store's failure
        raise cause
    faults = tuple(model.FieldFault.from_wire(fault) for fault in answer.get("faults", ()))
    raise of_code(answer["code"])(answer["message"], answer["code"], answer.get("field"), faults) from cause


class _Signature:
    """A declared method: its parameters and its answer, each with its way to the wire and back."""

    def __init__(self, declared: Callable[..., Any]) -> None:
        self.signature = inspect.signature(declared)
        hints = _wire.hints(declared)
        self.answer = _wire.codec(hints.pop("return"))
        self.parameters = {name: _wire.codec(hint) for name, hint in hints.items()}

    def wire(self, caller: Caller, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the door has them; what is `None` is left out, but for the time."""
        bound = self.signature.bind(caller, *args, **kwargs)
        bound.apply_defaults()
        wire = {}
        for name, codec in self.parameters.items():
            value = bound.arguments[name]
            if name == "now" and value is None:
                value = dt.datetime.now(dt.UTC)
            if value is None:
                continue
            key = name.removesuffix("_")
            try:
                wire[key] = codec.write(value)
            except Fault as fault:
                raise fault.within(key).refusal() from None
        return wire


class _Operation:
    """Marks a method as the operation of its name, or of the name given."""

    def __call__(self, declared: F) -> F:
        return self._calls(declared.__name__, declared)

    def named(self, method: str) -> Callable[[F], F]:
        """An operation that has another name in the core."""
        return lambda declared: self._calls(method, declared)

    def _calls(self, method: str, declared: F) -> F:
        signature = functools.cache(lambda: _Signature(declared))

        @functools.wraps(declared)
        def call(self: Caller, *args: Any, **kwargs: Any) -> Any:
            known = signature()
            answer = self._ask(method, known.wire(self, args, kwargs))
            try:
                return _characters.counted(known.answer.read(answer))
            except Fault as fault:
                # the same schemas made both sides, so this is a mistake of ours
                raise TypeError(f"answer of {method}: {fault.refusal()}") from None

        return cast(F, call)


operation = _Operation()


def telling(declared: F) -> F:
    """A method that tells one fact of the kind of its name, with the fact's fields as its arguments."""
    signature = functools.cache(lambda: _Signature(declared))

    @functools.wraps(declared)
    def tell(self: Caller, *args: Any, **kwargs: Any) -> Any:
        known = signature()
        wire = known.wire(self, args, kwargs)
        arguments = {"now": wire.pop("now"), "facts": [{"fact": declared.__name__, **wire}]}
        try:
            (outcome,) = self._ask("apply", arguments)
        except EngineError as error:
            raise _of_the_only_fact(error) from error.__cause__
        return known.answer.read(outcome)

    return cast(F, tell)


def _of_the_only_fact(error: EngineError) -> EngineError:
    """The refusal with the field as the caller knows it: there is one fact, and it has no place."""
    message = str(error).removeprefix("facts[0].").removeprefix("fact 0: ")
    field = error.field.removeprefix("facts[0].") if error.field else None
    return type(error)(message, error.code, field, error.faults)
