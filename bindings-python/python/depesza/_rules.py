"""Rules for SMS after a call, from a file."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from . import model
from ._engine import Engine
from ._enums import Language
from ._native import RuleBook

# the rules are told to an engine that keeps nothing: an instant must be given, and none matters
_TOLD = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_USER = model.User(id="rules file", permissions=tuple(model.Permission))


class CallRules:
    """An account's rules for SMS after a call, as its rules file has them (`schemas/rules_file.json`).

    Read once; asked any number of times. It sends nothing and keeps nothing. `repr` shows no number.
    """

    __slots__ = ("_book", "_clinic", "_practice", "_rules")

    def __init__(self, book: RuleBook) -> None:
        """Of a book that was read; `load` and `parse` make it."""
        self._book = book
        self._practice = model.Practice.from_wire(json.loads(book.practice()))
        self._rules = tuple(model.CallRule.from_wire(rule) for rule in json.loads(book.rules()))
        engine = Engine.open("memory:")
        engine.open_practice(self._practice, _TOLD)
        self._clinic = engine.practice(self._practice.id)
        desk = self._clinic.as_user(_USER)
        for rule in self._rules:
            desk.save_rule(rule.id, rule.spec, _TOLD)
            if rule.state is model.RuleState.OFF:
                desk.switch_rule(rule.id, False, _TOLD)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, language: Language | Literal["pl", "en"] = "en") -> CallRules:
        """Reads and checks a rules file (TOML). `language` is that of faults' sentences.

        Raises `CallRulesError` with every fault by line and column, `OSError` when the file cannot be read.
        """
        return cls(RuleBook.read(os.fspath(path), Path(path).read_bytes(), language))

    @classmethod
    def parse(
        cls, text: str, name: str = "rules", *, language: Language | Literal["pl", "en"] = "en"
    ) -> CallRules:
        """Reads and checks rules from text; `name` is what faults call it. Raises `CallRulesError`."""
        return cls(RuleBook.read(name, text.encode(), language))

    @property
    def practice(self) -> model.Practice:
        """The account that the rules are of, with its settings and its secret."""
        return self._practice

    @property
    def rules(self) -> tuple[model.CallRule, ...]:
        """The rules, in the order in which they are asked; those that are switched off too."""
        return self._rules

    def match(self, call: model.Call) -> tuple[model.CallRule, ...]:
        """The rules that are on and whose conditions a call meets, in their order.

        Who may be written to, the least time between two messages and the end of the list after a rule that stops are
        the engine's to decide: `explain` and `replay` say what it would do. Raises `BadArgumentsError` for a faulty call.
        """
        return tuple(self._rules[place] for place in self._book.matching(json.dumps(call.to_wire())))

    def explain(self, call: model.Call) -> model.CallExplained:
        """What every rule wanted of a call and what it saw, condition by condition, and which one stops the rest.

        Raises `BadArgumentsError` for a faulty call.
        """
        return self._clinic.explain_call(call)

    def replay(self, calls: Iterable[model.Call]) -> model.Replay:
        """What the rules would have sent for calls that are over, each told at its end: the engine itself, so delays, throttles
        and quiet hours are real. A call named twice counts once.

        Raises `BadArgumentsError` for a faulty call.
        """
        return self._clinic.replay_calls(self._rules, list(calls))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CallRules):
            return NotImplemented
        return (self._practice, self._rules) == (other._practice, other._rules)

    def __hash__(self) -> int:
        return hash((self._practice.id, len(self._rules)))

    def __repr__(self) -> str:
        return f"CallRules(practice={self._practice.id!r}, rules={len(self._rules)})"
