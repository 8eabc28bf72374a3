"""Where texts come from: arguments, files, standard input; and how far a long file has been read."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TextIO

BAR_BYTES = 1 << 20
"""A file is long, and gets a bar on a terminal, from so many bytes on."""
BETWEEN_S = 0.1
"""The least time between two looks of the bar."""


class Unreadable(Exception):
    """An input that is not what was expected; names the file and the line, and quotes nothing."""


def add_inputs(command: argparse.ArgumentParser, what: str) -> None:
    """The arguments that say where texts come from."""
    command.add_argument("texts", nargs="*", metavar="TEXT", help=f"{what}; without any, a line each from --file or standard input")
    command.add_argument("--file", "-f", action="append", metavar="FILE", help="a file, UTF-8; - is standard input; may be repeated")


def texts(options: argparse.Namespace) -> Iterator[str]:
    """The texts that were asked for: the arguments, or lines."""
    if options.texts:
        yield from options.texts
        return
    for path in options.file or ["-"]:
        yield from lines(path)


def lines(path: str) -> Iterator[str]:
    """The lines of a file, without their ends."""
    with opened(path) as (stream, bar):
        for number, line in enumerate(stream, 1):
            bar.at(number)
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError:
                raise Unreadable(f"{path}:{number}: not UTF-8") from None
            yield text.rstrip("\r\n")


def whole(path: str) -> str:
    """A file in one text."""
    with opened(path) as (stream, _):
        content = stream.read()
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise Unreadable(f"{path}:{line}: not UTF-8") from None


@contextmanager
def opened(path: str) -> Iterator[tuple[IO[bytes], Bar]]:
    """A file, or standard input, and the bar over it."""
    if path == "-":
        yield sys.stdin.buffer, Bar(sys.stdin.buffer, 0, sys.stderr)
        return
    with open(path, "rb") as stream:
        length = stream.seek(0, 2)
        stream.seek(0)
        bar = Bar(stream, length, sys.stderr)
        try:
            yield stream, bar
        finally:
            bar.end()


class Bar:
    """A line on a terminal that says how much of a file was read. Nowhere else, and for no short file.

    Its own thirty lines rather than a package: the wheel needs nothing else.
    """

    def __init__(self, stream: IO[bytes], length: int, terminal: TextIO) -> None:
        self.stream = stream
        self.length = length
        self.terminal = terminal
        self.shows = length >= BAR_BYTES and terminal.isatty()
        self.next = 0.0

    def at(self, number: int) -> None:
        """So many lines were read."""
        # a look at the clock costs more than a line
        if self.shows and number % 256 == 1 and time.monotonic() >= self.next:
            self.next = time.monotonic() + BETWEEN_S
            self._show(self.stream.tell(), f"{number:,} lines")

    def end(self) -> None:
        """Nothing more is read."""
        if self.shows:
            self._show(self.stream.tell(), "read")
            self.terminal.write("\n")

    def _show(self, done: int, what: str) -> None:
        share = min(done / self.length, 1.0)
        filled = "#" * round(share * 30)
        self.terminal.write(f"\r[{filled:<30}] {share:4.0%} {what}\x1b[K")
        self.terminal.flush()
