"""What rules and campaigns would do. Nothing is sent and nothing is kept."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING

from .._errors import CallRulesError
from .inputs import Unreadable, lines

if TYPE_CHECKING:
    from .. import model


def add_replay(command: argparse.ArgumentParser) -> None:
    """The arguments of `depesza replay`."""
    command.add_argument("rules", metavar="RULES.toml", help="the account and its rules (schemas/rules_file.json)")
    command.add_argument("calls", nargs="?", default="-", metavar="CALLS.jsonl", help="a call a line (schemas/call.json); - is standard input")
    command.add_argument("--json", action="store_true", help="a JSON object a call: what the rules made of it; it has numbers")
    command.set_defaults(run=run_replay)


def run_replay(options: argparse.Namespace) -> int:
    """What the rules would have sent, by rule; exit code 1 when the rules have faults."""
    from .. import model
    from .._rules import CallRules

    try:
        rules = CallRules.load(options.rules)
    except CallRulesError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return 1
    calls = []
    for number, line in enumerate(lines(options.calls), 1):
        if line.strip():
            calls.append(read(line, options.calls, number))
    replay = rules.replay(calls)
    if options.json:
        for file in replay.calls:
            print(json.dumps(file.to_wire(), ensure_ascii=False))
        return 0
    planned: Counter[str] = Counter()
    skipped: Counter[str] = Counter()
    for file in replay.calls:
        for acted in file.acted:
            (planned if isinstance(acted.outcome, model.RuleActedOutcomePlanned) else skipped)[acted.rule] += 1
    print("rule", "planned", "skipped", sep="\t")
    for rule in rules.rules:
        print(rule.id, planned[rule.id], skipped[rule.id], sep="\t")
    sent = sum(message.submitted_at is not None for message in replay.messages)
    print(f"{len(replay.calls)} calls, {sent} messages, {replay.parts} parts, cost {replay.cost_milli / 1000:.2f}")
    return 0


def read(line: str, path: str, number: int) -> model.Call:
    """A call of a line; what is wrong is said by its field, and not quoted."""
    from .. import model
    from .._refusals import BadArgumentsError

    try:
        wire = json.loads(line)
    except ValueError:
        raise Unreadable(f"{path}:{number}: expected a JSON object") from None
    try:
        return model.Call.from_wire(wire)
    except BadArgumentsError as error:
        raise Unreadable(f"{path}:{number}: {error}") from None


def add_dry_run(command: argparse.ArgumentParser) -> None:
    """The arguments of `depesza dry-run`."""
    from .. import _dry_run

    _dry_run.add_arguments(command)
    command.set_defaults(run=lambda options: _dry_run.run(options, sys.stdout))
