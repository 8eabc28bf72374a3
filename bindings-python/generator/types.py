"""Which type a schema is in Python, and which expression a default."""

from __future__ import annotations

import json
from typing import Any

from .schema import Alias, Catalogue, Record, Schema, Union, Words


def python_type(schema: Schema | bool, prefix: str = "") -> str:
    """The annotation; names of the model with `prefix` before them."""
    if not isinstance(schema, dict) or not schema.keys() & {"$ref", "anyOf", "type"}:
        return "object"
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        # the kinds of time are told apart by their bare names
        return "Instant" if name == "Timestamp" else f"{prefix}{name}"
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(python_type(each, prefix) for each in schema["anyOf"]))
    kind = schema.get("type")
    if isinstance(kind, list):
        inner = " | ".join(python_type({**schema, "type": each}, prefix) for each in kind if each != "null")
        return f"{inner} | None"
    match kind, schema.get("format"):
        case "null", _:
            return "None"
        case "boolean", _:
            return "bool"
        case "integer", _:
            return "int"
        case "string", "date":
            return "dt.date"
        case "string", "partial-date-time":
            return "LocalTime"
        case "string", None:
            return "str"
        case "array", _:
            return f"Sequence[{python_type(schema['items'], prefix)}]"
        case "object", _:
            inner = schema.get("additionalProperties")
            return f"Mapping[str, {python_type(inner, prefix) if isinstance(inner, dict) else 'object'}]"
    raise SystemExit(f"no type in Python for {json.dumps(schema)[:200]}")


def is_nullable(schema: Schema | bool) -> bool:
    if python_type(schema) == "object":
        return True
    assert isinstance(schema, dict)
    kind = schema.get("type")
    return kind == "null" or (isinstance(kind, list) and "null" in kind) or any(
        each.get("type") == "null" for each in schema.get("anyOf", ())
    )


def default(catalogue: Catalogue, schema: Schema, prefix: str = "") -> str:
    """The expression of what an absent field means."""
    if isinstance(schema, dict) and "default" in schema:
        return literal(catalogue, schema, schema["default"], prefix)
    if is_nullable(schema):
        return "None"
    if "$ref" in schema:
        item = catalogue.by_name[schema["$ref"].rsplit("/", 1)[-1]]
        if isinstance(item, Words):
            return literal(catalogue, schema, item.members[0][0], prefix)
        raise SystemExit(f"what is {item.name} when it is absent?")
    return {"boolean": "False", "array": "()", "object": "{}", "integer": "0", "string": '""'}[schema["type"]]


def literal(catalogue: Catalogue, schema: Schema, value: Any, prefix: str = "") -> str:
    """A value of the wire as an expression."""
    if value is None:
        return "None"
    if "anyOf" in schema:
        schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
    if "$ref" in schema:
        item = catalogue.by_name[schema["$ref"].rsplit("/", 1)[-1]]
        match item:
            case Words():
                return f"{prefix}{item.name}.{member_name(value)}"
            case Record():
                return record(catalogue, item, value, prefix)
            case Alias():
                return literal(catalogue, item.schema, value, prefix)
            case Union():
                raise SystemExit(f"a default of {item.name}: {value}")
    if isinstance(value, list):
        items = ", ".join(literal(catalogue, schema["items"], each, prefix) for each in value)
        return f"({items}{',' if len(value) == 1 else ''})"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


def record(catalogue: Catalogue, item: Record, value: dict[str, Any], prefix: str) -> str:
    arguments = []
    for each in item.fields:
        if each.key not in value:
            continue
        given = literal(catalogue, each.schema, value[each.key], prefix)
        if each.required or given != default(catalogue, each.schema, prefix):
            arguments.append(f"{each.name}={given}")
    return f"{prefix}{item.name}({', '.join(arguments)})"


def member_name(word: str) -> str:
    name = "".join(c if c.isalnum() else "_" for c in str(word)).upper()
    return f"_{name}" if name[:1].isdigit() else name
