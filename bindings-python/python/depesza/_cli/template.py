"""Message bodies: their faults, and messages from rows.

A body is a file, or with --body the argument itself.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

from .._enums import Diacritics, Language, TemplateSubject
from .._errors import TemplateError
from .._native import Template
from .inputs import Unreadable, lines, whole

ROWS = 10_000
"""Rows of a file that are rendered at once."""


def add_lint(command: argparse.ArgumentParser) -> None:
    """The arguments of `depesza lint`."""
    command.add_argument("files", nargs="*", metavar="FILE", help="a body each; standard input if none")
    command.add_argument("--body", metavar="TEXT", help="the body itself")
    command.add_argument("--subject", choices=[*TemplateSubject], default="visits", help="what bodies speak about")
    command.add_argument("--language", choices=[*Language], default="en", help="of the sentences")
    command.add_argument("--max-parts", type=int, metavar="N", help="a body whose longest message takes more is a fault")
    command.add_argument("--json", action="store_true", help="a JSON object a fault")
    command.set_defaults(run=run_lint)


def run_lint(options: argparse.Namespace) -> int:
    """A line for each fault, `FILE:LINE:COLUMN: sentence`; exit code 1 when there is one."""
    bodies = [("body", options.body)] if options.body is not None else ((path, whole(path)) for path in options.files or ["-"])
    found = False
    for name, body in bodies:
        for fault in faults(name, body.removesuffix("\n"), options):
            found = True
            if options.json:
                print(json.dumps(fault, ensure_ascii=False))
            else:
                print(f"{fault['file']}:{fault['line']}:{fault['column']}: {fault['message']}")
    return 1 if found else 0


def faults(name: str, body: str, options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    """What is wrong with a body."""
    try:
        template = Template(body, subject=options.subject)
    except TemplateError as error:
        for fault in error.faults:
            sentence = fault.message_pl if options.language == "pl" else fault.message
            yield {"file": name, "line": fault.line, "column": fault.column, "code": fault.code, "message": sentence}
        return
    longest = template.preview(language=options.language).longest.segments.count
    if options.max_parts is not None and longest > options.max_parts:
        polish, english = f"Najdłuższa wiadomość ma części: {longest}.", f"The longest message takes {longest} parts."
        sentence = polish if options.language == "pl" else english
        yield {"file": name, "line": 1, "column": 1, "code": "too_many_parts", "message": sentence}


def add_render(command: argparse.ArgumentParser) -> None:
    """The arguments of `depesza render`."""
    command.add_argument("rows", nargs="?", default="-", metavar="ROWS.csv", help="a header with the placeholders' names, then a row a message; - is standard input")
    body = command.add_mutually_exclusive_group(required=True)
    body.add_argument("--body", metavar="TEXT", help="the body itself")
    body.add_argument("--template", "-t", metavar="FILE", help="a file with the body")
    command.add_argument("--subject", choices=[*TemplateSubject], default="visits", help="what the body speaks about")
    command.add_argument("--delimiter", help="between columns; found in the header if absent")
    command.add_argument("--diacritics", choices=[*Diacritics], default="plain", help="what becomes of letters that GSM-7 does not have")
    command.add_argument("--part-milli", type=int, default=0, metavar="N", help="the price of a part, in thousandths")
    command.add_argument("--threads", type=int, default=1, metavar="N", help="1 to 256")
    command.add_argument("--json", action="store_true", help="a JSON object a row instead of CSV")
    command.set_defaults(run=run_render)


def run_render(options: argparse.Namespace) -> int:
    """A row for each row: the text, its coding and parts, its cost; exit code 1 when a row has no message."""
    source = options.body if options.body is not None else whole(options.template).removesuffix("\n")
    try:
        template = Template(source, subject=options.subject)
    except TemplateError as error:
        where = options.template or "body"
        for fault in error.faults:
            print(f"{where}:{fault.line}:{fault.column}: {fault.message}", file=sys.stderr)
        return 1
    reader = table(options.rows, options.delimiter)
    header = next(reader, None)
    if header is None:
        raise Unreadable(f"{options.rows}:1: expected a header")
    out = csv.writer(sys.stdout, lineterminator="\n")
    if not options.json:
        out.writerow(["row", "text", "encoding", "segments", "cost_milli"])
    before, missing, milli, parts = 0, 0, 0, 0
    while rows := list(islice(reader, ROWS)):
        for place, row in enumerate(rows, before + 1):
            if len(row) != len(header):
                raise Unreadable(f"{options.rows}: row {place}: expected {len(header)} columns, got {len(row)}")
        columns: dict[str, list[str]] = {name: [row[at] for row in rows] for at, name in enumerate(header)}
        batch = template.render_batch(
            columns, diacritics=options.diacritics, threads=options.threads, part_milli=options.part_milli
        )
        for place, (text, encoding, count, cost) in enumerate(
            zip(batch.texts, batch.encodings, batch.segments, batch.costs_milli, strict=True), before + 1
        ):
            if text is None:
                continue
            made = {"row": place, "text": text, "encoding": encoding, "segments": count, "cost_milli": cost}
            if options.json:
                print(json.dumps(made, ensure_ascii=False))
            else:
                out.writerow(made.values())
        for it in batch.missing:
            print(f"{options.rows}: row {before + it.row + 1}: no value for ({it.placeholder})", file=sys.stderr)
        before, missing = before + len(rows), missing + len(batch.missing)
        parts += batch.parts
        milli += batch.parts * options.part_milli
    print(f"{before - missing} messages, {parts} parts, cost {milli / 1000:.2f}, {missing} rows without", file=sys.stderr)
    return 1 if missing else 0


def table(path: str, delimiter: str | None) -> Iterator[list[str]]:
    """The rows of a CSV file, its header first; the delimiter is the one of `;`, tab and `,` that the header has most of."""
    source = lines(path)
    header = next(source, None)
    if header is None:
        return
    chosen = delimiter or max(";\t,", key=header.count)
    if len(chosen) != 1:
        raise Unreadable("delimiter: expected one character")

    def ended() -> Iterator[str]:
        yield header + "\n"
        for line in source:
            yield line + "\n"

    try:
        # a value may have several lines, so rows are counted and not lines
        yield from (row for row in csv.reader(ended(), delimiter=chosen, strict=True) if row)
    except csv.Error as error:
        raise Unreadable(f"{path}: {error}") from None
