"""What single texts cost and say.

A text is an argument, or a line of a file or of standard input.
"""

from __future__ import annotations

import argparse
import json

from .._enums import ReplyGrammar, ReplyLanguage
from .._native import classify_reply, opt_out, segments
from .inputs import add_inputs, texts


def add_segments(command: argparse.ArgumentParser) -> None:
    """The arguments of `depesza segments`."""
    add_inputs(command, "a text")
    command.add_argument("--reference-bits", type=int, choices=(8, 16), default=8, help="length of the reference of a long message")
    command.add_argument("--max-parts", type=int, metavar="N", help="exit code 1 when a text takes more parts")
    command.add_argument("--json", action="store_true", help="a JSON object a line, with the characters that cost")
    command.set_defaults(run=run_segments)


def run_segments(options: argparse.Namespace) -> int:
    """A line for each text: coding, units, parts, units left in the last part."""
    over = False
    for text in texts(options):
        found = segments(text, options.reference_bits)
        over = over or (options.max_parts is not None and found.count > options.max_parts)
        cost = {
            "encoding": found.encoding,
            "units": found.units,
            "count": found.count,
            "remaining": found.remaining,
        }
        if options.json:
            costly = [{"at": it.at, "character": it.character} for it in found.costly]
            print(json.dumps({**cost, "costly": costly}, ensure_ascii=False))
        else:
            print(*cost.values(), sep="\t")
    return 1 if over else 0


def add_classify(command: argparse.ArgumentParser) -> None:
    """The arguments of `depesza classify`."""
    add_inputs(command, "an answer")
    command.add_argument("--policy", choices=[*ReplyGrammar], default="strict", help="strict: TAK or NIE alone; tolerant: a list of phrases")
    command.add_argument("--language", action="append", choices=[*ReplyLanguage], default=[], help="read beside Polish")
    command.add_argument("--json", action="store_true", help="a JSON object a line, with what STOP says")
    command.set_defaults(run=run_classify)


def run_classify(options: argparse.Namespace) -> int:
    """A line for each answer: yes, no, or other; exit code 1 when one of them is other."""
    other = False
    for text in texts(options):
        reply = classify_reply(text, options.policy, options.language)
        other = other or reply == "other"
        print(json.dumps({"reply": reply, "opt_out": opt_out(text)}) if options.json else reply)
    return 1 if other else 0
