"""`depesza dry-run`: what would go out on which days, and what would be skipped and why. Nothing is sent and nothing is kept."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from . import _wire, model
from ._engine import Clinic, Engine
from ._refusals import BadArgumentsError
from ._wire_times import Fault, read_instant

# facts of one commit
_BATCH = 500
_FACT = _wire.codec(model.Fact)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.description = (
        "What would go out, decided by the engine on a copy that is thrown away: of a practice in a store, or of one in a TOML "
        "file ([practice], [settings], [[campaigns]]) with facts as JSON lines (a fact, or {\"at\": instant, \"fact\": …}). "
        "The exit code is 1 when no message would go."
    )
    parser.add_argument("campaigns", nargs="?", metavar="CAMPAIGNS.toml", help="a practice, its settings and its campaigns")
    parser.add_argument("facts", nargs="?", metavar="FACTS.jsonl", help="patients and visits; - is standard input")
    parser.add_argument("--store", metavar="URL", help="a store instead of files")
    parser.add_argument("--practice", metavar="ID", help="the practice in that store")
    parser.add_argument("--campaign", action="append", metavar="ID", help="only this one, as if it were active; may be repeated")
    parser.add_argument("--from", dest="first", type=dt.date.fromisoformat, metavar="DAY", help="the first day; today if absent")
    parser.add_argument("--to", dest="last", type=dt.date.fromisoformat, metavar="DAY", help="the last day; a week if absent")
    parser.add_argument("--now", type=_instant, metavar="INSTANT", help="the instant to decide at; the clock's if absent")
    parser.add_argument("--messages", action="store_true", help="each message with its text too: it names patients")
    parser.add_argument("--json", action="store_true", help="the whole answer as one JSON document: it names patients")


def run(options: argparse.Namespace, out: TextIO) -> int:
    """Prints it; answers the exit code: 0, or 1 when no message would go. Raises what is refused."""
    now = options.now or dt.datetime.now(dt.UTC)
    clinic = _clinic(options, now)
    first = options.first or now.astimezone(ZoneInfo(clinic.practice().zone)).date()
    request = model.DryRunRequest(from_=first, to=options.last or first + dt.timedelta(days=6), campaigns=options.campaign)
    rehearsed = clinic.dry_run(request, now)
    if options.json:
        json.dump(rehearsed.to_wire(), out, ensure_ascii=False)
        out.write("\n")
    else:
        _print(rehearsed, clinic.practice(), options.messages, out)
    return 0 if any(total.messages for total in rehearsed.totals) else 1


def _clinic(options: argparse.Namespace, now: dt.datetime) -> Clinic:
    if options.store is not None:
        if options.practice is None or options.campaigns is not None:
            raise _wrong("practice", "--practice, and no files, with --store")
        return Engine.open(options.store).practice(options.practice)
    if options.campaigns is None or options.facts is None:
        raise _wrong("campaigns", "CAMPAIGNS.toml and FACTS.jsonl, or --store and --practice")
    tables = _tables(options.campaigns)
    wire = {**tables.get("practice", {}), "settings": tables.get("settings", {})}
    practice = model.Practice.from_wire(wire)
    engine = Engine.open("memory:")
    engine.open_practice(practice, now)
    clinic = engine.practice(practice.id)
    desk = clinic.as_user(model.User("dry-run", tuple(model.Permission)))
    for place, table in enumerate(tables.get("campaigns", [])):
        if not isinstance(table.get("id"), str):
            raise _wrong(f"campaigns[{place}].id", "a value")
        id = table.pop("id")
        desk.create_campaign(id, model.CampaignSpec.from_wire(table), now)
        desk.activate(id, now)
    if options.facts == "-":
        _tell(clinic, sys.stdin, now)
    else:
        with open(options.facts, encoding="utf-8") as lines:
            _tell(clinic, lines, now)
    while engine.work(now).more:
        pass
    return clinic


def _tables(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except ValueError as error:
        # where it is malformed, and not what stands there
        place = str(error).rpartition("(")[2].rstrip(")") if "(at " in str(error) else "UTF-8"
        raise _wrong("campaigns", f"TOML, which it is not {place}") from None


def _tell(clinic: Clinic, lines: Iterable[str], now: dt.datetime) -> None:
    """Tells what happened until now, in commits of many facts."""
    facts: list[model.Fact] = []
    for fact in _facts(lines, now):
        facts.append(fact)
        if len(facts) == _BATCH:
            clinic.apply(facts, now)
            facts.clear()
    if facts:
        clinic.apply(facts, now)


def _facts(lines: Iterable[str], now: dt.datetime) -> Iterator[model.Fact]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            wire: Any = json.loads(line)
        except ValueError:
            raise _wrong(f"line {number}", "a JSON object") from None
        if isinstance(wire, dict) and isinstance(wire.get("fact"), dict):
            at, wire = wire.get("at"), wire["fact"]
        else:
            at = None
        try:
            if at is None or read_instant(at) <= now:
                yield _FACT.read(wire)
        except Fault as fault:
            raise fault.within(f"line {number}").refusal() from None


def _print(rehearsed: model.DryRun, practice: model.Practice, messages: bool, out: TextIO) -> None:
    currency, zone = practice.settings.currency, ZoneInfo(practice.zone)
    width = max((len(total.campaign or "") for total in rehearsed.totals), default=0)
    for total in rehearsed.totals:
        cost = f"{total.cost_milli / 1_000:.2f} {currency}"
        out.write(
            f"{total.day}  {total.campaign or '':{width}}  {total.messages:6} to go  {total.skipped:6} skipped"
            f"  {total.parts:6} parts  {cost:>12}\n"
        )
    reasons = Counter(message.reason.code for message in rehearsed.messages if message.reason is not None)
    for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0])):
        out.write(f"skipped for {reason}: {count}\n")
    if messages:
        for message in rehearsed.messages:
            at = message.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
            said = message.body if message.reason is None else f"skipped for {message.reason.code}"
            out.write(f"{at}  {message.campaign}  {message.name or ''}: {said}\n")


def _instant(text: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(text)
    if instant.utcoffset() is None:
        raise argparse.ArgumentTypeError("expected an instant with an offset")
    return instant


def _wrong(field: str, expected: str) -> BadArgumentsError:
    return BadArgumentsError(f"{field}: expected {expected}", "bad_arguments", field)
