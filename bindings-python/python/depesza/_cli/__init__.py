"""The command `depesza`: what scripts and shells ask of the library.

Exit codes: 0 when all is well; 1 when there is something for a person to see (a fault, a message that cannot be made, an answer
that is none); 2 for wrong use, or an input that cannot be read. With `--json` every line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from .._errors import DepeszaError
from . import calls, template, text
from .inputs import Unreadable

WELL, SEEN, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command with these arguments (the process's own, if absent) and answers its exit code."""
    given = [_argument(each) for each in (sys.argv[1:] if arguments is None else arguments)]
    for stream in (sys.stdout, sys.stderr):
        # texts are UTF-8 whatever the machine's locale is
        reconfigure: Any = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8")
    options = parser(given).parse_args(given)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # whoever reads has seen enough; what is left in the buffer has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return WELL
    except (Unreadable, DepeszaError) as error:
        print(f"depesza: {error}", file=sys.stderr)
        return WRONG
    except OSError as error:
        print(f"depesza: {error.filename or 'input'}: {error.strerror}", file=sys.stderr)
        return WRONG
    except KeyboardInterrupt:
        return 130


def _argument(text: str) -> str:
    """An argument as UTF-8, where the machine's locale did not take it for that."""
    try:
        return os.fsencode(text).decode("utf-8") if any("\udc80" <= each <= "\udcff" for each in text) else text
    except UnicodeDecodeError:
        return text.encode("ascii", "replace").decode("ascii")


def parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """The command's arguments; those of a subcommand when it is among what was given, for the engine takes a while to import."""
    top = argparse.ArgumentParser(prog="depesza", description="SMS for clinics and telephone exchanges.")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for name, help_line, room, add in (
        ("segments", "what texts cost: coding, units, parts", text, text.add_segments),
        ("classify", "what answers say: yes, no, other", text, text.add_classify),
        ("lint", "faults of message bodies, and what makes them dear", template, template.add_lint),
        ("render", "messages from a body and a CSV file", template, template.add_render),
        ("replay", "what rules for SMS after a call would have sent", calls, calls.add_replay),
        ("dry-run", "what campaigns would send, and why not", calls, calls.add_dry_run),
    ):
        command = commands.add_parser(name, help=help_line, description=(room.__doc__ or "").partition("\n\n")[0])
        if name in given:
            add(command)
    return top
