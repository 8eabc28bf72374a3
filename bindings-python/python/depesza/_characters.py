"""Places in texts: the wire counts bytes of UTF-8, Python counts characters (code points)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from . import model


def counted(answer: Any) -> Any:
    """The answer with its places in characters."""
    match answer:
        case model.Preview():
            return replace(answer, advice=_of(answer.advice, answer.typical.text))
        case model.ChatPreview():
            return replace(answer, advice=_of(answer.advice, answer.text))
    return answer


def _of(advice: model.Advice, text: str) -> model.Advice:
    raw = text.encode()
    characters = tuple(
        replace(each, at=tuple(len(raw[:at].decode(errors="ignore")) for at in each.at)) for each in advice.characters
    )
    return replace(advice, characters=characters)
