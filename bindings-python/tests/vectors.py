"""Reads `vectors/`: a file of cases that every language runs, and how a text is written in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOM = Path(__file__).resolve().parents[2] / "vectors"

Case = dict[str, Any]


def cases(room: str) -> list[Case]:
    """The cases of a file; as many as it says, each with an id of its own."""
    file = json.loads((ROOM / f"{room}.json").read_text(encoding="utf-8"))
    found: list[Case] = file["cases"]
    assert len(found) == file["count"]
    assert len({case["id"] for case in found}) == len(found)
    assert all(("expect" in case) != ("error" in case) for case in found)
    return found


def full(text: Any) -> str:
    """A text that is written as it is, or in pieces."""
    if isinstance(text, list):
        return "".join(full(piece) for piece in text)
    if isinstance(text, dict):
        return str(text["repeat"]) * int(text["times"])
    assert isinstance(text, str)
    return text


def character(text: str, byte: int) -> int:
    """Where the character stands that begins at a byte of the text in UTF-8."""
    return len(text.encode()[:byte].decode())
