"""What is imported when it is first asked for: the engine's data are some hundred classes, and a script that counts segments needs none."""

from __future__ import annotations

import importlib
from typing import Any

MODULES = ("gateway", "model", "store", "testing")
NAMES = {
    "CallRules": "_rules",
    "Clinic": "_engine",
    "Desk": "_engine",
    "Engine": "_engine",
    "Permission": "model",
    "Smpp": "gateway",
    "Smsapi": "gateway",
    "User": "model",
}


def find(name: str) -> Any:
    """A name of the package that is not imported yet."""
    if name in MODULES:
        return importlib.import_module(f"depesza.{name}")
    if name in NAMES:
        return getattr(importlib.import_module(f"depesza.{NAMES[name]}"), name)
    raise AttributeError(f"module 'depesza' has no attribute {name!r}")
