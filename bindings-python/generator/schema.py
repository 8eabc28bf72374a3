"""The schemas as one catalogue: definitions by name, each of a kind that Python has a form for."""

from __future__ import annotations

import ast
import json
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Schema = dict[str, Any]

# what gateways are asked and answer is no operation's, so its schemas stand alone
APART = {
    "submission.json": "Submission",
    "submit_result.json": "SubmitResult",
    "lookup_result.json": "LookupResult",
    "capabilities.json": "Capabilities",
}
# definitions that are no data of a host
LEFT_OUT = {"Refusal2"}
# a record that says one of several things beside what it always says: the field that holds it
FLATTENED = {"Event": "what", "InboxItem": "what", "Message": "origin", "RuleActed": "outcome"}
RESERVED = {"class", "from", "global", "is", "not", "none"}
# places that the wire counts in bytes: `_characters.py` counts them as Python does
COUNTED = {("CharacterAdvice", "at"): "Every place where it occurs: indices in the text, in characters."}
REDACTED = "`Debug` prints `<redacted>`"


def python_name(key: str) -> str:
    """A wire key as a name in Python."""
    return f"{key}_" if key in RESERVED else key


def camel(word: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", word) if part)


def in_words(text: str | None) -> str:
    """A doc comment of Rust for readers of Python."""
    text = (text or "").strip()
    text = re.sub(r"\[`([^`]+)`\]\([^)]*\)", r"`\1`", text)
    text = re.sub(r"\[`([^`]+)`\]", r"`\1`", text)
    text = re.sub(r"`([A-Z]\w*)::new`", r"`\1`", text)
    text = re.sub(r"`(?:\w+::)*([A-Z]\w+)::(\w+)`", r"`\1.\2`", text)
    text = text.replace("`Debug` prints `<redacted>`, and there is no `Display`", "`repr` leaves it out")
    text = text.replace("and never in `Debug`", "and never in `repr`").replace("`None` means", "nothing means")
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    return "\n\n".join(paragraphs)


def docstring(text: str, indent: int) -> str:
    """A docstring, wrapped, with its indentation."""
    margin = " " * indent
    text = in_words(text).replace("\\", "\\\\")
    paragraphs = [textwrap.wrap(p, 116 - indent, break_long_words=False) for p in text.split("\n\n")]
    lines = [line for number, p in enumerate(paragraphs) for line in ([""] if number else []) + p]
    if len(lines) == 1 and len(lines[0]) + indent + 6 <= 120:
        return f'{margin}"""{lines[0]}"""\n'
    first, *rest = lines
    body = "\n".join(f"{margin}{line}".rstrip() for line in rest)
    return f'{margin}"""{first}\n' + (f"{body}\n" if body else "") + f'{margin}"""\n'


@dataclass
class Field:
    """A field of a record."""

    key: str
    schema: Schema
    required: bool

    @property
    def name(self) -> str:
        return python_name(self.key)


@dataclass
class Record:
    """A class with fields; of a union also its tag."""

    name: str
    text: str
    fields: list[Field]
    tag: tuple[str, str] | None = None
    flattened: tuple[str, str] | None = None


@dataclass
class Union:
    """One of several records: told apart by a tag, or by their keys."""

    name: str
    text: str
    members: list[str]
    tag: str | None
    # of members that have the tag only here
    tagged_here: dict[str, str] = field(default_factory=dict)


@dataclass
class Words:
    """A closed set of words."""

    name: str
    text: str
    members: list[tuple[str, str]]


@dataclass
class Alias:
    """A text or a number with a meaning."""

    name: str
    text: str
    schema: Schema
    redacted: bool = False


class Catalogue:
    """All definitions, and the operations."""

    def __init__(self, operations: Schema, definitions: dict[str, Schema], known: dict[str, list[str]]) -> None:
        self.operations: list[Schema] = operations["operations"]
        self.definitions = definitions
        self.known_words = known
        self.words: list[Words] = []
        self.records: list[Record] = []
        self.unions: list[Union] = []
        self.aliases: list[Alias] = []
        for name in sorted(set(definitions) - LEFT_OUT):
            self._take(name, definitions[name])
        self.by_name = {
            item.name: item for item in (*self.words, *self.records, *self.unions, *self.aliases)
        }

    @classmethod
    def read(cls, schemas: Path, enums: Path) -> Catalogue:
        operations = json.loads((schemas / "operations.json").read_text(encoding="utf-8"))
        definitions = dict(operations["$defs"])
        for (name, key), text in COUNTED.items():
            definitions[name]["properties"][key]["description"] = text
        for file, name in APART.items():
            alone = json.loads((schemas / file).read_text(encoding="utf-8"))
            for inner, schema in alone.pop("$defs").items():
                if definitions.setdefault(inner, schema) != schema:
                    raise SystemExit(f"{inner} is another thing in {file}")
            definitions[name] = alone
        return cls(operations, definitions, words_of(enums))

    def _take(self, name: str, schema: Schema) -> None:
        text = schema.get("description", camel(name))
        branches = schema.get("oneOf") or schema.get("anyOf")
        if branches and all("const" in branch for branch in branches):
            words = [(branch["const"], branch.get("description", "")) for branch in branches]
            self._take_words(Words(name, text, words))
        elif branches and "properties" in schema:
            self._take_union(f"{name}{camel(FLATTENED[name])}", f"What is said by `{name}.{FLATTENED[name]}`.", branches)
            flattened = (FLATTENED[name], f"{name}{camel(FLATTENED[name])}")
            self.records.append(Record(name, text, fields(schema), flattened=flattened))
        elif branches:
            self._take_union(name, text, branches)
        elif "properties" in schema:
            self.records.append(Record(name, text, fields(schema)))
        elif schema.get("type") == "array" and "enum" in schema["items"]:
            words = [(word, "") for word in schema["items"]["enum"]]
            self._take_words(Words(name.removesuffix("s"), f"One of `{name}`.", words))
            self.aliases.append(Alias(name, text, {"type": "array", "items": {"$ref": f"#/$defs/{name.removesuffix('s')}"}}))
        else:
            self.aliases.append(Alias(name, text, schema, REDACTED in text))

    def _take_words(self, words: Words) -> None:
        known = self.known_words.get(words.name)
        if known is None:
            self.words.append(words)
        elif known != [word for word, _ in words.members]:
            raise SystemExit(f"_enums.py: {words.name} is not what the schemas have")
        else:
            self.words.append(Words(words.name, words.text, words.members))

    def _take_union(self, name: str, text: str, branches: list[Schema]) -> None:
        tags = {key for branch in branches for key, value in branch["properties"].items() if "const" in value}
        if len(tags) > 1:
            raise SystemExit(f"{name} has several tags: {tags}")
        tag = next(iter(tags), None)
        union = Union(name, text, [], tag)
        for branch in branches:
            if "$ref" in branch:
                member = branch["$ref"].rsplit("/", 1)[-1]
                union.tagged_here[branch["properties"][tag]["const"]] = member
            elif tag:
                word = branch["properties"][tag]["const"]
                member = f"{name}{camel(word)}"
                own = [each for each in fields(branch) if each.key != tag]
                self.records.append(Record(member, branch.get("description", ""), own, (tag, word)))
            else:
                member = f"{name}{camel(branch['required'][0])}"
                self.records.append(Record(member, branch.get("description", ""), fields(branch)))
            union.members.append(member)
        self.unions.append(union)

    def is_redacted(self, schema: Schema) -> bool:
        """Whether a value of the schema is, or directly holds, what identifies a person."""
        if "$ref" in schema:
            item = self.by_name.get(schema["$ref"].rsplit("/", 1)[-1])
            return isinstance(item, Alias) and (item.redacted or self.is_redacted(item.schema))
        inner = [*schema.get("anyOf", ()), *([schema["items"]] if isinstance(schema.get("items"), dict) else ())]
        return any(self.is_redacted(each) for each in inner)


def fields(schema: Schema) -> list[Field]:
    """Its fields: those that must be there first, in the order of the core."""
    properties, required = schema.get("properties", {}), schema.get("required", [])
    order = [key for key in required if key in properties]
    order += [key for key in properties if key not in required]
    return [Field(key, properties[key], key in required) for key in order]


def words_of(enums: Path) -> dict[str, list[str]]:
    """The enums that are written by hand, with their words."""
    found = {}
    for node in ast.parse(enums.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            values = [each.value for each in node.body if isinstance(each, ast.Assign)]
            found[node.name] = [value.value for value in values if isinstance(value, ast.Constant)]
    return found
